"""How much room the rules leave, counted before any solving: days at post, groups, seats, leaders.

What is counted here no plan can exceed; a plan may reach less.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from planner.presence import account
from planner.receptions import COUNTS, leader_days, leader_targets
from planner.starts import standing_of
from planner.visits import groups_per_leave
from scenarios.model import Scenario
from scenarios.targets import Metric


@dataclass(frozen=True, slots=True)
class Slack:
    """Days at post in a period that the tightest person of a bureau has beyond those owed."""

    bureau: str
    period: str
    person: str
    owed_days: int
    slack_days: int


@dataclass(frozen=True, slots=True)
class Seats:
    """Seats for companies in the leaves of a bureau over the horizon.

    Attributes
    ----------
    seats
        Seats that the companies can take: reserved ones only as far as newcomers need them.
    """

    bureau: str
    leaves: int
    groups: int
    seats: int
    companies: int


@dataclass(frozen=True, slots=True)
class Receptions:
    """Companies that leaders can receive against what targets ask of all bureaus.

    Attributes
    ----------
    metric
        The target's metric.
    minimum
        Minima of all bureaus, summed.
    groups
        Groups that leaders whose receptions count can receive within days and months.
    companies
        Seats in as many groups as leaders and leaves allow.
    """

    metric: Metric
    minimum: int
    groups: int
    companies: int

    @property
    def suffices(self) -> bool:
        """Whether counting leaves the targets within reach."""
        return self.companies >= self.minimum


def slacks(scenario: Scenario) -> Iterator[Slack]:
    """Yield the tightest person of every bureau and period (quarterly account, leave taken)."""
    for bureau in scenario.organisation.bureaus:
        for period in scenario.periods:
            accounts = [
                (account(scenario, standing.service, period), person.id)
                for person in bureau.persons
                for standing in (standing_of(scenario, person, period),)
                if any(standing.service[day] for day in period.days)
            ]
            if accounts:
                tightest, person_id = min(accounts, key=lambda item: (item[0].slack_days, item[1]))
                yield Slack(
                    bureau.id, period.label, person_id, tightest.owed_days, tightest.slack_days
                )


def seats(scenario: Scenario) -> Iterator[Seats]:
    """Yield leaves, groups and seats of every bureau against the companies to place."""
    per_leave = groups_per_leave(scenario)
    for bureau in scenario.organisation.bureaus:
        leaves = sum(
            standing_of(scenario, person, period).takes_leave
            for person in bureau.persons
            for period in scenario.periods
        )
        groups = leaves * per_leave
        wanting = [
            company.id
            for company in scenario.companies
            if company.bureau == bureau.id and company.screening != "failed"
        ]
        room = _seats_in(scenario, groups, wanting)
        yield Seats(bureau.id, leaves, groups, room, len(wanting))


def receptions(scenario: Scenario) -> Iterator[Receptions]:
    """Yield for each leader target how many companies leaders could receive at most."""
    minima: dict[Metric, int] = {}
    for bureau in scenario.organisation.bureaus:
        for target in leader_targets(scenario, bureau.id):
            metric = target.target.metric
            minima[metric] = minima.get(metric, 0) + target.minimum
    in_leaves = sum(room.groups for room in seats(scenario))
    wanting = [company.id for company in scenario.companies if company.screening != "failed"]
    for metric, minimum in sorted(minima.items()):
        groups = sum(
            _groups_of(scenario, number)
            for number, leader in enumerate(scenario.organisation.leaders)
            if leader.tier in COUNTS[metric]
        )
        companies = _seats_in(scenario, min(groups, in_leaves), wanting)
        yield Receptions(metric, minimum, groups, companies)


def _seats_in(scenario: Scenario, groups: int, wanting: Iterable[str]) -> int:
    """Return the seats that some companies can take in some groups at most."""
    rule = scenario.rules.visits
    newcomers = sum(company in rule.newcomers for company in wanting)
    return groups * rule.open_seats + min(newcomers, groups * rule.reserved_seats)


def _groups_of(scenario: Scenario, number: int) -> int:
    """Return the groups one leader can receive over the horizon."""
    leader = scenario.organisation.leaders[number]
    free = leader_days(scenario, leader)
    return sum(
        min(leader.groups_per_month, leader.groups_per_day * len(free.intersection(month.days)))
        for month in scenario.days.months
    )

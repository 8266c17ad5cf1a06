"""How much room the rules leave, counted before any solving: days at post, groups, seats, leaders.

What is counted here no plan can exceed; a plan may reach less.
"""

from __future__ import annotations

from collections.abc import Iterator
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
    """Seats for companies in the leaves of a bureau over the horizon."""

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
    per_leave, largest = groups_per_leave(scenario), scenario.rules.visits.group_max
    for bureau in scenario.organisation.bureaus:
        leaves = sum(
            standing_of(scenario, person, period).takes_leave
            for person in bureau.persons
            for period in scenario.periods
        )
        groups = leaves * per_leave
        wanting = sum(
            company.bureau == bureau.id and company.screening != "failed"
            for company in scenario.companies
        )
        yield Seats(bureau.id, leaves, groups, groups * largest, wanting)


def receptions(scenario: Scenario) -> Iterator[Receptions]:
    """Yield for each leader target how many companies leaders could receive at most."""
    minima: dict[Metric, int] = {}
    for bureau in scenario.organisation.bureaus:
        for target in leader_targets(scenario, bureau.id):
            metric = target.target.metric
            minima[metric] = minima.get(metric, 0) + target.minimum
    in_leaves = sum(room.groups for room in seats(scenario))
    for metric, minimum in sorted(minima.items()):
        groups = sum(
            _groups_of(scenario, number)
            for number, leader in enumerate(scenario.organisation.leaders)
            if leader.tier in COUNTS[metric]
        )
        companies = min(groups, in_leaves) * scenario.rules.visits.group_max
        yield Receptions(metric, minimum, groups, companies)


def _groups_of(scenario: Scenario, number: int) -> int:
    """Return the groups one leader can receive over the horizon."""
    leader = scenario.organisation.leaders[number]
    free = leader_days(scenario, leader)
    return sum(
        min(leader.groups_per_month, leader.groups_per_day * len(free.intersection(month.days)))
        for month in scenario.days.months
    )

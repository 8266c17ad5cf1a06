"""The diary of leader trips: who can travel where and when, and which trips can stay."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, TypeVar

from planner.obligations import LEADER_TRAVEL_DAYS
from planner.plan import Plan, Status, Trip, status_of
from planner.receptions import leader_days
from scenarios.model import Scenario
from scenarios.organisation import Company, Leader, Person, Tier
from scenarios.part import DateRange

Somebody = TypeVar("Somebody", Leader, Person)

_HOSTS: Final = ("chief", "deputy", "staff")
"""Who of a bureau hosts a leader, first choice first."""


@dataclass
class Diary:
    """Who can travel where and when, round what stands; trips are entered one by one.

    Attributes
    ----------
    scenario, plan
        What is given, and the leaves, groups and duties that stand.
    trips
        Trips that stand.
    status
        Each person's status on every day.
    free
        Days on which each leader can be away from home.
    visited
        Days on which each bureau has a leader with it.
    made
        Trips by leader and calendar year.
    inspected
        Tiers that inspect each company, at home or on trips.
    """

    scenario: Scenario
    plan: Plan
    trips: list[Trip] = field(default_factory=list)
    status: Mapping[str, Sequence[Status | None]] = field(init=False)
    free: dict[str, set[int]] = field(init=False)
    visited: dict[str, set[int]] = field(init=False)
    made: Counter[tuple[str, int]] = field(default_factory=Counter)
    inspected: defaultdict[str, set[Tier]] = field(init=False)

    def __post_init__(self) -> None:
        scenario, plan = self.scenario, self.plan
        self.status = status_of(scenario, plan)
        self.free = {x.id: set(leader_days(scenario, x)) for x in scenario.organisation.leaders}
        self.visited = {bureau.id: set() for bureau in scenario.organisation.bureaus}
        self.inspected = defaultdict(set)
        for visit in plan.visits:
            if visit.leader is not None and visit.leader_tier is not None:
                if visit.leader_day is not None:
                    self.free[visit.leader].discard(visit.leader_day)
                for company in visit.companies:
                    self.inspected[company].add(visit.leader_tier)
        for duty in plan.obligations:
            if duty.kind == "event" and duty.leader is not None:
                near = range(duty.day - LEADER_TRAVEL_DAYS, duty.day + LEADER_TRAVEL_DAYS + 1)
                self.free[duty.leader].difference_update(near)

    def enter(self, trip: Trip) -> None:
        """Let a trip stand: its leader and bureau are taken, its companies inspected."""
        self.trips.append(trip)
        self.free[trip.leader].difference_update(trip.days)
        self.visited[trip.bureau].update(trip.days)
        self.made[trip.leader, self.year(trip.start)] += 1
        for company in trip.companies:
            self.inspected[company].add(trip.leader_tier)

    def year(self, day: int) -> int:
        """Return the calendar year of a day."""
        return self.scenario.days.date_of(day).year

    def starts(self) -> Iterator[int]:
        """Yield every first day from which a trip may run."""
        rule, days = self.scenario.rules.leader_trips, self.scenario.days
        for start in range(days.n_days - rule.length_days + 1):
            if rule.days == "any" or all(days.workday[start : start + rule.length_days]):
                yield start

    def ways(self, leader: str, bureau: str, starts: Iterable[int]) -> Iterator[int]:
        """Yield the first days on which a leader can travel to a bureau."""
        limit = self.scenario.rules.leader_trips.trips_per_leader_per_year
        for start in starts:
            days = self.days(start)
            if (
                self.made[leader, self.year(start)] < limit
                and self.free[leader].issuperset(days)
                and self.visited[bureau].isdisjoint(days)
                and self.host(bureau, days) is not None
            ):
                yield start

    def days(self, start: int) -> range:
        """Return the days of a trip from its first."""
        return range(start, start + self.scenario.rules.leader_trips.length_days)

    def host(self, bureau: str, days: range, first: str = "") -> str | None:
        """Return who of a bureau is at post on all of some days: ``first``, or by role."""
        persons = sorted(
            self.scenario.bureau(bureau).persons,
            key=lambda person: (person.id != first, _HOSTS.index(person.role)),
        )
        return next(
            (p.id for p in persons if all(self.status[p.id][day] == "post" for day in days)), None
        )

    def waiting(self, bureau: str, tier: Tier) -> list[Company]:
        """Return the companies of a bureau that a trip of a tier may take in."""
        return [
            company
            for company in self.scenario.companies
            if company.bureau == bureau
            and company.screening != "failed"
            and tier not in self.inspected[company.id]
        ]

    def as_it_was(self, trip: Trip) -> Trip | None:
        """Return a trip that has begun; None where nobody it concerns is there any more."""
        known = {company.id for company in self.scenario.companies}
        companies = tuple(key for key in trip.companies if key in known)
        if not companies or not self._is_known(trip):
            return None
        host = self.host(trip.bureau, trip.days, trip.host) or trip.host
        return replace(trip, companies=companies, host=host)

    def still(self, trip: Trip) -> Trip | None:
        """Return a trip with what still counts; None where a rule is against it."""
        if not self._is_known(trip) or trip.days != self.days(trip.start):
            return None
        tier = self.scenario.leader(trip.leader).tier
        waiting = {company.id for company in self.waiting(trip.bureau, tier)}
        most = self.scenario.rules.leader_trips.companies_max
        companies = tuple(key for key in trip.companies if key in waiting)[:most]
        starts = [start for start in self.starts() if start == trip.start]
        if not companies or not list(self.ways(trip.leader, trip.bureau, starts)):
            return None
        host = self.host(trip.bureau, trip.days, trip.host) or trip.host
        return replace(trip, leader_tier=tier, companies=companies, host=host)

    def _is_known(self, trip: Trip) -> bool:
        return trip.leader in self.free and trip.bureau in self.visited


def holding(scenario: Scenario, plan: Plan, trips: Iterable[Trip], today: int = 0) -> list[Trip]:
    """Return the trips that can stay, with the companies that still count.

    Parameters
    ----------
    scenario, plan
        What is given now, and the leaves, groups and duties that stand.
    trips
        Trips as they were planned.
    today
        A trip that began before this day stands, companies that are gone left out; any other
        stands if it keeps every rule. Where its host is not at post, another of the bureau is.
    """
    if scenario.rules.leader_trips.inspections == "received":
        return []
    diary = Diary(scenario, plan)
    for trip in sorted(trips, key=lambda x: (x.start, x.id)):
        stands = diary.as_it_was(trip) if trip.start < today else diary.still(trip)
        if stands is not None:
            diary.enter(stands)
    return diary.trips


def bound_by(scenario: Scenario, trips: Iterable[Trip]) -> Scenario:
    """Return a scenario whose leaders and hosts are bound to some trips.

    The days of a trip are blocked in the leader's diary, and days without leave for the host.
    """
    leaders: defaultdict[str, list[DateRange]] = defaultdict(list)
    hosts: defaultdict[str, list[DateRange]] = defaultdict(list)
    for trip in trips:
        date_of = scenario.days.date_of
        days = DateRange(start=date_of(trip.start), end=date_of(trip.end))
        leaders[trip.leader].append(days)
        hosts[trip.host].append(days)
    home = scenario.organisation
    bound = home.model_copy(
        update={
            "leaders": tuple(_with_days(x, "blocked", leaders[x.id]) for x in home.leaders),
            "bureaus": tuple(
                bureau.model_copy(
                    update={
                        "persons": tuple(
                            _with_days(x, "no_leave", hosts[x.id]) for x in bureau.persons
                        )
                    }
                )
                for bureau in home.bureaus
            ),
        }
    )
    return scenario.model_copy(update={"organisation": bound})


def _with_days(somebody: Somebody, name: str, days: Iterable[DateRange]) -> Somebody:
    return somebody.model_copy(update={name: (*getattr(somebody, name), *days)})

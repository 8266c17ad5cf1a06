"""What the solver works on: the scenario with everything decided in advance, worked out once."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cached_property

from planner.plan import Visit
from planner.receptions import (
    PROGRESS_POINTS,
    Caller,
    callers,
    leader_days,
    leader_targets,
    points,
)
from planner.rotation import key_of
from planner.starts import Choice, LeaveKey
from planner.wishes import wish_points
from scenarios.model import Scenario


@dataclass(frozen=True, slots=True)
class FreeDays:
    """Days of a visit, all in one month, on which a leader can receive it."""

    leader: str
    month: int
    days: tuple[int, ...]


@dataclass(frozen=True)
class Given:
    """A scenario, the leaves to be placed, and who may be placed and received when.

    Attributes
    ----------
    scenario, choices
        What is given, and the leaves.
    excused
        Leaves that need not carry a group where others must, as they have begun without one to
        come.
    facts
        Visits of all bureaus that began before today: they stay as they are, whatever the rules say
        of them now.
    today
        No other visit begins before this day.
    city_points
        What all groups of the whole city can serve at most, where this is a part of it; else it is
        counted.
    """

    scenario: Scenario
    choices: tuple[Choice, ...]
    excused: frozenset[LeaveKey] = frozenset()
    facts: tuple[Visit, ...] = ()
    today: int = 0
    city_points: int | None = None

    def of(self, bureaus: Collection[str]) -> Given:
        """Return what concerns some bureaus: small enough to be sent elsewhere."""
        scenario = self.scenario
        kept = tuple(b for b in scenario.organisation.bureaus if b.id in bureaus)
        own = scenario.model_copy(
            update={
                "organisation": scenario.organisation.model_copy(update={"bureaus": kept}),
                "companies": tuple(c for c in scenario.companies if c.bureau in bureaus),
            }
        )
        choices = tuple(c for c in self.choices if c.bureau in bureaus)
        return Given(own, choices, self.excused, self.facts, self.today, self.most_points)

    @property
    def may_join(self) -> bool:
        """Whether bureaus may bring groups together (V6)."""
        return self.scenario.rules.visits.joint_groups == "allowed"

    @property
    def must_carry(self) -> bool:
        """Whether each leave must carry a group (V7)."""
        return self.scenario.rules.visits.in_each_leave == "required"

    @cached_property
    def most_points(self) -> int:
        """What all groups of the city can serve at most, leader targets included."""
        if self.city_points is not None:
            return self.city_points
        served = sum(max(own.values(), default=0) for own in self.points.values())
        minima = sum(
            target.minimum
            for bureau in self.bureaus
            for target in leader_targets(self.scenario, bureau)
        )
        return served + PROGRESS_POINTS * minima

    def served_by(self, visit: Visit) -> int:
        """Return the points that a visit serves; a fact, whatever its companies could do now."""
        if visit.start >= self.today:
            return sum(self.points[company][visit.start] for company in visit.companies)
        came = frozenset(visit.companies)
        companies = (c for c in self.scenario.companies if c.id in came)
        return sum(points(self.scenario, company, visit.start) for company in companies)

    @property
    def bare_points(self) -> int:
        """Points lost by a leave that must carry a group and has none: more than all else gains."""
        return 1 + self.most_points

    @cached_property
    def bureaus(self) -> tuple[str, ...]:
        """Ids of the bureaus, in the scenario's order."""
        return tuple(bureau.id for bureau in self.scenario.organisation.bureaus)

    @cached_property
    def callers(self) -> tuple[Caller, ...]:
        """Every company that may be placed."""
        return callers(self.scenario)

    @cached_property
    def caller(self) -> dict[str, Caller]:
        """The same by company id."""
        return {caller.company: caller for caller in self.callers}

    @cached_property
    def came(self) -> frozenset[str]:
        """Companies that visited already: they are not invited again."""
        return frozenset(company for visit in self.facts for company in visit.companies)

    @cached_property
    def of_bureau(self) -> dict[str, tuple[Caller, ...]]:
        """Companies that may be placed, by bureau."""
        own: dict[str, list[Caller]] = {bureau: [] for bureau in self.bureaus}
        for caller in self.callers:
            own[caller.bureau].append(caller)
        return {bureau: tuple(callers) for bureau, callers in own.items()}

    @cached_property
    def points(self) -> dict[str, dict[int, int]]:
        """Points each company serves, by first day of a visit it can take."""
        return {caller.company: dict(caller.points) for caller in self.callers}

    @cached_property
    def leader_days(self) -> dict[str, frozenset[int]]:
        """Days on which each leader can receive."""
        return {x.id: leader_days(self.scenario, x) for x in self.scenario.organisation.leaders}

    @cached_property
    def receptions_at(self) -> tuple[tuple[FreeDays, ...], ...]:
        """For each day, which leaders can receive a visit that begins on it, and when."""
        length = self.scenario.rules.visits.length_days
        starts = range(self.scenario.days.n_days - length + 1)
        return tuple(tuple(self._free_days(range(s, s + length))) for s in starts)

    def _free_days(self, visit: range) -> Iterator[FreeDays]:
        for leader, days in self.leader_days.items():
            free = [day for day in visit if day in days]
            for month in dict.fromkeys(self.month_of[day] for day in free):
                own = tuple(day for day in free if self.month_of[day] == month)
                yield FreeDays(leader, month, own)

    @cached_property
    def month_of(self) -> tuple[int, ...]:
        """Number of the month each day lies in."""
        months = self.scenario.days.months
        return tuple(number for number, month in enumerate(months) for _ in range(month.n_days))

    @cached_property
    def choice(self) -> dict[LeaveKey, Choice]:
        """The leaves to be placed by person and period label."""
        return {key_of(choice): choice for choice in self.choices}

    @cached_property
    def wishes(self) -> dict[LeaveKey, dict[int, int]]:
        """Points of the third aim for each leave and first day."""
        persons = {person.id: person for _, person in self.scenario.persons}
        return {
            key_of(c): {s: wish_points(self.scenario, persons[c.person], c, s) for s in c.starts}
            for c in self.choices
        }

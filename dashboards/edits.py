"""What a planner changes of a plan and holds in it: first days, pins, the status of days."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from dashboards.runs import RunError
from planner.moving import MoveLeave, MoveVisit, moved
from planner.pins import DayPin, DayStatus, LeavePin, Pins
from planner.plan import Plan
from scenarios.model import Scenario

LeaveKey = tuple[str, str]
"""Person and period of a leave."""


@dataclass(frozen=True, slots=True)
class Edits:
    """What differs from the run's plan, and what is held.

    Attributes
    ----------
    leaves
        New first day by person and period.
    visits
        New first day by id of a visit.
    held_leaves, held_visits
        Those that planning again must leave where they are here. A leave that was moved is held
        by that.
    days
        Status a person must have on a day, by person and day.
    """

    leaves: Mapping[LeaveKey, date] = field(default_factory=dict)
    visits: Mapping[str, date] = field(default_factory=dict)
    held_leaves: frozenset[LeaveKey] = frozenset()
    held_visits: frozenset[str] = frozenset()
    days: Mapping[tuple[str, date], DayStatus] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """Number of changes and pins."""
        held = len(self.held_leaves) + len(self.held_visits)
        return len(self.leaves) + len(self.visits) + held + len(self.days)

    def with_leave(self, plan: Plan, scenario: Scenario, key: LeaveKey, day: date) -> Edits:
        """Return these edits with a leave moved; back where it was, it is no change."""
        (before,) = (x.start for x in plan.leaves if (x.person, x.period) == key)
        leaves = {**self.leaves, key: day}
        if scenario.days.date_of(before) == day:
            del leaves[key]
        return replace(self, leaves=leaves)

    def with_visit(self, plan: Plan, scenario: Scenario, visit: str, day: date) -> Edits:
        """Return these edits with a group moved; back where it was, it is no change."""
        (before,) = (x.start for x in plan.visits if x.id == visit)
        visits = {**self.visits, visit: day}
        if scenario.days.date_of(before) == day:
            del visits[visit]
        return replace(self, visits=visits)

    def with_leave_held(self, key: LeaveKey, held: bool) -> Edits:
        """Return these edits with a leave held, or not."""
        others = self.held_leaves - {key}
        return replace(self, held_leaves=others | {key} if held else others)

    def with_visit_held(self, visit: str, held: bool) -> Edits:
        """Return these edits with a group held, or not."""
        others = self.held_visits - {visit}
        return replace(self, held_visits=others | {visit} if held else others)

    def with_day(self, person: str, day: date, status: DayStatus | None) -> Edits:
        """Return these edits with the status of a day held, or free again."""
        days = {key: kept for key, kept in self.days.items() if key != (person, day)}
        return replace(self, days=days if status is None else {**days, (person, day): status})


def edited_plan(scenario: Scenario, plan: Plan, edits: Edits) -> Plan:
    """Return a plan with the leaves and groups where a draft has them, nothing else arranged."""
    day_of = scenario.days.day_of
    for (person, period), day in sorted(edits.leaves.items()):
        plan = moved(scenario, plan, MoveLeave(person, period, day_of(day)))
    for visit, day in sorted(edits.visits.items()):
        plan = moved(scenario, plan, MoveVisit(visit, day_of(day)))
    return plan


def pins_of(scenario: Scenario, plan: Plan, edits: Edits) -> Pins:
    """Return what planning again must keep: leaves that were moved, and all that is held."""
    after = edited_plan(scenario, plan, edits)
    held = edits.held_leaves | edits.leaves.keys()
    return Pins(
        leaves=tuple(
            LeavePin(x.person, x.period, x.start)
            for x in after.leaves
            if (x.person, x.period) in held
        ),
        visits=tuple(x for x in after.visits if x.id in edits.held_visits),
        days=tuple(
            sorted(
                DayPin(person, scenario.days.day_of(day), status)
                for (person, day), status in edits.days.items()
            )
        ),
    )


def carried(scenario: Scenario, before: Plan, edits: Edits, after: Plan) -> Edits:
    """Return what stays held in the plan that was made from a draft.

    Leaves that were moved or held are held; groups that were held, where they come on their day;
    and the status of days. Nothing is moved: that was done.
    """
    keys = {(leave.person, leave.period) for leave in after.leaves}
    pins = pins_of(scenario, before, edits)
    days = {(visit.bureau, visit.start) for visit in pins.visits}
    return Edits(
        held_leaves=frozenset(keys & (edits.held_leaves | edits.leaves.keys())),
        held_visits=frozenset(x.id for x in after.visits if (x.bureau, x.start) in days),
        days=edits.days,
    )


def unmet(scenario: Scenario, plan: Plan, edits: Edits) -> tuple[tuple[str, date, DayStatus], ...]:
    """Return the days of a plan on which somebody is not what is held: planning again mends them.

    Parameters
    ----------
    scenario, plan
        The edited plan.
    edits
        What is held.
    """
    found = []
    for (person, day), status in sorted(edits.days.items()):
        index = scenario.days.day_of(day)
        on_leave = any(x.person == person and x.start <= index <= x.end for x in plan.leaves)
        if on_leave != (status == "leave"):
            found.append((person, day, status))
    return tuple(found)


def expect_known(scenario: Scenario, plan: Plan, edits: Edits) -> None:
    """Refuse edits of what a plan has not, or of days outside the horizon.

    Raises
    ------
    RunError
        With the first thing that is not known.
    """
    leaves = {(x.person, x.period) for x in plan.leaves}
    visits = {x.id for x in plan.visits}
    persons = {person.id for _, person in scenario.persons}
    unknown = [
        *(" ".join(key) for key in sorted({*edits.leaves, *edits.held_leaves} - leaves)),
        *sorted({*edits.visits, *edits.held_visits} - visits),
        *sorted({person for person, _ in edits.days} - persons),
    ]
    if unknown:
        raise RunError("draft.unknown", found=unknown[0])
    lengths = (scenario.rules.leave.length_days, scenario.rules.visits.length_days, 1)
    spans = (edits.leaves.values(), edits.visits.values(), (day for _, day in edits.days))
    for length, days in zip(lengths, spans, strict=True):
        for day in days:
            if not fits(scenario, day, length):
                first, last = scenario.horizon.start, scenario.horizon.end
                raise RunError("draft.outside", found=day, length=length, first=first, last=last)


def expect_open(scenario: Scenario, plan: Plan, edits: Edits, first: date) -> None:
    """Refuse edits of what has begun, or that let something begin in the past.

    Parameters
    ----------
    scenario, plan, edits
        What is edited, and how.
    first
        First day that is still to be planned.

    Raises
    ------
    RunError
        With the first day that lies before it.
    """
    date_of = scenario.days.date_of
    leaves = {(x.person, x.period): date_of(x.start) for x in plan.leaves}
    visits = {x.id: date_of(x.start) for x in plan.visits}
    days = [
        *(day for key, new in edits.leaves.items() for day in (leaves[key], new)),
        *(day for key, new in edits.visits.items() for day in (visits[key], new)),
    ]
    past = sorted(day for day in days if day < first)
    if past:
        raise RunError("draft.begun", found=past[0], first=first)


def fits(scenario: Scenario, first: date, length: int) -> bool:
    """Whether so many days from a first one lie in the horizon."""
    horizon = scenario.horizon
    return horizon.start <= first and (horizon.end - first).days + 1 >= length

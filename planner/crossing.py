"""Leaves that run past the end of their period (P8): what they take from the days of the next.

Such a leave is credited to the period it begins in, and every period still shows the days at post
it owes: the days that one leave takes from the next period, that period's own leave must leave, or
take from the period after. What one leave must keep by itself is decided as data
(:mod:`planner.starts`); this is what two leaves of a person must keep together.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from ortools.sat.python.cp_model import IntVar, LinearExpr

from planner.presence import (
    account,
    days_within,
    in_service,
    is_shared,
    month_account,
    takes_leave,
    uncounted_days,
)
from planner.starts import LeaveKey
from scenarios.calendar import Period
from scenarios.model import Scenario
from scenarios.organisation import Person


@dataclass(frozen=True, slots=True)
class Claim:
    """Days at post that a person owes over a period or month of which two leaves may take.

    Attributes
    ----------
    person, label
        Whose days, and the period or month.
    owed_days
        Days at post that are owed.
    taken
        By leave and first day, the days that it takes. Where a month must hold a day of some
        leave, as it is else too short for what it owes, -1 where it does.
    most
        What the leaves may take together.
    """

    person: str
    label: str
    owed_days: int
    taken: Mapping[LeaveKey, Mapping[int, int]]
    most: int


def claims(scenario: Scenario, starts: Mapping[LeaveKey, Iterable[int]]) -> tuple[Claim, ...]:
    """Return what leaves of neighbouring periods must keep together; nothing where none crosses.

    Parameters
    ----------
    scenario
        What is given.
    starts
        Possible first days of leaves, all of a person's that may meet among them.
    """
    if not scenario.rules.leave.crosses:
        return ()
    persons = dict.fromkeys(person for person, _ in starts)
    known = {person.id: person for _, person in scenario.persons}
    found = (claim for person in persons for claim in _of_person(scenario, known[person], starts))
    return tuple(claim for claim in found if claim.taken or claim.most < 0)


def taken_by(
    claim: Claim, chosen: Mapping[LeaveKey, Mapping[int, IntVar] | Mapping[int | None, IntVar]]
) -> list[LinearExpr]:
    """Return the days that leaves take of a claim, over literals for first days still open."""
    return [
        days * chosen[leave][start]
        for leave, taken in claim.taken.items()
        for start, days in taken.items()
        if start in chosen[leave]
    ]


def _of_person(
    scenario: Scenario, person: Person, starts: Mapping[LeaveKey, Iterable[int]]
) -> Iterator[Claim]:
    service = in_service(scenario, person)
    before: Period | None = None
    for period in scenario.periods:
        meeting = [period] if before is None else [before, period]
        owing = [p for p in meeting if takes_leave(scenario, service, p)]
        keys = [(person.id, p.label) for p in owing]
        # Leaves of a single period say nothing of those beside them.
        if before is not None and all(key in starts for key in keys):
            own = {key: tuple(starts[key]) for key in keys}
            yield from _over(scenario, person, service, period, own)
        before = period


def _over(
    scenario: Scenario,
    person: Person,
    service: tuple[bool, ...],
    period: Period,
    own: Mapping[LeaveKey, tuple[int, ...]],
) -> Iterator[Claim]:
    """Yield what is owed over a period, or those of its months that two leaves may meet in."""
    leave, policy = scenario.rules.leave, scenario.rules.presence.policy
    if policy == "quarterly":
        whole = account(scenario, service, period)
        taken = _taken(own, period, leave.length_days, uncounted_days(scenario))
        yield Claim(
            person.id, period.label, whole.owed_days, taken, whole.slack_days + whole.off_days
        )
        return
    for month in scenario.days.months:
        if month.start not in period or not is_shared(scenario, period, month):
            continue
        bare = month_account(scenario, service, month)
        if policy == "monthly-literal":
            taken = _taken(own, month, leave.length_days, uncounted_days(scenario))
            yield Claim(person.id, month.label, bare.owed_days, taken, bare.slack_days)
        elif bare.slack_days < 0:
            touched = _taken(own, month, leave.length_days, 0)
            marks = {key: dict.fromkeys(days, -1) for key, days in touched.items()}
            yield Claim(person.id, month.label, bare.owed_days, marks, -1)


def _taken(
    own: Mapping[LeaveKey, tuple[int, ...]], span: Period, length_days: int, uncounted: int
) -> dict[LeaveKey, dict[int, int]]:
    taken = {
        key: {s: n for s in starts if (n := days_within(s, length_days, uncounted, span))}
        for key, starts in own.items()
    }
    return {key: days for key, days in taken.items() if days}

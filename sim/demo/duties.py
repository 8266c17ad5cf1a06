"""Duties of a hidden year: meetings, events, clearings and reports, and when they were done."""

from __future__ import annotations

from typing import Final

from planner.plan import Plan
from sim.case import Case
from sim.demo.rows import Rows
from sim.futures import BureauFuture, Incident
from sim.hidden import HiddenYear

_OWN: Final = ("event", "clearing")
"""Duties that the year decides about; what else the plan lists was done on its day."""

_LATE_DAYS: Final = 5


def duties_of(rows: Rows, plan: Plan, hidden: HiddenYear) -> None:
    """Add the year's duties to the rows of their table."""
    seen: set[tuple[str, int, str]] = set()
    for duty in sorted(plan.obligations):
        key = (duty.kind, duty.day, duty.bureau or "")
        if duty.kind not in _OWN and key not in seen:
            seen.add(key)
            rows.add(duty.day, *key, duty.day, "")
    for case, world, incidents in zip(
        hidden.cases, hidden.future.bureaus, hidden.incidents, strict=True
    ):
        _events(rows, plan, case, world)
        _clearings(rows, case, world)
        _reports(rows, case, incidents)


def _events(rows: Rows, plan: Plan, case: Case, world: BureauFuture) -> None:
    planned = [
        duty
        for duty in sorted(plan.obligations)
        if duty.kind == "event" and duty.bureau == case.bureau
    ]
    for duty, (held, led) in zip(planned, world.events, strict=False):
        if held >= world.parameters.event_held:
            rows.add(duty.day, "event", duty.day, case.bureau, None, "")
            continue
        leader = duty.leader if led < world.parameters.event_led else None
        rows.add(duty.day, "event", duty.day, case.bureau, duty.day, leader or "")


def _clearings(rows: Rows, case: Case, world: BureauFuture) -> None:
    """Announce each clearing when the first leave of it begins, and record when it was done."""
    begun: dict[int, int] = {}
    done: dict[int, int] = {}
    for leave in case.leaves:
        lag = world.leaves[leave.period * len(case.present) + leave.person][0]
        due = leave.clearing_day
        begun[due] = min(begun.get(due, due), leave.start)
        done[due] = max(done.get(due, due), due + lag)
    for due, day in sorted(begun.items()):
        place = rows.add(day, "clearing", due, case.bureau, None, "")
        rows.add(done[due], "clearing", due, case.bureau, done[due], "", corrects=place)


def _reports(rows: Rows, case: Case, incidents: tuple[Incident, ...]) -> None:
    """Record a report each month, and those that were late on days of their own."""
    late: set[int] = set()
    for incident in incidents:
        if incident.kind == "report-late":
            days = [*range(incident.day, case.n_days), *reversed(range(incident.day))]
            # A bureau hands in one report a day at most.
            late.add(next((day for day in days if day not in late), incident.day))
    ends = {start - 1 for start in case.month_starts if start} | {case.n_days - 1}
    for due in sorted(ends - late):
        rows.add(due, "report", due, case.bureau, due, "")
    for due in sorted(late):
        done = due + 1 + due % _LATE_DAYS
        place = rows.add(due, "report", due, case.bureau, None, "")
        rows.add(done, "report", due, case.bureau, done, "", corrects=place)

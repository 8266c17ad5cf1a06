"""Moves as a planner makes them: a leave with or without its groups, a table read back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final, Generic, TypeVar

import pandas as pd

from dashboards.edits import Edits, LeaveKey, edited_plan, fits
from dashboards.labels import person_labels
from dashboards.runs import Run
from dashboards.texts import t
from planner.plan import Leave, Plan, Visit
from scenarios.model import Scenario
from scenarios.part import Lang

COLUMNS: Final = ("what", "when", "start", "held", "note")
"""Columns of the table of leaves or groups that can be edited."""


K = TypeVar("K")


@dataclass(frozen=True)
class Rows(Generic[K]):
    """A table to edit, and what each of its rows is."""

    frame: pd.DataFrame
    keys: tuple[K, ...]


def move_leave(run: Run, edits: Edits, key: LeaveKey, day: date, *, along: bool) -> Edits:
    """Return edits with a leave moved.

    Parameters
    ----------
    run
        Whose plan is edited.
    edits
        What was edited so far.
    key, day
        The leave, and its new first day.
    along
        Whether the groups in the leave move by as many days; those that are held stay, and so does
        one that would leave the horizon.
    """
    scenario, plan = run.scenario, run.plan
    after = edits.with_leave(plan, scenario, key, day)
    if not along:
        return after
    now = edited_plan(scenario, plan, edits)
    leave = next(x for x in now.leaves if (x.person, x.period) == key)
    shift = scenario.days.day_of(day) - leave.start
    for visit in groups_in(now, leave):
        start = scenario.days.date_of(visit.start + shift)
        if visit.id not in edits.held_visits and fits(
            scenario, start, scenario.rules.visits.length_days
        ):
            after = after.with_visit(plan, scenario, visit.id, start)
    return after


def groups_in(plan: Plan, leave: Leave) -> tuple[Visit, ...]:
    """Return the groups that are escorted in a leave."""
    return tuple(
        visit
        for visit in plan.visits
        if visit.escort == leave.person and leave.start <= visit.start <= leave.end
    )


def leave_rows(scenario: Scenario, plan: Plan, edits: Edits, lang: Lang) -> Rows[LeaveKey]:
    """Return the leaves as a table to edit."""
    names = person_labels(scenario, lang)
    rows = [
        (
            names[leave.person],
            leave.period,
            scenario.days.date_of(leave.start),
            (leave.person, leave.period) in edits.held_leaves,
            t("app.calendar.table.carried", lang, n=len(groups_in(plan, leave))),
        )
        for leave in plan.leaves
    ]
    keys = tuple((leave.person, leave.period) for leave in plan.leaves)
    return Rows(pd.DataFrame(rows, columns=list(COLUMNS)), keys)


def group_rows(scenario: Scenario, plan: Plan, edits: Edits, lang: Lang) -> Rows[str]:
    """Return the groups as a table to edit."""
    names = person_labels(scenario, lang)
    rows = [
        (
            scenario.bureau(visit.bureau).name.get(lang),
            names[visit.escort],
            scenario.days.date_of(visit.start),
            visit.id in edits.held_visits,
            t("app.calendar.table.companies", lang, n=len(visit.companies)),
        )
        for visit in plan.visits
    ]
    return Rows(pd.DataFrame(rows, columns=list(COLUMNS)), tuple(visit.id for visit in plan.visits))


def changed_cells(state: Any) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield the rows that were edited in a table, with what they were given."""
    edited = (state or {}).get("edited_rows", {})
    yield from sorted((int(row), cells) for row, cells in edited.items())


def with_leave_rows(run: Run, edits: Edits, rows: Rows[LeaveKey], state: Any) -> Edits:
    """Return edits with what was typed into the table of leaves."""
    for row, cells in changed_cells(state):
        key = rows.keys[row]
        if cells.get("start"):
            day = as_date(cells["start"])
            edits = edits.with_leave(run.plan, run.scenario, key, day)
        if cells.get("held") is not None:
            edits = edits.with_leave_held(key, cells["held"])
    return edits


def with_group_rows(run: Run, edits: Edits, rows: Rows[str], state: Any) -> Edits:
    """Return edits with what was typed into the table of groups."""
    for row, cells in changed_cells(state):
        visit = rows.keys[row]
        if cells.get("start"):
            day = as_date(cells["start"])
            edits = edits.with_visit(run.plan, run.scenario, visit, day)
        if cells.get("held") is not None:
            edits = edits.with_visit_held(visit, cells["held"])
    return edits


def as_date(value: Any) -> date:
    """Return the day of a table's cell, which may be a text or a time."""
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else date.fromisoformat(str(value)[:10])


def last_day(scenario: Scenario, first: date) -> date:
    """Return the last day of a leave that begins on a day."""
    return first + timedelta(days=scenario.rules.leave.length_days - 1)

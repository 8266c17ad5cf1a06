"""What happened, as ``bureau replan --event`` is told it, and what came of it in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from dashboards.rotation.reasons import Replanned
from dashboards.runs import Run
from dashboards.texts import t
from planner.causes import Cause, causes
from planner.changes import Change, changes_table
from planner.plan import Plan, to_json
from planner.replan import Replan
from planner.totals import Totals, totals
from scenarios.events import Event
from scenarios.faults import ScenarioError
from scenarios.model import Scenario
from scenarios.part import Lang
from scenarios.telling import after_events


@dataclass(frozen=True, slots=True)
class Told:
    """What happened and what changes by it.

    Attributes
    ----------
    events, changes
        What happened, and what differs from the published plan.
    causes
        Why, for each change; of no relation that is known where no event was told.
    totals
        The changes summed up.
    """

    events: tuple[Event, ...]
    changes: tuple[Change, ...]
    causes: tuple[Cause, ...]
    totals: Totals


def after_what_happened(
    scenario: Scenario, texts: Sequence[str], today: int
) -> tuple[Scenario, tuple[Event, ...]]:
    """Return a scenario after events, and the events.

    Raises
    ------
    ScenarioError
        With every fault of every event, as faults of the option.
    """
    if not texts:
        return scenario, ()
    try:
        return after_events(scenario, texts, scenario.days.date_of(today))
    except ScenarioError as error:
        raise ScenarioError(
            replace(x, where=f"--{x.where}") if x.where.startswith("event ") else x
            for x in error.faults
        ) from None


def told_of(
    scenario: Scenario,
    published: Plan,
    made: Replan,
    events: Sequence[Event],
    *,
    today: int,
    alone: bool,
) -> Told:
    """Return what happened and what changes by it.

    Parameters
    ----------
    scenario
        As it is after the events.
    published, made
        The plan that was to hold, and what was made of it.
    events
        What happened.
    today
        The day of the re-plan.
    alone
        Whether nothing but the events can have forced a change.
    """
    found = causes(
        scenario,
        published,
        made.changes,
        events,
        today=today,
        proven=alone and made.proven,
    )
    sums = totals(scenario, published, made.plan, made.changes)
    return Told(tuple(events), made.changes, found, sums)


def reasoned(scenario: Scenario, told: Told) -> pd.DataFrame:
    """Return the table of changes, with what each comes of where events were told."""
    table = changes_table(scenario, told.changes)
    if told.events:
        table["reason"] = [cause.relation for cause in told.causes]
        table["reason_of"] = ["; ".join(cause.of) for cause in told.causes]
    return table


def newcomers_left(scenario: Scenario, plan: Plan, told: Told, lang: Lang) -> list[str]:
    """Say of each new company for which there is no room why that is."""
    left = {x.company: x for x in plan.unplaced}
    names = {company.id: company.name for company in scenario.companies}
    new = (event.subject for event in told.events if event.kind == "company-new")
    return [
        t(
            "replan.left",
            lang,
            company=f"{names[x].get(lang)} ({x})",
            reason=t(f"workbook.reason.{left[x].reason}", lang),
        )
        for x in new
        if x in left
    ]


def staying(scenario: Scenario, published: Plan, after: Plan, change: Change, lang: Lang) -> str:
    """Say which rule a leave that moved would break where it was; nothing of other changes."""
    days = scenario.days
    period = next(
        (
            leave.period
            for leave in published.leaves
            if leave.person == change.subject
            and days.date_of(leave.start).isoformat() == change.before
        ),
        None,
    )
    if change.kind != "leave-moved" or period is None:
        return ""
    compared = Replanned(scenario, published, after, frozenset())
    return compared.rule_behind(change, period, lang) or ""


def documents(
    scenario: Scenario, stored: Run, told: Told, today: int
) -> dict[str, Mapping[str, Any]]:
    """Return what a run keeps beside its plan: the published one, and what happened."""
    happened = {
        "as_of": scenario.days.date_of(today).isoformat(),
        "events": [
            {"text": event.text, "kind": event.kind, "subject": event.subject}
            for event in told.events
        ],
        "published_run": stored.id,
    }
    return {"published": to_json(stored.plan), "events": happened}

"""A plan made again because of what happened: events, and what differs from the published one."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

import pandas as pd

from dashboards import markup
from dashboards.format import day as write_day
from dashboards.format import days as write_days
from dashboards.labels import in_words, rows_of, subject_labels
from dashboards.markup import NUMBER, SHORT, WIDE, Cell
from dashboards.runs import Run, RunError, first_line, read_run
from dashboards.texts import t
from planner.causes import Cause
from planner.changes import Change
from planner.plan import Plan, from_json
from planner.totals import Totals, totals
from scenarios.model import Scenario
from scenarios.part import Lang

EVENTS: Final = "events.json"
PUBLISHED: Final = "published.json"

_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_SPAN: Final = re.compile(r"(\d{4}-\d{2}-\d{2})(?:\.\.(\d{4}-\d{2}-\d{2}))?")


@dataclass(frozen=True, slots=True)
class Replanned:
    """What happened and what changed by it.

    Attributes
    ----------
    as_of
        The day of the re-plan: what began before it stays.
    events
        What happened, kind and as told.
    published_run
        The run whose plan was published.
    changes, causes
        What differs from the published plan, and why.
    totals
        The changes summed up.
    """

    as_of: date
    events: tuple[tuple[str, str], ...]
    published_run: str
    changes: tuple[Change, ...]
    causes: tuple[Cause, ...]
    totals: Totals


def read(run: Run) -> Replanned | None:
    """Return what a run says of events; None where it was not made because of any.

    Raises
    ------
    RunError
        When it cannot be read.
    """
    if not {EVENTS, PUBLISHED} <= set(run.head.files) or not run.has_changes:
        return None
    happened = _json(run, EVENTS)
    if not happened.get("events"):
        return None
    try:
        before = _plan(run)
        table = pd.read_csv(run.folder / "changes.csv", dtype=str, keep_default_na=False)
        changes = run.changes
        causes = tuple(
            Cause(row["reason"], tuple(filter(None, row["reason_of"].split("; "))))
            for row in rows_of(table)
        )
        events = tuple((one["kind"], one["text"]) for one in happened["events"])
        day, origin = date.fromisoformat(happened["as_of"]), happened["published_run"]
    except (KeyError, TypeError, ValueError) as error:
        raise RunError(
            "run.damaged", file=run.folder / EVENTS, problem=first_line(error)
        ) from error
    sums = totals(run.scenario, before, run.plan, changes)
    return Replanned(day, events, origin, changes, causes, sums)


def published(run: Run, root: Path) -> Run | None:
    """Return the run whose plan was published before this one; None where it is not there.

    Raises
    ------
    RunError
        When it is there and cannot be read.
    """
    if EVENTS not in run.head.files:
        return None
    folder = root / str(_json(run, EVENTS).get("published_run", ""))
    if folder == root or not (folder / "run.json").is_file():
        return None
    return read_run(folder)


def _plan(run: Run) -> Plan:
    return from_json(_json(run, PUBLISHED))


def _json(run: Run, name: str) -> dict[str, Any]:
    file = run.folder / name
    try:
        found: dict[str, Any] = json.loads(file.read_bytes())
    except (ValueError, OSError) as error:
        raise RunError("run.damaged", file=file, problem=first_line(error)) from error
    return found


def html(scenario: Scenario, found: Replanned, lang: Lang) -> str:
    """Return the events, the sums, and each change: as published, as it is now, and why."""
    labels = subject_labels(scenario, lang)
    said = t(
        "app.year.replanned.lead",
        lang,
        day=write_day(found.as_of, lang),
        run=found.published_run,
        n=len(found.changes),
        **asdict(found.totals),
    )
    events = {text: event_words(kind, text, labels, lang) for kind, text in found.events}
    happened = markup.listing(t("app.year.replanned.events", lang), events.values())
    parts = [markup.paragraph(said), happened]
    if found.changes:
        rows = [
            _row(scenario, change, cause, labels, events, lang)
            for change, cause in zip(found.changes, found.causes, strict=True)
        ]
        keys = ("what", "published", "now", "shift", "why")
        head = [t(f"app.year.replanned.{key}", lang) for key in keys]
        caption = t("app.year.replanned.title", lang)
        align = [WIDE, SHORT, SHORT, NUMBER, WIDE]
        parts.append(markup.table(head, rows, caption=caption, align=align, tall=len(rows) > 12))
    return "".join(parts)


def event_words(kind: str, text: str, labels: Mapping[str, str], lang: Lang) -> str:
    """Say what happened: its kind in the page's language, names instead of ids."""
    _, _, rest = text.partition(" ")
    told = _SPAN.sub(lambda found: _days(found, lang), in_words(rest, labels))
    return t("app.year.event", lang, kind=t(f"app.year.event.{kind}", lang), told=told)


def _days(found: re.Match[str], lang: Lang) -> str:
    first, last = (date.fromisoformat(found[i] or found[1]) for i in (1, 2))
    return write_day(first, lang) if first == last else write_days(first, last, lang)


def _why(scenario: Scenario, cause: Cause, events: Mapping[str, str], lang: Lang) -> str:
    """Say why something changed; events as they are named above."""
    if cause.relation == "event":
        of = t("app.list", lang).join(events.get(text, text) for text in cause.of)
        return t("replan.why.event", lang, of=of)
    return reason(scenario, cause, lang) or t("app.year.replanned.unknown", lang)


def _row(
    scenario: Scenario,
    change: Change,
    cause: Cause,
    labels: Mapping[str, str],
    events: Mapping[str, str],
    lang: Lang,
) -> list[Cell]:
    who = labels.get(change.subject, change.subject)
    what = t(f"app.year.change.{change.kind}", lang, who=who)
    sides = (_side(text, labels, lang) for text in (change.before, change.after))
    shift = f"{change.shift_days:+d}" if change.shift_days else ""
    return [what, *sides, shift, _why(scenario, cause, events, lang)]


def _side(text: str, labels: Mapping[str, str], lang: Lang) -> str:
    """Write a day, or whom an id stands for; a dash where there is nothing."""
    if not text:
        return t("outlook.unknown", lang)
    named = in_words(text, labels)
    return _DAY.sub(lambda found: write_day(date.fromisoformat(found[0]), lang), named)


def reason(scenario: Scenario, cause: Cause, lang: Lang) -> str:
    """Say why something changed; nothing where that is not known."""
    if cause.relation == "unknown":
        return ""
    of = "; ".join(cause.of)
    if cause.relation != "event":
        names = (scenario.bureau(bureau).name.get(lang) for bureau in cause.of)
        of = t("replan.and", lang).join(names)
    return t(f"replan.why.{cause.relation}", lang, of=of)

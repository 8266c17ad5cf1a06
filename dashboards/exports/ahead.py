"""What comes in the next four weeks: who is on leave, and which groups visit."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, Final

import pandas as pd

from dashboards.exports.paper import Cell, Table
from dashboards.exports.spans import span
from dashboards.labels import bureau_labels, person_labels, rows_of, subject_labels
from dashboards.runs import Run, RunError
from dashboards.texts import t
from scenarios.part import Lang

DAYS: Final = 28


def expect_inside(run: Run, as_of: date) -> None:
    """Refuse an as-of date outside the run's horizon.

    Raises
    ------
    RunError
        When it is.
    """
    horizon = run.scenario.horizon
    if as_of not in horizon:
        raise RunError(
            "paper.outside", usage=True, found=as_of, start=horizon.start, end=horizon.end
        )


def last_day(run: Run, as_of: date) -> date:
    """Return the last of the days ahead that lie within the horizon."""
    return min(as_of + timedelta(days=DAYS - 1), run.scenario.horizon.end)


def ahead(run: Run, as_of: date, lang: Lang) -> Table:
    """Return leaves and visits that touch the days ahead, earliest first."""
    last = last_day(run, as_of)
    none = t("app.none", lang)
    rows = tuple(
        (
            Cell(t(f"paper.ahead.{what}", lang), bold=True),
            Cell(t("sign.semicolon", lang).join(found) or none),
        )
        for what, found in (
            ("leave", list(_leaves(run, as_of, last, lang))),
            ("visit", list(_visits(run, as_of, last, lang))),
        )
    )
    return Table((), rows, (14, 86), ("center", "left"))


def _leaves(run: Run, first: date, last: date, lang: Lang) -> Iterator[str]:
    titles = person_labels(run.scenario, lang)
    for leave in _touching(run.table("leaves"), first, last):
        yield t(
            "app.span",
            lang,
            what=titles[leave["person"]],
            days=span(leave["start"], leave["end"], lang),
        )


def _visits(run: Run, first: date, last: date, lang: Lang) -> Iterator[str]:
    labels, names = subject_labels(run.scenario, lang), bureau_labels(run.scenario, lang)
    sizes = run.table("visit_companies")["visit"].value_counts()
    for visit in _touching(run.table("visits"), first, last):
        yield t(
            "paper.ahead.group" if visit["leader"] else "paper.ahead.group.unled",
            lang,
            bureau=names[visit["bureau"]],
            n=int(sizes.get(visit["visit"], 0)),
            leader=labels.get(visit["leader"], ""),
            days=span(visit["start"], visit["end"], lang),
        )


def _touching(frame: pd.DataFrame, first: date, last: date) -> list[dict[str, Any]]:
    """Return the rows that touch the days, earliest first; ISO dates sort as they follow."""
    inside = frame[(frame["start"] <= last.isoformat()) & (frame["end"] >= first.isoformat())]
    return rows_of(inside.sort_values(["start", "end", "bureau"], kind="stable"))

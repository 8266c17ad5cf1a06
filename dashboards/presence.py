"""Who is where: the persons at post and at home, and the groups that visit, in words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pandas as pd

from dashboards.format import days as write_days
from dashboards.labels import person_labels, rows_of
from dashboards.runs import Run
from dashboards.texts import t
from scenarios.part import Lang


def week_lines(run: Run, first: date, last: date, lang: Lang) -> list[str]:
    """Say who is on leave and which groups visit between two days, both included; a line each."""
    scenario = run.scenario
    titles = person_labels(scenario, lang)
    away = [
        t("app.span", lang, what=titles[leave["person"]], days=_days(leave, lang))
        for leave in rows_of(_within(run.table("leaves"), first, last))
    ]
    sizes = run.table("visit_companies")["visit"].value_counts()
    groups = [
        t(
            "app.group",
            lang,
            bureau=scenario.bureau(visit["bureau"]).name.get(lang),
            n=int(sizes.get(visit["visit"], 0)),
            days=_days(visit, lang),
        )
        for visit in rows_of(_within(run.table("visits"), first, last))
    ]
    lines = [t("app.week.leave", lang, what=what) for what in away]
    lines += [t("app.week.visit", lang, what=what) for what in groups]
    return lines or [t("app.week.nobody", lang)]


def _within(frame: pd.DataFrame, first: date, last: date) -> pd.DataFrame:
    """Return the rows that touch the days; ISO dates sort as they follow each other."""
    return frame[(frame["start"] <= last.isoformat()) & (frame["end"] >= first.isoformat())]


def _days(row: Mapping[str, Any], lang: Lang) -> str:
    start, end = (date.fromisoformat(row[name]) for name in ("start", "end"))
    return write_days(start, end, lang, year=False)

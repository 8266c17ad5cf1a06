"""On a page: why the newest nowcast expects another amount than the forecast before it."""

from __future__ import annotations

from datetime import date
from typing import Final

import pandas as pd
import streamlit as st

from dashboards.chartbox import chart, table
from dashboards.figures import Forecast
from dashboards.format import day as write_day
from dashboards.format import money
from dashboards.frame import View, heading
from dashboards.labels import rows_of
from dashboards.markup import NUMBER, Cell, paragraph
from dashboards.revisionchart import largest, revision_chart, revision_frame, signed_money
from dashboards.texts import t
from scenarios.part import Lang

MEASURES: Final = ("signed_yuan", "funds_gross_yuan")
"""What a nowcast explains."""


def why(view: View, cast: Forecast | None, bureau: str | None) -> None:
    """Draw why what is expected changed; nothing where the nowcast does not say."""
    if cast is None or "revision" not in cast:
        return
    heading(view, "app.year.why")
    lang = view.lang
    told = cast["revision"]
    own = told["bureaus"][bureau] if bureau else told["all"]
    since = date.fromisoformat(told["since"])
    rows: list[list[Cell]] = []
    for place, measure in zip(st.columns(len(MEASURES), gap="medium"), MEASURES, strict=True):
        change = own[measure]
        name = t(f"app.year.why.{measure}", lang)
        most = largest(change)
        said = t(
            "app.year.why.said",
            lang,
            since=_since(view, since),
            measure=name,
            before=money(change["before"], lang),
            after=money(change["after"], lang),
            step=t(f"app.year.step.{most['step']}", lang),
            yuan=signed_money(float(most["yuan"]), lang),
        )
        frame = revision_frame(change, lang)
        with place:
            st.subheader(name, anchor=False)
            st.html(paragraph(said))
            chart(revision_chart(frame, lang), said)
        rows += [[f"{row[0]} · {name}", *row[1:]] for row in _rows(frame, lang)]
    head = [t("app.year.step", lang), t("app.year.step.yuan", lang), t("app.year.step.range", lang)]
    table(head, rows, "app.year.why.title", ("text", NUMBER, NUMBER), lang)


def _since(view: View, since: date) -> str:
    """Say what the nowcast is held against: an earlier one, or the forecast of the start."""
    if since < view.scenario.horizon.start:
        return t("app.year.why.start", view.lang)
    return t("app.year.why.since", view.lang, day=write_day(since, view.lang))


def _rows(frame: pd.DataFrame, lang: Lang) -> list[list[str]]:
    found = []
    for row in rows_of(frame):
        total = row["kind"] == "total"
        amount = money(row["yuan"], lang) if total else signed_money(row["yuan"], lang)
        ends = () if total else (row["low"] - row["start"], row["high"] - row["start"])
        span = t("app.year.why.span", lang).join(signed_money(end, lang) for end in ends)
        found.append([row["name"], amount, span])
    return found

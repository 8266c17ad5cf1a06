"""A bad, a middling and a good year on a page."""

from __future__ import annotations

from typing import Any, Final

import streamlit as st

from dashboards import markup
from dashboards.chartbox import chart
from dashboards.driverstore import StaleDrivers, Stored
from dashboards.format import count, money, points
from dashboards.frame import View, heading
from dashboards.labels import rows_of
from dashboards.markup import NUMBER, Align, Cell
from dashboards.texts import t
from dashboards.yearagain import by_month, events_of, year_chart
from scenarios.part import Lang

_KEY: Final = "forecast-year"
_COUNTS: Final = ("calls", "visits", "lost", "signed")
_LATER: Final = ("registered", "started")


def years(view: View, drivers: Stored, bureau: str | None) -> None:
    """Draw one of the years that were lived through again."""
    lang = view.lang
    heading(view, "outlook.years")
    offered = drivers.replays
    if st.session_state.get(_KEY) not in offered:
        st.session_state[_KEY] = "p50" if "p50" in offered else offered[0]
    chosen = st.segmented_control(
        t("outlook.years.which", lang),
        offered,
        format_func=lambda name: t(f"outlook.years.{name}", lang),
        key=_KEY,
        required=True,
        label_visibility="collapsed",
        wrap=True,
        persist_state="session",
    )
    name = str(chosen)
    try:
        events = drivers.replay(name)
    except StaleDrivers as error:
        st.html(markup.notice(t("outlook.drivers.stale", lang, problem=str(error)), "alert"))
        return
    st.html(markup.paragraph(_said(drivers.data["replays"][name], name, lang)))
    data = events_of(view.scenario, events, lang, bureau)
    table = by_month(view.scenario, events, bureau)
    total = table.drop(columns="month").sum()
    words = t(
        "outlook.years.alt",
        lang,
        visits=count(total["visits"]),
        signed=count(total["signed"]),
        amount=money(total["signed_yuan"], lang),
        funds=money(total["funds_yuan"], lang),
    )
    st.html(markup.paragraph(words))
    chart(year_chart(data, view.scenario, lang), words)
    last: dict[str, Any] = {"month": "", **{str(key): x for key, x in total.items()}}
    rows = [_row(row, lang) for row in [*rows_of(table), last]]
    keys = (*_COUNTS, "signed_yuan", *_LATER, "funds_yuan", "spent_yuan")
    head = [t("app.column.month", lang), *(t(f"outlook.event.{key}", lang) for key in keys)]
    align: list[Align] = ["text", *[NUMBER] * len(keys)]
    caption = t("outlook.years.caption", lang)
    st.html(markup.table(head, rows, caption=caption, align=align))


def _said(replay: Any, name: str, lang: Lang) -> str:
    by, value = replay["by"], float(replay["value"])
    said = points(value) if by == "score" else money(value, lang)
    number = count(replay["future"])
    return t(f"outlook.years.{name}.{by}", lang, future=number, value=said)


def _row(row: dict[str, Any], lang: Lang) -> list[Cell]:
    return [
        row["month"] or t("app.column.total", lang),
        *(count(row[key]) for key in _COUNTS),
        money(row["signed_yuan"], lang),
        *(count(row[key]) for key in _LATER),
        money(row["funds_yuan"], lang),
        money(row["spent_yuan"], lang),
    ]

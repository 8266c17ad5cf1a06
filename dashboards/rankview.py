"""The ranking of the bureaus on a page."""

from __future__ import annotations

from typing import Final

import streamlit as st

from dashboards import markup
from dashboards.format import amount, chance, points
from dashboards.frame import View, heading
from dashboards.markup import NUMBER, SHORT, Cell
from dashboards.odds import share
from dashboards.ranking import Place, measures
from dashboards.ranking import ranking as ranked
from dashboards.standing import RANGE, SCORE
from dashboards.texts import t

_KEY: Final = "cockpit-rank-by"


def ranking(view: View) -> None:
    """Draw the bureaus in order, by a measure the reader chooses."""
    lang = view.lang
    heading(view, "outlook.rank")
    offered = measures(view.run)
    names = {target.id: target.label.get(lang) for target in view.scenario.targets}
    labels = {SCORE: t("outlook.rank.score", lang), **names}
    if st.session_state.get(_KEY) not in offered:
        st.session_state[_KEY] = offered[0]
    chosen = st.segmented_control(
        t("outlook.rank.by", lang),
        offered,
        format_func=labels.__getitem__,
        key=_KEY,
        required=True,
        wrap=True,
        persist_state="session",
    )
    measure = chosen or offered[0]
    rows = [_row(view, place, measure) for place in ranked(view.run, measure)]
    head = [
        t("outlook.column.place", lang),
        t("app.column.bureau", lang),
        t("outlook.column.mean", lang, measure=labels[measure]),
        t("outlook.column.range", lang, share=share(RANGE, lang)),
        t("outlook.column.first", lang),
    ]
    caption = t("outlook.rank.caption", lang, measure=labels[measure])
    align = [SHORT, SHORT, NUMBER, NUMBER, NUMBER]
    st.html(markup.table(head, rows, caption=caption, align=align))


def _row(view: View, place: Place, measure: str) -> list[Cell]:
    lang, unknown = view.lang, t("outlook.unknown", view.lang)
    metric = next((x.metric for x in view.scenario.targets if x.id == measure), None)

    def written(value: float) -> str:
        return points(value) if metric is None else amount(metric, value, lang, 1)

    spread, first = place.spread, place.first
    span = unknown
    if spread is not None:
        span = t("outlook.span", lang, low=written(spread.low), high=written(spread.high))
    return [
        str(place.place),
        view.scenario.bureau(place.bureau).name.get(lang),
        written(place.mean) if place.mean > float("-inf") else t("app.not_for", lang),
        span,
        chance(first.p, first.low, first.high, lang) if first else unknown,
    ]

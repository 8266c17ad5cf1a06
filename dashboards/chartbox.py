"""A chart as every page shows one: with words for people who listen, and its figures as a table."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt
import streamlit as st

from dashboards import markup, projector
from dashboards.charts import larger
from dashboards.markup import Align, Cell
from dashboards.texts import t
from scenarios.part import Lang


def chart(drawn: alt.LayerChart, said: str) -> None:
    """Draw a chart as wide as its place, larger for a room; ``said`` is what it shows, in words."""
    if projector.on():
        drawn = larger(drawn)
    st.altair_chart(drawn, width="stretch", alt=said)


def twin(
    keys: Sequence[str], rows: list[list[Cell]], caption: str, align: Sequence[Align], lang: Lang
) -> None:
    """Put a chart's figures beside it, under columns named by ``app.column``."""
    table([t(f"app.column.{key}", lang) for key in keys], rows, caption, align, lang)


def table(
    head: Sequence[str], rows: list[list[Cell]], caption: str, align: Sequence[Align], lang: Lang
) -> None:
    """Put a chart's figures beside it as a table, folded away."""
    with st.expander(t("app.twin", lang)):
        st.html(markup.table(head, rows, caption=t(caption, lang), align=align, tall=True))

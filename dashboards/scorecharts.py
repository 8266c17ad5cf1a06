"""Charts of the score: what each item brings, laid end to end."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

import altair as alt
import pandas as pd

from dashboards.charts import finish, names
from dashboards.drawing import wrap
from dashboards.palette import ACCENT, INK, LINE, MUTED, SERIES
from dashboards.scoring import Part, Spread
from dashboards.texts import t
from scenarios.part import Lang

_ROW = 30


def waterfall_frame(parts: Sequence[Part], whole: Spread, lang: Lang) -> pd.DataFrame:
    """Return ``item, start, end, low, high, full, mean``: items end to end, then the whole.

    Parameters
    ----------
    parts, whole
        Of one bureau; the means of the parts add up to that of the whole.
    lang
        Language of the items' names.
    """
    starts = [0.0, *accumulate(part.points.mean for part in parts)]
    rows = [
        {
            "item": "\n".join(wrap(part.item.label.get(lang), 12, 120)),
            "start": start,
            "end": start + part.points.mean,
            "low": start + part.points.p10,
            "high": start + part.points.p90,
            "full": start + part.full,
            "mean": part.points.mean,
            "kind": "part",
        }
        for part, start in zip(parts, starts, strict=False)
    ]
    rows.append(
        {
            "item": t("app.score.total", lang),
            "start": 0.0,
            "end": whole.mean,
            "low": whole.p10,
            "high": whole.p90,
            "full": whole.mean,
            "mean": whole.mean,
            "kind": "whole",
        }
    )
    return pd.DataFrame(rows)


def waterfall_chart(
    frame: pd.DataFrame, grades: Sequence[tuple[str, float]], lang: Lang
) -> alt.LayerChart:
    """Draw a bureau's items end to end, the points lost behind them, and the range of each.

    Parameters
    ----------
    frame
        As of :func:`waterfall_frame`.
    grades
        Label and lowest score of each grade that has one above 0.
    lang
        Language of all words.
    """
    order = [str(item) for item in frame["item"]]
    scale = alt.Scale(domain=[0, max(100.0, float(frame["full"].max()))])
    y = alt.Y("item:N", sort=order, title=None, axis=names())
    title = t("app.score.axis", lang)
    lost = (
        alt.Chart(frame)
        .mark_bar(color=LINE, opacity=0.55, height=15)
        .encode(
            y=y,
            x=alt.X("end:Q", title=title, scale=scale, axis=alt.Axis(gridColor=LINE)),
            x2="full:Q",
        )
    )
    colour = alt.condition(alt.datum.kind == "whole", alt.value(SERIES[2]), alt.value(ACCENT))
    bars = (
        alt.Chart(frame)
        .mark_bar(height=15)
        .encode(
            y=y,
            x=alt.X("start:Q", scale=scale),
            x2="end:Q",
            color=colour,
            tooltip=[
                alt.Tooltip("item:N", title=t("app.score.item", lang)),
                alt.Tooltip("mean:Q", title=t("app.column.mean", lang), format=".2f"),
            ],
        )
    )
    ranges = (
        alt.Chart(frame)
        .mark_rule(color=INK, strokeWidth=1.6)
        .encode(y=y, x=alt.X("low:Q", scale=scale), x2="high:Q")
    )
    words = (
        alt.Chart(frame)
        .mark_text(align="left", dx=5, dy=-11, color=INK, fontSize=11)
        .encode(y=y, x=alt.X("start:Q", scale=scale), text=alt.Text("mean:Q", format=".1f"))
    )
    marks: list[alt.Chart] = []
    for label, mark in grades:
        at = alt.Chart(pd.DataFrame({"at": [mark], "label": [label]})).encode(
            x=alt.X("at:Q", scale=scale)
        )
        marks.append(at.mark_rule(color=MUTED, strokeDash=[5, 4]))
    return finish([*marks, lost, bars, ranges, words], 40 + _ROW * len(frame) + 25)

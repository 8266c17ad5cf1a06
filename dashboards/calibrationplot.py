"""The calibration plot: how likely targets were said to be, against how often they were reached."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import altair as alt
import pandas as pd

from dashboards.charts import finish, percent_axis
from dashboards.odds import share
from dashboards.palette import ACCENT, INK, MUTED
from dashboards.texts import t
from scenarios.part import Lang

_HEIGHT: Final = 320


def calibration_frame(rows: Sequence[Mapping[str, Any]], as_of: str, lang: Lang) -> pd.DataFrame:
    """Return what a forecast's probabilities came to, a row a group of probabilities, rising.

    Parameters
    ----------
    rows
        ``calibration`` of :meth:`sim.verdict.Verdict.to_json`.
    as_of
        The forecast's day.
    lang
        Language of the groups' names.

    Returns
    -------
    pandas.DataFrame
        ``group`` (its name)``, said, share, low, high`` (95 % interval of the share)``, n, reached,
        expected, words`` (reached of all).
    """
    own = [row for row in rows if row["as_of"] == as_of]
    frame = pd.DataFrame(own, columns=["said", "share", "low", "high", "n", "reached"])
    edges = [(share(row["low_edge"], lang), share(row["high_edge"], lang)) for row in own]
    frame.insert(0, "group", [f"{low}–{high}" for low, high in edges])
    frame["expected"] = frame["said"] * frame["n"]
    frame["words"] = [f"{k}/{n}" for k, n in zip(frame["reached"], frame["n"], strict=True)]
    return frame


def calibration_chart(frame: pd.DataFrame, lang: Lang) -> alt.LayerChart:
    """Draw the groups with their intervals and counts, and the diagonal on which they should lie.

    Parameters
    ----------
    frame
        Of :func:`calibration_frame`.
    lang
        Language of all words.
    """
    scale = alt.Scale(domain=[0, 1])
    x = alt.X("said:Q", title=t("app.scores.said", lang), scale=scale, axis=percent_axis())
    axis = percent_axis()
    y = alt.Y("share:Q", title=t("app.scores.reached", lang), scale=scale, axis=axis)
    ideal = alt.Chart(pd.DataFrame({"said": [0, 1], "share": [0, 1]}))
    diagonal = ideal.mark_line(color=MUTED, strokeDash=[5, 4]).encode(x=x, y=y)
    base = alt.Chart(frame).encode(x=x)
    ranges = base.mark_rule(color=ACCENT, strokeWidth=3, opacity=0.5).encode(
        y=alt.Y("low:Q", title=t("app.scores.reached", lang), scale=scale, axis=axis), y2="high:Q"
    )
    tips = [
        alt.Tooltip("group:N", title=t("app.scores.said", lang)),
        alt.Tooltip("n:Q", title=t("app.scores.targets", lang)),
        alt.Tooltip("reached:Q", title=t("app.scores.hits", lang)),
        alt.Tooltip("expected:Q", title=t("app.scores.expected", lang), format=".1f"),
        alt.Tooltip("low:Q", title=t("app.column.low", lang), format=".0%"),
        alt.Tooltip("high:Q", title=t("app.column.high", lang), format=".0%"),
    ]
    points = base.mark_point(filled=True, size=80, opacity=1, color=ACCENT).encode(
        y=y, tooltip=tips
    )
    # A name near the right edge stands to the left of its point.
    near = frame["said"] > 0.85
    style: dict[str, Any] = {"color": INK, "fontSize": 12}
    before = alt.Chart(frame[near]).mark_text(align="right", dx=-9, **style)
    after = alt.Chart(frame[~near]).mark_text(align="left", dx=9, **style)
    names = [
        chart.encode(x=x, y=y, text="words:N")
        for chart, shown in ((after, not near.all()), (before, near.any()))
        if shown
    ]
    return finish([diagonal, ranges, points, *names], _HEIGHT)

"""The tornado as a chart: by how much each assumption moves one probability, the longest first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import altair as alt
import pandas as pd

from dashboards.charts import broken, finish, names
from dashboards.palette import INK, LINE, SERIES
from dashboards.texts import t
from scenarios.model import Scenario
from scenarios.part import Lang

SHOWN: Final = 10
"""Bars on the screen; the table holds all."""

_ROW: Final = 34


def bars(scenario: Scenario, chance: Mapping[str, Any], lang: Lang) -> pd.DataFrame:
    """Return the bars of one probability of ``drivers.json``, the clear ones first.

    Columns ``assumption, label, how, unclear``, and ``low, high, swing`` with the swing's interval
    ``swing_low, swing_high``, all in points.
    """
    return pd.DataFrame(
        [
            {
                "assumption": bar["assumption"],
                "label": _label(scenario, bar, lang),
                "how": bar["how"],
                "unclear": bar["unclear"],
                "low": 100 * bar["low"]["mean"],
                "high": 100 * bar["high"]["mean"],
                "swing": 100 * bar["swing"]["mean"],
                "swing_low": 100 * bar["swing"]["low"],
                "swing_high": 100 * bar["swing"]["high"],
            }
            for bar in chance["levers"]
        ],
        columns=[
            *("assumption", "label", "how", "unclear"),
            *("low", "high", "swing", "swing_low", "swing_high"),
        ],
    )


def bars_chart(frame: pd.DataFrame, lang: Lang) -> alt.LayerChart:
    """Draw the longest bars: the low end of an assumption in one colour, the high in another."""
    shown = frame.head(SHOWN)
    shown = shown.assign(label=broken(shown["label"]))
    ends = [t(f"outlook.end.{end}", lang) for end in ("low", "high")]
    data = pd.concat(
        [
            shown.assign(points=shown[end], end=word)
            for end, word in zip(("low", "high"), ends, strict=True)
        ],
        ignore_index=True,
    )
    y = alt.Y("label:N", sort=list(shown["label"]), title=None, axis=names())
    axis = alt.Axis(gridColor=LINE)
    base = alt.Chart(data).encode(y=y)
    drawn = base.mark_bar(size=16).encode(
        x=alt.X("points:Q", title=t("outlook.axis.points", lang), stack=None, axis=axis),
        color=alt.Color(
            "end:N",
            sort=ends,
            scale=alt.Scale(domain=ends, range=[SERIES[1], SERIES[0]]),
            legend=alt.Legend(title=None, orient="top"),
        ),
        tooltip=[
            alt.Tooltip("label:N", title=t("app.column.assumption", lang)),
            alt.Tooltip("end:N", title=t("outlook.column.end", lang)),
            alt.Tooltip("points:Q", title=t("outlook.axis.points", lang), format="+.1f"),
        ],
    )
    zero = alt.Chart(pd.DataFrame({"at": [0]})).mark_rule(color=INK).encode(x="at:Q")
    return finish([drawn, zero], 90 + _ROW * len(shown))


def _label(scenario: Scenario, bar: Mapping[str, Any], lang: Lang) -> str:
    label = scenario.assumptions[bar["assumption"]].label.get(lang)
    return f"{label}\N{NO-BREAK SPACE}*" if bar["how"] == "scaled" else label

"""Why a nowcast expects another amount than the forecast before it, as a waterfall."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import altair as alt
import pandas as pd

from dashboards.charts import broken, finish, large_unit, names
from dashboards.format import money, signed
from dashboards.palette import INK, LINE, MUTED, OUTLOOK
from dashboards.texts import t
from scenarios.part import Lang

_ROW: Final = 40


def revision_frame(change: Mapping[str, Any], lang: Lang) -> pd.DataFrame:
    """Return ``name, kind, start, end, yuan, low, high``: what was expected, each step, what is.

    Parameters
    ----------
    change
        One measure of a stored nowcast's ``revision``. A step that moves nothing and may not is
        left out.
    lang
        Language of the names.

    Returns
    -------
    pandas.DataFrame
        In yuan; ``low`` and ``high`` are the ends of a step's interval laid at its start, empty
        for the two totals.
    """
    before, after = float(change["before"]), float(change["after"])
    rows: list[dict[str, Any]] = [_total("before", before, lang)]
    at = before
    for step in change["steps"]:
        yuan = float(step["yuan"])
        low, high = map(float, step["interval"])
        if yuan or low or high:
            rows.append(
                {
                    "name": t(f"app.year.step.{step['step']}", lang),
                    "kind": "up" if yuan >= 0 else "down",
                    "start": at,
                    "end": at + yuan,
                    "yuan": yuan,
                    "low": at + low,
                    "high": at + high,
                }
            )
        at += yuan
    return pd.DataFrame([*rows, _total("after", after, lang)])


def _total(key: str, yuan: float, lang: Lang) -> dict[str, Any]:
    name = t(f"app.year.step.{key}", lang)
    ends = {"start": 0.0, "end": yuan, "yuan": yuan, "low": None, "high": None}
    return {"name": name, "kind": "total", **ends}


def largest(change: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the step that moves most, either way."""
    steps: list[Mapping[str, Any]] = list(change["steps"])
    return max(steps, key=lambda step: abs(float(step["yuan"])))


def signed_money(yuan: float, lang: Lang) -> str:
    """Write an amount with its sign; nothing has none."""
    words = money(yuan, lang)
    return f"+{words}" if round(yuan) > 0 else words


def revision_chart(frame: pd.DataFrame, lang: Lang) -> alt.LayerChart:
    """Draw the steps from what was expected to what is, with their intervals."""
    unit, title = large_unit(lang)
    amounts = {key: frame[key] / unit for key in ("start", "end", "low", "high")}
    data = frame.assign(**amounts, name=broken(frame["name"]))
    data["right"] = data[["start", "end", "high"]].max(axis=1)
    # In the unit of the axis: whole amounts have no room beside the bars of a phone.
    data["words"] = [
        f"{yuan / unit:,.2f}" if kind == "total" else signed(yuan / unit, 2)
        for yuan, kind in zip(frame["yuan"], frame["kind"], strict=True)
    ]
    y = alt.Y("name:N", sort=list(data["name"]), title=None, axis=names())
    base = alt.Chart(data).encode(y=y)
    top, bottom = float(data["right"].max()), float(data[["start", "end", "low"]].min().min())
    # Room for the words right of the longest bar.
    scale = alt.Scale(domain=[min(0.0, bottom), 1.3 * max(top, 1e-9)], nice=False)
    x = alt.X(
        "start:Q",
        title=title,
        scale=scale,
        axis=alt.Axis(gridColor=LINE, format=",~f", tickCount=5),
    )
    kinds = ["total", "up", "down"]
    fills = [MUTED, OUTLOOK["course"].ink, OUTLOOK["out"].ink]
    fill = alt.Color("kind:N", scale=alt.Scale(domain=kinds, range=fills), legend=None)
    bars = base.mark_bar(height=16).encode(
        x=x,
        x2="end:Q",
        color=fill,
        tooltip=[
            alt.Tooltip("name:N", title=t("app.year.step", lang)),
            alt.Tooltip("words:N", title=title),
        ],
    )
    ranges = (
        alt.Chart(data[data["low"].notna()])
        .mark_rule(color=INK, strokeWidth=1.5)
        .encode(y=y, x=alt.X("low:Q", scale=scale), x2="high:Q")
    )
    words = base.mark_text(align="left", dx=6, color=INK, fontSize=12).encode(
        x=alt.X("right:Q", scale=scale), text="words:N"
    )
    return finish([bars, ranges, words], 50 + _ROW * len(frame))

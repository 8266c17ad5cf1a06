"""Charts of money: response curves of the bureaus, and the frontier of totals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import altair as alt
import pandas as pd

from dashboards.charts import colour, cycle, finish, legend, order_of, percent_axis
from dashboards.labels import bureau_labels
from dashboards.palette import ACCENT, DASHES, INK, LINE, MUTED
from dashboards.texts import t
from scenarios.part import Lang
from sim.curves import Curves
from sim.grid import Split

_WAN: Final = 10_000
_THOUSAND: Final = 1_000

MAIN: Final = "all-main"
ENOUGH: Final = "enough"
"""What a curve can be of, beside the targets by id."""


def curve_frame(curves: Curves, what: str, lang: Lang) -> pd.DataFrame:
    """Return ``bureau, yuan, p, low, high``: odds of each bureau at each budget.

    Parameters
    ----------
    curves
        The curves.
    what
        :data:`MAIN`, :data:`ENOUGH` or the id of a target; bureaus without it are left out.
    lang
        Language of the bureaus' names.
    """
    names = bureau_labels(curves.job.scenario, lang)
    rows = []
    for place, bureau in enumerate(curves.bureaus):
        if what == MAIN:
            odds = curves.main_odds(place)
        elif what == ENOUGH:
            odds = curves.enough_odds(place)
        elif (bureau, what) in curves.table.hits:
            odds = curves.target_odds(place, what)
        else:
            continue
        rows += [
            {"bureau": names[bureau], "yuan": yuan, "p": own.p, "low": own.low, "high": own.high}
            for yuan, own in zip(curves.levels_yuan[place], odds, strict=True)
        ]
    return pd.DataFrame(rows, columns=["bureau", "yuan", "p", "low", "high"])


def place_frame(
    curves: Curves, frame: pd.DataFrame, splits: Mapping[str, Split], lang: Lang
) -> pd.DataFrame:
    """Return ``bureau, yuan, p, which``: where splits stand on the curves."""
    names = bureau_labels(curves.job.scenario, lang)
    rows = []
    for which, split in splits.items():
        for place, bureau in enumerate(curves.bureaus):
            own = frame[frame["bureau"] == names[bureau]]
            if own.empty:
                continue
            upto = own[own["yuan"] <= split[place]]
            p = float(own["p"].iloc[0] if upto.empty else upto["p"].iloc[-1])
            rows.append({"bureau": names[bureau], "yuan": split[place], "p": p, "which": which})
    return pd.DataFrame(rows, columns=["bureau", "yuan", "p", "which"])


def response_chart(frame: pd.DataFrame, places: pd.DataFrame, lang: Lang) -> alt.LayerChart:
    """Draw the odds over the budget with their band, and where today's and the new split stand."""
    unit, title = _unit(lang)
    end = max(frame["yuan"].max(), places["yuan"].max())
    tails = frame.groupby("bureau", sort=False).tail(1).assign(yuan=end)
    data = pd.concat([frame, tails], ignore_index=True).assign(amount=lambda x: x["yuan"] / unit)
    order = order_of(frame, "bureau")
    top = min(1.0, 1.1 * float(frame["high"].max()) + 0.01)
    scale = alt.Scale(domain=[0, top], nice=True)
    digits = ".0%" if top > 0.1 else ".1%"
    axis = percent_axis() if top > 0.6 else alt.Axis(format=digits, gridColor=LINE, tickCount=6)
    x = alt.X("amount:Q", title=title, axis=alt.Axis(grid=False, format=",~f"))
    base = alt.Chart(data).encode(x=x)
    # Without a legend of its own: the lines' has dashes, and colours as strong as they are.
    tones = colour("bureau", order)
    band = base.mark_area(opacity=0.13).encode(
        color=tones.legend(None),
        y=alt.Y("low:Q", title=t("app.axis.probability", lang), scale=scale, axis=axis),
        y2="high:Q",
    )
    lines = base.mark_line(strokeWidth=2.2).encode(
        color=tones,
        y=alt.Y("p:Q", scale=scale),
        strokeDash=alt.StrokeDash(
            "bureau:N",
            sort=order,
            scale=alt.Scale(domain=order, range=[list(d) for d in cycle(DASHES, len(order))]),
            legend=legend(),
        ),
        tooltip=[
            alt.Tooltip("bureau:N", title=t("app.column.bureau", lang)),
            alt.Tooltip("amount:Q", title=title, format=",.1f"),
            alt.Tooltip("p:Q", title=t("app.column.probability", lang), format=".1%"),
            alt.Tooltip("low:Q", title=t("app.column.low", lang), format=".1%"),
            alt.Tooltip("high:Q", title=t("app.column.high", lang), format=".1%"),
        ],
    )
    kinds = order_of(places, "which")
    marks = (
        alt.Chart(places.assign(amount=places["yuan"] / unit))
        .mark_point(filled=True, size=95, opacity=1, stroke="white", strokeWidth=1)
        .encode(
            x="amount:Q",
            y="p:Q",
            color=tones.legend(None),
            shape=alt.Shape(
                "which:N",
                sort=kinds,
                scale=alt.Scale(domain=kinds, range=["circle", "diamond"][: len(kinds)]),
                legend=legend(),
            ),
        )
    )
    # Each layer by itself: a layer without a legend would else take it from the others too.
    whole = finish([band, lines, marks], 320)
    apart: alt.LayerChart = whole.resolve_legend(color="independent", strokeDash="independent")
    return apart


def frontier_chart(
    points: Sequence[Mapping[str, Any]], today_yuan: int, axis_title: str, scale: int, lang: Lang
) -> alt.LayerChart:
    """Draw what the best split of each total is worth.

    Parameters
    ----------
    points
        ``total_yuan, value, low, high`` of each total, rising.
    today_yuan
        Today's total.
    axis_title
        What the value is.
    scale
        100 where the value is a probability, to be read in percent; else 1.
    lang
        Language of all words.
    """
    unit, title = _unit(lang, total=True)
    frame = pd.DataFrame(
        [
            {
                "amount": point["total_yuan"] / unit,
                **{key: scale * point[key] for key in ("value", "low", "high")},
            }
            for point in points
        ]
    )
    fit = alt.Scale(zero=False, nice=True)
    base = alt.Chart(frame).encode(
        x=alt.X("amount:Q", title=title, scale=fit, axis=alt.Axis(grid=False, format=",~f"))
    )
    band = base.mark_area(opacity=0.16, color=ACCENT).encode(
        y=alt.Y("low:Q", title=axis_title, scale=fit, axis=alt.Axis(gridColor=LINE)), y2="high:Q"
    )
    line = base.mark_line(color=ACCENT, point=True).encode(
        y=alt.Y("value:Q", scale=fit),
        tooltip=[
            alt.Tooltip("amount:Q", title=title, format=",.1f"),
            alt.Tooltip("value:Q", title=axis_title, format=".3f"),
        ],
    )
    today = pd.DataFrame(
        {"amount": [today_yuan / unit], "label": [t("app.budget.today_total", lang)]}
    )
    rule = alt.Chart(today).mark_rule(color=INK, strokeDash=[6, 4]).encode(x="amount:Q")
    word = (
        alt.Chart(today)
        .mark_text(align="left", dx=5, color=MUTED, fontSize=12)
        .encode(x="amount:Q", y=alt.value(8), text="label:N")
    )
    return finish([band, line, rule, word], 260)


def _unit(lang: Lang, *, total: bool = False) -> tuple[int, str]:
    unit = t("app.unit.wan", lang) if lang == "zh" else "CNY thousand"
    name = t("app.budget.axis.total" if total else "app.budget.axis.budget", lang, unit=unit)
    return (_WAN if lang == "zh" else _THOUSAND), name

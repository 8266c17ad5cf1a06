"""Charts in Altair: odds, exceedance curves, funnel, spend, scores, limits.

Every order and every month name is given, never left to the code point order of Chinese
characters or to an English locale; categories differ by shape, dash or label as well as colour.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import altair as alt
import pandas as pd

from dashboards.drawing import wrap
from dashboards.layers import Layers
from dashboards.odds import AT_RISK, ON_COURSE
from dashboards.palette import DASHES, FONT, INK, LINE, MUTED, SERIES
from dashboards.texts import t
from scenarios.part import Lang

_ROW: Final = 19
_FURNITURE: Final = 90
"""Room for legend and axis within a chart's height."""
_SHAPES: Final = ("circle", "square", "triangle-up", "diamond", "cross", "triangle-down")
_YI: Final = 100_000_000
_MILLION: Final = 1_000_000
_WAN: Final = 10_000
_THOUSAND: Final = 1_000


def odds_chart(frame: pd.DataFrame, lang: Lang) -> alt.LayerChart:
    """Draw each target's probability with its interval, bureaus side by side."""
    frame = frame.assign(target=broken(frame["target"]))
    y = alt.Y("target:N", sort=order_of(frame, "target"), title=None, axis=names())
    return _intervals(frame, y, "bureau", lang)


def joint_chart(frame: pd.DataFrame, lang: Lang) -> alt.LayerChart:
    """Draw the probability of each joint event with its interval."""
    frame = frame.assign(event=broken(frame["event"]))
    y = alt.Y("event:N", sort=order_of(frame, "event"), title=None, axis=names())
    return _intervals(frame, y, None, lang)


def exceedance_chart(
    frame: pd.DataFrame, minima: Sequence[int], lang: Lang, *, by: str = "bureau"
) -> alt.LayerChart:
    """Draw how likely each amount is reached or passed, with the targets as upright lines.

    Parameters
    ----------
    frame
        ``yuan, share``, and what the curves are of.
    minima
        The targets, in yuan.
    lang
        Language of all words.
    by
        Column that tells the curves apart.
    """
    unit, title = large_unit(lang)
    data = frame.assign(amount=frame["yuan"] / unit)
    order = order_of(frame, by)
    lines = (
        alt.Chart(data)
        .mark_line(strokeWidth=2.5)
        .encode(
            x=alt.X(
                "amount:Q",
                title=title,
                axis=alt.Axis(grid=False, format=",~f"),
            ),
            y=_share(t("app.axis.reached", lang)),
            color=colour(by, order),
            strokeDash=alt.StrokeDash(
                f"{by}:N",
                sort=order,
                scale=alt.Scale(domain=order, range=[list(d) for d in cycle(DASHES, len(order))]),
                legend=legend(),
            ),
            tooltip=[
                alt.Tooltip(f"{by}:N", title=t(f"app.column.{by}", lang)),
                alt.Tooltip("amount:Q", title=title, format=".2f"),
                alt.Tooltip("share:Q", title=t("app.column.probability", lang), format=".0%"),
            ],
        )
    )
    if not minima:
        return finish([lines], 300)
    rules = pd.DataFrame({"amount": [m / unit for m in sorted(set(minima))]})
    rules["label"] = [t("app.chart.target", lang, amount=f"{a:,g}") for a in rules["amount"]]
    marks = (
        alt.Chart(rules)
        .mark_rule(color=INK, strokeDash=[6, 4], strokeWidth=1.5)
        .encode(x="amount:Q")
    )
    # A name near the right edge stands to the left of its line.
    near = rules["amount"] > 0.7 * data["amount"].max()
    style: dict[str, Any] = {"y": 10, "color": INK, "fontSize": 12}
    before = alt.Chart(rules[near]).mark_text(align="right", dx=-5, **style)
    after = alt.Chart(rules[~near]).mark_text(align="left", dx=5, **style)
    words = [
        chart.encode(x="amount:Q", text="label:N")
        for chart, shown in ((before, near.any()), (after, not near.all()))
        if shown
    ]
    return finish([lines, marks, *words], 300)


def funnel_chart(frame: pd.DataFrame, lang: Lang) -> alt.LayerChart:
    """Draw the mean counts of each stage, bureaus side by side."""
    order = order_of(frame, "bureau")
    base = alt.Chart(frame).encode(
        y=alt.Y("stage:N", sort=order_of(frame, "stage"), title=None, axis=names()),
        yOffset=alt.YOffset("bureau:N", sort=order),
        x=alt.X("mean:Q", title=t("app.axis.funnel", lang), axis=alt.Axis(grid=False)),
    )
    bars = base.mark_bar().encode(
        color=colour("bureau", order),
        tooltip=[
            alt.Tooltip("bureau:N", title=t("app.column.bureau", lang)),
            alt.Tooltip("stage:N", title=t("app.column.stage", lang)),
            alt.Tooltip("mean:Q", title=t("app.column.mean", lang), format=".1f"),
        ],
    )
    words = base.mark_text(align="left", dx=4, color=INK, fontSize=11).encode(
        text=alt.Text("mean:Q", format=",.1f")
    )
    return finish([bars, words], _height(frame, "stage", "bureau", 15))


def spend_chart(frame: pd.DataFrame, lang: Lang) -> alt.LayerChart:
    """Draw the mean spend of each month, by head."""
    unit, title = (_WAN, t("app.unit.wan", lang)) if lang == "zh" else (_THOUSAND, "CNY thousand")
    heads = order_of(frame, "head")
    data = frame.assign(amount=frame["yuan"] / unit, rank=frame["head"].map(heads.index))
    bars = (
        alt.Chart(data)
        .mark_bar()
        .encode(
            x=alt.X(
                "label:N",
                sort=order_of(frame, "label"),
                title=None,
                axis=alt.Axis(labelAngle=0, labelOverlap=True),
            ),
            y=alt.Y("amount:Q", title=title, axis=alt.Axis(gridColor=LINE)),
            color=colour("head", heads),
            order=alt.Order("rank:Q"),
            tooltip=[
                alt.Tooltip("label:N", title=t("app.column.month", lang)),
                alt.Tooltip("head:N", title=t("app.column.head", lang)),
                alt.Tooltip("amount:Q", title=title, format=".2f"),
            ],
        )
    )
    return finish([bars], 280)


def score_chart(
    frame: pd.DataFrame, grades: Sequence[tuple[str, float]], lang: Lang
) -> alt.LayerChart:
    """Draw the score's range from P10 to P90 with its median, by reading, and the grades' marks.

    Parameters
    ----------
    frame
        ``bureau, reading, p10, p50, p90, mean``.
    grades
        Label and lowest score of each grade that has one above 0.
    lang
        Language of all words.
    """
    readings = order_of(frame, "reading")
    base = alt.Chart(frame).encode(
        y=alt.Y("bureau:N", sort=order_of(frame, "bureau"), title=None, axis=names()),
        yOffset=alt.YOffset("reading:N", sort=readings),
        color=colour("reading", readings, columns=1),
    )
    scale = alt.Scale(domain=[0, 100])
    title = t("app.axis.score", lang)
    ranges = base.mark_rule(strokeWidth=5, opacity=0.45).encode(
        x=alt.X("p10:Q", title=title, scale=scale, axis=alt.Axis(grid=False)), x2="p90:Q"
    )
    middles = base.mark_point(filled=True, size=80, opacity=1).encode(
        x=alt.X("p50:Q", scale=scale),
        shape=shape("reading", readings, columns=1),
        tooltip=[
            alt.Tooltip("bureau:N", title=t("app.column.bureau", lang)),
            alt.Tooltip("reading:N", title=t("app.column.reading", lang)),
            *(alt.Tooltip(f"{p}:Q", title=p.upper(), format=".1f") for p in ("p10", "p50", "p90")),
        ],
    )
    marks: list[alt.Chart] = []
    for i, (label, mark) in enumerate(grades):
        at = alt.Chart(pd.DataFrame({"at": [mark], "label": [label]})).encode(
            x=alt.X("at:Q", scale=scale)
        )
        marks.append(at.mark_rule(color=MUTED, strokeDash=[5, 4]))
        # One below the other: on a phone two marks lie closer than their names are wide.
        word = at.mark_text(align="right", dx=-4, y=8 + 15 * i, color=INK, fontSize=12)
        marks.append(word.encode(text="label:N"))
    height = _height(frame, "bureau", "reading", _ROW)
    return finish([*marks, ranges, middles], height)


def limits_chart(frame: pd.DataFrame, lang: Lang) -> alt.LayerChart:
    """Draw in which share of futures what held each bureau back, one bar a bureau."""
    kinds = order_of(frame, "limit")
    data = frame.assign(rank=frame["limit"].map(kinds.index))
    base = alt.Chart(data).encode(
        y=alt.Y("bureau:N", sort=order_of(frame, "bureau"), title=None, axis=names()),
        x=alt.X(
            "p:Q",
            stack="zero",
            title=t("app.axis.futures", lang),
            scale=alt.Scale(domain=[0, 1]),
            axis=alt.Axis(format=".0%", grid=False),
        ),
        order=alt.Order("rank:Q"),
    )
    bars = base.mark_bar(stroke="white", strokeWidth=1).encode(
        color=colour("limit", kinds),
        tooltip=[
            alt.Tooltip("bureau:N", title=t("app.column.bureau", lang)),
            alt.Tooltip("limit:N", title=t("app.column.limit", lang)),
            alt.Tooltip("p:Q", title=t("app.column.share", lang), format=".0%"),
        ],
    )
    return finish([bars], _height(frame, "bureau", None, 26))


def _intervals(frame: pd.DataFrame, y: alt.Y, by: str | None, lang: Lang) -> alt.LayerChart:
    """Draw points with intervals on a probability axis, and the thresholds of the words."""
    scale = alt.Scale(domain=[0, 1])
    base = alt.Chart(frame).encode(y=y)
    if by is not None:
        order = order_of(frame, by)
        base = base.encode(yOffset=alt.YOffset(f"{by}:N", sort=order), color=colour(by, order))
    title = t("app.axis.probability", lang)
    ranges = base.mark_rule(strokeWidth=3).encode(
        x=alt.X("low:Q", title=title, scale=scale, axis=percent_axis()), x2="high:Q"
    )
    points = base.mark_point(filled=True, size=70, opacity=1).encode(
        x=alt.X("p:Q", scale=scale),
        tooltip=[
            alt.Tooltip(y.shorthand, title=t("app.column.target", lang)),
            *([alt.Tooltip(f"{by}:N", title=t("app.column.bureau", lang))] if by else []),
            alt.Tooltip("p:Q", title=t("app.column.probability", lang), format=".1%"),
            alt.Tooltip("low:Q", title=t("app.column.low", lang), format=".1%"),
            alt.Tooltip("high:Q", title=t("app.column.high", lang), format=".1%"),
            alt.Tooltip("outlook:N", title=t("app.column.outlook", lang)),
        ],
    )
    if by is not None:
        points = points.encode(shape=shape(by, order_of(frame, by)))
    marks = pd.DataFrame({"at": [AT_RISK, ON_COURSE]})
    rules = (
        alt.Chart(marks)
        .mark_rule(color=MUTED, strokeDash=[5, 4])
        .encode(x=alt.X("at:Q", scale=scale))
    )
    column = str(y.shorthand).split(":")[0]
    height = _height(frame, column, by, 15 if by else 34)
    return finish([rules, ranges, points], height)


def large_unit(lang: Lang) -> tuple[int, str]:
    """Return the unit that amounts of contracts are drawn in: its yuan, and its name."""
    return (_YI, t("app.unit.yi", lang)) if lang == "zh" else (_MILLION, "CNY m")


def finish(layers: Sequence[alt.Chart], height: int) -> alt.LayerChart:
    """Lay charts over each other in the house's fonts and colours, as wide as their place."""
    # All at once: every step of altair's chain of methods copies the whole chart.
    chart: alt.LayerChart = Layers(
        layer=list(layers),
        height=height,
        width="container",
        config=alt.Config(
            axis=alt.AxisConfig(**_axis(12)),
            legend=alt.LegendConfig(labelFont=FONT, labelFontSize=12, labelColor=INK),
            text=alt.MarkConfig(font=FONT),
            view=alt.ViewConfig(stroke=None),
        ),
    )
    return chart


def larger(chart: alt.LayerChart) -> alt.LayerChart:
    """Return a chart as a room reads it: one and a half times the type, and room for it."""
    found: alt.LayerChart = (
        chart.properties(height=round(1.3 * chart.height))
        .configure_axis(**_axis(18))
        .configure_legend(labelFont=FONT, labelFontSize=18, labelColor=INK)
    )
    return found


def _axis(size: int) -> dict[str, Any]:
    return {
        "labelFont": FONT,
        "titleFont": FONT,
        "labelFontSize": size,
        "titleFontSize": size,
        "titleFontWeight": "normal",
        "labelColor": INK,
        "titleColor": MUTED,
    }


def _height(frame: pd.DataFrame, rows: str, within: str | None, each: int) -> int:
    inner = frame[within].nunique() if within else 1
    return _FURNITURE + frame[rows].nunique() * (inner * each + 12)


def order_of(frame: pd.DataFrame, column: str) -> list[str]:
    """Return the values of a column as they come, each once."""
    return [str(value) for value in frame[column].drop_duplicates()]


def broken(labels: pd.Series[str]) -> pd.Series[str]:
    """Break long labels into lines: a phone has little room beside the chart."""
    return labels.map(lambda words: "\n".join(wrap(words, 12, 175)))


def cycle(values: Sequence[Any], n: int) -> list[Any]:
    """Return as many values as asked for, beginning again where they end."""
    return [values[i % len(values)] for i in range(n)]


def names() -> alt.Axis:
    """Return an axis of names that never overlap and may have lines."""
    return alt.Axis(
        labelLimit=220,
        labelOverlap=False,
        ticks=False,
        domain=False,
        labelExpr="split(datum.label, '\\n')",
    )


def percent_axis() -> alt.Axis:
    """Return an axis of probabilities."""
    return alt.Axis(format=".0%", gridColor=LINE, values=[0, 0.2, 0.4, 0.6, 0.8, 1])


def _share(title: str) -> alt.Y:
    return alt.Y("share:Q", title=title, scale=alt.Scale(domain=[0, 1]), axis=percent_axis())


def legend(columns: int = 2) -> alt.Legend:
    """Return the legend below a chart."""
    return alt.Legend(
        title=None,
        orient="top",
        labelLimit=320,
        symbolStrokeWidth=2,
        columns=columns,
    )


def colour(column: str, order: list[str], columns: int = 2) -> alt.Color:
    """Return the colour of each category, with its legend."""
    scale = alt.Scale(domain=order, range=cycle(SERIES, len(order)))
    return alt.Color(f"{column}:N", sort=order, scale=scale, legend=legend(columns))


def shape(column: str, order: list[str], columns: int = 2) -> alt.Shape:
    """Return the shape of each category, with its legend."""
    scale = alt.Scale(domain=order, range=cycle(_SHAPES, len(order)))
    return alt.Shape(f"{column}:N", sort=order, scale=scale, legend=legend(columns))

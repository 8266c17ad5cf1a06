"""Charts of a year under way: what came in and may come, and how the odds moved."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

import altair as alt
import pandas as pd

from dashboards.charts import colour, finish, large_unit, order_of, percent_axis, shape
from dashboards.fan import QUANTILES
from dashboards.figures import Forecast
from dashboards.format import day as write_day
from dashboards.format import month as write_month
from dashboards.labels import bureau_labels
from dashboards.palette import ACCENT, INK, LINE, MUTED
from dashboards.progress import Course, Flow, gone
from dashboards.texts import t
from scenarios.model import Scenario
from scenarios.part import Lang

_HEIGHT: Final = 300
_STANDING: Final[Mapping[Flow, str]] = {"signed": "signed_yuan", "funds": "funds_gross_yuan"}


def past_frame(
    scenario: Scenario, course: Course, flow: Flow, bureau: str | None, lang: Lang
) -> pd.DataFrame:
    """Return ``day, label, yuan``: what had come in by the end of each month, and of the day."""
    ids = [one.id for one in scenario.organisation.bureaus]
    values = course.yuan[flow]
    own = values.sum(axis=1) if bureau is None else values[:, ids.index(bureau)]
    return pd.DataFrame(
        {
            "day": list(course.days),
            "label": [_label(scenario, end, lang) for end in course.days],
            "yuan": own,
        }
    )


def fan_frame(
    scenario: Scenario, forecast: Forecast, flow: Flow, bureau: str | None, lang: Lang
) -> pd.DataFrame:
    """Return ``day, label, p10, p25, p50, p75, p90`` in yuan from the forecast's day on.

    Of a nowcast the first row is what was reached on its day; of the forecast made at the start of
    the year it is 0 on the first.
    """
    report = forecast["bureaus"][bureau] if bureau else forecast["joint"]
    first, reached = 0, 0.0
    if "as_of" in forecast:
        first = gone(scenario, date.fromisoformat(forecast["as_of"]))
        stands = forecast["standing"]
        ids = [bureau] if bureau else list(stands)
        reached = sum(float(stands[key][_STANDING[flow]]) for key in ids)
    rows: list[dict[str, Any]] = [
        {
            "day": first,
            "label": _label(scenario, first, lang),
            **dict.fromkeys(QUANTILES, reached),
        }
    ]
    for month, values in zip(scenario.days.months, report["fan_yuan"][flow], strict=True):
        if month.stop > first:
            label = _label(scenario, month.stop, lang)
            found = dict(zip(QUANTILES, map(float, values), strict=True))
            rows.append({"day": month.stop, "label": label, **found})
    return pd.DataFrame(rows)


def _label(scenario: Scenario, end: int, lang: Lang) -> str:
    """Return what a point in time is called: the last day before it."""
    return write_day(scenario.days.date_of(max(0, end - 1)), lang, year=False)


def course_chart(
    scenario: Scenario,
    past: pd.DataFrame,
    fan: pd.DataFrame | None,
    before: pd.DataFrame | None,
    target: int | None,
    lang: Lang,
) -> alt.LayerChart:
    """Draw the past as a line, the future as a fan, and what was expected at the start.

    Parameters
    ----------
    scenario
        Gives the months.
    past
        As of :func:`past_frame`.
    fan, before
        As of :func:`fan_frame`: the nowcast, and the forecast of the start; each may be missing.
    target
        What is asked for, in yuan; None where nothing can be held against the amounts.
    lang
        Language of all words.
    """
    unit, title = large_unit(lang)
    y_axis = alt.Axis(gridColor=LINE, format=",~f")
    x = _days(scenario, lang)

    def y(column: str) -> alt.Y:
        return alt.Y(f"{column}:Q", title=title, axis=y_axis)

    layers: list[alt.Chart] = []
    if before is not None:
        layers += _before(_in(before, unit), x, y, title, lang, bands=fan is None)
    if fan is not None:
        layers += _fan(_in(fan, unit), x, y, title, lang)
    done = past.assign(yuan=past["yuan"] / unit)
    tips = [
        alt.Tooltip("label:N", title=t("app.year.until", lang)),
        alt.Tooltip("yuan:Q", title=t("app.year.reached", lang), format=",.2f"),
    ]
    layers.append(
        alt.Chart(done)
        .mark_line(color=INK, strokeWidth=3, point=alt.OverlayMarkDef(color=INK, size=28))
        .encode(x=x, y=y("yuan"), tooltip=tips)
    )
    layers += _today(done, x, scenario.days.n_days, lang)
    if target is not None:
        at = target / unit
        words = t("app.chart.target", lang, amount=f"{at:,g}")
        line = alt.Chart(pd.DataFrame({"at": [at], "words": [words]})).encode(y=y("at"))
        style: dict[str, Any] = {"color": INK, "fontSize": 12, "align": "left", "dy": -7}
        layers.append(line.mark_rule(color=INK, strokeDash=[6, 4], strokeWidth=1.5))
        layers.append(line.mark_text(**style).encode(x=alt.value(6), text="words:N"))
    return finish(layers, _HEIGHT)


def _in(frame: pd.DataFrame, unit: int) -> pd.DataFrame:
    return frame.assign(**{key: frame[key] / unit for key in QUANTILES})


def _fan(data: pd.DataFrame, x: alt.X, y: Any, title: str, lang: Lang) -> list[alt.Chart]:
    base = alt.Chart(data).encode(x=x)
    tips = [
        alt.Tooltip("label:N", title=t("app.year.until", lang)),
        *(alt.Tooltip(f"{key}:Q", title=key.upper(), format=",.2f") for key in QUANTILES),
    ]
    middle = base.mark_line(color=ACCENT, strokeWidth=2.5, strokeDash=[2, 2]).encode(y=y("p50"))
    dots = base.mark_point(color=ACCENT, filled=True, size=30, opacity=1)
    return [
        base.mark_area(color=ACCENT, opacity=0.18).encode(y=y("p10"), y2="p90:Q"),
        base.mark_area(color=ACCENT, opacity=0.3).encode(y=y("p25"), y2="p75:Q"),
        middle,
        dots.encode(y=y("p50"), tooltip=tips),
    ]


def _before(
    data: pd.DataFrame, x: alt.X, y: Any, title: str, lang: Lang, *, bands: bool
) -> list[alt.Chart]:
    """Draw the start's forecast: its median, and its range where no newer fan lies over it."""
    base = alt.Chart(data).encode(x=x)
    line = base.mark_line(color=MUTED, strokeWidth=1.8, strokeDash=[7, 4]).encode(
        y=y("p50"),
        tooltip=[
            alt.Tooltip("label:N", title=t("app.year.until", lang)),
            alt.Tooltip("p50:Q", title=t("app.year.start-median", lang), format=",.2f"),
        ],
    )
    if not bands:
        return [line]
    return [base.mark_area(color=MUTED, opacity=0.16).encode(y=y("p10"), y2="p90:Q"), line]


def _today(past: pd.DataFrame, x: alt.X, n_days: int, lang: Lang) -> list[alt.Chart]:
    """Draw an upright line on the day the past ends, with its date."""
    last = past.iloc[[-1]].assign(words=t("app.year.as-of", lang, day=past["label"].iloc[-1]))
    # A name near the right edge stands to the left of its line.
    late = float(last["day"].iloc[0]) > 0.7 * n_days
    base = alt.Chart(last).encode(x=x)
    style: dict[str, Any] = {"color": MUTED, "fontSize": 12, "dx": -5 if late else 5}
    return [
        base.mark_rule(color=MUTED, strokeDash=[2, 3]),
        base.mark_text(align="right" if late else "left", **style).encode(
            y=alt.value(24), text="words:N"
        ),
    ]


def _days(scenario: Scenario, lang: Lang) -> alt.X:
    """Return the axis of the horizon's days, its months named in one language."""
    months = scenario.days.months
    names = {month.start: write_month(scenario.days.date_of(month.start), lang) for month in months}
    listed = ",".join(f"'{start}':'{name}'" for start, name in names.items())
    return alt.X(
        "day:Q",
        title=None,
        scale=alt.Scale(domain=[0, scenario.days.n_days], nice=False),
        axis=alt.Axis(
            values=list(names),
            labelExpr=f"({{{listed}}})[datum.value]",
            grid=False,
            labelOverlap=True,
            labelFlush=False,
        ),
    )


def moved_frame(
    scenario: Scenario,
    target: str,
    start: Forecast | None,
    nowcasts: Mapping[str, Forecast],
    lang: Lang,
) -> pd.DataFrame:
    """Return ``day, label, bureau, p, low, high``: the odds of a target over all nowcasts.

    The forecast of the start stands on the first day.
    """
    names = bureau_labels(scenario, lang)
    points: list[tuple[int, str, Forecast]] = []
    if start is not None:
        points.append((0, t("app.year.start", lang), start))
    for iso, cast in nowcasts.items():
        day = date.fromisoformat(iso)
        points.append((gone(scenario, day), write_day(day, lang, year=False), cast))
    return pd.DataFrame(
        [
            {
                "day": day,
                "label": label,
                "bureau": names[bureau.id],
                **{key: odds[key] for key in ("p", "low", "high")},
            }
            for day, label, cast in points
            for bureau in scenario.organisation.bureaus
            for odds in [cast["bureaus"][bureau.id]["targets"].get(target)]
            if odds is not None
        ],
        columns=["day", "label", "bureau", "p", "low", "high"],
    )


def moved_chart(scenario: Scenario, frame: pd.DataFrame, lang: Lang) -> alt.LayerChart:
    """Draw how the odds of a target moved, a line a bureau, with intervals."""
    order = order_of(frame, "bureau")
    scale = alt.Scale(domain=[0, 1])
    x = _days(scenario, lang)
    base = alt.Chart(frame).encode(x=x, color=colour("bureau", order))
    y = alt.Y("p:Q", title=t("app.axis.probability", lang), scale=scale, axis=percent_axis())
    lines = base.mark_line(strokeWidth=2).encode(y=y)
    ranges = base.mark_rule(strokeWidth=2, opacity=0.5).encode(
        y=alt.Y("low:Q", scale=scale), y2="high:Q"
    )
    points = base.mark_point(filled=True, size=55, opacity=1).encode(
        y=y,
        shape=shape("bureau", order),
        tooltip=[
            alt.Tooltip("label:N", title=t("app.year.until", lang)),
            alt.Tooltip("bureau:N", title=t("app.column.bureau", lang)),
            alt.Tooltip("p:Q", title=t("app.column.probability", lang), format=".1%"),
            alt.Tooltip("low:Q", title=t("app.column.low", lang), format=".1%"),
            alt.Tooltip("high:Q", title=t("app.column.high", lang), format=".1%"),
        ],
    )
    return finish([ranges, lines, points], 260)

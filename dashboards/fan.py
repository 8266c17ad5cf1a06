"""The fan: what has come in by the end of each month, from a bad to a good year."""

from __future__ import annotations

from typing import Any, Final

import altair as alt
import pandas as pd

from dashboards.charts import finish, large_unit
from dashboards.figures import Amount, Forecast
from dashboards.format import month as write_month
from dashboards.palette import ACCENT, INK, LINE
from dashboards.texts import t
from scenarios.model import Scenario
from scenarios.part import Lang

QUANTILES: Final = ("p10", "p25", "p50", "p75", "p90")
"""What the forecast keeps of each month (:data:`sim.summary.FAN`)."""

_FLOW: Final[dict[Amount, str]] = {"signed_yuan": "signed", "funds_yuan": "funds"}


def has_fan(forecast: Forecast, bureau: str | None) -> bool:
    """Whether a run kept monthly figures: of bureaus, or of all together; old ones may not have."""
    return "fan_yuan" in (forecast["bureaus"][bureau] if bureau else forecast["joint"])


def fan(
    scenario: Scenario, forecast: Forecast, metric: Amount, lang: Lang, bureau: str | None
) -> pd.DataFrame:
    """Return ``month, label, p10, p25, p50, p75, p90`` in yuan, a row a month, rising."""
    report = forecast["bureaus"][bureau] if bureau else forecast["joint"]
    rows = []
    years = {scenario.horizon.start.year, scenario.horizon.end.year}
    for month, values in zip(scenario.days.months, report["fan_yuan"][_FLOW[metric]], strict=True):
        first = scenario.days.date_of(month.start)
        label = write_month(first, lang)
        named = label if len(years) == 1 else f"{label} {first.year}"
        found = dict(zip(QUANTILES, values, strict=True))
        rows.append({"month": month.label, "label": named, **found})
    return pd.DataFrame(rows)


def asked(scenario: Scenario, metric: Amount, bureau: str | None) -> int | None:
    """Return the target the fan is held to, in yuan; None where there is none it could be.

    The fan of funds is gross, so that a target on fixed-asset investment cannot be drawn into it.
    """
    if metric == "funds_yuan" and scenario.rules.funds.basis != "gross":
        return None
    ids = [bureau] if bureau else [b.id for b in scenario.organisation.bureaus]
    found = [
        entry.minimum
        for key in ids
        for entry in scenario.targets_of(key)
        if entry.target.metric == metric
    ]
    return sum(found) if found else None


def fan_chart(frame: pd.DataFrame, target: int | None, lang: Lang) -> alt.LayerChart:
    """Draw the fan: P10 to P90 pale, P25 to P75 darker, the median as a line, the target dashed."""
    unit, title = large_unit(lang)
    data = frame.assign(**{key: frame[key] / unit for key in QUANTILES})
    x = alt.X(
        "label:N",
        sort=list(frame["label"]),
        title=None,
        axis=alt.Axis(labelAngle=0, labelOverlap=True),
        scale=alt.Scale(paddingOuter=0.1),
    )
    base = alt.Chart(data).encode(x=x)
    axis = alt.Axis(gridColor=LINE, format=",~f")

    def band(low: str, high: str, opacity: float) -> alt.Chart:
        y = alt.Y(f"{low}:Q", title=title, axis=axis)
        drawn: alt.Chart = base.mark_area(color=ACCENT, opacity=opacity).encode(y=y, y2=f"{high}:Q")
        return drawn

    tips = [
        alt.Tooltip("label:N", title=t("app.column.month", lang)),
        *(alt.Tooltip(f"{key}:Q", title=key.upper(), format=",.2f") for key in QUANTILES),
    ]
    middle = base.mark_line(color=ACCENT, strokeWidth=2.5, point=True).encode(
        y=alt.Y("p50:Q", title=title, axis=axis), tooltip=tips
    )
    layers: list[alt.Chart] = [band("p10", "p90", 0.18), band("p25", "p75", 0.3), middle]
    if target is not None:
        at = target / unit
        words = t("app.chart.target", lang, amount=f"{at:,g}")
        line = pd.DataFrame({"at": [at], "words": [words]})
        style: dict[str, Any] = {"color": INK, "fontSize": 12, "align": "left", "dy": -7}
        marks = alt.Chart(line).encode(y=alt.Y("at:Q", title=title, axis=axis))
        layers.append(marks.mark_rule(color=INK, strokeDash=[6, 4], strokeWidth=1.5))
        # A place in pixels: another field on the axis of months would upset their order.
        layers.append(marks.mark_text(**style).encode(x=alt.value(6), text="words:N"))
    return finish(layers, 300)

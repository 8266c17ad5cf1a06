"""A year lived through again: its events by day as a chart, by month and bureau as counts."""

from __future__ import annotations

from typing import Final

import altair as alt
import pandas as pd

from dashboards.charts import finish, names, order_of
from dashboards.labels import bureau_labels
from dashboards.palette import LINE, SERIES
from dashboards.texts import t
from scenarios.model import Scenario
from scenarios.part import Lang

VISITS: Final = ("visit_principal", "visit_deputy", "visit_group", "visit_unit")
LOST: Final = ("lost_people", "lost_money", "lost_seats")
DRAWN: Final[dict[str, tuple[str, ...]]] = {
    "visits": VISITS,
    "signed": ("signed",),
    "registered": ("registered",),
    "started": ("started",),
    "funds": ("funds",),
    "short": ("short",),
}
"""What stands on the chart, a row each: kinds of events; openings and calls are too many."""

_SHAPES: Final = ("circle", "square", "triangle-up", "diamond", "cross", "triangle-down")


def events_of(
    scenario: Scenario, events: pd.DataFrame, lang: Lang, bureau: str | None
) -> pd.DataFrame:
    """Return ``date, bureau, row, yuan``, an event each of those that are drawn."""
    labels = bureau_labels(scenario, lang)
    kinds = {kind: row for row, own in DRAWN.items() for kind in own}
    found = events[events["kind"].isin(list(kinds))]
    if bureau:
        found = found[found["bureau"] == bureau]
    money = found["detail"].where(found["kind"].isin(["signed", "funds"]), "0")
    return pd.DataFrame(
        {
            "date": found["date"],
            "bureau": found["bureau"].map(labels),
            "row": found["kind"].map(kinds).map(lambda key: t(f"outlook.event.{key}", lang)),
            "yuan": money.astype("int64") / 100,
        }
    )


def by_month(scenario: Scenario, events: pd.DataFrame, bureau: str | None) -> pd.DataFrame:
    """Return a row a month: ``month``, counts of calls, visits, contracts and losses, and money.

    Columns ``calls, visits, lost, signed, signed_yuan, registered, started, funds_yuan,
    spent_yuan``.
    """
    own = events if bureau is None else events[events["bureau"] == bureau]
    month = own["date"].str.slice(0, 7)
    fen = own["detail"].where(own["kind"].isin(["signed", "funds", "spent"]), "0")
    yuan = fen.str.split().str[-1].astype("int64") / 100

    def of(kinds: tuple[str, ...], values: pd.Series[float] | None = None) -> pd.Series[float]:
        here = own["kind"].isin(kinds)
        counted = here.astype(float) if values is None else values.where(here, 0.0)
        return counted.groupby(month).sum()

    table = pd.DataFrame(
        {
            "calls": of(("call",)),
            "visits": of(VISITS),
            "lost": of(LOST),
            "signed": of(("signed",)),
            "signed_yuan": of(("signed",), yuan),
            "registered": of(("registered",)),
            "started": of(("started",)),
            "funds_yuan": of(("funds",), yuan),
            "spent_yuan": of(("spent",), yuan),
        }
    )
    every = [scenario.days.date_of(m.start).isoformat()[:7] for m in scenario.days.months]
    return table.reindex(every, fill_value=0.0).fillna(0.0).rename_axis("month").reset_index()


def year_chart(frame: pd.DataFrame, scenario: Scenario, lang: Lang) -> alt.LayerChart:
    """Draw the events of the year: a row a kind, a mark an event, bureaus by colour and shape."""
    rows = [t(f"outlook.event.{key}", lang) for key in DRAWN]
    bureaus = list(bureau_labels(scenario, lang).values())
    bureaus = [name for name in bureaus if name in set(order_of(frame, "bureau"))] or bureaus
    ends = [scenario.horizon.start.isoformat(), scenario.horizon.end.isoformat()]
    months = "月" if lang == "zh" else ""
    label = (
        f"(month(datum.value) + 1) + '{months}'"
        if lang == "zh"
        else "timeFormat(datum.value, '%b')"
    )
    marks = (
        alt.Chart(frame)
        .mark_point(filled=True, size=70, opacity=0.75)
        .encode(
            x=alt.X(
                "date:T",
                title=None,
                scale=alt.Scale(domain=ends),
                axis=alt.Axis(labelExpr=label, tickCount="month", grid=True, gridColor=LINE),
            ),
            y=alt.Y("row:N", sort=rows, title=None, scale=alt.Scale(domain=rows), axis=names()),
            yOffset=alt.YOffset("bureau:N", sort=bureaus),
            color=alt.Color(
                "bureau:N",
                sort=bureaus,
                scale=alt.Scale(domain=bureaus, range=list(SERIES[: len(bureaus)])),
                legend=alt.Legend(title=None, orient="top"),
            ),
            shape=alt.Shape(
                "bureau:N",
                sort=bureaus,
                scale=alt.Scale(
                    domain=bureaus,
                    range=[_SHAPES[i % len(_SHAPES)] for i in range(len(bureaus))],
                ),
                legend=alt.Legend(title=None, orient="top"),
            ),
            tooltip=[
                alt.Tooltip("date:T", title=t("app.column.days", lang), format="%Y-%m-%d"),
                alt.Tooltip("bureau:N", title=t("app.column.bureau", lang)),
                alt.Tooltip("row:N", title=t("app.column.event", lang)),
                alt.Tooltip("yuan:Q", title=t("outlook.column.yuan", lang), format=",.0f"),
            ],
        )
    )
    return finish([marks], 90 + 54 * len(rows))

"""What drives the odds, on a page: the tornado, what is worth knowing, limits month by month."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

import pandas as pd
import streamlit as st

from dashboards import markup
from dashboards.chartbox import chart, table
from dashboards.driverstore import Key, Stored
from dashboards.format import chance, percent, signed
from dashboards.format import month as write_month
from dashboards.frame import View, heading
from dashboards.labels import bureau_labels, rows_of
from dashboards.leverbars import SHOWN, bars, bars_chart
from dashboards.markup import NUMBER, SHORT, Cell
from dashboards.odds import Odds
from dashboards.texts import t
from scenarios.part import Lang
from sim.outcome import BINDING

_KEY: Final = "forecast-driven"


def which(view: View, bureau: str | None) -> tuple[Key, str]:
    """Offer the main probabilities of the city or one bureau; return one and its name."""
    lang, scenario = view.lang, view.scenario
    mains = {x.id: x.label.get(lang) for x in scenario.targets if x.main}
    offered: dict[str, Key] = {}
    if bureau:
        offered[t("app.cockpit.all_of_bureau", lang)] = ("all_main", bureau)
        for entry in scenario.targets_of(bureau):
            if entry.target.main:
                offered[mains[entry.target.id]] = ("target", bureau, entry.target.id)
    else:
        n = len(scenario.organisation.bureaus)
        for k in range(1, n):
            offered[t("app.joint.at_least", lang, k=k, n=n)] = ("at_least", str(k))
        offered[t("app.joint.all", lang, n=n)] = ("at_least", str(n))
        for key, label in mains.items():
            offered[t("app.joint.target", lang, target=label)] = ("target_everywhere", key)
    if st.session_state.get(_KEY) not in offered:
        st.session_state[_KEY] = next(iter(offered))
    chosen = st.selectbox(t("outlook.levers.of", lang), list(offered), key=_KEY)
    return offered[chosen], chosen


def levers(view: View, drivers: Stored, key: Key, name: str) -> None:
    """Draw the tornado of one probability, and say how much of it is ignorance."""
    lang = view.lang
    heading(view, "outlook.levers")
    found = drivers.chance(key)
    st.html(markup.paragraph(_odds_words(found, lang)))
    data = bars(view.scenario, found, lang)
    if data.empty:
        st.html(markup.notice(t("outlook.levers.none", lang)))
        return
    top = data.iloc[0]
    words = t(
        "outlook.levers.alt",
        lang,
        what=name,
        label=top["label"],
        low=signed(top["low"], 1),
        high=signed(top["high"], 1),
        n=min(SHOWN, len(data)),
    )
    chart(bars_chart(data, lang), words)
    _lever_table(data, lang)


def _odds_words(found: Mapping[str, Any], lang: Lang) -> str:
    odds, share = Odds.read(found), found["ignorance"]["share"]
    said = chance(odds.p, odds.low, odds.high, lang)
    if share is None:
        return t("outlook.levers.odds", lang, odds=said)
    return t("outlook.levers.ignorance", lang, odds=said, share=f"{100 * share:.0f}")


def _lever_table(data: pd.DataFrame, lang: Lang) -> None:
    rows: list[list[Cell]] = [
        [
            row["label"],
            signed(row["low"], 1),
            signed(row["high"], 1),
            signed(row["swing"], 1),
            t(
                "outlook.span",
                lang,
                low=signed(row["swing_low"], 1),
                high=signed(row["swing_high"], 1),
            ),
            t(f"outlook.levers.{'unclear' if row['unclear'] else 'clear'}", lang),
        ]
        for row in rows_of(data)
    ]
    head = [t("app.column.assumption", lang)]
    head += [t(f"outlook.column.{key}", lang) for key in ("at_low", "at_high", "swing")]
    head += [t("outlook.column.interval", lang), t("app.column.outlook", lang)]
    table(head, rows, "outlook.levers.title", ("text", *[NUMBER] * 4, SHORT), lang)


def months(view: View, drivers: Stored, bureau: str | None) -> None:
    """Draw in which month each limit is likeliest to bind, as a table."""
    heading(view, "outlook.months")
    lang, names = view.lang, bureau_labels(view.scenario, view.lang)
    shown = [b.id for b in view.scenario.organisation.bureaus if bureau in (None, b.id)]
    head: list[str] = [t("app.column.bureau", lang), t("app.column.limit", lang)]
    rows: list[list[Cell]] = []
    for key in shown:
        own = drivers.data["bureaus"][key]["limits"]
        for limit in BINDING:
            odds = [Odds.read(month["bound"][limit]) for month in own]
            most = max(one.p for one in odds)
            rows.append(
                [
                    names[key],
                    t(f"limit.{limit}", lang),
                    *(_share(one, one.p == most and most > 0, lang) for one in odds),
                ]
            )
    first = drivers.data["bureaus"][shown[0]]["limits"]
    head += [write_month(date.fromisoformat(month["until"]), lang) for month in first]
    align = [SHORT, SHORT, *[NUMBER] * len(first)]
    st.html(markup.table(head, rows, caption=t("outlook.months.title", lang), align=align))


def _share(odds: Odds, most: bool, lang: Lang) -> Cell:
    words = percent(odds.p, odds.low, odds.high, lang)
    return markup.strong(words) if most else words

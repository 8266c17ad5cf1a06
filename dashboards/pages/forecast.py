"""The forecast: odds, amounts, money, what drives them, three years again, the assumptions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final

import streamlit as st

from dashboards import (
    address,
    amountview,
    downloads,
    driverview,
    frame,
    handouts,
    markup,
    moneyview,
    oddsview,
    projector,
    replayview,
    riskview,
    stressview,
)
from dashboards.conclusion import conclusion
from dashboards.distribution import written
from dashboards.frame import View, heading
from dashboards.labels import bureau_labels
from dashboards.markup import Cell
from dashboards.texts import t

PARTS: Final = ("odds", "amounts", "money", "drivers", "years", "basis")
"""Parts of the page, by their names in the address."""

_PART_KEY: Final = "forecast-part"
_BUREAU_KEY: Final = "forecast-bureau"
_ALL: Final = ""


def show() -> None:
    """Draw the page."""
    frame.page("forecast", _body)


def _body(view: View) -> None:
    if not view.run.has_forecast:
        st.html(markup.notice(t("app.no_forecast", view.lang), "alert"))
        _assumptions(view)
        return
    day = address.as_of() or date.today()
    said = conclusion(view.scenario, view.run.forecast, day, view.lang)
    st.html(markup.paragraph(said, "lead"))
    if projector.on():
        oddsview.main_targets(view)
        return
    downloads.offer(view, handouts.of("forecast", view))
    part = _part(view)
    bureau = None if part == "basis" else _bureau(view)
    st.html(markup.paragraph(t(f"outlook.part.{part}.lead", view.lang)))
    match part:
        case "odds":
            oddsview.targets(view, bureau)
            if bureau is None:
                oddsview.joint(view)
            oddsview.given(view, bureau)
        case "amounts":
            amountview.curves(view, bureau)
            amountview.by_month(view, bureau)
            amountview.funnel(view, bureau)
        case "money":
            moneyview.spend(view, bureau)
            moneyview.scores(view, bureau)
            moneyview.limits(view, bureau)
        case "drivers":
            _drivers(view, bureau)
        case "years":
            drivers = riskview.drivers_of(view)
            if drivers is not None:
                replayview.years(view, drivers, bureau)
        case _:
            _assumptions(view)


def _part(view: View) -> str:
    """Offer the parts of the page; the address names the chosen one."""
    asked = address.get("part")
    st.session_state[_PART_KEY] = asked if asked in PARTS else PARTS[0]
    chosen = st.segmented_control(
        t("outlook.part", view.lang),
        PARTS,
        format_func=lambda part: t(f"outlook.part.{part}", view.lang),
        key=_PART_KEY,
        required=True,
        label_visibility="collapsed",
        wrap=True,
        on_change=lambda: address.put("part", st.session_state[_PART_KEY]),
    )
    return str(chosen)


def _bureau(view: View) -> str | None:
    """Offer all bureaus together, and each of them; the address names the chosen one."""
    names: Mapping[str, str] = {
        _ALL: t("app.all_bureaus", view.lang),
        **bureau_labels(view.scenario, view.lang),
    }
    asked = address.get("bureau")
    st.session_state[_BUREAU_KEY] = asked if asked in names else _ALL
    chosen = st.segmented_control(
        t("app.column.bureau", view.lang),
        list(names),
        format_func=names.__getitem__,
        key=_BUREAU_KEY,
        required=True,
        label_visibility="collapsed",
        wrap=True,
        on_change=lambda: address.put("bureau", st.session_state[_BUREAU_KEY]),
    )
    return str(chosen) or None


def _drivers(view: View, bureau: str | None) -> None:
    key, name = driverview.which(view, bureau)
    drivers = riskview.drivers_of(view)
    if drivers is not None:
        driverview.levers(view, drivers, key, name)
    stressview.needs(view, key, bureau)
    if drivers is not None:
        driverview.months(view, drivers, bureau)


def _assumptions(view: View) -> None:
    """List what the forecast stands on: every assumption with unit, source and trust."""
    heading(view, "app.forecast.assumptions")
    lang, scenario = view.lang, view.scenario
    rows: list[list[Cell]] = []
    for item in scenario.assumptions.items:
        rows.append(
            [
                item.label.get(lang),
                written(item.distribution, lang),
                item.unit,
                markup.trust(item.trust, lang),
                item.source,
            ]
        )
        rows += [
            [
                f"{item.label.get(lang)} · {scenario.bureau(bureau).name.get(lang)}",
                written(distribution, lang),
                item.unit,
                markup.trust(item.trust, lang),
                item.source,
            ]
            for bureau, distribution in item.by_bureau.items()
        ]
    keys = ("assumption", "distribution", "unit", "trust", "source")
    head = [t(f"app.column.{key}", lang) for key in keys]
    st.html(markup.table(head, rows, caption=t("app.forecast.assumptions.title", lang), tall=True))

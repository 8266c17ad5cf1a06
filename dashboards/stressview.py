"""What it takes for a probability to reach a goal, on a page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import streamlit as st

from dashboards import jobbutton, markup
from dashboards.driverstore import BUDGET, Key, StaleDrivers, stored_stress, stress_argv
from dashboards.format import chance, money
from dashboards.frame import View, heading
from dashboards.labels import bureau_labels
from dashboards.markup import NUMBER, Align, Cell
from dashboards.odds import Odds, share
from dashboards.runs import runs_root
from dashboards.texts import t
from scenarios.assumptions import KNOWN
from scenarios.part import Lang

SHOWN: Final = 5
"""Levers that are not enough, on the screen; the others are folded away."""


def needs(view: View, key: Key, bureau: str | None) -> None:
    """Draw what each lever would have to be for one probability."""
    lang = view.lang
    heading(view, "outlook.stress")
    try:
        found = stored_stress(runs_root(), view.run)
    except StaleDrivers as error:
        st.html(markup.notice(t("outlook.drivers.stale", lang, problem=str(error)), "alert"))
        return
    if found is None:
        st.html(markup.notice(t("outlook.stress.none", lang)))
        jobbutton.offer(
            stress_argv(runs_root(), view.run), "outlook.stress", view.scenario.id, lang
        )
        return
    own = next(one for one in found["chances"] if tuple(one["key"]) == key)
    st.html(markup.paragraph(conclusion(own, found["goal"], lang)))
    if not own["needs"]:
        return
    shown_of = [b.id for b in view.scenario.organisation.bureaus if bureau in (None, b.id)]
    rows = [
        _row(view, need, [found["today"][need["lever"]][key] for key in shown_of])
        for need in own["needs"]
    ]
    enough = sum(need["reached"] for need in own["needs"])
    head = [t(f"outlook.column.{key}", lang) for key in ("what", "today", "needed", "factor")]
    head += [t("outlook.column.there", lang), t("outlook.column.within", lang)]
    align: list[Align] = ["text", NUMBER, NUMBER, NUMBER, NUMBER, "text"]
    caption = t("outlook.stress.title", lang)
    shown = rows[: enough + SHOWN]
    st.html(markup.table(head, shown, caption=caption, align=align))
    if len(shown) < len(rows):
        with st.expander(t("outlook.stress.rest", lang, n=len(rows) - len(shown))):
            st.html(markup.table(head, rows[len(shown) :], caption=caption, align=align))
    name = bureau_labels(view.scenario, lang)[bureau] if bureau else t("app.all_bureaus", lang)
    words = t("outlook.stress.facts", lang, n=found["n"], seed=found["seed"], bureau=name)
    st.html(markup.paragraph(words))


def conclusion(own: Mapping[str, Any], goal: float, lang: Lang) -> str:
    """Say whether anything alone would do, and what comes closest."""
    now, aim = Odds.read(own["base"]), share(goal, lang)
    said = {"odds": chance(now.p, now.low, now.high, lang), "goal": aim}
    if now.p >= goal:
        return t("outlook.stress.there", lang, **said)
    enough = [need for need in own["needs"] if need["reached"]]
    return t(f"outlook.stress.{'enough' if enough else 'short'}", lang, n=len(enough), **said)


def within(need: Mapping[str, Any], today: list[float]) -> bool | None:
    """Return whether the median needed lies between today's P10 and P90; None of a known value."""
    low, middle, high = today
    return None if low == high else low <= middle * need["factor"] <= high


def _row(view: View, need: Mapping[str, Any], todays: list[list[float]]) -> list[Cell]:
    """Return a lever's row; ``todays`` holds P10, median and P90 of each bureau that is shown."""
    lang, lever, odds = view.lang, need["lever"], Odds.read(need)
    each = [within(need, today) for today in todays]
    believed = None if None in each else all(each)
    key = "known" if believed is None else "within" if believed else "beyond"
    word = t(f"outlook.stress.{key}", lang)
    now = [today[1] for today in todays]
    needed = [_capped(lever, value * need["factor"]) for value in now]
    return [
        _label(view, lever),
        _span(view, lever, now),
        _span(view, lever, needed) if need["reached"] else t("outlook.unknown", lang),
        f"× {need['factor']:.3g}",
        chance(odds.p, odds.low, odds.high, lang),
        word if need["reached"] else t("outlook.stress.not_enough", lang),
    ]


def _capped(lever: str, value: float) -> float:
    is_share = lever != BUDGET and KNOWN[lever].domain == "probability"
    return min(1.0, value) if is_share else value


def _label(view: View, lever: str) -> str:
    if lever == BUDGET:
        return t("stress.budget", view.lang)
    return view.scenario.assumptions[lever].label.get(view.lang)


def _span(view: View, lever: str, values: list[float]) -> str:
    """Write a value, or the lowest and highest where bureaus differ."""
    low, high = _written(view, lever, min(values)), _written(view, lever, max(values))
    return low if low == high else t("outlook.span", view.lang, low=low, high=high)


def _written(view: View, lever: str, value: float) -> str:
    if lever == BUDGET or KNOWN[lever].domain == "yuan":
        return money(value, view.lang)
    match KNOWN[lever].domain:
        case "probability":
            return share(value, view.lang)
        case "factor":
            return f"{value:,.3g}"
        case "days":
            return t("outlook.stress.days", view.lang, n=f"{value:,.3g}")
    unit = view.scenario.assumptions[lever].unit
    return t("outlook.stress.value", view.lang, value=f"{value:,.3g}", unit=unit)

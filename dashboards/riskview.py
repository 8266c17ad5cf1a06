"""The largest risks on a page, each with the lever that helps most."""

from __future__ import annotations

from datetime import date

import streamlit as st

from dashboards import jobbutton, markup
from dashboards.driverstore import StaleDrivers, Stored, argv, stored
from dashboards.format import chance, signed
from dashboards.format import day as write_day
from dashboards.format import month as write_month
from dashboards.frame import View, heading
from dashboards.labels import bureau_labels, person_labels
from dashboards.markup import NUMBER, SHORT, WIDE, Align, Cell
from dashboards.risks import Lever, Risk, short_of_presence
from dashboards.risks import risks as found_risks
from dashboards.runs import runs_root
from dashboards.texts import t
from scenarios.part import Lang


def drivers_of(view: View) -> Stored | None:
    """Return the run's stored drivers; say where they are missing, damaged or of another run."""
    try:
        found = stored(runs_root(), view.run)
    except StaleDrivers as error:
        st.html(markup.notice(t("outlook.drivers.stale", view.lang, problem=str(error)), "alert"))
        return None
    if found is None:
        st.html(markup.notice(t("outlook.drivers.none", view.lang)))
        jobbutton.offer(argv(runs_root(), view.run), "outlook.drivers", view.scenario.id, view.lang)
    return found


def risks(view: View) -> None:
    """Draw the largest risks, and the persons whose days at post fall short."""
    lang = view.lang
    heading(view, "outlook.risks")
    short = short_of_presence(view.run)
    if short:
        titles = person_labels(view.scenario, lang)
        who = t("app.list", lang).join(titles[key] for key in short)
        st.html(markup.notice(t("outlook.risks.presence", lang, who=who), "alert"))
    drivers = drivers_of(view)
    found = found_risks(view.run, drivers.data if drivers else None)
    if not found:
        st.html(markup.paragraph(t("outlook.risks.none", lang)))
        return
    dated = any(risk.when for risk in found)
    rows: list[list[Cell]] = [
        [
            risk_words(view, risk),
            chance(risk.odds.p, risk.odds.low, risk.odds.high, lang),
            *([_when(risk, lang)] if dated else []),
            lever_words(view, risk, known=drivers is not None),
        ]
        for risk in found
    ]
    keys = ("risk", "risk_odds", *(["when"] if dated else []), "lever")
    head = [t(f"outlook.column.{key}", lang) for key in keys]
    caption = t("outlook.risks.title", lang)
    align: list[Align] = ["text", NUMBER, *([SHORT] if dated else []), WIDE]
    st.html(markup.table(head, rows, caption=caption, align=align))


def risk_words(view: View, risk: Risk) -> str:
    """Say what may go wrong, and where."""
    lang, scenario = view.lang, view.scenario
    bureau = bureau_labels(scenario, lang)[risk.bureau]
    if risk.kind == "target":
        target = next(x for x in scenario.targets if x.id == risk.subject)
        return t("outlook.risk.target", lang, bureau=bureau, target=target.label.get(lang))
    if risk.kind == "grade":
        grade = next(x for x in scenario.assessment.grades if x.id == risk.subject)
        return t("outlook.risk.grade", lang, bureau=bureau, grade=grade.label.get(lang))
    return t(f"outlook.risk.{risk.kind}.{risk.subject}", lang, bureau=bureau)


def lever_words(view: View, risk: Risk, *, known: bool) -> str:
    """Say what helps most, with its effect where a stored driver knows it.

    Parameters
    ----------
    view, risk
        What is asked about.
    known
        Whether drivers are stored.
    """
    lang = view.lang
    if risk.lever is not None:
        return _lever(view, risk.lever)
    if risk.kind == "target":
        return t(f"outlook.lever.{'unclear' if known else 'unknown'}", lang)
    kind = f"limit.{risk.subject}" if risk.kind == "limit" else risk.kind
    return t(f"outlook.lever.{kind}", lang)


def _lever(view: View, lever: Lever) -> str:
    lang, item = view.lang, view.scenario.assumptions[lever.assumption]
    gain, low, high = (signed(100 * x, 1) for x in (lever.gain, lever.low, lever.high))
    return t(
        f"outlook.lever.{lever.how}",
        lang,
        label=item.label.get(lang),
        start=f"{lever.ends[0]:,.4g}",
        end=f"{lever.ends[1]:,.4g}",
        unit=item.unit,
        gain=gain,
        low=low,
        high=high,
    )


def _when(risk: Risk, lang: Lang) -> str:
    if risk.when is None:
        return t("outlook.unknown", lang)
    day = date.fromisoformat(risk.when)
    if risk.kind == "money":
        return t("outlook.when.money", lang, day=write_day(day, lang, year=False))
    return t("outlook.when.limit", lang, month=write_month(day, lang))

"""The leader's page: where the year stands, who is at post, what may go wrong and what helps."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Final

import streamlit as st

from dashboards import (
    address,
    coverview,
    downloads,
    figures,
    frame,
    handouts,
    markup,
    measuretiles,
    presence,
    projector,
    rankview,
    riskview,
    rota,
)
from dashboards.conclusion import conclusion
from dashboards.format import amount, chance, percent, points
from dashboards.format import day as write_day
from dashboards.format import days as write_days
from dashboards.frame import View, heading
from dashboards.labels import bureau_labels
from dashboards.markup import NUMBER, SHORT, Cell, Markup
from dashboards.odds import Odds
from dashboards.runs import Run, RunError, list_runs, runs_root
from dashboards.texts import t
from scenarios.part import Lang
from scenarios.targets import Target

_ALL: Final = ""
_SCOPE_KEY: Final = "cockpit-scope"
_BASE_KEY: Final = "cockpit-base"
_PAGE_OF: Final[Mapping[str, tuple[str, ...]]] = {
    "targets": ("forecast",),
    "money": ("budget", "forecast"),
    "score": ("score", "forecast"),
    "presence": ("calendar",),
}
"""Where a tile leads: the first of these pages that there is."""

_PART_OF: Final[Mapping[str, str]] = {"targets": "odds", "money": "money", "score": "money"}
"""Which part of the forecast tells about it."""


def show() -> None:
    """Draw the page."""
    frame.page("cockpit", _body)


def _body(view: View) -> None:
    forecast = view.run.forecast if view.run.has_forecast else None
    day = address.as_of() or date.today()
    st.html(markup.paragraph(conclusion(view.scenario, forecast, day, view.lang), "lead"))
    if projector.on():
        if forecast:
            _tiles(view, None, None)
        return
    if forecast:
        scope, base = _choices(view)
        _tiles(view, scope, base)
    else:
        st.html(markup.notice(t("app.no_forecast", view.lang), "alert"))
        st.html(markup.tiles([measuretiles.presence_tile(view.run, None, view.lang, _link)]))
    frame.audited(view)
    downloads.offer(view, handouts.of("cockpit", view))
    _weeks(view)
    if forecast:
        riskview.risks(view)
        rankview.ranking(view)
        _targets(view)
    coverview.coverage(view)
    if forecast:
        _limits(view)
        _grades(view)


def _choices(view: View) -> tuple[str | None, Run | None]:
    """Offer the city and its bureaus, and the runs to compare with."""
    left, right = st.columns([3, 2], vertical_alignment="bottom")
    return _scope(left, view), _base(right, view)


def _scope(place: Any, view: View) -> str | None:
    lang = view.lang
    names = {_ALL: t("outlook.city", lang), **bureau_labels(view.scenario, lang)}
    if st.session_state.get(_SCOPE_KEY) not in names:
        st.session_state[_SCOPE_KEY] = _ALL
    chosen = place.segmented_control(
        t("outlook.scope", lang),
        list(names),
        format_func=names.__getitem__,
        key=_SCOPE_KEY,
        required=True,
        label_visibility="collapsed",
        wrap=True,
        persist_state="session",
    )
    return chosen or None


def _base(place: Any, view: View) -> Run | None:
    """Offer every other run with a forecast whose bureaus are the same."""
    lang = view.lang
    ids = [bureau.id for bureau in view.scenario.organisation.bureaus]
    offered: dict[str, Run] = {}
    for run in list_runs(runs_root()).runs:
        if run.id != view.run.id and run.has_forecast and _bureaus_of(run) == ids:
            offered[run.id] = run
    titles = {_ALL: t("outlook.base.none", lang)}
    titles |= {key: f"{run.head.title.get(lang)} · {key}" for key, run in offered.items()}
    asked = address.get("base") or _ALL
    st.session_state[_BASE_KEY] = asked if asked in titles else _ALL
    chosen = place.selectbox(
        t("outlook.base", lang),
        list(titles),
        format_func=titles.__getitem__,
        key=_BASE_KEY,
        label_visibility="collapsed",
        on_change=lambda: address.put("base", st.session_state[_BASE_KEY]),
    )
    return offered.get(chosen)


def _bureaus_of(run: Run) -> list[str]:
    try:
        return [bureau.id for bureau in run.scenario.organisation.bureaus]
    except RunError:
        return []


def _link(kind: str) -> str:
    from dashboards.app import PAGES

    page = next(name for name in _PAGE_OF[kind] if name in PAGES)
    part = {"part": _PART_OF[kind]} if page == "forecast" else {}
    return address.link(page, **part)


def _tiles(view: View, scope: str | None, base: Run | None) -> None:
    st.html(markup.tiles(measuretiles.tiles(view.run, scope, base, view.lang, _link)))
    note = frame.thresholds(view.lang)
    if base is not None:
        same = view.run.forecast["seed"] == base.forecast["seed"]
        how = t(f"outlook.base.{'paired' if same else 'apart'}", view.lang, run=base.id)
        st.html(markup.paragraph(how))
    st.html(markup.paragraph(note))


def _minimum(view: View, target: Target) -> str:
    """Write what a target asks of each bureau, and of whom it asks something else."""
    lang = view.lang
    names = bureau_labels(view.scenario, lang)
    asked = t("app.target", lang, amount=amount(target.metric, target.minimum, lang))
    others = [
        t(
            "app.target.other",
            lang,
            bureau=names[bureau],
            amount=amount(target.metric, minimum, lang),
        )
        for bureau, minimum in target.minimum_by_bureau.items()
    ]
    return t("app.also", lang).join([asked, *others])


def _targets(view: View) -> None:
    """Draw the table of targets and bureaus."""
    heading(view, "app.cockpit.targets")
    scenario, lang = view.scenario, view.lang
    entries = figures.target_odds(scenario, view.run.forecast)
    targets = list({entry.target.id: entry.target for entry in entries}.values())
    by_place = {(entry.bureau, entry.target.id): entry.odds for entry in entries}
    rows: list[list[Cell]] = []
    for target in targets:
        odds = [by_place.get((bureau.id, target.id)) for bureau in scenario.organisation.bureaus]
        rows.append(
            [
                markup.named(target.label.get(lang), _minimum(view, target)),
                *(markup.odds_cell(o, lang) if o else t("app.not_for", lang) for o in odds),
            ]
        )
    joint = [
        markup.odds_cell(Odds.read(view.run.forecast["bureaus"][bureau.id]["all_main"]), lang)
        for bureau in scenario.organisation.bureaus
    ]
    last_main = sum(target.main for target in targets)
    rows.insert(last_main, [t("app.cockpit.all_of_bureau", lang), *joint])
    names = [bureau.name.get(lang) for bureau in scenario.organisation.bureaus]
    head = [t("app.column.target", lang), *names]
    st.html(markup.table(head, rows, caption=t("app.cockpit.targets.title", lang)))


def _weeks(view: View) -> None:
    """Draw who is at post and who is home this week and the next."""
    heading(view, "app.cockpit.weeks")
    lang, scenario = view.lang, view.scenario
    monday = view.as_of - timedelta(days=view.as_of.weekday())
    last = monday + timedelta(days=13)
    table = rota.rota_table(
        scenario,
        rota.status_table(view.run.table("calendar")),
        monday,
        last,
        lang,
        caption=t("app.cockpit.weeks.title", lang),
    )
    left, right = st.columns([3, 2], gap="medium")
    left.html(table + rota.legend(lang))
    for key, first in (("this", monday), ("next", monday + timedelta(days=7))):
        end = first + timedelta(days=6)
        title = t(f"app.cockpit.week.{key}", lang, days=write_days(first, end, lang, year=False))
        right.html(markup.listing(title, presence.week_lines(view.run, first, end, lang)))


def _limits(view: View) -> None:
    """Draw what held each bureau back, the strongest first in words."""
    heading(view, "app.cockpit.limits")
    lang = view.lang
    rows: list[list[Cell]] = []
    for bureau in view.scenario.organisation.bureaus:
        report = view.run.forecast["bureaus"][bureau.id]
        shares = {key: Odds.read(report["limits"][key]) for key in figures.LIMITS}
        worst = max(figures.LIMITS, key=lambda key: shares[key].p)
        dry = Odds.read(report["dry"])
        day = report["dry"]["median_date"]
        when = write_day(date.fromisoformat(day), lang, year=False) if day else ""
        rows.append(
            [
                bureau.name.get(lang),
                Markup(f"<strong>{t(f'limit.{worst}', lang)}</strong>"),
                *(_percent(shares[key], lang) for key in figures.LIMITS),
                chance(dry.p, dry.low, dry.high, lang),
                when or t("app.never", lang),
            ]
        )
    head = [
        t("app.column.bureau", lang),
        t("app.column.main_limit", lang),
        *(t(f"limit.{key}", lang) for key in figures.LIMITS),
        t("app.column.dry", lang),
        t("app.column.dry_day", lang),
    ]
    align = [SHORT, SHORT, *[NUMBER] * (len(head) - 2)]
    st.html(markup.table(head, rows, caption=t("app.cockpit.limits.title", lang), align=align))


def _percent(odds: Odds, lang: Lang) -> str:
    return percent(odds.p, odds.low, odds.high, lang)


def _grades(view: View) -> None:
    """Draw the odds of the grades under each reading; warn where the grade depends on it."""
    lang, scenario = view.lang, view.scenario
    score = view.run.forecast["score"]
    heading(view, "app.cockpit.grades" if len(score["readings"]) > 1 else "app.cockpit.grade")
    if score["grade_depends_on_reading"]:
        names = [
            t("app.cockpit.changes", lang, bureau=scenario.bureau(key).name.get(lang), chance=said)
            for key in score["grade_depends_on_reading"]
            for said in [_percent(Odds.read(score["grade_changes"][key]), lang)]
        ]
        words = t("app.cockpit.depends", lang, bureaus=t("app.list", lang).join(names))
        st.html(markup.notice(words, "alert"))
    order = figures.reading_order(scenario, view.run.forecast)
    rows: list[list[Cell]] = [
        [
            bureau.name.get(lang),
            *(_grade_cell(view, score["readings"][key][bureau.id]) for key in order),
        ]
        for bureau in scenario.organisation.bureaus
    ]
    head = [t("app.column.bureau", lang), *(figures.reading_label(key, lang) for key in order)]
    st.html(markup.table(head, rows, caption=t("app.cockpit.grades.title", lang)))


def _grade_cell(view: View, report: Mapping[str, Any]) -> Cell:
    """Return the odds of a grade above the lowest, and the score's mean and range."""
    lang, grades = view.lang, view.scenario.assessment.grades
    if report["mean"] is None:
        return t("app.not_for", lang)
    span = f"{points(report['mean'])} ({points(report['p10'])}–{points(report['p90'])})"
    if len(grades) == 1:
        return t("app.cockpit.mean", lang, score=span)
    failed = Odds.read(report["grades"][grades[-1].id])
    words = t("app.cockpit.or_better", lang, grade=grades[-2].label.get(lang))
    return markup.odds_cell(failed.against, lang, t("app.cockpit.mean", lang, score=span), words)

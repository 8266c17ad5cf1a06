"""The leader's page: where the year stands, who is at post, what holds the bureaus back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import streamlit as st

from dashboards import checks, downloads, figures, frame, handouts, markup, presence, rota
from dashboards.format import amount, chance, interval, percent, points
from dashboards.format import day as write_day
from dashboards.format import days as write_days
from dashboards.frame import View, heading
from dashboards.labels import bureau_labels
from dashboards.markup import NUMBER, SHORT, Cell, Markup, Tile
from dashboards.odds import Odds
from dashboards.texts import t
from scenarios.part import Lang
from scenarios.targets import Target


def show() -> None:
    """Draw the page."""
    frame.page("cockpit", _body)


def _body(view: View) -> None:
    if view.run.has_forecast:
        _conclusion(view)
        _tiles(view)
        _targets(view)
    else:
        st.html(markup.notice(t("app.no_forecast", view.lang), "alert"))
    _weeks(view)
    if view.run.has_forecast:
        _limits(view)
        _grades(view)
    downloads.offer(view, handouts.of("cockpit", view))


def _conclusion(view: View) -> None:
    """Say in one sentence where the year stands, and in one what the calendar's check found."""
    lang = view.lang
    main = [e for e in figures.target_odds(view.scenario, view.run.forecast) if e.target.main]
    tally = {key: sum(e.odds.outlook == key for e in main) for key in ("course", "risk", "out")}
    joint = Odds.read(view.run.forecast["joint"]["all_bureaus_main"])
    sentence = t(
        "app.cockpit.sentence",
        lang,
        targets=len(main),
        bureaus=len(view.scenario.organisation.bureaus),
        chance=chance(joint.p, joint.low, joint.high, lang),
        **tally,
    )
    st.html(markup.paragraph(sentence, "lead"))
    frame.audited(view)


def _tiles(view: View) -> None:
    tiles = [*_target_tiles(view), _joint_tile(view), _score_tile(view), _presence_tile(view)]
    st.html(markup.tiles(tiles))
    st.html(markup.paragraph(frame.thresholds(view.lang)))


def _target_tiles(view: View) -> list[Tile]:
    """Return a tile a main target: how likely every bureau reaches its own."""
    joint = view.run.forecast["joint"]["targets"]
    return [
        _tile(
            view,
            t("app.cockpit.all_reach", view.lang, target=target.label.get(view.lang)),
            Odds.read(joint[target.id]),
            _minimum(view, target),
        )
        for target in view.scenario.targets
        if target.main
    ]


def _joint_tile(view: View) -> Tile:
    n = len(view.scenario.organisation.bureaus)
    odds = Odds.read(view.run.forecast["joint"]["all_bureaus_main"])
    label = t("app.cockpit.all_main", view.lang, n=n)
    return _tile(view, label, odds, t("app.cockpit.all_main.target", view.lang))


def _score_tile(view: View) -> Tile:
    grades = view.scenario.assessment.grades
    mark = grades[-2] if len(grades) > 1 else grades[-1]
    odds = figures.all_reach_grade(view.scenario, view.run.forecast)
    label = t("app.cockpit.all_pass", view.lang, grade=mark.label.get(view.lang))
    line = t("app.cockpit.pass_mark", view.lang, score=f"{mark.at_least:g}")
    return _tile(view, label, odds, line)


def _tile(view: View, label: str, odds: Odds, target: str) -> Tile:
    lang = view.lang
    value = _percent(odds, lang)
    span = interval(odds.p, odds.low, odds.high, lang)
    word = t(f"app.outlook.{odds.outlook}", lang)
    return Tile(label, value, odds.outlook, word, (t("app.interval", lang, span=span), target))


def _presence_tile(view: View) -> Tile:
    """Return how many persons keep their days at post in every period: known, not estimated."""
    lang = view.lang
    found = checks.presence(checks.checks(view.run.audit))
    short = {check.subject for check in found if check.verdict == "violated"}
    persons = {check.subject for check in found}
    verdict = "violated" if short else "ok"
    policy = t(f"policy.{view.scenario.rules.presence.policy}", lang)
    return Tile(
        t("app.cockpit.presence", lang),
        t("app.cockpit.presence.value", lang, n=len(persons - short), all=len(persons)),
        checks.TONE[verdict],
        t(f"app.verdict.{verdict}", lang),
        (
            t("app.cockpit.presence.tightest", lang, n=min(map(checks.spare, found), default=0)),
            t("app.cockpit.presence.policy", lang, policy=policy),
        ),
    )


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

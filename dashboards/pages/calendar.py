"""The rotation calendar: the year, a month, a bureau, a person, a list, and the planners' desk."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

import streamlit as st

from dashboards import checks, downloads, draft, findings, frame, handouts, markup, rota
from dashboards.checks import Check
from dashboards.format import day as write_day
from dashboards.format import days as write_days
from dashboards.format import month as write_month
from dashboards.frame import View, heading
from dashboards.labels import in_words, person_labels, rows_of, subject_labels
from dashboards.markup import NUMBER, SHORT, WIDE, Align, Cell
from dashboards.rotation import again, cards, editing, personyear, publishing, views
from dashboards.rotation.choice import VIEWS, control
from dashboards.runs import Run, RunError, runs_root
from dashboards.spans import period_in_words
from dashboards.texts import t
from dashboards.wallchart import TABLES, wall_chart
from planner.plan import JOINT
from scenarios.part import Lang

_WALL = st.components.v2.component(
    "bureau_wall_chart",
    html=(
        '<div class="wall" role="region" tabindex="0"></div><p class="tip" aria-live="polite"></p>'
    ),
    css="""
.wall { overflow-x: auto; border: 1px solid var(--st-border-color); background: #fff; }
.wall svg { display: block; width: 100%; min-width: 1180px; height: auto; }
.wall .leave, .wall .visit { cursor: pointer; pointer-events: all; }
.tip { font-family: var(--st-font); font-size: .95rem; min-height: 1.5em; margin: .3rem 0 0; }
.wall:focus-visible { outline: 2px solid var(--st-primary-color); outline-offset: 2px; }
""",
    js="""
export default function ({ data, parentElement }) {
  const wall = parentElement.querySelector(".wall")
  if (wall.dataset.drawn === data.key) return
  wall.setAttribute("aria-label", data.label)
  wall.innerHTML = data.svg
  wall.dataset.drawn = data.key
  const tip = parentElement.querySelector(".tip")
  tip.textContent = data.hint
  const tell = (event) => {
    const block = event.target.closest(".leave, .visit")
    if (block) tip.textContent = block.querySelector("title").textContent
  }
  wall.onclick = tell
  wall.onpointerover = tell
}
""",
)
"""Shows an SVG as it is: texts stay texts, and a narrow screen scrolls it instead of shrinking."""

_MONTH_KEY: Final = "calendar-month"


def show() -> None:
    """Draw the page."""
    frame.page("calendar", _body)


def _body(view: View) -> None:
    st.html(personyear.STYLE)
    frame.audited(view)
    st.html(markup.paragraph(publishing.line(view)))
    downloads.offer(view, handouts.of("calendar", view))
    shown = control(
        "view",
        VIEWS,
        t("app.calendar.view", view.lang),
        lambda key: t(f"app.calendar.view.{key}", view.lang),
        label_visibility="collapsed",
    )
    if shown not in ("list", "person"):
        words = markup.notice(t("app.calendar.narrow", view.lang))
        st.html(f'<div class="b-narrow">{words}</div>')
    _SHOWN[shown](view)


def _year(view: View) -> None:
    """Draw the year with all that goes with it."""
    _drafted(view)
    _wall(view)
    if view.run.has_changes:
        _changes(view)
    _presence(view)
    _visits(view)
    if view.run.has_trips:
        _trips(view)
    _audit(view)


def _drafted(view: View) -> None:
    """Say that somebody edits this plan, so that nobody takes it for the last word."""
    try:
        n = draft.load(runs_root(), view.run).edits.count
    except RunError as error:
        st.html(markup.notice(error.text(view.lang), "alert"))
        return
    if n:
        st.html(markup.notice(t("app.calendar.drafted", view.lang, n=n)))


def _changes(view: View) -> None:
    """Draw what this plan changes of the one it was made from, where that still is there."""
    before = again.origin(view.run)
    heading(view, "app.calendar.changes")
    if before is None:
        st.html(markup.paragraph(t("app.calendar.changes.gone", view.lang)))
        return
    st.html(again.changes(before, view.run, view.lang))


def _bureau(view: View) -> None:
    heading(view, "app.calendar.bureau")
    bureau = views.bureau_chosen(view)
    st.html(markup.paragraph(views.empty_days(view, bureau), "lead"))
    plan = view.run.head.plan_hash[:12]
    label = view.scenario.bureau(bureau).name.get(view.lang)
    svg = views.bureau_chart(view, bureau)
    _draw(view, svg, label, f"{plan}-{bureau}-{view.lang}")
    st.html(views.bureau_table(view, bureau))


def _wall_svg(run: Run, lang: Lang) -> str:
    tables = {name: run.table(name) for name in TABLES}
    return wall_chart(run.scenario, tables, lang, plan=run.head.plan_hash[:12])


@st.cache_data(max_entries=32, show_spinner=False)
def _wall_kept(folder: str, created: datetime, lang: Lang, _run: Run) -> str:
    """Draw the wall chart of a run that nobody edited once for all who look."""
    del folder, created
    return _wall_svg(_run, lang)


def _wall(view: View) -> None:
    lang, run = view.lang, view.run
    heading(view, "app.calendar.wall")
    plan = run.head.plan_hash[:12]
    if run.edited():
        svg = _wall_svg(run, lang)
    else:
        svg = _wall_kept(str(run.folder), run.head.created, lang, run)
    label = t("app.wall.title", lang, home=view.scenario.organisation.home.get(lang))
    _draw(view, svg, label, f"{plan}-{lang}")
    st.download_button(
        t("app.calendar.download", lang),
        svg,
        file_name=f"rota-{run.id}-{lang}.svg",
        mime="image/svg+xml",
        icon=":material/download:",
        on_click="ignore",
    )
    with st.expander(t("app.twin", lang)):
        st.html(_leave_table(view))


def _draw(view: View, svg: str, label: str, key: str) -> None:
    """Show a wall chart; what a block stands for is said below it, by pointer or finger."""
    hint = t("app.calendar.wall.hint", view.lang)
    _WALL(data={"svg": svg, "label": label, "key": key, "hint": hint}, key="wall")


def _leave_table(view: View) -> str:
    lang, scenario = view.lang, view.scenario
    titles = person_labels(scenario, lang)
    rows: list[list[Cell]] = [
        [
            titles[leave["person"]],
            scenario.bureau(leave["bureau"]).name.get(lang),
            leave["period"],
            write_days(_date(leave["start"]), _date(leave["end"]), lang),
            write_day(_date(leave["clearing_date"]), lang),
        ]
        for leave in rows_of(view.run.table("leaves"))
    ]
    head = [
        t(f"app.column.{key}", lang) for key in ("person", "bureau", "period", "leave", "clearing")
    ]
    return markup.table(head, rows, caption=t("app.calendar.leaves", lang), tall=True)


def _month(view: View) -> None:
    """Draw one month day by day: the as-of date's unless another is chosen."""
    heading(view, "app.calendar.month")
    lang, days = view.lang, view.scenario.days
    months = {month.label: month for month in days.months}
    current = view.as_of.strftime("%Y-%m")
    if st.session_state.get(_MONTH_KEY) not in months:
        st.session_state[_MONTH_KEY] = current
    chosen = st.segmented_control(
        t("app.column.month", lang),
        list(months),
        format_func=lambda label: write_month(days.date_of(months[label].start), lang),
        key=_MONTH_KEY,
        required=True,
        label_visibility="collapsed",
        wrap=True,
        persist_state="session",
    )
    month = months[chosen or current]
    table = rota.rota_table(
        view.scenario,
        rota.status_table(view.run.table("calendar")),
        days.date_of(month.start),
        days.date_of(month.stop - 1),
        lang,
        caption=t("app.calendar.month.caption", lang, month=month.label),
    )
    st.html(table + rota.legend(lang))


def _presence(view: View) -> None:
    """Draw the days at post of each person and period against those owed."""
    heading(view, "app.calendar.presence")
    lang = view.lang
    found = checks.presence(checks.checks(view.run.audit))
    periods = sorted({check.period for check in found})
    by_place = {(check.subject, check.period): check for check in found}
    rows: list[list[Cell]] = [
        [name, *(_at_post(by_place.get((person, period)), lang) for period in periods)]
        for person, name in person_labels(view.scenario, lang).items()
    ]
    head = [t("app.column.person", lang), *periods]
    st.html(markup.table(head, rows, caption=t("app.calendar.presence.title", lang)))


def _at_post(check: Check | None, lang: Lang) -> Cell:
    return t("app.none", lang) if check is None else cards.counter(check, lang)


def _visits(view: View) -> None:
    heading(view, "app.calendar.visits")
    lang, scenario = view.lang, view.scenario
    titles = person_labels(scenario, lang)
    names = {company.id: company.name.get(lang) for company in scenario.companies}
    joined = view.run.table("visit_companies").groupby("visit")["company"].apply(list)
    rows: list[list[Cell]] = []
    visits = rows_of(view.run.table("visits"))
    for visit in visits:
        companies = joined.get(visit["visit"], [])
        leader = scenario.leader(visit["leader"]).title.get(lang) if visit["leader"] else ""
        met = write_day(_date(visit["leader_day"]), lang, year=False) if visit["leader_day"] else ""
        rows.append(
            [
                visit["visit"],
                _bureaus_of(view, visit, visits),
                write_days(_date(visit["start"]), _date(visit["end"]), lang, year=False),
                titles[visit["escort"]],
                f"{leader} {met}".strip() or t("app.none", lang),
                scenario.host_unit(visit["host_unit"]).name.get(lang),
                t(
                    "app.calendar.visits.companies",
                    lang,
                    n=len(companies),
                    seats=visit["seats"],
                    names=t("app.list", lang).join(names[key] for key in companies),
                ),
            ]
        )
    keys = ("visit", "bureau", "days", "escort", "leader", "host", "companies")
    head = [t(f"app.column.{key}", lang) for key in keys]
    if rows:
        caption = t("app.calendar.visits.title", lang)
        align: list[Align] = [SHORT, SHORT, SHORT, SHORT, SHORT, "text", WIDE]
        st.html(markup.table(head, rows, caption=caption, align=align, tall=len(rows) > 12))
    else:
        st.html(markup.paragraph(t("app.calendar.visits.none", lang)))


def _bureaus_of(view: View, visit: Mapping[str, Any], visits: Sequence[Mapping[str, Any]]) -> str:
    """Name the bureau of a visit, and those that are in one group with it."""
    names = {x.id: x.name.get(view.lang) for x in view.scenario.organisation.bureaus}
    joint = visit.get(JOINT)
    others = [
        names[other["bureau"]]
        for other in visits
        if joint and other[JOINT] == joint and other["visit"] != visit["visit"]
    ]
    if not others:
        return names[visit["bureau"]]
    return t(
        "app.calendar.visits.joint",
        view.lang,
        bureau=names[visit["bureau"]],
        others=t("app.list", view.lang).join(others),
    )


def _trips(view: View) -> None:
    """Draw who travels to which bureau when, and the companies met there."""
    heading(view, "app.calendar.trips")
    lang, scenario = view.lang, view.scenario
    titles = person_labels(scenario, lang)
    names = {company.id: company.name.get(lang) for company in scenario.companies}
    rows: list[list[Cell]] = [
        [
            scenario.bureau(trip["bureau"]).name.get(lang),
            write_days(_date(trip["start"]), _date(trip["end"]), lang, year=False),
            scenario.leader(trip["leader"]).title.get(lang),
            titles[trip["host"]],
            t("app.list", lang).join(names[key] for key in trip["companies"].split()),
        ]
        for trip in rows_of(view.run.table("trips"))
    ]
    if not rows:
        st.html(markup.paragraph(t("app.calendar.trips.none", lang)))
        return
    keys = ("bureau", "days", "traveller", "host_person", "companies")
    head = [t(f"app.column.{key}", lang) for key in keys]
    align: list[Align] = [SHORT, SHORT, SHORT, SHORT, WIDE]
    caption = t("app.calendar.trips.title", lang)
    st.html(markup.table(head, rows, caption=caption, align=align, tall=len(rows) > 12))


def _audit(view: View) -> None:
    """Draw what the audit found: what is violated first, then every rule with its counts."""
    heading(view, "app.calendar.audit")
    lang = view.lang
    found = checks.checks(view.run.audit)
    if not checks.tally(found)["violated"]:
        st.html(markup.notice(t("app.calendar.audit.kept", lang)))
    worth = [check for check in found if check.verdict != "ok"]
    if worth:
        labels = subject_labels(view.scenario, lang)
        rows: list[list[Cell]] = [
            [
                checks.rule_label(check.rule, lang),
                markup.flag(checks.TONE[check.verdict], t(f"app.verdict.{check.verdict}", lang)),
                in_words(check.subject, labels),
                period_in_words(view.scenario, check.period, lang),
                in_words(findings.said(check.required, lang), labels),
                in_words(findings.said(check.actual, lang), labels),
                check.clause,
            ]
            for check in worth
        ]
        keys = ("rule", "verdict", "subject", "period", "required", "actual", "clause")
        head = [t(f"app.column.{key}", lang) for key in keys]
        align: list[Align] = ["text", SHORT, SHORT, SHORT, "text", "text", SHORT]
        caption = t("app.calendar.audit.details", lang)
        st.html(markup.table(head, rows, caption=caption, align=align, tall=len(rows) > 12))
    with st.expander(t("app.calendar.audit.rules", lang)):
        st.html(_rule_table(found, lang))


def _rule_table(found: list[Check], lang: Lang) -> str:
    rows: list[list[Cell]] = [
        [
            checks.rule_label(count.rule, lang),
            count.clause,
            *(str(getattr(count, verdict)) for verdict in checks.ORDER),
        ]
        for count in checks.by_rule(found)
    ]
    head = [t("app.column.rule", lang), t("app.column.clause", lang)]
    head += [t(f"app.verdict.{verdict}", lang) for verdict in checks.ORDER]
    align: list[Align] = ["text", SHORT, NUMBER, NUMBER, NUMBER]
    return markup.table(head, rows, caption=t("app.calendar.audit.rules", lang), align=align)


def _date(iso: str) -> date:
    return date.fromisoformat(iso)


_SHOWN: Final[Mapping[str, Callable[[View], None]]] = {
    "year": _year,
    "month": _month,
    "bureau": _bureau,
    "person": views.person,
    "list": views.cards,
    "edit": editing.desk,
}
"""What draws each of the views."""

"""The year in progress: where it stands, what is to be done, what may still come."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Final

import streamlit as st

from dashboards import (
    access,
    downloads,
    frame,
    ledgerstore,
    markup,
    nowview,
    replanned,
    starting,
    weeklist,
    whyview,
    yearhandouts,
)
from dashboards.chartbox import table
from dashboards.faulttable import fault_table
from dashboards.format import count
from dashboards.format import day as write_day
from dashboards.frame import View, heading
from dashboards.ledgerstore import Look
from dashboards.ledgerupload import ENDINGS, keep
from dashboards.markup import NUMBER, SHORT, WIDE
from dashboards.progress import Reached, reached
from dashboards.progressview import figures_table, progress_table
from dashboards.runs import LEDGERS, Run, runs_root
from dashboards.texts import LANGS, t
from dashboards.weeklist import Named
from dashboards.yearsentence import sentence
from scenarios.faults import ScenarioError
from scenarios.ledger.weekly import ItemKind
from scenarios.part import Lang

LEDGER: Final = "ledger"
"""Where the address names the ledger."""

_KEY: Final = "year-ledger"
_SCENARIO: Final = "year-scenario"
_SHOWN: Final = 300
"""Rows that a list of remarks or things to do holds; it says how many there are."""


def show() -> None:
    """Draw the page."""
    frame.page("year", _body, day=_last_day)


def _last_day(run: Run) -> date | None:
    """Return the last day on which something was recorded in the ledger that is shown."""
    name = _named(run.scenario.id)
    if name is None:
        return None
    try:
        ledger = ledgerstore.read(runs_root() / LEDGERS / name, run.scenario)
    except ScenarioError:
        return None
    return ledgerstore.last_day(ledger, run.scenario)


def _named(scenario: str) -> str | None:
    """Return the ledger that the address names, else the scenario's own; None where it has none."""
    found = ledgerstore.names(runs_root())
    if st.session_state.get(_SCENARIO, scenario) != scenario:
        # What was chosen for another scenario says nothing about this one.
        st.query_params.pop(LEDGER, None)
    st.session_state[_SCENARIO] = scenario
    asked = st.query_params.get(LEDGER)
    return asked if asked in found else ledgerstore.default(found, scenario)


def _body(view: View) -> None:
    found = ledgerstore.names(runs_root())
    name = _named(view.scenario.id)
    if name is None:
        if found:
            _choice(found, None, view.lang)
        _none(view, any_there=bool(found))
        return
    path = runs_root() / LEDGERS / name
    try:
        seen = ledgerstore.look(path, view.scenario, view.as_of)
    except ScenarioError as error:
        _choice(found, name, view.lang)
        st.html(fault_table(error.faults, view.lang))
        return
    _draw(view, path, seen, found)


def _draw(view: View, path: Path, seen: Look, offered: tuple[str, ...]) -> None:
    lang, scenario = view.lang, view.scenario
    casts = nowview.stored(view.run.folder)
    cast = nowview.newest(casts, view.as_of)
    start = nowview.start_of(view.run)
    found = reached(scenario, seen.counted, start, view.as_of)
    items = weeklist.named(seen.items, seen.ledger, scenario, lang)
    if ledgerstore.is_invented(path, seen.ledger):
        st.html(markup.notice(t("app.year.invented", lang, ledger=path.name)))
    if seen.ledger.faults:
        words = t("app.year.unread", lang, n=len(seen.ledger.faults))
        st.html(markup.notice(words, "alert"))
    said = sentence(scenario, found, seen.items, cast, view.as_of, lang)
    st.html(markup.paragraph(said, "lead"))
    left, right = st.columns([2, 3], vertical_alignment="bottom")
    with left:
        _choice(offered, path.name, lang)
    with right:
        downloads.offer(view, yearhandouts.of(view, path, items))
    _stands(view, seen, found)
    _week(view, items)
    nowview.odds(view, cast, path)
    nowview.moved(view, casts)
    bureau = nowview.amounts(view, seen.course, cast)
    whyview.why(view, cast, bureau)
    again = replanned.read(view.run)
    if again is not None:
        heading(view, "app.year.replanned")
        st.html(replanned.html(scenario, again, lang))
    _quality(view, seen)


def _choice(offered: tuple[str, ...], name: str | None, lang: Lang) -> None:
    """Offer the ledgers there are; the address names the chosen one."""
    st.session_state[_KEY] = name
    st.selectbox(
        t("app.year.ledger", lang),
        list(offered),
        key=_KEY,
        placeholder=t("app.year.ledger.choose", lang),
        on_change=lambda: st.query_params.update({LEDGER: st.session_state[_KEY]}),
    )


def _none(view: View, *, any_there: bool) -> None:
    """Say how a ledger is come by."""
    lang, scenario = view.lang, view.scenario
    key = "other" if any_there else "lead"
    st.html(markup.paragraph(t(f"app.year.none.{key}", lang, scenario=scenario.id), "lead"))
    folder = runs_root().resolve() / LEDGERS / scenario.id
    st.html(markup.section(t("app.year.none.new", lang), t("app.year.none.new.note", lang)))
    st.html(markup.command(f'bureau ledger new "{folder}"'))
    if not access.may_plan():
        st.html(markup.paragraph(t("app.year.none.viewer", lang)))
        return
    title = t("app.year.none.upload", lang)
    st.html(markup.section(title, t("app.year.none.upload.note", lang)))
    _upload(view)
    st.html(markup.section(t("app.year.none.demo", lang), t("app.year.none.demo.note", lang)))
    argv = demo_command(view.run, runs_root())
    job: dict[Lang, str] = {one: t("app.year.none.demo.job", one, run=view.run.id) for one in LANGS}
    label = t("app.year.none.demo.button", lang)
    starting.offer(argv, job, view, label=label, key="ledger-demo")


def demo_command(run: Run, root: Path) -> list[str]:
    """Return the command line that makes up the ledger of a run's year, after ``bureau``."""
    folder = root.resolve() / LEDGERS / f"{run.head.scenario_id}{ledgerstore.DEMO}"
    return ["ledger", "demo", str(folder), str(run.folder.resolve())]


def _upload(view: View) -> None:
    """Take a ledger that comes from outside."""
    lang = view.lang
    with st.form("year-upload", border=True):
        file = st.file_uploader(
            t("app.year.none.file", lang), type=[ending[1:] for ending in ENDINGS]
        )
        pressed = st.form_submit_button(t("app.year.none.keep", lang))
    if not pressed:
        return
    if file is None:
        st.html(markup.notice(t("app.year.none.no-file", lang), "alert"))
        return
    try:
        content = file.getvalue()
        keep(runs_root(), view.scenario.id, file.name, content, view.scenario)
    except ScenarioError as error:
        st.html(fault_table(error.faults, lang))
        return
    st.rerun()


def _stands(view: View, seen: Look, found: list[Reached]) -> None:
    heading(view, "app.year.stands")
    lang, scenario = view.lang, view.scenario
    start = nowview.start_of(view.run)
    st.html(progress_table(scenario, found, seen.standing, start, view.as_of, lang))
    head, rows = figures_table(scenario, found, lang)
    align = ("text", *[NUMBER] * (len(head) - 1))
    table(head, rows, "app.year.stands.title", align, lang)


def _week(view: View, items: dict[ItemKind, list[Named]]) -> None:
    """Draw the weekly check: how many of each kind, then each kind."""
    heading(view, "app.year.week")
    lang, scenario = view.lang, view.scenario
    if not items:
        st.html(markup.paragraph(t("app.year.week.none", lang)))
        return
    head, counted = weeklist.counts(items, scenario, lang)
    caption = t("app.year.week.title", lang)
    align = ("text", *[NUMBER] * (len(head) - 1))
    st.html(markup.table(head, counted, caption=caption, align=align))
    keys = ("subject", "bureau", "day", "said")
    titles = [t(f"app.year.column.{key}", lang) for key in keys]
    for kind, entries in items.items():
        name = t(f"app.year.item.{kind}", lang)
        rows = weeklist.rows(entries[:_SHOWN], scenario, lang)
        with st.expander(t("app.year.listed", lang, what=name, n=count(len(entries)))):
            _more(len(entries), lang)
            st.html(
                markup.table(
                    titles, rows, caption=name, align=["text", SHORT, SHORT, WIDE], tall=True
                )
            )


def _quality(view: View, seen: Look) -> None:
    """Draw what could not be read and what is odd about the ledger."""
    heading(view, "app.year.quality")
    lang, ledger = view.lang, seen.ledger
    odd = seen.known.remarks
    numbers = {"rows": count(ledger.n_rows), "faults": len(ledger.faults), "odd": len(odd)}
    words = t("app.year.quality.said", lang, **numbers, day=write_day(view.as_of, lang))
    st.html(markup.paragraph(words))
    if ledger.faults:
        label = t("app.year.listed", lang, what=t("app.year.faults", lang), n=len(ledger.faults))
        with st.expander(label):
            st.html(fault_table(ledger.faults, lang))
    if not odd:
        return
    keys = ("table", "entry", "counts", "odd")
    head = [t(f"app.year.column.{key}", lang) for key in keys]
    with st.expander(t("app.year.listed", lang, what=t("app.year.remarks", lang), n=len(odd))):
        _more(len(odd), lang)
        st.html(
            markup.table(
                head,
                weeklist.remark_rows(odd[:_SHOWN], lang),
                caption=t("app.year.remarks", lang),
                align=[SHORT, SHORT, SHORT, WIDE],
                tall=True,
            )
        )


def _more(n: int, lang: Lang) -> None:
    if n > _SHOWN:
        st.html(markup.paragraph(t("app.year.more", lang, shown=_SHOWN, n=count(n))))

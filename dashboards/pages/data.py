"""Data: choose a scenario, take it away as a workbook, bring it back, edit it, start a run."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Final

import streamlit as st

from dashboards import access, address, frame, jobs, jobview, library, markup, notices
from dashboards.dataeditor import tables
from dashboards.dataform import settings
from dashboards.datareview import ROUND, SAVED, review
from dashboards.downloads import Download, offer_in
from dashboards.faulttable import fault_table
from dashboards.format import day as write_day
from dashboards.format import days as write_days
from dashboards.library import Entry
from dashboards.markup import SHORT, Align, Cell
from dashboards.runs import runs_root
from dashboards.texts import LANGS, t
from dashboards.uploads import Proposal, read_uploads, remarks
from scenarios.faults import ScenarioError
from scenarios.model import Scenario
from scenarios.part import DateRange, Lang
from scenarios.schema import json_schema
from scenarios.workbook.write import workbook_bytes
from scenarios.writing import scenario_yaml

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

_CHOICE = "data-scenario"
_READ = "data-read"
_JOB = "data-job"
_LARGEST_MB = 10


def show() -> None:
    """Draw the page."""
    frame.desk("data", _body)


@st.cache_resource(max_entries=16, show_spinner=False)
def _opened(root: str, name: str, stamp: int) -> Scenario:
    """Read a scenario once: one that was written since is another one."""
    del stamp
    return library.load(Path(root), name)


def _body(lang: Lang) -> None:
    root = runs_root()
    entry = _chosen(root, lang)
    saved = st.session_state.pop(SAVED, None)
    if saved is not None:
        st.html(markup.notice(t("app.data.saved", lang, name=saved)))
    try:
        scenario = _opened(str(root), entry.id, library.stamp(root, entry.id))
    except ScenarioError as error:
        st.html(markup.notice(t("app.data.unreadable", lang, name=entry.id), "alert"))
        st.html(fault_table(error.faults, lang))
        return
    _lead(scenario, lang)
    left, right = st.columns([1, 1])
    with left:
        offer_in(lang, _downloads(scenario, lang))
    with right:
        _start(root, scenario, entry, lang)
    parts = ("upload", "tables", "settings", "holidays")
    names = [t(f"app.data.part.{part}", lang) for part in parts]
    upload, edit, form, holidays = st.tabs(names, key=f"data-parts-{lang}")
    with upload:
        _upload(root, scenario, lang)
    with edit:
        tables(lang, root, scenario)
    with form:
        settings(lang, root, scenario)
    with holidays:
        _holidays(scenario, lang)


def _chosen(root: Path, lang: Lang) -> Entry:
    """Offer the scenarios; the address remembers which."""
    entries = {entry.id: entry for entry in library.list_scenarios(root)}
    asked = address.get("scenario")
    entry = entries.get(asked or "") or next(iter(entries.values()))
    st.session_state[_CHOICE] = entry.id
    st.selectbox(
        t("app.data.scenario", lang),
        list(entries),
        format_func=lambda name: _named(entries[name], lang),
        key=_CHOICE,
        on_change=lambda: address.put("scenario", st.session_state[_CHOICE]),
    )
    if asked is not None and asked not in entries:
        st.html(markup.notice(t("app.data.gone", lang, name=asked), "alert"))
    return entry


def _named(entry: Entry, lang: Lang) -> str:
    title = entry.title.get(lang) if entry.title else t("app.data.broken", lang)
    kind = t("app.data.own" if entry.own else "app.data.shipped", lang)
    return t("app.data.entry", lang, title=title, name=entry.id, kind=kind)


def _lead(scenario: Scenario, lang: Lang) -> None:
    home = scenario.organisation
    words = t(
        "app.data.lead",
        lang,
        title=scenario.title.get(lang),
        span=write_days(scenario.horizon.start, scenario.horizon.end, lang),
        bureaus=len(home.bureaus),
        persons=len(scenario.persons),
        companies=len(scenario.companies),
        targets=len(scenario.targets),
    )
    st.html(markup.paragraph(words, "lead"))
    said = [notices.invented(scenario, lang), notices.predicted(scenario, lang)]
    st.html("".join(markup.notice(one) for one in said if one))


def _downloads(scenario: Scenario, lang: Lang) -> list[Download]:
    name = f"{scenario.id}-{lang}"
    return [
        Download("template", f"{name}.xlsx", XLSX, lambda: workbook_bytes(scenario, lang)),
        Download(
            "scenario-yaml",
            f"{scenario.id}.yaml",
            "application/yaml",
            lambda: scenario_yaml(scenario).encode(),
        ),
        Download(
            "schema",
            "scenario.schema.json",
            "application/schema+json",
            lambda: json.dumps(json_schema(), ensure_ascii=False, indent=1).encode(),
        ),
    ]


def _start(root: Path, scenario: Scenario, entry: Entry, lang: Lang) -> None:
    """Offer to compute the scenario as a job, and follow the job."""
    if not access.may_plan():
        st.html(markup.paragraph(t("app.data.look", lang)))
        return
    if st.button(t("app.data.start", lang), icon=":material/play_arrow:", key="data-start"):
        title = {x: t("app.data.job", x, title=scenario.title.get(x)) for x in LANGS}
        argv = ["run", library.source_of(root, entry.id)]
        st.session_state[_JOB] = jobs.submit(
            root, argv, title=title, scenario=scenario.id, by=access.user()
        )
    if _JOB in st.session_state:
        jobview.watch(st.session_state[_JOB], lang)


def _upload(root: Path, base: Scenario, lang: Lang) -> None:
    """Take files, check them, and show what they would change."""
    st.html(markup.paragraph(t("app.data.upload.note", lang)))
    files = st.file_uploader(
        t("app.data.upload", lang, mb=_LARGEST_MB),
        accept_multiple_files=True,
        key=f"data-upload-{st.session_state.get(ROUND, 0)}",
        max_upload_size=_LARGEST_MB,
    )
    if not files:
        return
    proposal = _read([(file.name, file.getvalue()) for file in files], base)
    for line in remarks(proposal, lang):
        st.html(markup.paragraph(line))
    review(lang, root, base, proposal, "upload")


def _read(files: list[tuple[str, bytes]], base: Scenario) -> Proposal:
    """Read an upload once: every touch of the page asks again."""
    digest = hashlib.sha256(base.content_hash.encode())
    for name, raw in files:
        digest.update(name.encode() + b"\0" + hashlib.sha256(raw).digest())
    key = digest.hexdigest()
    kept = st.session_state.get(_READ)
    if kept is None or kept[0] != key:
        kept = (key, read_uploads(files, base))
        st.session_state[_READ] = kept
    found: Proposal = kept[1]
    return found


def _holidays(scenario: Scenario, lang: Lang) -> None:
    """List the days off by year, each with the word for how sure it is."""
    st.html(markup.paragraph(t("app.data.holidays.note", lang)))
    for year in scenario.calendar.years:
        status, grade = _status(year.status, lang), markup.trust(year.trust, lang)
        rows: list[list[Cell]] = [
            [day.name.get(lang), _span(day, lang), status, grade] for day in year.holidays
        ]
        rows += [
            [t("app.data.make-up", lang), write_day(day, lang), status, grade]
            for day in year.make_up_days
        ]
        _days(t("app.data.year", lang, year=year.year), year.source, rows, lang)
    closures: list[list[Cell]] = [
        [
            closure.name.get(lang),
            _span(closure, lang),
            _status(closure.status, lang),
            markup.trust(closure.trust, lang),
        ]
        for closure in scenario.calendar.closures
    ]
    if closures:
        _days(t("app.data.closures", lang), "", closures, lang)


def _days(title: str, source: str, rows: list[list[Cell]], lang: Lang) -> None:
    """Draw a table of days under its title."""
    said = t("app.data.source", lang, source=source) if source else ""
    st.html(markup.section(title, said))
    head = [t(f"app.data.column.{key}", lang) for key in ("name", "days", "status", "trust")]
    align: tuple[Align, ...] = (SHORT, SHORT, SHORT, "text")
    st.html(markup.table(head, rows, caption=title, align=align))


def _span(days: DateRange, lang: Lang) -> str:
    if days.start == days.end:
        return write_day(days.start, lang)
    return write_days(days.start, days.end, lang)


def _status(status: str, lang: Lang) -> markup.Markup:
    return markup.flag(
        "course" if status == "official" else "risk", t(f"app.data.status.{status}", lang)
    )

"""The desk on which planners edit a draft: the strip, what the audit says of it, the tables."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Final

import streamlit as st

from dashboards import access, draft, frame, markup
from dashboards.draft import Draft
from dashboards.edits import Edits, LeaveKey, edited_plan, expect_known, expect_open, unmet
from dashboards.format import day as write_day
from dashboards.format import days as write_days
from dashboards.frame import View
from dashboards.labels import person_labels
from dashboards.rotation import again, details, editor, literal, moves, publishing, sheets
from dashboards.rotation.checking import leaves_in, presence_in, verdict
from dashboards.rotation.strip import Strip
from dashboards.runlist import Listed, listing
from dashboards.runs import Run, RunError, runs_root
from dashboards.texts import t
from planner.audit import Finding, audit
from planner.moving import Judged, compared
from planner.plan import tables
from scenarios.calendar import Period
from scenarios.part import Lang

KEY: Final = "calendar-strip"
_TURN, _DID, _PROBLEM, _OPENED = (f"calendar-{x}" for x in ("turn", "did", "problem", "opened"))
_WHOLE: Final = "whole"

Change = Callable[[Draft], Draft]


def desk(view: View) -> None:
    """Draw the desk; who may not plan is told so."""
    lang = view.lang
    frame.heading(view, "app.calendar.edit")
    if not access.may_plan():
        st.html(markup.notice(t("app.calendar.edit.not_allowed", lang)))
        literal.card(view)
        return
    if view.run.edited():
        st.html(markup.notice(t("app.calendar.edit.altered", lang), "alert"))
        return
    newer = _newer(view.run)
    if newer is not None:
        st.html(markup.notice(t("app.calendar.edit.newer", lang, run=newer.id), "alert"))
    _desk(view)
    literal.card(view)


@st.fragment
def _desk(view: View) -> None:
    lang, root = view.lang, runs_root()
    problem = st.session_state.pop(_PROBLEM, None)
    if isinstance(problem, RunError):
        st.html(markup.notice(problem.text(lang), "alert"))
    try:
        now = draft.load(root, view.run)
    except RunError as error:
        st.html(markup.notice(error.text(lang), "alert"))
        st.button(
            t("app.calendar.edit.discard", lang),
            key="calendar-discard",
            on_click=lambda: draft.discard(root, view.run.id),
        )
        return
    judged = _judged(view.run, now.edits)
    _toolbar(view, now)
    _strip(view, now, judged)
    st.html(_count(now, lang))
    if now.edits.count:
        st.html(_check(view, judged) + _unmet(view, now, judged))
    _details(view, now, judged)
    sheets.leaves(view, now, judged.plan, edit_of(view))
    sheets.groups(view, now, judged.plan, edit_of(view))
    sheets.days(view, now, edit_of(view))
    again.offer(view, now)
    publishing.offer(view)


def edit_of(view: View) -> Callable[[Change, str], None]:
    """Return what takes a step in the draft of a run, for callbacks.

    The step is refused, and that is said on the page, where the draft cannot be read or written.
    """

    def edit(change: Change, did: str = "") -> None:
        root = runs_root()
        st.session_state[_TURN] = st.session_state.get(_TURN, 0) + 1
        st.session_state[_DID] = ""
        try:
            before = draft.load(root, view.run)
            after = change(before)
            scenario, plan = view.run.scenario, view.run.plan
            expect_known(scenario, plan, after.edits)
            first = scenario.days.date_of(publishing.frozen(view))
            if after.at >= before.at:
                expect_open(scenario, plan, after.edits, first)
            if after != before:
                draft.save(root, after)
        except RunError as error:
            st.session_state[_PROBLEM] = error
            return
        st.session_state[_DID] = did

    return edit


def _newer(run: Run) -> Listed | None:
    """Return the newest run of the scenario where it is newer than this one."""
    found = listing(runs_root()).runs
    newest = next((x for x in found if x.scenario_id == run.head.scenario_id), None)
    return newest if newest and newest.created > run.head.created else None


@st.cache_resource(max_entries=8, show_spinner=False)
def _audited(folder: str, plan_hash: str, _run: Run) -> tuple[Finding, ...]:
    """Audit a run's plan once: every edit is compared with it."""
    del folder, plan_hash
    return audit(_run.scenario, tables(_run.scenario, _run.plan))


def _judged(run: Run, edits: Edits) -> Judged:
    after = edited_plan(run.scenario, run.plan, edits)
    before = _audited(str(run.folder), run.head.plan_hash, run)
    return compared(run.scenario, run.plan, after, before)


def _toolbar(view: View, now: Draft) -> None:
    """Draw what takes steps back, and how the strip behaves."""
    lang, edit = view.lang, edit_of(view)
    with st.container(horizontal=True, vertical_alignment="center"):
        for name, usable, change in (
            ("undo", now.can_undo, Draft.undone),
            ("redo", now.can_redo, Draft.redone),
            ("reset", bool(now.edits.count), lambda draft: draft.then(Edits())),
        ):
            st.button(
                t(f"app.calendar.edit.{name}", lang),
                key=f"calendar-{name}",
                disabled=not usable,
                on_click=edit,
                args=(change, t(f"app.calendar.edit.{name}.done", lang)),
            )
        st.toggle(
            t("app.calendar.edit.along", lang),
            key="calendar-along",
            help=t("app.calendar.edit.along.help", lang),
            persist_state="session",
        )
    labels = [_WHOLE, *(period.label for period in view.scenario.periods)]
    st.segmented_control(
        t("app.calendar.edit.window", lang),
        labels,
        default=_WHOLE,
        format_func=lambda label: t("app.whole_horizon", lang) if label == _WHOLE else label,
        key="calendar-window",
        required=True,
        label_visibility="collapsed",
        wrap=True,
    )


def _strip(view: View, now: Draft, judged: Judged) -> None:
    scenario, lang = view.scenario, view.lang
    shown = st.session_state.get("calendar-window", _WHOLE)
    whole = Period(_WHOLE, 0, scenario.days.n_days)
    window = next((period for period in scenario.periods if period.label == shown), whole)
    strip = Strip(
        scenario=scenario,
        before=view.run.plan,
        plan=judged.plan,
        edits=now.edits,
        window=window,
        frozen=publishing.frozen(view),
        presence=presence_in(judged.findings),
        broken=leaves_in(scenario, judged.plan, judged.broken),
        said=_said(view, judged),
        turn="",
    )
    content = json.dumps([strip.data(lang), st.session_state.get(_TURN, 0)], sort_keys=True)
    turn = hashlib.sha256(content.encode()).hexdigest()[:12]
    editor.draw(
        replace(strip, turn=turn),
        lang,
        KEY,
        moved=lambda: _moved(view),
        opened=lambda: _opened(view),
        pinned=lambda: _pinned(view),
    )
    words = [t("app.calendar.edit.help", lang)]
    if strip.frozen:
        words.append(t("app.calendar.edit.frozen", lang))
    st.html("".join(map(markup.paragraph, words)))


def _said(view: View, judged: Judged) -> str:
    """Return what is read out: what was done, and what the audit says of the draft now."""
    did = st.session_state.get(_DID, "")
    if not did:
        return ""
    kind = "broken" if judged.broken else "kept"
    return f"{did} {t(f'app.calendar.check.{kind}', view.lang, n=len(judged.broken))}"


def _moved(view: View) -> None:
    """Take the step that was made on the strip."""
    done = editor.event(KEY, "moved")
    key = _key(view, done.get("person"), done.get("period"))
    day = editor.day_in(view.scenario, done.get("start"))
    if key is None or day is None:
        return
    along = bool(st.session_state.get("calendar-along"))

    def change(now: Draft) -> Draft:
        return now.then(moves.move_leave(view.run, now.edits, key, day, along=along))

    st.session_state[_OPENED] = key
    edit_of(view)(change, move_in_words(view, key, day))


def move_in_words(view: View, key: LeaveKey, day: date) -> str:
    """Say where a leave was put."""
    days = write_days(day, moves.last_day(view.scenario, day), view.lang, year=False)
    who = person_labels(view.scenario, view.lang)[key[0]]
    return t("app.calendar.strip.put", view.lang, who=who, days=days)


def _opened(view: View) -> None:
    done = editor.event(KEY, "opened")
    st.session_state[_OPENED] = _key(view, done.get("person"), done.get("period"))


def _pinned(view: View) -> None:
    """Hold the leave that was named on the strip, or let it go."""
    done = editor.event(KEY, "pinned")
    key = _key(view, done.get("person"), done.get("period"))
    if key is not None:
        hold(view, key)


def hold(view: View, key: LeaveKey) -> None:
    """Hold a leave, or let it go where it is held."""
    root = runs_root()
    held = key in draft.load(root, view.run).edits.held_leaves
    who = person_labels(view.scenario, view.lang)[key[0]]
    did = t(f"app.calendar.edit.{'let_go' if held else 'held'}", view.lang, who=who, period=key[1])
    edit_of(view)(lambda now: now.then(now.edits.with_leave_held(key, not held)), did)


def _key(view: View, person: object, period: object) -> LeaveKey | None:
    """Return the leave that the browser named, where the plan has it."""
    known = {(x.person, x.period) for x in view.run.plan.leaves}
    key = (str(person), str(period))
    return key if key in known else None


def _count(now: Draft, lang: Lang) -> str:
    n = now.edits.count
    return markup.paragraph(t(f"app.calendar.edit.{'count' if n else 'none'}", lang, n=n), "lead")


def _check(view: View, judged: Judged) -> str:
    return f'<div class="b-check">{verdict(view.scenario, judged, view.lang)}</div>'


def _unmet(view: View, now: Draft, judged: Judged) -> str:
    """Say which held days the draft does not keep yet."""
    lang, names = view.lang, person_labels(view.scenario, view.lang)
    lines = [
        t(
            "app.calendar.days.line",
            lang,
            who=names[person],
            day=write_day(day, lang, year=False),
            status=t(f"status.{status}", lang),
        )
        for person, day, status in unmet(view.scenario, judged.plan, now.edits)
    ]
    if not lines:
        return ""
    return markup.notice(t("app.calendar.days.unmet", lang), "alert") + markup.bullets(lines)


def _details(view: View, now: Draft, judged: Judged) -> None:
    """Draw the leave that was opened on the strip."""
    key = st.session_state.get(_OPENED)
    leave = next((x for x in judged.plan.leaves if (x.person, x.period) == key), None)
    if leave is not None:
        details.leave_card(view, now, judged.plan, leave, edit_of(view))

"""Planning again from a draft: the job, and what it changed with the reasons."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from pathlib import Path
from typing import Final

import streamlit as st

from dashboards import access, address, draft, jobs, jobview, markup
from dashboards.draft import Draft
from dashboards.edits import LeaveKey, carried
from dashboards.format import count
from dashboards.frame import View, heading
from dashboards.jobs import Job
from dashboards.labels import without_ids
from dashboards.markup import NUMBER, WIDE, Cell
from dashboards.rotation.choice import choose, chosen
from dashboards.rotation.reasons import Replanned
from dashboards.runlist import listing
from dashboards.runs import Run, RunError, read_run, runs_root
from dashboards.texts import LANGS, t
from planner.changes import Change, in_words
from scenarios.part import Lang

_TODAY: Final = "calendar-again-today"


def offer(view: View, now: Draft) -> None:
    """Draw the button that plans again, its progress, and what came of it."""
    lang = view.lang
    heading(view, "app.calendar.again")
    left, right = st.columns([2, 5], vertical_alignment="bottom")
    today = left.date_input(
        t("app.calendar.again.today", lang),
        value=view.as_of,
        min_value=view.scenario.horizon.start,
        max_value=view.scenario.horizon.end,
        key=_TODAY,
        format="YYYY-MM-DD",
    )
    right.button(
        t("app.calendar.again.start", lang),
        key="calendar-again",
        type="primary",
        disabled=not now.edits.count,
        on_click=lambda: _start(view, now, st.session_state[_TODAY]),
    )
    if isinstance(today, date) and now.edits.count:
        found = runs_root() / name_of(view.run, now, today)
        if found.is_dir():
            _result(view, found)
            return
    job = jobs.get(runs_root(), chosen("job") or "")
    if job is None or job.argv[:2] != ("replan", str(view.run.folder.resolve())):
        return
    if job.is_open:
        jobview.watch(job.id, lang, then=lambda _: st.rerun())
    else:
        _ended(view, job)


def name_of(run: Run, now: Draft, today: date) -> str:
    """Return the id of the run that comes of a draft: the same question has the same one."""
    asked = [run.head.plan_hash, today.isoformat(), draft.to_json(now)["steps"][now.at]]
    name = hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()[:8]
    return f"{run.head.scenario_id}-again-{name}"


def command(run: Run, file: Path, today: date) -> list[str]:
    """Return the command line that plans again, after ``bureau``.

    Parameters
    ----------
    run
        The run whose plan is published or edited.
    file
        The draft as it was asked for; the new run bears its name.
    today
        What began before this day stays.
    """
    folder, root = run.folder.resolve(), runs_root().resolve()
    return [
        "replan",
        str(folder),
        str(folder / "scenario.json"),
        "--today",
        today.isoformat(),
        "--draft",
        str(file.resolve()),
        "--out",
        str(root / file.stem),
    ]


def _start(view: View, now: Draft, today: date) -> None:
    title = {lang: t("app.calendar.again.job", lang, run=view.run.id) for lang in LANGS}
    file = draft.snapshot(runs_root(), now, name_of(view.run, now, today))
    argv = command(view.run, file, today)
    scenario, by = view.scenario.id, access.user()
    choose("job", jobs.submit(runs_root(), argv, title=title, scenario=scenario, by=by))


def _ended(view: View, job: Job) -> None:
    """Say how a job ended that left no run."""
    lang = view.lang
    if job.result is not None and job.result.is_dir():
        _result(view, job.result)
        return
    words = job.message[lang] if job.message else t("app.calendar.again.nothing", lang)
    st.html(markup.notice(words, "alert"))


def _result(view: View, folder: Path) -> None:
    """Draw what a run changed, and the way to it."""
    try:
        made = read_run(folder)
        st.html(changes(view.run, made, view.lang))
    except RunError as error:
        st.html(markup.notice(error.text(view.lang), "alert"))
        return

    def show() -> None:
        _carry(view.run, made)
        address.put("run", made.id)
        choose("view", None)
        choose("job", None)

    if st.button(t("app.calendar.again.show", view.lang, run=made.id), key="calendar-show"):
        show()
        st.rerun()


def _carry(before: Run, made: Run) -> None:
    """Hold in a new run what was held in the draft behind it, unless it has a draft already."""
    root = runs_root()
    asked = draft.asked_file(root, made.id)
    if asked.is_file() and not draft.place_of(root, made.id).exists():
        edits = draft.read(asked).edits
        kept = carried(made.scenario, before.plan, edits, made.plan)
        draft.save(root, draft.begun(made).then(kept))


def changes(before: Run, after: Run, lang: Lang) -> str:
    """Return what differs between two runs of one scenario, with cost and reason.

    Parameters
    ----------
    before, after
        The run that was planned again, and the one that came of it.
    lang
        Language of all words.
    """
    found = after.changes
    if not found:
        return markup.notice(t("app.calendar.changes.none", lang))
    replanned = Replanned(after.scenario, before.plan, after.plan, by_hand(after))
    summary = t(
        "app.calendar.changes.summary",
        lang,
        n=len(found),
        leaves=sum(change.kind == "leave-moved" for change in found),
        groups=replanned.groups_moved(),
        days=replanned.person_days(),
        cost=count(sum(change.cost for change in found)),
    )
    rows = [_row(replanned, change, lang) for change in found]
    head = [t(f"app.calendar.changes.{key}", lang) for key in ("what", "cost", "why")]
    caption = t("app.calendar.changes.title", lang)
    table = markup.table(
        head, rows, caption=caption, align=[WIDE, NUMBER, WIDE], tall=len(rows) > 12
    )
    return markup.paragraph(summary, "lead") + table


def origin(run: Run) -> Run | None:
    """Return the run that a run was planned again from, where it still is there."""
    wanted = run.head.inputs.plan_hash
    found = (x for x in listing(runs_root()).runs if x.plan_hash == wanted and x.id != run.id)
    # The oldest with that plan: later ones may have been made from it without a change.
    first = min(found, key=lambda x: (x.created, x.id), default=None)
    return None if first is None else read_run(first.folder)


def by_hand(after: Run) -> frozenset[LeaveKey]:
    """Return the leaves that the draft behind a run moved or held."""
    file = draft.asked_file(runs_root(), after.id)
    if not file.is_file():
        return frozenset()
    edits = draft.read(file).edits
    return edits.held_leaves | edits.leaves.keys()


def _row(replanned: Replanned, change: Change, lang: Lang) -> list[Cell]:
    words = without_ids(in_words(replanned.scenario, change).get(lang), replanned.scenario)
    return [words, count(change.cost), replanned.reason(change, lang)]

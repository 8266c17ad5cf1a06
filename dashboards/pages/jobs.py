"""The jobs: what is computed now, what was, how to start more, and what the results take up."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import streamlit as st

from dashboards import access, frame, index, joblist, jobs, jobview, markup, publications, runlist
from dashboards.commands.options import LARGEST_SEED
from dashboards.commands.simulation import FUTURES, simulation
from dashboards.jobs import Job
from dashboards.labels import distinct
from dashboards.runlist import Listed
from dashboards.runs import SCENARIOS, RunError, runs_root
from dashboards.store import default_folder
from dashboards.texts import t
from scenarios.faults import ScenarioError
from scenarios.library import SCENARIO_FILE, shipped
from scenarios.load import load_scenario
from scenarios.part import Lang, Text

JOB: Final = "job"
"""Where the address names the job that is watched."""

EFFORT_S: Final = 30
"""Effort of a plan unless somebody asks for another, in seconds."""


@dataclass(frozen=True, slots=True)
class Source:
    """A scenario that a run can be made of: what it is called, and what commands call it."""

    title: Text
    argument: str


def show() -> None:
    """Draw the page."""
    frame.desk("jobs", _body)


def _body(lang: Lang) -> None:
    root = runs_root()
    found, runs = jobs.list_jobs(root), runlist.listing(root).runs
    st.html(markup.paragraph(joblist.summary(found, runs, lang), "lead"))
    for file in index.set_aside(root):
        words = RunError("index.set-aside", file=file).text(lang)
        st.html(markup.notice(words, "alert"))
    _watched(found, lang)
    if access.may_plan():
        _start(root, lang)
    else:
        st.html(markup.paragraph(t("app.jobs.viewer", lang)))
    _history(root, found, lang)
    _runs(root, runs, lang)


def _watched(found: Sequence[Job], lang: Lang) -> None:
    """Draw the job the address names, else the one that runs."""
    running = next((job.id for job in reversed(found) if job.is_open), None)
    wanted = st.query_params.get(JOB) or running
    if wanted is None:
        return
    # In the address it is found again when the page is loaded anew.
    st.query_params[JOB] = wanted
    is_open = any(job.id == wanted and job.is_open for job in found)
    key = "app.jobs.now" if is_open else "app.jobs.over"
    st.html(markup.section(t(f"{key}.title", lang), t(f"{key}.note", lang)))
    jobview.watch(wanted, lang)


def _start(root: Path, lang: Lang) -> None:
    """Offer to run a scenario."""
    sources = _sources(root)
    st.html(markup.section(t("app.jobs.start.title", lang), t("app.jobs.start.note", lang)))
    with st.form("jobs-start", border=True):
        first, *others = st.columns([4, 2, 2, 2])
        labels = distinct({key: source.title.get(lang) for key, source in sources.items()})
        key = first.selectbox(
            t("app.jobs.scenario", lang),
            list(labels),
            format_func=labels.__getitem__,
            key="jobs-scenario",
        )
        limits = (
            ("effort", EFFORT_S, 1, 3600),
            ("futures", FUTURES, 1, 1_000_000),
            ("seed", 1, 0, min(LARGEST_SEED, 2**53 - 1)),
        )
        effort, futures, seed = (
            int(
                column.number_input(
                    t(f"app.jobs.{name}", lang),
                    value=value,
                    min_value=least,
                    max_value=most,
                    step=1,
                    key=f"jobs-{name}",
                )
            )
            for column, (name, value, least, most) in zip(others, limits, strict=True)
        )
        helps = [t(f"app.jobs.{name}.help", lang) for name, *_ in limits]
        st.html("".join(map(markup.paragraph, helps)))
        pressed = st.form_submit_button(t("app.jobs.start", lang), type="primary")
    if pressed and key is not None:
        _submit(root, key, sources[key], effort, futures, seed, lang)


def _submit(
    root: Path, key: str, source: Source, effort: int, futures: int, seed: int, lang: Lang
) -> None:
    """Queue a run, unless the same one is there already, and watch it."""
    try:
        scenario = load_scenario(source.argument)
    except ScenarioError as error:
        words = "\n".join(fault.text(lang) for fault in error.faults)
        st.html(jobview.said(words, "alert"))
        return
    asked = simulation(
        seed=seed, futures=futures, engine="kernel", tails=None, precision=None, keep_outcomes=None
    )
    folder = root / default_folder(scenario, asked.inputs(time_limit_s=float(effort))).name
    link = jobview.run_link(folder, lang)
    if link is not None:
        words = markup.notice(t("app.jobs.same", lang, run=folder.name))
        st.html(words + f'<p class="b-note">{link.html}</p>')
        return
    # A core stays free for whoever looks at the pages meanwhile; no result depends on it.
    workers = max(1, (os.cpu_count() or 1) - 1)
    options = {"time-limit": effort, "futures": futures, "seed": seed, "workers": workers}
    words_of = [word for name, value in options.items() for word in (f"--{name}", str(value))]
    _watch(
        jobs.submit(
            root,
            ["run", source.argument, *words_of, "--lang", lang],
            title={
                "zh": t("app.jobs.run-title", "zh", scenario=source.title.zh),
                "en": t("app.jobs.run-title", "en", scenario=source.title.en),
            },
            scenario=key,
            by=access.user(),
        )
    )


def _history(root: Path, found: Sequence[Job], lang: Lang) -> None:
    """Draw all jobs, and one of them with what can be done about it."""
    st.html(markup.section(t("app.jobs.history.title", lang), t("app.jobs.history.note", lang)))
    if not found:
        st.html(markup.paragraph(t("app.jobs.history.none", lang)))
        return
    if any(job.is_open for job in found):
        _moving(lang)
    else:
        st.html(joblist.jobs_table(found, lang))
    named = {
        job.id: f"{job.title[lang]} · {joblist.moment(job.created)} · {job.id}" for job in found
    }
    chosen = st.selectbox(
        t("app.jobs.one", lang), list(named), format_func=named.__getitem__, key="jobs-one"
    )
    _one(root, next(job for job in found if job.id == chosen), lang)


@st.fragment(run_every="2s")
def _moving(lang: Lang) -> None:
    """Draw the table of jobs again and again while one of them moves."""
    st.html(joblist.jobs_table(jobs.list_jobs(runs_root()), lang))


def _one(root: Path, job: Job, lang: Lang) -> None:
    """Draw what is known of a job, and the buttons that fit its state."""
    is_watched = job.id == st.query_params.get(JOB)
    if job.message is not None and not is_watched:
        st.html(jobview.said(job.message[lang], "info" if job.state == "stopped" else "alert"))
    st.html(markup.command(f"bureau {' '.join(job.argv)}"))
    log = jobs.log_tail(root, job.id)
    with st.expander(t("app.jobs.log", lang)):
        st.code(log or t("app.jobs.log.none", lang), language=None)
    is_published = job.result is not None and job.result.name in publications.published_runs(root)
    may_change = access.may_plan() and not job.is_open
    with st.container(horizontal=True, vertical_alignment="center"):
        if job.is_open and not is_watched and st.button(t("app.jobs.watch", lang)):
            _watch(job.id)
        if may_change and st.button(t("app.jobs.again", lang), disabled=is_published):
            again = joblist.again(job)
            by = access.user()
            _watch(jobs.submit(root, again, title=job.title, scenario=job.scenario, by=by))
        if may_change and st.button(t("app.jobs.delete-job", lang)):
            _forget(root, job)
        if _is_run(job):
            st.html(_compare_link(job, lang), width="content")
    if may_change:
        st.html(markup.paragraph(t(f"app.jobs.after{'.published' if is_published else ''}", lang)))


def _forget(root: Path, job: Job) -> None:
    jobs.delete(root, job.id)
    if st.query_params.get(JOB) == job.id:
        del st.query_params[JOB]
    st.rerun()


def _runs(root: Path, runs: Sequence[Listed], lang: Lang) -> None:
    """Draw the runs with what they take on the disk, and let one be deleted."""
    st.html(markup.section(t("app.jobs.runs.title", lang), t("app.jobs.runs.note", lang)))
    if not runs:
        st.html(markup.paragraph(t("app.jobs.runs.none", lang)))
        return
    published = publications.published_runs(root)
    st.html(joblist.runs_table(runs, published, lang))
    free = joblist.size(shutil.disk_usage(root).free)
    st.html(markup.paragraph(t("app.jobs.free", lang, free=free, folder=root.absolute())))
    kept = [run.id for run in runs if run.id not in published]
    if not access.may_plan() or not kept:
        return
    with st.form("jobs-delete-run", border=True, clear_on_submit=True):
        left, middle, right = st.columns([4, 4, 2], vertical_alignment="bottom")
        chosen = left.selectbox(
            t("app.jobs.delete-run.which", lang),
            kept,
            index=None,
            placeholder=t("app.jobs.delete-run.choose", lang),
        )
        sure = middle.checkbox(t("app.jobs.delete-run.sure", lang))
        pressed = right.form_submit_button(t("app.jobs.delete-run", lang), width="stretch")
    if not pressed:
        return
    if chosen is None or not sure:
        st.html(markup.notice(t("app.jobs.delete-run.unsure", lang), "alert"))
        return
    runlist.delete_run(root, chosen)
    st.rerun()


def _watch(job_id: str) -> None:
    """Show a job at the top of the page from now on."""
    st.query_params[JOB] = job_id
    st.rerun()


def _is_run(job: Job) -> bool:
    return job.result is not None and (job.result / "run.json").is_file()


def _compare_link(job: Job, lang: Lang) -> str:
    """Return the way to the comparison of what a job wrote with other runs."""
    run = job.result.name if job.result is not None else ""
    return jobview.link("compare", t("app.jobs.compare", lang), lang=lang, run=run).html


def _sources(root: Path) -> dict[str, Source]:
    """Return the scenarios a run can be made of, by id: one's own first, then those shipped."""
    own = sorted((root / SCENARIOS).glob(f"*/{SCENARIO_FILE}"))
    found = {
        file.parent.name: Source(
            _title(str(file.parent.resolve()), file.stat().st_mtime_ns), str(file.parent.resolve())
        )
        for file in own
    }
    return {**found, **{name: Source(_title(name, 0), name) for name in shipped()}}


@st.cache_data(max_entries=64, show_spinner=False)
def _title(argument: str, written_ns: int) -> Text:
    """Return what a scenario is called; its folder's name where it cannot be read."""
    del written_ns
    try:
        return load_scenario(argument).title
    except ScenarioError:
        name = Path(argument).name
        return Text(zh=name, en=name)

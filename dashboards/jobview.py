"""A job as people watch it: a bar that moves while it runs, and in words how it ended."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from typing import Final
from urllib.parse import urlencode

import streamlit as st

from dashboards import access, jobs, markup
from dashboards.format import count
from dashboards.format import seconds as write_seconds
from dashboards.jobs import Job, State
from dashboards.markup import Markup
from dashboards.palette import ACCENT, Outlook
from dashboards.runs import RunError, runs_root
from dashboards.texts import t
from scenarios.part import Lang

TONE: Final[dict[State, Outlook]] = {
    "done": "course",
    "stopped": "risk",
    "failed": "out",
    "lost": "out",
}
"""How the ends of jobs look; one that is not over is neither good nor bad."""

_QUIET: Final = "<style>[data-testid=stStatusWidget]{visibility:hidden}</style>"
"""Hides the server's own sign of being busy: it offers a stop too, which is not the job's."""


def watch(job_id: str, lang: Lang, *, then: Callable[[Job], None] | None = None) -> None:
    """Draw a job: once a second while it waits or runs, then what came of it.

    Parameters
    ----------
    job_id
        The job.
    lang
        Language of all words.
    then
        Called with the job each time the page is drawn once the job is over, however it ended.
    """
    job = jobs.get(runs_root(), job_id)
    if job is None:
        st.html(markup.notice(t("job.gone", lang), "alert"))
    elif job.is_open:
        st.html(_QUIET)
        _follow(job_id, job.state, lang)
    else:
        st.html(outcome(job, lang))
        if then is not None:
            then(job)


@st.fragment(run_every="1s")
def _follow(job_id: str, known: State, lang: Lang) -> None:
    """Draw a job as it stands now; once its state is another, the whole page is drawn anew."""
    try:
        job = jobs.get(runs_root(), job_id)
    except RunError as error:
        st.html(markup.notice(error.text(lang), "alert"))
        return
    if job is None or job.state != known:
        st.rerun()
    left, right = st.columns([6, 1], vertical_alignment="bottom")
    with left:
        st.progress(share(job), progress(job, lang))
    if access.may_plan():
        # Asked a second time a job ends at once: the button says so.
        word = "job.end-now" if job.stops else "job.stop"
        right.button(
            t(word, lang),
            key=f"job-stop-{job_id}",
            on_click=jobs.stop,
            args=(runs_root(), job_id),
            width="stretch",
        )


def share(job: Job) -> float:
    """Return how much of its step a job has done, from 0 to 1."""
    return min(1.0, job.done / job.total) if job.total else 0.0


def progress(job: Job, lang: Lang) -> str:
    """Say in one line what a job is doing, how far it is, and how long it has taken."""
    words = [job.title[lang], state_word(job, lang)]
    if job.state == "running" and job.step is not None:
        words.append(step(job, lang))
    if job.gap is not None:
        words.append(t("job.gap", lang, gap=gap(job)))
    if job.started is not None:
        words.append(t("job.took", lang, time=write_seconds(taken(job), lang)))
    return " · ".join(words)


def step(job: Job, lang: Lang) -> str:
    """Say which step a job is in, and how far; empty before the first."""
    if job.step is None:
        return ""
    name = t(f"step.{job.step}", lang)
    if not job.total:
        return name
    return t("job.step", lang, step=name, done=count(job.done), total=count(job.total))


def gap(job: Job) -> str:
    """Return how far a plan may be from the best, in percent; empty where nothing is known."""
    return "" if job.gap is None else f"{100 * job.gap:.1f}%"


def taken(job: Job) -> float:
    """Return how long a job has been running, or ran, in seconds; 0 before it began."""
    if job.started is None:
        return 0.0
    return ((job.ended or datetime.now(UTC)) - job.started).total_seconds()


def state_word(job: Job, lang: Lang) -> str:
    """Return the word for a job's state."""
    stopping = job.state == "running" and job.stops
    return t("job.state.stopping" if stopping else f"job.state.{job.state}", lang)


def state_flag(job: Job, lang: Lang) -> Markup:
    """Return the word for a job's state on its colour, with its sign."""
    tone = TONE.get(job.state)
    if tone is None:
        return Markup(f'<span class="b-badge b-plain">{escape(state_word(job, lang))}</span>')
    return markup.flag(tone, state_word(job, lang))


def outcome(job: Job, lang: Lang) -> str:
    """Return how a job ended: its state, why, and the way to what it wrote."""
    words = [f"<strong>{escape(job.title[lang])}</strong> {state_flag(job, lang).html}"]
    words.append(escape(t("job.took", lang, time=write_seconds(taken(job), lang))))
    link = run_link(job.result, lang)
    if link is not None:
        words.append(link.html)
    html = f'<p class="b-lead">{" · ".join(words)}</p>'
    if job.message is not None:
        html += said(job.message[lang], "info" if job.state == "stopped" else "alert")
    return html


def said(message: str, kind: str) -> str:
    """Return a message of several lines as a notice."""
    box = markup.notice(message, "alert" if kind == "alert" else "info")
    return box.replace("\n", "<br>")


def run_link(folder: Path | None, lang: Lang, words: str | None = None) -> Markup | None:
    """Return the way to a run in the dashboard, or None where there is none to show.

    Parameters
    ----------
    folder
        What was written.
    lang
        Language of the page it leads to.
    words
        What is to be pressed; that the result is to be opened where nothing is given.
    """
    if folder is None or not (folder / "run.json").is_file():
        return None
    if folder.resolve().parent != runs_root().resolve():
        return None
    page = "cockpit" if (folder / "forecast.json").is_file() else "calendar"
    return link(page, words or t("job.open-result", lang), lang=lang, run=folder.name)


def link(page: str, words: str, **query: str) -> Markup:
    """Return a way to another page of the dashboard."""
    address = escape(f"{page}?{urlencode(query)}")
    style = f"color:{ACCENT}"
    return Markup(f'<a href="{address}" target="_self" style="{style}">{escape(words)}</a>')

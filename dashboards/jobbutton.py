"""A button that starts one job, and the job as it runs."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dashboards import access, jobs, jobview, markup
from dashboards.runs import runs_root
from dashboards.texts import LANGS, t
from scenarios.part import Lang


def offer(argv: Sequence[str], key: str, scenario: str, lang: Lang) -> None:
    """Offer to run a command of ``bureau`` as a job, and watch it while it runs.

    Somebody else's job of the same command is watched, too.

    Parameters
    ----------
    argv
        The command line, without ``bureau`` before it.
    key
        Its texts in the catalogue: ``<key>.button`` and ``<key>.job``.
    scenario
        Id of the scenario it is about.
    lang
        Language of all words.
    """
    same = [job for job in jobs.list_jobs(runs_root()) if job.argv == tuple(argv)]
    running = next((job.id for job in same if job.is_open), None)
    memory = f"job-{' '.join(argv)}"
    watched = running or st.session_state.get(memory)
    if running is None:
        watched = _start(argv, key, scenario, memory, lang) or watched
    if watched is not None:
        jobview.watch(watched, lang)


def _start(argv: Sequence[str], key: str, scenario: str, memory: str, lang: Lang) -> str | None:
    if not access.may_plan():
        st.html(markup.paragraph(t("outlook.job.planners", lang)))
        return None
    if not st.button(t(f"{key}.button", lang), key=f"start-{key}", icon=":material/play_arrow:"):
        return None
    title = {one: t(f"{key}.job", one) for one in LANGS}
    found = jobs.submit(runs_root(), list(argv), title=title, scenario=scenario, by=access.user())
    st.session_state[memory] = found
    return found

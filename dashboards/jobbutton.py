"""A button that starts a job, or the command line where this house has no queue."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec
from typing import Final

import streamlit as st

from dashboards import access, markup
from dashboards.runs import runs_root
from dashboards.texts import LANGS, t
from scenarios.part import Lang

_QUEUE: Final = find_spec("dashboards.jobs") is not None
"""Whether there is a queue to put jobs into."""


def offer(argv: Sequence[str], key: str, scenario: str, lang: Lang) -> None:
    """Offer to run a command of ``bureau`` as a job, and watch it while it runs.

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
    if not access.may_plan():
        st.html(markup.paragraph(t("outlook.job.planners", lang)))
        return
    if not _QUEUE:
        st.html(markup.paragraph(t("outlook.job.command", lang)))
        st.html(markup.command(" ".join(["bureau", *argv])))
        return
    jobs, jobview = import_module("dashboards.jobs"), import_module("dashboards.jobview")
    memory = f"job-{' '.join(argv)}"
    if st.button(t(f"{key}.button", lang), key=f"start-{key}", icon=":material/play_arrow:"):
        title = {one: t(f"{key}.job", one) for one in LANGS}
        st.session_state[memory] = jobs.submit(
            runs_root(), list(argv), title=title, scenario=scenario, by=access.user()
        )
    if memory in st.session_state:
        jobview.watch(st.session_state[memory], lang, then=lambda _job: st.rerun())

"""Starting a job from a page: the button, and what is seen of it while it works."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from dashboards import access, jobs, jobview
from dashboards.frame import View
from dashboards.jobs import Job
from dashboards.runs import runs_root
from scenarios.part import Lang


def offer(
    argv: Sequence[str], title: Mapping[Lang, str], view: View, *, label: str, key: str
) -> None:
    """Draw a button that starts ``bureau <argv>`` as a job, and its progress once it runs.

    Parameters
    ----------
    argv
        Of the command, without its name.
    title
        What the list of jobs calls it.
    view
        What is shown.
    label
        Of the button.
    key
        Tells this button from others of the page.
    """
    kept = f"job-{key}-{view.run.id}"
    if st.button(label, icon=":material/play_arrow:", key=f"start-{key}"):
        st.session_state[kept] = jobs.submit(
            runs_root(), argv, title=title, scenario=view.scenario.id, by=access.user()
        )

    def ended(job: Job) -> None:
        # The result is on the page, which is drawn again with it; a failure stays to be read.
        if job.state == "done":
            del st.session_state[kept]
            st.rerun()

    if kept in st.session_state:
        jobview.watch(st.session_state[kept], view.lang, then=ended)

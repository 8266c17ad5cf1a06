"""Starting a job from a page: the button, and what is seen of it while it works."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module
from importlib.util import find_spec

import streamlit as st

from dashboards import access, markup
from dashboards.frame import View
from dashboards.runs import runs_root
from dashboards.texts import t
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
    lang = view.lang
    if find_spec("dashboards.jobs") is None:
        st.html(markup.paragraph(t("app.starting.typed", lang)))
        words = " ".join(("bureau", *argv))
        st.html(markup.scroller(markup.command(words), words))
        return
    jobs, jobview = (import_module(f"dashboards.{name}") for name in ("jobs", "jobview"))
    kept = f"job-{key}-{view.run.id}"
    if st.button(label, icon=":material/play_arrow:", key=f"start-{key}"):
        st.session_state[kept] = jobs.submit(
            runs_root(), argv, title=title, scenario=view.scenario.id, by=access.user()
        )
    if kept in st.session_state:
        jobview.watch(st.session_state[kept], lang, then=lambda _: st.rerun())

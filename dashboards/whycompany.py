"""Why a company comes when it does, or not at all: the price of another arrangement, as a card."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import streamlit as st

from dashboards import access, jobs, jobview, markup
from dashboards.frame import View
from dashboards.labels import in_words, subject_labels, without_ids
from dashboards.runs import DRAFTS, Run, runs_root
from dashboards.texts import LANGS, t
from dashboards.visiting import Asker
from scenarios.model import Scenario
from scenarios.part import Lang

_JOB: Final = "visits-why-job"


def card(view: View, asker: Asker) -> None:
    """Draw the answer where somebody asked before; else offer to ask, as a job.

    Parameters
    ----------
    view
        The run.
    asker
        The company asked about; one that failed screening is not asked about.
    """
    lang, answer = view.lang, answer_file(view.run, asker.company.id)
    if asker.status == "screened-out":
        st.html(markup.paragraph(t("app.visits.why.screened", lang)))
        return
    if answer.is_file():
        found = json.loads(answer.read_text(encoding="utf-8"))
        st.html(explained(view.scenario, found, lang))
        return
    job = jobs.get(runs_root(), st.session_state.get(_JOB, ""))
    if job is not None and job.argv[-1] == str(answer):
        if job.is_open:
            jobview.watch(job.id, lang, then=lambda _: st.rerun())
        else:
            words = job.message[lang] if job.message else t("app.visits.why.nothing", lang)
            st.html(markup.notice(words, "alert"))
        return
    if not access.may_plan():
        st.html(markup.paragraph(t("app.visits.why.planners", lang)))
    elif st.button(t("app.visits.why.ask", lang), key="visits-why", icon=":material/help:"):
        st.session_state[_JOB] = _ask(view.run, asker, answer)
        st.rerun()


def answer_file(run: Run, company: str) -> Path:
    """Return where the answer about a company of a plan lies."""
    name = hashlib.sha256(f"why {run.head.plan_hash} {company}".encode()).hexdigest()[:12]
    return runs_root().resolve() / DRAFTS / "asked" / f"{name}.answer.json"


def explained(scenario: Scenario, answer: Mapping[str, Any], lang: Lang) -> str:
    """Return what ``bureau why`` answered, by the names that people know.

    Parameters
    ----------
    scenario
        What was asked about.
    answer
        What ``bureau why --answer`` kept: its first line in both languages, and those below it.
    lang
        Language of all words.
    """
    labels = subject_labels(scenario, lang)
    plain = (without_ids(line.strip(), scenario) for line in answer["lines"][lang])
    first, *others = (in_words(line, labels) for line in plain)
    body = markup.bullets(others) if others else ""
    return markup.paragraph(first, "lead") + body


def _ask(run: Run, asker: Asker, answer: Path) -> str:
    answer.parent.mkdir(parents=True, exist_ok=True)
    names = {lang: asker.company.name.get(lang) for lang in LANGS}
    title = {lang: t("app.visits.why.job", lang, company=names[lang]) for lang in LANGS}
    argv = ["why", str(run.folder.resolve()), "--company", asker.company.id]
    argv += ["--answer", str(answer)]
    return jobs.submit(runs_root(), argv, title=title, scenario=run.scenario.id, by=access.user())

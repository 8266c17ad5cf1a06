"""What if the monthly rule is read word for word: the count, the smallest conflict, the repairs."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import streamlit as st

from dashboards import access, jobs, jobview, markup
from dashboards.checks import rule_label
from dashboards.frame import View
from dashboards.labels import without_ids
from dashboards.rotation.choice import choose, chosen
from dashboards.runs import DRAFTS, runs_root
from dashboards.texts import LANGS, t
from planner.conflicts import certificate
from scenarios.model import Scenario
from scenarios.part import Lang

LITERAL: Final = "monthly-literal"


def card(view: View) -> None:
    """Draw the card; the conflict and the repairs are a job's to find."""
    lang = view.lang
    owed = view.scenario.rules.presence.days_per_month
    with st.expander(t("app.calendar.literal.title", lang, days=owed), icon=":material/help:"):
        scenario = read_literally(view.scenario)
        st.html(arithmetic(scenario, lang))
        asked, answer = files_of(scenario)
        if answer.is_file():
            found = json.loads(answer.read_text(encoding="utf-8"))
            st.html(explained(scenario, found, lang))
            return
        job = jobs.get(runs_root(), chosen("job") or "")
        if job is not None and job.argv[:1] == ("explain",):
            if job.is_open:
                jobview.watch(job.id, lang, then=lambda _: st.rerun())
            else:
                words = job.message[lang] if job.message else t("app.calendar.again.nothing", lang)
                st.html(markup.notice(words, "alert"))
            return
        if access.may_plan() and st.button(
            t("app.calendar.literal.ask", lang), key="calendar-literal"
        ):
            _ask(view, scenario, asked, answer)
            st.rerun()


def arithmetic(scenario: Scenario, lang: Lang) -> str:
    """Return what counting alone tells of a scenario that is read literally."""
    counted = certificate(scenario)
    if counted is None:
        return markup.paragraph(t("app.calendar.literal.possible", lang), "lead")
    month = max(month.n_days for month in scenario.days.months)
    length, owed = scenario.rules.leave.length_days, scenario.rules.presence.days_per_month
    words = {"month": month, "length": length, "left": month - length, "days": owed}
    lines = [without_ids(text.get(lang), scenario) for text in counted.lines]
    title = t("app.calendar.literal.counted", lang)
    lead = markup.paragraph(t("app.calendar.literal.lead", lang, **words), "lead")
    return lead + markup.listing(title, lines)


def read_literally(scenario: Scenario) -> Scenario:
    """Return a scenario that asks for the days at post of every month, word for word."""
    presence = scenario.rules.presence.model_copy(update={"policy": LITERAL})
    rules = scenario.rules.model_copy(update={"presence": presence})
    return scenario.model_copy(update={"rules": rules})


def files_of(scenario: Scenario) -> tuple[Path, Path]:
    """Return where the question and the answer of a scenario lie."""
    content = f"explain {scenario.content_hash}"
    name = hashlib.sha256(content.encode()).hexdigest()[:12]
    folder = runs_root().resolve() / DRAFTS / "literal"
    return folder / f"{name}.json", folder / f"{name}.answer.json"


def explained(scenario: Scenario, answer: Mapping[str, Any], lang: Lang) -> str:
    """Return an explanation in words: the smallest conflict of its kind, and what would mend it.

    Parameters
    ----------
    scenario
        What was asked about.
    answer
        What ``bureau explain --json`` found.
    lang
        Language of all words.
    """
    if answer["feasible"]:
        return markup.notice(t("app.calendar.literal.feasible", lang))
    parts = []
    conflicts = answer["conflicts"]
    if conflicts:
        first = conflicts[0]
        lines = [without_ids(demand["text"][lang], scenario) for demand in first["demands"]]
        kind = "minimal" if first["minimal"] else "small"
        title = t(f"app.calendar.literal.{kind}", lang, n=len(lines))
        parts += [markup.listing(title, lines)]
        parts += [markup.paragraph(t("app.calendar.literal.alike", lang, n=len(conflicts)))]
    cheapest, others = _ways(answer["repairs"])
    for kind, repairs in (("cheapest", cheapest), ("other", others)):
        if repairs:
            given_up = [x for repair in repairs for x in repair["given_up"]]
            proven = all(repair["proven"] for repair in repairs)
            proof = t(f"app.calendar.literal.{'proven' if proven else 'found'}", lang)
            title = t(f"app.calendar.literal.{kind}", lang, n=len(given_up), proof=proof)
            parts.append(markup.listing(title, _by_rule(given_up, lang)))
    settings = [setting["text"][lang] for setting in answer["settings"]]
    if settings:
        parts.append(markup.listing(t("app.calendar.literal.settings", lang), settings))
    return "".join(parts)


def _ways(repairs: Sequence[dict[str, Any]]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return the cheapest repair of each bureau and period, and all others."""
    cheapest: dict[tuple[str, str], dict[str, Any]] = {}
    for repair in sorted(repairs, key=lambda x: x["cost"]):
        cheapest.setdefault((repair["bureau"], repair["period"]), repair)
    chosen_ones = list(cheapest.values())
    return chosen_ones, [x for x in repairs if all(x is not one for one in chosen_ones)]


def _by_rule(given_up: list[dict[str, Any]], lang: Lang) -> list[str]:
    """Say how often each rule would have to give way, and for how many persons."""
    lines = []
    for rule in dict.fromkeys(x["rule"] for x in given_up):
        own = [x for x in given_up if x["rule"] == rule]
        who = len({x["subject"] for x in own})
        words = {"rule": rule_label(rule, lang), "n": len(own), "who": who}
        lines.append(t("app.calendar.literal.gives", lang, **words))
    return lines


def _ask(view: View, scenario: Scenario, asked: Path, answer: Path) -> None:
    asked.parent.mkdir(parents=True, exist_ok=True)
    asked.write_text(scenario.model_dump_json(), encoding="utf-8")
    title = {lang: t("app.calendar.literal.job", lang) for lang in LANGS}
    argv = ["explain", str(asked), "--answer", str(answer)]
    job = jobs.submit(runs_root(), argv, title=title, scenario=view.scenario.id, by=access.user())
    choose("job", job)

"""Publishing a plan: which version holds, what changed since, and why one is refused."""

from __future__ import annotations

import streamlit as st

from dashboards import access, checks, markup, publications
from dashboards.frame import View, heading
from dashboards.labels import without_ids
from dashboards.publications import Publication
from dashboards.runs import RunError, find_run, runs_root
from dashboards.texts import t
from planner.changes import diff, in_words

SHOWN = 12
"""Changes that are written out; of more, the number is said."""


def frozen(view: View) -> int:
    """Return the first day still to be planned: the as-of date once a plan was published."""
    if publications.published(runs_root(), view.scenario.id) is None:
        return 0
    return view.scenario.days.day_of(view.as_of)


def line(view: View) -> str:
    """Return which version of the scenario's plan holds, as one sentence."""
    last = publications.published(runs_root(), view.scenario.id)
    if last is None:
        return t("app.calendar.publish.none", view.lang)
    kind = "this" if last.plan_hash == view.run.head.plan_hash else "other"
    return t(f"app.calendar.publish.{kind}", view.lang, **_words(last, view))


def offer(view: View) -> None:
    """Draw what is published, what this plan would change, and the button."""
    lang = view.lang
    heading(view, "app.calendar.publish")
    last = publications.published(runs_root(), view.scenario.id)
    st.html(markup.paragraph(line(view), "lead"))
    if last is not None and last.plan_hash == view.run.head.plan_hash:
        return
    if last is not None:
        st.html(_since(view, last))
    refused = refusal(view)
    if refused:
        st.html(markup.notice(refused, "alert"))
        return
    note = st.text_input(
        t("app.calendar.publish.note_field", lang), key="calendar-publish-note", max_chars=200
    )
    version = last.version + 1 if last else 1
    if st.button(t("app.calendar.publish.do", lang, version=version), key="calendar-publish"):
        try:
            publications.publish(runs_root(), view.run, by=access.user(), note=note)
        except RunError as error:
            st.html(markup.notice(error.text(lang), "alert"))
        else:
            st.rerun()


def refusal(view: View) -> str:
    """Say why the plan cannot be published; empty where it can."""
    broken = checks.tally(checks.checks(view.run.audit))["violated"]
    if broken:
        return t("app.calendar.publish.broken", view.lang, n=broken)
    if not view.run.head.complete:
        return t("app.calendar.publish.stopped", view.lang)
    return ""


def _since(view: View, last: Publication) -> str:
    """Return what this plan changes of the one that holds."""
    lang = view.lang
    try:
        before = find_run(last.run, runs_root())
        found = diff(view.scenario, before.plan, view.run.plan)
    except RunError as error:
        return markup.notice(error.text(lang), "alert")
    lines = [
        without_ids(in_words(view.scenario, change).get(lang), view.scenario)
        for change in found[:SHOWN]
    ]
    if len(found) > SHOWN:
        lines.append(t("app.calendar.check.more", lang, n=len(found) - SHOWN))
    title = t("app.calendar.publish.since", lang, version=last.version, n=len(found))
    return markup.listing(title, lines)


def _words(last: Publication, view: View) -> dict[str, object]:
    note = t("app.calendar.publish.said", view.lang, note=last.note) if last.note else ""
    return {
        "version": last.version,
        "run": last.run,
        "when": last.published_at.strftime("%Y-%m-%d %H:%M UTC"),
        "by": last.by or t("app.calendar.publish.nobody", view.lang),
        "note": note,
    }

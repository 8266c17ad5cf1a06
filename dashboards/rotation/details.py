"""One leave opened: its days, its groups with who comes and receives, and what can be held."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from dashboards import markup
from dashboards.draft import Draft
from dashboards.format import day as write_day
from dashboards.format import days as write_days
from dashboards.frame import View
from dashboards.labels import person_labels
from dashboards.rotation.moves import groups_in
from dashboards.texts import t
from planner.plan import Leave, Plan, Visit

Edit = Callable[[Callable[[Draft], Draft], str], None]
"""Takes a step in the draft; the text says what was done."""


def leave_card(view: View, now: Draft, plan: Plan, leave: Leave, edit: Edit) -> None:
    """Draw a leave with its groups, and offer to hold them.

    Parameters
    ----------
    view, now, plan
        The run, its draft, and the edited plan.
    leave
        The leave as edited.
    edit
        Takes a step in the draft.
    """
    lang, scenario = view.lang, view.scenario
    key = (leave.person, leave.period)
    groups = groups_in(plan, leave)
    who = person_labels(scenario, lang)[leave.person]
    date_of = scenario.days.date_of
    when = write_days(date_of(leave.start), date_of(leave.end), lang, year=False)
    clearing = write_day(date_of(leave.clearing_day), lang, year=False)
    with st.container(border=True):
        words = {"who": who, "period": leave.period, "days": when, "clearing": clearing}
        st.html(markup.paragraph(t("app.calendar.details.leave", lang, **words), "lead"))
        lines = [group_in_words(view, visit) for visit in groups]
        st.html(markup.bullets(lines or [t("app.calendar.next.no_groups", lang)]))
        with st.container(horizontal=True):
            held = key in now.edits.held_leaves
            name = "release" if held else "hold"
            st.button(
                t(f"app.calendar.details.{name}", lang),
                key=f"calendar-hold-{leave.person}-{leave.period}",
                on_click=edit,
                args=(
                    lambda draft: draft.then(draft.edits.with_leave_held(key, not held)),
                    t(
                        f"app.calendar.edit.{'let_go' if held else 'held'}",
                        lang,
                        who=who,
                        period=leave.period,
                    ),
                ),
            )
            for visit in groups:
                _hold_group(view, now, visit, edit)


def group_in_words(view: View, visit: Visit) -> str:
    """Say when a group comes, who is in it and who receives it."""
    lang, scenario = view.lang, view.scenario
    date_of = scenario.days.date_of
    names = {company.id: company.name.get(lang) for company in scenario.companies}
    leader = t("app.calendar.details.nobody", lang)
    if visit.leader is not None and visit.leader_day is not None:
        day = write_day(date_of(visit.leader_day), lang, year=False)
        leader = f"{scenario.leader(visit.leader).title.get(lang)} {day}"
    return t(
        "app.calendar.details.group",
        lang,
        days=write_days(date_of(visit.start), date_of(visit.end), lang, year=False),
        n=len(visit.companies),
        names=t("app.list", lang).join(names[company] for company in visit.companies),
        leader=leader,
        host=scenario.host_unit(visit.host_unit).name.get(lang),
    )


def _hold_group(view: View, now: Draft, visit: Visit, edit: Edit) -> None:
    lang = view.lang
    held = visit.id in now.edits.held_visits
    day = write_day(view.scenario.days.date_of(visit.start), lang, year=False)
    name = t(f"app.calendar.details.{'release' if held else 'hold'}_group", lang, day=day)
    st.button(
        name,
        key=f"calendar-hold-{visit.id}",
        on_click=edit,
        args=(lambda draft: draft.then(draft.edits.with_visit_held(visit.id, not held)), name),
    )

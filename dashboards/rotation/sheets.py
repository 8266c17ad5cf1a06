"""The tables that say the same as the strip: first days, holds, and the status of single days."""

from __future__ import annotations

from typing import Any

import streamlit as st

from dashboards.draft import Draft
from dashboards.edits import Edits
from dashboards.format import day as write_day
from dashboards.frame import View
from dashboards.labels import person_labels
from dashboards.rotation import moves
from dashboards.rotation.details import Edit
from dashboards.rotation.moves import Rows
from dashboards.texts import t
from planner.pins import DayStatus
from planner.plan import Plan

_STATUSES: tuple[DayStatus, ...] = ("post", "leave")


def leaves(view: View, now: Draft, plan: Plan, edit: Edit) -> None:
    """Draw the table of leaves."""
    rows = moves.leave_rows(view.scenario, plan, now.edits, view.lang)

    def change(state: Any, edits: Edits) -> Edits:
        return moves.with_leave_rows(view.run, edits, rows, state)

    _sheet(view, now, "leaves", rows, change, edit)


def groups(view: View, now: Draft, plan: Plan, edit: Edit) -> None:
    """Draw the table of groups."""
    rows = moves.group_rows(view.scenario, plan, now.edits, view.lang)

    def change(state: Any, edits: Edits) -> Edits:
        return moves.with_group_rows(view.run, edits, rows, state)

    if rows.keys:
        _sheet(view, now, "groups", rows, change, edit)


def _sheet(view: View, now: Draft, name: str, rows: Rows[Any], change: Any, edit: Edit) -> None:
    """Draw a table to edit; nothing counts before it is taken over."""
    lang, horizon = view.lang, view.scenario.horizon
    # Another revision is another table: what was typed into the one before does not count twice.
    key = f"calendar-{name}-{now.revision}-{lang}"
    with st.expander(t(f"app.calendar.table.{name}", lang)), st.form(f"{key}-form", border=False):
        st.data_editor(
            rows.frame,
            key=key,
            hide_index=True,
            num_rows="fixed",
            disabled=["what", "when", "note"],
            column_config={
                "what": t(f"app.calendar.table.{name}.what", lang),
                "when": t(f"app.calendar.table.{name}.when", lang),
                "start": st.column_config.DateColumn(
                    t("app.calendar.table.start", lang),
                    min_value=horizon.start,
                    max_value=horizon.end,
                    format="YYYY-MM-DD",
                    required=True,
                ),
                "held": st.column_config.CheckboxColumn(t("app.calendar.table.held", lang)),
                "note": t("app.calendar.table.note", lang),
            },
        )
        st.form_submit_button(
            t("app.calendar.table.take", lang),
            on_click=lambda: edit(
                lambda draft: draft.then(change(st.session_state.get(key), draft.edits)),
                t("app.calendar.table.taken", lang),
            ),
        )


def days(view: View, now: Draft, edit: Edit) -> None:
    """Draw the days that are held, and a form that holds one more."""
    lang, scenario = view.lang, view.scenario
    names = person_labels(scenario, lang)
    with st.expander(t("app.calendar.days.title", lang, n=len(now.edits.days))):
        st.caption(t("app.calendar.days.note", lang))
        for (person, day), status in sorted(now.edits.days.items()):
            words = t(
                "app.calendar.days.line",
                lang,
                who=names[person],
                day=write_day(day, lang, year=False),
                status=t(f"status.{status}", lang),
            )
            st.button(
                t("app.calendar.days.release", lang, what=words),
                key=f"calendar-free-{person}-{day}",
                on_click=edit,
                args=(
                    lambda draft, p=person, d=day: draft.then(draft.edits.with_day(p, d, None)),
                    t("app.calendar.days.released", lang, what=words),
                ),
            )
        _day_form(view, edit)


def _day_form(view: View, edit: Edit) -> None:
    lang, scenario = view.lang, view.scenario
    names = person_labels(scenario, lang)
    with st.form("calendar-day", border=False):
        left, middle, right = st.columns(3)
        left.selectbox(
            t("app.column.person", lang),
            list(names),
            format_func=names.__getitem__,
            key="calendar-day-person",
        )
        middle.date_input(
            t("app.calendar.days.day", lang),
            value=view.as_of,
            min_value=scenario.horizon.start,
            max_value=scenario.horizon.end,
            key="calendar-day-date",
            format="YYYY-MM-DD",
        )
        right.selectbox(
            t("app.calendar.days.status", lang),
            _STATUSES,
            format_func=lambda status: t(f"status.{status}", lang),
            key="calendar-day-status",
        )

        def hold() -> None:
            asked = [st.session_state[f"calendar-day-{x}"] for x in ("person", "date", "status")]
            edit(
                lambda draft: draft.then(draft.edits.with_day(*asked)),
                t("app.calendar.days.held", lang),
            )

        st.form_submit_button(t("app.calendar.days.hold", lang), on_click=hold)

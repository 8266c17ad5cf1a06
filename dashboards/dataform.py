"""The settings of a scenario as a form made of the model: title, unit, clause, allowed values."""

from __future__ import annotations

from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Any

import streamlit as st

from dashboards import access, markup
from dashboards.datareview import ROUND, review
from dashboards.texts import t
from dashboards.uploads import Proposal
from scenarios.faults import ScenarioError
from scenarios.model import Scenario
from scenarios.part import Lang
from scenarios.workbook.cells import written
from scenarios.workbook.choices import meaning, unit_words
from scenarios.workbook.columns import Column
from scenarios.workbook.grid import SETTINGS_KEY
from scenarios.workbook.layout import SETTING_COLUMNS
from scenarios.workbook.read import with_tables
from scenarios.workbook.rows import settings_grid, settings_of
from scenarios.workbook.words import allowed_words

_CHECKED = "data-settings-checked"
_LONG = ("note.zh", "note.en", "synthetic_note.zh", "synthetic_note.en")


def settings(lang: Lang, root: Path, base: Scenario) -> None:
    """Draw the form of all settings, and what it would change."""
    st.html(markup.paragraph(t("app.data.settings.note", lang)))
    values = settings_of(base)
    at = f"{base.content_hash[:12]}-{st.session_state.get(ROUND, 0)}"
    may = access.may_plan()
    found: dict[str, Any] = dict(values)
    with st.form(f"data-form-{at}", border=False):
        # The id is given where a scenario is saved.
        columns = [column for name, column in SETTING_COLUMNS.items() if name != "id"]
        for group, members in groupby(columns, key=lambda column: _group(column, lang)):
            with st.expander(group):
                places = st.columns(2)
                for number, column in enumerate(members):
                    with places[number % 2]:
                        key = f"data-set-{at}-{column.name}"
                        found[column.name] = _input(column, values[column.name], key, lang, may)
        asked = st.form_submit_button(t("app.data.check", lang), disabled=not may)
    if asked:
        st.session_state[_CHECKED] = (at, _proposed(base, found, lang))
    kept = st.session_state.get(_CHECKED)
    if kept is not None and kept[0] == at:
        review(lang, root, base, kept[1], "settings")


def _proposed(base: Scenario, values: dict[str, Any], lang: Lang) -> Proposal:
    grid = settings_grid({}, lang)
    cells = {name: values[name] for name in SETTING_COLUMNS}
    rows = tuple(
        row if row.number == 1 else type(row)(row.number, (row.cells[0], cells[row.cells[0]]))
        for row in grid.rows
    )
    try:
        return Proposal(with_tables(base, {SETTINGS_KEY: type(grid)(grid.title, rows)}, grid.title))
    except ScenarioError as error:
        return Proposal(None, error.faults)


def _group(column: Column, lang: Lang) -> str:
    titles = [part.get(lang) for part in column.group[:2]]
    return _capital(" · ".join(titles)) if titles else t("app.data.settings.head", lang)


def _input(column: Column, value: Any, key: str, lang: Lang, may: bool) -> Any:
    """Draw the input of one setting; return what it holds, as a cell of the sheet of settings."""
    title = column.title.get(lang)
    if len(column.group) > 2:
        title = f"{column.group[-1].get(lang)}{t('app.data.of', lang)}{title}"
    unit = unit_words(column.unit, lang)
    label = _capital(t("app.data.setting", lang, title=title, unit=unit) if unit else title)
    common: dict[str, Any] = {"key": key, "help": _help(column, lang), "disabled": not may}
    if column.kind == "flag":
        return st.checkbox(label, bool(value), **common)
    if column.kind == "choice" and not column.many:
        options = list(column.choices)
        return st.selectbox(
            label,
            options,
            index=options.index(value) if value in options else None,
            format_func=lambda one: meaning(one, lang),
            **common,
        )
    if column.kind in ("whole", "number") and not column.many:
        return _number(column, value, label, common)
    if column.kind == "day" and not column.many:
        given = date.fromisoformat(value) if value else None
        return st.date_input(label, given, format="YYYY-MM-DD", **common)
    text = written(value, column, lang)
    shown = "" if text is None else str(text)
    if column.name in _LONG:
        return st.text_area(label, shown, **common)
    return st.text_input(label, shown, **common)


def _number(column: Column, value: Any, label: str, common: dict[str, Any]) -> Any:
    """Draw the input of a number; its bounds are checked with all else, in words."""
    if column.kind == "whole":
        return st.number_input(label, value=value, step=1, **common)
    given = None if value is None else float(value)
    return st.number_input(label, value=given, step=0.05, format="%g", **common)


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _plain(default: Any) -> Any:
    return list(default) if isinstance(default, tuple) else default


def _help(column: Column, lang: Lang) -> str:
    """Return what stands behind the question mark: what is allowed, the default, the clause."""
    words = [t("app.data.help.allowed", lang, words=allowed_words(column, lang))]
    if not column.required and column.default not in (None, "", ()):
        shown = written(_plain(column.default), column, lang)
        if column.kind == "choice" and not column.many:
            shown = meaning(shown, lang)
        words.append(t("app.data.help.default", lang, words=shown))
    if column.clause:
        words.append(t("app.data.help.clause", lang, words=column.clause))
    words.append(t("app.data.help.key", lang, words=column.name))
    return "  \n".join(words)

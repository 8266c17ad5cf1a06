"""Tables of a scenario edited in place: what the grid on the page shows, and what comes back."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import pandas as pd
import streamlit as st
from streamlit.column_config import (
    CheckboxColumn,
    DateColumn,
    NumberColumn,
    SelectboxColumn,
    TextColumn,
)

from dashboards import access, markup
from dashboards.datareview import ROUND, review
from dashboards.differing import Names, names_of
from dashboards.texts import t
from dashboards.uploads import Proposal
from scenarios.faults import ScenarioError
from scenarios.model import Scenario
from scenarios.part import Lang
from scenarios.workbook.cells import written
from scenarios.workbook.choices import meaning
from scenarios.workbook.columns import Column
from scenarios.workbook.grid import Grid, Row
from scenarios.workbook.layout import SHEETS, Sheet
from scenarios.workbook.read import with_tables
from scenarios.workbook.rows import Values, rows_of
from scenarios.workbook.words import allowed_words

FIRST: Final = ("companies", "leaders", "leader_days", "leave_wishes", "holidays", "closures")
"""The tables that are edited most, offered before the others."""

_CHECKED = "data-checked"
_DTYPES: Final = {"flag": "boolean", "whole": "Int64", "number": "Float64"}


def tables(lang: Lang, root: Path, base: Scenario) -> None:
    """Draw the choice of a table, the table to edit, and what the edit would change."""
    st.html(markup.paragraph(t("app.data.tables.note", lang)))
    order = (*FIRST, *(key for key in SHEETS if key not in FIRST))
    key = st.selectbox(
        t("app.data.table", lang),
        order,
        format_func=lambda one: SHEETS[one].title.get(lang),
        key="data-table",
        persist_state="session",
    )
    sheet = SHEETS[key]
    at = f"{base.content_hash[:12]}-{key}-{st.session_state.get(ROUND, 0)}"
    may = access.may_plan()
    with st.form(f"data-edit-{at}", border=False):
        edited = st.data_editor(
            frame_of(sheet, rows_of(base)[key], lang),
            key=f"data-editor-{at}-{lang}",
            num_rows="dynamic" if may else "fixed",
            disabled=not may,
            column_config=_config(sheet, base, lang),
            hide_index=False,
            height=430,
            placeholder="",
            alt=t("app.data.table.alt", lang, table=sheet.title.get(lang)),
        )
        asked = st.form_submit_button(t("app.data.check", lang), disabled=not may)
    if asked:
        grid = grid_of(sheet, edited, lang)
        st.session_state[_CHECKED] = (at, _proposed(base, key, grid))
    kept = st.session_state.get(_CHECKED)
    if kept is not None and kept[0] == at:
        review(lang, root, base, kept[1], "tables", by_title=True)


def frame_of(sheet: Sheet, rows: list[Values], lang: Lang) -> pd.DataFrame:
    """Return a table as the page's grid shows it: typed columns by name, rows counted from 1."""
    columns = {}
    index = pd.RangeIndex(1, len(rows) + 1)
    for place, column in enumerate(sheet.columns):
        values = [_shown(row[place], column, lang) for row in rows]
        if column.kind == "day" and not column.many:
            columns[column.name] = pd.Series(pd.to_datetime(values), index)
        else:
            dtype = "object" if column.many else _DTYPES.get(column.kind, "object")
            columns[column.name] = pd.Series(values, index, dtype=dtype)
    return pd.DataFrame(columns, index)


def grid_of(sheet: Sheet, edited: pd.DataFrame, lang: Lang) -> Grid:
    """Return an edited table as a sheet, its rows numbered as the page numbers them."""
    header = Row(0, tuple(column.title.get(lang) for column in sheet.columns))
    names = [column.name for column in sheet.columns]
    rows = [header]
    for number, (label, values) in enumerate(edited[names].iterrows(), start=1):
        cells = tuple(_plain(value) for value in values.tolist())
        if any(cell is not None for cell in cells):
            rows.append(Row(label if isinstance(label, int) else number, cells))
    return Grid(sheet.title.get(lang), tuple(rows))


def _proposed(base: Scenario, key: str, grid: Grid) -> Proposal:
    try:
        return Proposal(with_tables(base, {key: grid}, grid.title))
    except ScenarioError as error:
        return Proposal(None, error.faults)


def _shown(value: Any, column: Column, lang: Lang) -> Any:
    if column.kind == "flag":
        return value
    return written(value, column, lang)


def _plain(value: Any) -> Any:
    """Return a cell of the grid as a sheet's reader takes it."""
    if value is None or value is pd.NA or value is pd.NaT or value != value:
        return None
    if isinstance(value, pd.Timestamp):
        return value.to_pydatetime()
    if isinstance(value, str) and not value.strip():
        return None
    return value.item() if hasattr(value, "item") else value


def _config(sheet: Sheet, base: Scenario, lang: Lang) -> Mapping[str, Any]:
    names = names_of(lang, base)
    return {column.name: _column(column, names, lang) for column in sheet.columns}


def _column(column: Column, names: Names, lang: Lang) -> Any:
    title, words = column.title.get(lang), allowed_words(column, lang)
    if column.required:
        title = f"{title} *"
    if column.many or column.kind == "spans":
        return TextColumn(title, help=words)
    if column.refers and names.get(column.refers):
        known = names[column.refers]
        return SelectboxColumn(
            title, help=words, options=list(known), format_func=lambda x: known.get(str(x), str(x))
        )
    if column.kind == "choice":
        return SelectboxColumn(
            title,
            help=words,
            options=list(column.choices),
            format_func=lambda x: meaning(str(x), lang),
        )
    if column.kind == "flag":
        return CheckboxColumn(title, help=words)
    if column.kind == "day":
        return DateColumn(title, help=words, format="YYYY-MM-DD")
    if column.kind in ("whole", "number"):
        return NumberColumn(title, help=words, step=1 if column.kind == "whole" else None)
    return TextColumn(title, help=words)

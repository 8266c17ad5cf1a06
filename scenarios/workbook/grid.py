"""A sheet as read or to be written: a header and numbered rows of cells."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from scenarios.workbook.cells import is_empty
from scenarios.workbook.columns import Column
from scenarios.workbook.layout import SETTINGS_TITLE, SHEETS, Sheet

SETTINGS_KEY = "settings"
NOTE_TITLES = frozenset(("备注", "说明", "note", "notes", "remark", "remarks", "reason"))
"""Columns that are for people and never read."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its number as a spreadsheet counts, and its cells from column A on."""

    number: int
    cells: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """A sheet.

    Attributes
    ----------
    title
        What faults call it: the sheet's name in the workbook, or the file's.
    rows
        All rows that hold something, the header among them.
    merged
        Ranges of merged cells, such as ``A2:B3``.
    """

    title: str
    rows: tuple[Row, ...]
    merged: tuple[str, ...] = ()


def letter(index: int) -> str:
    """Return the letters of a column, counted from 0."""
    text = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        text = chr(ord("A") + rest) + text
    return text


def folded(text: Any) -> str:
    """Return a title so that spelling variants of it agree: width, case, blanks, dots."""
    plain = unicodedata.normalize("NFKC", str(text)).lower()
    return "".join(sign for sign in plain if not sign.isspace() and sign not in "._*")


def titles_of(column: Column) -> tuple[str, ...]:
    """Return every title under which a column is known, folded."""
    short = column.keys[-1] if column.keys[0] in ("of", "for") else column.name
    return tuple(folded(x) for x in (column.title.zh, column.title.en, column.name, short))


def columns_by_title(sheet: Sheet) -> Mapping[str, Column]:
    """Return a sheet's columns by every title they are known under."""
    return {title: column for column in sheet.columns for title in titles_of(column)}


def sheet_key(title: str) -> str | None:
    """Return which sheet a name stands for, in either language or by key; None for none."""
    return _KEYS.get(folded(title))


def header_row(rows: Sequence[Row], known: Iterable[str], look: int = 10) -> Row | None:
    """Return the row among the first that holds most of the known titles."""
    titles = frozenset(known)
    return max(
        rows[:look],
        key=lambda row: sum(folded(x) in titles for x in row.cells if not is_empty(x)),
        default=None,
    )


_KEYS: Mapping[str, str] = {
    **{
        folded(name): sheet.key
        for sheet in SHEETS.values()
        for name in (sheet.key, sheet.title.zh, sheet.title.en)
    },
    **{folded(x): SETTINGS_KEY for x in (SETTINGS_KEY, SETTINGS_TITLE.zh, SETTINGS_TITLE.en)},
}

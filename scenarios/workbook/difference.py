"""What is otherwise in one scenario than in another, sheet by sheet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from scenarios.model import Scenario
from scenarios.workbook.columns import Column
from scenarios.workbook.grid import SETTINGS_KEY
from scenarios.workbook.layout import SETTING_COLUMNS, SHEETS, Sheet
from scenarios.workbook.rows import Values, rows_of, settings_of

Kind = Literal["added", "removed", "changed"]


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is otherwise.

    Attributes
    ----------
    sheet
        Key of the sheet; ``settings`` for a setting.
    kind
        Whether a row came, went, or has another value in one column.
    row
        The row as plain data, as it is now (as it was, where it went); empty for a setting.
    column
        The setting or column that changed; None where a whole row came or went.
    before, after
        The value as plain data.
    """

    sheet: str
    kind: Kind
    row: Values = ()
    column: Column | None = None
    before: Any = None
    after: Any = None


def differences(old: Scenario, new: Scenario) -> tuple[Difference, ...]:
    """Return what is otherwise in a scenario than in another; the id of the scenario aside.

    The order of rows is no difference here. A row is the same one where its id is.
    """
    found = list(_settings(settings_of(old), settings_of(new)))
    before, after = rows_of(old), rows_of(new)
    for key, sheet in SHEETS.items():
        made = _rows_by_id if sheet.key_column else _rows_as_they_are
        found += made(sheet, before[key], after[key])
    return tuple(found)


def _settings(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Difference]:
    for name, column in SETTING_COLUMNS.items():
        if name != "id" and old[name] != new[name]:
            yield Difference(SETTINGS_KEY, "changed", (), column, old[name], new[name])


def _rows_by_id(sheet: Sheet, old: list[Values], new: list[Values]) -> Iterator[Difference]:
    had = {_id_of(sheet, row): row for row in old}
    have = {_id_of(sheet, row): row for row in new}
    for name, row in had.items():
        if name not in have:
            yield Difference(sheet.key, "removed", row)
    for name, row in have.items():
        if name not in had:
            yield Difference(sheet.key, "added", row)
            continue
        for column, before, after in zip(sheet.columns, had[name], row, strict=True):
            if before != after:
                yield Difference(sheet.key, "changed", row, column, before, after)


def _rows_as_they_are(sheet: Sheet, old: list[Values], new: list[Values]) -> Iterator[Difference]:
    """Compare rows that nothing tells apart but what they hold."""
    had, have = (Counter(map(repr, rows)) for rows in (old, new))
    for kind, rows, gone in (("removed", old, had - have), ("added", new, have - had)):
        for row in rows:
            if gone[repr(row)] > 0:
                gone[repr(row)] -= 1
                yield Difference(sheet.key, "removed" if kind == "removed" else "added", row)


def _id_of(sheet: Sheet, row: Values) -> tuple[Any, ...]:
    names = [column.name for column in sheet.columns]
    key = row[names.index(sheet.key_column or "")]
    # A person is the same one wherever posted; all else is told apart within its parent.
    return (key,) if sheet.parent is None or sheet.key == "persons" else (row[0], key)

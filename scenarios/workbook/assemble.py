"""Sheets put together: one reading of them all, with the cell of every value and all faults."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from scenarios.check import check
from scenarios.faults import Fault, ScenarioError, did_you_mean, say
from scenarios.holidays import with_holidays
from scenarios.model import Scenario
from scenarios.part import Text
from scenarios.reading import KeyPath, Place, Reading, name_of, quoted
from scenarios.workbook.cells import is_empty, plain, unknown_name
from scenarios.workbook.columns import Column
from scenarios.workbook.faultlist import each_once, in_order
from scenarios.workbook.grid import (
    SETTINGS_KEY,
    Grid,
    Row,
    columns_by_title,
    folded,
    header_row,
    letter,
)
from scenarios.workbook.header import columns_in
from scenarios.workbook.layout import SETTING_COLUMNS, SETTINGS_TITLE, SHEETS, Sheet

MAX_ROWS: Final = 5_000
"""Filled rows that one sheet may have."""

_MERGED_SHOWN = 20
_ORDER = (SETTINGS_KEY, *SHEETS)
_ONCE = say("每个编号只出现一次", "each id once")
_RENAME = say("给其中一个改名", "rename one of them")


def read_grids(grids: Mapping[str, Grid], label: str, strangers: Sequence[str] = ()) -> Scenario:
    """Make a scenario of the sheets of a workbook.

    Parameters
    ----------
    grids
        By sheet key; ``settings`` among them.
    label
        What the whole is called in a fault that belongs to no cell.
    strangers
        Names of sheets that are none of these, to tell a misspelt one by.

    Returns
    -------
    Scenario
        The scenario, complete and free of contradictions.

    Raises
    ------
    ScenarioError
        With every fault: of sheets and columns, of cells, and between them. Where a sheet or a
        column is missing, what hangs on it is not judged.
    """
    made = _Assembly(label, strangers)
    made.add_settings(grids.get(SETTINGS_KEY))
    for sheet in SHEETS.values():
        made.add_sheet(sheet, grids.get(sheet.key))
    made.check_names()
    order = {grid.title: place for place, grid in enumerate(grids[k] for k in _ORDER if k in grids)}
    if made.broken:
        raise ScenarioError(in_order(dict.fromkeys(made.faults), order))
    reading = Reading(made.data, made.places, tuple(made.faults))
    try:
        return check(with_holidays(reading))
    except ScenarioError as error:
        faults = each_once(error.faults, made.faults)
        raise ScenarioError(in_order(faults, order)) from None


class _Assembly:
    """Data as they come together, with places and faults."""

    def __init__(self, label: str, strangers: Sequence[str]) -> None:
        self.data: dict[str, Any] = {}
        self.places: dict[KeyPath, Place] = {(): Place(label)}
        self.faults: list[Fault] = []
        self.broken = False
        self._label = label
        self._strangers = strangers
        # Items by the id that rows of other sheets name; None where a sheet could not be read.
        self._items: dict[str, dict[str, tuple[dict[str, Any], KeyPath]] | None] = {}
        self._names: list[tuple[str, str, str]] = []

    def add_settings(self, grid: Grid | None) -> None:
        """Read the settings: a key and a value a row."""
        if grid is None:
            self._missing_sheet(SETTINGS_TITLE)
            return
        wanted = {
            **dict.fromkeys(map(folded, ("key", "键")), "key"),
            **dict.fromkeys(map(folded, ("value", "值")), "value"),
        }
        self._merged(grid)
        header = header_row(grid.rows, wanted)
        spots = {
            wanted[folded(cell)]: index
            for index, cell in enumerate(header.cells if header else ())
            if not is_empty(cell) and folded(cell) in wanted
        }
        if header is None or len(spots) < 2:
            self._break(
                grid.title,
                say("没有“键”和“值”两列", "no columns key and value"),
                say("模板中的表头", "the header of the template"),
            )
            return
        known = {folded(name): column for name, column in SETTING_COLUMNS.items()}
        seen: dict[str, int] = {}
        for row in grid.rows[grid.rows.index(header) + 1 :][:MAX_ROWS]:
            self._setting(grid, row, spots, known, seen)

    def _setting(
        self,
        grid: Grid,
        row: Row,
        spots: Mapping[str, int],
        known: Mapping[str, Column],
        seen: dict[str, int],
    ) -> None:
        key, value = (_cell(row, spots[name]) for name in ("key", "value"))
        if is_empty(key):
            if not is_empty(value):
                where = f"{grid.title} row {row.number} column {letter(spots['key'])}"
                self._fault(where, say("空缺", "nothing"), say("设置的键", "the key of a setting"))
            return
        where = f"{grid.title} row {row.number} column {letter(spots['key'])}"
        column = known.get(folded(key))
        name = str(key).strip()
        if column is None:
            found = say(f"未知的设置 {quoted(name)}", f"the unknown setting {quoted(name)}")
            allowed = say("模板中的键", "a key of the template")
            self._fault(where, found, allowed, did_you_mean(name[:60], SETTING_COLUMNS))
            return
        if column.name in seen:
            self._twice(where, column.name, seen[column.name])
            return
        seen[column.name] = row.number
        self._value(
            value, column, self.data, (), f"{grid.title} row {row.number}", letter(spots["value"])
        )

    def add_sheet(self, sheet: Sheet, grid: Grid | None) -> None:
        """Read a table: its rows become items of its list, or entries of its mappings."""
        if grid is None:
            self._items[sheet.key] = None
            self._missing_sheet(sheet.title)
            return
        self._merged(grid)
        header = header_row(grid.rows, columns_by_title(sheet))
        spots, faults = columns_in(sheet, grid, header)
        if faults or header is None:
            self.faults += faults
            self.broken = True
            self._items[sheet.key] = None
            return
        body = grid.rows[grid.rows.index(header) + 1 :]
        if len(body) > MAX_ROWS:
            self._break(
                grid.title,
                say(f"超过 {MAX_ROWS} 行", f"more than {MAX_ROWS} rows"),
                say(f"最多 {MAX_ROWS} 行", f"at most {MAX_ROWS} rows"),
            )
            self._items[sheet.key] = None
            return
        self._items[sheet.key] = {}
        if sheet.form == "list" and sheet.parent is None:
            _list_at(self.data, sheet.within)
        seen: dict[tuple[KeyPath, str], int] = {}
        for row in body:
            if sheet.form == "list":
                self._item(sheet, grid, row, spots, seen)
            else:
                self._entry(sheet, grid, row, spots, seen)

    def check_names(self) -> None:
        """Report every name that no row of the sheet it points to has."""
        for where, refers, name in self._names:
            known = self._items[refers]
            if known is not None and name not in known:
                problem = unknown_name(name, known, SHEETS[refers].title)
                self._fault(where, problem.found, problem.allowed, problem.remedy)

    def _item(
        self,
        sheet: Sheet,
        grid: Grid,
        row: Row,
        spots: Mapping[str, int],
        seen: dict[tuple[KeyPath, str], int],
    ) -> None:
        at = f"{grid.title} row {row.number}"
        item: dict[str, Any] = {}
        holder, path = self._holder(sheet, row, spots, at)
        target = _list_at(holder, sheet.within)
        key = None
        if sheet.key_column:
            cell = _cell(row, spots[sheet.key_column])
            key, _ = plain(cell, _column(sheet, sheet.key_column))
        name = "" if key is None else str(key)
        if sheet.key_column and name:
            list_path = (*path, *sheet.within)
            if (list_path, name) in seen:
                where = f"{at} column {letter(spots[sheet.key_column])}"
                self._twice(where, name, seen[list_path, name])
                return
            seen[list_path, name] = row.number
        own_name = name_of({"id": key} if sheet.key_column == "id" else {}, len(target))
        item_path = (*path, *sheet.within, own_name)
        self.places[item_path] = Place(at)
        for column in sheet.own:
            index = spots[column.name]
            self._value(_cell(row, index), column, item, item_path, at, letter(index))
        target.append(item)
        items = self._items[sheet.key]
        if items is not None and name:
            items.setdefault(name, (item, item_path))

    def _entry(
        self,
        sheet: Sheet,
        grid: Grid,
        row: Row,
        spots: Mapping[str, int],
        seen: dict[tuple[KeyPath, str], int],
    ) -> None:
        at = f"{grid.title} row {row.number}"
        holder, path = self._holder(sheet, row, spots, at)
        key_column, *columns = sheet.own
        index = spots[key_column.name]
        where = f"{at} column {letter(index)}"
        cell = _cell(row, index)
        name, problem = plain(cell, key_column)
        if problem is not None or name is None:
            found = problem.found if problem else say("空缺", "nothing")
            title = key_column.title
            self._fault(where, found, say(f"“{title.zh}”的值", f"a value for {title.en}"))
            return
        if (path, str(name)) in seen:
            self._twice(where, str(name), seen[path, str(name)])
            return
        seen[path, str(name)] = row.number
        self._names.append((where, key_column.refers or "", str(name)))
        place = _mapping_at(holder, sheet.within)
        for column in columns:
            index = spots[column.name]
            mapping, *rest = column.keys
            entry_path = (*path, *sheet.within, mapping, str(name))
            self.places.setdefault(entry_path, Place(at))
            # A column of its own name holds the entry itself; several make a mapping.
            own = replace(column, keys=(str(name), *rest))
            target: dict[str, Any] = {}
            self._value(_cell(row, index), own, target, entry_path[:-1], at, letter(index))
            if target:
                _merge(place.setdefault(mapping, {}), target)

    def _holder(
        self, sheet: Sheet, row: Row, spots: Mapping[str, int], at: str
    ) -> tuple[dict[str, Any], KeyPath]:
        """Return the item that a row belongs to; a stray one, with a fault, where there is none."""
        column = sheet.parent_column
        if column is None or sheet.parent is None:
            return self.data, ()
        index = spots[column.name]
        where = f"{at} column {letter(index)}"
        value, problem = plain(_cell(row, index), column)
        parents = self._items[sheet.parent]
        if problem is not None or value is None:
            found = problem.found if problem else say("空缺", "nothing")
            title = column.title
            self._fault(where, found, say(f"“{title.zh}”的值", f"a value for {title.en}"))
        elif parents is not None:
            found_item = parents.get(str(value))
            if found_item is not None:
                return found_item
            missing = unknown_name(str(value), parents, SHEETS[sheet.parent].title)
            self._fault(where, missing.found, missing.allowed, missing.remedy)
        return {}, (f"{at}",)

    def _value(
        self,
        cell: Any,
        column: Column,
        item: dict[str, Any],
        path: KeyPath,
        at: str,
        letters: str,
    ) -> None:
        """Put a cell's value into an item, and note where it stands and what it names."""
        where = f"{at} column {letters}"
        self.places[*path, *column.keys] = Place(where, complete=True)
        value, problem = plain(cell, column)
        if problem is not None:
            self._fault(where, problem.found, problem.allowed, problem.remedy)
        if value is None:
            return
        _mapping_at(item, column.keys[:-1])[column.keys[-1]] = value
        if column.refers and problem is None:
            for name in value if isinstance(value, list) else [value]:
                self._names.append((where, column.refers, str(name)))

    def _merged(self, grid: Grid) -> None:
        for ref in grid.merged[:_MERGED_SHOWN]:
            match = re.match(r"([A-Z]+)(\d+)", ref)
            spot = f" row {match[2]} column {match[1]}" if match else ""
            self._break(
                f"{grid.title}{spot}",
                say(f"合并单元格 {ref}", f"the merged cells {ref}"),
                say("每个单元格一个值", "a value for each cell"),
                say("取消合并并逐格填写", "unmerge them and fill each cell"),
            )

    def _missing_sheet(self, title: Text) -> None:
        near = next(
            (
                name
                for word in (title.zh, title.en)
                for name in difflib.get_close_matches(word, self._strangers, n=1)
            ),
            None,
        )
        remedy = say("从模板补上此表", "take the sheet from the template")
        if near is not None:
            remedy = say(
                f"是否为工作表 {quoted(near)}？请改回原名",
                f"is it the sheet {quoted(near)}? give it its name back",
            )
        self._break(
            self._label,
            say(f"缺少工作表“{title.zh}”", f"no sheet '{title.en}'"),
            say("模板中的全部工作表", "all sheets of the template"),
            remedy,
        )

    def _twice(self, where: str, name: str, first: int) -> None:
        found = say(
            f"编号 {quoted(name)} 重复（首次在第 {first} 行）",
            f"the id {quoted(name)} twice (first in row {first})",
        )
        self._fault(where, found, _ONCE, _RENAME)

    def _fault(self, where: str, found: Text, allowed: Text, remedy: Text | None = None) -> None:
        self.faults.append(Fault(where, found, allowed, remedy))

    def _break(self, where: str, found: Text, allowed: Text, remedy: Text | None = None) -> None:
        """Report what keeps the rest from being judged."""
        self._fault(where, found, allowed, remedy)
        self.broken = True


def _cell(row: Row, index: int) -> Any:
    return row.cells[index] if index < len(row.cells) else None


def _column(sheet: Sheet, name: str | None) -> Column:
    return next(column for column in sheet.columns if column.name == name)


def _mapping_at(data: dict[str, Any], keys: KeyPath | tuple[str, ...]) -> dict[str, Any]:
    for key in keys:
        data = data.setdefault(key, {})
    return data


def _list_at(data: dict[str, Any], keys: KeyPath) -> list[Any]:
    found: list[Any] = _mapping_at(data, keys[:-1]).setdefault(keys[-1], [])
    return found


def _merge(into: dict[str, Any], new: Mapping[str, Any]) -> None:
    for key, value in new.items():
        if isinstance(value, Mapping) and isinstance(into.get(key), dict):
            _merge(into[key], value)
        else:
            into[key] = value

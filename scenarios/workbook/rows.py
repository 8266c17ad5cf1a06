"""A scenario as rows: what each sheet of its workbook holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from scenarios.model import Scenario
from scenarios.part import Lang
from scenarios.workbook.cells import written
from scenarios.workbook.grid import SETTINGS_KEY, Grid, Row
from scenarios.workbook.layout import SETTING_COLUMNS, SHEETS, Sheet

Values = tuple[Any, ...]


def settings_of(scenario: Scenario) -> dict[str, Any]:
    """Return every setting as plain data, by name; None where it says nothing."""
    data = plain_data(scenario)
    return {name: _at(data, column.keys) for name, column in SETTING_COLUMNS.items()}


def rows_of(scenario: Scenario) -> dict[str, list[Values]]:
    """Return the rows of every sheet as plain data, a value for each column."""
    data = plain_data(scenario)
    items: dict[str, list[tuple[Any, Any]]] = {}
    found: dict[str, list[Values]] = {}
    for sheet in SHEETS.values():
        holders = items[sheet.parent] if sheet.parent else [(None, data)]
        entries = [entry for key, holder in holders for entry in _entries(sheet, key, holder)]
        found[sheet.key] = [values for values, _ in entries]
        items[sheet.key] = [(item.get(sheet.key_column or ""), item) for _, item in entries]
    return found


def grids_of(scenario: Scenario, lang: Lang) -> dict[str, Grid]:
    """Return the sheets of a scenario's workbook as :func:`read_grids` takes them."""
    grids = {SETTINGS_KEY: settings_grid(settings_of(scenario), lang)}
    for key, rows in rows_of(scenario).items():
        grids[key] = table_grid(SHEETS[key], rows, lang)
    return grids


def settings_grid(values: Mapping[str, Any], lang: Lang) -> Grid:
    """Return settings as the sheet of them, its key and value columns alone."""
    rows = [Row(1, ("key", "value"))]
    for number, (name, column) in enumerate(SETTING_COLUMNS.items(), start=2):
        rows.append(Row(number, (name, written(values.get(name), column, lang))))
    return Grid(SETTINGS_KEY, tuple(rows))


def table_grid(sheet: Sheet, rows: Sequence[Values], lang: Lang) -> Grid:
    """Return rows of plain data as a sheet in one language."""
    header = Row(1, tuple(column.title.get(lang) for column in sheet.columns))
    body = [
        Row(number, tuple(written(v, c, lang) for v, c in zip(row, sheet.columns, strict=True)))
        for number, row in enumerate(rows, start=2)
    ]
    return Grid(sheet.title.get(lang), (header, *body))


def plain_data(scenario: Scenario) -> dict[str, Any]:
    """Return a scenario as plain data, with the rules it leaves out while they are the default."""
    data: dict[str, Any] = scenario.model_dump(mode="json")
    for name in type(scenario.rules).model_fields:
        data["rules"][name] = getattr(scenario.rules, name).model_dump(mode="json")
    return data


def _entries(sheet: Sheet, key: Any, holder: Any) -> Iterator[tuple[Values, dict[str, Any]]]:
    """Yield the values of each row that a holder has, and the item behind it."""
    first = (key,) if sheet.parent else ()
    place = _at(holder, sheet.within)
    if sheet.form == "list":
        for item in place or ():
            yield (*first, *(_at(item, column.keys) for column in sheet.own)), item
        return
    _, *columns = sheet.own
    names = dict.fromkeys(column.keys[0] for column in columns)
    for entry in dict.fromkeys(x for name in names for x in place.get(name) or {}):
        values = (_at(place, (c.keys[0], entry, *c.keys[1:])) for c in columns)
        yield (*first, entry, *values), {}


def _at(data: Any, keys: Sequence[str]) -> Any:
    for key in keys:
        if not isinstance(data, Mapping):
            return None
        data = data.get(key)
    return data

"""The difference between two scenarios as people read it: rows by name, values in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final

from dashboards import markup
from dashboards.format import count
from dashboards.markup import SHORT, Align, Cell
from dashboards.texts import t
from scenarios.model import Scenario
from scenarios.part import Lang
from scenarios.workbook.cells import written
from scenarios.workbook.choices import meaning, unit_words
from scenarios.workbook.columns import Column
from scenarios.workbook.difference import Difference
from scenarios.workbook.grid import SETTINGS_KEY
from scenarios.workbook.layout import SETTINGS_TITLE, SHEETS
from scenarios.workbook.rows import Values, rows_of

SHOWN: Final = 200
"""Differences that the table lists; it says how many there are."""

Names = Mapping[str, Mapping[str, str]]


def names_of(lang: Lang, *scenarios: Scenario) -> Names:
    """Return what the rows of each sheet are called, by id; a later scenario has the last word."""
    found: dict[str, dict[str, str]] = {key: {} for key in SHEETS}
    for scenario in scenarios:
        for key, rows in rows_of(scenario).items():
            columns = [column.name for column in SHEETS[key].columns]
            if "id" not in columns:
                continue
            title = next((n for n in _titles(lang) if n in columns), "id")
            for row in rows:
                found[key][row[columns.index("id")]] = row[columns.index(title)]
    return found


def counts(found: Sequence[Difference], lang: Lang) -> str:
    """Return how many rows came, went and changed, in one line."""
    kinds = Counter(one.kind for one in found)
    return t(
        "app.data.difference.counts",
        lang,
        added=count(kinds["added"]),
        removed=count(kinds["removed"]),
        changed=count(kinds["changed"]),
    )


def difference_rows(
    found: Sequence[Difference], names: Names, lang: Lang
) -> list[tuple[str, str, str, str, str]]:
    """Return a row for each difference: sheet, what happened, which row, before, after."""
    rows = []
    for one in found:
        if one.column is None:
            what = _called(one.sheet, one.row, names, lang)
            kind = t(f"app.data.difference.{one.kind}", lang)
            rows.append((_sheet(one.sheet, lang), kind, what, "", ""))
            continue
        where = one.column.title.get(lang)
        if one.row:
            where = f"{_called(one.sheet, one.row, names, lang)} · {where}"
        kind = t("app.data.difference.changed", lang)
        before, after = (_value(x, one.column, names, lang) for x in (one.before, one.after))
        rows.append((_sheet(one.sheet, lang), kind, where, before, after))
    return rows


def difference_table(found: Sequence[Difference], names: Names, lang: Lang) -> str:
    """Return the differences as HTML, under a line that counts them."""
    said = markup.paragraph(counts(found, lang))
    if len(found) > SHOWN:
        said += markup.paragraph(t("app.data.difference.more", lang, n=SHOWN, total=len(found)))
    keys = ("sheet", "kind", "what", "before", "after")
    head = [t(f"app.data.column.{key}", lang) for key in keys]
    rows: list[Sequence[Cell]] = list(difference_rows(found[:SHOWN], names, lang))
    align: tuple[Align, ...] = (SHORT, SHORT, "text", "text", "text")
    caption = t("app.data.difference.title", lang)
    return said + markup.table(head, rows, caption=caption, align=align, tall=True)


def _sheet(key: str, lang: Lang) -> str:
    return (SETTINGS_TITLE if key == SETTINGS_KEY else SHEETS[key].title).get(lang)


def _called(key: str, row: Values, names: Names, lang: Lang) -> str:
    """Return what a row is called: its name, after that of what it belongs to; else its values."""
    sheet = SHEETS[key]
    columns = {column.name: value for column, value in zip(sheet.columns, row, strict=True)}
    parts = [
        _value(value, column, names, lang)
        for column, value in zip(sheet.columns, row, strict=True)
        if column.keys[0] in ("of", "for")
    ]
    title = next((columns[n] for n in _titles(lang) if columns.get(n)), None)
    if title is not None:
        parts.append(str(title))
    elif sheet.form == "list":
        parts += [
            _value(value, column, names, lang)
            for column, value in zip(sheet.own, row[1 if sheet.parent else 0 :], strict=True)
            if value is not None
        ]
    return " · ".join(parts)


def _value(value: Any, column: Column, names: Names, lang: Lang) -> str:
    """Return a value in words; an id by what it is called."""
    if value is None or value in ("", []):
        return t("app.none", lang) if value in ("", []) else t("app.data.empty", lang)
    joint = t("app.list", lang)
    if column.refers:
        known = names[column.refers]
        several = value if isinstance(value, list) else [value]
        return joint.join(known.get(str(x), str(x)) for x in several)
    if column.kind == "choice":
        several = value if isinstance(value, list) else [value]
        return joint.join(meaning(x, lang) for x in several)
    cell = written(value, column, lang)
    text = count(cell, 0) if isinstance(cell, int) and abs(cell) >= 10_000 else str(cell)
    unit = unit_words(column.unit, lang)
    if not unit:
        return text
    return f"{text} {unit}" if lang == "en" or text[-1:].isascii() else f"{text}{unit}"


def _titles(lang: Lang) -> tuple[str, ...]:
    return (f"name.{lang}", f"title.{lang}", f"label.{lang}", lang)

"""Writing a scenario as a workbook that people fill in: titles, lists to choose from, a read-me."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final, Literal

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Font, PatternFill, Protection
from openpyxl.utils import quote_sheetname
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.dimensions import ColumnDimension
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from scenarios.model import Scenario
from scenarios.part import Lang
from scenarios.workbook.cells import FLAGS, written
from scenarios.workbook.choices import unit_words
from scenarios.workbook.columns import Column
from scenarios.workbook.grid import letter
from scenarios.workbook.layout import (
    README_TITLE,
    SETTING_COLUMNS,
    SETTINGS_TITLE,
    SHEETS,
    Sheet,
)
from scenarios.workbook.rows import rows_of, settings_of
from scenarios.workbook.words import HEADS, README, allowed_words

_FONT: Final = "等线"
_HEAD_FILL = PatternFill("solid", fgColor="1F4E79")
_WASH = PatternFill("solid", fgColor="EEF3F8")
_HEAD_FONT = Font(name=_FONT, bold=True, color="FFFFFF")
_PLAIN = Font(name=_FONT)
_MUTED = Font(name=_FONT, color="5A6572")
_TOP = Alignment(vertical="top", wrap_text=True)
_LEFT = Alignment(vertical="top", horizontal="left", wrap_text=True)
_FREE = Protection(locked=False)
_EDITABLE_ROWS = 1_000
"""Rows that lists to choose from reach to."""
_LONGEST_LIST = 255
_STAMP = datetime(2020, 1, 1)
_MODIFIED = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*(</dcterms:modified>)")


def workbook_bytes(scenario: Scenario, lang: Lang) -> bytes:
    """Return a scenario as a workbook; the same scenario and language give the same bytes.

    Parameters
    ----------
    scenario
        What is written: all of it, so that reading it back gives an equal scenario.
    lang
        Language of sheets and titles; a workbook in either language can be read.

    Returns
    -------
    bytes
        An ``.xlsx`` file.
    """
    book = Workbook()
    book.properties.created = _STAMP
    book.properties.creator = "bureau-planner"
    readme = book.active
    assert isinstance(readme, Worksheet)
    _readme(readme, scenario, lang)
    _settings(book.create_sheet(SETTINGS_TITLE.get(lang)), settings_of(scenario), lang)
    for key, rows in rows_of(scenario).items():
        sheet = SHEETS[key]
        _table(book.create_sheet(sheet.title.get(lang)), sheet, rows, lang)
    stream = io.BytesIO()
    book.save(stream)
    return _fixed(stream.getvalue())


def _readme(page: Worksheet, scenario: Scenario, lang: Lang) -> None:
    page.title = README_TITLE.get(lang)
    page.sheet_view.showGridLines = False
    page.column_dimensions["A"].width = 26
    page.column_dimensions["B"].width = 96
    lines: list[tuple[str, str]] = [(scenario.title.get(lang), "")]
    lines += [
        (HEADS["scenario"].get(lang), scenario.id),
        (HEADS["hash"].get(lang), scenario.content_hash[:12]),
    ]
    lines += [(title.get(lang), words.get(lang)) for title, words in README]
    lines.append((HEADS["sheets"].get(lang), ""))
    for sheet in SHEETS.values():
        titles = "、" if lang == "zh" else ", "
        lines.append((sheet.title.get(lang), titles.join(c.title.get(lang) for c in sheet.columns)))
    for number, (left, right) in enumerate(lines, start=1):
        _put(page.cell(number, 1), left).font = Font(name=_FONT, bold=True)
        _put(page.cell(number, 2), right).font = _PLAIN
        for column in (1, 2):
            page.cell(number, column).alignment = _TOP
        _fit(page, number, (left, right), (26, 96))
    page.cell(1, 1).font = Font(name=_FONT, bold=True, size=16)
    page.cell(1, 1).alignment = Alignment(wrap_text=False)
    _print_on(page, 1)


def _settings(page: Worksheet, values: dict[str, Any], lang: Lang) -> None:
    names = ("group", "setting", "value", "unit", "allowed", "default", "clause", "key")
    widths = (22, 46, 34, 10, 56, 18, 10, 42)
    _head(page, [HEADS[name].get(lang) for name in names], widths)
    for number, (name, column) in enumerate(SETTING_COLUMNS.items(), start=2):
        default = None if column.required else _plain_default(column)
        cells = (
            " · ".join(part.get(lang) for part in column.group),
            column.title.get(lang),
            written(values[name], column, lang),
            unit_words(column.unit, lang),
            allowed_words(column, lang),
            "" if default is None else written(default, column, lang),
            column.clause or "",
            name,
        )
        for index, cell in enumerate(cells, start=1):
            spot = _put(page.cell(number, index), cell)
            spot.font = _MUTED if index in (1, 4, 5, 6, 7, 8) else _PLAIN
            spot.alignment = _LEFT
        _fit(page, number, cells, widths)
        value = page.cell(number, 3)
        value.fill = _WASH
        value.protection = _FREE
        value.number_format = _number_format(column)
        _validate(page, column, f"C{number}", lang)
    page.freeze_panes = "D2"
    _protect(page)
    _print_on(page, len(names))


def _table(page: Worksheet, sheet: Sheet, rows: Sequence[tuple[Any, ...]], lang: Lang) -> None:
    titles = [f"{c.title.get(lang)}{' *' if c.required else ''}" for c in sheet.columns]
    widths = [_width(column, lang) for column in sheet.columns]
    _head(page, titles, widths)
    for index, column in enumerate(sheet.columns):
        # New rows take the format of their column: ids stay text, days stay days.
        dimension = page.column_dimensions[letter(index)]
        dimension.number_format = _number_format(column)
        dimension.protection = _FREE
        dimension.font = _PLAIN
        span = f"{letter(index)}2:{letter(index)}{_EDITABLE_ROWS}"
        _validate(page, column, span, lang)
    rest = ColumnDimension(
        page, index=letter(len(titles)), min=len(titles) + 1, max=16_384, width=9
    )
    rest.protection = _FREE
    page.column_dimensions[letter(len(titles))] = rest
    for number, row in enumerate(rows, start=2):
        cells = [
            written(value, column, lang) for value, column in zip(row, sheet.columns, strict=True)
        ]
        _fit(page, number, cells, widths)
        for index, (value, column) in enumerate(zip(cells, sheet.columns, strict=True), start=1):
            cell = _put(page.cell(number, index), value)
            cell.number_format = _number_format(column)
            cell.protection = _FREE
            cell.font = _PLAIN
            cell.alignment = _TOP
    page.freeze_panes = "C2" if sheet.parent else "B2"
    _protect(page)
    _print_on(page, len(titles))


def _head(page: Worksheet, titles: Sequence[str], widths: Sequence[int]) -> None:
    for index, (title, width) in enumerate(zip(titles, widths, strict=True), start=1):
        cell = _put(page.cell(1, index), title)
        cell.font, cell.fill, cell.alignment = _HEAD_FONT, _HEAD_FILL, _TOP
        page.column_dimensions[letter(index - 1)].width = width
    _fit(page, 1, titles, widths)


def _fit(page: Worksheet, row: int, cells: Sequence[Any], widths: Sequence[int]) -> None:
    """Make a row as high as its longest cell wraps to: not every program does it by itself."""
    lines = 1
    for cell, width in zip(cells, widths, strict=True):
        if isinstance(cell, str):
            pieces = [sum(2 if ord(sign) > 255 else 1 for sign in x) for x in cell.split("\n")]
            lines = max(lines, sum(1 + piece // (width - 1) for piece in pieces))
    if lines > 1:
        page.row_dimensions[row].height = 15.0 * min(lines, 27)


def _put(cell: Any, value: Any) -> Cell:
    """Write a value; a text stays a text even where it looks like a formula."""
    assert isinstance(cell, Cell)
    cell.value = value
    if isinstance(value, str):
        cell.data_type = "s"
        if value.startswith(("=", "+", "-", "@")):
            cell.quotePrefix = True
    return cell


def _number_format(column: Column) -> str:
    if column.kind == "day" and not column.many:
        return "yyyy-mm-dd"
    if column.kind in ("whole", "number") and not column.many:
        return "General"
    is_number = column.kind == "choice" and isinstance(column.choices[0], int)
    return "General" if is_number and not column.many else "@"


def _width(column: Column, lang: Lang) -> int:
    title = column.title.get(lang)
    wide = sum(2 if ord(sign) > 255 else 1 for sign in title) + 3
    least = {"spans": 44, "text": 22, "id": 20, "choice": 18}.get(column.kind, 12)
    if column.many:
        least = max(least, 28)
    return min(48, max(least, wide // 2 if wide > 30 else wide))


def _validate(page: Worksheet, column: Column, span: str, lang: Lang) -> None:
    """Offer what a cell may hold; a hint where it cannot be listed."""
    found = _list_of(column, lang)
    if found is not None:
        rule = DataValidation(type="list", formula1=found, allow_blank=not column.required)
        rule.errorStyle = "stop"
    elif column.kind in ("whole", "number") and not column.many and column.low is not None:
        kind: Literal["whole", "decimal"] = "whole" if column.kind == "whole" else "decimal"
        if column.high is None:
            rule = DataValidation(
                type=kind, operator="greaterThanOrEqual", formula1=f"{column.low}"
            )
        else:
            rule = DataValidation(
                type=kind, operator="between", formula1=f"{column.low}", formula2=f"{column.high}"
            )
        rule.allow_blank = not column.required
    else:
        rule = DataValidation(type=None)
    rule.showErrorMessage = rule.type is not None
    rule.showInputMessage = True
    rule.errorTitle = HEADS["wrong"].get(lang)
    words = allowed_words(column, lang)
    rule.error = words[:255]
    rule.promptTitle = column.title.get(lang)[:32]
    rule.prompt = words[:255]
    rule.add(span)
    page.add_data_validation(rule)


def _list_of(column: Column, lang: Lang) -> str | None:
    if column.many:
        return None
    if column.kind == "flag":
        return f'"{",".join(flag.get(lang) for flag in FLAGS)}"'
    if column.kind == "choice":
        names = f'"{",".join(map(str, column.choices))}"'
        return names if len(names) <= _LONGEST_LIST else None
    if column.refers:
        sheet = SHEETS[column.refers]
        index = [c.name for c in sheet.columns].index(sheet.key_column or "")
        at = letter(index)
        return f"{quote_sheetname(sheet.title.get(lang))}!${at}$2:${at}${_EDITABLE_ROWS}"
    return None


def _plain_default(column: Column) -> Any:
    default = column.default
    if isinstance(default, date):
        return default.isoformat()
    return list(default) if isinstance(default, tuple) else default


def _protect(page: Worksheet) -> None:
    """Lock titles; rows may come, go and be sorted. There is no password: it is against slips."""
    protection = page.protection
    protection.sheet = True
    for name in ("formatCells", "formatColumns", "formatRows", "insertRows", "deleteRows"):
        setattr(protection, name, False)
    protection.sort = protection.autoFilter = False


def _print_on(page: Worksheet, columns: int) -> None:
    page.page_setup.orientation = "landscape"
    page.page_setup.paperSize = 8 if columns > 8 else 9
    page.page_setup.fitToWidth, page.page_setup.fitToHeight = 1, 0
    page.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    page.print_title_rows = "1:1"


def _fixed(raw: bytes) -> bytes:
    """Return the file without the time at which it was written."""
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(raw)) as source,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for part in source.infolist():
            content = source.read(part)
            if part.filename == "docProps/core.xml":
                stamp = f"{_STAMP.isoformat()}Z".encode()
                content = _MODIFIED.sub(rb"\g<1>" + stamp + rb"\g<2>", content)
            entry = zipfile.ZipInfo(part.filename, (1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(entry, content)
    return stream.getvalue()

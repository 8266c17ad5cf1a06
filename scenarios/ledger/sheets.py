"""The workbook form of a ledger: one sheet a table, its cells read as a CSV would have them."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import openpyxl
import pandas as pd
import xlsxwriter
from openpyxl.worksheet.formula import ArrayFormula, DataTableFormula
from openpyxl.worksheet.worksheet import Worksheet

from scenarios.faults import Fault, ScenarioError, say
from scenarios.ledger.files import unreadable
from scenarios.ledger.replacing import replaced, unwritable
from scenarios.ledger.tables import HEAD, TABLES, Column, Table
from scenarios.ledger.texts import (
    MOST_ROWS,
    ROW,
    Texts,
    folded,
    header_faults,
    in_columns,
    named,
    nothing,
    stray,
    too_many,
)
from scenarios.part import Lang
from scenarios.workbook.package import Limits, Package
from scenarios.workbook.package import unreadable as damaged

LIMITS: Final = Limits(packed_bytes=48 * 2**20, unpacked_bytes=384 * 2**20, parts=1_000)
"""What a ledger's workbook may weigh, in bytes and parts of the file."""

NOTE: Final = ("README", "说明")
"""Names of the sheet that says what the workbook is; no part of the ledger."""

_MAX_COLUMNS: Final = 100
_MOST_WIDE: Final = 1_000
"""Rows with empty cells beyond that are put up with so often: each costs as much as it is wide."""

_STAMP: Final = datetime(2020, 1, 1)
_LONGEST_LIST: Final = 255
_FORMULAS = (ArrayFormula, DataTableFormula)
_DRAWN: Final = ("xl/drawings/drawing", "xl/charts/", "xl/media/", "xl/pivotTables/")
_TABLES: Final = {
    folded(title): table
    for table in TABLES.values()
    for title in (table.name, table.title.zh, table.title.en)
}


class Workbook:
    """A ledger in a workbook, read as it stands when it is opened.

    Parameters
    ----------
    path
        The file.

    Attributes
    ----------
    faults
        What is wrong with the file as a whole; there are no rows then.
    """

    def __init__(self, path: Path) -> None:
        self._label = path.name
        self.faults: tuple[Fault, ...] = ()
        self._raw = b""
        self._sheets: dict[str, list[str]] = {}
        self._others: list[str] = []
        self._read: dict[str, tuple[list[list[str]], list[tuple[int, int]]]] = {}
        self.package: Package | None = None
        try:
            with path.open("rb") as file:
                self._raw = file.read(LIMITS.packed_bytes + 1)
            self.package = Package(self._raw, path.name, LIMITS)
            self._values = _loaded(self._raw, path.name, values=True)
            self._formulas = (
                _loaded(self._raw, path.name, values=False) if self.package.formulas else None
            )
        except OSError as error:
            self.faults = (unreadable(path.name, error),)
        except ScenarioError as error:
            self.faults = error.faults
        else:
            for sheet in self._values.worksheets:
                table = _TABLES.get(folded(sheet.title))
                if table is not None:
                    self._sheets.setdefault(table.name, []).append(sheet.title)
                elif sheet.title not in NOTE:
                    self._others.append(sheet.title)

    def close(self) -> None:
        """Let go of the file."""

    def strays(self) -> Iterator[Fault]:
        """Yield the sheets that hold something and are no table of a ledger."""
        for title in self._others:
            rows, _ = self.rows(title)
            if rows:
                yield stray(self._label, title)

    def note(self) -> str:
        """Return what the workbook says it is."""
        for title in () if self.faults else NOTE:
            if title in self._values.sheetnames:
                rows, _ = self.rows(title)
                lines = {int(row[0]): row[1] for row in rows}
                return "".join(f"{lines.get(n, '')}\n" for n in range(1, max(lines, default=0) + 1))
        return ""

    def sheet_of(self, table: Table) -> str | None:
        """Return the name of a table's sheet, None where it has none."""
        return next(iter(self._sheets.get(table.name, ())), None)

    def texts(self, table: Table) -> Texts:
        """Return a table's cells."""
        title = self.sheet_of(table)
        if title is None:
            return nothing(table.name, table)
        if len(self._sheets[table.name]) > 1:
            twice = self._sheets[table.name][1]
            found = say(f"同一张表的又一工作表 '{twice}'", f"a second sheet of it, '{twice}'")
            once = say("每表一个工作表", "one sheet a table")
            return nothing(title, table, [Fault(title, found, once, _MERGE)])
        try:
            rows, uncomputed = self.rows(title)
            return _texts(rows, uncomputed, table, title)
        except ScenarioError as error:
            return nothing(title, table, error.faults)

    def whole(self) -> Any:
        """Return the workbook with all that belongs to its cells, to be changed and saved."""
        return _loaded(self._raw, self._label, values=True, read_only=False)

    def rows(self, title: str) -> tuple[list[list[str]], list[tuple[int, int]]]:
        """Return number and cells of the rows that hold something, and formulas without result."""
        if title in self._read:
            return self._read[title]
        # The parser meets whatever a broken or hostile file holds; all its failures mean one thing.
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                found = _read(self._values[title], self._formulas and self._formulas[title])
        except ScenarioError:
            raise
        except Exception as error:
            raise damaged(title, error) from None
        self._read[title] = found
        return found


_MERGE = say("并入一个工作表", "put the rows into one sheet")


def make(
    path: Path, tables: Mapping[str, Iterable[Sequence[str]]], note: str = "", lang: Lang = "zh"
) -> int:
    """Make a workbook with rows; return how many.

    Every cell is a text, so that nothing a spreadsheet takes for a date or number is changed by it.

    Parameters
    ----------
    path
        Where; nothing may be there.
    tables
        Rows by table, each a text a column.
    note
        What the workbook says it is.
    lang
        Language of sheets, heads and lists; a workbook in either language can be read.

    Raises
    ------
    OSError
        When it cannot be written.
    """
    rows = 0
    try:
        with xlsxwriter.Workbook(str(path), {"constant_memory": True}) as book:
            book.set_properties({"created": _STAMP, "author": "bureau-planner"})
            head = book.add_format({"bold": True, "num_format": "@", "bottom": 1})
            text = book.add_format({"num_format": "@"})
            for table in TABLES.values():
                sheet = book.add_worksheet(table.title.get(lang))
                sheet.freeze_panes(1, 0)
                for index, column in enumerate((*HEAD, *table.columns)):
                    sheet.set_column(index, index, 16, text)
                    sheet.write_string(0, index, column.title.get(lang), head)
                    _offer(sheet, index, column, lang)
                for number, cells in enumerate(tables.get(table.name, ()), start=1):
                    rows += 1
                    for index, cell in enumerate(cells):
                        if cell:
                            sheet.write_string(number, index, cell, text)
            if note:
                sheet = book.add_worksheet(NOTE[0])
                for number, line in enumerate(note.splitlines()):
                    sheet.write_string(number, 0, line)
    except xlsxwriter.exceptions.XlsxFileError as error:
        raise OSError(str(error)) from None
    return rows


def add(path: Path, book: Workbook, table: Table, rows: Sequence[Sequence[str]]) -> int:
    """Add rows to a table of a workbook, written anew beside itself; return how many.

    Raises
    ------
    ScenarioError
        When that would lose something the workbook holds, or it cannot be written.
    """
    _expect_addable(path, book)
    texts = book.texts(table)
    if not texts.readable:
        raise ScenarioError(texts.faults)
    full = book.whole()
    title = book.sheet_of(table)
    there = [] if title is None else book.rows(title)[0]
    sheet = full.create_sheet(table.title.zh) if title is None else full[title]
    header, last = list(table.names), int(there[-1][0]) if there else 1
    if there:
        header = named(_trimmed(there[0][1:]), table)
    else:
        _put(sheet, 1, [column.title.zh for column in (*HEAD, *table.columns)])
    if last + len(rows) > MOST_ROWS + 1:
        raise ScenarioError([too_many(title or table.name, last - 1 + len(rows))])
    for number, cells in enumerate(rows, start=last + 1):
        by_name = dict(zip(table.names, cells, strict=True))
        _put(sheet, number, [by_name[name] for name in header])
    # The libraries beneath fail in their own ways where a disk is full: memory is not.
    content = io.BytesIO()
    full.save(content)
    try:
        with replaced(path) as draft:
            draft.write_bytes(content.getvalue())
    except OSError as error:
        raise unwritable(str(path), error) from None
    return len(rows)


def _expect_addable(path: Path, book: Workbook) -> None:
    """Refuse to write a workbook that holds what would be lost, or that someone has open."""
    owners = [path.with_name(name) for name in (f"~${path.name}", f".~lock.{path.name}#")]
    if any(owner.exists() for owner in owners):
        found = say("在电子表格软件中打开着的工作簿", "a workbook open in a spreadsheet")
        allowed = say("已关闭的工作簿", "a workbook that is closed")
        remedy = say("保存并关闭后重试", "save and close it, then try again")
        raise ScenarioError([Fault(path.name, found, allowed, remedy)])
    if book.faults or book.package is None:
        raise ScenarioError(book.faults)
    if book.package.formulas:
        found = say("含公式的工作簿", "a workbook with formulas")
        remedy = say("把公式粘贴为数值", "paste the formulas as values")
        raise ScenarioError([Fault(path.name, found, _PLAIN, remedy)])
    if any(part.startswith(_DRAWN) for part in book.package.parts):
        found = say(
            "含图片、图表或透视表的工作簿", "a workbook with pictures, charts or pivot tables"
        )
        remedy = say("把它们移到别的工作簿", "move them to another workbook")
        raise ScenarioError([Fault(path.name, found, _PLAIN, remedy)])


_PLAIN = say("只含单元格的工作簿", "a workbook of cells alone")


def _put(sheet: Worksheet, number: int, cells: Iterable[str]) -> None:
    for index, text in enumerate(cells, start=1):
        if text:
            cell = sheet.cell(number, index, text)
            # A text that begins as a formula is none.
            cell.data_type = "s"
            cell.number_format = "@"


def _offer(sheet: Any, index: int, column: Column, lang: Lang) -> None:
    """Let people choose among a column's words."""
    words = [title.get(lang) for title in column.words.values()]
    if words and len(",".join(words)) <= _LONGEST_LIST:
        rule = {"validate": "list", "source": words, "error_type": "warning"}
        sheet.data_validation(1, index, MOST_ROWS, index, rule)


def _loaded(raw: bytes, label: str, *, values: bool, read_only: bool = True) -> Any:
    try:
        # What the parser does not know (styles, extensions) is of no account here.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return openpyxl.load_workbook(io.BytesIO(raw), read_only=read_only, data_only=values)
    except Exception as error:
        raise damaged(label, error) from None


def _read(sheet: Any, formulas: Any) -> tuple[list[list[str]], list[tuple[int, int]]]:
    # What a file says of its own size is not to be believed, nor padded to.
    sheet.reset_dimensions()
    limits = {"max_row": MOST_ROWS + 1, "values_only": True}
    beside: Iterator[Any] = iter(())
    if formulas is not None:
        formulas.reset_dimensions()
        beside = formulas.iter_rows(**limits)
    found: list[list[str]] = []
    uncomputed: list[tuple[int, int]] = []
    wide = 0
    for number, cells in enumerate(sheet.iter_rows(**limits), start=1):
        if formulas is not None:
            uncomputed += [
                (number, index)
                for index, formula in enumerate(next(beside, ())[: len(cells)])
                if cells[index] is None and _is_formula(formula)
            ]
        if len(cells) > _MAX_COLUMNS:
            wide += 1
            if wide > _MOST_WIDE or any(x is not None for x in cells[_MAX_COLUMNS:]):
                raise ScenarioError([_too_wide(sheet.title, number)])
            cells = cells[:_MAX_COLUMNS]
        texts = [x if type(x) is str else _text(x) for x in cells]
        if any(texts):
            found.append([str(number), *texts])
    return found, uncomputed


def _too_wide(title: str, number: int) -> Fault:
    found = say(f"第 {_MAX_COLUMNS} 列以外的单元格", f"cells beyond column {_MAX_COLUMNS}")
    allowed = say(f"最多 {_MAX_COLUMNS} 列", f"at most {_MAX_COLUMNS} columns")
    remedy = say("表头之外不写内容", "write nothing beside the columns with a head")
    return Fault(f"{title} row {number}", found, allowed, remedy)


def _is_formula(value: object) -> bool:
    return isinstance(value, _FORMULAS) or (isinstance(value, str) and value.startswith("="))


def _texts(
    rows: list[list[str]], uncomputed: list[tuple[int, int]], table: Table, title: str
) -> Texts:
    if not rows:
        return nothing(title, table)
    header = _trimmed(rows[0][1:])
    wrong = list(header_faults(header, table, title, rows[0][0]))
    if wrong:
        return nothing(title, table, wrong)
    width = len(header)
    bad: dict[int, Fault] = {}
    for at, index in uncomputed:
        found = say("未算出结果的公式", "a formula without its result")
        where = f"{title} row {at} column {header[index] if index < width else index + 1}"
        remedy = say(
            "用电子表格软件打开并保存，或粘贴为数值",
            "open and save it in a spreadsheet, or paste as values",
        )
        bad.setdefault(at, Fault(where, found, say("一个值", "a value"), remedy))
    good = []
    for number, *cells in rows[1:]:
        if len(cells) > width and any(cells[width:]):
            wide = len(_trimmed(cells))
            found = say(f"{wide} 个单元格", f"{wide} cells")
            allowed = say(f"{width} 个单元格", f"{width} cells")
            remedy = say("表头之外不写内容", "write nothing beside the columns with a head")
            bad.setdefault(int(number), Fault(f"{title} row {number}", found, allowed, remedy))
        good.append([number, *cells[:width], *[""] * (width - len(cells))])
    frame = pd.DataFrame(good, columns=[ROW, *range(width)], dtype="str")
    bent = {str(at): bad[at] for at in sorted(bad)}
    return in_columns(frame, header, table, title, (), bent)


def _trimmed(cells: Sequence[str]) -> list[str]:
    """Return cells without the empty ones at the end."""
    last = max((place for place, cell in enumerate(cells, start=1) if cell.strip()), default=0)
    return list(cells[:last])


def _text(value: Any) -> str:
    """Return a cell as the text a CSV of the sheet would have."""
    match value:
        case None:
            return ""
        case str():
            return value
        case bool():
            return str(value).upper()
        case int():
            return str(value)
        case float():
            # A spreadsheet shows 15 digits of a number.
            plain = format(Decimal(f"{value:.15g}"), "f")
            return plain.rstrip("0").rstrip(".") if "." in plain else plain
        case datetime():
            return value.date().isoformat() if value.time() == time() else str(value)
        case date():
            return value.isoformat()
        case timedelta():
            return str(value)
        case _:
            return str(value)

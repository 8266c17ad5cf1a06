"""Reading a workbook, or tables as CSV: a scenario, or every fault at once."""

from __future__ import annotations

import csv
import io
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

import openpyxl
from openpyxl.worksheet.formula import ArrayFormula, DataTableFormula

from scenarios.faults import Fault, ScenarioError, listed, say
from scenarios.model import Scenario
from scenarios.reading import quoted
from scenarios.workbook.assemble import MAX_ROWS, read_grids
from scenarios.workbook.cells import UNCOMPUTED, is_empty
from scenarios.workbook.grid import (
    Grid,
    Row,
    columns_by_title,
    folded,
    header_row,
    sheet_key,
)
from scenarios.workbook.layout import SHEETS
from scenarios.workbook.package import MAX_BYTES, Package, unreadable
from scenarios.workbook.rows import grids_of

MAX_COLUMNS: Final = 100
MAX_SCANNED: Final = 100_000
"""Rows of a sheet that are looked at, empty ones included."""

_FORMULAS = (ArrayFormula, DataTableFormula)

Encoding = Literal["UTF-8", "UTF-8 BOM", "GBK"]


def read_workbook(source: str | Path | bytes, label: str | None = None) -> Scenario:
    """Read a scenario from a workbook.

    Parameters
    ----------
    source
        Path of the file, or its bytes.
    label
        What the file is called in faults; its name by default.

    Returns
    -------
    Scenario
        The scenario, equal to the one the workbook was written from where nothing was changed.

    Raises
    ------
    ScenarioError
        With all faults: sheet, row, column, what was found, what is allowed, what to do.
    """
    if isinstance(source, bytes):
        raw, label = source, label or "workbook.xlsx"
    else:
        label = label or Path(source).name
        raw = _bytes(Path(source), label)
    grids, strangers = _grids(raw, label)
    return read_grids(grids, label, strangers)


@dataclass(frozen=True, slots=True)
class CsvTable:
    """A table read from CSV: which sheet it stands for, and in which encoding it came."""

    sheet: str
    encoding: Encoding
    grid: Grid


def read_csv_table(raw: bytes, name: str) -> CsvTable:
    """Read a CSV file as the sheet that its name or its header says.

    Parameters
    ----------
    raw
        The bytes: UTF-8 with or without a byte-order mark, or GBK.
    name
        The file's name.

    Raises
    ------
    ScenarioError
        When it is no text, no CSV, or no sheet is like it.
    """
    text, encoding = _decoded(raw, name)
    try:
        lines = list(csv.reader(io.StringIO(text, newline=""), strict=True, dialect=_dialect(text)))
    except csv.Error as error:
        found = say(f"CSV 格式有误（{error}）", f"broken CSV ({error})")
        allowed = say("以逗号分隔的单元格", "cells separated by commas")
        raise ScenarioError([Fault(name, found, allowed)]) from None
    rows = tuple(
        Row(number, tuple(cells))
        for number, cells in enumerate(lines, start=1)
        if any(not is_empty(cell) for cell in cells)
    )
    key = sheet_key(Path(name).stem) or _likest(rows)
    if key is None or key not in SHEETS:
        found = say("认不出的表", "a table of no known sheet")
        names = listed(sheet.title.zh for sheet in SHEETS.values())
        allowed = say(
            f"以表名命名的文件（如 企业.csv），或模板的表头；可用的表：{names.zh}",
            "a file named as a sheet (such as companies.csv), or the header of the template; "
            f"sheets: {', '.join(SHEETS)}",
        )
        raise ScenarioError([Fault(name, found, allowed)])
    return CsvTable(key, encoding, Grid(name, rows))


def with_tables(scenario: Scenario, tables: Mapping[str, Grid], label: str) -> Scenario:
    """Return a scenario with some sheets replaced by others.

    Parameters
    ----------
    scenario
        The scenario they are laid into.
    tables
        The new sheets by key; ``settings`` may be among them.
    label
        What the whole is called in a fault that belongs to no cell.

    Raises
    ------
    ScenarioError
        With every fault of the sheets and of what they leave of the scenario.
    """
    return read_grids({**grids_of(scenario, "zh"), **tables}, label)


def _grids(raw: bytes, label: str) -> tuple[dict[str, Grid], list[str]]:
    package = Package(raw, label)
    try:
        # What the parser does not know (styles, extensions) is of no account here.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _sheets(raw, label, package)
    except ScenarioError:
        raise
    # The parser meets whatever a broken or hostile file holds; all its failures mean one thing.
    except Exception as error:
        raise unreadable(label, error) from None


def _sheets(raw: bytes, label: str, package: Package) -> tuple[dict[str, Grid], list[str]]:
    values = openpyxl.load_workbook(io.BytesIO(raw), read_only=True, data_only=True)
    formulas = None
    if package.formulas:
        formulas = openpyxl.load_workbook(io.BytesIO(raw), read_only=True, data_only=False)
    grids: dict[str, Grid] = {}
    strangers: list[str] = []
    for sheet in values.worksheets:
        key = sheet_key(sheet.title)
        if key is None:
            strangers.append(sheet.title)
            continue
        if key in grids:
            found = say(
                f"工作表 {quoted(sheet.title)} 重复", f"the sheet {quoted(sheet.title)} twice"
            )
            raise ScenarioError([Fault(label, found, say("每表一次", "each sheet once"))])
        rows = _rows(sheet, None if formulas is None else formulas[sheet.title])
        grids[key] = Grid(sheet.title, tuple(rows), package.merged.get(sheet.title, ()))
    return grids, strangers


def _rows(sheet: Any, formulas: Any) -> Iterator[Row]:
    """Yield the rows that hold something; a formula without a result is marked."""
    # What a file says of its own size is not to be believed, nor padded to.
    sheet.reset_dimensions()
    limits = {"max_col": MAX_COLUMNS, "max_row": MAX_SCANNED + 1, "values_only": True}
    beside: Iterator[Any] = iter(())
    if formulas is not None:
        formulas.reset_dimensions()
        beside = formulas.iter_rows(**limits)
    filled = 0
    for number, cells in enumerate(sheet.iter_rows(**limits), start=1):
        if formulas is not None:
            cells = _marked(cells, next(beside, ()))
        # A stray cell makes all rows wide: counting is many times as fast as asking cell by cell.
        if cells.count(None) == len(cells) or all(is_empty(cell) for cell in cells):
            continue
        filled += 1
        if number > MAX_SCANNED:
            found = say(f"第 {MAX_SCANNED} 行之后的内容", f"content after row {MAX_SCANNED}")
            allowed = say(f"最多 {MAX_SCANNED} 行", f"at most {MAX_SCANNED} rows")
            raise ScenarioError([Fault(sheet.title, found, allowed)])
        yield Row(number, cells)
        # The header, and one more than may be, so that too many are seen to be too many.
        if filled > MAX_ROWS + 10:
            return


def _marked(values: tuple[Any, ...], formulas: tuple[Any, ...]) -> tuple[Any, ...]:
    marked = list(values)
    for index, formula in enumerate(formulas[: len(marked)]):
        written = isinstance(formula, str) and formula.startswith("=")
        if marked[index] is None and (written or isinstance(formula, _FORMULAS)):
            marked[index] = UNCOMPUTED
    return tuple(marked)


def _bytes(path: Path, label: str) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        found = say(f"无法读取的文件（{why}）", f"a file that cannot be read ({why})")
        raise ScenarioError([Fault(label, found, say("可读的文件", "a file"))]) from None


def _decoded(raw: bytes, name: str) -> tuple[str, Encoding]:
    if len(raw) > MAX_BYTES:
        found = say("超过 10 MiB 的文件", "a file of more than 10 MiB")
        raise ScenarioError([Fault(name, found, say("不超过 10 MiB", "at most 10 MiB"))])
    candidates: tuple[tuple[str, Encoding], ...] = (("utf-8", "UTF-8"), ("gb18030", "GBK"))
    if raw.startswith(b"\xef\xbb\xbf"):
        candidates = (("utf-8-sig", "UTF-8 BOM"),)
    for codec, encoding in candidates:
        try:
            text = raw.decode(codec)
        except UnicodeDecodeError:
            continue
        if text.strip() and "\0" not in text:
            return text, encoding
    what = say("不是 UTF-8 或 GBK 文本的文件", "a file that is no UTF-8 or GBK text")
    if not raw.strip():
        what = say("空文件", "an empty file")
    allowed = say("CSV 文本（UTF-8 或 GBK）", "CSV text (UTF-8 or GBK)")
    raise ScenarioError([Fault(name, what, allowed)])


def _dialect(text: str) -> type[csv.Dialect]:
    """Return how the cells are separated: a spreadsheet may write semicolons or tabs."""
    first = text.lstrip().partition("\n")[0]
    best = max(",;\t", key=first.count)

    class Found(csv.excel):
        delimiter = best

    return Found


def _likest(rows: tuple[Row, ...]) -> str | None:
    """Return the sheet whose titles a table's header has most of, at least half of its own."""
    scores: dict[str, int] = {}
    for key, sheet in SHEETS.items():
        known = columns_by_title(sheet)
        header = header_row(rows, known)
        titles = [folded(x) for x in header.cells if not is_empty(x)] if header else []
        hits = len({known[title].name for title in titles if title in known})
        if hits >= 2 and 2 * hits >= len(sheet.columns):
            scores[key] = hits
    best = max(scores.values(), default=0)
    likest = [key for key, hits in scores.items() if hits == best]
    return likest[0] if len(likest) == 1 else None

"""CSV tables beside ``scenario.yaml``: each row becomes the mapping that YAML would have held."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from scenarios.faults import Fault, ScenarioError, did_you_mean, listed, same, say
from scenarios.reading import KeyPath, Place, Reading, name_of, quoted, read_text


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name, the key path of its cells, and how a cell is written."""

    name: str
    keys: KeyPath
    holds: Literal["text", "day", "spans"] = "text"


@dataclass(frozen=True, slots=True)
class Table:
    """A table that a scenario may name: its key, its columns and the column that tells rows apart.

    Attributes
    ----------
    key
        The key of ``scenario.yaml`` under which the file is named.
    columns
        All columns; a file must have exactly these, in any order. An empty cell means that the
        value is left out, so that its default holds.
    """

    key: str
    columns: tuple[Column, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the columns, in the order in which they are documented."""
        return tuple(column.name for column in self.columns)


COMPANIES = Table(
    "companies",
    (
        Column("id", ("id",)),
        Column("name_zh", ("name", "zh")),
        Column("name_en", ("name", "en")),
        Column("bureau", ("bureau",)),
        Column("province", ("province",)),
        Column("sector", ("sector",)),
        Column("chain", ("chain",)),
        Column("enterprise_class", ("enterprise_class",)),
        Column("expects", ("expects",)),
        Column("priority", ("priority",)),
        Column("windows", ("windows",), "spans"),
        Column("screening", ("screening",)),
        Column("source", ("source",)),
        Column("synthetic", ("synthetic",)),
    ),
)
PERSONS = Table(
    "persons",
    (
        Column("bureau", ("bureau",)),
        Column("id", ("id",)),
        Column("title_zh", ("title", "zh")),
        Column("title_en", ("title", "en")),
        Column("role", ("role",)),
        Column("liaison", ("liaison",)),
        Column("posted_from", ("posted_from",), "day"),
        Column("posted_to", ("posted_to",), "day"),
    ),
)
LEADER_DAYS = Table(
    "leader_days",
    (
        Column("leader", ("leader",)),
        Column("start", ("start",), "day"),
        Column("end", ("end",), "day"),
        Column("reason", ("reason",)),
    ),
)
TABLES = (COMPANIES, PERSONS, LEADER_DAYS)

_DAY = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")
_SPANS_ALLOWED = say(
    "日期段，如 2024-07-01..2024-07-19，多段以 ';' 分隔",
    "days such as 2024-07-01..2024-07-19, several separated by ';'",
)


def read_table(path: Path, label: str, table: Table) -> Reading:
    """Read a CSV table.

    Rows are counted as a spreadsheet shows them, the header being row 1; empty rows are passed
    over. A row that cannot be read is left out of the data and reported.

    Parameters
    ----------
    path
        The file, UTF-8 with or without a byte-order mark, separated by commas.
    label
        What the file is called in faults and places.
    table
        The columns that it must have.

    Returns
    -------
    Reading
        A list of mappings; places are keyed ``(table.key, id or number of the row, ...)``.
    """
    try:
        rows = _rows(read_text(path, label), label)
    except ScenarioError as error:
        return Reading([], faults=error.faults)
    header = [cell.strip() for cell in rows[0]]
    faults = list(_header_faults(header, table, f"{label} row 1"))
    if faults:
        return Reading([], faults=tuple(faults))
    items: list[dict[str, Any]] = []
    places: dict[KeyPath, Place] = {}
    first_rows: dict[str, int] = {}
    for number, cells in enumerate(rows[1:], start=2):
        if not any(cell.strip() for cell in cells):
            continue
        at = f"{label} row {number}"
        item, row_faults = _item(cells, header, table, at)
        name = name_of(item, len(items))
        if name in first_rows:
            row_faults.append(_twice(f"{at} column id", name, first_rows[name]))
        faults += row_faults
        if not row_faults:
            first_rows[name] = number
            items.append(item)
            places.update(_places(table, name, at))
    return Reading(items, places, tuple(faults))


def _twice(where: str, name: str, first: int) -> Fault:
    return Fault(
        where,
        say(
            f"编号 {quoted(name)} 重复（首次在第 {first} 行）",
            f"the id {quoted(name)} twice (first in row {first})",
        ),
        say("每个编号只出现一次", "each id once"),
        say("给其中一个改名", "rename one of them"),
    )


def _rows(text: str, label: str) -> list[list[str]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        return list(reader)
    except csv.Error as error:
        fault = Fault(
            f"{label} line {reader.line_num}",
            say(f"CSV 格式有误（{error}）", f"broken CSV ({error})"),
            say(
                "以逗号分隔的单元格；含逗号或引号的单元格须加引号",
                "cells separated by commas; a cell with a comma or quotes in it stands in quotes",
            ),
        )
        raise ScenarioError([fault]) from None


def _header_faults(header: list[str], table: Table, at: str) -> Iterator[Fault]:
    names = listed(table.names)
    allowed = say(f"以下各列：{names.zh}", f"the columns {names.en}")
    if len(header) == 1 and header[0].count(";") + header[0].count("\t") > 1:
        found = say(
            "仅一列；单元格似以分号或制表符分隔",
            "one column; the cells seem to be separated by semicolons or tabs",
        )
        yield Fault(at, found, allowed, say("改用逗号分隔", "separate the cells with commas"))
        return
    for position, name in enumerate(header):
        if name not in table.names:
            found = say(f"未知的列 {quoted(name)}", f"the unknown column {quoted(name)}")
            remedy = did_you_mean(name, table.names) or say("删去", "remove it")
            yield Fault(at, found, allowed, remedy)
        elif name in header[:position]:
            found = say(f"重复的列 '{name}'", f"the column '{name}' twice")
            once = say("每列只出现一次", "each column once")
            yield Fault(at, found, once, say("删去其中一个", "remove one of them"))
    for name in table.names:
        if name not in header:
            found = say(f"缺列 '{name}'", f"no column '{name}'")
            remedy = say(
                "补上此列；有默认值的单元格可留空",
                "add it; its cells may be empty where a default holds",
            )
            yield Fault(at, found, allowed, remedy)


def _item(
    cells: list[str], header: list[str], table: Table, at: str
) -> tuple[dict[str, Any], list[Fault]]:
    extra = [cell for cell in cells[len(header) :] if cell.strip()]
    if len(cells) < len(header) or extra:
        found = say(f"{len(cells)} 个单元格", f"{len(cells)} cells")
        allowed = say(f"{len(header)} 个单元格", f"{len(header)} cells")
        remedy = say("含逗号的单元格须加引号", "a cell with a comma in it stands in quotes")
        return {}, [Fault(at, found, allowed, remedy)]
    by_name = dict(zip(header, (cell.strip() for cell in cells), strict=False))
    item: dict[str, Any] = {}
    faults: list[Fault] = []
    for column in table.columns:
        text = by_name[column.name]
        if not text:
            continue
        value: Any = text
        if column.holds == "day":
            value = _day(text)
        elif column.holds == "spans":
            value = _spans(text)
            if value is None:
                where = f"{at} column {column.name}"
                faults.append(Fault(where, same(quoted(text)), _SPANS_ALLOWED))
        node = item
        for key in column.keys[:-1]:
            node = node.setdefault(key, {})
        node[column.keys[-1]] = value
    return item, faults


def _day(text: str) -> str:
    # A spreadsheet writes 2024-07-01 back as 2024/7/1; what is no day at all is left as it stands
    # and refused where a date is expected.
    match = _DAY.fullmatch(text)
    return f"{match[1]}-{int(match[2]):02d}-{int(match[3]):02d}" if match else text


def _spans(text: str) -> list[dict[str, str]] | None:
    spans = []
    for piece in filter(None, (piece.strip() for piece in text.split(";"))):
        start, dots, end = piece.partition("..")
        if not dots or not start.strip() or not end.strip():
            return None
        spans.append({"start": _day(start.strip()), "end": _day(end.strip())})
    return spans


def _places(table: Table, name: str, at: str) -> Iterator[tuple[KeyPath, Place]]:
    yield (table.key, name), Place(at)
    for column in table.columns:
        yield (table.key, name, *column.keys), Place(f"{at} column {column.name}", complete=True)

"""The files of a ledger: one CSV a table, only ever added to, whole after any crash."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

import pandas as pd

from scenarios.faults import Fault, ScenarioError, did_you_mean, listed, same, say
from scenarios.ledger.tables import TABLES, Table

ROW: Final = "row"
"""Column with the row's number in its file, the head being row 1."""

_ENCODINGS: Final = ("utf-8-sig", "gb18030")


def file_of(folder: Path, table: Table) -> Path:
    """Return where a table lies."""
    return folder / f"{table.name}.csv"


def read_texts(path: Path, table: Table) -> tuple[pd.DataFrame, list[Fault]]:
    """Read a table's cells as texts; a file that is not there has no rows.

    A last line without an end was cut off while it was written: it is reported and left out.
    Rows with too many or too few cells are reported and left out.
    """
    blank = pd.DataFrame(columns=[ROW, *table.names], dtype=str)
    if not path.exists():
        return blank, []
    content, faults = _text(path)
    if content is None:
        return blank, faults
    content, cut = _whole_lines(content, path.name)
    faults += cut
    header = next(_records(content.partition("\n")[0]), None) or []
    wrong = list(_header_faults([name.strip() for name in header], table, path.name))
    if wrong:
        return blank, faults + wrong
    frame, ragged = _cells(content, len(header), path.name)
    frame.columns = pd.Index([ROW, *(name.strip() for name in header)])
    return frame[[ROW, *table.names]], faults + ragged


def append(folder: Path, table: Table, rows: Iterable[Mapping[str, str]]) -> int:
    """Add rows to a table and wait until they are on the disk; return how many.

    What was written before is never touched. A line that an earlier crash cut off is first moved
    to a file of its own beside the table, so that nothing is lost and nothing runs together.

    Parameters
    ----------
    folder
        The ledger; made where it does not exist.
    table
        The table.
    rows
        Cells by head; a head that is missing leaves its cell empty.

    Raises
    ------
    ValueError
        When a row has a head that the table has not.
    """
    out = io.StringIO()
    writer = csv.DictWriter(out, table.names, restval="", lineterminator="\n")
    lines = 0
    for row in rows:
        writer.writerow(row)
        lines += 1
    path = file_of(folder, table)
    folder.mkdir(parents=True, exist_ok=True)
    _set_aside(path)
    new = not path.exists()
    with path.open("ab") as file:
        if new:
            file.write((",".join(table.names) + "\n").encode())
        file.write(out.getvalue().encode())
        file.flush()
        os.fsync(file.fileno())
    return lines


def _set_aside(path: Path) -> None:
    """Move a line that was cut off into a file of its own."""
    if not path.exists():
        return
    content = path.read_bytes()
    if not content or content.endswith(b"\n"):
        return
    kept, _, broken = content.rpartition(b"\n")
    with path.with_suffix(".broken").open("ab") as file:
        file.write(broken + b"\n")
        file.flush()
        os.fsync(file.fileno())
    with path.open("r+b") as file:
        file.truncate(len(kept) + 1 if kept else 0)


def _text(path: Path) -> tuple[str | None, list[Fault]]:
    content = path.read_bytes()
    for encoding in _ENCODINGS:
        try:
            return content.decode(encoding).replace("\r\n", "\n"), []
        except UnicodeDecodeError:
            continue
    found = say("无法辨认的编码", "an encoding that cannot be told")
    allowed = say("UTF-8 或 GB18030 的 CSV 文件", "a CSV file in UTF-8 or GB18030")
    return None, [Fault(path.name, found, allowed, say("另存为 CSV UTF-8", "save as CSV UTF-8"))]


def _whole_lines(content: str, label: str) -> tuple[str, list[Fault]]:
    if not content or content.endswith("\n"):
        return content, []
    kept, newline, broken = content.rpartition("\n")
    row = kept.count("\n") + 2 if newline else 1
    shown = broken if len(broken) <= 60 else f"{broken[:60]}…"
    return kept + newline, [
        Fault(
            f"{label} row {row}",
            say(f"没有写完的一行 '{shown}'", f"an unfinished line '{shown}'"),
            say("以换行结尾的整行", "whole lines, each with its end"),
            say("核对后重新登记这一行", "check it and record the row again"),
        )
    ]


def _cells(content: str, width: int, label: str) -> tuple[pd.DataFrame, list[Fault]]:
    try:
        frame = pd.read_csv(
            io.StringIO(content),
            dtype=str,
            keep_default_na=False,
            skip_blank_lines=False,
            header=0,
            names=range(width),
            index_col=False,
            on_bad_lines="error",
        )
        if not frame.isna().to_numpy().any():
            frame = frame.apply(lambda cells: cells.str.strip())
            frame.insert(0, ROW, [str(i) for i in range(2, len(frame) + 2)])
            return frame[frame.iloc[:, 1:].ne("").any(axis=1)].reset_index(drop=True), []
    except (pd.errors.ParserError, pd.errors.EmptyDataError):
        pass
    return _cells_one_by_one(content, width, label)


def _cells_one_by_one(content: str, width: int, label: str) -> tuple[pd.DataFrame, list[Fault]]:
    """Read a file with ragged rows: slower, and it says which they are."""
    good: list[list[str]] = []
    faults: list[Fault] = []
    records = _records(content)
    next(records, None)
    for number, record in enumerate(records, start=2):
        if record is None:
            found = say("过长的单元格", "a cell that is too long")
            limit = csv.field_size_limit()
            allowed = say(f"最多 {limit:,} 个字符", f"at most {limit:,} characters")
            faults.append(Fault(f"{label} row {number}", found, allowed))
            continue
        cells = [cell.strip() for cell in record]
        if not any(cells):
            continue
        if len(cells) != width:
            faults.append(
                Fault(
                    f"{label} row {number}",
                    say(f"{len(cells)} 个单元格", f"{len(cells)} cells"),
                    say(f"{width} 个单元格", f"{width} cells"),
                    say("含逗号的单元格须加引号", "a cell with a comma in it stands in quotes"),
                )
            )
        else:
            good.append([str(number), *cells])
    return pd.DataFrame(good, columns=[ROW, *range(width)], dtype=str), faults


def _records(content: str) -> Iterator[list[str] | None]:
    """Yield the rows of a file; None for one with a cell longer than can be read."""
    reader = csv.reader(io.StringIO(content))
    while True:
        try:
            yield next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield None


def _header_faults(header: list[str], table: Table, label: str) -> Iterable[Fault]:
    at = f"{label} row 1"
    names = listed(table.names)
    allowed = say(f"以下各列：{names.zh}", f"the columns {names.en}")
    for position, name in enumerate(header):
        if name not in table.names:
            remedy = did_you_mean(name, table.names) or say("删去", "remove it")
            yield Fault(at, same(f"'{name}'"), allowed, remedy)
        elif name in header[:position]:
            twice = say(f"重复的列 '{name}'", f"the column '{name}' twice")
            yield Fault(at, twice, allowed, say("删去其中一个", "remove one of them"))
    for name in table.names:
        if name not in header:
            yield Fault(at, say(f"缺列 '{name}'", f"no column '{name}'"), allowed)


def expect_table(name: str) -> Table:
    """Return a table by its name.

    Raises
    ------
    ScenarioError
        When there is none.
    """
    if name in TABLES:
        return TABLES[name]
    names = listed(TABLES)
    raise ScenarioError([Fault(name, same(name), names, did_you_mean(name, TABLES))])

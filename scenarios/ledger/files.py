"""The folder form of a ledger: one CSV a table, only ever added to, whole after any crash."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

import pandas as pd

from scenarios.faults import Fault, ScenarioError, did_you_mean, listed, same, say
from scenarios.ledger.replacing import replaced, unwritable
from scenarios.ledger.tables import TABLES, Table
from scenarios.ledger.texts import (
    ROW,
    Texts,
    header_faults,
    in_columns,
    named,
    nothing,
    short,
    stray,
)

NOTE: Final = "README.txt"
"""The file that says what the folder is; no part of the ledger."""

_BOM: Final = b"\xef\xbb\xbf"


def file_of(folder: Path, table: Table) -> Path:
    """Return where a table lies."""
    return folder / f"{table.name}.csv"


def strays(folder: Path) -> Iterator[Fault]:
    """Yield the CSV files of a folder that are no table."""
    for path in sorted(folder.glob("*.csv")):
        if path.stem not in TABLES:
            yield stray(path.name, path.stem)


def read_texts(path: Path, table: Table) -> Texts:
    """Read a table's cells as texts; a file that is not there has no rows.

    A row is one line. A last line without an end was cut off while it was written: it is reported
    and left out, as are rows with too many or too few cells.
    """
    if not path.exists():
        return nothing(path.name, table)
    try:
        content = path.read_bytes()
    except OSError as error:
        return nothing(path.name, table, [unreadable(path.name, error)])
    kept, broken = _whole_lines(content)
    faults = [] if not broken else [_cut_off(kept, broken, path.name)]
    text = _decoded(kept)
    header = next(_records(text.partition("\n")[0]), None) or []
    wrong = list(header_faults(header, table, path.name))
    if wrong:
        return nothing(path.name, table, faults + wrong)
    frame, ragged = _cells(text, len(header), path.name)
    return in_columns(frame, header, table, path.name, faults + ragged)


def append(folder: Path, table: Table, rows: Iterable[Mapping[str, str]]) -> int:
    """Add rows to a table and wait until they are on the disk: all of them, or none.

    What was written before is never changed: the file is written anew beside itself and takes its
    own place. A line that an earlier crash cut off is first copied to a file of its own beside the
    table, so that nothing is lost and nothing runs together. One writer at a time:
    :func:`scenarios.ledger.append` takes turns and judges the rows, too.

    Parameters
    ----------
    folder
        The ledger; made where it does not exist.
    table
        The table.
    rows
        Cells by head; a head that is missing leaves its cell empty.

    Returns
    -------
    int
        How many rows.

    Raises
    ------
    ValueError
        When a row has a head that the table has not.
    ScenarioError
        When the file cannot be written, or its heads are not those of the table.
    """
    out = io.StringIO()
    writer = csv.DictWriter(out, table.names, restval="", lineterminator="\n")
    lines = [dict(row) for row in rows]
    writer.writerows(lines)
    path = file_of(folder, table)
    try:
        content = path.read_bytes() if path.exists() else b""
        kept, broken = _whole_lines(content)
        folder.mkdir(parents=True, exist_ok=True)
        if not kept:
            fresh = (",".join(table.names) + "\n" + out.getvalue()).encode()
        else:
            fresh = kept + _as_before(kept, table, path.name, lines)
        if broken:
            _set_aside(path, broken)
        with replaced(path) as draft:
            draft.write_bytes(fresh)
    except OSError as error:
        raise unwritable(str(path), error) from None
    return len(lines)


def _as_before(kept: bytes, table: Table, label: str, rows: Iterable[Mapping[str, str]]) -> bytes:
    """Return rows in the encoding and the order of columns that a file has."""
    text = _decoded(kept)
    header = next(_records(text.partition("\n")[0]), None) or []
    wrong = list(header_faults(header, table, label))
    if wrong:
        raise ScenarioError(wrong)
    out = io.StringIO()
    names = named(header, table)
    csv.DictWriter(out, names, restval="", lineterminator="\n").writerows(rows)
    return out.getvalue().encode(_encoding(kept))


def _set_aside(path: Path, broken: bytes) -> None:
    """Keep a line that was cut off in a file of its own."""
    aside = path.with_suffix(".broken")
    before = aside.read_bytes() if aside.exists() else b""
    if not before.endswith(broken + b"\n"):
        with replaced(aside) as draft:
            draft.write_bytes(before + broken + b"\n")


def _whole_lines(content: bytes) -> tuple[bytes, bytes]:
    """Return the lines that have an end, and what follows them."""
    end = content.rfind(b"\n") + 1
    return content[:end], content[end:]


def _encoding(content: bytes) -> str:
    """Return how a file is encoded, be some of its lines damaged: UTF-8 or GB18030."""
    try:
        content.decode()
    except UnicodeDecodeError:
        sound = damaged = 0
        for line in content.split(b"\n"):
            try:
                sound += not line.isascii() and len(line.decode()) > 0
            except UnicodeDecodeError:
                damaged += 1
        return "utf-8" if content.startswith(_BOM) or sound >= damaged else "gb18030"
    return "utf-8"


def _decoded(content: bytes) -> str:
    """Return the text of a file; bytes that are no text become a sign that no cell may hold."""
    text = content.removeprefix(_BOM).decode(_encoding(content), errors="replace")
    return text.replace("\r\n", "\n")


def _cut_off(kept: bytes, broken: bytes, label: str) -> Fault:
    text, lines = broken.decode(_encoding(kept), errors="replace"), kept.count(b"\n")
    shown = short(text)
    return Fault(
        f"{label} row {lines + 1}",
        say(f"没有写完的一行 '{shown}'", f"an unfinished line '{shown}'"),
        say("以换行结尾的整行", "whole lines, each with its end"),
        say("核对后重新登记这一行", "check it and record the row again"),
    )


def _cells(content: str, width: int, label: str) -> tuple[pd.DataFrame, list[Fault]]:
    """Return the rows below the head, with their numbers, and the faults of those left out."""
    lines = content.count("\n")
    if "\r" not in content:
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
            # A quote that is never closed swallows the lines after it.
            if len(frame) == lines - 1 and not frame.isna().to_numpy().any():
                numbers = pd.Series(range(2, len(frame) + 2), dtype="int64").astype("str")
                frame.insert(0, ROW, numbers)
                return frame, []
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
        where = f"{label} row {number}"
        if record is None:
            faults.append(
                Fault(
                    where,
                    say("过长或跨行的单元格", "a cell that is too long, or has no end"),
                    say("每行一条记录，引号成对", "a row on one line, with quotes in pairs"),
                )
            )
        elif any(record) and len(record) != width:
            faults.append(
                Fault(
                    where,
                    say(f"{len(record)} 个单元格", f"{len(record)} cells"),
                    say(f"{width} 个单元格", f"{width} cells"),
                    say("含逗号的单元格须加引号", "a cell with a comma in it stands in quotes"),
                )
            )
        elif any(record):
            good.append([str(number), *record])
    return pd.DataFrame(good, columns=[ROW, *range(width)], dtype="str"), faults


def _records(content: str) -> Iterator[list[str] | None]:
    """Yield the cells of each line; None for one that cannot be read by itself."""
    for line in content.removesuffix("\n").split("\n"):
        try:
            record = next(csv.reader([line + "\n"]))
        except csv.Error:
            yield None
            continue
        # The line's end within a cell: its quote was not closed.
        yield None if record and record[-1].endswith("\n") else record


def unreadable(label: str, error: OSError) -> Fault:
    """Return the fault of a file that the system does not let us read."""
    why = error.strerror or type(error).__name__
    found = say(f"无法读取的文件（{why}）", f"a file that cannot be read ({why})")
    return Fault(label, found, say("可读的文件", "a file that can be read"))


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

"""The folder form of a ledger: one CSV a table, only ever added to, whole after any crash."""

from __future__ import annotations

import csv
import io
import warnings
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

_NAMES: Final = frozenset(f"{name}.csv" for name in TABLES)
_BROKEN: Final = ".broken"
_UTF_16: Final = (b"\xff\xfe", b"\xfe\xff")
_END: Final = "|"
_BOM: Final = b"\xef\xbb\xbf"


def file_of(folder: Path, table: Table) -> Path:
    """Return where a table lies."""
    return folder / f"{table.name}.csv"


def strays(folder: Path) -> Iterator[Fault]:
    """Yield the CSV files of a folder that are no table, and the lines that were set aside."""
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if path.suffix.lower() == ".csv" and path.name not in _NAMES:
            yield stray(path.name, path.stem)
        elif path.suffix == _BROKEN:
            found = say("没有写完、被放到一旁的行", "lines that were cut off and set aside")
            remedy = say(
                "核对后重新登记，再删除此文件",
                "check them, record them again and delete the file",
            )
            yield Fault(path.name, found, say("没有此文件", "no such file"), remedy)


def read_texts(path: Path, table: Table) -> Texts:
    """Read a table's cells as texts; a file that is not there has no rows.

    A row is one line. A last line without an end was cut off while it was written: it is reported
    and left out, as are rows with too many or too few cells.
    """
    if not path.exists() and not path.is_symlink():
        return nothing(path.name, table)
    try:
        content = path.read_bytes()
    except OSError as error:
        return nothing(path.name, table, [unreadable(path.name, error)])
    # UTF-16 has a zero in every other byte; an old Mac ends its lines otherwise.
    head, end, _ = content.partition(b"\n")
    if content[:2] in _UTF_16 or b"\0" in head or (b"\r" in head and not end):
        return nothing(path.name, table, [_no_csv(path.name)])
    kept, broken = _whole_lines(content)
    faults = [] if not broken else [_cut_off(kept, broken, path.name)]
    text = _decoded(kept)
    header = _record(text.partition("\n")[0]) or []
    wrong = list(header_faults(header, table, path.name))
    if wrong:
        return nothing(path.name, table, faults + wrong)
    if not faults and text.count("\n") == 1:
        return nothing(path.name, table)
    frame, bent = _cells(text, len(header), path.name)
    return in_columns(frame, header, table, path.name, faults, bent)


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
    header = _record(text.partition("\n")[0]) or []
    wrong = list(header_faults(header, table, label))
    if wrong:
        raise ScenarioError(wrong)
    out = io.StringIO()
    names = named(header, table)
    csv.DictWriter(out, names, restval="", lineterminator="\n").writerows(rows)
    return out.getvalue().encode(_encoding(kept))


def _set_aside(path: Path, broken: bytes) -> None:
    """Keep a line that was cut off in a file of its own."""
    aside = path.with_suffix(_BROKEN)
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


def _no_csv(label: str) -> Fault:
    return Fault(
        f"{label} row 1",
        say("不是 UTF-8 或 GBK 的 CSV", "no CSV in UTF-8 or GBK"),
        say("每行以换行结尾的 CSV", "a CSV whose rows end in a newline"),
        say("在电子表格软件中另存为 CSV（UTF-8）", "save it from a spreadsheet as CSV (UTF-8)"),
    )


def _cells(content: str, width: int, label: str) -> tuple[pd.DataFrame, dict[str, Fault]]:
    """Return the rows below the head, with their numbers, and which of them are none, and why."""
    lines = content.count("\n")
    if "\r" not in content:
        try:
            # A last cell of our own tells a line that is too short from one with empty cells.
            with warnings.catch_warnings():
                warnings.simplefilter("error", pd.errors.ParserWarning)
                frame = pd.read_csv(
                    io.StringIO(content.replace("\n", f",{_END}\n")),
                    dtype=str,
                    keep_default_na=False,
                    skip_blank_lines=False,
                    header=0,
                    names=range(width + 1),
                    index_col=False,
                    on_bad_lines="error",
                )
            # A quote that is never closed swallows the lines after it.
            if len(frame) == lines - 1 and (frame[width] == _END).all():
                frame = frame.drop(columns=[width])
                numbers = pd.Series(range(2, len(frame) + 2), dtype="int64").astype("str")
                frame.insert(0, ROW, numbers)
                return frame, {}
        except (pd.errors.ParserError, pd.errors.ParserWarning, pd.errors.EmptyDataError):
            pass
    return _cells_one_by_one(content, width, label)


def _cells_one_by_one(
    content: str, width: int, label: str
) -> tuple[pd.DataFrame, dict[str, Fault]]:
    """Read a file with ragged rows: slower, and it says which they are."""
    rows: list[list[str]] = []
    bent: dict[str, Fault] = {}
    for number, line in enumerate(content.removesuffix("\n").split("\n")[1:], start=2):
        record, where = _record(line), f"{label} row {number}"
        if record is None:
            bent[str(number)] = Fault(
                where,
                say("过长或跨行的单元格", "a cell that is too long, or has no end"),
                say("每行一条记录，引号成对", "a row on one line, with quotes in pairs"),
                _AGAIN,
            )
            record = line.split(",", width)
        elif any(record) and len(record) != width:
            bent[str(number)] = Fault(
                where,
                say(f"{len(record)} 个单元格", f"{len(record)} cells"),
                say(f"{width} 个单元格", f"{width} cells"),
                _AGAIN,
            )
        if any(record):
            rows.append([str(number), *record[:width], *[""] * (width - len(record))])
    return pd.DataFrame(rows, columns=[ROW, *range(width)], dtype="str"), bent


_AGAIN: Final = say(
    "含逗号的单元格须加引号；补一行更正这一条",
    "a cell with a comma in it stands in quotes; add a row that corrects this entry",
)


def _record(line: str) -> list[str] | None:
    """Return the cells of a line; None where it cannot be read by itself."""
    try:
        record = next(csv.reader([line + "\n"]), [])
    except csv.Error:
        return None
    # The line's end within a cell: its quote was not closed.
    return None if record and record[-1].endswith("\n") else record


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

"""A table of a ledger as texts, in whatever form it lies: heads, numbered rows, faults."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scenarios.faults import Fault, did_you_mean, listed, same, say
from scenarios.ledger.tables import HEAD, TABLES, Column, Table

ROW: Final = "row"
"""Column with the row's number, the head being row 1."""

LONGEST: Final = 32_767
"""Characters that a cell may hold: what a cell of a spreadsheet can."""


MOST_ROWS: Final = 1_048_575
"""Rows of a table, the head not among them, that a sheet of a workbook holds."""

Mask = NDArray[np.bool_]

_NO_SIGN: Final = r"[\x00-\x1f\x7f-\x9f" + "\ufffd-\uffff]"
"""Control characters, and what stands for bytes that are no text."""


@dataclass(frozen=True, slots=True, eq=False)
class Texts:
    """A table's cells as texts without blanks around them.

    Attributes
    ----------
    label
        What faults call the table: its file, sheet or table.
    frame
        The column :data:`ROW`, then every column of the table by name.
    heads
        What each column is headed, by name, where it is not the name itself.
    faults
        What could not be read as rows of the table.
    readable
        Whether it could be read as a table at all.
    bent
        By number, the rows of the frame that are none of the table (too many or too few cells, say)
        and why; their entry number alone is of use, so that they can be put right.
    """

    label: str
    frame: pd.DataFrame
    heads: Mapping[str, str]
    faults: tuple[Fault, ...] = ()
    readable: bool = True
    bent: Mapping[str, Fault] = field(default_factory=dict)

    def at(self, row: object, column: str | None = None) -> str:
        """Return where a fault lies."""
        where = f"{self.label} row {row}"
        return where if column is None else f"{where} column {self.heads.get(column, column)}"


def nothing(label: str, table: Table, faults: Sequence[Fault] = ()) -> Texts:
    """Return a table without rows; with faults, one that could not be read."""
    frame = pd.DataFrame(columns=[ROW, *table.names], dtype="str")
    return Texts(label, frame, {}, tuple(faults), readable=not faults)


def in_columns(
    rows: pd.DataFrame,
    header: Sequence[str],
    table: Table,
    label: str,
    faults: Iterable[Fault],
    bent: Mapping[str, Fault] = MappingProxyType({}),
) -> Texts:
    """Return rows in the table's own order of columns, blank rows left out.

    Parameters
    ----------
    rows
        The column :data:`ROW`, then cells in the order of the header.
    header
        Heads as they stand, all of them known and each once.
    table
        The table.
    label
        What faults call it.
    faults
        What was found so far.
    bent
        As in :class:`Texts`; these rows have as many cells as the header all the same.
    """
    names = named(header, table)
    frame = rows.set_axis([ROW, *names], axis=1)
    cells = frame[names].apply(lambda column: column.str.strip())
    filled = cells.ne("").any(axis=1) | frame[ROW].isin(bent)
    cells.insert(0, ROW, frame[ROW])
    heads = {
        name: head.strip() for name, head in zip(names, header, strict=True) if head.strip() != name
    }
    kept = cells.loc[filled, [ROW, *table.names]].reset_index(drop=True)
    return Texts(label, kept, heads, tuple(faults), bent=bent)


def named(header: Sequence[str], table: Table) -> list[str]:
    """Return the columns that heads stand for, by name; a head that is none stays as it is."""
    known = {
        folded(head): column.name
        for column in (*HEAD, *table.columns)
        for head in (column.title.zh, column.title.en, column.name)
    }
    return [known.get(folded(head), head.strip()) for head in header]


def header_faults(
    header: Sequence[str], table: Table, label: str, row: object = 1
) -> Iterator[Fault]:
    """Yield what is wrong with the heads of a table, which stand in a row."""
    at = f"{label} row {row}"
    names = listed(table.names)
    allowed = say(f"以下各列：{names.zh}", f"the columns {names.en}")
    found = named(header, table)
    if not set(found) & set(table.names):
        shown = short(" ".join(header).strip())
        yield Fault(at, say(f"表头 '{shown}'", f"the heads '{shown}'"), allowed, _AS_CSV)
        return
    for position, (name, head) in enumerate(zip(found, header, strict=True)):
        shown = short(head.strip())
        if name not in table.names:
            remedy = did_you_mean(name[:60], table.names) or say("删去", "remove it")
            yield Fault(at, same(f"'{shown}'"), allowed, remedy)
        elif name in found[:position]:
            twice = say(f"重复的列 '{shown}'", f"the column '{shown}' twice")
            yield Fault(at, twice, allowed, say("删去其中一个", "remove one of them"))
    for name in table.names:
        if name not in found:
            yield Fault(at, say(f"缺列 '{name}'", f"no column '{name}'"), allowed)


_AS_CSV = say(
    "首行写表头；CSV 以逗号分隔，存为 UTF-8 或 GBK",
    "put the heads in the first row; a CSV has commas between its cells and is UTF-8 or GBK",
)


def unfit(texts: pd.Series) -> Mask:
    """Return which texts cannot stand in a cell: too long, or not one line of signs."""
    signs = texts.str.contains(_NO_SIGN).to_numpy(dtype=bool)
    return signs | (texts.str.len() > LONGEST).to_numpy(dtype=bool)


def stray(label: str, name: str, known: Iterable[str] = TABLES) -> Fault:
    """Return the fault of a file, sheet or table that holds rows of no known table."""
    names = listed(known)
    found = say(f"不认识的表 '{short(name)}'", f"the unknown table '{short(name)}'")
    allowed = say(f"以下各表：{names.zh}", f"the tables {names.en}")
    remedy = did_you_mean(name[:60], known) or say("移走，或改名", "move it away, or rename it")
    return Fault(label, found, allowed, remedy)


def too_many(label: str, rows: int) -> Fault:
    """Return the fault of more rows than a sheet holds."""
    found = say(f"{rows:,} 行", f"{rows:,} rows")
    allowed = say(f"最多 {MOST_ROWS:,} 行", f"at most {MOST_ROWS:,} rows")
    return Fault(label, found, allowed, say("改用 .sqlite 台账", "use an .sqlite ledger"))


def folded(text: str) -> str:
    """Return a head so that ways of writing it agree: width, case, blanks."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join(sign for sign in plain if not sign.isspace())


def words_of(column: Column) -> Mapping[str, str]:
    """Return the word a cell of kind ``word`` stands for, by what people write there."""
    said = {text: word for word, title in column.words.items() for text in (title.zh, title.en)}
    return {**said, **{word: word for word in column.words}}


def short(text: str) -> str:
    """Return a text as faults show it: not long, and with nothing a terminal would obey."""
    signs = (x if x.isprintable() else x.encode("unicode_escape").decode() for x in text[:60])
    return "".join(signs) + ("…" if len(text) > 60 else "")

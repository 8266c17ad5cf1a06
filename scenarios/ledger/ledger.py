"""The ledger: typed tables, what was wrong with their rows, and what they say as of a day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

import pandas as pd

from scenarios.faults import Fault
from scenarios.ledger.tables import CORRECTS, ENTRY, RECORDED, VOID
from scenarios.part import Lang, Text

RemarkKind = Literal[
    "duplicate",
    "second-report",
    "back-dated",
    "shares",
    "before-visit",
    "before-contract",
    "fixed-above-gross",
    "after-loss",
    "unfinished",
]


@dataclass(frozen=True, slots=True, order=True)
class Remark:
    """Something odd about a row that can be read: listed, never dropped silently.

    Attributes
    ----------
    table, entry
        Which row.
    kind
        What is odd.
    used
        Whether the row counts nevertheless.
    said
        What is odd, in words, and what to do.
    """

    table: str
    entry: str
    kind: RemarkKind
    used: bool
    said: Text

    def text(self, lang: Lang) -> str:
        """Return the remark as one line."""
        return f"{self.table} {self.entry}: {self.said.get(lang)}"


@dataclass(frozen=True, slots=True, eq=False)
class Ledger:
    """What was recorded.

    Attributes
    ----------
    tables
        By name: the rows that can be read, with the columns of :data:`TABLES`; yuan columns are
        named ``..._fen`` and hold whole fen, dates are ``datetime64``.
    faults
        Rows that cannot be read, and why.
    remarks
        Rows that are odd.
    """

    tables: Mapping[str, pd.DataFrame]
    faults: tuple[Fault, ...]
    remarks: tuple[Remark, ...]

    @property
    def n_rows(self) -> int:
        """Rows that can be read."""
        return sum(map(len, self.tables.values()))

    def as_of(self, day: date) -> Ledger:
        """Return the ledger as it stood at the end of a day.

        Rows recorded later are not there yet; of a row and its corrections the last one holds, and
        one that was taken back is gone. Rows that do not count (:attr:`Remark.used`) are left out.
        """
        unused = {(remark.table, remark.entry) for remark in self.remarks if not remark.used}
        tables = {name: _standing(name, table, day, unused) for name, table in self.tables.items()}
        return replace(self, tables=tables)


def _standing(
    name: str, table: pd.DataFrame, day: date, unused: set[tuple[str, str]]
) -> pd.DataFrame:
    known = table[table[RECORDED] <= pd.Timestamp(day)]
    out = {entry for of, entry in unused if of == name}
    if out:
        known = known[~known[ENTRY].isin(out)]
    corrected = known.loc[known[CORRECTS] != "", CORRECTS]
    standing = known[~known[ENTRY].isin(corrected) & (known[VOID] != "yes")]
    return standing.reset_index(drop=True)

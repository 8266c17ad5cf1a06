"""The ledger: typed tables, what was wrong with their rows, and what they say as of a day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

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
    "put-right",
    "corrected-twice",
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

        Rows recorded later are not there yet; of a row and its corrections the one recorded last
        holds, and one that was taken back is gone. Rows that do not count (:attr:`Remark.used`)
        are left out.
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
    return current(known).reset_index(drop=True)


def current(table: pd.DataFrame) -> pd.DataFrame:
    """Return the rows that hold: of each and its corrections the last, unless it is taken back."""
    taken_back = (table[VOID] == "yes").to_numpy()
    if not (table[CORRECTS] != "").any():
        return table[~taken_back]
    root = roots(table)
    order = np.argsort(table[RECORDED].to_numpy(), kind="stable")
    last = np.zeros(len(table), dtype=bool)
    last[order[~pd.Series(root[order]).duplicated(keep="last").to_numpy()]] = True
    return table[last & ~taken_back]


def roots(table: pd.DataFrame) -> NDArray[np.int64]:
    """Return the place of the first record that each row, over any steps, puts right."""
    own = np.arange(len(table))
    above = places_of(table[CORRECTS], table[ENTRY])
    first = above < 0
    root = np.where(first, own, above)
    for _ in range(len(table).bit_length()):
        root = root[root]
    # Rows that put each other right in a circle are each their own ground.
    return np.where(first[root], root, own)


def places_of(entries: pd.Series, among: pd.Series) -> NDArray[np.int64]:
    """Return the place at which each entry first stands among others; -1 where it does not."""
    first = among.drop_duplicates()
    places = np.flatnonzero(~among.duplicated().to_numpy())
    at = pd.Index(first).get_indexer(pd.Index(entries))
    return np.where(at < 0, -1, places[at] if len(places) else -1).astype(np.int64)

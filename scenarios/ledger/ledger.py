"""The ledger: typed tables, what was wrong with their rows, and what they say as of a day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

import pandas as pd

from scenarios.faults import Fault
from scenarios.ledger.entries import among, current
from scenarios.ledger.remarks import Remark, remarks, renamed
from scenarios.ledger.tables import ENTRY, RECORDED

SYNTHETIC: Final = "SYNTHETIC"
"""Stands in the note of a ledger that is made up."""


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
    unreadable
        Those of the faults for which a table, or the whole ledger, could not be read at all:
        nothing that is counted can be trusted then.
    cut
        The day at whose end it is seen; None as it was read.
    note
        What it says it is; empty where it says nothing.
    """

    tables: Mapping[str, pd.DataFrame]
    faults: tuple[Fault, ...]
    remarks: tuple[Remark, ...]
    unreadable: tuple[Fault, ...] = ()
    cut: date | None = None
    note: str = ""

    @property
    def synthetic(self) -> bool:
        """Whether it says of itself that it is made up."""
        return SYNTHETIC in self.note

    @property
    def n_rows(self) -> int:
        """Rows that can be read."""
        return sum(map(len, self.tables.values()))

    def as_of(self, day: date) -> Ledger:
        """Return the ledger as it stood at the end of a day.

        Rows recorded later are not there yet, and nothing of what they changed: what is odd is
        judged on the rows of that day alone. Of a row and its corrections the one recorded last
        holds, and one that was taken back is gone. What was recorded under a lead's id holds for
        the id it has that day. Rows that do not count (:attr:`Remark.used`) are left out.

        Raises
        ------
        ValueError
            When it is cut to a later day already: what it held before is gone.
        """
        if self.cut is not None:
            if day < self.cut:
                msg = f"as-of {day}: found a ledger cut to {self.cut}; allowed: that day or later"
                raise ValueError(msg)
            return self
        last = pd.Timestamp(day)
        known = {name: table[table[RECORDED] <= last] for name, table in self.tables.items()}
        mended = (x for x in self.remarks if x.kind == "put-right")
        odd = {*(x for x in mended if _holds(known[x.table], x.entry)), *remarks(known)}
        out = {(remark.table, remark.entry) for remark in odd if not remark.used}
        tables = {
            name: _counting(table, {entry for of, entry in out if of == name})
            for name, table in renamed(known).items()
        }
        told = tuple(sorted(odd, key=lambda remark: remark.place))
        return replace(self, tables=tables, remarks=told, cut=day)


def _holds(table: pd.DataFrame, entry: str) -> bool:
    return bool((table[ENTRY] == entry).any())


def _counting(table: pd.DataFrame, out: set[str]) -> pd.DataFrame:
    """Return the rows that hold and count; an entry that does not count hides what it corrects."""
    held = current(table)
    if out:
        held = held[~among(held[ENTRY], out)]
    return held.reset_index(drop=True)

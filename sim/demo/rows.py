"""Rows of a ledger before they have numbers, and the typed tables they make."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

import numpy as np
import pandas as pd

from scenarios.ledger.tables import CORRECTS, ENTRY, RECORDED, TABLES, VOID, Table

Cell = str | int | None
"""A day counts from the horizon's first, None where there is none; yuan are whole fen, points
whole thousandths; all else is text."""

MILLI: Final = 1000
_DAY_S: Final = 86_400


@dataclass(slots=True)
class Rows:
    """The rows of one table.

    Attributes
    ----------
    table
        Which one.
    recorded
        Day of record of each row.
    cells
        Each row's own columns.
    corrects
        Place of the row that a row puts right, or -1.
    """

    table: Table
    recorded: list[int] = field(default_factory=list)
    cells: list[tuple[Cell, ...]] = field(default_factory=list)
    corrects: list[int] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.cells)

    def add(self, recorded: int, *cells: Cell, corrects: int = -1) -> int:
        """Add a row; return its place."""
        self.recorded.append(recorded)
        self.cells.append(cells)
        self.corrects.append(corrects)
        return len(self.cells) - 1

    def day(self, place: int) -> int:
        """Return the day on which a row's matter happened, or was recorded where it has none."""
        if self.table.happened is None:
            return self.recorded[place]
        day = self.cells[place][self.column(self.table.happened)]
        assert isinstance(day, int)
        return day

    def column(self, name: str) -> int:
        """Return the place of a column in the cells."""
        return [column.name for column in self.table.columns].index(name)

    def kept(self, keep: list[bool]) -> Rows:
        """Return the rows that are kept; a correction goes with what it corrects."""
        places: dict[int, int] = {-1: -1}
        rows = Rows(self.table)
        for place, wanted in enumerate(keep):
            if wanted and self.corrects[place] in places:
                at = places[self.corrects[place]]
                places[place] = rows.add(self.recorded[place], *self.cells[place], corrects=at)
        return rows

    def frame(self, start: date) -> pd.DataFrame:
        """Return the typed table, its rows in the order of their record and numbered.

        It has the columns and types that :func:`scenarios.ledger.read_ledger` gives.
        """
        recorded = np.array(self.recorded, np.int64)
        order = np.argsort(recorded, kind="stable")
        names = np.empty(len(order), object)
        names[order] = [f"{self.table.name}-{n + 1:05d}" for n in range(len(order))]
        corrected = ["" if at < 0 else names[at] for at in self.corrects]
        columns = {
            ENTRY: _texts(list(names)),
            RECORDED: _days(self.recorded, start),
            CORRECTS: _texts(corrected),
            VOID: _texts([""] * len(order)),
        }
        cells = zip(*self.cells, strict=True) if self.cells else [()] * len(self.table.columns)
        for column, values in zip(self.table.columns, cells, strict=True):
            match column.kind:
                case "date":
                    columns[column.name] = _days(values, start)
                case "yuan":
                    name = column.name.removesuffix("_yuan") + "_fen"
                    columns[name] = pd.Series(values, dtype=np.int64)
                case "points" | "share":
                    columns[column.name] = pd.Series(values, dtype=np.float64) / MILLI
                case _:
                    columns[column.name] = _texts(values)
        return pd.DataFrame(columns).iloc[order].reset_index(drop=True)


Book = Mapping[str, Rows]
"""Rows of every table, by name."""


def new_book() -> Book:
    """Return a book without rows."""
    return {name: Rows(table) for name, table in TABLES.items()}


def _texts(values: list[str] | tuple[Cell, ...]) -> pd.Series:
    return pd.Series(values, dtype="str")


def _days(values: list[int] | tuple[Cell, ...], start: date) -> pd.Series:
    none = np.iinfo(np.int64).min
    days = np.array([none if day is None else day for day in values], np.int64)
    first = np.datetime64(start, "s").astype(np.int64)
    seconds = np.where(days == none, none, days * _DAY_S + first)
    return pd.Series(seconds.view("datetime64[s]"))

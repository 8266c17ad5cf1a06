"""Cells of a table as texts, whether they come from memory or from a CSV file."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from math import isnan
from typing import Final, TypeVar

import pandas as pd

from planner.audit.finding import Finding, Rule, breaches, rule
from scenarios.model import Scenario

COLUMNS: Final = rule("table-columns")
"""The table is there, with all its columns and each of them once."""

DATES: Final = rule("table-dates")
"""Dates are written year-month-day, lie in the horizon, and no end precedes its start."""

WORDS: Final = rule("table-words")
"""Ids are the scenario's, belong together, and status words and numbers are known ones."""

DUPLICATES: Final = rule("table-duplicates")
"""No row stands twice: a person has one status a day, a visit and a company one row."""

RULES: Final = (COLUMNS, DATES, WORDS, DUPLICATES)

_ISO = re.compile(r"\d{4}-\d{2}-\d{2}")
_REQUIRED = {
    COLUMNS: "every column once",
    DATES: "dates like 2023-01-31 inside the horizon",
    WORDS: "ids and words of the scenario",
    DUPLICATES: "each row once",
}

Record = TypeVar("Record")


def cell_text(value: object) -> str:
    """Return a cell as text: empty where nothing is given, dates as year-month-day."""
    if isinstance(value, str):
        return value.strip()
    if value is None or value is pd.NA or value is pd.NaT:
        return ""
    if isinstance(value, float) and isnan(value):
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat()
    return value.isoformat() if isinstance(value, date) else str(value)


@dataclass
class Table:
    """One table read cell by cell; what is wrong with it is kept by rule, in words."""

    scenario: Scenario
    name: str
    cells: list[dict[str, str]]
    faults: dict[Rule, list[str]] = field(default_factory=lambda: {rule: [] for rule in RULES})
    n_faults: int = 0
    days: dict[str, int | None] = field(default_factory=dict)

    @classmethod
    def of(
        cls, scenario: Scenario, name: str, columns: Sequence[str], tables: Mapping[str, object]
    ) -> Table:
        """Return a table of the plan; an empty one where it lacks what makes it readable."""
        frame = tables.get(name)
        table = cls(scenario, name, [])
        if not isinstance(frame, pd.DataFrame):
            table.faults[COLUMNS].append("no such table")
            return table
        have = [str(column) for column in frame.columns]
        table.faults[COLUMNS] += [f"no column {c}" for c in columns if c not in have]
        table.faults[COLUMNS] += [f"column {c} twice" for c in columns if have.count(c) > 1]
        if not table.faults[COLUMNS]:
            # Column by column: row by row pandas hands out its texts slowly.
            read = [
                map(cell_text, frame.iloc[:, have.index(column)].to_numpy(dtype=object))
                for column in columns
            ]
            table.cells = [dict(zip(columns, row, strict=True)) for row in zip(*read, strict=True)]
        return table

    def records(self, read: Callable[[Cells], Record], key: Sequence[str]) -> tuple[Record, ...]:
        """Return the rows that can be read; of rows with one key only the first.

        Parameters
        ----------
        read
            Makes a record of one row.
        key
            Columns that no two rows share.
        """
        found: list[Record] = []
        seen: dict[tuple[str, ...], int] = {}
        # Lines count as an editor shows them: the header is the first.
        for line, cells in enumerate(self.cells, start=2):
            before = self.n_faults
            own = tuple(cells[column] for column in key)
            first = seen.setdefault(own, line)
            if first != line:
                self.fault(DUPLICATES, f"line {line} repeats line {first}")
            record = read(Cells(self, line, cells))
            if self.n_faults == before:
                found.append(record)
        return tuple(found)

    def fault(self, rule: Rule, words: str) -> None:
        """Keep what is wrong with a row."""
        self.faults[rule].append(words)
        self.n_faults += 1

    def day_of(self, text: str) -> int | None:
        """Return the day index a text stands for, maybe outside the horizon; None for no date."""
        if text not in self.days:
            self.days[text] = self._day_of(text)
        return self.days[text]

    def _day_of(self, text: str) -> int | None:
        try:
            if not _ISO.fullmatch(text):
                return None
            return self.scenario.days.day_of(date.fromisoformat(text))
        except ValueError:
            return None

    def findings(self) -> list[Finding]:
        """Return one finding for each rule of tables."""
        horizon = self.scenario.horizon
        period = f"{horizon.start}/{horizon.end}"
        return [
            rule.judge(not faults, self.name, period, _REQUIRED[rule], breaches(faults))
            for rule, faults in self.faults.items()
        ]


@dataclass(frozen=True, slots=True)
class Cells:
    """One row of a table; reading a cell that makes no sense leaves a fault with the table."""

    table: Table
    line: int
    texts: Mapping[str, str]

    def text(self, column: str) -> str:
        """Return a cell as it stands."""
        return self.texts[column]

    def word(self, column: str, known: Collection[str]) -> str:
        """Return a cell that holds one of the known words."""
        self._expect_known(column, self.texts[column], known)
        return self.texts[column]

    def optional_word(self, column: str, known: Collection[str]) -> str:
        """Return a cell that is empty or holds one of the known words."""
        return self.word(column, known) if self.texts[column] else ""

    def words(self, column: str, known: Collection[str]) -> tuple[str, ...]:
        """Return a cell that holds known words with spaces between."""
        found = tuple(self.texts[column].split())
        for word in found:
            self._expect_known(column, word, known)
        return found

    def number(self, column: str) -> int:
        """Return a cell that holds a whole number."""
        text = self.texts[column]
        if not (text.isascii() and text.isdigit() and len(text) < 10):
            self.fault(WORDS, f"{column} '{text}' is no whole number")
            return 0
        return int(text)

    def day(self, column: str) -> int:
        """Return a cell that holds a date of the horizon, as a day index."""
        return self.day_in(column, self.texts[column])

    def optional_day(self, column: str) -> int | None:
        """Return a cell that is empty or holds a date of the horizon."""
        return self.day(column) if self.texts[column] else None

    def day_in(self, column: str, text: str) -> int:
        """Return the day index a text stands for."""
        day = self.table.day_of(text)
        if day is None:
            self.fault(DATES, f"{column} '{text}' is no date")
            return 0
        if not 0 <= day < self.table.scenario.days.n_days:
            self.fault(DATES, f"{column} {text} lies outside the horizon")
        return day

    def fault(self, rule: Rule, words: str) -> None:
        """Keep what is wrong with this row."""
        self.table.fault(rule, f"line {self.line}: {words}")

    def _expect_known(self, column: str, word: str, known: Collection[str]) -> None:
        if word not in known:
            self.fault(WORDS, f"{column} '{word}' is unknown")

"""Noise: what people do to records. It never changes an amount known at the end of the year."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.demo.rows import Book, Cell, Rows
from sim.futures import Purpose
from sim.hidden import HiddenYear

_COPIED: Final = ("calls", "visits", "expenses")
"""Tables in which a row is entered twice."""

_MISTYPED: Final = ("contracts", "instalments", "expenses")
"""Tables in which an amount is entered with a zero too many, and put right later."""

_BACK_DATED: Final = ("calls", "visits")
"""Tables in which a row is entered more than a month late."""

_WORDS = 2**32
_WEEK = 7
_LATE_FROM, _LATE_SPAN = 32, 29
_MENDED_FROM, _MENDED_SPAN = 3, 25


@dataclass(frozen=True, slots=True)
class Noise:
    """How records differ from what happened.

    Attributes
    ----------
    delayed
        Share of rows that are not recorded on their own day, from 0 to 1.
    at_check
        Share of those that wait for the next Sunday's check; the others take up to six days.
    presence_missing
        Share of presence rows never recorded.
    duplicates, mistyped, back_dated
        Rows a table entered twice; with a wrong amount, corrected later; and over a month late.
    second_reports
        Leads that another bureau reports, too, after the first.

    Raises
    ------
    ValueError
        When something is out of range.
    """

    delayed: float = 0.9
    at_check: float = 0.8
    presence_missing: float = 0.03
    duplicates: int = 2
    mistyped: int = 1
    back_dated: int = 2
    second_reports: int = 1

    def __post_init__(self) -> None:
        shares = (self.delayed, self.at_check, self.presence_missing)
        counts = (self.duplicates, self.mistyped, self.back_dated, self.second_reports)
        if not all(0 <= one <= 1 for one in shares) or min(counts) < 0:
            msg = f"found {self}; allowed: shares from 0 to 1, counts of 0 or more"
            raise ValueError(msg)


NO_NOISE: Final = Noise(0, 0, 0, 0, 0, 0, 0)
"""Everything recorded on its day, nothing missing and nothing wrong."""


def disturbed(book: Book, noise: Noise, hidden: HiddenYear, start: date) -> Book:
    """Return the rows as people would have recorded them.

    Rows from before the horizon stay as they are; nothing is recorded after its last day that was
    not before.

    Parameters
    ----------
    book
        The truth.
    noise
        What goes wrong.
    hidden
        The year, which gives the random words.
    start
        The horizon's first day.
    """
    last = hidden.cases[0].n_days - 1
    found = {}
    for name, rows in book.items():
        words = hidden.words(len(rows), name, Purpose.NOISE)
        own = _second_reports(rows, words, noise, hidden, last) if name == "leads" else rows
        own = _delayed(own, words, noise, start, last)
        if name == "presence":
            # 1 - share, so that a share of 1 drops every row.
            own = own.kept([w >= noise.presence_missing * _WORDS for w in words[:, 2].tolist()])
        within = [i for i in range(len(own)) if own.day(i) >= 0]
        chosen = sorted(within, key=lambda i: (int(words[i, 3]), i)) if name in _DISTURBED else []
        if name in _BACK_DATED:
            _back_date(own, chosen[len(chosen) // 2 :][: noise.back_dated], words, last)
        if name in _COPIED:
            _copy(own, chosen[: min(noise.duplicates, len(chosen) // 2)], words, last)
        if name in _MISTYPED:
            _mistype(own, chosen[::-1][: min(noise.mistyped, -(-len(chosen) // 2))], words, last)
        found[name] = own
    return found


_DISTURBED: Final = frozenset({*_COPIED, *_MISTYPED, *_BACK_DATED})


def _delayed(rows: Rows, words: NDArray[np.uint32], noise: Noise, start: date, last: int) -> Rows:
    """Return rows recorded some days later: most at Sunday's check."""
    found = Rows(rows.table)
    sunday = (6 - start.weekday()) % _WEEK
    for place, (day, cells, corrects) in enumerate(
        zip(rows.recorded, rows.cells, rows.corrects, strict=True)
    ):
        recorded = day
        if day >= 0 and place < len(words):
            late, when, _, span = words[place].tolist()
            if late < noise.delayed * _WORDS:
                at_check = when < noise.at_check * _WORDS
                wait = (sunday - day) % _WEEK if at_check else span % _WEEK
                recorded = min(day + wait, last)
        if corrects >= 0:
            recorded = max(recorded, found.recorded[corrects])
        found.add(recorded, *cells, corrects=corrects)
    return found


def _back_date(rows: Rows, places: list[int], words: NDArray[np.uint32], last: int) -> None:
    """Record rows more than a month late."""
    for place in places:
        late = rows.day(place) + _LATE_FROM + int(words[place, 0]) % _LATE_SPAN
        rows.recorded[place] = max(rows.recorded[place], min(late, last))


def _copy(rows: Rows, places: list[int], words: NDArray[np.uint32], last: int) -> None:
    """Record rows a second time, some days later."""
    for place in places:
        again = min(rows.recorded[place] + int(words[place, 1]) % _WEEK, last)
        rows.add(again, *rows.cells[place])


def _mistype(rows: Rows, places: list[int], words: NDArray[np.uint32], last: int) -> None:
    """Record amounts with a zero too many first, and put them right after some days."""
    money = [i for i, column in enumerate(rows.table.columns) if column.kind == "yuan"]
    for place in places:
        right = rows.cells[place]
        rows.cells[place] = tuple(_tenfold(c) if i in money else c for i, c in enumerate(right))
        after = _MENDED_FROM + int(words[place, 2]) % _MENDED_SPAN
        rows.add(min(rows.recorded[place] + after, last), *right, corrects=place)


def _tenfold(cell: Cell) -> Cell:
    return cell * 10 if isinstance(cell, int) else cell


def _second_reports(
    rows: Rows, words: NDArray[np.uint32], noise: Noise, hidden: HiddenYear, last: int
) -> Rows:
    """Add leads of companies that another bureau had reported before."""
    bureaus = [case.bureau for case in hidden.cases]
    found = rows.kept([True] * len(rows))
    if len(bureaus) < 2:
        return found
    lead, bureau, company, day = (
        rows.column(name) for name in ("lead", "bureau", "company", "date")
    )
    within = [i for i in range(len(rows)) if 0 <= rows.day(i) < last]
    chosen = sorted(within, key=lambda i: (int(words[i, 3]), i))[: noise.second_reports]
    for n, place in enumerate(chosen, start=1):
        cells = list(rows.cells[place])
        other = bureaus[(bureaus.index(str(cells[bureau])) + 1) % len(bureaus)]
        later = min(rows.day(place) + 1 + int(words[place, 0]) % _LATE_SPAN, last)
        # Another spelling of the same name.
        named = str(cells[company]).replace(" ", "（", 1) + "）"
        cells[lead], cells[bureau], cells[company] = f"{other}-again-{n}", other, named
        cells[day] = later
        found.add(later, *cells)
    return found

"""The rota in the shape attendance systems take in: a row a person and month, a column a day.

The sheet holds nothing but the table, so that saved as CSV it can be handed over as it is; what
the numbers mean stands on a sheet of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from dashboards.exports.workbook import grid
from dashboards.exports.workbook.book import Book
from dashboards.exports.workbook.cells import Column
from dashboards.exports.workbook.sheet import FIRST

SHIFTS: Final[Mapping[str, int]] = {
    "leave": 0,
    "post": 1,
    "travel": 2,
    "escort": 3,
    "absent": 4,
}
"""Number of a shift by status; 0 is a day of rest, as attendance systems have it."""

_DAYS: Final = 31


def add_attendance(book: Book) -> None:
    """Add the table, and the sheet that explains its numbers."""
    tab = book.t("workbook.attendance.tab")
    sheet = book.sheet(tab, "attendance", across=4 + _DAYS, kept=(1, 4), repeated=(0, 0))
    columns = [
        Column(book.t("workbook.attendance.month"), 10, "id"),
        Column(book.t("workbook.attendance.person"), 22, "id"),
        Column(book.t("app.column.person"), 24),
        Column(book.t("app.column.bureau"), 22),
        *(Column(str(day), 4.5, "mark") for day in range(1, _DAYS + 1)),
    ]
    rows = []
    for month in book.scenario.days.months:
        first = book.scenario.days.date_of(month.start)
        for bureau, person in book.scenario.persons:
            cells: list[int | None] = [None] * _DAYS
            for day in month.days:
                status = grid.status_on(book, person.id, day)
                if status:
                    cells[first.day - 1 + day - month.start] = SHIFTS[status]
            who = (person.id, book.persons[person.id], bureau.name.get(book.lang))
            rows.append((first.strftime("%Y%m"), *who, *cells))
    sheet.table(0, columns, rows)
    _legend(book)


def _legend(book: Book) -> None:
    columns = [
        Column(book.t("workbook.attendance.shift"), 12, "mark"),
        Column(book.t("workbook.attendance.letter"), 12, "mark"),
        Column(book.t("workbook.attendance.means"), 40),
        Column(book.t("workbook.attendance.rest"), 40),
    ]
    tab = book.t("workbook.shifts.tab")
    sheet = book.sheet(tab, "shifts", across=len(columns), kept=(FIRST + 1, 0))
    rows = [
        (
            shift,
            grid.letter(book, status),
            book.t(f"status.{status}"),
            book.t(f"workbook.attendance.of.{status}"),
        )
        for status, shift in SHIFTS.items()
    ]
    sheet.table(FIRST, columns, rows)
    sheet.open(book.t("workbook.shifts.title"), book.t("workbook.shifts.note"))

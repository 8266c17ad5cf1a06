"""Where a person's day stands on the sheets of the months, and what counts it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final

from xlsxwriter.utility import quote_sheetname, xl_range_abs, xl_rowcol_to_cell

from dashboards.exports.workbook.book import Book
from dashboards.exports.workbook.cells import Formula
from dashboards.format import month as write_month
from dashboards.palette import STATUS
from planner.plan import Status
from scenarios.calendar import Period

FIRST_ROW: Final = 5
"""Row of the first person on the sheet of a month."""

FIRST_DAY: Final = 2
"""Column of the first day of a month that lies in the horizon."""

STATUSES: Final[tuple[Status, ...]] = tuple(STATUS)


def letter(book: Book, status: str) -> str:
    """Return the letter of a status."""
    return book.t(f"app.letter.{status}")


def letters(book: Book) -> dict[str, str]:
    """Return the tone by letter, for cells that are coloured by what they say."""
    return {letter(book, status): status for status in STATUSES}


def month_name(book: Book, month: Period) -> str:
    """Return the name of a month's sheet, with the year where there are several."""
    horizon = book.scenario.horizon
    first = book.scenario.days.date_of(month.start)
    name = write_month(first, book.lang)
    if horizon.start.year == horizon.end.year:
        return name
    return book.t("workbook.month.of_year", year=first.year, month=name)


def row_of(book: Book, person: str) -> int:
    """Return the row of a person on every sheet of a month."""
    return FIRST_ROW + list(book.persons).index(person)


def status_on(book: Book, person: str, day: int) -> str | None:
    """Return what a person does on a day of the horizon; None where not posted."""
    return book.status.get((person, iso(book, day)))


def cell_of(book: Book, month: Period, person: str, day: int) -> str:
    """Return the address of a person's day, sheet included."""
    cell = xl_rowcol_to_cell(row_of(book, person), FIRST_DAY + day - month.start)
    return f"{quote_sheetname(month_name(book, month))}!{cell}"


def days_counted(
    book: Book, person: str, months: Iterable[Period], statuses: Sequence[str]
) -> Formula:
    """Return the formula that counts a person's days of some statuses over months, with its value.

    Parameters
    ----------
    book
        The book, whose months are counted.
    person
        Whose days.
    months, statuses
        Which.
    """
    row, terms, value = row_of(book, person), [], 0
    for month in months:
        span = xl_range_abs(row, FIRST_DAY, row, FIRST_DAY + month.n_days - 1)
        cells = f"{quote_sheetname(month_name(book, month))}!{span}"
        terms += [f'COUNTIF({cells},"{letter(book, status)}")' for status in statuses]
        value += sum(status_on(book, person, day) in statuses for day in month.days)
    return Formula(f"={'+'.join(terms)}", value)


def set_apart(book: Book, day: int) -> str | None:
    """Return what sets a day apart from a working day: the tone of its head."""
    days = book.scenario.days
    if days.holiday[day] is not None:
        return "holiday"
    if days.closed[day] is not None:
        return "closure"
    return None if days.workday[day] else "weekend"


def day_head(book: Book, day: int) -> str:
    """Return the number of a day, marked where it makes up for a day off."""
    number = book.scenario.days.date_of(day).day
    return f"{number}▼" if book.scenario.days.make_up[day] else str(number)


def weekday_letter(book: Book, day: date) -> str:
    """Return a weekday as short as can be told apart."""
    return book.t("workbook.weekdays").split()[day.weekday()]


def iso(book: Book, day: int) -> str:
    """Return the date of a day of the horizon as the tables have it."""
    return book.scenario.days.date_of(day).isoformat()

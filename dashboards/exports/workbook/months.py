"""The months: persons down, days across, and what every person's days add up to."""

from __future__ import annotations

from typing import Final

from xlsxwriter.utility import xl_range, xl_range_abs

from dashboards.exports.workbook import grid
from dashboards.exports.workbook.book import Book
from dashboards.exports.workbook.cells import Column, Formula
from dashboards.exports.workbook.sheet import Sheet
from dashboards.format import days as write_days
from scenarios.calendar import Period
from scenarios.part import DateRange

_HEADS: Final = grid.FIRST_ROW - 2
_DAY_WIDTH: Final = 4.2
_ROW: Final = 24
"""Height of a person's row in points."""


def add_months(book: Book) -> None:
    """Add a sheet for every month of the horizon."""
    for month in book.scenario.days.months:
        _add(book, month)


def _add(book: Book, month: Period) -> None:
    counters = grid.FIRST_DAY + month.n_days
    across = counters + len(grid.STATUSES)
    name = grid.month_name(book, month)
    sheet = book.sheet(
        name,
        "month",
        across=across,
        kept=(grid.FIRST_ROW, grid.FIRST_DAY),
        repeated=(_HEADS, _HEADS + 1),
    )
    _heads(sheet, month)
    for bureau, person in book.scenario.persons:
        row = grid.row_of(book, person.id)
        sheet.put(row, 0, bureau.name.get(book.lang))
        sheet.put(row, 1, book.persons[person.id])
        for i, day in enumerate(month.days):
            status = grid.status_on(book, person.id, day)
            words = grid.letter(book, status) if status else None
            sheet.put(row, grid.FIRST_DAY + i, words, "day", status)
        _counters(sheet, month, person.id)
        sheet.worksheet.set_row(row, _ROW)
    last = grid.FIRST_ROW + len(book.persons) - 1
    cells = (grid.FIRST_ROW, grid.FIRST_DAY, last, counters - 1)
    sheet.colour(cells, grid.letters(book))
    known = tuple(grid.letters(book))
    sheet.allow(
        cells, known, book.t("workbook.month.allowed", words=book.t("app.list").join(known))
    )
    _at_post(sheet, month, last + 1)
    sheet.open(book.t("workbook.month.title", month=month.label), book.t("workbook.month.note"))
    after = _legend(sheet, last + 3)
    for i, line in enumerate(_named_days(book, month)):
        sheet.note(after + 1 + i, line)


def signs(book: Book) -> list[tuple[str, str, str | None]]:
    """Return the signs of the cells with what they mean and their tone."""
    letters = [(grid.letter(book, x), book.t(f"status.{x}"), str(x)) for x in grid.STATUSES]
    shades = [(" ", book.t(f"app.wall.{x}"), x) for x in ("holiday", "closure")]
    return [*letters, *shades, ("▼", book.t("app.wall.make_up"), None)]


def _legend(sheet: Sheet, row: int) -> int:
    """Write what the signs mean, one a row; return the row after them."""
    plain = sheet.book.style("note", None, text_wrap=False)
    for i, (sign, words, tone) in enumerate(signs(sheet.book)):
        sheet.put(row + i, grid.FIRST_DAY, sign, "day", tone)
        sheet.write(row + i, grid.FIRST_DAY + 1, words, plain)
    return row + len(signs(sheet.book))


def _heads(sheet: Sheet, month: Period) -> None:
    book = sheet.book
    labels = [Column(book.t("app.column.bureau"), 17), Column(book.t("app.column.person"), 26)]
    sheet.head(_HEADS, labels)
    for column, label in enumerate(labels):
        sheet.worksheet.merge_range(
            _HEADS, column, _HEADS + 1, column, label.label, book.style("head")
        )
    for i, day in enumerate(month.days):
        column, tone = grid.FIRST_DAY + i, grid.set_apart(book, day)
        sheet.widths({column: _DAY_WIDTH})
        sheet.put(_HEADS, column, grid.day_head(book, day), "day", tone)
        weekday = grid.weekday_letter(book, book.scenario.days.date_of(day))
        sheet.put(_HEADS + 1, column, weekday, "day", tone)
    for i, status in enumerate(grid.STATUSES):
        column = grid.FIRST_DAY + month.n_days + i
        sheet.widths({column: 10})
        sheet.worksheet.merge_range(
            _HEADS, column, _HEADS + 1, column, book.t(f"status.{status}"), book.style("head")
        )


def _counters(sheet: Sheet, month: Period, person: str) -> None:
    book = sheet.book
    row = grid.row_of(book, person)
    span = xl_range(row, grid.FIRST_DAY, row, grid.FIRST_DAY + month.n_days - 1)
    for i, status in enumerate(grid.STATUSES):
        value = sum(grid.status_on(book, person, day) == status for day in month.days)
        formula = Formula(f'=COUNTIF({span},"{grid.letter(book, status)}")', value)
        sheet.put(row, grid.FIRST_DAY + month.n_days + i, formula, "count")


def _at_post(sheet: Sheet, month: Period, row: int) -> None:
    """Write how many are at post each day."""
    book = sheet.book
    sheet.worksheet.merge_range(
        row, 0, row, 1, book.t("workbook.month.at_post"), book.style("head")
    )
    for i, day in enumerate(month.days):
        column = grid.FIRST_DAY + i
        span = xl_range(grid.FIRST_ROW, column, row - 1, column)
        value = sum(grid.status_on(book, person, day) == "post" for person in book.persons)
        formula = Formula(f'=COUNTIF({span},"{grid.letter(book, "post")}")', value)
        sheet.put(row, column, formula, "count")
    for i, status in enumerate(grid.STATUSES):
        column = grid.FIRST_DAY + month.n_days + i
        span = xl_range_abs(grid.FIRST_ROW, column, row - 1, column)
        value = sum(
            grid.status_on(book, person, day) == status
            for person in book.persons
            for day in month.days
        )
        sheet.put(row, column, Formula(f"=SUM({span})", value), "count")


def _named_days(book: Book, month: Period) -> list[str]:
    """Name the holidays, make-up days and closures of a month."""
    calendar, days = book.scenario.calendar, book.scenario.days
    first, last = days.date_of(month.start), days.date_of(month.stop - 1)

    def named(span: DateRange, name: str) -> str:
        return book.t("app.span", what=name, days=write_days(span.start, span.end, book.lang))

    def touching(span: DateRange) -> bool:
        return span.start <= last and span.end >= first

    off = [
        named(x, x.name.get(book.lang)) for y in calendar.years for x in y.holidays if touching(x)
    ]
    closed = [named(x, x.name.get(book.lang)) for x in calendar.closures if touching(x)]
    made_up = [days.date_of(day).isoformat() for day in month.days if days.make_up[day]]
    kinds = (("holiday", off), ("make_up", made_up), ("closure", closed))
    return [
        book.t(
            "workbook.month.named", kind=book.t(f"app.wall.{kind}"), what=book.t("app.list").join(x)
        )
        for kind, x in kinds
        if x
    ]

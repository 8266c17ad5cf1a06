"""The year on one page: three months a band, every day read from the sheets of the months."""

from __future__ import annotations

import math
from typing import Final

from xlsxwriter.utility import xl_range

from dashboards.exports.workbook import grid
from dashboards.exports.workbook.book import Book
from dashboards.exports.workbook.cells import Column, Formula, width_of
from dashboards.exports.workbook.months import signs
from dashboards.exports.workbook.sheet import Sheet
from scenarios.calendar import Period

MONTHS_A_BAND: Final = 3
_DAYS_A_BAND: Final = 92
_FIRST_BAND: Final = 4
_DAY_WIDTH: Final = 2.1
_ROW: Final = 21
"""Height of a person's row in points."""


def add_year(book: Book) -> None:
    """Add the sheet of the whole horizon."""
    across = grid.FIRST_DAY + _DAYS_A_BAND + 1
    kept = (0, grid.FIRST_DAY)
    sheet = book.sheet(book.t("workbook.year.tab"), "year", across=across, kept=kept)
    row = _FIRST_BAND
    for band in book.scenario.days.periods(MONTHS_A_BAND):
        row = _band(sheet, band, row) + 1
    sheet.open(book.t("workbook.year.title", home=_home(book)), book.t("workbook.year.note"))
    _legend(sheet, 2)


def _legend(sheet: Sheet, row: int) -> None:
    """Write what the signs mean, side by side."""
    column, plain = grid.FIRST_DAY, sheet.book.style("note", None, text_wrap=False)
    for sign, words, tone in signs(sheet.book):
        sheet.put(row, column, sign, "day", tone)
        sheet.write(row, column + 1, words, plain)
        column += 3 + math.ceil(width_of(words) / _DAY_WIDTH)


def _home(book: Book) -> str:
    return book.scenario.organisation.home.get(book.lang)


def _band(sheet: Sheet, band: Period, top: int) -> int:
    """Write some months side by side; return the row after them."""
    book = sheet.book
    months = [month for month in book.scenario.days.months if month.start in band]
    labels = [Column(book.t("app.column.bureau"), 13), Column(book.t("app.column.person"), 23)]
    _corner(sheet, labels, top)
    for month in months:
        _month_head(sheet, band, month, top)
    counter = grid.FIRST_DAY + _DAYS_A_BAND
    sheet.widths({grid.FIRST_DAY + i: _DAY_WIDTH for i in range(_DAYS_A_BAND)})
    sheet.widths({counter: 7})
    sheet.worksheet.merge_range(
        top, counter, top + 2, counter, book.t("status.post"), book.style("head")
    )
    first = top + 3
    for i, (bureau, person) in enumerate(book.scenario.persons):
        row = first + i
        sheet.put(row, 0, bureau.city.get(book.lang))
        sheet.put(row, 1, book.persons[person.id])
        for month in months:
            for day in month.days:
                column = grid.FIRST_DAY + day - band.start
                status = grid.status_on(book, person.id, day)
                letter = grid.letter(book, status) if status else ""
                cell = grid.cell_of(book, month, person.id, day)
                sheet.put(row, column, Formula(f'={cell}&""', letter), "day", status)
        span = xl_range(row, grid.FIRST_DAY, row, grid.FIRST_DAY + band.n_days - 1)
        value = sum(grid.status_on(book, person.id, day) == "post" for day in band.days)
        formula = Formula(f'=COUNTIF({span},"{grid.letter(book, "post")}")', value)
        sheet.put(row, counter, formula, "count")
        sheet.worksheet.set_row(row, _ROW)
    after = first + len(book.persons)
    sheet.colour((first, grid.FIRST_DAY, after - 1, counter - 1), grid.letters(book))
    return after


def _corner(sheet: Sheet, labels: list[Column], top: int) -> None:
    sheet.head(top, labels)
    for column, label in enumerate(labels):
        form = sheet.book.style("head")
        sheet.worksheet.merge_range(top, column, top + 2, column, label.label, form)


def _month_head(sheet: Sheet, band: Period, month: Period, top: int) -> None:
    book = sheet.book
    first = grid.FIRST_DAY + month.start - band.start
    last, name = first + month.n_days - 1, grid.month_name(book, month)
    if last > first:
        sheet.worksheet.merge_range(top, first, top, last, name, book.style("head"))
    else:
        sheet.put(top, first, name, "head")
    for day in month.days:
        column, tone = grid.FIRST_DAY + day - band.start, grid.set_apart(book, day)
        date = book.scenario.days.date_of(day)
        small = book.style("day", tone, font_size=7)
        sheet.write(top + 1, column, grid.day_head(book, day), small)
        sheet.write(top + 2, column, grid.weekday_letter(book, date), small)

"""The rotation leaves, one a row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from xlsxwriter.utility import xl_rowcol_to_cell

from dashboards.exports.workbook.book import Book
from dashboards.exports.workbook.cells import Column, Formula, Value
from dashboards.exports.workbook.sheet import FIRST


def add_leaves(book: Book) -> None:
    """Add the sheet of the leaves."""
    columns = [
        Column(book.t("app.column.bureau"), 24),
        Column(book.t("app.column.person"), 26),
        Column(book.t("app.column.period"), 14),
        Column(book.t("workbook.column.start"), 14, "date"),
        Column(book.t("workbook.column.end"), 14, "date"),
        Column(book.t("workbook.column.days"), 10, "whole"),
        Column(book.t("app.column.clearing"), 16, "date"),
        Column(book.t("workbook.column.escorts"), 26),
    ]
    tab = book.t("workbook.leaves.tab")
    sheet = book.sheet(
        tab, "leaves", across=len(columns), kept=(FIRST + 1, 2), repeated=(FIRST, FIRST)
    )
    sheet.table(FIRST, columns, _rows(book), filtered=True)
    rules = book.scenario.rules.leave
    note = book.t(
        "workbook.leaves.note", length=rules.length_days, travel=rules.travel_days_each_way
    )
    sheet.open(book.t("app.calendar.leaves"), note)


def _rows(book: Book) -> Iterator[Sequence[Value]]:
    visits = book.rows("visits")
    for i, leave in enumerate(book.rows("leaves")):
        start, end = date.fromisoformat(leave["start"]), date.fromisoformat(leave["end"])
        first, last = (xl_rowcol_to_cell(FIRST + 1 + i, column) for column in (3, 4))
        escorted = [
            visit["visit"]
            for visit in visits
            if visit["escort"] == leave["person"]
            and leave["start"] <= visit["start"] <= leave["end"]
        ]
        yield (
            book.scenario.bureau(leave["bureau"]).name.get(book.lang),
            book.persons[leave["person"]],
            leave["period"],
            start,
            end,
            Formula(f"={last}-{first}+1", (end - start).days + 1),
            date.fromisoformat(leave["clearing_date"]),
            book.t("app.list").join(escorted),
        )

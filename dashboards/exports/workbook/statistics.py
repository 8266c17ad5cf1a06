"""What every person's year adds up to, and the days at post against those owed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from xlsxwriter.utility import xl_range, xl_rowcol_to_cell

from dashboards import checks
from dashboards.checks import Check
from dashboards.exports.workbook import grid
from dashboards.exports.workbook.book import Book
from dashboards.exports.workbook.cells import Column, Formula, Value
from dashboards.exports.workbook.sheet import FIRST, Sheet
from scenarios.calendar import Period

_KEPT: Final = 2
_ONE_PAGE: Final = 64
"""Rows that can be read on one A3 page."""


def add_statistics(book: Book) -> None:
    """Add the sheet of the persons' days."""
    across = _KEPT + len(grid.STATUSES) + 1
    tab = book.t("workbook.statistics.tab")
    sheet = book.sheet(tab, "statistics", across=across, kept=(FIRST + 2, _KEPT))
    columns = [
        Column(book.t("app.column.bureau"), 24),
        Column(book.t("app.column.person"), 26),
        *(Column(book.t(f"status.{status}"), 14, "whole") for status in grid.STATUSES),
        Column(book.t("app.column.total"), 14, "whole"),
    ]
    sheet.section(FIRST, book.t("workbook.statistics.days"))
    after = sheet.table(FIRST + 1, columns, _totals(book))
    end = _against_required(sheet, after + 1)
    if end <= _ONE_PAGE:
        sheet.one_page()
    note = book.t("workbook.statistics.note", policy=book.t(f"policy.{_policy(book)}"))
    sheet.open(book.t("workbook.statistics.title"), note)


def _totals(book: Book) -> Iterator[Sequence[Value]]:
    """Yield the days of each person by status, and all of them."""
    months = book.scenario.days.months
    first = FIRST + 2
    for i, (bureau, person) in enumerate(book.scenario.persons):
        counts = [grid.days_counted(book, person.id, months, (x,)) for x in grid.STATUSES]
        span = xl_range(first + i, _KEPT, first + i, _KEPT + len(grid.STATUSES) - 1)
        total = sum(int(count.value) for count in counts)
        yield (
            bureau.name.get(book.lang),
            book.persons[person.id],
            *counts,
            Formula(f"=SUM({span})", total),
        )


def _against_required(sheet: Sheet, top: int) -> int:
    """Write the days at post that the audit asks for, and those the months hold now."""
    book = sheet.book
    sheet.section(top, book.t("workbook.statistics.required"))
    keys = ("required", "actual", "margin", "verdict")
    columns = [
        Column(book.t("app.column.bureau"), 24),
        Column(book.t("app.column.person"), 26),
        Column(book.t("app.column.period"), 14),
        *(Column(book.t(f"workbook.column.{key}"), 14, "whole") for key in keys[:3]),
        Column(book.t("app.column.verdict"), 14, "mark"),
    ]
    found = checks.presence(checks.checks(book.run.audit))
    order = {person: i for i, person in enumerate(book.persons)}
    found = sorted(found, key=lambda check: (order[check.subject], check.period))
    first = top + 2
    rows = [_owed(book, check, first + i) for i, check in enumerate(found)]
    after = sheet.table(top + 1, columns, rows)
    words = {book.t("app.verdict.ok"): "course", book.t("app.verdict.violated"): "out"}
    sheet.colour((first, 6, after - 1, 6), words)
    return after


def _owed(book: Book, check: Check, row: int) -> Sequence[Value]:
    months = months_of(book, check.period)
    statuses = counting(book, check.subject, months)
    actual = grid.days_counted(book, check.subject, months, statuses)
    required, spare = int(check.required), int(actual.value) - int(check.required)
    required_cell, actual_cell, margin_cell = (xl_rowcol_to_cell(row, x) for x in (3, 4, 5))
    kept, short = book.t("app.verdict.ok"), book.t("app.verdict.violated")
    bureau = next(b for b, person in book.scenario.persons if person.id == check.subject)
    return (
        bureau.name.get(book.lang),
        book.persons[check.subject],
        check.period,
        required,
        actual,
        Formula(f"={actual_cell}-{required_cell}", spare),
        Formula(f'=IF({margin_cell}>=0,"{kept}","{short}")', kept if spare >= 0 else short),
    )


def months_of(book: Book, label: str) -> list[Period]:
    """Return the months of a period of the audit: a leave period, or a month itself."""
    days = book.scenario.days
    alone = [month for month in days.months if month.label == label]
    if alone:
        return alone
    period = next(period for period in book.scenario.periods if period.label == label)
    return [month for month in days.months if month.start in period]


def counting(book: Book, person: str, months: Sequence[Period]) -> tuple[str, ...]:
    """Return the statuses that count as presence in some months, as the audit has it (P5).

    A month that a leave touches and the policy excepts counts the days beside the leave alone, so
    that no day on the road is among them.
    """
    presence = book.scenario.rules.presence
    if not presence.travel_counts:
        return ("post",)
    days = book.scenario.days
    first, last = days.date_of(months[0].start), days.date_of(months[-1].stop - 1)
    touched = any(
        leave["person"] == person
        and leave["start"] <= last.isoformat()
        and leave["end"] >= first.isoformat()
        for leave in book.rows("leaves")
    )
    excepted = presence.policy == "monthly-except-leave" and touched
    return ("post",) if excepted else ("post", "travel")


def _policy(book: Book) -> str:
    return book.scenario.rules.presence.policy

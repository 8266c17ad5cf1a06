"""What the audit found of every rule, the worst first, and the counts by formula."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final

from xlsxwriter.utility import xl_range_abs

from dashboards import checks
from dashboards.checks import Check
from dashboards.exports.workbook.book import Book
from dashboards.exports.workbook.cells import Column, Formula, Value
from dashboards.exports.workbook.sheet import FIRST
from dashboards.findings import said
from dashboards.format import day as write_day
from dashboards.format import days as write_days
from dashboards.labels import in_words, subject_labels
from planner.rulebook import rulebook

_TABLE: Final = FIRST + 3


def add_audit(book: Book) -> None:
    """Add the sheet of the audit."""
    columns = [
        Column(book.t("app.column.verdict"), 12, "mark"),
        Column(book.t("app.column.rule"), 34),
        Column(book.t("app.column.subject"), 28),
        Column(book.t("app.column.period"), 24),
        Column(book.t("app.column.required"), 34),
        Column(book.t("app.column.actual"), 34),
        Column(book.t("app.column.clause"), 12, "id"),
        Column(book.t("workbook.column.asks"), 60),
    ]
    tab = book.t("workbook.audit.tab")
    sheet = book.sheet(
        tab, "audit", across=len(columns), kept=(_TABLE + 1, 2), repeated=(_TABLE, _TABLE)
    )
    found = checks.checks(book.run.audit)
    after = sheet.table(_TABLE, columns, _rows(book, found), filtered=True)
    words = {verdict: book.t(f"app.verdict.{verdict}") for verdict in checks.ORDER}
    sheet.colour((_TABLE + 1, 0, after - 1, 0), {words[x]: checks.TONE[x] for x in checks.ORDER})
    tally, listed = checks.tally(found), xl_range_abs(_TABLE + 1, 0, after - 1, 0)
    for i, verdict in enumerate(checks.ORDER):
        sheet.put(FIRST, i, words[verdict], "head", checks.TONE[verdict])
        count = Formula(f'=COUNTIF({listed},"{words[verdict]}")', tally[verdict])
        sheet.put(FIRST + 1, i, count, "count")
    sheet.open(book.t("app.calendar.audit.title"), book.t("workbook.audit.note"))


def _rows(book: Book, found: Sequence[Check]) -> Iterator[Sequence[Value]]:
    labels, rules = subject_labels(book.scenario, book.lang), rulebook()
    for check in found:
        rule = rules.get(check.rule)
        yield (
            book.t(f"app.verdict.{check.verdict}"),
            checks.rule_label(check.rule, book.lang),
            in_words(said(check.subject, book.lang), labels),
            period_of(book, check.period),
            in_words(said(check.required, book.lang), labels),
            in_words(said(check.actual, book.lang), labels),
            check.clause,
            rule.asks.get(book.lang) if rule else "",
        )


def period_of(book: Book, period: str) -> str:
    """Write when a finding holds: the whole horizon, a range, a day, or a period by its label."""
    days = period.split("/")
    try:
        first, last = date.fromisoformat(days[0]), date.fromisoformat(days[-1])
    except ValueError:
        return period
    horizon = book.scenario.horizon
    if (first, last) == (horizon.start, horizon.end):
        return book.t("app.whole_horizon")
    return write_day(first, book.lang) if first == last else write_days(first, last, book.lang)

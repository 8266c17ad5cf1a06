"""The duties with a date: meetings, ledger checks, clearing, promotion events, fairs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from dashboards.exports.workbook.book import Book
from dashboards.exports.workbook.cells import Column, Value
from dashboards.exports.workbook.sheet import FIRST
from dashboards.format import weekday
from dashboards.labels import subject_labels


def add_obligations(book: Book) -> None:
    """Add the sheet of the duties."""
    columns = [
        Column(book.t("workbook.column.date"), 14, "date"),
        Column(book.t("workbook.column.weekday"), 10, "mark"),
        Column(book.t("workbook.column.kind"), 24),
        Column(book.t("workbook.column.what"), 40),
        Column(book.t("app.column.bureau"), 26),
        Column(book.t("workbook.column.persons"), 44),
        Column(book.t("workbook.column.led_by"), 26),
    ]
    tab = book.t("workbook.obligations.tab")
    sheet = book.sheet(
        tab, "obligations", across=len(columns), kept=(FIRST + 1, 2), repeated=(FIRST, FIRST)
    )
    sheet.table(FIRST, columns, _rows(book), filtered=True)
    sheet.open(book.t("workbook.obligations.title"), book.t("workbook.obligations.note"))


def _rows(book: Book) -> Iterator[Sequence[Value]]:
    lang, scenario = book.lang, book.scenario
    labels = subject_labels(scenario, lang)
    for row in book.rows("obligations"):
        day = date.fromisoformat(row["date"])
        bureau, leader = row["bureau"], row["leader"]
        persons = [book.persons[person] for person in row["persons"].split()]
        yield (
            day,
            weekday(day, lang),
            book.t(f"workbook.kind.{row['kind']}"),
            _what(book, row, labels),
            scenario.bureau(bureau).name.get(lang) if bureau else book.t("app.all_bureaus"),
            book.t("app.list").join(persons),
            scenario.leader(leader).title.get(lang) if leader else "",
        )


def _what(book: Book, row: Mapping[str, Any], labels: Mapping[str, str]) -> str:
    """Say what a duty is about: its name in the scenario, its number of the year, or its period."""
    label = row["label"]
    if row["kind"] == "event":
        return book.t("workbook.event", n=label.rpartition("-")[2])
    return labels.get(label, label)

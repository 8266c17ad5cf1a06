"""Everything the forecast stands on, with unit, source and trust."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dashboards.distribution import written
from dashboards.exports.workbook.book import Book
from dashboards.exports.workbook.cells import Column, Value
from dashboards.exports.workbook.sheet import FIRST
from dashboards.texts import catalogue


def add_assumptions(book: Book) -> None:
    """Add the sheet of the assumptions."""
    columns = [
        Column(book.t("app.column.assumption"), 40),
        Column(book.t("app.column.bureau"), 24),
        Column(book.t("app.column.distribution"), 44),
        Column(book.t("app.column.unit"), 18),
        Column(book.t("app.column.trust"), 24),
        Column(book.t("app.column.source"), 60),
    ]
    tab = book.t("workbook.assumptions.tab")
    sheet = book.sheet(
        tab, "assumptions", across=len(columns), kept=(FIRST + 1, 1), repeated=(FIRST, FIRST)
    )
    sheet.table(FIRST, columns, _rows(book), filtered=True)
    sheet.open(book.t("app.forecast.assumptions.title"), book.t("app.forecast.assumptions.note"))


def _rows(book: Book) -> Iterator[Sequence[Value]]:
    lang = book.lang
    for item in book.scenario.assumptions.items:
        rest = (_unit(book, item.unit), book.t(f"trust.{item.trust}"), item.source)
        everywhere = book.t("app.all_bureaus")
        yield (item.label.get(lang), everywhere, written(item.distribution, lang), *rest)
        for bureau, distribution in item.by_bureau.items():
            name = book.scenario.bureau(bureau).name.get(lang)
            yield (item.label.get(lang), name, written(distribution, lang), *rest)


def _unit(book: Book, unit: str) -> str:
    """Return a unit in the book's language; one a city made up stays as it wrote it."""
    key = f"workbook.measured.{unit.replace(' ', '-')}"
    return book.t(key) if key in catalogue(book.lang).texts else unit

"""The companies that no group has room for: why, and who receives them instead."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from dashboards.exports.workbook.book import Book
from dashboards.exports.workbook.cells import Column, Value
from dashboards.exports.workbook.companies import company_columns, company_facts
from dashboards.exports.workbook.sheet import FIRST


def add_unplaced(book: Book) -> None:
    """Add the sheet of the companies without a group."""
    company, *facts = company_columns(book)
    columns = [
        company,
        Column(book.t("app.column.bureau"), 26),
        Column(book.t("workbook.column.reason"), 40),
        Column(book.t("workbook.column.alternative"), 26),
        Column(book.t("workbook.column.alternative_day"), 14, "date"),
        *facts,
    ]
    tab = book.t("workbook.unplaced.tab")
    sheet = book.sheet(
        tab, "unplaced", across=len(columns), kept=(FIRST + 1, 1), repeated=(FIRST, FIRST)
    )
    sheet.table(FIRST, columns, _rows(book), filtered=True)
    sheet.open(book.t("workbook.unplaced.title"), book.t("workbook.unplaced.note"))


def _rows(book: Book) -> Iterator[Sequence[Value]]:
    bureaus = {company.id: company.bureau for company in book.scenario.companies}
    for row in book.rows("unplaced"):
        name, *facts = company_facts(book, row["company"])
        unit, _, day = row["alternative"].partition(" ")
        yield (
            name,
            book.scenario.bureau(bureaus[row["company"]]).name.get(book.lang),
            book.t(f"workbook.reason.{row['reason']}"),
            book.scenario.host_unit(unit).name.get(book.lang) if unit else book.t("app.none"),
            date.fromisoformat(day) if day else None,
            *facts,
        )

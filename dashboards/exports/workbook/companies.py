"""The companies that come with a group, and what is said of a company wherever it is listed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from xlsxwriter.utility import quote_sheetname, xl_range_abs

from dashboards.exports.workbook.book import Book
from dashboards.exports.workbook.cells import Column, Value
from dashboards.exports.workbook.sheet import FIRST


def add_companies(book: Book) -> None:
    """Add the sheet of the companies by group."""
    columns = [
        Column(book.t("app.column.visit"), 16, "id"),
        Column(book.t("app.column.bureau"), 26),
        *company_columns(book),
    ]
    sheet = book.sheet(
        book.t("workbook.companies.tab"),
        "companies",
        across=len(columns),
        kept=(FIRST + 1, 1),
        repeated=(FIRST, FIRST),
    )
    sheet.table(FIRST, columns, _rows(book), filtered=True)
    sheet.open(book.t("workbook.companies.title"), book.t("workbook.companies.note"))


def listed_visits(book: Book) -> str:
    """Return the cells that name the group of each company, sheet included."""
    last = FIRST + max(1, len(book.rows("visit_companies")))
    cells = xl_range_abs(FIRST + 1, 0, last, 0)
    return f"{quote_sheetname(book.t('workbook.companies.tab'))}!{cells}"


def _rows(book: Book) -> Iterator[Sequence[Value]]:
    bureaus = {visit["visit"]: visit["bureau"] for visit in book.rows("visits")}
    for row in book.rows("visit_companies"):
        bureau = book.scenario.bureau(bureaus[row["visit"]]).name.get(book.lang)
        yield (row["visit"], bureau, *company_facts(book, row["company"]))


def company_columns(book: Book) -> list[Column]:
    """Return the columns of :func:`company_facts`."""
    return [
        Column(book.t("workbook.column.company"), 26),
        Column(book.t("workbook.column.chain"), 20),
        Column(book.t("workbook.column.class"), 16),
        Column(book.t("workbook.column.priority"), 10, "whole"),
        Column(book.t("workbook.column.invented"), 12, "mark"),
    ]


def company_facts(book: Book, company: str) -> tuple[Value, ...]:
    """Return a company's name, industry chain, class, priority, and whether it is invented."""
    own = next(x for x in book.scenario.companies if x.id == company)
    return (
        own.name.get(book.lang),
        book.scenario.chain(own.chain).name.get(book.lang),
        book.t(f"workbook.class.{own.enterprise_class}"),
        own.priority,
        book.t("workbook.invented") if own.synthetic else "",
    )

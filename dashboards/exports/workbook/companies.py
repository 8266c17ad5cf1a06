"""What is said of a company wherever it is listed."""

from __future__ import annotations

from dashboards.exports.workbook.book import Book
from dashboards.exports.workbook.cells import Column, Value


def company_columns(book: Book) -> list[Column]:
    """Return the columns of :func:`company_facts`."""
    return [
        Column(book.t("workbook.column.company"), 26),
        Column(book.t("workbook.column.chain"), 12),
        Column(book.t("workbook.column.class"), 12),
        Column(book.t("workbook.column.priority"), 8, "whole"),
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

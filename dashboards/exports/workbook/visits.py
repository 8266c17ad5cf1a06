"""The grouped visits, one a row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from xlsxwriter.utility import xl_rowcol_to_cell

from dashboards.exports.workbook.book import Book
from dashboards.exports.workbook.cells import Column, Formula, Value
from dashboards.exports.workbook.companies import listed_visits
from dashboards.exports.workbook.sheet import FIRST
from planner.plan import JOINT

_SEATS: Final = 12
"""Column of the seats; those taken, and those left, follow."""


def add_visits(book: Book) -> None:
    """Add the sheet of the visits."""
    names = book.t
    columns = [
        Column(names("app.column.visit"), 15, "id"),
        Column(names("app.column.bureau"), 26),
        Column(names("workbook.column.start"), 12, "date"),
        Column(names("workbook.column.end"), 12, "date"),
        Column(names("workbook.column.days"), 8, "whole"),
        Column(names("app.column.escort"), 24),
        Column(names("app.column.leader"), 22),
        Column(names("workbook.column.tier"), 12),
        Column(names("workbook.column.leader_day"), 12, "date"),
        Column(names("workbook.column.chain"), 16),
        Column(names("app.column.host"), 22),
        Column(names("app.column.companies"), 46),
        Column(names("workbook.column.seats"), 8, "whole"),
        Column(names("workbook.column.taken"), 8, "whole"),
        Column(names("workbook.column.free"), 8, "whole"),
    ]
    tab = names("workbook.visits.tab")
    sheet = book.sheet(
        tab, "visits", across=len(columns), kept=(FIRST + 1, 2), repeated=(FIRST, FIRST)
    )
    visits, company_rows = book.rows("visits"), book.rows("visit_companies")
    rows = [_row(book, x, visits, company_rows, FIRST + 1 + i) for i, x in enumerate(visits)]
    sheet.table(FIRST, columns, rows)
    sheet.open(names("app.calendar.visits.title"), names("workbook.visits.note"))


def _row(
    book: Book,
    visit: Mapping[str, Any],
    visits: Sequence[Mapping[str, Any]],
    company_rows: Sequence[Mapping[str, Any]],
    row: int,
) -> Sequence[Value]:
    lang, scenario = book.lang, book.scenario
    names = {company.id: company.name.get(lang) for company in scenario.companies}
    own = [x["company"] for x in company_rows if x["visit"] == visit["visit"]]
    start, end = date.fromisoformat(visit["start"]), date.fromisoformat(visit["end"])
    cells = [xl_rowcol_to_cell(row, column) for column in (0, 2, 3, _SEATS, _SEATS + 1)]
    key, first, last, seats, taken = cells
    leader, tier = visit["leader"], visit["leader_tier"]
    return (
        visit["visit"],
        bureaus_of(book, visit, visits),
        start,
        end,
        Formula(f"={last}-{first}+1", (end - start).days + 1),
        book.persons[visit["escort"]],
        scenario.leader(leader).title.get(lang) if leader else book.t("app.none"),
        book.t(f"workbook.tier.{tier}") if tier else "",
        date.fromisoformat(visit["leader_day"]) if visit["leader_day"] else None,
        scenario.chain(visit["chain"]).name.get(lang),
        scenario.host_unit(visit["host_unit"]).name.get(lang),
        book.t("app.list").join(names[company] for company in own),
        visit["seats"],
        Formula(f"=COUNTIF({listed_visits(book)},{key})", len(own)),
        Formula(f"={seats}-{taken}", visit["seats"] - len(own)),
    )


def bureaus_of(book: Book, visit: Mapping[str, Any], visits: Sequence[Mapping[str, Any]]) -> str:
    """Name the bureau of a visit, and those that are in one group with it."""
    names = {x.id: x.name.get(book.lang) for x in book.scenario.organisation.bureaus}
    joint = visit.get(JOINT)
    others = [
        names[other["bureau"]]
        for other in visits
        if joint and other[JOINT] == joint and other["visit"] != visit["visit"]
    ]
    if not others:
        return names[visit["bureau"]]
    together = book.t("app.list").join(others)
    return book.t("app.calendar.visits.joint", bureau=names[visit["bureau"]], others=together)

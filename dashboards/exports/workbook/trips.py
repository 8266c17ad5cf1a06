"""The leader trips, where the scenario lets leaders travel."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from dashboards.exports.workbook.book import Book
from dashboards.exports.workbook.cells import Column, Value
from dashboards.exports.workbook.sheet import FIRST


def add_trips(book: Book) -> None:
    """Add the sheet of the leader trips; none where leaders inspect at home only."""
    if not book.run.has_trips:
        return
    columns = [
        Column(book.t("app.column.bureau"), 26),
        Column(book.t("workbook.column.start"), 14, "date"),
        Column(book.t("workbook.column.end"), 14, "date"),
        Column(book.t("app.column.traveller"), 24),
        Column(book.t("workbook.column.tier"), 14),
        Column(book.t("app.column.host_person"), 26),
        Column(book.t("app.column.companies"), 60),
    ]
    tab = book.t("workbook.trips.tab")
    sheet = book.sheet(
        tab, "trips", across=len(columns), kept=(FIRST + 1, 1), repeated=(FIRST, FIRST)
    )
    sheet.table(FIRST, columns, _rows(book))
    sheet.open(book.t("app.calendar.trips.title"), book.t("app.calendar.trips.note"))


def _rows(book: Book) -> Iterator[Sequence[Value]]:
    lang, scenario = book.lang, book.scenario
    names = {company.id: company.name.get(lang) for company in scenario.companies}
    for trip in book.rows("trips"):
        yield (
            scenario.bureau(trip["bureau"]).name.get(lang),
            date.fromisoformat(trip["start"]),
            date.fromisoformat(trip["end"]),
            scenario.leader(trip["leader"]).title.get(lang),
            book.t(f"workbook.tier.{trip['leader_tier']}"),
            book.persons[trip["host"]],
            book.t("app.list").join(names[key] for key in trip["companies"].split()),
        )

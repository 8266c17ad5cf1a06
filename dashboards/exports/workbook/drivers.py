"""What moves the odds of all main targets: a tornado for each bureau."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from dashboards.exports.workbook import drawn
from dashboards.exports.workbook.book import Book
from dashboards.exports.workbook.cells import Column, Value
from dashboards.exports.workbook.sheet import FIRST, Sheet

SHOWN: Final = 8
"""Levers of a tornado."""

_DRAWN: Final = 8
"""Column of the charts."""


def add_drivers(book: Book, found: Mapping[str, Any]) -> None:
    """Add the sheet of the levers."""
    columns = [
        Column(book.t("app.column.bureau"), 26),
        Column(book.t("app.column.assumption"), 46),
        *(
            Column(book.t(f"workbook.column.{key}"), 16, "share")
            for key in ("lever_low", "lever_high", "swing", "swing_low", "swing_high")
        ),
    ]
    tab = book.t("workbook.drivers.tab")
    sheet = book.sheet(tab, "drivers", across=len(columns), kept=(FIRST, 2))
    row = FIRST
    for bureau in book.scenario.organisation.bureaus:
        levers = found["bureaus"][bureau.id]["all_main"]["levers"][:SHOWN]
        rows = [_row(book, bureau.name.get(book.lang), lever) for lever in levers]
        after = sheet.table(row, columns, rows)
        below = _chart(sheet, bureau.name.get(book.lang), row, after) if levers else after
        row = max(after, below) + 1
    futures = found["tornado"]
    note = book.t(
        "workbook.drivers.note", n=futures["n"], tails=futures["tails"], seed=found["seed"]
    )
    sheet.open(book.t("workbook.drivers.title"), note)


def _row(book: Book, bureau: str, lever: Mapping[str, Any]) -> Sequence[Value]:
    labels = {item.id: item.label.get(book.lang) for item in book.scenario.assumptions.items}
    swing = lever["swing"]
    return (
        bureau,
        labels[lever["assumption"]],
        lever["low"]["mean"],
        lever["high"]["mean"],
        swing["mean"],
        swing["low"],
        swing["high"],
    )


def _chart(sheet: Sheet, bureau: str, head: int, after: int) -> int:
    book = sheet.book
    chart = book.chart("bar", "stacked")
    for i, column in enumerate((2, 3)):
        chart.add_series(
            {
                "name": [sheet.name, head, column],
                "categories": [sheet.name, head + 1, 1, after - 1, 1],
                "values": [sheet.name, head + 1, column, after - 1, column],
                "fill": {"color": drawn.colour(i)},
                "gap": 40,
            }
        )
    drawn.dress(chart, book.t("drivers.all-main", bureau=bureau))
    chart.set_y_axis({**drawn.axis(reverse=True, every=True), "label_position": "low"})
    chart.set_x_axis(
        drawn.axis(book.t("workbook.drivers.axis"), form="0.0%", grid=True, beneath=True)
    )
    return sheet.insert(head, _DRAWN, chart, (860, 20 * (after - head) + 110))

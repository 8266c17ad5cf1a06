"""How the money should be split, what more is worth, and what other totals would do."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from dashboards.exports.workbook import drawn
from dashboards.exports.workbook.beside import Allotment
from dashboards.exports.workbook.book import Book
from dashboards.exports.workbook.cells import Column, Formula, Value
from dashboards.exports.workbook.sheet import FIRST, Sheet
from dashboards.figures import reading_label
from dashboards.labels import bureau_labels

_CHART: Final = (720, 420)


def add_allocation(book: Book, found: Allotment) -> None:
    """Add the sheet of the allocation."""
    names = book.t
    columns = [
        Column(names("app.column.bureau"), 28),
        Column(names("workbook.column.present_yuan"), 18, "yuan"),
        Column(names("workbook.column.proposed_yuan"), 18, "yuan"),
        Column(names("workbook.column.change_yuan"), 18, "yuan"),
        Column(names("workbook.column.worth"), 18, "precise"),
        Column(names("app.column.low"), 14, "precise"),
        Column(names("app.column.high"), 14, "precise"),
        Column(names("workbook.column.never_binding"), 22, "yuan"),
    ]
    tab = names("workbook.allocation.tab")
    sheet = book.sheet(tab, "allocation", across=len(columns), kept=(FIRST, 1))
    after = sheet.table(FIRST, columns, _budgets(book, found))
    sheet.put(after, 0, names("app.column.total"), "head")
    for column, name in ((1, "present_yuan"), (2, "proposed_yuan"), (3, None)):
        _total(sheet, found, after, column, name)
    _frontier(sheet, found, after + 2)
    beside = max(len(columns), len(found.content["bureaus"]) + 4) + 1
    _chart(sheet, found, after + 3, beside)
    sheet.open(names("workbook.allocation.title"), _note(book, found.content))


def _budgets(book: Book, found: Allotment) -> Iterator[Sequence[Value]]:
    for i, own in enumerate(found.budgets.to_dict("records")):
        now, proposed = _known(own["present_yuan"]), _known(own["proposed_yuan"])
        excel = FIRST + 2 + i
        change = None
        if now is not None and proposed is not None:
            change = Formula(f"=C{excel}-B{excel}", proposed - now)
        yield (
            book.scenario.bureau(own["bureau"]).name.get(book.lang),
            now,
            proposed,
            change,
            *(_known(own[x]) for x in ("marginal_value_per_10000_yuan", "low", "high")),
            _known(own["never_binding_90_yuan"]),
        )


def _total(sheet: Sheet, found: Allotment, row: int, column: int, name: str | None) -> None:
    """Write the sum of a column, where every bureau has a value in it."""
    sums = [found.budgets[x] for x in ("present_yuan", "proposed_yuan")]
    if any(own.isna().any() for own in sums) and name != "proposed_yuan":
        return
    value = float(found.budgets[name].sum() if name else sums[1].sum() - sums[0].sum())
    letter = "ABCD"[column]
    sheet.put(row, column, Formula(f"=SUM({letter}{FIRST + 2}:{letter}{row})", value), "yuan")


def _frontier(sheet: Sheet, found: Allotment, row: int) -> None:
    book = sheet.book
    bureaus = bureau_labels(book.scenario, book.lang)
    sheet.section(row, book.t("workbook.allocation.frontier"))
    columns = [
        Column(book.t("workbook.column.total_yuan"), 28, "yuan"),
        *(Column(bureaus[bureau], 18, "yuan") for bureau in found.content["bureaus"]),
        Column(book.t("workbook.column.value"), 14, "precise"),
        Column(book.t("app.column.low"), 14, "precise"),
        Column(book.t("app.column.high"), 14, "precise"),
    ]
    keys = [f"{bureau}_yuan" for bureau in found.content["bureaus"]]
    rows = [
        tuple(_known(own[key]) for key in ("total_yuan", *keys, "value", "low", "high"))
        for own in found.frontier.to_dict("records")
    ]
    sheet.table(row + 1, columns, rows)


def _chart(sheet: Sheet, found: Allotment, head: int, beside: int) -> None:
    book, n = sheet.book, len(found.content["bureaus"])
    last = head + len(found.frontier)
    if last == head:
        return
    chart = book.chart("scatter", "straight_with_markers")
    for i, column in enumerate((n + 1, n + 2, n + 3)):
        chart.add_series(
            {
                "name": [sheet.name, head, column],
                "categories": [sheet.name, head + 1, 0, last, 0],
                "values": [sheet.name, head + 1, column, last, column],
                "line": drawn.line(i),
                "marker": {"type": "circle" if i == 0 else "none", "size": 5},
            }
        )
    drawn.dress(chart, book.t("workbook.allocation.frontier"))
    totals = found.frontier["total_yuan"]
    low, high = float(totals.min()), float(totals.max())
    title = book.t("workbook.column.total_yuan")
    chart.set_x_axis(drawn.axis(title, form="#,##0", minimum=low, maximum=high))
    chart.set_y_axis(drawn.axis(book.t("workbook.column.value"), form="0.00", grid=True))
    sheet.insert(FIRST, beside, chart, _CHART)


def _note(book: Book, content: Mapping[str, Any]) -> str:
    moves = "move" if content["answer"]["moves"] else "keep"
    lines = [
        book.t(f"workbook.allocation.{moves}"),
        book.t("allocate.aim", aim=_aim(book, content["aim"])),
        book.t(
            "workbook.allocation.note",
            n=content["judged"]["n"],
            tails=content["judged"]["tails"],
            seed=content["seed"],
        ),
    ]
    if not content["complete"]:
        lines.append(book.t("workbook.allocation.stopped"))
    return "\n".join(lines)


def _aim(book: Book, aim: Mapping[str, Any]) -> str:
    name, reading = aim["name"], aim["reading"]
    if name == "at-least":
        return book.t("allocate.aim.at-least", k=aim["k"])
    if reading is None:
        return book.t(f"allocate.aim.{name}")
    return book.t("allocate.aim.ranked-score-read", reading=reading_label(reading, book.lang))


def _known(value: float) -> float | int | None:
    """Return a number of a table, whole where it is; None where the cell is empty."""
    if math.isnan(value):
        return None
    return int(value) if float(value).is_integer() else float(value)

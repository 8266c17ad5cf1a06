"""What becomes of openings on the way to a started project, and what holds each bureau back."""

from __future__ import annotations

from typing import Final

from dashboards import figures
from dashboards.exports.workbook import drawn
from dashboards.exports.workbook.book import Book
from dashboards.exports.workbook.cells import Column
from dashboards.exports.workbook.sheet import FIRST, Sheet
from dashboards.format import chance
from dashboards.labels import bureau_labels
from dashboards.odds import Odds
from sim.outcome import SPEND_HEADS

_CHART: Final = (720, 480)
_HEADS: Final = len(SPEND_HEADS)
"""Heads of spend that may stand under the funnel."""


def add_funnel(book: Book) -> None:
    """Add the sheet of the funnel, the limits and the spend."""
    scenario, lang = book.scenario, book.lang
    bureaus = bureau_labels(scenario, lang)
    across = max(len(bureaus), len(figures.LIMITS)) + 2
    tab = book.t("workbook.funnel.tab")
    sheet = book.sheet(tab, "funnel", across=across, kept=(FIRST, 1))
    sheet.section(FIRST, book.t("app.forecast.funnel.title"))
    columns = [
        Column(book.t("app.column.stage"), 28),
        *(Column(name, 20, "number") for name in bureaus.values()),
    ]
    means = {b: book.run.forecast["bureaus"][b]["funnel_mean"] for b in bureaus}
    rows = [
        (book.t(f"stage.{stage}"), *(means[bureau][stage] for bureau in bureaus))
        for stage in figures.STAGES
    ]
    after = sheet.table(FIRST + 1, columns, rows)
    _chart(sheet, len(bureaus), FIRST + 1, after - 1)
    row = _limits(sheet, after + 1) + 1
    _spend(sheet, row)
    sheet.open(book.t("workbook.funnel.title"), book.t("workbook.funnel.note"))


def _chart(sheet: Sheet, n: int, head: int, last: int) -> None:
    chart = sheet.book.chart("bar")
    for i in range(n):
        chart.add_series(
            {
                "name": [sheet.name, head, 1 + i],
                "categories": [sheet.name, head + 1, 0, last, 0],
                "values": [sheet.name, head + 1, 1 + i, last, 1 + i],
                "fill": {"color": drawn.colour(i)},
                "gap": 50,
                "data_labels": {"value": True, "num_format": "0.0", "font": drawn.font(7)},
            }
        )
    drawn.dress(chart, sheet.book.t("app.forecast.funnel.title"))
    chart.set_y_axis(drawn.axis(reverse=True, every=True))
    chart.set_x_axis(drawn.axis(sheet.book.t("app.axis.funnel"), form="0", minimum=0, beneath=True))
    beside = max(n, len(figures.LIMITS) + 1, _HEADS) + 2
    sheet.insert(FIRST, beside, chart, _CHART)


def _limits(sheet: Sheet, row: int) -> int:
    book = sheet.book
    sheet.section(row, book.t("app.forecast.limits.title"))
    columns = [
        Column(book.t("app.column.bureau"), 28),
        *(Column(book.t(f"limit.{limit}"), 20) for limit in figures.LIMITS),
    ]
    rows = []
    for bureau in book.scenario.organisation.bureaus:
        shares = book.run.forecast["bureaus"][bureau.id]["limits"]
        odds = [Odds.read(shares[limit]) for limit in figures.LIMITS]
        words = [chance(o.p, o.low, o.high, book.lang) for o in odds]
        rows.append((bureau.name.get(book.lang), *words))
    return sheet.table(row + 1, columns, rows)


def _spend(sheet: Sheet, row: int) -> int:
    """Write the mean spend of a month by head, all bureaus together."""
    book = sheet.book
    sheet.section(row, book.t("workbook.funnel.spend"))
    frame = figures.spend(book.scenario, book.run.forecast, book.lang)
    months, heads = list(dict.fromkeys(frame["label"])), list(dict.fromkeys(frame["head"]))
    yuan = {
        (month, head): amount
        for month, head, amount in zip(frame["label"], frame["head"], frame["yuan"], strict=True)
    }
    columns = [
        Column(book.t("app.column.month"), 28),
        *(Column(head, 20, "yuan") for head in heads),
        Column(book.t("app.column.total"), 20, "yuan"),
    ]
    rows = [
        (month, *(yuan[month, head] for head in heads), sum(yuan[month, head] for head in heads))
        for month in months
    ]
    return sheet.table(row + 1, columns, rows)

"""The assessment under every reading of the scoring rules: scores, grades, and what hangs on it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dashboards import figures
from dashboards.exports.workbook import drawn
from dashboards.exports.workbook.book import Book
from dashboards.exports.workbook.cells import Column, Value
from dashboards.exports.workbook.sheet import FIRST, Sheet
from dashboards.format import chance
from dashboards.labels import bureau_labels
from dashboards.odds import Odds


def add_scores(book: Book) -> None:
    """Add the sheet of the scores."""
    names, grades = book.t, book.scenario.assessment.grades
    columns = [
        Column(names("app.column.bureau"), 26),
        Column(names("app.column.reading"), 36),
        *(Column(names(f"app.column.{key}"), 10, "score") for key in ("p10", "p50", "p90", "mean")),
        *(Column(names("workbook.scores.grade", grade=g.label.get(book.lang)), 24) for g in grades),
    ]
    tab = names("workbook.scores.tab")
    sheet = book.sheet(
        tab, "scores", across=len(columns), kept=(FIRST + 1, 2), repeated=(FIRST, FIRST)
    )
    after = sheet.table(FIRST, columns, _rows(book))
    _changes(sheet, after + 1)
    _chart(sheet, after, len(columns) + 1)
    default = figures.reading_label(book.run.forecast["score"]["default"], book.lang)
    sheet.open(names("workbook.scores.title"), names("workbook.scores.note", reading=default))


def _rows(book: Book) -> Iterator[Sequence[Value]]:
    forecast, lang = book.run.forecast, book.lang
    for bureau in book.scenario.organisation.bureaus:
        for reading in figures.reading_order(book.scenario, forecast):
            own = forecast["score"]["readings"][reading][bureau.id]
            odds = [Odds.read(own["grades"][g.id]) for g in book.scenario.assessment.grades]
            yield (
                bureau.name.get(lang),
                figures.reading_label(reading, lang),
                *(
                    book.t("app.none") if own[x] is None else own[x]
                    for x in ("p10", "p50", "p90", "mean")
                ),
                *(chance(o.p, o.low, o.high, lang) for o in odds),
            )


def _changes(sheet: Sheet, row: int) -> None:
    """Write how likely another reading gives a bureau another grade."""
    book = sheet.book
    changes = book.run.forecast["score"]["grade_changes"]
    sheet.section(row, book.t("workbook.scores.changes"))
    columns = [
        Column(book.t("app.column.bureau"), 26),
        Column(book.t("app.column.probability"), 36),
    ]
    rows = []
    for bureau in book.scenario.organisation.bureaus:
        if bureau.id in changes:
            odds = Odds.read(changes[bureau.id])
            words = chance(odds.p, odds.low, odds.high, book.lang)
            rows.append((bureau.name.get(book.lang), words))
    sheet.table(row + 1, columns, rows)


def _chart(sheet: Sheet, after: int, drawn_at: int) -> None:
    """Draw the mean score of every bureau and reading; their names stand behind the chart."""
    book, name, last = sheet.book, sheet.name, after - 1
    bureaus = bureau_labels(book.scenario, book.lang)
    order = figures.reading_order(book.scenario, book.run.forecast)
    labels = [
        f"{bureaus[b]} · {figures.reading_label(x, book.lang)}" for b in bureaus for x in order
    ]
    for i, label in enumerate(labels):
        sheet.put(FIRST + 1 + i, drawn_at, label)
    chart = book.chart("bar")
    chart.add_series(
        {
            "name": [name, FIRST, 5],
            "categories": [name, FIRST + 1, drawn_at, last, drawn_at],
            "values": [name, FIRST + 1, 5, last, 5],
            "fill": {"color": drawn.SERIES[0]},
            "gap": 50,
            "data_labels": {"value": True, "num_format": "0.0", "font": drawn.font(8)},
        }
    )
    drawn.dress(chart, book.t("workbook.scores.chart"), legend=False)
    chart.set_y_axis(drawn.axis(reverse=True, every=True))
    chart.set_x_axis(drawn.axis(form="0", minimum=0, maximum=100, grid=True, beneath=True))
    sheet.insert(FIRST, drawn_at, chart, (760, max(300, 24 * (last - FIRST) + 90)))

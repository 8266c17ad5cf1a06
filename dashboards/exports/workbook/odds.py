"""The odds of every target, of several bureaus together, and a chart of them with intervals."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from dashboards import figures
from dashboards.exports.workbook import drawn
from dashboards.exports.workbook.book import Book
from dashboards.exports.workbook.cells import Column, Formula, Value
from dashboards.exports.workbook.sheet import FIRST, Sheet
from dashboards.figures import TargetOdds
from dashboards.format import chance
from dashboards.labels import bureau_labels
from dashboards.odds import AT_RISK, ON_COURSE, Odds, share

_P: Final = 5
"""Column of the probability; its interval follows."""
_DRAWN: Final = 12
"""Column of the chart; what it draws stands behind it: a name, and the interval's two halves."""


def add_odds(book: Book) -> None:
    """Add the sheet of the targets' odds."""
    names = book.t
    columns = [
        Column(names("app.column.target"), 26),
        Column(names("app.column.bureau"), 26),
        Column(names("app.column.minimum"), 16, "whole"),
        Column(names("app.column.unit"), 8, "mark"),
        Column(names("app.column.probability"), 22),
        *_figures(book),
        Column(names("app.column.outlook"), 14, "mark"),
    ]
    tab = names("workbook.odds.tab")
    sheet = book.sheet(tab, "odds", across=len(columns), kept=(FIRST + 1, 2))
    entries = figures.target_odds(book.scenario, book.run.forecast)
    after = sheet.table(FIRST, columns, _targets(book, entries))
    below = after + 1
    sheet.section(below, names("app.forecast.joint.title"))
    joint = figures.joint_odds(book.scenario, book.run.forecast, book.lang)
    heads = [
        Column(names("app.column.event"), 26),
        *(Column("", width, "text") for width in (26, 16, 8)),
        *columns[4:],
    ]
    end = sheet.table(below + 1, heads, _joint(book, joint))
    for row in range(below + 1, end):
        text = names("app.column.event") if row == below + 1 else joint[row - below - 2][0]
        style = book.style("head" if row == below + 1 else "text")
        sheet.worksheet.merge_range(row, 0, row, 3, text, style)
    words = {names(f"app.outlook.{x}"): x for x in ("course", "risk", "out")}
    sheet.colour((FIRST + 1, _P + 5, end - 1, _P + 5), words)
    _chart(sheet, entries)
    marks = {"course": share(ON_COURSE, book.lang), "risk": share(AT_RISK, book.lang)}
    note = f"{names('workbook.odds.note')}\n{names('app.thresholds', **marks)}"
    sheet.open(names("workbook.odds.title"), note)


def _figures(book: Book) -> list[Column]:
    return [
        Column(book.t("workbook.column.p"), 10, "odds"),
        Column(book.t("app.column.low"), 10, "share"),
        Column(book.t("app.column.high"), 10, "share"),
        Column(book.t("workbook.column.hits"), 12, "whole"),
        Column(book.t("workbook.column.sample"), 12, "whole"),
    ]


def _written(book: Book, odds: Odds) -> Sequence[Value]:
    return (
        chance(odds.p, odds.low, odds.high, book.lang),
        odds.p,
        odds.low,
        odds.high,
        odds.k,
        odds.n,
        book.t(f"app.outlook.{odds.outlook}"),
    )


def _targets(book: Book, entries: Sequence[TargetOdds]) -> Iterator[Sequence[Value]]:
    for entry in entries:
        money = entry.target.metric.endswith("_yuan")
        yield (
            entry.target.label.get(book.lang),
            book.scenario.bureau(entry.bureau).name.get(book.lang),
            entry.minimum,
            book.t("workbook.unit.yuan" if money else "workbook.unit.count"),
            *_written(book, entry.odds),
        )


def _joint(book: Book, joint: Sequence[tuple[str, Odds]]) -> Iterator[Sequence[Value]]:
    for _, odds in joint:
        yield ("", "", "", "", *_written(book, odds))


def _chart(sheet: Sheet, entries: Sequence[TargetOdds]) -> None:
    """Draw a bar for each target and bureau, with its interval as whiskers."""
    book = sheet.book
    bureaus = bureau_labels(book.scenario, book.lang)
    heads = [
        Column(book.t("app.column.target"), 30),
        Column(book.t("workbook.column.above"), 10, "share"),
        Column(book.t("workbook.column.below"), 10, "share"),
    ]
    sheet.head(FIRST, heads, _DRAWN)
    for i, entry in enumerate(entries):
        at, odds = FIRST + 1 + i, entry.odds
        excel = at + 1
        up, down = odds.high - odds.p, odds.p - odds.low
        label = f"{entry.target.label.get(book.lang)} · {bureaus[entry.bureau]}"
        sheet.put(at, _DRAWN, label)
        sheet.put(at, _DRAWN + 1, Formula(f"=H{excel}-F{excel}", up), "share")
        sheet.put(at, _DRAWN + 2, Formula(f"=F{excel}-G{excel}", down), "share")
    last = FIRST + len(entries)
    chart = book.chart("bar")
    name = sheet.name
    chart.add_series(
        {
            "name": [name, FIRST, _P],
            "categories": [name, FIRST + 1, _DRAWN, last, _DRAWN],
            "values": [name, FIRST + 1, _P, last, _P],
            "fill": {"color": drawn.SERIES[0]},
            "gap": 60,
            "y_error_bars": drawn.whiskers(name, FIRST + 1, last, _DRAWN + 1, _DRAWN + 2),
        }
    )
    drawn.dress(chart, book.t("app.forecast.targets.title"), legend=False)
    chart.set_y_axis(drawn.axis(reverse=True, every=True))
    chart.set_x_axis(
        drawn.axis(
            book.t("app.axis.probability"), form="0%", minimum=0, maximum=1, grid=True, beneath=True
        )
    )
    sheet.insert(FIRST, _DRAWN, chart, (760, max(360, 24 * len(entries) + 110)))

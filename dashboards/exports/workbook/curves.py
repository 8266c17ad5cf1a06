"""How much may come: quantiles of every measure, and how likely each amount is reached."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from xlsxwriter.utility import xl_rowcol_to_cell

from dashboards import figures
from dashboards.exports.workbook import drawn
from dashboards.exports.workbook.book import Book
from dashboards.exports.workbook.cells import Column, Formula, Value
from dashboards.exports.workbook.sheet import FIRST, Sheet
from dashboards.figures import Amount
from dashboards.format import money
from dashboards.labels import bureau_labels
from scenarios.part import Lang

_QUANTILES: Final = ("p10", "p50", "p90")
_SHOWN: Final = (
    "signed_yuan",
    "funds_yuan",
    "registered",
    "started",
    "inspections",
    "spend_yuan",
)
"""Measures in the order in which people ask for them; those a forecast has not are left out."""

_CHART: Final = (750, 420)
_BESIDE: Final = 6
"""Columns from one chart to the next."""

_UNITS: Final[Mapping[Lang, int]] = {"zh": 100_000_000, "en": 1_000_000}
"""Yuan that amounts are read in."""


def add_curves(book: Book) -> None:
    """Add the sheet of the quantiles and the exceedance curves."""
    names = book.t
    columns = [
        Column(names("workbook.column.measure"), 24),
        Column(names("app.column.bureau"), 26),
        Column(names("app.column.unit"), 10, "mark"),
        *(Column(names(f"app.column.{key}"), 16, "number") for key in (*_QUANTILES, "mean")),
        *(Column(names("workbook.column.within", of=key.upper()), 28) for key in _QUANTILES),
    ]
    tab = names("workbook.curves.tab")
    sheet = book.sheet(tab, "curves", across=len(columns), kept=(FIRST + 1, 2))
    row = sheet.table(FIRST, columns, _quantiles(book)) + 1
    sheet.open(names("workbook.curves.title"), names("workbook.curves.note"))
    if book.run.has_outcomes:
        _charts(sheet, row)
    else:
        sheet.note(row, names("app.forecast.curves.none"))


def _quantiles(book: Book) -> Iterator[Sequence[Value]]:
    bureaus = book.run.forecast["bureaus"]
    for metric in _SHOWN:
        for bureau in book.scenario.organisation.bureaus:
            own = bureaus[bureau.id]["quantiles"].get(metric)
            if own is not None:
                yield (
                    book.t(f"metric.{metric}"),
                    bureau.name.get(book.lang),
                    book.t(f"workbook.unit.{'yuan' if metric.endswith('_yuan') else 'count'}"),
                    *(own[key] for key in (*_QUANTILES, "mean")),
                    *(_interval(own.get(f"{key}_interval")) for key in _QUANTILES),
                )


def _interval(ends: Sequence[float] | None) -> str:
    return "" if ends is None else f"{ends[0]:,.0f}–{ends[1]:,.0f}"


def _charts(sheet: Sheet, row: int) -> None:
    """Draw the curves of every amount side by side; what they draw has a sheet of its own."""
    book = sheet.book
    data = book.sheet(
        book.t("workbook.points.tab"),
        "points",
        across=_across(book),
        kept=(FIRST + 1, 0),
        repeated=(FIRST, FIRST),
    )
    column = 0
    for i, metric in enumerate(figures.AMOUNTS):
        chart, column = _curve(data, metric, column)
        sheet.insert(row, _BESIDE * i, chart, _CHART)
    data.open(book.t("workbook.points.title"), book.t("workbook.points.note"))


def _across(book: Book) -> int:
    return len(figures.AMOUNTS) * (len(book.scenario.organisation.bureaus) + 3)


def _curve(sheet: Sheet, metric: Amount, first: int) -> tuple[Any, int]:
    """Write one metric's points from a column on, and return the chart and the next column."""
    book = sheet.book
    scenario, lang, unit = book.scenario, book.lang, _UNITS[book.lang]
    names = list(bureau_labels(scenario, lang).values())
    frame = figures.exceedance(scenario, book.run.outcomes, metric, lang)
    grid = frame[frame["bureau"] == names[0]]["yuan"].tolist()
    shares = {name: frame[frame["bureau"] == name]["share"].tolist() for name in names}
    title = f"{book.t(f'metric.{metric}')} ({book.t('workbook.unit.yuan')})"
    columns = [
        Column(title, 22, "yuan"),
        Column(_unit_name(book), 12, "score"),
        *(Column(name, 12, "share") for name in names),
    ]
    sheet.head(FIRST, columns, first)
    for i, yuan in enumerate(grid):
        row = FIRST + 1 + i
        cell = xl_rowcol_to_cell(row, first)
        sheet.put(row, first, yuan, "yuan")
        sheet.put(row, first + 1, Formula(f"={cell}/{unit}", yuan / unit), "score")
        for j, name in enumerate(names):
            sheet.put(row, first + 2 + j, shares[name][i], "share")
    chart = book.chart("scatter", "straight")
    last = FIRST + len(grid)
    for j in range(len(names)):
        at = first + 2 + j
        chart.add_series(
            {
                "name": [sheet.name, FIRST, at],
                "categories": [sheet.name, FIRST + 1, first + 1, last, first + 1],
                "values": [sheet.name, FIRST + 1, at, last, at],
                "line": drawn.line(j),
            }
        )
    for i, minimum in enumerate(figures.minima(scenario, metric)):
        _upright(sheet, chart, minimum, last + 2 + 2 * i, first)
    _dress(chart, book, metric, grid[-1] / unit)
    return chart, first + len(columns) + 1


def _upright(sheet: Sheet, chart: Any, minimum: int, row: int, first: int) -> None:
    """Write a target as a line from 0 to 1, and draw it."""
    book, unit = sheet.book, _UNITS[sheet.book.lang]
    for step in range(2):
        cell = xl_rowcol_to_cell(row + step, first)
        sheet.put(row + step, first, minimum, "yuan")
        sheet.put(row + step, first + 1, Formula(f"={cell}/{unit}", minimum / unit), "score")
        sheet.put(row + step, first + 2, step, "share")
        label = book.t("app.chart.target", amount=money(minimum, book.lang))
        sheet.put(row + step, first + 3, label, "mark")
    chart.add_series(
        {
            "name": [sheet.name, row, first + 3],
            "categories": [sheet.name, row, first + 1, row + 1, first + 1],
            "values": [sheet.name, row, first + 2, row + 1, first + 2],
            "line": {"color": drawn.INK, "width": 1.25, "dash_type": "square_dot"},
        }
    )


def _dress(chart: Any, book: Book, metric: str, top: float) -> None:
    drawn.dress(chart, book.t("workbook.curves.section", metric=book.t(f"metric.{metric}")))
    chart.set_x_axis(drawn.axis(_unit_name(book), form="#,##0.##", minimum=0, maximum=top))
    reached = book.t("app.axis.reached")
    chart.set_y_axis(drawn.axis(reached, form="0%", minimum=0, maximum=1, grid=True))


def _unit_name(book: Book) -> str:
    return book.t("app.unit.yi") if book.lang == "zh" else "CNY m"

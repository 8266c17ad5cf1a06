"""How much may come: quantiles of every measure, and how likely each amount is reached."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from dashboards import figures
from dashboards.exports.workbook import drawn
from dashboards.exports.workbook.book import Book
from dashboards.exports.workbook.cells import Column, Value
from dashboards.exports.workbook.sheet import FIRST, Sheet
from dashboards.figures import Amount
from dashboards.labels import bureau_labels

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

_CHART: Final = (840, 420)


def add_curves(book: Book) -> None:
    """Add the sheet of the quantiles and the exceedance curves."""
    names = book.t
    columns = [
        Column(names("workbook.column.measure"), 24),
        Column(names("app.column.bureau"), 26),
        Column(names("app.column.unit"), 10, "mark"),
        *(Column(names(f"app.column.{key}"), 18, "number") for key in (*_QUANTILES, "mean")),
        *(Column(names("workbook.column.within", of=key.upper()), 30) for key in _QUANTILES),
    ]
    tab = names("workbook.curves.tab")
    sheet = book.sheet(tab, "curves", across=len(columns), kept=(FIRST + 1, 2))
    row = sheet.table(FIRST, columns, _quantiles(book)) + 1
    if book.run.has_outcomes:
        for metric in figures.AMOUNTS:
            row = _curve(sheet, metric, row)
    sheet.open(names("workbook.curves.title"), names("workbook.curves.note"))
    if not book.run.has_outcomes:
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


def _curve(sheet: Sheet, metric: Amount, row: int) -> int:
    """Write one metric's curves, a column a bureau, and draw them with the targets upright."""
    book = sheet.book
    scenario, lang = book.scenario, book.lang
    names = list(bureau_labels(scenario, lang).values())
    frame = figures.exceedance(scenario, book.run.outcomes, metric, lang)
    grid = frame[frame["bureau"] == names[0]]["yuan"].tolist()
    shares = {name: frame[frame["bureau"] == name]["share"].tolist() for name in names}
    sheet.section(row, book.t("workbook.curves.section", metric=book.t(f"metric.{metric}")))
    data = row + 1 + _rows_of_chart() + 1
    columns = [
        Column(book.t("workbook.column.amount"), 24, "yuan"),
        *(Column(name, 16, "share") for name in names),
    ]
    rows = [(yuan, *(shares[name][i] for name in names)) for i, yuan in enumerate(grid)]
    after = sheet.table(data, columns, rows)
    minima = figures.minima(scenario, metric)
    last = after + 2 * len(minima)
    for i, minimum in enumerate(minima):
        for step in range(2):
            sheet.put(after + 2 * i + step, 0, minimum, "yuan")
            sheet.put(after + 2 * i + step, 1, step, "share")
        label = book.t("app.chart.target", amount=_amount(book, minimum))
        sheet.put(after + 2 * i, 2, label)
    chart = book.chart("scatter", "straight")
    for i in range(len(names)):
        chart.add_series(
            {
                "name": [sheet.name, data, 1 + i],
                "categories": [sheet.name, data + 1, 0, after - 1, 0],
                "values": [sheet.name, data + 1, 1 + i, after - 1, 1 + i],
                "line": drawn.line(i),
            }
        )
    for i in range(len(minima)):
        at = after + 2 * i
        chart.add_series(
            {
                "name": [sheet.name, at, 2],
                "categories": [sheet.name, at, 0, at + 1, 0],
                "values": [sheet.name, at, 1, at + 1, 1],
                "line": {"color": drawn.INK, "width": 1.25, "dash_type": "square_dot"},
            }
        )
    _dress(chart, book, metric, grid[-1])
    sheet.insert(row + 1, 0, chart, _CHART)
    return last + 1


def _dress(chart: Any, book: Book, metric: str, top: float) -> None:
    drawn.dress(chart, book.t("workbook.curves.section", metric=book.t(f"metric.{metric}")))
    unit = drawn.axis(book.t("workbook.unit.yuan"), form="#,##0", minimum=0, maximum=top)
    chart.set_x_axis({**unit, **_display(book)})
    reached = book.t("app.axis.reached")
    chart.set_y_axis(drawn.axis(reached, form="0%", minimum=0, maximum=1, grid=True))


def _display(book: Book) -> dict[str, Any]:
    """Return the unit amounts are read in, which Excel divides by: hundreds of millions, or one."""
    unit = "hundred_millions" if book.lang == "zh" else "millions"
    title = book.t("app.unit.yi") if book.lang == "zh" else "CNY m"
    return {"display_units": unit, "display_units_visible": False, "name": title}


def _amount(book: Book, yuan: int) -> str:
    from dashboards.format import money

    return money(yuan, book.lang)


def _rows_of_chart() -> int:
    return _CHART[1] // 20 + 1

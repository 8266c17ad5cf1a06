"""How the workbook's native charts look: the pages' colours, a font that reads Chinese, axes."""

from __future__ import annotations

from typing import Any, Final

from xlsxwriter.utility import xl_range_formula

from dashboards.exports.workbook.styles import FONT
from dashboards.palette import INK as INK
from dashboards.palette import LINE, MUTED
from dashboards.palette import SERIES as SERIES

DASHES: Final = ("solid", "dash", "round_dot", "dash_dot", "long_dash", "long_dash_dot")
"""Lines differ by dash as well as by colour."""


def font(size: int = 9, *, bold: bool = False, colour: str = INK) -> dict[str, Any]:
    """Return a chart's font."""
    return {"name": FONT, "size": size, "bold": bold, "color": colour}


def dress(chart: Any, title: str, *, legend: bool = True) -> None:
    """Give a chart its title and, at the bottom, its legend."""
    chart.set_title({"name": title, "name_font": font(12, bold=True), "overlay": False})
    chart.set_legend({"position": "bottom", "font": font()} if legend else {"none": True})
    chart.set_chartarea({"border": {"color": LINE}})


def axis(
    title: str | None = None,
    *,
    form: str | None = None,
    minimum: float | None = None,
    maximum: float | None = None,
    grid: bool = False,
    reverse: bool = False,
    beneath: bool = False,
    every: bool = False,
) -> dict[str, Any]:
    """Return the options of an axis.

    Parameters
    ----------
    title, form, minimum, maximum, grid
        What it says, and how.
    reverse
        The first category on top.
    beneath
        The numbers at the bottom, where the other axis is reversed and would have them on top.
    every
        Name every category, however little room there is.
    """
    found: dict[str, Any] = {
        "num_font": font(),
        "line": {"color": MUTED},
        "major_gridlines": {"visible": grid, "line": {"color": LINE, "width": 0.75}},
        "reverse": reverse,
    }
    if title is not None:
        found |= {"name": title, "name_font": font()}
    if every:
        found["interval_unit"] = 1
    if beneath:
        found["label_position"] = "high"
    if form is not None:
        found["num_format"] = form
    if minimum is not None:
        found["min"] = minimum
    if maximum is not None:
        found["max"] = maximum
    return found


def colour(i: int) -> str:
    """Return the colour of a series."""
    return SERIES[i % len(SERIES)]


def line(i: int) -> dict[str, Any]:
    """Return the line of a series."""
    return {"color": colour(i), "width": 2, "dash_type": DASHES[i % len(DASHES)]}


def whiskers(sheet: str, first: int, last: int, plus: int, minus: int) -> dict[str, Any]:
    """Return error bars that read what is above and below an estimate from two columns."""
    return {
        "type": "custom",
        "plus_values": xl_range_formula(sheet, first, plus, last, plus),
        "minus_values": xl_range_formula(sheet, first, minus, last, minus),
        "line": {"color": INK, "width": 1},
    }

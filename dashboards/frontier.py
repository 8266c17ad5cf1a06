"""The frontier drawn: what the best split of each total is worth, with its interval."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from xml.etree import ElementTree as ET

from dashboards.allocation import aim_label, value_in_words
from dashboards.drawing import fit, line, number, rect, render, sheet, text, width_of, wrap
from dashboards.format import count, thousands
from dashboards.palette import ACCENT, INK, LINE, MUTED, PAPER
from dashboards.texts import t
from scenarios.part import Lang
from sim.allocation import Allocation, Point

WIDTH: Final = 1200
HEIGHT: Final = 660
LEFT, RIGHT, TOP, BOTTOM = 96, 1160, 172, 570
TICKS: Final = 6
"""Numbers along an axis, about."""


@dataclass(frozen=True, slots=True)
class Scale:
    """An axis: from values to places on the sheet, with round ticks.

    Attributes
    ----------
    low, high
        Values at its ends.
    start, end
        Places of the ends.
    """

    low: float
    high: float
    start: float
    end: float

    def at(self, value: float) -> float:
        """Return the place of a value."""
        share = (value - self.low) / (self.high - self.low)
        return self.start + share * (self.end - self.start)

    @property
    def apart(self) -> float:
        """How far apart ticks are: 1, 2 or 5 times a power of ten."""
        rough = (self.high - self.low) / TICKS
        power = 10.0 ** math.floor(math.log10(rough))
        return next(times * power for times in (1, 2, 5, 10) if times * power >= rough)

    @property
    def ticks(self) -> list[float]:
        """Round values within the ends."""
        apart = self.apart
        first, last = math.ceil(self.low / apart - 1e-9), math.floor(self.high / apart + 1e-9)
        return [k * apart for k in range(first, last + 1)]


def frontier_svg(found: Allocation, lang: Lang) -> str:
    """Return the frontier of an allocation as an SVG drawing, readable at 1200 pixels.

    Parameters
    ----------
    found
        An allocation with a frontier; of one total where bounds allow no other.
    lang
        Language of its words.
    """
    points = found.frontier or (Point(found.grid.total_yuan, found.best, found.value(found.best)),)
    aim = found.search.aim
    scale = 100 if aim.kind == "probability" else 1
    title = t("allocate.chart.title", lang, title=found.scenario.title.get(lang))
    ends = {"least": f"{points[0].total_yuan:,}", "most": f"{points[-1].total_yuan:,}"}
    worth = {
        name: value_in_words(point.value, aim, lang)
        for name, point in (("low", points[0]), ("high", points[-1]))
    }
    described = t("allocate.chart.described", lang, **ends, **worth)
    root = sheet(WIDTH, HEIGHT, lang, title, described)
    rect(root, 0, 0, WIDTH, HEIGHT, PAPER)
    text(root, LEFT, 46, fit(title, 26, RIGHT - LEFT), 26, font_weight="600")
    key = "allocate.chart.percent" if scale == 100 else "allocate.chart.value"
    # The axis is named above it, level, so that nobody has to turn the head.
    for row, words in enumerate(wrap(t(key, lang, aim=aim_label(aim, lang)), 19, RIGHT - LEFT)):
        text(root, LEFT, 84 + 24 * row, words, 19, fill=INK)
    across, up = _scales(found, points, scale)
    _axes(root, across, up, lang)
    _band(root, points, across, up, scale)
    _marks(root, found, across, lang)
    _note(root, found, lang)
    return render(root)


def _scales(found: Allocation, points: Sequence[Point], scale: int) -> tuple[Scale, Scale]:
    marks = [found.grid.total_yuan, sum(found.grid.present_yuan)]
    totals = [*(x.total_yuan for x in points), *marks]
    lows = [scale * x.value.low for x in points]
    highs = [scale * x.value.high for x in points]
    wide = max(totals) - min(totals) or max(totals) * 0.1
    tall = max(highs) - min(lows) or max(1.0, abs(max(highs)))
    across = Scale(min(totals) - 0.02 * wide, max(totals) + 0.02 * wide, LEFT, RIGHT)
    floor = min(lows) - 0.08 * tall
    # What cannot be below 0 is not drawn so.
    up = Scale(max(0.0, floor), max(highs) + 0.08 * tall, BOTTOM, TOP)
    return across, up


def _axes(root: ET.Element, across: Scale, up: Scale, lang: Lang) -> None:
    digits = max(0, -math.floor(math.log10(up.apart) + 1e-9))
    for value in up.ticks:
        y = up.at(value)
        line(root, LEFT, y, RIGHT, y, LINE, 1)
        text(root, LEFT - 12, y + 6, f"{value:,.{digits}f}", 18, text_anchor="end", fill=MUTED)
    line(root, LEFT, BOTTOM, RIGHT, BOTTOM, MUTED, 1.5)
    for total in across.ticks:
        x = across.at(total)
        line(root, x, BOTTOM, x, BOTTOM + 7, MUTED, 1.5)
        text(root, x, BOTTOM + 27, thousands(total, lang), 18, text_anchor="middle", fill=MUTED)
    label = t("allocate.chart.total", lang)
    text(root, RIGHT, BOTTOM + 54, label, 19, text_anchor="end")
    if up.low > 0:
        text(root, LEFT, BOTTOM + 54, t("allocate.chart.cut", lang), 16, fill=MUTED)


def _band(root: ET.Element, points: Sequence[Point], across: Scale, up: Scale, scale: int) -> None:
    lower = [(across.at(x.total_yuan), up.at(scale * x.value.low)) for x in points]
    upper = [(across.at(x.total_yuan), up.at(scale * x.value.high)) for x in points]
    middle = [(across.at(x.total_yuan), up.at(scale * x.value.mean)) for x in points]
    if len(points) == 1:
        line(root, *lower[0], *upper[0], ACCENT, 3)
    else:
        outline = {"points": _written([*upper, *reversed(lower)]), "class": "band"}
        style = {"fill": ACCENT, "fill-opacity": "0.16"}
        ET.SubElement(root, "polygon", {**outline, **style})
        style = {"fill": "none", "stroke": ACCENT, "stroke-width": "3"}
        ET.SubElement(root, "polyline", {"points": _written(middle), "class": "value", **style})
    for x, y in middle:
        ET.SubElement(root, "circle", {"cx": number(x), "cy": number(y), "r": "4", "fill": ACCENT})


def _written(places: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{number(x)},{number(y)}" for x, y in places)


def _marks(root: ET.Element, found: Allocation, across: Scale, lang: Lang) -> None:
    """Mark today's total, and the one asked about where that is another."""
    today, asked = sum(found.grid.present_yuan), found.grid.total_yuan
    marks = [("today", today)] if today == asked else [("today", today), ("asked", asked)]
    for row, (name, total) in enumerate(marks):
        if not across.low <= total <= across.high:
            continue
        x = across.at(total)
        ends = {
            "x1": number(x),
            "x2": number(x),
            "y1": number(TOP - 28 - 24 * row),
            "y2": number(BOTTOM),
        }
        style = {"stroke": INK, "stroke-width": "2", "stroke-dasharray": "7 5"}
        ET.SubElement(root, "line", {**ends, **style, "class": name})
        words = t(f"allocate.chart.{name}", lang, total=thousands(total, lang))
        # Turned to the side that has room.
        fits = x + 10 + width_of(words, 18) <= RIGHT
        place, anchor = (x + 10, "start") if fits else (x - 10, "end")
        text(root, place, TOP - 14 - 24 * row, words, 18, text_anchor=anchor)


def _note(root: ET.Element, found: Allocation, lang: Lang) -> None:
    facts = {"n": count(found.fresh.n), "tails": found.fresh.tails, "seed": found.search.seed}
    text(root, LEFT, HEIGHT - 14, t("allocate.chart.note", lang, **facts), 16, fill=MUTED)

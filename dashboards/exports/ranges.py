"""The drawing of a brief: where the year may end, bureau by bureau, against the targets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from xml.etree import ElementTree as ET

from dashboards import drawing, palette
from dashboards.exports.paper import Figure
from dashboards.format import count, money_unit
from dashboards.labels import bureau_labels
from dashboards.runs import Run
from dashboards.texts import t
from scenarios.part import Lang
from scenarios.targets import Target

WIDTH: Final = 1560.0
"""Tenths of a millimetre: the width of a paper's text."""

PANELS: Final = 3
_GAP: Final = 34.0
_ROW: Final = 46.0
_SIZE: Final = 29.0
_BAR: Final = 17.0
_LINE: Final = 33.0


@dataclass(frozen=True, slots=True)
class Panel:
    """One main target: what the bureaus may reach of it, in a unit that is read.

    Attributes
    ----------
    title
        Its name and unit.
    rows
        For each bureau P10, P50 and P90; None where the target is not the bureau's.
    minima
        For each bureau what the target asks; None likewise.
    digits
        Decimals of the figures.
    """

    title: str
    rows: tuple[tuple[float, float, float] | None, ...]
    minima: tuple[float | None, ...]
    digits: int

    @property
    def top(self) -> float:
        """The largest value that is drawn."""
        drawn = [value for row in self.rows if row for value in row]
        return 1.06 * max([*drawn, *(x for x in self.minima if x is not None), 1e-9])

    def said(self, place: int) -> str:
        """Return the figures of a bureau: median, and the range of four years in five."""
        own = self.rows[place]
        if own is None:
            return ""
        low, middle, high = (count(value, self.digits) for value in own)
        return f"{middle} ({low}–{high})"


def ranges(run: Run, lang: Lang) -> Figure | None:
    """Return the drawing, or None where no main target has quantiles to draw."""
    shown = panels(run, lang)
    if not shown:
        return None
    names = list(bureau_labels(run.scenario, lang).values())
    caption = t("paper.ranges.caption", lang)
    alt = t("paper.ranges.alt", lang, figures=_in_words(shown, names, lang))
    return Figure(drawing.render(_draw(shown, names, lang, caption, alt)), alt, caption)


def panels(run: Run, lang: Lang) -> list[Panel]:
    """Return a panel for each main target whose quantiles the forecast keeps, a few at most."""
    reports = run.forecast["bureaus"]
    bureaus = [bureau.id for bureau in run.scenario.organisation.bureaus]
    main = [target for target in run.scenario.targets if target.main]
    kept = [x for x in main if any(x.metric in reports[b]["quantiles"] for b in bureaus)]
    return [_panel(target, bureaus, reports, lang) for target in kept[:PANELS]]


def _panel(target: Target, bureaus: Sequence[str], reports: Mapping[str, Any], lang: Lang) -> Panel:
    own = {b: reports[b]["targets"].get(target.id) for b in bureaus}
    largest = max((x["minimum"] for x in own.values() if x), default=target.minimum)
    is_money = target.metric.endswith("_yuan")
    unit, name = money_unit(largest, lang) if is_money else (1, t("paper.unit.items", lang))
    rows = []
    for bureau in bureaus:
        quantiles = reports[bureau]["quantiles"].get(target.metric)
        known = own[bureau] is not None and quantiles is not None
        rows.append(tuple(quantiles[q] / unit for q in ("p10", "p50", "p90")) if known else None)
    minima = tuple(x["minimum"] / unit if x else None for x in own.values())
    title = t("paper.ranges.panel", lang, target=target.label.get(lang), unit=name)
    return Panel(title, tuple(rows), minima, 2 if is_money else 0)


def _draw(
    shown: Sequence[Panel], names: Sequence[str], lang: Lang, title: str, alt: str
) -> ET.Element:
    left = min(300.0, 24 + max(drawing.width_of(name, _SIZE) for name in names))
    width = (WIDTH - left - _GAP * (len(shown) - 1)) / len(shown)
    titles = [drawing.wrap(panel.title, _SIZE, width)[:2] for panel in shown]
    top = 16 + _LINE * max(map(len, titles))
    height = top + _ROW * len(names) + 8
    root = drawing.sheet(WIDTH, height, lang, title, alt)
    drawing.rect(root, 0, 0, WIDTH, height, palette.PAPER)
    for i, name in enumerate(names):
        drawing.text(root, 0, _base(top, i), drawing.fit(name, _SIZE, left - 12), _SIZE)
    for i, panel in enumerate(shown):
        x = left + i * (width + _GAP)
        for n, line in enumerate(titles[i]):
            drawing.text(root, x, 30 + _LINE * n, line, _SIZE, font_weight="bold")
        _rows(root, panel, (x, top), width)
    return root


def _base(top: float, place: int) -> float:
    return top + _ROW * place + _ROW / 2 + _SIZE * 0.36


def _rows(root: ET.Element, panel: Panel, at: tuple[float, float], width: float) -> None:
    """Draw a panel's rows: a bar from P10 to P90, a dot at the median, a line at the target."""
    x, top = at
    said = [panel.said(place) for place in range(len(panel.rows))]
    room = 18 + max(drawing.width_of(words, _SIZE - 2) for words in said)
    scale = (width - room) / panel.top
    drawing.line(root, x, top - 6, x, top + _ROW * len(said) + 4, palette.LINE, 2)
    for place, own in enumerate(panel.rows):
        middle = top + _ROW * place + _ROW / 2
        if own is not None:
            low, median, high = (x + scale * value for value in own)
            bar = palette.STATUS["travel"].mark
            drawing.rect(root, low, middle - _BAR / 2, max(2.0, high - low), _BAR, bar)
            dot = {"cx": drawing.number(median), "cy": drawing.number(middle), "r": "10"}
            ET.SubElement(root, "circle", {**dot, "fill": palette.INK})
        minimum = panel.minima[place]
        if minimum is not None:
            mark, ends = x + scale * minimum, (middle - _ROW / 2 + 4, middle + _ROW / 2 - 4)
            drawing.line(root, mark, ends[0], mark, ends[1], palette.OUTLOOK["out"].ink, 6)
        end = {"text_anchor": "end"}
        drawing.text(root, x + width - 4, _base(top, place), said[place], _SIZE - 2, **end)


def _in_words(shown: Sequence[Panel], names: Sequence[str], lang: Lang) -> str:
    of_panels = [
        t(
            "paper.ranges.words",
            lang,
            what=panel.title,
            figures=t("sign.comma", lang).join(
                f"{name} {panel.said(place)}"
                for place, name in enumerate(names)
                if panel.rows[place] is not None
            ),
        )
        for panel in shown
    ]
    return t("sign.semicolon", lang).join(of_panels)

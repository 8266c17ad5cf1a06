"""The coverage as equal tiles, one a provincial-level unit: no outline, no area, no map."""

from __future__ import annotations

from typing import Final
from xml.etree import ElementTree as ET

from dashboards.drawing import fit, group, rect, render, sheet, text, width_of
from dashboards.labels import bureau_labels
from dashboards.palette import INK, LINE, MUTED, PAPER, SERIES, WASH
from dashboards.provinces import Cover, coverage
from dashboards.texts import t
from scenarios.model import Scenario
from scenarios.part import Lang

_WIDTH: Final = 112
_HEIGHT: Final = 72
_GAP: Final = 6
_STRIPE: Final = 8
_NAME: Final = 19
_WORDS: Final = 15
_BOLD: Final = 1.15
"""How much wider than its estimate a name in bold may be."""


def tile_grid(scenario: Scenario, lang: Lang) -> str:
    """Return the drawing as SVG: a stripe in the colour of the bureau that covers a province.

    A whole frame is a primary province, a dashed one a secondary province; a star is a bureau's
    seat. The bureau stands in every tile by name, so that nothing hangs on colour.
    """
    covers = coverage(scenario).covers
    first = min(cover.unit.column for cover in covers)
    columns = 1 + max(cover.unit.column for cover in covers) - first
    rows = 1 + max(cover.unit.row for cover in covers)
    root = sheet(
        columns * (_WIDTH + _GAP) + _GAP,
        rows * (_HEIGHT + _GAP) + _GAP,
        lang,
        t("outlook.coverage.title", lang),
        said(scenario, lang),
    )
    names = bureau_labels(scenario, lang)
    colours = {
        bureau.id: SERIES[i % len(SERIES)] for i, bureau in enumerate(scenario.organisation.bureaus)
    }
    for cover in covers:
        x = _GAP + (cover.unit.column - first) * (_WIDTH + _GAP)
        y = _GAP + cover.unit.row * (_HEIGHT + _GAP)
        _tile(root, cover, x, y, names, colours, lang)
    return render(root)


def said(scenario: Scenario, lang: Lang) -> str:
    """Say in a sentence how much is covered."""
    covers = coverage(scenario).covers
    return t(
        "outlook.coverage.said",
        lang,
        all=len(covers),
        primary=sum(bool(cover.primary) for cover in covers),
        secondary=sum(bool(cover.secondary) and not cover.primary for cover in covers),
        companies=sum(cover.companies for cover in covers),
        bureaus=len(scenario.organisation.bureaus),
    )


def kind_of(cover: Cover, lang: Lang) -> str:
    """Return what a unit is to the bureaus, in a word."""
    kind = "primary" if cover.primary else "secondary" if cover.secondary else "none"
    return t(f"outlook.coverage.{kind}", lang)


def bureaus_of(cover: Cover, names: dict[str, str], lang: Lang) -> str:
    """Return the bureaus of a unit by name, a star where one sits in it."""
    named = [f"★{names[key]}" if key in cover.seats else names[key] for key in cover.bureaus]
    return t("app.list", lang).join(named)


def _tile(
    root: ET.Element,
    cover: Cover,
    x: float,
    y: float,
    names: dict[str, str],
    colours: dict[str, str],
    lang: Lang,
) -> None:
    name, bureaus = cover.unit.name.get(lang), bureaus_of(cover, names, lang)
    companies = t("outlook.coverage.companies", lang, n=cover.companies) if cover.companies else ""
    tip = "; ".join(part for part in (name, kind_of(cover, lang), bureaus, companies) if part)
    tile = group(root, "tile", tip, code=cover.unit.code)
    if not cover.bureaus:
        rect(tile, x, y, _WIDTH, _HEIGHT, WASH, stroke=LINE, rx=5)
        _name(tile, name, x + 9, y, MUTED)
        return
    colour = colours[cover.bureaus[0]]
    dash = {} if cover.primary else {"stroke_dasharray": "5 4"}
    rect(tile, x, y, _WIDTH, _HEIGHT, PAPER, stroke=colour, stroke_width=2, rx=5, **dash)
    if cover.primary:
        rect(tile, x, y, _STRIPE, _HEIGHT, colour, rx=3)
    inside = _WIDTH - _STRIPE - 12
    _name(tile, name, x + _STRIPE + 6, y, INK)
    text(tile, x + _STRIPE + 6, y + 43, fit(bureaus, _WORDS, inside), _WORDS, fill=INK)
    if companies:
        text(tile, x + _STRIPE + 6, y + 62, companies, _WORDS - 1, fill=MUTED)


def _name(tile: ET.Element, name: str, x: float, y: float, ink: str) -> None:
    size = min(_NAME, (_WIDTH - _STRIPE - 10) / (_BOLD * width_of(name, 1)))
    text(tile, x, y + 22, name, size, fill=ink, font_weight=600)

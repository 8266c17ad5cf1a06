"""A few strokes of SVG: elements, patterns and texts that measure themselves."""

from __future__ import annotations

import unicodedata
from typing import Final
from xml.etree import ElementTree as ET

from dashboards.palette import FONT, INK, Pattern, Tone

SVG: Final = "http://www.w3.org/2000/svg"


def sheet(width: float, height: float, lang: str, title: str, description: str) -> ET.Element:
    """Return an empty drawing with its accessible name.

    Parameters
    ----------
    width, height
        Extent of the view box.
    lang
        Language of its texts: it chooses the glyphs of Chinese characters.
    title, description
        Name and description for people who listen.
    """
    root = ET.Element(
        "svg",
        {
            "xmlns": SVG,
            "viewBox": f"0 0 {number(width)} {number(height)}",
            "role": "img",
            "aria-label": title,
            "xml:lang": lang,
            "lang": lang,
            "font-family": FONT,
            "fill": INK,
        },
    )
    ET.SubElement(root, "title").text = title
    ET.SubElement(root, "desc").text = description
    return root


def group(parent: ET.Element, name: str, tip: str = "", **data: object) -> ET.Element:
    """Add a group with a class, ``data-`` attributes and a tip that shows on hovering."""
    element = ET.SubElement(parent, "g", {"class": name})
    for key, value in data.items():
        element.set(f"data-{key}", str(value))
    if tip:
        ET.SubElement(element, "title").text = tip
    return element


def rect(
    parent: ET.Element, x: float, y: float, width: float, height: float, fill: str, **more: object
) -> ET.Element:
    """Add a rectangle; further attributes take a dash for each underscore."""
    element = ET.SubElement(
        parent,
        "rect",
        {
            "x": number(x),
            "y": number(y),
            "width": number(width),
            "height": number(height),
            "fill": fill,
        },
    )
    return _set(element, more)


def line(
    parent: ET.Element, x1: float, y1: float, x2: float, y2: float, stroke: str, width: float = 2
) -> None:
    """Add a line."""
    ends = {"x1": number(x1), "y1": number(y1), "x2": number(x2), "y2": number(y2)}
    ET.SubElement(parent, "line", {**ends, "stroke": stroke, "stroke-width": number(width)})


def text(
    parent: ET.Element, x: float, y: float, words: str, size: float, **more: object
) -> ET.Element:
    """Add a text with its baseline at ``y``; further attributes take a dash for each underscore."""
    element = ET.SubElement(
        parent, "text", {"x": number(x), "y": number(y), "font-size": number(size)}
    )
    element.text = words
    return _set(element, more)


def filled(parent: ET.Element, box: tuple[float, float, float, float], tone: Tone) -> None:
    """Add a box in a tone: its fill, and its pattern over it."""
    rect(parent, *box, tone.fill)
    if tone.pattern != "plain":
        rect(parent, *box, f"url(#{pattern_id(tone)})")


def patterns(root: ET.Element, tones: list[Tone]) -> None:
    """Define the pattern of each tone once."""
    defs = ET.SubElement(root, "defs")
    for key, tone in sorted({pattern_id(t): t for t in tones if t.pattern != "plain"}.items()):
        size = 18 if tone.pattern == "dots" else 16
        tile = ET.SubElement(
            defs,
            "pattern",
            {
                "id": key,
                "width": number(size),
                "height": number(size),
                "patternUnits": "userSpaceOnUse",
            },
        )
        for element in _strokes(tone.pattern, size, tone.mark):
            tile.append(element)


def pattern_id(tone: Tone) -> str:
    """Return the id of a tone's pattern."""
    return f"p-{tone.pattern}-{tone.mark.lstrip('#')}"


def width_of(words: str, size: float) -> float:
    """Estimate the width of a text: a full em for a Chinese character, 0.56 em for others."""
    wide = sum(unicodedata.east_asian_width(c) in "WF" for c in words)
    return size * (wide + 0.56 * (len(words) - wide))


def fit(words: str, size: float, width: float) -> str:
    """Cut a text to a width, with an ellipsis where something was cut."""
    if width_of(words, size) <= width:
        return words
    while words and width_of(words + "…", size) > width:
        words = words[:-1]
    return words.rstrip() + "…"


def wrap(words: str, size: float, width: float) -> list[str]:
    """Break a text into lines: between words, and between any two Chinese characters."""
    lines = [""]
    for piece in _pieces(words):
        if lines[-1] and width_of(lines[-1] + piece, size) > width:
            lines.append("")
        lines[-1] += piece if lines[-1] else piece.lstrip()
    return [entry.rstrip() for entry in lines]


def render(root: ET.Element) -> str:
    """Return the drawing as text."""
    return ET.tostring(root, encoding="unicode")


def number(value: float) -> str:
    """Write a coordinate: two decimals at most, and no idle zeros."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _pieces(words: str) -> list[str]:
    pieces: list[str] = []
    for char in words:
        joins = pieces and char != " " and not _wide(char) and not _wide(pieces[-1][-1])
        if joins or (pieces and char in ",.，。；：、）”"):
            pieces[-1] += char
        else:
            pieces.append(char)
    return pieces


def _wide(char: str) -> bool:
    return unicodedata.east_asian_width(char) in "WF"


def _set(element: ET.Element, more: dict[str, object]) -> ET.Element:
    for key, value in more.items():
        written = number(value) if isinstance(value, float) else str(value)
        element.set(key.replace("_", "-"), written)
    return element


def _strokes(pattern: Pattern, size: float, mark: str) -> list[ET.Element]:
    half = number(size / 2)
    if pattern == "dots":
        return [ET.Element("circle", {"cx": half, "cy": half, "r": "3", "fill": mark})]
    paths = {
        "rising": f"M0,{size} L{size},0",
        "falling": f"M0,0 L{size},{size}",
        "grid": f"M0,{half} H{size} M{half},0 V{size}",
    }
    style = {"stroke": mark, "stroke-width": "3", "fill": "none"}
    return [ET.Element("path", {"d": paths[pattern], **style})]

"""A paper as PDF, with its fonts in it: the same on every screen and printer."""

from __future__ import annotations

from dataclasses import asdict
from itertools import zip_longest
from typing import Any

from dashboards import palette
from dashboards.exports import typography
from dashboards.exports.paper import (
    Block,
    Cell,
    Figure,
    Heading,
    PageBreak,
    Paper,
    Paragraph,
    Table,
    sticks,
)
from dashboards.exports.typesetting import Fonts, fonts, typeset
from dashboards.texts import t


def pdf(paper: Paper) -> bytes:
    """Return a paper as PDF; the same paper gives the same bytes on the same machine.

    Raises
    ------
    RunError
        When the typesetter (extra ``pdf``) is missing, or the machine has no Chinese font.
    """
    return typeset("paper.typ", _values(paper, fonts()), "pdf", paper.created)


def _values(paper: Paper, found: Fonts) -> dict[str, Any]:
    return {
        "lang": paper.lang,
        "author": t("app.name", paper.lang),
        "origin": paper.origin,
        "mark": paper.mark,
        "title": list(paper.title),
        "title_is_bold": "title" not in found.missing,
        "subtitle": paper.subtitle,
        "dense": paper.dense,
        "sizes": asdict(typography.sizes(paper.lang, dense=paper.dense)),
        "fonts": {**found.of, "latin": list(found.latin)},
        "page": {
            "width": typography.WIDTH_MM,
            "height": typography.HEIGHT_MM,
            "top": typography.TOP_MM,
            "bottom": typography.BOTTOM_MM,
            "left": typography.LEFT_MM,
            "right": typography.RIGHT_MM,
        },
        "blocks": [
            {**_block(block), "sticky": sticks(block, after)}
            for block, after in zip_longest(paper.blocks, paper.blocks[1:])
        ],
    }


def _block(block: Block) -> dict[str, Any]:
    match block:
        case Heading():
            return {"type": "heading", **asdict(block)}
        case Paragraph():
            return {"type": "paragraph", **asdict(block)}
        case Figure():
            return {"type": "figure", **asdict(block)}
        case PageBreak():
            return {"type": "break"}
        case Table():
            rows = [[_cell(cell) for cell in row] for row in block.rows]
            whole = len(rows) + bool(block.head) <= typography.WHOLE
            return {"type": "table", **asdict(block), "rows": rows, "breakable": not whole}


def _cell(cell: Cell) -> dict[str, Any]:
    tone = palette.OUTLOOK[cell.outlook] if cell.outlook else None
    return {
        "text": cell.text,
        "bold": cell.bold,
        "fill": tone.fill if tone else None,
        "ink": tone.ink if tone else None,
    }

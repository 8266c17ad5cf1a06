"""How cells of the workbook look: named styles, and the tones of the pages as Excel fills."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

from dashboards.palette import CLOSURE, HOLIDAY, INK, LINE, MUTED, OUTLOOK, STATUS, WASH, Tone

FONT: Final = "Microsoft YaHei"
"""Installed with every Windows and Office that reads Chinese; named in English, which both know."""

Style = Literal[
    "title",
    "section",
    "note",
    "notice",
    "alert",
    "head",
    "text",
    "id",
    "whole",
    "yuan",
    "share",
    "odds",
    "score",
    "number",
    "precise",
    "date",
    "mark",
    "day",
    "count",
    "link",
]

_CELL: Final[Mapping[str, object]] = {"border": 1, "border_color": LINE, "valign": "vcenter"}
_NUMBER: Final[Mapping[str, object]] = {**_CELL, "align": "right"}

STYLES: Final[Mapping[Style, Mapping[str, object]]] = {
    "title": {"bold": True, "font_size": 16, "font_color": INK},
    "section": {"bold": True, "font_size": 12, "font_color": INK},
    "note": {"font_color": MUTED, "text_wrap": True, "valign": "top"},
    "notice": {
        "text_wrap": True,
        "valign": "vcenter",
        "bg_color": OUTLOOK["risk"].fill,
        "font_color": OUTLOOK["risk"].ink,
    },
    "alert": {
        "bold": True,
        "text_wrap": True,
        "valign": "vcenter",
        "bg_color": OUTLOOK["out"].fill,
        "font_color": OUTLOOK["out"].ink,
    },
    "head": {
        **_CELL,
        "bold": True,
        "text_wrap": True,
        "align": "center",
        "bg_color": WASH,
        "font_color": INK,
    },
    "text": {**_CELL, "text_wrap": True, "indent": 1},
    "id": {**_CELL, "num_format": "@", "indent": 1},
    "whole": {**_NUMBER, "num_format": "#,##0"},
    "yuan": {**_NUMBER, "num_format": "#,##0"},
    "share": {**_NUMBER, "num_format": "0.0%"},
    # What never or always happened is a bound, said in words beside, and no bare 0 % or 100 %.
    "odds": {**_NUMBER, "num_format": '[=0]"–";[=1]"–";0.00%'},
    "score": {**_NUMBER, "num_format": "0.00"},
    "number": {**_NUMBER, "num_format": "[>=1000]#,##0;#,##0.0"},
    "precise": {**_NUMBER, "num_format": "#,##0.0000"},
    "date": {**_CELL, "num_format": "yyyy-mm-dd", "align": "center"},
    "mark": {**_CELL, "align": "center"},
    "day": {**_CELL, "align": "center", "font_size": 9},
    "count": {**_NUMBER, "num_format": "0", "bold": True},
    "link": {**_CELL, "font_color": "#1f4e8c", "underline": 1},
}
"""Properties by style; every cell has the font beside."""

_PATTERNS: Final[Mapping[str, int]] = {
    "plain": 1,
    "falling": 13,
    "rising": 14,
    "grid": 15,
    "dots": 18,
}
"""Excel's numbers of the patterns a tone may have."""

TONES: Final[Mapping[str, Tone]] = {
    **{str(status): tone for status, tone in STATUS.items()},
    "holiday": HOLIDAY,
    "closure": CLOSURE,
    "weekend": Tone(WASH, MUTED),
    **{str(outlook): tone for outlook, tone in OUTLOOK.items()},
}
"""Tones by what a cell stands for."""


def toned(tone: str) -> dict[str, object]:
    """Return a tone as properties of a format: fill, pattern, ink."""
    own = TONES[tone]
    found: dict[str, object] = {"font_color": own.ink, "bg_color": own.fill}
    if own.pattern != "plain":
        found |= {"pattern": _PATTERNS[own.pattern], "fg_color": own.mark}
    return found

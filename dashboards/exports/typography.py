"""How a paper is set: page, type area, fonts and sizes, for every file format alike.

Measures of Chinese papers are those of GB/T 9704-2012: A4, type area 156 x 225 mm, 22 lines of 28
characters, text in size three (16 pt) FangSong, title in size two (22 pt) XiaoBiaoSong, headings in
HeiTi and KaiTi. A dense paper keeps page and fonts and takes smaller print.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from scenarios.part import Lang

WIDTH_MM: Final = 210.0
HEIGHT_MM: Final = 297.0
TOP_MM: Final = 37.0
LEFT_MM: Final = 28.0
AREA_WIDTH_MM: Final = 156.0
AREA_HEIGHT_MM: Final = 225.0
RIGHT_MM: Final = WIDTH_MM - LEFT_MM - AREA_WIDTH_MM
BOTTOM_MM: Final = HEIGHT_MM - TOP_MM - AREA_HEIGHT_MM
LINES: Final = 22
CHARACTERS: Final = 28

WHOLE: Final = 9
"""Rows, its head among them, up to which a table stays on one page."""

PT_PER_MM: Final = 72 / 25.4

Role = Literal["text", "title", "heading", "subheading", "figures"]


@dataclass(frozen=True, slots=True)
class Sizes:
    """Sizes and line pitches in points."""

    title: float
    title_line: float
    text: float
    text_line: float
    table: float
    table_line: float
    note: float
    note_line: float
    cell: float
    """Space over and under the text of a cell."""
    tracking: float
    """Space added between characters of the text; negative where 28 must fit the line."""
    mark: float = 14
    page: float = 14


_GRID_LINE: Final = AREA_HEIGHT_MM * PT_PER_MM / LINES
_TRACKING: Final = AREA_WIDTH_MM * PT_PER_MM / CHARACTERS - 16

_SIZES: Final[dict[tuple[Lang, bool], Sizes]] = {
    ("zh", False): Sizes(22, 33, 16, _GRID_LINE, 10.5, 14, 9, 12.5, 4, _TRACKING),
    ("zh", True): Sizes(22, 28, 12, 16, 9, 11, 8, 10, 1.8, 0),
    ("en", False): Sizes(18, 24, 12, 17, 10, 13, 9, 12, 4, 0, mark=11, page=11),
    ("en", True): Sizes(18, 23, 10, 13, 8.5, 10.5, 7.5, 9.5, 1.8, 0, mark=11, page=11),
}

NAMED: Final[dict[Role, str]] = {
    "text": "仿宋_GB2312",
    "title": "方正小标宋简体",
    "heading": "黑体",
    "subheading": "楷体_GB2312",
    "figures": "宋体",
}
"""Fonts a Word file names: the office's machines have them."""

OTHER_NAMES: Final[dict[str, str]] = {
    "仿宋_GB2312": "仿宋",
    "方正小标宋简体": "华文中宋",
    "楷体_GB2312": "楷体",
}
"""What Word takes where a machine has not the font."""

LATIN: Final = "Times New Roman"

_SERIF: Final = (
    "Noto Serif CJK SC",
    "Source Han Serif SC",
    "Noto Serif SC",
    "SimSun",
    "Songti SC",
)
_SANS: Final = (
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "Noto Sans SC",
    "Microsoft YaHei",
    "PingFang SC",
)

CHAINS: Final[dict[Role, tuple[str, ...]]] = {
    "text": ("FangSong_GB2312", "FangSong", "STFangsong", *_SERIF, *_SANS),
    "title": ("FZXiaoBiaoSong-B05S", "STZhongsong", *_SERIF, *_SANS),
    "heading": ("SimHei", "STHeiti", *_SANS, *_SERIF),
    "subheading": ("KaiTi_GB2312", "KaiTi", "STKaiti", *_SERIF, *_SANS),
    "figures": ("SimSun", "STSong", *_SERIF, *_SANS),
}
"""Fonts a PDF file is set in, the first that the machine has."""

OWN: Final[dict[Role, int]] = {role: 2 if role in ("title", "heading") else 3 for role in CHAINS}
"""How many of a chain are the font itself; what comes after stands in for it."""

LATIN_CHAIN: Final = ("Times New Roman", "Liberation Serif", "Libertinus Serif")
"""Fonts of Latin letters and figures; the last comes with the typesetter."""


def sizes(lang: Lang, *, dense: bool) -> Sizes:
    """Return the sizes of a paper."""
    return _SIZES[lang, dense]

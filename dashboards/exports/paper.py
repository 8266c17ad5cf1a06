"""A paper as data: what it says, in which order, and nothing of how a file format draws it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from dashboards.palette import Outlook
from scenarios.part import Lang

Align = Literal["left", "center", "right"]
Kind = Literal["body", "plain", "right", "note", "alert"]

_NUMERALS: Final = "一二三四五六七八九十"


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; level 1 opens a section, level 2 a part of it."""

    text: str
    level: Literal[1, 2] = 1


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph: of the text, without indent, at the right, in small print, or a warning."""

    text: str
    kind: Kind = "body"


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table: a line break in it breaks its line, an outlook colours it."""

    text: str
    bold: bool = False
    outlook: Outlook | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """A table.

    Attributes
    ----------
    head
        Heading of each column; empty where the table has none.
    rows
        As many cells each as there are columns.
    shares
        Relative width of each column.
    align
        How each column is set.
    caption
        What it shows; empty where the text before says so.
    """

    head: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    shares: tuple[int, ...]
    align: tuple[Align, ...]
    caption: str = ""

    def __post_init__(self) -> None:
        wrong = [len(row) for row in (*self.rows, self.align) if len(row) != len(self.shares)]
        if wrong or len(self.head) not in (0, len(self.shares)):
            msg = f"found rows of {wrong} cells; allowed: {len(self.shares)}, as there are columns"
            raise ValueError(msg)


@dataclass(frozen=True, slots=True)
class Figure:
    """A drawing over the whole width, in SVG; ``alt`` says in words what it shows."""

    svg: str
    alt: str
    caption: str


@dataclass(frozen=True, slots=True)
class PageBreak:
    """What follows begins a page."""


Block = Heading | Paragraph | Table | Figure | PageBreak


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper in one language.

    Attributes
    ----------
    name
        What kind of paper, as the command line calls it.
    lang
        Its language.
    mark
        Whom it is for: stands on every page.
    title
        Lines of the title, broken where they read well.
    subtitle
        Line under the title.
    blocks
        What it says.
    created
        When the run behind it was made: the time the file bears.
    origin
        Run and hashes, for the properties of the file.
    dense
        Whether it has to fit few pages: smaller print, closer lines.
    """

    name: str
    lang: Lang
    mark: str
    title: tuple[str, ...]
    subtitle: str
    blocks: tuple[Block, ...]
    created: datetime
    origin: str
    dense: bool = False

    def lines(self) -> Iterator[str]:
        """Yield every text in reading order; of a figure its caption alone, as it is drawn."""
        yield from self.title
        yield self.subtitle
        for block in self.blocks:
            match block:
                case Heading() | Paragraph():
                    yield block.text
                case Table():
                    if block.caption:
                        yield block.caption
                    yield from block.head
                    yield from (cell.text for row in block.rows for cell in row)
                case Figure():
                    yield block.caption
                case PageBreak():
                    pass


def sticks(block: Block, after: Block | None) -> bool:
    """Return whether a block may not be the last of a page: it introduces what comes after."""
    if isinstance(block, Heading):
        return True
    return isinstance(block, Paragraph) and isinstance(after, Table | Figure)


def numbered(place: int, text: str, lang: Lang) -> str:
    """Give a section's heading its number, from 0: ``一、`` or ``1.``.

    Raises
    ------
    ValueError
        When there are too many.
    """
    if not 0 <= place < len(_NUMERALS):
        msg = f"found section {place + 1}; allowed: at most {len(_NUMERALS)}"
        raise ValueError(msg)
    return f"{_NUMERALS[place]}、{text}" if lang == "zh" else f"{place + 1}. {text}"


def row(*texts: str, bold: bool = False) -> tuple[Cell, ...]:
    """Return a row of plain cells."""
    return tuple(Cell(text, bold) for text in texts)

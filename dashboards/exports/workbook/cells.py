"""What may stand in a cell, and what must not: user texts never become formulas."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from dashboards.exports.workbook.styles import Style

LONGEST_TEXT: Final = 32_767
"""Characters Excel holds in a cell."""

LONGEST_LIST: Final = 255
"""Characters of the choices of a validation list, commas included."""

_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "\n")


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula with the value it has now: previews and phones show the value alone."""

    expression: str
    value: int | float | str


Value = str | int | float | date | Formula | None


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: heading, width in characters, style of its cells."""

    label: str
    width: float
    style: Style = "text"


def harmless(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula, in this file or in a CSV of it.

    A text that begins like a formula gets an apostrophe before it; one longer than a cell holds
    ends with an ellipsis. A dash alone is a dash.
    """
    if len(text) > 1 and text.startswith(_STARTS):
        text = f"'{text}"
    return text if len(text) <= LONGEST_TEXT else f"{text[: LONGEST_TEXT - 1]}…"


def width_of(text: str) -> int:
    """Return the width of a text in narrow characters; Chinese ones are two wide."""
    return sum(2 if ord(character) > 0x2E7F else 1 for character in text)


def choices(words: tuple[str, ...]) -> list[str]:
    """Return the choices of a validation list.

    Raises
    ------
    ValueError
        When they are too long for Excel, which would call the file damaged.
    """
    length = len(",".join(words))
    if length > LONGEST_LIST:
        msg = f"found a list of {length} characters; allowed: at most {LONGEST_LIST}"
        raise ValueError(msg)
    return list(words)

"""Colours with their words: every status, outlook and series has a tone, a pattern and a letter.

Colour never stands alone. Each fill keeps a contrast of at least 4.5 with its ink, and the fills
of the wall chart stay apart in lightness, so that a grey print can still be read.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from importlib.resources import files
from typing import Final, Literal

from planner.plan import Status

_THEME: Final = tomllib.loads(
    files("dashboards").joinpath("theme.toml").read_text(encoding="utf-8")
)["theme"]

FONT: Final[str] = _THEME["font"]
INK: Final[str] = _THEME["textColor"]
MUTED: Final[str] = _THEME["grayColor"]
LINE: Final[str] = _THEME["borderColor"]
PAPER: Final[str] = _THEME["backgroundColor"]
WASH: Final[str] = _THEME["secondaryBackgroundColor"]
ACCENT: Final[str] = _THEME["primaryColor"]
SERIES: Final[tuple[str, ...]] = tuple(_THEME["chartCategoricalColors"])
"""Colours of categories; charts add a dash, a shape or a label, never colour alone."""

Outlook = Literal["course", "risk", "out"]
Pattern = Literal["plain", "dots", "rising", "falling", "grid"]


@dataclass(frozen=True, slots=True)
class Tone:
    """A fill, the ink that is read on it, the colour of its pattern, and the pattern."""

    fill: str
    ink: str
    mark: str = PAPER
    pattern: Pattern = "plain"


STATUS: Final[dict[Status, Tone]] = {
    "post": Tone("#e6efe9", "#2f5d46"),
    "travel": Tone("#dfe4ea", INK, "#8a97a6", "rising"),
    "leave": Tone("#f6b756", "#3a2600"),
    "escort": Tone("#a8362a", "#ffffff", "#bf5247", "falling"),
    "absent": Tone("#5d6671", "#ffffff", "#7d8792", "dots"),
}
"""How a day is drawn, by status."""

HOLIDAY: Final = Tone("#fff6cf", "#5c4800", "#d9b83a", "dots")
CLOSURE: Final = Tone("#ececf6", "#3d3d73", "#9a9acb", "grid")

OUTLOOK: Final[dict[Outlook, Tone]] = {
    "course": Tone("#dcefe3", "#1b5e3a"),
    "risk": Tone("#fdeecd", "#6b4700"),
    "out": Tone("#f8dedb", "#8e2318"),
}
"""How a probability is coloured; the word and the sign stand beside it."""

OUTLOOK_SIGN: Final[dict[Outlook, str]] = {"course": "●", "risk": "▲", "out": "◆"}

DASHES: Final = ((1, 0), (8, 3), (2, 2), (10, 3, 2, 3), (4, 4), (12, 4), (1, 3), (6, 2, 1, 2))

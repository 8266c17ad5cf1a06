"""The sheet under the wall chart: where days, names and rows lie, and which days are marked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final, Literal

from dashboards.drawing import width_of
from scenarios.model import Scenario
from scenarios.part import Lang

WIDTH: Final = 4200.0
HEIGHT: Final = 2970.0
MARGIN: Final = 110.0
LEFT: Final = 720.0
RIGHT: Final = WIDTH - MARGIN
MONTHS_TOP: Final = 290.0
LABELS_TOP: Final = 425.0
LABEL_LINE: Final = 44.0
LABEL_SIZE: Final = 36.0
STRIP: Final = 30.0
BUREAU: Final = 74.0
FOOT: Final = 320.0
_ROW_MIN: Final = 130.0
_ROW_MAX: Final = 250.0


@dataclass(frozen=True, slots=True)
class Mark:
    """Days that the calendar itself sets apart: ``first`` to ``last``, both included."""

    kind: Literal["holiday", "closure", "make_up"]
    first: int
    last: int
    label: str


@dataclass(frozen=True, slots=True)
class Name:
    """Where the name of a mark is written: its line from the top, and its left edge."""

    mark: Mark
    line: int
    left: float


@dataclass(frozen=True, slots=True)
class Sheet:
    """Days across, persons down; a unit is a tenth of a millimetre on A3 landscape.

    Attributes
    ----------
    n_days
        Days of the horizon.
    marks
        Days set apart, in order.
    names
        Where their names are written.
    row
        Height of a person's row.
    height
        Height of the sheet: A3, less where few rows need less, more where A3 would crowd them.
    """

    n_days: int
    marks: tuple[Mark, ...]
    names: tuple[Name, ...]
    row: float
    height: float

    @property
    def per_day(self) -> float:
        """Width of a day."""
        return per_day(self.n_days)

    @property
    def strip_top(self) -> float:
        """Where the strip of marked days begins."""
        return _strip_top(self.names)

    @property
    def rows_top(self) -> float:
        """Where the rows begin."""
        return self.strip_top + STRIP

    @property
    def rows_bottom(self) -> float:
        """Where the rows end."""
        return self.height - FOOT

    def x(self, day: int) -> float:
        """Return the left edge of a day."""
        return LEFT + day * self.per_day


def lay(scenario: Scenario, lang: Lang) -> Sheet:
    """Lay out the sheet for a scenario; the names of holidays depend on the language."""
    marks = _marks(scenario, lang)
    names = _names(scenario.days.n_days, [mark for mark in marks if mark.kind != "make_up"])
    top = _strip_top(names) + STRIP
    heads = BUREAU * len(scenario.organisation.bureaus)
    persons = len(scenario.persons)
    row = min(_ROW_MAX, max(_ROW_MIN, (HEIGHT - FOOT - top - heads) / persons))
    return Sheet(scenario.days.n_days, marks, names, row, top + heads + row * persons + FOOT)


def per_day(n_days: int) -> float:
    """Return the width of a day."""
    return (RIGHT - LEFT) / n_days


def _strip_top(names: Sequence[Name]) -> float:
    lines = 1 + max((name.line for name in names), default=-1)
    return LABELS_TOP + lines * LABEL_LINE + 14


def _marks(scenario: Scenario, lang: Lang) -> tuple[Mark, ...]:
    calendar = scenario.days
    labels = {h.id: h.name.get(lang) for y in scenario.calendar.years for h in y.holidays}
    labels |= {c.id: c.name.get(lang) for c in scenario.calendar.closures}
    found = [
        Mark("make_up", day, day, "") for day in range(calendar.n_days) if calendar.make_up[day]
    ]
    for first, last, key in _runs(calendar.holiday):
        found.append(Mark("holiday", first, last, labels[key]))
    for first, last, key in _runs(calendar.closed):
        found.append(Mark("closure", first, last, labels[key]))
    return tuple(sorted(found, key=lambda mark: (mark.first, mark.kind)))


def _runs(days: Sequence[str | None]) -> list[tuple[int, int, str]]:
    found = []
    for key, run in groupby(enumerate(days), key=lambda pair: pair[1]):
        if key is not None:
            indices = [day for day, _ in run]
            found.append((indices[0], indices[-1], key))
    return found


def _names(n_days: int, marks: list[Mark]) -> tuple[Name, ...]:
    """Give each name the first line on which it overlaps no other."""
    ends: list[float] = []
    names: list[Name] = []
    for mark in marks:
        width = width_of(mark.label, LABEL_SIZE)
        left = max(LEFT, min(LEFT + mark.first * per_day(n_days), RIGHT - width))
        at = next((i for i, end in enumerate(ends) if end + 14 <= left), len(ends))
        ends[at:] = [left + width, *ends[at + 1 :]]
        names.append(Name(mark, at, left))
    return tuple(names)

"""The shift: one assumption held at another level, all else the same, in the kernel's own tables.

What nobody has measured (drawn once a future) is set to its tenth or ninetieth percentile. What is
the same in every future, or is luck (drawn for each lead, trip or leave), has no such percentile
that could be wrong: its whole distribution is scaled down or up by a fifth.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from scenarios.assumptions import KNOWN
from sim.assumptions import ONE, UNITS
from sim.futures import AFTER_VISIT
from sim.packing import EACH, ONCE, Ints, Packed, limit_of

End = Literal["low", "high"]
How = Literal["p10-p90", "scaled"]
Stage = Literal["path", "tails", "duties"]

ENDS: tuple[End, ...] = ("low", "high")
QUANTILES: dict[End, float] = {"low": 0.1, "high": 0.9}
SCALES: dict[End, tuple[int, int]] = {"low": (4, 5), "high": (5, 4)}
"""Factors of a scaled assumption: four fifths, and its inverse."""

AFTER_VISITS: frozenset[str] = frozenset(
    {
        *AFTER_VISIT,
        "contract-delay-days",
        "contract-yuan",
        "registration-delay-days",
        "start-delay-days",
    }
)
"""Assumptions that matter after the site visits only, and so feed back on nothing."""

OF_DUTIES: frozenset[str] = frozenset(
    {
        "event-held",
        "event-led",
        "liaison-items-per-month",
        "late-reports-per-year",
        "event-absences-per-year",
        "leads-lost-per-year",
        "requests-unanswered-per-year",
        "event-absence-points",
        "lead-lost-points",
        "request-unanswered-points",
    }
)
"""Assumptions about duties, which need neither queue nor money."""


@dataclass(frozen=True, slots=True)
class Shift:
    """One assumption at one end of what it may be.

    Attributes
    ----------
    assumption
        Its id.
    how
        Set to a percentile, or scaled.
    end
        Which end.
    """

    assumption: str
    how: How
    end: End

    @property
    def stage(self) -> Stage:
        """What has to be simulated again under the shift."""
        return stage_of(self.assumption)

    def of(self, deck: Packed) -> Packed:
        """Return a bureau's deck under the shift: the same object where nothing changes.

        Raises
        ------
        OverflowError
            When scaled values no longer fit the kernel's integers.
        """
        before = table_in(deck, self.assumption)
        after = self._moved(before)
        if np.array_equal(after, before):
            return deck
        reaches, limit = int(np.abs(after).max()), limit_of(self.assumption)
        if reaches >= limit:
            unit = UNITS[KNOWN[self.assumption].domain]
            msg = (
                f"{self.assumption} scaled by a quarter reaches {reaches // unit}; allowed: below "
                f"{limit // unit}; narrow the distribution"
            )
            raise OverflowError(msg)
        return with_table(deck, self.assumption, after)

    def _moved(self, values: Ints) -> Ints:
        if self.how == "p10-p90":
            quantile = int(values[int(QUANTILES[self.end] * len(values))])
            return np.full(values.shape, quantile, np.int64)
        up, down = SCALES[self.end]
        scaled: Ints = (values.astype(np.int64) * up + down // 2) // down
        if KNOWN[self.assumption].domain == "probability":
            np.minimum(scaled, ONE, out=scaled)
        return scaled


def stage_of(assumption: str) -> Stage:
    """Return what has to be simulated again where an assumption changes."""
    if assumption in AFTER_VISITS:
        return "tails"
    return "duties" if assumption in OF_DUTIES else "path"


def with_table(deck: Packed, assumption: str, table: Ints) -> Packed:
    """Return a deck with another quantile table of an assumption."""
    if assumption == "contract-yuan":
        return deck._replace(contract_fen=table)
    if assumption in ONCE:
        once = deck.once.copy()
        once[ONCE.index(assumption)] = table
        return deck._replace(once=once)
    each = deck.each.copy()
    each[EACH.index(assumption)] = table
    return deck._replace(each=each)


def table_in(deck: Packed, assumption: str) -> Ints:
    """Return the quantile table of an assumption in a deck."""
    if assumption == "contract-yuan":
        return deck.contract_fen
    names, tables = (ONCE, deck.once) if assumption in ONCE else (EACH, deck.each)
    return np.asarray(tables[names.index(assumption)])


def shifts_of(decks: Sequence[Packed]) -> tuple[tuple[Shift, Shift], ...]:
    """Return the low and the high end of every assumption, in the order they are known by."""
    found = []
    for name in KNOWN:
        unsure = name in ONCE and any(np.ptp(table_in(deck, name)) for deck in decks)
        how: How = "p10-p90" if unsure else "scaled"
        found.append((Shift(name, how, "low"), Shift(name, how, "high")))
    return tuple(found)

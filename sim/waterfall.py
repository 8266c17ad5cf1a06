"""The waterfall: from one side to another one change at a time, in order and in reverse order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sim.changes import Change, changes, sides_between
from sim.difference import Margins, difference_of
from sim.interval import CONFIDENCE
from sim.paired import PairedSums
from sim.side import Side
from sim.tally import Key

STEPPED: frozenset[str] = frozenset(
    {
        "target",
        "all_main",
        "all_bureaus_main",
        "at_least",
        "bureaus_main",
        "score",
        "signed_yuan",
        "funds_yuan",
        "spend_yuan",
    }
)
"""Kinds of measures that a waterfall is made of."""


@dataclass(frozen=True)
class Way:
    """The sides on the way from A to B.

    Attributes
    ----------
    changes
        In the order in which they are made.
    forward
        A, the sides between, B.
    backward
        The same with the changes in reverse order.
    """

    changes: tuple[Change, ...]
    forward: tuple[Side, ...]
    backward: tuple[Side, ...]


def way(a: Side, b: Side, *, grouped: bool = False) -> Way:
    """Return the way from A to B (see :func:`sim.changes.changes`)."""
    found = changes(a, b, grouped=grouped)
    return Way(found, sides_between(a, b, found), sides_between(a, b, reversed(found)))


@dataclass(frozen=True, slots=True, eq=False)
class Waterfall:
    """What each change does to each measure.

    The steps of one order add up to the whole difference, number by number; where the two orders
    disagree, the changes act on each other.

    Attributes
    ----------
    changes
        In order.
    forward, backward
        For each change, in the order of ``changes``, the sums of its step by measure: when the
        changes are made in that order, and in the reverse.
    """

    changes: tuple[Change, ...]
    forward: tuple[Mapping[Key, PairedSums], ...]
    backward: tuple[Mapping[Key, PairedSums], ...]

    @property
    def keys(self) -> tuple[Key, ...]:
        """Measures that every step has."""
        if not self.forward:
            return ()
        steps = (*self.forward, *self.backward)
        return tuple(key for key in self.forward[0] if all(key in step for step in steps))

    def to_json(self, margins: Margins, confidence: float = CONFIDENCE) -> dict[str, Any]:
        """Return plain data."""

        def step(sums: PairedSums) -> dict[str, Any]:
            found = difference_of(sums, confidence=confidence)
            return {
                "difference": found.difference,
                "low": found.low,
                "high": found.high,
                "sum": sums.first,
                "verdict": found.verdict(margins),
            }

        return {
            "changes": [{"parts": list(c.parts), "fields": list(c.fields)} for c in self.changes],
            "measures": {
                "/".join(key): {
                    order: [step(sums[key]) for sums in steps]
                    for order, steps in (("forward", self.forward), ("backward", self.backward))
                }
                for key in self.keys
            },
        }

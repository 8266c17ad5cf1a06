"""Conditional odds: how likely one thing is in the futures in which another happened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from dashboards.odds import Odds
from dashboards.standing import Standing, counted

FEW: Final = 30
"""Of fewer futures a share says too little to be read as a probability."""


@dataclass(frozen=True, slots=True)
class Given:
    """How likely everything is where one thing happened.

    Attributes
    ----------
    key
        What happened (:attr:`dashboards.standing.Standing.key`).
    n
        In how many futures it did.
    odds
        Of each thing, by key; None where nothing can be said: of itself, or where ``n`` is 0.
    """

    key: str
    n: int
    odds: dict[str, Odds | None]

    @property
    def few(self) -> bool:
        """Whether the futures are too few."""
        return self.n < FEW


def conditional(standings: Sequence[Standing]) -> list[Given]:
    """Return how likely each thing is given each other, counted in the same futures (tail 0).

    Intervals are Wilson's, near the edges with Jeffreys' (:func:`sim.interval.estimate_count`):
    futures are independent, and those that meet a condition are, too.

    Parameters
    ----------
    standings
        Those whose outcomes were kept; others are left out.
    """
    known = [(one.key, one.hits) for one in standings if one.hits is not None]
    found = []
    for key, where in known:
        n = int(where.sum())
        odds = {
            other: counted(hits[where]) if n and other != key else None for other, hits in known
        }
        found.append(Given(key, n, odds))
    return found

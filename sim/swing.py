"""Swings: by how much a probability moves over the same futures; intervals never collapse."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from math import sqrt

from scipy.stats import norm

from sim.interval import CONFIDENCE


@dataclass(frozen=True, slots=True)
class Swing:
    """By how much a probability moves between two ways of one set of futures.

    Attributes
    ----------
    mean, low, high
        The difference, and its interval at :data:`CONFIDENCE`, -1 to 1.
    """

    mean: float
    low: float
    high: float

    @property
    def unclear(self) -> bool:
        """Whether the interval holds 0."""
        return self.low <= 0 <= self.high

    def to_json(self) -> dict[str, float]:
        """Return plain data."""
        return asdict(self)


def swing_sums(first: int, second: int, n: int, tails: int) -> Swing:
    """Estimate a difference from sums over futures of the tails gained, and of its square.

    Futures are paired and independent; tails of one future are not. Two futures more, one won and
    one lost by half a hit each, keep the interval from collapsing where few or none differ (Agresti
    and Min 2005, doi:10.1002/sim.1781).

    Parameters
    ----------
    first, second
        Sums over futures of the number of tails hit now less before, and of its square.
    n, tails
        Futures, and tails of each.
    """
    mean, square = first / tails, second / tails**2
    wide_n = n + 2
    middle = mean / wide_n
    variance = max(0.0, (square + 1) / wide_n - middle * middle)
    half = float(norm.ppf((1 + CONFIDENCE) / 2)) * sqrt(variance / wide_n)
    low, high, found = max(-1.0, middle - half), min(1.0, middle + half), mean / n
    return Swing(found, min(low, found), max(high, found))

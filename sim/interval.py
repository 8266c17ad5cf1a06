"""Estimates of probabilities with honest intervals: never a Wald interval, never a bare zero."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray
from scipy.stats import beta, norm

CONFIDENCE = 0.95

EDGE = 5
"""With fewer (effective) hits or misses than this the interval is Jeffreys', else Wilson's."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A probability from ``k`` hits in ``n`` futures of ``tails`` tails each.

    Attributes
    ----------
    k
        Hits, of ``n * tails``.
    n
        Futures: they are independent, the tails of one future are not.
    tails
        Tails a future.
    p, low, high
        The share of hits, and its interval at :data:`CONFIDENCE`.
    """

    k: int
    n: int
    tails: int
    p: float
    low: float
    high: float

    def to_json(self) -> dict[str, float | int]:
        """Return plain data."""
        return asdict(self)

    @property
    def half_width(self) -> float:
        """Half the interval's width."""
        return (self.high - self.low) / 2


def estimate(hits: NDArray[np.bool_]) -> Estimate:
    """Estimate a probability from indicators of shape (n,) or (n, tails), n at least 1."""
    each = hits.reshape(len(hits), -1)
    counts = each.sum(axis=1, dtype=np.int64)
    return estimate_sums(int(counts.sum()), int((counts**2).sum()), len(each), each.shape[1])


def estimate_count(k: int, n: int) -> Estimate:
    """Estimate a probability from ``k`` hits in ``n`` independent futures."""
    return estimate_sums(k, k, n, 1)


def estimate_sums(first: int, second: int, n: int, tails: int) -> Estimate:
    """Estimate a probability from sums over futures of the number of tails hit, and its square.

    Futures are independent, tails of one future are not: the spread between futures says how many
    independent draws the hits are worth, and a score interval (Wilson 1927) or, near the edges,
    Jeffreys' (Brown, Cai and DasGupta 2001, doi:10.1214/ss/1009213286) is taken for that number.
    It is never less than ``n`` nor more than ``n * tails``.
    """
    p = first / (n * tails)
    worth = effective_n(first, second, n, tails)
    low, high = _interval(p * worth, worth)
    return Estimate(first, n, tails, p, min(low, p), max(high, p))


def effective_n(first: int, second: int, n: int, tails: int) -> float:
    """Return how many independent futures the hits are worth, from ``n`` to ``n * tails``."""
    # In whole numbers, so that nothing cancels: n^2 (n - 1) tails^2 times the variance of a mean.
    spread = n * second - first * first
    within = first * (n * tails - first)
    if tails == 1 or n < 2 or spread <= 0:
        return float(n)
    return float(min(max(n, within * (n - 1) / spread), n * tails))


def _interval(k: float, n: float) -> tuple[float, float]:
    if min(k, n - k) < EDGE:
        tail = (1 - CONFIDENCE) / 2
        low = float(beta.ppf(tail, k + 0.5, n - k + 0.5)) if k > 0 else 0.0
        high = float(beta.ppf(1 - tail, k + 0.5, n - k + 0.5)) if k < n else 1.0
        return low, high
    return wilson(k / n, n)


def wilson(p: float, n: float, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """Return Wilson's score interval (1927) of a share ``p`` of ``n`` independent draws."""
    z = float(norm.ppf((1 + confidence) / 2))
    shrink = 1 + z * z / n
    middle = (p + z * z / (2 * n)) / shrink
    half = z * sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / shrink
    return middle - half, middle + half

"""Estimates of probabilities with honest intervals: never a Wald interval, never a bare zero."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv, ndtri

CONFIDENCE = 0.95

EDGE = 5
"""With fewer hits or misses than this the interval spans Jeffreys' and Wilson's, else it is
Wilson's alone."""

EDGE_TAILS = 32
"""The same where there are several tails, in futures that share the hits or misses evenly.

A rare future in which every tail hits may not have come yet; until so many have been seen, how
much they vary says too little about it.
"""


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
    independent draws the hits are worth, and a score interval (Wilson 1927) is taken for that
    number; it is never less than ``n`` nor more than ``n * tails``. Near the edges, where only a
    few futures hit or miss, it spans Jeffreys' interval too (Brown, Cai and DasGupta 2001,
    doi:10.1214/ss/1009213286), carried over to tails: see :func:`_jeffreys`. Taking the one below
    and the other above a number of hits would cover less than either: 88 % where 5 are expected.
    """
    p = first / (n * tails)
    misses = n * tails - first, n * tails**2 - 2 * tails * first + second
    few = min(_sharing(first, second), _sharing(*misses))
    low, high = wilson(p, effective_n(first, second, n, tails))
    if few < (EDGE if tails == 1 else EDGE_TAILS):
        wider = _jeffreys(first, second, n, tails)
        low, high = min(low, wider[0]), max(high, wider[1])
    return Estimate(first, n, tails, p, max(0.0, min(low, p)), min(1.0, max(high, p)))


def effective_n(first: int, second: int, n: int, tails: int) -> float:
    """Return how many independent futures the hits are worth, from ``n`` to ``n * tails``."""
    # In whole numbers, so that nothing cancels: n^2 (n - 1) tails^2 times the variance of a mean.
    spread = n * second - first * first
    within = first * (n * tails - first)
    if tails == 1 or n < 2 or spread <= 0:
        return float(n)
    return float(min(max(n, within * (n - 1) / spread), n * tails))


def _sharing(first: int, second: int) -> float:
    """Return among how many futures the hits would be shared, were they shared evenly."""
    return first * first / second if second else 0.0


def _jeffreys(first: int, second: int, n: int, tails: int) -> tuple[float, float]:
    """Return the interval of a mean share of tails under Jeffreys' prior on the extremes.

    Half a future in which every tail hits, and half a future in which none does, are added to
    those seen; weights of all are Dirichlet, and the mean share's first two moments are those of
    a Beta. With one tail this is Jeffreys' interval to the last digit.
    """
    mean = (first / tails + 0.5) / (n + 1)
    square = (second / tails**2 + 0.5) / (n + 1)
    weight = mean * (1 - mean) * (n + 2) / (square - mean * mean) - 1
    tail = (1 - CONFIDENCE) / 2
    a, b = mean * weight, (1 - mean) * weight
    low = float(betaincinv(a, b, tail)) if first else 0.0
    return low, float(betaincinv(a, b, 1 - tail)) if first < n * tails else 1.0


def wilson(p: float, n: float, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """Return Wilson's score interval (1927) of a share ``p`` of ``n`` independent draws."""
    z = float(ndtri((1 + confidence) / 2))
    shrink = 1 + z * z / n
    middle = (p + z * z / (2 * n)) / shrink
    half = z * sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / shrink
    return middle - half, middle + half

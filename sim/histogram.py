"""Histograms of whole numbers: memory that does not grow with the number of futures.

Values are kept to three significant digits, closer than any quantile is known; counts are whole
numbers, so that histograms add up to the same one in any order.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

import numpy as np
from numpy.typing import NDArray
from scipy.special import bdtr, bdtrik

from sim.interval import CONFIDENCE

DIGITS = 3
"""Significant digits kept."""

Ints = NDArray[np.int64]

_POWERS: Ints = 10 ** np.arange(DIGITS, 19)
_UNITS: Ints = 10 ** np.arange(len(_POWERS) + 1)
"""Powers of ten, and the unit that values from each of them on are rounded to."""


@dataclass(frozen=True, slots=True, eq=False)
class Histogram:
    """How often each value came.

    Attributes
    ----------
    values
        Rising, rounded to :data:`DIGITS` significant digits.
    counts
        How often each came.
    total
        Sum of the unrounded values.
    """

    values: Ints
    counts: Ints
    total: int

    @property
    def n(self) -> int:
        """Number of values."""
        return int(self.counts.sum())

    @property
    def mean(self) -> float:
        """Mean of the unrounded values."""
        return self.total / self.n

    @property
    def standard_error(self) -> float:
        """Standard error of the mean, from the rounded values; 0 for a single one."""
        if self.n < 2:
            return 0.0
        squares = float(self.counts @ (self.values - self.mean) ** 2)
        return float(np.sqrt(squares / (self.n - 1) / self.n))

    def __add__(self, other: Histogram) -> Histogram:
        """Return the histogram of both sets of values."""
        values, at = np.unique(np.concatenate([self.values, other.values]), return_inverse=True)
        counts = np.zeros(len(values), np.int64)
        np.add.at(counts, at, np.concatenate([self.counts, other.counts]))
        return Histogram(values, counts, self.total + other.total)

    def quantile(self, q: float) -> int:
        """Return the smallest value that at least a share ``q`` of values does not exceed."""
        return int(self.quantiles(np.array([q]))[0])

    def quantiles(self, q: NDArray[np.float64]) -> Ints:
        """Return :meth:`quantile` for several shares, shape (len(q),)."""
        at = np.searchsorted(np.cumsum(self.counts), q * self.n - 1e-9 * self.n)
        return np.asarray(self.values[np.minimum(at, len(self.values) - 1)])

    def interval(self, q: float) -> tuple[int, int]:
        """Return an interval for a quantile from order statistics, at :data:`CONFIDENCE`.

        The number of values below the true quantile is binomial, so that the ranks are its
        quantiles: no assumption on the distribution (David and Nagaraja, Order Statistics, 7.1).
        """
        n, tail = self.n, (1 - CONFIDENCE) / 2
        low = binomial_quantile(tail, n, q)
        high = binomial_quantile(1 - tail, n, q) + 1
        return self._at_rank(low), self._at_rank(high)

    def _at_rank(self, rank: int) -> int:
        """Return the value of a rank, from 1; ranks beyond the ends are the ends."""
        upto = np.cumsum(self.counts)
        at = int(np.searchsorted(upto, min(max(rank, 1), self.n)))
        return int(self.values[at])


def binomial_quantile(share: float, n: int, p: float) -> int:
    """Return the smallest number of hits that ``n`` draws do not exceed with chance ``share``.

    That of ``scipy.stats.binom``, whose module takes longer to load than a forecast to run.
    """
    k = ceil(bdtrik(share, n, p))
    below = max(k - 1, 0)
    return below if bdtr(below, n, p) >= share else k


def histogram(values: Ints) -> Histogram:
    """Return the histogram of values of any shape."""
    kept, counts = np.unique(rounded(values.ravel()), return_counts=True)
    return Histogram(kept, counts.astype(np.int64), int(values.sum()))


def rounded(values: Ints) -> Ints:
    """Return values to :data:`DIGITS` significant digits, halves away from zero."""
    size = np.abs(values)
    unit = _UNITS[np.searchsorted(_POWERS, size, side="right")]
    return np.asarray(np.sign(values) * ((size + unit // 2) // unit * unit))

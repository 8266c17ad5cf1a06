"""Value of information: how much of what is unknown about a probability one record would tell.

For each assumption drawn once a future: the share of the probability's variance between draws that
goes with its value alone (the variance of the conditional expectation; Strong, Oakley and
Brennan 2014, doi:10.1177/0272989X13505910, with means over bins of equal numbers as the
regression). What the noise would feign is measured on shuffled columns and taken off.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.cohorts import Parameter
from sim.futures import shuffled
from sim.ignorance import ignorance, variance_left_out
from sim.jackknife import GROUPS, Floats, by_group, groups_of, half_width, left_out

MAX_BINS = 20
LEAST_IN_BIN = 25
"""Draws in a bin, at least."""

SHUFFLES = 20
"""Shuffled columns that measure what noise feigns."""


@dataclass(frozen=True, slots=True)
class Worth:
    """What knowing one assumption would be worth.

    Attributes
    ----------
    assumption, bureau
        What would be recorded, and where; no bureau where all share it.
    share, low, high
        Share of the probability's variance between draws that goes with it, and its interval.
    sd
        By how much the probability would typically move once it is known.
    """

    assumption: str
    bureau: str | None
    share: float
    low: float
    high: float
    sd: float

    @property
    def unclear(self) -> bool:
        """Whether the interval holds 0."""
        return self.low <= 0

    def to_json(self) -> dict[str, Any]:
        """Return plain data."""
        names = ("assumption", "bureau", "share", "low", "high", "sd", "unclear")
        return {name: getattr(self, name) for name in names}


def worths(
    shares: Floats, parameters: Sequence[Parameter], *, key: tuple[int, int]
) -> tuple[Worth, ...]:
    """Return what each parameter is worth to one probability, the most first.

    Parameters
    ----------
    shares
        Share of the tails hit of each future, shape (draws, futures a draw).
    parameters
        As drawn.
    key
        Of the seed: the shuffles are drawn from it.

    Returns
    -------
    tuple
        Empty where draws make no difference to the probability that could be told from luck.
    """
    found, thetas = ignorance(shares), len(shares)
    if not found.variance:
        return ()
    mean = shares.mean(axis=1) - shares.mean()
    n_bins = max(2, min(MAX_BINS, thetas // LEAST_IN_BIN))
    feigned = (
        np.mean(
            [
                _explained(mean, _bins(shuffled(thetas, i, key=key), n_bins))[0]
                for i in range(SHUFFLES)
            ]
        )
        / mean.var()
    )
    totals = _variances_left_out(mean)
    unknown = variance_left_out(shares)
    ranked = []
    for parameter in parameters:
        whole, without = _explained(mean, _bins(parameter.word, n_bins))
        told = float((whole - feigned * mean.var()) / (1 - feigned))
        share = told / found.variance
        half = half_width((without - feigned * totals) / (1 - feigned) / unknown)
        ranked.append(
            Worth(
                parameter.assumption,
                parameter.bureau,
                _clipped(share),
                _clipped(share - half),
                _clipped(share + half),
                sqrt(max(0.0, min(told, found.variance))),
            )
        )
    return tuple(sorted(ranked, key=lambda worth: (worth.unclear, -worth.share)))


def _bins(words: NDArray[Any], n_bins: int) -> NDArray[np.int64]:
    """Return for each draw which of equally filled bins its value falls into."""
    bins = np.empty(len(words), np.int64)
    bins[np.argsort(words, kind="stable")] = np.arange(len(words)) * n_bins // len(words)
    return bins


def _explained(mean: Floats, bins: NDArray[np.int64]) -> tuple[float, Floats]:
    """Return the variance between the bins' means, and the same without each group in turn."""
    n_bins = int(bins.max()) + 1
    cells, shape = bins * GROUPS + groups_of(len(mean)), (n_bins, GROUPS)
    counts = np.bincount(cells, minlength=n_bins * GROUPS).reshape(shape).astype(np.float64)
    sums = np.bincount(cells, weights=mean, minlength=n_bins * GROUPS).reshape(shape)
    whole = _between(sums.sum(axis=1), counts.sum(axis=1))
    without = _between(left_out(np.asarray(sums, np.float64)), left_out(counts))
    return float(whole), without


def _between(sums: Floats, counts: Floats) -> Floats:
    """Return the variance between bins (axis 0), each weighted by how many draws it holds."""
    n = counts.sum(axis=0)
    return np.asarray((sums**2 / counts).sum(axis=0) / n - (sums.sum(axis=0) / n) ** 2)


def _variances_left_out(mean: Floats) -> Floats:
    n = left_out(by_group(np.ones(len(mean))))
    return np.asarray(left_out(by_group(mean**2)) / n - (left_out(by_group(mean)) / n) ** 2)


def _clipped(share: float) -> float:
    return min(1.0, max(0.0, share))

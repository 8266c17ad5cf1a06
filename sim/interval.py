"""Estimates of probabilities with honest intervals: never a Wald interval, never a bare zero."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binomtest

CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class Estimate:
    """A probability from ``k`` of ``n`` futures with its Wilson interval."""

    k: int
    n: int
    p: float
    low: float
    high: float

    def to_json(self) -> dict[str, float | int]:
        """Return plain data."""
        return asdict(self)


def estimate(hits: NDArray[np.bool_]) -> Estimate:
    """Estimate a probability from an indicator of shape (n,).

    Wilson (1927) score interval at :data:`CONFIDENCE`; n must be at least 1.
    """
    return estimate_count(int(np.count_nonzero(hits)), len(hits))


def estimate_count(k: int, n: int) -> Estimate:
    """Estimate a probability from ``k`` hits in ``n`` futures."""
    interval = binomtest(k, n).proportion_ci(CONFIDENCE, method="wilson")
    return Estimate(k, n, k / n, float(interval.low), float(interval.high))

"""The jackknife: intervals of statistics that have no formula, by leaving out one group at a time.

Groups are of futures that share their parameters, taken in turn, so that nothing is random here and
an interval is the same whatever the workers. Efron and Tibshirani (1993), An Introduction to the
Bootstrap, ch. 11; Student's t with a degree of freedom a group but one.
"""

from __future__ import annotations

from math import sqrt

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t as student

from sim.interval import CONFIDENCE

GROUPS = 20
"""Groups left out in turn."""

Floats = NDArray[np.float64]


def groups_of(n: int) -> NDArray[np.int64]:
    """Return the group of each of ``n`` draws of the parameters."""
    return np.arange(n) % GROUPS


def by_group(values: Floats) -> Floats:
    """Return sums by group of values of shape (..., n), shape (..., GROUPS)."""
    n = values.shape[-1]
    padded = np.zeros((*values.shape[:-1], -(-n // GROUPS) * GROUPS))
    padded[..., :n] = values
    return np.asarray(padded.reshape(*values.shape[:-1], -1, GROUPS).sum(axis=-2))


def left_out(sums: Floats) -> Floats:
    """Return for each group the sum of all others, shape (..., GROUPS)."""
    return np.asarray(sums.sum(axis=-1, keepdims=True) - sums)


def half_width(without: Floats) -> float:
    """Return half the width of the interval at :data:`sim.interval.CONFIDENCE`.

    Parameters
    ----------
    without
        The statistic without each group in turn, shape (GROUPS,).
    """
    spread = float(((without - without.mean()) ** 2).sum()) * (GROUPS - 1) / GROUPS
    return float(student.ppf((1 + CONFIDENCE) / 2, GROUPS - 1)) * sqrt(spread)

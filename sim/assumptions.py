"""Assumptions as integer quantile tables: a random word looks its value up, exactly.

A table holds the quantiles at the midpoints of equal cells of probability, rounded to integers
of the domain's unit, so that simulation never touches a floating-point function and gives the
same bits on every platform.

=============  ============================================
domain         integer unit
=============  ============================================
probability    parts of 2**32 (compared with a random word)
factor         parts of 2**16
days, count    whole days, whole counts
yuan           fen
rate           millionths (a month or a year)
points         thousandths of a point
=============  ============================================
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv, ndtri

from scenarios.assumptions import (
    KNOWN,
    Assumptions,
    Beta,
    Discrete,
    Domain,
    Fixed,
    LogNormal,
    Triangular,
)

ONE = 1 << 32
"""Certainty, as a threshold that every 32-bit word lies below."""

FACTOR_ONE = 1 << 16
"""The neutral factor."""

TABLE_BITS = 12
FINE_BITS = 16
_FINE = frozenset({"contract-yuan"})
"""Heavy tails decide the targets here, so their table is sixteen times finer."""

UNITS: dict[Domain, int] = {
    "probability": ONE,
    "factor": FACTOR_ONE,
    "days": 1,
    "count": 1,
    "yuan": 100,
    "rate": 1_000_000,
    "points": 1_000,
}
"""How many of a domain's integer units make one."""


def quantiles(
    distribution: Fixed | LogNormal | Beta | Triangular | Discrete, u: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the quantile function of a distribution at probabilities ``u`` in (0, 1)."""
    match distribution:
        case Fixed(value=value):
            return np.full_like(u, value)
        case LogNormal(median=median, sigma=sigma):
            return median * np.exp(sigma * ndtri(u))
        case Beta(a=a, b=b):
            return np.asarray(betaincinv(a, b, u), dtype=np.float64)
        case Triangular(low=low, mode=mode, high=high):
            span = high - low
            rising = low + np.sqrt(u * span * (mode - low))
            falling = high - np.sqrt((1 - u) * span * (high - mode))
            return np.where(u * span < mode - low, rising, falling)
        case Discrete(values=values, weights=weights):
            edges = np.cumsum(weights) / np.sum(weights)
            return np.asarray(values, dtype=np.float64)[
                np.minimum(np.searchsorted(edges, u, side="right"), len(values) - 1)
            ]


@lru_cache(maxsize=1024)
def table(
    distribution: Fixed | LogNormal | Beta | Triangular | Discrete, domain: Domain, bits: int
) -> NDArray[np.int64]:
    """Return the integer quantile table of a distribution.

    Parameters
    ----------
    distribution
        What to tabulate.
    domain
        Decides the integer unit (see the module's table).
    bits
        The table has ``2**bits`` cells; a 32-bit word ``w`` looks up cell ``w >> (32 - bits)``.

    Returns
    -------
    ndarray of int64, shape (2**bits,), read-only

    Raises
    ------
    OverflowError
        When a quantile does not fit 62 bits: never truncated silently.
    """
    cells = 1 << bits
    u = (np.arange(cells) + 0.5) / cells
    values = np.rint(quantiles(distribution, u) * UNITS[domain])
    if not np.all(np.abs(values) < 2.0**62):
        msg = (
            f"quantiles of {distribution} in {domain} reach {values.max():g}; allowed: below 2**62"
        )
        raise OverflowError(msg)
    result = values.astype(np.int64)
    result.flags.writeable = False
    return result


def bits_of(assumption_id: str) -> int:
    """Return the resolution of an assumption's table, in bits."""
    return FINE_BITS if assumption_id in _FINE else TABLE_BITS


def table_of(assumptions: Assumptions, assumption_id: str, bureau: str) -> NDArray[np.int64]:
    """Return the table of one assumption for one bureau."""
    return table(
        assumptions[assumption_id].of(bureau), KNOWN[assumption_id].domain, bits_of(assumption_id)
    )


@lru_cache(maxsize=1)
def exponential_table() -> NDArray[np.int64]:
    """Return quantiles of the unit exponential in parts of 2**20, shape (2**16,), mean exact."""
    cells = 1 << FINE_BITS
    u = np.arange(cells) / cells
    # Cell means, not midpoints, so that the mean gap is exact: below its quantile u the unit
    # exponential has the partial mean u + (1 - u) log(1 - u).
    partial = np.append(u + (1 - u) * np.log1p(-u), 1.0)
    result: NDArray[np.int64] = np.rint(np.diff(partial) * cells * (1 << 20)).astype(np.int64)
    result.flags.writeable = False
    return result

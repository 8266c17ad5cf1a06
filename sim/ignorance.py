"""Ignorance told from luck: how far a probability moves with what nobody has measured.

A future's parameters are one draw of what is believed. Between draws the chance of a hit differs:
that is ignorance, and a record can mend it. Under one draw a year still comes out one way or the
other: that is luck, and no record will. The hit rates of a few futures a draw differ by both; the
analysis of variance takes the luck out.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from math import sqrt
from typing import Any

import numpy as np
from scipy.special import betaincinv

from sim.jackknife import Floats, by_group, half_width, left_out

BAND = (0.1, 0.9)
"""Quantiles of the band."""

ALMOST_ALL = 0.999
"""Ignorance explains at most so much of a probability's variance: no draw makes a year certain."""


@dataclass(frozen=True, slots=True)
class Ignorance:
    """How far a probability is unknown.

    Attributes
    ----------
    sd, sd_low, sd_high
        Standard deviation of the probability between draws of the parameters, and its interval.
    naive_sd
        The same with luck left in: inflated, shown for comparison only.
    share
        Share of the variance of a hit that is ignorance, the rest being luck; None where the
        probability came out as 0 or 1.
    band
        The probability's 10 and 90 % quantiles over draws (Beta with this mean and sd); None where
        it came out as 0 or 1, when there is nothing to say.
    """

    sd: float
    sd_low: float
    sd_high: float
    naive_sd: float
    share: float | None
    band: tuple[float, float] | None

    @property
    def variance(self) -> float:
        """Variance of the probability between draws."""
        return self.sd * self.sd

    def to_json(self) -> dict[str, Any]:
        """Return plain data."""
        return asdict(self)


def ignorance(shares: Floats) -> Ignorance:
    """Estimate the spread of a probability between draws of the parameters.

    The futures of one draw are independent, the tails of one future are not: a future counts once,
    with the share of its tails that hit, so that tails narrow luck only as far as they do.

    Parameters
    ----------
    shares
        Share of the tails hit of each future, shape (draws, futures a draw), at least 2 by 2.

    Raises
    ------
    ValueError
        When there are fewer.
    """
    thetas, reps = shares.shape
    if min(thetas, reps) < 2:
        msg = f"shares: found {thetas} draws of {reps} futures; allowed: at least 2 of 2"
        raise ValueError(msg)
    p = float(shares.mean())
    between = float(shares.mean(axis=1).var(ddof=1))
    whole = p * (1 - p)
    variance = min(max(0.0, between - float(within(shares).mean()) / reps), ALMOST_ALL * whole)
    half = half_width(variance_left_out(shares))
    return Ignorance(
        sd=sqrt(variance),
        sd_low=sqrt(max(0.0, variance - half)),
        sd_high=sqrt(min(variance + half, whole)),
        naive_sd=sqrt(between),
        share=variance / whole if whole else None,
        band=_band(p, variance) if whole else None,
    )


def within(shares: Floats) -> Floats:
    """Return the variance between the futures of each draw, shape (draws,)."""
    return np.asarray(shares.var(axis=1, ddof=1))


def variance_left_out(shares: Floats) -> Floats:
    """Return the variance between draws without each group in turn; it may be negative."""
    mean = shares.mean(axis=1) - shares.mean()
    n = left_out(by_group(np.ones(len(mean))))
    first, second, luck = (left_out(by_group(x)) for x in (mean, mean**2, within(shares)))
    return np.asarray((second - first**2 / n) / (n - 1) - luck / n / shares.shape[1])


def _band(p: float, variance: float) -> tuple[float, float]:
    if variance <= 0:
        return p, p
    size = p * (1 - p) / variance - 1
    low, high = (float(betaincinv(p * size, (1 - p) * size, q)) for q in BAND)
    return low, high

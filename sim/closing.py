"""Closing: when leads that will never come, or never sign, are recorded as lost, if ever."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp
from statistics import NormalDist
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

Floats = NDArray[np.float64]

CLOSING_SIGMA: Final = 0.6
"""Spread of the logarithm of the age at which a lead that will not come is recorded lost."""

_YOUNGEST_DAYS: Final = 0.5


@dataclass(frozen=True, slots=True)
class Closing:
    """How leads that lead nowhere are closed: at a log-normal age, and never for some.

    Attributes
    ----------
    share
        Share of them that is ever recorded as lost, 0 to 1.
    median_days
        Median age of those when recorded, from the call or, after a visit, from the visit.
    sigma
        Standard deviation of the logarithm of the age.

    Raises
    ------
    ValueError
        When something is out of range.
    """

    share: float
    median_days: float
    sigma: float = CLOSING_SIGMA

    def __post_init__(self) -> None:
        if not (0 <= self.share <= 1 and self.median_days > 0 and self.sigma > 0):
            msg = f"found {self}; allowed: a share from 0 to 1, days and sigma above 0"
            raise ValueError(msg)

    def closed(self, age_days: NDArray[np.int64] | Floats) -> Floats:
        """Return the probability that a lead that leads nowhere was recorded lost by an age."""
        return np.asarray(self.share * ndtr(self._score(age_days)))

    def log_density(self, age_days: Floats) -> Floats:
        """Return the log density of being recorded lost at an age."""
        age = np.maximum(age_days, _YOUNGEST_DAYS)
        spread = np.log(self.sigma * np.sqrt(2 * np.pi))
        return np.asarray(np.log(self.share / age) - 0.5 * self._score(age) ** 2 - spread)

    def recorded(self, word: int) -> bool:
        """Draw whether a loss is ever recorded; ``word`` has 32 bits."""
        return word < self.share * 2**32

    def delay(self, word: int) -> int:
        """Draw the days until it is, at least 1; ``word`` has 32 bits."""
        normal = NormalDist().inv_cdf((word + 0.5) / 2**32)
        return max(1, round(self.median_days * exp(self.sigma * normal)))

    def _score(self, age_days: NDArray[np.int64] | Floats) -> Floats:
        age = np.maximum(age_days, _YOUNGEST_DAYS)
        return np.asarray(np.log(age / self.median_days) / self.sigma)


UNRECORDED: Final = Closing(0.0, 1.0)
"""Nobody records that a lead came to nothing."""

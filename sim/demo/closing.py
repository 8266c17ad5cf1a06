"""Closing: when bureaus give up leads that come to nothing."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp
from statistics import NormalDist


@dataclass(frozen=True, slots=True)
class Closing:
    """How leads that will never come, or never sign, are recorded as lost.

    Attributes
    ----------
    share
        So many of them are ever recorded, from 0 to 1.
    median_days, sigma
        Lognormal delay from the call, or the visit, to the record.

    Raises
    ------
    ValueError
        When something is out of range.
    """

    share: float = 0.6
    median_days: float = 90.0
    sigma: float = 0.6

    def __post_init__(self) -> None:
        if not (0 <= self.share <= 1 and self.median_days > 0 and self.sigma >= 0):
            msg = f"found {self}; allowed: a share from 0 to 1, days above 0, sigma of 0 or more"
            raise ValueError(msg)

    def recorded(self, word: int) -> bool:
        """Whether a loss is recorded at all; ``word`` has 32 bits."""
        return word < self.share * 2**32

    def delay(self, word: int) -> int:
        """Return days until it is, at least 1; ``word`` has 32 bits."""
        normal = NormalDist().inv_cdf((word + 0.5) / 2**32)
        return max(1, round(self.median_days * exp(self.sigma * normal)))

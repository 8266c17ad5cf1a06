"""Closing: how leads that will not come are recorded as lost, sooner, later or never."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr


@dataclass(frozen=True, slots=True)
class Closing:
    """How long a lead that leads nowhere stays open in a ledger.

    Attributes
    ----------
    share
        Share of them that is ever recorded as lost, 0 to 1.
    median_days, sigma
        Log-normal time until then, from the call or, after a visit, from the visit.
    """

    share: float
    median_days: float
    sigma: float

    def closed(self, age_days: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return the chance that a lead of some age that leads nowhere was recorded as lost."""
        aged = np.maximum(age_days, 1e-9)
        return np.asarray(self.share * ndtr(np.log(aged / self.median_days) / self.sigma))


UNRECORDED = Closing(0.0, 90.0, 0.6)
"""Nobody records that a lead came to nothing."""

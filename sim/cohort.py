"""Cohorts: leads at one stage, some of which went on, some were closed, the others still open.

A lead may go on later, or never: an open lead says little while it is young, and more as it ages.
Counting open leads as lost would make every recent month look bad; leaving them out, good.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from sim.closing import UNRECORDED, Closing
from sim.posterior import Floats

_SHARES: Final = (0.05, 0.2, 0.35, 0.5, 0.65, 0.8, 0.95)
_MEDIAN_DAYS: Final = (10.0, 20.0, 40.0, 80.0, 160.0, 320.0)

CLOSINGS: tuple[Closing, ...] = tuple(Closing(s, m) for s in _SHARES for m in _MEDIAN_DAYS)
"""The closing laws held possible, each as likely as the others."""


@dataclass(frozen=True, slots=True, eq=False)
class Cohort:
    """Leads of one bureau at one stage.

    Attributes
    ----------
    happened
        How many went on.
    ever, by_now
        For each of the others, if it is one that goes on: the probability that it does so at all,
        and that it would have by now; shape (others,), or (shifts, others) for several delays.
    age_days
        For each of the others: its age when recorded lost, or now; shape (others,).
    lost
        Which of the others were recorded lost; shape (others,).
    days
        Log likelihood of the days on which those went on that did; shape (shifts,) for several
        delays.
    """

    happened: int
    ever: Floats
    by_now: Floats
    age_days: Floats
    lost: np.ndarray[tuple[int], np.dtype[np.bool_]]
    days: Floats | float = 0.0

    def log_likelihood(self, chance: Floats, closings: Sequence[Closing] = (UNRECORDED,)) -> Floats:
        """Return the log likelihood at some chances that a lead is one that goes on.

        A mixture cure model with right censoring (Boag 1949): some never go on, and of who has not
        yet it is not known which they are.

        Parameters
        ----------
        chance
            Shape (n,).
        closings
            When the others are recorded lost.

        Returns
        -------
        ndarray
            Shape (closings, n), or (closings, shifts, n) for several delays.
        """
        p = np.clip(chance, 1e-9, 1 - 1e-9)
        lost, there = self.lost, ~self.lost
        known = self.happened * np.log(p) + np.expand_dims(self.days, -1)
        waits = p[:, np.newaxis] * np.maximum(self.ever - self.by_now, 0)[..., np.newaxis, there]
        stays = np.maximum(1 - p[:, np.newaxis] * self.ever[..., np.newaxis, :], 1e-12)
        known = known + np.log(stays[..., lost]).sum(axis=-1)
        stays = stays[..., there]
        found = []
        for law in closings:
            own = np.log(waits + stays * (1 - law.closed(self.age_days[there]))).sum(axis=-1)
            if law.share:
                own = own + law.log_density(self.age_days[lost]).sum()
            found.append(known + own)
        return np.stack(found)

"""Cohorts: leads at one stage, some of which went on, some were closed, the others still open.

A lead may go on later, or never: an open lead says little while it is young, and more as it ages.
Counting open leads as lost would make every recent month look bad; leaving them out, good.
"""

from __future__ import annotations

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
        and that it would have by now.
    age_days
        For each of the others: its age when recorded lost, or now.
    lost
        Which of the others were recorded lost.
    """

    happened: int
    ever: Floats
    by_now: Floats
    age_days: Floats
    lost: np.ndarray[tuple[int], np.dtype[np.bool_]]

    @property
    def n(self) -> int:
        """Leads in all."""
        return self.happened + len(self.ever)

    def complete(self) -> Cohort:
        """Return the cohort without open leads: what a naive reading of the records uses."""
        lost = self.lost
        return Cohort(
            self.happened, self.ever[lost], self.by_now[lost], self.age_days[lost], lost[lost]
        )

    def log_likelihood(self, chance: Floats, closing: Closing = UNRECORDED) -> Floats:
        """Return the log likelihood at some chances that a lead is one that goes on.

        Parameters
        ----------
        chance
            Shape (n,).
        closing
            When the others are recorded lost.
        """
        p = np.clip(chance, 1e-9, 1 - 1e-9)[:, np.newaxis]
        found = self.happened * np.log(p[:, 0])
        stays = np.maximum(1 - p * self.ever, 1e-12)
        if self.lost.any():
            lost = self.lost
            found = found + np.log(stays[:, lost]).sum(axis=1)
            if closing.share:
                found = found + closing.log_density(self.age_days[lost]).sum()
        there = ~self.lost
        waits = p * np.maximum(self.ever - self.by_now, 0)[there]
        silent = stays[:, there] * (1 - closing.closed(self.age_days[there]))
        return np.asarray(found + np.log(waits + silent).sum(axis=1))

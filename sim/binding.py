"""Binding: which limit held a bureau back in each month, and which did first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scenarios.calendar import Calendar
from sim.interval import Estimate, estimate_sums
from sim.outcome import BINDING, LIMITS
from sim.samples import IntArray


@dataclass(frozen=True, slots=True)
class Binding:
    """What bound in one month.

    Attributes
    ----------
    until
        The month's last day.
    bound
        For each of ``BINDING`` the probability that it bound in the month; several may.
    first
        For each of ``LIMITS`` the probability that it bound first in the month, pipeline where
        nothing did; they add up to 1. Of several on one day it is the one that comes first in
        ``LIMITS``.
    """

    until: date
    bound: dict[str, Estimate]
    first: dict[str, Estimate]

    def to_json(self) -> dict[str, Any]:
        """Return plain data."""
        return {
            "until": self.until.isoformat(),
            "bound": {limit: found.to_json() for limit, found in self.bound.items()},
            "first": {limit: found.to_json() for limit, found in self.first.items()},
        }


def binding(days: Calendar, bound_day: IntArray) -> tuple[Binding, ...]:
    """Estimate what binds month by month.

    Parameters
    ----------
    days
        The horizon.
    bound_day
        First day of the month on which each limit bound, or -1, shape (thetas, reps,
        len(BINDING), months): futures of one row share their parameters and count as tails of one
        draw.
    """
    first = firsts(bound_day)
    return tuple(
        Binding(
            days.date_of(month.stop - 1),
            {limit: _share(bound_day[:, :, i, m] >= 0) for i, limit in enumerate(BINDING)},
            {limit: _share(first[:, :, m] == i) for i, limit in enumerate(LIMITS)},
        )
        for m, month in enumerate(days.months)
    )


def firsts(bound_day: IntArray) -> IntArray:
    """Return which of ``LIMITS`` bound first in each month, shape (thetas, reps, months)."""
    never = np.iinfo(bound_day.dtype).max
    day = np.where(bound_day < 0, never, bound_day)
    pipeline = LIMITS.index("pipeline")
    return np.where(day.min(axis=2) == never, pipeline, day.argmin(axis=2))


def _share(hits: NDArray[np.bool_]) -> Estimate:
    counts = hits.sum(axis=1, dtype=np.int64)
    return estimate_sums(int(counts.sum()), int((counts**2).sum()), *hits.shape)

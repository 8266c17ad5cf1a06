"""The shortage: how likely a bureau's money is short before a day, month by month."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from scenarios.calendar import Calendar
from sim.interval import Estimate, estimate_sums
from sim.samples import IntArray

AT_RISK = 0.1
"""The date by which money is short in one year of ten is the one to watch."""


@dataclass(frozen=True, slots=True)
class Shortage:
    """When a bureau's money is short.

    Attributes
    ----------
    by_month
        For each month: its last day, and the probability that money was short by then.
    p10_date
        First day by which money is short with a probability of :data:`AT_RISK`; None: never.
    earliest, latest
        The dates between which it lies, by the interval of the probability; None: beyond the end.
    """

    by_month: tuple[tuple[date, Estimate], ...]
    p10_date: date | None
    earliest: date | None
    latest: date | None

    def to_json(self) -> dict[str, Any]:
        """Return plain data."""
        dates = {name: getattr(self, name) for name in ("p10_date", "earliest", "latest")}
        return {
            "by_month": [{"until": d.isoformat(), **p.to_json()} for d, p in self.by_month],
            **{name: d.isoformat() if d else None for name, d in dates.items()},
        }


def shortage(days: Calendar, dry_day: IntArray) -> Shortage:
    """Estimate when money is short.

    Parameters
    ----------
    days
        The horizon.
    dry_day
        First day on which money was short, or -1, shape (thetas, reps): futures of one row share
        their parameters and count as tails of one draw.
    """

    def by(day: int) -> Estimate:
        short = ((dry_day >= 0) & (dry_day <= day)).sum(axis=1, dtype=np.int64)
        return estimate_sums(int(short.sum()), int((short**2).sum()), *dry_day.shape)

    def first(bound: str) -> date | None:
        day = bisect_left(range(days.n_days), AT_RISK, key=lambda d: float(getattr(by(d), bound)))
        return days.date_of(day) if day < days.n_days else None

    return Shortage(
        tuple((days.date_of(m.stop - 1), by(m.stop - 1)) for m in days.months),
        first("p"),
        first("high"),
        first("low"),
    )

"""Waiting: how likely what will happen to a lead would have happened by a day.

By the model's own law and its quantile tables, averaged over fixed points that fill the cube
evenly; no generator.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from scenarios.assumptions import Assumptions
from sim.assumptions import table_of
from sim.case import NEVER, PER_MILLE, Case
from sim.model import NOTICE_DAYS
from sim.posterior import Floats

Ints = NDArray[np.int64]

POINTS: Final = 256
_ROOT: Final = 1.2207440846057596
"""The real root of x**4 = x + 1: its inverse powers are the evenest steps in three dimensions."""


def _points(assumptions: Assumptions, bureau: str, *names: str) -> list[Ints]:
    """Return values of some assumptions at the fixed points, each of shape (1, POINTS)."""
    found = []
    for place, name in enumerate(names):
        step = _ROOT ** -(place + 1)
        u = (0.5 + step * np.arange(1, POINTS + 1)) % 1
        values = table_of(assumptions, name, bureau)
        found.append(values[(u * len(values)).astype(np.int64)][np.newaxis])
    return found


def visiting(
    case: Case, assumptions: Assumptions, called: Ints, reported: Ints, day: int
) -> tuple[Floats, Floats]:
    """Return for leads that agree to visit: the odds that they ever do, and by the end of a day.

    Seats are taken to be free: who else wants them is not known.
    """
    delay, patience, unit = _points(
        assumptions,
        case.bureau,
        "visit-delay-days",
        "booking-patience-days",
        "unit-delay-days",
    )
    ready, back = called[:, np.newaxis] + delay, reported[:, np.newaxis]
    windows = [x for x in case.windows if x.seats > 0]
    starts = np.array([x.start for x in windows] + [NEVER], np.int64)
    ends = np.array([x.end for x in windows] + [NEVER], np.int64)
    first = np.searchsorted(starts, np.maximum(ready, back + NOTICE_DAYS))
    in_group = starts[first] <= ready + patience
    received = np.where(unit <= patience, np.maximum(ready, back) + unit, NEVER)
    visit = np.where(in_group, ends[first], received)
    return (visit < NEVER).mean(axis=1), (visit <= day).mean(axis=1)


def signing(
    case: Case,
    assumptions: Assumptions,
    called: Ints,
    visited: Ints,
    mode: list[str],
    day: int,
) -> tuple[Floats, Floats]:
    """Return season and reception as weights on the odds of signing: at any time, and by a day.

    Beyond the horizon the season's weight is 1.
    """
    [delay] = _points(assumptions, case.bureau, "contract-delay-days")
    signed = np.maximum(visited[:, np.newaxis] + 1, called[:, np.newaxis] + delay)
    season = np.array([*case.season_per_mille, PER_MILLE]) / PER_MILLE
    inside = (signed >= 0) & (signed < case.n_days)
    weight = season[np.where(inside, signed, case.n_days)]
    factor = np.array([case.mode_per_mille.get(x, PER_MILLE) / PER_MILLE for x in mode])
    ever = factor * weight.mean(axis=1)
    return ever, factor * (weight * (signed <= day)).mean(axis=1)


def registering(case: Case, assumptions: Assumptions, signed: Ints, day: int) -> Floats:
    """Return for contracts that are registered: the odds that they were by the end of a day."""
    [delay] = _points(assumptions, case.bureau, "registration-delay-days")
    return np.asarray((signed[:, np.newaxis] + delay <= day).mean(axis=1))


def starting(
    case: Case, assumptions: Assumptions, signed: Ints, registered: Ints, day: int
) -> Floats:
    """Return for registered contracts that start: the odds that they had by the end of a day."""
    [delay] = _points(assumptions, case.bureau, "start-delay-days")
    ready = np.maximum(registered[:, np.newaxis], signed[:, np.newaxis] + delay)
    works = np.array([*case.works_day, NEVER], np.int64)
    start = works[np.clip(ready, 0, case.n_days)]
    return np.asarray((start <= day).mean(axis=1))

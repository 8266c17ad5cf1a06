"""The arithmetic of the scoring rules: points from what was done and what was owed.

Arrays have the shape ``(..., n_bureaus)``; the last axis holds the bureaus that compete for the
item and no others, the leading axes are free. ``minimum`` has the shape ``(n_bureaus,)``. Two
conventions make every case defined without a warning:

- a minimum of 0 owes nothing, so it is met exactly: neither missed nor exceeded;
- a share of nothing is 0: where nobody has anything, nobody is the best.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import Literal, assert_never

import numpy as np

from scenarios.actuals import FloatArray
from scenarios.assessment import Reading


def completion(actual: FloatArray, minimum: FloatArray) -> FloatArray:
    """Return actual / minimum (F1r), and 1 where nothing is owed.

    Equal fractions of whole numbers come out equal to the last bit, so no tie is missed; and
    unequal ones come out apart while minima are multiples of a million yuan or smaller counts.
    """
    ratio = np.ones_like(actual, np.float64)
    return np.divide(actual, minimum, out=ratio, where=minimum > 0)


def share(part: FloatArray, whole: FloatArray) -> FloatArray:
    """Return part / whole, and 0 where the whole is 0."""
    ratio = np.zeros_like(part, np.float64)
    return np.divide(part, whole, out=ratio, where=whole > 0)


def highest(actual: FloatArray) -> FloatArray:
    """Return the highest of all bureaus, their axis kept: bureau by bureau, as they are few."""
    most: FloatArray = reduce(np.maximum, np.moveaxis(actual, -1, 0))
    return most[..., np.newaxis]


def together(actual: FloatArray) -> FloatArray:
    """Return the sum over all bureaus, their axis kept; exact where amounts are whole."""
    total: FloatArray = reduce(np.add, np.moveaxis(actual, -1, 0))
    return total[..., np.newaxis]


def steps_above(actual: FloatArray, minimum: FloatArray, step_percent: float) -> FloatArray:
    """Return the whole steps, each ``step_percent`` of the minimum, that lie above it.

    Multiplied out before the one division: (1.2 - 1) / 0.1 would be a hair below 2 steps.
    """
    return np.maximum(0.0, np.floor(share(100 * (actual - minimum), step_percent * minimum)))


def pro_rata(weight: float, actual: FloatArray, minimum: FloatArray) -> FloatArray:
    """Return weight x completion, at most the weight (S4)."""
    return weight * np.minimum(1.0, completion(actual, minimum))


def pro_rata_with_bonus(
    weight: float,
    actual: FloatArray,
    minimum: FloatArray,
    *,
    bonus_per_step: float,
    step_percent: float,
    bonus_max: float,
) -> FloatArray:
    """Return pro rata up to the weight, and a capped bonus for each whole step above."""
    bonus = bonus_per_step * steps_above(actual, minimum, step_percent)
    return pro_rata(weight, actual, minimum) + np.minimum(bonus_max, bonus)


def relative_to_best(weight: float, actual: FloatArray) -> FloatArray:
    """Return weight x own / best; 0 for all where the best has nothing."""
    return weight * share(actual, highest(actual))


def efficacy(weight: float, actual: FloatArray, *, base_percent: float) -> FloatArray:
    """Return the efficacy coefficient's points, from the base up to the weight.

    Where all are level, all are at the highest and have the weight, unless the highest is 0:
    then all have the base.
    """
    low = actual.min(axis=-1, keepdims=True)
    high = highest(actual)
    place = np.where((high == low) & (high > 0), 1.0, share(actual - low, high - low))
    base = base_percent / 100
    return weight * (base + (1 - base) * place)


def rank_first_else_share(
    weight: float,
    actual: FloatArray,
    minimum: FloatArray,
    *,
    reading: Reading,
    first_requires_completion: bool,
) -> FloatArray:
    """Return the weight for the first in completion, a share of it for the others (七㈠2).

    Parameters
    ----------
    weight
        Points of the item.
    actual, minimum
        Amounts in place and owed, in one unit.
    reading
        What the others' share is a share of (F3r); see :func:`share_by_reading`.
    first_requires_completion
        Whether the first must also meet its minimum (F2r). If so and none does, nobody has the
        weight for being first (F5r), though a reading may still give it for the best share.

    Returns
    -------
    FloatArray
        Points from 0 to the weight; all who tie for first have the weight (F5r). Nobody is first
        with nothing.
    """
    ratio = completion(actual, minimum)
    best = highest(ratio)
    first = (ratio == best) & (best > 0)
    if first_requires_completion:
        first &= actual >= minimum
    part = np.minimum(1.0, share_by_reading(actual, minimum, reading))
    return weight * np.where(first, 1.0, part)


def share_by_reading(actual: FloatArray, minimum: FloatArray, reading: Reading) -> FloatArray:
    """Return the share that a bureau has which is not first (F3r); it may exceed 1 under D and E.

    A ``share-of-total``: of all bureaus' amount. B ``share-of-total-completers``: the same, and
    nothing below one's own minimum. C ``share-of-best``: completion over the best completion.
    D ``pro-rata``: completion. E ``share-among-completers``: of the amount of those who met their
    minimum, for whoever; 0 if none did. F ``share-of-largest``: of the largest amount.
    """
    met = actual >= minimum
    match reading:
        case "share-of-total":
            return share(actual, together(actual))
        case "share-of-total-completers":
            return np.where(met, share(actual, together(actual)), 0.0)
        case "share-of-best":
            ratio = completion(actual, minimum)
            return share(ratio, highest(ratio))
        case "pro-rata":
            return completion(actual, minimum)
        case "share-among-completers":
            return share(actual, actual.sum(axis=-1, keepdims=True, where=met))
        case "share-of-largest":
            return share(actual, highest(actual))
        case _:
            assert_never(reading)


def tier_table(actual: FloatArray, steps: Sequence[tuple[float, float]]) -> FloatArray:
    """Return the points of the last step reached, 0 below the first.

    Parameters
    ----------
    actual
        The metric.
    steps
        Pairs ``(at_least, points)``, rising in ``at_least``.
    """
    starts, points = np.array(steps, dtype=np.float64).T
    return np.append(0.0, points)[np.searchsorted(starts, actual, side="right")]


def cliff(
    weight: float,
    actual: FloatArray,
    minimum: FloatArray,
    *,
    at_target_percent: float,
    step_percent: float,
    points_per_step: float,
) -> FloatArray:
    """Return 0 below the minimum; from it on a start value and whole steps, up to the weight."""
    above = points_per_step * steps_above(actual, minimum, step_percent)
    reached = np.minimum(weight, weight * at_target_percent / 100 + above)
    return np.where(actual >= minimum, reached, 0.0)


def proportion(
    weight: float, part: FloatArray, whole: FloatArray, *, no_data: Literal["full", "zero"]
) -> FloatArray:
    """Return weight x part / whole, at most the weight; ``no_data`` holds where whole is 0 (T2)."""
    without = 1.0 if no_data == "full" else 0.0
    return weight * np.where(whole > 0, np.minimum(1.0, share(part, whole)), without)


def event_deduct(
    weight: float,
    reports_late: FloatArray,
    deductions_points: FloatArray,
    *,
    report_points: float,
    floor: float,
) -> FloatArray:
    """Return the weight less all deductions, never below the floor (D1)."""
    return np.maximum(floor, weight - report_points * reports_late - deductions_points)


def bonus(actual: FloatArray, *, points_each: float, cap: float) -> FloatArray:
    """Return so many points for each unit, at most the cap."""
    return np.minimum(cap, points_each * actual)

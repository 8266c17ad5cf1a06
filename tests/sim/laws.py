"""Exact laws of worlds simple enough to have one: what many futures must come to."""

from __future__ import annotations

from math import log
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.stats import poisson

from scenarios.model import Scenario
from sim.assumptions import FINE_BITS, TABLE_BITS, table
from tests.sim.worlds import world

Floats = NDArray[np.float64]

AT_ONCE_DAYS = 2
"""A call is made on the day of its opening, the visit is on the next and signing one later."""


def rate_a_month(rate: float, days: int, share: float = 1) -> float:
    """Return the calls a month of which a share makes ``rate`` signings in an ample world."""
    return rate / share * 365 / 12 / (days - AT_ONCE_DAYS)


def none_world(p: float, contract: float, days: int = 31) -> Scenario:
    """Return an ample world with fixed parameters in which no contract has probability ``p``.

    Visits are Poisson; each tail signs each visit with probability ``contract``.
    """
    return world(
        {
            "calls-per-month": rate_a_month(-log(p), days, contract),
            "visit-to-contract": contract,
            "contract-to-registered": 0,
        },
        days=days,
        persons=12,
    )


def delays_in_time(scenario: Scenario, assumption: str, days: int) -> float:
    """Return over how many days of arrival, in the mean, signing comes before the end."""
    delays = table(scenario.assumptions[assumption].distribution, "days", TABLE_BITS)
    after = np.maximum(delays, AT_ONCE_DAYS)
    return sum(float((after + day <= days - 1).mean()) for day in range(days))


def amounts_fen(scenario: Scenario) -> Floats:
    """Return the equally likely sizes of a contract."""
    sizes = table(scenario.assumptions["contract-yuan"].distribution, "yuan", FINE_BITS)
    return sizes.astype(np.float64)


def compound_poisson(
    rate: float, sizes: Floats, grid: float, cells: int, rounding: Literal["down", "up"]
) -> Floats:
    """Return the law of a Poisson number of sizes rounded to a grid, by a Fourier transform.

    Panjer's recursion by other means: the transform of the sum is ``exp(rate (phi - 1))``. The
    grid must be long enough for nothing to come round its end.
    """
    to_grid = np.floor if rounding == "down" else np.ceil
    each = np.bincount(to_grid(sizes / grid).astype(np.int64), minlength=cells) / len(sizes)
    assert len(each) == cells, "the grid is too short for the largest size"
    law: Floats = np.fft.irfft(np.exp(rate * (np.fft.rfft(each) - 1)), cells)
    return np.maximum(law, 0)


def trips_of_two(rate: float, trips: dict[int, float], days: int) -> tuple[float, float]:
    """Return mean and variance of the trips begun by two persons from an empty start.

    The exact chain in discrete time: on each day a Poisson number of openings joins the queue,
    and free persons take from it. The state is the days each person is still away, and the queue.

    Parameters
    ----------
    rate
        Openings a day.
    trips
        Probability of each length in days.
    """
    longest, queue = max(trips), 200
    arrivals = poisson.pmf(np.arange(queue), rate)
    joining = np.array([np.append(np.zeros(i), arrivals[: queue - i]) for i in range(queue)])
    # Probability, and first and second moment of the count, by state.
    moments = np.zeros((3, longest, longest, queue))
    moments[0, 0, 0, 0] = 1
    for _ in range(days):
        waiting, moments = moments @ joining, np.zeros_like(moments)
        for one, other in np.ndindex(longest, longest):
            _begin(moments, waiting[:, one, other], one, other, trips)
    whole, mean, square = moments.sum(axis=(1, 2, 3))
    assert abs(whole - 1) < 1e-9, "the queue is cut off"
    return float(mean), float(square - mean**2)


def _begin(into: Floats, queue: Floats, one: int, other: int, trips: dict[int, float]) -> None:
    """Let free persons take from the queue, and go on to the next day."""
    free = (one == 0) + (other == 0)
    for taken in range(free + 1):
        # All free persons take and some may be left, or the queue is empty before that.
        left = queue[:, taken:] if taken == free else queue[:, taken : taken + 1]
        p, mean, square = left
        counted = np.stack([p, mean + taken * p, square + 2 * taken * mean + taken**2 * p])
        ways = [(one, other, 1.0)]
        for _ in range(taken):
            ways = [
                (days, b, share * each) if a == 0 else (a, days, share * each)
                for a, b, share in ways
                for days, each in trips.items()
            ]
        for a, b, share in ways:
            into[:, max(a - 1, 0), max(b - 1, 0), : left.shape[1]] += share * counted

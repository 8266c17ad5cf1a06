"""Call rates: how many calls a rate of openings leads to, told by the model itself.

Openings pass by when nobody is at post, lapse while nobody is free, and wait: how many are served
by a day depends on the plan, so it is simulated, at a few rates, under one plan to that day.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from scipy.special import gammaln

from sim.case import Case
from sim.futures import Role
from sim.packing import NUMBERS, Packed
from sim.posterior import Floats
from sim.samples import Job, sample_bureau
from sim.shift import table_in, with_table

FUTURES: Final = 96
RATES: Final = 12
_MOST: Final = 1_000.0
"""No higher rate (calls a month) is simulated."""

_RATE, _MICRO = "calls-per-month", 1_000_000


def call_log_likelihood(
    job: Job, case: Case, deck: Packed, rates: Floats, calls: int, day: int
) -> Floats:
    """Return the log likelihood of the number of calls by the end of a day, at some rates.

    Negative binomial with mean and variance from simulated futures; Poisson where those vary less.

    Parameters
    ----------
    rates
        Openings a month at full presence, rising, shape (n,).
    """
    days = min(day + 1, case.n_days)
    numbers = deck.numbers.copy()
    numbers[NUMBERS.index("n_days")] = days
    cut = deck._replace(numbers=numbers)
    low, high = max(float(rates[0]), 0.05), min(float(rates[-1]), _MOST)
    tried = np.geomspace(low, max(high, 2 * low), RATES)
    found = Job(job.scenario, job.plan, job.seed, role=Role.SEARCH)
    shape = table_in(deck, _RATE).shape
    made = np.array(
        [
            sample_bureau(
                found,
                case,
                with_table(cut, _RATE, np.full(shape, round(rate * _MICRO), np.int64)),
                0,
                FUTURES,
            )
            .of("calls")[:, 0]
            .astype(np.float64)
            for rate in tried
        ]
    )
    mean = np.maximum(made.mean(axis=1), 1e-3)
    scatter = np.maximum(made.var(axis=1, ddof=1) / mean, 1.0)
    at = np.log(np.maximum(rates, 1e-9))
    expected = np.exp(np.interp(at, np.log(tried), np.log(mean)))
    return negative_binomial(calls, expected, np.interp(at, np.log(tried), scatter))


def negative_binomial(count: int, mean: Floats, scatter: Floats) -> Floats:
    """Return the log probability of a count with a mean and a ratio of variance to mean."""
    size = mean / np.maximum(scatter - 1, 1e-6)
    log_whole = np.log(size + mean)
    return np.asarray(
        gammaln(count + size)
        - gammaln(size)
        - gammaln(count + 1)
        + size * (np.log(size) - log_whole)
        + count * (np.log(mean) - log_whole)
    )

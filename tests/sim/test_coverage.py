"""Nominal 95 % intervals hold the truth in 93 to 97 % of forecasts, measured on the engine itself.

The worlds have fixed parameters and ample resources, so that the probability of no contract, and
the law of the signed amount, are known. A meta-run is one forecast of its own futures.
"""

from __future__ import annotations

from math import log

import numpy as np
import pytest

from sim.histogram import histogram
from sim.interval import estimate
from sim.samples import Job, sample
from tests.sim.laws import amounts_fen, compound_poisson, none_world, rate_a_month
from tests.sim.worlds import plan_for, world

pytestmark = pytest.mark.long

META_RUNS = 1_000
FUTURES = 1_000
TAILS = 32
TOGETHER = 20
"""Meta-runs simulated at a time."""


def _none_signed(p, contract, n):
    """Yield whether nothing was signed, shape (n, TAILS), for each meta-run."""
    scenario = none_world(p, contract)
    job = Job(scenario, plan_for(scenario), seed=95, tails=TAILS)
    for first in range(0, META_RUNS, TOGETHER):
        found = sample(job, first * n, TOGETHER * n)
        yield from (found.each("signed")[:, :, 0] == 0).reshape(TOGETHER, n, TAILS)


def _coverage(p, contract, n=FUTURES):
    """Return the share of meta-runs whose interval holds ``p``, by number of tails."""
    inside = dict.fromkeys((1, 8, TAILS), 0)
    for none in _none_signed(p, contract, n):
        for tails in inside:
            found = estimate(none[:, :tails])
            inside[tails] += found.low <= p <= found.high
    return {tails: held / META_RUNS for tails, held in inside.items()}


@pytest.mark.parametrize("p", [0.05, 0.5, 0.95])
def test_away_from_the_edges_all_intervals_cover_as_they_say(p):
    """Wilson's, with one tail and with several: half the visits are signed in each tail."""
    found = _coverage(p, contract=0.5)
    assert all(0.93 <= held <= 0.97 for held in found.values()), found


@pytest.mark.parametrize(
    ("p", "contract"), [(0.005, 0.3), (0.005, 0.8), (0.995, 0.3), (0.995, 0.8)]
)
def test_at_the_edges_no_interval_covers_less_than_it_says(p, contract):
    """With several tails it may cover more: a future that hits in every tail may not have come."""
    found = _coverage(p, contract)
    assert all(held >= 0.93 for held in found.values()), found
    assert found[1] <= 0.97, found


def test_with_few_futures_at_the_edge_the_interval_is_wide_not_wrong():
    """The first look of a stopping rule: 256 futures, of which about one is hit in every tail."""
    found = _coverage(0.995, contract=0.8, n=256)
    assert all(held >= 0.93 for held in found.values()), found


def test_the_interval_of_a_quantile_covers_the_quantile_of_the_compound_poisson_law():
    n, rate, days, grid = 400, 6.0, 31, 1_000_000
    scenario = world(
        {
            "calls-per-month": rate_a_month(rate, days),
            "contract-yuan": {"kind": "lognormal", "median": 1_000_000, "sigma": 0.8},
        },
        days=days,
        persons=12,
    )
    job = Job(scenario, plan_for(scenario), seed=96)
    law = [
        compound_poisson(rate, amounts_fen(scenario), grid, 1 << 15, rounding).cumsum()
        for rounding in ("down", "up")
    ]
    held = dict.fromkeys((0.1, 0.5, 0.9), 0)
    found = sample(job, 0, META_RUNS * n).of("signed_fen").reshape(META_RUNS, n)
    for q in held:
        # Known to within the grid: 1 % of a contract for each of them.
        below, above = (float(np.searchsorted(upto, q)) * grid for upto in law)
        assert 1 <= above / below < 1.02
        truth = (below + above) / 2
        for signed in found:
            low, high = histogram(signed).interval(q)
            held[q] += low <= truth <= high
    covered = {q: number / META_RUNS for q, number in held.items()}
    assert all(0.93 <= share <= 0.97 for share in covered.values()), covered


def test_the_worlds_have_the_probability_they_are_made_for():
    """The truth above is not taken on trust: a million futures, far from any interval's own."""
    p, hits, n = 0.995, 0, 0
    for none in _none_signed(p, 0.8, FUTURES):
        hits, n = hits + int(none[:, 0].sum()), n + len(none)
    assert abs(hits / n - p) < 4.5 * (p * (1 - p) / n) ** 0.5
    assert log(n) > 13

"""Claims about ignorance: luck is taken out of the spread, on probabilities whose law is known."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import beta

from sim.ignorance import ignorance, variance_left_out

TRUTH = beta(2, 6)


def shares(rng, p, *, reps, tails, path=None):
    """Return shares of tails hit; with a path, a future's own chance varies around its draw's."""
    each = np.repeat(p[:, np.newaxis], reps, axis=1)
    if path is not None:
        each = rng.beta(path * each, path * (1 - each))
    return rng.binomial(tails, each) / tails


@pytest.mark.parametrize(("reps", "tails", "path"), [(2, 1, None), (4, 1, None), (2, 16, 5)])
def test_the_naive_spread_is_inflated_and_the_corrected_one_is_right(reps, tails, path):
    rng = np.random.default_rng(1)
    p = TRUTH.rvs(4000, random_state=rng)
    found = ignorance(shares(rng, p, reps=reps, tails=tails, path=path))
    assert found.naive_sd > TRUTH.std() * 1.15
    assert found.sd == pytest.approx(TRUTH.std(), abs=0.01)
    assert found.sd_low < TRUTH.std() < found.sd_high


def test_tails_counted_as_futures_of_their_own_would_leave_luck_in():
    rng = np.random.default_rng(2)
    drawn = shares(rng, TRUTH.rvs(4000, random_state=rng), reps=2, tails=16, path=5)
    p = drawn.mean(axis=1)
    as_if_independent = np.sqrt(p.var(ddof=1) - (p * (1 - p) / 31).mean())
    assert as_if_independent > TRUTH.std() + 0.02
    assert ignorance(drawn).sd == pytest.approx(TRUTH.std(), abs=0.01)


def test_the_band_is_that_of_the_probability_and_not_of_the_hit_rates():
    rng = np.random.default_rng(3)
    drawn = shares(rng, TRUTH.rvs(8000, random_state=rng), reps=4, tails=1)
    found = ignorance(drawn)
    assert found.band == pytest.approx(tuple(TRUTH.ppf([0.1, 0.9])), abs=0.015)
    raw = np.quantile(drawn.mean(axis=1), [0.1, 0.9])
    assert raw[1] - raw[0] > 1.2 * (found.band[1] - found.band[0])


def test_the_share_is_that_of_the_variance_of_a_hit():
    rng = np.random.default_rng(4)
    found = ignorance(shares(rng, TRUTH.rvs(8000, random_state=rng), reps=4, tails=1))
    assert found.share == pytest.approx(TRUTH.var() / (0.25 * 0.75), abs=0.02)


@pytest.mark.parametrize("p", [0.3, 0.02])
def test_where_there_is_only_luck_the_spread_is_never_negative_and_its_interval_reaches_0(p):
    rng = np.random.default_rng(5)
    found = [ignorance(shares(rng, np.full(400, p), reps=3, tails=1)) for _ in range(60)]
    assert min(x.sd for x in found) == 0
    assert np.mean([x.sd_low == 0 for x in found]) > 0.9
    assert all(x.band == (x.band[0], x.band[0]) for x in found if x.sd == 0)


def test_the_interval_of_the_spread_covers_it():
    rng = np.random.default_rng(6)
    covered = 0
    for _ in range(200):
        p = TRUTH.rvs(400, random_state=rng)
        found = ignorance(shares(rng, p, reps=4, tails=4, path=20))
        covered += found.sd_low <= TRUTH.std() <= found.sd_high
    assert covered >= 180


@pytest.mark.parametrize("p", [0.0, 1.0])
def test_of_what_never_or_always_happened_nothing_is_said(p):
    found = ignorance(np.full((50, 2), p))
    assert (found.share, found.band) == (None, None)


def test_leaving_a_group_out_is_the_estimate_without_it():
    drawn = shares(np.random.default_rng(7), np.linspace(0.1, 0.9, 207), reps=3, tails=2)
    group = np.arange(207) % 20
    for g, value in enumerate(variance_left_out(drawn)):
        rest = drawn[group != g]
        between = rest.mean(axis=1).var(ddof=1)
        assert value == pytest.approx(between - rest.var(axis=1, ddof=1).mean() / 3)


@pytest.mark.parametrize("shape", [(1, 4), (10, 1)])
def test_too_few_draws_or_futures_are_refused_in_words(shape):
    with pytest.raises(ValueError, match="at least 2 of 2"):
        ignorance(np.zeros(shape))

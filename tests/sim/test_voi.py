"""Claims about the value of information, on probabilities whose dependence is known."""

from __future__ import annotations

import numpy as np
import pytest

from sim.cohorts import Parameter
from sim.voi import worths

KEY = (1, 2)
THETAS, REPS, TAILS = 1000, 3, 4


def drawn(seed, chance, n_parameters):
    """Return shares of tails hit, and parameters: uniform, the chance a function of them."""
    rng = np.random.default_rng(seed)
    words = rng.integers(0, 2**32, (n_parameters, THETAS), dtype=np.uint32)
    p = chance(*(words / 2**32))
    shares = rng.binomial(TAILS, p[:, np.newaxis], (THETAS, REPS)) / TAILS
    parameters = [Parameter(str(i), "north", w, w / 2**32) for i, w in enumerate(words)]
    return shares, parameters


def linear(u, v, _w):
    return 0.2 + 0.4 * u + 0.2 * v


def test_each_assumption_gets_its_share_of_what_is_unknown():
    shares, parameters = drawn(1, linear, 3)
    found = {x.assumption: x for x in worths(shares, parameters, key=KEY)}
    assert found["0"].share == pytest.approx(0.8, abs=0.06)
    assert found["1"].share == pytest.approx(0.2, abs=0.06)
    assert found["2"].share < 0.03
    assert found["0"].sd == pytest.approx(0.4 / np.sqrt(12), abs=0.01)
    assert [found[x].unclear for x in "012"] == [False, False, True]


def test_what_is_worth_most_comes_first():
    shares, parameters = drawn(2, linear, 3)
    assert [x.assumption for x in worths(shares, parameters[::-1], key=KEY)][:2] == ["0", "1"]


def test_a_bend_counts_as_much_as_a_slope():
    shares, parameters = drawn(3, lambda u: 0.1 + 0.8 * np.abs(2 * u - 1), 1)
    (found,) = worths(shares, parameters, key=KEY)
    assert abs(np.corrcoef(parameters[0].value, shares.mean(axis=1))[0, 1]) < 0.1
    assert found.share > 0.95


def test_what_two_tell_only_together_neither_tells_alone():
    shares, parameters = drawn(4, lambda u, v: np.where((u < 0.5) == (v < 0.5), 0.2, 0.8), 2)
    for found in worths(shares, parameters, key=KEY):
        assert found.share < 0.03


def test_intervals_cover_the_truth_and_noise_is_seldom_taken_for_knowledge():
    covered = feigned = 0
    for seed in range(60):
        shares, parameters = drawn(100 + seed, linear, 3)
        found = {x.assumption: x for x in worths(shares, parameters, key=KEY)}
        covered += found["1"].low <= 0.2 <= found["1"].high
        feigned += not found["2"].unclear
    assert covered >= 52
    assert feigned <= 6


def test_what_noise_feigns_is_taken_off():
    told = []
    for seed in range(40):
        shares, parameters = drawn(200 + seed, lambda u, _v: 0.3 + 0.2 * u, 2)
        found = {x.assumption: x.share for x in worths(shares, parameters, key=KEY)}
        told.append(found["1"])
    # A useless column's 20 bins explain 19/1000 of the means' variance, which is mostly luck:
    # left in, that would be a tenth of all that is unknown.
    assert np.mean(told) < 0.03


def test_where_only_luck_differs_nothing_is_worth_knowing():
    rng = np.random.default_rng(0)
    words = rng.integers(0, 2**32, THETAS, dtype=np.uint32)
    same = np.tile([0.0, 1.0, 1.0], (THETAS, 1))
    assert worths(same, [Parameter("a", None, words, words / 1.0)], key=KEY) == ()


def test_the_same_seed_shuffles_the_same_way():
    shares, parameters = drawn(5, linear, 3)
    assert worths(shares, parameters, key=KEY) == worths(shares, parameters, key=KEY)

"""Claims about misses, on years whose difference is known."""

from __future__ import annotations

from math import pi, sqrt

import numpy as np
import pytest
from scipy.stats import norm

from sim.misses import LEAST, Trait, contrasts

SHAPE = (2000, 2)


def traits(rng):
    decides = rng.normal(10, 3, SHAPE)
    return (
        Trait("outcome", "useless", "north", rng.normal(0, 1, SHAPE)),
        Trait("outcome", "decides", "north", decides),
        Trait("outcome", "constant", "north", np.ones(SHAPE)),
    ), decides


def test_a_trait_that_decides_differs_by_what_theory_says_and_a_useless_one_is_unclear():
    both, decides = traits(np.random.default_rng(1))
    first, second = contrasts((decides > 10).astype(float), both)
    assert (first.name, second.name) == ("decides", "useless")
    # Half-normal means lie sqrt(2 / pi) on either side.
    assert first.sd == pytest.approx(-2 * sqrt(2 / pi), abs=0.05)
    assert first.low < first.sd < first.high < 0
    assert first.missed < 10 < first.met
    assert second.unclear


def test_a_year_of_several_tails_counts_on_both_sides():
    both, decides = traits(np.random.default_rng(2))
    first, _ = contrasts(norm.cdf((decides - 10) / 3), both)
    # E[x Phi(x)] = 1 / (2 sqrt(pi)) for a standard normal x.
    assert first.sd == pytest.approx(-2 / sqrt(pi), abs=0.05)


def test_futures_of_one_draw_are_not_independent():
    rng = np.random.default_rng(3)
    one = rng.normal(0, 1, (400, 1))
    value, met = np.tile(one, 25), np.tile((one > 0) * 1.0, 25)
    (tiled,) = contrasts(met, [Trait("parameter", "a", None, value)])
    (alone,) = contrasts(met[:, :2], [Trait("parameter", "a", None, value[:, :2])])
    assert tiled.high - tiled.low == pytest.approx(alone.high - alone.low, rel=0.01)


def test_intervals_cover():
    covered = 0
    for seed in range(150):
        both, decides = traits(np.random.default_rng(1000 + seed))
        found = {x.name: x for x in contrasts((decides > 10).astype(float), both)}
        covered += found["useless"].low <= 0 <= found["useless"].high
    assert covered >= 134


@pytest.mark.parametrize("met", [0, LEAST - 1, 4000 - LEAST + 1, 4000])
def test_with_too_few_years_on_a_side_there_is_no_comparison(met):
    shares = np.zeros(4000)
    shares[:met] = 1
    both, _ = traits(np.random.default_rng(4))
    assert contrasts(shares.reshape(SHAPE), both) is None

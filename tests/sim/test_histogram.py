"""Claims about histograms: they add up in any order, and say quantiles as sorted values would."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from sim.histogram import binomial_quantile, histogram, rounded

VALUES = st.lists(st.integers(-5, 10**15), min_size=1, max_size=60)


@given(VALUES)
def test_rounding_keeps_three_digits(values):
    exact = np.array(values)
    kept = rounded(exact)
    assert np.all(np.abs(kept - exact) <= np.abs(exact) * 0.0051)
    assert np.array_equal(kept[np.abs(exact) < 1_000], exact[np.abs(exact) < 1_000])


@given(VALUES, VALUES)
def test_two_halves_add_up_to_the_whole_in_either_order(one, other):
    whole = histogram(np.array(one + other))
    for left, right in ((one, other), (other, one)):
        both = histogram(np.array(left)) + histogram(np.array(right))
        assert np.array_equal(both.values, whole.values)
        assert np.array_equal(both.counts, whole.counts)
        assert both.total == whole.total == sum(one) + sum(other)


@given(st.lists(st.integers(0, 999), min_size=1, max_size=60), st.sampled_from([0.1, 0.5, 0.9]))
def test_a_quantile_is_that_of_the_sorted_values(values, q):
    expected = np.quantile(np.array(values), q, method="inverted_cdf")
    assert histogram(np.array(values)).quantile(q) == expected


@given(st.integers(1, 100_000), st.sampled_from([0.025, 0.975]), st.floats(0.01, 0.99))
def test_a_binomial_quantile_is_that_of_scipy(n, share, p):
    assert binomial_quantile(share, n, p) == binom.ppf(share, n, p)


@pytest.mark.long
@pytest.mark.parametrize("q", [0.1, 0.5, 0.9])
def test_the_interval_of_a_quantile_covers_the_truth(q):
    from scipy.stats import lognorm

    rng, runs = np.random.default_rng(5), 2000
    truth = 1e6 * lognorm(1.1).ppf(q)
    inside = 0
    for _ in range(runs):
        low, high = histogram((1e6 * rng.lognormal(0, 1.1, 400)).astype(np.int64)).interval(q)
        inside += low <= truth <= high
    assert 0.94 <= inside / runs <= 0.975

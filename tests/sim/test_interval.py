import numpy as np
import pytest

from sim.interval import estimate, estimate_count


def test_wilson_interval_of_a_published_example():
    # Newcombe (1998), table I: 81 of 263, score interval without continuity correction.
    interval = estimate_count(81, 263)
    assert (round(interval.low, 4), round(interval.high, 4)) == (0.2553, 0.3662)


def test_zero_hits_do_not_mean_impossible():
    interval = estimate(np.zeros(100, dtype=bool))
    assert interval.p == 0
    assert interval.low == pytest.approx(0, abs=1e-12)
    assert 0.03 < interval.high < 0.04


def test_nominal_95_percent_covers_93_to_97_in_the_middle():
    hits = np.arange(401)
    intervals = [estimate_count(int(k), 400) for k in hits]
    from scipy.stats import binom

    for p in (0.05, 0.13, 0.5, 0.8):
        inside = [x.low <= p <= x.high for x in intervals]
        assert 0.93 < binom.pmf(hits, 400, p)[inside].sum() < 0.97

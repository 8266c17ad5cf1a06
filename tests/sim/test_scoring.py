"""Proper scores, by hand and by what makes them proper."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chisquare, norm

from sim.scoring import (
    brier,
    brier_skill,
    calibration_table,
    covered,
    interval_score,
    log_score,
    mid_pit,
    murphy,
    pinball,
    pit,
    pit_histogram,
    quantile_score,
    uniformity,
)

AT = np.arange(1, 100) / 100
N = 4000


def normal(shift=0.0, scale=1.0, n=N):
    return np.tile(norm.ppf(AT) * scale + shift, (n, 1))


def drawn(seed, n=N):
    return np.random.default_rng(seed).standard_normal(n)


# By hand -----------------------------------------------------------------------------------------


def test_brier_by_hand():
    assert brier([0.8, 0.8, 0.1], [True, False, False]) == pytest.approx([0.04, 0.64, 0.01])


def test_skill_by_hand_against_the_base_rate_given():
    # (0.04 + 0.09) / 2 against 0.25.
    assert brier_skill([0.8, 0.3], [1, 0], 0.5) == pytest.approx(1 - 0.065 / 0.25)
    assert brier_skill([0.5, 0.5], [1, 0], 0.5) == 0


def test_skill_against_a_reference_that_is_never_wrong_is_refused():
    with pytest.raises(ValueError, match="reference without any loss"):
        brier_skill([0.5], [1], 1.0)


def test_murphy_by_hand():
    # Two groups of four: said 0.2, came 1 of 4; said 0.8, came 3 of 4. Overall one half.
    found = murphy([0.2] * 4 + [0.8] * 4, [1, 0, 0, 0, 1, 1, 1, 0])
    assert found.reliability == pytest.approx(0.05**2)
    assert found.resolution == pytest.approx(0.25**2)
    assert found.uncertainty == pytest.approx(0.25)
    assert found.within == pytest.approx(0)
    assert found.brier == pytest.approx(0.0025 - 0.0625 + 0.25)


def test_what_differs_within_a_group_is_told_apart():
    # One group: 0.72 and 0.88 with a mean of 0.8; came 1 and 0: mean (0.0784 + 0.7744) / 2.
    found = murphy([0.72, 0.88], [1, 0])
    assert found.brier == pytest.approx(0.4264)
    # Spread 0.08**2, less twice the covariance -0.08 * 0.5.
    assert found.within == pytest.approx(0.0064 + 0.08)


def test_log_score_by_hand_and_at_the_edges():
    assert log_score([0.5, 0.25], [1, 0], 1e-3) == pytest.approx([np.log(2), -np.log(0.75)])
    assert log_score([0.0, 1.0], [1, 1], 1e-3) == pytest.approx([np.log(1000), -np.log(0.999)])


@pytest.mark.parametrize("edge", [0.0, 0.5, -1.0])
def test_an_edge_that_is_none_is_refused(edge):
    with pytest.raises(ValueError, match="edge"):
        log_score([0.5], [1], edge)


def test_pinball_by_hand():
    assert pinball([10, 10], [0.9, 0.9], [20, 5]) == pytest.approx([9, 0.5])


def test_the_crps_of_one_value_is_the_absolute_error():
    assert quantile_score(np.full((2, 99), 7.0), AT, [10, 3]) == pytest.approx([3, 4])


def test_the_crps_of_a_normal_law_is_within_one_and_a_half_per_cent_of_its_closed_form():
    # Gneiting and Raftery 2007, equation 21.
    y = np.array([-2.0, -0.5, 0.0, 1.5])
    exact = y * (2 * norm.cdf(y) - 1) + 2 * norm.pdf(y) - 1 / np.sqrt(np.pi)
    assert quantile_score(normal(n=4), AT, y) == pytest.approx(exact, rel=0.015)


def test_a_score_of_three_quantiles_by_hand():
    # 2 / 3 of 0.1 * 4, 0.5 * 2 and 0.1 * 2.
    assert quantile_score([1, 3, 7], [0.1, 0.5, 0.9], 5) == pytest.approx(2 / 3 * 1.6)


def test_the_interval_score_by_hand():
    found = interval_score([10, 10, 10], [20, 20, 20], 0.8, [15, 8, 23])
    assert found == pytest.approx([10, 10 + 10 * 2, 10 + 10 * 3])


def test_the_ends_of_an_interval_are_covered():
    assert covered([1, 1, 1, 1], [3, 3, 3, 3], [0, 1, 3, 4]).tolist() == [False, True, True, False]


def test_pit_by_hand():
    told = [[0, 0, 5], [0, 0, 5], [0, 0, 5], [0, 0, 5]]
    low, high = pit(told, [0.1, 0.5, 0.9], [0, 3, 5, 9])
    assert low.tolist() == [0, 0.5, 0.5, 0.9]
    assert high.tolist() == [0.9, 0.9, 1, 1]
    assert mid_pit(low, high) == pytest.approx([0.45, 0.7, 0.75, 0.95])


def test_a_pit_interval_is_spread_over_the_bins_it_meets():
    assert pit_histogram([0.0, 0.75], [0.5, 1.0], 4) == pytest.approx([0.25, 0.25, 0, 0.5])


def test_a_pit_value_without_width_is_counted_once():
    assert pit_histogram([0.0, 0.25, 1.0], [0.0, 0.25, 1.0], 4) == pytest.approx(
        [1 / 3, 1 / 3, 0, 1 / 3]
    )


def test_the_test_of_uniformity_is_pearsons():
    middle = (np.repeat(np.arange(10), [8, 2, 5, 5, 5, 5, 5, 5, 6, 4]) + 0.5) / 10
    found = uniformity(middle, middle)
    counts = chisquare([8, 2, 5, 5, 5, 5, 5, 5, 6, 4])
    assert (found.n, found.bins) == (50, 10)
    assert found.chi_square == pytest.approx(counts.statistic)
    assert found.p == pytest.approx(counts.pvalue)


def test_few_values_have_fewer_bins_and_very_few_no_test():
    some = np.linspace(0, 1, 12)
    assert uniformity(some, some).bins == 2
    assert uniformity(some[:9], some[:9]) is None


def test_the_calibration_table_by_hand():
    table = calibration_table([0.75, 0.85, 0.7, 0.05, 1.0], [1, 0, 1, 0, 1])
    assert table["n"].tolist() == [1, 3, 1]
    assert table["reached"].tolist() == [0, 2, 1]
    assert table["said"].tolist() == pytest.approx([0.05, 2.3 / 3, 1.0])
    assert table["low_edge"].tolist() == [0, 0.7, 0.9]
    assert (table["low"] <= table["share"]).all()
    # Jeffreys' interval of 0 in 1.
    assert table["high"][0] > 0.79


@pytest.mark.parametrize("p", [-0.1, 1.1, np.nan])
def test_what_is_no_probability_is_refused(p):
    with pytest.raises(ValueError, match="allowed: 0 to 1"):
        brier([p], [1])


def test_quantiles_that_fall_are_refused():
    with pytest.raises(ValueError, match="never fall"):
        quantile_score([3, 2], [0.1, 0.9], 1)
    with pytest.raises(ValueError, match="shape"):
        pit([3, 4, 5], [0.1, 0.9], 1)


# Propriety ---------------------------------------------------------------------------------------


@given(st.floats(0.02, 0.98), st.floats(0.02, 0.98))
def test_no_other_probability_than_the_true_one_is_expected_to_score_better(true, told):
    for score in (brier, lambda p, y: log_score(p, y, 1e-3)):
        expected = [
            true * score([p], [1])[0] + (1 - true) * score([p], [0])[0] for p in (true, told)
        ]
        assert expected[0] <= expected[1] + 1e-12


@settings(max_examples=10, deadline=None)
@given(
    st.integers(0, 2**32),
    st.sampled_from([(0.4, 1.0), (-0.4, 1.0), (0.0, 0.5), (0.0, 2.0)]),
)
def test_the_true_law_wins_over_a_shifted_a_too_narrow_and_a_too_wide_one(seed, wrong):
    came, true, other = drawn(seed), normal(), normal(*wrong)
    scores = {
        "crps": lambda q: quantile_score(q, AT, came),
        "interval": lambda q: interval_score(q[:, 9], q[:, 89], 0.8, came),
        "pinball": lambda q: pinball(q[:, 9], 0.1, came) + pinball(q[:, 89], 0.9, came),
    }
    for name, score in scores.items():
        gain = score(other) - score(true)
        assert gain.mean() > 3 * gain.std() / np.sqrt(N), name


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=60))
def test_the_parts_of_a_brier_score_add_up_and_none_is_negative(some):
    p, came = zip(*some, strict=True)
    found = murphy(p, came)
    total = found.reliability - found.resolution + found.uncertainty + found.within
    assert total == pytest.approx(np.mean(brier(p, came)))
    assert min(found.reliability, found.resolution, found.uncertainty) >= 0


# Calibration -------------------------------------------------------------------------------------


def test_the_true_law_has_uniform_pit_and_covers_what_it_says():
    came, told = drawn(1), normal()
    low, high = pit(told, AT, came)
    assert uniformity(low, high).p > 0.01
    for level, lower, upper in ((0.5, 24, 74), (0.8, 9, 89), (0.9, 4, 94)):
        share = covered(told[:, lower], told[:, upper], came).mean()
        assert abs(share - level) < 3 * np.sqrt(level * (1 - level) / N)


@pytest.mark.parametrize(("shift", "scale"), [(0.3, 1.0), (0.0, 0.7), (0.0, 1.4)])
def test_a_wrong_law_has_pit_that_is_not_uniform(shift, scale):
    assert uniformity(*pit(normal(shift, scale), AT, drawn(1))).p < 1e-6


def test_pit_of_calibrated_counts_is_even_though_they_have_few_values():
    from scipy.stats import poisson

    means = np.random.default_rng(3).uniform(0.5, 6, N)
    came = np.random.default_rng(4).poisson(means)
    low, high = pit(poisson.ppf(AT[None, :], means[:, None]), AT, came)
    assert uniformity(low, high).p > 0.01
    assert mid_pit(low, high).mean() == pytest.approx(0.5, abs=0.015)
    assert uniformity(*pit(poisson.ppf(AT[None, :], 1.4 * means[:, None]), AT, came)).p < 1e-6

"""Claims about swings of a probability over the same futures."""

from __future__ import annotations

import numpy as np
import pytest

from sim.swing import swing_sums


def of(won, tails=1):
    return swing_sums(int(won.sum()), int((won**2).sum()), len(won), tails)


def test_where_no_future_differs_the_interval_is_narrow_around_0_and_never_nothing():
    found = of(np.zeros(2000, np.int64))
    assert found.mean == 0
    assert -0.002 < found.low < 0 < found.high < 0.002
    assert found.unclear


def test_one_future_of_many_is_no_proof():
    won = np.zeros(2000, np.int64)
    won[0] = 1
    assert of(won).unclear


@pytest.mark.parametrize(("up", "down"), [(0.02, 0.0), (0.3, 0.1), (0.004, 0.002), (0.9, 0.0)])
def test_intervals_cover_the_true_difference(up, down):
    rng = np.random.default_rng(1)
    covered = 0
    for _ in range(400):
        won = rng.choice([1, -1, 0], 500, p=[up, down, 1 - up - down])
        found = of(won)
        covered += found.low <= up - down <= found.high
    assert covered >= 372


def test_tails_are_shares_of_a_future():
    won = np.array([4, 0, -2, 4] * 100)
    assert of(won, tails=4).mean == pytest.approx(6 / 16)
    assert of(won, tails=4).high < of(won // 2, tails=1).high


def test_ends_stay_within_what_a_difference_can_be():
    found = of(np.ones(3, np.int64))
    assert (found.mean, found.high) == (1, 1)

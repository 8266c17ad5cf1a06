"""Claims about response curves: they are the forecast at each budget, and end where money does."""

from __future__ import annotations

import pytest

from sim.aim import Aim, measure_of
from sim.curves import response_curves
from sim.difference import difference_of
from sim.grid import build_grid
from sim.paired import paired_sums
from sim.splits import Splits
from sim.tally import tally_of
from tests.sim.tight import TIGHT, job_of
from tests.sim.worlds import visit

N, TAILS, SEED, STEP, MOST = 20, 4, 3, 2_000, 400_000
JOB = job_of(TIGHT, seed=SEED, tails=TAILS, visits=(visit(TIGHT, 30, tier="deputy"),))
AIM = Aim("targets")


@pytest.fixture(scope="module")
def splits():
    return Splits(JOB.scenario, JOB.plan, seed=SEED, n=N, tails=TAILS)


@pytest.fixture(scope="module")
def grid():
    return build_grid(JOB.scenario, JOB.plan, step_yuan=STEP, most_yuan=MOST)


@pytest.fixture(scope="module")
def curves(splits, grid):
    return response_curves(splits.job, grid, N)


def test_each_point_is_the_forecast_with_that_budget(curves, splits):
    for place, bureau in enumerate(curves.bureaus):
        for level in (0, len(curves.levels_yuan[place]) // 2, -1):
            yuan = curves.levels_yuan[place][level]
            split = list(splits.present)
            split[place] = yuan
            tally = tally_of(splits.results(split))
            assert curves.main_odds(place)[level] == tally.estimate("all_main", bureau)
            for target in JOB.scenario.targets_of(bureau):
                odds = curves.target_odds(place, target.target.id)[level]
                assert odds == tally.estimate("target", bureau, target.target.id)
            enough = curves.enough_odds(place)[level]
            assert enough.k == N - tally.estimate("dry", bureau).k


def test_curves_end_below_the_highest_budget_and_nothing_changes_above(curves, splits, grid):
    shorter = [
        place
        for place, own in enumerate(curves.levels_yuan)
        if own[-1] < grid.levels_yuan(place)[-1]
    ]
    assert shorter
    for place in shorter:
        assert curves.enough_odds(place)[-1].p == 1
        ends = []
        for yuan in (curves.levels_yuan[place][-1], grid.levels_yuan(place)[-1]):
            split = list(splits.present)
            split[place] = yuan
            ends.append(splits.results(split).samples)
        assert (ends[0].tails == ends[1].tails).all()


def test_what_more_is_worth_is_the_paired_difference_of_two_splits(curves, splits):
    worth = []
    for place in range(len(curves.bureaus)):
        low, high, gain = curves.worth(splits.present, place, AIM)
        sides = []
        for yuan in (low, high):
            split = list(splits.present)
            split[place] = yuan
            sides.append(measure_of(splits.results(split), AIM))
        expected = difference_of(paired_sums(*sides), same=low == high)
        assert gain.difference == pytest.approx(expected.difference)
        worth.append(gain.difference)
    assert any(worth)


def test_money_is_enough_from_the_first_budget_that_says_so(curves):
    for place, own in enumerate(curves.levels_yuan):
        found = curves.never_binding_yuan(place, 0.9)
        odds = dict(zip(own, curves.enough_odds(place), strict=True))
        assert found is not None
        assert odds[found].p >= 0.9
        assert all(odds[yuan].p < 0.9 for yuan in own if yuan < found)

"""Claims about certificates: what the chosen split may lack, and which splits are not excluded."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from scipy.stats import binomtest, norm

import sim.certificate
from sim.aim import Aim, measure_at, parse_aim, per_future, values_of
from sim.allocation import Search, allocate
from sim.certificate import _all_behind, certify
from sim.enumeration import splits_of
from sim.futures import Role, key_of
from sim.grid import Grid
from sim.judging import Judged, best_levels, judge
from sim.sweep import Table, sweep
from tests.sim.tight import TIGHT, bole_on_a_shoestring, grid_of, job_of, sweep_of

KEY = key_of(1, Role.SEARCH)
BUREAUS, ALL = Aim("bureaus"), Aim("at-least", k=3)
TAILS = 4


def laid(n_levels, steps, present=None):
    """Return a grid of so many budgets each, in steps of 1 yuan from 0."""
    zeros = (0,) * len(n_levels)
    return Grid(tuple("abc"[: len(n_levels)]), present or zeros, 1, steps, zeros, tuple(n_levels))


def tabled(odds, n, seed, *, common=True):
    """Return a table in which each level of each bureau meets its targets with given odds.

    The words are the same at all levels, as in a sweep: more odds are never worse in any tail.
    Else each level has words of its own.
    """
    rng = np.random.default_rng(seed)
    bits = [
        rng.random((1 if common else len(own), n, TAILS)) < np.array(own)[:, np.newaxis, np.newaxis]
        for own in odds
    ]
    values = tuple(own.sum(axis=2, dtype=np.int64) for own in bits)
    main = tuple(np.packbits(own, axis=2) for own in bits)
    return Table(n, TAILS, {"bureaus": values}, main, (), {}, {}, ())


def certified(table, grid, aim, *, chosen=None, listed=True):
    found = judge(TIGHT, table, aim, grid)
    if chosen is None:
        chosen = best_levels(TIGHT, table, aim, grid, found)
    return certify(TIGHT, table, grid, aim, chosen, found if listed else None, key=KEY)


RISING = ((0.2, 0.4, 0.6), (0.3, 0.35, 0.4), (0.1, 0.6, 0.7))
ALIKE = ((0.45, 0.5, 0.55),) * 3
EVEN = laid((3, 3, 3), 3, present=(1, 1, 1))


@pytest.mark.parametrize("aim", [BUREAUS, ALL, Aim("at-least", k=1)])
def test_todays_split_is_never_said_to_lack_less_than_the_chosen_one(aim, monkeypatch):
    """Also where all is chance: few futures, and budgets that hardly differ."""
    monkeypatch.setattr(sim.certificate, "QUICK", 1)
    for seed in range(60):
        found = certified(tabled(ALIKE, 12, seed), EVEN, aim)
        assert 0 <= found.gap_bound <= found.present_gap_bound


def test_between_two_splits_the_bound_is_that_of_their_difference():
    """One sided at 95 %: the mean and 1.645 standard errors, where there is nothing to choose."""
    table = tabled([(0.3, 0.5), (0.4, 0.62)], 2_000, 1)
    grid = laid((2, 2), 1, present=(1, 0))
    found = certified(table, grid, BUREAUS, chosen=(0, 1))
    a, b = (per_future(measure_at(TIGHT, table, BUREAUS, levels)) for levels in ((0, 1), (1, 0)))
    ahead = b - a
    bound = ahead.mean() + norm.ppf(0.95) * ahead.std(ddof=1) / 2_000**0.5
    assert found.gap_bound == pytest.approx(max(0.0, bound), abs=0.003)
    other = certified(table, grid, BUREAUS, chosen=(1, 0))
    bound = -ahead.mean() + norm.ppf(0.95) * ahead.std(ddof=1) / 2_000**0.5
    assert other.gap_bound == pytest.approx(bound, abs=0.003)


def test_a_split_that_is_clearly_worse_is_excluded_and_the_best_one_is_not(monkeypatch):
    monkeypatch.setattr(sim.certificate, "QUICK", 1)
    best, worst = (2, 0, 1), (1, 2, 0)
    for aim in (BUREAUS, ALL):
        for seed in range(5):
            table = tabled(RISING, 1_000, seed)
            for present, excluded in ((best, False), (worst, True)):
                found = certified(table, replace(EVEN, present_yuan=present), aim)
                assert found.present_excluded is excluded
                assert found.not_excluded < found.n_splits == 7
                for own, level in zip(found.ranges_yuan, best, strict=True):
                    assert own[0] <= level <= own[1]
            # What lies clearly behind may lack a lot.
            assert found.present_gap_bound > found.gap_bound + 0.02


def test_where_money_changes_nothing_no_split_lacks_anything_or_is_excluded():
    for aim in (BUREAUS, ALL):
        found = certified(tabled([(0.5,) * 3] * 3, 50, 1), EVEN, aim)
        assert found.gap_bound == found.present_gap_bound == 0
        assert found.not_excluded == found.n_splits == 7
        assert found.complete
        assert found.present_excluded is False
        assert found.ranges_yuan == ((0, 2),) * 3


def test_of_many_that_are_level_the_chosen_one_is_compared_even_so(monkeypatch):
    """One split meets in even futures and one in odd ones: the chosen need not come first."""
    monkeypatch.setattr(sim.certificate, "CANDIDATES", 1)
    bits = np.zeros((2, 40, TAILS), np.bool_)
    bits[0, ::2], bits[1, 1::2] = True, True
    main = tuple(np.packbits(own, axis=2) for own in (bits, np.zeros_like(bits)))
    table = Table(40, TAILS, {}, main, (), {}, {}, ())
    found = certified(table, laid((2, 2), 1), Aim("at-least", k=1), chosen=(1, 0))
    assert found.not_excluded == 2
    assert found.complete
    assert found.ranges_yuan == ((0, 1), (0, 1))
    assert found.gap_bound > 0


def test_candidates_alone_are_compared_where_bureaus_meet_and_it_is_said(monkeypatch):
    table = tabled(ALIKE, 30, 2)
    whole = certified(table, EVEN, ALL)
    assert whole.complete
    monkeypatch.setattr(sim.certificate, "CANDIDATES", 2)
    some = certified(table, replace(EVEN, present_yuan=(9, 9, 9)), ALL)
    assert some.not_excluded == 2 < whole.not_excluded
    assert not some.complete
    assert some.present_excluded is None
    # Sums are compared whatever the number of candidates.
    found = certified(table, EVEN, BUREAUS)
    assert found.complete
    assert found.not_excluded > 2


def test_what_every_split_lacks_is_a_sum_of_looked_up_parts():
    table = tabled(RISING, 40, 4)
    splits, chosen = splits_of(EVEN), (1, 0, 2)
    means, errors = _all_behind(TIGHT, table, BUREAUS, chosen, splits)
    own = per_future(measure_at(TIGHT, table, BUREAUS, chosen))
    for at, levels in enumerate(splits.tolist()):
        behind = own - per_future(measure_at(TIGHT, table, BUREAUS, tuple(levels)))
        assert means[at] == pytest.approx(behind.mean(), abs=1e-12)
        assert errors[at] == pytest.approx(behind.std(ddof=1) / 40**0.5, abs=1e-9)


def test_with_too_many_splits_to_list_sums_are_bounded_no_tighter_and_nothing_else_is():
    table = tabled(RISING, 100, 5)
    listed, sums = (certified(table, EVEN, BUREAUS, chosen=(2, 0, 1), listed=x) for x in (1, 0))
    assert sums.gap_bound >= listed.gap_bound
    assert sums.present_gap_bound >= listed.present_gap_bound > 0
    assert (sums.not_excluded, sums.complete, sums.present_excluded) == (None, False, None)
    assert sums.ranges_yuan == ()
    with pytest.raises(ValueError, match=r"splits: found none for an aim in which bureaus meet"):
        certified(table, EVEN, ALL, chosen=(2, 0, 1), listed=False)


def test_a_split_of_another_total_is_not_compared():
    found = certified(tabled(RISING, 50, 6), replace(EVEN, present_yuan=(2, 2, 2)), BUREAUS)
    assert found.present_gap_bound is found.present_excluded is None


def test_large_grids_are_drawn_again_less_often(monkeypatch):
    assert certified(tabled(RISING, 20, 7), EVEN, BUREAUS).replicates == 500
    monkeypatch.setattr(sim.certificate, "QUICK", 250 * sum(EVEN.n_levels) * 4)
    assert certified(tabled(RISING, 20, 7), EVEN, BUREAUS).replicates == 250
    monkeypatch.setattr(sim.certificate, "QUICK", 1)
    assert certified(tabled(RISING, 20, 7), EVEN, BUREAUS).replicates == 100


def test_the_same_futures_and_key_give_the_same_certificate():
    table = tabled(RISING, 50, 8)
    assert certified(table, EVEN, ALL) == certified(table, EVEN, ALL)
    assert certified(table, EVEN, ALL).to_json()["replicates"] == 500


def test_the_winners_own_estimate_is_too_high_and_a_fresh_one_is_not():
    """The winner's curse, where all splits are worth the same: 1.5 bureaus of three."""
    grid, odds = laid((9, 9, 9), 12), [(0.5,) * 9] * 3
    splits = splits_of(grid)
    searched, fresh = [], []
    for seed in range(60):
        values, others = (
            values_of(TIGHT, tabled(odds, 40, number, common=False), BUREAUS, splits)
            for number in (seed, 1_000 + seed)
        )
        searched.append(values.max() - 1.5)
        fresh.append(others[values.argmax()] - 1.5)
    assert np.mean(searched) > 0.1
    assert abs(np.mean(fresh)) < 3 * np.std(fresh, ddof=1) / 60**0.5


@pytest.mark.parametrize("aim", [BUREAUS, ALL])
def test_the_gap_bound_covers_a_gap_that_is_known(aim, monkeypatch):
    """A nominal 95 % that is on the safe side: the best of many redrawn is more than the best."""
    monkeypatch.setattr(sim.certificate, "QUICK", 1)
    odds = np.array([(0.30, 0.36, 0.40, 0.43, 0.45)] * 3)
    grid = laid((5, 5, 5), 6)
    splits = splits_of(grid)
    each = [odds[place][splits[:, place]] for place in range(3)]
    truth = sum(each) if aim is BUREAUS else np.prod(each, axis=0)
    held = 0
    for seed in range(60):
        table = tabled(odds, 100, seed)
        values = values_of(TIGHT, table, aim, splits)
        found = certified(table, grid, aim)
        held += found.gap_bound >= truth.max() - truth[values.argmax()]
    assert held >= 57


SEEDS = 40


TRUTH_N = 30_000
"""So many futures that the best split's value in them is hardly above its true one: else the gap
to it would be too wide, as winners' are."""


@cache
def truths():
    """Return the shoestring city, its grid, splits, and what each is worth."""
    scenario = bole_on_a_shoestring()
    job = job_of(scenario, seed=10**6, role=Role.FORECAST)
    grid = grid_of(job, 30_000)
    table, splits = sweep(sweep_of(job, grid), TRUTH_N), splits_of(grid)
    aims = {name: parse_aim(name, scenario) for name in ("bureaus", "targets", "at-least-2")}
    values = {name: values_of(scenario, table, aim, splits) for name, aim in aims.items()}
    return scenario, grid, splits, values


@pytest.fixture(scope="module", params=["bureaus", "targets", "at-least-2"])
def searches(request):
    """What forty seeds say: the city, its truth, and (allocation, row of the winner) of each."""
    scenario, grid, splits, values = truths()
    found = []
    for seed in range(SEEDS):
        job = job_of(scenario, seed=seed)
        aim = parse_aim(request.param, scenario)
        own = allocate(scenario, job.plan, Search(aim, grid, seed, n=300, tails=8, confirm_n=500))
        levels = np.array(grid.levels_of(own.best))
        found.append((own, int(np.flatnonzero((splits == levels).all(axis=1))[0])))
    return scenario, splits, values[request.param], found


@pytest.mark.long
def test_the_gap_bound_covers_what_the_chosen_split_lacks(searches, capsys):
    _, _, truth, found = searches
    held = sum(own.certificate.gap_bound >= truth.max() - truth[at] for own, at in found)
    with capsys.disabled():
        print(f"\n{found[0][0].search.aim.name}: gap bound held in {held} of {SEEDS}")
    assert held >= 0.95 * SEEDS


@pytest.mark.long
def test_the_fresh_interval_of_the_winner_covers_and_its_estimate_is_not_biased(searches, capsys):
    _, _, truth, found = searches
    fresh = [own.value(own.best) for own, _ in found]
    held = sum(x.low <= truth[at] <= x.high for x, (_, at) in zip(fresh, found, strict=True))
    with capsys.disabled():
        print(f"\n{found[0][0].search.aim.name}: fresh interval held in {held} of {SEEDS}")
    assert binomtest(held, SEEDS, 0.95).pvalue > 0.01
    apart = np.array([x.mean - truth[at] for x, (_, at) in zip(fresh, found, strict=True)])
    assert abs(apart.mean()) < 3 * apart.std(ddof=1) / SEEDS**0.5


@pytest.mark.long
def test_what_is_best_in_truth_is_seldom_excluded_and_what_is_worst_always_is(searches, capsys):
    scenario, splits, truth, found = searches
    spared = covered = 0
    for own, _ in found:
        best, worst = (
            tuple(splits[at].tolist()) for at in (int(truth.argmax()), int(truth.argmin()))
        )
        grid, aim = own.grid, own.search.aim
        values = values_of(scenario, own.table, aim, splits)
        told = [
            certify(
                scenario,
                own.table,
                replace(grid, present_yuan=grid.split_at(levels)),
                aim,
                grid.levels_of(own.best),
                Judged(splits, values, every=True),
                key=key_of(own.search.seed, Role.SEARCH),
            )
            for levels in (best, worst)
        ]
        spared += not told[0].present_excluded
        assert told[1].present_excluded
        covered += told[1].present_gap_bound >= truth.max() - truth.min()
    with capsys.disabled():
        print(
            f"\n{found[0][0].search.aim.name}: the best spared in {spared} of {SEEDS}, "
            f"the worst's gap bound held in {covered}"
        )
    assert spared >= 0.95 * SEEDS
    assert binomtest(covered, SEEDS, 0.95).pvalue > 0.01

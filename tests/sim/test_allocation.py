"""Claims about allocations: the same bytes however made, fresh judgements, and warnings."""

from __future__ import annotations

import json
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import replace
from itertools import pairwise
from multiprocessing import get_context

import numpy as np
import pytest

from sim.aim import measure_of, parse_aim, per_future, values_of
from sim.allocation import (
    FRONTIER_SHARE,
    MOVE_YUAN,
    NEVER_BINDS,
    STARVED_BELOW,
    Search,
    allocate,
    frontier_grids,
)
from sim.difference import difference_of
from sim.enumeration import splits_of
from sim.futures import Role
from sim.grid import Bounds, build_grid
from sim.interval import estimate, estimate_count
from sim.judging import best_of, coarser
from sim.paired import paired_sums
from sim.response import RESPONSES
from sim.results import Results
from sim.samples import sample
from sim.sweep import sweep
from tests.sim.test_sweep import with_budgets
from tests.sim.tight import TIGHT, everywhere, job_of, sweep_of, tight
from tests.sim.worlds import plan_for

NAMES = tuple(bureau.id for bureau in TIGHT.organisation.bureaus)
PLAN = plan_for(TIGHT)


def search_for(name, grid, scenario=TIGHT, **rest):
    given = {"seed": 1, "n": 60, "tails": 6, "confirm_n": 80, **rest}
    return Search(parse_aim(name, scenario), grid, **given)


def laid(step_yuan=3_000, scenario=TIGHT, plan=PLAN, **rest):
    return build_grid(scenario, plan, step_yuan=step_yuan, **rest)


def allocated(name="targets", grid=None, **rest):
    grid = grid or laid()
    return allocate(TIGHT, PLAN, search_for(name, grid), **rest)


def text(allocation):
    return json.dumps(allocation.to_json(), allow_nan=False)


@pytest.mark.parametrize("name", ["targets", "at-least-2", "ranked-score"])
def test_workers_chunks_and_processes_give_the_same_bytes(name, monkeypatch):
    grid = laid(most_yuan=112_500)
    aim = parse_aim(name, TIGHT)
    frontier = frontier_grids(grid, aim, points=6)
    whole = text(allocated(name, grid, frontier=frontier))
    assert text(allocated(name, grid, frontier=frontier)) == whole
    monkeypatch.setattr("sim.sweep.CHUNK_BYTES", 30_000)
    assert text(allocated(name, grid, frontier=frontier)) == whole
    assert text(allocated(name, grid, frontier=frontier, workers=3)) == whole
    with ThreadPoolExecutor(2) as threads:
        assert text(allocated(name, grid, frontier=frontier, executor=threads)) == whole
    if name == "targets":
        with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as processes:
            assert text(allocated(name, grid, frontier=frontier, executor=processes)) == whole


def test_another_seed_is_another_search():
    grid = laid()
    found = allocate(TIGHT, PLAN, replace(search_for("targets", grid), seed=2))
    assert text(found) != text(allocated("targets", grid))


@pytest.fixture(scope="module", params=["targets", "bureaus", "at-least-2", "score"])
def found(request):
    return allocated(request.param, laid(most_yuan=112_500))


def results_of(allocation, split):
    """Return the fresh futures of a plan with the budgets of a split, simulated on their own."""
    tails, n = allocation.search.tails, allocation.search.confirm_n
    job = with_budgets(job_of(TIGHT, role=Role.CONFIRM, tails=tails), split)
    return Results(TIGHT, job.plan, sample(job, 0, n))


def test_what_is_published_is_judged_in_fresh_futures_as_any_plan_is(found):
    aim = found.search.aim
    a, b = (measure_of(results_of(found, split), aim) for split in (found.present, found.best))
    assert found.value(found.best).mean == pytest.approx(per_future(b).mean())
    own = found.difference(found.present, found.best)
    whole = difference_of(paired_sums(a, b), same=found.best == found.present)
    assert own.difference == pytest.approx(whole.difference)
    if aim.kind == "probability":
        odds = estimate(b.values)
        assert found.value(found.best).to_json() == {
            "value": odds.p,
            "low": odds.low,
            "high": odds.high,
        }
        assert own == whole
    else:
        each, value = per_future(b), found.value(found.best)
        half = 1.990 * each.std(ddof=1) / 80**0.5  # Student's with 79 degrees of freedom.
        assert (value.low, value.high) == pytest.approx(
            (each.mean() - half, each.mean() + half), abs=0.001
        )


def test_the_best_split_has_the_best_estimate_of_all_and_gives_out_the_total(found):
    grid, aim = found.grid, found.search.aim
    splits = splits_of(grid)
    table = sweep(sweep_of(job_of(TIGHT, tails=6), grid, scored=aim.scored), 60)
    values = values_of(TIGHT, table, aim, splits)
    at = np.flatnonzero((splits == np.array(grid.levels_of(found.best))).all(axis=1))[0]
    assert values[at] == values.max()
    assert sum(found.best) == grid.total_yuan == 90_000
    moved = np.abs(np.array([grid.split_at(row) for row in splits]) - 30_000).sum(axis=1)
    assert moved[at] == moved[values >= values.max() - 1e-12].min()


def test_the_runner_up_moves_20000_yuan_from_one_bureau_to_another():
    other = allocated("targets", laid(2_000, bounds=everywhere(TIGHT, 2_000, 80_000)))
    apart = np.array(other.runner_up) - np.array(other.best)
    assert sorted(apart.tolist()) == [-MOVE_YUAN, 0, MOVE_YUAN]
    grid, aim = other.grid, other.search.aim
    levels = np.array(
        [
            row
            for row in splits_of(grid)
            if sorted((np.array(grid.split_at(row)) - other.best).tolist())
            == [-MOVE_YUAN, 0, MOVE_YUAN]
        ]
    )
    values = values_of(TIGHT, other.table, aim, levels)
    at = (levels == np.array(grid.levels_of(other.runner_up))).all(axis=1)
    assert values[at] == values.max()
    # Where floors leave no such move there is none.
    assert (
        allocated("targets", laid(2_000, bounds=everywhere(TIGHT, 25_000, 35_000))).runner_up
        is None
    )


@pytest.mark.parametrize("name", ["targets", "all", "score"])
def test_along_the_frontier_totals_rise_and_what_they_buy_does_not_fall_but_by_noise(name):
    grid = laid(1_500, most_yuan=112_500)
    aim = parse_aim(name, TIGHT)
    points = allocated(name, grid, frontier=frontier_grids(grid, aim, points=8)).frontier
    totals = [point.total_yuan for point in points]
    assert totals == sorted(set(totals))
    assert len(totals) >= 7
    assert 90_000 * (1 - FRONTIER_SHARE) <= totals[0] < 90_000 < totals[-1]
    assert totals[-1] <= 90_000 * (1 + FRONTIER_SHARE)
    assert 90_000 in totals
    for before, after in pairwise(points):
        assert sum(after.split) == after.total_yuan
        assert after.value.mean >= before.value.mean - (before.value.high - before.value.low) / 4
    assert points[-1].value.mean > points[0].value.mean


def test_each_point_of_a_frontier_is_the_best_split_of_its_total():
    grid = laid(most_yuan=112_500)
    found = allocated("at-least-2", grid, frontier=frontier_grids(grid, parse_aim("all", TIGHT)))
    for split in found.frontier_splits:
        own = replace(grid, total_yuan=sum(split))
        assert split == own.split_at(best_of(TIGHT, found.table, found.search.aim, own))
    (same,) = [split for split in found.frontier_splits if sum(split) == 90_000]
    assert same == found.best


def test_where_bureaus_meet_a_frontier_takes_larger_steps_until_splits_are_few():
    grid = laid(10)
    assert grid.n_splits > 100_000
    assert {own.step_yuan for own in frontier_grids(grid, parse_aim("targets", TIGHT))} == {10}
    some = frontier_grids(grid, parse_aim("all", TIGHT))
    (step,) = {own.step_yuan for own in some}
    assert step % 10 == 0
    assert all(own.n_splits < 150_000 for own in some)
    for own in some:
        assert all(
            set(levels) <= set(every) for levels, every in zip(own.levels, grid.levels, strict=True)
        )
        assert (own.total_yuan - sum(own.first_yuan)) % step == 0
        assert own.n_splits > 0


def test_a_coarser_grid_keeps_todays_split_and_fixed_budgets():
    grid = laid(1_000, bounds=Bounds({}, {}, {"south": 24_000}))
    own = coarser(grid, 7_000)
    assert own.levels[1] == (24_000,)
    assert 30_000 in own.levels[0]
    assert own.total_yuan <= grid.total_yuan
    assert own.n_splits > 0


RICH = replace(PLAN, budget_yuan=tuple((name, 400_000) for name in NAMES))


def test_the_next_yuan_is_worth_exactly_nothing_where_money_never_binds():
    grid = laid(20_000, plan=RICH, bounds=everywhere(TIGHT, 360_000, 440_000))
    found = allocate(TIGHT, RICH, search_for("targets", grid))
    assert found.best == found.present == (400_000,) * 3
    for own in found.marginals(found.present):
        assert (own.low_yuan, own.high_yuan) == (380_000, 420_000)
        assert own.per_step.mean == 0
        assert own.difference.sums.differing == 0
    assert found.certificate.gap_bound == 0
    for bureau in NAMES:
        assert [own.yuan for own in found.never_binding(bureau)] == [360_000] * len(NEVER_BINDS)


def test_the_next_10000_yuan_is_the_difference_between_the_budgets_around_scaled():
    found = allocated("targets", laid(2_000, bounds=everywhere(TIGHT, 16_000, 90_000)))
    for place, own in enumerate(found.marginals(found.best)):
        assert own.bureau == NAMES[place]
        assert own.yuan == found.best[place]
        assert own.low_yuan == max(16_000, own.yuan - MOVE_YUAN)
        assert own.high_yuan == own.yuan + MOVE_YUAN
        low, high = (
            (*found.best[:place], yuan, *found.best[place + 1 :])
            for yuan in (own.low_yuan, own.high_yuan)
        )
        a, b = (
            per_future(measure_of(results_of(found, split), found.search.aim)).mean()
            for split in (low, high)
        )
        assert own.per_step.mean == pytest.approx((b - a) * 10_000 / (own.high_yuan - own.low_yuan))
        assert own.per_step.low < own.per_step.mean < own.per_step.high


def test_the_budget_that_never_binds_is_the_first_that_does_not_in_so_many_years():
    grid = laid(2_000, total_yuan=300_000, bounds=everywhere(TIGHT, 16_000, 120_000))
    found = allocate(TIGHT, PLAN, search_for("targets", grid, n=200))
    shares = found.table.unbound[0] / 200
    for own in found.never_binding("north"):
        level = int(np.argmax(shares >= own.share))
        assert own.yuan == grid.levels_yuan(0)[level]
        odds = [estimate_count(round(200 * x), 200) for x in shares]
        assert own.low_yuan == grid.levels_yuan(0)[[x.high >= own.share for x in odds].index(True)]
        assert own.high_yuan == grid.levels_yuan(0)[[x.low >= own.share for x in odds].index(True)]
        assert own.low_yuan < own.yuan < own.high_yuan
    few = allocate(
        TIGHT, PLAN, search_for("targets", laid(bounds=everywhere(TIGHT, 16_000, 31_000)))
    )
    assert few.never_binding("north")[2].yuan is None


def test_curves_hold_a_row_for_each_bureau_budget_and_target():
    found = allocated("targets", laid(15_000, bounds=everywhere(TIGHT, 15_000, 60_000)))
    rows = list(found.curves())
    assert len(rows) == sum(found.grid.n_levels) * 3
    job = with_budgets(job_of(TIGHT, tails=6), (30_000,) * 3)
    results = Results(TIGHT, job.plan, sample(job, 0, 60))
    for row in rows:
        if row["budget_yuan"] == 30_000:
            place = NAMES.index(row["bureau"])
            (target,) = [x for x in TIGHT.targets_of(row["bureau"]) if x.target.id == row["target"]]
            odds = estimate(results.met(target))
            assert (row["p"], row["low"], row["high"]) == (odds.p, odds.low, odds.high)
            signed = results.metric("signed_yuan")[:, :, place].mean() / 100
            assert row["mean_signed_yuan"] == pytest.approx(signed, abs=0.01)
            spent = results.samples.spend_fen[:, place].sum() / 60 / 100
            assert row["mean_spend_yuan"] == pytest.approx(spent, abs=0.01)


def perverse():
    """Return a city in which one bureau owes so little that it is first whatever it gets.

    The others are measured by how near to it they come: the less it does, the better for them.
    """
    signed, registered, funds = TIGHT.targets
    owed = {"minimum": 8_000_000, "minimum_by_bureau": {"north": 300_000}}
    _, item = TIGHT.assessment.items
    rule = item.rule.model_copy(
        update={"reading": "share-of-best", "first_requires_completion": False}
    )
    items = (item.model_copy(update={"weight": 100, "rule": rule}),)
    return TIGHT.model_copy(
        update={
            "targets": (signed, registered, funds.model_copy(update=owed)),
            "assessment": TIGHT.assessment.model_copy(update={"items": items}),
        }
    )


def test_an_aim_that_starves_a_bureau_is_flagged_and_the_best_that_does_not_is_given():
    city = perverse()
    plan = replace(plan_for(city), budget_yuan=tuple((name, 50_000) for name in NAMES))
    grid = build_grid(
        city, plan, step_yuan=2_000, bounds=Bounds(dict.fromkeys(NAMES, 16_000), {}, {})
    )
    found = allocate(city, plan, search_for("ranked-score", grid, city, n=150, tails=4))
    north = found.starved[0]
    assert (north.bureau, north.yuan, north.present_yuan) == ("north", found.best[0], 50_000)
    assert north.yuan < STARVED_BELOW * 50_000
    assert north.turned_away > north.present_turned_away + 0.1
    assert found.floored is not None
    assert all(yuan >= STARVED_BELOW * 50_000 for yuan in found.floored)
    assert sum(found.floored) == 150_000
    splits = splits_of(grid)
    values = values_of(city, found.table, found.search.aim, splits)
    kept = [all(y >= 40_000 for y in grid.split_at(row)) for row in splits]
    at = (splits == np.array(grid.levels_of(found.floored))).all(axis=1)
    assert values[at] == values[kept].max()
    content = found.to_json()
    assert content["starved"][0]["bureau"] == "north"
    assert content["floored"]["split_yuan"] == list(found.floored)
    # Money that turned as much away before is no worse for it.
    poor = replace(plan_for(city), budget_yuan=tuple((name, 24_000) for name in NAMES))
    low = build_grid(
        city, poor, step_yuan=2_000, bounds=Bounds(dict.fromkeys(NAMES, 16_000), {}, {})
    )
    hungry = allocate(city, poor, search_for("ranked-score", low, city, n=150, tails=4))
    assert hungry.best[0] < STARVED_BELOW * 24_000
    assert hungry.starved == ()
    # By what the city's work adds up to, nobody is starved.
    usual = allocate(city, plan, search_for("targets", grid, city))
    assert usual.starved == ()
    assert usual.floored is None


def test_one_bureau_alone_gets_the_total():
    alone = tight(bureaus=("north",))
    plan = plan_for(alone)
    grid = build_grid(alone, plan, step_yuan=1_000)
    found = allocate(alone, plan, search_for("all", grid, alone))
    assert found.best == found.present == (30_000,)
    assert found.runner_up is None
    assert found.certificate.gap_bound == 0
    content = found.to_json()
    assert content["against_present"]["difference"] == 0
    json.dumps(content, allow_nan=False)


def test_fixed_bureaus_keep_their_money_and_have_no_marginal_value():
    grid = laid(bounds=Bounds({}, {}, {"south": 21_000}))
    found = allocated("targets", grid)
    assert found.best[1] == 21_000
    assert [own.bureau for own in found.marginals(found.best)] == ["north", "west"]
    # Today's split gives south something else.
    assert found.present is None
    assert found.to_json()["present"] is found.to_json()["against_present"] is None
    everybody = laid(bounds=Bounds({}, {}, dict.fromkeys(NAMES, 30_000)))
    settled = allocated("at-least-1", everybody)
    assert settled.best == settled.present == (30_000,) * 3
    assert settled.marginals(settled.best) == ()


@pytest.mark.parametrize("name", ["targets", "at-least-2"])
def test_of_another_total_than_todays_there_is_no_present_split(name):
    grid = laid(total_yuan=75_000)
    found = allocated(name, grid)
    assert sum(found.best) == 75_000
    assert found.present is None
    assert found.certificate.present_gap_bound is found.certificate.present_excluded is None
    content = found.to_json()
    assert content["present"] is content["against_present"] is None
    assert len(content["marginals"]) == 3
    json.dumps(content, allow_nan=False)


def test_a_response_draws_other_openings_at_every_level_but_todays():
    grid = laid()
    plain = allocated("targets", grid)
    bent = allocate(TIGHT, PLAN, replace(plain.search, response=RESPONSES[0]))
    assert bent.value((30_000,) * 3) == plain.value((30_000,) * 3)
    assert not np.array_equal(bent.table.main[0], plain.table.main[0])


def test_stopped_early_what_is_finished_makes_the_answer(monkeypatch):
    monkeypatch.setattr("sim.sweep.CHUNK_BYTES", 1)
    told: list[tuple[int, int]] = []
    found = allocated(stop=lambda: True, progress=lambda *done: told.append(done))
    assert found.stopped_early
    assert (found.table.n, found.fresh.n) == (2, 2)
    assert told == [(2, 140), (62, 140)]
    content = found.to_json()
    assert content["searched"] == {"n": 2, "asked": 60, "tails": 6}
    json.dumps(content, allow_nan=False)
    assert not allocated().stopped_early


@pytest.mark.parametrize(
    ("rest", "workers", "words"),
    [
        ({"n": 1}, 1, "n: found 1; allowed: at least 2 futures"),
        ({"n": 0}, 1, "n: found 0; allowed"),
        ({"confirm_n": 1}, 1, "confirm_n: found 1; allowed: at least 2 futures"),
        ({}, 0, "workers: found 0; allowed: 1 to"),
        ({}, 10_000, "workers: found 10000; allowed: 1 to"),
        ({"tails": 0}, 1, "tails: found 0; allowed: 1 to"),
    ],
)
def test_numbers_out_of_range_are_refused_in_words(rest, workers, words):
    with pytest.raises(ValueError, match=words):
        allocate(TIGHT, PLAN, search_for("targets", laid(), **rest), workers=workers)


def test_where_not_every_split_can_be_judged_the_best_of_those_looked_at_are_raced(monkeypatch):
    monkeypatch.setattr("sim.judging.MOST_SPLITS", 100)
    monkeypatch.setattr("sim.judging.QUICK_SPLITS", 50)
    grid = laid(1_000)
    assert grid.n_splits > 100
    found = allocate(TIGHT, PLAN, search_for("all", grid, n=20, tails=2, confirm_n=20))
    assert found.raced is not None
    assert found.best == found.raced.best
    assert sum(found.best) == 90_000
    assert found.certificate.n_compared < found.certificate.n_splits == grid.n_splits
    assert not found.certificate.complete


def test_what_adds_up_needs_no_race_however_many_splits_there_are(monkeypatch):
    monkeypatch.setattr("sim.judging.MOST_SPLITS", 100)
    grid = laid(1_000)
    found = allocate(TIGHT, PLAN, search_for("targets", grid, n=4, tails=1, confirm_n=4))
    assert found.raced is None
    assert sum(found.best) == 90_000
    assert found.certificate.not_excluded is None
    assert found.certificate.n_compared == grid.n_splits > 100

"""Flips: what an answer loses where something else is assumed."""

from __future__ import annotations

from dataclasses import replace

import pytest

import sim.flips
from scenarios.load import load_scenario
from sim.aim import Aim, parse_aim
from sim.allocation import Search, allocate
from sim.difference import Difference
from sim.flips import (
    COARSE_YUAN,
    Where,
    case_flip,
    coarse,
    flips,
    losses,
    variants_of,
    verdict_of,
)
from sim.grid import Bounds, build_grid
from sim.judging import QUICK_SPLITS
from sim.paired import PairedSums
from tests.dashboards.sample import plan_of

TARGETS = Aim("targets")


@pytest.fixture(scope="module")
def minimal():
    scenario = load_scenario("minimal")
    return scenario, plan_of(scenario)


@pytest.fixture(scope="module")
def bole():
    scenario = load_scenario("bole-2023")
    return scenario, plan_of(scenario)


def _search(side, aim="targets", **more):
    scenario, plan = side
    grid = build_grid(scenario, plan, **more)
    return Search(parse_aim(aim, scenario), grid, 1, n=30, tails=4, confirm_n=60)


def _loss(difference, low, high, *, supported=True):
    sums = PairedSums("count", 1, 4, 100, 0, 0, 0, 0, 0, 0, 0, 0)
    return Difference(sums, 0.0, 0.0, difference, low, high, supported, None)


@pytest.mark.parametrize(
    ("loss", "verdict"),
    [
        (_loss(0.10, 0.02, 0.18), "flips"),
        (_loss(0.04, 0.03, 0.045), "same"),
        (_loss(0.0, 0.0, 0.0), "same"),
        (_loss(-0.20, -0.30, -0.10), "same"),
        (_loss(0.04, 0.01, 0.07), "undecided"),
        (_loss(0.06, -0.01, 0.13), "undecided"),
        (_loss(0.10, 0.09, 0.11, supported=False), "undecided"),
    ],
)
def test_a_loss_flips_where_it_is_there_and_matters(loss, verdict):
    assert TARGETS.margin == 0.05
    assert verdict_of(loss, TARGETS) == verdict


def test_variants_are_the_readings_shown_and_the_responses(bole):
    found = variants_of(bole[0], _search(bole, "bureaus"), n=20, confirm_n=40)
    assert [(x.kind, x.id) for x in found] == [
        ("reading", "share-of-total"),
        ("reading", "share-of-best"),
        ("reading", "pro-rata"),
        ("response", "power"),
        ("response", "saturating"),
    ]
    assert {x.search.aim.name for x in found[:3]} == {"ranked-score"}
    assert {x.search.aim for x in found[3:]} == {Aim("bureaus")}
    assert {(x.search.n, x.search.confirm_n) for x in found} == {(20, 40)}


def test_where_nothing_is_ranked_there_is_no_reading(minimal):
    found = variants_of(minimal[0], _search(minimal))
    assert {x.kind for x in found} == {"response"}


@pytest.mark.parametrize("step", [1_000, 3_000, 5_000, 20_000, 30_000])
def test_a_coarse_grid_gives_out_the_same_total_around_todays_split(bole, step):
    grid = build_grid(*bole, step_yuan=step, most_yuan=2_000_000)
    own = coarse(grid)
    assert own.total_yuan == grid.total_yuan
    assert own.levels_of(own.present_yuan) is not None
    assert own.step_yuan % step == 0
    assert own.n_splits <= QUICK_SPLITS
    assert own.step_yuan <= max(step, COARSE_YUAN)
    assert max(own.n_levels) <= own.slack_steps + 1


def test_a_total_that_larger_steps_cannot_give_out_keeps_the_step(minimal):
    grid = build_grid(*minimal, total_yuan=185_000)
    assert coarse(grid).total_yuan == 185_000


def test_an_answer_that_is_the_best_of_a_variant_loses_nothing(minimal):
    variants = variants_of(minimal[0], _search(minimal), n=30, confirm_n=60)
    best = {flip.variant.id: flip.best for flip in flips(*minimal, (80_000, 100_000), variants)}
    for variant in variants:
        (flip,) = flips(*minimal, best[variant.id], [variant])
        assert flip.best == best[variant.id]
        assert (flip.loss.difference, flip.loss.low, flip.loss.high) == (0, 0, 0)
        assert flip.verdict == "same"


def test_a_split_that_starves_a_bureau_flips_where_openings_follow_money(minimal):
    power, saturating = variants_of(minimal[0], _search(minimal), n=50, confirm_n=400)
    scenario, plan = minimal
    found = flips(scenario, plan, (20_000, 160_000), [power, saturating])
    assert [flip.variant for flip in found] == [power, saturating]
    assert found[0].verdict == "flips"
    assert found[0].loss.low > TARGETS.margin
    assert sum(found[0].best) == 180_000
    assert found[0].to_json()["loss"]["n"] == found[0].n == 400


def test_variants_that_share_futures_are_swept_once_and_found_as_alone(bole, monkeypatch):
    search = _search(bole, step_yuan=60_000)
    variants = variants_of(bole[0], search, n=10, confirm_n=20)
    readings = [x for x in variants if x.kind == "reading"]
    calls = []
    swept = sim.flips.sweep

    def counted(*args, **more):
        calls.append(args)
        return swept(*args, **more)

    monkeypatch.setattr("sim.flips.sweep", counted)
    answer = search.grid.present_yuan
    together = flips(*bole, answer, readings)
    assert len(calls) == 2
    alone = [flips(*bole, answer, [variant])[0] for variant in readings]
    assert [x.to_json() for x in together] == [x.to_json() for x in alone]


def test_workers_change_nothing(minimal):
    variants = variants_of(minimal[0], _search(minimal), n=30, confirm_n=60)
    answer = (60_000, 120_000)
    one, two = (flips(*minimal, answer, variants, Where(workers=k)) for k in (1, 2))
    assert [x.to_json() for x in one] == [x.to_json() for x in two]


def test_stopped_it_leaves_out_what_is_not_judged_in_full(minimal, monkeypatch):
    monkeypatch.setattr("sim.sweep.CHUNK_BYTES", 2**14)
    variants = variants_of(minimal[0], _search(minimal), n=30, confirm_n=60)
    done = []
    stop = Where(progress=lambda n, whole: done.append((n, whole)), stop=lambda: len(done) > 3)
    assert flips(*minimal, (60_000, 120_000), variants, stop) == ()
    seen = []
    all_of_it = Where(progress=lambda n, whole: seen.append((n, whole)))
    assert len(flips(*minimal, (60_000, 120_000), variants, all_of_it)) == 2
    assert seen[-1] == (180, 180)
    assert [n for n, _ in seen] == sorted(n for n, _ in seen)


def test_cases_lose_nothing_to_themselves_and_are_judged_as_the_allocation_is(minimal):
    scenario, plan = minimal
    search = _search(minimal)
    fixed = build_grid(scenario, plan, bounds=Bounds({}, {}, {"east": 25_000}))
    a = allocate(scenario, plan, search)
    b = allocate(scenario, plan, replace(search, grid=fixed))
    now = search.grid.present_yuan
    rows = losses([a, b], [now, a.best, b.best])
    assert [len(row) for row in rows] == [3, 3]
    assert rows[0][1].difference == rows[1][2].difference == 0
    # The same fresh futures as the allocation's own.
    assert rows[0][0].sums == a.difference(now, a.best).sums
    flip = case_flip(b, rows[1][0])
    assert (flip.variant.kind, flip.variant.id, flip.best) == ("case", "minimal", b.best)
    assert (flip.searched_n, flip.n) == (30, 60)

"""Claims about the grid: today's split is on it, splits are counted exactly, faults are named."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import product

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from scenarios.faults import ScenarioError
from sim.case import build_cases
from sim.futures import draw_future
from sim.grid import NO_BOUNDS, Bounds, Grid, build_grid, standing_yuan
from sim.model import simulate
from tests.sim.tight import TIGHT
from tests.sim.worlds import leave, plan_for, world

PLAN = replace(
    plan_for(TIGHT), budget_yuan=(("north", 31_000), ("south", 30_000), ("west", 29_000))
)
STANDING = 80 * 2 * 92


def laid(**rest):
    return build_grid(TIGHT, PLAN, **rest)


def bounds(floors=None, caps=None, fixed=None):
    return Bounds(floors or {}, caps or {}, fixed or {})


def faults_of(**rest):
    with pytest.raises(ScenarioError) as caught:
        laid(**rest)
    return [str(fault) for fault in caught.value.faults]


@settings(max_examples=200)
@given(
    st.lists(st.integers(1, 5), min_size=1, max_size=5), st.integers(0, 14), st.integers(1, 9_000)
)
def test_splits_are_counted_as_by_writing_them_all_down(n_levels, slack, step):
    first = tuple(1_000 * place for place in range(len(n_levels)))
    grid = Grid(
        tuple(f"b{place}" for place in range(len(n_levels))),
        first,
        step,
        sum(first) + slack * step,
        first,
        tuple(n_levels),
    )
    every = [levels for levels in product(*map(range, n_levels)) if sum(levels) == slack]
    assert grid.slack_steps == slack
    assert grid.n_splits == len(every)
    for levels in every:
        split = grid.split_at(levels)
        assert sum(split) == grid.total_yuan
        assert grid.levels_of(split) == levels


@settings(max_examples=200, deadline=None)
@given(st.integers(1, 40_000), st.data())
def test_todays_split_is_on_the_grid_whatever_the_step_floors_and_caps(step, data):
    names = st.sets(st.sampled_from(("north", "south", "west")))
    has = dict(PLAN.budget_yuan)
    floors = {name: data.draw(st.integers(0, has[name])) for name in sorted(data.draw(names))}
    caps = {name: data.draw(st.integers(has[name], 90_000)) for name in sorted(data.draw(names))}
    fixed = {name: has[name] for name in sorted(data.draw(names))}
    assume(fixed.keys().isdisjoint(floors) and fixed.keys().isdisjoint(caps))
    grid = laid(step_yuan=step, bounds=bounds(floors, caps, fixed))
    levels = grid.levels_of(grid.present_yuan)
    assert levels is not None
    assert sum(levels) == grid.slack_steps
    assert grid.split_at(levels) == tuple(has.values()) == grid.present_yuan
    for place, name in enumerate(grid.bureaus):
        own = grid.levels_yuan(place)
        if name in fixed:
            assert list(own) == [has[name]]
            continue
        floor = floors.get(name, STANDING)
        # Up to the floor and down to the cap, and not a step further than that.
        assert floor <= own[0] < floor + step
        others = grid.total_yuan - sum(grid.first_yuan) + grid.first_yuan[place]
        highest = min(caps.get(name, 90_000), others)
        assert highest - step < own[-1] <= highest


def test_floors_round_up_and_caps_down_to_steps_from_todays_budget():
    grid = laid(step_yuan=1_000, bounds=bounds({"north": 20_001}, {"north": 35_999}))
    assert list(grid.levels_yuan(0)) == list(range(21_000, 36_000, 1_000))
    assert grid.moved_yuan(0)[:2] == [10_000, 9_000]
    assert grid.moved_yuan(0)[-1] == 4_000


def test_a_fixed_bureau_has_one_budget_and_the_others_share_the_rest():
    grid = laid(step_yuan=1_000, bounds=bounds(fixed={"south": 25_000}))
    assert grid.levels[1] == (25_000,)
    assert grid.n_splits == sum(
        a + b == 65_000 for a in grid.levels_yuan(0) for b in grid.levels_yuan(2)
    )


def test_floors_are_by_default_what_is_owed_whatever_is_done():
    assert standing_yuan(TIGHT, PLAN) == dict.fromkeys(("north", "south", "west"), STANDING)
    assert laid(step_yuan=1).first_yuan == (STANDING,) * 3


def test_what_is_owed_is_what_a_year_without_any_work_costs():
    """Rent and per-diem for the days at post: the law spends just that where no opening comes."""
    idle = world({}, per_diem_yuan=80, rent_yuan=1_501, days=184)
    plan = plan_for(idle, leaves=(leave(idle, "north-0", 50),))
    year = simulate(build_cases(idle, plan), draw_future(idle, 0, seed=1)).bureaus[0]
    assert year.openings == 0
    assert standing_yuan(idle, plan) == {"north": sum(map(sum, year.spend_fen)) // 100}


def test_another_total_and_a_view_of_more_lay_the_grid_higher():
    assert laid(step_yuan=1_000, total_yuan=100_000).total_yuan == 100_000
    usual, higher = laid(step_yuan=1_000), laid(step_yuan=1_000, most_yuan=120_000)
    assert higher.total_yuan == usual.total_yuan
    assert [own[-1] for own in higher.levels] == [own[-1] + 30_000 for own in usual.levels]


@pytest.mark.parametrize(
    ("rest", "where", "words"),
    [
        (
            {"bounds": bounds(dict.fromkeys(("north", "south", "west"), 30_500))},
            "--floor",
            "31,000 + 31,000 + 31,000 = 93,000 yuan, above the total of 90,000 yuan",
        ),
        (
            {"bounds": bounds(fixed={"north": 60_000, "south": 40_000})},
            "--fixed",
            "60,000 + 40,000 + 15,000 = 115,000 yuan, above the total of 90,000 yuan",
        ),
        (
            {"bounds": bounds(dict.fromkeys(("south", "west"), 9_000)), "total_yuan": 1_000},
            "--floor",
            "33,000 yuan, above the total of 1,000 yuan",
        ),
        (
            {"total_yuan": 90_300},
            "--step",
            (
                "90,300 yuan less the smallest budgets of 45,000 yuan leaves 45,300 yuan, no whole "
                "number of steps of 1,000 yuan; allowed: a step or a total that divides; make the "
                "total 90,000 yuan"
            ),
        ),
        (
            {"bounds": bounds(fixed={"north": 30_999})},
            "--step",
            "no whole number of steps of 1,000 yuan",
        ),
        (
            {"bounds": bounds(caps=dict.fromkeys(("north", "south", "west"), 20_700))},
            "--cap",
            "20,000 + 20,000 + 20,000 = 60,000 yuan, below the total of 90,000 yuan",
        ),
        (
            {"bounds": bounds(fixed={"north": 20_000, "south": 20_000, "west": 20_000})},
            "--fixed",
            "20,000 + 20,000 + 20,000 = 60,000 yuan, below the total of 90,000 yuan",
        ),
        (
            {"bounds": bounds(floors={"nord": 1})},
            "--floor",
            "found nord; allowed: one of the bureaus north, south, west; did you mean 'north'?",
        ),
        ({"bounds": bounds(caps={"weast": 1})}, "--cap", "did you mean 'west'?"),
        ({"bounds": bounds(fixed={"sauth": 1})}, "--fixed", "did you mean 'south'?"),
        ({"step_yuan": 0}, "--step", "found 0 yuan; allowed: 1 yuan or more"),
        ({"step_yuan": -5}, "--step", "found -5 yuan; allowed: 1 yuan or more"),
        ({"total_yuan": 0}, "--total", "found 0 yuan; allowed: 1 yuan or more"),
        (
            {"bounds": bounds(floors={"north": -1})},
            "--floor north",
            "found -1 yuan; allowed: 0 yuan or more",
        ),
        ({"bounds": bounds(caps={"north": -1})}, "--cap north", "found -1 yuan"),
        ({"bounds": bounds(fixed={"north": -1})}, "--fixed north", "found -1 yuan"),
        (
            {"bounds": bounds({"north": 31_000}, None, {"north": 30_000})},
            "--fixed north",
            "found 30,000 yuan; allowed: within its own floor and cap (31,000 yuan)",
        ),
        (
            {"bounds": bounds(None, {"north": 29_000}, {"north": 30_000})},
            "--fixed north",
            "within its own floor and cap (29,000 yuan)",
        ),
        (
            {"bounds": bounds({"north": 31_100}, {"north": 31_900})},
            "--floor north",
            (
                "found a floor of 31,100 yuan, a cap of 31,900 yuan, in steps of 1,000 yuan; "
                "allowed: at least one budget between them"
            ),
        ),
    ],
)
def test_bad_input_is_refused_in_the_arithmetic_that_shows_why(rest, where, words):
    told = faults_of(**{"step_yuan": 1_000, **rest})
    assert [text for text in told if text.startswith(f"{where}: ") and words in text], told


def test_what_only_a_step_leaves_over_is_not_blamed_on_caps():
    alone = world(bureaus=("north",), lump_sum_yuan=90_000)
    with pytest.raises(ScenarioError) as caught:
        build_grid(alone, plan_for(alone), total_yuan=90_300, step_yuan=1_000)
    assert [fault.where for fault in caught.value.faults] == ["--step"]


def test_all_faults_are_told_at_once():
    unreadable = faults_of(
        step_yuan=0, total_yuan=-1, bounds=bounds({"nord": 1}, {"west": -1}, {"x": 1})
    )
    assert [re.match("[^:]*", text)[0] for text in unreadable] == [
        "--floor",
        "--fixed",
        "--step",
        "--total",
        "--cap west",
    ]
    contradicting = faults_of(
        step_yuan=1_000,
        total_yuan=90_300,
        bounds=bounds(
            {"south": 29_100, "west": 5}, {"south": 29_900, "west": 20_000}, {"north": 4, "west": 4}
        ),
    )
    assert [re.match("[^:]*", text)[0] for text in contradicting] == [
        "--floor south",
        "--fixed west",
        "--step",
        "--cap",
    ]


def test_a_fault_is_told_in_both_languages():
    with pytest.raises(ScenarioError) as caught:
        laid(total_yuan=20_000, bounds=NO_BOUNDS, step_yuan=1_000)
    (fault,) = caught.value.faults
    assert "15,000 + 15,000 + 15,000 = 45,000 元，超过总额 20,000 元" in fault.text("zh")

"""Claims about the optimum: what trying every split finds, for every total at once."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scenarios.load import load_scenario
from sim.aim import additive_values, parse_aim, values_of
from sim.enumeration import splits_of
from sim.grid import build_grid
from sim.judging import best_levels
from sim.optimum import IMPOSSIBLE, best_splits, best_values
from sim.sweep import SweepJob, sweep
from tests.sim.tight import everywhere, job_of


@st.composite
def instances(draw):
    """Draw up to five bureaus' values (small: ties abound) and distances from today, by level."""
    sizes = draw(st.lists(st.integers(1, 5), min_size=1, max_size=5))
    values = [draw(st.lists(st.integers(-3, 3), min_size=n, max_size=n)) for n in sizes]
    today = [draw(st.integers(-1, n)) for n in sizes]
    return values, [
        [abs(level - now) for level in range(n)] for n, now in zip(sizes, today, strict=True)
    ]


def by_trying(values, moved, steps):
    """Return (value, least moved, levels in reverse) of the best split, None where there is none.

    Of what is level and moves as little, the split whose later bureaus have less.
    """
    found = [
        (
            sum(own[level] for own, level in zip(values, levels, strict=True)),
            -sum(own[level] for own, level in zip(moved, levels, strict=True)),
            tuple(-level for level in reversed(levels)),
        )
        for levels in product(*(range(len(own)) for own in values))
        if sum(levels) == steps
    ]
    return max(found, default=None)


@settings(max_examples=150, deadline=None)
@given(instances(), st.integers(0, 6))
def test_the_optimum_is_what_trying_every_split_finds_for_every_total(instance, beyond):
    values, moved = instance
    most = sum(len(own) - 1 for own in values) + beyond
    found = best_splits([np.array(own) for own in values], moved, most)
    for steps in range(most + 1):
        best = by_trying(values, moved, steps)
        if best is None:
            assert found.values[steps] == IMPOSSIBLE
            with pytest.raises(ValueError, match=f"steps: found {steps}; allowed"):
                found.split(steps)
            continue
        value, less, levels = best
        assert (found.values[steps], found.moved[steps]) == (value, -less)
        assert found.split(steps) == tuple(-level for level in reversed(levels))


@pytest.mark.parametrize("steps", [-1, 4])
def test_totals_outside_what_was_asked_for_are_refused(steps):
    found = best_splits([np.arange(4)], [range(4)], 3)
    with pytest.raises(ValueError, match=f"steps: found {steps}"):
        found.split(steps)


def test_a_flat_stretch_stops_no_search():
    """Where the first steps buy nothing a greedy search would give all to the other bureau."""
    lazy, late = np.array([0, 1, 2, 3, 4]), np.array([0, 0, 0, 0, 9])
    found = best_splits([lazy, late], [[0] * 5] * 2, 4)
    assert found.split(4) == (0, 4)


@settings(max_examples=100, deadline=None)
@given(instances(), st.data())
def test_many_tables_at_once_have_the_optima_of_each(instance, data):
    values, moved = instance
    steps = data.draw(st.integers(0, sum(len(own) - 1 for own in values)))
    rng = np.random.default_rng(data.draw(st.integers(0, 99)))
    tables = [rng.integers(-9, 10, (7, len(own))) for own in values]
    found = best_values([own.astype(float) for own in tables], steps)
    each = [
        best_splits([own[table] for own in tables], moved, steps).values[steps]
        for table in range(7)
    ]
    assert np.array_equal(found, each)


@pytest.fixture(scope="module")
def bole():
    """All budgets of bole-2023 from 200,000 to 700,000 yuan by 5,000, in a few futures."""
    job = job_of(load_scenario("bole-2023"), tails=4)
    grid = build_grid(job.scenario, job.plan, bounds=everywhere(job.scenario, 200_000, 700_000))
    return job, grid, splits_of(grid), sweep(SweepJob(job, grid.levels, scored=True), 12)


def test_bole_has_509469_splits_all_different_and_all_of_the_total(bole):
    _, grid, splits, _ = bole
    assert grid.n_splits == len(splits) == 509_469
    yuan = np.array(grid.first_yuan) + 5_000 * splits.astype(np.int64)
    assert (yuan.sum(axis=1) == 1_560_000).all()
    assert yuan.min() == 200_000
    assert yuan.max() == 700_000
    codes = splits.astype(np.int64) @ 101 ** np.arange(4)[::-1]
    assert (np.diff(codes) > 0).all()


@pytest.mark.parametrize("name", ["targets", "bureaus", "score"])
def test_on_bole_the_optimum_is_the_best_of_all_509469_splits(bole, name):
    job, grid, splits, table = bole
    aim = parse_aim(name, job.scenario)
    values = values_of(job.scenario, table, aim, splits)
    best = best_levels(job.scenario, table, aim, grid)
    at = np.flatnonzero((splits == np.array(best)).all(axis=1))[0]
    assert values[at] == values.max()
    moved = np.zeros(len(splits), np.int64)
    for place in range(4):
        moved += np.array(grid.moved_yuan(place))[splits[:, place]]
    assert moved[at] == moved[values == values.max()].min()
    found = best_splits(
        additive_values(table, aim), [grid.moved_yuan(p) for p in range(4)], grid.slack_steps
    )
    own = additive_values(table, aim)
    whole = sum(v[splits[:, place]] for place, v in enumerate(own))
    assert found.values[grid.slack_steps] == whole.max()

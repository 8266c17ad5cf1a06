"""Claims about enumeration: every split, judged as one by one."""

from __future__ import annotations

from itertools import product
from typing import get_args

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from scenarios.assessment import Reading
from scenarios.formulas import completion, rank_first_else_share
from sim.aim import words_of
from sim.counting import READINGS
from sim.enumeration import MAX_BUREAUS, at_least, ranked_points, splits_of
from sim.grid import Grid
from sim.sweep import Table

SIZES = st.lists(st.integers(1, 4), min_size=1, max_size=7)


def grid(n_levels, steps):
    zeros = (0,) * len(n_levels)
    return Grid(tuple(map(str, n_levels)), zeros, 1, steps, zeros, tuple(n_levels))


@st.composite
def grids(draw):
    sizes = draw(SIZES)
    return grid(sizes, draw(st.integers(0, sum(sizes) - len(sizes))))


def tabled(bits):
    """Return a table of main bits alone, by bureau of shape (levels, futures, tails)."""
    _, n, tails = bits[0].shape
    main = tuple(np.packbits(own, axis=2) for own in bits)
    return Table(n, tails, {}, main, (), {}, {}, ())


@settings(max_examples=100, deadline=None)
@given(grids())
def test_every_split_of_the_total_is_listed_once_in_order(some):
    every = [
        levels for levels in product(*map(range, some.n_levels)) if sum(levels) == some.slack_steps
    ]
    assert [tuple(row) for row in splits_of(some).tolist()] == every


@settings(max_examples=100, deadline=None)
@given(grids(), st.integers(1, 30), st.integers(1, 19), st.integers(0, 99), st.data())
def test_bureaus_that_meet_their_targets_are_counted_tail_by_tail(some, n, tails, seed, data):
    rng = np.random.default_rng(seed)
    chance = data.draw(st.sampled_from([0.0, 0.2, 0.5, 0.8, 1.0]))
    bits = [rng.random((size, n, tails)) < chance for size in some.n_levels]
    splits = splits_of(some)
    reached = sum(own[splits[:, place]].astype(int) for place, own in enumerate(bits))
    for k in range(1, len(bits) + 1):
        found = at_least(words_of(tabled(bits)), splits, k)
        assert np.array_equal(found, (reached >= k).sum(axis=(1, 2)))


def test_fifteen_bureaus_are_counted_too():
    rng = np.random.default_rng(1)
    bits = [rng.random((1, 9, 5)) < 0.5 for _ in range(MAX_BUREAUS)]
    splits = np.zeros((1, MAX_BUREAUS), np.int16)
    reached = sum(own[0].astype(int) for own in bits)
    for k in range(1, MAX_BUREAUS + 1):
        assert at_least(words_of(tabled(bits)), splits, k) == (reached >= k).sum()


@pytest.mark.parametrize(("k", "bureaus"), [(0, 2), (3, 2), (1, 64)])
def test_no_more_bureaus_are_counted_than_there_are_or_can_be(k, bureaus):
    words = [np.zeros((1, 1), np.uint64)] * bureaus
    with pytest.raises(ValueError, match=f"k of bureaus: found {k} of {bureaus}; allowed: 1 to"):
        at_least(words, np.zeros((1, bureaus), np.int16), k)


def test_too_many_splits_are_refused_before_they_are_listed():
    with pytest.raises(ValueError, match="splits: found 10,746,800; allowed: up to 6,000,000"):
        splits_of(grid((400,) * 4, 399))


def test_more_budgets_than_levels_are_numbered_by_are_refused():
    with pytest.raises(ValueError, match=r"levels: found 40,000; allowed: up to 32,767"):
        splits_of(grid((40_000, 40_000), 39_999))


def test_the_readings_of_the_compiled_code_are_those_of_the_rule():
    assert get_args(Reading) == READINGS


AMOUNTS = st.sampled_from([0.0, 1.0, 2.0, 3.0, 6.0, 250.0])
"""Few and round, so that many are level."""


@pytest.mark.parametrize("requires", [True, False])
@pytest.mark.parametrize("reading", READINGS)
@settings(max_examples=60, deadline=None)
@given(sizes=st.lists(st.integers(1, 3), min_size=1, max_size=4), data=st.data())
def test_ranked_points_are_those_of_the_rule_for_every_split(reading, requires, sizes, data):
    tails = data.draw(st.integers(1, 3))
    amounts = [data.draw(arrays(float, (size, tails), elements=AMOUNTS)) for size in sizes]
    owed = data.draw(arrays(float, len(sizes), elements=st.sampled_from([0.0, 1.0, 2.0, 3.0])))
    worth = data.draw(arrays(float, len(sizes), elements=st.sampled_from([0.0, 30.0, 37.5])))
    splits = np.array(list(product(*map(range, sizes))), np.int16)
    found = ranked_points(
        amounts,
        [completion(own, np.array(owes)) for own, owes in zip(amounts, owed, strict=True)],
        [own >= owes for own, owes in zip(amounts, owed, strict=True)],
        worth,
        splits,
        reading=reading,
        first_requires_completion=requires,
    )
    did = np.stack([own[splits[:, place]] for place, own in enumerate(amounts)], axis=-1)
    points = rank_first_else_share(
        1.0, did, owed, reading=reading, first_requires_completion=requires
    )
    assert found == pytest.approx((points * worth).sum(axis=-1).mean(axis=1), abs=1e-9)

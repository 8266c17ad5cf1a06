"""Claims about selection: right as often as promised, honest at the cap, fewer batches with CRN."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import t as student

from sim.interval import wilson
from sim.selection import (
    BATCH,
    CAP,
    FIRST_BATCHES,
    MAX_SYSTEMS,
    batch_means,
    screened,
    select,
)

GUARANTEES = ("correct", "good")
ALPHA = 0.2
DELTA = 1.0


def world(means, seed, *, sd=2.0, shared=0.0, rounds=CAP):
    """Return an ``observe`` of normal batch means; asked again it gives the same numbers.

    ``sd`` is each system's own, ``shared`` that of what the futures have in common.
    """
    means = np.asarray(means, dtype=float)
    rng = np.random.default_rng(seed)
    common = shared * rng.normal(size=rounds)
    own = np.broadcast_to(sd, means.shape)[:, None] * rng.normal(size=(len(means), rounds))
    table = means[:, None] + common + own
    return lambda systems, first, count: table[list(systems), first : first + count]


def runs(means, n, *, alpha=ALPHA, guarantee="correct", maximise=True, rounds=300, **of_world):
    """Select ``n`` times, each in a world of its own."""
    return [
        select(
            world(means, (seed, n), rounds=rounds, **of_world),
            range(len(means)),
            delta=DELTA,
            alpha=alpha,
            cap=rounds,
            guarantee=guarantee,
            maximise=maximise,
        )
        for seed in range(n)
    ]


def at_least(right, n, alpha=ALPHA):
    """Say whether a share is at least 1 - alpha even at the lower end of its interval."""
    return wilson(right / n, n)[0] >= 1 - alpha


# The best is better than all others by delta or more, the hardest case of the guarantee.
CONFIGURATIONS = {
    "slippage": ([0, -1, -1, -1, -1], 2.0),
    "monotone": ([0, -1, -2, -3, -4], 2.0),
    "unequal variances": ([0, -1, -1, -1, -1], [3.0, 0.5, 1.0, 2.0, 3.0]),
    "the best is noisy": ([0, -1, -1, -1, -1], [4.0, 1.0, 1.0, 1.0, 1.0]),
    "another is noisy": ([0, -1, -1, -1, -1], [1.0, 1.0, 4.0, 1.0, 1.0]),
    "negative": ([-100, -101, -101, -102], 2.0),
    "unordered": ([-3, -1, 0, -2, -1], 2.0),
}


def _selected_the_best(name, n, alpha, guarantee):
    means, sd = CONFIGURATIONS[name]
    found = runs(means, n, alpha=alpha, guarantee=guarantee, sd=sd)
    assert all(each.guaranteed for each in found)
    return sum(each.best == np.argmax(means) for each in found)


@pytest.mark.parametrize("guarantee", GUARANTEES)
@pytest.mark.parametrize("name", CONFIGURATIONS)
def test_the_best_is_selected_as_often_as_promised(name, guarantee):
    assert at_least(_selected_the_best(name, 300, ALPHA, guarantee), 300)


@pytest.mark.long
@pytest.mark.parametrize("guarantee", GUARANTEES)
@pytest.mark.parametrize("name", CONFIGURATIONS)
def test_the_best_is_selected_as_often_as_promised_in_many_worlds(name, guarantee):
    assert at_least(_selected_the_best(name, 3_000, 0.05, guarantee), 3_000, 0.05)


# Within delta of the best: any will do. Just beyond: none will.
CLOSE = {
    "half good, half bad": [0, -0.5, -0.5, -1.05, -1.05, -1.05],
    "a chain": [0, -0.55, -1.1, -1.65, -2.2],
    "one good, many bad": [0, -0.9, -1.05, -1.05, -1.05, -1.05],
    "all within": [0, -0.2, -0.4, -0.6, -0.8],
}


def _selected_a_good_one(name, n, alpha, guarantee):
    means = CLOSE[name]
    found = runs(means, n, alpha=alpha, guarantee=guarantee)
    assert all(each.guaranteed for each in found)
    return sum(means[each.best] > max(means) - DELTA for each in found)


@pytest.mark.parametrize("guarantee", GUARANTEES)
@pytest.mark.parametrize("name", CLOSE)
def test_where_others_are_close_a_good_one_is_selected_as_often_as_promised(name, guarantee):
    assert at_least(_selected_a_good_one(name, 150, ALPHA, guarantee), 150)


@pytest.mark.long
@pytest.mark.parametrize("guarantee", GUARANTEES)
@pytest.mark.parametrize("name", CLOSE)
def test_a_good_one_is_selected_as_often_as_promised_in_many_worlds(name, guarantee):
    assert at_least(_selected_a_good_one(name, 1_500, 0.05, guarantee), 1_500, 0.05)


@pytest.mark.long
@pytest.mark.parametrize("guarantee", GUARANTEES)
def test_twenty_systems_of_yes_or_no_are_selected_from_as_often_as_promised(guarantee):
    """Nothing is normal here: batch means of thirty indicators that share their uniforms."""
    chances = 0.30 - 0.05 * (np.arange(MAX_SYSTEMS) != 7)
    right, n = 0, 1_000
    for seed in range(n):
        rng = np.random.default_rng((seed, 7))
        common, own = rng.random((1, 600 * BATCH)), rng.random((MAX_SYSTEMS, 600 * BATCH))
        mine = rng.random((MAX_SYSTEMS, 600 * BATCH)) < 0.3
        hits = np.where(mine, own, common) < chances[:, None]
        table = batch_means(hits.astype(float))
        found = select(
            lambda systems, first, count, table=table: table[list(systems), first : first + count],
            range(MAX_SYSTEMS),
            delta=0.05,
            cap=600,
            guarantee=guarantee,
        )
        right += found.best == 7
    assert at_least(right, n, 0.05)


def test_less_is_better_where_so_asked():
    means = [3, 1, 0, 2]
    turned = [-m for m in means]
    low = runs(means, 20, maximise=False)
    assert sum(each.best == 2 for each in low) >= 18
    assert low[0].best == 2
    observe = world(means, 5)
    found = select(observe, range(4), delta=1, maximise=False)
    other = select(lambda *asked: -observe(*asked), range(4), delta=1)
    assert found == other
    assert turned[found.best] == 0


def test_kn_eliminates_when_its_triangle_says_so():
    """Worked out apart from this code: two systems, the formula as published."""
    n0, alpha, delta = 20, 0.05, 0.8
    observe = world([0, -0.8], 11, sd=3)
    x, y = observe([0, 1], 0, 300)
    s2 = np.var(x[:n0] - y[:n0], ddof=1)
    h2 = (n0 - 1) * ((2 * alpha) ** (-2 / (n0 - 1)) - 1)
    for r in range(n0, 300):
        width = max(0.0, delta / (2 * r) * (h2 * s2 / delta**2 - r))
        difference = x[:r].mean() - y[:r].mean()
        if abs(difference) > width:
            break
    found = select(observe, [0, 1], delta=delta, alpha=alpha, n0=n0)
    assert r > n0 + 5
    assert found.batches == r
    assert found.best == int(difference < 0)
    assert found.eliminated == {1 - found.best: r}


def test_numbers_and_order_of_the_systems_do_not_matter():
    means = [-3, -1, 0, -2, -1]
    observe = world(means, 3)
    names = {30: 0, 4: 1, 17: 2, 8: 3, 5: 4}

    def named(systems, first, count):
        return observe([names[s] for s in systems], first, count)

    plain = select(observe, range(5), delta=DELTA)
    found = select(named, [8, 17, 30, 5, 4], delta=DELTA)
    assert names[found.best] == plain.best == 2
    assert {names[s]: n for s, n in found.eliminated.items()} == plain.eliminated
    assert (found.used, found.gap) == (plain.used, pytest.approx(plain.gap))


@pytest.mark.parametrize("guarantee", GUARANTEES)
def test_of_equal_means_any_is_right_and_it_ends(guarantee):
    found = runs([0, 0, 0, 0], 20, guarantee=guarantee)
    assert all(each.guaranteed for each in found)
    assert len({each.best for each in found}) > 1


@pytest.mark.parametrize("guarantee", GUARANTEES)
def test_of_systems_equal_to_the_last_digit_the_first_given_is_selected(guarantee):
    one = world([0, -3], 1)

    def twins(systems, first, count):
        return one([0 if s < 4 else 1 for s in systems], first, count)

    found = select(twins, [9, 3, 1, 2], delta=DELTA, guarantee=guarantee)
    assert (found.best, found.guaranteed) == (3, True)
    assert {3, 1, 2} <= set(found.alive)


def test_only_those_alive_are_simulated_and_every_batch_once():
    observe, asked = world([0, -1, -4, -4], 2), []

    def watched(systems, first, count):
        asked.append((tuple(systems), first, count))
        return observe(systems, first, count)

    found = select(watched, range(4), delta=DELTA, first_batch=50)
    assert asked[0] == ((0, 1, 2, 3), 50, FIRST_BATCHES)
    assert [first for _, first, _ in asked[1:]] == [
        50 + n for n in range(FIRST_BATCHES, found.batches)
    ]
    assert sum(len(systems) * count for systems, _, count in asked) == found.used
    for system, after in found.eliminated.items():
        last = max(first + count for systems, first, count in asked if system in systems)
        assert last == 50 + after
    assert set(found.alive) | set(found.eliminated) == {0, 1, 2, 3}
    assert found == select(observe_shifted(observe, 50), range(4), delta=DELTA)


def observe_shifted(observe, by):
    """Return the same world from a later batch on."""
    return lambda systems, first, count: observe(systems, first + by, count)


@pytest.mark.parametrize("guarantee", GUARANTEES)
def test_common_random_numbers_cut_the_batches(guarantee):
    """The same variance of each system: all of it its own, or nine tenths in common."""
    means, n = [0, -1, -1, -2], 15
    own = runs(means, n, guarantee=guarantee, sd=4.0)
    common = runs(means, n, guarantee=guarantee, sd=4.0 * 0.1**0.5, shared=4.0 * 0.9**0.5)
    assert all(each.guaranteed for each in own + common)
    assert sum(each.used for each in common) < 0.5 * sum(each.used for each in own)


@pytest.mark.parametrize("guarantee", GUARANTEES)
def test_at_the_cap_the_best_so_far_is_returned_and_nothing_promised(guarantee):
    observe = world([0, -0.1, -0.1], 4, sd=5)
    found = select(observe, range(3), delta=0.1, cap=40, guarantee=guarantee)
    assert not found.guaranteed
    assert found.batches == 40
    means = observe(range(3), 0, 40).mean(axis=1)
    assert found.best == max(found.alive, key=lambda s: means[s])
    assert found.gap > 0.1


def test_what_is_known_at_the_cap_holds_as_often_as_promised():
    means = np.array([0, -1, -2, -3])
    found = runs(means, 150, rounds=24)
    assert not all(each.guaranteed for each in found)
    assert at_least(sum(-means[each.best] <= each.gap for each in found), 150)
    assert np.mean([each.gap for each in found]) < 3


def test_what_is_known_only_grows_with_the_batches():
    observe, gaps = world([0, -0.2], 6, sd=4), {0: [], 1: []}
    for cap in range(FIRST_BATCHES, 80):
        found = select(observe, range(2), delta=0.5, cap=cap, guarantee="good")
        gaps[found.best].append(found.gap)
    assert max(map(len, gaps.values())) > 20
    for each in gaps.values():
        assert each == sorted(each, reverse=True)


def test_a_good_selection_knows_its_gap_to_be_within_delta():
    for means in CLOSE.values():
        assert all(each.gap <= DELTA for each in runs(means, 10, guarantee="good"))


def test_a_single_system_is_selected_unseen():
    found = select(lambda *_: pytest.fail("simulated"), [7], delta=1)
    assert (found.best, found.alive, found.guaranteed, found.used) == (7, (7,), True, 0)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"systems": range(MAX_SYSTEMS + 1)}, "found 21; allowed: 1 to 20"),
        ({"systems": []}, "found 0; allowed: 1 to 20"),
        ({"systems": [1, 2, 1]}, "each once"),
        ({"delta": 0}, "delta: found 0"),
        ({"delta": float("nan")}, "delta: found nan"),
        ({"delta": float("inf")}, "delta: found inf"),
        ({"alpha": 0}, "alpha: found 0"),
        ({"alpha": 0.5}, "alpha: found 0.5"),
        ({"n0": 19}, "n0: found 19"),
        ({"cap": 19}, "cap: found 19"),
        ({"first_batch": -1}, "first_batch: found -1"),
        ({"guarantee": "best"}, "guarantee: found best"),
    ],
)
def test_parameters_that_mean_nothing_are_refused(changed, said):
    asked = {"systems": range(3), "delta": 1.0, **changed}
    with pytest.raises(ValueError, match=said):
        select(world([0, 1, 2], 1), **asked)


@pytest.mark.parametrize("when", [0, 25])
@pytest.mark.parametrize("what", [np.nan, np.inf])
def test_what_is_not_a_number_is_refused_whenever_it_comes(what, when):
    observe = world([0, 0.5], 1)

    def broken(systems, first, count):
        found = observe(systems, first, count).copy()
        found[0, np.arange(first, first + count) == when] = what
        return found

    with pytest.raises(ValueError, match=f"found {what} in row 0"):
        select(broken, range(2), delta=0.5)


def test_observations_of_the_wrong_shape_are_refused():
    with pytest.raises(ValueError, match=r"found shape \(20, 2\); allowed: \(2, 20\)"):
        select(lambda systems, _, count: np.zeros((count, len(systems))), range(2), delta=1)


# Screening


def _slowly(values, alpha):
    """Screen pair by pair, by the formula."""
    k, n = values.shape
    quantile = student.ppf(1 - alpha / (k - 1), n - 1)
    kept = []
    for i in range(k):
        differences = values[i] - values
        errors = differences.std(axis=1, ddof=1) / np.sqrt(n)
        if (differences.mean(axis=1) >= -quantile * errors).all():
            kept.append(i)
    return kept


def test_screening_keeps_what_the_formula_keeps():
    rng = np.random.default_rng(1)
    values = rng.normal(size=25) + rng.normal(size=(520, 25)) - rng.exponential(2, size=(520, 1))
    kept = screened(values, 0.05)
    assert list(kept) == _slowly(values, 0.05)
    assert 1 < len(kept) < 300
    assert list(screened(-values, 0.05, maximise=False)) == list(kept)


def _kept_the_best(n, k, alpha):
    right = 0
    for seed in range(n):
        rng = np.random.default_rng((seed, k))
        # No difference at all between the best and many others: the hardest there is.
        values = rng.normal(size=FIRST_BATCHES) + rng.normal(size=(k, FIRST_BATCHES))
        right += 3 in screened(values, alpha)
    return right


def test_screening_keeps_the_best_as_often_as_promised():
    assert at_least(_kept_the_best(500, 50, ALPHA), 500)


@pytest.mark.long
def test_screening_keeps_the_best_as_often_as_promised_in_many_worlds():
    assert at_least(_kept_the_best(5_000, 60, 0.05), 5_000, 0.05)


def test_thousands_are_screened_and_common_random_numbers_leave_fewer():
    rng = np.random.default_rng(2)
    means = -5 * rng.random((3_000, 1))
    means[777] = 0.5
    common, own = rng.normal(size=20), rng.normal(size=(3_000, 20))
    paired = screened(means + 0.95**0.5 * common + 0.05**0.5 * own, 0.05)
    alone = screened(means + own, 0.05)
    assert 777 in paired
    assert 777 in alone
    assert len(paired) < len(alone) / 3


def _flat(seed, k=500):
    """Return means around a flat optimum, and batch means in the same futures."""
    rng = np.random.default_rng((seed, 5))
    means = -((np.arange(k) / k - 0.6) ** 2)
    noise = 0.05 * rng.normal(size=(k, 25)) + 0.5 * rng.normal(size=25)
    return means, means[:, None] + noise


def test_with_a_tolerance_a_good_one_is_kept_as_often_as_promised_and_far_fewer_others():
    right, n, tolerance = 0, 25, 0.08
    for seed in range(n):
        means, values = _flat(seed)
        plain, kept = (screened(values, ALPHA, tolerance=t) for t in (0, tolerance))
        right += means[kept].max() >= means.max() - tolerance
        assert set(kept) <= set(plain)
        assert 1 <= len(kept) <= MAX_SYSTEMS < len(plain) / 5
    assert at_least(right, n)


def test_whoever_is_left_out_by_tolerance_may_be_better_than_one_kept_by_no_more():
    _, values = _flat(1)
    n, kept = values.shape[1], screened(values, 0.05, tolerance=0.05)
    quantile = student.ppf(1 - 0.05 / (len(values) - 1), n - 1)
    assert list(kept) == sorted(kept)
    assert len(kept) > 1
    for system in set(screened(values, 0.05)) - set(kept):
        differences = values[system] - values[kept]
        errors = differences.std(axis=1, ddof=1) / np.sqrt(n)
        assert (differences.mean(axis=1) + quantile * errors).min() <= 0.05 + 1e-9
    turned = screened(-values, 0.05, tolerance=0.05, maximise=False)
    assert list(turned) == list(kept)


def test_systems_that_are_the_same_are_kept_together():
    rng = np.random.default_rng(3)
    values = 1e6 + np.repeat(rng.normal(size=(1, 20)), 4, axis=0)
    values[3] -= 5
    assert list(screened(values, 0.05)) == [0, 1, 2]
    assert list(screened(values[:1], 0.05)) == [0]


def test_rounding_drops_nobody():
    """What the futures have in common is a thousand million times what is a system's own."""
    rng = np.random.default_rng(4)
    values = 1e6 * rng.normal(size=20) + 1e-3 * rng.normal(size=(50, 20))
    assert set(screened(values, 0.05)) >= set(_slowly(values, 0.05))


@pytest.mark.parametrize("guarantee", GUARANTEES)
def test_screening_and_selection_with_half_the_error_each_hold_together(guarantee):
    means = np.full(200, -2.0)
    means[::20] = -1
    means[60] = 0
    right, n = 0, 40
    for seed in range(n):
        observe = world(means, (seed, 9), sd=1.0, rounds=150)
        kept = screened(observe(range(200), 0, 30), ALPHA / 2)
        if len(kept) > MAX_SYSTEMS:
            pytest.fail(f"{len(kept)} kept")
        found = select(
            observe,
            kept.tolist(),
            delta=DELTA,
            alpha=ALPHA / 2,
            cap=120,
            guarantee=guarantee,
            first_batch=30,
        )
        right += found.guaranteed and found.best == 60
    assert at_least(right, n)


@pytest.mark.parametrize(
    ("values", "alpha", "said"),
    [
        (np.zeros((0, 20)), 0.05, "shape"),
        (np.zeros((3, 19)), 0.05, "20 batches"),
        (np.zeros(20), 0.05, "shape"),
        (np.full((2, 20), np.nan), 0.05, "found nan"),
        (np.zeros((2, 20)), 0.0, "alpha: found 0"),
        (np.zeros((2, 20)), 0.5, "alpha: found 0.5"),
    ],
)
def test_screening_refuses_what_it_cannot_judge(values, alpha, said):
    with pytest.raises(ValueError, match=said):
        screened(values, alpha)


@pytest.mark.parametrize("tolerance", [-0.1, np.nan, np.inf])
def test_a_tolerance_that_means_nothing_is_refused(tolerance):
    with pytest.raises(ValueError, match=f"tolerance: found {tolerance}"):
        screened(np.zeros((2, 20)), 0.05, tolerance=tolerance)


def test_batch_means_are_of_futures_in_a_row():
    hits = np.arange(12.0).reshape(2, 6)
    assert batch_means(hits, 3).tolist() == [[1, 4], [7, 10]]
    for size in (4, 0):
        with pytest.raises(ValueError, match="whole batches"):
            batch_means(hits, size)

"""Claims about paired differences: known answers, coverage, edges, verdicts."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import expit
from scipy.stats import binomtest, ttest_rel

from sim.difference import NONE_SEEN, Margins, difference_of, newcombe
from sim.interval import EDGE
from sim.measures import Measure
from sim.paired import paired_sums
from sim.tally import MICRO


def sums(a, b, kind="probability", unit=1):
    """Pair two arrays of shape (futures,) or (futures, tails)."""
    a, b = (np.asarray(x).reshape(len(x), -1) for x in (a, b))
    return paired_sums(Measure(kind, unit, "", a), Measure(kind, unit, "", b))


def table(both, only_a, only_b, neither):
    """Return futures that fill a paired table."""
    cells = [(1, 1)] * both + [(1, 0)] * only_a + [(0, 1)] * only_b + [(0, 0)] * neither
    return sums([a for a, _ in cells], [b for _, b in cells])


# Worked out apart from this code, by the formula as published, which takes the first share less
# the second. (14, 5, 0, 22) are the data of Altman et al., Statistics with Confidence, table 6.2.
@pytest.mark.parametrize(
    ("cells", "low", "high"),
    [((36, 12, 2, 0), 0.0569, 0.3404), ((14, 5, 0, 22), 0.0115, 0.2265)],
)
def test_without_tails_the_interval_is_newcombes_tenth(cells, low, high):
    both, first, second, neither = cells
    found = newcombe(both, second, first, neither)
    assert found == pytest.approx((low, high), abs=5e-5)
    whole = difference_of(table(both, second, first, neither))
    assert (whole.low, whole.high) == found
    assert newcombe(both, first, second, neither) == pytest.approx((-high, -low), abs=5e-5)


def test_the_counts_say_in_how_many_years_only_one_side_hits():
    found = table(300, 1, 82, 1117)
    assert (found.less, found.more, found.differing, found.n) == (1, 82, 83, 1500)
    assert difference_of(found).difference == pytest.approx(81 / 1500)


@pytest.mark.parametrize("tails", [1, 32])
def test_where_no_future_differs_the_difference_is_0_and_its_interval_is_not(tails):
    hits = np.repeat(np.arange(400) < 90, tails).reshape(400, tails)
    found = difference_of(sums(hits, hits))
    assert found.difference == 0
    assert found.variance_ratio is None
    assert found.high == pytest.approx(-found.low)
    assert 1 / 400 < found.high < 3 / 400


def test_a_side_against_itself_is_exactly_0():
    hits = np.arange(50) < 20
    found = difference_of(sums(hits, hits), same=True)
    assert (found.difference, found.low, found.high) == (0, 0, 0)
    assert found.verdict(Margins()) == "no-material-difference"


def test_of_money_the_interval_is_students_on_the_paired_differences():
    rng = np.random.default_rng(2)
    a = rng.integers(0, 10**12, 200)
    b = a + rng.integers(-(10**9), 3 * 10**9, 200)
    found, known = difference_of(sums(a, b, "yuan", 100)), ttest_rel(b, a).confidence_interval()
    assert (found.low, found.high) == pytest.approx((known.low / 100, known.high / 100), rel=1e-9)


def test_squares_of_fen_that_do_not_fit_64_bits_are_exact():
    a = np.array([[4 * 10**13], [1]])
    found = sums(a, a * 2, "yuan", 100)
    assert found.square == 16 * 10**26 + 1
    assert found.second_b == 64 * 10**26 + 4


def test_margins_make_the_verdict():
    rng = np.random.default_rng(5)
    a = rng.normal(60, 10, 2000)

    def verdict(shift, noise, n=2000):
        b = a[:n] + rng.normal(shift, noise, n)
        both = [np.rint(x * MICRO).astype(np.int64) for x in (a[:n], b)]
        return difference_of(sums(*both, "score", MICRO)).verdict(Margins())

    assert verdict(5, 3) == "different"
    assert verdict(-5, 3) == "different"
    assert verdict(0.4, 3) == "no-material-difference"
    assert verdict(0.4, 12, n=100) == "undecided"


def test_a_wider_margin_makes_a_difference_immaterial():
    found = difference_of(table(0, 0, 40, 960))
    assert found.verdict(Margins()) == "different"
    assert found.verdict(Margins(probability=0.06)) == "no-material-difference"
    with pytest.raises(ValueError, match="score: found 0; allowed: above 0"):
        Margins(score=0)


def test_money_that_differs_in_few_futures_is_not_decided():
    def verdict(n, differing):
        a = np.zeros(n, np.int64)
        return difference_of(sums(a, a + (np.arange(n) < differing), "yuan", 100)).verdict(
            Margins()
        )

    assert verdict(1000, EDGE - 1) == "undecided"
    assert verdict(1000, EDGE) == "no-material-difference"
    assert verdict(NONE_SEEN - 1, 0) == "undecided"
    assert verdict(NONE_SEEN, 0) == "no-material-difference"


def test_few_futures_that_differ_a_little_do_not_make_the_next_look_small():
    a = np.zeros((500, 32), np.int64)
    b = a.copy()
    b[0, 0] = 1
    found = difference_of(sums(a, b))
    assert found.high > 1 / 500
    score = difference_of(sums(a * MICRO, b * MICRO, "score", MICRO))
    assert score.high > 50 / 500


def test_one_future_is_refused():
    with pytest.raises(ValueError, match="allowed: at least 2 futures"):
        difference_of(sums([1], [0]))


def test_sums_of_chunks_add_up_to_those_of_all_futures():
    rng = np.random.default_rng(9)
    a, b = rng.integers(0, 10**13, (2, 60, 4))
    whole = sums(a, b, "yuan", 100)
    assert sums(a[:25], b[:25], "yuan", 100) + sums(a[25:], b[25:], "yuan", 100) == whole


def _covered(inside, runs):
    """Hold 93 to 97 %, as far as so many runs can tell."""
    interval = binomtest(inside, runs).proportion_ci(0.999, method="wilson")
    assert interval.high >= 0.93, inside / runs
    assert interval.low <= 0.97, inside / runs


@pytest.mark.long
@pytest.mark.parametrize(
    "cells", [(0.4, 0.05, 0.15), (0.3, 0.001, 0.02), (0.2, 0.2, 0.2), (0.5, 0.01, 0.01)]
)
def test_the_interval_without_tails_covers_the_known_difference(cells):
    """Paired tables are multinomial: the truth is the difference of two cells."""
    _, only_a, only_b = cells
    rng, n, runs = np.random.default_rng(11), 1000, 4000
    drawn = rng.multinomial(n, [*cells, 1 - sum(cells)], runs)
    inside = 0
    for row in drawn:
        low, high = newcombe(*(int(x) for x in row))
        inside += low <= only_b - only_a <= high
    _covered(inside, runs)


@pytest.mark.long
@pytest.mark.parametrize("tails", [4, 32])
@pytest.mark.parametrize(("base", "effect", "spread"), [(0, 0.4, 1), (-4, 0.5, 1), (0, 0.05, 1)])
def test_the_interval_over_tails_covers_the_known_difference(base, effect, spread, tails):
    """Futures have a log-odds of their own, sides share it and each tail's uniform number."""
    rng, n, runs = np.random.default_rng(12), 1000, 1500
    nodes, weights = np.polynomial.hermite_e.hermegauss(80)
    own = base + spread * nodes
    truth = weights @ (expit(own + effect) - expit(own)) / weights.sum()
    inside = 0
    for _ in range(runs):
        odds = base + spread * rng.normal(size=(n, 1))
        u = rng.random((n, tails))
        found = difference_of(sums(u < expit(odds), u < expit(odds + effect)))
        inside += found.low <= truth <= found.high
    _covered(inside, runs)


@pytest.mark.long
@pytest.mark.parametrize("kind", ["yuan", "score"])
def test_the_interval_of_a_mean_covers_the_known_difference(kind):
    """B is A and a skewed gain: the truth is the gain's mean."""
    rng, n, runs = np.random.default_rng(13), 1000, 3000
    inside = 0
    for _ in range(runs):
        a = rng.lognormal(2, 1, n)
        gain = np.where(rng.random(n) < 0.2, rng.gamma(2, 1, n), 0)
        both = [np.rint(x * MICRO).astype(np.int64) for x in (a, a + gain)]
        found = difference_of(sums(*both, kind, MICRO))
        inside += found.low <= 0.4 <= found.high
    _covered(inside, runs)

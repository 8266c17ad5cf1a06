"""Each scoring rule against its definition, its bounds and its edges."""

from __future__ import annotations

from fractions import Fraction
from typing import get_args

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenarios import formulas
from scenarios.assessment import Reading

READINGS: tuple[Reading, ...] = get_args(Reading)

# domain.md 4.3: Beijing, Hangzhou, Shenzhen, Wuhan in hundred million yuan.
IN_PLACE = np.array([130e6, 330e6, 300e6, 240e6])
OWED = np.array([100e6, 300e6, 300e6, 300e6])

amounts = st.integers(0, 2_000_000_000) | st.integers(0, 3)
"""Whole yuan; small numbers make ties and zeros common."""
minima = st.integers(0, 2_000).map(lambda million: million * 1_000_000) | st.integers(0, 3)
bureaus = st.lists(st.tuples(amounts, minima), min_size=1)


@pytest.fixture(autouse=True)
def _no_silent_division():
    with np.errstate(all="raise"):
        yield


def ranked(actual, minimum, reading: Reading, *, gate=True, weight=30.0):
    return formulas.rank_first_else_share(
        weight,
        np.asarray(actual, dtype=float),
        np.asarray(minimum, dtype=float),
        reading=reading,
        first_requires_completion=gate,
    )


@pytest.mark.parametrize(
    ("reading", "printed"),
    [
        ("share-of-total", "30.0 9.9 9.0 7.2"),
        ("share-of-total-completers", "30.0 9.9 9.0 0.0"),
        ("share-of-best", "30.0 25.4 23.1 18.5"),
        ("pro-rata", "30.0 30.0 30.0 24.0"),
        ("share-among-completers", "30.0 13.0 11.8 9.5"),
        ("share-of-largest", "30.0 30.0 27.3 21.8"),
    ],
)
def test_the_worked_example_comes_out_to_the_printed_digit(reading: Reading, printed: str):
    assert " ".join(f"{p:.1f}" for p in ranked(IN_PLACE, OWED, reading)) == printed


def exact_rank(did: list[int], owed: list[int], reading: Reading, *, gate: bool) -> list[Fraction]:
    """The rule again, bureau by bureau in exact fractions, as shares of the weight."""
    n = range(len(did))
    ratio = [Fraction(did[i], owed[i]) if owed[i] else Fraction(1) for i in n]
    met = [did[i] >= owed[i] for i in n]
    shares = []
    for i in n:
        if ratio[i] == max(ratio) > 0 and (met[i] or not gate):
            shares.append(Fraction(1))
            continue
        part, whole = {
            "share-of-total": (did[i], sum(did)),
            "share-of-total-completers": (did[i] if met[i] else 0, sum(did)),
            "share-of-best": (ratio[i], max(ratio)),
            "pro-rata": (ratio[i], 1),
            "share-among-completers": (did[i], sum(did[j] for j in n if met[j])),
            "share-of-largest": (did[i], max(did)),
        }[reading]
        shares.append(min(Fraction(1), Fraction(part) / whole) if whole else Fraction(0))
    return shares


@given(st.sampled_from(READINGS), bureaus, st.booleans())
def test_ranking_agrees_with_exact_fractions(reading: Reading, rows, gate):
    did, owed = [row[0] for row in rows], [row[1] for row in rows]
    expected = [float(30 * s) for s in exact_rank(did, owed, reading, gate=gate)]
    np.testing.assert_allclose(ranked(did, owed, reading, gate=gate), expected, rtol=1e-14)


@pytest.mark.parametrize("reading", READINGS)
def test_ties_share_first(reading: Reading):
    # 110 % of 1, of 3 and of 7 hundred million: one fraction, three divisions.
    tied = ranked([110e6, 330e6, 770e6, 300e6], [100e6, 300e6, 700e6, 300e6], reading)
    assert tied[:3].tolist() == [30.0, 30.0, 30.0]
    assert tied[3] < 30 or reading == "pro-rata"


@pytest.mark.parametrize(
    ("reading", "points"),
    [
        ("share-of-total", [12.0, 18.0]),
        ("share-of-total-completers", [0.0, 0.0]),
        ("pro-rata", [20.0, 15.0]),
        ("share-among-completers", [0.0, 0.0]),
    ],
)
def test_if_none_completes_nobody_has_full_marks_for_being_first(reading: Reading, points):
    did, owed = [200, 300], [300, 600]
    np.testing.assert_allclose(ranked(did, owed, reading), points)
    assert ranked(did, owed, reading, gate=False)[0] == 30


@pytest.mark.parametrize("gate", [True, False])
@pytest.mark.parametrize("reading", READINGS)
def test_where_nobody_has_funds_nobody_has_points(reading: Reading, gate: bool):
    assert ranked([0, 0, 0], [100, 300, 300], reading, gate=gate).tolist() == [0, 0, 0]


@pytest.mark.parametrize("reading", READINGS)
def test_a_minimum_of_zero_is_met_but_not_exceeded(reading: Reading):
    # Nothing owed is completion 1: first until somebody does more than was asked.
    assert ranked([0, 150], [0, 300], reading)[0] == 30
    overtaken = ranked([10, 330], [0, 300], reading)
    assert overtaken[1] == 30
    assert overtaken[0] < 30 or reading == "pro-rata"


@pytest.mark.parametrize("reading", READINGS)
def test_a_single_bureau_that_completes_is_first(reading: Reading):
    assert ranked([300], [300], reading).tolist() == [30.0]
    assert ranked([299], [300], "pro-rata")[0] == pytest.approx(29.9)


@given(st.sampled_from(["share-of-total", "pro-rata", "share-of-best"]), bureaus, amounts)
def test_more_own_funds_never_lower_the_own_points(reading: Reading, rows, more):
    did, owed = np.array(rows, dtype=float).T
    before = ranked(did, owed, reading)[0]
    did[0] += more
    assert ranked(did, owed, reading)[0] >= before - 1e-12


@given(bureaus)
def test_capped_rules_stay_between_nothing_and_the_weight(rows):
    did, owed = np.array(rows, dtype=float).T
    results = [
        formulas.pro_rata(50, did, owed),
        formulas.relative_to_best(50, did),
        formulas.efficacy(50, did, base_percent=60),
        formulas.cliff(50, did, owed, at_target_percent=60, step_percent=10, points_per_step=3),
        formulas.proportion(50, did, owed, no_data="full"),
        formulas.event_deduct(50, did, owed, report_points=0.5, floor=0),
        *(ranked(did, owed, reading, weight=50.0) for reading in READINGS),
    ]
    for points in results:
        assert ((points >= 0) & (points <= 50)).all()


def test_pro_rata_is_capped_and_a_minimum_of_zero_is_full():
    points = formulas.pro_rata(50, np.array([5.0, 12.0, 0.0, 0.0]), np.array([10.0, 10.0, 10.0, 0]))
    assert points.tolist() == [25, 50, 0, 50]


@pytest.mark.parametrize(("actual", "steps"), [(99, 0), (109, 0), (119, 1), (120, 2), (130, 3)])
def test_only_whole_steps_above_the_minimum_count(actual, steps):
    # 120: (1.2 - 1) / 0.1 is 1.9999999999999996 in binary.
    assert formulas.steps_above(np.array([actual]), np.array([100.0]), 10) == steps


def test_a_bonus_above_target_is_capped_and_zero_targets_earn_none():
    points = formulas.pro_rata_with_bonus(
        50,
        np.array([80.0, 125.0, 900.0, 900.0]),
        np.array([100.0, 100.0, 100.0, 0.0]),
        bonus_per_step=2,
        step_percent=10,
        bonus_max=6,
    )
    assert points.tolist() == [40, 54, 56, 50]


def test_the_best_has_full_marks_and_the_others_their_part_of_it():
    assert formulas.relative_to_best(20, np.array([8.0, 4.0, 0.0])).tolist() == [20, 10, 0]
    assert formulas.relative_to_best(20, np.array([0.0, 0.0])).tolist() == [0, 0]


def test_the_efficacy_coefficient_runs_from_base_to_weight():
    def efficacy(*did: float):
        return formulas.efficacy(10, np.array(did), base_percent=60).tolist()

    assert efficacy(30, 10, 20) == [10, 6, 8]
    assert efficacy(7, 7) == [10, 10], "all level: all at the highest"
    assert efficacy(7) == [10]
    assert efficacy(0, 0) == [6, 6], "nobody has anything: the base"


def test_tiers_start_at_their_value_and_give_nothing_below_the_first():
    # Presence of one city's monthly rule: 20 days 10, 15 days 9, 10 days 8.
    steps = [(10, 8.0), (15, 9.0), (20, 10.0)]
    days = np.array([[9, 10, 14.9], [15, 20, 31]])
    assert formulas.tier_table(days, steps).tolist() == [[0, 8, 8], [9, 10, 10]]


def test_a_cliff_gives_nothing_below_the_minimum():
    points = formulas.cliff(
        100,
        np.array([99.0, 100.0, 120.0, 9900.0, 0.0]),
        np.array([100.0, 100.0, 100.0, 100.0, 0.0]),
        at_target_percent=60,
        step_percent=10,
        points_per_step=0.5,
    )
    assert points.tolist() == [0, 60, 61, 100, 60]


@pytest.mark.parametrize(("no_data", "points"), [("full", 10), ("zero", 0)])
def test_a_start_rate_without_event_signings_follows_the_no_data_rule(no_data, points):
    started, signed = np.array([0.0, 3.0, 0.0]), np.array([0.0, 4.0, 4.0])
    result = formulas.proportion(10, started, signed, no_data=no_data)
    assert result.tolist() == [points, 7.5, 0]


def test_deductions_stop_at_the_floor():
    late, other = np.array([0, 3, 30]), np.array([0.0, 5.0, 5.0])
    points = formulas.event_deduct(10, late, other, report_points=0.5, floor=0)
    assert points.tolist() == [10, 3.5, 0]
    below = formulas.event_deduct(10, late, other, report_points=0.5, floor=-5)
    assert below[2] == -5, "a floor below 0 lets the excess hit the total (D1)"


def test_a_bonus_is_capped():
    result = formulas.bonus(np.array([0.0, 2.0, 9.0]), points_each=3, cap=10)
    assert result.tolist() == [0, 6, 10]

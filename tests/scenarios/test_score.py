"""The score sheet: the plan document's 100 points, and any other city's."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenarios.actuals import Actuals
from scenarios.assessment import Assessment
from scenarios.model import Scenario
from scenarios.organisation import Bureau, Organisation
from scenarios.part import Text
from scenarios.score import (
    Minima,
    applies,
    grade_depends_on_reading,
    grade_of,
    minima_of,
    readings,
    score_item,
    score_sheet,
)
from scenarios.targets import Target

LABEL = {"zh": "项", "en": "item"}
EXCELLENT, QUALIFIED, UNQUALIFIED = 0, 1, 2


def item(item_id: str, weight: float, metric: str, kind: str, **rule) -> dict:
    return {"id": item_id, "weight": weight, "metric": metric, "rule": {"kind": kind, **rule}}


def ruled(item: dict, **rule) -> dict:
    return {**item, "rule": {**item["rule"], **rule}}


def only(bureaus: list[str], item: dict, **changes) -> dict:
    return {**item, **changes, "applies_to": bureaus}


def assessment(*items, **fields) -> Assessment:
    grades = [("excellent", 90), ("qualified", 80), ("unqualified", 0)]
    return Assessment.model_validate(
        {
            "items": [{"label": LABEL, **item} for item in items],
            "grades": [{"id": i, "label": LABEL, "at_least": mark} for i, mark in grades],
            **fields,
        }
    )


SIGNED = item("signed", 50, "signed_yuan", "pro-rata-capped", target="signed")
FUNDS = item("funds", 30, "funds_yuan", "rank-first-full-else-share", target="funds")
START_RATE = item(
    "start-rate", 10, "start_rate", "proportion-deduct", part="event_started", whole="event_signed"
)
DAILY_WORK = item("daily-work", 10, "daily_work", "event-deduct")
DOCUMENT = assessment(SIGNED, FUNDS, START_RATE, DAILY_WORK)
MINIMA = Minima(
    ("beijing", "hangzhou", "shenzhen", "wuhan"),
    {"signed": np.full(4, 1e9), "funds": np.array([100e6, 300e6, 300e6, 300e6])},
)


def full_marks_but(n: int = 4, **actuals) -> Actuals:
    """Full marks in all but the funds, unless ``actuals`` say otherwise."""
    given = {name: np.asarray(values) for name, values in actuals.items()}
    full = {
        "signed_yuan": np.full(n, 1_000_000_000),
        "event_signed": np.full(n, 4),
        "event_started": np.full(n, 4),
        "reports_late": np.zeros(n, dtype=int),
        "deductions_points": np.zeros(n),
    }
    return Actuals(**(full | given))


WORKED_EXAMPLE = full_marks_but(funds_yuan=[130_000_000, 330_000_000, 300_000_000, 240_000_000])


def test_hangzhou_at_110_percent_with_full_marks_elsewhere_is_unqualified():
    sheet = score_sheet(DOCUMENT, MINIMA, WORKED_EXAMPLE)
    assert sheet.total[1] == pytest.approx(79.9)
    assert sheet.grade.tolist() == [EXCELLENT, UNQUALIFIED, UNQUALIFIED, UNQUALIFIED]
    assert list(sheet.points) == ["signed", "funds", "start-rate", "daily-work"]
    assert sheet.points["funds"][1] == pytest.approx(9.9)


def test_the_worked_example_is_graded_otherwise_under_the_neighbours():
    grades = {r: score_sheet(DOCUMENT, MINIMA, WORKED_EXAMPLE, r).grade for r in readings(DOCUMENT)}
    assert {reading: grade.tolist() for reading, grade in grades.items()} == {
        "share-of-total": [EXCELLENT, UNQUALIFIED, UNQUALIFIED, UNQUALIFIED],
        "share-of-best": [EXCELLENT, EXCELLENT, EXCELLENT, QUALIFIED],
        "pro-rata": [EXCELLENT, EXCELLENT, EXCELLENT, EXCELLENT],
    }
    depends = grade_depends_on_reading(DOCUMENT, MINIMA, WORKED_EXAMPLE)
    assert depends.tolist() == [False, True, True, True]


@given(st.lists(st.tuples(st.integers(0, 10**9), st.integers(1, 500)), min_size=2, max_size=6))
def test_a_non_first_bureau_needs_a_third_of_all_funds_to_reach_80(millions_owed):
    rows = [(did, owed * 1_000_000) for did, owed in millions_owed]
    did, owed = np.array(rows).T
    n = len(rows)
    minima = Minima(
        tuple(f"b{i}" for i in range(n)), {"signed": np.full(n, 1e9), "funds": owed.astype(float)}
    )
    grade = score_sheet(DOCUMENT, minima, full_marks_but(n, funds_yuan=did)).grade
    for i in range(n):
        # Exact: completion i is beaten by some j, or i has not completed.
        beaten = any(rows[j][0] * rows[i][1] > rows[i][0] * rows[j][1] for j in range(n))
        if beaten or rows[i][0] < rows[i][1]:
            has_a_third = 3 * rows[i][0] >= did.sum() > 0
            assert (grade[i] <= QUALIFIED) == has_a_third


@st.composite
def four_years(draw) -> Actuals:
    """Results of four bureaus, often at the edges."""

    def four(top: int):
        return np.array(draw(st.lists(st.integers(0, top), min_size=4, max_size=4)))

    signed_at_events = four(6)
    return Actuals(
        signed_yuan=four(2_000_000_000),
        funds_yuan=four(3) * draw(st.sampled_from([1, 100_000_000, 150_000_001])),
        event_signed=signed_at_events,
        event_started=np.minimum(signed_at_events, four(6)),
        reports_late=four(25),
        deductions_points=four(40) / 4,
    )


@given(four_years(), st.integers(0, 3), st.integers(1, 10**9))
def test_more_signed_never_lowers_the_own_score_nor_moves_another(actuals, bureau, more):
    raised = actuals.signed_yuan.copy()
    raised[bureau] += more
    before = score_sheet(DOCUMENT, MINIMA, actuals).total
    after = score_sheet(DOCUMENT, MINIMA, replace(actuals, signed_yuan=raised)).total
    assert after[bureau] >= before[bureau]
    assert np.delete(after, bureau).tolist() == np.delete(before, bureau).tolist()


def picked(actuals: Actuals, at) -> Actuals:
    given = {f.name: getattr(actuals, f.name) for f in fields(actuals)}
    return Actuals(**{name: array[at] for name, array in given.items() if array is not None})


@given(four_years(), st.permutations(range(4)), st.sampled_from(readings(DOCUMENT)))
def test_permuting_the_bureaus_permutes_the_scores(actuals, order, reading):
    moved = Minima(
        tuple(MINIMA.bureaus[i] for i in order),
        {target: minimum[order] for target, minimum in MINIMA.by_target.items()},
    )
    there = score_sheet(DOCUMENT, moved, picked(actuals, order), reading)
    here = score_sheet(DOCUMENT, MINIMA, actuals, reading)
    assert there.total.tolist() == here.total[order].tolist()
    assert there.grade.tolist() == here.grade[order].tolist()


@given(four_years())
def test_the_document_gives_between_0_and_100_points(actuals):
    with np.errstate(all="raise"):
        total = score_sheet(DOCUMENT, MINIMA, actuals).total
    assert ((total >= 0) & (total <= 100)).all()


FAIRS = item("fairs", 0, "events", "bonus", points_each=3, cap=6)
ABOVE = {"target": "signed", "bonus_per_step": 1, "step_percent": 10, "bonus_max": 3}
MIXED = assessment(
    SIGNED,
    FUNDS,
    START_RATE,
    DAILY_WORK,
    FAIRS,
    item("registered", 20, "registered", "efficacy-coefficient"),
    only(["hangzhou", "wuhan"], item("visits", 10, "inspections", "relative-to-best")),
    item("presence", 9, "presence_days", "tier-table", steps=[{"at_least": 500, "points": 9}]),
    item("more", 5, "signed_yuan", "pro-rata-bonus", **ABOVE),
    item("edge", 5, "funds_yuan", "cliff", target="funds"),
)
"""Every kind of rule on one sheet."""


def many_years(shape: tuple[int, ...]) -> Actuals:
    rng = np.random.default_rng(1)
    names = [f.name for f in fields(Actuals)]
    return Actuals(
        **{
            name: rng.integers(0, 1_500_000_000 if name.endswith("yuan") else 600, (*shape, 4))
            for name in names
        }
    )


def test_many_futures_at_once_equal_one_by_one():
    many = many_years((3, 5))
    sheet = score_sheet(MIXED, MINIMA, many, "share-of-best")
    for at in np.ndindex(3, 5):
        one = score_sheet(MIXED, MINIMA, picked(many, at), "share-of-best")
        assert one.grade.tolist() == sheet.grade[at].tolist()
        assert one.total.tolist() == sheet.total[at].tolist()
        for item, points in one.points.items():
            np.testing.assert_array_equal(points, sheet.points[item][at])


def test_no_futures_are_no_scores():
    assert score_sheet(MIXED, MINIMA, many_years((0,))).total.shape == (0, 4)


@pytest.mark.parametrize(
    ("total", "grade"),
    [
        (90.0, EXCELLENT),
        (89.999, QUALIFIED),
        (89.9999999, QUALIFIED),
        (80.0, QUALIFIED),
        (79.9999999, UNQUALIFIED),
        (-5.0, UNQUALIFIED),
        (np.nan, -1),
    ],
)
def test_grades_are_compared_unrounded(total, grade):
    assert grade_of(DOCUMENT.grades, np.array([total])).tolist() == [grade]


def test_80_points_in_decimals_are_80_points_in_binary():
    # 34.7 + 30 + 6 + 9.3 adds up to 79.99999999999999.
    actuals = Actuals(
        signed_yuan=np.array([694_000_000, 693_999_999]),
        funds_yuan=np.array([300, 300]),
        event_signed=np.array([10, 10]),
        event_started=np.array([6, 6]),
        reports_late=np.array([0, 0]),
        deductions_points=np.array([0.7, 0.7]),
    )
    minima = Minima(("a", "b"), {"signed": np.full(2, 1e9), "funds": np.full(2, 300.0)})
    assert score_sheet(DOCUMENT, minima, actuals).grade.tolist() == [QUALIFIED, UNQUALIFIED]


def test_the_total_is_converted_for_the_appraisal_and_the_grade_is_not():
    plain = score_sheet(DOCUMENT, MINIMA, WORKED_EXAMPLE)
    half = score_sheet(
        assessment(SIGNED, FUNDS, START_RATE, DAILY_WORK, conversion=0.5), MINIMA, WORKED_EXAMPLE
    )
    np.testing.assert_array_equal(half.converted, plain.total / 2)
    np.testing.assert_array_equal(half.grade, plain.grade)


def test_an_item_left_out_costs_its_bureau_nothing():
    # Daily work, 10 of 100 points, is not for Beijing: its 72 of 90 are worth 80 of 100.
    sheet = score_sheet(
        assessment(SIGNED, FUNDS, START_RATE, only(["hangzhou", "shenzhen", "wuhan"], DAILY_WORK)),
        MINIMA,
        full_marks_but(
            signed_yuan=[640_000_000, 10**9, 10**9, 10**9],
            funds_yuan=[100e6, 0, 0, 0],
            reports_late=[20, 0, 0, 0],
        ),
    )
    assert np.isnan(sheet.points["daily-work"]).tolist() == [True, False, False, False]
    np.testing.assert_allclose(sheet.scale, [100 / 90, 1, 1, 1])
    assert sheet.total[0] == pytest.approx((32 + 30 + 10) * 100 / 90)
    assert sheet.grade[0] == QUALIFIED


def test_an_item_that_replaces_another_scales_nothing():
    inspections = item("inspections", 10, "inspections", "pro-rata-capped", target="inspections")
    liaison = item("liaison", 10, "liaison_items", "pro-rata-capped", target="liaison")
    minima = Minima(
        ("beijing", "wuhan"),
        {"inspections": np.array([np.nan, 30.0]), "liaison": np.array([30.0, np.nan])},
    )
    actuals = Actuals(inspections=np.array([0, 15]), liaison_items=np.array([30, 0]))
    sheet = score_sheet(assessment(inspections, liaison), minima, actuals)
    assert sheet.scale.tolist() == [1, 1]
    assert sheet.total.tolist() == [10, 5]
    assert applies(assessment(liaison).items[0], minima).tolist() == [True, False]


def test_beijing_ranked_apart_is_two_items():
    others = ["hangzhou", "shenzhen", "wuhan"]
    apart = assessment(
        only(["beijing"], FUNDS, id="funds-beijing"), only(others, FUNDS, id="funds-others")
    )
    sheet = score_sheet(apart, MINIMA, WORKED_EXAMPLE)
    # Hangzhou is first among the rest; shares are of the rest's 870 million.
    np.testing.assert_allclose(sheet.total, [30, 30, 30 * 300 / 870, 30 * 240 / 870])


def test_a_bureau_without_items_has_no_score_and_no_grade():
    sheet = score_sheet(assessment(only(["wuhan"], SIGNED)), MINIMA, WORKED_EXAMPLE)
    assert np.isnan(sheet.total).tolist() == [True, True, True, False]
    assert sheet.grade.tolist() == [-1, -1, -1, UNQUALIFIED]
    empty = score_sheet(assessment(), MINIMA, WORKED_EXAMPLE)
    assert np.isnan(empty.total).all()


def test_a_bonus_stands_outside_the_base_and_is_not_scaled():
    with_bonus = assessment(SIGNED, only(["wuhan"], START_RATE), only(["beijing"], FAIRS))
    actuals = replace(WORKED_EXAMPLE, events=np.array([1, 2, 3, 4]))
    sheet = score_sheet(with_bonus, MINIMA, actuals)
    np.testing.assert_allclose(sheet.total, [63, 60, 60, 60])


def test_the_default_reading_comes_first_and_each_once():
    own = ruled(FUNDS, reading="pro-rata", neighbours=["share-of-best", "pro-rata"])
    assert readings(assessment(SIGNED, own)) == ("pro-rata", "share-of-best")
    assert readings(DOCUMENT) == ("share-of-total", "share-of-best", "pro-rata")
    assert readings(assessment(SIGNED)) == ()
    assert not grade_depends_on_reading(assessment(SIGNED), MINIMA, WORKED_EXAMPLE).any()


def test_one_reading_that_changes_a_grade_is_enough_for_the_alert():
    # The last reading shown grades as the default does, the one before it does not.
    funds = ruled(FUNDS, neighbours=["pro-rata", "share-of-total-completers"])
    sheet = assessment(SIGNED, funds, START_RATE, DAILY_WORK)
    alert = grade_depends_on_reading(sheet, MINIMA, WORKED_EXAMPLE)
    assert alert.tolist() == [False, True, True, True]


ABOVE_10 = {"target": "registered", "step_percent": 20}


@pytest.mark.parametrize(
    ("scored", "points"),
    [
        (ruled(FUNDS, first_requires_completion=False), [30, 10]),
        (ruled(FUNDS, first_requires_completion=True), [20, 10]),
        (ruled(FUNDS, reading="share-of-best"), [30, 15]),
        (ruled(START_RATE, no_data="zero"), [0, 5]),
        (ruled(START_RATE, no_data="full"), [10, 5]),
        (ruled(DAILY_WORK, report_points=2, floor=-8), [-8, 6]),
        (item("x", 30, "funds_yuan", "efficacy-coefficient", base_percent=20), [30, 6]),
        (
            item(
                "x", 10, "registered", "cliff", **ABOVE_10, at_target_percent=40, points_per_step=2
            ),
            [8, 4],
        ),
        (
            item(
                "x", 10, "registered", "pro-rata-bonus", **ABOVE_10, bonus_per_step=1, bonus_max=9
            ),
            [12, 10],
        ),
        (
            item("x", 10, "registered", "tier-table", steps=[{"at_least": 12, "points": 7}]),
            [7, 0],
        ),
        (item("x", 0, "registered", "bonus", points_each=2, cap=25), [25, 20]),
    ],
)
def test_the_parameters_in_the_scenario_are_those_that_count(scored, points):
    minima = Minima(("a", "b"), {"funds": np.full(2, 300.0), "registered": np.full(2, 10.0)})
    actuals = Actuals(
        registered=np.array([15, 10]),
        funds_yuan=np.array([200, 100]),
        event_signed=np.array([0, 2]),
        event_started=np.array([0, 1]),
        reports_late=np.array([50, 2]),
        deductions_points=np.zeros(2),
    )
    points_given = score_item(assessment(scored).items[0], minima, actuals)
    np.testing.assert_allclose(points_given, points)


def test_minima_hold_exceptions_and_replacements():
    bureaus = tuple(Bureau.model_construct(id=b) for b in ("beijing", "wuhan"))
    funds = Target(
        id="funds",
        label=Text(**LABEL),
        metric="funds_yuan",
        minimum=300_000_000,
        minimum_by_bureau={"beijing": 100_000_000},
    )
    liaison = Target(
        id="liaison",
        label=Text(**LABEL),
        metric="liaison_items",
        minimum=30,
        only_for=("beijing",),
    )
    scenario = Scenario.model_construct(
        organisation=Organisation.model_construct(bureaus=bureaus), targets=(funds, liaison)
    )
    minima = minima_of(scenario)
    assert minima.bureaus == ("beijing", "wuhan")
    assert minima.of("funds").tolist() == [100_000_000, 300_000_000]
    np.testing.assert_array_equal(minima.of("liaison"), [30, np.nan])


def test_what_does_not_fit_together_is_refused_in_words():
    with pytest.raises(ValueError, match=r"no target 'signed'.*there are: funds"):
        score_item(DOCUMENT.items[0], Minima(("a",), {"funds": np.ones(1)}), full_marks_but(1))
    with pytest.raises(ValueError, match=r"found 2 bureaus; allowed: beijing, hangzhou"):
        score_sheet(DOCUMENT, MINIMA, full_marks_but(2))
    with pytest.raises(ValueError, match=r"(?s)minima\.x.*minima\.y"):
        Minima(("a",), {"x": np.array([-1.0]), "ok": np.array([np.nan]), "y": np.ones(2)})
    with pytest.raises(ValueError, match=r"minima\.x: found \[inf\]"):
        Minima(("a",), {"x": np.array([np.inf])})

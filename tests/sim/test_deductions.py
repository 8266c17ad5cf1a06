"""Claims about deductions: they take off what was entered, by the item's own rule, and no more."""

from __future__ import annotations

import numpy as np
import pytest

from scenarios.assessment import EventDeduct
from scenarios.load import load_scenario
from sim.deductions import Deductions, sheet_with
from sim.splits import Splits
from tests.sim.worlds import plan_for

MINIMAL = load_scenario("minimal")
PLAN = plan_for(MINIMAL)
ITEMS = MINIMAL.assessment.items
DAILY = next(item for item in ITEMS if isinstance(item.rule, EventDeduct))
OTHER = next(item for item in ITEMS if not isinstance(item.rule, EventDeduct))


@pytest.fixture(scope="module")
def results():
    splits = Splits(MINIMAL, PLAN, seed=3, n=12, tails=3)
    return splits.results(splits.present)


def test_without_deductions_the_sheet_is_the_stored_one(results):
    for reading, sheet in results.sheets.items():
        own = sheet_with(results, Deductions(), None if reading == "as-stated" else reading)
        np.testing.assert_array_equal(own.total, sheet.total)
        np.testing.assert_array_equal(own.grade, sheet.grade)


def test_late_reports_cost_what_the_rule_says_down_to_its_floor(results):
    bureau = results.bureaus[0]
    before = next(iter(results.sheets.values())).points[DAILY.id][:, :, 0]
    after = sheet_with(results, Deductions(late={bureau: 2})).points[DAILY.id][:, :, 0]
    expected = np.maximum(before - 2 * DAILY.rule.report_points, DAILY.rule.floor)
    np.testing.assert_allclose(after, expected)
    assert (after < before).any()
    floored = sheet_with(results, Deductions(late={bureau: 1_000})).points[DAILY.id][:, :, 0]
    assert (floored == DAILY.rule.floor).all()


def test_points_come_off_an_item_down_to_nothing_and_off_nobody_else(results):
    bureau = results.bureaus[1]
    before = next(iter(results.sheets.values()))
    after = sheet_with(results, Deductions(points={(OTHER.id, bureau): 1.5}))
    own = before.points[OTHER.id]
    np.testing.assert_allclose(after.points[OTHER.id][:, :, 1], np.maximum(own[:, :, 1] - 1.5, 0))
    np.testing.assert_array_equal(after.total[:, :, 0], before.total[:, :, 0])
    assert (after.total[:, :, 1] <= before.total[:, :, 1]).all()
    assert (after.total[:, :, 1] < before.total[:, :, 1]).any()


def test_points_of_the_item_that_deducts_count_as_its_events(results):
    bureau = results.bureaus[0]
    own = sheet_with(results, Deductions(points={(DAILY.id, bureau): 1.0}))
    before = next(iter(results.sheets.values())).points[DAILY.id][:, :, 0]
    expected = np.maximum(before - 1.0, DAILY.rule.floor)
    np.testing.assert_allclose(own.points[DAILY.id][:, :, 0], expected)


def test_less_than_nothing_cannot_be_taken_off():
    with pytest.raises(ValueError, match="0 or more"):
        Deductions(late={"x": -1})

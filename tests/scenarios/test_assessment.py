"""An assessment that contradicts itself is refused in words."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from scenarios.assessment import Assessment, Bonus, Item, TierTable

LABEL = {"zh": "项", "en": "item"}


def item(**fields):
    return Item.model_validate({"id": "x", "label": LABEL, "weight": 10, **fields})


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        (
            {"metric": "start_rate", "rule": {"kind": "relative-to-best"}},
            "found rule 'relative-to-best' on metric 'start_rate'",
        ),
        (
            {"metric": "events", "rule": {"kind": "event-deduct"}},
            "allowed: 'event-deduct' on 'daily_work'",
        ),
        (
            {
                "metric": "events",
                "rule": {"kind": "tier-table", "steps": [{"at_least": 1, "points": 11}]},
            },
            "found a band of 11.0 points; allowed: at most the weight 10.0",
        ),
        (
            {"metric": "daily_work", "rule": {"kind": "event-deduct", "floor": 11}},
            "found floor 11.0; allowed: at most the weight 10.0",
        ),
        (
            {"metric": "events", "rule": {"kind": "bonus", "points_each": 1, "cap": 10}},
            "found weight 10.0 on a bonus; allowed: 0",
        ),
    ],
)
def test_a_rule_that_does_not_fit_its_item_is_refused(fields, says):
    with pytest.raises(ValidationError) as error:
        item(**fields)
    assert says in str(error.value)


def test_fitting_items_are_accepted():
    assert item(metric="daily_work", rule={"kind": "event-deduct"}).weight == 10
    assert item(
        weight=0, metric="events", rule={"kind": "bonus", "points_each": 1, "cap": 3}
    ).rule == Bonus(points_each=1, cap=3)


@pytest.mark.parametrize("starts", [(15, 10), (10, 10)])
def test_bands_that_do_not_rise_are_refused(starts):
    with pytest.raises(ValidationError, match="rising starts"):
        TierTable.model_validate({"steps": [{"at_least": s, "points": 1} for s in starts]})


@pytest.mark.parametrize("marks", [(80, 90), (80, 80)])
def test_grades_that_do_not_fall_are_refused(marks):
    grades = [{"id": f"g{i}", "label": LABEL, "at_least": mark} for i, mark in enumerate(marks)]
    with pytest.raises(ValidationError, match="best first"):
        Assessment.model_validate({"items": [], "grades": grades})

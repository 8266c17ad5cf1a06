"""Nowcasts of many hidden years, held against what the years came to."""

from __future__ import annotations

from datetime import date

import pytest

from benchmarks.nowcast import seen, study
from scenarios.load import load_scenario
from tests.dashboards.sample import plan_of

# Forty years in one process take two to four minutes, and longer where two test runs share a core.
pytestmark = [pytest.mark.long, pytest.mark.timeout(1_200)]

YEARS, DAY = 40, date(2023, 6, 30)
MISTAKEN = 0.001
"""Chance that a test fails by bad luck."""


@pytest.fixture(scope="module")
def found():
    bole = load_scenario("bole-2023")
    told = study(bole, plan_of(bole), range(YEARS), days=(DAY,), n=300)
    return {variant: seen(some) for (variant, _), some in told.items()}


def test_the_interval_covers_the_year_as_often_as_it_says(found):
    # Of 40 binomial draws at 0.8 one in a thousand falls outside 23 to 39.
    assert 22 / YEARS < found["learned"].covered < 40 / YEARS


def test_what_came_and_what_was_true_lie_evenly_in_what_was_said(found):
    assert found["learned"].p_uniform > MISTAKEN
    assert min(found["learned"].p_held.values()) > MISTAKEN


def test_a_calibration_that_drops_open_leads_fails_visibly(found):
    assert found["complete-only"].p_uniform < MISTAKEN
    assert found["complete-only"].covered < found["learned"].covered

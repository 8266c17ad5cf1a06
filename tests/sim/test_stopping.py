"""Claims about stopping: as many futures as asked for, or as many as the precision takes."""

from __future__ import annotations

import pytest

from sim.forecast import forecast
from sim.stopping import AbsolutePrecision, FixedNumber, widest
from tests.sim.test_forecast import SCENARIO
from tests.sim.worlds import plan_for


def _until(**rule):
    return forecast(
        SCENARIO, plan_for(SCENARIO), seed=3, tails=4, stopping=AbsolutePrecision(**rule)
    )


def test_futures_double_until_every_interval_is_narrow_enough():
    found = _until(half_width=0.02, first_n=64)
    assert widest(found.tally) <= 0.02
    assert (found.n // 64).bit_count() == 1
    before = forecast(SCENARIO, plan_for(SCENARIO), n=found.n // 2, seed=3, tails=4)
    assert widest(before.tally) > 0.02
    assert found.to_json()["stopping"]["stopped_early"] is False


def test_a_precision_out_of_reach_ends_at_the_cap_and_says_what_was_met():
    found = _until(half_width=0.0001, first_n=50, cap=120)
    assert found.n == 120
    said = found.to_json()["stopping"]
    assert said["widest"] > said["half_width"] == 0.0001


def test_the_same_futures_come_whatever_the_rule():
    found = _until(half_width=0.02, first_n=64)
    fixed = forecast(SCENARIO, plan_for(SCENARIO), n=found.n, seed=3, tails=4)
    assert fixed.to_json()["bureaus"] == found.to_json()["bureaus"]


@pytest.mark.parametrize("half_width", [0, 0.5, -1])
def test_a_precision_that_means_nothing_is_refused(half_width):
    with pytest.raises(ValueError, match="above 0 and below"):
        AbsolutePrecision(half_width)


def test_no_futures_at_all_are_refused():
    with pytest.raises(ValueError, match="at least 1"):
        FixedNumber(0)

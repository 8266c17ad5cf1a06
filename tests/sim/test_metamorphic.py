"""What must not matter does not, and what must scale scales."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sim.case import build_cases
from sim.futures import Future, draw_future
from sim.model import simulate
from sim.samples import Job, sample
from tests.sim.test_model import BUSY
from tests.sim.worlds import hand_future, plan_for, visit, world

ENGINES = [("kernel", 200), ("simpy", 6)]
COSTS = ("trip-fare-yuan", "hospitality-yuan", "leave-fare-yuan")


def _sampled(scenario, engine, n, *, tails=1, plan=None):
    job = Job(scenario, plan or plan_for(scenario), seed=1, engine=engine, tails=tails)
    return sample(job, 0, n)


@pytest.mark.parametrize(("engine", "n"), ENGINES)
def test_the_order_of_the_bureaus_orders_the_outcomes_and_changes_nothing(engine, n):
    tight = {"lump_sum_yuan": 15_000, "per_diem_yuan": 30, "travel_yuan": (100, 80, 400)}
    one = _sampled(world(BUSY, bureaus=("north", "south", "east"), **tight), engine, n)
    other = _sampled(world(BUSY, bureaus=("east", "north", "south"), **tight), engine, n)
    for name in ("values", "limits", "flow_fen", "spend_fen", "tails", "bound_day"):
        mine, theirs = getattr(one, name), getattr(other, name)
        np.testing.assert_array_equal(mine, theirs[:, [1, 2, 0]])
    assert not np.array_equal(one.values[:, 0], one.values[:, 1])


@pytest.mark.parametrize(("engine", "n"), ENGINES)
def test_ten_times_the_money_at_ten_times_the_prices_is_the_same_year(engine, n):
    fixed = {**BUSY, **dict.fromkeys(COSTS, 500)}
    dear = {**fixed, **dict.fromkeys(COSTS, 5000)}
    small = world(fixed, lump_sum_yuan=15_000, per_diem_yuan=80, travel_yuan=(100, 80, 400))
    large = world(dear, lump_sum_yuan=150_000, per_diem_yuan=800, travel_yuan=(1000, 800, 4000))
    one, ten = _sampled(small, engine, n), _sampled(large, engine, n)
    assert np.all(one.of("lost_money") > 0)
    np.testing.assert_array_equal(one.tails, ten.tails)
    np.testing.assert_array_equal(one.limits, ten.limits)
    np.testing.assert_array_equal(one.spend_fen * 10, ten.spend_fen)
    for name in ("calls", "lost_people", "lost_money", "waiting", "dry_day"):
        np.testing.assert_array_equal(one.of(name), ten.of(name))
    for name in ("released_fen", "balance_fen", "arrears_fen"):
        np.testing.assert_array_equal(one.of(name) * 10, ten.of(name))


@pytest.mark.parametrize(("engine", "n"), ENGINES)
def test_contracts_seven_times_as_large_bring_seven_times_the_money(engine, n):
    """Exact where no share of an amount is rounded: forty per cent, and twelve equal parts."""

    def amounts(factor):
        sizes = {"kind": "discrete", "values": [2_000_000 * factor, 5_000_000 * factor],
                 "weights": [2, 1]}  # fmt: skip
        data = world({**BUSY, "contract-yuan": 1}).model_dump(mode="json")
        for item in data["assumptions"]["items"]:
            if item["id"] == "contract-yuan":
                item["distribution"] = sizes
        data["assumptions"]["funding"] = {"at_start_percent": 40, "instalments": 12,
                                          "interval_days": 2}  # fmt: skip
        return _sampled(type(world()).model_validate(data), engine, n, tails=3)

    one, seven = amounts(1), amounts(7)
    assert one.of("funds_gross_fen").any()
    for name in ("signed_fen", "funds_gross_fen", "funds_fixed_fen"):
        np.testing.assert_array_equal(one.each(name) * 7, seven.each(name))
    np.testing.assert_array_equal(one.flow_fen * 7, seven.flow_fen)
    np.testing.assert_array_equal(one.each("signed"), seven.each("signed"))


def test_one_more_lead_in_one_bureau_leaves_the_logs_of_the_others_byte_for_byte():
    scenario = world(BUSY, bureaus=("north", "south", "east"))
    cases = build_cases(scenario, plan_for(scenario))
    future = draw_future(scenario, 1, seed=5)
    north, *others = future.bureaus
    certain = hand_future(scenario, [{"arrival_day": 1, "patience_days": 9}]).bureaus[0].leads
    more = {name: getattr(north.leads, name) + getattr(certain, name) for name in certain.__slots__}
    changed = replace(north, leads=replace(north.leads, **more))
    before, after = [], []
    simulate(cases, future, log=before)
    simulate(cases, Future(1, (changed, *others)), log=after)

    def of(log, *names):
        return repr([row for row in log if row[2] in names]).encode()

    assert of(before, "south", "east") == of(after, "south", "east")
    assert len(of(before, "south", "east")) > 1000
    assert of(before, "north") != of(after, "north")


BUDGETS_YUAN = (8_000, 12_000, 18_000, 27_000, 40_000, 60_000, 90_000)


def _signed_by_budget(n, tails):
    """Return the amounts signed under one budget after another, in the same futures."""
    found = []
    for yuan in BUDGETS_YUAN:
        scenario = world(
            BUSY, lump_sum_yuan=yuan, days=184, per_diem_yuan=10, travel_yuan=(100, 80, 400)
        )
        plan = plan_for(scenario, visits=(visit(scenario, 80), visit(scenario, 150)))
        found.append(_sampled(scenario, "kernel", n, tails=tails, plan=plan).each("signed_fen"))
    return np.stack(found)[..., 0]


def test_more_budget_never_lowers_the_probability_of_a_target():
    signed = _signed_by_budget(n=2000, tails=16)
    chances = (signed >= 100_000_000_00).mean(axis=(1, 2))
    assert np.all(np.diff(chances) >= 0), chances
    assert chances[-1] > chances[0] + 0.1


def test_a_single_future_may_lose_by_more_budget():
    """An early trip more moves the queue behind it: the mean rises, a path need not."""
    signed = _signed_by_budget(n=2000, tails=1)[..., 0]
    fell = (np.diff(signed, axis=0) < 0).mean(axis=1)
    assert np.all(fell < 0.5)
    assert fell.max() > 0.01

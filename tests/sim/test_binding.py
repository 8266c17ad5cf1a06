"""What holds a bureau back in each month: complete shares, and the limit one would expect."""

from __future__ import annotations

import numpy as np
import pytest

from sim.binding import binding, firsts
from sim.outcome import BINDING, LIMITS
from sim.samples import Job, sample
from tests.sim.worlds import plan_for, world

DAYS = world(days=92).days
NEVER = -1
BUSY = {"calls-per-month": 40, "away-share": 1, "trip-days": 9, "queue-patience-days": 2}
"""More openings than persons: some lapse because nobody is free."""
MONEY, PEOPLE, SEATS, PIPELINE = range(len(LIMITS))


def bound(**days):
    """Return one future's first days, shape (1, 1, limits, months)."""
    rows = [days.get(limit, (NEVER,) * 3) for limit in BINDING]
    return np.array(rows, np.int64)[np.newaxis, np.newaxis]


def simulated(spreads, **settings):
    """Return a bureau's first days in 40 futures, a draw each, and the horizon."""
    scenario = world(spreads, days=92, **settings)
    samples = sample(Job(scenario, plan_for(scenario), seed=1), 0, 40)
    return samples.bound_day[:, np.newaxis, 0], scenario.days


def test_the_first_day_of_the_month_decides_and_money_before_people_before_seats():
    found = firsts(bound(money=(5, NEVER, 70), people=(4, 40, 70), seats=(3, 39, 70)))
    assert found.tolist() == [[[SEATS, SEATS, MONEY]]]
    assert firsts(bound()).tolist() == [[[PIPELINE] * 3]]


def test_a_limit_that_bound_second_bound_all_the_same():
    july, _, _ = binding(DAYS, bound(money=(5, NEVER, NEVER), people=(4, NEVER, NEVER)))
    assert (july.bound["money"].p, july.bound["people"].p, july.bound["seats"].p) == (1, 1, 0)
    assert (july.first["money"].p, july.first["people"].p) == (0, 1)


@pytest.mark.parametrize(("lump_sum_yuan", "limit"), [(10_000, "money"), (1_000_000, "people")])
def test_shares_add_up_to_one_and_none_is_larger_than_that_of_binding_at_all(lump_sum_yuan, limit):
    days, horizon = simulated(BUSY, lump_sum_yuan=lump_sum_yuan, per_diem_yuan=80)
    months = binding(horizon, days)
    assert len(months) == 3
    for month in months:
        assert sum(month.first[limit].k for limit in LIMITS) == 40
        assert sum(found.p for found in month.first.values()) == pytest.approx(1)
        assert all(month.first[limit].k <= month.bound[limit].k for limit in BINDING)
    assert max(months[-1].first, key=lambda name: months[-1].first[name].k) == limit


def test_without_money_it_is_money_that_binds_from_the_first_month():
    days, horizon = simulated({"calls-per-month": 12}, lump_sum_yuan=0, per_diem_yuan=80)
    assert [month.first["money"].p for month in binding(horizon, days)] == [1, 1, 1]


def test_without_seats_it_is_seats_that_bind():
    visits = {"calls-per-month": 40, "call-to-visit": 1, "unit-delay-days": 60}
    patient = {"booking-patience-days": 5, "queue-patience-days": 90}
    days, horizon = simulated({**visits, **patient}, lump_sum_yuan=7_000_000)
    first = binding(horizon, days)[1].first
    assert first["seats"].p > 0.9
    assert first["money"].k == first["people"].k == 0


def test_both_engines_keep_the_same_days():
    scenario = world(BUSY, days=92, lump_sum_yuan=10_000, per_diem_yuan=80)
    twin, law = (
        sample(Job(scenario, plan_for(scenario), seed=1, engine=engine), 0, 10).bound_day
        for engine in ("kernel", "simpy")
    )
    np.testing.assert_array_equal(twin, law)
    assert (twin >= 0).any(axis=(0, 1, 3))[: BINDING.index("seats")].all()

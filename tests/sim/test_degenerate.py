"""Degenerate worlds, in which either engine has no choice."""

from __future__ import annotations

import numpy as np
import pytest

from sim.futures import draw_future
from sim.outcome import LIMITS
from sim.samples import Job, sample
from tests.sim.test_model import BUSY
from tests.sim.worlds import plan_for, visit, world

N = 12
WITHOUT_PIPELINE = {**BUSY, "opening-pipeline": 0}

pytestmark = pytest.mark.parametrize("engine", ["kernel", "simpy"])


def _sampled(scenario, engine, plan=None, n=N):
    return sample(Job(scenario, plan or plan_for(scenario), seed=1, engine=engine), 0, n)


def _limits(found):
    return {LIMITS[i] for i in found.limits.ravel()}


def test_zero_budget_spends_nothing_makes_no_paid_call_and_owes_all_per_diem(engine):
    scenario = world(WITHOUT_PIPELINE, lump_sum_yuan=0, per_diem_yuan=80)
    found = _sampled(scenario, engine)
    assert np.all(found.of("openings") > 0)
    assert not found.of("calls").any()
    assert not found.of("signed").any()
    assert not found.spend_fen.any()
    assert np.all(found.of("arrears_fen") == 2 * 92 * 8_000)
    assert np.all(found.of("dry_day") >= 0)
    assert _limits(found) == {"money"}


def test_a_budget_that_never_binds_is_as_good_as_any_larger_one(engine):
    def with_yuan(yuan):
        return _sampled(
            world(BUSY, lump_sum_yuan=yuan, per_diem_yuan=80, travel_yuan=(100, 80, 400)), engine
        )

    much, more = with_yuan(100_000_000), with_yuan(200_000_000)
    assert not much.of("lost_money").any()
    assert np.all(much.of("dry_day") == -1)
    np.testing.assert_array_equal(much.tails, more.tails)
    np.testing.assert_array_equal(much.spend_fen, more.spend_fen)
    np.testing.assert_array_equal(
        more.of("balance_fen") - much.of("balance_fen"), np.full((N, 1), 10_000_000_000)
    )


def test_zero_openings_leave_everything_at_zero(engine):
    found = _sampled(world({**BUSY, "calls-per-month": 0}), engine)
    for name in ("openings", "calls", "signed", "funds_gross_fen", "visits_unit", "waiting"):
        assert not found.of(name).any(), name
    assert _limits(found) == {"pipeline"}


def test_all_conversions_certain_turn_every_finished_call_into_a_contract(engine):
    found = _sampled(world({"calls-per-month": 10}), engine, n=20)
    calls, signed = found.of("calls"), found.of("signed")
    assert np.array_equal(found.of("openings"), calls)
    assert np.array_equal(signed, found.of("registered"))
    assert np.array_equal(signed, found.of("started"))
    # A call on day d returns on d + 1, is received there and signs on d + 2.
    assert np.all((calls - 6 <= signed) & (signed <= calls))


@pytest.mark.parametrize(
    ("never", "before", "after"),
    [
        ("call-to-visit", "calls", "visits_unit"),
        ("visit-to-contract", "visits_unit", "signed"),
        ("contract-to-registered", "signed", "registered"),
        ("contract-to-started", "registered", "started"),
    ],
)
def test_a_conversion_that_never_happens_ends_the_funnel_there(engine, never, before, after):
    found = _sampled(world({"calls-per-month": 10, never: 0}), engine)
    assert found.of(before).any()
    assert not found.of(after).any()
    assert not found.of("funds_gross_fen").any()


def test_nobody_present_makes_no_call_and_hears_of_nothing_new(engine):
    scenario = world(BUSY, persons=1)
    data, span = scenario.model_dump(), scenario.horizon
    data["organisation"]["bureaus"][0]["persons"][0]["approved_absences"] = [
        {"start": span.start, "end": span.end}
    ]
    found = _sampled(type(scenario).model_validate(data), engine)
    assert not found.of("calls").any()
    assert not found.spend_fen.any()
    # What was heard of before the horizon waits, or lapses for want of people.
    assert not found.of("lost_money").any()
    before = {**BUSY, "opening-pipeline": 0}
    data["assumptions"] = world(before).assumptions.model_dump()
    assert not _sampled(type(scenario).model_validate(data), engine).of("openings").any()


def test_groups_without_seats_and_units_too_late_receive_nobody(engine):
    scenario = world({"calls-per-month": 10, "unit-delay-days": 11, "booking-patience-days": 10})
    plan = plan_for(scenario, visits=(visit(scenario, 20, tier="principal", seats=0),))
    found = _sampled(scenario, engine, plan)
    for mode in ("principal", "deputy", "group", "unit"):
        assert not found.of(f"visits_{mode}").any()
    assert not found.of("signed").any()
    # Who returns from a call is lost there; the last day's calls have not returned.
    lost = found.of("lost_seats")
    assert np.all((lost > 0) & (lost <= found.of("calls")) & (lost >= found.of("calls") - 6))


def test_what_happens_on_the_last_day_counts_and_a_day_later_does_not(engine):
    """Signing comes exactly so many days after the call: only a call on day 0 can be in time."""

    def signed(days):
        scenario = world({"calls-per-month": 60, "contract-delay-days": days}, persons=12)
        found = _sampled(scenario, engine, n=40)
        return found.of("signed")[:, 0], found.of("openings")[:, 0], found.flow_fen[:, 0, 0]

    on_the_last, openings, by_month = signed(91)
    assert on_the_last.sum() > 40  # About two openings on day 0 of each future.
    assert np.array_equal(by_month[:, -1], on_the_last * 100_000_000)
    assert np.all(on_the_last < openings)
    assert not signed(92)[0].any()


def test_an_opening_on_the_last_day_is_called_on_it(engine):
    scenario = world({"calls-per-month": 60}, persons=12)
    found = _sampled(scenario, engine)
    last = [draw_future(scenario, i, seed=1).bureaus[0].leads.arrival_day for i in range(N)]
    assert sum(days.count(91) for days in last) > N
    assert np.array_equal(found.of("openings"), found.of("calls"))

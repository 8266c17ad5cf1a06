"""Claims about the model: one lead done by hand, its rules one by one, conservation."""

from __future__ import annotations

import pytest

from planner.plan import Obligation
from sim.assumptions import ONE
from sim.case import build_cases
from sim.futures import draw_future
from sim.model import simulate
from sim.outcome import SPEND_HEADS
from tests.sim.worlds import hand_future, leave, plan_for, visit, world

BUSY = {
    "calls-per-month": {"kind": "lognormal", "median": 25, "sigma": 0.6},
    "contact-delay-days": {"kind": "triangular", "low": 1, "mode": 5, "high": 14},
    "queue-patience-days": {"kind": "lognormal", "median": 10, "sigma": 0.5},
    "away-share": 0.5,
    "trip-days": {"kind": "discrete", "values": [1, 2, 3], "weights": [1, 2, 1]},
    "trip-fare-yuan": {"kind": "triangular", "low": 200, "mode": 600, "high": 1800},
    "hospitality-yuan": {"kind": "triangular", "low": 0, "mode": 120, "high": 600},
    "call-to-lead": {"kind": "beta", "a": 4, "b": 16},
    "call-to-visit": {"kind": "beta", "a": 8, "b": 22},
    "visit-delay-days": {"kind": "lognormal", "median": 20, "sigma": 0.7},
    "booking-patience-days": {"kind": "lognormal", "median": 30, "sigma": 0.5},
    "unit-delay-days": {"kind": "lognormal", "median": 20, "sigma": 0.6},
    "visit-to-contract": {"kind": "beta", "a": 6, "b": 8},
    "contract-delay-days": {"kind": "lognormal", "median": 40, "sigma": 0.7},
    "contract-yuan": {"kind": "lognormal", "median": 60_000_000, "sigma": 1.1},
    "contract-to-registered": {"kind": "beta", "a": 18, "b": 2},
    "contract-to-started": {"kind": "beta", "a": 16, "b": 4},
    "registration-delay-days": {"kind": "lognormal", "median": 15, "sigma": 0.6},
    "start-delay-days": {"kind": "lognormal", "median": 20, "sigma": 0.6},
    "leave-fare-yuan": {"kind": "triangular", "low": 2200, "mode": 3500, "high": 5400},
    "clearing-lag-days": {"kind": "lognormal", "median": 8, "sigma": 0.5},
    "opening-pipeline": 1,
}


def _one(scenario, plan, future, log=None):
    return simulate(build_cases(scenario, plan), future, log=log).bureaus[0]


def test_one_lead_through_the_whole_year_as_computed_by_hand():
    """A lead arrives on day 3; every later date is written out beside its rule."""
    scenario = world(
        {"contract-yuan": 1},
        per_diem_yuan=80,
        travel_yuan=(100, 80, 400),
        lump_sum_yuan=20_000,
        funding={"at_start_percent": 15, "instalments": 2, "interval_days": 10},
    )
    plan = plan_for(scenario, visits=(visit(scenario, 30, tier="deputy"),))
    future = hand_future(
        scenario,
        [
            {
                "arrival_day": 3,
                "contact_delay_days": 2,  # joins the queue on day 5 and is called at once
                "patience_days": 10,
                "trip_days": 3,  # away on days 5, 6 and 7; back on day 8
                "fare_fen": 60_000,
                "visit_delay_days": 10,  # ready on day 15; the group of day 30 is the first
                "booking_patience_days": 40,
                "contract_delay_days": 20,  # day 25, but not before the group has left: day 33
                "amount_fen": 10_000,
                "registration_delay_days": 4,  # day 37
                "start_delay_days": 7,  # day 40, then instalments on days 50 and 60
            }
        ],
        away=ONE,
        prefecture_event=ONE,
    )
    log = []
    outcome = _one(scenario, plan, future, log)
    assert [(day, kind) for day, kind, *_ in log] == [
        (3, "opening"),
        (5, "queued"),
        (5, "call"),
        (8, "qualified"),
        (30, "visit_deputy"),
        (33, "signed"),
        (33, "event_signed"),
        (37, "registered"),
        (40, "started"),
        (40, "event_started"),
        (40, "funds"),
        (50, "funds"),
        (60, "funds"),
    ]
    assert [int(detail) for _, kind, _, _, detail in log if kind == "funds"] == [1500, 4250, 4250]
    spend = dict(zip(SPEND_HEADS, (sum(row) for row in outcome.spend_fen), strict=True))
    # Fare 600, three days at 180, two nights at 400 = 1,940 yuan.
    assert spend["travel"] == 194_000
    # Two persons on 92 days, less three days on the trip and three escorting: 178 at 80 yuan.
    assert spend["per_diem"] == 178 * 8_000
    assert outcome.balance_fen == 2_000_000 - 194_000 - 178 * 8_000
    assert (outcome.signed, outcome.signed_fen, outcome.registered, outcome.started) == (
        1,
        10_000,
        1,
        1,
    )
    assert outcome.funds_gross_fen == 10_000


def test_a_signing_on_the_last_day_counts_and_one_a_day_later_does_not():
    scenario = world()
    plan = plan_for(scenario)

    def signed(contract_delay: int) -> int:
        row = {"arrival_day": 0, "patience_days": 5, "contract_delay_days": contract_delay}
        return _one(scenario, plan, hand_future(scenario, [row])).signed

    assert signed(91) == 1
    assert signed(92) == 0


def test_without_groups_every_visit_is_received_by_a_unit():
    scenario = world({"calls-per-month": 10})
    future = draw_future(scenario, 0, seed=2)
    outcome = _one(scenario, plan_for(scenario), future)
    assert outcome.visits_unit > 0
    assert outcome.visits_principal + outcome.visits_deputy + outcome.visits_group == 0


def test_seats_are_taken_once_and_the_next_company_goes_elsewhere():
    scenario = world()
    plan = plan_for(scenario, visits=(visit(scenario, 20, tier="principal", seats=2),))
    rows = [{"arrival_day": d, "patience_days": 9, "booking_patience_days": 60} for d in (1, 2, 3)]
    outcome = _one(scenario, plan, hand_future(scenario, rows))
    assert (outcome.visits_principal, outcome.visits_unit) == (2, 1)
    assert outcome.inspections == 2


def test_a_company_that_no_unit_receives_in_time_is_lost_for_want_of_a_seat():
    scenario = world()
    rows = [
        {
            "arrival_day": 1,
            "patience_days": 9,
            "booking_patience_days": 10,
            "unit_delay_days": 11,
        }
    ]
    outcome = _one(scenario, plan_for(scenario), hand_future(scenario, rows))
    assert (outcome.lost_seats, outcome.signed) == (1, 0)


def test_first_come_first_served_passes_over_whom_it_cannot_serve():
    """One person, leaving in two days: the long trip waits, the short call behind it is made."""
    scenario = world(persons=1)
    plan = plan_for(scenario, leaves=(leave(scenario, "north-0", 2),))
    rows = [
        {"arrival_day": 0, "patience_days": 60, "trip_days": 3},
        {"arrival_day": 0, "patience_days": 60, "away_word": ONE - 1},
    ]
    log = []
    _one(scenario, plan, hand_future(scenario, rows, away=ONE - 1), log)
    assert [(day, who) for day, kind, _, who, _ in log if kind == "call"] == [(0, 1), (14, 0)]


def test_an_opening_that_waits_too_long_lapses_with_its_cause():
    scenario = world(persons=1)
    rows = [{"arrival_day": 0, "patience_days": 60}] + [{"arrival_day": 0, "patience_days": 1}] * 3
    log = []
    outcome = _one(scenario, plan_for(scenario), hand_future(scenario, rows), log)
    assert (outcome.calls, outcome.lost_people, outcome.lost_money) == (2, 2, 0)
    assert [(day, who) for day, kind, _, who, _ in log if kind == "lost_people"] == [(2, 2), (2, 3)]


def test_an_opening_that_lapses_for_want_of_money_says_so():
    scenario = world(lump_sum_yuan=10)
    row = {"arrival_day": 3, "patience_days": 2, "hospitality_fen": 1_001}
    outcome = _one(scenario, plan_for(scenario), hand_future(scenario, [row], away=0))
    assert (outcome.lost_money, outcome.lost_people, outcome.dry_day) == (1, 0, 3)


def test_thinning_follows_presence_exactly():
    """With one of two persons at post, an opening is heard when its word lies below a half."""
    scenario = world()
    plan = plan_for(scenario, leaves=(leave(scenario, "north-0", 10),))

    def heard(word: int, day: int) -> int:
        row = {"arrival_day": day, "thinning_word": word, "patience_days": 99}
        return _one(scenario, plan, hand_future(scenario, [row])).openings

    assert heard(ONE // 2, 9) == 1
    assert heard(ONE // 2 - 1, 12) == 1
    assert heard(ONE // 2, 12) == 0


def test_a_company_joins_a_group_no_sooner_than_three_days_after_it_agreed():
    scenario = world()
    plan = plan_for(scenario, visits=(visit(scenario, 20, tier="deputy"),))

    def inspected(arrival: int) -> int:
        row = {"arrival_day": arrival, "patience_days": 9, "booking_patience_days": 60}
        return _one(scenario, plan, hand_future(scenario, [row])).visits_deputy

    assert inspected(16) == 1  # Called on day 16, agreed on day 17.
    assert inspected(17) == 0


def test_works_start_only_in_season():
    scenario = world(
        season={"works_start": "09-01", "works_end": "09-20", "signing_weights": [1] * 4}
    )
    plan = plan_for(scenario)

    def starts(delay: int) -> list[int]:
        log = []
        row = {"arrival_day": 0, "patience_days": 9, "start_delay_days": delay}
        _one(scenario, plan, hand_future(scenario, [row]), log)
        return [day for day, kind, *_ in log if kind == "started"]

    assert starts(0) == [62]  # 1 September is day 62 of a horizon from 1 July.
    assert starts(70) == [72]  # Signed on day 2, ready within the season.
    assert starts(85) == []  # 21 September and later: no season left.


def test_the_quarter_weighs_on_signing():
    scenario = world(season={"signing_weights": [1, 1, 0.5, 1]})
    row = {"arrival_day": 0, "patience_days": 9, "contract_word": ONE // 2}

    def signed(word: int) -> int:
        rows = [{**row, "contract_word": word}]
        return _one(scenario, plan_for(scenario), hand_future(scenario, rows)).signed

    assert signed(ONE // 2 - 1) == 1
    assert signed(ONE // 2) == 0


def test_a_three_high_project_is_counted_and_not_signed():
    scenario = world()
    row = {"arrival_day": 0, "patience_days": 9, "screening_word": 5}
    outcome = _one(scenario, plan_for(scenario), hand_future(scenario, [row], three_high=6))
    assert (outcome.screened_out, outcome.signed) == (1, 0)


def test_events_of_the_plan_are_held_and_led_by_the_future():
    scenario = world({"event-held": 1, "event-led": 0})
    duties = (
        Obligation(10, "event", "north", ("north-0",), "event", leader="leader"),
        Obligation(50, "event", "north", ("north-0",), "event"),
    )
    outcome = _one(scenario, plan_for(scenario, obligations=duties), hand_future(scenario, []))
    assert (outcome.events, outcome.events_led) == (2, 0)


@pytest.mark.parametrize("gate", ["none", "per-person", "per-bureau"])
@pytest.mark.parametrize("lump_sum_yuan", [0, 20_000, 100_000])
def test_openings_and_money_are_conserved_in_every_future(gate, lump_sum_yuan):
    scenario = world(
        BUSY,
        days=184,
        lump_sum_yuan=lump_sum_yuan,
        per_diem_yuan=80,
        travel_yuan=(100, 80, 400),
        weekends_off=True,
        gate={"policy": gate},
        rent_yuan=1_000,
    )
    plan = plan_for(
        scenario,
        leaves=(
            leave(scenario, "north-0", 50),
            leave(scenario, "north-1", 64),
            leave(scenario, "north-0", 140),
            leave(scenario, "north-1", 160),
        ),
        visits=(visit(scenario, 52, tier="principal"), visit(scenario, 66), visit(scenario, 143)),
    )
    cases = build_cases(scenario, plan)
    for index in range(8):
        log = []
        future = draw_future(scenario, index, seed=3)
        outcome = simulate(cases, future, log=log).bureaus[0]
        calls = outcome.calls
        assert (
            outcome.openings == calls + outcome.lost_people + outcome.lost_money + outcome.waiting
        )
        spent = sum(map(sum, outcome.spend_fen))
        assert outcome.released_fen == lump_sum_yuan * 100 == spent + outcome.balance_fen
        assert outcome.balance_fen >= 0
        assert 0 <= outcome.funds_fixed_fen <= outcome.funds_gross_fen <= outcome.signed_fen
        assert outcome.started <= outcome.registered <= outcome.signed
        assert outcome.qualified_leads <= calls
        # Counted twice: in the model, and from the log.
        kinds = [kind for _, kind, *_ in log]
        assert kinds.count("call") == calls
        assert sum(int(d) for _, kind, _, _, d in log if kind == "signed") == outcome.signed_fen
        assert [row[0] for row in log] == sorted(row[0] for row in log)


def test_a_plan_of_another_scenario_is_refused():
    with pytest.raises(ValueError, match="belongs to a scenario with hash"):
        build_cases(world(), plan_for(world(BUSY)))

"""Claims about money: tranches, the clearing gate, what is owed and in what order it is paid."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sim.case import build_cases
from sim.purse import Purse
from tests.sim.worlds import leave, plan_for, world

DRAWS = tuple((5, 100_000) for _ in range(64))


def _purse(days=184, leaves=True, **given):
    scenario = world({}, days=days, lump_sum_yuan=100_001, per_diem_yuan=80, **given)
    chosen = (
        (leave(scenario, "north-0", 60), leave(scenario, "north-1", 76, clearing_day=90))
        if leaves
        else ()
    )
    case = build_cases(scenario, plan_for(scenario, leaves=chosen))[0]
    return Purse(case, DRAWS)


def _run(purse, days, out_until=(-1, -1)):
    for day in days:
        purse.release(day)
        purse.fall_due(day, list(out_until))
        purse.pay(day)


def test_tranches_come_on_the_first_day_of_each_period_and_add_up_exactly():
    purse = _purse(leaves=False)
    received = []
    for day in range(184):
        before = purse.released_fen
        purse.release(day)
        if purse.released_fen > before:
            received.append((day, purse.released_fen - before))
    assert [day for day, _ in received] == [0, 92]
    assert sum(fen for _, fen in received) == 10_000_100


def test_per_diem_of_a_period_waits_until_the_last_one_is_cleared_and_is_paid_back():
    """Papers handed in on days 70 and 90, cleared five days later: the gate opens on day 95."""
    purse = _purse(gate={"policy": "per-bureau"})
    _run(purse, range(95))
    assert purse.gate_day[1] == [95, 95]
    assert purse.arrears_fen == 3 * 2 * 8_000
    _run(purse, range(95, 96))
    assert purse.arrears_fen == 0
    assert purse.dry_day == -1


def test_a_gate_per_person_holds_back_only_who_has_not_cleared():
    purse = _purse(gate={"policy": "per-person"})
    assert purse.gate_day[1] == [92, 95]


def test_a_gate_on_the_tranche_holds_back_all_money():
    purse = _purse(gate={"policy": "per-bureau", "blocks": "tranche"})
    _run(purse, range(95))
    first = purse.released_fen
    _run(purse, range(95, 96))
    assert purse.released_fen > first


def test_travellers_have_no_per_diem_and_those_on_leave_neither():
    purse = _purse()
    _run(purse, range(1), out_until=(0, -1))
    assert sum(map(sum, (purse.spend_fen["per_diem"],))) == 8_000
    purse = _purse()
    _run(purse, range(60, 61))
    assert purse.per_diem_owed_fen[0] == 0


def test_the_leave_fare_is_owed_on_the_first_day_of_the_leave():
    purse = _purse()
    _run(purse, range(60))
    assert sum(purse.spend_fen["leave_fares"]) == 0
    _run(purse, range(60, 61))
    assert sum(purse.spend_fen["leave_fares"]) == 100_000


def test_what_cannot_be_paid_stays_owed_and_marks_the_day():
    purse = _purse(leaves=False)
    purse.case = replace(purse.case, tranche_fen=(12_000, 0))
    _run(purse, range(1))
    assert purse.balance_fen == 0
    assert purse.arrears_fen == 4_000
    assert purse.dry_day == 0


@pytest.mark.parametrize(("reserve", "affordable"), [(True, False), (False, True)])
def test_trips_leave_the_periods_per_diem_untouched(reserve, affordable):
    purse = _purse(leaves=False, days=92, reserve_per_diem=reserve)
    purse.release(0)
    per_diem = 2 * 92 * 8_000
    assert purse.affords(0, purse.balance_fen - per_diem)
    assert purse.affords(0, purse.balance_fen - per_diem + 1) is affordable

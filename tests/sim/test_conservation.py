"""Nothing is lost and nothing comes from nowhere, in every future of random worlds."""

from __future__ import annotations

import random

import numpy as np
import pytest

from sim.outcome import COLUMNS, TAIL_COLUMNS
from sim.packing import pack
from tests.sim.twins import by_kernel, random_case

CASES, FUTURES, TAILS = 60, 200, 4
RUNS = [0, *(pytest.param(run, marks=pytest.mark.long) for run in range(1, 6))]


@pytest.fixture(scope="module", params=RUNS)
def batch(request):
    """Cases with what the kernel makes of them."""
    rng = random.Random(f"conservation/{request.param}")
    found = []
    for number in range(CASES):
        case, assumptions = random_case(rng)
        drawn = by_kernel(case, assumptions, 0, FUTURES, seed=number, tails=TAILS)
        columns = {name: drawn["values"][:, i] for i, name in enumerate(COLUMNS)}
        tails = {name: drawn["tails"][:, :, i] for i, name in enumerate(TAIL_COLUMNS)}
        found.append((case, pack(case, assumptions), columns, tails, drawn))
    return found


def test_every_opening_is_called_lost_or_waiting(batch):
    for case, _, of, _, _ in batch:
        lost = of["lost_people"] + of["lost_money"]
        assert np.array_equal(of["openings"], of["calls"] + lost + of["waiting"])
        # Waiting is the kernel's remainder, so that its sign is what can go wrong.
        assert np.all(of["waiting"] >= 0)
        assert np.all(of["qualified_leads"] <= of["calls"])
        person_days = sum(
            here and works
            for row in case.present
            for here, works in zip(row, case.workday, strict=True)
        )
        assert np.all(of["calls"] <= person_days)


def test_every_fen_released_is_spent_or_in_hand(batch):
    for case, _, of, _, drawn in batch:
        spend = drawn["spend"]
        assert np.array_equal(of["released_fen"], spend.sum(axis=(1, 2)) + of["balance_fen"])
        assert np.all(of["released_fen"] <= sum(case.tranche_fen))
        for amounts in (spend, of["balance_fen"], of["arrears_fen"]):
            assert np.all(amounts >= 0)
        # Month by month, no more is spent than has been released by then.
        spent = spend.sum(axis=1).cumsum(axis=1)
        ends = [*case.month_starts[1:], case.n_days]
        for month, end in enumerate(ends):
            released = sum(
                fen
                for fen, start in zip(case.tranche_fen, case.period_starts, strict=True)
                if start < end
            )
            assert np.all(spent[:, month] <= released)


def test_nobody_is_paid_per_diem_for_more_days_than_at_post_nor_left_unpaid(batch):
    for case, _, of, _, drawn in batch:
        due = case.per_diem_fen * sum(case.at_post)
        paid = drawn["spend"][:, 2].sum(axis=1)
        assert np.all(paid <= due)
        if not case.rent_fen and not case.leaves:
            assert np.all(paid + of["arrears_fen"] <= due)


def test_funds_come_only_from_contracts_of_the_year(batch):
    for _, _, of, tails, drawn in batch:
        signed, funds = drawn["flow"].sum(axis=2).T
        assert np.array_equal(signed, of["signed_fen"])
        assert np.all(funds <= signed)
        carried = of["funds_gross_fen"] - funds
        assert np.all(carried >= 0)
        # What was carried over is the same in every tail, and the rest is not more than signed.
        assert np.all(tails["funds_gross_fen"] - carried[:, None] <= tails["signed_fen"])
        assert np.all(tails["funds_fixed_fen"] <= tails["funds_gross_fen"])


def test_no_stage_of_the_funnel_is_larger_than_the_one_before_it(batch):
    for case, deck, of, tails, _ in batch:
        assert np.all(tails["started"] <= tails["registered"])
        assert np.all(tails["registered"] <= tails["signed"])
        assert np.all(tails["event_signed"] <= tails["signed"])
        assert np.all(tails["event_started"] <= tails["started"])
        largest = int(deck.contract_fen.max())
        assert np.all(tails["signed_fen"] <= tails["signed"] * largest)
        for mode in ("principal", "deputy", "group"):
            seats = sum(window.seats for window in case.windows if window.tier == mode)
            assert np.all(of[f"visits_{mode}"] <= seats)
        assert np.all(of["events_led"] <= of["events"])
        assert np.all(of["events"] <= len(case.event_days))
        assert np.all((of["dry_day"] >= -1) & (of["dry_day"] < case.n_days))


def test_the_batch_is_worth_its_name(batch):
    """Every kind of loss and of spend occurs, so that no claim above holds of nothing."""
    for name in ("calls", "lost_people", "lost_money", "waiting", "lost_seats", "started"):
        assert sum(int(of[name].sum()) for _, _, of, _, _ in batch) > 100, name
    assert np.all(sum(drawn["spend"].sum(axis=(0, 2)) for *_, drawn in batch) > 0)

"""The kernel is the model's exact twin, tails included."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
import pytest

from planner.feasible import first_leaves
from planner.starts import leave_choices
from scenarios.load import load_scenario
from sim import kernel
from sim.case import build_cases, tranches_of
from sim.futures import MAX_OPENINGS, Role, key_of
from sim.outcome import BINDING, COLUMNS, TAIL_COLUMNS
from sim.packing import pack
from sim.philox import philox
from tests.sim.twins import by_kernel, by_model, differences, random_case
from tests.sim.worlds import plan_for, world

FUTURES_A_CASE = 5
CASES_A_BATCH = 25


@pytest.mark.parametrize("batch", range(8))
def test_on_random_scenarios_and_plans_the_engines_agree_to_the_last_bit(batch: int) -> None:
    rng = random.Random(f"twins/{batch}")
    for number in range(CASES_A_BATCH):
        case, assumptions = random_case(rng)
        for future in range(FUTURES_A_CASE):
            found = differences(case, assumptions, future, seed=number)
            assert not found, f"batch {batch}, case {number}, future {future}: {found}"


def test_the_random_scenarios_move_every_field_of_an_outcome() -> None:
    rng = random.Random("twins/0")
    seen = np.zeros(len(COLUMNS), np.int64)
    for number in range(60):
        case, assumptions = random_case(rng)
        values = by_kernel(case, assumptions, 0, 20, seed=number)["values"]
        seen += (values > 0).sum(axis=0)
    assert not [name for name, n in zip(COLUMNS, seen, strict=True) if n < 20]


@pytest.mark.parametrize("own", [False, True])
@pytest.mark.parametrize("seed", range(6))
def test_tail_k_is_the_model_with_the_words_of_tail_k(seed: int, own: bool) -> None:
    rng = random.Random(f"tails/{seed}")
    case, assumptions = random_case(rng)
    drawn = by_kernel(case, assumptions, 0, 2, seed=seed, tails=70, own=own)["tails"]
    for k in (0, 1, 31, 63, 64, 69):
        law = by_model(case, assumptions, 0, seed=seed, tail=k, own=own)
        assert drawn[0, k].tolist() == [getattr(law, name) for name in TAIL_COLUMNS]


def test_more_tails_move_nothing_that_comes_before_the_visit() -> None:
    case, assumptions = random_case(random.Random("path"))
    one = by_kernel(case, assumptions, 0, 20, seed=3, tails=1)
    many = by_kernel(case, assumptions, 0, 20, seed=3, tails=9)
    for name in ("values", "flow", "spend", "bound"):
        np.testing.assert_array_equal(one[name], many[name])


@pytest.mark.parametrize(
    ("key", "counter"),
    [((0, 0), (0, 0, 0, 0)), ((0xA4093822, 0x299F31D0), (0x243F6A88, 0x85A308D3, 9, 0x03707344))],
)
def test_the_kernel_draws_the_words_of_philox(key, counter) -> None:
    drawn = kernel.words_of(np.array(key, np.int64), *counter)
    assert list(drawn) == philox(key, *counter).tolist()


def test_futures_that_hold_the_same_true_share_parameters_and_nothing_else() -> None:
    case, assumptions = random_case(random.Random("theta"))
    twin = by_kernel(case, assumptions, 0, 6, seed=1, reps=3)["values"]
    for future in range(6):
        law = by_model(case, assumptions, future, seed=1, reps=3)
        assert [getattr(law, name) for name in COLUMNS] == twin[future].tolist()
    assert not np.array_equal(twin[0], twin[1])
    apart = by_kernel(case, assumptions, 0, 6, seed=1)["values"]
    np.testing.assert_array_equal(twin[0], apart[0])
    assert not np.array_equal(twin[1:], apart[1:])


@pytest.mark.parametrize("seed", range(30))
def test_a_sweep_over_budgets_is_every_budget_by_itself(seed: int) -> None:
    rng = random.Random(f"sweep/{seed}")
    case, assumptions = random_case(rng)
    deck, n = pack(case, assumptions), 12
    totals = sorted(rng.choice([0, 50_000, 3_000_000, 70_000_000]) + 10_000 * i for i in range(9))
    shares = [rng.randint(0, 3) for _ in case.period_starts]
    shares[0] += not sum(shares)
    levels = np.array([tranches_of(total, tuple(shares), len(shares)) for total in totals])
    key = np.array(key_of(seed, Role.FORECAST), np.int64)
    values = np.zeros((len(levels), n, len(COLUMNS)), np.int64)
    tails = np.zeros((len(levels), n, 3, len(TAIL_COLUMNS)), np.int64)
    assert kernel.sweep_bureau(deck, key, 0, n, True, levels, values, tails) == (kernel.DONE, -1)
    for level, tranche_fen in enumerate(levels.tolist()):
        own = replace(case, tranche_fen=tuple(tranche_fen))
        alone = by_kernel(own, assumptions, 0, n, seed=seed, tails=3, own=True)
        np.testing.assert_array_equal(values[level], alone["values"])
        np.testing.assert_array_equal(tails[level], alone["tails"])


def test_any_cut_of_the_futures_gives_the_same_outcomes() -> None:
    case, assumptions = random_case(random.Random("cut"))
    whole = by_kernel(case, assumptions, 0, 30, seed=1)["values"]
    parts = [by_kernel(case, assumptions, at, n, seed=1)["values"] for at, n in ((0, 7), (7, 23))]
    np.testing.assert_array_equal(whole, np.concatenate(parts))


def test_more_openings_than_may_be_end_the_run_and_name_the_future() -> None:
    scenario = world({"calls-per-month": 50_000}, days=365)
    (case,) = build_cases(scenario, plan_for(scenario))
    deck = pack(case, scenario.assumptions)
    values = np.zeros((1, len(COLUMNS)), np.int64)
    flow, spend = np.zeros((1, 2, case.n_months), np.int64), np.zeros((1, 5, 12), np.int64)
    tails = np.zeros((1, 1, len(TAIL_COLUMNS)), np.int64)
    bound = np.zeros((1, len(BINDING), case.n_months), np.int64)
    key = np.array(key_of(1, Role.FORECAST), np.int64)
    assert kernel.run_bureau(deck, key, 4, 1, 1, False, values, flow, spend, tails, bound) == (
        kernel.TOO_MANY,
        4,
    )
    assert MAX_OPENINGS < 50_000 * 36


@pytest.mark.parametrize(
    ("assumption", "distribution", "said"),
    [
        ("contract-yuan", 1e13, "contract-yuan reaches"),
        ("trip-fare-yuan", 1e8, "trip-fare-yuan reaches"),
        ("year-climate", 1e6, "year-climate reaches"),
    ],
)
def test_amounts_beyond_the_kernels_integers_are_refused_not_truncated(
    assumption, distribution, said
) -> None:
    scenario = world({assumption: distribution})
    (case,) = build_cases(scenario, plan_for(scenario))
    with pytest.raises(OverflowError, match=said):
        pack(case, scenario.assumptions)


def test_the_shipped_city_agrees_too() -> None:
    city = load_scenario("bole-2023")
    leaves = first_leaves(city, leave_choices(city))
    plan = plan_for(city, leaves)
    for case in build_cases(city, plan):
        for future in range(5):
            assert differences(case, city.assumptions, future, seed=2) == []

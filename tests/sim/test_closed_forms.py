"""Where resources are ample the model has exact answers: Poisson counts, compound Poisson sums."""

from __future__ import annotations

import numpy as np
import pytest

from sim.assumptions import FINE_BITS, TABLE_BITS, table
from sim.case import build_cases
from sim.futures import Future, Role, draw_bureau_future, key_of
from sim.model import simulate
from tests.sim.worlds import plan_for, world

N = 3_000
DAYS = 92
CALLS_PER_MONTH = 6
VISIT, CONTRACT, REGISTERED = 0.5, 0.6, 0.75
AMOUNT = {"kind": "lognormal", "median": 1_000_000, "sigma": 0.8}
DELAY = {"kind": "lognormal", "median": 20, "sigma": 0.7}


@pytest.fixture(scope="module")
def outcomes():
    """Signed contracts, registered ones and amounts of N years with more people than needed."""
    scenario = world(
        {
            "calls-per-month": CALLS_PER_MONTH,
            "call-to-visit": VISIT,
            "visit-to-contract": CONTRACT,
            "contract-to-registered": REGISTERED,
            "contract-to-started": 0,
            "contract-yuan": AMOUNT,
            "contract-delay-days": DELAY,
        },
        days=DAYS,
        persons=8,
    )
    cases = build_cases(scenario, plan_for(scenario))
    key = key_of(2023, Role.FORECAST)
    rows = []
    for index in range(N):
        world_ = draw_bureau_future(
            scenario.assumptions, "north", DAYS, key=key, future=index, n_leaves=2
        )
        outcome = simulate(cases, Future(index, (world_,))).bureaus[0]
        rows.append((outcome.calls, outcome.signed, outcome.registered, outcome.signed_fen))
    return scenario, np.array(rows, dtype=np.float64)


def _z_of_mean(sample, mean, variance):
    return (sample.mean() - mean) / (variance / len(sample)) ** 0.5


def _z_of_poisson_variance(sample, rate):
    # The sample variance of a Poisson variable has variance (mu4 - var^2) / n, mu4 = 3 v^2 + v.
    return (sample.var(ddof=1) - rate) / ((2 * rate**2 + rate) / len(sample)) ** 0.5


def _expected_calls():
    return CALLS_PER_MONTH * 12 / 365 * DAYS


def _expected_contracts(scenario):
    """Convolve arrivals with the delay: called on day a, signed on max(a + 2, a + delay)."""
    delays = table(scenario.assumptions["contract-delay-days"].distribution, "days", TABLE_BITS)
    in_time = sum(float((np.maximum(delays, 2) + a <= DAYS - 1).mean()) for a in range(DAYS))
    return CALLS_PER_MONTH * 12 / 365 * in_time * VISIT * CONTRACT


def test_calls_are_poisson_with_the_rate_of_the_openings(outcomes):
    calls = outcomes[1][:, 0]
    assert abs(_z_of_mean(calls, _expected_calls(), _expected_calls())) < 4.5
    assert abs(_z_of_poisson_variance(calls, _expected_calls())) < 4.5


def test_contracts_are_a_thinned_and_delayed_poisson_count(outcomes):
    scenario, rows = outcomes
    rate = _expected_contracts(scenario)
    assert rate > 2
    assert abs(_z_of_mean(rows[:, 1], rate, rate)) < 4.5
    assert abs(_z_of_poisson_variance(rows[:, 1], rate)) < 4.5


def test_registered_are_contracts_thinned_once_more(outcomes):
    scenario, rows = outcomes
    rate = _expected_contracts(scenario) * REGISTERED
    # No registration delay, so nothing is cut by the horizon's end but the contracts themselves.
    assert abs(_z_of_mean(rows[:, 2], rate, rate)) < 4.5


def test_the_signed_amount_has_the_compound_poisson_mean_and_variance(outcomes):
    scenario, rows = outcomes
    rate = _expected_contracts(scenario)
    amounts = table(scenario.assumptions["contract-yuan"].distribution, "yuan", FINE_BITS).astype(
        np.float64
    )
    mean, second, fourth = amounts.mean(), (amounts**2).mean(), (amounts**4).mean()
    signed = rows[:, 3]
    assert abs(_z_of_mean(signed, rate * mean, rate * second)) < 4.5
    variance = rate * second
    # Fourth central moment of a compound Poisson sum: 3 variance^2 + rate E[X^4].
    spread = ((2 * variance**2 + rate * fourth) / N) ** 0.5
    assert abs(signed.var(ddof=1) - variance) / spread < 4.5


def test_no_contract_at_all_has_the_poisson_probability_of_zero(outcomes):
    scenario, rows = outcomes
    p = np.exp(-_expected_contracts(scenario))
    none = (rows[:, 1] == 0).mean()
    assert abs(none - p) < 4.5 * (p * (1 - p) / N) ** 0.5

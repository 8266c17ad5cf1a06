"""Where resources are ample, or staff is all that is short, the model has exact answers.

Each is held by the kernel on many futures, and by the law on some (long).
"""

from __future__ import annotations

import numpy as np
import pytest

from sim.samples import Job, sample
from tests.sim.laws import amounts_fen, compound_poisson, delays_in_time, none_world, trips_of_two
from tests.sim.worlds import plan_for, world

FUTURES = {"simpy": 2_000, "kernel": 60_000}
ENGINES = ["kernel", pytest.param("simpy", marks=pytest.mark.long)]
DAYS = 92
CALLS_PER_MONTH = 6
LEAD, VISIT, CONTRACT, REGISTERED, STARTED = 0.7, 0.5, 0.6, 0.75, 0.4
AMOUNT = {"kind": "lognormal", "median": 1_000_000, "sigma": 0.8}
DELAY = {"kind": "lognormal", "median": 20, "sigma": 0.7}
FUNNEL = {
    "calls-per-month": CALLS_PER_MONTH,
    "call-to-lead": LEAD,
    "call-to-visit": VISIT,
    "visit-to-contract": CONTRACT,
    "contract-to-registered": REGISTERED,
    "contract-to-started": STARTED,
}


def _sampled(scenario, engine, n, seed=2023):
    return sample(Job(scenario, plan_for(scenario), seed, engine=engine), 0, n)


@pytest.fixture(scope="module", params=ENGINES)
def ample(request):
    """Years with more people than needed, and contracts that take a while."""
    scenario = world(
        {**FUNNEL, "contract-yuan": AMOUNT, "contract-delay-days": DELAY}, days=DAYS, persons=8
    )
    found = _sampled(scenario, request.param, FUTURES[request.param])
    return scenario, lambda name: found.of(name)[:, 0].astype(np.float64)


def _z_of_mean(sample, mean, variance):
    return (sample.mean() - mean) / (variance / len(sample)) ** 0.5


def _z_of_variance(sample, variance, fourth):
    """The sample variance itself has variance (mu4 - variance^2) / n."""
    return (sample.var(ddof=1) - variance) / ((fourth - variance**2) / len(sample)) ** 0.5


def _is_poisson(sample, rate):
    """Hold a count to the mean and the variance of a Poisson law."""
    assert abs(_z_of_mean(sample, rate, rate)) < 4.5
    assert abs(_z_of_variance(sample, rate, 3 * rate**2 + rate)) < 4.5


def _a_day():
    return CALLS_PER_MONTH * 12 / 365


def _contracts(scenario):
    """Return the mean number: called on day a, signed on max(a + 2, a + delay)."""
    return _a_day() * delays_in_time(scenario, "contract-delay-days", DAYS) * VISIT * CONTRACT


def test_calls_are_poisson_with_the_rate_of_the_openings(ample):
    _is_poisson(ample[1]("calls"), _a_day() * DAYS)


def test_contracts_are_a_thinned_and_delayed_poisson_count(ample):
    scenario, of = ample
    assert _contracts(scenario) > 2
    _is_poisson(of("signed"), _contracts(scenario))


def test_registered_are_contracts_thinned_once_more(ample):
    scenario, of = ample
    # No registration delay, so nothing is cut by the horizon's end but the contracts themselves.
    _is_poisson(of("registered"), _contracts(scenario) * REGISTERED)


def test_each_stage_of_the_funnel_is_the_product_of_the_shares_before_it(ample):
    """What a call leads to is known on the next day, so that the last day's calls lead nowhere."""
    scenario, of = ample
    _is_poisson(of("qualified_leads"), _a_day() * (DAYS - 1) * LEAD)
    _is_poisson(of("visits_unit"), _a_day() * (DAYS - 1) * VISIT)
    _is_poisson(of("started"), _contracts(scenario) * STARTED)


def test_the_signed_amount_has_the_compound_poisson_mean_and_variance(ample):
    scenario, of = ample
    rate, amounts = _contracts(scenario), amounts_fen(scenario)
    mean, second, fourth = (float((amounts**power).mean()) for power in (1, 2, 4))
    variance = rate * second
    assert abs(_z_of_mean(of("signed_fen"), rate * mean, variance)) < 4.5
    # Fourth central moment of a compound Poisson sum: 3 variance^2 + rate E[X^4].
    central = 3 * variance**2 + rate * fourth
    assert abs(_z_of_variance(of("signed_fen"), variance, central)) < 4.5


@pytest.mark.parametrize("yuan", [1_000_000, 3_000_000, 8_000_000])
def test_a_target_is_met_as_often_as_the_compound_poisson_law_says(ample, yuan):
    """The law with amounts rounded down lies below the truth, with amounts rounded up above."""
    scenario, of = ample
    rate, amounts, grid, cells = _contracts(scenario), amounts_fen(scenario), 250_000, 1 << 16
    below, above = (
        compound_poisson(rate, amounts, grid, cells, rounding)[yuan * 100 // grid :].sum()
        for rounding in ("down", "up")
    )
    assert 0 <= above - below < 0.003
    met = of("signed_fen") >= yuan * 100
    error = (above * (1 - above) / len(met)) ** 0.5
    assert below - 4.5 * error < met.mean() < above + 4.5 * error


def test_no_contract_at_all_has_the_poisson_probability_of_zero(ample):
    scenario, of = ample
    p, none = np.exp(-_contracts(scenario)), of("signed") == 0
    assert abs(none.mean() - p) < 4.5 * (p * (1 - p) / len(none)) ** 0.5


def test_in_every_tail_no_contract_has_the_poisson_probability_of_zero():
    p, tails, n = 0.3, 8, 40_000
    scenario = none_world(p, contract=0.5)
    found = sample(Job(scenario, plan_for(scenario), seed=6, tails=tails), 0, n)
    none = found.each("signed")[:, :, 0] == 0
    assert np.all(np.abs(none.mean(axis=0) - p) < 4.5 * (p * (1 - p) / n) ** 0.5)


GEOMETRIC = {days: 0.5**days for days in range(1, 8)} | {8: 0.5**7}
"""Trips that end on each day with a chance of one half, cut at eight days."""


@pytest.mark.parametrize("busy", [0.75, 0.96, 1.5])
@pytest.mark.parametrize("engine", ENGINES)
def test_two_persons_make_as_many_trips_from_empty_as_the_exact_chain(engine, busy):
    """Held over the first two months: near the end nobody leaves for longer than they stay."""
    trip = sum(days * share for days, share in GEOMETRIC.items())
    rate = 2 * busy / trip
    scenario = world(
        {
            "calls-per-month": rate * 365 / 12,
            "away-share": 1,
            "trip-days": {
                "kind": "discrete",
                "values": list(GEOMETRIC),
                "weights": list(GEOMETRIC.values()),
            },
            "trip-fare-yuan": 1,  # so that a month's spend on travel counts its trips
            "call-to-visit": 0,
        },
        days=DAYS,
    )
    n = FUTURES[engine] // 4
    found = _sampled(scenario, engine, n)
    trips = found.spend_fen[:, 0, 0, :2].sum(axis=1) / 100
    mean, variance = trips_of_two(rate, GEOMETRIC, days=62)
    assert abs(_z_of_mean(trips, mean, variance)) < 4.5
    fourth = ((trips - trips.mean()) ** 4).mean()
    assert abs(_z_of_variance(trips, variance, fourth)) < 4.5
    # Something was contended: without, every opening would have been called.
    assert mean < 0.999 * rate * 62

"""Claims about responses: nothing changes at today's money, more money brings no fewer openings."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenarios.faults import say
from sim.packing import LARGEST_FEN, ONCE
from sim.response import RESPONSES, Response
from sim.results import Results
from sim.samples import prepared, sample
from sim.sweep import SweepJob, sweep
from tests.sim.test_sweep import assert_is, assert_same, fields, with_budgets
from tests.sim.tight import job_of, tight
from tests.sim.worlds import plan_for

BY_ID = {response.id: response for response in RESPONSES}
NOW = 30_000
OPENINGS = ONCE.index("calls-per-month")


def family(name, parameter):
    return Response(name, say(name, name), name, parameter)


families = st.builds(
    family, st.sampled_from(["power", "saturating"]), st.floats(0.05, 3, allow_nan=False)
)


@given(families, st.integers(1, 10**7))
def test_at_todays_money_the_factor_is_1(response, now):
    assert response.factor(now, now) == pytest.approx(1)


@given(families, st.integers(1, 10**6), st.integers(0, 10**7), st.integers(0, 10**7))
def test_more_money_brings_no_fewer_openings(response, now, a, b):
    low, high = sorted((a, b))
    assert 0 <= response.factor(low, now) <= response.factor(high, now)


@pytest.mark.parametrize("response", RESPONSES, ids=lambda r: r.id)
def test_without_money_nothing_is_heard_of(response):
    assert response.factor(0, NOW) == 0
    # Of what a bureau without money would do with some, nothing is known.
    assert response.factor(0, 0) == response.factor(50_000, 0) == 1


def test_the_families_are_what_they_are_called():
    assert BY_ID["power"].factor(4 * NOW, NOW) == 2
    saturating = BY_ID["saturating"]
    assert saturating.factor(10**9, NOW) == pytest.approx(1 / (1 - np.exp(-2)))
    assert saturating.factor(2 * NOW, NOW) < BY_ID["power"].factor(2 * NOW, NOW)


def test_names_differ_and_stand_in_both_languages():
    assert len(BY_ID) == len(RESPONSES) == len({r.label.zh for r in RESPONSES})
    assert all(r.label.zh != r.label.en for r in RESPONSES)


def city(calls):
    """Return a city whose bureaus hear of openings at such a rate."""
    return tight(**{"calls-per-month": calls})


@pytest.mark.parametrize(
    ("response", "yuan", "times"),
    [
        (BY_ID["power"], 4 * NOW, 2),
        (family("power", 1.0), NOW // 2, 0.5),
        (family("power", 1.0), NOW, 1),
        (family("power", 2.0), 2 * NOW, 4),
        (BY_ID["power"], 0, 0),
    ],
)
def test_a_level_is_a_simulation_with_so_many_more_openings_and_that_budget(response, yuan, times):
    scenario = city(20)
    job = SweepJob(job_of(scenario, seed=3, tails=6), ((yuan,), (NOW,), (NOW,)), True, response)
    found = sweep(job, 20)
    more = city(20 * times)
    own = with_budgets(replace(job.job, scenario=more, plan=plan_for(more)), (yuan, NOW, NOW))
    results = Results(more, own.plan, sample(own, 0, 20))
    assert_is(found, 0, 0, results, job=job)


def test_up_to_a_tables_rounding_the_same_holds_of_a_rate_that_is_not_known():
    yuan, times = 2 * NOW, 2**0.5
    scenario, more = (
        city({"kind": "lognormal", "median": 15 * by, "sigma": 0.5}) for by in (1, times)
    )
    job = job_of(scenario, seed=3)
    own = with_budgets(replace(job, scenario=more, plan=plan_for(more)), (yuan, NOW, NOW))
    deck = prepared(scenario, job.plan)[1][0]
    scaled = BY_ID["power"].applied(deck, yuan, NOW)
    drawn = prepared(more, own.plan)[1][0]
    assert np.abs(scaled.once[OPENINGS] - drawn.once[OPENINGS]).max() <= 1
    others = np.arange(len(ONCE)) != OPENINGS
    assert np.array_equal(scaled.once[others], deck.once[others])
    found = sweep(SweepJob(job, ((yuan,), (NOW,), (NOW,)), response=BY_ID["power"]), 200)
    results = Results(more, own.plan, sample(own, 0, 200))
    met = sum(results.met(target).sum(axis=1) for target in more.targets_of("north"))
    assert (found.values["targets"][0][0] == met).mean() > 0.95


def test_rates_stay_within_the_kernels_integers():
    deck = prepared(city(20), plan_for(city(20)))[1][0]
    scaled = family("power", 3.0).applied(deck, 10**9, 1)
    assert scaled.once[OPENINGS].max() == LARGEST_FEN - 1


def test_a_response_changes_every_level_but_todays():
    job = SweepJob(job_of(city(20), seed=3), ((20_000, NOW, 60_000), (NOW,), (NOW,)))
    plain = sweep(job, 40)
    for response in RESPONSES:
        found = sweep(replace(job, response=response), 40)
        own, other = (x.amounts["north", "spend_yuan"] for x in (found, plain))
        assert own[0] < other[0]
        assert own[1] == other[1]
        assert own[2] > other[2]
        for key, rows in fields(found).items():
            if key in (("bureaus", 1), ("main", 1), ("main", 2), ("hits", "south", "funds")):
                assert np.array_equal(rows, fields(plain)[key])


def test_any_chunks_give_the_same_table_under_a_response(monkeypatch):
    job = SweepJob(job_of(city(20), seed=3), ((20_000, NOW),) * 3, True, RESPONSES[1])
    whole = sweep(job, 15)
    monkeypatch.setattr("sim.sweep.CHUNK_BYTES", 1)
    assert_same(sweep(job, 15), whole)

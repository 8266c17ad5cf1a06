"""Claims about cohorts: the parameters computed at once are those the futures are drawn with."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest

from scenarios.load import load_scenario
from sim.assumptions import ONE
from sim.cohorts import cohorts, parameters_of
from sim.forecast import forecast
from sim.futures import draw_future
from sim.results import Results
from sim.samples import Job, sample
from sim.tally import tally_of
from tests.sim.test_samples import SCENARIO
from tests.sim.worlds import plan_for

JOB = Job(SCENARIO, plan_for(SCENARIO), seed=3, tails=4, reps=3)


@pytest.fixture(scope="module")
def found():
    return cohorts(JOB, 90)


def test_parameters_are_those_every_future_of_the_cohort_is_drawn_with():
    bole = load_scenario("bole-2023")
    job = Job(bole, plan_for(bole), seed=11, reps=4)
    for place, bureau in enumerate(b.id for b in bole.organisation.bureaus):
        drawn = {x.assumption: x.value for x in parameters_of(bole, bureau, job, 6)}
        assert len(drawn) == 9
        for future in range(24):
            own = draw_future(bole, future, seed=11, reps=4).bureaus[place].parameters
            at = {name: values[future // 4] for name, values in drawn.items()}
            assert own.registered == at["contract-to-registered"] * ONE
            assert own.qualified == max(at["call-to-lead"] * ONE, own.visit)
            visit = int(at["call-to-visit"] * ONE) * int(at["regional-multiplier"] * 2**16) >> 16
            assert own.visit == visit
            signed = int(at["visit-to-contract"] * ONE) * int(at["year-climate"] * 2**16) >> 16
            assert own.contract == signed
            rate = round(at["calls-per-month"] * 10**6)
            assert own.opening_gap_micro == 365 * 10**12 // (rate * 12)


def test_shared_parameters_are_one_and_others_are_each_bureaus_own():
    bole = load_scenario("bole-2023")
    job = Job(bole, plan_for(bole), seed=1)
    here, there = (
        {x.assumption: x for x in parameters_of(bole, bureau, job, 50)}
        for bureau in ("beijing", "wuhan")
    )
    assert here["year-climate"].bureau is None
    assert np.array_equal(here["year-climate"].value, there["year-climate"].value)
    assert here["call-to-visit"].bureau == "beijing"
    assert not np.array_equal(here["call-to-visit"].word, there["call-to-visit"].word)


def test_a_value_rises_with_its_word():
    for parameter in parameters_of(SCENARIO, "north", JOB, 200):
        assert np.all(np.diff(parameter.value[np.argsort(parameter.word)]) >= 0)


def test_cohorts_of_one_are_the_same_futures():
    job = replace(JOB, reps=1)
    alone = cohorts(job, 60)
    tally = tally_of(Results(SCENARIO, JOB.plan, sample(job, 0, 60)))
    for key in alone.hits:
        assert alone.estimate(key) == tally.estimate(*key)


def test_cohorts_of_one_and_a_single_tail_are_the_forecast():
    alone = cohorts(replace(JOB, reps=1, tails=1), 60)
    content = forecast(SCENARIO, JOB.plan, n=60, seed=3, tails=1).to_json()
    for bureau, node in content["bureaus"].items():
        assert alone.estimate(("all_main", bureau)).to_json() == node["all_main"]
        for target, odds in node["targets"].items():
            k = alone.estimate(("target", bureau, target)).k
            assert k == odds["k"]


def test_a_cohort_and_not_a_future_is_what_is_independent(found):
    key = ("target", "north", "registered")
    assert found.estimate(key).n == 90
    assert found.estimate(key).tails == 12
    assert found.hits[key].shape == (90, 3)


def test_threads_give_the_same_cohorts(found):
    with ThreadPoolExecutor(2) as threads:
        again = cohorts(JOB, 90, executor=threads)
    assert np.array_equal(again.counted, found.counted)
    assert all(np.array_equal(again.hits[key], own) for key, own in found.hits.items())


def test_stopped_cohorts_are_none():
    assert cohorts(JOB, 90, stop=lambda: True) is None


def test_tails_with_parameters_of_their_own_are_refused():
    with pytest.raises(ValueError, match="own: found True"):
        cohorts(replace(JOB, own=True), 2)

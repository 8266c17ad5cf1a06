"""Claims about the tornado: paired on the same futures, summed in whole numbers."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest

from scenarios.assumptions import KNOWN
from scenarios.load import load_scenario
from sim.forecast import forecast
from sim.kept import keep
from sim.results import Results
from sim.samples import Job, sample
from sim.shift import Shift
from sim.tally import tally_of
from sim.tornado import tornado
from tests.sim.test_samples import SCENARIO
from tests.sim.worlds import plan_for

JOB = Job(SCENARIO, plan_for(SCENARIO), seed=3, tails=4)
KEY = ("target", "north", "registered")


@pytest.fixture(scope="module")
def found():
    return tornado(JOB, 300)


def test_the_base_is_the_same_futures_where_tails_share_their_parameters(found):
    tally = tally_of(Results(SCENARIO, JOB.plan, sample(JOB, 0, 300)))
    for key in found.keys:
        assert found.estimate(key) == tally.estimate(*key)


def test_the_base_is_the_forecast_of_the_same_seed_where_tails_hold_their_own():
    base = tornado(replace(JOB, own=True), 100)
    content = forecast(SCENARIO, JOB.plan, n=100, seed=3, tails=4).to_json()
    for bureau, node in content["bureaus"].items():
        assert base.estimate(("all_main", bureau)).to_json() == node["all_main"]


def test_a_bar_is_the_difference_of_two_probabilities_on_the_same_futures(found):
    kept = keep(JOB, 0, 300)
    target = SCENARIO.targets_of("north")[1]
    odds = [
        Results(SCENARIO, JOB.plan, samples).met(target).mean()
        for samples in (
            kept.under(Shift("calls-per-month", "p10-p90", "low")),
            kept.samples,
            kept.under(Shift("calls-per-month", "p10-p90", "high")),
        )
    ]
    (bar,) = [x for x in found.bars(KEY) if x.assumption == "calls-per-month"]
    assert bar.low.mean == pytest.approx(odds[0] - odds[1])
    assert bar.high.mean == pytest.approx(odds[2] - odds[1])
    assert bar.swing.mean == pytest.approx(odds[2] - odds[0])
    assert bar.low.mean < 0 < bar.high.mean
    assert not bar.swing.unclear


def test_the_longest_clear_bar_stands_on_top_and_unclear_ones_below(found):
    bars = found.bars(KEY)
    clear = [abs(bar.swing.mean) for bar in bars if not bar.swing.unclear]
    assert len(clear) >= 3
    assert clear == sorted(clear, reverse=True)
    assert [bar.swing.unclear for bar in bars] == sorted(bar.swing.unclear for bar in bars)


def test_every_assumption_has_a_bar_or_is_named_as_without_effect(found):
    for key in found.keys:
        names = [bar.assumption for bar in found.bars(key)] + list(found.without(key))
        assert sorted(names) == sorted(KNOWN)


def test_what_comes_after_a_registration_does_not_move_it(found):
    assert {"contract-yuan", "contract-to-started", "start-delay-days", "event-held"} <= set(
        found.without(KEY)
    )
    assert "contract-yuan" not in found.without(("target", "north", "signed"))


def test_the_ends_are_those_of_each_bureau():
    bole = load_scenario("bole-2023")
    ends = tornado(Job(bole, plan_for(bole), 1), 1).ends
    assert ends["regional-multiplier"]["beijing"] != ends["regional-multiplier"]["wuhan"]
    low, high = ends["call-to-visit"]["beijing"]
    # Beta(4, 46): the tenth and the ninetieth percentile.
    assert (low, high) == pytest.approx((0.036, 0.131), abs=0.001)


def test_threads_and_chunks_give_the_same_sums(found, monkeypatch):
    monkeypatch.setattr("sim.tornado.CHUNK", 70)
    with ThreadPoolExecutor(2) as threads:
        again = tornado(JOB, 300, executor=threads)
    assert np.array_equal(again.base, found.base)
    assert np.array_equal(again.moved, found.moved)


def test_stopped_half_way_there_is_no_tornado():
    assert tornado(JOB, 300, stop=iter([False, True, True]).__next__) is None


def test_futures_that_share_parameters_are_refused_in_words():
    with pytest.raises(ValueError, match="reps, engine: found 2"):
        tornado(replace(JOB, reps=2), 10)

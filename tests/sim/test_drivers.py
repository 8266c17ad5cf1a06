"""Claims about the drivers together: complete, honest about what is too rare, the same for all."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from sim.drivers import drivers
from tests.sim.test_samples import SCENARIO
from tests.sim.worlds import plan_for

PLAN = plan_for(SCENARIO)


@pytest.fixture(scope="module")
def found():
    return drivers(SCENARIO, PLAN, n=200, seed=7)


@pytest.fixture(scope="module")
def content(found):
    return json.loads(json.dumps(found.to_json(), allow_nan=False))


def chances(content):
    for bureau in content["bureaus"].values():
        yield from bureau["targets"].values()
        yield bureau["all_main"]
    yield from content["joint"]["at_least"].values()
    yield from content["joint"]["targets"].values()


def test_every_main_probability_has_drivers(content):
    assert content["bureaus"].keys() == {"north", "south"}
    for bureau in content["bureaus"].values():
        assert bureau["targets"].keys() == {"signed", "registered", "funds"}
    assert content["joint"]["at_least"].keys() == {"1", "2"}
    assert len(list(chances(content))) == 2 * 4 + 2 + 3


def test_every_figure_has_its_interval_around_it(content):
    for chance in chances(content):
        assert chance["low"] <= chance["p"] <= chance["high"]
        assert chance["ignorance"]["sd_low"] <= chance["ignorance"]["sd"]
        assert chance["ignorance"]["sd"] <= chance["ignorance"]["sd_high"]
        for bar in chance["levers"]:
            for part in ("low", "high", "swing"):
                assert bar[part]["low"] <= bar[part]["mean"] <= bar[part]["high"]
            assert bar["unclear"] == (bar["swing"]["low"] <= 0 <= bar["swing"]["high"])
        for worth in chance["records"]:
            assert 0 <= worth["low"] <= worth["share"] <= worth["high"] <= 1
        for contrast in chance["misses"] or ():
            assert contrast["low"] <= contrast["sd"] <= contrast["high"]


def test_every_month_says_which_limit_is_the_first_to_bind(content):
    for bureau in content["bureaus"].values():
        assert [month["until"] for month in bureau["limits"]] == [
            month["until"] for month in bureau["shortage"]["by_month"]
        ]
        for month in bureau["limits"]:
            futures = month["first"]["money"]["n"] * month["first"]["money"]["tails"]
            assert sum(found["k"] for found in month["first"].values()) == futures


def test_a_bureaus_drivers_are_its_own_and_what_all_share(content):
    for bureau, node in content["bureaus"].items():
        for entry in node["all_main"]["records"] + (node["all_main"]["misses"] or []):
            assert entry["bureau"] in (bureau, None)
    together = content["joint"]["at_least"]["1"]
    assert {x["bureau"] for x in together["records"]} == {"north", "south"}


def test_workers_change_no_byte(found, content):
    again = drivers(SCENARIO, PLAN, n=200, seed=7, workers=2)
    assert json.loads(json.dumps(again.to_json())) == content
    for name, replay in found.replays.items():
        pd.testing.assert_frame_equal(replay.events, again.replays[name].events)


def test_another_seed_gives_other_drivers(content):
    assert drivers(SCENARIO, PLAN, n=200, seed=8).to_json() != content


def test_more_calls_are_a_lever_and_worth_a_record(found):
    chance = found.chance("target", "north", "registered")
    lever = next(bar for bar in chance.levers if bar.assumption == "calls-per-month")
    assert lever.swing.low > 0
    assert next(x for x in chance.records if x.assumption == "calls-per-month").sd > 0
    calls = next(x for x in chance.misses if (x.kind, x.name) == ("outcome", "visits"))
    assert calls.high < 0


def test_progress_reaches_the_end():
    seen = []
    drivers(SCENARIO, PLAN, n=200, seed=7, progress=lambda done, total: seen.append((done, total)))
    assert seen == sorted(seen)
    assert seen[-1] == (1000, 1000)


def test_stopped_there_are_no_drivers():
    assert drivers(SCENARIO, PLAN, n=200, seed=7, stop=lambda: True) is None


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"n": 199}, "200 to 20000"),
        ({"n": 20_001}, "200 to 20000"),
        ({"workers": 0}, "1 to 64"),
        ({"seed": -1}, "whole number"),
        ({"by": "luck"}, "signed_yuan, score"),
    ],
)
def test_arguments_out_of_range_are_refused_in_words(wrong, words):
    with pytest.raises(ValueError, match=words):
        drivers(SCENARIO, PLAN, **{"n": 200, "seed": 1, **wrong})


def test_a_plan_of_another_scenario_is_refused():
    other = SCENARIO.model_copy(update={"id": "other"})
    with pytest.raises(ValueError, match="the plan belongs to a scenario"):
        drivers(other, PLAN, n=200, seed=1)

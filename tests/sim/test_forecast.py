"""Claims about the forecast: joint probabilities, scores, quantiles, refusals."""

from __future__ import annotations

import json
import pickle

import numpy as np
import pandas as pd
import pytest

from sim.forecast import forecast
from sim.outcome import LIMITS
from sim.results import Results
from sim.samples import Job, sample
from sim.summary import FAN
from tests.sim.test_model import BUSY
from tests.sim.worlds import plan_for, world

SCENARIO = world(
    {**BUSY, "contract-yuan": {"kind": "lognormal", "median": 3_000_000, "sigma": 0.8}},
    bureaus=("north", "south", "west"),
    lump_sum_yuan=60_000,
    per_diem_yuan=80,
)


@pytest.fixture(scope="module")
def result():
    return forecast(SCENARIO, plan_for(SCENARIO), n=60, seed=7, tails=4)


@pytest.fixture(scope="module")
def content(result):
    return json.loads(json.dumps(result.to_json(), allow_nan=False))


def test_every_probability_carries_k_n_and_an_interval_around_it(content):
    def walk(node):
        if isinstance(node, dict):
            if "p" in node:
                yield node
            for child in node.values():
                yield from walk(child)

    found = list(walk(content))
    assert len(found) > 40
    for node in found:
        assert node["n"] == 60
        assert node["tails"] in (1, 4)
        assert node["p"] == node["k"] / (node["n"] * node["tails"])
        assert 0 <= node["low"] <= node["p"] <= node["high"] <= 1


def test_joint_probabilities_lie_within_the_frechet_bounds(content):
    for bureau in content["bureaus"].values():
        marginals = [bureau["targets"][t]["p"] for t in ("signed", "registered")]
        joint = bureau["all_main"]["p"]
        assert max(0, sum(marginals) - 1) - 1e-12 <= joint <= min(marginals)


def test_at_least_k_falls_with_k_and_ends_in_the_joint(content):
    steps = [content["joint"]["at_least"][str(k)]["k"] for k in (1, 2, 3)]
    assert steps == sorted(steps, reverse=True)
    assert steps[-1] == content["joint"]["all_bureaus_main"]["k"]


def test_the_expected_number_of_bureaus_agrees_in_both_tables(content):
    by_count = sum(content["joint"]["at_least"][str(k)]["k"] for k in (1, 2, 3))
    assert by_count == sum(b["all_main"]["k"] for b in content["bureaus"].values())


def test_what_holds_a_bureau_back_adds_up_to_all_futures(content):
    for bureau in content["bureaus"].values():
        assert set(bureau["limits"]) == set(LIMITS)
        assert sum(limit["k"] for limit in bureau["limits"].values()) == 60


def test_grades_add_up_to_all_futures_under_every_reading(content):
    assert content["score"]["default"] == "share-of-total"
    assert list(content["score"]["readings"]) == ["share-of-total", "share-of-best", "pro-rata"]
    for reading in content["score"]["readings"].values():
        for bureau in reading.values():
            assert sum(grade["k"] for grade in bureau["grades"].values()) == 240
            assert sum(bureau["items"].values()) == pytest.approx(bureau["mean"], abs=4)


def test_a_bureau_whose_grade_differs_between_readings_is_named(result, content):
    whole = Results(SCENARIO, result.plan, sample(Job(SCENARIO, result.plan, 7, tails=4), 0, 60))
    grades = np.stack([sheet.grade for sheet in whole.sheets.values()])
    differs = (grades != grades[0]).any(axis=(0, 1, 2))
    assert content["score"]["grade_depends_on_reading"] == [
        bureau for bureau, x in zip(content["bureaus"], differs, strict=True) if x
    ]


def test_outcomes_hold_a_row_for_each_future_and_bureau(result, content):
    table = result.outcomes
    assert len(table) == 60 * 3
    mean = table.groupby("bureau")["signed_yuan"].mean()
    for bureau, node in content["bureaus"].items():
        assert mean[bureau] == pytest.approx(node["quantiles"]["signed_yuan"]["mean"], abs=1)
    hits = (table[table["bureau"] == "north"]["signed_yuan"] >= 10_000_000).sum()
    alone = forecast(SCENARIO, result.plan, n=60, seed=7, tails=1).to_json()
    assert hits == alone["bureaus"]["north"]["targets"]["signed"]["k"]


def test_funds_follow_the_basis_of_the_rules():
    half = world({**BUSY, "funds-realisation": 0.5}, lump_sum_yuan=60_000)
    data = half.model_dump()
    data["rules"]["funds"]["basis"] = "gross"
    gross = type(half).model_validate(data)
    fixed_funds = forecast(half, plan_for(half), n=20, seed=1).kept.funds_fen()
    gross_funds = forecast(gross, plan_for(gross), n=20, seed=1).kept.funds_fen()
    assert gross_funds.sum() > 0
    assert np.array_equal(fixed_funds, gross_funds // 2)


def test_two_workers_and_one_give_the_same_forecast(result):
    again = forecast(SCENARIO, plan_for(SCENARIO), n=60, seed=7, tails=4, workers=2)
    assert again.to_json() == result.to_json()


def test_the_law_gives_the_same_forecast_as_its_twin(result):
    law = forecast(SCENARIO, plan_for(SCENARIO), n=60, seed=7, tails=4, engine="simpy")
    assert {**law.to_json(), "engine": "kernel"} == result.to_json()


def test_chunks_add_up_to_the_same_forecast(result, monkeypatch):
    monkeypatch.setattr("sim.forecast.CHUNK", 7)
    again = forecast(SCENARIO, plan_for(SCENARIO), n=60, seed=7, tails=4)
    assert again.to_json() == result.to_json()
    pd.testing.assert_frame_equal(again.outcomes, result.outcomes)


def test_without_keeping_outcomes_the_tally_does_not_grow_with_the_futures():
    def size(n):
        found = forecast(SCENARIO, plan_for(SCENARIO), n=n, seed=1, tails=2, keep_outcomes=False)
        assert found.outcomes is None
        return len(pickle.dumps(found.tally))

    # Histograms fill up to what three digits can tell apart, and no further.
    assert size(16_000) < 1.5 * size(4_000)


def test_the_fan_ends_where_the_year_ends(result, content):
    signed = result.kept.samples.flow_fen[:, 0, 0].sum(axis=1) / 100
    median = np.quantile(signed, 0.5, method="inverted_cdf")
    last = content["bureaus"]["north"]["fan_yuan"]["signed"][-1]
    assert last[2] == pytest.approx(median, rel=0.006)
    assert last == sorted(last)


def test_the_fan_of_all_bureaus_is_of_their_sums_and_not_the_sum_of_their_fans(result, content):
    months = result.kept.samples.flow_fen.sum(axis=1).cumsum(axis=2) / 100
    for i, flow in enumerate(("signed", "funds")):
        fan = content["joint"]["fan_yuan"][flow]
        assert len(fan) == months.shape[2]
        for month, quantiles in enumerate(fan):
            expected = np.quantile(months[:, i, month], FAN, method="inverted_cdf")
            assert quantiles == pytest.approx(expected, rel=0.006)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [({"n": 0}, "at least 1"), ({"workers": 0}, "1 to 64"), ({"seed": -1}, "whole number")],
)
def test_arguments_out_of_range_are_refused_in_words(wrong, words):
    with pytest.raises(ValueError, match=words):
        forecast(SCENARIO, plan_for(SCENARIO), **{"n": 5, "seed": 1, **wrong})


def test_days_at_post_can_be_scored():
    data = SCENARIO.model_dump()
    data["assessment"]["items"] = [
        {
            "id": "presence",
            "label": {"zh": "在岗", "en": "presence"},
            "weight": 10,
            "metric": "presence_days",
            "rule": {"kind": "tier-table", "steps": [{"at_least": 150, "points": 8}]},
        }
    ]
    scored = type(SCENARIO).model_validate(data)
    sheets = forecast(scored, plan_for(scored), n=3, seed=1).kept.sheets
    # Two persons on 92 days: 184 days at post.
    assert np.all(sheets["as-stated"].total == 8)


def test_a_bureau_without_any_item_has_no_score_and_no_grade():
    data = SCENARIO.model_dump()
    for item in data["assessment"]["items"]:
        item["applies_to"] = ["north", "south"]
    partly = type(SCENARIO).model_validate(data)
    content = forecast(partly, plan_for(partly), n=5, seed=1).to_json()
    json.dumps(content, allow_nan=False)
    for reading in content["score"]["readings"].values():
        assert [reading["west"][key] for key in ("mean", "p10", "p50", "p90")] == [None] * 4
        assert sum(grade["k"] for grade in reading["west"]["grades"].values()) == 0
        assert reading["north"]["mean"] is not None

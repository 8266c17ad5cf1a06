"""The scores' study in small: it finds a calibrated forecast calibrated, and wrong ones wrong."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from benchmarks.scores import (
    FAR,
    RARE,
    brier_figure,
    coverage,
    evenness,
    parts,
    reliability,
    years,
)
from scenarios.load import load_scenario
from sim.forecast import forecast
from tests.dashboards.sample import plan_of

YEARS = 60


@pytest.fixture(scope="module")
def bole():
    return load_scenario("bole-2023")


@pytest.fixture(scope="module")
def made(bole):
    return forecast(bole, plan_of(bole), n=4000, seed=11, keep_outcomes=False)


def wider(told, factor):
    """The same middle, every quantile further from it by a factor."""
    found = {}
    for name, values in told.items():
        middle = values[49]
        found[name] = [max(0.0, middle + factor * (x - middle)) for x in values]
    return found


def altered(data, factor, shift):
    """A forecast with too wide or narrow quantiles and probabilities that are off."""
    bureaus = {
        b: own
        | {
            "targets": {
                k: t | {"p": float(np.clip(t["p"] + shift, 0, 1))}
                for k, t in own["targets"].items()
            }
        }
        for b, own in data["bureaus"].items()
    }
    spread = data["distribution"]
    spread = spread | {
        "bureaus": {b: wider(own, factor) for b, own in spread["bureaus"].items()},
        "all": wider(spread["all"], factor),
    }
    return data | {"bureaus": bureaus, "distribution": spread}


@pytest.mark.long
def test_the_forecast_of_hidden_years_is_calibrated_from_end_to_end(bole, made):
    targets, ends = years(bole, plan_of(bole), made.to_json(), range(YEARS))
    figures = [brier_figure(targets), *reliability(targets), *coverage(ends, made)]
    even = evenness(ends)
    figures += [mean for _, mean, _ in even.values()]
    assert {x.name: x.far for x in figures if x.far > FAR} == {}
    assert {name: test.p for name, (_, _, test) in even.items() if test.p < RARE} == {}
    assert sum(x.n for x in reliability(targets)) == len(targets)
    assert all(x.low <= x.value <= x.high for x in figures)
    # Groups of probabilities tell targets apart far better than chance.
    assert parts(targets).resolution > 10 * parts(targets).reliability


@pytest.mark.long
def test_a_forecast_that_is_off_is_found_out(bole, made):
    told = altered(made.to_json(), 0.4, 0.2)
    targets, ends = years(bole, plan_of(bole), told, range(YEARS))
    assert max(x.far for x in reliability(targets)) > FAR
    assert max(x.far for x in coverage(ends, made)) > FAR
    assert min(test.p for _, _, test in evenness(ends).values()) < RARE


def test_the_reliability_table_knows_that_targets_of_one_year_fall_together():
    rng = np.random.default_rng(1)
    came = np.repeat(rng.random(200) < 0.8, 6)
    frame = pd.DataFrame({"year": np.repeat(np.arange(200), 6), "p": 0.8, "came": came})
    frame["state"] = np.where(frame["came"], "reached", "missed")
    (together,) = reliability(frame)
    apart = frame.assign(state=np.where(rng.random(1200) < 0.8, "reached", "missed"))
    (alone,) = reliability(apart)
    assert together.n == alone.n == 1200
    assert together.high - together.low > 1.8 * (alone.high - alone.low)


def test_the_brier_score_of_calibrated_probabilities_is_what_is_expected():
    rng = np.random.default_rng(2)
    p = rng.random((400, 5)).ravel()
    frame = pd.DataFrame({"year": np.repeat(np.arange(400), 5), "p": p})
    frame["brier"] = (p - (rng.random(2000) < p)) ** 2
    figure = brier_figure(frame)
    assert figure.low < 1 / 6 < figure.high
    assert figure.far < FAR
    assert brier_figure(frame.assign(brier=(p - (rng.random(2000) < 0.5)) ** 2)).far > FAR

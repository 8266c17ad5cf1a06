"""What came against what was said: from a demo ledger whose year is known."""

from __future__ import annotations

import json
from copy import deepcopy
from datetime import timedelta

import numpy as np
import pandas as pd
import pytest

from scenarios.ledger.standing import metrics, standing
from scenarios.load import load_scenario
from sim.demo import NO_NOISE, ledger_of
from sim.forecast import forecast
from sim.hidden import hidden_year
from sim.nowcast import nowcast
from sim.scoring import brier, quantile_score
from sim.verdict import ALL, verdict
from tests.dashboards.sample import plan_of

COUNTED = {
    "signed_yuan": lambda x: x.signed_fen / 100,
    "registered": lambda x: x.registered,
    "started": lambda x: x.started,
    "funds_gross_yuan": lambda x: x.funds_gross_fen / 100,
    "inspections_principal": lambda x: x.visits_principal,
    "inspections_deputy": lambda x: x.visits_deputy,
    "inspections": lambda x: x.visits_principal + x.visits_deputy,
    "events": lambda x: x.events,
    "events_led": lambda x: x.events_led,
    "liaison_items": lambda x: x.liaison_items,
}


@pytest.fixture(scope="module")
def bole():
    return load_scenario("bole-2023")


@pytest.fixture(scope="module")
def year(bole):
    hidden = hidden_year(bole, plan_of(bole), seed=5)
    return hidden, ledger_of(bole, plan_of(bole), hidden, NO_NOISE)


@pytest.fixture(scope="module")
def january(bole):
    return forecast(bole, plan_of(bole), n=400, seed=1, tails=4, keep_outcomes=False).to_json()


@pytest.fixture(scope="module")
def june(bole, year):
    day = bole.horizon.start.replace(month=6, day=30)
    return nowcast(bole, plan_of(bole), year[1], day, n=400, seed=1, tails=4).to_json()


@pytest.fixture(scope="module")
def whole(bole, year, january, june):
    return verdict(bole, year[1], bole.horizon.end, [june, january])


def test_every_metric_of_the_ledger_is_what_truly_happened(bole, year):
    hidden, ledger = year
    found = metrics(ledger, bole, bole.horizon.end)
    for name, counted in COUNTED.items():
        true = [counted(own) for own in hidden.outcome.bureaus]
        assert found[name] == pytest.approx(true), name


def test_what_came_up_to_a_month_is_known_later_too(bole, year):
    _, ledger = year
    then = bole.horizon.start.replace(month=6, day=30)
    late = standing(ledger, bole, bole.horizon.end, until=then)
    assert (late.gross_yuan == standing(ledger, bole, then).gross_yuan).all()
    assert (late.gross_yuan <= standing(ledger, bole, bole.horizon.end).gross_yuan).all()


def test_at_the_years_end_every_target_of_every_forecast_is_decided_and_scored(bole, year, whole):
    n = sum(len(bole.targets_of(b.id)) for b in bole.organisation.bureaus)
    assert whole.over
    assert whole.targets.groupby("as_of").size().tolist() == [n, n]
    assert set(whole.targets["state"]) == {"reached", "missed"}
    hit = whole.targets["came"] >= whole.targets["minimum"]
    assert ((whole.targets["state"] == "reached") == hit).all()
    assert whole.targets["brier"].to_numpy() == pytest.approx(brier(whole.targets["p"], hit))
    assert np.isfinite(whole.targets["log"]).all()


def test_the_forecast_made_before_the_year_comes_first(bole, whole):
    before = bole.horizon.start - timedelta(days=1)
    assert [x["as_of"] for x in whole.by_date()] == [before.isoformat(), "2023-06-30"]


def test_ends_are_scored_against_the_whole_distribution(bole, january, whole):
    told = january["distribution"]
    own = whole.ends[(whole.ends["as_of"] == "2022-12-31") & (whole.ends["measure"] == "started")]
    assert own["bureau"].tolist() == [*(b.id for b in bole.organisation.bureaus), ALL]
    for row in own.to_dict("records"):
        values = told["all"] if row["bureau"] == ALL else told["bureaus"][row["bureau"]]
        values = values["started"]
        assert row["score"] == pytest.approx(quantile_score(values, told["at"], row["came"]))
        assert row["within_80"] == (values[9] <= row["came"] <= values[89])
        assert row["pit_low"] <= np.mean(np.array(values) < row["came"]) + 0.011
    assert own["came"].iloc[-1] == own["came"].iloc[:-1].sum()


def test_a_file_without_distribution_is_scored_by_its_three_quantiles(bole, year, january):
    old = deepcopy(january)
    del old["distribution"], old["joint"]["fan_yuan"]
    found = verdict(bole, year[1], bole.horizon.end, [old])
    assert set(found.ends["levels"]) == {3}
    assert ALL not in set(found.ends["bureau"]) | set(found.months["bureau"])
    assert found.ends["within_50"].isna().all()
    assert found.ends["within_80"].notna().all()
    assert found.by_date()[0]["ends"]["signed_yuan"]["bureaus"]["within_50"] is None


def test_a_year_under_way_scores_only_months_that_are_over(bole, year, january):
    day = bole.horizon.start.replace(month=4, day=29)
    found = verdict(bole, year[1], day, [january])
    assert not found.over
    assert sorted(set(found.months["month"])) == ["2023-01-31", "2023-02-28", "2023-03-31"]
    assert found.ends.empty
    assert found.calibration().empty
    assert found.targets["brier"].isna().all()
    assert "missed" not in set(found.targets["state"])
    assert "brier" not in found.by_date()[0]["targets"]


def test_a_target_that_was_reached_early_is_told_and_not_scored(bole, year, january):
    targets = tuple(t.model_copy(update={"minimum": 0}) for t in bole.targets)
    easy = bole.model_copy(update={"targets": targets})
    found = verdict(easy, year[1], bole.horizon.start.replace(month=3), [january])
    state = found.targets.set_index(["bureau", "target"])["state"]
    assert "reached" in set(state)
    assert found.targets["brier"].isna().all()


def test_a_nowcast_is_not_praised_for_months_it_knew(whole):
    later = whole.months[whole.months["as_of"] == "2023-06-30"]
    assert later["month"].min() == "2023-07-31"


def test_a_forecast_that_knew_the_day_is_left_out(bole, year, june):
    assert (
        verdict(bole, year[1], bole.horizon.start.replace(month=6, day=30), [june]).by_date() == []
    )


def test_months_of_every_forecast_are_the_same_months(whole):
    january, june = whole.by_date()
    n = [x["months_of_every_forecast"]["signed_yuan"]["bureaus"]["n"] for x in (january, june)]
    assert n == [4 * 6, 4 * 6]
    assert january["months"]["signed_yuan"]["bureaus"]["n"] == 4 * 12


def test_months_add_up_to_the_years_end(whole):
    last = whole.months[whole.months["month"] == "2023-12-31"].set_index(["as_of", "bureau"])
    ends = whole.ends.set_index(["as_of", "bureau"])
    for measure in ("signed_yuan", "funds_gross_yuan"):
        one, other = (x[x["measure"] == measure]["came"].sort_index() for x in (last, ends))
        pd.testing.assert_series_equal(one, other)


def test_an_amount_that_is_certain_is_covered_and_costs_nothing(bole, year, whole, june):
    """Quantiles are kept to three digits: what is known to the fen must not count as missed."""
    sure = deepcopy(june)
    came = whole.ends[whole.ends["as_of"] == "2023-06-30"].set_index(["bureau", "measure"])["came"]
    at = sure["distribution"]["at"]
    for bureau, told in sure["distribution"]["bureaus"].items():
        for measure in told:
            value = float(f"{came[bureau, measure]:.3g}")
            told[measure] = [value] * len(at)
    found = verdict(bole, year[1], bole.horizon.end, [sure]).ends
    own = found[found["bureau"] != ALL]
    assert own["within_50"].all()
    assert own["score"].to_numpy() == pytest.approx(0)


def test_a_day_before_the_horizon_is_refused(bole, year, january):
    with pytest.raises(ValueError, match="allowed: from 2023-01-01"):
        verdict(bole, year[1], bole.horizon.start - timedelta(days=1), [january])


def test_the_data_is_plain(whole):
    said = json.loads(json.dumps(whole.to_json(), allow_nan=False))
    assert said["over"] is True
    assert len(said["targets"]) == len(whole.targets)
    assert said["calibration"][0]["as_of"] == "2022-12-31"
    assert sum(x["n"] for x in said["calibration"]) == len(whole.targets)

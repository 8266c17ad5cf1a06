"""Calibration: what a scenario learns from a year that its own law has simulated."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from scipy.special import betainc, ndtr
from scipy.stats import chisquare

from scenarios.assumptions import Beta, Discrete, Fixed, LogNormal
from scenarios.ledger import TABLES, read_ledger
from scenarios.ledger.files import append
from scenarios.load import load_scenario
from sim.calibrate import calibrate, calibrated
from sim.calibration import Calibration
from sim.closing import Closing
from sim.samples import Job, sample
from sim.side import carried_over
from tests.sim.told import Told, told
from tests.sim.worlds import Distribution, leave, plan_for, visit, world

DAY = 150
LAW = Closing(0.5, 60.0)

PRIORS: dict[str, Distribution] = {
    "calls-per-month": {"kind": "lognormal", "median": 25, "sigma": 0.4},
    "call-to-lead": {"kind": "beta", "a": 12, "b": 12},
    "call-to-visit": {"kind": "beta", "a": 5, "b": 20},
    "regional-multiplier": {"kind": "lognormal", "median": 1, "sigma": 0.2},
    "visit-to-contract": {"kind": "beta", "a": 6, "b": 12},
    "year-climate": {"kind": "lognormal", "median": 1, "sigma": 0.2},
    "contract-to-registered": {"kind": "beta", "a": 16, "b": 4},
    "contract-to-started": {"kind": "beta", "a": 10, "b": 6},
    "contract-yuan": {"kind": "lognormal", "median": 6e7, "sigma": 1.1},
    "opening-pipeline": 1,
    "contact-delay-days": {"kind": "triangular", "low": 1, "mode": 5, "high": 14},
    "queue-patience-days": {"kind": "lognormal", "median": 30, "sigma": 0.5},
    "visit-delay-days": {"kind": "lognormal", "median": 35, "sigma": 0.7},
    "booking-patience-days": {"kind": "lognormal", "median": 75, "sigma": 0.5},
    "unit-delay-days": {"kind": "lognormal", "median": 20, "sigma": 0.6},
    "contract-delay-days": {"kind": "lognormal", "median": 90, "sigma": 0.7},
    "registration-delay-days": {"kind": "lognormal", "median": 30, "sigma": 0.6},
    "start-delay-days": {"kind": "lognormal", "median": 60, "sigma": 0.6},
}


def year(bureaus: tuple[str, ...] = ("north",), persons: int = 2, **other: Distribution):
    """Return a scenario of a year with what nobody has measured, and a plan."""
    given = {**PRIORS, **{name.replace("_", "-"): x for name, x in other.items()}}
    # Leads wait for nobody: all groups have seats to spare, as calibration takes them to have.
    scenario = world(given, days=365, bureaus=bureaus, persons=persons)
    visits = (visit(scenario, 60, seats=40), visit(scenario, 130, seats=40))
    return scenario, plan_for(scenario, (leave(scenario, f"{bureaus[0]}-0", 20),), visits)


def learned_from(what: Told, scenario, plan, **options) -> Calibration:
    return calibrated(what.leads, what.calls, scenario, plan, what.as_of, **options)


def test_without_records_the_scenario_stays_the_same_to_the_last_bit() -> None:
    scenario, plan = year()
    what = told(scenario, plan, 0, DAY)
    found = calibrated(what.leads.iloc[:0], what.calls.iloc[:0], scenario, plan, what.as_of)
    assert found.scenario.content_hash == scenario.content_hash
    assert not any(finding.learned for finding in found.findings)
    assert all(finding.prior == finding.posterior for finding in found.findings)
    assert found.log_odds_heavy is None


def test_before_the_first_day_nothing_is_learned() -> None:
    scenario, plan = year()
    what = told(scenario, plan, 0, DAY)
    early = scenario.horizon.start - timedelta(days=1)
    found = calibrated(what.leads.iloc[:0], what.calls, scenario, plan, early)
    assert found.scenario.content_hash == scenario.content_hash


@pytest.mark.parametrize("tail", ["lognormal", "heavy"])
def test_the_order_of_records_does_not_matter(tail) -> None:
    scenario, plan = year(("north", "south"))
    what = told(scenario, plan, 0, 250, LAW)
    found = learned_from(what, scenario, plan, tail=tail)
    leads, calls = (x.sample(frac=1, random_state=3) for x in (what.leads, what.calls))
    again = calibrated(leads, calls, scenario, plan, what.as_of, tail=tail)
    assert again.scenario.content_hash == found.scenario.content_hash
    assert again.findings == found.findings
    assert found.scenario.content_hash != scenario.content_hash


def test_many_records_bring_out_the_truth() -> None:
    sure = {"kind": "fixed", "value": 1}
    scenario, plan = year(
        persons=9,
        calls_per_month={"kind": "lognormal", "median": 120, "sigma": 0.5},
        call_to_visit={"kind": "beta", "a": 2, "b": 4},
        visit_to_contract={"kind": "beta", "a": 2, "b": 2},
        regional_multiplier=sure,
        year_climate=sure,
        contact_delay_days=sure,
        visit_delay_days={"kind": "fixed", "value": 10},
        contract_delay_days={"kind": "fixed", "value": 20},
        registration_delay_days={"kind": "fixed", "value": 10},
        start_delay_days={"kind": "fixed", "value": 10},
    )
    what = told(scenario, plan, 4, 360, LAW)
    own = what.future.bureaus[0].parameters
    found = learned_from(what, scenario, plan)
    true = {
        "calls-per-month": 365e6 / 12 / own.opening_gap_micro,
        "call-to-lead": own.qualified / 2**32,
        "call-to-visit": own.visit / 2**32,
        "visit-to-contract": own.contract / 2**32,
        "contract-to-registered": own.registered / 2**32,
        "contract-to-started": own.started / 2**32,
    }
    for finding in found.findings:
        if finding.assumption in true:
            spread = (finding.posterior.p90 - finding.posterior.p10) / 2.56
            assert finding.n > 25, finding.assumption
            assert spread < 0.7 * (finding.prior.p90 - finding.prior.p10) / 2.56
            assert finding.posterior.mean == pytest.approx(true[finding.assumption], abs=3 * spread)


def test_what_is_fixed_stays_fixed() -> None:
    scenario, plan = year(call_to_lead=0.5, contract_to_registered=0.8, year_climate=1)
    found = learned_from(told(scenario, plan, 0, 250), scenario, plan)
    for name in ("call-to-lead", "contract-to-registered", "year-climate", "regional-multiplier"):
        assert isinstance(found.scenario.assumptions[name].of("north"), Fixed)
    assert found.scenario.assumptions["call-to-lead"] == scenario.assumptions["call-to-lead"]


def test_only_the_product_of_share_and_regional_factor_is_learned_and_it_says_so() -> None:
    scenario, plan = year(("north", "south"))
    what = told(scenario, plan, 0, DAY)
    leads = what.leads[what.leads["bureau"] == "north"]
    found = calibrated(leads, what.calls, scenario, plan, what.as_of)
    factor = found.scenario.assumptions["regional-multiplier"]
    assert factor.by_bureau == {"north": Fixed(value=1.0)}
    assert "only the product can be learned" in factor.source
    assert f"calibrated on {len(leads)} records up to {what.as_of}" in factor.source
    visit_share = found.scenario.assumptions["call-to-visit"]
    assert list(visit_share.by_bureau) == ["north"], "south has no lead: its prior stays"


def test_one_year_for_all_is_learned_once_and_keeps_each_bureaus_odds() -> None:
    scenario, plan = year(("north", "south"))
    items = tuple(
        item.model_copy(update={"scope": "shared"}) if item.id == "year-climate" else item
        for item in scenario.assumptions.items
    )
    assumed = scenario.assumptions.model_copy(update={"items": items})
    shared = scenario.model_copy(update={"assumptions": assumed})
    plan = carried_over(plan, shared)
    what = told(shared, plan, 0, 300, LAW)
    found = learned_from(what, shared, plan)
    climate = found.scenario.assumptions["year-climate"]
    assert climate.by_bureau == {}
    assert climate.distribution != shared.assumptions["year-climate"].distribution
    rows = [x for x in found.findings if x.assumption == "year-climate"]
    assert rows[0].posterior == rows[1].posterior
    assert rows[0].n == rows[1].n > 0


def test_leaving_open_leads_out_makes_shares_look_too_high() -> None:
    scenario, plan = year()
    whole = partly = true = 0.0
    for index in range(12):
        what = told(scenario, plan, index, DAY)
        own = what.future.bureaus[0].parameters
        true += own.visit / own.qualified / 12
        for complete in (False, True):
            found = learned_from(what, scenario, plan, complete_only=complete)
            by = {x.assumption: x.posterior.mean for x in found.findings}
            share = by["call-to-visit"] / by["call-to-lead"] / 12
            whole, partly = (whole, partly + share) if complete else (whole + share, partly)
    assert whole == pytest.approx(true, rel=0.12)
    assert partly > 1.3 * true


def test_pooling_lets_a_bureau_without_records_learn() -> None:
    scenario, plan = year(("north", "south"))
    what = told(scenario, plan, 1, 250)
    leads, calls = (x[x["bureau"] == "north"] for x in (what.leads, what.calls))
    apart = calibrated(leads, calls, scenario, plan, what.as_of)
    pooled = calibrated(leads, calls, scenario, plan, what.as_of, pooling=0.5)
    assert {x.assumption for x in apart.findings if x.bureau == "south" and x.learned} == {
        "contract-yuan",
        "visit-delay-days",
        "contract-delay-days",
        "registration-delay-days",
        "start-delay-days",
    }, "what all bureaus assume alike, all learn"
    south = {x.assumption for x in pooled.findings if x.bureau == "south" and x.learned}
    assert {"calls-per-month", "call-to-lead", "call-to-visit", "visit-to-contract"} <= south


def test_contracts_that_all_bureaus_learn_from_are_counted_once() -> None:
    scenario, plan = year(("north", "south"))
    what = told(scenario, plan, 1, 300)
    found = learned_from(what, scenario, plan)
    [n, same] = [x.n for x in found.findings if x.assumption == "contract-yuan"]
    assert n == same > 0
    source = found.scenario.assumptions["contract-yuan"].source
    assert f"calibrated on {n} records" in source


def test_the_heavy_tail_is_a_switch() -> None:
    scenario, plan = year()
    what = told(scenario, plan, 0, 300)
    kinds = [
        type(learned_from(what, scenario, plan, tail=tail).scenario.assumptions["contract-yuan"]
             .of("north"))
        for tail in ("lognormal", "heavy")
    ]  # fmt: skip
    assert kinds == [LogNormal, Discrete]


def test_what_was_learned_forecasts_what_was_seen() -> None:
    scenario, plan = year()
    for index in range(3):
        what = told(scenario, plan, index, DAY)
        found = learned_from(what, scenario, plan)
        rest = found.scenario.model_copy(
            update={"horizon": scenario.horizon.model_copy(update={"end": what.as_of})}
        )
        again = sample(Job(rest, plan_for(rest, (), plan.visits), 5), 0, 400)
        seen = {"calls": len(what.calls), "signed": int((what.leads["signed"] <= DAY).sum())}
        for name, count in seen.items():
            low, high = np.quantile(again.of(name)[:, 0], [0.005, 0.995])
            assert low <= count <= high, f"{name} of year {index}: {count}, {low} to {high}"


def ledger_rows(scenario) -> dict[str, list[dict[str, str]]]:
    bureau = scenario.organisation.bureaus[0]
    rows: dict[str, list[dict[str, str]]] = {"calls": [], "leads": [], "visits": []}
    for k in range(24):
        day = date(2024, 7, 2) + timedelta(days=k)
        person = bureau.persons[0].id
        rows["calls"].append({"person": person, "company": f"c{k}", "date": str(day)})
        if k % 3 == 0:
            when, chain = str(day + timedelta(days=1)), scenario.organisation.chains[0].id
            own = {"lead": f"l{k}", "company": f"c{k}", "bureau": bureau.id, "chain": chain}
            rows["leads"].append({**own, "source": "call", "date": when})
        if k % 6 == 0:
            late = str(day + timedelta(days=20))
            rows["visits"].append({"lead": f"l{k}", "mode": "single", "date": late})
    return rows


def written(folder, scenario, turned: bool, twice: bool):
    number = iter(range(1000))
    for name, rows in ledger_rows(scenario).items():
        told_rows = [*rows, *rows] if twice else rows
        for row in reversed(told_rows) if turned else told_rows:
            table = TABLES[name]
            blank = dict.fromkeys(table.names, "")
            own = {"entry": f"e{next(number)}", "recorded": row["date"], **row}
            append(folder, table, [blank | own])
    return read_ledger(folder, scenario, today=date(2024, 9, 30))


def test_duplicates_and_order_of_ledger_rows_do_not_matter(tmp_path) -> None:
    scenario = load_scenario("minimal")
    plan = plan_for(scenario)
    found = [
        calibrate(
            written(tmp_path / f"{turned}{twice}", scenario, turned, twice),
            scenario,
            plan,
            date(2024, 8, 31),
        )
        for turned, twice in ((False, False), (True, False), (False, True), (True, True))
    ]
    assert len({x.scenario.content_hash for x in found}) == 1
    by = {x.assumption: x.n for x in found[0].findings if x.learned}
    assert (by["calls-per-month"], by["call-to-visit"], by["visit-to-contract"]) == (24, 8, 4)


def whole_ranks(n: int, **options) -> dict[str, list[float]]:
    """Return where the truth lies in what was learned, for futures of the scenario."""
    sure = {"kind": "fixed", "value": 1}
    scenario, plan = year(regional_multiplier=sure, year_climate=sure)
    found: dict[str, list[float]] = {}
    for index in range(n):
        what = told(scenario, plan, index, DAY, LAW)
        learned = learned_from(what, scenario, plan, **options).scenario.assumptions
        own = what.future.bureaus[0].parameters
        true = {
            "calls-per-month": 365e6 / 12 / own.opening_gap_micro,
            "call-to-lead": own.qualified / 2**32,
            "call-to-visit": own.visit / 2**32,
            "visit-to-contract": own.contract / 2**32,
            "contract-to-registered": own.registered / 2**32,
        }
        for name, value in true.items():
            match learned[name].of("north"):
                case Beta(a=a, b=b):
                    rank = float(betainc(a, b, value))
                case LogNormal(median=median, sigma=sigma):
                    rank = float(ndtr(np.log(value / median) / sigma))
            found.setdefault(name, []).append(rank)
    return found


@pytest.mark.long
def test_truths_lie_evenly_in_what_was_learned_of_simulated_years() -> None:
    for name, found in whole_ranks(200).items():
        counts = np.histogram(found, 10, (0, 1))[0]
        assert chisquare(counts).pvalue > 0.001, f"{name}: {counts}"


@pytest.mark.long
def test_truths_do_not_lie_evenly_where_open_leads_are_left_out() -> None:
    found = whole_ranks(100, complete_only=True)["call-to-visit"]
    assert chisquare(np.histogram(found, 10, (0, 1))[0]).pvalue < 1e-6


def test_a_calibration_is_plain_data() -> None:
    scenario, plan = year()
    said = learned_from(told(scenario, plan, 0, DAY), scenario, plan).to_json()
    assert pd.DataFrame(said["findings"])["assumption"].nunique() == len(scenario.assumptions.items)
    assert said["findings"][0]["learned_from"].keys() == {"zh", "en"}

"""Claims about a year taken up from a ledger: what happened is fact, and only the rest is drawn."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from scenarios.ledger import Ledger
from scenarios.ledger.remarks import remarks
from scenarios.load import load_scenario
from sim.demo import NO_NOISE, Noise, ledger_of
from sim.forecast import forecast
from sim.hidden import hidden_year
from sim.nowcast import content_hash, nowcast
from sim.outcome import COLUMNS, SPEND_HEADS
from sim.revision import MEASURES, revision
from sim.samples import Job, sample
from sim.taking_up import taken_up
from tests.dashboards.sample import plan_of

DAYS = (date(2023, 1, 31), date(2023, 3, 31), date(2023, 8, 16), date(2023, 12, 30))
COUNTED = {
    "call": "calls",
    "visit_principal": "visits_principal",
    "visit_deputy": "visits_deputy",
    "visit_group": "visits_group",
    "visit_unit": "visits_unit",
    "signed": "signed",
    "registered": "registered",
    "started": "started",
    "event_signed": "event_signed",
    "event_started": "event_started",
    "screened_out": "screened_out",
}
"""Field of an outcome by event of the log that adds one to it."""
IN_GROUPS = ("visit_principal", "visit_deputy", "visit_group")


@pytest.fixture(scope="module")
def bole():
    return load_scenario("bole-2023")


@pytest.fixture(scope="module")
def plan(bole):
    return plan_of(bole)


@pytest.fixture(scope="module")
def years(bole, plan):
    return [hidden_year(bole, plan, seed=11, index=index) for index in range(3)]


@pytest.fixture(scope="module")
def ledgers(bole, plan, years):
    return [ledger_of(bole, plan, year) for year in years]


@pytest.fixture(scope="module")
def march(bole, plan, ledgers):
    return nowcast(bole, plan, ledgers[0], date(2023, 3, 31), n=200, tails=2, seed=5)


def facts_of(state):
    return dict(zip(COLUMNS, state.facts, strict=True))


@pytest.mark.parametrize("as_of", DAYS, ids=str)
def test_what_is_taken_up_is_the_hidden_year_so_far(bole, plan, years, ledgers, as_of):
    day = (as_of - bole.horizon.start).days
    for year, ledger in zip(years, ledgers, strict=True):
        states = taken_up(bole, plan, ledger, as_of)
        for bureau, case, state in zip(bole.organisation.bureaus, year.cases, states, strict=True):
            # The law counts a visit on its first day, a ledger once it is over.
            over = {window.start: window.end for window in case.windows}
            log = [
                e
                for e in year.events
                if e[2] == bureau.id and (e[0] if e[1] not in IN_GROUPS else over[e[0]]) <= day
            ]
            happened, facts = Counter(kind for _, kind, *_ in log), facts_of(state)
            for kind, column in COUNTED.items():
                assert facts[column] == happened[kind], (bureau.id, kind)
            signed, funds = (sum(int(e[4]) for e in log if e[1] == k) for k in ("signed", "funds"))
            assert facts["signed_fen"] == sum(state.signed_month_fen) == signed
            assert sum(state.funds_month_fen) == funds
            assert facts["funds_gross_fen"] == funds + state.carried_fen
            spent = Counter()
            for e in log:
                if e[1] == "spent":
                    head, amount = e[4].split()
                    spent[head] += int(amount)
            found = {h: sum(x) for h, x in zip(SPEND_HEADS, state.spend_fen, strict=True)}
            assert found == {head: spent[head] for head in SPEND_HEADS}


def test_an_open_lead_is_one_that_has_not_visited_nor_was_lost(bole, plan, ledgers):
    as_of = date(2023, 6, 30)
    for ledger in ledgers:
        known = ledger.as_of(as_of).tables
        closed = set().union(*(known[name]["lead"] for name in ("visits", "contracts", "losses")))
        open_leads = known["leads"][~known["leads"]["lead"].isin(closed)]
        expected = open_leads["bureau"].value_counts()
        for bureau, state in zip(
            bole.organisation.bureaus, taken_up(bole, plan, ledger, as_of), strict=True
        ):
            found = [x for x in state.open_leads if x.known]
            assert len(found) == expected.get(bureau.id, 0)
            for lead in found:
                assert all(
                    lead.called + delay + patience >= 0 for delay, patience, _ in lead.triples
                )


def test_both_engines_go_on_alike_from_a_ledger(bole, plan, ledgers):
    for as_of in DAYS[:3]:
        states = taken_up(bole, plan, ledgers[1], as_of)
        by_kernel, by_law = (
            sample(Job(bole, plan, 3, tails=2, own=True, engine=engine, states=states), 0, 3)
            for engine in ("kernel", "simpy")
        )
        assert by_kernel.equals(by_law)


def test_facts_stay_facts_in_every_future(bole, plan, ledgers):
    states = taken_up(bole, plan, ledgers[2], date(2023, 9, 30))
    drawn = sample(Job(bole, plan, 1, states=states), 0, 200)
    for column in ("signed_fen", "registered", "started", "funds_gross_fen", "calls"):
        facts = [facts_of(state)[column] for state in states]
        assert (drawn.of(column) >= facts).all()
        assert (drawn.of(column).min(axis=0) < drawn.of(column).max(axis=0)).any()


def test_on_the_last_day_but_one_the_nowcast_is_nearly_the_year(bole, plan, years, ledgers):
    for year, ledger in zip(years, ledgers, strict=True):
        states = taken_up(bole, plan, ledger, date(2023, 12, 30))
        drawn = sample(Job(bole, plan, 1, states=states), 0, 100)
        for name in ("signed_fen", "registered"):
            truth = np.array([getattr(own, name) for own in year.outcome.bureaus])
            facts = np.array([facts_of(state)[name] for state in states])
            middle = np.median(drawn.of(name), axis=0)
            assert ((facts <= middle) & (middle <= truth)).all()
            assert (facts == truth).mean() >= 0.75


@pytest.mark.parametrize(
    "as_of", [date(2022, 12, 31), date(2023, 12, 31), date(2024, 2, 1)], ids=str
)
def test_a_day_that_leaves_nothing_to_simulate_is_refused(bole, plan, ledgers, as_of):
    with pytest.raises(ValueError, match="allowed: 2023-01-01 to 2023-12-30"):
        taken_up(bole, plan, ledgers[0], as_of)


def test_order_duplicates_and_slips_that_were_mended_change_nothing(bole, plan, years, march):
    year, day = years[0], date(2023, 3, 31)
    clean = ledger_of(bole, plan, year, NO_NOISE)
    tables = {name: rows.sample(frac=1, random_state=2) for name, rows in clean.tables.items()}
    turned = Ledger(tables, (), remarks(tables))
    assert content_hash(turned.as_of(day)) == content_hash(clean.as_of(day))
    again = nowcast(bole, plan, turned, day, n=200, tails=2, seed=5)
    assert again.to_json() == march.to_json()
    twice = {
        name: rows.loc[rows.index.repeat(2)].reset_index(drop=True)
        for name, rows in clean.tables.items()
    }
    for rows in twice.values():
        rows.loc[1::2, "entry"] += "-again"
    doubled = Ledger(twice, (), remarks(twice))
    assert taken_up(bole, plan, doubled, day) == taken_up(bole, plan, clean, day)


def test_rows_recorded_later_are_not_known_yet(bole, plan, years):
    late = ledger_of(bole, plan, years[1], Noise(delayed=1, back_dated=9))
    early, day = ledger_of(bole, plan, years[1]), date(2023, 6, 30)
    fewer = taken_up(bole, plan, late, day)
    for some, more in zip(fewer, taken_up(bole, plan, early, day), strict=True):
        assert facts_of(some)["calls"] <= facts_of(more)["calls"]
    assert fewer != taken_up(bole, plan, early, day)


def test_a_nowcast_tells_where_the_year_stands(bole, march, ledgers):
    told = march.to_json()
    assert told["as_of"] == "2023-03-31"
    assert told["calibrated"] is True
    assert told["ledger"]["rows"] == ledgers[0].as_of(date(2023, 3, 31)).n_rows
    for bureau, state in zip(bole.organisation.bureaus, march.states, strict=True):
        stands, own = told["standing"][bureau.id], told["bureaus"][bureau.id]
        assert stands["signed_yuan"] == facts_of(state)["signed_fen"] / 100
        lump = bole.budget.lump_sum_yuan[bureau.id]
        assert stands["balance_yuan"] == pytest.approx(lump - sum(map(sum, state.spend_fen)) / 100)
        fan = own["fan_yuan"]["signed"]
        assert len(set(fan[0])) == len(set(fan[2])) == 1, "the past is known"
        assert own["quantiles"]["signed_yuan"]["p50"] >= stands["signed_yuan"]
        at, spread = told["distribution"]["at"], told["distribution"]["bureaus"][bureau.id]
        assert spread["signed_yuan"][at.index(0.5)] == own["quantiles"]["signed_yuan"]["p50"]
        assert spread["registered"] == sorted(spread["registered"])


def test_without_learning_assumptions_stay_as_they_are(bole, plan, ledgers, march):
    held = nowcast(bole, plan, ledgers[0], date(2023, 3, 31), n=50, tails=1, seed=5, learn=False)
    assert held.forecast.scenario is bole
    assert held.to_json()["calibrated"] is False
    assert march.forecast.scenario.content_hash != bole.content_hash


def test_what_is_learned_until_an_earlier_day_is_what_was_learned_then(bole, plan, ledgers, march):
    options = {"n": 20, "tails": 1, "seed": 5}
    later = nowcast(
        bole, plan, ledgers[0], date(2023, 6, 30), learn_until=date(2023, 3, 31), **options
    )
    assert later.forecast.scenario.content_hash == march.forecast.scenario.content_hash


def test_the_reasons_for_a_revision_add_up(bole, plan, ledgers, march):
    day = date(2023, 8, 16)
    later = nowcast(bole, plan, ledgers[0], day, n=200, tails=2, seed=5)
    why = revision(march.to_json(), march.as_of, bole, plan, ledgers[0], later)
    told = later.to_json()
    for measure, flow in MEASURES.items():
        for where, own in (
            ("joint", why.together),
            *((bureau, why.bureaus[bureau]) for bureau in why.bureaus),
        ):
            change = own[measure]
            steps = {step.name: step.yuan for step in change.steps}
            assert change.before_yuan + sum(steps.values()) == pytest.approx(change.after_yuan)
            assert steps["plan"] == 0
            after = told["joint"] if where == "joint" else told["bureaus"][where]
            assert change.after_yuan == pytest.approx(after["fan_mean_yuan"][flow][-1][0])
            for step in change.steps:
                assert step.low_yuan <= step.yuan <= step.high_yuan
    for measure in MEASURES:
        parts = [own[measure] for own in why.bureaus.values()]
        assert sum(x.after_yuan for x in parts) == pytest.approx(why.together[measure].after_yuan)


def test_luck_is_what_came_less_what_was_expected_by_then(bole, plan, ledgers):
    year = forecast(bole, plan, n=200, tails=1, seed=5, keep_outcomes=False).to_json()
    day = date(2023, 3, 31)
    later = nowcast(bole, plan, ledgers[0], day, n=50, tails=1, seed=5, learn=False)
    why = revision(year, bole.horizon.start - timedelta(days=1), bole, plan, ledgers[0], later)
    for bureau, state in zip(bole.organisation.bureaus, later.states, strict=True):
        expected = year["bureaus"][bureau.id]["fan_mean_yuan"]["signed"][2][0]
        luck, _, parameters, _ = why.bureaus[bureau.id]["signed_yuan"].steps
        assert luck.yuan == pytest.approx(facts_of(state)["signed_fen"] / 100 - expected)
        assert parameters.yuan == 0, "nothing was learned before nor after"


def test_another_plan_is_a_reason_of_its_own(bole, plan, ledgers):
    day = date(2023, 3, 31)
    before = nowcast(bole, plan, ledgers[0], day, n=100, tails=1, seed=5, learn=False).to_json()
    fewer = replace(plan, visits=tuple(x for x in plan.visits if x.start < 200))
    later = nowcast(
        bole, fewer, ledgers[0], day + timedelta(days=1), n=100, tails=1, seed=5, learn=False
    )
    why = revision(before, day, bole, plan, ledgers[0], later)
    steps = {step.name: step.yuan for step in why.together["signed_yuan"].steps}
    assert steps["plan"] != 0
    assert steps["parameters"] == 0


def test_a_revision_needs_an_earlier_forecast_with_means(bole, plan, ledgers, march):
    told = march.to_json()
    with pytest.raises(ValueError, match="not before"):
        revision(told, march.as_of, bole, plan, ledgers[0], march)
    del told["joint"]["fan_mean_yuan"]
    with pytest.raises(ValueError, match="without means"):
        revision(told, date(2023, 1, 31), bole, plan, ledgers[0], march)


def test_no_amount_is_said_to_end_below_what_came(bole, plan, ledgers):
    day = date(2023, 10, 31)
    told = nowcast(bole, plan, ledgers[0], day, n=50, tails=1, seed=5, learn=False).to_json()
    for metric in ("signed_yuan", "funds_yuan", "funds_gross_yuan"):
        came = {bureau: own[metric] for bureau, own in told["standing"].items()}
        assert sum(came.values()) > 0
        for bureau, least in came.items():
            own = told["bureaus"][bureau]["quantiles"][metric]
            assert min(own["p10"], *own["p10_interval"]) >= least
            assert told["distribution"]["bureaus"][bureau][metric][0] >= least
        assert told["distribution"]["all"][metric][0] >= sum(came.values())

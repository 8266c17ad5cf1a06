"""Claims about comparisons: the same futures, mergeable, and waterfalls that add up."""

from __future__ import annotations

import json
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import replace

import pytest

import sim.comparison
from sim.changes import changes, mixed
from sim.comparison import NothingCommonError, compare
from sim.difference import difference_of
from sim.forecast import forecast
from sim.measures import measures
from sim.paired import pair
from sim.results import Results
from sim.samples import sample
from sim.side import Side, carried_over, planning_hash
from tests.sim.test_model import BUSY
from tests.sim.worlds import leave, plan_for, world

DRAWN = {**BUSY, "contract-yuan": {"kind": "lognormal", "median": 3_000_000, "sigma": 0.8}}


def given(assumptions=None, *, lump_sum_yuan=60_000, bureaus=("north", "south"), **rest):
    return world(
        {**DRAWN, **(assumptions or {})},
        bureaus=bureaus,
        lump_sum_yuan=lump_sum_yuan,
        per_diem_yuan=80,
        **rest,
    )


def side(scenario, **decided):
    return Side(scenario, plan_for(scenario, **decided))


BASE = given()
POOR = given(lump_sum_yuan=45_000)


def targets_of(scenario, **changed):
    """Return a scenario whose first target is changed."""
    first, *rest = scenario.targets
    return scenario.model_copy(update={"targets": (first.model_copy(update=changed), *rest)})


MANY = targets_of(
    given({"visit-to-contract": 0.5, "call-to-lead": 0.9}, lump_sum_yuan=40_000), minimum=8_000_000
)


@pytest.fixture(scope="module")
def found():
    """A difference of every kind: two assumptions, a target, the budget, and a leave."""
    rested = side(MANY, leaves=(leave(MANY, "north-0", 20),))
    return compare([side(BASE), rested], n=60, seed=7, tails=4)


def test_each_side_stands_as_its_forecast_says(found):
    for place, name in enumerate("ab"):
        own = found.sides[place]
        alone = forecast(own.scenario, own.plan, n=60, seed=7, tails=4)
        for key, (first, second, tails) in alone.tally.hits.items():
            sums = found.others[0].tally.common[key]
            told = (getattr(sums, f"first_{name}"), getattr(sums, f"second_{name}"), sums.tails)
            assert told == (first, second, tails)


def test_a_plan_against_itself_differs_by_exactly_0():
    found = compare([side(BASE), side(BASE)], n=20, seed=1, tails=4)
    content = found.to_json()["against"][0]
    assert content["same"]
    assert content["waterfall"]["changes"] == []
    for measure in content["measures"].values():
        assert measure["difference"] == measure["low"] == measure["high"] == 0
        assert measure["b_lower"] == measure["b_higher"] == measure["futures_that_differ"] == 0
        assert measure["verdict"] == "no-material-difference"


def test_the_same_futures_cut_the_variance_of_differences(capsys):
    """Against futures of its own for each side, where the lump sum is more than halved."""
    a, b = side(BASE), side(given(lump_sum_yuan=25_000))

    def variance(seed_b, key):
        own = [
            dict(measures(Results(s.scenario, s.plan, sample(s.job(seed, 8, "kernel"), 0, 400))))
            for s, seed in ((a, 3), (b, seed_b))
        ]
        sums = pair(*own).common[key]
        return (sums.n * sums.square - sums.first**2), difference_of(sums).variance_ratio

    for key, at_least in (
        (("score",), 8),
        (("signed_yuan",), 8),
        (("target", "north", "signed"), 3),
    ):
        paired, told = variance(3, key)
        ratio = variance(4, key)[0] / paired
        with capsys.disabled():
            print(f"\n{'/'.join(key)}: variance / {ratio:.1f}, told {told:.1f}")
        assert ratio > at_least
        assert told == pytest.approx(ratio, rel=0.3)


def test_steps_add_up_exactly_in_both_orders(found):
    against = found.others[0]
    parts = [change.parts for change in against.waterfall.changes]
    assert parts == [
        ("assumption:call-to-lead",),
        ("assumption:visit-to-contract",),
        ("rules",),
        ("budget",),
        ("plan",),
    ]
    assert len(against.waterfall.keys) > 20
    for key in against.waterfall.keys:
        whole = against.tally.common[key].first
        for steps in (against.waterfall.forward, against.waterfall.backward):
            assert len(steps) == 5
            assert sum(step[key].first for step in steps) == whole


def test_the_two_orders_disagree_where_changes_act_on_each_other(found):
    fall = found.others[0].waterfall
    forward, backward = (
        [step["signed_yuan",].first for step in steps] for steps in (fall.forward, fall.backward)
    )
    assert forward != backward
    # What is counted changes nothing that happens.
    assert forward[2] == backward[2] == 0
    assert fall.forward[2]["target", "north", "signed"].first > 0
    # Less money is spent in the step of the budget, though the plan carries it.
    assert fall.forward[3]["spend_yuan",].first < 0
    assert fall.backward[3]["spend_yuan",].first < 0


def test_the_last_change_of_one_order_is_the_first_of_the_other(found):
    """The plan alone, on all else of A: simulated by hand."""
    fall, a, b = found.others[0].waterfall, found.sides[0], found.sides[1]
    alone = compare([a, mixed(a, b, ["plan"])], n=60, seed=7, tails=4)
    assert fall.backward[-1]["score",] == alone.others[0].tally.common["score",]


def test_grouped_assumptions_are_one_step():
    some = changes(side(BASE), side(MANY), grouped=True)
    assert some[0].parts == ("assumption:call-to-lead", "assumption:visit-to-contract")
    assert [change.parts for change in some[1:]] == [("rules",), ("budget",)]
    assert some[2].fields == ("budget.lump_sum_yuan", "plan.budget_yuan")


def test_titles_and_sources_are_no_change():
    title = BASE.title.model_copy(update={"en": "another"})
    items = (BASE.assumptions.items[0].model_copy(update={"source": "another"}),)
    assumed = BASE.assumptions.model_copy(update={"items": items + BASE.assumptions.items[1:]})
    other = BASE.model_copy(update={"title": title, "assumptions": assumed})
    assert changes(side(BASE), side(other)) == ()


def test_changes_that_contradict_one_without_the_other_are_made_together():
    """A tranche for each period: halves of a quarter need a leave period of their own."""
    rules = BASE.rules.model_copy(
        update={"leave": BASE.rules.leave.model_copy(update={"period_months": 1})}
    )
    release = BASE.budget.release.model_copy(update={"policy": "shares", "shares": (1, 2, 1)})
    budget = BASE.budget.model_copy(update={"release": release})
    monthly = BASE.model_copy(update={"rules": rules, "budget": budget})
    some = changes(side(BASE), side(monthly))
    assert [change.parts for change in some] == [("budget", "plan")]
    assert compare([side(BASE), side(monthly)], n=4, seed=1, tails=1).n == 4


def test_other_bureaus_and_targets_are_listed_and_not_dropped():
    fewer = given(bureaus=("south", "west"))
    found = compare([side(BASE), side(fewer)], n=10, seed=1, tails=2)
    tally = found.others[0].tally
    assert ("target", "south", "signed") in tally.common
    assert ("target", "north", "signed") in tally.only_a
    assert ("target", "west", "signed") in tally.only_b
    # What all bureaus do together is about other bureaus.
    assert ("all_bureaus_main",) in {*tally.only_a} & {*tally.only_b}
    assert [change.parts for change in found.others[0].waterfall.changes] == [("budget", "plan")]
    assert tally.common["signed_yuan", "south"].first == 0


def test_a_target_of_the_same_name_on_another_metric_is_another_target():
    other = targets_of(BASE, metric="registered", minimum=3)
    items = tuple(item for item in BASE.assessment.items if item.id != "signed")
    assessment = BASE.assessment.model_copy(update={"items": items})
    other = other.model_copy(update={"assessment": assessment})
    tally = compare([side(BASE), side(other)], n=4, seed=1, tails=1).others[0].tally
    assert ("target", "north", "signed") in {*tally.only_a} & {*tally.only_b}
    assert ("target", "north", "funds") in tally.common


def test_no_common_bureau_is_refused():
    with pytest.raises(NothingCommonError, match=r"found bureaus west in side C; .*north, south"):
        compare([side(BASE), side(POOR), side(given(bureaus=("west",)))], n=4, seed=1)


def test_one_side_or_one_future_is_refused():
    with pytest.raises(ValueError, match="sides: found 1; allowed: 2 to 8"):
        compare([side(BASE)], n=4, seed=1)
    with pytest.raises(ValueError, match="at least 2 futures"):
        compare([side(BASE), side(POOR)], n=1, seed=1)


def test_a_plan_of_another_scenario_is_refused_until_carried_over():
    other = given({"call-to-lead": 0.9})
    plan = plan_for(BASE)
    with pytest.raises(ValueError, match="carry it over, or make it again"):
        Side(other, plan)
    assert planning_hash(other) == planning_hash(BASE) != planning_hash(POOR)
    assert carried_over(plan, other) == replace(plan, scenario_hash=other.content_hash)
    assert Side(other, carried_over(plan, other)).plan.leaves == plan.leaves


def test_several_sides_share_the_doubt():
    found = compare([side(BASE), side(POOR), side(MANY)], n=30, seed=7, tails=2)
    alone = compare([side(BASE), side(MANY)], n=30, seed=7, tails=2)
    assert found.confidence == pytest.approx(0.975)
    both, one = found.difference(1, "score"), alone.difference(0, "score")
    assert both.sums == one.sums
    assert both.high - both.low > one.high - one.low


def test_readings_name_every_bureau_whose_grade_depends_on_them(found):
    for place, own in enumerate(found.sides):
        alone = forecast(own.scenario, own.plan, n=60, seed=7, tails=4).to_json()
        told = found.to_json()["sides"][place]
        assert told["grade_depends_on_reading"] == alone["score"]["grade_depends_on_reading"]
        for bureau, estimate in told["grade_changes"].items():
            assert estimate == alone["score"]["grade_changes"][bureau]
    assert found.to_json()["sides"][0]["grade_depends_on_reading"]


def _bytes(found):
    return json.dumps(found.to_json(), sort_keys=True, allow_nan=False).encode()


def test_the_same_bytes_for_any_executor_chunk_and_engine(monkeypatch):
    sides = [side(BASE), side(POOR)]
    monkeypatch.setattr(sim.comparison, "CHUNK", 7)
    one = compare(sides, n=24, seed=3, tails=2)
    assert _bytes(compare(sides, n=24, seed=3, tails=2, workers=2)) == _bytes(one)
    with ThreadPoolExecutor(3) as threads:
        assert _bytes(compare(sides, n=24, seed=3, tails=2, executor=threads)) == _bytes(one)
    monkeypatch.setattr(sim.comparison, "CHUNK", 250)
    assert _bytes(compare(sides, n=24, seed=3, tails=2)) == _bytes(one)
    law = compare(sides, n=24, seed=3, tails=2, engine="simpy")
    assert law.others[0].tally.common == one.others[0].tally.common


@pytest.mark.long
def test_the_same_bytes_from_other_processes(monkeypatch):
    sides = [side(BASE), side(POOR)]
    one = compare(sides, n=24, seed=3, tails=2)
    monkeypatch.setattr(sim.comparison, "CHUNK", 5)
    with ProcessPoolExecutor(2) as pool:
        assert _bytes(compare(sides, n=24, seed=3, tails=2, executor=pool)) == _bytes(one)


def test_stopped_work_keeps_the_futures_that_are_done(monkeypatch):
    monkeypatch.setattr(sim.comparison, "CHUNK", 5)
    done = []
    found = compare(
        [side(BASE), side(POOR)],
        n=30,
        seed=3,
        tails=2,
        progress=lambda n, total: done.append((n, total)),
        stop=lambda: len(done) >= 2,
    )
    assert found.stopped_early
    assert done == [(5, 30), (10, 30)]
    assert _bytes(found)
    assert found.n == 10 == found.others[0].tally.common["score",].n

"""Stored infeasible instances: their known conflicts hold, are found, and are repaired."""

from __future__ import annotations

import random
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
import yaml

from planner.clashes import conflicts_of, smallest
from planner.demands import Demand, problem_of, problems
from planner.explain import Diagnosis, explain
from planner.settings import MOST, is_feasible
from planner.together import check_of
from planner.year import Case, year_of, years
from scenarios.load import load_scenario
from scenarios.model import Scenario
from scenarios.part import Text
from tests.planner.instances import scenario

FOLDER = Path(__file__).parents[2] / "benchmarks" / "instances" / "infeasible"
KNOWN = yaml.safe_load((FOLDER / "known.yaml").read_text(encoding="utf-8"))


@cache
def _city(name: str) -> Scenario:
    return load_scenario(str(FOLDER / f"{name}.json"))


@cache
def _diagnosis(name: str) -> Diagnosis:
    found = explain(_city(name))
    assert found is not None
    return found


def test_every_stored_instance_has_its_conflicts_on_record():
    assert sorted(KNOWN) == sorted(path.stem for path in FOLDER.glob("*.json"))
    assert len(KNOWN) >= 6


def _case_of(city: Scenario, bureau: str, period: str) -> Case:
    """Return a bureau's problem in a period, or its year."""
    return year_of(city, bureau) if "/" in period else problem_of(city, bureau, period)


def _case_with(city: Scenario, members):
    """Return the bureau and period, or year, whose demands hold all members."""
    wanted = {tuple(map(str, member)) for member in members}
    for case in (*problems(city), *years(city)):
        own = [d for d in case.demands if (d.rule, d.subject, d.when) in wanted]
        if len(own) == len(wanted):
            return case, own
    raise AssertionError(members)


@pytest.mark.parametrize("name", KNOWN)
def test_stored_conflicts_cannot_be_kept_and_every_strict_subset_can(name):
    for members in KNOWN[name]["conflicts"]:
        case, own = _case_with(_city(name), members)
        check = check_of(case)
        assert check(own) == "no"
        for left_out in own:
            assert check([demand for demand in own if demand != left_out]) == "yes"


@pytest.mark.parametrize("name", KNOWN)
def test_the_explanation_finds_as_many_conflicts_as_are_known_each_proven_minimal(name):
    conflicts = _diagnosis(name).conflicts
    assert len(conflicts) == KNOWN[name]["count"]
    assert all(conflict.minimal for conflict in conflicts)
    for conflict in conflicts:
        check = check_of(_case_of(_city(name), conflict.bureau, conflict.period))
        assert check(conflict.demands) == "no"
        for left_out in conflict.demands:
            rest = [demand for demand in conflict.demands if demand != left_out]
            assert check(rest) == "yes"


@pytest.mark.parametrize("name", KNOWN)
def test_every_repair_leaves_demands_that_can_be_kept_and_nothing_is_given_up_in_vain(name):
    for repair in _diagnosis(name).repairs:
        case = _case_of(_city(name), repair.bureau, repair.period)
        check = check_of(case)
        dropped = {concession.demand for concession in repair.given_up}
        kept = [demand for demand in case.demands if demand not in dropped]
        assert check(kept) == "yes"
        assert all(check([*kept, demand]) == "no" for demand in dropped)
        assert repair.cost == sum(demand.weight for demand in dropped)
        assert repair.proven


@pytest.mark.parametrize("name", KNOWN)
def test_the_cheapest_repair_comes_first_and_costs_no_more_than_the_others(name):
    diagnosis = _diagnosis(name)
    cheapest = {(x.bureau, x.period): x.cost for x in diagnosis.cheapest}
    assert all(x.cost >= cheapest[x.bureau, x.period] for x in diagnosis.repairs)


@pytest.mark.parametrize("name", KNOWN)
def test_every_setting_leaves_a_rotation_and_one_step_less_would_not(name):
    city = _city(name)
    for setting in _diagnosis(name).settings:
        _, part, field = setting.path.split(".")

        def changed(value, part=part, field=field):
            rules = getattr(city.rules, part).model_copy(update={field: value})
            return city.model_copy(update={"rules": city.rules.model_copy(update={part: rules})})

        if setting.instead.isdigit():
            assert is_feasible(changed(int(setting.instead)))
            nearer = -1 if field == MOST else 1
            assert not is_feasible(changed(int(setting.instead) + nearer))
        else:
            assert is_feasible(changed(setting.instead))


def test_the_literal_policy_gives_way_in_one_month_a_person_and_quarter():
    """The repair is 'except the leave month': 8 persons x 4 quarters."""
    given_up = [x for repair in _diagnosis("literal-monthly").cheapest for x in repair.given_up]
    assert len(given_up) == 32
    assert {x.demand.rule for x in given_up} == {"presence"}
    quarter = {f"{month:02d}": (month - 1) // 3 + 1 for month in range(1, 13)}
    spread = Counter((x.demand.subject, quarter[x.demand.when[5:7]]) for x in given_up)
    assert set(spread.values()) == {1}
    assert len(spread) == 32
    paths = {(x.path, x.instead) for x in _diagnosis("literal-monthly").settings}
    assert ("rules.presence.policy", "monthly-except-leave") in paths


def test_a_city_with_a_rotation_needs_no_explanation():
    assert explain(scenario()) is None


def test_where_a_check_gives_up_the_member_stays_and_nothing_is_called_proven():
    problem, own = _case_with(_city("two-pins"), KNOWN["two-pins"]["conflicts"][0])
    truth = check_of(problem)

    def unsure(kept):
        return truth(kept) if len(kept) == len(own) else "unknown"

    members, proven = smallest(own, unsure)
    assert members == own
    assert not proven


@pytest.mark.parametrize("seed", range(40))
def test_dropping_in_chunks_leaves_the_conflict_that_dropping_one_by_one_does(seed):
    """Random conflicts, and demands without which the check gives up."""
    rng = random.Random(seed)
    demands = [Demand("coverage", "b", f"{n:02d}", Text(zh="x", en="x")) for n in range(40)]
    conflicts = [set(rng.sample(demands, rng.randint(1, 9))) for _ in range(rng.randint(1, 3))]
    hard = set(rng.sample(demands, seed % 3))

    def check(kept):
        if any(conflict <= set(kept) for conflict in conflicts):
            return "no"
        return "yes" if hard <= set(kept) else "unknown"

    one_by_one, proven = list(demands), True
    for demand in demands:
        rest = [other for other in one_by_one if other != demand]
        truth = check(rest)
        one_by_one = rest if truth == "no" else one_by_one
        proven = proven and truth != "unknown"
    assert smallest(demands, check) == (one_by_one, proven)


def test_the_slowest_stored_conflict_takes_few_checks():
    """Wuhan's year of 'far-apart': 78 demands, 15 of which conflict."""
    year = year_of(_city("far-apart"), "wuhan")
    check, asked = check_of(year), []

    def counted(kept):
        asked.append(kept)
        return check(kept)

    (conflict,) = conflicts_of(year, counted)
    assert len(conflict.demands) == 15
    assert len(year.demands) > 60
    assert len(asked) < len(year.demands) // 2

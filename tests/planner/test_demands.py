"""Demands: each rule refuses the leaves it should, and all together what the planner refuses."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

import pytest

from planner.conflicts import certificate
from planner.demands import Demand, Problem, problem_of, problems
from planner.feasible import first_leaves
from planner.infeasible import InfeasibleError
from planner.settings import is_feasible
from planner.starts import leave_choices
from scenarios.model import Scenario
from tests.planner.instances import bureau, person, scenario


def _problem(*members: Any, rules: Any = None, end: str = "2023-06-30") -> Problem:
    city = scenario("2023-04-01", end, bureaus=[bureau("b", members)], rules=rules)
    return problem_of(city, "b", "2023-Q2")


def _of_rule(problem: Problem, rule: str) -> list[Demand]:
    return [demand for demand in problem.demands if demand.rule == rule]


def _refused(problem: Problem, rule: str) -> set[int | None]:
    return {option for demand in _of_rule(problem, rule) for option in problem.refused[demand]}


def test_a_leave_owed_refuses_only_to_take_none():
    assert _refused(_problem(person("p")), "leave-owed") == {None}


def test_less_than_half_a_period_of_service_refuses_every_leave():
    problem = _problem(person("p", posted_to="2023-04-30", leave_pins=["2023-04-10"]))
    assert _refused(problem, "leave-owed") == {9}
    assert _refused(problem, "leave-pin") == {None}


def test_a_pin_refuses_every_other_first_day_and_none():
    problem = _problem(person("p", leave_pins=["2023-05-08"]))
    assert _refused(problem, "leave-pin") == {*problem.options["p"]} - {37}


def test_a_pin_too_late_for_its_period_is_refused_by_the_period_and_no_other_is_offered():
    problem = _problem(person("p", leave_pins=["2023-06-25"]), end="2023-09-30")
    assert _refused(problem, "leave-in-period") == {85}
    assert problem.options["p"] == (None, *range(80), 85)


def test_blocked_days_refuse_the_leaves_that_hold_one_of_them():
    blocked = [{"start": "2023-05-10", "end": "2023-05-11"}]
    problem = _problem(person("p", no_leave=blocked))
    assert _refused(problem, "leave-blocked-days") == set(range(39 - 11, 40 + 1))


def test_an_absence_refuses_the_leaves_that_hold_one_of_its_days():
    absent = [{"start": "2023-05-10", "end": "2023-05-11"}]
    problem = _problem(person("p", approved_absences=absent))
    assert _refused(problem, "leave-absence") == set(range(39 - 11, 40 + 1))


def test_a_posting_refuses_the_leaves_that_reach_out_of_it():
    problem = _problem(person("p", posted_to="2023-05-20"))
    assert _refused(problem, "leave-in-posting") == set(range(39, 80))


def test_a_quarter_misses_as_many_days_as_counting_says():
    (demand,) = _of_rule(problem := _problem(person("p"), rules=_quota(27)), "presence")
    # 91 days less 12 are 79 of the 81 owed; without a leave there is no shortage.
    assert set(problem.refused[demand].values()) == {2}
    assert None not in problem.refused[demand]


def test_a_month_misses_the_days_of_leave_beyond_those_it_can_spare():
    rules = {"presence": {"policy": "monthly-literal"}}
    problem = _problem(person("p"), rules=rules)
    april = next(d for d in _of_rule(problem, "presence") if d.when == "2023-04")
    assert problem.refused[april][0] == 12 - (30 - 26)
    assert problem.refused[april][25] == 5 - (30 - 26)
    assert 26 not in problem.refused[april]


def test_travel_that_counts_is_no_day_missed():
    rules = {"presence": {"policy": "monthly-literal", "travel_counts": True}}
    problem = _problem(person("p"), rules=rules)
    april = next(d for d in _of_rule(problem, "presence") if d.when == "2023-04")
    assert problem.refused[april][0] == 10 - (30 - 26)


def test_the_month_a_leave_touches_is_exempt_where_the_policy_says_so():
    rules = {"presence": {"policy": "monthly-except-leave", "days_per_month": 31}}
    problem = _problem(person("p"), rules=rules)
    april = next(d for d in _of_rule(problem, "presence") if d.when == "2023-04")
    assert 29 not in problem.refused[april]  # touches April on its last day
    assert problem.refused[april][30] == 1


def test_cover_is_asked_for_week_by_week_on_working_days():
    problem = _problem(person("p"), person("q"))
    weeks = _of_rule(problem, "coverage")
    assert weeks[1].when == "2023-04-10/2023-04-14"
    assert problem.limits[weeks[1]] == dict.fromkeys(range(9, 14), 1)


def test_cover_says_how_many_may_be_on_leave():
    problem = _problem(*(person(key) for key in "pqr"), rules={"coverage": {"min_at_post": 3}})
    words = _of_rule(problem, "coverage")[0].text
    assert words.en.startswith("at most 1 of b on leave")
    assert "至多 1 人轮休" in words.zh


def test_every_demand_says_itself_in_both_languages_with_a_rule_of_the_book():
    blocked = [{"start": "2023-05-10", "end": "2023-05-11"}]
    pinned = person("p", leave_pins=["2023-05-22"], no_leave=blocked, approved_absences=blocked)
    problem = _problem(pinned, person("q", posted_to="2023-06-15"))
    rules = {demand.rule for demand in problem.demands}
    assert rules >= {"leave-owed", "leave-pin", "leave-blocked-days", "leave-absence", "coverage"}
    for demand in problem.demands:
        assert demand.text.zh
        assert demand.text.en
        assert demand.clause
        assert demand.negotiable == (demand.weight > 0)


@pytest.mark.parametrize("seed", range(60))
def test_all_demands_together_are_possible_exactly_where_the_planner_finds_a_rotation(seed):
    city = _odd_city(seed)
    assert is_feasible(city) == _has_rotation(city)


def test_odd_cities_are_of_both_kinds():
    possible = [_has_rotation(_odd_city(seed)) for seed in range(60)]
    assert 15 <= sum(possible) <= 45


def test_each_bureau_and_period_is_a_problem():
    city = scenario("2023-01-01", "2023-12-31", bureaus=[bureau("a"), bureau("b")])
    found = [(problem.bureau, problem.period) for problem in problems(city)]
    assert found == [(b, f"2023-Q{q}") for b in ("a", "b") for q in (1, 2, 3, 4)]


def _has_rotation(city: Scenario) -> bool:
    if certificate(city) is not None:
        return False
    try:
        first_leaves(city, leave_choices(city))
    except InfeasibleError:
        return False
    return True


def _odd_city(seed: int) -> Scenario:
    """Return a small city whose leaves may or may not go together."""
    rng = random.Random(seed)
    first = date(2023, 4, 1)

    def days(n: int) -> dict[str, str]:
        start = first + timedelta(days=rng.randrange(91 - n))
        return {"start": start.isoformat(), "end": (start + timedelta(days=n - 1)).isoformat()}

    members = []
    for i in range(rng.choice((1, 2, 2, 3))):
        more: dict[str, Any] = {}
        if rng.random() < 0.3:
            more["leave_pins"] = [days(1)["start"]]
        if rng.random() < 0.7:
            more["no_leave"] = [days(rng.choice((10, 25, 35))) for _ in range(2)]
        if rng.random() < 0.4:
            more["approved_absences"] = [days(rng.choice((1, 10, 30)))]
        if rng.random() < 0.3:
            more["posted_to"] = days(1)["start"]
        members.append(person(f"p{i}", **more))
    policy = rng.choice(("quarterly", "monthly-literal", "monthly-except-leave"))
    rules = {
        "presence": {"policy": policy, "days_per_month": rng.choice((20, 24, 26))},
        "leave": {"length_days": rng.choice((5, 9, 12))},
        "coverage": {"min_at_post": rng.choice((1, 2))},
    }
    return scenario(bureaus=[bureau("b", members)], rules=rules)


def _quota(days: int) -> dict[str, Any]:
    return {"presence": {"days_per_month": days}}

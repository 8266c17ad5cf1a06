"""Leaves that run past the end of their period, credited to the one they begin in (P8)."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from ortools.sat.python.cp_model import CpModel

from planner.audit import audit, violations
from planner.cpsat import Task, run
from planner.crossing import claims
from planner.explain import explain
from planner.feasible import first_leaves
from planner.infeasible import InfeasibleError
from planner.plan import Leave, Plan, tables
from planner.replan import replan
from planner.rotation import add_rotation, key_of
from planner.settings import is_feasible
from planner.solve import make_plan
from planner.starts import leave_choices
from planner.together import check_of
from planner.year import year_of
from scenarios.load import load_scenario
from scenarios.model import Scenario
from tests.planner.audit_world import NO_EVENTS, findings_of, of_rule, one_leave, small
from tests.planner.instances import bureau, company, person, scenario, span

CREDIT = {"across_periods": "credit-start"}


def _days(city: Scenario, *words: str) -> list[int]:
    return [city.days.day_of(date.fromisoformat(word)) for word in words]


def _city(*persons: Any, end: str = "2023-09-30", **leave: Any) -> Scenario:
    """The second and third quarter of 2023, which have 1 and 2 days to spare."""
    return small("2023-04-01", end, *persons, rules={"leave": {**CREDIT, **leave}})


def _rotates(city: Scenario) -> bool:
    try:
        first_leaves(city, leave_choices(city))
    except InfeasibleError:
        return False
    return True


@pytest.mark.parametrize(
    ("spilled", "next_start", "possible"),
    [
        ("2023-06-21", "2023-08-07", True),  # 2 days in July, which the quarter can spare
        ("2023-06-22", "2023-08-07", False),
        ("2023-06-22", "2023-09-20", True),  # 3, of which the next leave gives 1 back
        ("2023-06-23", "2023-09-21", True),  # 4, of which 2, which the last quarter can spare
        ("2023-06-24", "2023-09-22", False),  # 5, of which 3: the last quarter cannot
    ],
)
def test_days_taken_from_the_next_quarter_are_those_it_can_spare_or_passes_on(
    spilled, next_start, possible
):
    city = _city(person("north-p", leave_pins=[spilled, next_start]), end="2023-12-31")
    assert _rotates(city) == possible
    leaves = {"2023-Q2": spilled, "2023-Q3": next_start, "2023-Q4": "2023-12-01"}
    plans = [one_leave(city, {"north-p": leave}).leaves for leave in leaves.items()]
    plan = Plan("", tuple(x for own in plans for x in own), (), (), (), ())
    found = audit(city, tables(city, plan))
    kept = [x for x in found if x.rule in ("presence", "leave-in-period", "leave-apart")]
    assert all(x.verdict == "ok" for x in kept) == possible
    assert {x.rule for x in kept if x.verdict == "violated"} <= {"presence"}


def test_a_leave_of_the_last_period_ends_within_the_horizon():
    inside = _city(person("north-p", leave_pins=["2023-09-19"]))
    over = _city(person("north-p", leave_pins=["2023-09-20"]))
    assert _rotates(inside)
    with pytest.raises(InfeasibleError) as caught:
        make_plan(over, time_limit_s=1)
    assert "leave-in-period" in caught.value.explanation.rules
    late = {"north-p": ("2023-Q2", "2023-07-01")}
    assert [x[3] for x in of_rule(findings_of(inside, late), "leave-in-period")] == ["violated"]


def test_by_default_no_leave_crosses():
    city = small("2023-04-01", "2023-09-30", person("north-p", leave_pins=["2023-06-21"]))
    assert claims(city, {key_of(c): c.starts for c in leave_choices(city)}) == ()
    with pytest.raises(InfeasibleError):
        make_plan(city, time_limit_s=1)
    found = findings_of(city, {"north-p": ("2023-Q2", "2023-06-21")})
    assert [x[3] for x in of_rule(found, "leave-in-period")] == ["violated"]
    assert of_rule(found, "leave-apart") == []


def test_a_quarter_without_room_for_its_leave_hands_part_of_it_on():
    """No leave before 20 June: one of 12 days has to run into July, at most by 2 days."""
    blocked = person("north-p", no_leave=[span("2023-04-01", "2023-06-19")])
    forbidden = small("2023-04-01", "2023-09-30", blocked)
    assert not _rotates(forbidden)
    city = _city(blocked)
    plan = make_plan(city, time_limit_s=1)
    assert violations(audit(city, tables(city, plan))) == ()
    (leave,) = (x for x in plan.leaves if x.period == "2023-Q2")
    assert leave.start in _days(city, "2023-06-20", "2023-06-21")


@pytest.mark.parametrize(
    ("policy", "days_per_month", "months", "span_of_both", "starts", "possible"),
    [
        # February has a day too few for its leave: it hands on one at least, March takes two.
        ("quarterly", 24, 1, ("2023-02-01", "2023-03-31"), ("2023-02-24", "2023-03-10"), False),
        ("quarterly", 24, 1, ("2023-02-01", "2023-03-31"), ("2023-02-25", "2023-03-10"), True),
        ("quarterly", 24, 1, ("2023-02-01", "2023-03-31"), ("2023-02-26", "2023-03-10"), True),
        ("quarterly", 24, 1, ("2023-02-01", "2023-03-31"), ("2023-02-27", "2023-03-10"), False),
        # September is a day short of 31 and must hold a day of either leave.
        ("monthly-except-leave", 31, 2, ("2023-07-01", "2023-10-31"), ("08-29", "10-10"), True),
        ("monthly-except-leave", 31, 2, ("2023-07-01", "2023-10-31"), ("08-20", "10-10"), False),
        ("monthly-except-leave", 31, 2, ("2023-07-01", "2023-10-31"), ("08-20", "09-10"), True),
        # August spares 6 days, September 5 between both leaves.
        ("monthly-literal", 25, 2, ("2023-07-01", "2023-10-31"), ("08-29", "09-28"), True),
        ("monthly-literal", 25, 2, ("2023-07-01", "2023-10-31"), ("08-29", "09-27"), False),
        ("monthly-literal", 26, 2, ("2023-07-01", "2023-10-31"), ("08-29", "09-29"), True),
        ("monthly-literal", 26, 2, ("2023-07-01", "2023-10-31"), ("08-29", "09-28"), False),
    ],
)
def test_each_policy_counts_a_crossing_leave_in_the_smallest_case(
    policy, days_per_month, months, span_of_both, starts, possible
):
    rules = {
        "leave": {**CREDIT, "length_days": 5, "period_months": months, "protected_free_days": 0},
        "presence": {"policy": policy, "days_per_month": days_per_month},
        "visits": {"length_days": 1},
    }
    first, second = (x if x.startswith("2023") else f"2023-{x}" for x in starts)
    pinned = person("north-p", leave_pins=[first, second])
    city = small(*span_of_both, pinned, rules=rules)
    assert _rotates(city) == possible
    assert is_feasible(city) == possible
    one, other = _days(city, first, second)
    labels = [period.label for period in city.periods]
    leaves = tuple(
        Leave("north-p", "north", label, start, start + 4, start + 3)
        for label, start in zip(labels, (one, other), strict=True)
    )
    found = audit(city, tables(city, Plan("", leaves, (), (), (), ())))
    assert all(x.verdict == "ok" for x in found if x.rule == "presence") == possible


def _short_months(policy: str, quota: int, seed: int) -> Scenario:
    """Months of a leave of 5 days each, owing so many days at post."""
    rules = {
        "leave": {**CREDIT, "length_days": 5, "period_months": 1, "protected_free_days": 0},
        "presence": {"policy": policy, "days_per_month": quota, "travel_counts": bool(seed % 2)},
        "coverage": {"min_at_post": 1},
        "visits": {"length_days": 1},
    }
    persons = [person("north-p"), person("north-q")]
    return small("2023-03-01", "2023-05-31", *persons, rules=rules)


@pytest.mark.parametrize("policy", ["quarterly", "monthly-literal", "monthly-except-leave"])
@pytest.mark.parametrize("seed", range(6))
def test_leaves_go_together_just_where_the_audit_finds_nothing(policy, seed):
    """Random first days about the ends of three months, on the model, the year and the audit."""
    rng = random.Random(seed)
    quota = (24, 25, 25, 26, 28, 31)[seed]
    city = _short_months(policy, quota, seed)
    ends = {period.label: period.stop for period in city.periods}
    last = max(ends.values())
    n_possible = 0
    choices = leave_choices(city)
    year = year_of(city, "north")
    for _ in range(25):
        starts = {
            (who, label): min(stop - rng.randint(low, high), last - 5)
            for label, stop in ends.items()
            for who, low, high in (("north-p", 1, 7), ("north-q", 7, 16))
        }
        leaves = [
            Leave(who, "north", label, start, start + 4, start + 3)
            for (who, label), start in starts.items()
        ]
        plan = Plan("", tuple(sorted(leaves)), (), (), (), ())
        broken = {
            x.rule
            for x in violations(audit(city, tables(city, plan)))
            if x.rule in ("leave-in-period", "leave-apart", "presence", "coverage")
        }
        allowed = all(starts[key_of(c)] in c.starts for c in choices)
        if allowed:
            model = CpModel()
            rotation = add_rotation(model, city, choices)
            for key, start in starts.items():
                model.add(rotation.literals[key][start] == 1)
            allowed = run(Task(model, 1.0)).found
        assert allowed == (not broken), (starts, broken)
        n_possible += allowed
        pinned = _pinned(year, starts)
        if pinned is not None:
            assert (check_of(pinned)(pinned.demands) == "yes") == (not broken), (starts, broken)
    assert n_possible or quota > 25


def _pinned(year, starts):
    """Return a year whose leaves have one option each; None where one is no option at all."""
    parts = []
    for part in year.parts:
        if any(starts[who, part.period] not in own for who, own in part.options.items()):
            return None
        options = {who: (starts[who, part.period],) for who in part.options}
        parts.append(replace(part, options=options))
    return replace(year, parts=tuple(parts))


def test_leaves_that_would_share_days_are_told_apart_and_explained():
    """With few days owed, only that the second leave begins in the first is in the way."""
    city = small(
        "2023-04-01",
        "2023-09-30",
        person("north-p", leave_pins=["2023-06-25", "2023-07-05"]),
        rules={"leave": CREDIT, "presence": {"days_per_month": 20}},
    )
    assert not is_feasible(city)
    diagnosis = explain(city)
    assert diagnosis is not None
    (conflict,) = diagnosis.conflicts
    assert conflict.minimal
    assert conflict.shape == ("leave-apart", "leave-pin", "leave-pin")
    with pytest.raises(InfeasibleError, match="run into the next period"):
        first_leaves(city, leave_choices(city))


def test_days_at_post_that_a_crossing_leave_takes_are_explained_and_counted_in_the_repair():
    """Ten days of July are gone, and the third quarter can spare two."""
    city = _city(person("north-p", leave_pins=["2023-06-29", "2023-08-07"]))
    diagnosis = explain(city)
    assert diagnosis is not None
    (conflict,) = diagnosis.conflicts
    assert [(x.rule, x.when) for x in conflict.demands] == [
        ("leave-pin", "2023-06-29"),
        ("leave-pin", "2023-08-07"),
        ("presence", "2023-Q3"),
    ]
    assert conflict.minimal
    days = {x.demand.rule: x.short_days for way in diagnosis.repairs for x in way.given_up}
    assert days["presence"] == 8


def test_colleagues_are_not_both_away_when_one_leave_runs_into_the_other_period():
    rules = {"leave": CREDIT, "presence": {"days_per_month": 20}}
    both = [
        person("north-p", leave_pins=["2023-06-26"]),
        person("north-q", leave_pins=["2023-07-05"]),
    ]
    city = small("2023-04-01", "2023-09-30", *both, rules=rules)
    assert not _rotates(city)
    diagnosis = explain(city)
    assert diagnosis is not None
    assert {x.rule for c in diagnosis.conflicts for x in c.demands} == {"leave-pin", "coverage"}


def test_a_group_may_come_on_the_days_that_lie_in_the_next_period():
    visit = span("2023-07-03", "2023-07-05")
    city = scenario(
        "2023-04-01",
        "2023-09-30",
        bureaus=[bureau("b", [person("p", leave_pins=["2023-06-28"])])],
        companies=[company(f"c{i}", "b", visit) for i in range(3)],
        rules={"leave": CREDIT, "presence": {"days_per_month": 23}},
        obligations=NO_EVENTS,
    )
    plan = make_plan(city, time_limit_s=1)
    assert violations(audit(city, tables(city, plan))) == ()
    assert [visit.start for visit in plan.visits] == _days(city, "2023-07-03")
    today = city.days.day_of(date(2023, 7, 1))
    assert replan(city, plan, today, with_frontier=False).plan.visits == plan.visits


@pytest.mark.long
def test_the_shipped_city_has_a_plan_with_leaves_that_cross_and_keeps_its_days_at_post():
    """Every crossing is small: the quarters of 2023 spare 0, 1, 2 and 2 days."""
    city = load_scenario("bole-2023")
    leave = city.rules.leave.model_copy(update=CREDIT)
    city = city.model_copy(update={"rules": city.rules.model_copy(update={"leave": leave})})
    plan = make_plan(city, time_limit_s=6)
    assert violations(audit(city, tables(city, plan))) == ()

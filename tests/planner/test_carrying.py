"""Each leave must carry a group, where the scenario requires it (V7)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from planner.audit import audit, violations
from planner.carrying import uncarried, uncarried_by
from planner.draft import Draft, bare_leaves
from planner.explain import explain
from planner.given import Given
from planner.infeasible import InfeasibleError
from planner.plan import Plan, tables
from planner.replan import replan
from planner.solve import make_plan
from planner.starts import leave_choices
from planner.why import Visits, why
from scenarios.calendar import CalendarData, Closure
from scenarios.model import Scenario
from scenarios.part import DateRange
from tests.planner.audit_world import NO_EVENTS
from tests.planner.instances import (
    bureau,
    calendar,
    company,
    leader,
    person,
    random_city,
    scenario,
    span,
    text,
)

MAY, JUNE = span("2023-05-09", "2023-05-11"), span("2023-06-06", "2023-06-08")


def _city(*companies: Any, policy: str = "required", pins: bool = True, **more: Any) -> Scenario:
    """Two persons of a bureau with leaves from 8 May and 5 June, where they are pinned."""
    fixed = {"p": ["2023-05-08"], "q": ["2023-06-05"]} if pins else {}
    persons = [person(key, leave_pins=fixed.get(key, [])) for key in ("p", "q")]
    more.setdefault("obligations", NO_EVENTS)
    rules = {"visits": {"in_each_leave": policy, **more.pop("visits", {})}, **more.pop("rules", {})}
    return scenario(bureaus=[bureau("b", persons)], companies=companies, rules=rules, **more)


def _companies(n: int, *windows: DateRange, key: str = "c", **more: Any) -> list[Any]:
    return [company(f"{key}{i}", "b", *windows, **more) for i in range(n)]


def _made(city: Scenario) -> Plan:
    plan = make_plan(city, time_limit_s=2)
    assert violations(audit(city, tables(city, plan))) == ()
    return plan


def _refused(city: Scenario) -> str:
    with pytest.raises(InfeasibleError) as caught:
        make_plan(city, time_limit_s=2)
    assert caught.value.explanation.rules == ("leave-group",)
    assert all(line.zh for line in caught.value.explanation.lines)
    return str(caught.value)


def test_companies_that_would_fill_one_group_are_shared_out_over_two_where_each_leave_must_carry():
    everybody = _companies(6, MAY, JUNE)
    assert len(_made(_city(*everybody, policy="wished")).visits) == 1
    plan = _made(_city(*everybody))
    assert sorted(visit.escort for visit in plan.visits) == ["p", "q"]
    assert [len(visit.companies) for visit in plan.visits] == [3, 3]
    assert all(level.proven for level in plan.levels)


def test_a_group_of_little_worth_is_made_for_the_leave_that_would_carry_none():
    """Six for May are worth more than three of them in June: there the points are given up."""
    plan = _made(
        _city(
            *_companies(6, MAY, priority=50),
            *_companies(2, JUNE, key="d"),
            *[company("e", "b", MAY, JUNE, priority=50)],
        )
    )
    assert sorted(visit.escort for visit in plan.visits) == ["p", "q"]
    (june,) = (visit for visit in plan.visits if visit.escort == "q")
    assert june.companies == ("d0", "d1", "e")


@pytest.mark.parametrize(
    ("companies", "more", "words"),
    [
        (5, {}, "2 leaves are each to carry a group of at least 3, which takes 6 companies, and 5"),
        (6, {"rules": {"leave": {"protected_free_days": 8}}}, "of 10 days at home 8 are protected"),
        (6, {"windows": [MAY]}, "leave of q in 2023-Q2 can carry no group: on all its possible da"),
        (
            6,
            {"windows": [MAY], "late": 3, "chains": {"stone": "stone-unit", "wood": "office"}},
            "leave of q in 2023-Q2 can carry no group: at most 2 companies that may share a group",
        ),
        (6, {"expects": "deputy"}, "leave of p in 2023-Q2 can carry no group: no leader whom the"),
        (
            6,
            {"closed": True},
            "leave of q in 2023-Q2 can carry no group: no 3 days at home in a row",
        ),
    ],
)
def test_why_a_leave_can_carry_no_group_is_counted(companies, more, words):
    windows = more.pop("windows", [MAY, JUNE])
    everybody = _companies(companies, *windows, expects=more.pop("expects", "any"))
    n_late = more.pop("late", 0)
    everybody += [
        company(f"d{i}", "b", JUNE, chain="wood" if i == 2 else "stone") for i in range(n_late)
    ]
    if more.pop("closed", False):
        closure = Closure(id="x", name=text("x"), start=date(2023, 6, 6), end=date(2023, 6, 15))
        more["calendar"] = CalendarData(years=calendar(2023).years, closures=(closure,))
    city = _city(*everybody, **more)
    assert words in _refused(city)
    assert make_plan(_wished(city), time_limit_s=1).leaves


def _wished(city: Scenario) -> Scenario:
    visits = city.rules.visits.model_copy(update={"in_each_leave": "wished"})
    return city.model_copy(update={"rules": city.rules.model_copy(update={"visits": visits})})


def test_leaves_that_could_each_carry_a_group_but_not_all_are_proven_so_by_the_solver():
    """Five can come in May, three of them in June: whichever leave has three, two are left."""
    both = _companies(3, MAY, JUNE)
    alone = _companies(2, MAY, key="m") + _companies(1, span("2023-04-10", "2023-04-12"), key="n")
    city = _city(*both, *alone)
    given = Given(city, leave_choices(city))
    assert uncarried(given) is None
    explained = uncarried_by(given, ["b"])
    assert explained is not None
    assert "at least 1 of its 2 leaves can carry no group" in explained.lines[0].en
    assert "is proven impossible" in _refused(city)


def test_explain_names_the_leaves_and_what_would_do():
    city = _city(*_companies(5, MAY, JUNE))
    diagnosis = explain(city)
    assert diagnosis is not None
    assert diagnosis.groups is not None
    assert diagnosis.conflicts == ()
    settings = {(x.path, x.instead) for x in diagnosis.settings}
    assert settings == {
        ("rules.visits.in_each_leave", "wished"),
        ("rules.visits.group_min", "2"),
    }
    assert explain(_wished(city)) is None
    assert explain(_city(*_companies(6, MAY, JUNE))) is None


def test_the_audit_finds_a_leave_without_a_group_only_where_one_is_required():
    wished = _city(*_companies(6, MAY, JUNE), policy="wished")
    plan = make_plan(wished, time_limit_s=1)
    assert [x.rule for x in audit(wished, tables(wished, plan)) if x.rule == "leave-group"] == []
    required = _city(*_companies(6, MAY, JUNE))
    broken = violations(audit(required, tables(required, plan)))
    carried = plan.visits[0].escort
    assert [(x.rule, x.subject) for x in broken] == [
        ("leave-group", "q" if carried == "p" else "p")
    ]


def test_bureaus_in_each_others_way_leave_each_other_the_room_every_leave_needs():
    """A city with room for one group at a time, and narrow windows."""
    city = random_city(3, n_bureaus=2, n_companies=60, end="2023-06-30", window_days=(20, 50))
    visits = city.rules.visits.model_copy(
        update={"in_each_leave": "required", "same_host_unit": False}
    )
    city = city.model_copy(update={"rules": city.rules.model_copy(update={"visits": visits})})
    plan = make_plan(city, time_limit_s=4)
    assert violations(audit(city, tables(city, plan))) == ()
    assert {(v.escort) for v in plan.visits} == {leave.person for leave in plan.leaves}


def test_a_part_of_the_city_loses_as_much_for_a_leave_without_a_group_as_the_whole():
    city = random_city(1, n_bureaus=3, n_companies=30, end="2023-03-31")
    given = Given(city, leave_choices(city))
    assert given.of(["b0"]).bare_points == given.bare_points


def _june(city: Scenario) -> int:
    return city.days.day_of(JUNE.start)


def test_what_if_questions_never_take_the_group_from_a_leave_that_must_carry_one():
    """Three can come in June only; of the others the leave in May needs all three."""
    city = _city(*_companies(3, MAY, JUNE), *_companies(3, JUNE, key="d"))
    plan = _made(city)
    assert why(city, plan, Visits("c0", _june(city))).anew is None
    assert why(_wished(city), plan, Visits("c0", _june(city))).anew is not None


def test_a_leave_that_has_begun_without_a_group_is_history_and_one_to_come_must_carry():
    city = _city(*_companies(6, MAY, JUNE))
    plan = _made(city)
    only_june = replace(plan, visits=tuple(v for v in plan.visits if v.escort == "q"))
    today = city.days.day_of(date(2023, 5, 20))
    again = replan(city, only_june, today, with_frontier=False).plan
    assert [visit.escort for visit in again.visits] == ["q"]
    given = Given(city, leave_choices(city), excused=frozenset({("p", "2023-Q2")}))
    assert bare_leaves(given, Draft(again.leaves, again.visits)) == ()
    few = _city(*_companies(2, MAY, JUNE))
    with pytest.raises(InfeasibleError, match="q in 2023-Q2 can carry no group"):
        replan(few, only_june, today, with_frontier=False)


def test_a_published_group_that_loses_a_company_is_filled_up_rather_than_given_up():
    city = _city(*_companies(7, MAY, JUNE), leaders=[leader("l")])
    plan = _made(city)
    gone = next(v for v in plan.visits if len(v.companies) == 3).companies[0]
    kept = tuple(c for c in city.companies if c.id != gone)
    now = city.model_copy(update={"companies": kept})
    again = replan(now, plan, 0, with_frontier=False).plan
    assert violations(audit(now, tables(now, again))) == ()
    assert sorted(visit.escort for visit in again.visits) == ["p", "q"]

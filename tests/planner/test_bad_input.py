"""Odd and contradicting input: planned and clean in the audit, or explained in both languages."""

from __future__ import annotations

import pytest

from planner.audit import audit, violations
from planner.infeasible import InfeasibleError
from planner.plan import Plan, tables
from planner.solve import make_plan
from scenarios.model import Scenario
from scenarios.obligations import EventDuty, Obligations
from tests.planner.instances import bureau, company, leader, person, scenario, span

NO_EVENTS = Obligations(events=EventDuty(per_bureau=0, led_per_bureau=0))
"""Without a leader no promotion event could be led; what is tested here is something else."""


def _planned(city: Scenario) -> Plan:
    plan = make_plan(city, time_limit_s=2)
    assert violations(audit(city, tables(city, plan))) == ()
    return plan


def test_pins_that_send_everybody_home_at_once_are_explained_in_both_languages():
    members = [person(key, leave_pins=["2023-05-08"]) for key in ("p", "q")]
    with pytest.raises(InfeasibleError) as caught:
        make_plan(scenario(bureaus=[bureau("b", members)]), time_limit_s=2)
    lines = caught.value.explanation.lines
    assert lines
    assert all(line.zh and line.en for line in lines)


def test_a_leader_without_a_free_day_receives_nobody():
    members = [person("p", "chief", leave_pins=["2023-05-08"]), person("q")]
    companies = [company(f"c{i}", "b", span("2023-05-10", "2023-05-12")) for i in range(3)]
    busy = leader("busy", blocked=[span("2023-04-01", "2023-06-30")])
    city = scenario(
        bureaus=[bureau("b", members)], companies=companies, leaders=[busy], obligations=NO_EVENTS
    )
    assert [visit.leader for visit in _planned(city).visits] == [None]


def test_companies_whose_windows_are_all_closed_days_stay_unplaced():
    companies = [company(f"c{i}", "north", span("2023-04-29", "2023-05-03")) for i in range(3)]
    plan = _planned(scenario(companies=companies, obligations=NO_EVENTS))
    assert plan.visits == ()
    assert {u.company: u.reason for u in plan.unplaced} == dict.fromkeys(
        ("c0", "c1", "c2"), "no-window"
    )


def test_without_companies_there_are_leaves_and_no_visits():
    plan = _planned(scenario(obligations=NO_EVENTS))
    assert len(plan.leaves) == 2
    assert plan.visits == ()


def test_a_leap_year_is_planned_with_four_leaves_a_person():
    city = scenario("2024-01-01", "2024-12-31", obligations=NO_EVENTS)
    assert len(_planned(city).leaves) == 8


def test_a_bureau_of_one_person_takes_its_leaves_although_nobody_stays():
    alone = bureau("b", [person("p", "chief")])
    (leave,) = _planned(scenario(bureaus=[alone], obligations=NO_EVENTS)).leaves
    assert leave.person == "p"


def test_a_person_posted_in_mid_period_takes_a_leave_only_where_half_is_served():
    late = person("q", posted_from="2023-06-01")
    members = [person("p", "chief"), late]
    city = scenario(
        "2023-04-01", "2023-09-30", bureaus=[bureau("b", members)], obligations=NO_EVENTS
    )
    taken = {(leave.person, leave.period) for leave in _planned(city).leaves}
    assert taken == {("p", "2023-Q2"), ("p", "2023-Q3"), ("q", "2023-Q3")}

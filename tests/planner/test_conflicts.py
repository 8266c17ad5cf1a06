"""Conflicts that counting proves, said in words with subject, period and numbers."""

from __future__ import annotations

import pytest

from planner.conflicts import certificate
from planner.feasible import first_leaves
from planner.infeasible import InfeasibleError
from planner.solve import make_plan
from planner.starts import leave_choices
from tests.planner.instances import bureau, person, scenario, span


def _said(city):
    explanation = certificate(city)
    assert explanation is not None
    assert all(line.zh.strip() and line.en.strip() for line in explanation.lines)
    return explanation, "\n".join(line.en for line in explanation.lines)


def test_a_plain_city_has_no_conflict():
    assert certificate(scenario()) is None


def test_the_literal_monthly_policy_is_refused_with_the_arithmetic_before_solving():
    bureaus = [bureau(name) for name in ("a", "b", "c", "d")]
    rules = {"presence": {"policy": "monthly-literal"}}
    city = scenario("2023-01-01", "2023-12-31", bureaus=bureaus, rules=rules)
    explanation, text = _said(city)
    assert "a month of 31 days can spare at most 5 days" in text
    assert "spare at most 10, and the leave takes 12" in text
    assert "8 persons and 32 leaves" in text
    assert "2023-Q3: days each month can spare 2023-07: 5, 2023-08: 5, 2023-09: 4" in text
    assert "31 天的月份至多可离岗 5 天" in explanation.lines[0].zh
    assert explanation.rules == ("leave-owed", "presence")
    with pytest.raises(InfeasibleError) as error:
        make_plan(city)
    assert error.value.explanation == explanation


def test_a_monthly_minimum_that_some_months_can_keep_is_blamed_on_the_others_only():
    rules = {"presence": {"policy": "monthly-literal", "days_per_month": 25}}
    _, text = _said(scenario("2023-04-01", "2023-09-30", rules=rules))
    assert "In the periods below" in text
    assert "2023-Q2" in text
    assert "2023-Q3" not in text  # July and August can spare six days each


def test_more_days_owed_than_there_are_is_said_with_the_sum():
    city = scenario("2023-01-01", "2023-03-31", rules={"presence": {"days_per_month": 27}})
    explanation, text = _said(city)
    assert "north-deputy) each owe 81 days at post in 2023-Q1" in text
    assert "90 days of service less 12 days of leave are 78" in text
    assert explanation.rules == ("leave-owed", "presence")


def test_a_shortage_that_many_share_is_said_once():
    many = [bureau("b", [person(f"p{i}") for i in range(5)])]
    rules = {"presence": {"days_per_month": 27}}
    explanation, text = _said(scenario("2023-01-01", "2023-03-31", bureaus=many, rules=rules))
    assert len(explanation.lines) == 1
    assert "and 2 more each owe 81 days" in text
    assert "等 5 人" in explanation.lines[0].zh


def test_two_pins_in_a_period_are_named_with_their_days():
    member = person("p", leave_pins=["2023-05-09", "2023-06-06"])
    explanation, text = _said(scenario(bureaus=[bureau("b", [member, person("q")])]))
    assert "p has 2 pinned" in text.replace("p (p)", "p")
    assert "2023-05-09, 2023-06-06" in text
    assert "leave-pin" in explanation.rules


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({}, "leaves the period"),
        ({"no_leave": [span("2023-06-26")], "leave_pins": ["2023-06-15"]}, "leave is not possible"),
        ({"posted_to": "2023-06-20", "leave_pins": ["2023-06-15"]}, "leaves the posting"),
        (
            {"approved_absences": [span("2023-06-16")], "leave_pins": ["2023-06-15"]},
            "meets an approved absence",
        ),
    ],
)
def test_a_pin_that_breaks_a_rule_is_told_which(more, words):
    member = person("p", **{"leave_pins": ["2023-06-25"], **more})
    _, text = _said(scenario(bureaus=[bureau("b", [member, person("q")])]))
    assert words in text


def test_a_pin_without_a_leave_earned_is_refused():
    member = person("p", posted_from="2023-06-01", leave_pins=["2023-06-05"])
    _, text = _said(scenario(bureaus=[bureau("b", [member, person("q")])]))
    assert "serves 30 of the 91 days" in text


def test_colliding_pins_are_told_the_days_that_need_cover():
    members = [person("p", leave_pins=["2023-05-08"]), person("q", leave_pins=["2023-05-15"])]
    explanation, text = _said(scenario(bureaus=[bureau("b", members)]))
    assert "both would be away on 5 days that need cover, from 2023-05-15" in text
    assert explanation.rules == ("coverage", "leave-pin")


def test_blocked_days_that_leave_no_first_day_are_counted():
    member = person("p", no_leave=[span("2023-04-10", "2023-06-22")])
    _, text = _said(scenario(bureaus=[bureau("b", [member, person("q")])]))
    assert "of the 80 days from which 12 days fit" in text
    assert "80 as it meets days on which leave is not possible" in text


def test_too_many_leaves_for_a_period_are_counted_in_person_days():
    members = [person(f"p{i}") for i in range(9)]
    rules = {"coverage": {"min_at_post": 8, "days": "all"}}
    _, text = _said(scenario(bureaus=[bureau("b", members)], rules=rules))
    assert "9 leaves in 2023-Q2" in text
    assert "at least 108 person-days that need cover, and cover leaves only 91" in text


def test_every_conflict_is_told_at_once():
    members = [person("p", leave_pins=["2023-06-25"]), person("q", leave_pins=["2023-06-28"])]
    explanation, _ = _said(scenario(bureaus=[bureau("b", members)]))
    assert len(explanation.lines) == 2


def test_leaves_that_fit_one_by_one_but_not_together_name_the_families_that_conflict():
    """Each has room in 18 days of April, but two leaves of twelve days do not fit into them."""
    blocked = [span("2023-04-01", "2023-04-06"), span("2023-04-25", "2023-06-30")]
    members = [person("p", no_leave=blocked), person("q", no_leave=blocked)]
    city = scenario(bureaus=[bureau("b", members)])
    assert certificate(city) is None
    with pytest.raises(InfeasibleError) as error:
        first_leaves(city, leave_choices(city))
    (line,) = error.value.explanation.lines
    assert "2023-Q2" in line.en
    assert "days on which leave is not possible; cover at post" in line.en
    assert "不可轮休日;驻地留守" in line.zh
    assert error.value.explanation.rules == ("coverage", "leave-blocked-days")


def test_a_pin_in_the_way_is_the_family_that_is_named():
    blocked = [span("2023-04-01", "2023-04-20"), span("2023-05-12", "2023-06-30")]
    members = [person("p", leave_pins=["2023-04-26"]), person("q", no_leave=blocked)]
    city = scenario(bureaus=[bureau("b", members)])
    assert certificate(city) is None
    with pytest.raises(InfeasibleError) as error:
        first_leaves(city, leave_choices(city))
    assert error.value.explanation.rules == ("coverage", "leave-blocked-days", "leave-pin")

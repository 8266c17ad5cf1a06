from __future__ import annotations

from typing import Any

import pytest

from planner.audit import audit, violations
from tests.planner.audit_world import (
    TRIPS,
    Edit,
    away,
    both,
    change,
    city,
    drop,
    good_tables,
    of_rule,
    with_rules,
)
from tests.planner.instances import span, target


def test_visits_may_run_on_any_day_that_is_not_closed_where_the_scenario_says_so() -> None:
    edited = good_tables()
    # From Friday to Sunday.
    dates = {"start": "2023-05-12", "end": "2023-05-14", "leader_day": "2023-05-12"}
    change("visits", {"visit": "north-v01"}, **dates)(edited)
    change("unplaced", {"company": "s4"}, alternative="office 2023-05-28")(edited)

    def broken(days: str) -> set[str]:
        rules = city().rules.model_validate({"leader_trips": TRIPS, "visits": {"days": days}})
        given = city().model_copy(update={"rules": rules})
        return {finding.rule for finding in violations(audit(given, edited))}

    assert broken("any") == {"calendar-agrees"}
    assert broken("working") == {"calendar-agrees", "visit-open-days", "unplaced-alternative"}


def test_a_group_of_the_largest_size_with_every_seat_taken_is_allowed() -> None:
    def full(edited: dict[str, Any]) -> None:
        edited["visits"]["seats"] = 3

    assert violations(with_rules({"visits": {"group_max": 3}}, full)) == ()


@pytest.mark.parametrize(("protected", "verdict"), [(7, "ok"), (8, "violated")])
def test_just_the_protected_days_left_free_are_enough(protected: int, verdict: str) -> None:
    findings = with_rules({"leave": {"protected_free_days": protected}})
    found = of_rule(findings, "free-days")
    assert found == [("2023-Q2", str(protected), "7", verdict)] * 2


def test_a_window_of_just_the_visits_days_is_enough() -> None:
    given = city()
    exact = given.companies[2].model_copy(update={"windows": (span("2023-05-09", "2023-05-11"),)})
    companies = (*given.companies[:2], exact, *given.companies[3:])
    given = given.model_copy(update={"companies": companies})
    assert violations(audit(given, good_tables())) == ()


def test_windows_next_to_each_other_are_one() -> None:
    given = city()
    halves = (span("2023-05-01", "2023-05-09"), span("2023-05-10", "2023-05-15"))
    split = given.companies[2].model_copy(update={"windows": halves})
    companies = (*given.companies[:2], split, *given.companies[3:])
    given = given.model_copy(update={"companies": companies})
    assert violations(audit(given, good_tables())) == ()


def test_findings_on_leaves_say_what_is_asked_and_what_is_there() -> None:
    findings = with_rules({})
    chief = [f for f in findings if f.subject == "north-chief"]
    assert of_rule(tuple(chief), "leave-in-period") == [
        ("2023-Q2", "2023-04-01/2023-06-30", "2023-05-08/2023-05-19", "ok")
    ]
    assert of_rule(tuple(chief), "leave-pin") == [("2023-Q2", "2023-05-08", "2023-05-08", "ok")]


def found(rule: str, edit: Edit) -> list[tuple[str, str, str]]:
    edited = good_tables()
    edit(edited)
    broken = violations(audit(city(), edited))
    return [(f.subject, f.period, f.actual) for f in broken if f.rule == rule]


def test_a_breach_is_laid_on_whom_it_concerns() -> None:
    whole = "2023-04-01/2023-07-31"
    led = change("visits", {"visit": "south-v01"}, leader="principal", leader_tier="principal")
    assert found("leader-groups-a-month", led) == [("principal", "2023-05", "2")]
    assert found("company-answered", drop("unplaced", company="s4")) == [
        ("south", whole, "1: s4 neither")
    ]
    dates = {"start": "2023-05-11", "end": "2023-05-15"}
    hosted = change("visits", {"visit": "south-v01"}, host_unit="stone-unit", **dates)
    assert found("host-unit-capacity", hosted) == [
        ("stone-unit", whole, "at most 2, over on 1: 2023-05-11")
    ]
    assert found("city-capacity", hosted) == [("city", whole, "at most 2, over on 1: 2023-05-11")]
    assert found("coverage", away("south-deputy", "05-25")) == [
        ("south", "2023-Q2", "short on 1: 2023-05-25")
    ]
    unled = change("visits", {"visit": "south-v01"}, leader="", leader_tier="")
    assert found("leader-tier", unled) == [
        ("south-v01", "2023-05-24", "nobody as no tier on 2023-05-25")
    ]
    empty = drop("visit_companies", visit="south-v01")
    assert found("host-unit", empty) == [
        ("south-v01", "2023-05-24", "wood-unit for wood, companies of -")
    ]


def test_a_leaders_groups_and_events_of_a_day_are_counted_together() -> None:
    clash = change("obligations", {"label": "north-event-2"}, date="2023-05-25")
    assert found("event-leader", clash) == [("north", "2023-05-25", "2")]
    blocked = change("obligations", {"label": "north-event-2"}, date="2023-05-24")
    assert found("event-leader", blocked) == [("north", "2023-05-24", "1, blocked")]


def test_an_event_with_nobody_at_post_is_violated_and_says_so() -> None:
    gone = both(
        away("south-chief", "04-13"),
        away("south-deputy", "04-13"),
        change("obligations", {"label": "south-event-1"}, persons=""),
    )
    assert found("event-staff", gone) == [("south", "2023-04-13", "at post: nobody")]


def test_a_fair_that_is_not_listed_says_so() -> None:
    assert found("fair-listed", drop("obligations", label="expo")) == [
        ("north", "2023-05-16", "not listed, not at post 0")
    ]


def test_no_trip_is_allowed_and_none_counts_where_leaders_inspect_at_home_only() -> None:
    findings = with_rules({"leader_trips": {**TRIPS, "inspections": "received"}})
    assert of_rule(findings, "trips-a-leader") == [("2023", "at most 0", "1", "violated")]
    assert {finding.rule for finding in violations(findings)} == {"trips-a-leader"}
    whole = "2023-04-01/2023-07-31"
    assert of_rule(findings, "target-inspections-principal") == [
        (whole, "3", "3", "ok"),
        (whole, "3", "0", "note"),
    ]


def test_trips_on_any_day_may_run_over_a_weekend() -> None:
    weekend = change("trips", {"trip": "south-t01"}, start="2023-07-07", end="2023-07-09")
    assert violations(with_rules({"leader_trips": {**TRIPS, "days": "any"}}, weekend)) == ()


def test_a_company_inspected_on_a_trip_may_be_received_by_the_tier_later() -> None:
    vice = {"leader": "vice", "leader_tier": "deputy"}
    before = change("trips", {"trip": "south-t01"}, start="2023-05-09", end="2023-05-11", **vice)
    assert found("trip-company-once", before) == []
    after = change("trips", {"trip": "south-t01"}, **vice)
    assert found("trip-company-once", after) == [("south-t01", "2023-07-04", "1: s1")]


def test_the_day_next_to_an_event_is_too_near_for_its_leader_and_the_one_before_is_not() -> None:
    # The principal leads an event on Thursday the 27th of April.
    near = change("trips", {"trip": "south-t01"}, start="2023-04-24", end="2023-04-26")
    assert found("trip-leader-clash", near) == [("south-t01", "2023-04-24", "1: south-event-2")]
    far = change("trips", {"trip": "south-t01"}, start="2023-04-19", end="2023-04-21")
    assert found("trip-leader-clash", far) == []


def test_a_company_of_both_tiers_counts_once_towards_the_inspections_of_a_bureau() -> None:
    given = city()
    whole = target("inspections", 4)
    given = given.model_copy(update={"targets": (*given.targets, whole)})
    met = of_rule(audit(given, good_tables()), "target-inspections")
    # Of south s1 is inspected by both tiers, s2 and s3 by the deputy, s4 by the principal.
    assert [actual for _, _, actual, _ in met] == ["3", "4"]

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from planner.audit import audit, violations
from planner.plan import Obligation, tables
from scenarios.model import Scenario
from scenarios.obligations import EventDuty, Fair, Obligations
from tests.planner.audit_world import (
    away,
    city,
    findings_of,
    good_tables,
    of_rule,
    one_leave,
    small,
)
from tests.planner.instances import person, span, text


def test_a_full_quarter_owes_78_days_and_a_shorter_one_its_share() -> None:
    staff = person("north-late", posted_from="2023-05-01")
    given = small("2023-04-01", "2023-06-30", person("north-a"), staff)
    starts = {"north-a": ("2023-Q2", "2023-05-08"), "north-late": ("2023-Q2", "2023-06-19")}
    found = of_rule(findings_of(given, starts), "presence")
    # 61 days served of 91: 78 x (61 - 12) / (91 - 12) = 48.4.
    assert found == [("2023-Q2", "78", "79", "ok"), ("2023-Q2", "48", "49", "ok")]


def test_a_period_the_horizon_cuts_is_measured_against_the_whole_one() -> None:
    given = small("2023-04-12", "2023-08-10", person("north-a"))
    findings = findings_of(given, {"north-a": ("2023-Q2", "2023-05-08")})
    # 80 of 91 days: 78 x 68 / 79 = 67.1; 41 of 92 days earn no leave: 78 x 41 / 92 = 34.8.
    assert of_rule(findings, "presence") == [
        ("2023-Q2", "67", "68", "ok"),
        ("2023-Q3", "34", "41", "ok"),
    ]
    assert of_rule(findings, "leave-owed") == [
        ("2023-Q2", "1", "1", "ok"),
        ("2023-Q3", "0", "0", "ok"),
    ]


@pytest.mark.parametrize(("first", "owed"), [("2023-05-16", "1"), ("2023-05-17", "0")])
def test_half_of_the_period_earns_its_leave(first: str, owed: str) -> None:
    # 46 and 45 days of 91.
    given = small("2023-04-01", "2023-06-30", person("north-a", posted_from=first))
    (found,) = of_rule(findings_of(given, {}), "leave-owed")
    assert found[1] == owed


def test_an_approved_absence_reduces_what_is_owed() -> None:
    absent = person("north-a", approved_absences=(span("2023-04-03", "2023-04-12"),))
    given = small("2023-04-01", "2023-06-30", absent)
    found = of_rule(findings_of(given, {"north-a": ("2023-Q2", "2023-05-08")}), "presence")
    # 81 of 91 days: 78 x 69 / 79 = 68.1.
    assert found == [("2023-Q2", "68", "69", "ok")]


def test_travel_counts_as_presence_where_the_scenario_says_so() -> None:
    rules = {"presence": {"travel_counts": True}}
    given = small("2023-04-01", "2023-06-30", person("north-a"), rules=rules)
    found = of_rule(findings_of(given, {"north-a": ("2023-Q2", "2023-05-08")}), "presence")
    assert found == [("2023-Q2", "78", "81", "ok")]


def test_the_literal_monthly_reading_finds_the_month_of_a_leave_short() -> None:
    rules = {"presence": {"policy": "monthly-literal"}}
    given = small("2023-04-01", "2023-06-30", person("north-a"), rules=rules)
    found = of_rule(findings_of(given, {"north-a": ("2023-Q2", "2023-05-27")}), "presence")
    assert found == [
        ("2023-04", "26", "30", "ok"),
        ("2023-05", "26", "26", "ok"),
        ("2023-06", "26", "23", "violated"),
    ]


def test_the_months_a_leave_touches_are_exempt_but_every_other_day_is_spent_at_post() -> None:
    rules = {"presence": {"policy": "monthly-except-leave"}}
    given = small("2023-04-01", "2023-06-30", person("north-a"), person("north-b"), rules=rules)
    plan = one_leave(given, {"north-a": ("2023-Q2", "2023-05-27")})
    good = tables(given, plan)
    found = of_rule(audit(given, good), "presence")
    assert found[:3] == [
        ("2023-04", "26", "30", "ok"),
        ("2023-05", "26", "26", "ok"),
        ("2023-06", "23", "23", "ok"),
    ]
    away("north-a", "06-20")(good)
    assert of_rule(audit(given, good), "presence")[2] == ("2023-06", "23", "22", "violated")


def test_one_posted_alone_may_go_on_leave_and_that_is_noted() -> None:
    given = small("2023-04-01", "2023-06-30", person("north-a"))
    findings = findings_of(given, {"north-a": ("2023-Q2", "2023-05-08")})
    assert violations(findings) == ()
    ((_, _, actual, verdict),) = of_rule(findings, "coverage-reachable")
    assert verdict == "note"
    assert actual.startswith("fewer asked for on 62: 2023-04-03")


def test_an_overlap_on_days_off_is_no_breach_of_coverage_unless_it_holds_on_all() -> None:
    starts = {"north-a": ("2023-Q2", "2023-04-22"), "north-b": ("2023-Q2", "2023-05-02")}
    two = (person("north-a"), person("north-b"))
    # Both are away on 2 and 3 May, the last days of the labour holiday.
    working = small("2023-04-01", "2023-06-30", *two)
    assert of_rule(findings_of(working, starts), "coverage")[0][3] == "ok"
    every = small("2023-04-01", "2023-06-30", *two, rules={"coverage": {"days": "all"}})
    ((_, _, actual, verdict),) = of_rule(findings_of(every, starts), "coverage")
    assert (actual, verdict) == ("short on 2: 2023-05-02, 2023-05-03", "violated")


def test_whoever_absence_leaves_alone_stays() -> None:
    absent = person("north-b", approved_absences=(span("2023-05-08", "2023-05-12"),))
    given = small("2023-04-01", "2023-06-30", person("north-a"), absent)
    starts = {"north-a": ("2023-Q2", "2023-05-08"), "north-b": ("2023-Q2", "2023-06-05")}
    ((_, _, actual, _),) = of_rule(findings_of(given, starts), "coverage")
    assert actual == "short on 5: 2023-05-08, 2023-05-09, 2023-05-10, ..."


def test_a_fair_nobody_can_attend_is_noted_and_one_nobody_attends_violated() -> None:
    def given(**more: Any) -> Scenario:
        expo = Fair(
            id="expo",
            name=text("expo"),
            start=date(2023, 5, 16),
            end=date(2023, 5, 16),
            bureaus=("north",),
        )
        duties = Obligations(events=EventDuty(per_bureau=0, led_per_bureau=0), fairs=(expo,))
        return small("2023-04-01", "2023-06-30", person("north-a", **more), obligations=duties)

    fair = (Obligation(45, "fair", "north", (), "expo"),)
    absent = given(approved_absences=(span("2023-05-16"),))
    findings = findings_of(absent, {"north-a": ("2023-Q2", "2023-06-05")}, fair)
    assert of_rule(findings, "fair-attended")[0][3] == "note"
    on_leave = findings_of(given(), {"north-a": ("2023-Q2", "2023-05-08")}, fair)
    assert of_rule(on_leave, "fair-attended")[0][3] == "violated"


def test_coverage_that_can_be_asked_for_as_it_stands_is_not_noted() -> None:
    found = of_rule(audit(city(), good_tables()), "coverage-reachable")
    assert {verdict for _, _, _, verdict in found} == {"ok"}


def test_a_month_without_service_owes_nothing_and_is_not_judged() -> None:
    late = person("north-a", posted_from="2023-05-16")
    rules = {"presence": {"policy": "monthly-literal"}}
    given = small("2023-04-01", "2023-07-31", late, rules=rules)
    # 16 of 31 days: 26 x 16 / 31 = 13.4.
    assert of_rule(findings_of(given, {}), "presence") == [
        ("2023-05", "13", "16", "ok"),
        ("2023-06", "26", "30", "ok"),
        ("2023-07", "26", "31", "ok"),
    ]


def test_a_leave_as_long_as_its_period_leaves_the_whole_quota_owed() -> None:
    rules = {"leave": {"period_months": 1, "length_days": 28}}
    given = small("2023-02-01", "2023-02-28", person("north-a"), rules=rules)
    found = of_rule(findings_of(given, {"north-a": ("2023-02", "2023-02-01")}), "presence")
    assert found == [("2023-02", "26", "0", "violated")]


def test_a_pin_where_no_leave_is_owed_is_noted() -> None:
    short = person("north-a", posted_from="2023-06-01", leave_pins=("2023-06-05",))
    given = small("2023-04-01", "2023-06-30", short)
    findings = findings_of(given, {})
    assert violations(findings) == ()
    assert of_rule(findings, "leave-pin") == [
        ("2023-Q2", "2023-06-05", "no leave, none owed", "note")
    ]

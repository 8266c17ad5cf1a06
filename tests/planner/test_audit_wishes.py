from __future__ import annotations

import pytest

from planner.audit import audit
from scenarios.budget import Budget, TravelStandard
from tests.planner.audit_world import (
    Edit,
    change,
    city,
    findings_of,
    good_tables,
    of_rule,
    small,
)
from tests.planner.instances import person


def notes(edit: Edit | None = None) -> set[tuple[str, str]]:
    edited = good_tables()
    if edit:
        edit(edited)
    return {(f.rule, f.subject) for f in audit(city(), edited) if f.verdict == "note"}


def test_wishes_missed_are_noted_and_never_violated() -> None:
    before = notes()
    assert ("leave-wish", "south-deputy") not in before
    missed = change("calendar", {"person": "south-deputy", "date": "2023-06-21"}, status="post")
    assert notes(missed) - before == {("leave-wish", "south-deputy")}


def test_leaves_far_from_the_end_of_the_period_are_noted() -> None:
    found = {subject for rule, subject in notes() if rule == "leave-late-in-period"}
    # The last 45 days of the quarter begin on 17 May.
    assert found == {"north-chief"}


def test_leaves_without_a_group_are_noted_by_bureau() -> None:
    findings = audit(city(), good_tables())
    found = [(f.subject, f.required, f.actual) for f in findings if f.rule == "leave-with-group"]
    assert found == [("north", "3", "1"), ("south", "2", "1")]


def test_leader_targets_out_of_the_plans_reach_are_noted() -> None:
    findings = audit(city(), good_tables())
    found = [
        (f.rule, f.subject, f.required, f.actual, f.verdict)
        for f in findings
        if f.rule.startswith("target-")
    ]
    assert found == [
        ("target-inspections-principal", "north", "3", "3", "ok"),
        ("target-inspections-deputy", "north", "1", "0", "note"),
        ("target-inspections-principal", "south", "3", "2", "note"),
        ("target-inspections-deputy", "south", "1", "3", "ok"),
    ]


def test_visits_in_winter_are_noted() -> None:
    rules = {"visits": {"winter_months": (5,)}}
    given = city().model_copy(update={"rules": city().rules.model_validate(rules)})
    found = of_rule(audit(given, good_tables()), "visit-in-winter")
    assert [(actual, verdict) for _, _, actual, verdict in found] == [
        ("1: north-v01", "note"),
        ("1: south-v01", "note"),
    ]


@pytest.mark.parametrize(
    ("at_home", "verdict"),
    [({"north-a": "2023-01-16"}, "ok"), ({"north-b": "2023-01-16"}, "note"), ({}, "note")],
)
def test_who_stayed_over_the_last_festival_goes_home_first(
    at_home: dict[str, str], verdict: str
) -> None:
    given = small(
        "2023-01-01",
        "2023-03-31",
        person("north-a"),
        person("north-b", home_last_festival=True),
    )
    late = dict.fromkeys(("north-a", "north-b"), "2023-03-06")
    starts = {who: ("2023-Q1", start) for who, start in (late | at_home).items()}
    ((period, required, _, found),) = of_rule(findings_of(given, starts), "festival-fairness")
    assert (period, required, found) == ("2023", "first north-a", verdict)


@pytest.mark.parametrize(("lump_sum_yuan", "verdict"), [(6_320, "ok"), (6_319, "note")])
def test_an_allowance_the_lump_sum_does_not_pay_is_noted(lump_sum_yuan: int, verdict: str) -> None:
    standard = TravelStandard(
        meals_yuan_per_day=0, local_transport_yuan_per_day=0, hotel_yuan_per_night=0
    )
    budget = Budget(lump_sum_yuan={"north": lump_sum_yuan}, per_diem_yuan=80, travel=standard)
    given = small("2023-04-01", "2023-06-30", person("north-a"), budget=budget)
    found = of_rule(
        findings_of(given, {"north-a": ("2023-Q2", "2023-05-08")}), "per-diem-in-lump-sum"
    )
    # 79 days at post.
    assert [(actual, found) for _, _, actual, found in found] == [("6320 yuan", verdict)]

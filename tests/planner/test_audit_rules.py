from __future__ import annotations

import pandas as pd
import pytest

from planner.audit import RULES, Finding, audit, violations
from tests.planner.audit_world import (
    Edit,
    add,
    away,
    both,
    change,
    city,
    drop,
    good_tables,
)

GIVEN = city()
OF_JOINT_GROUPS = {"joint-groups", "joint-group-bureaus", "joint-group-together"}
"""Rules of groups that the plan made by hand has none of: see ``test_audit_joint.py``."""

HARD = {rule.id for rule in RULES if rule.hard} - OF_JOINT_GROUPS


def leave_of(who: str, **values: str) -> Edit:
    return change("leaves", {"person": who}, **{k: f"2023-{v}" for k, v in values.items()})


def visit_of(which: str, **values: object) -> Edit:
    dated = {"start", "end", "leader_day"}
    cells = {k: f"2023-{v}" if k in dated and v else v for k, v in values.items()}
    return change("visits", {"visit": which}, **cells)


def trip_of(**values: object) -> Edit:
    cells = {k: f"2023-{v}" if k in {"start", "end"} else v for k, v in values.items()}
    return change("trips", {"trip": "south-t01"}, **cells)


def trip(key: str, leader: str, tier: str, start: str, end: str, host: str, whom: str) -> Edit:
    bureau = key.partition("-")[0]
    return add("trips", key, bureau, leader, tier, f"2023-{start}", f"2023-{end}", host, whom)


def duty_of(label: str, **values: str) -> Edit:
    return change("obligations", {"label": label}, **values)


def without_column(edited: dict[str, pd.DataFrame]) -> None:
    edited["visits"] = edited["visits"].drop(columns="seats")


def drop_table(edited: dict[str, pd.DataFrame]) -> None:
    del edited["unplaced"]


def twice(edited: dict[str, pd.DataFrame]) -> None:
    frame = edited["obligations"]
    edited["obligations"] = pd.concat([frame, frame.iloc[[0]]])


CORRUPTIONS: list[tuple[str, Edit, str]] = [
    # The rule, what is done to the tables, and every other rule that is broken by it.
    (
        "table-columns",
        without_column,
        "calendar-agrees company-answered table-words",
    ),
    ("table-columns", drop_table, "company-answered"),
    (
        "table-dates",
        leave_of("north-chief", start="13-01"),
        "calendar-agrees clearing-listed leave-owed leave-pin visit-escort",
    ),
    (
        "table-dates",
        change("obligations", {"date": "2023-07-30"}, date="2023-08-06"),
        "meeting-due",
    ),
    (
        "table-dates",
        leave_of("south-deputy", end="06-18"),
        "calendar-agrees clearing-listed leave-owed",
    ),
    (
        "table-words",
        change("calendar", {"person": "north-staff", "date": "2023-05-20"}, status="home"),
        "calendar-complete",
    ),
    (
        "table-words",
        change("leaves", {"person": "north-deputy"}, bureau="south"),
        "calendar-agrees clearing-listed leave-owed",
    ),
    ("table-words", duty_of("south-event-1", bureau="", persons=""), "events"),
    ("table-words", duty_of("south-event-1", persons="north-chief"), "events"),
    (
        "table-words",
        change("unplaced", {"company": "s4"}, alternative="nobody 2023-05-30"),
        "company-answered",
    ),
    ("table-words", visit_of("south-v01", seats="six"), "calendar-agrees"),
    ("table-duplicates", twice, ""),
    (
        "table-duplicates",
        add("calendar", "2023-05-20", "north", "north-staff", "absent"),
        "",
    ),
    (
        "calendar-complete",
        drop("calendar", person="north-staff", date="2023-05-20"),
        "",
    ),
    (
        "calendar-complete",
        add("calendar", "2023-04-20", "north", "north-staff", "post"),
        "",
    ),
    ("calendar-agrees", away("north-staff", "05-20"), ""),
    (
        "calendar-agrees",
        change("calendar", {"person": "south-chief", "date": "2023-06-03"}, status="post"),
        "",
    ),
    ("leave-owed", drop("leaves", person="south-deputy"), "calendar-agrees clearing-listed"),
    (
        "leave-owed",
        add("leaves", "south-chief", "south", "2023-Q3", "2023-07-10", "2023-07-21", "2023-07-20"),
        "calendar-agrees clearing-listed",
    ),
    (
        "leave-stretch",
        add("leaves", "south-deputy", "south", "2023-Q3", "2023-07-10", "2023-07-21", "2023-07-20"),
        "calendar-agrees clearing-listed leave-owed",
    ),
    (
        "leave-length",
        leave_of("south-deputy", end="06-29", clearing_date="06-28"),
        "calendar-agrees clearing-listed",
    ),
    (
        "leave-in-period",
        leave_of("south-deputy", start="06-26", end="07-07", clearing_date="07-06"),
        "calendar-agrees clearing-listed",
    ),
    (
        "leave-in-posting",
        leave_of("north-staff", start="04-24", end="05-05", clearing_date="05-04"),
        "calendar-agrees clearing-listed",
    ),
    (
        "leave-pin",
        leave_of("north-chief", start="05-06", end="05-17", clearing_date="05-16"),
        "calendar-agrees clearing-listed",
    ),
    (
        "leave-blocked-days",
        leave_of("north-deputy", start="06-06", end="06-17", clearing_date="06-16"),
        "calendar-agrees clearing-listed",
    ),
    (
        "leave-absence",
        leave_of("south-chief", start="05-23", end="06-03", clearing_date="06-02"),
        "calendar-agrees clearing-listed",
    ),
    ("clearing-date", leave_of("north-deputy", clearing_date="06-15"), "clearing-listed"),
    ("presence", away("south-deputy", "04-03", "04-04"), "calendar-agrees"),
    ("coverage", away("south-deputy", "05-25"), "calendar-agrees"),
    ("visit-length", visit_of("south-v01", end="05-25"), "calendar-agrees"),
    (
        "visit-open-days",
        visit_of("north-v01", start="05-12", end="05-14", leader_day="05-12"),
        "calendar-agrees",
    ),
    (
        "visit-open-days",
        # 15 June is a working day in the country, and closed in the city.
        both(
            visit_of("south-v01", start="06-13", end="06-15", leader_day="06-14"),
            visit_of("south-v01", escort="north-deputy"),
        ),
        "calendar-agrees visit-escort",
    ),
    ("visit-escort", visit_of("north-v01", escort="north-staff"), "calendar-agrees"),
    (
        "visit-escort",
        # The first day of the leave is spent travelling.
        visit_of("north-v01", start="05-08", end="05-10"),
        "calendar-agrees",
    ),
    (
        "visit-one-a-bureau",
        add(
            "visits",
            "north-v02",
            "north",
            "2023-05-10",
            "2023-05-12",
            "north-chief",
            "",
            "",
            "",
            "stone",
            "stone-unit",
            6,
        ),
        "calendar-agrees city-capacity group-size host-unit host-unit-capacity",
    ),
    (
        "free-days",
        visit_of("south-v01", end="05-30"),
        "calendar-agrees visit-length visit-open-days",
    ),
    ("group-size", drop("visit_companies", company="n2"), "company-answered"),
    ("group-seats", visit_of("north-v01", seats=5), ""),
    (
        "reserved-seats",
        both(add("visit_companies", "north-v01", "n5"), drop("unplaced", company="n5")),
        "company-window",
    ),
    (
        "company-bureau",
        both(add("visit_companies", "north-v01", "s4"), drop("unplaced", company="s4")),
        "trip-company-once",
    ),
    (
        "company-screening",
        both(add("visit_companies", "north-v01", "n4"), drop("unplaced", company="n4")),
        "",
    ),
    (
        "company-window",
        visit_of("north-v01", start="05-16", end="05-18", leader_day="05-17"),
        "calendar-agrees",
    ),
    ("host-unit", visit_of("north-v01", host_unit="office"), ""),
    ("host-unit", visit_of("north-v01", chain="wood", host_unit="wood-unit"), ""),
    (
        "host-unit-capacity",
        visit_of(
            "south-v01", start="05-09", end="05-11", leader_day="05-10", host_unit="stone-unit"
        ),
        "calendar-agrees city-capacity host-unit visit-escort",
    ),
    (
        "city-capacity",
        visit_of("south-v01", start="05-11", end="05-15", leader_day="05-12"),
        "calendar-agrees visit-escort visit-length visit-open-days",
    ),
    ("leader-tier", visit_of("north-v01", leader_tier="deputy"), ""),
    ("leader-tier", visit_of("north-v01", leader_day=""), ""),
    ("leader-day", visit_of("north-v01", leader_day="05-09"), ""),
    ("leader-day", visit_of("north-v01", leader_day="05-12"), ""),
    (
        "company-expects",
        visit_of("north-v01", leader="vice", leader_tier="deputy"),
        "",
    ),
    ("company-expects", visit_of("south-v01", leader="", leader_tier="", leader_day=""), ""),
    (
        "leader-groups-a-day",
        visit_of("south-v01", leader="principal", leader_tier="principal", leader_day="05-10"),
        "leader-day leader-groups-a-month trip-company-once",
    ),
    (
        "leader-groups-a-month",
        visit_of("south-v01", leader="principal", leader_tier="principal"),
        "trip-company-once",
    ),
    ("trip-length", trip_of(end="07-07"), ""),
    # From Friday to Sunday.
    ("trip-open-days", trip_of(start="07-07", end="07-09"), ""),
    ("trip-leader-tier", trip_of(leader_tier="deputy"), ""),
    ("trip-leader-free", trip_of(start="07-11", end="07-13"), ""),
    # A group is received on the 10th of May, an event led on the 27th of April.
    ("trip-leader-clash", trip_of(start="05-10", end="05-12"), ""),
    ("trip-leader-clash", trip_of(start="04-24", end="04-26"), ""),
    (
        "trip-leader-clash",
        trip("north-t01", "principal", "principal", "07-06", "07-10", "north-chief", "n5"),
        "trip-length trip-open-days trips-a-leader",
    ),
    (
        "trips-a-leader",
        trip("north-t01", "principal", "principal", "07-18", "07-20", "north-chief", "n5"),
        "",
    ),
    ("trip-host", trip_of(host="north-chief"), ""),
    # The chief's leave begins on the 22nd of May.
    ("trip-host", trip_of(start="05-22", end="05-24"), ""),
    (
        "trip-one-a-bureau",
        trip("south-t02", "vice", "deputy", "07-05", "07-07", "south-deputy", "s4"),
        "",
    ),
    ("trip-size", trip_of(companies=""), ""),
    ("trip-size", trip_of(companies="s1 s2 s4"), ""),
    ("trip-company-bureau", trip_of(companies="s1 n5"), ""),
    (
        "trip-company-screening",
        trip("north-t01", "vice", "deputy", "07-18", "07-20", "north-chief", "n4"),
        "",
    ),
    ("trip-company-once", trip_of(companies="s4 s4"), ""),
    ("trip-company-once", trip_of(leader="vice", leader_tier="deputy"), ""),
    (
        "company-once",
        add("visit_companies", "south-v01", "n1"),
        "company-bureau company-expects host-unit reserved-seats",
    ),
    ("company-answered", drop("unplaced", company="n5"), ""),
    ("company-answered", add("unplaced", "n2", "no-group", ""), ""),
    ("unplaced-reason", change("unplaced", {"company": "n4"}, reason="no-seat"), ""),
    ("unplaced-reason", change("unplaced", {"company": "n5"}, reason="screened-out"), ""),
    (
        "unplaced-alternative",
        change("unplaced", {"company": "s4"}, alternative="wood-unit 2023-05-30"),
        "",
    ),
    (
        "unplaced-alternative",
        change("unplaced", {"company": "s4"}, alternative="office 2023-06-15"),
        "",
    ),
    (
        "unplaced-alternative",
        change("unplaced", {"company": "n5"}, alternative="stone-unit 2023-07-13"),
        "",
    ),
    (
        "unplaced-alternative",
        change("unplaced", {"company": "n4"}, alternative="office 2023-05-30"),
        "",
    ),
    ("clearing-listed", drop("obligations", kind="clearing", persons="south-chief"), ""),
    (
        "clearing-listed",
        change("obligations", {"persons": "south-chief", "kind": "clearing"}, persons=""),
        "",
    ),
    ("events", drop("obligations", label="north-event-1"), ""),
    ("events-led", duty_of("north-event-2", leader=""), ""),
    ("event-working-day", duty_of("south-event-1", date="2023-04-15"), ""),
    ("event-staff", duty_of("north-event-1", persons="north-chief north-staff"), ""),
    ("event-chief", duty_of("north-event-1", date="2023-05-12", persons="north-deputy"), ""),
    ("event-leader", duty_of("north-event-2", date="2023-05-24"), ""),
    ("event-leader", duty_of("north-event-2", date="2023-05-25"), ""),
    (
        "fair-attended",
        both(away("north-deputy", "05-17"), away("north-staff", "05-17")),
        "calendar-agrees coverage fair-listed",
    ),
    ("fair-listed", drop("obligations", label="expo"), ""),
    ("fair-listed", duty_of("expo", date="2023-05-17"), ""),
    ("fair-listed", duty_of("expo", persons="north-chief north-deputy"), ""),
    ("meeting-due", change("obligations", {"date": "2023-04-10"}, date="2023-04-11"), ""),
    ("meeting-due", drop("obligations", date="2023-05-14", kind="ledger-check"), ""),
    (
        "meeting-working-day",
        add("obligations", "dispatch-meeting", "2023-04-15", "", "", "dispatch", ""),
        "",
    ),
]


def found_in(edit: Edit) -> tuple[Finding, ...]:
    edited = good_tables()
    edit(edited)
    return audit(GIVEN, edited)


def test_a_good_plan_keeps_every_hard_rule() -> None:
    findings = audit(GIVEN, good_tables())
    assert violations(findings) == ()
    # Every hard rule was looked at: silence is not compliance.
    assert {f.rule for f in findings if f.verdict == "ok"} >= HARD


@pytest.mark.parametrize(
    ("rule", "edit", "others"),
    CORRUPTIONS,
    ids=[f"{rule}-{n}" for n, (rule, _, _) in enumerate(CORRUPTIONS)],
)
def test_a_corruption_is_found_by_its_rule_and_by_no_other_than_it_must(
    rule: str, edit: Edit, others: str
) -> None:
    broken = {finding.rule for finding in violations(found_in(edit))}
    assert broken == {rule, *others.split()}


def test_every_hard_rule_has_a_corruption_that_breaks_it() -> None:
    assert {rule for rule, _, _ in CORRUPTIONS} == HARD


def test_rule_ids_are_words_with_hyphens_and_unique() -> None:
    ids = [rule.id for rule in RULES]
    assert len(set(ids)) == len(ids)
    assert all(part.isalpha() and part.islower() for rule in ids for part in rule.split("-"))


def test_a_rule_is_judged_once_for_each_subject_and_period() -> None:
    findings = audit(GIVEN, good_tables())
    keys = [(f.rule, f.subject, f.period) for f in findings]
    assert len(set(keys)) == len(keys)


def test_only_rules_of_the_list_are_found() -> None:
    known = {(rule.id, rule.clause) for rule in RULES}
    assert {(f.rule, f.clause) for f in audit(GIVEN, good_tables())} <= known

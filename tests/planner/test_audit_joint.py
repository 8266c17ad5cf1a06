"""Joint groups as the audit sees them: every rule kept by a plan made by hand, and broken once."""

from __future__ import annotations

import io

import pandas as pd
import pytest

from planner.audit import RULES, audit, violations
from planner.plan import Leave, Plan, Unplaced, Visit, tables
from scenarios.model import Scenario
from scenarios.obligations import EventDuty, Obligations
from tests.planner.audit_world import Edit, Tables, add, both, change, drop
from tests.planner.instances import bureau, company, leader, person, scenario, span

NO_EVENTS = Obligations(events=EventDuty(per_bureau=0, led_per_bureau=0))
SPRING = span("2023-05-01", "2023-06-30")
_LEAVES = (("p", ("05-08", "05-19", "05-18")), ("q", ("06-05", "06-16", "06-15")))
OF_OTHERS = {"clearing-listed"}
"""A rule about what follows from leaves, which the plan made by hand does not write down."""


def _city(joint: str = "allowed") -> Scenario:
    """Two bureaus of one person at home in the same fortnight, one group in the city at a time."""
    return scenario(
        bureaus=[
            bureau(key, [person(f"{key}-p", "chief"), person(f"{key}-q")])
            for key in ("north", "south")
        ],
        companies=[
            *(company(f"n{i}", "north", SPRING, expects="deputy") for i in range(2)),
            *(company(f"s{i}", "south", SPRING) for i in range(3)),
            company("s-wood", "south", SPRING, chain="wood"),
        ],
        leaders=[leader("vice", groups_per_month=1), leader("other")],
        chains={"stone": "stone-unit", "slate": "stone-unit", "wood": "wood-unit"},
        units={"office": 1, "stone-unit": 1, "wood-unit": 1},
        groups_in_city=1,
        rules={
            "visits": {"joint_groups": joint, "reserved_seats": 1},
            "coverage": {"min_at_post": 0},
            "presence": {"days_per_month": 0},
        },
        obligations=NO_EVENTS,
    )


def _plan(city: Scenario) -> Plan:
    def day(word: str) -> int:
        return city.days.day_of(span(f"2023-{word}").start)

    def leave(who: str, first: str, last: str, cleared: str) -> Leave:
        return Leave(who, who[:5], "2023-Q2", day(first), day(last), day(cleared))

    def visit(key: str, seats: int, *companies: str) -> Visit:
        return Visit(
            id=f"{key}-v01",
            bureau=key,
            start=day("05-10"),
            end=day("05-12"),
            escort=f"{key}-p",
            leader="vice",
            leader_tier="deputy",
            leader_day=day("05-11"),
            chain="stone",
            host_unit="stone-unit",
            seats=seats,
            companies=companies,
            joint="joint-01",
        )

    return Plan(
        scenario_hash=city.content_hash,
        leaves=tuple(
            leave(f"{key}-{who}", *when)
            for key in ("north", "south")
            for who, when in (
                ("p", ("05-08", "05-19", "05-18")),
                ("q", ("06-05", "06-16", "06-15")),
            )
        ),
        visits=(visit("north", 3, "n0", "n1"), visit("south", 3, "s0", "s1")),
        unplaced=(
            Unplaced("s-wood", "no-group", "wood-unit", day("05-10")),
            Unplaced("s2", "no-group", "office", day("05-15")),
        ),
        obligations=(),
        budget_yuan=tuple(city.budget.lump_sum_yuan.items()),
    )


def _broken(edit: Edit | None = None, joint: str = "allowed") -> set[str]:
    edited = tables(_city(), _plan(_city()))
    if edit:
        edit(edited)
    return {x.rule for x in violations(audit(_city(joint), edited))} - OF_OTHERS


def north(**values: object) -> Edit:
    return change("visits", {"visit": "north-v01"}, **values)


def south(**values: object) -> Edit:
    return change("visits", {"visit": "south-v01"}, **values)


def every(**values: object) -> Edit:
    return both(north(**values), south(**values))


def answered(company: str) -> Edit:
    return drop("unplaced", company=company)


def unanswered(company: str, unit: str = "office") -> Edit:
    return add("unplaced", company, "no-group", f"{unit} 2023-05-15")


CORRUPTIONS: list[tuple[str, Edit, str]] = [
    # The rule, what is done to the tables, and every other rule that is broken by it.
    (
        "joint-group-bureaus",
        both(drop("visits", visit="south-v01"), drop("visit_companies", visit="south-v01")),
        "group-size group-seats company-answered calendar-agrees",
    ),
    # Two visits of one bureau do not make a joint group.
    (
        "joint-group-bureaus",
        both(
            south(bureau="north", escort="north-p"),
            change("calendar", {"person": "south-p", "status": "escort"}, status="leave"),
        ),
        "company-bureau visit-one-a-bureau",
    ),
    (
        "joint-group-bureaus",
        both(
            drop("visit_companies", company="s0"),
            drop("visit_companies", company="s1"),
            add("visit_companies", "north-v01", "s0"),
        ),
        "company-bureau company-answered",
    ),
    ("joint-group-together", south(leader="other"), ""),
    ("joint-group-together", south(leader_day="2023-05-10"), "leader-groups-a-month"),
    ("joint-group-together", south(leader="", leader_tier="", leader_day=""), ""),
    ("joint-group-together", south(chain="slate"), "host-unit"),
    (
        "joint-group-together",
        both(south(start="2023-05-15", end="2023-05-17", leader_day="2023-05-16")),
        "leader-groups-a-month calendar-agrees",
    ),
    ("joint-group-together", south(host_unit="wood-unit"), "host-unit"),
    # Each alone is no group: too small, too many at a time, and six seats too few.
    (
        "group-size",
        every(joint=""),
        "group-seats host-unit-capacity city-capacity leader-groups-a-day leader-groups-a-month",
    ),
    ("group-seats", south(seats=6), ""),
    ("group-seats", both(north(seats=1), south(seats=5)), ""),
    (
        "group-seats",
        both(
            north(seats=4),
            south(seats=2),
            add("visit_companies", "south-v01", "s2"),
            answered("s2"),
        ),
        "",
    ),
    (
        "host-unit",
        both(add("visit_companies", "south-v01", "s-wood"), answered("s-wood")),
        "",
    ),
    # Companies of both bureaus decide whose chain it may be.
    ("host-unit", every(chain="slate"), ""),
    ("visit-escort", south(escort="north-p"), "calendar-agrees"),
    ("visit-escort", south(escort="south-q"), "calendar-agrees"),
    ("company-expects", every(leader="", leader_tier="", leader_day=""), ""),
]


def test_a_joint_group_made_by_hand_keeps_every_rule_and_each_was_looked_at():
    city = _city()
    findings = audit(city, tables(city, _plan(city)))
    assert {x.rule for x in violations(findings)} == OF_OTHERS
    kept = {x.rule for x in findings if x.verdict == "ok"}
    assert {rule.id for rule in RULES if rule.id.startswith("joint-group")} < kept
    sized = [x for x in findings if x.rule in ("group-size", "group-seats", "reserved-seats")]
    assert [(x.subject, x.actual) for x in sized] == [
        ("joint-01", "4"),
        ("joint-01", "3 + 3 for 2 + 2"),
        ("joint-01", "4"),
    ]


@pytest.mark.parametrize(("rule", "edit", "others"), CORRUPTIONS)
def test_the_audit_finds_what_is_wrong_with_a_joint_group_and_nothing_else(rule, edit, others):
    assert _broken(edit) == {rule, *others.split()}


def _without_column(edited: Tables) -> None:
    edited["visits"] = edited["visits"].drop(columns="joint")


@pytest.mark.parametrize(
    ("rule", "edit"), [("table-words", every(joint="No Id")), ("table-columns", _without_column)]
)
def test_a_table_that_does_not_say_who_joins_whom_is_found_wrong(rule, edit):
    assert rule in _broken(edit)


def test_reserved_seats_are_counted_over_the_whole_group():
    more = both(
        add("visit_companies", "south-v01", "s2"),
        answered("s2"),
        add("visit_companies", "north-v01", "s-wood"),
        answered("s-wood"),
        south(seats=3),
    )
    assert _broken(more) == {"reserved-seats", "host-unit", "company-bureau"}


def test_a_joint_group_breaks_a_rule_where_the_scenario_allows_none():
    assert _broken(joint="none") == {"joint-groups"}


def test_two_joint_groups_at_a_time_are_two_for_host_city_and_leader():
    assert {"host-unit-capacity", "city-capacity", "leader-groups-a-day"} <= _broken(
        both(north(joint="joint-01"), south(joint="joint-02"))
    )


def test_the_audit_reads_joint_groups_from_csv_files_as_from_memory():
    city = _city()
    made = tables(city, _plan(city))
    read: Tables = {
        name: pd.read_csv(io.StringIO(frame.to_csv(index=False)), dtype=str)
        for name, frame in made.items()
    }
    assert audit(city, read) == audit(city, made)

"""Readings the audit takes of presence, coverage, meetings, and the soft rules."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from planner.audit import Finding, audit, violations
from planner.plan import Leave, Obligation, Plan, Unplaced, tables
from scenarios.budget import Budget, TravelStandard
from scenarios.calendar import CalendarData, Closure, HolidayYear
from scenarios.model import Scenario
from scenarios.obligations import EventDuty, Fair, Meeting, Obligations
from tests.planner.audit_world import Edit, away, change, city, good_tables
from tests.planner.instances import HOLIDAYS_2023, bureau, person, scenario, span, text

NO_EVENTS = Obligations(events=EventDuty(per_bureau=0, led_per_bureau=0))


def one_leave(
    given: Scenario, starts: dict[str, tuple[str, str]], duties: tuple[Obligation, ...] = ()
) -> Plan:
    """Return a plan of leaves alone: period and first day by person."""
    leaves = []
    for who, (period, start) in starts.items():
        first = given.days.day_of(date.fromisoformat(start))
        last = first + given.rules.leave.length_days - 1
        home = range(first + 1, last)
        cleared = max(day for day in home if given.days.reception(day))
        leaves.append(Leave(who, who.split("-")[0], period, first, last, cleared))
    clearings = (Obligation(x.clearing_day, "clearing", x.bureau, (x.person,), "") for x in leaves)
    return Plan(
        scenario_hash=given.content_hash,
        leaves=tuple(sorted(leaves)),
        visits=(),
        unplaced=tuple(Unplaced(c.id, "no-group", None, None) for c in given.companies),
        obligations=(*clearings, *duties),
        budget_yuan=(),
    )


def small(start: str, end: str, *persons: Any, **more: Any) -> Scenario:
    more.setdefault("obligations", NO_EVENTS)
    return scenario(start, end, bureaus=(bureau("north", persons),), **more)


def findings_of(
    given: Scenario,
    starts: dict[str, tuple[str, str]],
    duties: tuple[Obligation, ...] = (),
) -> tuple[Finding, ...]:
    return audit(given, tables(given, one_leave(given, starts, duties)))


def of_rule(findings: tuple[Finding, ...], rule: str) -> list[tuple[str, str, str, str]]:
    return [(f.period, f.required, f.actual, f.verdict) for f in findings if f.rule == rule]


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


def meeting(**more: Any) -> Meeting:
    return Meeting.model_validate(
        {"id": "m", "label": text("m"), "kind": "chain-meeting", "every": "month", **more}
    )


def held(given: Scenario, *days: str, kind: Any = "chain-meeting") -> tuple[Obligation, ...]:
    return tuple(
        Obligation(given.days.day_of(date.fromisoformat(f"2023-{day}")), kind, None, (), "m")
        for day in days
    )


def with_meeting(one: Meeting, start: str, end: str) -> Scenario:
    duties = Obligations(events=EventDuty(per_bureau=0, led_per_bureau=0), meetings=(one,))
    year = HolidayYear(year=2023, status="official", source="t", trust="E", holidays=HOLIDAYS_2023)
    closure = Closure(
        id="local", name=text("local"), start=date(2023, 6, 15), end=date(2023, 6, 15)
    )
    data = CalendarData(years=(year,), closures=(closure,))
    return small(start, end, person("north-a"), obligations=duties, calendar=data)


@pytest.mark.parametrize(
    ("one", "kept", "missed"),
    [
        # 15 June is closed in the city: it or the day after will do.
        (meeting(day_of_month=(15,)), "06-15", "06-14"),
        (meeting(day_of_month=(15,)), "06-16", "06-19"),
        # 17 June is a Saturday.
        (meeting(day_of_month=(17,)), "06-19", "06-20"),
        (meeting(day_of_month=(31,)), "06-30", "06-29"),
        (meeting(), "06-07", "06-03"),
    ],
)
def test_a_monthly_meeting_is_held_on_its_day_or_the_next_working_day(
    one: Meeting, kept: str, missed: str
) -> None:
    given = with_meeting(one, "2023-06-01", "2023-06-30")
    ((_, required, _, verdict),) = of_rule(findings_of(given, {}, held(given, kept)), "meeting-due")
    assert (required, verdict) == ("1", "ok")
    missing = findings_of(given, {}, held(given, missed))
    assert of_rule(missing, "meeting-due")[0][3] == "violated"


def test_each_half_of_a_month_has_its_meeting_and_a_cut_half_owes_none() -> None:
    given = with_meeting(meeting(every="half-month"), "2023-06-10", "2023-07-20")
    ok = findings_of(given, {}, held(given, "06-20", "07-05"))
    assert of_rule(ok, "meeting-due") == [
        ("2023-06", "1", "missing 0", "ok"),
        ("2023-07", "1", "missing 0", "ok"),
    ]
    assert of_rule(findings_of(given, {}, held(given, "06-12", "07-05")), "meeting-due")[0] == (
        "2023-06",
        "1",
        "missing 1: 2023-06-16",
        "violated",
    )


def test_a_meeting_whose_next_working_day_lies_beyond_the_horizon_is_not_owed() -> None:
    given = with_meeting(meeting(day_of_month=(17,)), "2023-06-01", "2023-06-18")
    assert of_rule(findings_of(given, {}), "meeting-due") == []


def test_a_ledger_check_keeps_its_weekday_and_a_weekly_meeting_moves_within_its_week() -> None:
    def weekly(kind: str, **more: Any) -> Scenario:
        one = meeting(kind=kind, every="week", **more)
        return with_meeting(one, "2023-05-01", "2023-05-14")

    sunday = weekly("ledger-check", weekday=7)
    both = held(sunday, "05-07", "05-14", kind="ledger-check")
    assert of_rule(findings_of(sunday, {}, both), "meeting-due")[0][3] == "ok"
    late = held(sunday, "05-07", "05-12", kind="ledger-check")
    assert of_rule(findings_of(sunday, {}, late), "meeting-due")[0][2] == "missing 1: 2023-05-14"
    # 1 May is a holiday; 4 and 5 May are working days.
    monday = weekly("chain-meeting", weekday=1)
    assert of_rule(findings_of(monday, {}, held(monday, "05-04", "05-08")), "meeting-due")[0][
        1:
    ] == ("2", "missing 0", "ok")
    any_day = weekly("chain-meeting")
    assert of_rule(findings_of(any_day, {}, held(any_day, "05-05", "05-10")), "meeting-due")[0][
        1:
    ] == ("2", "missing 0", "ok")


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
        ("target-inspections-principal", "south", "3", "0", "note"),
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


def test_visits_may_run_on_any_day_that_is_not_closed_where_the_scenario_says_so() -> None:
    edited = good_tables()
    # From Friday to Sunday.
    dates = {"start": "2023-05-12", "end": "2023-05-14", "leader_day": "2023-05-12"}
    change("visits", {"visit": "north-v01"}, **dates)(edited)
    change("unplaced", {"company": "s4"}, alternative="office 2023-05-28")(edited)

    def broken(days: str) -> set[str]:
        rules = city().rules.model_validate({"visits": {"days": days}})
        given = city().model_copy(update={"rules": rules})
        return {finding.rule for finding in violations(audit(given, edited))}

    assert broken("any") == {"calendar-agrees"}
    assert broken("working") == {"calendar-agrees", "visit-open-days", "unplaced-alternative"}

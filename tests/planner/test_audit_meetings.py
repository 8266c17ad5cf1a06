from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from planner.plan import Obligation
from scenarios.calendar import CalendarData, Closure, HolidayYear
from scenarios.model import Scenario
from scenarios.obligations import EventDuty, Meeting, Obligations
from tests.planner.audit_world import NO_EVENTS, findings_of, of_rule, small
from tests.planner.instances import HOLIDAYS_2023, bureau, person, scenario, text


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


def test_two_meetings_of_one_kind_are_told_apart_by_label() -> None:
    early, late = meeting(day_of_month=(5,)), meeting(id="n", label=text("n"), day_of_month=(5,))
    duties = NO_EVENTS.model_copy(update={"meetings": (early, late)})
    given = small("2023-06-01", "2023-06-30", person("north-a"), obligations=duties)
    rows = held(given, "06-05")
    found = [
        (f.subject, f.verdict) for f in findings_of(given, {}, rows) if f.rule == "meeting-due"
    ]
    assert found == [("m", "ok"), ("n", "violated")]
    both = (*rows, replace(rows[0], label="n"))
    assert {verdict for *_, verdict in of_rule(findings_of(given, {}, both), "meeting-due")} == {
        "ok"
    }


def test_another_kind_of_meeting_is_no_substitute() -> None:
    given = with_meeting(meeting(day_of_month=(5,)), "2023-06-01", "2023-06-30")
    other = held(given, "06-05", kind="dispatch-meeting")
    assert of_rule(findings_of(given, {}, other), "meeting-due")[0][3] == "violated"


def test_a_meeting_each_bureau_holds_by_itself_is_owed_by_all_of_them() -> None:
    duties = NO_EVENTS.model_copy(update={"meetings": (meeting(day_of_month=(5,)),)})
    bureaus = (bureau("north", (person("north-a"),)), bureau("south", (person("south-a"),)))
    given = scenario("2023-06-01", "2023-06-30", bureaus=bureaus, obligations=duties)
    (row,) = held(given, "06-05")
    north, south = replace(row, bureau="north"), replace(row, bureau="south")
    for rows, verdict in (((north, south), "ok"), ((north,), "violated"), ((row,), "ok")):
        assert of_rule(findings_of(given, {}, rows), "meeting-due")[0][3] == verdict


def test_days_before_and_after_the_horizon_owe_no_meeting_and_its_ends_do() -> None:
    given = with_meeting(meeting(day_of_month=(4, 5, 30)), "2023-06-05", "2023-07-05")
    found = of_rule(findings_of(given, {}), "meeting-due")
    assert [(period, actual) for period, _, actual, _ in found] == [
        ("2023-06", "missing 2: 2023-06-05, 2023-06-30"),
        ("2023-07", "missing 2: 2023-07-04, 2023-07-05"),
    ]


def test_the_15th_closes_the_first_half_of_a_month_and_the_16th_opens_the_second() -> None:
    one = meeting(every="half-month", day_of_month=(15, 16))
    given = with_meeting(one, "2023-05-01", "2023-05-31")
    found = of_rule(findings_of(given, {}), "meeting-due")
    assert [actual for _, _, actual, _ in found] == ["missing 2: 2023-05-15, 2023-05-16"]


def test_halves_without_a_day_of_their_own_run_from_the_1st_and_the_16th() -> None:
    given = with_meeting(meeting(every="half-month"), "2023-06-01", "2023-06-30")
    ends = held(given, "06-01", "06-30")
    assert of_rule(findings_of(given, {}, ends), "meeting-due")[0][2] == "missing 0"
    first = held(given, "06-14", "06-15")
    assert of_rule(findings_of(given, {}, first), "meeting-due")[0][2] == "missing 1: 2023-06-16"


def test_a_week_the_horizon_cuts_owes_no_meeting_without_a_weekday() -> None:
    one = meeting(every="week")
    # Tuesday to the Sunday after next: one whole week.
    given = with_meeting(one, "2023-06-06", "2023-06-18")
    found = of_rule(findings_of(given, {}), "meeting-due")
    assert [actual for _, _, actual, _ in found] == ["missing 1: 2023-06-12"]

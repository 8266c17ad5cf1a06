"""Dated duties: meetings around holidays, events around leaves and leaders' diaries."""

from __future__ import annotations

from datetime import date

import pytest
from pydantic import ValidationError

from planner.obligations import obligations
from planner.plan import Leave, Obligation, Visit
from scenarios.obligations import EventDuty, Fair, Meeting, Obligations
from tests.planner.instances import bureau, calendar, leader, person, scenario, span, text

YEAR = ("2023-01-01", "2023-12-31")


def _city(meetings=(), events=None, fairs=(), **more):
    events = events or EventDuty(per_bureau=0, led_per_bureau=0)
    duties = Obligations(meetings=tuple(meetings), events=events, fairs=tuple(fairs))
    return scenario(*YEAR, obligations=duties, **more)


def _dates(city, kind, leaves=(), visits=()):
    return [
        city.days.date_of(duty.day)
        for duty in obligations(city, leaves, visits)
        if duty.kind == kind
    ]


def _meeting(kind, every, **more):
    return Meeting(id=kind, label=text(kind), kind=kind, every=every, **more)


def test_half_monthly_meetings_move_off_holidays_to_the_next_working_day():
    city = _city([_meeting("dispatch-meeting", "half-month", day_of_month=(10, 25))])
    days = _dates(city, "dispatch-meeting")
    assert len(days) == 24
    assert date(2023, 1, 30) in days  # the 25th lies in the Spring Festival, 28 and 29 a weekend
    assert date(2023, 1, 25) not in days
    assert all(city.days.workday[city.days.day_of(day)] for day in days)


def test_monthly_meetings_clip_to_short_months():
    city = _city([_meeting("chain-meeting", "month", day_of_month=(31,))])
    days = _dates(city, "chain-meeting")
    assert date(2023, 2, 28) in days
    assert date(2023, 7, 31) in days


def test_weekly_checks_keep_their_weekday_whatever_the_calendar_says():
    city = _city([_meeting("ledger-check", "week", weekday=7)])
    days = _dates(city, "ledger-check")
    assert len(days) == 53  # 2023 begins and ends on a Sunday
    assert {day.isoweekday() for day in days} == {7}


def test_each_leave_has_its_clearing():
    city = _city()
    leave = Leave("north-chief", "north", "2023-Q1", 10, 21, 19)
    (duty,) = obligations(city, [leave], [])
    assert (duty.kind, duty.day, duty.persons) == ("clearing", 19, ("north-chief",))


def test_events_are_held_on_working_days_with_the_chief_at_post():
    chief_away = Leave("north-chief", "north", "2023-Q2", 115, 126, 124)
    city = _city(events=EventDuty(per_bureau=2, led_per_bureau=0))
    without = [d for d in obligations(city, [], []) if d.kind == "event"]
    moved = [d for d in obligations(city, [chief_away], []) if d.kind == "event"]
    assert len(without) == len(moved) == 2
    assert 115 <= without[0].day <= 126
    assert not 115 <= moved[0].day <= 126
    for duty in moved:
        assert city.days.workday[duty.day]
        assert "north-chief" in duty.persons


def test_an_event_may_do_without_the_chief_where_the_rule_says_so():
    away = Leave("north-chief", "north", "2023-Q2", 115, 126, 124)
    relaxed = EventDuty(per_bureau=2, led_per_bureau=0, chief_present=False)
    first, _ = [d for d in obligations(_city(events=relaxed), [away], []) if d.kind == "event"]
    assert first.persons == ("north-deputy",)


def test_a_leader_who_comes_is_free_and_receives_nobody_that_day():
    # Free from Thursday to Monday: out on the 14th, back on the 16th.
    blocked = [span("2023-01-01", "2023-09-13"), span("2023-09-19", "2023-12-31")]
    events = EventDuty(per_bureau=1, led_per_bureau=1)
    city = _city(events=events, leaders=[leader("lead", blocked=blocked)])
    (duty,) = [d for d in obligations(city, [], []) if d.kind == "event"]
    friday = city.days.day_of(date(2023, 9, 15))
    assert (duty.leader, duty.day) == ("lead", friday)
    visit = Visit(
        "v", "north", friday, friday + 2, "north-chief", "lead", "deputy", friday, "c", "u", 6, ()
    )
    assert not [d for d in obligations(city, [], [visit]) if d.kind == "event"]


def test_two_bureaus_do_not_share_a_leader_on_one_day():
    events = EventDuty(per_bureau=1, led_per_bureau=1)
    more = {"bureaus": [bureau("b"), bureau("d")], "leaders": [leader("lead")]}
    found = [d for d in obligations(_city(events=events, **more), [], []) if d.kind == "event"]
    assert len({duty.day for duty in found}) == 2


def test_a_fair_is_dated_for_each_bureau_that_attends():
    fair = Fair(
        id="spring", name=text("s"), start=date(2023, 5, 23), end=date(2023, 5, 25), bureaus=("b",)
    )
    city = _city(fairs=[fair], bureaus=[bureau("b"), bureau("d")])
    away = Leave("b-chief", "b", "2023-Q2", 143, 154, 150)
    (duty,) = [d for d in obligations(city, [away], []) if d.kind == "fair"]
    assert (duty.bureau, duty.persons) == ("b", ("b-deputy",))


def test_a_horizon_without_a_further_working_day_drops_what_cannot_move():
    data = calendar(2023)
    city = scenario(
        "2023-12-01",
        "2023-12-31",
        calendar=data,
        obligations=Obligations(
            meetings=(_meeting("chain-meeting", "month", day_of_month=(30,)),),
            events=EventDuty(per_bureau=0, led_per_bureau=0),
        ),
        bureaus=[bureau("b", [person("p")])],
    )
    assert _dates(city, "chain-meeting") == []  # 30 and 31 December 2023 are a weekend


def test_weekly_meetings_move_off_holidays_and_checks_do_not():
    city = _city([_meeting("dispatch-meeting", "week", weekday=1)])
    days = _dates(city, "dispatch-meeting")
    assert date(2023, 1, 23) not in days  # Spring Festival
    assert not any(date(2023, 1, 23) <= day <= date(2023, 1, 29) for day in days)  # all off
    assert all(city.days.workday[city.days.day_of(day)] for day in days)


def test_a_weekly_meeting_on_a_holiday_goes_to_another_day_of_its_week():
    city = _city([_meeting("dispatch-meeting", "week", weekday=5)])
    days = _dates(city, "dispatch-meeting")
    # Friday 29 September 2023 is a holiday; the four days before it are worked.
    assert city.days.holiday[city.days.day_of(date(2023, 9, 29))] is not None
    assert date(2023, 9, 29) not in days
    assert date(2023, 9, 28) in days


@pytest.mark.parametrize(
    ("every", "days", "words"),
    [
        ("half-month", (10,), "a day up to the 15th and one after it"),
        ("half-month", (3, 12), "a day up to the 15th and one after it"),
        ("week", (5,), "weekday instead"),
        ("month", (32,), "days from 1 to 31"),
    ],
)
def test_days_that_do_not_fit_the_rhythm_are_refused(every, days, words):
    with pytest.raises(ValidationError, match=words):
        _meeting("dispatch-meeting", every, day_of_month=days)


def _held(day, label, *, led=None, persons=("north-chief",)):
    return Obligation(day, "event", "north", tuple(persons), label, led)


def _again(city, published, leaves=(), visits=(), today=0):
    found = obligations(city, leaves, visits, published=published, today=today)
    return [duty for duty in found if duty.kind == "event"]


def test_an_event_that_was_held_stays_as_it_was_whoever_is_away_now():
    city = _city(events=EventDuty(per_bureau=2, led_per_bureau=0))
    away = Leave("north-chief", "north", "2023-Q1", 40, 51, 51)
    was = _held(45, "north-event-1", persons=("north-chief", "north-deputy"))
    first, second = _again(city, [was], [away], today=100)
    assert first == was
    assert second.day >= 100


def test_an_event_that_was_held_names_nobody_who_is_gone_and_another_is_led_instead():
    city = _city(events=EventDuty(per_bureau=2, led_per_bureau=1), leaders=(leader("mayor"),))
    was = _held(45, "north-event-1", led="gone", persons=("north-chief", "somebody"))
    first, second = _again(city, [was], today=100)
    assert (first.day, first.leader, first.persons) == (45, None, ("north-chief",))
    assert second.leader == "mayor"
    led_before = _held(45, "north-event-1", led="mayor")
    assert [x.leader for x in _again(city, [led_before], today=100)] == ["mayor", None]


def test_an_event_to_come_stays_on_its_day_while_its_host_is_there():
    city = _city(events=EventDuty(per_bureau=1, led_per_bureau=0))
    (dated,) = _again(city, ())
    later = next(d for d in range(dated.day + 20, 365) if city.days.workday[d])
    both = ("north-chief", "north-deputy")
    published = _held(later, "north-event-1", persons=both)
    assert _again(city, [published]) == [published]
    assert dated.day != later


def test_an_event_whose_host_is_away_moves_and_never_to_a_day_that_has_passed():
    city = _city(events=EventDuty(per_bureau=1, led_per_bureau=0))
    day = next(d for d in range(210, 365) if city.days.workday[d])
    away = Leave("north-chief", "north", "2023-Q3", day - 3, day + 8, day + 8)
    (moved,) = _again(city, [_held(day, "north-event-1")], [away], today=205)
    assert moved.day >= 205
    assert not away.start <= moved.day <= away.end


def test_an_event_whose_leader_receives_the_day_before_is_dated_or_led_anew():
    city = _city(
        events=EventDuty(per_bureau=1, led_per_bureau=1),
        leaders=(leader("mayor"),),
    )
    (dated,) = _again(city, ())
    received = Visit(
        "v",
        "north",
        dated.day - 3,
        dated.day - 1,
        "north-chief",
        "mayor",
        "principal",
        dated.day - 1,
        "chain",
        "unit",
        6,
        ("x", "y", "z"),
    )
    (moved,) = _again(city, [dated], visits=[received])
    assert moved.leader == "mayor"
    assert moved.day != dated.day

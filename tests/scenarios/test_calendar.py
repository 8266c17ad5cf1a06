"""Shipped holiday years against an independent source, and days laid over a horizon."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import chinese_calendar
import pytest

from scenarios.calendar import Calendar, CalendarData, Closure, HolidayYear, Horizon, build_calendar
from scenarios.library import holiday_years
from scenarios.part import Text
from scenarios.yamldoc import read_yaml

OFFICIAL = (2023, 2024, 2025, 2026)


def shipped_year(year: int) -> HolidayYear:
    return HolidayYear.model_validate(read_yaml(holiday_years("cn")[year], "cn").data)


def calendar_of(first: date, last: date, **data: object) -> Calendar:
    years = tuple(shipped_year(y) for y in range(first.year, last.year + 1))
    given = CalendarData.model_validate({"years": years, **data})
    return build_calendar(given, Horizon(start=first, end=last))


def days_of(year: int) -> Iterator[date]:
    length = (date(year + 1, 1, 1) - date(year, 1, 1)).days
    return (date(year, 1, 1) + timedelta(days=i) for i in range(length))


def test_the_years_2023_to_2027_ship():
    assert sorted(holiday_years("cn")) == [2023, 2024, 2025, 2026, 2027]


@pytest.mark.parametrize("year", OFFICIAL)
def test_every_day_of_an_official_year_agrees_with_chinesecalendar(year):
    calendar = calendar_of(date(year, 1, 1), date(year, 12, 31))
    ours = {d: calendar.workday[calendar.day_of(d)] for d in days_of(year)}
    assert len(ours) in (365, 366)
    assert ours == {d: chinese_calendar.is_workday(d) for d in days_of(year)}
    assert {d: not work for d, work in ours.items()} == {
        d: chinese_calendar.is_holiday(d) for d in days_of(year)
    }


@pytest.mark.parametrize("year", OFFICIAL)
def test_every_festival_day_of_chinesecalendar_lies_in_one_of_our_runs(year):
    # From 30 December on the run belongs to the notice of the next year.
    days = [d for d in days_of(year) if d < date(year, 12, 30)]
    runs = shipped_year(year).holidays
    named = [d for d in days if chinese_calendar.get_holiday_detail(d) != (True, None)]
    festivals = [d for d in named if chinese_calendar.is_holiday(d)]
    assert len(festivals) >= 18
    assert [d for d in festivals if not any(d in run for run in runs)] == []


@pytest.mark.parametrize("year", OFFICIAL)
def test_a_make_up_day_is_a_weekend_day_outside_every_run(year):
    arranged = shipped_year(year)
    assert arranged.status == "official"
    assert arranged.trust == "A"
    assert len(arranged.make_up_days) >= 5
    for day in arranged.make_up_days:
        assert day.weekday() >= 5
        assert not any(day in run for run in arranged.holidays)


def test_2027_is_a_prediction_of_the_statutory_days_and_invents_no_make_up_day():
    arranged = shipped_year(2027)
    assert (arranged.status, arranged.trust, arranged.make_up_days) == ("predicted", "E", ())
    assert "prediction" in arranged.source
    statutory = [date(2027, 1, 1), *_run(2027, 2, 5, 4), date(2027, 4, 5), *_run(2027, 5, 1, 2)]
    statutory += [date(2027, 6, 9), date(2027, 9, 15), *_run(2027, 10, 1, 3)]
    off = [run.start + timedelta(days=i) for run in arranged.holidays for i in range(_days(run))]
    assert len(statutory) == 13
    assert set(statutory) <= set(off)
    # A statutory day on a weekend is given back: so many weekdays off as there are statutory days.
    assert sum(d.weekday() < 5 for d in off) == 13


def _run(year: int, month: int, day: int, length: int) -> list[date]:
    return [date(year, month, day) + timedelta(days=i) for i in range(length)]


def _days(run) -> int:
    return (run.end - run.start).days + 1


def test_chinesecalendar_does_not_know_2027_yet():
    # When this fails the notice is out: make cn-2027 official and cross-check it above.
    with pytest.raises(NotImplementedError, match="2027"):
        chinese_calendar.is_workday(date(2027, 1, 4))


def test_a_year_without_data_is_refused_by_its_number():
    data = CalendarData(years=(shipped_year(2024),))
    horizon = Horizon(start=date(2024, 12, 1), end=date(2025, 1, 31))
    with pytest.raises(ValueError, match=r"no holiday data for 2025 \(have: 2024\)"):
        build_calendar(data, horizon)


def test_offices_receive_on_make_up_days_and_neither_on_holidays_nor_in_closures():
    closure = Closure(
        id="congress",
        name=Text(zh="大会", en="Congress"),
        start=date(2024, 9, 19),
        end=date(2024, 9, 19),
    )
    calendar = calendar_of(date(2024, 9, 1), date(2024, 9, 30), closures=(closure,))
    received = [calendar.reception(calendar.day_of(date(2024, 9, d))) for d in (14, 16, 18, 19, 21)]
    assert received == [True, False, True, False, False]
    assert calendar.workday[calendar.day_of(date(2024, 9, 19))]
    assert calendar.holiday[calendar.day_of(date(2024, 9, 16))] == "mid-autumn"


def test_periods_are_calendar_quarters_cut_to_the_horizon():
    calendar = calendar_of(date(2023, 11, 10), date(2024, 4, 5))
    quarters = [(p.label, p.n_days) for p in calendar.periods(3)]
    assert quarters == [("2023-Q4", 52), ("2024-Q1", 91), ("2024-Q2", 5)]
    assert [p.label for p in calendar.periods(1)][:2] == ["2023-11", "2023-12"]
    assert sum(p.n_days for p in calendar.periods(1)) == calendar.n_days == 148

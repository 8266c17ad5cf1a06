"""First days a leave may have: every rule that one leave must keep by itself."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st

from planner.starts import allowed_starts, leave_choices, standing_of
from tests.planner.instances import bureau, calendar, person, scenario, span


def _starts(city, which=0):
    """First days of the first person's leaves in one period, as dates."""
    member, period = city.persons[0][1], city.periods[which]
    standing = standing_of(city, member, period)
    return [city.days.date_of(s).isoformat() for s in allowed_starts(city, standing)]


def _of(**more):
    return scenario(bureaus=[bureau("b", [person("p", "chief", **more), person("q")])])


def test_a_leave_never_crosses_its_quarter():
    for choice in leave_choices(scenario("2023-01-01", "2023-12-31")):
        assert choice.starts == tuple(range(choice.period.start, choice.period.stop - 11))


def test_a_leave_avoids_blocked_days_and_approved_absences():
    blocked = _starts(_of(no_leave=[span("2023-05-10", "2023-05-11")]))
    absent = _starts(_of(approved_absences=[span("2023-05-10", "2023-05-11")]))
    free = _starts(_of())
    touching = [day for day in free if "2023-04-29" <= day <= "2023-05-11"]
    assert blocked == absent == [day for day in free if day not in touching]


def test_a_leave_lies_inside_the_posting():
    starts = _starts(_of(posted_from="2023-04-10", posted_to="2023-06-20"))
    assert (starts[0], starts[-1]) == ("2023-04-10", "2023-06-09")


def test_a_pin_is_the_only_first_day():
    assert _starts(_of(leave_pins=["2023-05-09"])) == ["2023-05-09"]


def test_two_pins_in_one_period_leave_no_first_day():
    assert _starts(_of(leave_pins=["2023-05-09", "2023-06-09"])) == []


def test_a_pin_is_dropped_only_where_pins_are_relaxed():
    city = _of(leave_pins=["2023-06-25"])
    standing = standing_of(city, city.persons[0][1], city.periods[0])
    assert allowed_starts(city, standing) == ()
    assert len(allowed_starts(city, standing, frozenset({"pin"}))) == 80


def test_no_leave_where_too_little_of_the_period_is_served():
    city = _of(posted_from="2023-06-01")
    assert [choice.person for choice in leave_choices(city)] == ["q"]


def test_literal_monthly_presence_is_infeasible_in_every_month():
    """Counted by the calendar alone, for every first day from 2023 to 2029."""
    day = date(2023, 1, 1)
    while day <= date(2029, 12, 20):
        block = [day + timedelta(days=i) for i in range(12)]
        months = {(d.year, d.month) for d in block}
        kept = []
        for year, month in months:
            following = date(year + month // 12, month % 12 + 1, 1)
            length = (following - date(year, month, 1)).days
            off = sum((d.year, d.month) == (year, month) for d in block)
            kept.append(length - off >= 26)
        assert not all(kept), day
        day += timedelta(days=1)


@pytest.mark.parametrize("year", range(2023, 2030))
def test_the_literal_monthly_policy_allows_no_first_day_in_any_quarter(year):
    city = scenario(
        f"{year}-01-01",
        f"{year}-12-31",
        rules={"presence": {"policy": "monthly-literal"}},
        calendar=calendar(year),
    )
    assert [choice.starts for choice in leave_choices(city)] == [()] * 8


def test_with_travel_counted_the_literal_policy_leaves_the_26th_of_july_alone():
    rules = {"presence": {"policy": "monthly-literal", "travel_counts": True}}
    city = scenario("2023-01-01", "2023-12-31", rules=rules)
    assert [_starts(city, quarter) for quarter in range(4)] == [[], [], ["2023-07-26"], []]


def test_months_a_leave_touches_are_exempt_under_the_third_policy():
    rules = {"presence": {"policy": "monthly-except-leave"}}
    assert _starts(scenario(rules=rules)) == _starts(scenario())


def test_a_month_that_cannot_be_kept_must_be_touched_by_the_leave():
    """29 days are owed each month: February has 28, so that the leave has to fall into it."""
    rules = {"presence": {"policy": "monthly-except-leave", "days_per_month": 29}}
    starts = _starts(scenario("2023-01-01", "2023-03-31", rules=rules))
    assert (starts[0], starts[-1]) == ("2023-01-21", "2023-02-28")


def test_a_leap_year_has_one_more_first_day_in_its_first_quarter():
    common = leave_choices(scenario("2023-01-01", "2023-03-31"))[0]
    leap = leave_choices(scenario("2024-01-01", "2024-03-31"))[0]
    assert len(leap.starts) == len(common.starts) + 1 == 80


@settings(max_examples=25, deadline=None)
@drawn(
    start=st.dates(date(2023, 1, 1), date(2024, 6, 30)),
    n_days=st.integers(20, 200),
    absent=st.integers(0, 150),
    n_absent=st.integers(1, 40),
)
def test_every_allowed_leave_keeps_the_quota_of_its_period(start, n_days, absent, n_absent):
    """The quota worked out here from the document's proportion, service counted day by day."""
    # No period may be cut shorter than a leave.
    start = start.replace(day=min(start.day, 15))
    end = start + timedelta(days=n_days)
    end = end.replace(day=max(end.day, 12))
    first = min(start + timedelta(days=absent), end)
    away = {"start": first, "end": min(first + timedelta(days=n_absent), end)}
    member = person("p", approved_absences=[away])
    city = scenario(start.isoformat(), end.isoformat(), bureaus=[bureau("b", [member])])
    for choice in leave_choices(city):
        opened = city.days.date_of(choice.period.start)
        year, opening = opened.year, (opened.month - 1) // 3 * 3 + 1
        closing = date(year + opening // 10, (opening + 2) % 12 + 1, 1)
        full = (closing - date(year, opening, 1)).days
        days = [city.days.date_of(d) for d in range(choice.period.start, choice.period.stop)]
        served = [d for d in days if not away["start"] <= d <= away["end"]]
        for s in choice.starts:
            block = [city.days.date_of(d) for d in range(s, s + 12)]
            assert set(block) <= set(served)
            assert len(served) - 12 >= 78 * (len(served) - 12) // (full - 12)

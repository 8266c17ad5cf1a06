"""Companies outside the groups: the first reason that holds, and who receives them instead."""

from __future__ import annotations

from datetime import date

from planner.solve import make_plan
from tests.planner.instances import bureau, company, leader, person, scenario, span

PINNED = bureau("b", [person("p", "chief", leave_pins=["2023-05-08"])])
MIDDLE = span("2023-05-10", "2023-05-12")


def _reasons(companies, **more):
    city = scenario(companies=companies, bureaus=[PINNED], **more)
    plan = make_plan(city, time_limit_s=4)
    return city, {entry.company: entry for entry in plan.unplaced}


def test_every_company_is_placed_or_has_a_reason():
    companies = [company(f"c{i}", "b", MIDDLE) for i in range(8)]
    city = scenario(companies=companies, bureaus=[PINNED])
    plan = make_plan(city, time_limit_s=4)
    placed = [c for visit in plan.visits for c in visit.companies]
    assert sorted([*placed, *(x.company for x in plan.unplaced)]) == [c.id for c in companies]


def test_a_screened_out_company_is_offered_nobody():
    _, unplaced = _reasons([company("bad", "b", MIDDLE, screening="failed")])
    assert (unplaced["bad"].reason, unplaced["bad"].host_unit) == ("screened-out", None)


def test_no_window_means_that_none_meets_a_leave():
    city, unplaced = _reasons([company("late", "b", span("2023-06-03", "2023-06-10"))])
    entry = unplaced["late"]
    assert (entry.reason, entry.host_unit) == ("no-window", "stone-unit")
    assert city.days.date_of(entry.day) == date(2023, 6, 5)  # the 3rd and 4th are a weekend


def test_windows_on_closed_days_alone_are_offered_no_day():
    _, unplaced = _reasons([company("never", "b", span("2023-04-29", "2023-05-03"))])
    assert (unplaced["never"].reason, unplaced["never"].day) == ("no-window", None)


def test_no_leader_means_that_nobody_of_the_tier_is_free():
    companies = [company(f"c{i}", "b", MIDDLE, expects="principal") for i in range(3)]
    _, unplaced = _reasons(companies, leaders=[leader("lead")])
    assert {entry.reason for entry in unplaced.values()} == {"no-leader"}
    busy = [leader("head", "principal", groups_per_month=0)]
    _, unplaced = _reasons(companies, leaders=busy)
    assert {entry.reason for entry in unplaced.values()} == {"no-leader"}


def test_no_seat_means_that_the_groups_it_could_join_are_full():
    companies = [company(f"c{i}", "b", MIDDLE, priority=20 - i) for i in range(7)]
    _, unplaced = _reasons(companies)
    assert {key: entry.reason for key, entry in unplaced.items()} == {"c6": "no-seat"}
    # Its chain's lead unit is busy with the group itself, and it has no other day.
    assert unplaced["c6"].day is None


def test_no_group_means_that_too_few_come_together():
    city, unplaced = _reasons([company(f"c{i}", "b", MIDDLE) for i in range(2)])
    assert {entry.reason for entry in unplaced.values()} == {"no-group"}
    assert city.days.date_of(unplaced["c0"].day) == date(2023, 5, 10)

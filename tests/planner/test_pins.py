"""Pins of a planner: what is held stays, what is moved goes where it was moved, or it is said."""

from __future__ import annotations

from dataclasses import replace

import pytest

from planner.audit import audit, violations
from planner.infeasible import InfeasibleError
from planner.moving import MoveVisit, moved
from planner.pins import DayPin, LeavePin, Pins
from planner.plan import tables
from planner.replan import replan
from planner.starts import Choice
from scenarios.calendar import Period
from tests.planner.instances import company, span
from tests.planner.test_replan import _absent, _city, _day, _published


def _again(city, pins, today=0):
    made = replan(city, _published(), today, pins=pins, with_frontier=False)
    assert violations(audit(city, tables(city, made.plan))) == ()
    return made


def _leave(plan, person="a-chief", period="2023-Q2"):
    return next(x for x in plan.leaves if (x.person, x.period) == (person, period))


def test_a_leave_goes_to_the_day_it_is_pinned_to_and_that_is_charged():
    city = _city()
    leave = _leave(_published())
    for start in (leave.start + 7, leave.start - 5):
        made = _again(city, Pins(leaves=(LeavePin(leave.person, leave.period, start),)))
        assert _leave(made.plan).start == start
        assert made.proven
        assert made.cost >= 6
        assert "leave-moved" in {change.kind for change in made.changes}


def test_pins_at_what_is_published_change_nothing():
    published = _published()
    pins = Pins(
        leaves=tuple(LeavePin(x.person, x.period, x.start) for x in published.leaves),
        visits=published.visits,
    )
    made = _again(_city(), pins)
    assert (made.cost, made.changes) == (0, ())


def test_a_pinned_leave_stays_though_moving_it_would_be_the_least_change():
    who, leave = "a-chief", _leave(_published())
    city = _absent(_city(), who, _days(leave.start, 2))
    free = replan(city, _published(), 0, with_frontier=False)
    assert _leave(free.plan).start != leave.start
    with pytest.raises(InfeasibleError) as refused:
        replan(city, _published(), 0, pins=Pins(leaves=(LeavePin(who, "2023-Q2", leave.start),)))
    (line,) = refused.value.explanation.lines
    assert "approved absence" in line.en
    assert "缺勤" in line.zh


def _days(start, n):
    date_of = _city().days.date_of
    return span(date_of(start).isoformat(), date_of(start + n - 1).isoformat())


def test_a_pinned_group_comes_on_its_day_with_its_companies_and_its_leader():
    city, published = _city(), _published()
    group = published.visits[1]
    # The day a week later is free to all of its companies, and to both leaders.
    shifted = moved(city, published, MoveVisit(group.id, group.start + 7))
    wanted = next(x for x in shifted.visits if x.id == group.id)
    free = _again(city, Pins())
    assert (group.bureau, wanted.start) not in {(x.bureau, x.start) for x in free.plan.visits}
    made = _again(city, Pins(visits=(wanted,)))
    found = next(x for x in made.plan.visits if (x.bureau, x.start) == (group.bureau, wanted.start))
    assert set(found.companies) >= set(group.companies)
    assert found.leader == group.leader == "m"


def test_a_pinned_group_is_received_by_the_leader_it_is_pinned_to():
    group = _published().visits[1]
    for leader in ("l", "m"):
        wanted = replace(group, leader=leader)
        made = _again(_city(), Pins(visits=(wanted,)))
        found = [x.leader for x in made.plan.visits if x.bureau == group.bureau]
        assert found == [leader]


def test_a_group_that_cannot_come_on_its_pinned_day_is_refused_in_words():
    city, published = _city(), _published()
    group = published.visits[0]
    late = replace(group, start=_day(city, "2023-06-28"), end=_day(city, "2023-06-29"))
    with pytest.raises(InfeasibleError) as refused:
        replan(city, published, 0, pins=Pins(visits=(late,)))
    assert "pins" in refused.value.explanation.lines[0].en


@pytest.mark.parametrize("status", ["post", "leave"])
def test_the_status_of_a_day_is_kept(status):
    city, published = _city(), _published()
    leave = _leave(published)
    day = leave.start + 2 if status == "post" else leave.start - 3
    made = _again(city, Pins(days=(DayPin(leave.person, day, status),)))
    after = _leave(made.plan)
    assert (after.start <= day <= after.end) == (status == "leave")
    assert after.start != leave.start


def test_a_day_on_leave_binds_the_leave_of_its_period_alone():
    city = _city()
    pins = Pins(days=(DayPin("a-chief", 40, "leave"),))
    here = Choice("a", "a-chief", city.periods[0], (28, 29, 40, 41))
    later = Choice("a", "a-chief", Period("later", 91, 180), (95, 100))
    colleague = Choice("a", "a-deputy", city.periods[0], (10,))
    narrowed = pins.narrowed(city, (here, later, colleague))
    assert [choice.starts for choice in narrowed] == [(29, 40), (95, 100), (10,)]


def test_days_that_no_leave_can_keep_together_are_said():
    city, leave = _city(), _leave(_published())
    period = next(p for p in city.periods if p.label == "2023-Q2")
    days = (
        DayPin("a-chief", period.start + 1, "leave"),
        DayPin("a-chief", period.start + 40, "leave"),
    )
    with pytest.raises(InfeasibleError) as refused:
        replan(city, _published(), 0, pins=Pins(days=days))
    assert leave.period in refused.value.explanation.lines[0].en
    assert "agrees with the days" in refused.value.explanation.lines[0].en


def test_what_has_begun_outranks_a_pin_and_that_is_said():
    city, leave = _city(), _leave(_published())
    pins = Pins(leaves=(LeavePin(leave.person, leave.period, leave.start + 7),))
    with pytest.raises(InfeasibleError) as refused:
        replan(city, _published(), leave.start + 1, pins=pins)
    assert "what has begun" in refused.value.explanation.lines[0].en


def test_a_company_that_is_gone_does_not_hold_its_pinned_group():
    group = _published().visits[0]
    others = tuple(c for c in _city().companies if c.id != group.companies[0])
    newcomer = company("a9", "a", span("2023-04-10", "2023-06-25"))
    city = _city(companies=[*others, newcomer])
    made = _again(city, Pins(visits=(group,)))
    found = next(x for x in made.plan.visits if (x.bureau, x.start) == (group.bureau, group.start))
    assert set(found.companies) >= set(group.companies[1:])

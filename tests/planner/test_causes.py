"""Why a plan made again differs, and how much, on the stored disrupted instances."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from benchmarks.questions import published
from planner.causes import causes, concerned
from planner.changes import diff, in_words
from planner.totals import totals
from scenarios.load import load_scenario
from scenarios.telling import after_events, parse

TODAY = date(2023, 5, 1)


@pytest.fixture(scope="module")
def city():
    scenario = load_scenario("bole-2023")
    return scenario, published(), scenario.days.day_of(TODAY)


def _iso(scenario, day):
    return scenario.days.date_of(day).isoformat()


def _later(plan, bureau, today):
    """Return a plan with the last group of a bureau a week later, and what was moved."""
    visit = max((v for v in plan.visits if v.bureau == bureau), key=lambda v: v.start)
    assert visit.start >= today
    later = replace(visit, start=visit.start + 7, end=visit.end + 7)
    return replace(plan, visits=tuple(later if v is visit else v for v in plan.visits)), visit


def test_an_event_concerns_those_it_happens_to_and_the_groups_it_takes_leader_or_day_from(city):
    scenario, plan, today = city
    visit = next(v for v in plan.visits if v.start >= today and v.leader)

    def hit(text):
        after, (event,) = after_events(scenario, [text], TODAY)
        return concerned(after, plan, event, today)

    assert hit("absent wuhan-chief 2023-06-01") == ("wuhan",)
    assert hit("replaced wuhan-chief wuhan-chief-2 2023-06-01") == ("wuhan",)
    assert hit("company-cancels beijing-c07") == ("beijing",)
    assert hit("company-new hangzhou id=new chain=textiles") == ("hangzhou",)
    day = _iso(scenario, visit.leader_day)
    assert visit.bureau in hit(f"leader-away {visit.leader} {day}")
    assert visit.bureau in hit(f"closure {day}")
    free = next(
        d
        for d in range(today, scenario.days.n_days)
        if not any(v.start <= d <= v.end for v in plan.visits)
    )
    assert hit(f"leader-away {visit.leader} {_iso(scenario, free)}") == ()
    assert hit(f"closure {_iso(scenario, free)}") == ()


def test_groups_that_came_before_the_day_are_concerned_by_nothing(city):
    scenario, plan, _ = city
    visit = plan.visits[0]
    event = parse(f"closure {_iso(scenario, visit.start)}", scenario, TODAY)
    assert visit.bureau in concerned(scenario, plan, event, visit.start)
    assert visit.bureau not in concerned(scenario, plan, event, visit.end + 1)


def test_a_change_elsewhere_gives_room_only_where_the_least_change_is_proven(city):
    scenario, plan, today = city
    event = parse("absent wuhan-chief 2023-06-01", scenario, TODAY)
    own, _ = _later(plan, "wuhan", today)
    both, _ = _later(own, "hangzhou", today)
    changes = diff(scenario, plan, both, today=today)
    of = {company.id: company.bureau for company in scenario.companies}
    for proven, elsewhere in ((True, "room"), (False, "follows")):
        found = causes(scenario, plan, changes, [event], today=today, proven=proven)
        told = {(of[x.subject], c.relation, c.of) for x, c in zip(changes, found, strict=True)}
        assert told == {
            ("wuhan", "event", (event.text,)),
            ("hangzhou", elsewhere, ("wuhan",)),
        }


def test_without_an_event_no_reason_is_made_up(city):
    scenario, plan, today = city
    after, _ = _later(plan, "wuhan", today)
    changes = diff(scenario, plan, after, today=today)
    found = causes(scenario, plan, changes, [], today=today, proven=True)
    assert changes
    assert {cause.relation for cause in found} == {"unknown"}


def test_totals_count_groups_companies_and_the_days_of_those_who_escort(city):
    scenario, plan, today = city
    after, visit = _later(plan, "wuhan", today)
    found = totals(scenario, plan, after, diff(scenario, plan, after, today=today))
    assert (found.groups_moved, found.companies_moved) == (1, len(visit.companies))
    assert (found.leaves_moved, found.companies_dropped, found.companies_added) == (0, 0, 0)
    assert found.person_days == 2 * (visit.end - visit.start + 1)


def test_totals_bear_a_person_who_is_not_there_any_more(city):
    scenario, plan, _ = city
    bureau = scenario.bureau("wuhan")
    gone = bureau.persons[0].id
    left = bureau.model_copy(update={"persons": bureau.persons[1:]})
    bureaus = tuple(left if b.id == "wuhan" else b for b in scenario.organisation.bureaus)
    organisation = scenario.organisation.model_copy(update={"bureaus": bureaus})
    now = scenario.model_copy(update={"organisation": organisation})
    leaves = tuple(leave for leave in plan.leaves if leave.person != gone)
    visits = tuple(visit for visit in plan.visits if visit.escort != gone)
    after = replace(plan, leaves=leaves, visits=visits)
    changes = diff(now, plan, after)
    found = totals(now, plan, after, changes)
    assert found.person_days == 0
    assert found.leaves_dropped == len(plan.leaves) - len(leaves) > 0


def test_leaves_that_a_successor_takes_over_count_for_the_successor_alone(city):
    scenario, plan, today = city
    last = max((x for x in plan.leaves if x.person == "wuhan-chief"), key=lambda x: x.start)
    first = _iso(scenario, last.start - 1)
    after, _ = after_events(scenario, [f"replaced wuhan-chief wuhan-chief-2 {first}"], TODAY)
    taken = replace(last, person="wuhan-chief-2")
    new = replace(plan, leaves=(*(x for x in plan.leaves if x is not last), taken), visits=())
    old = replace(plan, visits=())
    found = totals(after, old, new, diff(after, old, new, today=today))
    assert (found.leaves_added, found.leaves_dropped) == (1, 1)
    assert found.person_days == last.end - last.start + 1


def test_a_leader_who_receives_a_group_on_another_of_its_days_is_told_at_no_cost(city):
    scenario, plan, today = city
    visit = max((v for v in plan.visits if v.leader_day == v.start), key=lambda v: v.start)
    later = replace(visit, leader_day=visit.start + 1)
    after = replace(plan, visits=tuple(later if v is visit else v for v in plan.visits))
    (change,) = diff(scenario, plan, after, today=today)
    assert (change.kind, change.subject, change.cost) == ("reception-moved", visit.bureau, 0)
    assert (change.shift_days, change.after) == (1, _iso(scenario, visit.start + 1))
    assert change.after in in_words(scenario, change).en

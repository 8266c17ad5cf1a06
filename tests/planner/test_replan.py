"""Planning again: history stands, as little as possible changes, and that is proven."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from itertools import product

import pytest

from planner.audit import audit, violations
from planner.changes import COSTS, changes_table, diff, in_words
from planner.history import broken_before
from planner.infeasible import InfeasibleError
from planner.plan import Plan, tables
from planner.receptions import visit_starts
from planner.replan import replan
from planner.solve import make_plan
from scenarios.model import Scenario
from scenarios.obligations import EventDuty, Obligations
from scenarios.part import DateRange
from tests.planner.instances import bureau, company, leader, scenario, span

NO_EVENTS = Obligations(events=EventDuty(per_bureau=0, led_per_bureau=0))


def _city(**more) -> Scenario:
    companies = [
        *(company(f"a{i}", "a", span("2023-04-10", "2023-06-25")) for i in range(5)),
        *(company(f"b{i}", "b", span("2023-05-08", "2023-06-25")) for i in range(5)),
    ]
    content = {
        "bureaus": [bureau("a"), bureau("b")],
        "companies": companies,
        "leaders": [leader("l"), leader("m")],
        "obligations": NO_EVENTS,
        **more,
    }
    return scenario(**content)


@cache
def _published() -> Plan:
    return make_plan(_city(), time_limit_s=6)


def _day(city: Scenario, iso: str) -> int:
    return city.days.day_of(span(iso).start)


def _absent(city: Scenario, who: str, days: DateRange) -> Scenario:
    bureaus = [
        b.model_copy(
            update={
                "persons": tuple(
                    p.model_copy(update={"approved_absences": (days,)}) if p.id == who else p
                    for p in b.persons
                )
            }
        )
        for b in city.organisation.bureaus
    ]
    organisation = city.organisation.model_copy(update={"bureaus": tuple(bureaus)})
    return city.model_copy(update={"organisation": organisation})


def _clean(city: Scenario, plan: Plan) -> bool:
    return violations(audit(city, tables(city, plan))) == ()


def _on(city: Scenario, day: int) -> DateRange:
    date = city.days.date_of(day)
    return DateRange(start=date, end=date)


def test_when_nothing_happens_nothing_changes_and_that_is_proven():
    made = replan(_city(), _published(), _day(_city(), "2023-04-20"))
    assert made.changes == ()
    assert (made.cost, made.bound, made.proven) == (0, 0, True)
    assert made.plan.leaves == _published().leaves
    assert made.plan.visits == _published().visits


@pytest.fixture(scope="module")
def ill():
    """The last leave is met by an absence that was not known when the plan was published."""
    city, published = _city(), _published()
    leave = max(published.leaves, key=lambda leave: leave.start)
    changed = _absent(city, leave.person, _on(city, leave.start + 5))
    return changed, leave, replan(changed, published, 7)


def test_an_absence_on_a_published_leave_moves_that_leave_and_the_plan_is_clean(ill):
    city, leave, made = ill
    moved = [change for change in made.changes if change.kind == "leave-moved"]
    assert leave.person in {change.subject for change in moved}
    assert made.proven
    assert made.cost == sum(change.cost for change in made.changes) > 0
    assert _clean(city, made.plan)


def test_bureaus_that_no_event_touches_stay_as_they_were(ill):
    _, leave, made = ill
    for before, after in zip(_published().leaves, made.plan.leaves, strict=True):
        assert before == after or before.bureau == leave.bureau


def test_no_cheaper_pair_of_leaves_would_have_done():
    """Without companies the cost is that of leaves alone: every pair of first days is tried."""
    city = _city(companies=[])
    published = make_plan(city, time_limit_s=2)
    first = published.leaves[0]
    changed = _absent(city, first.person, _on(city, first.start + 3))
    made = replan(changed, published, 3)
    own = [leave for leave in published.leaves if leave.bureau == first.bureau]
    best = None
    for starts in product(range(3, 79), repeat=2):
        leaves = [
            replace(leave, start=start, end=start + 11, clearing_day=0)
            for leave, start in zip(own, starts, strict=True)
        ]
        if _works(changed, leaves):
            cost = sum(
                COSTS.leave_moved * COSTS.factor(was.start - 3)
                for was, now in zip(own, leaves, strict=True)
                if was.start != now.start
            )
            best = cost if best is None else min(best, cost)
    assert (made.cost, made.bound) == (best, best)


def _works(city: Scenario, leaves) -> bool:
    """Whether two leaves avoid absences and do not share a working day."""
    absent = {
        p.id: {city.days.day_of(s.start) for s in p.approved_absences} for _, p in city.persons
    }
    blocks = [set(range(leave.start, leave.end + 1)) for leave in leaves]
    if any(block & absent[leave.person] for block, leave in zip(blocks, leaves, strict=True)):
        return False
    away = blocks[0] & blocks[1]
    gaps = [
        day
        for day in range(city.days.n_days)
        for leave, block in zip(leaves, blocks, strict=True)
        if day in absent[leave.person] and any(day in b for b in blocks if b is not block)
    ]
    return not any(city.days.workday[day] for day in (*away, *gaps))


def test_what_began_before_today_stays_whatever_the_scenario_says_now():
    city, published = _city(), _published()
    visit = min(published.visits, key=lambda visit: visit.start)
    fewer = tuple(c for c in city.companies if c.id not in ("a4", "b4"))
    late = visit.start + 1
    made = replan(city.model_copy(update={"companies": fewer}), published, late)
    began = [leave for leave in published.leaves if leave.start < late]
    assert began
    assert set(began) <= set(made.plan.leaves)
    kept = next(v for v in made.plan.visits if (v.bureau, v.start) == (visit.bureau, visit.start))
    assert set(kept.companies) == set(visit.companies) - {"a4", "b4"}


def _without(city: Scenario, *gone: str) -> Scenario:
    kept = tuple(company for company in city.companies if company.id not in gone)
    return city.model_copy(update={"companies": kept})


def test_a_past_visit_that_lost_companies_below_the_minimum_is_history_and_no_obstacle():
    """Three of five are gone: two are no group any more, but they came."""
    city, published = _city(), _published()
    visit = min(published.visits, key=lambda visit: visit.start)
    fewer = _without(city, *visit.companies[:3])
    today = visit.end + 1
    made = replan(fewer, published, today)
    kept = next(v for v in made.plan.visits if (v.bureau, v.start) == (visit.bureau, visit.start))
    assert kept.companies == visit.companies[3:]
    assert made.changes == () or {x.kind for x in made.changes} == {"company-dropped"}
    assert (made.cost, made.proven) == (0, True)
    findings = audit(fewer, tables(fewer, made.plan))
    broken = violations(findings)
    assert [(x.rule, x.subject) for x in broken] == [("group-size", kept.id)]
    assert broken_before(fewer, made.plan, findings, today) == broken
    assert broken_before(fewer, made.plan, findings, visit.start) == ()


def test_whoever_has_come_is_not_invited_again_though_a_later_leave_has_room():
    city, published = _city(), _published()
    visit = min(published.visits, key=lambda visit: visit.start)
    made = replan(city, published, visit.end + 1)
    came = [c for v in made.plan.visits for c in v.companies]
    assert len(came) == len(set(came)) == 10
    assert made.frontier[0].value == 100
    fewer = replan(_without(city, *visit.companies[:3]), published, visit.end + 1)
    assert fewer.frontier[0].value == 70


def test_a_past_visit_that_rules_of_today_forbid_stays_too():
    """The leader's diary says now that the day was taken, and the city that it was closed."""
    city, published = _city(), _published()
    visit = min(published.visits, key=lambda visit: visit.start)
    size = city.rules.visits.model_copy(update={"group_min": 6})
    stricter = city.model_copy(update={"rules": city.rules.model_copy(update={"visits": size})})
    made = replan(stricter, published, visit.end + 1)
    assert visit.companies in [v.companies for v in made.plan.visits]


@pytest.mark.parametrize(("days_on", "placed"), [(1, False), (3, True)])
def test_a_group_under_way_keeps_its_bureau_busy_until_it_has_left(days_on, placed):
    """The host unit would have room for a second group meanwhile, and the escort for one more."""
    any_day = {"visits": {"days": "any"}}
    city, published = _city(units={"office": 1, "stone-unit": 2}, rules=any_day), _published()
    visit = min(published.visits, key=lambda visit: visit.start)
    first = visit.start + days_on
    assert first in visit_starts(city)
    window = DateRange(start=city.days.date_of(first), end=city.days.date_of(first + 2))
    late = [company(f"n{i}", visit.bureau, window) for i in range(4)]
    grown = city.model_copy(update={"companies": (*city.companies, *late)})
    made = replan(grown, published, visit.start + 1, with_frontier=False)
    assert _clean(grown, made.plan)
    assert visit in [replace(v, id=visit.id) for v in made.plan.visits]
    assert any("n0" in v.companies for v in made.plan.visits) == placed


def test_a_newcomer_takes_a_free_seat_and_nobody_else_moves():
    city = _city()
    visit = _published().visits[0]
    newcomer = company("new", visit.bureau, span("2023-04-10", "2023-06-25"))
    grown = city.model_copy(update={"companies": (*city.companies, newcomer)})
    made = replan(grown, _published(), 0)
    assert made.cost == 0
    assert [(change.kind, change.subject) for change in made.changes] == [("company-placed", "new")]
    assert _clean(grown, made.plan)


def test_a_company_that_failed_screening_since_makes_room_at_no_cost():
    city, published = _city(), _published()
    gone = published.visits[0].companies[0]
    companies = tuple(
        c.model_copy(update={"screening": "failed"}) if c.id == gone else c for c in city.companies
    )
    changed = city.model_copy(update={"companies": companies})
    made = replan(changed, published, 0)
    assert [(x.kind, x.subject, x.cost) for x in made.changes] == [("company-dropped", gone, 0)]
    assert (made.cost, made.proven) == (0, True)
    assert _clean(changed, made.plan)


def test_a_leader_who_is_busy_now_is_stood_in_for():
    city = _city(
        companies=[
            company(f"a{i}", "a", span("2023-04-10", "2023-06-25"), expects="deputy")
            for i in range(4)
        ]
    )
    published = make_plan(city, time_limit_s=4)
    (visit,) = published.visits
    leaders = tuple(
        x.model_copy(update={"blocked": (span("2023-04-01", "2023-06-30"),)})
        if x.id == visit.leader
        else x
        for x in city.organisation.leaders
    )
    organisation = city.organisation.model_copy(update={"leaders": leaders})
    made = replan(city.model_copy(update={"organisation": organisation}), published, 0)
    assert [change.kind for change in made.changes] == ["reception-changed"]
    assert made.proven


def test_more_change_never_buys_less(ill):
    _, _, made = ill
    costs = [point.cost for point in made.frontier]
    values = [point.value for point in made.frontier]
    assert costs == sorted(costs)
    assert values == sorted(values)
    assert all(point.value <= point.bound for point in made.frontier)


def test_a_history_that_leaves_no_way_is_explained_in_both_languages():
    city, published = _city(), _published()
    everybody = [p.id for p in city.organisation.bureaus[0].persons]
    changed = city
    for who in everybody:
        changed = _absent(changed, who, span("2023-05-20", "2023-06-30"))
    with pytest.raises(InfeasibleError) as caught:
        replan(changed, published, _day(city, "2023-05-18"))
    assert all(line.zh and line.en for line in caught.value.explanation.lines)


def test_changes_are_told_in_both_languages_and_as_a_table(ill):
    city, _, made = ill
    for change in made.changes:
        words = in_words(city, change)
        assert words.zh != words.en
        assert change.after in words.en
    table = changes_table(city, made.changes)
    assert list(table["cost"]) == [change.cost for change in made.changes]
    assert json.loads(table.to_json(orient="records"))[0]["subject"] == made.changes[0].subject


def test_a_dropped_company_costs_more_the_sooner_it_was_to_come():
    city, published = _city(), _published()
    visit = published.visits[0]
    without = replace(published, visits=tuple(v for v in published.visits if v is not visit))
    early, late = (diff(city, published, without, today=day) for day in (visit.start - 2, 0))
    assert {change.kind for change in early} == {"company-dropped"}
    assert early[0].cost == COSTS.company_dropped * COSTS.soon_factor
    assert late[0].cost <= early[0].cost

"""Why, recommendations and edits by hand: prices that hold, dates in order, judged at once."""

from __future__ import annotations

from functools import cache

import pytest

from planner.anew import Bench, draft_from, values_of
from planner.audit import audit, violations
from planner.edit import MoveCompany, applied, judge
from planner.given import Given
from planner.moving import MoveLeave, MoveVisit, Receive
from planner.plan import Plan, tables
from planner.recommend import leave_dates, visit_dates
from planner.solve import make_plan
from planner.starts import leave_choices
from planner.why import AtHome, AtPost, Visits, holds, why
from scenarios.model import Scenario
from scenarios.obligations import EventDuty, Obligations
from tests.planner.instances import bureau, company, leader, person, scenario, span

NO_EVENTS = Obligations(events=EventDuty(per_bureau=0, led_per_bureau=0))


@cache
def _city() -> Scenario:
    companies = [
        *(company(f"a{i}", "a", span("2023-04-10", "2023-05-05"), priority=9) for i in range(4)),
        *(company(f"z{i}", "a", span("2023-05-22", "2023-06-22"), priority=5) for i in range(4)),
        company("failed", "a", span("2023-04-10", "2023-06-25"), screening="failed"),
        company("never", "a", span("2023-04-29", "2023-05-03")),
    ]
    members = [person("p", "chief", no_leave=[span("2023-06-20", "2023-06-25")]), person("q")]
    return scenario(
        bureaus=[bureau("a", members)],
        companies=companies,
        leaders=[leader("l")],
        obligations=NO_EVENTS,
    )


@cache
def _plan() -> Plan:
    return make_plan(_city(), time_limit_s=6)


def _day(iso: str) -> int:
    return _city().days.day_of(span(iso).start)


def _leave(who: str):
    return next(leave for leave in _plan().leaves if leave.person == who)


def _served(anew) -> int:
    return anew.values["served"]


def test_the_best_under_no_condition_is_no_worse_than_the_plan():
    given = Given(_city(), leave_choices(_city()))
    anew = Bench.of(given, draft_from(_plan()), "a").best()
    assert anew is not None
    assert anew.proven
    assert set(anew.gains.values()) == {0}
    assert (anew.draft.leaves, len(anew.draft.visits)) == (_plan().leaves, len(_plan().visits))


@pytest.mark.parametrize("who", ["p", "q"])
def test_what_the_plan_has_is_priced_by_giving_it_up(who):
    leave = _leave(who)
    question = AtHome(who, leave.start, leave.end)
    assert holds(_plan(), question)
    because = why(_city(), _plan(), question)
    assert because.turned
    assert because.anew is not None
    assert not holds(because.anew.plan_after(_city(), _plan()), question)


def test_somebody_asked_home_is_home_in_the_answer_and_the_price_is_what_is_lost():
    first = _day("2023-05-04")
    question = AtHome("p", first, first + 11)
    because = why(_city(), _plan(), question)
    assert because.anew is not None
    after = because.anew.plan_after(_city(), _plan())
    assert holds(after, question)
    now = values_of(Given(_city(), leave_choices(_city())), draft_from(after))
    assert now == because.anew.values
    assert now["served"] <= _plan().levels[0].value


def test_somebody_asked_at_post_is_not_on_leave_then():
    leave = _leave("q")
    because = why(_city(), _plan(), AtPost("q", leave.start + 3, leave.start + 4))
    assert because.anew is not None
    moved = next(x for x in because.anew.draft.leaves if x.person == "q")
    assert moved.end < leave.start + 3 or moved.start > leave.start + 4


@pytest.mark.parametrize(
    ("question", "words"),
    [
        (AtHome("p", 10, 25), "cannot cover 16"),
        (AtHome("p", 80, 84), "days without leave"),
        (Visits("never"), "no room for a whole visit"),
        (Visits("a0", 60), "no plan that keeps this"),
    ],
)
def test_what_cannot_be_is_explained_in_both_languages(question, words):
    because = why(_city(), _plan(), question)
    assert because.anew is None
    assert any(words in reason.en for reason in because.reasons)
    assert all(reason.zh for reason in because.reasons)


def test_a_company_that_screening_keeps_out_is_no_question():
    with pytest.raises(KeyError):
        why(_city(), _plan(), Visits("failed"))


def test_recommended_dates_differ_and_come_best_first():
    found = leave_dates(_city(), _plan(), "p", "2023-Q2", n=4)
    assert len({suggestion.start for suggestion in found}) == 4
    ranks = [
        (-s.anew.values["served"], s.anew.values["groups"], -s.anew.values["wishes"]) for s in found
    ]
    assert ranks == sorted(ranks)
    for suggestion in found:
        own = next(x for x in suggestion.anew.draft.leaves if x.person == "p")
        assert own.start == suggestion.start


def test_no_date_that_is_left_out_is_better_than_the_last_recommended():
    """Every first day is tried by itself, on a model of its own."""
    (best, second) = leave_dates(_city(), _plan(), "p", "2023-Q2", n=2)
    given = Given(_city(), leave_choices(_city()))
    served = {}
    for start in given.choice["p", "2023-Q2"].starts[::9]:
        bench = Bench.of(given, draft_from(_plan()), "a")
        bench.part.model.add(bench.part.rotation.literals["p", "2023-Q2"][start] == 1)
        anew = bench.best()
        served[start] = -1 if anew is None else _served(anew)
    others = [n for start, n in served.items() if start not in (best.start, second.start)]
    assert max(others) <= _served(second.anew) <= _served(best.anew)


def test_a_company_is_recommended_days_on_which_it_can_come():
    found = visit_dates(_city(), _plan(), "z0", n=3)
    can_come = dict(Given(_city(), leave_choices(_city())).points["z0"])
    assert found
    assert {suggestion.start for suggestion in found} <= set(can_come)
    assert visit_dates(_city(), _plan(), "never") == ()


def test_a_leave_moved_onto_the_other_breaks_coverage_and_moving_it_back_mends_it():
    p, q = _leave("p"), _leave("q")
    judged = judge(_city(), _plan(), MoveLeave("p", p.period, q.start))
    assert "coverage" in {finding.rule for finding in judged.broken}
    back = judge(_city(), judged.plan, MoveLeave("p", p.period, p.start))
    assert not back.broken
    assert {finding.rule for finding in judged.broken} == {x.rule for x in back.mended}
    assert back.plan.content_hash == _plan().content_hash


def test_a_visit_on_a_closed_day_is_refused_by_name():
    visit = _plan().visits[0]
    judged = judge(_city(), _plan(), MoveVisit(visit.id, _day("2023-04-30")))
    assert {"visit-open-days", "visit-escort"} <= {finding.rule for finding in judged.broken}


def test_a_company_taken_out_is_answered_elsewhere():
    visit = _plan().visits[0]
    out = visit.companies[0]
    edited = applied(_city(), _plan(), MoveCompany(out, None))
    assert out in {unplaced.company for unplaced in edited.unplaced}
    broken = {x.rule for x in violations(audit(_city(), tables(_city(), edited)))}
    assert broken <= {"group-size"}
    assert applied(_city(), edited, MoveCompany(out, visit.id)).visits == _plan().visits


def test_a_leader_on_a_day_beside_the_visit_is_refused():
    visit = _plan().visits[0]
    judged = judge(_city(), _plan(), Receive(visit.id, "l", visit.end + 5))
    assert "leader-day" in {finding.rule for finding in judged.broken}


@pytest.mark.parametrize(
    "edit",
    [
        MoveLeave("nobody", "2023-Q2", 3),
        MoveVisit("none", 3),
        MoveCompany("nobody", None),
        MoveCompany("a0", "none"),
        Receive("none", None, None),
    ],
)
def test_what_is_not_there_cannot_be_edited(edit):
    with pytest.raises(KeyError):
        judge(_city(), _plan(), edit)

"""Groups that several bureaus bring together: planned, bounded, re-planned, asked about, edited."""

from __future__ import annotations

import json
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from planner.audit import audit, violations
from planner.draft import Draft
from planner.edit import MoveCompany, applied, judge
from planner.feasible import first_leaves
from planner.given import Given
from planner.moves import partners
from planner.moving import MoveVisit, Receive
from planner.plan import Plan, from_json, groups_of, tables, to_json
from planner.recommend import visit_dates
from planner.replan import replan
from planner.solve import make_plan
from planner.starts import leave_choices
from planner.why import Visits, why
from scenarios.model import Scenario
from scenarios.obligations import EventDuty, Obligations
from scenarios.organisation import Company
from tests.planner.instances import (
    bureau,
    company,
    leader,
    person,
    random_city,
    scenario,
    span,
    target,
)

NO_EVENTS = Obligations(events=EventDuty(per_bureau=0, led_per_bureau=0))
# Wed 10 to Fri 12 May 2023: one visit of three days.
MIDDLE = span("2023-05-10", "2023-05-12")


def _bureaus(*keys: str, pin: str | None = "2023-05-08"):
    pins = {} if pin is None else {"leave_pins": [pin]}
    return [bureau(key, [person(f"{key}-p", "chief", **pins)]) for key in keys]


def _leftovers(*numbers: int, **more: Any) -> list[Company]:
    """Companies that can come on MIDDLE alone: so many of bureau a, b, and so on."""
    return [
        company(f"{key}{i}", key, MIDDLE, priority=10 + i, **more)
        for key, n in zip("abcdefgh", numbers, strict=False)
        for i in range(n)
    ]


def _city(companies: Iterable[Company], joint: str = "allowed", **more: Any) -> Scenario:
    visits = {"joint_groups": joint, **more.pop("visits", {})}
    companies = tuple(companies)
    keys = sorted({c.bureau for c in companies})
    return scenario(
        companies=companies,
        bureaus=more.pop("bureaus", None) or _bureaus(*keys),
        rules={"visits": visits, **more.pop("rules", {})},
        leaders=more.pop("leaders", (leader("l"),)),
        obligations=NO_EVENTS,
        **more,
    )


def _made(city: Scenario, effort_s: float = 4) -> Plan:
    plan = make_plan(city, time_limit_s=effort_s)
    assert violations(audit(city, tables(city, plan))) == ()
    return plan


def _placed(plan: Plan) -> set[str]:
    return {company for visit in plan.visits for company in visit.companies}


def test_two_bureaus_with_two_companies_each_are_served_together_or_not_at_all():
    companies = _leftovers(2, 2)
    assert _placed(_made(_city(companies, "none"))) == set()
    plan = _made(_city(companies))
    assert _placed(plan) == {"a0", "a1", "b0", "b1"}
    (group,) = groups_of(plan.visits)
    assert [(v.bureau, v.escort, v.companies, v.joint) for v in group] == [
        ("a", "a-p", ("a0", "a1"), "joint-01"),
        ("b", "b-p", ("b0", "b1"), "joint-01"),
    ]
    # The two seats left over are dealt out: six in all.
    assert [v.seats for v in group] == [3, 3]
    served, groups, *_ = plan.levels
    assert (served.value, served.proven) == (42, True)
    assert (groups.value, groups.proven) == (1, True)


def test_three_bureaus_with_one_company_each_make_one_group():
    plan = _made(_city(_leftovers(1, 1, 1)))
    (group,) = groups_of(plan.visits)
    assert [(v.bureau, v.seats) for v in group] == [("a", 2), ("b", 2), ("c", 2)]


def test_a_joint_group_is_no_larger_than_a_group():
    plan = _made(_city(_leftovers(4, 4), units={"office": 1, "stone-unit": 1}))
    # Two groups at one unit do not fit, and one has six seats: the best six of eight.
    assert _placed(plan) == {"a1", "a2", "a3", "b1", "b2", "b3"}
    assert {x.reason for x in plan.unplaced} == {"no-seat"}


def test_reserved_seats_are_those_of_the_whole_group():
    plan = _made(_city(_leftovers(3, 3), visits={"reserved_seats": 2}))
    assert _placed(plan) == {"a1", "a2", "b1", "b2"}
    named = _city(_leftovers(3, 3), visits={"reserved_seats": 2, "newcomers": ["a0"]})
    assert _placed(_made(named)) == {"a0", "a1", "a2", "b1", "b2"}


def test_without_an_escort_of_its_own_at_home_a_bureau_joins_no_group():
    apart = [*_bureaus("a"), *_bureaus("b", pin="2023-06-05")]
    assert _placed(_made(_city(_leftovers(2, 2), bureaus=apart))) == set()


def test_companies_of_different_host_units_make_no_joint_group():
    other = [c.model_copy(update={"chain": "wood"}) for c in _leftovers(0, 2)]
    chains = {"stone": "stone-unit", "wood": "wood-unit"}
    units = {"office": 1, "stone-unit": 1, "wood-unit": 1}
    city = _city([*_leftovers(2), *other], chains=chains, units=units)
    assert _placed(_made(city)) == set()


def test_a_leader_receives_a_joint_group_once_and_it_counts_for_each_bureau():
    wanted = {"targets": (target("inspections_deputy", 2),)}
    # The leader takes one group a month: two groups would be one too many.
    leaders = (leader("l", groups_per_month=1),)
    city = _city(_leftovers(2, 2, expects="deputy"), leaders=leaders, **wanted)
    plan = _made(city)
    (group,) = groups_of(plan.visits)
    assert len({(v.leader, v.leader_tier, v.leader_day) for v in group}) == 1
    assert group[0].leader == "l"
    reached = [x for x in audit(city, tables(city, plan)) if x.rule == "target-inspections-deputy"]
    assert [(x.subject, x.actual, x.verdict) for x in reached] == [
        ("a", "2", "ok"),
        ("b", "2", "ok"),
    ]


def test_leaves_are_moved_so_that_bureaus_can_join():
    window = span("2023-05-10", "2023-05-26")
    companies = [company(f"{key}{i}", key, window, priority=9) for key in "ab" for i in range(2)]
    plan = _made(_city(companies, bureaus=_bureaus("a", "b", pin=None)))
    assert len(_placed(plan)) == 4
    assert plan.levels[0].proven


def test_groups_that_fit_into_one_come_as_one():
    units = {"office": 1, "stone-unit": 2}
    apart = _made(_city(_leftovers(3, 3), "none", units=units))
    together = _made(_city(_leftovers(3, 3), units=units))
    assert len(groups_of(apart.visits)) == 2
    assert len(groups_of(together.visits)) == 1
    assert [level.value for level in together.levels[:2]] == [apart.levels[0].value, 1]


def test_a_plan_without_joint_groups_has_the_tables_and_records_it_had():
    city = _city(_leftovers(3, 3), "none", units={"office": 1, "stone-unit": 2})
    plan = _made(city)
    assert "joint" not in tables(city, plan)["visits"]
    assert all("joint" not in row for row in to_json(plan)["visits"])
    assert from_json(to_json(plan)) == plan


def test_a_plan_with_joint_groups_is_read_back_as_it_was():
    city = _city(_leftovers(2, 2))
    plan = _made(city)
    assert from_json(json.loads(json.dumps(to_json(plan)))) == plan
    assert list(tables(city, plan)["visits"]["joint"]) == ["joint-01", "joint-01"]


def test_the_same_effort_gives_the_same_plan_on_any_number_of_workers():
    city = _allowing(random_city(2, n_bureaus=3, n_companies=12, end="2023-03-31"))
    one, two = (make_plan(city, time_limit_s=0.8, workers=n) for n in (1, 2))
    assert any(visit.joint for visit in one.visits)
    assert one == two


def test_on_an_executor_a_plan_with_joint_groups_is_the_same():
    city = _city(_leftovers(2, 2, 3), units={"office": 1, "stone-unit": 2})
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        assert make_plan(city, time_limit_s=2, executor=pool) == _made(city, 2)


def test_in_a_larger_city_bureaus_are_tried_with_their_best_partners_and_few_hang_together():
    # Bureaus a and b share one host unit, the others another: three groups at most, four apart.
    units = {"office": 1, "stone-unit": 1, "wood-unit": 2}
    wood = [c.model_copy(update={"chain": "wood"}) for c in _leftovers(0, 0, 2, 2, 2, 2, 2)]
    city = _city(
        [*_leftovers(2, 2), *wood],
        chains={"stone": "stone-unit", "wood": "wood-unit"},
        units=units,
        groups_in_city=3,
    )
    assert len(city.organisation.bureaus) == 7
    plan = _made(city)
    draft = Draft(plan.leaves, plan.visits)
    clusters = {draft.closed((own.id,)) for own in city.organisation.bureaus}
    assert ("a", "b") in clusters
    assert max(map(len, clusters)) <= 4
    assert len(_placed(plan)) == 14


def test_the_best_partner_is_whose_left_out_companies_are_worth_most_with_ones_own():
    companies = [*_leftovers(2, 2), *(company(f"c{i}", "c", MIDDLE, priority=50) for i in range(2))]
    city = _city(companies)
    choices = leave_choices(city)
    draft = Draft(first_leaves(city, choices))
    # A day at the same unit is theirs alone; whoever is nobody's best still has its own.
    assert partners(Given(city, choices), draft) == (("a", "c"), ("b", "c"))
    placed = _made(city)
    assert partners(Given(city, choices), Draft(placed.leaves, placed.visits)) == ()


@settings(max_examples=4, deadline=None)
@given(seed=st.integers(0, 10_000), n_bureaus=st.integers(2, 3), travel=st.booleans())
def test_plans_of_random_cities_keep_every_rule_and_never_exceed_their_bound(
    seed, n_bureaus, travel
):
    city = _allowing(random_city(seed, n_bureaus=n_bureaus, n_companies=12, end="2023-03-31"))
    trips = city.rules.leader_trips.model_copy(
        update={"inspections": "either" if travel else "received"}
    )
    city = city.model_copy(update={"rules": city.rules.model_copy(update={"leader_trips": trips})})
    plan = _made(city, 0.6)
    served = plan.levels[0]
    assert served.value <= served.bound


def _allowing(city: Scenario) -> Scenario:
    visits = city.rules.visits.model_copy(update={"joint_groups": "allowed"})
    return city.model_copy(update={"rules": city.rules.model_copy(update={"visits": visits})})


# When something happens ---------------------------------------------------------------------------


def _published() -> tuple[Scenario, Plan]:
    """Two bureaus of two persons in a joint group, with room to move it."""
    window = span("2023-05-08", "2023-06-23")
    companies = [company(f"{key}{i}", key, window, priority=9) for key in "ab" for i in range(2)]
    bureaus = [
        bureau(key, [person(f"{key}-p", "chief"), person(f"{key}-q", "deputy")]) for key in "ab"
    ]
    city = _city(companies, bureaus=bureaus)
    plan = _made(city)
    assert [len(group) for group in groups_of(plan.visits)] == [2]
    return city, plan


def test_nothing_that_happened_changes_nothing_of_a_joint_group():
    city, plan = _published()
    made = replan(city, plan, 0)
    assert made.changes == ()
    assert made.proven
    assert made.plan.visits == plan.visits


def test_a_joint_group_whose_leader_is_away_is_received_by_another_for_both_bureaus():
    companies = _leftovers(2, 2, expects="deputy")
    city = _city(companies, leaders=(leader("l"), leader("m")))
    plan = _made(city)
    (old,) = {visit.leader for visit in plan.visits}
    (other,) = {"l", "m"} - {old}
    leaders = (leader(str(old), blocked=[MIDDLE]), leader(other))
    changed = _city(companies, leaders=leaders)
    made = replan(changed, plan, 0)
    assert violations(audit(changed, tables(changed, made.plan))) == ()
    assert [(x.kind, x.subject, x.after) for x in made.changes] == [
        ("reception-changed", "a", other),
        ("reception-changed", "b", other),
    ]
    # Two points for each bureau that has to be told, twice that as it comes within 45 days.
    assert made.cost == made.bound == 8


def test_a_joint_group_that_has_begun_stays_as_it_was():
    city, plan = _published()
    late = company("late", "a", span("2023-05-08", "2023-06-23"))
    grown = city.model_copy(update={"companies": (*city.companies, late)})
    begun = replan(grown, plan, plan.visits[0].start + 1)
    assert begun.plan.visits == plan.visits
    # Before it begins there is a seat.
    before = replan(grown, plan, 0)
    assert [(x.kind, x.subject) for x in before.changes] == [("company-placed", "late")]


def test_where_joint_groups_are_allowed_no_more_published_ones_are_dropped():
    city, plan = _published()
    visits = city.rules.visits.model_copy(update={"joint_groups": "none"})
    plain = city.model_copy(update={"rules": city.rules.model_copy(update={"visits": visits})})
    made = replan(plain, plan, 0)
    assert made.plan.visits == ()
    assert {x.kind for x in made.changes} == {"company-dropped"}
    assert violations(audit(plain, tables(plain, made.plan))) == ()


def test_the_part_of_a_bureau_whose_companies_are_gone_is_gone_too():
    companies = _leftovers(3, 1)
    plan = _made(_city(companies))
    assert [len(group) for group in groups_of(plan.visits)] == [2]
    gone = _city([c for c in companies if c.bureau == "a"], bureaus=_bureaus("a", "b"))
    made = replan(gone, plan, 0)
    (visit,) = made.plan.visits
    assert (visit.bureau, visit.joint, visit.seats) == ("a", None, 6)
    assert violations(audit(gone, tables(gone, made.plan))) == ()


# Questions and edits by hand ----------------------------------------------------------------------


def test_dates_for_a_company_in_a_joint_group_move_the_whole_group_and_keep_every_rule():
    city, plan = _published()
    found = visit_dates(city, plan, "a0", n=3)
    assert found[0].start == plan.visits[0].start
    for suggestion in found:
        after = suggestion.anew.plan_after(city, plan)
        # Who is answered and what follows from leaves is not arranged by a question.
        broken = {x.rule for x in violations(audit(city, tables(city, after)))}
        assert broken <= {"company-answered", "clearing-listed", "events-held", "calendar-agrees"}
        assert suggestion.start in {visit.start for visit in after.visits}


def test_giving_up_a_joint_group_is_priced_with_what_both_bureaus_lose():
    city, plan = _published()
    answer = why(city, plan, Visits("a0"))
    assert answer.turned
    assert answer.anew is not None
    # One company less leaves three in all: enough for a group.
    assert answer.anew.gains["served"] == -9


def test_where_a_company_finds_no_group_it_is_said_that_new_joint_groups_were_not_looked_for():
    alone = _city(_leftovers(2, 2), "none")
    allowed = _city(_leftovers(2, 2))
    plan = replace(_made(alone), scenario_hash=allowed.content_hash)
    asked = why(allowed, plan, Visits("a0"))
    assert asked.anew is None
    assert asked.reasons[-1].en.startswith("New joint groups with other bureaus were not looked")
    assert len(why(alone, _made(alone), Visits("a0")).reasons) == len(asked.reasons) - 1


def test_an_edit_by_hand_moves_and_receives_a_joint_group_as_a_whole():
    city = _city(_leftovers(2, 2), leaders=(leader("l"), leader("m")))
    plan = _made(city)
    received = applied(city, plan, Receive("b-v01", "m", plan.visits[0].start))
    assert {(v.leader, v.leader_day) for v in received.visits} == {("m", plan.visits[0].start)}
    assert violations(audit(city, tables(city, received))) == ()
    moved = applied(city, plan, MoveVisit("a-v01", plan.visits[0].start + 1))
    assert len({(v.start, v.end, v.leader_day) for v in moved.visits}) == 1


def test_a_company_moved_by_hand_takes_a_seat_of_the_whole_joint_group():
    city = _city(_leftovers(4, 2))
    plan = _made(city)
    # Four and two fill it; without one of b's there is a seat for whoever comes.
    fewer = judge(city, plan, MoveCompany("b0", None))
    assert [(v.bureau, v.seats) for v in fewer.plan.visits] == [("a", 5), ("b", 1)]
    assert fewer.broken == ()
    back = judge(city, fewer.plan, MoveCompany("b0", "b-v01"))
    assert back.broken == ()
    wrong = judge(city, fewer.plan, MoveCompany("b0", "a-v01"))
    assert {x.rule for x in wrong.broken} == {"company-bureau"}

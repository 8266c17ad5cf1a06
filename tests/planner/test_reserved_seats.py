"""Seats of a group that are kept for leads that come later: who may take them, and who not."""

from __future__ import annotations

import random
from dataclasses import replace
from itertools import combinations
from typing import Any

import pytest

from benchmarks.greedy import greedy
from planner.audit import audit, violations
from planner.edit import MoveCompany, judge
from planner.given import Given
from planner.plan import Plan, tables
from planner.promise import promises
from planner.replan import replan
from planner.room import receptions, seats
from planner.solve import make_plan
from planner.starts import leave_choices
from scenarios.model import Scenario
from scenarios.obligations import EventDuty, Obligations
from tests.planner.instances import bureau, company, leader, person, scenario, span, target

# Mon 8 to Fri 19 May 2023, and a window of one visit of three days.
PINNED = bureau("b", [person("p", "chief", leave_pins=["2023-05-08"])])
MIDDLE = span("2023-05-10", "2023-05-12")
NO_EVENTS = Obligations(events=EventDuty(per_bureau=0, led_per_bureau=0))


def _city(worth: dict[str, int], *, newcomers: tuple[str, ...] = (), **visits: Any) -> Scenario:
    rules = {"visits": {"reserved_seats": 2, "newcomers": newcomers, **visits}}
    return scenario(
        companies=[company(key, "b", MIDDLE, priority=points) for key, points in worth.items()],
        bureaus=[PINNED],
        rules=rules,
        leaders=[leader("l")],
        obligations=NO_EVENTS,
    )


def _known(n: int) -> dict[str, int]:
    return {f"c{i}": 20 - i for i in range(n)}


def _made(city: Scenario) -> Plan:
    plan = make_plan(city, time_limit_s=4)
    assert violations(audit(city, tables(city, plan))) == ()
    return plan


def _placed(plan: Plan) -> set[str]:
    return {company for visit in plan.visits for company in visit.companies}


def test_reserved_seats_stay_free_and_remain_seats_of_the_group():
    plan = _made(_city(_known(8)))
    (visit,) = plan.visits
    assert visit.companies == ("c0", "c1", "c2", "c3")
    assert visit.seats == 6
    assert {x.reason for x in plan.unplaced} == {"no-seat"}


def test_without_a_reserve_the_group_is_filled():
    assert len(_placed(_made(_city(_known(8), reserved_seats=0)))) == 6


def test_as_many_reserved_as_the_smallest_group_leaves_are_allowed():
    assert len(_placed(_made(_city(_known(8), reserved_seats=3)))) == 3


def test_newcomers_take_reserved_seats_and_no_more_than_the_group_has():
    city = _city({**_known(8), "n0": 1, "n1": 1, "n2": 1}, newcomers=("n0", "n1", "n2"))
    plan = _made(city)
    placed = _placed(plan)
    assert len(placed) == 6
    assert {"c0", "c1", "c2", "c3"} < placed
    assert {x.reason for x in plan.unplaced} == {"no-seat"}


@pytest.mark.parametrize("mixed", [False, True])
@pytest.mark.parametrize("seed", range(4))
def test_the_group_served_is_the_best_of_all_groups_that_leave_the_reserve_free(seed, mixed):
    rng = random.Random(seed)
    worth = {f"c{i}": rng.randint(4, 30) for i in range(9)}
    newcomers = tuple(sorted(rng.sample(sorted(worth), rng.randint(1, 5))))
    reserved = rng.randint(1, 3)
    city = _city(worth, newcomers=newcomers, reserved_seats=reserved, same_host_unit=not mixed)
    best = max(
        sum(worth[c] for c in chosen)
        for size in range(3, 7)
        for chosen in combinations(worth, size)
        if sum(c not in newcomers for c in chosen) <= 6 - reserved
    )
    plan = _made(city)
    assert sum(worth[c] for c in _placed(plan)) == best
    # What a leave promises before anything is solved is such a group too, and so is the roster's.
    given = Given(city, leave_choices(city))
    assert list(promises(given, "b").values()) == [best]
    roster = greedy(city)
    assert roster is not None
    assert violations(audit(city, tables(city, roster))) == ()
    assert sum(worth[c] for c in _placed(roster)) == best


def test_one_company_more_than_the_open_seats_is_found_by_the_audit():
    city = _city(_known(5))
    plan = _made(city)
    (visit,) = plan.visits
    fuller = replace(visit, companies=tuple(sorted(_known(5))))
    full = replace(plan, visits=(fuller,), unplaced=())
    broken = violations(audit(city, tables(city, full)))
    assert [(x.rule, x.required, x.actual) for x in broken] == [
        ("reserved-seats", "at most 4 that are no newcomers", "5")
    ]


def test_where_nothing_is_reserved_the_audit_says_nothing_of_it():
    city = _city(_known(4), reserved_seats=0)
    rules = {finding.rule for finding in audit(city, tables(city, _made(city)))}
    assert "reserved-seats" not in rules


def test_moving_a_company_by_hand_into_a_reserved_seat_breaks_the_rule_and_a_newcomer_does_not():
    for newcomers, expected in (((), {"reserved-seats"}), (("c4",), set())):
        before = _city({**_known(4), "c4": 1}, newcomers=newcomers)
        plan = _made(before)
        (visit,) = plan.visits
        out = judge(before, plan, MoveCompany("c4", None)).plan if newcomers else plan
        joined = judge(before, out, MoveCompany("c4", visit.id))
        assert {finding.rule for finding in joined.broken} == expected


def test_a_newcomer_takes_a_reserved_seat_in_a_re_plan_and_nobody_else_moves():
    city = _city(_known(6))
    published = _made(city)
    grown = _city({**_known(6), "late": 9}, newcomers=("late",))
    made = replan(grown, published, 0)
    assert [(x.kind, x.subject) for x in made.changes] == [("company-placed", "late")]
    assert made.cost == 0
    assert violations(audit(grown, tables(grown, made.plan))) == ()


def test_who_is_not_named_a_newcomer_takes_no_reserved_seat_in_a_re_plan():
    published = _made(_city(_known(6)))
    grown = _city({**_known(6), "late": 9})
    made = replan(grown, published, 0)
    assert made.changes == ()
    assert next(x.reason for x in made.plan.unplaced if x.company == "late") == "no-seat"


def test_seats_are_counted_without_the_reserve_but_for_as_many_newcomers_as_there_are():
    def counted(city: Scenario) -> tuple[int, int]:
        (room,) = seats(city)
        (led,) = receptions(city)
        return room.seats, led.companies

    wanted = {"targets": (target("inspections", 3),)}
    city = _city(_known(8)).model_copy(update=wanted)
    assert counted(city) == (2 * 4, 2 * 4)
    some = _city(_known(8), newcomers=("c6", "c7", "c5")).model_copy(update=wanted)
    assert counted(some) == (2 * 4 + 3, 2 * 4 + 3)
    many = _city(_known(8), newcomers=tuple(_known(8))).model_copy(update=wanted)
    assert counted(many) == (2 * 6, 2 * 6)

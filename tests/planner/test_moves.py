"""Moves: who is planned again together with whom."""

from __future__ import annotations

from planner.draft import Draft
from planner.given import Given
from planner.moves import FEW, Longing, Move, moves
from planner.plan import Visit
from planner.prices import capacities
from planner.promise import promises
from planner.starts import leave_choices
from tests.planner.instances import bureau, company, leader, person, scenario, span


def _city(n_bureaus):
    return scenario(
        bureaus=[bureau(f"b{i}") for i in range(n_bureaus)],
        leaders=[leader("lead", groups_per_month=1)],
        units={"office": 9, "stone-unit": 9},
        groups_in_city=9,
    )


def _visit(bureau_id, start, leader_id=None):
    day = start if leader_id else None
    return Visit(
        id=f"{bureau_id}-{start}",
        bureau=bureau_id,
        start=start,
        end=start + 2,
        escort=f"{bureau_id}-chief",
        leader=leader_id,
        leader_tier="deputy" if leader_id else None,
        leader_day=day,
        chain="stone",
        host_unit="stone-unit",
        seats=6,
        companies=(),
    )


def _moves(city, draft, wanted, short, size=2):
    given = Given(city, leave_choices(city))
    every = {b: wanted.get(b, Draft()) for b in given.bureaus}
    longing = Longing(every, {b: short.get(b, 0) for b in given.bureaus})
    return moves(given, draft, capacities(given), longing, size)


def test_a_bureau_is_joined_by_the_one_that_has_the_leader_it_wants():
    city = _city(FEW + 2)
    draft = Draft(visits=(_visit("b5", 10, "lead"), _visit("b6", 10)))
    wanted = {"b1": Draft(visits=(_visit("b1", 12, "lead"),))}
    assert _moves(city, draft, wanted, {"b1": 40}) == (Move(("b1", "b5")),)


def test_nobody_joins_where_nothing_wanted_is_full():
    city = _city(FEW + 2)
    draft = Draft(visits=(_visit("b6", 10),))
    wanted = {"b1": Draft(visits=(_visit("b1", 10),))}
    assert _moves(city, draft, wanted, {"b1": 40}) == ()


def test_few_bureaus_are_combined_in_every_way_worst_first():
    planned = _moves(_city(3), Draft(), {}, {"b0": 1, "b2": 9})
    assert planned == (Move(("b0", "b2")), Move(("b1", "b2")), Move(("b0", "b1")))


def test_bureaus_that_lack_nothing_are_left_alone():
    assert _moves(_city(3), Draft(), {}, {}) == ()
    assert _moves(_city(FEW + 2), Draft(), {}, {}) == ()


def test_a_leave_promises_the_best_groups_that_can_come_in_it():
    window = span("2023-05-09", "2023-05-11")
    city = scenario(
        bureaus=[bureau("b", [person("b-p", "chief"), person("b-q")])],
        companies=[company(f"c{i}", "b", window, priority=10 + i) for i in range(7)],
    )
    promised = promises(Given(city, leave_choices(city)), "b")
    first = city.days.day_of(window.start) - 1
    # The six best of seven, once, in every leave that holds their three days at home.
    assert promised[first] == sum(range(11, 17))
    assert promised[first - 7] == sum(range(11, 17))
    assert promised[first + 1] == 0
    assert promised[first - 8] == 0

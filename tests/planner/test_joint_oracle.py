"""A brute-force oracle for joint groups: every grouping of tiny cities, judged by the audit.

Nothing of the planner is used but the tables of a plan and the audit; the value is counted here.
The bound is held against it at any prices: no prices may promise less than some plan reaches.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from functools import cache
from itertools import chain, combinations, product

import pytest

from planner.aims import limit
from planner.audit import audit, violations
from planner.capacity import Taken
from planner.cpsat import Task, run
from planner.given import Given
from planner.joint import companies_beside
from planner.part import part_of
from planner.plan import Leave, Plan, Unplaced, Visit, tables
from planner.prices import SCALE, capacities, paid, priced
from planner.rotation import within
from planner.solve import make_plan
from planner.starts import leave_choices
from scenarios.model import Scenario
from scenarios.obligations import EventDuty, Obligations
from tests.planner.instances import bureau, company, leader, person, scenario, span

NO_EVENTS = Obligations(events=EventDuty(per_bureau=0, led_per_bureau=0))
RULES = {
    "leave": {"length_days": 6, "period_months": 1, "protected_free_days": 1},
    "presence": {"days_per_month": 20},
    "visits": {"length_days": 2, "group_min": 2, "group_max": 3, "joint_groups": "allowed"},
}
OF_OTHERS = frozenset({"clearing-listed", "company-answered", "unplaced-alternative"})
"""Rules about what follows from leaves and groups, which the oracle does not write down."""

SEEDS = range(8)


@cache
def _tiny(seed: int) -> Scenario:
    """Two bureaus of one person, leaves pinned, three and two companies that come in that week."""
    rng = random.Random(seed)

    def window():
        first = rng.randint(6, 8)
        return span(f"2023-06-{first:02d}", f"2023-06-{first + rng.randint(1, 3):02d}")

    companies = [
        company(
            f"c{i}",
            f"b{i % 2}",
            window(),
            priority=rng.choice((4, 7, 12)),
            expects=rng.choice(("any", "any", "deputy")),
            chain=rng.choice(("stone", "stone", "wood")),
        )
        for i in range(5)
    ]
    starts = [5, rng.choice((5, 6))]
    return scenario(
        "2023-06-01",
        "2023-06-30",
        bureaus=[
            bureau(f"b{i}", [person(f"p{i}", "chief", leave_pins=[f"2023-06-{starts[i]:02d}"])])
            for i in range(2)
        ],
        companies=companies,
        leaders=[leader("l", groups_per_month=1, blocked=[span("2023-06-08")])],
        chains={"stone": "stone-unit", "wood": "wood-unit"},
        units={"office": 1, "stone-unit": 1, "wood-unit": 1},
        groups_in_city=rng.choice((1, 2)),
        rules=RULES,
        obligations=NO_EVENTS,
    )


def _leaves(city: Scenario) -> list[Leave]:
    found = []
    for own, one in city.persons:
        start = city.days.day_of(one.leave_pins[0])
        cleared = max(d for d in range(start + 1, start + 5) if city.days.reception(d))
        found.append(Leave(one.id, own.id, "2023-06", start, start + 5, cleared))
    return found


def _groups(city: Scenario) -> Iterator[tuple[Visit, ...]]:
    """Yield every group of one bureau or of both that companies and windows allow."""
    day_of = city.days.day_of
    for size, start in product((2, 3), range(4, 12)):
        for members in combinations(city.companies, size):
            comes = all(
                any(day_of(w.start) <= start < day_of(w.end) for w in c.windows) for c in members
            )
            if not comes:
                continue
            own: dict[str, list[str]] = {}
            for one in members:
                own.setdefault(one.bureau, []).append(one.id)
            for day in (None, start, start + 1):
                yield tuple(
                    Visit(
                        id=f"{key}-v1",
                        bureau=key,
                        start=start,
                        end=start + 1,
                        escort=f"p{key[1]}",
                        leader=None if day is None else "l",
                        leader_tier=None if day is None else "deputy",
                        leader_day=day,
                        chain=members[0].chain,
                        host_unit=city.chain(members[0].chain).lead_unit,
                        # Whoever comes first has the seats that are left.
                        seats=len(names) + (3 - size) * (key == min(own)),
                        companies=tuple(names),
                        joint="j" if len(own) > 1 else None,
                    )
                    for key, names in sorted(own.items())
                )


def _keeps(city: Scenario, visits: tuple[Visit, ...]) -> bool:
    placed = {c for visit in visits for c in visit.companies}
    left = tuple(
        Unplaced(c.id, "no-seat", None, None) for c in city.companies if c.id not in placed
    )
    plan = Plan("", tuple(_leaves(city)), visits, left, (), ())
    return {x.rule for x in violations(audit(city, tables(city, plan)))} <= OF_OTHERS


@cache
def _best(seed: int) -> tuple[int, tuple[Visit, ...]]:
    """Return the most points of any plan, and its visits: a joint group only where it pays."""
    city = _tiny(seed)
    value = {c.id: c.priority for c in city.companies}
    sound = [group for group in _groups(city) if _keeps(city, group)]
    alone = [[(), *(g for g in sound if [v.bureau for v in g] == [key])] for key in ("b0", "b1")]
    # With one leave a bureau has one group: both apart, or both in one.
    apart = ((len(one) + len(other) > 1, one + other) for one, other in product(*alone))
    together = ((False, group) for group in sound if len(group) == 2 and group[0].joint)
    points, best = 0, ()
    for to_check, visits in chain(apart, together):
        worth = sum(value[c] for visit in visits for c in visit.companies)
        if worth > points and (not to_check or _keeps(city, visits)):
            points, best = worth, visits
    return points, best


def test_some_of_the_tiny_cities_are_served_best_by_a_joint_group_and_some_are_not():
    joint = [any(visit.joint for visit in _best(seed)[1]) for seed in SEEDS]
    assert set(joint) == {True, False}


@pytest.mark.parametrize("seed", SEEDS)
def test_a_plan_with_joint_groups_serves_as_much_as_the_best_of_all_plans(seed):
    city = _tiny(seed)
    plan = make_plan(city, time_limit_s=4)
    served, *_ = plan.levels
    assert served.value == _best(seed)[0] <= served.bound
    assert violations(audit(city, tables(city, plan))) == ()


@pytest.mark.parametrize("seed", SEEDS)
def test_whatever_the_prices_their_bound_is_no_less_than_the_best_plan(seed):
    city = _tiny(seed)
    given = Given(city, leave_choices(city))
    room = capacities(given)
    rng = random.Random(seed)
    best, visits = _best(seed)
    # A price on one thing alone that the best plan takes: whoever paid too much would show.
    taken = {("city", "", day) for visit in visits for day in (visit.start, visit.end)}
    taken |= {("unit", v.host_unit, day) for v in visits for day in (v.start, v.end)}
    taken |= {("leader", v.leader, 0) for v in visits if v.leader is not None}
    anything = {shared: rng.randint(0, 3 * SCALE) for shared in sorted(room)}
    single = ({shared: n * SCALE} for shared in sorted(taken) for n in (5, 8, 13))
    for prices in ({}, anything, *single):
        bound = paid(room, prices)
        for own in given.bureaus:
            alone = companies_beside(given, own)
            part = part_of(given, within(given.choices, (own,)), Taken(), None, alone)
            part.objective(priced(part, prices), maximise=True)
            answer = run(Task(part.model, 5.0))
            assert answer.status == "optimal"
            assert answer.bound is not None
            bound += answer.bound
        assert bound >= SCALE * best
    assert sum(limit("served", given, own) for own in given.bureaus) >= best

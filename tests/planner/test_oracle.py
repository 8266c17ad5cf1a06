"""A brute-force oracle: every rotation and every grouping of tiny cities, judged by the audit.

Nothing of the planner is used but the tables of a plan and the audit; the value is counted here.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import combinations, product

import pytest

from planner.audit import audit, violations
from planner.plan import Leave, Plan, Unplaced, Visit, tables
from planner.solve import make_plan
from scenarios.model import Scenario
from scenarios.obligations import EventDuty, Obligations
from tests.planner.instances import bureau, company, leader, person, scenario, span

NO_EVENTS = Obligations(events=EventDuty(per_bureau=0, led_per_bureau=0))
RULES = {
    "leave": {
        "length_days": 6,
        "period_months": 1,
        "protected_free_days": 1,
        "preferred_last_days": 10,
    },
    "presence": {"days_per_month": 20},
    "visits": {"length_days": 2, "group_min": 2, "group_max": 2},
}
OF_OTHERS = frozenset({"clearing-listed", "company-answered", "unplaced-alternative"})
"""Rules about what follows from leaves and groups, which the oracle does not write down."""


def _tiny(seed: int) -> Scenario:
    rng = random.Random(seed)

    def window():
        first = rng.randint(1, 22)
        return span(f"2023-06-{first:02d}", f"2023-06-{first + rng.randint(2, 8):02d}")

    companies = [
        company(
            f"c{i}",
            f"b{i % 2}",
            window(),
            priority=rng.choice((4, 7, 12)),
            expects=rng.choice(("any", "any", "deputy")),
        )
        for i in range(5)
    ]
    busy = [span(f"2023-06-{d:02d}") for d in sorted(rng.sample(range(1, 31), 15))]
    return scenario(
        "2023-06-01",
        "2023-06-30",
        bureaus=[bureau(f"b{i}", [person(f"p{i}", "chief")]) for i in range(2)],
        companies=companies,
        leaders=[leader("l", groups_per_month=1, blocked=busy)],
        units={"office": 1, "stone-unit": 1},
        groups_in_city=rng.choice((1, 2)),
        rules=RULES,
        obligations=NO_EVENTS,
    )


def _groups(city: Scenario, leave: Leave) -> Iterator[tuple[Visit, ...]]:
    """Yield nothing, or any one group of two in a leave, received by the leader or not."""
    yield ()
    own = [c.id for c in city.companies if c.bureau == leave.bureau]
    for members in combinations(own, 2):
        for start in range(leave.start + 1, leave.end - 1):
            for day in (None, start, start + 1):
                yield (
                    Visit(
                        id=f"{leave.bureau}-v1",
                        bureau=leave.bureau,
                        start=start,
                        end=start + 1,
                        escort=leave.person,
                        leader=None if day is None else "l",
                        leader_tier=None if day is None else "deputy",
                        leader_day=day,
                        chain="stone",
                        host_unit="stone-unit",
                        seats=2,
                        companies=members,
                    ),
                )


def _judge(city: Scenario, leaves, visits) -> bool:
    placed = {c for visit in visits for c in visit.companies}
    left = tuple(
        Unplaced(c.id, "no-seat", None, None) for c in city.companies if c.id not in placed
    )
    plan = Plan("", tuple(leaves), tuple(visits), left, (), ())
    broken = {x.rule for x in violations(audit(city, tables(city, plan)))}
    return broken <= OF_OTHERS


def _leave(city: Scenario, bureau_id: str, who: str, start: int) -> Leave:
    end = start + 5
    open_days = [d for d in range(start + 1, end) if city.days.reception(d)]
    clearing = open_days[-1] if open_days else end - 1
    return Leave(who, bureau_id, "2023-06", start, end, clearing)


def _alone(city: Scenario, bureau_id: str) -> list[tuple[int, Leave, tuple[Visit, ...]]]:
    """Return every valid leave and group of one bureau with its value, best first."""
    value = {c.id: c.priority for c in city.companies}
    (who,) = (p.id for b, p in city.persons if b.id == bureau_id)
    other_bureau = next(b.id for b in city.organisation.bureaus if b.id != bureau_id)
    (other,) = (p.id for b, p in city.persons if b.id == other_bureau)
    found = []
    for start in range(25):
        leave = _leave(city, bureau_id, who, start)
        beside = _leave(city, other_bureau, other, 0)
        for visits in _groups(city, leave):
            points = sum(value[c] for visit in visits for c in visit.companies)
            if _plausible(city, visits) and _judge(city, (leave, beside), visits):
                found.append((points, leave, visits))
    return sorted(found, key=lambda item: -item[0])


def _plausible(city: Scenario, visits) -> bool:
    """Skip what a window plainly rules out, so that the audit is asked a few hundred times."""
    day_of = city.days.day_of
    windows = {c.id: [(day_of(w.start), day_of(w.end)) for w in c.windows] for c in city.companies}
    return all(
        any(first <= visit.start and visit.end <= last for first, last in windows[company])
        for visit in visits
        for company in visit.companies
    )


def _best(city: Scenario) -> int:
    """Return the most points any pair of bureaus can serve together."""
    best = 0
    for one, other in product(_alone(city, "b0"), _alone(city, "b1")):
        if one[0] + other[0] > best and _judge(city, (one[1], other[1]), (*one[2], *other[2])):
            best = one[0] + other[0]
    return best


@pytest.mark.parametrize("seed", range(8))
def test_the_plan_serves_as_much_as_the_best_of_all_plans(seed):
    city = _tiny(seed)
    plan = make_plan(city, time_limit_s=10)
    served, *_ = plan.levels
    assert served.proven
    assert served.value == _best(city)
    assert violations(audit(city, tables(city, plan))) == ()

"""Grouped visits: for each rule the smallest instance where it binds, and one where it does not."""

from __future__ import annotations

import random
from collections import Counter
from datetime import date
from itertools import product

import pytest
from ortools.sat.python.cp_model import CpModel

from planner.aims import value
from planner.capacity import Taken
from planner.cpsat import Task, run
from planner.draft import Draft
from planner.given import Given
from planner.receptions import PROGRESS_POINTS
from planner.rotation import add_rotation
from planner.solve import make_plan
from planner.starts import leave_choices
from planner.visits import add_groups
from scenarios.calendar import Closure
from scenarios.part import Text
from tests.planner.instances import (
    bureau,
    calendar,
    company,
    leader,
    person,
    scenario,
    span,
    target,
)

# Mon 8 to Fri 19 May 2023: travels on the 8th and the 19th, at home from the 9th to the 18th.
PINNED = bureau("b", [person("p", "chief", leave_pins=["2023-05-08"]), person("q")])
HOME = span("2023-05-09", "2023-05-18")
MIDDLE = span("2023-05-10", "2023-05-12")  # Wednesday to Friday: one visit of three days
ONE_LEAVE = {"protected_free_days": 4, "preferred_last_days": 0}


def _plan(companies, **more):
    more.setdefault("bureaus", [PINNED])
    return make_plan(scenario(companies=companies, **more), time_limit_s=4)


def _few(n, *windows, bureau="b", prefix="c", **more):
    return [company(f"{prefix}{i}", bureau, *(windows or (MIDDLE,)), **more) for i in range(n)]


def _placed(plan):
    return sum(len(visit.companies) for visit in plan.visits)


def test_a_group_has_at_least_its_minimum():
    assert _placed(_plan(_few(2))) == 0
    assert _placed(_plan(_few(3))) == 3


def test_a_group_has_at_most_its_maximum():
    plan = _plan(_few(8))
    assert [len(visit.companies) for visit in plan.visits] == [6]
    assert plan.visits[0].seats == 6


def test_a_window_holds_the_whole_visit():
    assert _placed(_plan(_few(3, span("2023-05-10", "2023-05-11")))) == 0


def test_adjoining_windows_hold_a_visit_together():
    halves = (span("2023-05-10"), span("2023-05-11", "2023-05-12"))
    assert _placed(_plan(_few(3, *halves))) == 3


def test_visits_run_on_reception_days():
    weekend = span("2023-05-12", "2023-05-14")  # Friday to Sunday
    assert _placed(_plan(_few(3, weekend))) == 0
    assert _placed(_plan(_few(3, weekend), rules={"visits": {"days": "any"}})) == 3


@pytest.mark.parametrize("days", ["working", "any"])
def test_no_visit_runs_while_the_city_receives_nobody(days):
    closed = Closure(
        id="corban",
        name=Text(zh="c", en="c"),
        start=date(2023, 5, 11),
        end=date(2023, 5, 11),
    )
    data = calendar(2023).model_copy(update={"closures": (closed,)})
    assert _placed(_plan(_few(3), calendar=data, rules={"visits": {"days": days}})) == 0


def test_a_group_stays_with_its_escort_at_home():
    plan = _plan(_few(3, HOME))
    (visit,) = plan.visits
    leave = next(x for x in plan.leaves if x.person == visit.escort)
    assert leave.start < visit.start <= visit.end < leave.end


def test_travel_days_carry_no_visit():
    out = span("2023-05-08", "2023-05-10")
    back = span("2023-05-17", "2023-05-19")
    alone = bureau("b", [person("p", "chief", leave_pins=["2023-05-08"])])
    assert _placed(_plan(_few(3, out), bureaus=[alone])) == 0
    assert _placed(_plan(_few(3, back), bureaus=[alone])) == 0
    assert _placed(_plan(_few(3, span("2023-05-16", "2023-05-18")), bureaus=[alone])) == 3


@pytest.mark.parametrize(("protected", "groups"), [(1, 3), (4, 2), (7, 1), (8, 0)])
def test_protected_free_days_limit_the_groups_of_a_leave(protected, groups):
    """Ten days at home hold Tue-Thu, Fri-Sun and Mon-Wed, or fewer as days are protected."""
    alone = bureau("b", [person("p", "chief", leave_pins=["2023-05-08"])])
    days = [
        span("2023-05-09", "2023-05-11"),
        span("2023-05-12", "2023-05-14"),
        span("2023-05-15", "2023-05-17"),
    ]
    companies = [c for i, d in enumerate(days) for c in _few(3, d, prefix=f"c{i}")]
    rules = {"visits": {"days": "any"}, "leave": {"protected_free_days": protected}}
    assert len(_plan(companies, bureaus=[alone], rules=rules).visits) == groups


def test_a_bureau_has_one_group_a_day():
    units = {"office": 1, "stone-unit": 1, "wood-unit": 1}
    chains = {"stone": "stone-unit", "wood": "wood-unit"}
    both = [*_few(3), *_few(3, prefix="w", chain="wood")]
    assert _placed(_plan(both, units=units, chains=chains)) == 3


def test_a_group_shares_its_host_unit_unless_units_may_mix():
    units = {"office": 1, "stone-unit": 1, "wood-unit": 1}
    chains = {"stone": "stone-unit", "wood": "wood-unit"}
    mixed = [*_few(1), *_few(2, prefix="w", chain="wood")]
    more = {"units": units, "chains": chains}
    assert _placed(_plan(mixed, **more)) == 0
    plan = _plan(mixed, **more, rules={"visits": {"same_host_unit": False}})
    (visit,) = plan.visits
    assert (visit.chain, visit.host_unit) == ("wood", "wood-unit")
    assert len(visit.companies) == 3


def test_mixed_groups_leave_a_unit_its_capacity():
    units = {"office": 1, "stone-unit": 1, "wood-unit": 0}
    chains = {"stone": "stone-unit", "wood": "wood-unit"}
    rules = {"visits": {"same_host_unit": False}}
    more = {"units": units, "chains": chains, "rules": rules}
    assert _placed(_plan([*_few(1), *_few(3, prefix="w", chain="wood")], **more)) == 0
    assert _placed(_plan([*_few(2), *_few(2, prefix="w", chain="wood")], **more)) == 4


TWO = [
    PINNED,
    bureau("d", [person("x", "chief", leave_pins=["2023-05-08"]), person("y")]),
]


@pytest.mark.parametrize(("at_once", "groups"), [(0, 0), (1, 1), (2, 2)])
def test_a_host_unit_has_only_so_many_groups_at_once(at_once, groups):
    both = [*_few(3), *_few(3, bureau="d", prefix="d")]
    units = {"office": 1, "stone-unit": at_once}
    assert len(_plan(both, bureaus=TWO, units=units).visits) == groups


@pytest.mark.parametrize(("limit", "groups"), [(1, 1), (2, 2)])
def test_the_city_has_only_so_many_groups_at_once(limit, groups):
    units = {"office": 1, "stone-unit": 1, "wood-unit": 1}
    chains = {"stone": "stone-unit", "wood": "wood-unit"}
    both = [*_few(3), *_few(3, bureau="d", prefix="d", chain="wood")]
    plan = _plan(both, bureaus=TWO, units=units, chains=chains, groups_in_city=limit)
    assert len(plan.visits) == groups


@pytest.mark.parametrize(
    ("expects", "tier", "placed"),
    [
        ("any", None, 3),
        ("deputy", None, 0),
        ("deputy", "deputy", 3),
        ("deputy", "principal", 3),
        ("principal", "deputy", 0),
        ("principal", "principal", 3),
    ],
)
def test_a_company_is_received_by_the_tier_it_expects(expects, tier, placed):
    leaders = [leader("lead", tier)] if tier else []
    assert _placed(_plan(_few(3, expects=expects), leaders=leaders)) == placed


def test_a_leader_receives_on_a_free_day_of_the_visit():
    blocked = [span("2023-05-10"), span("2023-05-12")]
    plan = _plan(_few(3, expects="deputy"), leaders=[leader("lead", blocked=blocked)])
    (visit,) = plan.visits
    assert (visit.leader, visit.leader_tier) == ("lead", "deputy")
    assert visit.leader_day == visit.start + 1
    blocked = [span("2023-05-10", "2023-05-12")]
    assert not _plan(_few(3, expects="deputy"), leaders=[leader("lead", blocked=blocked)]).visits


@pytest.mark.parametrize(("a_day", "groups"), [(1, 1), (2, 2)])
def test_a_leader_has_only_so_many_groups_a_day(a_day, groups):
    both = [*_few(3, expects="deputy"), *_few(3, bureau="d", prefix="d", expects="deputy")]
    blocked = [span("2023-05-10"), span("2023-05-12")]
    leaders = [leader("lead", blocked=blocked, groups_per_day=a_day)]
    units = {"office": 1, "stone-unit": 2}
    plan = _plan(both, bureaus=TWO, units=units, leaders=leaders)
    assert len(plan.visits) == groups


@pytest.mark.parametrize(("a_month", "groups"), [(0, 0), (1, 1), (2, 2)])
def test_a_leader_has_only_so_many_groups_a_month(a_month, groups):
    both = [*_few(3, expects="deputy"), *_few(3, bureau="d", prefix="d", expects="deputy")]
    leaders = [leader("lead", groups_per_month=a_month)]
    units = {"office": 1, "stone-unit": 2}
    assert len(_plan(both, bureaus=TWO, units=units, leaders=leaders).visits) == groups


def test_a_visit_over_the_end_of_a_month_may_use_either_months_receptions():
    leave = bureau("b", [person("p", "chief", leave_pins=["2023-05-26"]), person("q")])
    window = span("2023-05-30", "2023-06-01")
    blocked = [span("2023-05-30", "2023-05-31")]
    leaders = [leader("lead", groups_per_month=1, blocked=blocked)]
    plan = _plan(_few(3, window, expects="deputy"), bureaus=[leave], leaders=leaders)
    (visit,) = plan.visits
    assert visit.leader_day == visit.end


def test_a_screened_out_company_is_never_placed_and_a_pending_one_may_be():
    plan = _plan([*_few(2), *_few(4, prefix="f", screening="failed")])
    assert not plan.visits
    assert _placed(_plan([*_few(2), *_few(1, prefix="p", screening="pending")])) == 3


def test_no_company_is_placed_twice():
    plan = _plan(_few(4, HOME))
    placed = [company for visit in plan.visits for company in visit.companies]
    assert sorted(placed) == sorted(set(placed))
    assert len(placed) == 4


def test_winter_costs_points_and_moves_a_visit_where_it_can():
    city = scenario(
        "2023-03-01",
        "2023-04-30",
        companies=_few(3, span("2023-03-01", "2023-04-30")),
        bureaus=[bureau("b", [person("p")])],
        rules={"leave": {"period_months": 2}, "presence": {"days_per_month": 20}},
    )
    plan = make_plan(city, time_limit_s=4)
    assert city.days.date_of(plan.visits[0].start).month == 4
    assert plan.levels[0].value == 30
    winter = make_plan(_in_march(city), time_limit_s=4)
    assert winter.levels[0].value == 21  # 3 x (10 - 3)


def _in_march(city):
    window = (span("2023-03-01", "2023-03-31"),)
    companies = tuple(c.model_copy(update={"windows": window}) for c in city.companies)
    return city.model_copy(update={"companies": companies})


def test_leader_targets_bring_leaders_to_groups_that_need_none():
    more = {"leaders": [leader("head", "principal"), leader("lead")]}
    plain = _plan(_few(3), **more)
    assert plain.levels[0].value == 30
    for metric, tiers in (
        ("inspections_principal", {"principal"}),
        ("inspections_deputy", {"deputy"}),
        ("inspections", {"principal", "deputy"}),
    ):
        plan = _plan(_few(3), **more, targets=[target(metric, 2)])
        assert plan.visits[0].leader_tier in tiers
        assert plan.levels[0].value == 30 + 2 * PROGRESS_POINTS  # counted up to the target


def _served_beside(a_month=9, **taken):
    """Most points one bureau can serve on 10 to 12 May beside what others take of those days.

    ``taken`` names days of May by leader, unit or city; 30 points are served where all is free.
    """
    leaders = [leader("lead", groups_per_month=a_month)]
    city = scenario(companies=_few(3, expects="deputy"), bureaus=[PINNED], leaders=leaders)
    day = {number: city.days.day_of(date(2023, 5, number)) for number in range(1, 32)}
    given = Given(city, leave_choices(city))
    model = CpModel()
    rotation = add_rotation(model, city, given.choices)
    others = Taken(
        Counter(("lead", day[number]) for number in taken.get("lead", ())),
        Counter((unit, day[number]) for unit, number in taken.get("units", ())),
        Counter(day[number] for number in taken.get("city", ())),
    )
    groups = add_groups(model, given, rotation, others)
    model.maximize(groups.served)
    answer = run(Task(model, 4))
    assert answer.status == "optimal"
    return answer.value(groups.served)


@pytest.mark.parametrize(
    ("taken", "served"),
    [
        ({}, 30),
        ({"lead": (10, 11, 12)}, 0),
        ({"lead": (10, 12)}, 30),
        ({"lead": (22, 23), "a_month": 2}, 0),
        ({"lead": (22, 23), "a_month": 3}, 30),
        ({"units": [("stone-unit", 12)]}, 0),
        ({"units": [("stone-unit", 15), ("office", 12)]}, 30),
        ({"city": (12, 12)}, 0),
        ({"city": (12, 15, 15)}, 30),
    ],
)
def test_a_bureau_takes_only_what_others_leave(taken, served):
    assert _served_beside(**taken) == served


def _oracle(city, starts, leaders):
    """Best first aim of one bureau by trying every day for every company, or none.

    Groups of different days never overlap here, a company expects any reception or a deputy, and
    each leader has one group a month.
    """
    given = Given(city, leave_choices(city))
    rule = city.rules.visits
    best = 0
    options = [
        [None, *(s for s, _ in given.caller[c.id].points if s in starts)] for c in city.companies
    ]
    for days in product(*options):
        used = sorted({day for day in days if day is not None})
        groups = {
            day: [c for c, d in zip(city.companies, days, strict=True) if d == day] for day in used
        }
        if any(not rule.group_min <= len(g) <= rule.group_max for g in groups.values()):
            continue
        if any(len({city.chain(c.chain).lead_unit for c in g}) > 1 for g in groups.values()):
            continue
        needy = [day for day in used if any(c.expects == "deputy" for c in groups[day])]
        served = sum(c.priority for g in groups.values() for c in g)
        for led in product([False, True], repeat=len(used)):
            chosen = [day for day, is_led in zip(used, led, strict=True) if is_led]
            if len(chosen) > leaders or not set(needy) <= set(chosen):
                continue
            counted = min(city.targets[0].minimum, sum(len(groups[day]) for day in chosen))
            best = max(best, served + PROGRESS_POINTS * counted)
    return best


@pytest.mark.parametrize("seed", range(8))
def test_the_best_groups_of_one_leave_are_those_of_brute_force(seed):
    """One person, one pinned leave: visits on Tue-Thu 9-11 May and Mon-Wed 15-17 May."""
    rng = random.Random(seed)
    days = [span("2023-05-09", "2023-05-11"), span("2023-05-15", "2023-05-17")]
    chains = {"stone": "stone-unit", "wood": "wood-unit"}
    companies = [
        company(
            f"c{i}",
            "b",
            *rng.sample(days, rng.randint(1, 2)),
            priority=rng.randint(1, 30),
            expects=rng.choice(("any", "deputy")),
            chain=rng.choice(("stone", "stone", "wood")),
        )
        for i in range(9)
    ]
    n_leaders = rng.randint(0, 2)
    city = scenario(
        bureaus=[bureau("b", [person("p", "chief", leave_pins=["2023-05-08"])])],
        companies=companies,
        chains=chains,
        units={"office": 1, "stone-unit": 1, "wood-unit": 1},
        leaders=[leader(f"l{i}", groups_per_month=1) for i in range(n_leaders)],
        targets=[target("inspections_deputy", rng.randint(0, 6))],
        rules={"visits": {"group_min": 2, "group_max": 4}},
    )
    starts = [city.days.day_of(day.start) for day in days]
    plan = make_plan(city, time_limit_s=4)
    (level, *_) = plan.levels
    assert level.value == _oracle(city, starts, n_leaders)
    assert level.proven
    given = Given(city, leave_choices(city))
    assert value("served", given, Draft(plan.leaves, plan.visits)) == level.value

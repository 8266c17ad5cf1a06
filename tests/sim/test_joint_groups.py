"""A plan with a joint group in the forecast: each bureau's part, in both engines."""

from __future__ import annotations

import random

from planner.plan import Plan, groups_of
from planner.solve import make_plan
from scenarios.model import Scenario
from sim.case import Window, build_cases
from tests.planner.instances import bureau, company, leader, person, scenario, span
from tests.sim.twins import by_kernel, differences, random_case


def _city() -> Scenario:
    days = span("2023-05-10", "2023-05-12")
    return scenario(
        bureaus=[
            bureau(
                key, [person(f"{key}-p", "chief", leave_pins=["2023-05-08"]), person(f"{key}-q")]
            )
            for key in ("a", "b")
        ],
        companies=[
            *(company(f"a{i}", "a", days, expects="deputy") for i in range(2)),
            *(company(f"b{i}", "b", days) for i in range(1)),
        ],
        leaders=[leader("vice")],
        rules={"visits": {"joint_groups": "allowed"}},
    )


def _planned() -> tuple[Scenario, Plan]:
    city = _city()
    plan = make_plan(city, time_limit_s=2)
    assert [len(group) for group in groups_of(plan.visits)] == [2]
    return city, plan


def test_the_seats_of_a_joint_group_are_shared_and_its_leader_receives_the_leads_of_both():
    city, plan = _planned()
    first, last = (city.days.day_of(span(f"2023-05-{d}").start) for d in (10, 12))
    # Three come; of the three seats left over two go to the first bureau, one to the second.
    windows = [case.windows for case in build_cases(city, plan)]
    assert windows == [
        (Window(first, last, 4, "deputy"),),
        (Window(first, last, 2, "deputy"),),
    ]


def test_both_engines_agree_on_a_plan_with_a_joint_group():
    city, plan = _planned()
    rng = random.Random("joint")
    met = 0
    for number in range(20):
        _, assumptions = random_case(rng)
        for case in build_cases(city, plan):
            for future in range(4):
                assert not differences(case, assumptions, future, seed=number)
            met += int(by_kernel(case, assumptions, 0, 4, seed=number)["values"].sum())
    assert met

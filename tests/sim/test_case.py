"""What the forecast takes from scenario and plan."""

from __future__ import annotations

from planner.solve import make_plan
from sim.case import build_cases
from tests.planner.instances import bureau, company, person, scenario, span


def test_seats_reserved_in_the_plan_are_seats_for_leads_in_the_forecast():
    days = span("2023-05-10", "2023-05-12")
    city = scenario(
        bureaus=[bureau("b", [person("p", "chief", leave_pins=["2023-05-08"])])],
        companies=[company(f"c{i}", "b", days) for i in range(8)],
        rules={"visits": {"reserved_seats": 2}},
    )
    plan = make_plan(city, time_limit_s=2)
    assert [len(visit.companies) for visit in plan.visits] == [4]
    (case,) = build_cases(city, plan)
    assert [window.seats for window in case.windows] == [6]

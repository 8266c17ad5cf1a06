"""Groups that several bureaus bring together: planned, bounded, re-planned, asked about, edited."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from planner.audit import audit, violations
from planner.plan import Plan, groups_of, tables
from planner.solve import make_plan
from scenarios.model import Scenario
from scenarios.obligations import EventDuty, Obligations
from scenarios.organisation import Company
from tests.planner.instances import bureau, company, leader, person, scenario, span

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
        for key, n in zip("abcd", numbers, strict=False)
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

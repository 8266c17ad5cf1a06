"""More room never serves less, and every mixture of rules gives a plan that passes the audit."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import given as drawn
from hypothesis import strategies as st

from planner.audit import audit, violations
from planner.infeasible import InfeasibleError
from planner.plan import tables
from planner.settings import is_feasible
from planner.solve import make_plan
from scenarios.model import Scenario
from scenarios.obligations import EventDuty, Obligations
from scenarios.part import DateRange
from tests.planner.instances import random_city

NO_EVENTS = Obligations(events=EventDuty(per_bureau=0, led_per_bureau=0))
SEEDS = st.integers(0, 10_000)
FEW = settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def _quarter(seed: int) -> Scenario:
    city = random_city(seed, n_bureaus=1, n_companies=10, start="2023-04-01", end="2023-06-30")
    return city.model_copy(update={"obligations": NO_EVENTS})


def _proven(city: Scenario) -> int:
    served, *_ = make_plan(city, time_limit_s=8).levels
    assert served.proven
    return served.value


@FEW
@drawn(seed=SEEDS)
def test_a_company_that_can_come_on_more_days_never_lowers_the_optimum(seed):
    city = _quarter(seed)
    first, *others = city.companies
    horizon = city.horizon
    wider = tuple(
        DateRange(
            start=max(horizon.start, window.start - timedelta(days=5)),
            end=min(horizon.end, window.end + timedelta(days=5)),
        )
        for window in first.windows
    )
    freed = first.model_copy(update={"windows": wider})
    roomy = city.model_copy(update={"companies": (freed, *others)})
    assert _proven(roomy) >= _proven(city)


@FEW
@drawn(seed=SEEDS)
def test_a_leader_with_an_empty_diary_never_lowers_the_optimum(seed):
    city = _quarter(seed)
    first, *others = city.organisation.leaders
    free = first.model_copy(update={"blocked": ()})
    organisation = city.organisation.model_copy(update={"leaders": (free, *others)})
    assert _proven(city.model_copy(update={"organisation": organisation})) >= _proven(city)


@FEW
@drawn(seed=SEEDS)
def test_one_rest_day_less_to_protect_never_lowers_the_optimum(seed):
    city = _quarter(seed)
    leave = city.rules.leave.model_copy(update={"protected_free_days": 3})
    rules = city.rules.model_copy(update={"leave": leave})
    assert _proven(city.model_copy(update={"rules": rules})) >= _proven(city)


@pytest.mark.long
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@drawn(
    seed=SEEDS,
    policy=st.sampled_from(("quarterly", "monthly-except-leave", "monthly-literal")),
    days_per_month=st.integers(18, 26),
    length_days=st.integers(6, 16),
    travel=st.integers(0, 2),
    free_days=st.integers(0, 6),
    days=st.sampled_from(("working", "any")),
    cover=st.sampled_from(("working", "all")),
    same_unit=st.booleans(),
    size=st.tuples(st.integers(1, 3), st.integers(3, 6)),
    visit_days=st.integers(1, 4),
)
def test_whatever_the_rules_the_plan_passes_the_audit_or_there_is_none(
    seed,
    policy,
    days_per_month,
    length_days,
    travel,
    free_days,
    days,
    cover,
    same_unit,
    size,
    visit_days,
):
    city = _quarter(seed)
    rules = type(city.rules).model_validate(
        {
            "presence": {"policy": policy, "days_per_month": days_per_month},
            "leave": {
                "length_days": length_days,
                "travel_days_each_way": travel,
                "protected_free_days": free_days,
            },
            "coverage": {"days": cover},
            "visits": {
                "group_min": size[0],
                "group_max": size[1],
                "length_days": visit_days,
                "days": days,
                "same_host_unit": same_unit,
            },
        }
    )
    city = city.model_copy(update={"rules": rules})
    try:
        plan = make_plan(city, time_limit_s=2)
    except InfeasibleError:
        assert not is_feasible(city)
        return
    assert is_feasible(city)
    assert violations(audit(city, tables(city, plan))) == ()

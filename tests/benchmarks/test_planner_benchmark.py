"""The planner's benchmark: instances that stay the same, and references that are fair."""

from __future__ import annotations

import pytest

from benchmarks.greedy import greedy
from benchmarks.joint import solve_jointly
from benchmarks.planner import load, names
from planner.aims import value
from planner.audit import audit, violations
from planner.conflicts import certificate
from planner.draft import Draft
from planner.given import Given
from planner.plan import tables
from planner.solve import make_plan
from tests.planner.instances import random_city

HASHES = {
    "city-1": "4f5150e768ddc6d2",
    "city-2": "853555b941f6ec7c",
    "city-3": "89118ad511dfe510",
    "pref-10": "7cea0fc37f5cb331",
    "prov-200": "b5b1722e715d4528",
    "prov-40": "ba5a0ec1b0d526a4",
    "stress-windows": "238175e2e1831ed2",
}
"""The beginning of the content hash of each instance: figures of releases compare these."""


def test_every_stored_instance_is_the_one_that_was_measured():
    stored = {name: load(name).content_hash[:16] for name in names() if name != "bole"}
    assert stored == HASHES


@pytest.mark.parametrize("name", names())
def test_no_instance_is_infeasible_by_counting(name):
    assert certificate(load(name)) is None


LARGE = {"prov-40": pytest.mark.long}
BEYOND_THE_RULE_OF_THUMB = {"prov-200"}
"""Nobody plans two hundred bureaus by hand; the rule takes a quarter of an hour over them."""


@pytest.mark.parametrize(
    "name",
    [pytest.param(x, marks=LARGE.get(x, ())) for x in names() if x not in BEYOND_THE_RULE_OF_THUMB],
)
def test_the_rule_of_thumb_makes_a_plan_that_passes_the_audit(name):
    city = load(name)
    plan = greedy(city)
    assert plan is not None
    assert violations(audit(city, tables(city, plan))) == ()
    assert plan.visits


def test_the_planner_serves_more_than_the_rule_of_thumb_and_no_more_than_the_joint_bound():
    city = random_city(4, n_bureaus=2, n_companies=24, end="2023-06-30")
    roster = greedy(city)
    assert roster is not None
    given = Given(city, ())
    by_thumb = value("served", given, Draft(roster.leaves, roster.visits))
    plan = make_plan(city, time_limit_s=8)
    joint = solve_jointly(city, 5.0)
    assert by_thumb <= plan.levels[0].value <= joint.bound
    assert joint.value is None or joint.value <= plan.levels[0].bound

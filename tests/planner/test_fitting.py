"""Fitting: the same groups on what others leave, received by whoever has a day left."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from planner.capacity import Taken, fits, taken_by
from planner.draft import Draft
from planner.fitting import fitted
from planner.given import Given
from planner.solve import make_plan
from planner.starts import leave_choices
from tests.planner.instances import company, leader, random_city, scenario, span


@pytest.fixture(scope="module")
def city() -> tuple[Given, Draft]:
    """Return a bureau with one group on 10 to 12 May, received by the first of two deputies."""
    given = scenario(
        companies=[
            company(f"c{i}", "north", span("2023-05-10", "2023-05-12"), expects="deputy")
            for i in range(3)
        ],
        leaders=[
            leader("one", groups_per_month=1),
            leader("other", groups_per_month=1, blocked=[span("2023-05-10", "2023-05-11")]),
            leader("chief", "principal"),
        ],
    )
    plan = make_plan(given, time_limit_s=5.0)
    (visit,) = plan.visits
    ten = given.days.day_of(span("2023-05-10").start)
    received = replace(visit, leader="one", leader_day=ten)
    return Given(given, leave_choices(given)), Draft(plan.leaves, (received,))


def _busy(given: Given, *leaders: str) -> Taken:
    day = given.scenario.days.day_of(span("2023-05-20").start)
    return Taken(leader_days=Counter({(leader, day): 1 for leader in leaders}))


def test_what_fits_stays_as_it_is(city: tuple[Given, Draft]) -> None:
    given, own = city
    assert fitted(given, own, Taken()) == own


def test_another_leader_of_the_tier_stands_in_on_a_day_of_its_own(
    city: tuple[Given, Draft],
) -> None:
    given, own = city
    after = fitted(given, own, _busy(given, "one"))
    assert after is not None
    (visit,) = after.visits
    last = given.scenario.days.day_of(span("2023-05-12").start)
    assert (visit.leader, visit.leader_day) == ("other", last)
    assert replace(visit, leader="one", leader_day=last - 2) == own.visits[0]


def test_a_leader_of_another_tier_never_stands_in(city: tuple[Given, Draft]) -> None:
    given, own = city
    assert fitted(given, own, _busy(given, "one", "other")) is None


@pytest.mark.parametrize("where", ["unit", "city"])
def test_a_group_without_a_room_does_not_fit(city: tuple[Given, Draft], where: str) -> None:
    given, own = city
    (visit,) = own.visits
    n = 1 if where == "unit" else given.scenario.organisation.groups_in_city
    taken = (
        Taken(unit_days=Counter({(visit.host_unit, visit.end): n}))
        if where == "unit"
        else Taken(city_days=Counter({visit.end: n}))
    )
    assert fitted(given, own, taken) is None


@pytest.mark.parametrize("seed", range(3))
def test_bureaus_planned_by_themselves_fit_together_once_fitted_in_turn(seed: int) -> None:
    whole = random_city(seed, n_companies=60, start="2023-04-01", end="2023-06-30")
    given = Given(whole, leave_choices(whole))
    built = Draft()
    for bureau in given.bureaus:
        alone = make_plan(
            whole.model_copy(
                update={"companies": tuple(c for c in whole.companies if c.bureau == bureau)}
            ),
            time_limit_s=2.0,
        )
        own = Draft(alone.leaves, alone.visits).of((bureau,))
        after = fitted(given, own, taken_by(built.visits))
        if after is not None:
            built = built.replaced(after)
            assert fits(whole, built.visits)
    assert built.visits

"""Prices on what bureaus share: what they charge, and the bound they prove."""

from __future__ import annotations

from collections import Counter

import pytest

from planner.aims import value
from planner.capacity import Taken, fits
from planner.cpsat import Task, run
from planner.draft import Draft
from planner.given import Given
from planner.part import part_of
from planner.prices import SCALE, Market, capacities, paid, priced, use_of
from planner.rotation import within
from planner.solve import make_plan
from planner.starts import leave_choices
from tests.planner.instances import bureau, company, leader, person, random_city, scenario, span


def _given(city):
    return Given(city, leave_choices(city))


@pytest.fixture(scope="module")
def rivals():
    """Return two bureaus with pinned leaves that both want the only leader's only group."""
    window = span("2023-05-10", "2023-05-12")
    return scenario(
        bureaus=[
            bureau(b, [person(f"{b}-p", "chief", leave_pins=["2023-05-08"]), person(f"{b}-q")])
            for b in ("b", "d")
        ],
        companies=[
            company(f"{b}{i}", b, window, expects="deputy", priority=worth)
            for b, worth in (("b", 10), ("d", 11))
            for i in range(3)
        ],
        leaders=[leader("lead", groups_per_month=1)],
        units={"office": 1, "stone-unit": 2},
    )


def _alone(given, bureau_id, prices):
    part = part_of(given, within(given.choices, [bureau_id]), Taken())
    part.objective(priced(part, prices), maximise=True)
    return part, run(Task(part.model, 2.0))


def test_a_bureau_pays_for_what_its_groups_take(rivals):
    given = _given(rivals)
    prices = {("leader", "lead", 1): 7, ("city", "", 39): 2, ("unit", "stone-unit", 40): 3}
    part, answer = _alone(given, "b", prices)
    own = part.draft_of(answer)
    served = SCALE * value("served", given, own)
    assert answer.bound == served - paid(use_of(given, own.visits), prices)
    assert paid(use_of(given, own.visits), prices) == 7 + 2 + 3


def test_a_group_that_costs_more_than_it_serves_does_not_come(rivals):
    part, answer = _alone(_given(rivals), "b", {("leader", "lead", 1): SCALE * 31})
    assert part.draft_of(answer).visits == ()


@pytest.mark.parametrize("price", [0, 5 * SCALE, 30 * SCALE, 32 * SCALE, 80 * SCALE])
def test_the_bound_holds_at_any_price(rivals, price):
    given = _given(rivals)
    prices = {("leader", "lead", 1): price}
    market = Market(capacities(given), prices=prices)
    reached = sum(_alone(given, b, prices)[1].bound for b in given.bureaus)
    assert market.settle(reached, Counter()) >= SCALE * 33


def test_prices_close_the_gap_that_bureaus_by_themselves_leave(rivals):
    given = _given(rivals)
    market = Market(capacities(given))
    for _ in range(20):
        use, reached = Counter(), 0
        for bureau_id in given.bureaus:
            part, answer = _alone(given, bureau_id, market.prices)
            use.update(use_of(given, part.draft_of(answer).visits))
            reached += answer.bound
        market.settle(reached, use)
    assert market.best // SCALE == 33


@pytest.mark.parametrize("seed", range(3))
def test_no_plan_passes_the_bound_of_any_step_of_the_market(seed):
    city = random_city(seed, n_bureaus=3, n_companies=30, start="2023-04-01", end="2023-06-30")
    given = _given(city)
    best = make_plan(city, time_limit_s=4).levels[0].value
    market = Market(capacities(given))
    for _ in range(4):
        use, reached = Counter(), 0
        for bureau_id in given.bureaus:
            part, answer = _alone(given, bureau_id, market.prices)
            use.update(use_of(given, part.draft_of(answer).visits))
            reached += answer.bound
        assert market.settle(reached, use) >= SCALE * best


def test_prices_rise_where_too_much_is_taken_and_fall_where_there_is_room(rivals):
    market = Market({("city", "", 1): 1, ("city", "", 2): 1})
    market.settle(1000, Counter({("city", "", 1): 3}))
    high = market.exact["city", "", 1]
    assert high > 0
    assert ("city", "", 2) not in market.exact
    for _ in range(3):
        market.settle(1000, Counter())
    assert market.exact.get(("city", "", 1), 0.0) < high


def test_groups_fit_up_to_each_limit_and_not_beyond(rivals):
    given = _given(rivals)
    visits = []
    for bureau_id in ("b", "d"):
        part, answer = _alone(given, bureau_id, {})
        visits += part.draft_of(answer).visits
    assert fits(rivals, visits[:1])
    assert fits(rivals, visits[1:])
    assert not fits(rivals, visits)


def test_a_draft_without_groups_fits(rivals):
    assert fits(rivals, Draft().visits)

"""Offers: leaving out leaders who are never needed costs nothing, neither value nor bound."""

from __future__ import annotations

import pytest
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st

from planner.capacity import Taken
from planner.cpsat import Task, run
from planner.draft import Draft
from planner.given import Given
from planner.offers import Offer, Order, needed
from planner.part import order_of, part_of
from planner.prices import priced
from planner.rotation import within
from planner.starts import leave_choices
from tests.planner.instances import company, leader, random_city, scenario, span


def _offer(name: str, left: int, day: int = 5) -> Offer:
    return Offer("deputy", 0, name, day, left)


def _named(offers: list[Offer]) -> list[str]:
    return [offer.leader for offer in offers]


def test_the_cheapest_leaders_are_offered_until_they_have_room_for_every_group() -> None:
    offers = [_offer("a", 2), _offer("b", 2), _offer("c", 2)]
    order = Order(prices={("leader", "a", 0): 9})
    chosen = needed(offers, order, ("north", 4), n_groups=3, n_blocked=0)
    assert _named(chosen) == ["b", "c"]


def test_a_leader_whom_another_group_may_block_does_not_count_as_room() -> None:
    offers = [_offer(name, 3) for name in "abcd"]
    chosen = needed(offers, Order(), ("north", 4), n_groups=3, n_blocked=2)
    assert _named(chosen) == ["a", "b", "c"]


def test_the_leader_of_the_draft_to_start_from_is_offered_in_any_case() -> None:
    offers = [_offer("a", 9), _offer("b", 9), _offer("c", 9)]
    order = Order(kept={("north", 4): "c"})
    assert _named(needed(offers, order, ("north", 4), n_groups=3, n_blocked=0)) == ["a", "c"]


def test_every_day_of_an_offered_leader_is_offered() -> None:
    offers = [_offer("a", 9, day) for day in (4, 5, 6)]
    assert len(needed(offers, Order(), ("north", 4), n_groups=3, n_blocked=0)) == 3


def test_bureaus_have_different_leaders_first_among_equals() -> None:
    city = random_city(1)
    given = Given(city, leave_choices(city))
    turns = {tuple(order_of(given, (b,), Draft(), {}).turn.items()) for b in given.bureaus}
    assert len(turns) > 1


@pytest.fixture(scope="module")
def crowd() -> Given:
    """Return a bureau that a dozen deputy leaders can receive, each on every day."""
    city = scenario(
        companies=[
            company(f"c{i}", "north", span("2023-04-10", "2023-06-20"), expects="deputy")
            for i in range(8)
        ],
        leaders=[leader(f"lead-{i:02d}", groups_per_month=20) for i in range(12)],
    )
    return Given(city, leave_choices(city))


def test_one_leader_with_room_for_every_group_stands_for_a_dozen(crowd: Given) -> None:
    choices = within(crowd.choices, ["north"])
    every = part_of(crowd, choices, Taken())
    few = part_of(crowd, choices, Taken(), Order())
    days = {key[:2] for key in every.groups.received}
    assert len(every.groups.received) >= 12 * len(days)
    assert len(few.groups.received) <= 2 * len(days)


@settings(max_examples=12, deadline=None)
@drawn(st.integers(0, 10_000), st.sampled_from([1, 2]), st.booleans())
def test_leaving_leaders_out_changes_neither_the_optimum_nor_its_proof(
    seed: int, n_bureaus: int, with_prices: bool
) -> None:
    city = random_city(
        seed,
        n_bureaus=n_bureaus,
        n_companies=16 * n_bureaus,
        start="2023-04-01",
        end="2023-06-30",
        blocked_share=0.5,
    )
    given = Given(city, leave_choices(city))
    leaders = [x.id for x in city.organisation.leaders]
    prices = {("leader", x, m): (7 * i + 3 * m) % 11 for i, x in enumerate(leaders) for m in (0, 1)}
    prices = prices if with_prices else {}
    reached = []
    for order in (None, order_of(given, given.bureaus, Draft(), prices)):
        part = part_of(given, given.choices, Taken(), order)
        part.objective(priced(part, prices), maximise=True)
        answer = run(Task(part.model, 30.0))
        assert answer.status == "optimal"
        reached.append(answer.bound)
    assert reached[0] == reached[1]

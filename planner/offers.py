"""Which receptions by leaders are worth offering to a group: those another cannot stand in for.

A province has hundreds of leaders, each free on most days of a visit, and a literal for each would
fill the model. But a group only needs *some* leader of its tier: the cheapest ones in a month will
do, as soon as they have room for every other group these bureaus can have in that month.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

Tier = Literal["principal", "deputy"]


@dataclass(frozen=True, slots=True, order=True)
class Offer:
    """A leader's day for a group: tier, month, leader, day, and groups left in that month."""

    tier: Tier
    month: int
    leader: str
    day: int
    left: int


@dataclass(frozen=True, slots=True)
class Order:
    """Whom a group prefers to be received by.

    Attributes
    ----------
    prices
        Price of a leader's month: (``"leader"``, id, month); absent ones are free.
    kept
        Leaders offered in any case, by bureau and first day: those of a draft to start from.
    turn
        Leaders by id, the preferred of equals first. Bureaus planned side by side differ in it,
        so that they do not all choose the same leaders where any would do.
    """

    prices: Mapping[tuple[str, str, int], int] = field(default_factory=dict)
    kept: Mapping[tuple[str, int], str] = field(default_factory=dict)
    turn: Mapping[str, int] = field(default_factory=dict)

    def rank(self, offer: Offer) -> tuple[int, int, int, str]:
        """Return what to sort by: cheapest first, most room left, by turn, by id."""
        price = self.prices.get(("leader", offer.leader, offer.month), 0)
        return price, -offer.left, self.turn.get(offer.leader, 0), offer.leader


def needed(
    offers: Iterable[Offer], order: Order, group: tuple[str, int], *, n_groups: int, n_blocked: int
) -> list[Offer]:
    """Return the offers a group can need, whatever the other groups of its bureaus take.

    Suppose a group is received by a leader left out. The leaders kept in that month are no dearer;
    at most ``n_blocked`` of them have their days taken by other groups at the same time, and the
    rest have room for ``n_groups``, which is one more than the others can take: so one of them can
    stand in. Nothing is lost, neither in value nor in the bound.

    Parameters
    ----------
    offers
        Every offer for the group.
    order
        Whom the group prefers.
    group
        Its bureau and first day.
    n_groups
        Groups that may lie in a month together, this one among them.
    n_blocked
        Groups of other bureaus of the model that may take place at the same time.
    """
    chosen: list[Offer] = []
    rooms: dict[tuple[Tier, int], dict[str, int]] = defaultdict(dict)
    for offer in sorted(offers, key=order.rank):
        kept = rooms[offer.tier, offer.month]
        is_enough = sum(sorted(kept.values(), reverse=True)[n_blocked:]) >= n_groups
        if offer.leader in kept or not is_enough or offer.leader == order.kept.get(group):
            kept[offer.leader] = offer.left
            chosen.append(offer)
    return chosen

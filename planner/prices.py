"""Prices on what bureaus share, and the bound they prove (Lagrangian relaxation).

Bureaus share leaders' months, host units' days and the city's days. With a price on each of these
every bureau can be planned by itself: it pays for what it takes. For any prices, what the bureaus
reach so, plus the worth of all capacity at these prices, is a bound on every plan (Held and Karp
1971; Fisher 1981). Prices rise where more is taken than there is, and fall where less is.

Leaders' single days are left out of the prices, which keeps the bound valid: the months bind first.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import cast

from ortools.sat.python.cp_model import IntVar, LinearExpr

from planner.given import Given
from planner.joint import Alone
from planner.part import Part
from planner.plan import Visit, groups_of

SCALE = 20
"""Prices are whole twentieths of a point, so that objectives stay whole numbers."""

Shared = tuple[str, str, int]
"""Something bureaus share: its kind (leader, unit, city), its id, and the month or day."""

Prices = Mapping[Shared, int]
"""Price of one group for what is shared, in :data:`SCALE` parts of a point; those absent are 0."""


def capacities(given: Given) -> dict[Shared, int]:
    """Return how many groups each thing shared can take."""
    organisation, days = given.scenario.organisation, range(given.scenario.days.n_days)
    months = range(len(given.scenario.days.months))
    return {
        **{("leader", x.id, m): x.groups_per_month for x in organisation.leaders for m in months},
        **{("unit", x.id, d): x.groups_at_once for x in organisation.host_units for d in days},
        **{("city", "", d): organisation.groups_in_city for d in days},
    }


def use_of(given: Given, visits: Iterable[Visit]) -> Counter[Shared]:
    """Return how much of each thing shared some visits take, those of a joint group once."""
    use: Counter[Shared] = Counter()
    for visit, *_ in groups_of(visits):
        for day in range(visit.start, visit.end + 1):
            use["unit", visit.host_unit, day] += 1
            use["city", "", day] += 1
        if visit.leader is not None and visit.leader_day is not None:
            use["leader", visit.leader, given.month_of[visit.leader_day]] += 1
    return use


def shares_of(given: Given, visits: Iterable[Visit], alone: Alone) -> dict[Shared, float]:
    """Return the share of what bureaus share that visits of one bureau are to pay for.

    A visit that others could join pays for the seats its own companies take; any other pays for a
    whole group.
    """
    seats = given.scenario.rules.visits.group_max
    use: dict[Shared, float] = {}
    for visit in visits:
        cell = visit.start, visit.host_unit, visit.leader_tier or "none"
        share = len(visit.companies) / seats if alone.joinable(cell) else 1.0
        for shared, n in use_of(given, [visit]).items():
            use[shared] = use.get(shared, 0.0) + n * share
    return use


def priced(part: Part, prices: Prices) -> LinearExpr:
    """Return what a part serves less what its groups pay, in :data:`SCALE` parts of a point."""
    pays = _pays(part, prices) if part.alone is None else _pays_alone(part, prices, part.alone)
    literals, prices_of = zip(*pays, strict=True) if pays else ((), ())
    served = cast("LinearExpr", part.expression("served"))
    return SCALE * served - LinearExpr.weighted_sum(literals, prices_of)


def _pays(part: Part, prices: Prices) -> list[tuple[IntVar, int]]:
    """Return what each literal of a part pays: a group for all it takes."""
    groups, pays = part.groups, []
    for (_, _, leader, day), literal in groups.received.items():
        pays.append((literal, prices.get(("leader", leader, part.given.month_of[day]), 0)))
    for (_, start, unit, _), literal in groups.opened.items():
        pays.append((literal, _for_days(part, prices, start, ("city", ""), ("unit", unit))))
    for (_, start, chain), literal in groups.hosted.items():
        unit = part.given.scenario.chain(chain).lead_unit
        pays.append((literal, _for_days(part, prices, start, ("unit", unit))))
    return pays


def _pays_alone(part: Part, prices: Prices, alone: Alone) -> list[tuple[IntVar, int]]:
    """Return what each variable of a bureau pays whose visits others could join: by the seat.

    Rounded down for each seat, so that no group of any plan pays more than it takes.
    """
    groups, pays = part.groups, []
    seats = part.given.scenario.rules.visits.group_max
    for (_, _, leader, day), share in groups.shares.items():
        price = prices.get(("leader", leader, part.given.month_of[day]), 0)
        pays.append((share, price // seats))
    for (_, start, unit, reception), literal in groups.opened.items():
        if not alone.joinable((start, unit, reception)):
            pays.append((literal, _for_days(part, prices, start, ("city", ""), ("unit", unit))))
    for (company, start, reception), literal in groups.placed.items():
        unit = part.given.caller[company].unit
        if alone.joinable((start, unit, reception)):
            price = _for_days(part, prices, start, ("city", ""), ("unit", unit))
            pays.append((literal, price // seats))
    return pays


def _for_days(part: Part, prices: Prices, start: int, *kinds: tuple[str, str]) -> int:
    """Return the price of some things on all days of a visit."""
    days = range(start, start + part.given.scenario.rules.visits.length_days)
    return sum(prices.get((*kind, day), 0) for day in days for kind in kinds)


def paid(use: Mapping[Shared, int], prices: Prices) -> int:
    """Return what some use costs, in :data:`SCALE` parts of a point."""
    return sum(prices.get(shared, 0) * n for shared, n in use.items())


def paid_by_shares(use: Mapping[Shared, float], prices: Prices) -> int:
    """Return about what some shares cost, in :data:`SCALE` parts of a point: a guide, no bound."""
    return round(sum(prices.get(shared, 0) * n for shared, n in use.items()))


@dataclass
class Market:
    """Prices in search of the least bound: a subgradient method with a target level.

    Each step aims at a level a little below the best bound; the aim is brought nearer whenever
    steps stop paying off. Directions are smoothed, which damps the zigzag of the plain method.

    Attributes
    ----------
    capacity
        How many groups each thing shared can take.
    aim
        How far below the best bound the next step aims, in :data:`SCALE` parts of a point; set by
        the first step by the number of groups too many.
    prices
        Prices to plan by next.
    best
        The least bound so far, in :data:`SCALE` parts of a point, and the prices that gave it.
    """

    capacity: Mapping[Shared, int]
    aim: float = 0.0
    exact: dict[Shared, float] = field(default_factory=dict)
    prices: dict[Shared, int] = field(default_factory=dict)
    best: int | None = None
    best_prices: dict[Shared, int] = field(default_factory=dict)
    direction: dict[Shared, float] = field(default_factory=dict)
    stuck: int = 0

    def start_at(self, prices: Prices) -> None:
        """Begin with some prices instead of none."""
        self.exact = {shared: float(price) for shared, price in prices.items()}
        self.prices = dict(prices)

    def settle(self, reached: int, use: Mapping[Shared, float]) -> int:
        """Take note of what bureaus reach and take at the prices; set the next ones.

        Parameters
        ----------
        reached
            Sum over bureaus of a bound on what they reach, prices paid, in :data:`SCALE` parts.
        use
            What they take together.

        Returns
        -------
        int
            The bound these prices prove, in :data:`SCALE` parts of a point.
        """
        bound = reached + paid(self.capacity, self.prices)
        if self.best is None:
            excess = sum(max(0, n - self.capacity[s]) for s, n in use.items())
            self.aim = _FIRST_AIM * SCALE * excess
        if self.best is None or bound < self.best:
            gain = self.aim if self.best is None else self.best - bound
            self.best, self.best_prices = bound, dict(self.prices)
            self.stuck = 0 if gain > self.aim / 20 else self.stuck + 1
            self.aim *= _ENCOURAGED if gain > self.aim / 2 else 1
        else:
            self.stuck += 1
        if self.stuck >= _PATIENCE:
            self.aim, self.stuck = self.aim / 2, 0
        self._step(bound, use)
        return bound

    def _step(self, bound: int, use: Mapping[Shared, float]) -> None:
        concerned = sorted({s for s, n in use.items() if n > self.capacity[s]} | set(self.exact))
        excess = {s: use.get(s, 0) - self.capacity[s] for s in concerned}
        direction = {
            s: (1 - _SMOOTHING) * n + _SMOOTHING * self.direction.get(s, 0.0)
            for s, n in excess.items()
        }
        length = sum(x * x for x in direction.values())
        if not length or self.best is None:
            return
        step = (bound - self.best + self.aim) / length
        exact = {s: self.exact.get(s, 0.0) + step * x for s, x in direction.items()}
        self.exact = {s: price for s, price in exact.items() if price > 0}
        self.direction = direction
        rounded = {s: round(price) for s, price in self.exact.items()}
        self.prices = {s: price for s, price in rounded.items() if price}


_FIRST_AIM = 0.25
"""Points, for each group too many, that the first step aims below the best bound."""

_ENCOURAGED = 1.5
"""How much farther the next step aims after one that went more than half as far as it aimed."""

_PATIENCE = 2
"""Steps without a lower bound after which the next aim is nearer."""

_SMOOTHING = 0.3
"""Weight of the direction before."""

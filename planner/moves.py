"""Which bureaus to plan again together: those that fall short, with those in their way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from planner.draft import Draft
from planner.given import Given
from planner.prices import Shared, use_of

FEW = 6
"""So few bureaus have all their pairs and triples tried, and all their groups placed at once."""


@dataclass(frozen=True, slots=True)
class Move:
    """Bureaus to be planned again together on what the others leave.

    Attributes
    ----------
    bureaus
        Their ids, sorted.
    keeps_leaves
        Whether leaves stay as they are and only groups are placed anew.
    mates
        Those of the bureaus that are there for their joint groups only: their leaves stay.
    """

    bureaus: tuple[str, ...]
    keeps_leaves: bool = False
    mates: tuple[str, ...] = ()


@dataclass(frozen=True)
class Longing:
    """What each bureau would do if it only had to pay the prices, and how far it is from that.

    Attributes
    ----------
    wanted
        What the bureau would do.
    short
        By how much it falls short of what it would reach so, in any unit; the larger the worse.
    """

    wanted: Mapping[str, Draft]
    short: Mapping[str, int]


def moves(
    given: Given,
    draft: Draft,
    capacity: Mapping[Shared, int],
    longing: Longing,
    size: int,
) -> tuple[Move, ...]:
    """Return moves of ``size`` bureaus, the most promising first.

    A bureau that falls short is joined by those that take most of what it would take and that is
    full. In a city of few bureaus every combination with one that falls short is returned.
    """
    falling_short = (bureau for bureau in given.bureaus if longing.short[bureau] > 0)
    short = sorted(falling_short, key=lambda bureau: (-longing.short[bureau], bureau))
    if len(given.bureaus) <= FEW:
        combined = [
            Move(bureaus)
            for bureaus in combinations(sorted(given.bureaus), size)
            if any(longing.short[bureau] > 0 for bureau in bureaus)
        ]
        return tuple(sorted(combined, key=lambda m: -sum(longing.short[b] for b in m.bureaus)))
    own_use = {bureau: use_of(given, draft.of((bureau,)).visits) for bureau in given.bureaus}
    return tuple(dict.fromkeys(_joined(short, own_use, capacity, given, longing, size)))


def partners(given: Given, draft: Draft) -> tuple[tuple[str, ...], ...]:
    """Return for each bureau the other it could best bring groups together with, leaves kept.

    The best is the one whose companies, left out so far, are worth most with those of the bureau
    that have no group: of one host unit, on a day in leaves of both.
    """
    waiting = _waiting(given, draft)
    together: Counter[tuple[str, str]] = Counter()
    for offers in waiting.values():
        for one, other in combinations(sorted(offers), 2):
            together[one, other] = max(together[one, other], offers[one] + offers[other])
    best: dict[str, tuple[str, str]] = {}
    for pair in sorted(together, key=lambda p: (-together[p], p)):
        for bureau in pair:
            best.setdefault(bureau, pair)
    return tuple(dict.fromkeys(best[bureau] for bureau in sorted(best)))


def _waiting(given: Given, draft: Draft) -> dict[tuple[int, str], Counter[str]]:
    """Return the points of companies without a group, by day, host unit and bureau."""
    placed = {company for visit in draft.visits for company in visit.companies}
    rules = given.scenario.rules
    travel, length = rules.leave.travel_days_each_way, rules.visits.length_days
    home: dict[str, set[int]] = {bureau: set() for bureau in given.bureaus}
    for leave in draft.leaves:
        home[leave.bureau].update(range(leave.start + travel, leave.end - travel - length + 2))
    waiting: dict[tuple[int, str], Counter[str]] = {}
    for caller in given.callers:
        if caller.company not in placed:
            for start, points in caller.points:
                if start in home[caller.bureau]:
                    offers = waiting.setdefault((start, caller.unit), Counter())
                    offers[caller.bureau] += points
    return waiting


def _joined(
    short: Sequence[str],
    own_use: Mapping[str, Counter[Shared]],
    capacity: Mapping[Shared, int],
    given: Given,
    longing: Longing,
    size: int,
) -> Iterator[Move]:
    everybody: Counter[Shared] = Counter()
    for use in own_use.values():
        everybody.update(use)
    holders: dict[Shared, list[str]] = {}
    for bureau, use in own_use.items():
        for shared in use:
            holders.setdefault(shared, []).append(bureau)
    for bureau in short:
        wanted = use_of(given, longing.wanted[bureau].visits)
        rivals: Counter[str] = Counter()
        for shared, n in wanted.items():
            if n > own_use[bureau][shared] and everybody[shared] >= capacity[shared]:
                rivals.update(b for b in holders.get(shared, ()) if b != bureau)
        chosen = sorted(rivals, key=lambda b: (-rivals[b], b))[: size - 1]
        if len(chosen) == size - 1:
            yield Move(tuple(sorted((bureau, *chosen))))

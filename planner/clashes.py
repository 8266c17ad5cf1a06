"""Conflicts: smallest sets of demands that cannot be kept together."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from planner.demands import Demand
from planner.together import Check, Truth, check_of
from planner.year import Case, Year

CONFLICTS = 3
"""Conflicts without a common member named at most, a bureau and period."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """A set of demands that cannot be kept together.

    Attributes
    ----------
    minimal
        Whether keeping all but any one of them is proven possible.
    """

    bureau: str
    period: str
    demands: tuple[Demand, ...]
    minimal: bool

    @property
    def shape(self) -> tuple[str, ...]:
        """Ids of its rules, each as often as it takes part: conflicts alike share it."""
        return tuple(sorted(demand.rule for demand in self.demands))


def conflicts_of(
    case: Case, check: Check | None = None, *, apart_from: Collection[Demand] = ()
) -> tuple[Conflict, ...]:
    """Return smallest conflicts of one bureau and period or year, no two with a common member.

    Parameters
    ----------
    case
        The demands on one bureau, in one period or over the year.
    check
        Whether some demands can be kept together; by default the solver is asked.
    apart_from
        Demands that are no member of any, as other conflicts have named them.
    """
    ask = check or check_of(case)
    others = (demand for demand in case.demands if demand not in apart_from)
    pool = sorted(others, key=_least_wanted_first)
    found: list[Conflict] = []
    while len(found) < CONFLICTS and ask(pool) == "no":
        members, minimal = smallest(_suspects(case, pool, ask), ask)
        found.append(Conflict(case.bureau, case.period, tuple(sorted(members)), minimal))
        pool = [demand for demand in pool if demand not in set(members)]
    return tuple(found)


def smallest(demands: Sequence[Demand], check: Check) -> tuple[list[Demand], bool]:
    """Return a conflict with nothing to spare, and whether that is proven.

    Each demand is dropped where the others still conflict without it. One that stays could not
    be dropped from a larger set, so that it cannot be dropped from what is left in the end either.
    Those in a row that can all be dropped are found in few checks, by doubling and then halving:
    the conflict is the one that dropping them one by one would leave.

    Parameters
    ----------
    demands
        Demands proven not to go together, those to be dropped rather than others first.
    check
        Whether some demands can be kept together.
    """
    members: list[Demand] = []
    rest, proven = list(demands), True
    while rest:
        spared, truth = _droppable(members, rest, check)
        rest = rest[spared:]
        if rest:
            members.append(rest.pop(0))
            proven = proven and truth == "yes"
    return members, proven


def _droppable(
    members: Sequence[Demand], rest: Sequence[Demand], check: Check
) -> tuple[int, Truth]:
    """Return how many of the first demands can go, and why the next one cannot.

    Dropping more never brings back a conflict that dropping fewer has dissolved.
    """
    spared, too_many, step = 0, len(rest) + 1, 1
    why: Truth = "yes"
    while spared + 1 < too_many:
        tried = min(spared + step, len(rest)) if too_many > len(rest) else (spared + too_many) // 2
        truth = check([*members, *rest[tried:]])
        if truth == "no":
            spared, step = tried, 2 * step
        else:
            too_many, why = tried, truth
    return spared, why


def _least_wanted_first(demand: Demand) -> tuple[bool, int, Demand]:
    """Sort first what a conflict should rather not name: what nobody can give way in."""
    return demand.negotiable, -demand.weight, demand


def _suspects(case: Case, pool: Sequence[Demand], ask: Check) -> list[Demand]:
    """Return demands that cannot all be kept: of one person alone, where that is so."""
    for part in case.parts:
        left = part.left(pool)
        stuck = next((person for person, options in left.items() if not options), None)
        if stuck is not None:
            return [d for d in pool if d in part.refused and d.subject == stuck]
    if isinstance(case, Year):
        for person in case.parts[0].options:
            own = [demand for demand in pool if demand.subject == person]
            if ask(own) == "no":
                return own
    return list(pool)

"""The aims in order, each as a linear expression for the solver and as a plain count.

1. ``served``: priority points of the companies placed, and progress to leader targets;
2. ``groups``: as few groups as that takes (concentration, 五㈠);
3. ``wishes``: leave requests, clearing near the period's end, fairness over festivals;
4. ``canonical``: earlier days first, so that equally good plans are told apart the same way.
"""

from __future__ import annotations

from collections import Counter
from typing import Literal, assert_never

from ortools.sat.python.cp_model import LinearExprT

from planner.draft import Draft
from planner.given import Given
from planner.plan import groups_of
from planner.receptions import COUNTS, PROGRESS_POINTS, leader_targets
from planner.rotation import Rotation, key_of
from planner.visits import Groups

Aim = Literal["served", "groups", "wishes", "canonical"]

AIMS: tuple[Aim, ...] = ("served", "groups", "wishes", "canonical")
"""Most important first."""

MAXIMISED: frozenset[Aim] = frozenset({"served", "wishes"})
"""Aims of which more is better; of the others less is."""


def expression(aim: Aim, given: Given, rotation: Rotation, groups: Groups) -> LinearExprT:
    """Return an aim over the variables of a model."""
    match aim:
        case "served":
            return groups.served
        case "groups":
            return groups.count
        case "wishes":
            return sum(
                given.wishes[leave][start] * literal
                for leave, literals in rotation.literals.items()
                for start, literal in literals.items()
            )
        case "canonical":
            leaves = sum(
                start * literal
                for literals in rotation.literals.values()
                for start, literal in literals.items()
            )
            return leaves + sum(key[1] * literal for key, literal in groups.opened.items())
        case _:
            assert_never(aim)


def value(aim: Aim, given: Given, draft: Draft) -> int:
    """Return an aim as a draft has it, counted without the solver."""
    match aim:
        case "served":
            return _served(given, draft)
        case "groups":
            return len(groups_of(draft.visits))
        case "wishes":
            return sum(given.wishes[x.person, x.period][x.start] for x in draft.leaves)
        case "canonical":
            leaves = sum(leave.start for leave in draft.leaves)
            return leaves + sum(visit.start for visit in draft.visits)
        case _:
            assert_never(aim)


def limit(aim: Aim, given: Given, bureau: str) -> int:
    """Return what an aim of a bureau can never pass, counted from the data alone."""
    choices = [choice for choice in given.choices if choice.bureau == bureau]
    match aim:
        case "served":
            return _everybody_served(given, bureau)
        case "groups":
            return 0
        case "wishes":
            return sum(max(given.wishes[key_of(c)].values(), default=0) for c in choices)
        case "canonical":
            return sum(min(choice.starts, default=0) for choice in choices)
        case _:
            assert_never(aim)


def better(aim: Aim, one: int, other: int) -> bool:
    """Return whether a value of an aim is better than another."""
    return one > other if aim in MAXIMISED else one < other


def _everybody_served(given: Given, bureau: str) -> int:
    own = given.of_bureau[bureau]
    served = sum(max((points for _, points in caller.points), default=0) for caller in own)
    progress = 0
    for target in leader_targets(given.scenario, bureau):
        counts = COUNTS[target.target.metric]
        n_suited = sum(any(tier in counts for tier in caller.suits) for caller in own)
        progress += min(target.minimum, n_suited)
    return served + PROGRESS_POINTS * progress


def _served(given: Given, draft: Draft) -> int:
    served = 0
    counted: Counter[tuple[str, str]] = Counter()
    for visit in draft.visits:
        served += sum(given.points[company][visit.start] for company in visit.companies)
        counted[visit.bureau, visit.leader_tier or "none"] += len(visit.companies)
    for bureau in sorted({visit.bureau for visit in draft.visits}):
        for target in leader_targets(given.scenario, bureau):
            met = sum(counted[bureau, tier] for tier in COUNTS[target.target.metric])
            served += PROGRESS_POINTS * min(met, target.minimum)
    return served

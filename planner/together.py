"""Whether some of the demands on a bureau, in a period or over the year, can be kept together.

Where a person has no option left there is no need to ask further; most of what is possible is
found by placing one leave after another; only what is left over goes to the solver.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Literal

from ortools.sat.python.cp_model import CpModel, IntVar, LiteralT

from planner.cpsat import Task, run
from planner.crossing import taken_by
from planner.demands import Demand, Option, Problem
from planner.starts import LeaveKey
from planner.stretch import Stretch, add_stretch
from planner.year import Case

Truth = Literal["yes", "no", "unknown"]
Check = Callable[[Sequence[Demand]], Truth]

EFFORT_S = 5.0
"""Effort for one question about one bureau and period; it takes a few thousandths of it."""

Literals = Mapping[LeaveKey, Mapping[Option, IntVar]]
"""For each leave a literal for each option."""


def check_of(case: Case, effort_s: float = EFFORT_S) -> Check:
    """Return the question whether some demands can be kept together, for asking repeatedly.

    Parameters
    ----------
    case
        The demands on one bureau, in one period or over the year.
    effort_s
        Effort for one question; where it does not do, the answer is ``unknown``.
    """

    def check(kept: Sequence[Demand]) -> Truth:
        held = frozenset(kept)
        asked = [stretch for demand, stretch in case.stretches.items() if demand in held]
        left = _within_reach({part.period: part.left(kept) for part in case.parts}, asked)
        if not all(options for own in left.values() for options in own.values()):
            return "no"
        owed = [claim for demand, claim in case.claims.items() if demand in held]
        options = {
            (who, period): own for period, every in left.items() for who, own in every.items()
        }
        limits = {d: n for part in case.parts for d, n in _limits(part, held).items()}
        length = case.parts[0].length_days
        if not asked and not owed and _fits_in_turn(length, options, limits):
            return "yes"
        model = CpModel()
        chosen = add_options(model, options)
        away = away_on(chosen, length)
        for day, limit in limits.items():
            model.add(sum(away.get(day, ())) <= limit)
        for stretch in asked:
            ask_stretch(model, stretch, chosen)
        for claim in owed:
            model.add(sum(taken_by(claim, chosen)) <= claim.most)
        answer = run(Task(model, effort_s))
        if answer.found:
            return "yes"
        return "no" if answer.status == "infeasible" else "unknown"

    return check


def add_options(model: CpModel, options: Mapping[LeaveKey, Sequence[Option]]) -> Literals:
    """Add the options of each leave to a model, of which exactly one is taken."""
    literals = {x: {o: model.new_bool_var("") for o in own} for x, own in options.items()}
    for own in literals.values():
        model.add_exactly_one(own.values())
    return literals


def away_on(literals: Literals, length_days: int) -> dict[int, list[IntVar]]:
    """Collect by day the literals of the leaves that hold it."""
    away: dict[int, list[IntVar]] = {}
    for own in literals.values():
        for start, literal in own.items():
            if start is not None:
                for day in range(start, start + length_days):
                    away.setdefault(day, []).append(literal)
    return away


def ask_stretch(
    model: CpModel,
    stretch: Stretch,
    chosen: Literals,
    only_if: Sequence[LiteralT] = (),
) -> None:
    """Add days asked for between two leaves; nothing is asked where either is not taken.

    Parameters
    ----------
    model
        The model to add to.
    stretch
        What is asked.
    chosen
        A literal for each option of each leave.
    only_if
        Literals all of which must be true for the stretch to be asked.
    """
    both = [chosen[leave] for leave in stretch.leaves]
    taken = [~own[None] for own in both if None in own]
    one, other = ({day: x for day, x in own.items() if day is not None} for own in both)
    add_stretch(model, stretch, one, other, [*only_if, *taken])


def _within_reach(
    left: dict[str, dict[str, tuple[Option, ...]]], asked: Sequence[Stretch]
) -> dict[str, dict[str, tuple[Option, ...]]]:
    """Return the options that each person's leaves, one after another, leave each other.

    What is asked comes in the order of the periods: seen forwards and then backwards, nothing is
    left that one of the neighbours rules out.
    """
    for stretch, is_back in (*((x, False) for x in asked), *((x, True) for x in reversed(asked))):
        (person, one), (_, other) = stretch.leaves
        if is_back:
            left[one][person] = stretch.before(left[one][person], left[other][person])
        else:
            left[other][person] = stretch.after(left[one][person], left[other][person])
    return left


def _limits(problem: Problem, kept: Collection[Demand]) -> dict[int, int]:
    """Return how many may be away on each day, by the demands that are kept."""
    return {
        day: limit
        for demand, limits in problem.limits.items()
        if demand in kept
        for day, limit in limits.items()
    }


def _fits_in_turn(
    length_days: int, left: Mapping[LeaveKey, Sequence[Option]], may_go: Mapping[int, int]
) -> bool:
    """Whether the leaves fit when each, the least free first, takes its first day with room."""
    room = dict(may_go)
    for options in sorted(left.values(), key=len):
        if options[0] is None:
            continue
        for start in options:
            assert start is not None  # None is the first option where it is one.
            block = range(start, start + length_days)
            if all(room.get(day, 1) > 0 for day in block):
                break
        else:
            return False
        for day in block:
            if day in room:
                room[day] -= 1
    return True

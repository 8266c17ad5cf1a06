"""Whether some of the demands on a bureau in a period can be kept together.

Where a person has no option left there is no need to ask further; most of what is possible is
found by placing one leave after another; only what is left over goes to the solver.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Literal

from ortools.sat.python.cp_model import CpModel, IntVar

from planner.cpsat import Task, run
from planner.demands import Demand, Option, Problem

Truth = Literal["yes", "no", "unknown"]
Check = Callable[[Sequence[Demand]], Truth]

EFFORT_S = 5.0
"""Effort for one question about one bureau and period; it takes a few thousandths of it."""

Literals = Mapping[str, Mapping[Option, IntVar]]
"""For each person a literal for each option."""


def check_of(problem: Problem, effort_s: float = EFFORT_S) -> Check:
    """Return the question whether some demands can be kept together, for asking repeatedly.

    Parameters
    ----------
    problem
        The demands on one bureau in one period.
    effort_s
        Effort for one question; where it does not do, the answer is ``unknown``.
    """

    def check(kept: Sequence[Demand]) -> Truth:
        left = problem.left(kept)
        if not all(left.values()):
            return "no"
        may_go = {
            day: limit
            for demand in kept
            if demand in problem.limits
            for day, limit in problem.limits[demand].items()
        }
        if _fits_in_turn(problem.length_days, left, may_go):
            return "yes"
        model = CpModel()
        away = away_on(add_options(model, left), problem.length_days)
        for day, limit in may_go.items():
            model.add(sum(away.get(day, ())) <= limit)
        answer = run(Task(model, effort_s))
        if answer.found:
            return "yes"
        return "no" if answer.status == "infeasible" else "unknown"

    return check


def add_options(model: CpModel, options: Mapping[str, Sequence[Option]]) -> Literals:
    """Add each person's options to a model, of which exactly one is taken."""
    literals = {p: {o: model.new_bool_var("") for o in own} for p, own in options.items()}
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


def _fits_in_turn(
    length_days: int, left: Mapping[str, Sequence[Option]], may_go: Mapping[int, int]
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

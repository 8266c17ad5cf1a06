"""The rotation as a CP-SAT model part: one literal for each first day a leave may have.

Being away on a day is a linear expression over those literals, never a variable, which keeps the
model small and its relaxation tight.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from ortools.sat.python.cp_model import CpModel, IntVar

from planner.coverage import may_be_away
from planner.cpsat import Answer
from planner.crossing import claims, taken_by
from planner.plan import Leave
from planner.starts import Choice, Family, LeaveKey, leave_from
from planner.stretch import add_stretch, stretches
from scenarios.calendar import Period
from scenarios.model import Scenario


@dataclass(frozen=True, slots=True)
class Rotation:
    """The leaves to be placed and a literal for each first day of each."""

    choices: tuple[Choice, ...]
    literals: dict[LeaveKey, dict[int, IntVar]]


def key_of(choice: Choice) -> LeaveKey:
    """Return the key of a leave to be placed."""
    return choice.person, choice.period.label


def add_rotation(
    model: CpModel,
    scenario: Scenario,
    choices: Iterable[Choice],
    *,
    relaxed: frozenset[Family] = frozenset(),
) -> Rotation:
    """Add leaves to a model: one first day each, coverage of every bureau, and stretches.

    Parameters
    ----------
    model
        The model to add to.
    scenario
        What is given.
    choices
        The leaves. Those of one bureau must all be here, as coverage couples colleagues and the
        days between leaves a person's periods; a leave that is fixed elsewhere has one first day.
    relaxed
        Families of rules to leave out, for finding out which of them conflict.
    """
    rotation = Rotation(tuple(choices), {})
    away: dict[tuple[str, int], list[IntVar]] = defaultdict(list)
    for choice in rotation.choices:
        literals = {s: model.new_bool_var("") for s in choice.starts}
        rotation.literals[key_of(choice)] = literals
        model.add_exactly_one(literals.values())
        for start, literal in literals.items():
            for day in range(start, start + scenario.rules.leave.length_days):
                away[choice.bureau, day].append(literal)
    if "coverage" not in relaxed:
        limits = {b: may_be_away(scenario, b) for b in sorted({c.bureau for c in rotation.choices})}
        for (bureau, day), literals_away in sorted(away.items(), key=lambda item: item[0]):
            limit = limits[bureau][day]
            if limit == 1:
                model.add_at_most_one(literals_away)
            elif limit is not None:
                model.add(sum(literals_away) <= limit)
    is_asked = "stretch" not in relaxed
    for stretch in stretches(scenario, rotation.literals, asked=is_asked):
        one, other = (rotation.literals[leave] for leave in stretch.leaves)
        add_stretch(model, stretch, one, other)
    if "presence" not in relaxed:
        for claim in claims(scenario, rotation.literals):
            model.add(sum(taken_by(claim, rotation.literals)) <= claim.most)
    return rotation


def leaves_of(scenario: Scenario, answer: Answer, rotation: Rotation) -> tuple[Leave, ...]:
    """Return the leaves of a solution."""
    return tuple(
        leave_from(scenario, choice, start)
        for choice in rotation.choices
        for start, literal in rotation.literals[key_of(choice)].items()
        if answer.value(literal)
    )


def fixed_to(choices: Iterable[Choice], leaves: Iterable[Leave]) -> tuple[Choice, ...]:
    """Return choices narrowed to the first days that some leaves have."""
    starts = {(leave.person, leave.period): leave.start for leave in leaves}
    return tuple(
        Choice(c.bureau, c.person, c.period, (starts[key_of(c)],)) if key_of(c) in starts else c
        for c in choices
    )


def within(choices: Iterable[Choice], bureaus: Iterable[str]) -> tuple[Choice, ...]:
    """Return the choices of some bureaus."""
    wanted = frozenset(bureaus)
    return tuple(choice for choice in choices if choice.bureau in wanted)


def during(choices: Iterable[Choice], period: Period) -> tuple[Choice, ...]:
    """Return the choices of one period."""
    return tuple(choice for choice in choices if choice.period == period)

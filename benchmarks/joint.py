"""The plain joint model: everything in one CP-SAT model, eight workers, wall time. To compare."""

from __future__ import annotations

from dataclasses import dataclass

from ortools.sat.python import cp_model

from planner.aims import limit
from planner.capacity import Taken
from planner.given import Given
from planner.part import part_of
from planner.starts import leave_choices
from scenarios.model import Scenario


@dataclass(frozen=True, slots=True)
class Joint:
    """What the joint model reached: None where it found no plan."""

    value: int | None
    bound: int


def solve_jointly(scenario: Scenario, seconds: float, workers: int = 8) -> Joint:
    """Solve the first aim of a whole scenario as one model within some wall seconds."""
    given = Given(scenario, leave_choices(scenario))
    part = part_of(given, given.choices, Taken())
    part.objective(part.expression("served"), maximise=True)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = workers
    solver.parameters.max_time_in_seconds = seconds
    solver.parameters.linearization_level = 2
    solver.parameters.random_seed = 1
    code = solver.solve(part.model)
    most = sum(limit("served", given, bureau) for bureau in given.bureaus)
    if code not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return Joint(None, most)
    return Joint(int(solver.objective_value), min(most, int(solver.best_objective_bound + 1e-6)))

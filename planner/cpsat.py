"""Running CP-SAT so that the same model gives the same answer on any machine.

Unless told otherwise (:data:`Mode`) limits are deterministic (CP-SAT counts its own work), never
wall time, and every solve has one worker and a fixed seed; speed comes from running several models
at once. Measured on city-size models, one worker proves in a third of the time that eight
interleaved ones take.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from math import ceil, floor, isfinite
from threading import Event
from typing import Literal

from ortools.sat.python import cp_model
from ortools.sat.python.cp_model import CpModel, CpSolver, LinearExprT

POLL_S = 0.05
"""How often a running solve looks whether it should stop."""

_ROUNDING = 1e-6
"""What a bound, a double, may be off from the integer it stands for."""

Mode = Literal["counted", "timed"]
"""What limits a solve: work done, which is the same on any machine, or the time that passes.

Either way a solve has one worker. Eight (with fewer, those that raise bounds are silently left out)
were mostly later at a good plan of a city, whose models are proven in a second or two.
"""

Status = Literal["optimal", "feasible", "infeasible", "unknown"]

_STATUS: dict[int, Status] = {
    int(cp_model.OPTIMAL): "optimal",
    int(cp_model.FEASIBLE): "feasible",
    int(cp_model.INFEASIBLE): "infeasible",
}


@dataclass(frozen=True, slots=True)
class Task:
    """A model to solve, with its effort: about so many seconds of one core, counted in work.

    Where it is timed, they are seconds of wall time.
    """

    model: CpModel
    effort_s: float
    mode: Mode = "counted"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a solve.

    Attributes
    ----------
    status
        ``unknown`` where neither a solution nor a proof was found in the effort given.
    bound
        Proven bound on the objective, rounded towards it; None where nothing was proven.
    work_s
        Work done, in the unit of :attr:`Task.effort_s`.
    """

    status: Status
    bound: int | None
    work_s: float
    solver: CpSolver

    @property
    def found(self) -> bool:
        """Whether there is a solution to read."""
        return self.status in ("optimal", "feasible")

    def value(self, expression: LinearExprT) -> int:
        """Return the value of an expression in the solution."""
        return int(self.solver.value(expression))


def never() -> bool:
    """Return False: the default answer to "shall I stop?"."""
    return False


def run(task: Task, *, stop: Callable[[], bool] = never) -> Answer:
    """Solve one model."""
    return run_all([task], workers=1, stop=stop)[0]


def run_all(
    tasks: Iterable[Task], *, workers: int, stop: Callable[[], bool] = never
) -> Sequence[Answer]:
    """Solve several models, some at a time, and return their answers in order.

    The solves run in threads of their own so that the calling thread stays free for signals;
    asked to stop, each hands back the best it has.

    Parameters
    ----------
    tasks
        Models with their efforts.
    workers
        How many to solve at a time; the answers do not depend on it.
    stop
        Asked every now and then; True stops all solves.
    """
    jobs = [(task, _solver(task)) for task in tasks]
    halted = Event()
    with ThreadPoolExecutor(max_workers=max(1, workers)) as pool:
        futures = [pool.submit(_solve, task, solver, halted) for task, solver in jobs]
        try:
            while wait(futures, timeout=POLL_S).not_done:
                if stop():
                    _halt(jobs, halted)
        except BaseException:
            # Without this the pool would wait for solves that nobody wants any more.
            _halt(jobs, halted)
            raise
        return [future.result() for future in futures]


def _halt(jobs: Iterable[tuple[Task, CpSolver]], halted: Event) -> None:
    halted.set()
    for _, solver in jobs:
        solver.stop_search()


def _solver(task: Task) -> CpSolver:
    solver = CpSolver()
    parameters = solver.parameters
    parameters.num_workers = 1
    parameters.random_seed = 1
    if task.mode == "timed":
        parameters.max_time_in_seconds = task.effort_s
    else:
        parameters.max_deterministic_time = task.effort_s
    # Close to the full linear relaxation: halves the time to proof on city-size models.
    parameters.linearization_level = 2
    parameters.catch_sigint_signal = False
    return solver


def _solve(task: Task, solver: CpSolver, halted: Event) -> Answer:
    if halted.is_set():
        return Answer("unknown", None, 0.0, solver)
    code = solver.solve(task.model)
    if code == cp_model.MODEL_INVALID:
        raise ValueError(task.model.validate())
    status = _STATUS.get(int(code), "unknown")
    response = solver.response_proto
    timed = task.mode == "timed"
    work_s = float(response.wall_time if timed else response.deterministic_time)
    return Answer(status, _bound(task.model, solver, status), work_s, solver)


def _bound(model: CpModel, solver: CpSolver, status: str) -> int | None:
    # Without a solution the solver may report a bound of 0 that it never proved.
    if status not in ("optimal", "feasible") or not model.has_objective():
        return None
    bound = solver.best_objective_bound
    if not isfinite(bound):
        return None
    maximised = model.proto.objective.scaling_factor < 0
    return floor(bound + _ROUNDING) if maximised else ceil(bound - _ROUNDING)

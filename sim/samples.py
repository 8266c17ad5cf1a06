"""Samples: the outcomes of many futures as integer arrays, and how they are computed in parallel.

A task is integers and frozen data: nothing depends on which worker does it, in what chunks or in
what order, so the arrays are the same bytes for any executor.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from concurrent.futures import Future as Promise
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from planner.plan import Plan
from scenarios.model import Scenario
from sim.case import build_cases
from sim.futures import Role, draw_futures
from sim.model import simulate
from sim.outcome import LIMITS, SPEND_HEADS, BureauOutcome

IntArray = NDArray[np.int64]

COLUMNS: tuple[str, ...] = tuple(f.name for f in fields(BureauOutcome) if f.name != "spend_fen")
"""The scalar fields of an outcome, in order."""


@dataclass(frozen=True, slots=True, eq=False)
class Samples:
    """Outcomes of futures ``first`` to ``first + n - 1``.

    Attributes
    ----------
    values
        Shape (n, bureaus, len(COLUMNS)).
    limits
        Index into ``LIMITS`` of what held each bureau back, shape (n, bureaus).
    spend_fen
        Shape (n, bureaus, heads, months).
    """

    first: int
    values: IntArray
    limits: IntArray
    spend_fen: IntArray

    def __len__(self) -> int:
        return len(self.values)

    def of(self, column: str) -> IntArray:
        """Return one field of all outcomes, shape (n, bureaus)."""
        return self.values[:, :, COLUMNS.index(column)]


def sample(
    scenario: Scenario, plan: Plan, first: int, count: int, *, seed: int, role: Role = Role.FORECAST
) -> Samples:
    """Simulate ``count`` futures from index ``first`` on, in this process."""
    cases = build_cases(scenario, plan)
    n_bureaus, n_months = len(cases), len(scenario.days.months)
    values = np.empty((count, n_bureaus, len(COLUMNS)), np.int64)
    limits = np.empty((count, n_bureaus), np.int64)
    spend = np.empty((count, n_bureaus, len(SPEND_HEADS), n_months), np.int64)
    for row, future in enumerate(
        draw_futures(scenario, range(first, first + count), seed=seed, role=role)
    ):
        for column, outcome in enumerate(simulate(cases, future).bureaus):
            values[row, column] = [getattr(outcome, name) for name in COLUMNS]
            limits[row, column] = LIMITS.index(outcome.limit)
            spend[row, column] = outcome.spend_fen
    return Samples(first, values, limits, spend)


def sample_chunked(
    scenario: Scenario,
    plan: Plan,
    n: int,
    *,
    seed: int,
    executor: Executor | None = None,
    in_flight: int = 4,
    chunk: int = 25,
    progress: Callable[[int, int], None] | None = None,
    stop: Callable[[], bool] | None = None,
) -> Samples:
    """Simulate ``n`` futures in chunks, in this process or on an executor.

    Parameters
    ----------
    scenario, plan
        What to simulate.
    n
        Number of futures, at least 1.
    seed
        The experiment's seed.
    executor
        Any ``concurrent.futures.Executor``; None works in this process.
    in_flight
        Chunks handed to the executor at a time.
    chunk
        Futures a task.
    progress
        Called with (done, n).
    stop
        Asked between chunks; once it says yes, the finished futures are returned (at least one
        chunk, always a run from future 0 on).
    """
    tasks = deque((at, min(chunk, n - at)) for at in range(0, n, chunk))
    done: list[Samples] = []
    if executor is None:
        while tasks and not (done and stop is not None and stop()):
            done.append(sample(scenario, plan, *tasks.popleft(), seed=seed))
            _report(progress, done, n)
        return _joined(done)
    pending: deque[Promise[Samples]] = deque()
    while tasks or pending:
        if done and stop is not None and stop():
            for promise in pending:
                promise.cancel()
            break
        while tasks and len(pending) < in_flight:
            pending.append(executor.submit(sample, scenario, plan, *tasks.popleft(), seed=seed))
        # In order of submission, not of completion: the result never depends on the workers.
        done.append(pending.popleft().result())
        _report(progress, done, n)
    return _joined(done)


def _report(progress: Callable[[int, int], None] | None, done: Sequence[Samples], n: int) -> None:
    if progress is not None:
        progress(sum(map(len, done)), n)


def _joined(parts: Sequence[Samples]) -> Samples:
    return Samples(
        parts[0].first,
        np.concatenate([part.values for part in parts]),
        np.concatenate([part.limits for part in parts]),
        np.concatenate([part.spend_fen for part in parts]),
    )

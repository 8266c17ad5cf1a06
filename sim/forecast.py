"""The forecast: how likely each target, all together, each grade, and what holds bureaus back.

Joint probabilities come from joint indicators, never from a product of marginals; every
probability carries hits, futures, tails and an interval.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any

import pandas as pd

from planner.plan import Plan
from scenarios.model import Scenario
from sim.mapping import chunks, mapped
from sim.results import Results
from sim.samples import Engine, Job, Samples, joined, sample
from sim.state import State
from sim.stopping import FixedNumber, Stopping
from sim.summary import summary
from sim.tally import Tally, tally_of

MAX_WORKERS = 64

TAILS = 32
"""Tails a future, by default."""

CHUNK = 1000
"""Futures a task, for the kernel."""

CHUNK_SIMPY = 25
"""Futures a task, for the law."""


@dataclass(frozen=True, eq=False)
class Forecast:
    """Many futures of one plan, counted.

    Attributes
    ----------
    scenario, plan
        What was simulated.
    seed
        The experiment's seed.
    engine
        Which twin worked.
    stopping
        When enough futures were simulated.
    tally
        What was counted.
    kept
        Every outcome, or None where they were not kept.
    stopped_early
        Whether somebody stopped the work.
    """

    scenario: Scenario
    plan: Plan
    seed: int
    engine: Engine
    stopping: Stopping
    tally: Tally
    kept: Results | None
    stopped_early: bool

    @property
    def n(self) -> int:
        """Number of futures."""
        return self.tally.n

    @property
    def outcomes(self) -> pd.DataFrame | None:
        """One row per future and bureau, where outcomes were kept."""
        return None if self.kept is None else self.kept.outcomes()

    def to_json(self) -> dict[str, Any]:
        """Return the content of ``forecast.json``."""
        return {
            "scenario": self.scenario.id,
            "scenario_hash": self.scenario.content_hash,
            "plan_hash": self.plan.content_hash,
            "seed": self.seed,
            "n": self.n,
            "tails": self.tally.tails,
            "engine": self.engine,
            "stopping": {
                **self.stopping.to_json(),
                "stopped_early": self.stopped_early,
                "met": self.stopping.met(self.tally),
                "widest": round(self.stopping.width(self.tally), 6),
            },
            **summary(self.scenario, self.tally),
        }


def forecast(
    scenario: Scenario,
    plan: Plan,
    *,
    n: int | None = None,
    seed: int,
    tails: int = TAILS,
    engine: Engine = "kernel",
    stopping: Stopping | None = None,
    keep_outcomes: bool = True,
    states: tuple[State, ...] = (),
    workers: int = 1,
    executor: Executor | None = None,
    progress: Callable[[int, int], None] | None = None,
    stop: Callable[[], bool] | None = None,
    lost: Callable[[BaseException], None] | None = None,
) -> Forecast:
    """Simulate futures of a plan.

    Parameters
    ----------
    scenario, plan
        What to simulate; the plan must have been made for the scenario.
    n
        Number of futures, from 1. Or
    stopping
        a rule that says when there are enough.
    seed
        A whole number from 0 to 2**63 - 1: the same seed gives the same forecast, whatever the
        engine, the executor, the number of workers or the order in which they finish.
    tails
        How often what follows the site visits is drawn for each future.
    engine
        The compiled kernel, or the SimPy model it is the twin of.
    keep_outcomes
        Whether every outcome is kept; without, memory does not grow with the number of futures.
    states
        Where each bureau's year stands (:func:`sim.taking_up.taken_up`); empty: it begins on the
        first day.
    workers
        Threads to work in where no executor is given, or it breaks (then at most one a core); the
        kernel runs without Python's lock.
    executor
        Any ``concurrent.futures.Executor``; it is not shut down.
    progress
        Called with (done, futures in sight).
    stop
        Asked again and again; once it says yes, the finished futures make the forecast.
    lost
        Told when the executor breaks; the work then goes on in threads.

    Raises
    ------
    ValueError
        When n, seed, tails or workers lie outside their range, both or neither of n and stopping
        are given, or the plan belongs to another scenario.
    OverflowError
        When assumptions are beyond what a simulation can hold.
    """
    if not 1 <= workers <= MAX_WORKERS:
        msg = f"workers: found {workers}; allowed: 1 to {MAX_WORKERS}"
        raise ValueError(msg)
    if (n is None) == (stopping is None):
        msg = "n, stopping: found both or neither; allowed: one of them"
        raise ValueError(msg)
    rule = stopping or FixedNumber(n or 0)
    job = Job(scenario, plan, seed, tails=tails, engine=engine, own=True, states=states)
    size = CHUNK if engine == "kernel" else CHUNK_SIMPY
    task = partial(count, job, keep_outcomes)

    def run(pool: Executor | None, instead: Executor | None = None) -> Forecast:
        found: Tally | None = None
        parts: list[Samples] = []
        while (more := rule.more(found)) and not (found and stop is not None and stop()):
            begun = 0 if found is None else found.n
            for _, (own, kept) in mapped(
                task,
                chunks(begun, more, size),
                executor=pool,
                in_flight=2 * workers,
                stop=stop,
                at_least_one=found is None,
                lost=lost,
                instead=instead,
            ):
                found = own if found is None else found + own
                parts += [] if kept is None else [kept]
                if progress is not None:
                    progress(found.n, begun + more)
            if found is None or found.n < begun + more:
                break
        if found is None:
            msg = "no future was simulated"
            raise RuntimeError(msg)
        kept_results = Results(scenario, plan, joined(parts), states=states) if parts else None
        early = bool(rule.more(found))
        return Forecast(scenario, plan, seed, engine, rule, found, kept_results, early)

    if workers == 1:
        return run(executor)
    if executor is None:
        with ThreadPoolExecutor(workers) as threads:
            return run(threads)
    with ThreadPoolExecutor(min(workers, os.cpu_count() or 1)) as threads:
        return run(executor, instead=threads)


def count(job: Job, keep_outcomes: bool, first: int, number: int) -> tuple[Tally, Samples | None]:
    """Simulate some futures and count what they hold: the task that is spread over workers."""
    results = Results(job.scenario, job.plan, sample(job, first, number), states=job.states)
    return tally_of(results), _slim(results.samples) if keep_outcomes else None


def _slim(samples: Samples) -> Samples:
    """Return samples with tail 0 alone: the table of outcomes needs no other."""
    return Samples(
        samples.first,
        samples.values,
        samples.limits,
        samples.flow_fen,
        samples.spend_fen,
        # A view would keep all tails in memory.
        samples.tails[:, :, :1].copy(),
        samples.bound_day,
    )

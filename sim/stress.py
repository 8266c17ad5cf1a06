"""Reverse stress: what would have to be true for a probability to reach a goal.

One thing at a time is scaled, in all bureaus and in the same futures: an assumption's whole
distribution, or the lump sums. Nearest to today's, the factor is sought from which on the goal is
reached; what comes after the site visits needs no new path (:mod:`sim.kept`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from math import isqrt
from typing import Any, Final

import numpy as np

from planner.plan import Plan
from scenarios.assumptions import KNOWN
from scenarios.model import Scenario
from sim.assumptions import ONE, UNITS
from sim.forecast import MAX_WORKERS
from sim.interval import Estimate, estimate_sums
from sim.kept import Kept, keep
from sim.mapping import mapped
from sim.packing import Ints, Packed, limit_of
from sim.results import Results
from sim.samples import Job, prepared
from sim.shift import Stage, stage_of, table_in, with_table
from sim.tally import Key
from sim.tornado import main_hits

BUDGET: Final = "budget"
"""The lever that is no assumption: every bureau's lump sum."""

ONE_FOLD: Final = 1000
"""Factors are whole numbers of thousandths."""

STEPS: Final = (707, 1414, 500, 2000, 354, 2828, 250, 4000, 177, 5657, 125, 8000)
"""Factors tried, the nearest to 1 first, down and up in turn: half an octave each."""

CLOSE: Final = 1.03
"""The factor found is at most so much further from 1 than it need be."""

TAILS: Final = 8
"""Tails a future."""

LEAST_N, MOST_N = 100, 20_000
"""Futures: fewer say nothing, more fill the memory."""


@dataclass(frozen=True, slots=True)
class Scaled:
    """One thing scaled as a whole.

    Attributes
    ----------
    lever
        An assumption, or :data:`BUDGET`.
    factor
        In thousandths.
    """

    lever: str
    factor: int

    @property
    def stage(self) -> Stage:
        """What has to be simulated again."""
        return "path" if self.lever == BUDGET else stage_of(self.lever)

    def of(self, deck: Packed) -> Packed:
        """Return a bureau's deck with it scaled: the same object where nothing changes.

        Raises
        ------
        OverflowError
            When scaled values no longer fit the kernel's integers.
        """
        before = deck.tranche_fen if self.lever == BUDGET else table_in(deck, self.lever)
        after = self._moved(before)
        if np.array_equal(after, before):
            return deck
        if self.lever == BUDGET:
            return deck._replace(tranche_fen=after)
        if int(np.abs(after).max()) >= limit_of(self.lever):
            msg = f"{self.lever} times {self.factor / ONE_FOLD:g} does not fit the simulation"
            raise OverflowError(msg)
        return with_table(deck, self.lever, after.astype(before.dtype))

    def _moved(self, values: Ints) -> Ints:
        scaled: Ints = (values.astype(np.int64) * self.factor + ONE_FOLD // 2) // ONE_FOLD
        if self.lever != BUDGET and KNOWN[self.lever].domain == "probability":
            np.minimum(scaled, ONE, out=scaled)
        return scaled


@dataclass(frozen=True, slots=True)
class Need:
    """What one lever would have to be for one probability.

    Attributes
    ----------
    lever
        An assumption, or :data:`BUDGET`.
    factor
        By how much it is scaled where the goal is reached; where it is reached nowhere, where the
        probability is highest.
    estimate
        The probability there.
    reached
        Whether it is the goal or more.
    """

    lever: str
    factor: float
    estimate: Estimate
    reached: bool

    def to_json(self) -> dict[str, Any]:
        """Return plain data."""
        return {
            "lever": self.lever,
            "factor": self.factor,
            "reached": self.reached,
            **self.estimate.to_json(),
        }


@dataclass(frozen=True, eq=False)
class Stress:
    """What every lever would have to be.

    Attributes
    ----------
    scenario, plan, seed
        What was simulated.
    n, tails
        Futures, and tails of each.
    goal
        The probability to reach.
    base
        Each probability as things are.
    needs
        For each probability its levers: those that reach the goal nearest to today's first, then
        those that do not, the most helpful first. Levers that help nowhere are left out; where the
        goal is reached as things are there are none.
    today
        For each lever and bureau its P10, median and P90 (money: the lump sum thrice), in its unit.
    """

    scenario: Scenario
    plan: Plan
    seed: int
    n: int
    tails: int
    goal: float
    base: Mapping[Key, Estimate]
    needs: Mapping[Key, tuple[Need, ...]]
    today: Mapping[str, Mapping[str, tuple[float, float, float]]]

    def to_json(self) -> dict[str, Any]:
        """Return the content of ``stress.json``."""
        return {
            "scenario": self.scenario.id,
            "scenario_hash": self.scenario.content_hash,
            "plan_hash": self.plan.content_hash,
            "seed": self.seed,
            "n": self.n,
            "tails": self.tails,
            "goal": self.goal,
            "today": {
                lever: {bureau: list(values) for bureau, values in own.items()}
                for lever, own in self.today.items()
            },
            "chances": [
                {
                    "key": list(key),
                    "base": self.base[key].to_json(),
                    "needs": [need.to_json() for need in self.needs[key]],
                }
                for key in self.needs
            ],
        }


def stress(
    scenario: Scenario,
    plan: Plan,
    *,
    goal: float,
    n: int,
    seed: int,
    levers: tuple[str, ...] | None = None,
    workers: int = 1,
    progress: Callable[[int, int], None] | None = None,
    stop: Callable[[], bool] | None = None,
) -> Stress | None:
    """Find what would have to be true for each main probability to reach a goal.

    Parameters
    ----------
    scenario, plan
        The plan must have been made for the scenario.
    goal
        Between 0 and 1.
    n
        Futures, :data:`LEAST_N` to :data:`MOST_N`: the first of those of a forecast of the seed.
    seed
        The same seed gives the same answer, whatever the workers.
    levers
        What to scale; None: every assumption, and the lump sums.
    workers
        Threads to work in.
    progress
        Called with (levers done, levers in all).
    stop
        Asked again and again; once it says yes there is no result.

    Returns
    -------
    Stress or None
        None where it was stopped.

    Raises
    ------
    ValueError
        When goal, n, workers or a lever are not allowed, or the plan belongs to another scenario.
    OverflowError
        When assumptions are beyond what a simulation can hold.
    """
    asked = (BUDGET, *KNOWN) if levers is None else levers
    _expect(goal, n, workers, asked)
    job = Job(scenario, plan, seed, tails=TAILS, own=True)
    kept = keep(job, 0, n)
    base = _sums(kept, None)
    task = partial(_lever, kept, base, asked, goal)

    def run(pool: Executor | None) -> Stress | None:
        found: dict[Key, list[Need]] = {key: [] for key in base}
        done = 0
        for _, own in mapped(
            task,
            ((i, 1) for i in range(len(asked))),
            executor=pool,
            in_flight=2 * workers,
            stop=stop,
        ):
            done += 1
            for key, need in own.items():
                found[key].append(need)
            if progress is not None:
                progress(done, len(asked))
        if done < len(asked):
            return None
        return Stress(
            scenario,
            plan,
            seed,
            n,
            job.tails,
            goal,
            {key: estimate_sums(*sums, n, job.tails) for key, sums in base.items()},
            {key: tuple(sorted(needs, key=_rank)) for key, needs in found.items()},
            {lever: _today(job, lever) for lever in asked},
        )

    if workers == 1:
        return run(None)
    with ThreadPoolExecutor(workers) as threads:
        return run(threads)


def _expect(goal: float, n: int, workers: int, levers: tuple[str, ...]) -> None:
    if not 0 < goal < 1:
        msg = f"goal: found {goal}; allowed: above 0 and below 1"
        raise ValueError(msg)
    if not LEAST_N <= n <= MOST_N:
        msg = f"n: found {n}; allowed: {LEAST_N} to {MOST_N} futures"
        raise ValueError(msg)
    if not 1 <= workers <= MAX_WORKERS:
        msg = f"workers: found {workers}; allowed: 1 to {MAX_WORKERS}"
        raise ValueError(msg)
    for lever in levers:
        if lever != BUDGET and lever not in KNOWN:
            msg = f"levers: found {lever}; allowed: {BUDGET}, {', '.join(KNOWN)}"
            raise ValueError(msg)


Sums = tuple[int, int]
"""Sums over futures of the tails hit, and of their squares."""


@dataclass(slots=True)
class _Tried:
    """What a lever comes to at the factors tried; each is simulated once."""

    kept: Kept
    lever: str
    base: Mapping[Key, Sums]
    found: dict[int, Mapping[Key, Sums] | None] = field(default_factory=dict)

    def at(self, factor: int) -> Mapping[Key, Sums] | None:
        """Return the sums at a factor; None where it does not fit the simulation."""
        if factor == ONE_FOLD:
            return self.base
        if factor not in self.found:
            try:
                self.found[factor] = _sums(self.kept, Scaled(self.lever, factor))
            except OverflowError:
                self.found[factor] = None
        return self.found[factor]

    def p(self, key: Key, factor: int) -> float:
        """Return a probability at a factor; below any where it cannot be simulated."""
        sums = self.at(factor)
        return -1.0 if sums is None else sums[key][0] / (len(self.kept.samples) * TAILS)


def _lever(
    kept: Kept,
    base: Mapping[Key, Sums],
    levers: tuple[str, ...],
    goal: float,
    first: int,
    _count: int,
) -> dict[Key, Need]:
    """Return what one lever would have to be, for each probability it helps."""
    tried = _Tried(kept, levers[first], base)
    found = {}
    for key in base:
        if tried.p(key, ONE_FOLD) >= goal:
            continue
        factor, reached = _nearest(tried, key, goal)
        sums = tried.at(factor)
        if sums is not None and (reached or tried.p(key, factor) > tried.p(key, ONE_FOLD)):
            estimate = estimate_sums(*sums[key], len(kept.samples), TAILS)
            found[key] = Need(levers[first], factor / ONE_FOLD, estimate, reached)
    return found


def _nearest(tried: _Tried, key: Key, goal: float) -> tuple[int, bool]:
    """Return the factor nearest to 1 that reaches the goal, else the one that comes closest."""
    short = {True: ONE_FOLD, False: ONE_FOLD}
    for factor in STEPS:
        up = factor > ONE_FOLD
        if tried.p(key, factor) >= goal:
            return _closer(tried, key, goal, short[up], factor), True
        short[up] = factor
    return max((ONE_FOLD, *STEPS), key=lambda factor: tried.p(key, factor)), False


def _closer(tried: _Tried, key: Key, goal: float, short: int, enough: int) -> int:
    """Halve what lies between a factor that falls short and one that is enough."""
    while max(short, enough) > CLOSE * min(short, enough):
        middle = isqrt(short * enough)
        if tried.p(key, middle) >= goal:
            enough = middle
        else:
            short = middle
    return enough


def _sums(kept: Kept, scaled: Scaled | None) -> dict[Key, Sums]:
    """Return each main probability's sums, of main targets alone, under a lever or none."""
    job = kept.job
    samples = kept.samples if scaled is None else kept.under(scaled)
    main = {target.id for target in job.scenario.targets if target.main}
    return {
        key: (int(hits.sum()), int((hits**2).sum()))
        for key, hits in main_hits(Results(job.scenario, job.plan, samples)).items()
        if key[0] not in ("target", "target_everywhere") or key[-1] in main
    }


def _rank(need: Need) -> tuple[bool, float]:
    far = max(need.factor, 1 / need.factor)
    return (not need.reached, far if need.reached else -need.estimate.p)


def _today(job: Job, lever: str) -> dict[str, tuple[float, float, float]]:
    """Return P10, median and P90 of a lever in each bureau, in its unit."""
    _, decks = prepared(job.scenario, job.plan)
    found = {}
    for bureau, deck in zip(job.scenario.organisation.bureaus, decks, strict=True):
        if lever == BUDGET:
            yuan = int(deck.tranche_fen.sum()) / 100
            found[bureau.id] = (yuan, yuan, yuan)
        else:
            table, unit = table_in(deck, lever), UNITS[KNOWN[lever].domain]
            low, middle, high = (int(table[int(q * len(table))]) / unit for q in (0.1, 0.5, 0.9))
            found[bureau.id] = (low, middle, high)
    return found

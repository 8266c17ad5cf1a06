"""The drivers of every main probability: what moves it, what is unknown, what misses shared.

Two sets of futures of one seed. The tornado's futures have parameters each, as a forecast's have;
the cohorts' share theirs, a few futures a draw.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

from planner.plan import Plan
from scenarios.model import Scenario
from sim import cohorts as grouped
from sim import tornado as swung
from sim.binding import Binding, binding
from sim.cohorts import REPS, Cohorts, Parameter, cohorts
from sim.forecast import MAX_WORKERS
from sim.futures import key_of
from sim.ignorance import Ignorance, ignorance
from sim.interval import CONFIDENCE, Estimate
from sim.misses import Contrast, contrasts, traits_of
from sim.replay import By, Replay, expect_order, replays
from sim.samples import Job
from sim.shortage import Shortage, shortage
from sim.tally import Key
from sim.tornado import Bar, Tornado, tornado
from sim.voi import Worth, worths

LEAST_N, MOST_N = 200, 20_000
"""Futures of the tornado, and draws of the parameters: fewer say nothing, more fill the memory."""


@dataclass(frozen=True, slots=True)
class Chance:
    """One probability and what drives it.

    Attributes
    ----------
    key
        Which (:data:`sim.tornado.MAIN`).
    estimate
        The probability.
    ignorance
        What of it is ignorance.
    levers
        Bars of the tornado, the longest first.
    without
        Assumptions that change it in no future.
    records
        What knowing each assumption is worth, the most first.
    misses
        What differed in the years that missed; None where too few missed or met.
    """

    key: Key
    estimate: Estimate
    ignorance: Ignorance
    levers: tuple[Bar, ...]
    without: tuple[str, ...]
    records: tuple[Worth, ...]
    misses: tuple[Contrast, ...] | None

    def to_json(self) -> dict[str, Any]:
        """Return plain data."""
        contrasted = None if self.misses is None else [x.to_json() for x in self.misses]
        return {
            **self.estimate.to_json(),
            "ignorance": self.ignorance.to_json(),
            "levers": [bar.to_json() for bar in self.levers],
            "without_effect": list(self.without),
            "records": [worth.to_json() for worth in self.records],
            "misses": contrasted,
        }


@dataclass(frozen=True, eq=False)
class Drivers:
    """What drives a plan's probabilities.

    Attributes
    ----------
    scenario, plan, seed
        What was simulated.
    tornado, cohorts
        The two sets of futures.
    replays
        The P10, P50 and P90 futures.
    """

    scenario: Scenario
    plan: Plan
    seed: int
    tornado: Tornado
    cohorts: Cohorts
    replays: dict[str, Replay]

    @property
    def bureaus(self) -> tuple[str, ...]:
        """Ids of the bureaus, in the scenario's order."""
        return tuple(bureau.id for bureau in self.scenario.organisation.bureaus)

    def chance(self, *key: str) -> Chance:
        """Return one probability and what drives it."""
        about = (key[1],) if key[0] in ("target", "all_main") else self.bureaus
        shares = self.cohorts.shares(key)
        return Chance(
            key,
            self.cohorts.estimate(key),
            ignorance(shares),
            self.tornado.bars(key),
            self.tornado.without(key),
            worths(shares, self._parameters(about), key=key_of(self.seed, self.cohorts.job.role)),
            contrasts(shares, traits_of(self.cohorts, about)),
        )

    def _parameters(self, bureaus: tuple[str, ...]) -> list[Parameter]:
        found = {(x.assumption, x.bureau): x for b in bureaus for x in self.cohorts.parameters(b)}
        return list(found.values())

    def shortage(self, bureau: str) -> Shortage:
        """Return when a bureau's money is short."""
        at = self.bureaus.index(bureau)
        return shortage(self.scenario.days, self.cohorts.of("dry_day")[..., at])

    def binding(self, bureau: str) -> tuple[Binding, ...]:
        """Return what holds a bureau back, month by month."""
        at = self.bureaus.index(bureau)
        return binding(self.scenario.days, self.cohorts.bound_day[:, :, at])

    def to_json(self) -> dict[str, Any]:
        """Return the content of ``drivers.json``."""
        own, joint = self._chances()
        return {
            "scenario": self.scenario.id,
            "scenario_hash": self.scenario.content_hash,
            "plan_hash": self.plan.content_hash,
            "seed": self.seed,
            "confidence": CONFIDENCE,
            "tornado": {"n": self.tornado.n, "tails": self.tornado.tails},
            "cohorts": {
                "draws": self.cohorts.thetas,
                "reps": self.cohorts.job.reps,
                "tails": self.cohorts.job.tails,
            },
            "ends": {
                name: {bureau: list(ends) for bureau, ends in by_bureau.items()}
                for name, by_bureau in self.tornado.ends.items()
            },
            "bureaus": {
                b: {
                    **own[b],
                    "shortage": self.shortage(b).to_json(),
                    "limits": [month.to_json() for month in self.binding(b)],
                }
                for b in self.bureaus
            },
            "joint": joint,
            "replays": {name: found.to_json() for name, found in self.replays.items()},
        }

    def _chances(self) -> tuple[dict[str, dict[str, Any]], dict[str, Any]]:
        own: dict[str, dict[str, Any]] = {b: {"targets": {}} for b in self.bureaus}
        joint: dict[str, Any] = {"at_least": {}, "targets": {}}
        for key in self.tornado.keys:
            content = self.chance(*key).to_json()
            match key:
                case ("target", bureau, target):
                    own[bureau]["targets"][target] = content
                case ("all_main", bureau):
                    own[bureau]["all_main"] = content
                case ("at_least", k):
                    joint["at_least"][k] = content
                case (_, target):
                    joint["targets"][target] = content
        return own, joint


def drivers(
    scenario: Scenario,
    plan: Plan,
    *,
    n: int,
    seed: int,
    by: By = "signed_yuan",
    workers: int = 1,
    executor: Executor | None = None,
    progress: Callable[[int, int], None] | None = None,
    stop: Callable[[], bool] | None = None,
) -> Drivers | None:
    """Find what drives a plan's probabilities.

    Parameters
    ----------
    scenario, plan
        The plan must have been made for the scenario.
    n
        Futures of the tornado, and draws of the parameters for the cohorts, :data:`LEAST_N` to
        :data:`MOST_N`.
    seed
        The same seed gives the same drivers, whatever the workers; the tornado's futures are those
        of a forecast of the same seed, but their tails hold their future's parameters true.
    by
        What calls a future bad or good (:data:`sim.replay.By`).
    workers
        Threads to work in where no executor is given; the kernel runs without Python's lock.
    executor
        Any ``concurrent.futures.Executor``; it is not shut down.
    progress
        Called with (done, futures in all).
    stop
        Asked again and again; once it says yes there is no result.

    Returns
    -------
    Drivers or None
        None where it was stopped.

    Raises
    ------
    ValueError
        When n, seed or workers lie outside their range, ``by`` is unknown, or the plan belongs to
        another scenario.
    OverflowError
        When assumptions, or one of their ends, are beyond what a simulation can hold.
    """
    if not LEAST_N <= n <= MOST_N:
        msg = f"n: found {n}; allowed: {LEAST_N} to {MOST_N} futures"
        raise ValueError(msg)
    if not 1 <= workers <= MAX_WORKERS:
        msg = f"workers: found {workers}; allowed: 1 to {MAX_WORKERS}"
        raise ValueError(msg)
    expect_order(by)
    job = Job(scenario, plan, seed)

    def run(pool: Executor | None) -> Drivers | None:
        begun, report = n * REPS, progress or _silent
        common: dict[str, Any] = {"executor": pool, "in_flight": 2 * workers, "stop": stop}
        together = replace(job, tails=grouped.TAILS, reps=REPS)
        found = cohorts(together, n, progress=lambda done, _: report(done, begun + n), **common)
        if found is None:
            return None
        alone = replace(job, tails=swung.TAILS)
        bars = tornado(alone, n, progress=lambda done, _: report(begun + done, begun + n), **common)
        lived = None if bars is None else replays(job, n, by, **common)
        if bars is None or lived is None:
            return None
        return Drivers(scenario, plan, seed, bars, found, lived)

    if executor is not None or workers == 1:
        return run(executor)
    with ThreadPoolExecutor(workers) as threads:
        return run(threads)


def _silent(_done: int, _total: int) -> None:
    """Report progress to nobody."""

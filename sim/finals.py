"""The finals: the best splits judged, raced in fresh futures until one is good enough for sure.

Where splits can neither be added up bureau by bureau nor all be judged, looking for the best one in
some futures finds the luckiest. So the best of those looked at are simulated again: screened, the
survivors raced (:mod:`sim.selection`), in futures that had no part in finding them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from sim.aim import Aim, measure_at, per_future
from sim.grid import Grid, Split
from sim.judging import Judged, levels_at
from sim.optimum import Floats
from sim.selection import BATCH, FIRST_BATCHES, MAX_SYSTEMS, batch_means, screened, select
from sim.sweep import SweepJob, Table, sweep

ENTRANTS = 200
"""Best splits judged that are screened, at most."""

ALPHA = 0.05
"""Probability that the split chosen is further below the best entrant than the margin."""

CAP = 200
"""Batches of a survivor, at most: 6,000 futures."""

BLOCK = 10
"""Batches simulated at a time."""


@dataclass(frozen=True, slots=True)
class Finals:
    """How the race ended.

    Attributes
    ----------
    best
        The split chosen.
    entrants, survivors
        Splits screened, and raced.
    futures
        Fresh futures simulated, screening included.
    margin
        No entrant is better than the best by this or more, with probability ``1 - ALPHA``, where
        guaranteed.
    guaranteed
        Whether that holds; not where the cap was reached, or more survived than can be raced.
    gap
        How much better the best survivor may be, at most.
    """

    best: Split
    entrants: int
    survivors: int
    futures: int
    margin: float
    guaranteed: bool
    gap: float

    def to_json(self) -> dict[str, Any]:
        """Return plain data."""
        return {
            "entrants": self.entrants,
            "survivors": self.survivors,
            "futures": self.futures,
            "margin": self.margin,
            "alpha": ALPHA,
            "guaranteed": self.guaranteed,
            "gap": self.gap,
        }


def finals(
    job: SweepJob,
    aim: Aim,
    grid: Grid,
    found: Judged,
    *,
    first: int,
    simulate: Callable[[SweepJob, int, int], Table] | None = None,
) -> Finals:
    """Race the best of the splits judged.

    Parameters
    ----------
    job
        The sweep in which they were judged.
    aim, grid, found
        What was judged. Today's split enters whatever its estimate.
    first
        First fresh future: past those searched.
    simulate
        Sweeps a number of futures from one on: ``(job, first, n)``; by default in this thread.
    """
    if simulate is None:
        simulate = _simulate
    entrants = _entrants(grid, found)
    levels = tuple(
        tuple(sorted({split[place] for split in entrants})) for place in range(len(grid.bureaus))
    )
    own = replace(job, levels_yuan=levels)
    futures = FIRST_BATCHES * BATCH
    table = simulate(own, first, futures)
    means = _means(own, table, aim, entrants)
    kept = screened(means, ALPHA / 2, tolerance=aim.margin / 2)
    # More than can be raced: the best of them are, and the guarantee is gone.
    raced = sorted(kept, key=lambda row: -means[row].mean())[:MAX_SYSTEMS]
    batches = _Batches(own, aim, entrants, first, simulate)
    chosen = select(
        batches,
        [int(row) for row in sorted(raced)],
        delta=aim.margin / 2,
        alpha=ALPHA / 2,
        cap=CAP,
        guarantee="good",
        first_batch=FIRST_BATCHES,
    )
    return Finals(
        best=entrants[chosen.best],
        entrants=len(entrants),
        survivors=len(raced),
        futures=futures + BATCH * chosen.batches,
        margin=aim.margin,
        guaranteed=chosen.guaranteed and len(raced) == len(kept),
        gap=chosen.gap,
    )


def _entrants(grid: Grid, found: Judged) -> list[Split]:
    """Return the best splits judged, and today's, each once."""
    top = np.argsort(-found.values, kind="stable")[:ENTRANTS]
    some = [grid.split_at(levels_at(found.splits[at])) for at in top]
    now = grid.present_yuan
    if now not in some and sum(now) == grid.total_yuan and grid.levels_of(now) is not None:
        some.append(now)
    return some


def _simulate(job: SweepJob, first: int, n: int) -> Table:
    return sweep(job, n, first=first)


def _means(job: SweepJob, table: Table, aim: Aim, some: Sequence[Split]) -> Floats:
    """Return batch means of splits, shape (splits, batches)."""
    scenario = job.job.scenario
    values = []
    for split in some:
        levels = tuple(own.index(yuan) for own, yuan in zip(job.levels_yuan, split, strict=True))
        values.append(per_future(measure_at(scenario, table, aim, levels)))
    return batch_means(np.array(values), BATCH)


class _Batches:
    """Batch means of entrants, simulated a block of batches at a time and kept."""

    def __init__(
        self,
        job: SweepJob,
        aim: Aim,
        entrants: Sequence[Split],
        first: int,
        simulate: Callable[[SweepJob, int, int], Table],
    ) -> None:
        self.job, self.aim, self.entrants, self.first = job, aim, entrants, first
        self.simulate = simulate
        self.kept: dict[int, Table] = {}

    def __call__(self, systems: Sequence[int], first_batch: int, count: int) -> Floats:
        """Return batch means, shape (systems, count)."""
        some = [self.entrants[system] for system in systems]
        found = []
        for batch in range(first_batch, first_batch + count):
            block, at = divmod(batch, BLOCK)
            if block not in self.kept:
                first = self.first + block * BLOCK * BATCH
                self.kept = {block: self.simulate(self.job, first, BLOCK * BATCH)}
            found.append(_means(self.job, self.kept[block], self.aim, some)[:, at])
        return np.stack(found, axis=1)

"""Response curves: what each bureau makes of every budget, in the futures of a forecast."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.aim import Aim, measure_at
from sim.difference import Difference, difference_of
from sim.grid import Grid, Split
from sim.interval import Estimate, estimate_sums
from sim.paired import paired_sums
from sim.samples import IntArray, Job
from sim.sweep import SweepJob, Table, sweep

COARSE_STEPS = 8
"""Steps between the budgets that are looked at first, to see where money ceases to matter."""

MOVE_YUAN = 20_000
"""How far below and above a budget the worth of more is measured, as an allocation does."""


@dataclass(frozen=True, eq=False)
class Curves:
    """Every bureau at every budget up to where money turns nothing away.

    Attributes
    ----------
    job
        Scenario, plan, seed and tails.
    step_yuan
        Between two budgets.
    levels_yuan
        Budgets of each bureau, rising; above the last one nothing changes, unless it is the
        highest that was asked for.
    table
        What each comes to.
    """

    job: Job
    step_yuan: int
    levels_yuan: tuple[tuple[int, ...], ...]
    table: Table

    @property
    def bureaus(self) -> tuple[str, ...]:
        """Ids of the bureaus, in the scenario's order."""
        return tuple(bureau.id for bureau in self.job.scenario.organisation.bureaus)

    def target_odds(self, place: int, target: str) -> list[Estimate]:
        """Return how likely a bureau meets one of its targets, budget by budget."""
        return self._odds(self.table.hits[self.bureaus[place], target])

    def main_odds(self, place: int) -> list[Estimate]:
        """Return how likely a bureau meets all its main targets, budget by budget."""
        counts = self.table.values["bureaus"][place]
        return self._odds(np.stack([counts.sum(axis=1), (counts**2).sum(axis=1)], axis=1))

    def enough_odds(self, place: int) -> list[Estimate]:
        """Return how likely money turns nothing away, budget by budget."""
        return [estimate_sums(k, k, self.table.n, 1) for k in self.table.unbound[place].tolist()]

    def never_binding_yuan(self, place: int, share: float) -> int | None:
        """Return the budget from which money turns nothing away in such a share of futures."""
        levels = zip(self.levels_yuan[place], self.enough_odds(place), strict=True)
        return next((yuan for yuan, odds in levels if odds.p >= share), None)

    def worth(self, split: Split, place: int, aim: Aim) -> tuple[int, int, Difference]:
        """Return what more money is worth to a bureau at a split, near which it is measured.

        Returns
        -------
        tuple
            The budgets it was measured between, and the difference of the aim between the two in
            the same futures.
        """
        low = max(self.levels_yuan[place][0], self._on(split[place] - MOVE_YUAN, place))
        high = self._on(split[place] + MOVE_YUAN, place)
        ends = [self._levels((*split[:place], yuan, *split[place + 1 :])) for yuan in (low, high)]
        a, b = (measure_at(self.job.scenario, self.table, aim, own) for own in ends)
        return low, high, difference_of(paired_sums(a, b), same=ends[0] == ends[1])

    def _on(self, yuan: int, place: int) -> int:
        """Return the budget on a bureau's steps that is reached by so much."""
        first = self.levels_yuan[place][0]
        return first + (yuan - first) // self.step_yuan * self.step_yuan

    def _levels(self, split: Sequence[int]) -> tuple[int, ...]:
        """Return the levels that budgets reach; what lies beyond the last is as at the last."""
        return tuple(
            max(0, bisect_right(own, yuan) - 1)
            for own, yuan in zip(self.levels_yuan, split, strict=True)
        )

    def _odds(self, sums: IntArray) -> list[Estimate]:
        n, tails = self.table.n, self.table.tails
        return [estimate_sums(first, second, n, tails) for first, second in sums.tolist()]


def response_curves(job: Job, grid: Grid, n: int) -> Curves:
    """Sweep the budgets of a grid in the futures of a forecast.

    Where money turns nothing away in any of the futures, more of it changes nothing: budgets above
    are not simulated one by one.

    Raises
    ------
    OverflowError
        When assumptions are beyond what a simulation can hold.
    """
    coarse = tuple(tuple(own[::COARSE_STEPS]) for own in grid.levels)
    seen = sweep(SweepJob(job, coarse), n)
    levels = []
    for place, own in enumerate(grid.levels):
        enough = np.flatnonzero(seen.unbound[place] == n)
        top = coarse[place][enough[0]] if len(enough) else own[-1]
        levels.append(tuple(yuan for yuan in own if yuan <= top))
    return Curves(job, grid.step_yuan, tuple(levels), sweep(SweepJob(job, tuple(levels)), n))

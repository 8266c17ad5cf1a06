"""The certificate: how much better another split could be, and which are not excluded.

The futures are drawn again with replacement, all budgets in the same futures (a bootstrap of the
table): that shows how far chance alone puts any split behind another. What a split may be ahead of
the chosen one beyond that is what the chosen one may still lack. The estimate of the winner itself
is too high, as winners' are; it is never published (:mod:`sim.allocation` estimates it again in
fresh futures).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scenarios.model import Scenario
from sim.aim import Aim, measure_at, per_future, unit_of
from sim.futures import resampled
from sim.grid import Grid
from sim.interval import CONFIDENCE
from sim.judging import EQUAL, Judged, levels_at
from sim.optimum import Floats, Levels, best_values
from sim.sweep import Table

CANDIDATES = 2_000
"""Best splits that are compared one by one."""

REPLICATES = 500
"""Times the futures are drawn again, where that is quick."""

LEAST_REPLICATES = 100

QUICK = 20_000_000_000
"""Replicates times steps of the dynamic program that are quick."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """How good a split is known to be, among all splits of the grid.

    Attributes
    ----------
    gap_bound
        By how much the best split beats the chosen one at most, with :data:`CONFIDENCE`, in the
        aim's own unit.
    present_gap_bound
        The same for today's split, and never less: it is not the one that looks best. None where
        it is no split of this total.
    replicates
        Times the futures were drawn again.
    n, tails
        Futures, and tails of each, in which splits were compared.
    n_splits
        Splits on the grid.
    n_compared
        Of those, how many the bounds are over: all, or the :data:`CANDIDATES` best.
    not_excluded
        How many splits may still be the best; None where they were not compared one by one.
    complete
        Whether all splits were compared for that, or only the :data:`CANDIDATES` best.
    ranges_yuan
        Lowest and highest budget of each bureau among the splits not excluded.
    present_excluded
        Whether today's split is excluded; None where it was not compared.
    """

    gap_bound: float
    present_gap_bound: float | None
    replicates: int
    n: int
    tails: int
    n_splits: int
    n_compared: int
    not_excluded: int | None
    complete: bool
    ranges_yuan: tuple[tuple[int, int], ...]
    present_excluded: bool | None

    def to_json(self) -> dict[str, Any]:
        """Return plain data."""
        return {
            "gap_bound": self.gap_bound,
            "present_gap_bound": self.present_gap_bound,
            "confidence": CONFIDENCE,
            "replicates": self.replicates,
            "n": self.n,
            "tails": self.tails,
            "n_splits": self.n_splits,
            "n_compared": self.n_compared,
            "not_excluded": self.not_excluded,
            "complete": self.complete,
            "ranges_yuan": [list(own) for own in self.ranges_yuan],
            "present_excluded": self.present_excluded,
        }


def certify(
    scenario: Scenario,
    table: Table,
    grid: Grid,
    aim: Aim,
    chosen: Levels,
    found: Judged | None,
    *,
    key: tuple[int, int],
) -> Certificate:
    """Say how good the chosen split is.

    Parameters
    ----------
    scenario, table, grid, aim
        What was searched.
    chosen
        Levels of the split with the best estimate.
    found
        What was judged; None where there are too many splits, then the aim must add up.
    key
        Of the seed: the futures are drawn again by it.

    Notes
    -----
    How far every split is behind the chosen one is estimated with its standard error over futures;
    by how many errors chance alone puts one behind, of all compared the most, is drawn again (the
    studentised supremum). The bound is the most that any split may be ahead then; a split is
    excluded where it may not be ahead at all. Where there are too many splits to list, the
    supremum is over all of them without standard errors, which is wider.
    """
    present = grid.levels_of(grid.present_yuan)
    if present is not None and sum(present) != grid.slack_steps:
        present = None
    weights = resampled(table.n, _replicates(grid), key=key) / table.n
    if found is None:
        if not aim.additive:
            msg = f"splits: found none for an aim in which bureaus meet ({aim.name}); allowed: all"
            raise ValueError(msg)
        bounds = _sum_bounds(scenario, table, grid, aim, (chosen, present), weights)
        return Certificate(
            *_rising(*bounds),
            len(weights),
            table.n,
            table.tails,
            grid.n_splits,
            grid.n_splits,
            None,
            False,
            (),
            None,
        )
    splits = found.splits
    today = np.zeros(0, np.int64) if present is None else _rows(splits, present)
    # Of many that are level the chosen one may not be among the first.
    top = np.argsort(-found.values, kind="stable")[:CANDIDATES]
    top = np.union1d(top, np.concatenate([_rows(splits, chosen), today]))
    each = np.stack(
        [per_future(measure_at(scenario, table, aim, levels_at(splits[at]))) for at in top]
    )

    def against(levels: Levels) -> tuple[Floats, Floats, float]:
        """Return how far splits are behind one, the errors, and how many of them chance makes."""
        own = per_future(measure_at(scenario, table, aim, levels))
        means, errors, critical = _studentised(own - each, weights)
        if aim.additive:
            means, errors = _all_behind(scenario, table, aim, levels, splits)
        return means, errors, critical

    means, errors, critical = against(chosen)
    among = splits if aim.additive else splits[top]
    kept = means <= critical * errors + EQUAL
    lacks = _lead(means, errors, critical)
    now = None if present is None else _lead(*against(present))
    return Certificate(
        gap_bound=lacks,
        present_gap_bound=None if now is None else max(now, lacks),
        replicates=len(weights),
        n=table.n,
        tails=table.tails,
        n_splits=grid.n_splits,
        n_compared=grid.n_splits if aim.additive else len(top),
        not_excluded=int(kept.sum()),
        complete=aim.additive or (found.every and (len(top) == len(splits) or not kept.all())),
        ranges_yuan=_ranges(grid, among[kept]),
        present_excluded=_excluded(present, among, kept),
    )


def _studentised(behind: Floats, weights: Floats) -> tuple[Floats, Floats, float]:
    """Return means and standard errors over futures, and by how many errors chance puts one behind.

    The last is the upper quantile of the most of them all (the studentised supremum).
    """
    n = behind.shape[1]
    means, errors = behind.mean(axis=1), behind.std(axis=1, ddof=1) / np.sqrt(n)
    spread = errors > 0
    if not spread.any():
        return means, errors, 0.0
    apart = means[spread, np.newaxis] - behind[spread] @ weights.T
    return means, errors, _upper((apart / errors[spread, np.newaxis]).max(axis=0))


def _lead(means: Floats, errors: Floats, critical: float) -> float:
    """Return by how much any split may be ahead at most, all of them at once."""
    return max(0.0, float((critical * errors - means).max()))


def _sum_bounds(
    scenario: Scenario,
    table: Table,
    grid: Grid,
    aim: Aim,
    some: tuple[Levels, Levels | None],
    weights: Floats,
) -> tuple[float, float | None]:
    """Bound the lead of the best of all splits over some, for an aim that adds up.

    Chance makes a split lead by no more than it makes any lead, in the futures drawn again: the
    best of all for that is found by dynamic programming.
    """
    unit = unit_of(scenario, table, aim)
    name = "score" if aim.scored else aim.name
    seen = [own.mean(axis=1) / unit for own in table.values[name]]
    again = [
        weights @ (own.T / unit) - mean for own, mean in zip(table.values[name], seen, strict=True)
    ]
    by_chance = best_values(again, grid.slack_steps)
    ahead = best_values([own[np.newaxis] for own in seen], grid.slack_steps)[0]

    def over(levels: Levels) -> float:
        moved = np.zeros(len(weights))
        for drawn, level in zip(again, levels, strict=True):
            moved += drawn[:, level]
        lead = ahead - sum(own[level] for own, level in zip(seen, levels, strict=True))
        return float(lead) + _upper(by_chance - moved)

    chosen, present = some
    return over(chosen), None if present is None else over(present)


def _rising(chosen: float, present: float | None) -> tuple[float, float | None]:
    """Return both bounds; where chance puts today's below the chosen one's, it is raised."""
    # What is the same split adds up in another order: a hair below 0 is 0.
    chosen = max(0.0, chosen)
    return chosen, None if present is None else max(chosen, present)


def _replicates(grid: Grid) -> int:
    work = sum(grid.n_levels) * (grid.slack_steps + 1)
    return max(LEAST_REPLICATES, min(REPLICATES, QUICK // work))


def _upper(values: Floats) -> float:
    return float(np.quantile(values, CONFIDENCE, method="higher"))


def _rows(splits: NDArray[np.int16], levels: Sequence[int]) -> NDArray[np.int64]:
    """Return where a split stands among splits."""
    return np.flatnonzero((splits == np.array(levels)).all(axis=1))


def _all_behind(
    scenario: Scenario, table: Table, aim: Aim, chosen: Levels, splits: NDArray[np.int16]
) -> tuple[Floats, Floats]:
    """Return by how much every split is behind on average, and the standard error of that.

    What a split lacks in a future is a sum over bureaus, so its variance is a sum of covariances
    of budgets: every split is looked up, none is simulated.
    """
    unit = unit_of(scenario, table, aim)
    name = "score" if aim.scored else aim.name
    lacks = [
        (own[level] - own) / unit for own, level in zip(table.values[name], chosen, strict=True)
    ]
    means = np.zeros(len(splits))
    for place, own in enumerate(lacks):
        means += own.mean(axis=1)[splits[:, place]]
    centred = [own - own.mean(axis=1, keepdims=True) for own in lacks]
    squares = np.zeros(len(splits))
    for i, own in enumerate(centred):
        for j in range(i, len(centred)):
            both = own @ centred[j].T / (table.n - 1)
            squares += (1 if i == j else 2) * both[splits[:, i], splits[:, j]]
    return means, np.sqrt(np.maximum(squares, 0.0) / table.n)


def _ranges(grid: Grid, kept: NDArray[np.int16]) -> tuple[tuple[int, int], ...]:
    low, high = grid.split_at(kept.min(axis=0)), grid.split_at(kept.max(axis=0))
    return tuple(zip(low, high, strict=True))


def _excluded(
    present: Sequence[int] | None, among: NDArray[np.int16], kept: NDArray[np.bool_]
) -> bool | None:
    """Return whether today's split is excluded; None where it is no split of this total."""
    if present is None:
        return None
    found = _rows(among, present)
    return not bool(kept[found].any()) if len(found) else None

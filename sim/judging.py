"""Judging: every split that may be the best, with its estimate in the futures searched.

All of them where they can be added up or counted quickly. Where there are too many (points that
bureaus are ranked for take long to work out; many bureaus have more splits than can be listed), all
are judged on a coarser grid, and the best of those and today's are then bettered by moves between
two bureaus, in small steps too, until no move betters them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from scenarios.model import Scenario
from sim.aim import Aim, additive_values, values_of
from sim.enumeration import MOST_SPLITS, splits_of
from sim.grid import Grid, Split
from sim.optimum import Floats, Levels, best_splits
from sim.sweep import CONTEST_TAILS, Table

RANKED_WORK = 5_000_000_000
"""Splits times bureaus times tails in which ranked points are worked out one by one."""

QUICK_SPLITS = 100_000
"""Splits of a grid that are judged in next to no time."""

STARTS = 20
"""Splits of the coarser grid that are bettered."""

MOVES = (1, 2, 4, 8, 16)
"""Steps that move from one bureau to another."""

EQUAL = 1e-12
"""Estimates no further apart than this are equal: they were added up in another order."""


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """Splits with their estimates.

    Attributes
    ----------
    splits
        Levels, shape (splits, bureaus).
    values
        Estimates, shape (splits,).
    every
        Whether these are all splits of the grid.
    """

    splits: NDArray[np.int16]
    values: Floats
    every: bool


def judge(scenario: Scenario, table: Table, aim: Aim, grid: Grid) -> Judged | None:
    """Judge the splits of a grid; None where the aim adds up and there are too many to list."""
    n = grid.n_splits
    if n > MOST_SPLITS:
        return None if aim.additive else _refined(scenario, table, aim, grid)
    tails = table.n * max(1, min(table.tails, CONTEST_TAILS))
    if aim.name == "ranked-score" and n * len(table.main) * tails > RANKED_WORK:
        return _refined(scenario, table, aim, grid)
    splits = splits_of(grid)
    return Judged(splits, values_of(scenario, table, aim, splits), every=True)


def best_levels(
    scenario: Scenario, table: Table, aim: Aim, grid: Grid, found: Judged | None = None
) -> Levels:
    """Return the split with the best estimate; of equal ones the one that moves least money.

    By dynamic programming where the aim adds up over bureaus, else of those judged.
    """
    moved = [grid.moved_yuan(place) for place in range(len(grid.bureaus))]
    if aim.additive:
        optimum = best_splits(additive_values(table, aim), moved, grid.slack_steps)
        return optimum.split(grid.slack_steps)
    if found is None:
        msg = f"found: none for an aim in which bureaus meet ({aim.name}); allowed: judged splits"
        raise ValueError(msg)
    top = np.flatnonzero(found.values >= found.values.max() - EQUAL)
    distance = np.zeros(len(top), np.int64)
    for place, own in enumerate(moved):
        distance += np.array(own)[found.splits[top, place]]
    return levels_at(found.splits[top[distance.argmin()]])


def best_of(scenario: Scenario, table: Table, aim: Aim, grid: Grid) -> Levels:
    """Return the split with the best estimate of a grid of which nothing was judged yet."""
    found = None if aim.additive else judge(scenario, table, aim, grid)
    return best_levels(scenario, table, aim, grid, found)


def levels_at(row: NDArray[np.int16]) -> Levels:
    """Return one row of splits as levels."""
    return tuple(int(level) for level in row)


def _refined(scenario: Scenario, table: Table, aim: Aim, grid: Grid) -> Judged:
    """Judge a coarser grid whole, and better its best splits and today's on the grid itself."""
    rough = quick(grid)
    whole = splits_of(rough)
    values = values_of(scenario, picked(table, grid, rough), aim, whole)
    top = np.argsort(-values, kind="stable")[:STARTS]
    starts = {_filled(grid, rough.split_at(levels_at(whole[at]))) for at in top}
    now = grid.levels_of(grid.present_yuan)
    if now is not None and sum(now) == grid.slack_steps:
        starts.add(now)
    # What is best for each bureau by itself is often near what is best for all together.
    starts.add(best_levels(scenario, table, Aim("bureaus"), grid, None))
    seen: dict[Levels, float] = {}
    for start in sorted(starts):
        _climb(scenario, table, aim, grid, start, seen)
    found = sorted(seen)
    return Judged(np.array(found, np.int16), np.array([seen[x] for x in found]), every=False)


def _filled(grid: Grid, split: Split) -> Levels:
    """Return a split that gives out too little, what is left given to the first with room."""
    levels = [own.index(yuan) for own, yuan in zip(grid.levels, split, strict=True)]
    left = grid.slack_steps - sum(levels)
    for place, n in enumerate(grid.n_levels):
        more = min(left, n - 1 - levels[place])
        levels[place] += more
        left -= more
    return tuple(levels)


def _climb(
    scenario: Scenario, table: Table, aim: Aim, grid: Grid, at: Levels, seen: dict[Levels, float]
) -> None:
    """Move money between two bureaus as long as that betters the estimate; note all looked at."""
    while True:
        near = sorted({at, *neighbours(grid, at)})
        fresh = [levels for levels in near if levels not in seen]
        if fresh:
            found = values_of(scenario, table, aim, np.array(fresh, np.int16))
            seen.update(zip(fresh, found.tolist(), strict=True))
        best = max(near, key=lambda levels: seen[levels])
        if seen[best] <= seen[at] + EQUAL:
            return
        at = best


def neighbours(grid: Grid, levels: Levels, moves: tuple[int, ...] = MOVES) -> Iterator[Levels]:
    """Yield the splits that so many steps, moved from one bureau to another, make of one."""
    for giver in range(len(levels)):
        for taker in range(len(levels)):
            for move in moves:
                other = list(levels)
                other[giver] -= move
                other[taker] += move
                if giver != taker and other[giver] >= 0 and other[taker] < grid.n_levels[taker]:
                    yield tuple(other)


def quick(grid: Grid) -> Grid:
    """Return the grid, its steps made larger until its splits can be judged at once."""
    own, step = grid, grid.step_yuan
    while own.n_splits > QUICK_SPLITS:
        step += grid.step_yuan
        own = coarser(grid, step)
    return own


def coarser(grid: Grid, step_yuan: int) -> Grid:
    """Return the budgets of a grid that differ from today's by whole larger steps.

    The total is the nearest below that can be given out.
    """
    levels = [
        [yuan for yuan in own if (yuan - now) % step_yuan == 0] or [own[0]]
        for own, now in zip(grid.levels, grid.present_yuan, strict=True)
    ]
    first = tuple(own[0] for own in levels)
    total = sum(first) + max(0, grid.total_yuan - sum(first)) // step_yuan * step_yuan
    return replace(
        grid,
        step_yuan=step_yuan,
        total_yuan=total,
        first_yuan=first,
        n_levels=tuple(map(len, levels)),
    )


def picked(table: Table, grid: Grid, kept: Grid) -> Table:
    """Return the table at some of its budgets."""
    rows = [
        [own.index(yuan) for yuan in some]
        for own, some in zip(grid.levels, kept.levels, strict=True)
    ]
    return replace(
        table,
        values={
            name: tuple(own[at] for own, at in zip(some, rows, strict=True))
            for name, some in table.values.items()
        },
        main=tuple(own[at] for own, at in zip(table.main, rows, strict=True)),
        contest=tuple(
            own[at] for own, at in zip(table.contest, rows[: len(table.contest)], strict=True)
        ),
    )

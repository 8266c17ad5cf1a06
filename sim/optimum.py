"""The optimum of a sum: the best split for every total at once, by dynamic programming.

For aims that add up over bureaus. Bureau after bureau, the best that the bureaus so far can do with
so many steps is worked out for every number of steps; the last row holds the best for every total.
Never a greedy search: a flat or noisy step stops it for good.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.samples import IntArray

Floats = NDArray[np.float64]
Levels = tuple[int, ...]

IMPOSSIBLE = np.iinfo(np.int64).min // 4
"""Value of a total that no split has."""

FAR = np.iinfo(np.int64).max // 4


@dataclass(frozen=True, slots=True, eq=False)
class Optimum:
    """The best split for every number of steps above the smallest budgets.

    Attributes
    ----------
    values
        Best sum of values with exactly ``t`` steps, shape (steps + 1,); :data:`IMPOSSIBLE` where
        no split gives out so many.
    moved
        By how much the budgets of that split differ from today's, in the unit they came in.
    choices
        Level of each bureau in the best way to give out ``t`` steps to it and those before.
    """

    values: IntArray
    moved: IntArray
    choices: tuple[IntArray, ...]

    def split(self, steps: int) -> Levels:
        """Return the level of each bureau in the best split of so many steps.

        Raises
        ------
        ValueError
            When no split gives out so many.
        """
        if not 0 <= steps < len(self.values) or self.values[steps] <= IMPOSSIBLE:
            msg = f"steps: found {steps}; allowed: what the bureaus' budgets can take up"
            raise ValueError(msg)
        levels = []
        for own in reversed(self.choices):
            levels.append(int(own[steps]))
            steps -= levels[-1]
        return tuple(reversed(levels))


def best_splits(
    values: Sequence[IntArray], moved: Sequence[Sequence[int]], most_steps: int
) -> Optimum:
    """Find the best split for every total.

    Parameters
    ----------
    values
        For each bureau the value of each level: whole numbers, so that what is equal is equal.
    moved
        For each bureau and level by how much it differs from what the bureau has: of splits of
        equal value the one that moves least is taken, and of those the one whose later bureaus
        have less.
    most_steps
        The most steps to give out.
    """
    best = np.full(most_steps + 1, IMPOSSIBLE, np.int64)
    least = np.full(most_steps + 1, FAR, np.int64)
    best[0], least[0] = 0, 0
    choices = []
    for own, distance in zip(values, moved, strict=True):
        new = np.full_like(best, IMPOSSIBLE)
        shift = np.full_like(least, FAR)
        choice = np.zeros(most_steps + 1, np.int64)
        for level in range(min(len(own), most_steps + 1)):
            reach = slice(level, None)
            value = best[: most_steps + 1 - level] + int(own[level])
            far = least[: most_steps + 1 - level] + int(distance[level])
            better = (value > new[reach]) | ((value == new[reach]) & (far < shift[reach]))
            # What cannot be given out stays impossible, whatever is added to it.
            better &= best[: most_steps + 1 - level] > IMPOSSIBLE
            new[reach] = np.where(better, value, new[reach])
            shift[reach] = np.where(better, far, shift[reach])
            choice[reach] = np.where(better, level, choice[reach])
        best, least = new, shift
        choices.append(choice)
    return Optimum(best, least, tuple(choices))


def best_values(values: Sequence[Floats], steps: int) -> Floats:
    """Return the best sum with exactly so many steps, for many tables at once.

    Parameters
    ----------
    values
        For each bureau, shape (tables, levels).
    steps
        Steps to give out.

    Returns
    -------
    ndarray of float64, shape (tables,)
    """
    tables = values[0].shape[0]
    best = np.full((tables, steps + 1), -np.inf)
    best[:, 0] = 0.0
    for own in values[:-1]:
        new = np.full_like(best, -np.inf)
        for level in range(min(own.shape[1], steps + 1)):
            reach = new[:, level:]
            np.maximum(reach, best[:, : steps + 1 - level] + own[:, level, np.newaxis], out=reach)
        best = new
    last = values[-1]
    levels = np.arange(min(last.shape[1], steps + 1))
    return np.asarray((best[:, steps - levels] + last[:, levels]).max(axis=1))

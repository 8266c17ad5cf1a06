"""Enumeration: every split of a grid, for aims in which bureaus meet.

How likely all bureaus meet their targets is no sum over bureaus, and never the product of how
likely each does: what they share (a bad year) makes them miss together. Here every split is judged
in every simulated tail, from what each bureau does in it. Bits and sums only, compiled.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sim.counting import READINGS, count, count_all, count_many, list_splits, rank
from sim.grid import Grid
from sim.samples import IntArray

Floats = NDArray[np.float64]

MOST_SPLITS = 6_000_000
"""More splits than this are not enumerated."""

FEW_BUREAUS = 15
"""So many are counted with four bits, which is quicker."""

MAX_BUREAUS = 63
"""More bureaus than this are not looked at together."""


def splits_of(grid: Grid) -> NDArray[np.int16]:
    """Return the levels of every split of the total, shape (splits, bureaus), in order.

    Raises
    ------
    ValueError
        When there are more than :data:`MOST_SPLITS`, or budgets of a bureau than levels count.
    """
    most = int(np.iinfo(np.int16).max)
    if max(grid.n_levels) > most:
        msg = f"levels: found {max(grid.n_levels):,}; allowed: up to {most:,}; take a larger step"
        raise ValueError(msg)
    n = grid.n_splits
    if n > MOST_SPLITS:
        msg = f"splits: found {n:,}; allowed: up to {MOST_SPLITS:,}; take a larger step"
        raise ValueError(msg)
    found = np.empty((n, len(grid.bureaus)), np.int16)
    list_splits(np.array(grid.n_levels, np.int64), grid.slack_steps, found)
    return found


def at_least(words: Sequence[NDArray[np.uint64]], splits: NDArray[np.int16], k: int) -> IntArray:
    """Count, for every split, the tails in which at least ``k`` bureaus meet their main targets.

    Parameters
    ----------
    words
        For each bureau its tails as bits, shape (levels, words); what pads them is 0.
    splits
        Levels, shape (splits, bureaus), rows in order for speed.
    k
        From 1 to the number of bureaus.

    Raises
    ------
    ValueError
        When k lies outside, or there are more than :data:`MAX_BUREAUS` bureaus.
    """
    bureaus = len(words)
    if not 1 <= k <= bureaus or bureaus > MAX_BUREAUS:
        msg = f"k of bureaus: found {k} of {bureaus}; allowed: 1 to all of {MAX_BUREAUS} at most"
        raise ValueError(msg)
    starts = np.cumsum([0, *(len(own) for own in words[:-1])])
    found = np.zeros(len(splits), np.int64)
    if k == bureaus:
        count_all(np.concatenate(words), starts, splits, found)
    elif bureaus <= FEW_BUREAUS:
        count(np.concatenate(words), starts, splits, k, found)
    else:
        planes = bureaus.bit_length()
        count_many(np.concatenate(words), starts, splits, k, planes, found)
    return found


def ranked_points(
    amounts: Sequence[Floats],
    ratios: Sequence[Floats],
    met: Sequence[NDArray[np.bool_]],
    worth: Floats,
    splits: NDArray[np.int16],
    *,
    reading: str,
    first_requires_completion: bool,
) -> Floats:
    """Return the mean points, added over bureaus, of an item that ranks them, for every split.

    The twin of :func:`scenarios.formulas.rank_first_else_share` for many splits.

    Parameters
    ----------
    amounts, ratios, met
        For each bureau in the contest: amount, completion and whether the minimum is met, shape
        (levels, tails).
    worth
        Points of the first, by bureau: weight times scale.
    splits
        Levels of those bureaus, shape (splits, bureaus).
    reading
        One of :data:`sim.counting.READINGS`.
    first_requires_completion
        As in the item.
    """
    starts = np.cumsum([0, *(len(own) for own in amounts[:-1])])
    found: Floats = np.zeros(len(splits))
    rank(
        np.concatenate(amounts),
        np.concatenate(ratios),
        np.concatenate(met),
        worth,
        starts,
        splits,
        READINGS.index(reading),
        first_requires_completion,
        found,
    )
    mean: Floats = found / amounts[0].shape[1]
    return mean

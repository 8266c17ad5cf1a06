"""Paired sums: two sides in the same futures, in whole numbers that add up in any order.

Nothing here but sums over futures is kept: how much each side does, how much they differ, how
often, and how much that varies. What they tell is :mod:`sim.difference`'s to say.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

from sim.measures import Kind, Measure
from sim.tally import Key

_SUMS = ("first_a", "second_a", "first_b", "second_b", "square", "differing", "less", "more")


@dataclass(frozen=True, slots=True)
class PairedSums:
    """One measure of two sides, summed over futures.

    Attributes
    ----------
    kind, unit
        Of the measure.
    tails
        Tails it has in each future; 1 where it is decided before the site visits.
    n
        Futures.
    first_a, first_b
        Sums over futures and tails, in the measure's whole numbers.
    second_a, second_b
        Sums over futures of the square of what a future's tails add up to.
    square
        Sum over futures of the square of the difference between the two.
    differing
        Futures in which any tail differs.
    less, more
        Tails in which B lies below A, and above it.
    """

    kind: Kind
    unit: int
    tails: int
    n: int
    first_a: int
    second_a: int
    first_b: int
    second_b: int
    square: int
    differing: int
    less: int
    more: int

    def __add__(self, other: PairedSums) -> PairedSums:
        """Return the sums over both sets of futures."""
        added = {name: getattr(self, name) + getattr(other, name) for name in ("n", *_SUMS)}
        return replace(self, **added)

    @property
    def first(self) -> int:
        """Sum over futures and tails of B less A: what adds up from step to step."""
        return self.first_b - self.first_a

    def to_json(self) -> dict[str, int]:
        """Return the whole numbers."""
        return {
            field.name: getattr(self, field.name) for field in fields(self) if field.name in _SUMS
        }


@dataclass(frozen=True, slots=True, eq=False)
class PairedTally:
    """Two sides in the same futures.

    Attributes
    ----------
    common
        Sums by measure, for what both sides have.
    only_a, only_b
        Keys of what one side has and the other has not, or has of something else (a target of
        the same name on another metric; what other bureaus do together).
    """

    common: Mapping[Key, PairedSums]
    only_a: tuple[Key, ...]
    only_b: tuple[Key, ...]

    def __add__(self, other: PairedTally) -> PairedTally:
        """Return the tally of both sets of futures."""
        common = {key: sums + other.common[key] for key, sums in self.common.items()}
        return replace(self, common=common)


def pair(a: Mapping[Key, Measure], b: Mapping[Key, Measure]) -> PairedTally:
    """Pair the measures of two sides in the same futures and tails."""
    common = [key for key, own in a.items() if key in b and b[key].about == own.about]
    return PairedTally(
        {key: paired_sums(a[key], b[key]) for key in common},
        _without(a, common),
        _without(b, common),
    )


def paired_sums(a: Measure, b: Measure) -> PairedSums:
    """Sum one measure of two sides.

    Raises
    ------
    ValueError
        When units, futures or tails differ.
    """
    if (a.kind, a.unit, a.values.shape) != (b.kind, b.unit, b.values.shape):
        msg = (
            f"measures: found {a.kind} in units of {a.unit}, {a.values.shape}, and {b.kind} in "
            f"units of {b.unit}, {b.values.shape}; allowed: the same futures, tails and units"
        )
        raise ValueError(msg)
    own, others = a.values.sum(axis=1, dtype=np.int64), b.values.sum(axis=1, dtype=np.int64)
    return PairedSums(
        kind=a.kind,
        unit=a.unit,
        tails=a.values.shape[1],
        n=len(own),
        first_a=int(own.sum()),
        second_a=_squares(own),
        first_b=int(others.sum()),
        second_b=_squares(others),
        square=_squares(others - own),
        differing=int((a.values != b.values).any(axis=1).sum()),
        less=int((b.values < a.values).sum()),
        more=int((b.values > a.values).sum()),
    )


def _squares(values: NDArray[np.int64]) -> int:
    """Return the sum of squares, exactly: the squares of fen do not fit 64 bits."""
    return sum(value * value for value in values.tolist())


def _without(some: Mapping[Key, Measure], common: Iterable[Key]) -> tuple[Key, ...]:
    known = set(common)
    return tuple(key for key in some if key not in known)

"""Delays: how long a stage takes, where the median stated is not known for sure.

As for sizes (:mod:`sim.amounts`), part of a log-normal's spread is luck, from lead to lead, and
part is that nobody knows the median; only that part can be learned. It is held at a few shifts of
the median, placed where the records leave any doubt.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeVar

import numpy as np
from scipy.special import ndtr

from scenarios.assumptions import LogNormal
from scenarios.model import Scenario
from sim.amounts import unknown_and_luck
from sim.assumptions import table_of
from sim.posterior import REACH, Floats, Prior, moments

_FIRST: Final = 9
_NODES: Final = 13
_REACH: Final = 6.0
"""Nodes reach so many standard deviations: spaced by one, sums over a normal are exact to 1e-8."""

_ROUNDS: Final = 4
"""So often at most are shifts placed where their weights are."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True, eq=False)
class Delay:
    """A delay at some shifts of its median, for the bureaus that assume the same of it.

    Attributes
    ----------
    prior
        The scenario's.
    days
        Its quantile table, by which it lasts where it is not learned.
    shifts
        Normal scores of the median, evenly spaced, shape (n,); a single 0 where it is not learned.
    """

    prior: Prior
    days: np.ndarray[tuple[int], np.dtype[np.int64]]
    shifts: Floats

    @property
    def learns(self) -> bool:
        """Whether records can move its median."""
        return len(self.shifts) > 1

    @property
    def weights(self) -> Floats:
        """Prior weights of the shifts, shape (n,)."""
        if not self.learns:
            return np.ones(1)
        step = self.shifts[1] - self.shifts[0]
        return np.asarray(np.exp(-0.5 * self.shifts**2) * step / np.sqrt(2 * np.pi))

    def lasts(self, cells: int) -> Floats:
        """Return how likely it lasts 0, 1, 2... days, by shift, shape (n, cells).

        The last cell is for that long or longer.
        """
        if not (self.learns and isinstance(self.prior, LogNormal)):
            counts = np.bincount(np.minimum(self.days, cells - 1), minlength=cells)
            return counts[np.newaxis] / len(self.days)
        unknown, luck = unknown_and_luck(self.prior)
        middle = np.log(self.prior.median) + unknown * self.shifts[:, np.newaxis]
        below = ndtr((np.log(np.arange(cells - 1) + 0.5) - middle) / luck)
        return np.diff(below, axis=1, prepend=0.0, append=1.0)

    def learned(self, weights: Floats) -> Prior:
        """Return the next lead's delay, given the weights of the shifts."""
        if not (self.learns and isinstance(self.prior, LogNormal)):
            return self.prior
        unknown, luck = unknown_and_luck(self.prior)
        mean, variance = moments(self.shifts, weights)
        median = self.prior.median * float(np.exp(unknown * mean))
        return LogNormal(median=median, sigma=float((luck**2 + unknown**2 * variance) ** 0.5))

    def closer(self, weights: Floats) -> Delay:
        """Return the same with its shifts where their weights are; itself if they are there."""
        if not self.learns:
            return self
        step = float(self.shifts[1] - self.shifts[0])
        mean, variance = moments(self.shifts, weights)
        spread, centre = variance**0.5, float(self.shifts.mean())
        if spread < 0.6 * step:
            mean, spread = _summit(self.shifts, weights)
        elif len(self.shifts) == _NODES and spread < 1.5 * step and abs(mean - centre) < 1.5 * step:
            return self
        nodes = mean + spread * np.linspace(-_REACH, _REACH, _NODES)
        return replace(self, shifts=nodes)


Settled = tuple[tuple[Delay, Floats], ...]
"""Delays, each with the weights of its shifts."""


def settled(
    delays: Sequence[Delay], weigh: Callable[[Sequence[Delay]], tuple[T, Sequence[Floats]]]
) -> tuple[Settled, T]:
    """Weigh the shifts of delays, and place them closer, until they are where their weights are.

    Parameters
    ----------
    delays
        Before anything is learned.
    weigh
        Returns whatever else is learned at the shifts of some delays, and the weights of each
        delay's shifts.
    """
    for _ in range(_ROUNDS):
        found, weights = weigh(delays)
        placed, delays = delays, [x.closer(w) for x, w in zip(delays, weights, strict=True)]
        if all(x is y for x, y in zip(placed, delays, strict=True)):
            break
    return tuple(zip(placed, weights, strict=True)), found


def delay_of(scenario: Scenario, name: str, bureau: str, n: int) -> Delay:
    """Return a delay before anything is learned from ``n`` records."""
    prior = scenario.assumptions[name].of(bureau)
    learns = n and isinstance(prior, LogNormal)
    shifts = np.linspace(-REACH, REACH, _FIRST) if learns else np.zeros(1)
    return Delay(prior, table_of(scenario.assumptions, name, bureau), shifts)


def alike(priors: Sequence[tuple[Prior, ...]]) -> list[int]:
    """Return for each bureau a number that those with the same assumptions share, from 0."""
    known: dict[tuple[str, ...], int] = {}
    said = [tuple(prior.model_dump_json() for prior in own) for own in priors]
    return [known.setdefault(own, len(known)) for own in said]


def in_groups(counts: Sequence[int], groups: Sequence[int]) -> list[int]:
    """Return how many there are in each group, given how many each bureau has."""
    members = list(zip(counts, groups, strict=True))
    return [sum(n for n, g in members if g == group) for group in range(max(groups) + 1)]


def _summit(shifts: Floats, weights: Floats) -> tuple[float, float]:
    """Return mean and deviation of the normal through the highest weight and its neighbours.

    No narrower than an eighth of a step, so that a summit between nodes is not missed.
    """
    step = float(shifts[1] - shifts[0])
    top = min(max(int(weights.argmax()), 1), len(shifts) - 2)
    left, middle, right = np.log(np.maximum(weights[top - 1 : top + 2], 1e-290)).tolist()
    bend = max(2 * middle - left - right, 1e-6)
    mean = float(shifts[top]) + step * min(max((right - left) / (2 * bend), -1.0), 1.0)
    return mean, step * max(bend**-0.5, 0.125)

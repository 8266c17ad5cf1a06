"""The tornado: how far each probability moves when one assumption is at either end, all else equal.

Every end is simulated on the same futures as the base, so that differences are those of the
assumption alone. Sums are whole numbers: they add up to the same bars in any order of work.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from scenarios.assumptions import KNOWN
from sim.assumptions import UNITS
from sim.interval import Estimate, estimate_sums
from sim.kept import keep
from sim.mapping import chunks, mapped
from sim.packing import Packed
from sim.results import Results
from sim.samples import IntArray, Job, Samples, prepared
from sim.shift import Shift, shifts_of, table_in
from sim.swing import Swing, swing_sums
from sim.tally import Key, targets_hit

CHUNK = 250
"""Futures a task."""

TAILS = 8
"""Tails a future: more would narrow the bars by little, most of what varies is the path."""

MAIN: tuple[str, ...] = ("target", "all_main", "at_least", "target_everywhere")
"""Kinds of probabilities that have drivers; at least as many as there are bureaus is all."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One assumption's bar of one probability's tornado.

    Attributes
    ----------
    assumption, how
        What was moved, and how (:class:`sim.shift.Shift`).
    low, high
        Change of the probability at the low and at the high end of the assumption.
    swing
        From the low to the high end.
    """

    assumption: str
    how: str
    low: Swing
    high: Swing
    swing: Swing

    def to_json(self) -> dict[str, Any]:
        """Return plain data."""
        parts = {name: getattr(self, name).to_json() for name in ("low", "high", "swing")}
        facts = {"assumption": self.assumption, "how": self.how}
        return {**facts, **parts, "unclear": self.swing.unclear}


@dataclass(frozen=True, slots=True, eq=False)
class Tornado:
    """The tornadoes of all main probabilities.

    Attributes
    ----------
    n, tails
        Futures, and tails of each.
    shifts
        The two ends of every assumption.
    ends
        For each assumption and bureau the values at its two ends, in the assumption's unit; of a
        scaled one its median's.
    keys
        The probabilities.
    base
        For each probability the sums :func:`sim.interval.estimate_sums` needs, shape (P, 2).
    moved
        For each assumption, difference (low, high, swing) and probability the sum of tails won and
        of its square, shape (A, 3, P, 2).
    """

    n: int
    tails: int
    shifts: tuple[tuple[Shift, Shift], ...]
    ends: Mapping[str, Mapping[str, tuple[float, float]]]
    keys: tuple[Key, ...]
    base: IntArray
    moved: IntArray

    def estimate(self, key: Key) -> Estimate:
        """Return a probability before anything is moved."""
        first, second = self.base[self.keys.index(key)].tolist()
        return estimate_sums(first, second, self.n, self.tails)

    def bars(self, key: Key) -> tuple[Bar, ...]:
        """Return a probability's bars: the clear ones first, the longest on top.

        Assumptions that change it in none of the futures have no bar (:meth:`without`).
        """
        at = self.keys.index(key)
        found = []
        for (shift, _), own in zip(self.shifts, self.moved[:, :, at].tolist(), strict=True):
            if any(square for _, square in own):
                low, high, swing = (
                    swing_sums(won, square, self.n, self.tails) for won, square in own
                )
                found.append(Bar(shift.assumption, shift.how, low, high, swing))
        return tuple(sorted(found, key=lambda x: (x.swing.unclear, -abs(x.swing.mean))))

    def without(self, key: Key) -> tuple[str, ...]:
        """Return the assumptions that change a probability in no future."""
        at = self.keys.index(key)
        return tuple(
            low.assumption
            for i, (low, _) in enumerate(self.shifts)
            if not self.moved[i, :, at, 1].any()
        )


@dataclass(frozen=True, slots=True, eq=False)
class _Sums:
    base: IntArray
    moved: IntArray

    def __add__(self, other: _Sums) -> _Sums:
        return _Sums(self.base + other.base, self.moved + other.moved)


def tornado(
    job: Job,
    n: int,
    *,
    executor: Executor | None = None,
    in_flight: int = 4,
    stop: Callable[[], bool] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Tornado | None:
    """Simulate ``n`` futures of a job, and each of them again at the ends of every assumption.

    Parameters
    ----------
    job
        Every future has parameters of its own: ``reps`` must be 1.
    n
        Number of futures, at least 1.
    executor, in_flight, stop
        As for :func:`sim.mapping.mapped`.
    progress
        Called with (done, n).

    Returns
    -------
    Tornado or None
        None where it was stopped.

    Raises
    ------
    ValueError
        When the job's futures share parameters, or the plan belongs to another scenario.
    OverflowError
        When an end takes numbers beyond the kernel's integers.
    """
    if job.reps != 1 or job.engine != "kernel":
        msg = f"reps, engine: found {job.reps}, {job.engine}; allowed: 1, kernel"
        raise ValueError(msg)
    _, decks = prepared(job.scenario, job.plan)
    shifts = shifts_of(decks)
    done, sums = 0, None
    for (_, count), own in mapped(
        partial(_sums, job, shifts),
        chunks(0, n, CHUNK),
        executor=executor,
        in_flight=in_flight,
        stop=stop,
    ):
        sums, done = own if sums is None else sums + own, done + count
        if progress is not None:
            progress(done, n)
    if sums is None or done < n:
        return None
    bureaus = [bureau.id for bureau in job.scenario.organisation.bureaus]
    return Tornado(
        n,
        job.tails,
        shifts,
        {pair[0].assumption: _values(pair, decks, bureaus) for pair in shifts},
        tuple(_hits(job, keep(job, 0, 1).samples)),
        sums.base,
        sums.moved,
    )


def _sums(job: Job, shifts: tuple[tuple[Shift, Shift], ...], first: int, count: int) -> _Sums:
    kept = keep(job, first, count)
    base = _stacked(job, kept.samples)
    moved = np.zeros((len(shifts), 3, len(base), 2), np.int64)
    for i, pair in enumerate(shifts):
        low, high = (
            base if (samples := kept.under(shift)) is kept.samples else _stacked(job, samples)
            for shift in pair
        )
        for j, won in enumerate((low - base, high - base, high - low)):
            moved[i, j] = _moments(won)
    return _Sums(_moments(base), moved)


def _moments(counts: IntArray) -> IntArray:
    """Return sums over futures of counts and of their squares, shape (P, 2)."""
    return np.stack([counts.sum(axis=1), (counts**2).sum(axis=1)], axis=1)


def _stacked(job: Job, samples: Samples) -> IntArray:
    return np.stack(list(_hits(job, samples).values()))


def _hits(job: Job, samples: Samples) -> dict[Key, IntArray]:
    """Return for each main probability the number of tails hit in each future."""
    return main_hits(Results(job.scenario, job.plan, samples))


def main_hits(results: Results) -> dict[Key, IntArray]:
    """Return for each main probability the number of tails hit in each future, shape (n,)."""
    return {
        key: hit.sum(axis=1, dtype=np.int64) for key, hit in targets_hit(results) if key[0] in MAIN
    }


def _values(
    pair: tuple[Shift, Shift], decks: tuple[Packed, ...], bureaus: list[str]
) -> dict[str, tuple[float, float]]:
    name = pair[0].assumption
    unit = UNITS[KNOWN[name].domain]
    found = {}
    for bureau, deck in zip(bureaus, decks, strict=True):
        tables = [table_in(shift.of(deck), name) for shift in pair]
        low, high = (int(table[len(table) // 2]) / unit for table in tables)
        found[bureau] = (low, high)
    return found

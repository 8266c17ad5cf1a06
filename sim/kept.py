"""Kept futures: simulated once with their site visits, and again only as far as a shift reaches.

What follows a visit feeds back on nothing, and duties need no queue. So an assumption about either
needs no new path: the years are the same up to the visits, bit for bit.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from sim.futures import key_of
from sim.kernel import DONE, run_duties, run_keeping, run_tails
from sim.outcome import limits_of
from sim.packing import Ints, Packed
from sim.samples import Job, Samples, empty, overflow, prepared
from sim.shift import Stage


class Move(Protocol):
    """What changes bureaus' decks, and how far the change reaches (:class:`sim.shift.Shift`)."""

    @property
    def stage(self) -> Stage:
        """What has to be simulated again."""

    def of(self, deck: Packed) -> Packed:
        """Return a deck under the move: the same object where nothing changes."""


@dataclass(frozen=True, slots=True, eq=False)
class Kept:
    """Futures of a job with their visits.

    Attributes
    ----------
    job
        What was simulated.
    samples
        What came of it.
    ends, visits
        For each bureau where each future's visits end, and the visits (:func:`run_keeping`).
    """

    job: Job
    samples: Samples
    ends: tuple[Ints, ...]
    visits: tuple[Ints, ...]

    def under(self, shift: Move) -> Samples:
        """Return the same futures under a shift; the same object where nothing changes.

        Raises
        ------
        OverflowError
            When the shift takes numbers beyond the kernel's integers.
        """
        _, decks = prepared(self.job.scenario, self.job.plan)
        moved = tuple(shift.of(deck) for deck in decks)
        changed = [i for i, deck in enumerate(decks) if moved[i] is not deck]
        if not changed:
            return self.samples
        arrays = ("values", "flow_fen", "spend_fen", "tails", "bound_day")
        found = Samples(
            self.samples.first,
            limits=np.zeros_like(self.samples.limits),
            **{name: getattr(self.samples, name).copy("K") for name in arrays},
        )
        for place in changed:
            self._again(found, place, moved[place], shift)
        found.limits[:] = limits_of(found.values)
        return found

    def _again(self, found: Samples, place: int, deck: Packed, shift: Move) -> None:
        first, count, reps = found.first, len(found), self.job.reps
        key = _key(self.job)
        if shift.stage == "path":
            _run(self.job, found, place, deck, keep=False)
            return
        values = np.ascontiguousarray(found.values[:, place])
        if shift.stage == "duties":
            ended, future = run_duties(deck, key, first, count, reps, values)
        else:
            flow = np.zeros_like(found.flow_fen[:, place])
            tails = np.zeros(found.tails[:, place].shape, np.int64)
            ended, future = run_tails(
                deck,
                key,
                first,
                count,
                reps,
                self.job.own,
                self.ends[place],
                self.visits[place],
                values,
                flow,
                tails,
            )
            found.flow_fen[:, place], found.tails[:, place] = flow, tails
        _expect_done(self.job, place, ended, future)
        found.values[:, place] = values


def keep(job: Job, first: int, count: int) -> Kept:
    """Simulate ``count`` futures from index ``first`` on by the kernel, and keep their visits.

    Raises
    ------
    OverflowError
        When a future holds more openings or money than integers of the kernel allow.
    ValueError
        When the plan belongs to another scenario.
    """
    cases, decks = prepared(job.scenario, job.plan)
    found = empty(cases, first, count, job.tails)
    kept = [_run(job, found, place, deck, keep=True) for place, deck in enumerate(decks)]
    found.limits[:] = limits_of(found.values)
    return Kept(job, found, tuple(ends for ends, _ in kept), tuple(visits for _, visits in kept))


def _run(job: Job, found: Samples, place: int, deck: Packed, *, keep: bool) -> tuple[Ints, Ints]:
    values, flow, spend, tails, bound = (
        np.zeros((len(found), *array.shape[2:]), np.int64) for array in found.simulated
    )
    ends = np.zeros(len(found), np.int64)
    ended, future, visits = run_keeping(
        deck,
        _key(job),
        found.first,
        len(found),
        job.reps,
        job.own,
        values,
        flow,
        spend,
        tails,
        bound,
        keep,
        ends,
    )
    _expect_done(job, place, ended, future)
    for array, own in zip(found.simulated, (values, flow, spend, tails, bound), strict=True):
        array[:, place] = own
    return ends, visits


def _key(job: Job) -> Ints:
    return np.array(key_of(job.seed, job.role), np.int64)


def _expect_done(job: Job, place: int, ended: int, future: int) -> None:
    if ended != DONE:
        bureau = job.scenario.organisation.bureaus[place].id
        raise OverflowError(overflow(job, bureau, ended, int(future)))

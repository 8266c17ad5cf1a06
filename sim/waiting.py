"""Waiting: what records say of each length that a delay may have had.

By the model's own law. A stage's delay is whole days, so what was seen, and what was not seen yet,
has a probability for each length of it: with those of the lengths it gives that of the records.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from scenarios.assumptions import Assumptions
from sim.assumptions import table_of
from sim.case import NEVER, PER_MILLE, Case
from sim.cohort import Cohort
from sim.model import NOTICE_DAYS
from sim.posterior import Floats

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
Rows = Mapping[str, NDArray[Any]]
"""Columns of :func:`sim.histories.histories`."""

_LONGEST: Final = 3_650
"""No delay is told apart beyond so many days."""

_SLIP: Final = 1e-6
"""A day less likely than this is taken for a slip of the pen: it says nothing of the delay."""


@dataclass(frozen=True, slots=True, eq=False)
class Stage:
    """Leads of one bureau at one stage, whatever the delay.

    Attributes
    ----------
    when
        For each lead that went on: how likely, up to a factor, that it did so on its day, by length
        of the delay; shape (leads, lengths). The last length is for that or longer.
    ever, by_now
        For each of the others, if it is one that goes on: how likely that it does so at all, and
        that it would have by now, by length of the delay; shape (others, lengths).
    age_days, lost
        For each of the others: its age when recorded lost, or now; whether it was.
    """

    when: Floats
    ever: Floats
    by_now: Floats
    age_days: Floats
    lost: Flags

    @property
    def n(self) -> int:
        """Leads in all."""
        return len(self.when) + len(self.lost)

    @property
    def lengths(self) -> int:
        """How many lengths are told apart."""
        return int(self.when.shape[1])

    def cohort(self, lasts: Floats) -> Cohort:
        """Return the cohort under a delay.

        Parameters
        ----------
        lasts
            How likely it has each length, by shift of its median: shape (shifts, lengths).
        """
        days = np.log(np.maximum(lasts @ self.when.T, _SLIP)).sum(axis=1)
        ever, by_now = lasts @ self.ever.T, lasts @ self.by_now.T
        return Cohort(len(self.when), ever, by_now, self.age_days, self.lost, days)

    def complete(self) -> Stage:
        """Return the stage without open leads: what a naive reading of the records uses."""
        lost = self.lost
        return Stage(self.when, self.ever[lost], self.by_now[lost], self.age_days[lost], lost[lost])


# From lead to visit -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class Reception:
    """How agreed companies are received: a group takes who is ready in time and patient enough.

    The others come to a lead unit, if it can receive them while they wait. Seats are taken to be
    free: who else wants them is not known.
    """

    starts: Ints
    ends: Ints
    patient: Floats
    """How likely patience is so many days or more."""
    unit: Floats
    """How likely a lead unit needs so many days."""

    @classmethod
    def of(cls, case: Case, assumptions: Assumptions) -> Reception:
        """Return a bureau's."""
        names = ("booking-patience-days", "unit-delay-days")
        patience, unit = (table_of(assumptions, name, case.bureau) for name in names)
        cells = int(max(patience.max(), unit.max())) + 2
        counts = np.bincount(patience, minlength=cells) / len(patience)
        windows = [window for window in case.windows if window.seats > 0]
        return cls(
            np.array([window.start for window in windows] + [NEVER], np.int64),
            np.array([window.end for window in windows] + [NEVER], np.int64),
            counts[::-1].cumsum()[::-1],
            np.bincount(unit, minlength=cells) / len(unit),
        )

    def group(self, ready: Ints, back: Ints) -> tuple[Ints, Ints]:
        """Return the last day of the first group in time, and the days until it begins."""
        first = np.searchsorted(self.starts, np.maximum(ready, back + NOTICE_DAYS))
        return self.ends[first], self.starts[first] - ready

    def waits(self, days: Ints) -> Floats:
        """Return how likely a company waits so many days for a group."""
        return np.asarray(self.patient[np.clip(days, 0, len(self.patient) - 1)])

    def received_in(self, days: Ints, wait: Ints) -> Floats:
        """Return how likely a unit receives in just so many days who does not wait for a group."""
        at = np.clip(days, 0, len(self.unit) - 1)
        between = np.maximum(self.patient[at] - self.waits(wait), 0)
        return np.asarray(np.where(days >= 0, self.unit[at] * between, 0))

    def received_by(self, days: Ints, wait: Ints) -> Floats:
        """Return the same of so many days or fewer."""
        upto = np.minimum(np.minimum(days, wait - 1), len(self.unit) - 1)
        each, some = np.cumsum(self.unit * self.patient), np.cumsum(self.unit)
        return np.asarray(np.where(upto >= 0, each[upto] - self.waits(wait) * some[upto], 0))


def visiting(came: Rows, others: Rows, case: Case, assumptions: Assumptions, day: int) -> Stage:
    """Return leads that visited or not by the end of a day."""
    law = Reception.of(case, assumptions)
    lengths = _lengths(case, came["called"], others["called"])

    ready, back = came["called"][:, np.newaxis] + lengths, came["reported"][:, np.newaxis]
    visited, in_unit = came["visited"][:, np.newaxis], (came["mode"] == "unit")[:, np.newaxis]
    end, wait = law.group(ready, back)
    days = visited - np.maximum(ready, back)
    when = np.where(in_unit, law.received_in(days, wait), law.waits(wait) * (end == visited))

    ready, back = others["called"][:, np.newaxis] + lengths, others["reported"][:, np.newaxis]
    end, wait = law.group(ready, back)
    waits, left = law.waits(wait), day - np.maximum(ready, back)
    ever = np.where(wait < NEVER // 2, waits, 0) + law.received_by(np.full_like(wait, NEVER), wait)
    by_now = waits * (end <= day) + law.received_by(left, wait)
    return _stage(when, ever, by_now, others, "reported", day)


# From visit to start of works ---------------------------------------------------------------------


def signing(signed: Rows, others: Rows, case: Case, day: int) -> Stage:
    """Return visited leads that signed or not by the end of a day.

    Season and reception weigh on the odds of signing; beyond the horizon the season's weight is 1.
    """
    lengths = _lengths(case, signed["called"], others["called"])

    least = signed["visited"][:, np.newaxis] + 1
    on, would = signed["signed"][:, np.newaxis], signed["called"][:, np.newaxis] + lengths
    # Who was screened out had signed by the day on which that was written down.
    lost = signed["lost"][:, np.newaxis]
    when = np.where(on < NEVER, np.maximum(least, would) == on, np.maximum(least, would) <= lost)

    would = others["called"][:, np.newaxis] + lengths
    on = np.maximum(others["visited"][:, np.newaxis] + 1, would)
    season = np.array([*case.season_per_mille, PER_MILLE]) / PER_MILLE
    inside = (on >= 0) & (on < case.n_days)
    factor = [case.mode_per_mille.get(str(mode), PER_MILLE) / PER_MILLE for mode in others["mode"]]
    ever = season[np.where(inside, on, case.n_days)] * np.array(factor)[:, np.newaxis]
    return _stage(when, ever, ever * (on <= day), others, "visited", day)


def registering(done: Rows, others: Rows, case: Case, day: int) -> Stage:
    """Return contracts that were registered or not by the end of a day."""
    lengths = _lengths(case, done["signed"], others["signed"])
    when = done["signed"][:, np.newaxis] + lengths == done["registered"][:, np.newaxis]
    by_now = others["signed"][:, np.newaxis] + lengths <= day
    return _stage(when, np.ones(by_now.shape), by_now, others, "signed", day)


def starting(done: Rows, others: Rows, case: Case, day: int) -> Stage:
    """Return registered contracts that started works or not by the end of a day."""
    lengths = _lengths(case, done["signed"], others["signed"])
    works = np.array([*case.works_day, NEVER], np.int64)

    def start(rows: Rows) -> Ints:
        would = rows["signed"][:, np.newaxis] + lengths
        ready = np.maximum(rows["registered"][:, np.newaxis], would)
        return np.asarray(works[np.clip(ready, 0, case.n_days)])

    when = start(done) == done["started"][:, np.newaxis]
    by_now = start(others) <= day
    return _stage(when, np.ones(by_now.shape), by_now, others, "signed", day)


def _lengths(case: Case, *since: Ints) -> Ints:
    """Return the lengths of a delay that matter to leads whose clock began on some days."""
    first = min((int(days.min()) for days in since if len(days)), default=0)
    return np.arange(min(case.n_days - min(first, 0), _LONGEST) + 1)


def _stage(
    when: Floats | Flags, ever: Floats, by_now: Floats | Flags, others: Rows, since: str, day: int
) -> Stage:
    lost = others["lost"] < NEVER
    age = np.maximum(np.where(lost, others["lost"], day) - others[since], 0).astype(np.float64)
    return Stage(when.astype(np.float64), ever, by_now.astype(np.float64), age, lost)

"""Cohorts: futures that hold the same parameters true, so that luck can be told from ignorance."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np
from numpy.typing import NDArray

from scenarios.assumptions import KNOWN
from scenarios.model import Scenario
from sim.assumptions import UNITS, bits_of, table_of
from sim.futures import key_of, parameter_words
from sim.interval import Estimate, estimate_sums
from sim.mapping import chunks, mapped
from sim.packing import ONCE
from sim.results import Results
from sim.samples import IntArray, Job, sample
from sim.tally import Key
from sim.tornado import main_hits

CHUNK = 250
"""Futures a task."""

REPS = 4
"""Futures that share their parameters, by default."""

TAILS = 32
"""Tails a future, by default."""

COUNTED: tuple[str, ...] = (
    "openings",
    "calls",
    "qualified_leads",
    "lost_people",
    "lost_money",
    "lost_seats",
    "visits_principal",
    "visits_deputy",
    "visits_group",
    "visits_unit",
    "dry_day",
)
"""Fields of an outcome that are kept of every future; all are decided before the tails."""


@dataclass(frozen=True, slots=True, eq=False)
class Parameter:
    """One assumption drawn once a future, as it was drawn.

    Attributes
    ----------
    assumption
        Its id.
    bureau
        Whose it is; None where all bureaus share the draw.
    word
        The random word of each draw, shape (thetas,): its rank is the value's.
    value
        The value in the assumption's unit, shape (thetas,); of a shared one whose distribution
        differs between bureaus, the value of the first bureau asked.
    """

    assumption: str
    bureau: str | None
    word: NDArray[np.uint32]
    value: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Cohorts:
    """Futures in cohorts.

    Attributes
    ----------
    job
        What was simulated; ``reps`` futures make a cohort.
    thetas
        Number of cohorts.
    hits
        For each main probability the number of tails hit, shape (thetas, reps).
    counted
        Fields of :data:`COUNTED`, shape (thetas, reps, bureaus, fields).
    bound_day
        Of :class:`sim.samples.Samples`, shape (thetas, reps, bureaus, limits that bind, months).
    """

    job: Job
    thetas: int
    hits: Mapping[Key, IntArray]
    counted: IntArray
    bound_day: IntArray

    def estimate(self, key: Key) -> Estimate:
        """Return a probability; what is independent is the cohort."""
        each = self.hits[key].sum(axis=1)
        tails = self.job.reps * self.job.tails
        return estimate_sums(int(each.sum()), int((each**2).sum()), self.thetas, tails)

    def shares(self, key: Key) -> NDArray[np.float64]:
        """Return the share of tails hit in each future, shape (thetas, reps)."""
        return np.asarray(self.hits[key] / self.job.tails)

    def of(self, field: str) -> IntArray:
        """Return a counted field, shape (thetas, reps, bureaus)."""
        return self.counted[..., COUNTED.index(field)]

    def parameters(self, bureau: str) -> tuple[Parameter, ...]:
        """Return what a bureau's futures were drawn with: its own, and what all share."""
        return self._parameters[bureau]

    @cached_property
    def _parameters(self) -> dict[str, tuple[Parameter, ...]]:
        scenario = self.job.scenario
        return {
            bureau.id: tuple(parameters_of(scenario, bureau.id, self.job, self.thetas))
            for bureau in scenario.organisation.bureaus
        }


def parameters_of(scenario: Scenario, bureau: str, job: Job, thetas: int) -> list[Parameter]:
    """Return every assumption that differs from draw to draw, as :mod:`sim.futures` draws it."""
    key, found = key_of(job.seed, job.role), []
    for name in ONCE:
        table = table_of(scenario.assumptions, name, bureau)
        if not np.ptp(table):
            continue
        word = parameter_words(scenario.assumptions, name, bureau, np.arange(thetas), key=key)
        value = table[word.astype(np.int64) >> (32 - bits_of(name))] / UNITS[KNOWN[name].domain]
        shared = scenario.assumptions[name].scope == "shared"
        found.append(Parameter(name, None if shared else bureau, word, value))
    return found


def cohorts(
    job: Job,
    thetas: int,
    *,
    executor: Executor | None = None,
    in_flight: int = 4,
    stop: Callable[[], bool] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Cohorts | None:
    """Simulate ``thetas`` cohorts of ``job.reps`` futures; None where it was stopped.

    Parameters are those of :func:`sim.tornado.tornado`.

    Raises
    ------
    OverflowError
        When assumptions are beyond what a simulation can hold.
    ValueError
        When the plan belongs to another scenario, or tails hold parameters of their own: they
        would not be those of the cohort.
    """
    if job.own:
        msg = "own: found True; allowed: False, as all tails of a cohort hold the same true"
        raise ValueError(msg)
    n, parts = thetas * job.reps, []
    done = 0
    for (_, count), part in mapped(
        partial(_counts, job),
        chunks(0, n, CHUNK),
        executor=executor,
        in_flight=in_flight,
        stop=stop,
    ):
        parts.append(part)
        done += count
        if progress is not None:
            progress(done, n)
    if done < n:
        return None
    shape = (thetas, job.reps)
    hits = {
        key: np.concatenate([own[key] for own, *_ in parts]).reshape(shape) for key in parts[0][0]
    }
    counted, bound_day = (np.concatenate([own[i] for own in parts]) for i in (1, 2))
    return Cohorts(
        job,
        thetas,
        hits,
        counted.reshape(*shape, *counted.shape[1:]),
        bound_day.reshape(*shape, *bound_day.shape[1:]),
    )


def _counts(job: Job, first: int, count: int) -> tuple[dict[Key, IntArray], IntArray, IntArray]:
    samples = sample(job, first, count)
    hits = main_hits(Results(job.scenario, job.plan, samples))
    counted = np.stack([samples.of(name) for name in COUNTED], axis=-1)
    return hits, counted, samples.bound_day

"""Samples: the outcomes of a run of futures as integer arrays, by either engine."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeVar

import numpy as np
from numpy.typing import NDArray

from planner.plan import Plan
from scenarios.model import Scenario
from sim.case import Case, build_cases
from sim.futures import Role, draw_future, key_of
from sim.kernel import DONE, TOO_MANY, run_bureau
from sim.model import simulate
from sim.outcome import BINDING, COLUMNS, FLOWS, SPEND_HEADS, TAIL_COLUMNS, Outcome, limits_of
from sim.packing import Packed, pack
from sim.state import State

IntArray = NDArray[np.int64]

Engine = Literal["kernel", "simpy"]
"""The compiled twin, or the readable law: the same numbers."""

Made = TypeVar("Made")

_ARRAYS = ("values", "limits", "flow_fen", "spend_fen", "tails", "bound_day")

MAX_TAILS = 1024
"""Tails a future, at most."""


@dataclass(frozen=True, slots=True)
class Job:
    """What to simulate: plain data that can travel to another process.

    Attributes
    ----------
    scenario, plan
        The plan must have been made for the scenario.
    seed, role
        Of the futures.
    tails
        How often what follows the site visits is drawn for each future, 1 to :data:`MAX_TAILS`.
    engine
        Which twin works.
    reps
        How many futures in a row hold the same parameters true; 1: each has its own.
    own
        Whether each tail holds its own true of what follows a site visit; for probabilities, as
        tails are then nearly as good as futures. Not where parameters are looked at.
    states
        Where each bureau's year stands, in the scenario's order; empty: it begins on the first
        day.
    """

    scenario: Scenario
    plan: Plan
    seed: int
    role: Role = Role.FORECAST
    tails: int = 1
    engine: Engine = "kernel"
    reps: int = 1
    own: bool = False
    states: tuple[State, ...] = ()

    def __post_init__(self) -> None:
        if not 1 <= self.tails <= MAX_TAILS:
            msg = f"tails: found {self.tails}; allowed: 1 to {MAX_TAILS}"
            raise ValueError(msg)
        if self.reps < 1:
            msg = f"reps: found {self.reps}; allowed: at least 1"
            raise ValueError(msg)
        key_of(self.seed, self.role)


@dataclass(frozen=True, slots=True, eq=False)
class Samples:
    """Outcomes of futures ``first`` to ``first + n - 1``.

    Attributes
    ----------
    values
        Tail 0 of each future, shape (n, bureaus, len(COLUMNS)).
    limits
        Index into ``LIMITS`` of what held each bureau back, shape (n, bureaus).
    flow_fen
        Signed and funds of tail 0 by month, shape (n, bureaus, 2, months).
    spend_fen
        Shape (n, bureaus, heads, months).
    tails
        What follows the site visits, tail by tail, shape (n, bureaus, K, len(TAIL_COLUMNS)).
    bound_day
        First day of each month on which a limit bound, or -1, shape (n, bureaus, len(BINDING),
        months).
    """

    first: int
    values: IntArray
    limits: IntArray
    flow_fen: IntArray
    spend_fen: IntArray
    tails: IntArray
    bound_day: IntArray

    def __len__(self) -> int:
        return len(self.values)

    @property
    def simulated(self) -> tuple[IntArray, ...]:
        """The arrays that the kernel fills, in its order."""
        return self.values, self.flow_fen, self.spend_fen, self.tails, self.bound_day

    def equals(self, other: Samples) -> bool:
        """Whether these are the same futures with the same bits."""
        return self.first == other.first and all(
            np.array_equal(getattr(self, name), getattr(other, name)) for name in _ARRAYS
        )

    def of(self, column: str) -> IntArray:
        """Return one field of all outcomes (tail 0), shape (n, bureaus)."""
        return self.values[:, :, COLUMNS.index(column)]

    def each(self, column: str) -> IntArray:
        """Return one field in every tail, shape (n, K, bureaus)."""
        if column in TAIL_COLUMNS:
            return self.tails[:, :, :, TAIL_COLUMNS.index(column)].transpose(0, 2, 1)
        n, bureaus, n_tails = self.tails.shape[:3]
        return np.broadcast_to(self.of(column)[:, np.newaxis, :], (n, n_tails, bureaus))


def sample(job: Job, first: int, count: int) -> Samples:
    """Simulate ``count`` futures from index ``first`` on, in this thread.

    Raises
    ------
    OverflowError
        When a future holds more openings or money than integers of the kernel allow.
    ValueError
        When the plan belongs to another scenario.
    """
    return (_by_kernel if job.engine == "kernel" else _by_simpy)(job, first, count)


def _by_kernel(job: Job, first: int, count: int) -> Samples:
    cases, decks = prepared(job.scenario, job.plan, job.states)
    found = empty(cases, first, count, job.tails)
    for place, deck in enumerate(decks):
        own = sample_bureau(job, cases[place], deck, first, count)
        for array, part in zip(found.simulated, own.simulated, strict=True):
            array[:, place] = part[:, 0]
    found.limits[:] = limits_of(found.values)
    return found


def sample_bureau(job: Job, case: Case, deck: Packed, first: int, count: int) -> Samples:
    """Simulate one bureau alone by the kernel; the axis of bureaus has length 1.

    Raises
    ------
    OverflowError
        As :func:`sample`.
    """
    found = empty((case,), first, count, job.tails)
    key = np.array(key_of(job.seed, job.role), np.int64)
    simulated = tuple(np.zeros((count, *x.shape[2:]), np.int64) for x in found.simulated)
    ended, future = run_bureau(deck, key, first, count, job.reps, job.own, *simulated)
    if ended != DONE:
        raise OverflowError(overflow(job, case.bureau, ended, int(future)))
    for array, own in zip(found.simulated, simulated, strict=True):
        array[:, 0] = own
    found.limits[:] = limits_of(found.values)
    return found


def side_by_side(some: Sequence[Samples]) -> Samples:
    """Return samples of bureaus, in the same futures, as those of all of them."""
    return Samples(
        some[0].first,
        *(np.concatenate([getattr(one, name) for one in some], axis=1) for name in _ARRAYS),
    )


def overflow(job: Job, bureau: str, ended: int, future: int) -> str:
    """Say why the kernel could not simulate a future.

    Raises
    ------
    OverflowError
        With the law's own words, where the law refuses the future too.
    """
    if ended == TOO_MANY:
        # The law says how many there are, and what to do about it.
        draw_future(job.scenario, future, seed=job.seed, role=job.role, reps=job.reps)
        return f"{bureau}: more openings in future {future} than the kernel holds"
    return f"{bureau}: funds in place of future {future} do not fit; lower contract-yuan"


def _by_simpy(job: Job, first: int, count: int) -> Samples:
    cases = known_cases(job.scenario, job.plan, job.states)
    found = empty(cases, first, count, job.tails)
    for row in range(count):
        for k in range(job.tails):
            future = draw_future(
                job.scenario,
                first + row,
                seed=job.seed,
                role=job.role,
                tail=k,
                own=job.own,
                reps=job.reps,
                under_way=[state.words for state in job.states],
            )
            _fill(found, row, k, simulate(cases, future))
    found.limits[:] = limits_of(found.values)
    return found


def _fill(found: Samples, row: int, k: int, outcome: Outcome) -> None:
    for place, own in enumerate(outcome.bureaus):
        found.tails[row, place, k] = [getattr(own, name) for name in TAIL_COLUMNS]
        if k == 0:
            found.values[row, place] = [getattr(own, name) for name in COLUMNS]
            found.flow_fen[row, place] = [getattr(own, name) for name in FLOWS]
            found.spend_fen[row, place] = own.spend_fen
            found.bound_day[row, place] = own.bound_day


def empty(cases: Sequence[Case], first: int, count: int, tails: int) -> Samples:
    """Return samples full of zeros, to be filled in.

    In memory a field of all futures lies together, bureau by bureau and tail by tail: fields are
    what results add up and compare.
    """
    bureaus, months = len(cases), cases[0].n_months
    return Samples(
        first,
        values=np.zeros((len(COLUMNS), bureaus, count), np.int64).T,
        limits=np.zeros((count, bureaus), np.int64),
        flow_fen=np.zeros((count, bureaus, len(FLOWS), months), np.int64),
        spend_fen=np.zeros((count, bureaus, len(SPEND_HEADS), months), np.int64),
        tails=np.zeros((len(TAIL_COLUMNS), tails, bureaus, count), np.int64).transpose(3, 2, 1, 0),
        bound_day=np.zeros((count, bureaus, len(BINDING), months), np.int64),
    )


Content = tuple[str, ...]
"""Hashes of everything that cases and decks are made from."""

_CASES: dict[Content, tuple[Case, ...]] = {}
_DECKS: dict[Content, tuple[Packed, ...]] = {}


def prepared(
    scenario: Scenario, plan: Plan, states: tuple[State, ...] = ()
) -> tuple[tuple[Case, ...], tuple[Packed, ...]]:
    """Return cases and decks, kept for the next chunk: they depend on content alone."""
    cases = known_cases(scenario, plan, states)
    decks = _kept(
        _DECKS,
        _content(scenario, plan, states),
        lambda: tuple(pack(case, scenario.assumptions) for case in cases),
    )
    return cases, decks


def known_cases(scenario: Scenario, plan: Plan, states: tuple[State, ...] = ()) -> tuple[Case, ...]:
    """Return the cases of a plan's bureaus, kept for the next chunk."""

    def make() -> tuple[Case, ...]:
        cases = build_cases(scenario, plan)
        if not states:
            return cases
        both = zip(cases, states, strict=True)
        return tuple(replace(case, state=state) for case, state in both)

    return _kept(_CASES, _content(scenario, plan, states), make)


def _content(scenario: Scenario, plan: Plan, states: tuple[State, ...]) -> Content:
    digests = (state.digest for state in states)
    return (scenario.content_hash, plan.content_hash, *digests)


def _kept(found: dict[Content, Made], key: Content, make: Callable[[], Made]) -> Made:
    if key not in found:
        made = make()
        while len(found) >= 8:
            found.pop(next(iter(found)), None)
        found[key] = made
    return found[key]


def joined(parts: Sequence[Samples]) -> Samples:
    """Return samples of futures that follow each other as one."""
    return Samples(
        parts[0].first,
        *(np.concatenate([getattr(part, name) for part in parts]) for name in _ARRAYS),
    )

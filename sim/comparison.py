"""The comparison: two or more sides in the same futures, difference by difference, step by step."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from string import ascii_uppercase
from typing import Any, Final

from scenarios.model import Scenario
from scenarios.score import readings
from sim.difference import Difference, Margins, difference_of
from sim.forecast import CHUNK, CHUNK_SIMPY, MAX_WORKERS, TAILS
from sim.interval import CONFIDENCE, Estimate, estimate_sums
from sim.mapping import chunks, mapped
from sim.measures import measures
from sim.paired import PairedSums, PairedTally, pair, paired_sums
from sim.results import Results
from sim.samples import Engine, Job, sample
from sim.side import Side
from sim.tally import Key
from sim.waterfall import STEPPED, Waterfall, Way, way

MAX_SIDES: Final = 8

Edge = tuple[int, int]
"""Places of two jobs: from, to."""


class NothingCommonError(ValueError):
    """Two sides have no bureau in common.

    Attributes
    ----------
    place
        Of the side that has none of the first side's bureaus.
    found, allowed
        Bureaus of that side, and of the first.
    """

    def __init__(self, place: int, found: Sequence[str], allowed: Sequence[str]) -> None:
        self.place, self.found, self.allowed = place, tuple(found), tuple(allowed)
        super().__init__(
            f"sides: found bureaus {', '.join(found)} in side {letter(place)}; "
            f"allowed: some of {', '.join(allowed)}, as in side A"
        )


@dataclass(frozen=True, eq=False)
class Against:
    """One side against the first.

    Attributes
    ----------
    tally
        Paired sums of all measures.
    waterfall
        The way there, change by change.
    same
        Whether scenario and plan are those of the first side.
    """

    tally: PairedTally
    waterfall: Waterfall
    same: bool


@dataclass(frozen=True, eq=False)
class Comparison:
    """Sides compared with the first in the same futures.

    Attributes
    ----------
    sides
        The first is what the others are compared with.
    seed, n, tails
        Futures: the same for all sides.
    asked
        How many futures were asked for.
    engine
        Which twin worked.
    margins
        What makes a difference matter.
    grade_changes
        Of each side, by bureau: where another reading of the score changes the grade.
    others
        What was found of each side but the first.
    """

    sides: tuple[Side, ...]
    seed: int
    n: int
    asked: int
    tails: int
    engine: Engine
    margins: Margins
    grade_changes: tuple[Mapping[Key, PairedSums], ...]
    others: tuple[Against, ...]

    @property
    def stopped_early(self) -> bool:
        """Whether somebody stopped the work."""
        return self.n < self.asked

    @property
    def confidence(self) -> float:
        """Confidence of each interval of a difference.

        With several sides against the first all their intervals of one measure hold together at
        95 % (Bonferroni).
        """
        return 1 - (1 - CONFIDENCE) / len(self.others)

    def difference(self, other: int, *key: str) -> Difference:
        """Return one difference of one of the others (from 0) against the first side."""
        found = self.others[other]
        return difference_of(found.tally.common[key], confidence=self.confidence, same=found.same)

    def to_json(self) -> dict[str, Any]:
        """Return the content of ``compare.json``."""
        return {
            "seed": self.seed,
            "n": self.n,
            "tails": self.tails,
            "engine": self.engine,
            "stopped_early": self.stopped_early,
            "confidence": self.confidence,
            "margins": {
                kind: self.margins.of(kind) for kind in ("probability", "score", "yuan", "count")
            },
            "sides": [self._side(place) for place in range(len(self.sides))],
            "against": [self._against(i) for i in range(len(self.others))],
        }

    def reading_matters(self, place: int) -> dict[str, Estimate]:
        """Return how likely another reading changes the grade, for each bureau where it does."""
        return {
            key[1]: estimate_sums(sums.first_a, sums.second_a, sums.n, sums.tails)
            for key, sums in self.grade_changes[place].items()
            if sums.first_a
        }

    def _side(self, place: int) -> dict[str, Any]:
        side, changed = self.sides[place], self.reading_matters(place)
        return {
            "letter": letter(place),
            "scenario": side.scenario.id,
            "title": side.scenario.title.model_dump(),
            "scenario_hash": side.scenario.content_hash,
            "plan_hash": side.plan.content_hash,
            "readings": list(readings(side.scenario.assessment)),
            "grade_depends_on_reading": list(changed),
            "grade_changes": {bureau: found.to_json() for bureau, found in changed.items()},
        }

    def _against(self, i: int) -> dict[str, Any]:
        found = self.others[i]
        return {
            "side": letter(i + 1),
            "against": letter(0),
            "same": found.same,
            "measures": {
                "/".join(key): self.difference(i, *key).to_json(self.margins)
                for key in found.tally.common
            },
            "only_in_a": ["/".join(key) for key in found.tally.only_a],
            "only_in_b": ["/".join(key) for key in found.tally.only_b],
            "waterfall": found.waterfall.to_json(self.margins, self.confidence),
        }


def letter(place: int) -> str:
    """Return what a side is called: A, B, C."""
    return ascii_uppercase[place]


def compare(
    sides: Sequence[Side],
    *,
    n: int,
    seed: int,
    tails: int = TAILS,
    engine: Engine = "kernel",
    margins: Margins | None = None,
    grouped: bool = False,
    steps: bool = True,
    workers: int = 1,
    executor: Executor | None = None,
    progress: Callable[[int, int], None] | None = None,
    stop: Callable[[], bool] | None = None,
    lost: Callable[[BaseException], None] | None = None,
) -> Comparison:
    """Simulate sides in the same futures and compare each with the first.

    Every side on the way from the first to another, one change at a time in both orders, is
    simulated too, unless only the ends are asked for.

    Parameters
    ----------
    sides
        2 to :data:`MAX_SIDES`; the first is what the others are compared with.
    n
        Number of futures, from 2.
    seed, tails, engine, workers, executor, progress, stop, lost
        As of :func:`sim.forecast.forecast`: the same seed gives the same comparison.
    margins
        What makes a difference matter.
    grouped
        Make all changes of assumptions in one step.
    steps
        Whether the way from side to side is wanted; without, the waterfalls are empty.

    Raises
    ------
    NothingCommonError
        When a side has no bureau of the first.
    ValueError
        When n, seed, tails, workers or the number of sides lie outside their range.
    OverflowError
        When assumptions are beyond what a simulation can hold.
    """
    _check(sides, n, workers)
    if steps:
        ways = tuple(way(sides[0], side, grouped=grouped) for side in sides[1:])
    else:
        ways = tuple(Way((), (sides[0],), (sides[0],)) for _ in sides[1:])
    work = _work(sides, ways, seed, tails, engine)
    size = CHUNK if engine == "kernel" else CHUNK_SIMPY
    found: Counted | None = None
    done = 0
    with _threads(executor, workers) as pool:
        for (_, number), counted in mapped(
            partial(count, work),
            chunks(0, n, size),
            executor=pool,
            in_flight=2 * workers,
            stop=stop,
            at_least_one=True,
            lost=lost,
        ):
            found = counted if found is None else found + counted
            done += number
            if progress is not None:
                progress(done, n)
    if found is None:
        msg = "no future was simulated"
        raise RuntimeError(msg)
    return Comparison(
        sides=tuple(sides),
        seed=seed,
        n=done,
        asked=n,
        tails=tails,
        engine=engine,
        margins=margins or Margins(),
        grade_changes=found.grade_changes,
        others=tuple(_others(sides, ways, found)),
    )


def expect_common(some: Sequence[Scenario]) -> None:
    """Refuse scenarios that share no bureau with the first: before anything is planned.

    Raises
    ------
    NothingCommonError
        When there is one; names the first of them.
    """
    own = [[bureau.id for bureau in scenario.organisation.bureaus] for scenario in some]
    for place, bureaus in enumerate(own):
        if not set(bureaus) & set(own[0]):
            raise NothingCommonError(place, bureaus, own[0])


@dataclass(frozen=True, slots=True)
class Work:
    """What is done with each chunk of futures: plain data that can travel to another process.

    Attributes
    ----------
    jobs
        To simulate, each once.
    sides
        Place of each side's job.
    steps
        Jobs between which a change lies.
    """

    jobs: tuple[Job, ...]
    sides: tuple[int, ...]
    steps: tuple[Edge, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Counted:
    """What some futures hold.

    Attributes
    ----------
    grade_changes
        As of :class:`Comparison`.
    tallies
        Each side but the first against it.
    steps
        In the order of :attr:`Work.steps`.
    """

    grade_changes: tuple[Mapping[Key, PairedSums], ...]
    tallies: tuple[PairedTally, ...]
    steps: tuple[Mapping[Key, PairedSums], ...]

    def __add__(self, other: Counted) -> Counted:
        """Return what both sets of futures hold."""
        return Counted(
            tuple(map(_added, self.grade_changes, other.grade_changes)),
            tuple(a + b for a, b in zip(self.tallies, other.tallies, strict=True)),
            tuple(map(_added, self.steps, other.steps)),
        )


def count(work: Work, first: int, number: int) -> Counted:
    """Simulate some futures of every job and pair them: the task that is spread over workers."""
    found = []
    for place, job in enumerate(work.jobs):
        results = Results(job.scenario, job.plan, sample(job, first, number))
        whole = place in work.sides
        found.append({k: m for k, m in measures(results) if whole or k[0] in STEPPED})
    stepped = [{k: m for k, m in own.items() if k[0] in STEPPED} for own in found]
    return Counted(
        tuple(
            {k: paired_sums(m, m) for k, m in found[place].items() if k[0] == "grade_changes"}
            for place in work.sides
        ),
        tuple(pair(found[work.sides[0]], found[place]) for place in work.sides[1:]),
        tuple(pair(stepped[a], stepped[b]).common for a, b in work.steps),
    )


def _added(a: Mapping[Key, PairedSums], b: Mapping[Key, PairedSums]) -> Mapping[Key, PairedSums]:
    return {key: sums + b[key] for key, sums in a.items()}


def _check(sides: Sequence[Side], n: int, workers: int) -> None:
    if not 2 <= len(sides) <= MAX_SIDES:
        msg = f"sides: found {len(sides)}; allowed: 2 to {MAX_SIDES}"
        raise ValueError(msg)
    if n < 2:
        msg = f"n: found {n}; allowed: at least 2 futures"
        raise ValueError(msg)
    if not 1 <= workers <= MAX_WORKERS:
        msg = f"workers: found {workers}; allowed: 1 to {MAX_WORKERS}"
        raise ValueError(msg)
    expect_common([side.scenario for side in sides])


def _work(
    sides: Sequence[Side], ways: Sequence[Way], seed: int, tails: int, engine: Engine
) -> Work:
    places: dict[tuple[str, str], int] = {}
    jobs: list[Job] = []

    def place(side: Side) -> int:
        if side.content not in places:
            places[side.content] = len(jobs)
            jobs.append(side.job(seed, tails, engine))
        return places[side.content]

    own = tuple(place(side) for side in sides)
    steps = tuple(
        (place(a), place(b))
        for found in ways
        for order in (found.forward, found.backward)
        for a, b in pairwise(order)
    )
    return Work(tuple(jobs), own, steps)


def _others(sides: Sequence[Side], ways: Sequence[Way], found: Counted) -> Iterator[Against]:
    steps = iter(found.steps)
    for i, (side, taken) in enumerate(zip(sides[1:], ways, strict=True)):
        forward = tuple(next(steps) for _ in taken.forward[1:])
        backward = tuple(next(steps) for _ in taken.backward[1:])
        # Backward steps were made last change first; they are told in the order of the changes.
        fall = Waterfall(taken.changes, forward, backward[::-1])
        yield Against(found.tallies[i], fall, same=side.content == sides[0].content)


@contextmanager
def _threads(executor: Executor | None, workers: int) -> Iterator[Executor | None]:
    if executor is not None or workers == 1:
        yield executor
        return
    with ThreadPoolExecutor(workers) as threads:
        yield threads

"""The sweep: every bureau under every budget in the same futures, counted.

Seats and leaders are fixed for each bureau by the plan, so that its year depends on its own money
alone: one table of bureau, budget and future answers every split. What is drawn depends on no
budget, so two budgets differ by money and by nothing else (common random numbers).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, fields
from functools import partial
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from scenarios.actuals import FloatArray
from scenarios.assessment import Bonus, Efficacy, Item, RankFirstElseShare, RelativeToBest
from scenarios.model import Scenario
from scenarios.score import ScoreSheet, applies, minima_of, score_sheet
from sim.case import tranches_of
from sim.futures import key_of
from sim.kernel import DONE, sweep_bureau
from sim.mapping import mapped
from sim.outcome import COLUMNS, TAIL_COLUMNS
from sim.packing import Packed
from sim.response import Response
from sim.results import Results
from sim.samples import IntArray, Job, Samples, overflow, prepared, side_by_side
from sim.tally import micro

Bytes = NDArray[np.uint8]

CHUNK_BYTES = 64 * 1024 * 1024
"""What the tails of one task may take in memory."""

CONTEST_TAILS = 4
"""Tails in which amounts that bureaus are ranked by are kept."""

_MONEY = ("released_fen", "balance_fen")
"""Columns that differ between two budgets even where the smaller one suffices."""

_OUTCOMES = tuple(field.name for field in fields(Samples) if field.name != "first")

Scalar = TypeVar("Scalar", bound=np.generic)


@dataclass(frozen=True, slots=True)
class SweepJob:
    """What to sweep: plain data that can travel to another process.

    Attributes
    ----------
    job
        Scenario, plan, seed, role and tails. Each future has parameters of its own.
    levels_yuan
        The budgets of each bureau, in the scenario's order, rising.
    scored
        Whether scores are worked out too: the part of each bureau's that no other bureau bears on,
        and the amounts it is ranked by.
    response
        How openings for a call depend on money; None: not at all, as the model has it.
    """

    job: Job
    levels_yuan: tuple[tuple[int, ...], ...]
    scored: bool = False
    response: Response | None = None

    def __post_init__(self) -> None:
        if self.job.reps != 1 or self.job.engine != "kernel":
            msg = f"reps, engine: found {self.job.reps}, {self.job.engine}; allowed: 1, kernel"
            raise ValueError(msg)
        if any(list(own) != sorted(set(own)) or not own for own in self.levels_yuan):
            msg = f"levels_yuan: found {self.levels_yuan}; allowed: rising budgets for each bureau"
            raise ValueError(msg)

    @property
    def bureaus(self) -> tuple[str, ...]:
        """Ids of the bureaus, in the scenario's order."""
        return tuple(bureau.id for bureau in self.job.scenario.organisation.bureaus)


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """What every budget of every bureau comes to in some futures.

    Levels are those of the job; arrays of different bureaus differ in their number of levels.

    Attributes
    ----------
    n, tails
        Futures, and tails of each.
    values
        By aim and bureau: whole numbers added over the tails of a future, shape (levels, n).
        ``targets``: targets met; ``bureaus``: whether all main targets are; ``score``: millionths
        of a point of what the bureau is not ranked by, where scored.
    main
        By bureau: where all main targets are met, a bit a tail, shape (levels, n, bytes).
    contest
        By bureau: amounts that it is ranked by, in yuan or as counts, shape (levels, n, items,
        tails kept).
    hits
        By bureau and target: hits and their squares summed over futures, shape (levels, 2).
    amounts
        By bureau and name (``signed_yuan``, ``funds_yuan``, ``spend_yuan``): fen summed over
        futures and tails, shape (levels,).
    unbound
        By bureau: in how many futures money turned nothing away, shape (levels,).
    """

    n: int
    tails: int
    values: Mapping[str, tuple[IntArray, ...]]
    main: tuple[Bytes, ...]
    contest: tuple[FloatArray, ...]
    hits: Mapping[tuple[str, str], IntArray]
    amounts: Mapping[tuple[str, str], IntArray]
    unbound: tuple[IntArray, ...]


def sweep(
    job: SweepJob,
    n: int,
    *,
    first: int = 0,
    executor: Executor | None = None,
    in_flight: int = 4,
    stop: Callable[[], bool] | None = None,
    progress: Callable[[int, int], None] | None = None,
    lost: Callable[[BaseException], None] | None = None,
) -> Table:
    """Sweep futures ``first`` to ``first + n - 1``.

    Parameters
    ----------
    job
        What to sweep.
    n, first
        Number of futures, and the first of them.
    executor, in_flight, stop, lost
        As for :func:`sim.mapping.mapped`; when stopped, what is finished is kept: the table tells
        by its own ``n``, which is never 0.
    progress
        Called with (futures done, n).

    Raises
    ------
    ValueError
        When the plan belongs to another scenario, or n is below 1.
    OverflowError
        When a future does not fit the kernel's integers.
    """
    if n < 1:
        msg = f"n: found {n}; allowed: at least 1 future"
        raise ValueError(msg)
    parts: list[Table] = []
    done = 0
    for (_, count), part in mapped(
        partial(swept, job),
        _chunks(job, first, n),
        executor=executor,
        in_flight=in_flight,
        stop=stop,
        at_least_one=True,
        lost=lost,
    ):
        parts.append(part)
        done += count
        if progress is not None:
            progress(done, n)
    return joined(parts)


def _chunks(job: SweepJob, first: int, n: int) -> Iterator[tuple[int, int]]:
    """Yield chunks whose tails fit :data:`CHUNK_BYTES`; bureaus to be scored are held at once."""
    own = max(map(len, job.levels_yuan)) * job.job.tails * len(TAIL_COLUMNS) * 8
    # Never one future alone: whoever stops after the first chunk is to be told how sure it is.
    size = max(2, CHUNK_BYTES // (own * (len(job.levels_yuan) if job.scored else 1)))
    for at in range(0, n, size):
        yield first + at, min(size, n - at)


def swept(job: SweepJob, first: int, count: int) -> Table:
    """Sweep a chunk of futures in this thread."""
    own = [_Swept.of(job, place, first, count) for place in range(len(job.levels_yuan))]
    values: dict[str, tuple[IntArray, ...]] = {
        "targets": tuple(x.full(x.targets) for x in own),
        "bureaus": tuple(x.full(x.main.sum(axis=2, dtype=np.int64)) for x in own),
    }
    contest: tuple[FloatArray, ...] = ()
    if job.scored:
        values["score"], contest = _scored(job, own)
    return Table(
        n=count,
        tails=job.job.tails,
        values=values,
        main=tuple(x.full(np.packbits(x.main, axis=2)) for x in own),
        contest=contest,
        hits={key: x.full(sums) for x in own for key, sums in x.hits.items()},
        amounts={(x.bureau, name): x.full(sums) for x in own for name, sums in x.amounts.items()},
        unbound=tuple(x.full(x.unbound) for x in own),
    )


def joined(parts: Sequence[Table]) -> Table:
    """Return tables of futures that follow each other as one."""
    head = parts[0]
    bureaus = range(len(head.main))
    return Table(
        n=sum(part.n for part in parts),
        tails=head.tails,
        values={
            name: tuple(_along([part.values[name][i] for part in parts]) for i in bureaus)
            for name in head.values
        },
        main=tuple(_along([part.main[i] for part in parts]) for i in bureaus),
        contest=tuple(
            _along([part.contest[i] for part in parts]) for i in range(len(head.contest))
        ),
        hits={key: _added([part.hits[key] for part in parts]) for key in head.hits},
        amounts={key: _added([part.amounts[key] for part in parts]) for key in head.amounts},
        unbound=tuple(_added([part.unbound[i] for part in parts]) for i in bureaus),
    )


def _along(arrays: Sequence[NDArray[Scalar]]) -> NDArray[Scalar]:
    return np.concatenate(arrays, axis=1)


def _added(arrays: Sequence[IntArray]) -> IntArray:
    total: IntArray = np.sum(arrays, axis=0, dtype=np.int64)
    return total


@dataclass(frozen=True, slots=True, eq=False)
class _Swept:
    """One bureau in a chunk of futures, as far up as its budgets make a difference.

    From a level on no budget changes anything: what lies above is what lies there.
    """

    bureau: str
    n_levels: int
    samples: Samples | None
    main: NDArray[np.bool_]
    targets: IntArray
    hits: dict[tuple[str, str], IntArray]
    amounts: dict[str, IntArray]
    unbound: IntArray

    @classmethod
    def of(cls, job: SweepJob, place: int, first: int, count: int) -> _Swept:
        scenario, bureau = job.job.scenario, job.bureaus[place]
        n_levels = len(job.levels_yuan[place])
        values, tails = _kernel(job, place, first, count)
        shown = _saturated(values, tails) + 1
        samples = _as_samples(first, values[:shown], tails[:shown])
        found = Results(scenario, job.job.plan, samples, only=bureau)
        shape = (shown, count, job.job.tails)
        main = np.ones(shape, np.bool_)
        met_targets = np.zeros(shape[:2], np.int64)
        hits = {}
        for target in scenario.targets_of(bureau):
            met = found.met(target).reshape(shape)
            counts = met.sum(axis=2, dtype=np.int64)
            hits[bureau, target.target.id] = np.stack(
                [counts.sum(axis=1), (counts**2).sum(axis=1)], axis=1
            )
            met_targets += counts
            if target.target.main:
                main &= met
        amounts = {
            "signed_yuan": found.metric("signed_yuan"),
            "funds_yuan": found.funds_fen(),
        }
        of = samples.of
        return cls(
            bureau,
            n_levels,
            # They are large, and only a score looks at them again.
            samples if job.scored else None,
            main,
            met_targets,
            hits,
            {
                **{name: fen.reshape(shown, -1).sum(axis=1) for name, fen in amounts.items()},
                "spend_yuan": job.job.tails
                * (of("released_fen") - of("balance_fen")).reshape(shown, -1).sum(axis=1),
            },
            (of("dry_day") < 0).reshape(shown, -1).sum(axis=1),
        )

    def full(self, array: NDArray[Scalar]) -> NDArray[Scalar]:
        """Return an array by level for all levels."""
        at = np.minimum(np.arange(self.n_levels), len(array) - 1)
        return array[at]


def _kernel(job: SweepJob, place: int, first: int, count: int) -> tuple[IntArray, IntArray]:
    """Return outcomes, shape (levels, count, columns), and tails (levels, count, K, columns)."""
    scenario, own = job.job.scenario, job.job
    _, decks = prepared(scenario, own.plan)
    budgets = job.levels_yuan[place]
    levels = np.array(
        [
            tranches_of(100 * yuan, scenario.budget.release.shares, len(scenario.periods))
            for yuan in budgets
        ],
        np.int64,
    )
    values = np.zeros((len(levels), count, len(COLUMNS)), np.int64)
    tails = np.zeros((len(levels), count, own.tails, len(TAIL_COLUMNS)), np.int64)
    key = np.array(key_of(own.seed, own.role), np.int64)

    def run(deck: Packed, rows: slice) -> None:
        some = (levels[rows], values[rows], tails[rows])
        ended, future = sweep_bureau(deck, key, first, count, own.own, *some)
        if ended != DONE:
            raise OverflowError(overflow(own, job.bureaus[place], ended, int(future)))

    if job.response is None:
        run(decks[place], slice(None))
    else:
        # Other money, other openings: each budget draws its own, from the same words.
        now = own.plan.budget_of(job.bureaus[place])
        for level, yuan in enumerate(budgets):
            deck = job.response.applied(decks[place], yuan, now)
            run(deck, slice(level, level + 1))
    return values, tails


def _saturated(values: IntArray, tails: IntArray) -> int:
    """Return the first level from which on more money changes nothing in any of the futures."""
    kept = [i for i, name in enumerate(COLUMNS) if name not in _MONEY]
    released, left = (values[:, :, COLUMNS.index(name)] for name in _MONEY)
    spent, level = released - left, len(values) - 1
    # Equal counts are not enough: a call made a day later may cost other fares and sign in others
    # of the tails.
    while level > 0 and all(
        np.array_equal(own[level - 1], own[-1]) for own in (values[:, :, kept], spent, tails)
    ):
        level -= 1
    return level


def _as_samples(first: int, values: IntArray, tails: IntArray) -> Samples:
    """Return one bureau's outcomes at all levels as samples that follow each other."""
    n = values.shape[0] * values.shape[1]
    nothing = np.zeros((n, 1, 0, 0), np.int64)
    return Samples(
        first,
        values=values.reshape(n, 1, -1),
        limits=np.zeros((n, 1), np.int64),
        flow_fen=nothing,
        spend_fen=nothing,
        tails=tails.reshape(n, 1, *tails.shape[2:]),
        bound_day=nothing,
    )


def is_ranked(item: Item) -> bool:
    """Return whether other bureaus bear on an item's points."""
    return isinstance(item.rule, RankFirstElseShare | RelativeToBest | Efficacy)


def ranked_items(scenario: Scenario) -> tuple[Item, ...]:
    """Return the items of the assessment by which bureaus are ranked against each other."""
    return tuple(item for item in scenario.assessment.items if is_ranked(item))


def unranked_points(scenario: Scenario, sheet: ScoreSheet) -> FloatArray:
    """Return each bureau's part of its total that no other bureau bears on, 0 where it has none.

    Added up anew: what is ranked, taken off a total again, would leave a hair of itself behind.
    """
    minima, scale = minima_of(scenario), np.nan_to_num(sheet.scale)
    points = np.zeros(sheet.total.shape)
    for item in scenario.assessment.items:
        if not is_ranked(item):
            given = np.where(applies(item, minima), sheet.points[item.id], 0.0)
            points += given * (1.0 if isinstance(item.rule, Bonus) else scale)
    return points


def _scored(
    job: SweepJob, own: Sequence[_Swept]
) -> tuple[tuple[IntArray, ...], tuple[FloatArray, ...]]:
    """Return each bureau's own score and what it is ranked by, at its levels.

    All bureaus are scored at one level after the other: an item that ranks nobody gives a bureau
    the same points whatever the others do.
    """
    scenario = job.job.scenario
    count, tails = own[0].main.shape[1:]
    kept = min(tails, CONTEST_TAILS)
    ranked = ranked_items(scenario)
    deep = max(len(x.main) for x in own)
    scores = [np.zeros((deep, count), np.int64) for _ in own]
    amounts = [np.zeros((deep, count, len(ranked), kept)) for _ in own]
    for level in range(deep):
        samples = [_at_level(x, level, count) for x in own]
        found = Results(scenario, job.job.plan, side_by_side(samples))
        sheet = score_sheet(scenario.assessment, minima_of(scenario), found.actuals)
        for i, item in enumerate(ranked):
            did = found.actuals.measured(item.metric)[:, :kept, :]
            for place in range(len(own)):
                amounts[place][level, :, i, :] = did[:, :, place]
        summed = micro(unranked_points(scenario, sheet)).sum(axis=1)
        for place in range(len(own)):
            scores[place][level] = summed[:, place]
    return tuple(x.full(y) for x, y in zip(own, scores, strict=True)), tuple(
        x.full(y) for x, y in zip(own, amounts, strict=True)
    )


def _at_level(own: _Swept, level: int, count: int) -> Samples:
    at = min(level, len(own.main) - 1) * count
    rows = slice(at, at + count)
    x = own.samples
    assert x is not None
    return Samples(x.first, **{name: getattr(x, name)[rows] for name in _OUTCOMES})

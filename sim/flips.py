"""Flips: whether the best split of the money would be another under another assumption.

What an answer rests on is varied one thing at a time: the reading of the score, how openings
respond to money, the case. For each the best split is looked for anew, and what the answer would
lose there against it is judged in fresh futures, paired. A loss that matters flips the answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

from planner.plan import Plan
from scenarios.model import Scenario
from scenarios.part import Text
from scenarios.score import readings
from sim.aim import Aim, measure_at
from sim.allocation import Allocation, Search
from sim.difference import Difference, Margins, difference_of
from sim.enumeration import MOST_SPLITS
from sim.futures import Role
from sim.grid import Grid, Split
from sim.judging import QUICK_SPLITS, best_of, coarser
from sim.paired import paired_sums
from sim.response import RESPONSES
from sim.samples import Job
from sim.sweep import SweepJob, Table, ranked_items, sweep

Kind = Literal["reading", "response", "case"]
Verdict = Literal["flips", "same", "undecided"]

FLIP_N: Final = 200
"""Futures in which the best split of a variant is looked for."""

FLIP_CONFIRM_N: Final = 1_000
"""Fresh futures in which the loss is judged."""

COARSE_YUAN: Final = 20_000
"""Step of a variant's grid, where the answer's is smaller and it gives out the total."""

COARSEST: Final = 50
"""Times that step, where splits are so many that judging them takes long."""


@dataclass(frozen=True, slots=True)
class Variant:
    """Another way to see things.

    Attributes
    ----------
    kind, id
        What is varied, and how: a reading of the score, a response of openings to money, a case.
    label
        In words; None for a reading, which the catalogue names.
    search
        What is looked for under it.
    """

    kind: Kind
    id: str
    label: Text | None
    search: Search


@dataclass(frozen=True, slots=True)
class Flip:
    """What the answer loses under a variant.

    Attributes
    ----------
    variant
        Which.
    best
        Its own best split.
    loss
        Of the answer's split against that: best less answer, in the same fresh futures; below 0
        where the answer does better after all.
    searched_n, n, tails
        Futures searched, fresh futures, and tails of each.
    """

    variant: Variant
    best: Split
    loss: Difference
    searched_n: int
    n: int
    tails: int

    @property
    def margins(self) -> Margins:
        """What makes a loss matter."""
        return margins_of(self.variant.search.aim)

    @property
    def verdict(self) -> Verdict:
        """Say whether the answer would be another: see :func:`verdict_of`."""
        return verdict_of(self.loss, self.variant.search.aim)

    def to_json(self) -> dict[str, Any]:
        """Return plain data."""
        search = self.variant.search
        return {
            "kind": self.variant.kind,
            "id": self.variant.id,
            "aim": {"name": search.aim.name, "k": search.aim.k, "reading": search.aim.reading},
            "step_yuan": search.grid.step_yuan,
            "best_yuan": list(self.best),
            "loss": self.loss.to_json(self.margins),
            "verdict": self.verdict,
            "searched_n": self.searched_n,
            "n": self.n,
            "tails": self.tails,
        }


def margins_of(aim: Aim) -> Margins:
    """Return what makes a difference of an aim matter."""
    return Margins(**{aim.kind: aim.margin})


def verdict_of(loss: Difference, aim: Aim) -> Verdict:
    """Say whether a loss flips the answer.

    ``flips`` where its interval excludes 0 and the loss exceeds the aim's margin, ``same`` where
    the whole interval lies at or below the margin, else ``undecided``.
    """
    if not loss.supported:
        return "undecided"
    if loss.high <= aim.margin:
        return "same"
    return "flips" if loss.low > 0 and loss.difference > aim.margin else "undecided"


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """Some splits in fresh futures.

    Attributes
    ----------
    scenario, table
        What was swept.
    levels_yuan
        The budgets of each bureau.
    """

    scenario: Scenario
    table: Table
    levels_yuan: tuple[tuple[int, ...], ...]

    def loss(self, aim: Aim, best: Split, other: Split) -> Difference:
        """Return what one split has over another, in the same futures."""
        a, b = (measure_at(self.scenario, self.table, aim, self._at(x)) for x in (other, best))
        return difference_of(paired_sums(a, b), same=best == other)

    def _at(self, split: Split) -> tuple[int, ...]:
        return tuple(own.index(x) for own, x in zip(self.levels_yuan, split, strict=True))


@dataclass(frozen=True, slots=True)
class Where:
    """How the work is done; none of it changes a result.

    Attributes
    ----------
    executor, stop
        As for :func:`sim.mapping.mapped`.
    workers
        Threads to work in where no executor is given.
    progress
        Called with (futures done, futures in all).
    """

    executor: Executor | None = None
    workers: int = 1
    stop: Callable[[], bool] | None = None
    progress: Callable[[int, int], None] | None = None


HERE: Final = Where()
"""In this thread, unwatched."""


def variants_of(
    scenario: Scenario, search: Search, *, n: int = FLIP_N, confirm_n: int = FLIP_CONFIRM_N
) -> tuple[Variant, ...]:
    """Return the variants of one scenario: readings of the score, responses to money.

    A reading has an aim of its own, the ranked score so read, where the assessment shows several.
    Grids are coarser than the answer's (:func:`coarse`): under a response every budget has
    futures of its own, and a ranked score is judged split by split.
    """
    own = replace(search, grid=coarse(search.grid), n=n, confirm_n=confirm_n)
    found = []
    shown = readings(scenario.assessment)
    if len(shown) > 1 and _all_read(scenario) and own.grid.n_splits <= MOST_SPLITS:
        aims = [Aim("ranked-score", reading=reading) for reading in shown]
        found += [Variant("reading", str(aim.reading), None, replace(own, aim=aim)) for aim in aims]
    if search.aim.additive or own.grid.n_splits <= MOST_SPLITS:
        found += [Variant("response", x.id, x.label, replace(own, response=x)) for x in RESPONSES]
    return tuple(found)


def coarse(grid: Grid) -> Grid:
    """Return a grid of the same total whose splits are judged quickly.

    Its step is :data:`COARSE_YUAN` or the next smaller that gives out the total, and larger where
    there are more than :data:`sim.judging.QUICK_SPLITS`. Budgets that no split of the total
    reaches are left out.
    """
    usual = max(1, COARSE_YUAN // grid.step_yuan)
    smaller, larger = range(usual, 0, -1), range(usual + 1, COARSEST * usual)
    own = next(_fitting(grid, smaller), grid)
    if own.n_splits > QUICK_SPLITS:
        some = (x for x in _fitting(grid, larger) if x.n_splits <= QUICK_SPLITS)
        own = next(some, own)
    return replace(own, n_levels=tuple(min(n, own.slack_steps + 1) for n in own.n_levels))


def _fitting(grid: Grid, times: Iterable[int]) -> Iterator[Grid]:
    """Yield coarser grids that give out the same total."""
    for own in (coarser(grid, k * grid.step_yuan) for k in times):
        if own.total_yuan == grid.total_yuan:
            yield own


def flips(
    scenario: Scenario,
    plan: Plan,
    answer: Split,
    variants: Sequence[Variant],
    where: Where = HERE,
) -> tuple[Flip, ...]:
    """Say for each variant of a scenario what an answer loses under it.

    Parameters
    ----------
    scenario, plan
        The plan must have been made for the scenario.
    answer
        The split in question.
    variants
        Of the scenario (:func:`variants_of`); those that share their futures and budgets are
        swept once.
    where
        How the work is done. When stopped, variants not judged in full are left out.

    Raises
    ------
    ValueError
        When the plan belongs to another scenario.
    OverflowError
        When assumptions are beyond what a simulation can hold.
    """
    groups: dict[Any, list[Variant]] = {}
    for variant in variants:
        own = variant.search
        groups.setdefault((own.response, own.grid, own.n, own.confirm_n), []).append(variant)
    whole = sum(some[0].search.n + some[0].search.confirm_n for some in groups.values())
    found: dict[tuple[Kind, str], Flip] = {}
    done = 0
    with _pooled(where) as pooled:
        for some in groups.values():
            head = some[0].search
            step = _Step(pooled, done, whole)
            for flip in _flips_of(scenario, plan, answer, some, step):
                found[flip.variant.kind, flip.variant.id] = flip
            done += head.n + head.confirm_n
    keys = [(variant.kind, variant.id) for variant in variants]
    return tuple(found[key] for key in keys if key in found)


def losses(
    cases: Sequence[Allocation], splits: Sequence[Split], where: Where = HERE
) -> tuple[tuple[Difference, ...], ...]:
    """Return what splits lose in each case against its own best, in fresh futures.

    Parameters
    ----------
    cases
        Allocations of scenarios with the same bureaus.
    splits
        Of any budgets.
    where
        How the work is done. When stopped, cases not judged in full are left out.

    Returns
    -------
    tuple
        A row a case, an entry a split: what the case's own best has over it.
    """
    whole = sum(case.search.confirm_n for case in cases)
    rows: list[tuple[Difference, ...]] = []
    done = 0
    with _pooled(where) as pooled:
        for case in cases:
            step = _Step(pooled, done, whole)
            own = _judged(case.scenario, case.plan, case.search, [case.best, *splits], step)
            if own.table.n < case.search.confirm_n:
                break
            rows.append(tuple(own.loss(case.search.aim, case.best, x) for x in splits))
            done += case.search.confirm_n
    return tuple(rows)


def case_flip(case: Allocation, loss: Difference) -> Flip:
    """Return what an answer loses in another case, as :func:`losses` found it."""
    variant = Variant("case", case.scenario.id, case.scenario.title, case.search)
    return Flip(variant, case.best, loss, case.table.n, loss.sums.n, case.table.tails)


@dataclass(frozen=True, slots=True)
class _Step:
    """Where a step of the work is done, and what was done before it."""

    where: Where
    before: int
    whole: int

    def after(self, n: int) -> _Step:
        return replace(self, before=self.before + n)

    def sweep(self, job: SweepJob, n: int) -> Table:
        where = self.where

        def report(done: int, _: int) -> None:
            if where.progress is not None:
                where.progress(self.before + done, self.whole)

        return sweep(
            job,
            n,
            executor=where.executor,
            in_flight=2 * where.workers,
            stop=where.stop,
            progress=report,
        )


@contextmanager
def _pooled(where: Where) -> Iterator[Where]:
    """Start threads for the work, where there are to be some and no executor is given."""
    if where.executor is not None or where.workers == 1:
        yield where
        return
    with ThreadPoolExecutor(where.workers) as threads:
        yield replace(where, executor=threads)


def _flips_of(
    scenario: Scenario, plan: Plan, answer: Split, some: Sequence[Variant], step: _Step
) -> list[Flip]:
    """Judge variants that share futures and budgets; none where somebody stops."""
    head = some[0].search
    grid = head.grid
    scored = replace(head, aim=_scored_of(some))
    job = _job(scenario, plan, scored, Role.SEARCH, grid.levels)
    table = step.sweep(job, head.n)
    if table.n < head.n:
        return []
    bests = [grid.split_at(best_of(scenario, table, variant.search.aim, grid)) for variant in some]
    own = _judged(scenario, plan, scored, [answer, *bests], step.after(head.n))
    if own.table.n < head.confirm_n:
        return []
    return [
        Flip(
            variant,
            best,
            own.loss(variant.search.aim, best, answer),
            table.n,
            own.table.n,
            own.table.tails,
        )
        for variant, best in zip(some, bests, strict=True)
    ]


def _judged(
    scenario: Scenario, plan: Plan, search: Search, splits: Sequence[Split], step: _Step
) -> Judged:
    levels = tuple(tuple(sorted(set(own))) for own in zip(*splits, strict=True))
    job = _job(scenario, plan, search, Role.CONFIRM, levels)
    return Judged(scenario, step.sweep(job, search.confirm_n), levels)


def _job(
    scenario: Scenario,
    plan: Plan,
    search: Search,
    role: Role,
    levels: tuple[tuple[int, ...], ...],
) -> SweepJob:
    job = Job(scenario, plan, search.seed, role=role, tails=search.tails, own=True)
    return SweepJob(job, levels, search.aim.scored, search.response)


def _scored_of(some: Sequence[Variant]) -> Aim:
    """Return an aim that asks the most of a sweep: scores, where any of the variants needs them."""
    aims = [variant.search.aim for variant in some]
    return next((aim for aim in aims if aim.scored), aims[0])


def _all_read(scenario: Scenario) -> bool:
    """Return whether all that ranks bureaus can be read in several ways."""
    return all(item.rule.kind == "rank-first-full-else-share" for item in ranked_items(scenario))

"""The allocation: which split of the money serves an aim best, how surely, and what more buys.

Splits are looked for in one set of futures and judged in another: what is published of the best
split, of today's and of the runner-up comes from futures that had no part in the choice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from scipy.stats import t as student

from planner.plan import Plan
from scenarios.model import Scenario
from sim.aim import Aim, measure_at, per_future, values_of
from sim.certificate import Certificate, certify
from sim.difference import Difference, Margins, difference_of
from sim.finals import Finals, finals
from sim.forecast import MAX_WORKERS, TAILS
from sim.futures import Role, key_of
from sim.grid import Grid, Split
from sim.interval import CONFIDENCE, Estimate, estimate_sums
from sim.judging import best_levels, best_of, judge, neighbours, picked, quick
from sim.measures import Measure
from sim.optimum import Levels
from sim.paired import paired_sums
from sim.response import Response
from sim.samples import Job
from sim.sweep import SweepJob, Table, sweep

SEARCH_N = 500
"""Futures in which splits are looked for, by default."""

CONFIRM_N = 2_000
"""Fresh futures in which the chosen ones are judged, by default."""

MOVE_YUAN = 20_000
"""What makes another split another proposal, and the step of a marginal value, at least."""

PER_YUAN = 10_000
"""Marginal values are per so much."""

FRONTIER_SHARE = 0.25
"""How far below and above its total the frontier of an allocation reaches."""

FRONTIER_POINTS = 20
"""Totals of a frontier, about."""

STARVED_BELOW = 0.8
"""A bureau left with less than this share of what it has now ..."""

STARVED_MORE_OFTEN = 0.1
"""... whose money turns something away in so many more years than now, is starved."""

NEVER_BINDS = (0.5, 0.9, 0.95)
"""Shares of futures in which money is to turn nothing away."""


@dataclass(frozen=True, slots=True)
class Value:
    """An aim's value with its interval."""

    mean: float
    low: float
    high: float

    def to_json(self) -> dict[str, float]:
        """Return plain data."""
        return {"value": self.mean, "low": self.low, "high": self.high}


@dataclass(frozen=True, slots=True)
class Marginal:
    """What the next 10,000 yuan is worth to a bureau.

    Attributes
    ----------
    bureau, yuan
        Where, and at which budget.
    low_yuan, high_yuan
        The budgets it was measured between.
    difference
        Of the aim between the two, in the same futures.
    """

    bureau: str
    yuan: int
    low_yuan: int
    high_yuan: int
    difference: Difference

    @property
    def per_step(self) -> Value:
        """The worth of :data:`PER_YUAN`."""
        scale = PER_YUAN / (self.high_yuan - self.low_yuan)
        own = self.difference
        return Value(own.difference * scale, own.low * scale, own.high * scale)

    def to_json(self) -> dict[str, Any]:
        """Return plain data."""
        return {
            "bureau": self.bureau,
            "budget_yuan": self.yuan,
            "between_yuan": [self.low_yuan, self.high_yuan],
            "per_10000_yuan": self.per_step.to_json(),
            "futures_that_differ": self.difference.sums.differing,
        }


@dataclass(frozen=True, slots=True)
class Point:
    """The best split of one total, judged in fresh futures."""

    total_yuan: int
    split: Split
    value: Value

    def to_json(self) -> dict[str, Any]:
        """Return plain data."""
        return {
            "total_yuan": self.total_yuan,
            "split_yuan": list(self.split),
            **self.value.to_json(),
        }


@dataclass(frozen=True, slots=True)
class NeverBinding:
    """The budget from which money turns nothing away in a share of the futures.

    Attributes
    ----------
    share
        Of the futures.
    yuan, low_yuan, high_yuan
        The budget, and the budgets its interval spans; None where no budget of the grid does.
    """

    share: float
    yuan: int | None
    low_yuan: int | None
    high_yuan: int | None

    def to_json(self) -> dict[str, Any]:
        """Return plain data."""
        return {
            "share": self.share,
            "yuan": self.yuan,
            "low_yuan": self.low_yuan,
            "high_yuan": self.high_yuan,
        }


@dataclass(frozen=True, slots=True)
class Starved:
    """A bureau that the aim's best split leaves with much less, so that money turns work away.

    Attributes
    ----------
    bureau
        Which.
    yuan, present_yuan
        What it would have and what it has.
    turned_away, present_turned_away
        In which share of the futures money turns something away.
    """

    bureau: str
    yuan: int
    present_yuan: int
    turned_away: float
    present_turned_away: float

    def to_json(self) -> dict[str, Any]:
        """Return plain data."""
        return {
            "bureau": self.bureau,
            "yuan": self.yuan,
            "present_yuan": self.present_yuan,
            "turned_away": self.turned_away,
            "present_turned_away": self.present_turned_away,
        }


@dataclass(frozen=True, slots=True)
class Search:
    """What to look for, and how.

    Attributes
    ----------
    aim, grid
        The aim and the budgets.
    seed, n, tails
        Futures to search, and tails of each.
    confirm_n
        Fresh futures to judge in.
    response
        How openings depend on money; None: as modelled, not at all.
    """

    aim: Aim
    grid: Grid
    seed: int
    n: int = SEARCH_N
    tails: int = TAILS
    confirm_n: int = CONFIRM_N
    response: Response | None = None


@dataclass(frozen=True, eq=False)
class Allocation:
    """An answer to how the money should be split.

    Attributes
    ----------
    scenario, plan, search
        What was asked.
    table
        The futures searched.
    fresh
        The futures judged in, at :attr:`fresh_levels_yuan` alone.
    best, runner_up
        The split with the best estimate, and the best that moves :data:`MOVE_YUAN` from one bureau
        of it to another; None where no such move is allowed.
    floored
        Where the best split starves a bureau: the best one in which each keeps
        :data:`STARVED_BELOW` of what it has.
    certificate
        How good the best split is known to be.
    raced
        How the best split was chosen where not all could be judged; None where they were.
    starved
        Bureaus that it starves.
    frontier_splits
        The best split of other totals, rising.
    asked_n
        How many futures were to be searched; fewer were where somebody stopped.
    """

    scenario: Scenario
    plan: Plan
    search: Search
    table: Table
    fresh: Table
    fresh_levels_yuan: tuple[tuple[int, ...], ...]
    best: Split
    runner_up: Split | None
    floored: Split | None
    certificate: Certificate
    raced: Finals | None
    starved: tuple[Starved, ...]
    frontier_splits: tuple[Split, ...]
    asked_n: int

    @property
    def grid(self) -> Grid:
        """The budgets."""
        return self.search.grid

    @property
    def present(self) -> Split | None:
        """Today's split, where it gives out the total."""
        now = self.grid.present_yuan
        return now if sum(now) == self.grid.total_yuan and self._held(now) else None

    @property
    def stopped_early(self) -> bool:
        """Whether somebody stopped the search: it is as precise as the futures finished."""
        return self.table.n < self.asked_n

    def value(self, split: Split) -> Value:
        """Return what a split is worth, in fresh futures."""
        return _value(self._measure(split))

    def difference(self, a: Split, b: Split) -> Difference:
        """Return split B less split A, in the same fresh futures."""
        sums = paired_sums(self._measure(a), self._measure(b))
        return difference_of(sums, same=a == b)

    @property
    def margins(self) -> Margins:
        """What makes a difference of the aim matter."""
        return Margins(**{self.search.aim.kind: self.search.aim.margin})

    @cached_property
    def frontier(self) -> tuple[Point, ...]:
        """What the best split of smaller and larger totals is worth."""
        return tuple(Point(sum(split), split, self.value(split)) for split in self.frontier_splits)

    def marginals(self, split: Split) -> tuple[Marginal, ...]:
        """Return what the next 10,000 yuan is worth to each bureau; none where it is fixed."""
        found = []
        for place, bureau in enumerate(self.grid.bureaus):
            ends = _around(self.grid, split, place)
            if ends is None:
                continue
            low, high = (_with(split, place, yuan) for yuan in ends)
            found.append(Marginal(bureau, split[place], *ends, self.difference(low, high)))
        return tuple(found)

    def never_binding(self, bureau: str) -> tuple[NeverBinding, ...]:
        """Return the budgets from which money turns nothing away in so many of the futures."""
        place = self.grid.bureaus.index(bureau)
        counts = self.table.unbound[place].tolist()
        levels = self.grid.levels_yuan(place)
        some = [estimate_sums(k, k, self.table.n, 1) for k in counts]

        def first(reaches: Callable[[Estimate], bool]) -> int | None:
            return next((levels[i] for i, own in enumerate(some) if reaches(own)), None)

        return tuple(
            NeverBinding(
                share,
                first(lambda own, share=share: own.p >= share),  # type: ignore[misc]
                first(lambda own, share=share: own.high >= share),  # type: ignore[misc]
                first(lambda own, share=share: own.low >= share),  # type: ignore[misc]
            )
            for share in NEVER_BINDS
        )

    def curves(self) -> Iterator[dict[str, Any]]:
        """Yield a row for each bureau, budget and target: the odds of meeting it, with interval."""
        for place, bureau in enumerate(self.grid.bureaus):
            for level, yuan in enumerate(self.grid.levels_yuan(place)):
                means = {
                    name: int(self.table.amounts[bureau, name][level])
                    / (100 * self.table.n * self.table.tails)
                    for name in ("signed_yuan", "funds_yuan", "spend_yuan")
                }
                for target in self.scenario.targets_of(bureau):
                    first, second = self.table.hits[bureau, target.target.id][level].tolist()
                    odds = estimate_sums(first, second, self.table.n, self.table.tails)
                    yield {
                        "bureau": bureau,
                        "budget_yuan": yuan,
                        "target": target.target.id,
                        "p": odds.p,
                        "low": odds.low,
                        "high": odds.high,
                        "n": odds.n,
                        **{f"mean_{name}": round(mean, 2) for name, mean in means.items()},
                    }

    def to_json(self) -> dict[str, Any]:
        """Return the content of ``allocation.json``."""
        aim, now = self.search.aim, self.present
        at = now or self.best
        return {
            "scenario": self.scenario.id,
            "scenario_hash": self.scenario.content_hash,
            "plan_hash": self.plan.content_hash,
            "aim": {"name": aim.name, "k": aim.k, "reading": aim.reading, "kind": aim.kind},
            "seed": self.search.seed,
            "searched": {"n": self.table.n, "asked": self.asked_n, "tails": self.table.tails},
            "judged": {"n": self.fresh.n, "tails": self.fresh.tails},
            "confidence": CONFIDENCE,
            "grid": {
                "step_yuan": self.grid.step_yuan,
                "total_yuan": self.grid.total_yuan,
                "first_yuan": list(self.grid.first_yuan),
                "levels": list(self.grid.n_levels),
            },
            "bureaus": list(self.grid.bureaus),
            "best": self._split_json(self.best),
            "present": None if now is None else self._split_json(now),
            "runner_up": None if self.runner_up is None else self._split_json(self.runner_up),
            "floored": None if self.floored is None else self._split_json(self.floored),
            "against_present": None
            if now is None
            else self.difference(now, self.best).to_json(self.margins),
            "certificate": self.certificate.to_json(),
            "raced": None if self.raced is None else self.raced.to_json(),
            "starved": [own.to_json() for own in self.starved],
            "marginals": [own.to_json() for own in self.marginals(at)],
            "never_binding": {
                bureau: [own.to_json() for own in self.never_binding(bureau)]
                for bureau in self.grid.bureaus
            },
            "frontier": [point.to_json() for point in self.frontier],
        }

    def _split_json(self, split: Split) -> dict[str, Any]:
        return {"split_yuan": list(split), **self.value(split).to_json()}

    def _held(self, split: Split) -> bool:
        return all(yuan in own for yuan, own in zip(split, self.fresh_levels_yuan, strict=True))

    def _measure(self, split: Split) -> Measure:
        levels = tuple(
            own.index(yuan) for yuan, own in zip(split, self.fresh_levels_yuan, strict=True)
        )
        return measure_at(self.scenario, self.fresh, self.search.aim, levels)


def _value(measure: Measure) -> Value:
    """Return a measure's mean: futures are independent, their tails are not."""
    n, tails = measure.values.shape
    if measure.kind == "probability":
        counts = measure.values.sum(axis=1, dtype=np.int64)
        own = estimate_sums(int(counts.sum()), int((counts**2).sum()), n, tails)
        return Value(own.p, own.low, own.high)
    each = per_future(measure)
    half = float(student.ppf((1 + CONFIDENCE) / 2, n - 1) * each.std(ddof=1) / np.sqrt(n))
    return Value(float(each.mean()), float(each.mean()) - half, float(each.mean()) + half)


def _with(split: Split, place: int, yuan: int) -> Split:
    return (*split[:place], yuan, *split[place + 1 :])


def _around(grid: Grid, split: Split, place: int) -> tuple[int, int] | None:
    """Return the budgets on either side of one by :data:`MOVE_YUAN`, as far as the grid goes."""
    levels = grid.levels_yuan(place)
    if len(levels) < 2 or split[place] not in levels:
        return None
    move = max(1, MOVE_YUAN // grid.step_yuan)
    at = levels.index(split[place])
    return levels[max(0, at - move)], levels[min(len(levels) - 1, at + move)]


def allocate(
    scenario: Scenario,
    plan: Plan,
    search: Search,
    *,
    frontier: Sequence[Grid] = (),
    workers: int = 1,
    executor: Executor | None = None,
    progress: Callable[[int, int], None] | None = None,
    stop: Callable[[], bool] | None = None,
    lost: Callable[[BaseException], None] | None = None,
) -> Allocation:
    """Find the best split of the money for an aim, and say how sure that is.

    Parameters
    ----------
    scenario, plan
        The plan must have been made for the scenario; it fixes seats and leaders, and holds what
        each bureau has now.
    search
        What to look for, and how.
    frontier
        Grids of other totals (:func:`frontier_grids`), on the same budgets.
    workers
        Threads to work in where no executor is given.
    executor, stop, lost
        As for :func:`sim.mapping.mapped`. When stopped, the finished futures make the answer.
    progress
        Called with (futures done, futures in all).

    Raises
    ------
    ValueError
        When the plan belongs to another scenario, or workers or numbers of futures lie outside.
    OverflowError
        When assumptions are beyond what a simulation can hold.
    """
    if not 1 <= workers <= MAX_WORKERS:
        msg = f"workers: found {workers}; allowed: 1 to {MAX_WORKERS}"
        raise ValueError(msg)
    for name, n in (("n", search.n), ("confirm_n", search.confirm_n)):
        if n < 2:
            msg = f"{name}: found {n}; allowed: at least 2 futures"
            raise ValueError(msg)
    job = SweepJob(
        Job(scenario, plan, search.seed, role=Role.SEARCH, tails=search.tails, own=True),
        search.grid.levels,
        search.aim.scored,
        search.response,
    )
    whole = search.n + search.confirm_n
    report = progress or _silent

    def run(pool: Executor | None) -> Allocation:
        common: dict[str, Any] = {"executor": pool, "in_flight": 2 * workers, "lost": lost}
        table = sweep(
            job, search.n, stop=stop, progress=lambda done, _: report(done, whole), **common
        )

        def more(own: SweepJob, first: int, n: int) -> Table:
            return sweep(own, n, first=first, **common)

        found = _searched(job, table, search, frontier, more)
        levels = _levels_of(search.grid, found)
        fresh = sweep(
            replace(job, job=replace(job.job, role=Role.CONFIRM), levels_yuan=levels),
            search.confirm_n,
            stop=stop,
            progress=lambda done, _: report(search.n + done, whole),
            **common,
        )
        return Allocation(scenario, plan, search, table, fresh, levels, asked_n=search.n, **found)

    if executor is not None or workers == 1:
        return run(executor)
    with ThreadPoolExecutor(workers) as threads:
        return run(threads)


def frontier_grids(grid: Grid, aim: Aim, *, points: int = FRONTIER_POINTS) -> tuple[Grid, ...]:
    """Return grids of smaller and larger totals that floors and caps allow.

    Parameters
    ----------
    grid
        Of the total asked about; laid high enough for :data:`FRONTIER_SHARE` more.
    aim
        Where bureaus meet in it the steps are made larger, until splits can be judged quickly.
    points
        How many totals, about.
    """
    step, own = grid.step_yuan, grid
    if not aim.additive:
        own = quick(grid)
        step = own.step_yuan
    reach = grid.total_yuan * FRONTIER_SHARE
    apart = max(1, round(2 * reach / points / step)) * step
    least, most = sum(own.first_yuan), sum(levels[-1] for levels in own.levels)
    totals = (own.total_yuan + k * apart for k in range(-points, points + 1))
    return tuple(
        replace(own, total_yuan=total)
        for total in totals
        if max(least, grid.total_yuan - reach) <= total <= min(most, grid.total_yuan + reach)
    )


def _searched(
    job: SweepJob,
    table: Table,
    search: Search,
    frontier: Sequence[Grid],
    more: Callable[[SweepJob, int, int], Table],
) -> dict[str, Any]:
    """Look for the splits that an allocation speaks of."""
    grid, aim, scenario = search.grid, search.aim, job.job.scenario
    found = judge(scenario, table, aim, grid)
    best, raced = best_levels(scenario, table, aim, grid, found), None
    if found is not None and not found.every:
        raced = finals(job, aim, grid, found, first=search.n, simulate=more)
        best = grid.levels_of(raced.best) or best
    certificate = certify(
        scenario, table, grid, aim, best, found, key=key_of(search.seed, Role.SEARCH)
    )
    starved = _starved(table, grid, best)
    floored = None
    kept = _floored(grid)
    if starved and sum(kept.first_yuan) <= kept.total_yuan:
        floored = kept.split_at(best_of(scenario, picked(table, grid, kept), aim, kept))
    return {
        "best": grid.split_at(best),
        "runner_up": _runner_up(scenario, table, aim, grid, best),
        "floored": floored,
        "certificate": certificate,
        "raced": raced,
        "starved": starved,
        "frontier_splits": tuple(
            own.split_at(best_of(scenario, picked(table, grid, own), aim, own)) for own in frontier
        ),
    }


def _runner_up(
    scenario: Scenario, table: Table, aim: Aim, grid: Grid, best: Levels
) -> Split | None:
    """Return the best split that moves :data:`MOVE_YUAN` from one bureau to another."""
    others = list(neighbours(grid, best, (max(1, MOVE_YUAN // grid.step_yuan),)))
    if not others:
        return None
    rows = np.array(others, np.int16)
    return grid.split_at(rows[values_of(scenario, table, aim, rows).argmax()])


def _starved(table: Table, grid: Grid, best: Levels) -> tuple[Starved, ...]:
    found = []
    for place, bureau in enumerate(grid.bureaus):
        levels = grid.levels_yuan(place)
        yuan, now = levels[best[place]], grid.present_yuan[place]
        if now not in levels or yuan >= STARVED_BELOW * now:
            continue
        away = 1 - int(table.unbound[place][best[place]]) / table.n
        today = 1 - int(table.unbound[place][levels.index(now)]) / table.n
        if away - today >= STARVED_MORE_OFTEN:
            found.append(Starved(bureau, yuan, now, away, today))
    return tuple(found)


def _floored(grid: Grid) -> Grid:
    """Return the grid in which every bureau keeps :data:`STARVED_BELOW` of what it has."""
    first, n_levels = [], []
    for place in range(len(grid.bureaus)):
        levels = grid.levels_yuan(place)
        floor = STARVED_BELOW * grid.present_yuan[place]
        kept = [yuan for yuan in levels if yuan >= floor] or [levels[-1]]
        first.append(kept[0])
        n_levels.append(len(kept))
    return replace(grid, first_yuan=tuple(first), n_levels=tuple(n_levels))


def _levels_of(grid: Grid, found: dict[str, Any]) -> tuple[tuple[int, ...], ...]:
    """Return the budgets that are to be judged in fresh futures."""
    splits: list[Split] = [found["best"], *found["frontier_splits"]]
    splits += [own for own in (found["runner_up"], found["floored"]) if own is not None]
    if grid.levels_of(grid.present_yuan) is not None:
        splits.append(grid.present_yuan)
    levels: list[set[int]] = [set() for _ in grid.bureaus]
    for split in splits:
        for place, yuan in enumerate(split):
            levels[place].add(yuan)
    for split in (found["best"], grid.present_yuan):
        for place in range(len(grid.bureaus)):
            levels[place] |= set(_around(grid, split, place) or ())
    return tuple(tuple(sorted(own)) for own in levels)


def _silent(_done: int, _total: int) -> None:
    """Report progress to nobody."""

"""The tally: what a forecast needs of many futures, in whole numbers that add up in any order.

Its size does not depend on the number of futures. Indicators are counted over all tails; how much
they vary between futures goes along, so that intervals are honest. Quantiles come from tail 0,
whose values are independent from future to future.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import reduce

import numpy as np
from numpy.typing import NDArray

from sim.histogram import Histogram, histogram
from sim.interval import Estimate, estimate_sums
from sim.outcome import FLOWS, LIMITS
from sim.results import BoolArray, Results

MICRO = 1_000_000
"""Scores and points are kept in millionths, so that sums are whole numbers."""

Key = tuple[str, ...]
"""What an indicator, a histogram or a sum is about: its kind, then ids."""

FUNNEL: tuple[str, ...] = (
    "openings",
    "calls",
    "qualified_leads",
    "visits_principal",
    "visits_deputy",
    "visits_group",
    "visits_unit",
    "signed",
    "registered",
    "started",
)
"""Fields the funnel is made of."""

COUNTS: tuple[str, ...] = ("signed", "registered", "started", "calls")
"""Counts with quantiles, beside inspections."""

ENDS: tuple[str, ...] = (
    "signed_yuan",
    "funds_yuan",
    "funds_gross_yuan",
    "registered",
    "started",
    "inspections",
)
"""Measures whose whole distribution at the year's end is kept, for all bureaus together too."""


@dataclass(frozen=True, slots=True, eq=False)
class Tally:
    """Sums over futures.

    Attributes
    ----------
    n, tails
        Futures, and tails of each.
    hits
        By indicator: number of tails hit, its square, and how many tails the indicator has (1
        where it is decided before the site visits), the first two summed over futures.
    sums
        By name: sums over futures, and over tails where there are several.
    values
        By name: histograms over futures (tail 0).
    """

    n: int
    tails: int
    hits: Mapping[Key, tuple[int, int, int]]
    sums: Mapping[Key, NDArray[np.int64]]
    values: Mapping[Key, Histogram]

    def __add__(self, other: Tally) -> Tally:
        """Return the tally of both sets of futures."""
        return Tally(
            self.n + other.n,
            self.tails,
            {
                key: (a + other.hits[key][0], b + other.hits[key][1], tails)
                for key, (a, b, tails) in self.hits.items()
            },
            {key: own + other.sums[key] for key, own in self.sums.items()},
            {key: own + other.values[key] for key, own in self.values.items()},
        )

    def estimate(self, *key: str) -> Estimate:
        """Return the probability of an indicator, with its interval."""
        first, second, tails = self.hits[key]
        return estimate_sums(first, second, self.n, tails)


def tally_of(results: Results) -> Tally:
    """Count what samples hold."""
    hits = {}
    for key, indicator in indicators(results):
        counts = indicator.sum(axis=1, dtype=np.int64)
        hits[key] = (int(counts.sum()), int((counts**2).sum()), indicator.shape[1])
    n_tails = results.samples.tails.shape[2]
    return Tally(len(results.samples), n_tails, hits, dict(_sums(results)), dict(_values(results)))


def targets_hit(results: Results) -> Iterator[tuple[Key, BoolArray]]:
    """Yield where each target is met, and several together, shape (futures, tails)."""
    scenario, samples = results.scenario, results.samples
    main: list[BoolArray] = []
    by_target: dict[str, list[BoolArray]] = {}
    shape = samples.each("signed").shape[:2]
    for bureau in results.bureaus:
        targets = scenario.targets_of(bureau)
        met = {target.target.id: results.met(target) for target in targets}
        for target_id, hit in met.items():
            yield ("target", bureau, target_id), hit
            by_target.setdefault(target_id, []).append(hit)
        every_main = _every(shape, [met[t.target.id] for t in targets if t.target.main])
        main.append(every_main)
        yield ("all_main", bureau), every_main
        yield ("all", bureau), _every(shape, list(met.values()))
    reached = reduce(np.add, main, np.zeros_like(main[0], np.int64))
    yield ("all_bureaus_main",), np.asarray(reached == len(main))
    for k in range(1, len(main) + 1):
        yield ("at_least", str(k)), np.asarray(reached >= k)
    for target in scenario.targets:
        yield ("target_everywhere", target.id), _every(shape, by_target.get(target.id, []))


def indicators(results: Results) -> Iterator[tuple[Key, BoolArray]]:
    """Yield every indicator, shape (futures, tails), or (futures, 1) where tails do not matter."""
    samples = results.samples
    yield from targets_hit(results)
    for place, bureau in enumerate(results.bureaus):
        for i, limit in enumerate(LIMITS):
            yield ("limit", bureau, limit), np.asarray(samples.limits[:, place, np.newaxis] == i)
        yield ("dry", bureau), np.asarray(samples.of("dry_day")[:, place, np.newaxis] >= 0)
    yield from _grades(results)


def _grades(results: Results) -> Iterator[tuple[Key, BoolArray]]:
    grades = [grade.id for grade in results.scenario.assessment.grades]
    default = next(iter(results.sheets.values())).grade
    for reading, sheet in results.sheets.items():
        for place, bureau in enumerate(results.bureaus):
            for i, grade in enumerate(grades):
                yield ("grade", reading, bureau, grade), sheet.grade[:, :, place] == i
        for i, grade in enumerate(grades):
            # Better grades come first; a bureau that nothing scores (-1) holds nobody up.
            yield ("all_reach", reading, grade), np.asarray((sheet.grade <= i).all(axis=2))
    for place, bureau in enumerate(results.bureaus):
        others = [s.grade[:, :, place] != default[:, :, place] for s in results.sheets.values()]
        yield ("grade_changes", bureau), np.any(others, axis=0)


def _sums(results: Results) -> Iterator[tuple[Key, NDArray[np.int64]]]:
    samples = results.samples
    yield ("spend_fen",), samples.spend_fen.sum(axis=0)
    for name in FUNNEL:
        yield ("funnel", name), samples.each(name).sum(axis=(0, 1))
    # What no reading touches is one array on every sheet.
    added: dict[int, NDArray[np.int64]] = {}
    for reading, sheet in results.sheets.items():
        for item, points in sheet.points.items():
            if id(points) not in added:
                added[id(points)] = micro(points).sum(axis=(0, 1))
            yield ("points", reading, item), added[id(points)]


def _values(results: Results) -> Iterator[tuple[Key, Histogram]]:
    samples = results.samples
    dry = samples.of("dry_day")
    by_name = {
        "signed_yuan": samples.of("signed_fen"),
        "funds_yuan": results.funds_fen()[:, 0, :],
        "funds_gross_yuan": samples.of("funds_gross_fen"),
        "spend_yuan": samples.spend_fen.sum(axis=(2, 3)),
        "inspections": results.metric("inspections")[:, 0, :],
        **{name: samples.of(name) for name in COUNTS},
    }
    for name in ENDS:
        yield ("total", name), histogram(by_name[name].sum(axis=1))
    flows = samples.flow_fen.cumsum(axis=3)
    for place, bureau in enumerate(results.bureaus):
        for name, values in by_name.items():
            yield ("quantile", bureau, name), histogram(values[:, place])
        yield ("dry_day", bureau), histogram(dry[:, place][dry[:, place] >= 0])
        for i, flow in enumerate(FLOWS):
            for month in range(flows.shape[3]):
                yield (flow, bureau, str(month)), histogram(flows[:, place, i, month])
        for reading, sheet in results.sheets.items():
            scored = sheet.total[:, 0, place]
            yield ("score", reading, bureau), histogram(micro(scored[~np.isnan(scored)]))
    together = flows.sum(axis=1)
    for i, flow in enumerate(FLOWS):
        for month in range(flows.shape[3]):
            yield (flow, str(month)), histogram(together[:, i, month])


def micro(points: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return points in millionths; a bureau an item is not for has none."""
    scored = points if not np.isnan(points).any() else np.nan_to_num(points)
    return np.rint(scored * MICRO).astype(np.int64)


def _every(shape: tuple[int, ...], indicators: list[BoolArray]) -> BoolArray:
    """Return where all indicators hold; where there are none, nothing is missed."""
    return reduce(np.logical_and, indicators) if indicators else np.ones(shape, np.bool_)

"""The scores' study: hidden years against the forecast made before them, from end to end.

``python -m benchmarks.scores RUN [--years N] [--futures N] [--workers N]`` forecasts a run's plan
once, lives through hidden years of it, writes the ledger of each, and lets ``sim.verdict`` hold the
forecast against every one. Hidden years are drawn from the law that is forecast, so that the
forecast is calibrated by construction: if a figure says otherwise, a link of the chain is broken
(drawing, counting, ledger, standing, file, scores). Printed are

- the Brier score beside the one that calibrated probabilities expect, and its parts;
- the reliability table;
- PIT histograms of the measures at the year's end, with a test that they are even;
- coverage of the central 50, 80 and 90 % intervals beside what the forecast's own futures cover:
  more than it says for counts, and where no contract at all is likely.

Years are independent, targets and bureaus of one year are not: intervals know it. The exit code is
1 where a figure lies more than :data:`FAR` standard errors from what is right, or a test of
evenness finds less than :data:`RARE`.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planner.plan import Plan
from scenarios.model import Scenario
from sim.demo import NO_NOISE, ledger_of
from sim.forecast import Forecast, forecast
from sim.hidden import hidden_year
from sim.histogram import Histogram
from sim.interval import estimate_sums
from sim.scoring import (
    GROUPS,
    LEVELS,
    Decomposition,
    Uniformity,
    mid_pit,
    murphy,
    pit_histogram,
    uniformity,
)
from sim.tally import ENDS
from sim.verdict import ALL, verdict

SEED: Final = 11
"""Of the hidden years and of the forecast: another role draws each."""

FAR: Final = 3.5
"""Standard errors from what is right; of some 60 figures one is as far in 35 studies."""

RARE: Final = 1e-4

NORMAL: Final = 1.96
"""Standard errors to each side of a 95 % interval."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A mean over years, beside what it is if the forecast is calibrated.

    Attributes
    ----------
    name
        What of.
    n
        Forecasts that were held against what came.
    value, low, high
        The mean and its 95 % interval.
    right
        What is expected.
    far
        Standard errors between the two; 0 where no year differs from what is expected.
    """

    name: str
    n: int
    value: float
    low: float
    high: float
    right: float
    far: float


def years(
    scenario: Scenario,
    plan: Plan,
    told: Mapping[str, Any],
    indices: Iterable[int],
    *,
    workers: int = 1,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the verdicts on hidden years: targets and amounts at the year's end, with ``year``."""
    one = partial(_year, scenario, plan, told)
    if workers == 1:
        found = [one(index) for index in indices]
    else:
        with ProcessPoolExecutor(workers) as pool:
            found = list(pool.map(one, indices, chunksize=4))
    targets, ends = zip(*found, strict=True)
    return pd.concat(targets, ignore_index=True), pd.concat(ends, ignore_index=True)


def _year(
    scenario: Scenario, plan: Plan, told: Mapping[str, Any], index: int
) -> tuple[pd.DataFrame, pd.DataFrame]:
    hidden = hidden_year(scenario, plan, seed=SEED, index=index)
    ledger = ledger_of(scenario, plan, hidden, NO_NOISE)
    found = verdict(scenario, ledger, scenario.horizon.end, [told])
    return found.targets.assign(year=index), found.ends.assign(year=index)


def brier_figure(targets: pd.DataFrame) -> Figure:
    """Return the Brier score beside what calibrated probabilities expect: the mean of p (1 - p)."""
    expected = targets["p"] * (1 - targets["p"])
    each = targets["brier"].groupby(targets["year"]).mean()
    return _figure("Brier", len(targets), each, float(expected.mean()))


def parts(targets: pd.DataFrame) -> Decomposition:
    """Return the Brier score in parts."""
    return murphy(targets["p"], targets["state"] == "reached")


def reliability(targets: pd.DataFrame) -> list[Figure]:
    """Return for each group of probabilities how often targets were reached, and what was said."""
    hit, inner = targets["state"] == "reached", np.array(GROUPS[1:-1])
    group, found = np.searchsorted(inner, targets["p"], side="right"), []
    for i in np.unique(group):
        own = group == i
        by_year = hit[own].groupby(targets["year"][own]).sum().to_numpy(np.int64)
        each = int(own.sum()) // len(by_year)
        name = f"{GROUPS[i]:.0%} to {GROUPS[i + 1]:.0%}"
        found.append(_share(name, by_year, each, float(targets["p"][own].mean())))
    return found


def coverage(ends: pd.DataFrame, made: Forecast) -> list[Figure]:
    """Return how often central intervals covered what came, of bureaus and of all together."""
    found = []
    for measure in ENDS:
        for together in (False, True):
            own = ends[(ends["measure"] == measure) & ((ends["bureau"] == ALL) == together)]
            for level in LEVELS:
                within = own[f"within_{round(100 * level)}"].astype(np.int64)
                by_year = within.groupby(own["year"]).sum().to_numpy(np.int64)
                names = list(dict.fromkeys(own["bureau"]))
                right = np.mean([_covers(_futures(made, b, measure), level) for b in names])
                name = f"{measure}, {'all' if together else 'bureaus'}, {level:.0%}"
                found.append(_share(name, by_year, len(names), float(right)))
    return found


def evenness(ends: pd.DataFrame) -> dict[str, tuple[NDArray[np.float64], Figure, Uniformity]]:
    """Return for each measure, all bureaus together, the PIT histogram, its mean and its test."""
    found = {}
    for measure in ENDS:
        own = ends[(ends["measure"] == measure) & (ends["bureau"] == ALL)]
        low, high = own["pit_low"], own["pit_high"]
        test = uniformity(low, high)
        if test is None:
            msg = f"years: found {len(own)}; allowed: at least 10"
            raise ValueError(msg)
        middle = pd.Series(mid_pit(low, high))
        found[measure] = (pit_histogram(low, high), _figure(measure, len(own), middle, 0.5), test)
    return found


def _futures(made: Forecast, bureau: str, measure: str) -> Histogram:
    key = ("total", measure) if bureau == ALL else ("quantile", bureau, measure)
    return made.tally.values[key]  # noqa: PD011


def _covers(futures: Histogram, level: float) -> float:
    """Return the share of a forecast's own futures within its central interval."""
    low, high = futures.quantiles(np.array([(1 - level) / 2, (1 + level) / 2]))
    came = futures.values  # noqa: PD011
    return float(futures.counts[(low <= came) & (came <= high)].sum() / futures.n)


def _figure(name: str, n: int, each: pd.Series, right: float) -> Figure:
    """Return the mean of independent years."""
    mean, error = float(each.mean()), float(each.std() / np.sqrt(len(each)))
    far = abs(mean - right) / error if error else 0.0
    return Figure(name, n, mean, mean - NORMAL * error, mean + NORMAL * error, right, far)


def _share(name: str, by_year: NDArray[np.int64], each: int, right: float) -> Figure:
    """Return a share of hits, ``each`` forecasts a year, which are not independent."""
    of = estimate_sums(int(by_year.sum()), int((by_year**2).sum()), len(by_year), each)
    # Never less than that of independent forecasts: where hits are nearly certain, few years show
    # how much they vary.
    spread = max(float(by_year.std() / each), np.sqrt(right * (1 - right) / each))
    error = spread / np.sqrt(len(by_year))
    far = abs(of.p - right) / error if error else 0.0
    return Figure(name, len(by_year) * each, of.p, of.low, of.high, right, far)


def _table(heading: str, figures: Sequence[Figure]) -> None:
    print(f"| {heading} | n | found (95 %) | right |\n|---|---|---|---|")
    for x in figures:
        print(f"| {x.name} | {x.n} | {x.value:.4f} ({x.low:.4f} to {x.high:.4f}) | {x.right:.4f} |")


def main() -> int:
    """Print the tables; fail where a bar is missed."""
    from dashboards.runs import find_run

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("run")
    parser.add_argument("--years", type=int, default=200)
    parser.add_argument("--futures", type=int, default=20_000)
    parser.add_argument("--workers", type=int, default=1)
    asked = parser.parse_args()
    run, begin = find_run(asked.run), time.perf_counter()
    made = forecast(run.scenario, run.plan, n=asked.futures, seed=SEED, keep_outcomes=False)
    targets, ends = years(
        run.scenario, run.plan, made.to_json(), range(asked.years), workers=asked.workers
    )
    seconds = time.perf_counter() - begin
    print(f"load {os.getloadavg()[0]:.2f}; {run.scenario.id}; years {asked.years}; {seconds:.0f} s")
    score, split = brier_figure(targets), parts(targets)
    print(
        f"Brier = reliability {split.reliability:.5f} - resolution {split.resolution:.4f} + "
        f"uncertainty {split.uncertainty:.4f} + within {split.within:+.4f}"
    )
    reliable, covers, even = reliability(targets), coverage(ends, made), evenness(ends)
    _table("score", [score])
    _table("said to be likely", reliable)
    _table("coverage", covers)
    _table("mean PIT, all bureaus", [mean for _, mean, _ in even.values()])
    print("| PIT, all bureaus | in ten bins, % | chi-square | p |\n|---|---|---|---|")
    for measure, (shares, _, test) in even.items():
        bins = " ".join(f"{100 * x:.1f}" for x in shares)
        print(f"| {measure} | {bins} | {test.chi_square:.1f} ({test.bins} bins) | {test.p:.2g} |")
    figures = [score, *reliable, *covers, *(mean for _, mean, _ in even.values())]
    missed = [x.name for x in figures if x.far > FAR]
    missed += [name for name, (_, _, test) in even.items() if test.p < RARE]
    print(f"figures {len(figures)}, too far off: {', '.join(missed) or 'none'}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())

"""The allocation's benchmark: certified splits, naive search, regret and coverage, in one run.

``python -m benchmarks.allocation [--seeds N] [--truth FUTURES]`` prints one table of figures with
the bars they are held against. Times are CPU seconds; only ratios carry over to other machines.

The shipped city's money hardly binds, so that any search would do. Here the same city has 600,000
yuan instead of 1,560,000 and targets of a twentieth: then money decides, and the odds that every
bureau meets its main targets lie away from 0 and 1.
"""

from __future__ import annotations

import argparse
import os
import resource
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version
from typing import Any

import numpy as np

PRESENT_YUAN = (175_000, 175_000, 125_000, 125_000)
LEAST_YUAN, MOST_YUAN = 50_000, 550_000
TARGETS_CUT = 20
TRUTH_TAILS = 16


@dataclass(frozen=True, slots=True)
class Row:
    """One figure beside its bar."""

    name: str
    figure: str
    bar: str
    met: bool


def city() -> tuple[Any, Any, Any]:
    """Return scenario, plan and grid of a city whose money decides."""
    from planner.solve import make_plan
    from scenarios.load import load_scenario
    from sim.grid import Bounds, build_grid
    from sim.side import carried_over

    given = load_scenario("bole-2023")
    plan = make_plan(given, time_limit_s=8.0)
    targets = tuple(
        target.model_copy(
            update={
                "minimum": _cut(target.minimum),
                "minimum_by_bureau": {b: _cut(own) for b, own in target.minimum_by_bureau.items()},
            }
        )
        for target in given.targets
    )
    scenario = given.model_copy(update={"targets": targets})
    bureaus = [bureau.id for bureau in scenario.organisation.bureaus]
    plan = replace(
        carried_over(plan, scenario), budget_yuan=tuple(zip(bureaus, PRESENT_YUAN, strict=True))
    )
    bounds = Bounds(dict.fromkeys(bureaus, LEAST_YUAN), dict.fromkeys(bureaus, MOST_YUAN), {})
    return scenario, plan, build_grid(scenario, plan, bounds=bounds)


def _cut(minimum: int) -> int:
    return max(1, minimum // TARGETS_CUT)


def _swept(scenario: Any, plan: Any, grid: Any, seed: int, n: int, tails: int = 32) -> Any:
    from sim.futures import Role
    from sim.samples import Job
    from sim.sweep import SweepJob, sweep

    job = Job(scenario, plan, seed, role=Role.SEARCH, tails=tails, own=True)
    return sweep(SweepJob(job, grid.levels), n)


def _certified(scenario: Any, plan: Any, grid: Any, seed: int, n: int) -> tuple[Any, Any, float]:
    """Search and certify; return the split, its certificate and the CPU seconds."""
    from sim.aim import parse_aim
    from sim.certificate import certify
    from sim.judging import best_levels, judge

    aim = parse_aim("all", scenario)
    began = time.process_time()
    table = _swept(scenario, plan, grid, seed, n)
    found = judge(scenario, table, aim, grid)
    best = best_levels(scenario, table, aim, grid, found)
    certificate = certify(scenario, table, grid, aim, best, found, key=(seed, n))
    return best, certificate, time.process_time() - began


def rows(seeds: int, truth_n: int) -> list[Row]:
    """Measure everything."""
    scenario, plan, grid = city()
    _certified(scenario, plan, grid, 0, 4)
    found = []
    for n, most_s, most_gap in ((200, 2.0, 0.005), (1000, 15.0, 0.001)):
        _, certificate, seconds = _certified(scenario, plan, grid, 1, n)
        met = seconds <= most_s and certificate.gap_bound <= most_gap
        found.append(
            Row(
                f"certified split, {grid.n_splits:,} splits, {n} futures x 32 tails",
                f"{seconds:.2f} CPU-s, gap bound {certificate.gap_bound:.4f}",
                f"<= {most_s:g} CPU-s, <= {most_gap:g}",
                met,
            )
        )
    own, whole = _whole(scenario, plan)
    found.append(_naive(scenario, own, whole))
    found += _regret(scenario, plan, grid, seeds, truth_n)
    found.append(_enumerated(scenario, own, whole))
    found.append(_province())
    return found


def _whole(scenario: Any, plan: Any) -> tuple[Any, Any]:
    """Return the plan with the money of bole-2023, and its grid from 200,000 to 700,000 yuan."""
    from sim.grid import Bounds, build_grid

    bureaus = [bureau.id for bureau in scenario.organisation.bureaus]
    money = tuple(zip(bureaus, (455_000, 455_000, 325_000, 325_000), strict=True))
    own = replace(plan, budget_yuan=money)
    bounds = Bounds(dict.fromkeys(bureaus, 200_000), dict.fromkeys(bureaus, 700_000), {})
    return own, build_grid(scenario, own, bounds=bounds)


def _naive(scenario: Any, plan: Any, grid: Any) -> Row:
    """Compare with simulating every split by itself, to the same standard error.

    One split is simulated; all are the same work as often.
    """
    from sim.aim import measure_at, parse_aim, per_future
    from sim.futures import Role
    from sim.judging import best_levels, judge
    from sim.samples import Job, sample

    aim = parse_aim("all", scenario)
    _, _, ours_s = _certified(scenario, plan, grid, 1, 200)
    table = _swept(scenario, plan, grid, 1, 200)
    best = best_levels(scenario, table, aim, grid, judge(scenario, table, aim, grid))
    each = per_future(measure_at(scenario, table, aim, best))
    error = float(each.std(ddof=1)) / np.sqrt(len(each))
    p = float(each.mean())
    needed = p * (1 - p) / error**2
    split = grid.split_at(best)
    own = replace(plan, budget_yuan=tuple(zip(grid.bureaus, split, strict=True)))
    job = Job(scenario, own, 1, role=Role.SEARCH)
    sample(job, 0, 2)
    began = time.process_time()
    sample(job, 0, 2_000)
    each_s = (time.process_time() - began) / 2_000
    ratio = needed * each_s * grid.n_splits / ours_s
    return Row(
        f"naive compiled search of {grid.n_splits:,} splits at equal precision, extrapolated",
        f"{ratio:,.0f}x ({needed:,.0f} futures a split, {each_s * 1e6:.0f} us each, "
        f"against {ours_s:.2f} CPU-s)",
        ">= 100,000x",
        ratio >= 100_000,
    )


def _regret(scenario: Any, plan: Any, grid: Any, seeds: int, truth_n: int) -> list[Row]:
    """Compare chosen splits with what many futures of another seed say of all splits.

    They have tails too: the best of 91,881 splits would have luck in them else, and the gap to it
    would be too wide.
    """
    from sim.aim import parse_aim, values_of
    from sim.enumeration import splits_of

    aim = parse_aim("all", scenario)
    truth = _swept(scenario, plan, grid, 987_654, truth_n, tails=TRUTH_TAILS)
    splits = splits_of(grid)
    values = values_of(scenario, truth, aim, splits)
    at = {tuple(row): value for row, value in zip(splits.tolist(), values.tolist(), strict=True)}
    best = values.max()
    regrets, covered = [], 0
    for seed in range(1, seeds + 1):
        chosen, certificate, _ = _certified(scenario, plan, grid, seed, 500)
        regrets.append(best - at[chosen])
        covered += regrets[-1] <= certificate.gap_bound
    median = float(np.median(regrets))
    return [
        Row(
            f"regret at 500 futures x 32 tails against {truth_n:,} x {TRUTH_TAILS}, {seeds} seeds",
            f"{median:.5f} median, {max(regrets):.5f} largest (best split {best:.4f})",
            "<= 0.001 median",
            median <= 0.001,
        ),
        Row(
            f"95 % gap bound covers the regret, {seeds} seeds",
            f"{100 * covered / seeds:.0f} %",
            ">= 95 %",
            covered >= 0.95 * seeds,
        ),
    ]


def _enumerated(scenario: Any, plan: Any, grid: Any) -> Row:
    """Compare the dynamic program with all splits of the city's own grid."""
    from sim.aim import additive_values, parse_aim
    from sim.enumeration import splits_of
    from sim.judging import best_levels

    aim = parse_aim("bureaus", scenario)
    table = _swept(scenario, plan, grid, 1, 50)
    own = additive_values(table, aim)
    splits = splits_of(grid)
    values = sum(np.asarray(one)[splits[:, place]] for place, one in enumerate(own))
    best = best_levels(scenario, table, aim, grid, None)
    reached = sum(int(one[level]) for one, level in zip(own, best, strict=True))
    return Row(
        f"dynamic program against all {len(splits):,} splits of bole-2023",
        f"{reached} and {np.max(values)}",
        "equal",
        reached == int(np.max(values)),
    )


def _province() -> Row:
    """Split the money of 200 bureaus, 101 budgets each."""
    from sim.optimum import best_splits

    draws = np.random.default_rng(1)
    values = [np.sort(draws.integers(0, 10**6, 101)) for _ in range(200)]
    moved = [[5_000 * abs(level - 50) for level in range(101)] for _ in values]
    seconds = _cpu(lambda: best_splits(values, moved, 200 * 50))
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return Row(
        "200 bureaus, 101 budgets: dynamic program, for every total up to today's",
        f"{seconds:.2f} CPU-s, {memory:,} MB in all",
        "<= 5 s, <= 2,048 MB",
        seconds <= 5 and memory <= 2048,
    )


def _cpu(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=40, help="searches compared with the truth")
    parser.add_argument("--truth", type=int, default=80_000, help="futures that are the truth")
    asked = parser.parse_args(arguments)
    load_average = ", ".join(f"{x:.2f}" for x in os.getloadavg())
    print(f"load {load_average}; numba {version('numba')}; Python {sys.version.split()[0]}")
    print("| what | figure | bar | met |")
    print("|---|---|---|---|")
    for row in rows(asked.seeds, asked.truth):
        print(f"| {row.name} | {row.figure} | {row.bar} | {'yes' if row.met else 'no'} |")
    return 0


if __name__ == "__main__":
    sys.exit(main())

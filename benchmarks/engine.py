"""The engine's benchmark: the law, its twin, sweeps, tails and threads side by side, in one run.

``python -m benchmarks.engine [--futures N]`` prints one table of figures with the bars they are
held against. Times are CPU seconds of one core unless they say wall; only ratios carry over to
other machines. It needs no stored plan: the leaves are the first that keep the rules, with a group
in each.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from importlib.metadata import version
from typing import Any

import numpy as np

BUDGETS_YUAN = range(200_000, 700_001, 5_000)
"""Budgets of a sweep."""


@dataclass(frozen=True, slots=True)
class Row:
    """One figure beside its bar."""

    name: str
    figure: str
    bar: str
    met: bool | None


def rows(n: int) -> list[Row]:
    """Measure everything; ``n`` futures where the kernel works."""
    job = _job()
    law_s = _cpu(lambda: _sample(replace(job, engine="simpy"), 0, 40)) / 40
    _sample(job, 0, 2)
    twin_s = _cpu(lambda: _sample(job, 0, n)) / n
    found = [
        _at_least("kernel against the SimPy model, one core", law_s / twin_s, 250, "x"),
        *_sweep(job, law_s / 4),
        *_forecast(job),
        _threads(job, n),
        *_tails(job, n),
        _memory(),
    ]
    found += _starts()
    return found


def _job() -> Any:
    from planner.solve import make_plan
    from scenarios.load import load_scenario
    from sim.samples import Job

    scenario = load_scenario("bole-2023")
    return Job(scenario, make_plan(scenario, time_limit_s=8.0), seed=1)


def _sample(job: Any, first: int, count: int) -> Any:
    from sim.samples import sample

    return sample(job, first, count)


def _sweep(job: Any, law_s: float) -> list[Row]:
    """Budgets of one bureau after the other; ``law_s`` is the law's time for a bureau-year."""
    from sim.case import build_cases, tranches_of
    from sim.futures import key_of
    from sim.kernel import DONE, sweep_bureau
    from sim.outcome import COLUMNS, TAIL_COLUMNS
    from sim.packing import pack

    levels = np.array([tranches_of(100 * yuan, (), 4) for yuan in BUDGETS_YUAN], np.int64)
    key, n, each = np.array(key_of(job.seed, job.role), np.int64), 200, []
    decks = [pack(case, job.scenario.assumptions) for case in build_cases(job.scenario, job.plan)]
    for deck in (decks[0], *decks):
        values = np.zeros((len(levels), n, len(COLUMNS)), np.int64)
        tails = np.zeros((len(levels), n, 1, len(TAIL_COLUMNS)), np.int64)
        began = time.process_time()
        assert sweep_bureau(deck, key, 0, n, False, levels, values, tails) == (DONE, -1)
        each.append((time.process_time() - began) / (n * len(levels)))
    each_s = sum(each[1:]) / len(decks)
    return [
        _at_least("budget sweep against the SimPy model, a bureau-year", law_s / each_s, 1500, "x"),
        _at_least("bureau-years per CPU-second in a sweep", 1 / each_s, 200_000, ""),
    ]


def _forecast(job: Any) -> list[Row]:
    from sim.forecast import TAILS, forecast

    found = []
    for tails in (1, TAILS):

        def work(tails: int = tails) -> None:
            forecast(
                job.scenario,
                job.plan,
                n=10_000,
                seed=1,
                tails=tails,
                workers=2,
                keep_outcomes=False,
            )

        work()
        bar = 1.0
        wall = min(_wall(work) for _ in range(3))
        name = f"10,000 futures with score and spend, {tails} tail{'s' * (tails > 1)}, 2 threads"
        found.append(_at_most(name, wall, bar, "s wall"))
    return found


def _threads(job: Any, n: int) -> Row:
    def work(workers: int) -> None:
        with ThreadPoolExecutor(workers) as pool:
            list(pool.map(lambda first: _sample(job, first, 250), range(0, 4 * n, 250)))

    one = min(_wall(lambda: work(1)) for _ in range(3))
    two = min(_wall(lambda: work(2)) for _ in range(3))
    return _at_least("two threads against one", one / two, 1.85, "x")


def _tails(job: Any, n: int) -> list[Row]:
    """Variance of a bureau's probability for the same CPU time, tails against none."""
    from sim.forecast import TAILS
    from sim.results import Results

    found = []
    for name, scenario in (
        ("as shipped", job.scenario),
        ("parameters fixed at their medians", _fixed(job.scenario)),
    ):
        plan = replace(job.plan, scenario_hash=scenario.content_hash)
        own = replace(job, scenario=scenario, plan=plan, own=True)
        target = next(t for t in scenario.targets_of("hangzhou") if t.target.id == "signed")
        _sample(own, 0, 2)
        variance, seconds = [], []
        for tails in (1, TAILS):
            began = time.process_time()
            samples = _sample(replace(own, tails=tails), 0, 2 * n)
            seconds.append(time.process_time() - began)
            hits = Results(scenario, plan, samples).met(target).mean(axis=1)
            variance.append(hits.var(ddof=1))
        gain = variance[0] * seconds[0] / (variance[1] * seconds[1])
        ratio = variance[0] / variance[1]
        row = _at_least(
            f"variance per CPU-second of P(signed), {TAILS} tails, {name}", gain, 10, "x"
        )
        found.append(replace(row, figure=f"{row.figure} (variance {ratio:.1f}x)"))
    return found


def _fixed(scenario: Any) -> Any:
    """Return the scenario with everything drawn once a future held at its median."""
    from scenarios.assumptions import KNOWN, Fixed
    from sim.assumptions import quantiles

    items = []
    for item in scenario.assumptions.items:
        if KNOWN[item.id].drawn == "once":
            middle = np.array([0.5])
            value = float(quantiles(item.distribution, middle)[0])
            by_bureau = {
                bureau: Fixed(value=float(quantiles(own, middle)[0]))
                for bureau, own in item.by_bureau.items()
            }
            item = item.model_copy(
                update={"distribution": Fixed(value=value), "by_bureau": by_bureau}
            )
        items.append(item)
    assumptions = scenario.assumptions.model_copy(update={"items": tuple(items)})
    return type(scenario).model_validate(
        {**scenario.model_dump(), "assumptions": assumptions.model_dump()}
    )


def _memory() -> Row:
    """Compare the largest resident memory of few and of many futures, outcomes not kept."""
    few, many = (_peak_mb(n) for n in (10_000, 100_000))
    row = _at_most("memory of 100,000 futures against 10,000", many / few, 1.2, "x")
    return replace(row, figure=f"{row.figure} ({few} and {many} MB)")


def _peak_mb(n: int) -> int:
    code = (
        "import resource; from benchmarks.engine import _job; from sim.forecast import forecast;"
        f"job = _job(); forecast(job.scenario, job.plan, n={n}, seed=1, workers=2,"
        "keep_outcomes=False);"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)"
    )
    return int(_python(code).stdout)


def _starts() -> list[Row]:
    """Time the first call in a process, the code to be compiled or kept from before."""
    code = (
        "import time; began = time.perf_counter(); import sim.kernel as k;"
        "import numpy as np; seen = time.perf_counter() - began;"
        "from tests.sim.twins import by_kernel, random_case; import random;"
        "case, assumptions = random_case(random.Random(1)); began = time.perf_counter();"
        "by_kernel(case, assumptions, 0, 1, seed=1);"
        "print(seen, time.perf_counter() - began)"
    )
    with tempfile.TemporaryDirectory() as folder:
        first = [float(x) for x in _python(code, BUREAU_CACHE=folder).stdout.split()]
        later = [float(x) for x in _python(code, BUREAU_CACHE=folder).stdout.split()]
    return [
        _at_most("first start, compiling included", sum(first), 15.0, "s wall"),
        _at_most("later starts", sum(later), 1.0, "s wall"),
    ]


def _python(code: str, **more: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, **more}
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment
    )


def _cpu(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def _wall(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _at_least(name: str, figure: float, bar: float, unit: str) -> Row:
    return Row(name, f"{figure:,.3g} {unit}".strip(), f">= {bar:,g} {unit}".strip(), figure >= bar)


def _at_most(name: str, figure: float, bar: float, unit: str) -> Row:
    return Row(name, f"{figure:,.3g} {unit}".strip(), f"<= {bar:,g} {unit}".strip(), figure <= bar)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--futures", type=int, default=4000, help="futures of the kernel")
    asked = parser.parse_args(arguments)
    load_average = ", ".join(f"{x:.2f}" for x in os.getloadavg())
    print(f"load {load_average}; numba {version('numba')}; Python {sys.version.split()[0]}")
    print("| what | figure | bar | met |")
    print("|---|---|---|---|")
    for row in rows(asked.futures):
        print(f"| {row.name} | {row.figure} | {row.bar} | {'yes' if row.met else 'no'} |")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""The planner's benchmark: rule of thumb, joint model and planner side by side, in one run.

``python -m benchmarks.planner [NAME ...] [--seconds S]`` solves each stored instance three ways,
each in a process of its own so that memory is its own, and prints one table: the first aim's value
and bound, the gap, the time to the first plan, to gaps of 6, 3 and 1 % and in all, and the largest
resident memory. The joint model is given the wall time that the planner took. ``--only planner``
leaves the other two out.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "instances"
METHODS = {"planner": "planner", "joint": "joint model", "greedy": "rule of thumb"}
GAPS_PERCENT = (6, 3, 1)


def names() -> list[str]:
    """Return the stored instances, small ones first."""
    stored = sorted(FOLDER.glob("*.json.gz"), key=lambda path: (path.stat().st_size, path.name))
    return ["bole", *(path.name.removesuffix(".json.gz") for path in stored)]


def load(name: str) -> Any:
    """Return a stored instance; ``bole`` is the shipped city."""
    from scenarios.load import load_scenario
    from scenarios.model import Scenario

    if name == "bole":
        return load_scenario("bole-2023")
    with gzip.open(FOLDER / f"{name}.json.gz", "rb") as file:
        return Scenario.model_validate_json(file.read())


def store(name: str, scenario: Any) -> None:
    """Store an instance, the same bytes for the same scenario."""
    text = json.dumps(scenario.model_dump(mode="json"), ensure_ascii=False, separators=(",", ":"))
    (FOLDER / f"{name}.json.gz").write_bytes(gzip.compress(text.encode(), mtime=0))


def measure(name: str, method: str, seconds: float) -> dict[str, Any]:
    """Solve one instance one way, in this process, and return what came of it."""
    scenario = load(name)
    began = time.perf_counter()
    row: dict[str, Any] = {"value": None, "bound": None, "first_s": None, "broken": None}
    if method == "greedy":
        row |= _greedy(scenario)
    elif method == "joint":
        from benchmarks.joint import solve_jointly

        joint = solve_jointly(scenario, seconds)
        row |= {"value": joint.value, "bound": joint.bound}
    else:
        row |= _planner(scenario, seconds)
    row["wall_s"] = round(time.perf_counter() - began, 1)
    row["rss_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return row


def _greedy(scenario: Any) -> dict[str, Any]:
    from benchmarks.greedy import greedy

    plan = greedy(scenario)
    return (
        {}
        if plan is None
        else {"value": _served(scenario, plan), "broken": _broken(scenario, plan)}
    )


def _planner(scenario: Any, seconds: float) -> dict[str, Any]:
    from planner.solve import make_plan

    first: list[float] = []
    within: dict[int, float] = {}

    def tell(progress: Any) -> None:
        if not progress.value:
            return
        seconds = round(progress.seconds, 1)
        if not first:
            first.append(seconds)
        gap = 100 * (progress.bound - progress.value)
        for percent in GAPS_PERCENT:
            if gap <= percent * progress.bound:
                within.setdefault(percent, seconds)

    plan = make_plan(scenario, time_limit_s=seconds, progress=tell)
    served = plan.levels[0]
    return {
        "value": served.value,
        "bound": served.bound,
        "first_s": first[0] if first else None,
        "within_s": [within.get(percent) for percent in GAPS_PERCENT],
        "proven": sum(level.proven for level in plan.levels),
        "broken": _broken(scenario, plan),
    }


def _served(scenario: Any, plan: Any) -> int:
    from planner.aims import value
    from planner.draft import Draft
    from planner.given import Given

    return value("served", Given(scenario, ()), Draft(plan.leaves, plan.visits))


def _broken(scenario: Any, plan: Any) -> int:
    from planner.audit import audit, violations
    from planner.plan import tables

    return len(violations(audit(scenario, tables(scenario, plan))))


def _apart(name: str, method: str, seconds: float) -> dict[str, Any]:
    """Measure in a fresh process."""
    command = [sys.executable, "-m", "benchmarks.planner", name, "--seconds", str(seconds)]
    done = subprocess.run(
        [*command, "--method", method], capture_output=True, text=True, check=True
    )
    return dict(json.loads(done.stdout))


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table, or with ``--method`` one measurement as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", default=names(), help="stored instances")
    parser.add_argument("--seconds", type=float, default=30.0, help="effort of the planner")
    parser.add_argument("--method", choices=METHODS, help="one measurement, as JSON")
    parser.add_argument("--only", choices=METHODS, nargs="+", default=[*METHODS])
    asked = parser.parse_args(arguments)
    if asked.method:
        print(json.dumps(measure(asked.names[0], asked.method, asked.seconds)))
        return 0
    load_average = ", ".join(f"{x:.2f}" for x in os.getloadavg())
    print(f"load {load_average}; ortools {version('ortools')}; Python {sys.version.split()[0]}")
    print(
        "| instance | method | value | bound | gap | first s | within 6, 3, 1 % after s | wall s "
        "| MB | rules broken | aims proven |"
    )
    print("|---|---|---|---|---|---|---|---|---|---|---|")
    for name in asked.names:
        seconds = asked.seconds
        for method in (method for method in METHODS if method in asked.only):
            row = _apart(name, method, seconds)
            print(_line(name, method, row), flush=True)
            seconds = row["wall_s"] if method == "planner" else seconds
    return 0


def _line(name: str, method: str, row: dict[str, Any]) -> str:
    value, bound = row["value"], row["bound"]
    gap = f"{100 * (bound - value) / bound:.2f} %" if value is not None and bound else ""
    within = ", ".join("" if x is None else str(x) for x in row.get("within_s", ()))
    cells = [value, bound, gap, row["first_s"], within, row["wall_s"], row["rss_mb"]]
    cells += [row["broken"], row.get("proven")]
    texts = [name, METHODS[method], *("" if x is None else str(x) for x in cells)]
    return f"| {' | '.join(texts)} |"


if __name__ == "__main__":
    sys.exit(main())

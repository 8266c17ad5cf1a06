"""Questions about a plan, timed against their bars: explain, re-plan, edit, recommend, drivers.

``python -m benchmarks.questions`` prints one table, each question asked once in this process (an
edit fifty times), and the machine's load beside it.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any

import yaml

INFEASIBLE = Path(__file__).parent / "instances" / "infeasible"
DISRUPTED = Path(__file__).parent / "instances" / "disrupted"

EXPLAINED_S = 5.0
LITERAL_S = 2.0
LITERAL_RULES = 32
REPLANNED_S = 5.0
EDITED_MS = 50.0
EDITS = 50
RECOMMENDED_S = 5.0
DRIVEN_S = 10.0
DRIVEN_FUTURES = 2000


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table."""

    name: str
    figure: str
    bar: str
    met: bool


def known(folder: Path) -> dict[str, Any]:
    """Return what is on record of the instances in a folder, by name."""
    return dict(yaml.safe_load((folder / "known.yaml").read_text(encoding="utf-8")))


def city(folder: Path, name: str) -> Any:
    """Return a stored instance."""
    from scenarios.load import load_scenario

    return load_scenario(str(folder / f"{name}.json"))


def published() -> Any:
    """Return the plan of ``bole-2023`` that the disrupted instances disturb."""
    from planner.plan import from_json

    return from_json(json.loads((DISRUPTED / "published.json").read_text(encoding="utf-8")))


def replanned(name: str) -> tuple[Any, Any]:
    """Plan a disrupted instance again; return it as it is now, and what came of it."""
    from planner.replan import replan

    now, today = city(DISRUPTED, name), known(DISRUPTED)[name]["today"]
    return now, replan(now, published(), now.days.day_of(_day(today)), with_frontier=False)


def _day(found: date | str) -> date:
    return found if isinstance(found, date) else date.fromisoformat(found)


def rows() -> Iterator[Row]:
    """Ask everything and yield what came of it."""
    for name in known(INFEASIBLE):
        yield _explained(name)
    yield _literal()
    for name in known(DISRUPTED):
        yield _replanned(name)
    yield _edited()
    yield from _recommended()
    yield _driven()


def _explained(name: str) -> Row:
    from planner.explain import explain

    given = city(INFEASIBLE, name)
    began = time.perf_counter()
    found = explain(given)
    seconds = time.perf_counter() - began
    conflicts = found.conflicts if found else ()
    is_decided = found is not None and not found.undecided
    minimal = is_decided and all(conflict.minimal for conflict in conflicts)
    proof = f"{len(conflicts)} minimal" if minimal else "not proven minimal"
    bar = f"<= {EXPLAINED_S:g} s, minimal"
    is_met = minimal and seconds <= EXPLAINED_S
    return Row(f"explain {name}", f"{seconds:.2f} s, {proof}", bar, is_met)


def _literal() -> Row:
    from planner.explain import explain

    given = city(INFEASIBLE, "literal-monthly")
    began = time.perf_counter()
    found = explain(given)
    seconds = time.perf_counter() - began
    repairs = found.cheapest if found else ()
    dropped = sum(len(repair.given_up) for repair in repairs)
    is_met = seconds <= LITERAL_S and dropped == LITERAL_RULES and all(x.proven for x in repairs)
    figure = f"{seconds:.2f} s, {dropped} rules dropped"
    bar = f"<= {LITERAL_S:g} s, {LITERAL_RULES} rules"
    return Row("cheapest repair of the literal policy", figure, bar, is_met)


def _replanned(name: str) -> Row:
    began = time.perf_counter()
    _, made = replanned(name)
    seconds = time.perf_counter() - began
    cost = known(DISRUPTED)[name]["cost"]
    proof = "proven" if made.proven else f"at least {made.bound}"
    is_met = seconds <= REPLANNED_S and made.proven and made.cost == cost
    bar = f"<= {REPLANNED_S:g} s, {cost} proven"
    return Row(f"re-plan {name}", f"{seconds:.2f} s, cost {made.cost} {proof}", bar, is_met)


def _edited() -> Row:
    from planner.audit import audit
    from planner.edit import judge
    from planner.moving import MoveLeave
    from planner.plan import tables
    from scenarios.load import load_scenario

    given, plan = load_scenario("bole-2023"), published()
    before = audit(given, tables(given, plan))
    took_ms = []
    for number in range(EDITS + 1):
        leave = plan.leaves[number % len(plan.leaves)]
        began = time.perf_counter()
        judge(given, plan, MoveLeave(leave.person, leave.period, leave.start + 1), before)
        took_ms.append(1000 * (time.perf_counter() - began))
    warm = median(took_ms[1:])
    return Row("validate an edit", f"{warm:.0f} ms", f"<= {EDITED_MS:g} ms", warm <= EDITED_MS)


def _recommended() -> Iterator[Row]:
    from planner.recommend import DATES, leave_dates, visit_dates
    from scenarios.load import load_scenario

    given, plan = load_scenario("bole-2023"), published()
    asked = {
        "leave": lambda: leave_dates(given, plan, "beijing-chief", "2023-Q2"),
        "company": lambda: visit_dates(given, plan, plan.visits[0].companies[0]),
    }
    for name, ask in asked.items():
        began = time.perf_counter()
        found = ask()
        seconds = time.perf_counter() - began
        proven = sum(x.anew.proven for x in found)
        is_met = seconds <= RECOMMENDED_S and len(found) == DATES
        figure = f"{seconds:.2f} s, {len(found)} dates, {proven} proven"
        yield Row(f"recommend for a {name}", figure, f"<= {RECOMMENDED_S:g} s, {DATES}", is_met)


def _driven() -> Row:
    from scenarios.load import load_scenario
    from sim.samples import Job
    from sim.tornado import tornado

    job = Job(load_scenario("bole-2023"), published(), 1, tails=8)
    with ThreadPoolExecutor(2) as threads:
        tornado(job, 10)
        began = time.perf_counter()
        found = tornado(job, DRIVEN_FUTURES, executor=threads)
        seconds = time.perf_counter() - began
    is_met = found is not None and seconds <= DRIVEN_S
    bar = f"<= {DRIVEN_S:g} s, {DRIVEN_FUTURES} futures"
    return Row("tornado of all assumptions", f"{seconds:.2f} s", bar, is_met)


def main() -> int:
    """Print the table; fail where a bar is missed."""
    load_average = ", ".join(f"{x:.2f}" for x in os.getloadavg())
    print(f"load {load_average}; ortools {version('ortools')}; Python {sys.version.split()[0]}")
    print("| question | figure | bar | met |")
    print("|---|---|---|---|")
    missed = 0
    for row in rows():
        missed += not row.met
        print(
            f"| {row.name} | {row.figure} | {row.bar} | {'yes' if row.met else 'NO'} |", flush=True
        )
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())

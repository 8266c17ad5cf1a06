"""A ledger of 200 bureaus and a million rows: made up, written, read, checked and counted.

``python -m benchmarks.ledger`` makes the ledger as a folder of CSVs and converts it to SQLite; each
form is then read and checked in a process of its own, whose seconds, CPU seconds and largest memory
are printed beside the bars. A sheet of a workbook holds 1,048,575 rows; a hundred thousand are
measured.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from datetime import date, timedelta
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from scenarios.ledger import TABLES, append, convert, read_ledger
from scenarios.ledger.standing import standing
from scenarios.ledger.weekly import weekly_check
from scenarios.load import load_scenario
from scenarios.model import Scenario

N_BUREAUS = 200
N_ROWS = 1_000_000
N_WORKBOOK_ROWS = 100_000
SEED = 1
BAR_S = 60.0
BAR_MB = 4096.0
AS_OF = date(2023, 12, 31)
TODAY = date(2024, 1, 1)


def scenario_of(n_bureaus: int) -> Scenario:
    """Return the shipped scenario with its first bureau as often as is asked."""
    shipped = load_scenario("bole-2023")
    home = shipped.organisation
    first = home.bureaus[0]
    bureaus = tuple(
        first.model_copy(
            update={
                "id": f"b{i}",
                "persons": tuple(
                    person.model_copy(update={"id": f"b{i}-p{k}"})
                    for k, person in enumerate(first.persons)
                ),
            }
        )
        for i in range(n_bureaus)
    )
    return shipped.model_copy(update={"organisation": home.model_copy(update={"bureaus": bureaus})})


def make_up(folder: Path, n_bureaus: int, n_rows: int) -> int:
    """Write a ledger of a year; return how many rows: presence first, then what it leads to."""
    scenario = scenario_of(n_bureaus)
    rng = np.random.default_rng(SEED)
    home = scenario.organisation
    start = scenario.horizon.start
    days = np.array(
        [str(start + timedelta(days=n)) for n in range((scenario.horizon.end - start).days + 1)]
    )
    persons = [person.id for _, person in scenario.persons]
    bureaus = [bureau.id for bureau in home.bureaus]
    logged = min(len(persons) * len(days), n_rows // 4)
    left = n_rows - logged
    calls, leads, contracts, visits, starts, instalments = (
        int(left * share) for share in (0.62, 0.12, 0.06, 0.08, 0.04, 0.04)
    )
    expenses = left - calls - leads - contracts - visits - starts - instalments

    def write(name: str, n: int, **cells: Any) -> int:
        frame = pd.DataFrame({"entry": [f"{name}-{i:07d}" for i in range(n)], **cells})
        frame = frame.reindex(columns=list(TABLES[name].names), fill_value="")
        frame["recorded"] = frame["date"]
        frame.to_csv(folder / f"{name}.csv", index=False, lineterminator="\n")
        return n

    def some(values: Any, n: int) -> Any:
        return rng.choice(values, n)

    def companies(n: int) -> list[str]:
        return [f"示例企业{i}" for i in rng.integers(0, n_rows // 10, n)]

    ids = np.array([f"l{i}" for i in range(leads)])
    yuan = rng.integers(1, 10**9, n_rows)
    status = rng.choice(["post", "leave", "travel"], logged, p=[0.9, 0.07, 0.03])
    who, when = np.repeat(persons, len(days))[:logged], np.tile(days, len(persons))[:logged]
    # A project starts once.
    begun = rng.permutation(ids)[:starts]
    gross = yuan[:instalments]
    return sum(
        (
            write("presence", logged, person=who, date=when, status=status),
            write(
                "calls",
                calls,
                person=some(persons, calls),
                date=some(days, calls),
                company=companies(calls),
            ),
            write(
                "leads",
                leads,
                lead=ids,
                bureau=some(bureaus, leads),
                company=companies(leads),
                chain=home.chains[0].id,
                date=some(days, leads),
                source="call",
            ),
            write(
                "visits",
                visits,
                lead=some(ids, visits),
                date=some(days, visits),
                mode="group",
                leader=home.leaders[0].id,
            ),
            write(
                "contracts",
                contracts,
                lead=some(ids, contracts),
                date=some(days, contracts),
                kind="contract",
                amount_yuan=yuan[:contracts],
                event_level="none",
            ),
            write("starts", len(begun), lead=begun, date=some(days, len(begun))),
            write(
                "instalments",
                instalments,
                lead=some(ids, instalments),
                date=some(days, instalments),
                gross_yuan=gross,
                fixed_yuan=gross // 2,
            ),
            write(
                "expenses",
                expenses,
                bureau=some(bureaus, expenses),
                head="travel",
                date=some(days, expenses),
                amount_yuan=yuan[:expenses],
            ),
        )
    )


def check(path: Path, n_bureaus: int) -> None:
    """Read a ledger, check it and count where the bureaus stand; print what each took."""
    scenario = scenario_of(n_bureaus)
    begun = time.perf_counter()

    def took(what: str) -> None:
        nonlocal begun
        print(f"  {what:<30} {time.perf_counter() - begun:8.2f} s")
        begun = time.perf_counter()

    ledger = read_ledger(path, scenario, today=TODAY)
    took("read and judged")
    known = ledger.as_of(AS_OF)
    took("cut to a day")
    items = weekly_check(known, scenario, AS_OF)
    took("weekly check")
    standing(known, scenario, AS_OF)
    took("standing")
    counts = (
        f"{ledger.n_rows:,} rows, {len(ledger.faults):,} faults, {len(ledger.remarks):,} oddities"
    )
    print(f"  {counts}, {len(items):,} to do")


def measured(label: str, path: Path, n_bureaus: int) -> bool:
    """Check a ledger in a process of its own; return whether it stays within the bars."""
    print(f"{label}: {_bytes(path) / 2**20:,.0f} MB on the disk", flush=True)
    command = [sys.executable, "-m", "benchmarks.ledger", "check", str(path), str(n_bureaus)]
    begun = time.perf_counter()
    with subprocess.Popen(command) as child:
        _, status, used = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    wall, memory = time.perf_counter() - begun, used.ru_maxrss / 1024
    cpu = used.ru_utime + used.ru_stime
    held = child.returncode == 0 and wall <= BAR_S and memory <= BAR_MB
    print(
        f"  {'whole process':<30} {wall:8.2f} s (bar {BAR_S:.0f}), cpu {cpu:.2f} s, "
        f"{memory:,.0f} MB (bar {BAR_MB:,.0f}): {'held' if held else 'MISSED'}"
    )
    return held


def _bytes(path: Path) -> int:
    return sum(x.stat().st_size for x in path.iterdir()) if path.is_dir() else path.stat().st_size


def _timed(what: str, work: Callable[[], int]) -> int:
    """Work in a process of its own: this one stays small, as a child's memory begins with it."""
    begun = time.perf_counter()
    with ProcessPoolExecutor(1, get_context("spawn")) as apart:
        result = apart.submit(work).result()
    print(f"{what:<32} {time.perf_counter() - begun:8.2f} s", flush=True)
    return result


def _one_added(path: Path, n_bureaus: int) -> int:
    scenario = scenario_of(n_bureaus)
    day = AS_OF.isoformat()
    row = {"recorded": day, "person": scenario.persons[0][1].id, "date": day, "company": "A"}
    begun = time.perf_counter()
    added = append(path, "calls", [row], scenario, today=TODAY)
    print(f"  one row added {time.perf_counter() - begun:25.2f} s", flush=True)
    return len(added)


def main(n_rows: int = N_ROWS, n_bureaus: int = N_BUREAUS) -> int:
    """Measure every form; return 1 when a bar is missed."""
    print(f"load before the run {os.getloadavg()[0]:.2f}", flush=True)
    held = []
    with tempfile.TemporaryDirectory() as place:
        there = Path(place)
        for n, folder, other in (
            (n_rows, "folder", "ledger.sqlite"),
            (min(n_rows, N_WORKBOOK_ROWS), "less", "less.xlsx"),
        ):
            source, target = there / folder, there / other
            source.mkdir()
            made = _timed(f"made up as {folder}", partial(make_up, source, n_bureaus, n))
            _timed(f"converted to {other}", partial(convert, source, target))
            for path in (source, target):
                held.append(measured(f"{path.name}, {made:,} rows", path, n_bureaus))
                _timed("  with the start of a process", partial(_one_added, path, n_bureaus))
    return 0 if all(held) else 1


if __name__ == "__main__":
    if sys.argv[1:2] == ["check"]:
        check(Path(sys.argv[2]), int(sys.argv[3]))
    else:
        sys.exit(main(*map(int, sys.argv[1:])))

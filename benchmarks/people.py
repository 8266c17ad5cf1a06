"""Ten people at once: how long each page takes, alone and with everybody walking about.

``python -m benchmarks.people RUNS`` serves the runs of a folder on the loopback and, first, shows
every page to one browser alone (where a Chromium is installed), then lets ten sessions walk through
all pages, each reading for a while before it goes on. It is bounded by the number of rounds and by
a wall time, and stops by itself; it ends with 1 where a bar is missed.

A session is a browser's channel without the browser: ten browsers on the machine of the server
would measure themselves. What is timed is from the request until the page stands: all of it has
arrived.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np

from benchmarks.served import Session, complaints, serving
from dashboards.app import PAGES, SECTIONS
from dashboards.serve import LOOPBACK
from dashboards.service import Service

PEOPLE: Final = 10
BAR_P95_S: Final = 3.0
BAR_LEADER_S: Final = 2.0
BAR_DETAIL_S: Final = 5.0
_FLAGS: Final = ("--no-sandbox", "--disable-gpu", "--disable-background-networking")


@dataclass
class Record:
    """What was measured: seconds by page, and what went wrong."""

    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    errors: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, page: str, seconds: float, errors: Iterable[str] = ()) -> None:
        """Note one action."""
        with self.lock:
            self.seconds[page].append(seconds)
            self.errors += [f"{page}: {error}" for error in errors]

    def fail(self, what: str, error: Exception) -> None:
        """Note an action that came to nothing."""
        with self.lock:
            self.errors.append(f"{what}: {type(error).__name__}: {error}")

    @property
    def all(self) -> list[float]:
        """Every time measured."""
        return [second for page in self.seconds.values() for second in page]


def walk(record: Record, port: int, person: int, rounds: int, think_s: float, until: float) -> None:
    """Let one person walk through all pages so many times, each in an order of their own."""
    chance = random.Random(person)
    lang = "en" if person % 3 == 2 else "zh"
    try:
        with Session(port) as session:
            for _ in range(rounds):
                for page in chance.sample(sorted(PAGES), len(PAGES)):
                    if time.monotonic() > until:
                        return
                    started = time.perf_counter()
                    messages = session.show(page, lang=lang)
                    record.add(page, time.perf_counter() - started, complaints(messages))
                    time.sleep(think_s * chance.uniform(0.5, 1.5))
    except Exception as error:
        # Whatever breaks a person's walk is a finding of the benchmark, not its end.
        record.fail(f"person {person}", error)


def crowd(port: int, people: int, rounds: int, think_s: float, limit_s: float) -> Record:
    """Let so many people walk at once; return what was measured."""
    record, until = Record(), time.monotonic() + limit_s
    threads = [
        threading.Thread(target=walk, args=(record, port, person, rounds, think_s, until))
        for person in range(people)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return record


def alone(port: int, chromium: str, times: int) -> Record:
    """Open every page in one browser, so many times; return until when it stands."""
    from playwright.sync_api import expect, sync_playwright

    record = Record()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(_FLAGS))
        seen = browser.new_context(viewport={"width": 1366, "height": 768}).new_page()
        for page in PAGES:
            for _ in range(times):
                started = time.perf_counter()
                try:
                    seen.goto(f"http://{LOOPBACK}:{port}/{page}?lang=zh")
                    expect(seen.locator("footer.b-footer")).to_be_visible(timeout=30_000)
                    running = seen.get_by_test_id("stStatusWidget")
                    expect(running).to_have_count(0, timeout=30_000)
                    broken = seen.get_by_test_id("stException").count()
                    record.add(page, time.perf_counter() - started, ["exception"] * broken)
                except AssertionError as error:
                    record.fail(page, error)
        browser.close()
    return record


def report(title: str, record: Record) -> None:
    """Print a table of one measurement."""
    print(f"\n{title}")
    print(f"{'page':<16}{'n':>6}{'p50':>9}{'p95':>9}{'max':>9}  seconds")
    rows = [*sorted(record.seconds.items()), *([("all", record.all)] if record.seconds else [])]
    for page, times in rows:
        p50, p95 = np.quantile(times, (0.5, 0.95))
        print(f"{page:<16}{len(times):>6}{p50:>9.2f}{p95:>9.2f}{max(times):>9.2f}")
    print(f"errors: {len(record.errors)}")
    for error in record.errors[:10]:
        print(f"  {error[:200]}")


def missed(people: Record, single: Record | None) -> list[str]:
    """Return the bars that were missed, in words."""
    found = [f"{len(people.errors)} errors with people at once"] if people.errors else []
    p95 = float(np.quantile(people.all, 0.95)) if people.all else float("inf")
    if p95 > BAR_P95_S:
        found.append(f"p95 {p95:.2f} s with people at once, bar {BAR_P95_S:.0f} s")
    if single is None:
        return found
    if single.errors:
        found.append(f"{len(single.errors)} errors alone")
    for page, times in single.seconds.items():
        bar = BAR_LEADER_S if page in SECTIONS["leaders"] else BAR_DETAIL_S
        if float(np.median(times)) > bar:
            found.append(f"{page} alone {np.median(times):.2f} s, bar {bar:.0f} s")
    return found


def main(argv: Sequence[str] | None = None) -> int:
    """Measure and print; return 1 where a bar is missed."""
    asked = _asked(argv)
    chromium = next(filter(None, map(shutil.which, ("chromium", "google-chrome"))), None)
    print(f"cores {os.cpu_count()}, load before {os.getloadavg()[0]:.2f}")
    with (
        tempfile.TemporaryDirectory() as folder,
        serving(Service(), asked.runs.resolve(), Path(folder)) as server,
    ):
        single = alone(server.port, chromium, asked.times) if chromium else None
        if single is not None:
            report("one person alone, browser included", single)
        else:
            print("no Chromium here: pages were not shown to a browser")
        before = server.cpu_s()
        people = crowd(server.port, asked.people, asked.rounds, asked.think, asked.limit)
        after = server.cpu_s()
        report(f"{asked.people} people at once, reading for {asked.think:g} s", people)
    if before is not None and after is not None and people.all:
        print(f"processor time a page: {(after - before) / len(people.all):.3f} s")
    print(f"\nload after {os.getloadavg()[0]:.2f}")
    bars = missed(people, single)
    print("\n".join(f"MISSED: {bar}" for bar in bars) or "all bars held")
    return 1 if bars else 0


def _asked(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Ten people at once.")
    parser.add_argument("runs", type=Path, help="folder of runs to serve")
    parser.add_argument("--people", type=int, default=PEOPLE)
    parser.add_argument("--rounds", type=int, default=3, help="walks through all pages")
    parser.add_argument("--think", type=float, default=3.0, help="seconds a page is read")
    parser.add_argument("--times", type=int, default=3, help="how often a page is opened alone")
    parser.add_argument(
        "--limit", type=float, default=300.0, help="seconds at most, people at once"
    )
    return parser.parse_args(argv)


if __name__ == "__main__":
    sys.exit(main())

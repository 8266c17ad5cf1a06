"""The nowcast's study: hidden years, their ledgers, and nowcasts of them at the ends of quarters.

``python -m benchmarks.nowcast RUN [--years N] [--futures N] [--workers N] [--noise]`` lives through
hidden years of a run's plan, writes the ledger of each, nowcasts it at the end of the first three
quarters, and holds what was said against what came:

- how often the central 80 % interval of the signed amount at the year's end covers it;
- how wide it is, and whether it narrows from quarter to quarter;
- whether the rank of what came among the nowcast's futures, and of what the hidden year held
  true among what was learned, is uniform (simulation-based calibration, Talts et al. 2018);
- the same for a calibration that drops open leads, which must fail.

Then the time of a nowcast with 10,000 futures.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray
from scipy.stats import chisquare

from planner.plan import Plan
from scenarios.ledger import Ledger
from scenarios.model import Scenario
from sim.calibrate import calibrated
from sim.calibration import Calibration
from sim.demo import NO_NOISE, Noise, ledger_of
from sim.futures import Role, draw_parameters, key_of
from sim.hidden import HiddenYear, hidden_year
from sim.histories import calls_made, histories
from sim.interval import estimate_sums
from sim.nowcast import nowcast
from sim.samples import Job, sample
from sim.side import carried_over
from sim.taking_up import taken_up

Variant = Literal["learned", "complete-only"]
"""How assumptions learn: as they should, or without open leads."""

Floats = NDArray[np.float64]

SEED: Final = 4
"""Of the hidden years, and of the nowcasts: another role draws each."""

COVERED: Final = (0.1, 0.9)
"""The central interval that is looked at."""

BINS: Final = 10
"""Bins of ranks."""

PARAMETERS: Final = (
    "opening_gap_micro",
    "qualified",
    "visit",
    "contract",
    "registered",
    "started",
    "realisation",
)
"""What a bureau holds true that its records can tell."""

DRAWS: Final = 99
"""Draws from what was learned."""


@dataclass(frozen=True, slots=True)
class Told:
    """What one nowcast said of the signed amount at the year's end, and what came.

    Attributes
    ----------
    rank
        Share of its futures below what came, ties counted half; by bureau, then all together.
    low_yuan, high_yuan
        Its central interval, in the same order.
    came_yuan
        What came.
    held
        By parameter and bureau: share of what was learned below what the hidden year held true.
    """

    rank: tuple[float, ...]
    low_yuan: tuple[float, ...]
    high_yuan: tuple[float, ...]
    came_yuan: tuple[float, ...]
    held: dict[str, tuple[float, ...]]

    @property
    def covered(self) -> tuple[bool, ...]:
        """Where what came lies within the interval."""
        each = zip(self.low_yuan, self.came_yuan, self.high_yuan, strict=True)
        return tuple(low <= came <= high for low, came, high in each)


def quarter_ends(scenario: Scenario) -> tuple[date, ...]:
    """Return the last days of all quarters but the last."""
    days = scenario.days
    return tuple(days.date_of(quarter.stop - 1) for quarter in days.periods(3)[:-1])


def told(
    scenario: Scenario,
    plan: Plan,
    index: int,
    *,
    days: Sequence[date],
    variants: Sequence[Variant],
    n: int,
    noise: Noise = NO_NOISE,
) -> dict[tuple[Variant, date], Told]:
    """Live through one hidden year and nowcast it on some days."""
    hidden = hidden_year(scenario, plan, seed=SEED, index=index)
    came = np.array([own.signed_fen for own in hidden.outcome.bureaus], np.int64)
    ledger = ledger_of(scenario, plan, hidden, noise)
    found = {}
    for variant in variants:
        for day in days:
            learned = _learned(scenario, plan, ledger, day, variant)
            futures = _futures(learned, plan, ledger, day, n, SEED + index)
            held = _held(learned.scenario, hidden, SEED + index)
            found[variant, day] = _told(futures, came, held)
    return found


def _learned(
    scenario: Scenario, plan: Plan, ledger: Ledger, day: date, variant: Variant
) -> Calibration:
    known = ledger.as_of(day)
    leads, calls = histories(known, scenario, day), calls_made(known, scenario, day)
    only = variant == "complete-only"
    return calibrated(leads, calls, scenario, plan, day, complete_only=only)


def _futures(
    learned: Calibration, plan: Plan, ledger: Ledger, day: date, n: int, seed: int
) -> NDArray[np.int64]:
    """Return the signed amount at the year's end in fen, shape (futures, bureaus)."""
    known, carried = ledger.as_of(day), carried_over(plan, learned.scenario)
    states = taken_up(
        learned.scenario,
        carried,
        known,
        day,
        closing=learned.closing,
        closing_visited=learned.closing_visited,
    )
    return sample(Job(learned.scenario, carried, seed, states=states), 0, n).of("signed_fen")


def _held(learned: Scenario, hidden: HiddenYear, seed: int) -> dict[str, tuple[float, ...]]:
    """Return the rank of what each bureau of the hidden year held true among what was learned."""
    key = key_of(seed, Role.FORECAST)
    ranks: dict[str, list[float]] = {name: [] for name in PARAMETERS}
    for bureau, true in hidden.parameters.items():
        drawn = [
            draw_parameters(learned.assumptions, bureau, theta, key=key) for theta in range(DRAWS)
        ]
        for name in PARAMETERS:
            values = np.array([getattr(one, name) for one in drawn])
            truth = getattr(true, name)
            ranks[name].append(float((values < truth).mean() + (values == truth).mean() / 2))
    return {name: tuple(own) for name, own in ranks.items()}


def _told(
    futures: NDArray[np.int64], came: NDArray[np.int64], held: dict[str, tuple[float, ...]]
) -> Told:
    each = np.column_stack([futures, futures.sum(axis=1)])
    true = np.append(came, came.sum())
    rank = (each < true).mean(axis=0) + (each == true).mean(axis=0) / 2
    low, high = np.quantile(each, COVERED, axis=0, method="inverted_cdf")
    return Told(
        tuple(rank.tolist()),
        tuple((low / 100).tolist()),
        tuple((high / 100).tolist()),
        tuple((true / 100).tolist()),
        held,
    )


@dataclass(frozen=True, slots=True)
class Seen:
    """What many years say of the nowcasts of one day.

    Attributes
    ----------
    covered, covered_low, covered_high
        How often the interval covered what came, all bureaus together, with its 95 % interval.
    by_bureau
        How often, bureau by bureau.
    width_yuan
        Its mean width.
    p_uniform
        Chance of ranks at least as uneven if they are uniform, all bureaus together.
    p_held
        The same of each parameter, the lowest of the bureaus times their number.
    """

    covered: float
    covered_low: float
    covered_high: float
    by_bureau: tuple[float, ...]
    width_yuan: float
    p_uniform: float
    p_held: dict[str, float]


def seen(some: Sequence[Told]) -> Seen:
    """Sum up the nowcasts of one day of many years."""
    covered = np.array([one.covered for one in some])
    width = np.mean([one.high_yuan[-1] - one.low_yuan[-1] for one in some])
    k = int(covered[:, -1].sum())
    of = estimate_sums(k, k, len(some), 1)
    return Seen(
        of.p,
        of.low,
        of.high,
        tuple(covered[:, :-1].mean(axis=0).tolist()),
        float(width),
        _uniform(np.array([one.rank[-1] for one in some])),
        {
            name: min(1.0, ranks.shape[1] * min(_uniform(own) for own in ranks.T))
            for name in PARAMETERS
            for ranks in [np.array([one.held[name] for one in some])]
        },
    )


def _uniform(ranks: Floats) -> float:
    bins = np.bincount(np.minimum((ranks * BINS).astype(int), BINS - 1), minlength=BINS)
    return float(chisquare(bins).pvalue)


def study(
    scenario: Scenario,
    plan: Plan,
    years: Iterable[int],
    *,
    days: Sequence[date] = (),
    variants: Sequence[Variant] = ("learned", "complete-only"),
    n: int = 400,
    noise: Noise = NO_NOISE,
    workers: int = 1,
) -> dict[tuple[Variant, date], list[Told]]:
    """Nowcast many hidden years; return what was said of each, in the order of the years.

    Without days, at the end of every quarter but the last.
    """
    some = tuple(days) or quarter_ends(scenario)
    one = partial(told, scenario, plan, days=some, variants=variants, n=n, noise=noise)
    if workers == 1:
        each = [one(year) for year in years]
    else:
        with ProcessPoolExecutor(workers) as pool:
            each = list(pool.map(one, years, chunksize=4))
    return {key: [year[key] for year in each] for key in each[0]}


def _seconds(scenario: Scenario, plan: Plan) -> list[float]:
    """Return the time of a nowcast with 10,000 futures at the end of each quarter, warm."""
    ledger = ledger_of(scenario, plan, hidden_year(scenario, plan, seed=SEED), Noise())
    taken = []
    for day in (quarter_ends(scenario)[0], *quarter_ends(scenario)):
        begin = time.perf_counter()
        nowcast(scenario, plan, ledger, day, seed=SEED, workers=os.cpu_count() or 1).to_json()
        taken.append(time.perf_counter() - begin)
    return taken[1:]


def main() -> int:
    """Print the table; fail where a bar is missed."""
    from dashboards.runs import find_run

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("run", type=Path)
    parser.add_argument("--years", type=int, default=200)
    parser.add_argument("--futures", type=int, default=400)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--noise", action="store_true", help="people slip, as in a demo ledger")
    asked = parser.parse_args()
    run = find_run(asked.run)
    seconds = _seconds(run.scenario, run.plan)
    print(f"load {os.getloadavg()[0]:.2f}; {run.scenario.id}; years {asked.years}")
    print(f"seconds of a nowcast with 10,000 futures: {[round(x, 2) for x in seconds]} (bar 3)")
    begin = time.perf_counter()
    noise = Noise() if asked.noise else NO_NOISE
    found = study(
        run.scenario,
        run.plan,
        range(asked.years),
        n=asked.futures,
        noise=noise,
        workers=asked.workers,
    )
    print(f"study: {time.perf_counter() - begin:.0f} s")
    print(
        "| calibration | as of | covered (80 %) | by bureau | width, 100 m | p uniform | "
        "p of parameters |"
    )
    print("|---|---|---|---|---|---|---|")
    missed, widths = int(max(seconds) > 3), []
    for (variant, day), some in found.items():
        sum_up = seen(some)
        bureaus = ", ".join(f"{x:.0%}" for x in sum_up.by_bureau)
        parameters = ", ".join(f"{name} {p:.2g}" for name, p in sum_up.p_held.items())
        print(
            f"| {variant} | {day} | {sum_up.covered:.1%} ({sum_up.covered_low:.1%} to "
            f"{sum_up.covered_high:.1%}) | {bureaus} | {sum_up.width_yuan / 1e8:.2f} | "
            f"{sum_up.p_uniform:.2g} | {parameters} |"
        )
        if variant == "learned":
            widths.append(sum_up.width_yuan)
            missed += not 0.75 <= sum_up.covered <= 0.85
            missed += min(sum_up.p_uniform, *sum_up.p_held.values()) < 0.001
    missed += widths != sorted(widths, reverse=True)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())

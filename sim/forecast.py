"""The forecast: how likely each target, all together, each grade, and what holds bureaus back.

Joint probabilities come from joint indicators, never from a product of marginals; every
probability carries k, n and a Wilson interval.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor, ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planner.plan import Plan
from scenarios.actuals import Actuals
from scenarios.assessment import Reading
from scenarios.model import Scenario
from scenarios.score import ScoreSheet, minima_of, readings, score_sheet
from scenarios.targets import BureauTarget, Metric
from sim.case import build_cases
from sim.interval import CONFIDENCE, Estimate, estimate
from sim.outcome import LIMITS, SPEND_HEADS
from sim.samples import COLUMNS, IntArray, Samples, sample_chunked

BoolArray = NDArray[np.bool_]

MAX_WORKERS = 64


@dataclass(frozen=True, eq=False)
class Forecast:
    """Many outcomes of one plan.

    Attributes
    ----------
    scenario, plan
        What was simulated.
    seed
        The experiment's seed.
    asked
        Futures asked for; fewer are in ``samples`` when the work was stopped.
    samples
        Every outcome.
    """

    scenario: Scenario
    plan: Plan
    seed: int
    asked: int
    samples: Samples

    @property
    def n(self) -> int:
        """Number of futures."""
        return len(self.samples)

    @property
    def outcomes(self) -> pd.DataFrame:
        """One row per future and bureau: every counted field, and the score by reading."""
        ids = [bureau.id for bureau in self.scenario.organisation.bureaus]
        n, b = self.n, len(ids)
        frame: dict[str, Any] = {
            "future": np.repeat(np.arange(self.samples.first, self.samples.first + n), b),
            "bureau": ids * n,
            "signed_yuan": (self.samples.of("signed_fen") // 100).ravel(),
            "funds_yuan": (self.funds_fen() // 100).ravel(),
        }
        frame |= {name: self.samples.of(name).ravel() for name in COLUMNS}
        frame["limit"] = [LIMITS[i] for i in self.samples.limits.ravel()]
        for reading, sheet in self.sheets().items():
            frame[f"score_{reading}"] = sheet.total.ravel()
        return pd.DataFrame(frame)

    def funds_fen(self) -> IntArray:
        """Return funds in place on the basis the rules name (F6r), shape (n, bureaus)."""
        basis = self.scenario.rules.funds.basis
        return self.samples.of("funds_gross_fen" if basis == "gross" else "funds_fixed_fen")

    def metric(self, metric: Metric) -> IntArray:
        """Return a metric of the targets, shape (n, bureaus): fen for money, else counts."""
        if metric == "signed_yuan":
            return self.samples.of("signed_fen")
        if metric == "funds_yuan":
            return self.funds_fen()
        principal = self.samples.of("visits_principal")
        deputy = self.samples.of("visits_deputy")
        by_name = {
            "inspections": principal + deputy,
            "inspections_principal": principal,
            "inspections_deputy": deputy,
        }
        return by_name[metric] if metric in by_name else self.samples.of(metric)

    def met(self, target: BureauTarget) -> BoolArray:
        """Return in which futures a bureau meets a target, shape (n,)."""
        column = [b.id for b in self.scenario.organisation.bureaus].index(target.bureau)
        unit = 100 if target.target.metric.endswith("_yuan") else 1
        return self.metric(target.target.metric)[:, column] >= target.minimum * unit

    def sheets(self) -> dict[str, ScoreSheet]:
        """Return the score sheets by reading: the default first, then those shown beside it.

        Where no item can be read in several ways there is one sheet, named ``as-stated``.
        """
        actuals = Actuals(
            signed_yuan=self.samples.of("signed_fen") // 100,
            registered=self.samples.of("registered"),
            funds_yuan=self.funds_fen() // 100,
            inspections=self.metric("inspections"),
            events=self.samples.of("events"),
            liaison_items=self.samples.of("liaison_items"),
            event_signed=self.samples.of("event_signed"),
            event_started=self.samples.of("event_started"),
            reports_late=self.samples.of("reports_late"),
            deductions_points=self.samples.of("deductions_milli") / 1000,
            presence_days=np.broadcast_to(
                [sum(case.at_post) for case in build_cases(self.scenario, self.plan)],
                (self.n, len(self.scenario.organisation.bureaus)),
            ),
        )
        minima = minima_of(self.scenario)
        assessment = self.scenario.assessment
        shown: tuple[Reading | None, ...] = readings(assessment) or (None,)
        return {
            reading or "as-stated": score_sheet(assessment, minima, actuals, reading)
            for reading in shown
        }

    def to_json(self) -> dict[str, Any]:
        """Return the content of ``forecast.json``."""
        bureaus = self.scenario.organisation.bureaus
        return {
            "scenario": self.scenario.id,
            "scenario_hash": self.scenario.content_hash,
            "plan_hash": self.plan.content_hash,
            "seed": self.seed,
            "n": self.n,
            "engine": "simpy",
            "stopping": {"rule": "fixed-n", "n": self.asked, "stopped_early": self.n < self.asked},
            "confidence": CONFIDENCE,
            "bureaus": {b.id: self._bureau(i, b.id) for i, b in enumerate(bureaus)},
            "joint": self._joint(),
            "score": self._score(),
        }

    def _bureau(self, column: int, bureau: str) -> dict[str, Any]:
        targets = self.scenario.targets_of(bureau)
        met = {t.target.id: self.met(t) for t in targets}
        return {
            "targets": {
                t.target.id: {
                    "metric": t.target.metric,
                    "minimum": t.minimum,
                    **estimate(met[t.target.id]).to_json(),
                }
                for t in targets
            },
            "all_main": _all(self.n, [met[t.target.id] for t in targets if t.target.main]),
            "all": _all(self.n, list(met.values())),
            "quantiles": self._quantiles(column),
            "limits": {
                limit: estimate(self.samples.limits[:, column] == i).to_json()
                for i, limit in enumerate(LIMITS)
            },
            "spend_yuan_mean": {
                head: (self.samples.spend_fen[:, column, i].sum(axis=0) / (100 * self.n)).tolist()
                for i, head in enumerate(SPEND_HEADS)
            },
            "funnel_mean": self._funnel(column),
            "dry": self._dry(column),
        }

    def _quantiles(self, column: int) -> dict[str, dict[str, float]]:
        spend = self.samples.spend_fen.sum(axis=(2, 3))
        yuan = {
            "signed_yuan": self.samples.of("signed_fen"),
            "funds_yuan": self.funds_fen(),
            "funds_gross_yuan": self.samples.of("funds_gross_fen"),
            "spend_yuan": spend,
        }
        counts = {
            "signed": self.samples.of("signed"),
            "registered": self.samples.of("registered"),
            "started": self.samples.of("started"),
            "calls": self.samples.of("calls"),
            "inspections": self.metric("inspections"),
        }
        return {
            **{name: _spread(values[:, column], 100) for name, values in yuan.items()},
            **{name: _spread(values[:, column], 1) for name, values in counts.items()},
        }

    def _funnel(self, column: int) -> dict[str, float]:
        def mean(*names: str) -> float:
            return sum(int(self.samples.of(name)[:, column].sum()) for name in names) / self.n

        return {
            "openings": mean("openings"),
            "calls": mean("calls"),
            "qualified_leads": mean("qualified_leads"),
            "visits": mean("visits_principal", "visits_deputy", "visits_group", "visits_unit"),
            "signed": mean("signed"),
            "registered": mean("registered"),
            "started": mean("started"),
        }

    def _dry(self, column: int) -> dict[str, Any]:
        day = self.samples.of("dry_day")[:, column]
        dry = day >= 0
        median = None
        if dry.any():
            middle = int(np.quantile(day[dry], 0.5, method="inverted_cdf"))
            median = self.scenario.days.date_of(middle).isoformat()
        return {**estimate(dry).to_json(), "median_date": median}

    def _joint(self) -> dict[str, Any]:
        ids = [bureau.id for bureau in self.scenario.organisation.bureaus]
        of_bureau = {b: self.scenario.targets_of(b) for b in ids}
        main = np.stack(
            [_every(self.n, [self.met(t) for t in of_bureau[b] if t.target.main]) for b in ids],
            axis=1,
        )
        reached = main.sum(axis=1)
        return {
            "all_bureaus_main": estimate(reached == len(ids)).to_json(),
            "at_least": {str(k): estimate(reached >= k).to_json() for k in range(1, len(ids) + 1)},
            "targets": {
                target.id: _all(
                    self.n,
                    [self.met(t) for b in ids for t in of_bureau[b] if t.target.id == target.id],
                )
                for target in self.scenario.targets
            },
        }

    def _score(self) -> dict[str, Any]:
        sheets = self.sheets()
        default = next(iter(sheets))
        grades = {name: sheet.grade for name, sheet in sheets.items()}
        ids = [bureau.id for bureau in self.scenario.organisation.bureaus]
        depends = [
            bureau
            for i, bureau in enumerate(ids)
            if any(not np.array_equal(grades[default][:, i], g[:, i]) for g in grades.values())
        ]
        return {
            "default": default,
            "readings": {
                name: {bureau: self._score_of(sheet, i) for i, bureau in enumerate(ids)}
                for name, sheet in sheets.items()
            },
            "grade_depends_on_reading": depends,
            "grade_changes": {
                bureau: estimate(
                    np.any([g[:, i] != grades[default][:, i] for g in grades.values()], axis=0)
                ).to_json()
                for i, bureau in enumerate(ids)
            },
        }

    def _score_of(self, sheet: ScoreSheet, column: int) -> dict[str, Any]:
        total = sheet.total[:, column]
        scored = total[~np.isnan(total)]
        quantiles = dict.fromkeys(("p10", "p50", "p90"))
        if scored.size:
            cuts = np.quantile(scored, (0.1, 0.5, 0.9), method="inverted_cdf")
            quantiles = dict(zip(quantiles, cuts.tolist(), strict=True))
        return {
            "mean": _mean(total),
            **quantiles,
            "items": {item: _mean(points[:, column]) for item, points in sheet.points.items()},
            "grades": {
                grade.id: estimate(sheet.grade[:, column] == i).to_json()
                for i, grade in enumerate(self.scenario.assessment.grades)
            },
        }


def forecast(
    scenario: Scenario,
    plan: Plan,
    *,
    n: int,
    seed: int,
    workers: int = 1,
    executor: Executor | None = None,
    progress: Callable[[int, int], None] | None = None,
    stop: Callable[[], bool] | None = None,
) -> Forecast:
    """Simulate ``n`` futures of a plan.

    Parameters
    ----------
    scenario, plan
        What to simulate; the plan must have been made for the scenario.
    n
        Number of futures, from 1.
    seed
        A whole number from 0 to 2**63 - 1: the same seed gives the same forecast, whatever the
        executor, the number of workers or the order in which they finish.
    workers
        Processes to start where no executor is given; 1 works in this process.
    executor
        Any ``concurrent.futures.Executor``; it is not shut down.
    progress
        Called with (done, n).
    stop
        Asked between chunks; once it says yes, the finished futures make the forecast.

    Raises
    ------
    ValueError
        When n, seed or workers lie outside their range, or the plan belongs to another scenario.
    """
    if n < 1:
        msg = f"n: found {n}; allowed: at least 1 future"
        raise ValueError(msg)
    if not 1 <= workers <= MAX_WORKERS:
        msg = f"workers: found {workers}; allowed: 1 to {MAX_WORKERS}"
        raise ValueError(msg)

    def sampled(pool: Executor | None) -> Samples:
        return sample_chunked(
            scenario,
            plan,
            n,
            seed=seed,
            executor=pool,
            in_flight=2 * workers,
            progress=progress,
            stop=stop,
        )

    if executor is not None or workers == 1:
        return Forecast(scenario, plan, seed, n, sampled(executor))
    # Spawned, not forked: the solver's threads must not be copied into the workers.
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        return Forecast(scenario, plan, seed, n, sampled(pool))


def _every(n: int, indicators: list[BoolArray]) -> BoolArray:
    """Return where all indicators hold; where there are none, nothing is missed."""
    every = np.ones(n, dtype=np.bool_)
    for hits in indicators:
        every &= hits
    return every


def _all(n: int, indicators: list[BoolArray]) -> dict[str, float | int]:
    joint: Estimate = estimate(_every(n, indicators))
    return joint.to_json()


def _spread(values: IntArray, unit: int) -> dict[str, float]:
    low, middle, high = np.quantile(values, (0.1, 0.5, 0.9), method="inverted_cdf")
    return {
        "p10": int(low) / unit,
        "p50": int(middle) / unit,
        "p90": int(high) / unit,
        "mean": int(values.sum()) / (unit * len(values)),
    }


def _mean(values: NDArray[np.float64]) -> float | None:
    """Return the mean, None where a bureau has no score."""
    return None if np.isnan(values).all() else float(np.nanmean(values))

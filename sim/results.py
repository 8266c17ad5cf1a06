"""Results: what samples mean under a scenario: metrics, targets met, scores, outcomes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planner.plan import Plan
from scenarios.actuals import Actuals
from scenarios.assessment import Reading
from scenarios.model import Scenario
from scenarios.score import ScoreSheet, minima_of, readings, score_sheets
from scenarios.targets import BureauTarget, Metric
from sim.outcome import COLUMNS, LIMITS
from sim.samples import IntArray, Samples, known_cases
from sim.state import State

BoolArray = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Results:
    """Samples of a plan, read by its scenario. Arrays are (futures, tails, bureaus).

    Attributes
    ----------
    only
        The one bureau that was simulated; None: all. Scores need all of them.
    states
        Where the bureaus' years stood; empty: they began on the first day.
    """

    scenario: Scenario
    plan: Plan
    samples: Samples
    only: str | None = None
    states: tuple[State, ...] = ()

    @property
    def bureaus(self) -> tuple[str, ...]:
        """Ids of the bureaus, in the scenario's order: the last axis of every array."""
        if self.only is not None:
            return (self.only,)
        return tuple(bureau.id for bureau in self.scenario.organisation.bureaus)

    def funds_fen(self) -> IntArray:
        """Return funds in place on the basis the rules name (F6r)."""
        basis = self.scenario.rules.funds.basis
        return self.samples.each("funds_gross_fen" if basis == "gross" else "funds_fixed_fen")

    def metric(self, metric: Metric) -> IntArray:
        """Return a metric of the targets: fen for money, else counts."""
        each = self.samples.each
        match metric:
            case "signed_yuan":
                return each("signed_fen")
            case "funds_yuan":
                return self.funds_fen()
            case "inspections":
                return each("visits_principal") + each("visits_deputy")
            case "inspections_principal":
                return each("visits_principal")
            case "inspections_deputy":
                return each("visits_deputy")
            case _:
                return each(metric)

    def met(self, target: BureauTarget) -> BoolArray:
        """Return where a bureau meets a target, shape (futures, tails)."""
        unit = 100 if target.target.metric.endswith("_yuan") else 1
        did = self.metric(target.target.metric)[:, :, self.bureaus.index(target.bureau)]
        return did >= target.minimum * unit

    @cached_property
    def actuals(self) -> Actuals:
        """What the bureaus did, as a score looks at it."""
        each, shape = self.samples.each, self.samples.each("signed").shape
        return Actuals(
            signed_yuan=each("signed_fen") // 100,
            registered=each("registered"),
            funds_yuan=self.funds_fen() // 100,
            inspections=self.metric("inspections"),
            events=each("events"),
            liaison_items=each("liaison_items"),
            event_signed=each("event_signed"),
            event_started=each("event_started"),
            reports_late=each("reports_late"),
            deductions_points=each("deductions_milli") / 1000,
            presence_days=np.broadcast_to(self._presence_days, shape),
        )

    @cached_property
    def sheets(self) -> dict[str, ScoreSheet]:
        """The score sheets by reading: the default first, then those shown beside it.

        Where no item can be read in several ways there is one sheet, named ``as-stated``. All
        readings are applied to the same outcomes: nothing is simulated again.
        """
        minima, assessment = minima_of(self.scenario), self.scenario.assessment
        shown: tuple[Reading | None, ...] = readings(assessment) or (None,)
        sheets = score_sheets(assessment, minima, self.actuals, shown)
        return {reading or "as-stated": sheet for reading, sheet in zip(shown, sheets, strict=True)}

    @property
    def _presence_days(self) -> IntArray:
        cases = known_cases(self.scenario, self.plan)
        if self.states:
            return np.array(
                [
                    state.presence_days + sum(case.at_post[state.day :])
                    for case, state in zip(cases, self.states, strict=True)
                ],
                np.int64,
            )
        return np.array([sum(case.at_post) for case in cases], np.int64)

    def outcomes(self) -> pd.DataFrame:
        """Return a row a future and bureau (tail 0): counted fields, and the score by reading."""
        n, b, first = len(self.samples), len(self.bureaus), self.samples.first
        frame: dict[str, Any] = {
            "future": np.repeat(np.arange(first, first + n), b),
            "bureau": list(self.bureaus) * n,
            "signed_yuan": (self.samples.of("signed_fen") // 100).ravel(),
            "funds_yuan": (self.funds_fen()[:, 0, :] // 100).ravel(),
        }
        frame |= {name: self.samples.of(name).ravel() for name in COLUMNS}
        frame["limit"] = [LIMITS[i] for i in self.samples.limits.ravel()]
        for reading, sheet in self.sheets.items():
            frame[f"score_{reading}"] = sheet.total[:, 0, :].ravel()
        return pd.DataFrame(frame)

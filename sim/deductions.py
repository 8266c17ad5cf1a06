"""Deductions that somebody enters: the score of the same futures with points taken off."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from scenarios.actuals import Actuals, FloatArray
from scenarios.assessment import EventDeduct, Reading
from scenarios.score import ScoreSheet, added_up, minima_of, score_item
from sim.results import Results


@dataclass(frozen=True, slots=True)
class Deductions:
    """What is taken off, beside what the futures draw themselves.

    Attributes
    ----------
    late
        Late, missed or false reports by bureau.
    points
        Points by item and bureau. Those of an item that deducts by events count as its other
        deductions; from any other item they are taken after it was scored, down to nothing.

    Raises
    ------
    ValueError
        When something is below 0.
    """

    late: Mapping[str, int] = field(default_factory=dict)
    points: Mapping[tuple[str, str], float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        wrong = [value for value in (*self.late.values(), *self.points.values()) if value < 0]
        if wrong:
            msg = f"deductions: found {wrong[0]}; allowed: 0 or more"
            raise ValueError(msg)

    @property
    def none(self) -> bool:
        """Whether nothing is taken off."""
        return not any(self.late.values()) and not any(self.points.values())


def sheet_with(
    results: Results, deductions: Deductions, reading: Reading | None = None
) -> ScoreSheet:
    """Return the score sheet of some futures with deductions; ranks stay as they are.

    Parameters
    ----------
    results
        All bureaus' futures.
    deductions
        What is taken off.
    reading
        As of :func:`scenarios.score.score_sheet`.
    """
    scenario, bureaus = results.scenario, results.bureaus
    assessment, minima = scenario.assessment, minima_of(scenario)

    def entered(item: str) -> FloatArray:
        return np.array([deductions.points.get((item, bureau), 0.0) for bureau in bureaus])

    late = np.array([deductions.late.get(bureau, 0) for bureau in bureaus])
    points = {}
    for item in assessment.items:
        taken = entered(item.id)
        if isinstance(item.rule, EventDeduct):
            actuals = _with_events(results.actuals, late, taken)
            points[item.id] = score_item(item, minima, actuals, reading=reading)
        else:
            own = score_item(item, minima, results.actuals, reading=reading)
            points[item.id] = np.maximum(own - taken, np.minimum(own, 0.0))
    return added_up(assessment, minima, points, results.actuals.shape)


def _with_events(actuals: Actuals, late: FloatArray, points: FloatArray) -> Actuals:
    return replace(
        actuals,
        reports_late=actuals.measured("reports_late") + late,
        deductions_points=actuals.measured("deductions_points") + points,
    )

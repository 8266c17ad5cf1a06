"""The score in its parts: what each item brings, how it varies, what moves the grade."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scenarios.actuals import FloatArray
from scenarios.assessment import Bonus, Item
from scenarios.model import Scenario
from scenarios.score import ScoreSheet, applies, grade_of, minima_of
from sim.difference import Difference, difference_of
from sim.interval import Estimate, estimate
from sim.measures import Measure
from sim.paired import paired_sums
from sim.results import BoolArray, Results
from sim.tally import MICRO, micro


@dataclass(frozen=True, slots=True)
class Spread:
    """Mean and range over all futures and tails."""

    mean: float
    p10: float
    p50: float
    p90: float


@dataclass(frozen=True, slots=True)
class Part:
    """One item of one bureau.

    Attributes
    ----------
    item
        The item.
    full
        Its full marks, scaled as the bureau's points are; of a bonus its cap.
    points
        What the bureau gets of it, scaled: the parts' means add up to the mean score.
    """

    item: Item
    full: float
    points: Spread

    @property
    def lost(self) -> float:
        """Mean points short of full marks."""
        return self.full - self.points.mean


@dataclass(frozen=True, slots=True)
class Mover:
    """What full marks of one item would do to a bureau's grade."""

    item: Item
    lost: float
    now: Estimate
    then: Estimate
    gain: Difference


def parts(results: Results, sheet: ScoreSheet, bureau: str) -> tuple[Part, ...]:
    """Return the items of a bureau in the order of the sheet; none where nothing scores it."""
    place = results.bureaus.index(bureau)
    return tuple(
        Part(item, full, spread(_given(results.scenario, sheet, item, place)))
        for item, full in _items(results.scenario, sheet, place)
    )


def total(results: Results, sheet: ScoreSheet, bureau: str) -> Spread | None:
    """Return the spread of a bureau's score; None where nothing scores it."""
    own = sheet.total[:, :, results.bureaus.index(bureau)]
    return None if np.isnan(own).any() else spread(own)


def grades(results: Results, sheet: ScoreSheet, bureau: str) -> dict[str, Estimate]:
    """Return how likely a bureau ends with each grade."""
    own = sheet.grade[:, :, results.bureaus.index(bureau)]
    return {
        grade.id: estimate(own == i) for i, grade in enumerate(results.scenario.assessment.grades)
    }


def reached(results: Results, sheet: ScoreSheet, bureau: str, grade: int) -> BoolArray:
    """Return where a bureau reaches a grade or a better one, shape (futures, tails)."""
    own = sheet.grade[:, :, results.bureaus.index(bureau)]
    return np.asarray((own >= 0) & (own <= grade))


def movers(results: Results, sheet: ScoreSheet, bureau: str, grade: int) -> tuple[Mover, ...]:
    """Return what full marks of each item would do to the odds of a grade, the most first."""
    scenario, place = results.scenario, results.bureaus.index(bureau)
    own = sheet.total[:, :, place]
    now = reached(results, sheet, bureau, grade)
    found = []
    for item, full in _items(scenario, sheet, place):
        given = _given(scenario, sheet, item, place)
        raised = grade_of(scenario.assessment.grades, own + np.maximum(full - given, 0.0))
        then = np.asarray(raised <= grade)
        gain = paired(now, then)
        found.append(Mover(item, float(full - given.mean()), estimate(now), estimate(then), gain))
    return tuple(sorted(found, key=lambda mover: (-mover.gain.difference, -mover.lost)))


def paired(now: BoolArray, then: BoolArray) -> Difference:
    """Return the difference of two indicators in the same futures."""
    sides = [Measure("probability", 1, "", hits) for hits in (now, then)]
    return difference_of(paired_sums(*sides), same=bool((now == then).all()))


def score_difference(
    results: Results, before: ScoreSheet, after: ScoreSheet, bureau: str
) -> Difference:
    """Return the difference of a bureau's score in the same futures."""
    place = results.bureaus.index(bureau)
    sides = [
        Measure("score", MICRO, "", micro(sheet.total[:, :, place])) for sheet in (before, after)
    ]
    same = bool((sides[0].values == sides[1].values).all())
    return difference_of(paired_sums(*sides), same=same)


def spread(values: FloatArray) -> Spread:
    """Return mean and quantiles of values."""
    p10, p50, p90 = (float(x) for x in np.quantile(values, (0.1, 0.5, 0.9)))
    return Spread(float(values.mean()), p10, p50, p90)


def _items(scenario: Scenario, sheet: ScoreSheet, place: int) -> list[tuple[Item, float]]:
    """Return the items that are for a bureau, with what full marks of each are worth to it."""
    minima, scale = minima_of(scenario), float(sheet.scale[place])
    if np.isnan(scale):
        return []
    return [
        (item, item.rule.cap if isinstance(item.rule, Bonus) else item.weight * scale)
        for item in scenario.assessment.items
        if applies(item, minima)[place]
    ]


def _given(scenario: Scenario, sheet: ScoreSheet, item: Item, place: int) -> FloatArray:
    scale = 1.0 if isinstance(item.rule, Bonus) else float(sheet.scale[place])
    return np.asarray(sheet.points[item.id][:, :, place] * scale)

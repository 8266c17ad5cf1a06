"""The score sheet: what the bureaus did, turned into points, a total and a grade."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import assert_never

import numpy as np
from numpy.typing import NDArray

from scenarios import formulas
from scenarios.actuals import Actuals, FloatArray
from scenarios.assessment import (
    Assessment,
    Bonus,
    Cliff,
    Efficacy,
    EventDeduct,
    Grade,
    Item,
    Proportion,
    ProRata,
    ProRataBonus,
    RankFirstElseShare,
    Reading,
    RelativeToBest,
    TierTable,
)
from scenarios.model import Scenario

BoolArray = NDArray[np.bool_]
IndexArray = NDArray[np.int64]

NOISE_POINTS = 1e-11
"""What adding up in binary may cost a score; one fen of a 1,000 million yuan target is worth
fifty times as much, so no real shortfall hides in it."""


@dataclass(frozen=True, slots=True, eq=False)
class Minima:
    """What each bureau owes, target by target.

    Attributes
    ----------
    bureaus
        Bureau ids in the scenario's order.
    by_target
        Minimum of each target id, shape ``(n_bureaus,)``; NaN where the target is not for a
        bureau.

    Raises
    ------
    ValueError
        When an array has another shape or holds a negative or infinite minimum; names them all.
    """

    bureaus: tuple[str, ...]
    by_target: Mapping[str, FloatArray]

    def __post_init__(self) -> None:
        shape = (len(self.bureaus),)
        faults = [
            f"minima.{target}: found {minimum}; allowed: one finite value from 0 on, or NaN, for "
            f"each of the {len(self.bureaus)} bureaus"
            for target, minimum in self.by_target.items()
            if minimum.shape != shape or (minimum < 0).any() or np.isinf(minimum).any()
        ]
        if faults:
            raise ValueError("\n".join(faults))

    def of(self, target: str) -> FloatArray:
        """Return the minima of one target; ValueError where there is no such target."""
        if target not in self.by_target:
            have = ", ".join(sorted(self.by_target)) or "none"
            msg = f"minima: found no target '{target}', an item is scored on it; there are: {have}"
            raise ValueError(msg)
        return self.by_target[target]


def minima_of(scenario: Scenario) -> Minima:
    """Return a scenario's minima, with exceptions and replacements of single bureaus (四)."""
    bureaus = tuple(bureau.id for bureau in scenario.organisation.bureaus)
    by_target = {target.id: np.full(len(bureaus), np.nan) for target in scenario.targets}
    for place, bureau in enumerate(bureaus):
        for own in scenario.targets_of(bureau):
            by_target[own.target.id][place] = own.minimum
    return Minima(bureaus, by_target)


@dataclass(frozen=True, slots=True, eq=False)
class ScoreSheet:
    """The scores of all bureaus; arrays are ``(..., n_bureaus)`` as in the actuals.

    Attributes
    ----------
    points
        Points by item id, in the order of the sheet; NaN where the item is not for the bureau.
    scale
        Shape ``(n_bureaus,)``. An item that is not for a bureau is left out, neither given nor
        lost: the points of the others, bonuses apart, are scaled so that full marks are worth as
        much as at the bureau with the most to earn. A bureau for which one item replaces another
        keeps the factor 1. NaN where a bureau can earn nothing.
    total
        Scaled points and bonuses added up; NaN where ``scale`` is.
    converted
        The total as it enters the city appraisal (G2).
    grade
        Index into ``Assessment.grades``, from the unrounded total (G3). The last grade takes
        whatever lies below. -1 where there is no total.
    """

    points: Mapping[str, FloatArray]
    scale: FloatArray
    total: FloatArray
    converted: FloatArray
    grade: IndexArray


def score_sheet(
    assessment: Assessment, minima: Minima, actuals: Actuals, reading: Reading | None = None
) -> ScoreSheet:
    """Score all bureaus at once: some rules rank them against each other.

    Parameters
    ----------
    assessment
        Items, grades and the conversion factor.
    minima
        What each bureau owes, :func:`minima_of` a scenario.
    actuals
        What each did; any leading shape.
    reading
        How to read every item of the kind ``rank-first-full-else-share``; None reads each as it
        says itself. :func:`readings` lists those to show beside each other.

    Raises
    ------
    ValueError
        When actuals and minima differ in the number of bureaus, or an item needs a metric that
        was not measured or a target that does not exist.
    """
    (sheet,) = score_sheets(assessment, minima, actuals, (reading,))
    return sheet


def score_sheets(
    assessment: Assessment,
    minima: Minima,
    actuals: Actuals,
    under: Sequence[Reading | None],
) -> tuple[ScoreSheet, ...]:
    """Return the score sheet under each of some readings; what they share is scored once.

    Parameters and errors are those of :func:`score_sheet`.
    """
    shared = {
        item.id: score_item(item, minima, actuals)
        for item in assessment.items
        if not isinstance(item.rule, RankFirstElseShare)
    }
    return tuple(
        added_up(
            assessment,
            minima,
            {
                item.id: shared[item.id]
                if item.id in shared
                else score_item(item, minima, actuals, reading=reading)
                for item in assessment.items
            },
            actuals.shape,
        )
        for reading in under
    )


def added_up(
    assessment: Assessment,
    minima: Minima,
    points: Mapping[str, FloatArray],
    shape: tuple[int, ...],
) -> ScoreSheet:
    """Return the sheet of given points, shape ``(..., n_bureaus)`` by item id.

    Parameters
    ----------
    assessment, minima
        As of :func:`score_sheet`.
    points
        Of every item of the assessment; what stands where an item is not for a bureau is left out.
    shape
        Of the points, for an assessment without items.
    """
    worth = np.zeros(len(minima.bureaus))
    # In the memory's order of what is added: strides that differ cost more than adding.
    base = np.zeros_like(next(iter(points.values()), np.zeros(shape)))
    extra = np.zeros_like(base)
    for item in assessment.items:
        among = applies(item, minima)
        given = points[item.id] if among.all() else np.where(among, points[item.id], 0.0)
        if isinstance(item.rule, Bonus):
            extra += given
        else:
            base += given
            worth += np.where(among, item.weight, 0.0)
    scale = np.full(worth.shape, np.nan)
    np.divide(worth.max(), worth, out=scale, where=worth > 0)
    total = base * scale + extra
    return ScoreSheet(
        points=points,
        scale=scale,
        total=total,
        converted=total * assessment.conversion,
        grade=grade_of(assessment.grades, total),
    )


def score_item(
    item: Item, minima: Minima, actuals: Actuals, *, reading: Reading | None = None
) -> FloatArray:
    """Return the points of one item, shape ``(..., n_bureaus)``.

    The item's bureaus are ranked among themselves alone, so that Beijing ranked apart (F4r) is
    an item of its own for Beijing and one for the rest. For the others the result is NaN.
    Parameters and errors are those of :func:`score_sheet`.
    """
    if actuals.shape[-1] != len(minima.bureaus):
        msg = f"actuals: found {actuals.shape[-1]} bureaus; allowed: {', '.join(minima.bureaus)}"
        raise ValueError(msg)
    among = applies(item, minima)
    if among.all():
        return _points(item, _Contest(minima, actuals, None), reading)
    points = np.full(actuals.shape, np.nan)
    if among.any():
        points[..., among] = _points(item, _Contest(minima, actuals, among), reading)
    return points


def applies(item: Item, minima: Minima) -> BoolArray:
    """Return which bureaus an item is for: named by it (or all), and owing its target if any."""
    named = np.array([not item.applies_to or b in item.applies_to for b in minima.bureaus], bool)
    target = getattr(item.rule, "target", None)
    return named if target is None else named & ~np.isnan(minima.of(target))


@dataclass(frozen=True, slots=True)
class _Contest:
    """One item's bureaus (None: all of them): what they did and owe, and nobody else."""

    minima: Minima
    actuals: Actuals
    among: BoolArray | None

    def did(self, metric: str) -> FloatArray:
        measured = self.actuals.measured(metric)
        return measured if self.among is None else measured[..., self.among]

    def owes(self, target: str) -> FloatArray:
        minimum = self.minima.of(target)
        return minimum if self.among is None else minimum[self.among]


def _points(item: Item, contest: _Contest, reading: Reading | None) -> FloatArray:
    weight, metric, rule = item.weight, item.metric, item.rule
    did, owes = contest.did, contest.owes
    match rule:
        case ProRata():
            return formulas.pro_rata(weight, did(metric), owes(rule.target))
        case ProRataBonus():
            return formulas.pro_rata_with_bonus(
                weight,
                did(metric),
                owes(rule.target),
                bonus_per_step=rule.bonus_per_step,
                step_percent=rule.step_percent,
                bonus_max=rule.bonus_max,
            )
        case RelativeToBest():
            return formulas.relative_to_best(weight, did(metric))
        case Efficacy():
            return formulas.efficacy(weight, did(metric), base_percent=rule.base_percent)
        case RankFirstElseShare():
            return formulas.rank_first_else_share(
                weight,
                did(metric),
                owes(rule.target),
                reading=reading or rule.reading,
                first_requires_completion=rule.first_requires_completion,
            )
        case TierTable():
            steps = [(step.at_least, step.points) for step in rule.steps]
            return formulas.tier_table(did(metric), steps)
        case Cliff():
            return formulas.cliff(
                weight,
                did(metric),
                owes(rule.target),
                at_target_percent=rule.at_target_percent,
                step_percent=rule.step_percent,
                points_per_step=rule.points_per_step,
            )
        case Proportion():
            return formulas.proportion(
                weight, did(rule.part), did(rule.whole), no_data=rule.no_data
            )
        case EventDeduct():
            return formulas.event_deduct(
                weight,
                did("reports_late"),
                did("deductions_points"),
                report_points=rule.report_points,
                floor=rule.floor,
            )
        case Bonus():
            return formulas.bonus(did(metric), points_each=rule.points_each, cap=rule.cap)
        case _:
            assert_never(rule)


def grade_of(grades: Sequence[Grade], total: FloatArray) -> IndexArray:
    """Return the index of each total's grade, unrounded (G3); -1 where the total is NaN."""
    missed = np.zeros_like(total, np.int64)
    # The last grade takes whatever lies below: nobody misses it.
    for grade in grades[:-1]:
        missed += total < grade.at_least - NOISE_POINTS
    missed[np.isnan(total)] = -1
    return missed


def readings(assessment: Assessment) -> tuple[Reading, ...]:
    """Return the readings to show: the default first, then its neighbours, each once (F3r).

    Empty where no item can be read in several ways. Should several items differ in their default,
    the defaults come first, and only ``reading=None`` scores each by its own.
    """
    rules = [item.rule for item in assessment.items if isinstance(item.rule, RankFirstElseShare)]
    defaults = [rule.reading for rule in rules]
    return tuple(dict.fromkeys([*defaults, *(n for rule in rules for n in rule.neighbours)]))


def grade_depends_on_reading(assessment: Assessment, minima: Minima, actuals: Actuals) -> BoolArray:
    """Return where a grade differs between the :func:`readings`, shape ``(..., n_bureaus)``."""
    usual = score_sheet(assessment, minima, actuals).grade
    differs = np.zeros(usual.shape, dtype=np.bool_)
    for reading in readings(assessment):
        differs |= score_sheet(assessment, minima, actuals, reading).grade != usual
    return differs

"""Where the city or one bureau stands: odds, range and target of each thing that counts.

A bureau's odds are those of its forecast. The city's amounts are the sums over its bureaus, future
by future, so that they need the outcome of every future; ranges do, too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import hypot
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dashboards import figures
from dashboards.odds import Odds
from dashboards.runs import Run
from scenarios.targets import Target
from sim.interval import estimate_count

RANGE: Final = 0.9
"""Share of futures that a range holds."""

MONEY: Final = "money"
SCORE: Final = "score"
"""Names of what is no target."""

_MADE_OF: Final[Mapping[str, tuple[str, ...]]] = {
    "inspections": ("visits_principal", "visits_deputy"),
    "inspections_principal": ("visits_principal",),
    "inspections_deputy": ("visits_deputy",),
}

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Spread:
    """Median of an amount, and the ends between which :data:`RANGE` of the futures lie."""

    mid: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, eq=False)
class Standing:
    """Where somebody stands in one thing.

    Attributes
    ----------
    key
        A target's id, :data:`MONEY` or :data:`SCORE`.
    target
        The target, where it is one.
    odds
        Of reaching it; of money that lasts; of a grade above the lowest.
    minimum
        What is to be reached; None for money.
    spread
        The amount; None where outcomes were not kept.
    hits
        Whether it is reached, future by future; None where outcomes were not kept.
    summed
        Whether bureaus are added up, rather than each held to its own.
    """

    key: str
    target: Target | None
    odds: Odds
    minimum: float | None
    spread: Spread | None = None
    hits: Bools | None = None
    summed: bool = False


@dataclass(frozen=True, slots=True)
class Delta:
    """By how much odds differ from those of a baseline, with an interval at 95 %.

    Attributes
    ----------
    paired
        Whether both runs lived through the same futures, so that luck cancels.
    """

    mean: float
    low: float
    high: float
    paired: bool

    @property
    def unclear(self) -> bool:
        """Whether the interval holds 0."""
        return self.low <= 0 <= self.high


def standings(run: Run, bureau: str | None = None) -> list[Standing]:
    """Return where the city, or one bureau, stands: main targets, then money, then the score."""
    main = [
        entry
        for entry in figures.target_odds(run.scenario, run.forecast)
        if entry.target.main and bureau in (None, entry.bureau)
    ]
    targets = list({entry.target.id: entry.target for entry in main}.values())
    found = []
    for target in targets:
        own = {e.bureau: e.minimum for e in main if e.target.id == target.id}
        found.append(_of_target(run, target, own, bureau))
    return [*found, _of_money(run, bureau), _of_score(run, bureau)]


def _of_target(run: Run, target: Target, own: Mapping[str, int], bureau: str | None) -> Standing:
    asked = float(sum(own.values()))
    if bureau is None:
        odds = Odds.read(run.forecast["joint"]["targets"][target.id])
    else:
        odds = Odds.read(run.forecast["bureaus"][bureau]["targets"][target.id])
    if not run.has_outcomes:
        return Standing(target.id, target, odds, asked if bureau else None)
    values = by_future(run, metric_of(run.outcomes, target.metric), list(own)).sum(axis=1)
    hits = np.asarray(values >= asked)
    if bureau is None:
        odds = counted(hits)
    return Standing(target.id, target, odds, asked, spread(values), hits, summed=bureau is None)


def _of_money(run: Run, bureau: str | None) -> Standing:
    ids = _ids(run, bureau)
    dry = [Odds.read(run.forecast["bureaus"][key]["dry"]) for key in ids]
    worst = max(dry, key=lambda odds: odds.p).against
    if not run.has_outcomes:
        return Standing(MONEY, None, worst, None)
    outcomes = run.outcomes
    lasts = np.asarray((by_future(run, outcomes["dry_day"], ids) < 0).all(axis=1))
    left = by_future(run, outcomes["balance_fen"] / 100, ids).sum(axis=1)
    odds = worst if bureau else counted(lasts)
    return Standing(MONEY, None, odds, None, spread(left), lasts, summed=bureau is None)


def _of_score(run: Run, bureau: str | None) -> Standing:
    grades = run.scenario.assessment.grades
    mark = grades[-2] if len(grades) > 1 else grades[-1]
    reading = run.forecast["score"]["default"]
    if bureau is None:
        odds = figures.all_reach_grade(run.scenario, run.forecast)
    else:
        own = run.forecast["score"]["readings"][reading][bureau]["grades"]
        odds = Odds.read(own[grades[-1].id])
        odds = odds.against if len(grades) > 1 else odds
    if not run.has_outcomes:
        return Standing(SCORE, None, odds, mark.at_least)
    scores = by_future(run, run.outcomes[f"score_{reading}"], _ids(run, bureau))
    hits = np.asarray((scores >= mark.at_least).all(axis=1))
    return Standing(SCORE, None, odds, mark.at_least, spread(scores.mean(axis=1)), hits)


def by_future(run: Run, values: pd.Series[Any], bureaus: list[str]) -> Floats:
    """Return a column of the outcomes by future and bureau, shape (futures, bureaus)."""
    names = run.outcomes["bureau"]
    return np.stack([values[names == key].to_numpy(float) for key in bureaus], axis=1)


def metric_of(outcomes: pd.DataFrame, metric: str) -> pd.Series[Any]:
    """Return a metric of the targets, a row a future and bureau."""
    columns = _MADE_OF.get(metric, (metric,))
    return outcomes[list(columns)].sum(axis=1)


def spread(values: Floats) -> Spread:
    """Return median and range of amounts, a bureau that nothing scores left out."""
    known = values[~np.isnan(values)]
    tail = (1 - RANGE) / 2
    low, mid, high = np.quantile(known, (tail, 0.5, 1 - tail), method="inverted_cdf")
    return Spread(float(mid), float(low), float(high))


def counted(hits: Bools) -> Odds:
    """Return the odds of what happens in some of the futures, one draw each."""
    return Odds.read(estimate_count(int(hits.sum()), len(hits)).to_json())


def delta(own: Standing, base: Standing, *, same_futures: bool) -> Delta:
    """Return by how much odds differ from a baseline's.

    Of the same futures the difference is taken future by future (Agresti and Min 2005); of others
    the two intervals are put together (Newcombe 1998, Statistics in
    Medicine 17, 873-890).

    Parameters
    ----------
    own, base
        Of the run that is shown, and of the baseline.
    same_futures
        Whether both runs have one seed.
    """
    if same_futures and own.hits is not None and base.hits is not None:
        from sim.swing import swing_sums

        n = min(len(own.hits), len(base.hits))
        won = own.hits[:n].astype(int) - base.hits[:n]
        found = swing_sums(int(won.sum()), int((won**2).sum()), n, 1)
        return Delta(found.mean, found.low, found.high, paired=True)
    a, b = own.odds, base.odds
    mean = a.p - b.p
    return Delta(
        mean,
        max(-1.0, mean - hypot(a.p - a.low, b.high - b.p)),
        min(1.0, mean + hypot(a.high - a.p, b.p - b.low)),
        paired=False,
    )


def _ids(run: Run, bureau: str | None) -> list[str]:
    return [bureau] if bureau else [b.id for b in run.scenario.organisation.bureaus]

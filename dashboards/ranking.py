"""The bureaus in order, by one measure, with how sure the order is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dashboards import figures
from dashboards.odds import Odds
from dashboards.runs import Run
from dashboards.standing import SCORE, Floats, Spread, by_future, counted, metric_of, spread


@dataclass(frozen=True, slots=True)
class Place:
    """One bureau's place.

    Attributes
    ----------
    place
        From 1; equals share the better one.
    bureau
        Its id.
    mean
        Of the measure: points, or what the target counts.
    spread
        Median and range; None where outcomes were not kept.
    first
        Odds of being first, alone or with others; None where outcomes were not kept.
    """

    place: int
    bureau: str
    mean: float
    spread: Spread | None
    first: Odds | None


def measures(run: Run) -> list[str]:
    """Return what bureaus can be ranked by: the score, then every main target that all have."""
    every = len(run.scenario.organisation.bureaus)
    entries = [e for e in figures.target_odds(run.scenario, run.forecast) if e.target.main]
    common = dict.fromkeys(e.target.id for e in entries)
    shared = [key for key in common if sum(e.target.id == key for e in entries) == every]
    quantiles = next(iter(run.forecast["bureaus"].values()))["quantiles"]
    metric = {target.id: target.metric for target in run.scenario.targets}
    return [SCORE, *(key for key in shared if metric[key] in quantiles)]


def ranking(run: Run, measure: str) -> list[Place]:
    """Return the bureaus by the mean of a measure, the largest first.

    Parameters
    ----------
    run
        One with a forecast.
    measure
        One of :func:`measures`.
    """
    ids = [bureau.id for bureau in run.scenario.organisation.bureaus]
    means = [_mean(run, measure, key) for key in ids]
    spreads: list[Spread | None] = [None] * len(ids)
    firsts: list[Odds | None] = [None] * len(ids)
    if run.has_outcomes:
        values = np.nan_to_num(_values(run, measure, ids), nan=-np.inf)
        best = values == values.max(axis=1, keepdims=True)
        spreads = [
            spread(own[np.isfinite(own)]) if np.isfinite(own).any() else None for own in values.T
        ]
        firsts = [counted(own) for own in best.T]
    order = sorted(range(len(ids)), key=lambda i: -means[i])
    return [
        Place(1 + sum(mean > means[i] for mean in means), ids[i], means[i], spreads[i], firsts[i])
        for i in order
    ]


def _mean(run: Run, measure: str, bureau: str) -> float:
    if measure == SCORE:
        score = run.forecast["score"]
        mean = score["readings"][score["default"]][bureau]["mean"]
        return -np.inf if mean is None else float(mean)
    metric = next(target.metric for target in run.scenario.targets if target.id == measure)
    return float(run.forecast["bureaus"][bureau]["quantiles"][metric]["mean"])


def _values(run: Run, measure: str, ids: list[str]) -> Floats:
    if measure == SCORE:
        return by_future(run, run.outcomes[f"score_{run.forecast['score']['default']}"], ids)
    metric = next(target.metric for target in run.scenario.targets if target.id == measure)
    return by_future(run, metric_of(run.outcomes, metric), ids)

"""The summary: a tally as the plain data of ``forecast.json``."""

from __future__ import annotations

from typing import Any

import numpy as np

from scenarios.model import Scenario
from sim.histogram import Histogram
from sim.interval import CONFIDENCE
from sim.outcome import FLOWS, LIMITS, SPEND_HEADS
from sim.tally import COUNTS, ENDS, FUNNEL, MICRO, Tally

YUAN: tuple[str, ...] = ("signed_yuan", "funds_yuan", "funds_gross_yuan", "spend_yuan")
AT: tuple[float, ...] = tuple(i / 100 for i in range(1, 100))
"""Shares at which whole distributions are told."""

FAN = (0.1, 0.25, 0.5, 0.75, 0.9)
"""Quantiles of the fan by month: of what has come in by its end, each bureau and all together."""


def summary(scenario: Scenario, tally: Tally) -> dict[str, Any]:
    """Return the probabilities, quantiles, spend, funnel, fan, joint odds and scores."""
    bureaus = [bureau.id for bureau in scenario.organisation.bureaus]
    return {
        "confidence": CONFIDENCE,
        "bureaus": {b: _bureau(scenario, tally, i, b) for i, b in enumerate(bureaus)},
        "joint": _joint(scenario, tally, len(bureaus)),
        "score": _score(scenario, tally, bureaus),
        "distribution": _distribution(tally, bureaus),
    }


def _distribution(tally: Tally, bureaus: list[str]) -> dict[str, Any]:
    """Return where the year may end: 99 quantiles a measure, by bureau and all together."""

    def told(*key: str) -> dict[str, list[float]]:
        found = {name: tally.values[(*key, name)].quantiles(np.array(AT)) for name in ENDS}
        return {name: (x / (100 if name in YUAN else 1)).tolist() for name, x in found.items()}

    return {
        "at": list(AT),
        "bureaus": {b: told("quantile", b) for b in bureaus},
        "all": told("total"),
    }


def _bureau(scenario: Scenario, tally: Tally, place: int, bureau: str) -> dict[str, Any]:
    spend = tally.sums["spend_fen",][place]
    return {
        "targets": {
            t.target.id: {
                "metric": t.target.metric,
                "minimum": t.minimum,
                **tally.estimate("target", bureau, t.target.id).to_json(),
            }
            for t in scenario.targets_of(bureau)
        },
        "all_main": tally.estimate("all_main", bureau).to_json(),
        "all": tally.estimate("all", bureau).to_json(),
        "quantiles": {
            name: _spread(tally.values["quantile", bureau, name], 100 if name in YUAN else 1)
            for name in (*YUAN, *COUNTS, "inspections")
        },
        "limits": {limit: tally.estimate("limit", bureau, limit).to_json() for limit in LIMITS},
        "spend_yuan_mean": {
            head: (spend[i] / (100 * tally.n)).tolist() for i, head in enumerate(SPEND_HEADS)
        },
        "funnel_mean": _funnel(tally, place),
        "fan_yuan": _fan(scenario, tally, bureau),
        "fan_mean_yuan": _fan_mean(scenario, tally, bureau),
        "dry": _dry(scenario, tally, bureau),
    }


def _fan(scenario: Scenario, tally: Tally, *bureau: str) -> dict[str, list[list[float]]]:
    """Return quantiles of what has come in by the end of each month; without a bureau of all."""
    return {
        flow.replace("_month_fen", ""): [
            [tally.values[flow, *bureau, str(m)].quantile(q) / 100 for q in FAN]
            for m in range(len(scenario.days.months))
        ]
        for flow in FLOWS
    }


def _fan_mean(
    scenario: Scenario, tally: Tally, *bureau: str
) -> dict[str, list[tuple[float, float]]]:
    """Return mean, and its standard error, of what has come in by the end of each month."""
    found = {}
    for flow in FLOWS:
        months = [tally.values[flow, *bureau, str(m)] for m in range(len(scenario.days.months))]
        found[flow.replace("_month_fen", "")] = [
            (x.mean / 100, x.standard_error / 100) for x in months
        ]
    return found


def _spread(values: Histogram, unit: int) -> dict[str, Any]:
    """Return mean and quantiles, each quantile with its interval."""
    found: dict[str, Any] = {"mean": values.mean / unit}
    for name, q in (("p10", 0.1), ("p50", 0.5), ("p90", 0.9)):
        found[name] = values.quantile(q) / unit
        found[f"{name}_interval"] = [edge / unit for edge in values.interval(q)]
    return found


def _funnel(tally: Tally, place: int) -> dict[str, float]:
    mean = {
        name: int(tally.sums["funnel", name][place]) / (tally.n * tally.tails) for name in FUNNEL
    }
    visits = sum(mean.pop(name) for name in FUNNEL if name.startswith("visits_"))
    before = ("openings", "calls", "qualified_leads")
    after = ("signed", "registered", "started")
    return {n: mean[n] for n in before} | {"visits": visits} | {n: mean[n] for n in after}


def _dry(scenario: Scenario, tally: Tally, bureau: str) -> dict[str, Any]:
    days = tally.values["dry_day", bureau]
    dates: dict[str, str | None] = {"p10_date": None, "median_date": None}
    if days.n:
        for name, q in (("p10_date", 0.1), ("median_date", 0.5)):
            dates[name] = scenario.days.date_of(days.quantile(q)).isoformat()
    return {**tally.estimate("dry", bureau).to_json(), **dates}


def _joint(scenario: Scenario, tally: Tally, n_bureaus: int) -> dict[str, Any]:
    default = _readings(tally)[0]
    return {
        "all_bureaus_main": tally.estimate("all_bureaus_main").to_json(),
        "at_least": {
            str(k): tally.estimate("at_least", str(k)).to_json() for k in range(1, n_bureaus + 1)
        },
        "targets": {
            target.id: tally.estimate("target_everywhere", target.id).to_json()
            for target in scenario.targets
        },
        "fan_yuan": _fan(scenario, tally),
        "fan_mean_yuan": _fan_mean(scenario, tally),
        "all_reach": {
            grade.id: tally.estimate("all_reach", default, grade.id).to_json()
            for grade in scenario.assessment.grades
        },
    }


def _readings(tally: Tally) -> list[str]:
    return list(dict.fromkeys(key[1] for key in tally.values if key[0] == "score"))


def _score(scenario: Scenario, tally: Tally, bureaus: list[str]) -> dict[str, Any]:
    names = _readings(tally)
    changes = {bureau: tally.estimate("grade_changes", bureau) for bureau in bureaus}
    return {
        "default": names[0],
        "readings": {
            name: {b: _score_of(scenario, tally, name, i, b) for i, b in enumerate(bureaus)}
            for name in names
        },
        "grade_depends_on_reading": [bureau for bureau in bureaus if changes[bureau].k],
        "grade_changes": {bureau: found.to_json() for bureau, found in changes.items()},
    }


def _score_of(
    scenario: Scenario, tally: Tally, reading: str, place: int, bureau: str
) -> dict[str, Any]:
    total = tally.values["score", reading, bureau]
    found: dict[str, Any] = dict.fromkeys(("mean", "p10", "p50", "p90"))
    if total.n:
        found["mean"] = total.mean / MICRO
        for name, q in (("p10", 0.1), ("p50", 0.5), ("p90", 0.9)):
            found[name] = total.quantile(q) / MICRO
    n = tally.n * tally.tails
    return {
        **found,
        "items": {
            item.id: int(tally.sums["points", reading, item.id][place]) / (MICRO * n)
            for item in scenario.assessment.items
        },
        "grades": {
            grade.id: tally.estimate("grade", reading, bureau, grade.id).to_json()
            for grade in scenario.assessment.grades
        },
    }

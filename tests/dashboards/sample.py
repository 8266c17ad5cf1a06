"""A run made by hand: a plan that follows a simple pattern, a forecast with known odds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from planner.plan import Leave, Obligation, Plan, Unplaced, Visit
from scenarios.model import Scenario

FUTURES = 400
CONFIDENCE = 0.95
FAN = (0.1, 0.25, 0.5, 0.75, 0.9)
READINGS = ("share-of-total", "share-of-best", "pro-rata")


def plan_of(scenario: Scenario) -> Plan:
    """One leave a person and period, staggered; a group of companies in each chief's leave."""
    leaves = tuple(_leaves(scenario))
    visits = tuple(_visits(scenario, leaves))
    received = {company for visit in visits for company in visit.companies}
    return Plan(
        scenario_hash=scenario.content_hash,
        leaves=leaves,
        visits=visits,
        unplaced=tuple(
            Unplaced(c.id, "no-group", scenario.organisation.office, 40)
            for c in scenario.companies
            if c.id not in received
        ),
        obligations=tuple(
            Obligation(leave.clearing_day, "clearing", leave.bureau, (leave.person,), "")
            for leave in leaves
        ),
        budget_yuan=tuple(sorted(scenario.budget.lump_sum_yuan.items())),
    )


def _leaves(scenario):
    length = scenario.rules.leave.length_days
    for b, bureau in enumerate(scenario.organisation.bureaus):
        for p, person in enumerate(bureau.persons):
            for period in scenario.periods:
                start = period.start + min(30 + 5 * b + 16 * p, period.n_days - length)
                yield Leave(
                    person.id,
                    bureau.id,
                    period.label,
                    start,
                    start + length - 1,
                    start + length - 2,
                )


def _visits(scenario, leaves):
    length = scenario.rules.visits.length_days
    chiefs = {p.id for _, p in scenario.persons if p.role == "chief"}
    waiting = {
        bureau.id: [c for c in scenario.companies if c.bureau == bureau.id]
        for bureau in scenario.organisation.bureaus
    }
    for n, leave in enumerate(leave for leave in leaves if leave.person in chiefs):
        start = next(
            (
                day
                for day in range(leave.start + 1, leave.end - length)
                if all(scenario.days.reception(d) for d in range(day, day + length))
            ),
            None,
        )
        companies, waiting[leave.bureau] = waiting[leave.bureau][:3], waiting[leave.bureau][3:]
        if start is None or not companies:
            continue
        leader = scenario.organisation.leaders[n % len(scenario.organisation.leaders)]
        chain = scenario.chain(companies[0].chain)
        yield Visit(
            f"v{n + 1:02d}",
            leave.bureau,
            start,
            start + length - 1,
            leave.person,
            leader.id,
            leader.tier,
            start + 1,
            chain.id,
            chain.lead_unit,
            scenario.rules.visits.group_max,
            tuple(sorted(c.id for c in companies)),
        )


@dataclass(frozen=True)
class SampleForecast:
    """What a run stores of a forecast."""

    data: dict[str, Any]
    outcomes: pd.DataFrame

    def to_json(self) -> dict[str, Any]:
        return self.data


def wilson(k: int, n: int) -> dict[str, float]:
    """Share with its 95 % Wilson interval."""
    z, p = 1.959964, k / n
    middle = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * np.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    low, high = max(0.0, float(middle - half)), min(1.0, float(middle + half))
    return {
        "k": int(k),
        "n": n,
        "tails": 1,
        "p": p,
        "low": 0.0 if k == 0 else low,
        "high": high if k < n else 1,
    }


def forecast_of(scenario: Scenario, plan: Plan, seed: int = 7) -> SampleForecast:
    """A forecast whose first bureau does well, whose last does badly."""
    rng = np.random.default_rng(seed)
    bureaus = [b.id for b in scenario.organisation.bureaus]
    frames, reports, hits = [], {}, {}
    for i, bureau in enumerate(bureaus):
        frame = _futures(scenario, bureau, rng, strength=1.6 - 1.2 * i / max(1, len(bureaus) - 1))
        hits[bureau] = {
            e.target.id: frame[e.target.metric].to_numpy() >= e.minimum
            for e in scenario.targets_of(bureau)
        }
        reports[bureau] = _report(scenario, bureau, frame, hits[bureau], i)
        frames.append(frame)
    main = {t.id for t in scenario.targets if t.main}
    all_main = [np.all([h for key, h in hits[b].items() if key in main], axis=0) for b in bureaus]
    reached = np.sum(all_main, axis=0)
    joint = {
        "all_bureaus_main": wilson(int((reached == len(bureaus)).sum()), FUTURES),
        "at_least": {
            str(k): wilson(int((reached >= k).sum()), FUTURES) for k in range(1, len(bureaus) + 1)
        },
        "targets": {
            t.id: wilson(
                int(np.all([hits[b][t.id] for b in bureaus if t.id in hits[b]], axis=0).sum()),
                FUTURES,
            )
            for t in scenario.targets
        },
    }
    outcomes = pd.concat(frames, ignore_index=True)
    together = outcomes.groupby("future")[["signed_yuan", "funds_yuan"]].sum()
    joint["fan_yuan"] = fan_of(together, len(scenario.days.months))
    joint["all_reach"] = {
        grade.id: wilson(
            int((outcomes.groupby("future")["score_share-of-total"].min() >= grade.at_least).sum()),
            FUTURES,
        )
        for grade in scenario.assessment.grades
    }
    data = {
        "scenario": scenario.id,
        "scenario_hash": scenario.content_hash,
        "plan_hash": plan.content_hash,
        "seed": seed,
        "n": FUTURES,
        "tails": 1,
        "engine": "simpy",
        "stopping": {"rule": "fixed", "futures": FUTURES},
        "confidence": CONFIDENCE,
        "bureaus": reports,
        "joint": joint,
        "score": _score(scenario, outcomes),
    }
    return SampleForecast(data, outcomes)


def _futures(scenario, bureau, rng, strength):
    n = FUTURES
    signed = rng.lognormal(np.log(4e8 * strength), 0.9, n).round().astype("int64")
    frame = pd.DataFrame(
        {
            "future": np.arange(n),
            "bureau": bureau,
            "signed_yuan": signed,
            "registered": rng.poisson(7 * strength, n),
            "funds_yuan": (signed * rng.beta(4, 14, n)).astype("int64"),
            "inspections": rng.poisson(26 * strength, n),
            "inspections_principal": rng.poisson(8 * strength, n),
            "inspections_deputy": rng.poisson(17 * strength, n),
            "events": 2 - (rng.random(n) < 0.1).astype(int),
            "events_led": 1 - (rng.random(n) < 0.2).astype(int),
            "liaison_items": rng.poisson(31, n),
        }
    )
    # As a run keeps them: who received a visit, what was left, and when money ran out.
    frame["visits_principal"] = frame["inspections_principal"]
    frame["visits_deputy"] = frame["inspections"] - frame["inspections_principal"]
    place = [b.id for b in scenario.organisation.bureaus].index(bureau)
    frame["dry_day"] = np.where(np.arange(n) < 40 * place, 30, -1)
    frame["balance_fen"] = np.arange(n) * 10_000 * (1 + place)
    for r, reading in enumerate(READINGS):
        frame[f"score_{reading}"] = np.clip(
            rng.normal(55 + 25 * strength + 4 * r, 9, n), 0, 100
        ).round(2)
    return frame


def _report(scenario, bureau, frame, hits, i):
    n = FUTURES
    months = len(scenario.days.months)
    main = {t.id for t in scenario.targets if t.main}
    limits = {"pipeline": 250 - 20 * i, "money": 60 + 20 * i, "people": 50, "seats": 40}
    start = scenario.horizon.start.isoformat()
    return {
        "targets": {
            e.target.id: {
                "metric": e.target.metric,
                "minimum": e.minimum,
                **wilson(int(hits[e.target.id].sum()), n),
            }
            for e in scenario.targets_of(bureau)
        },
        "all_main": wilson(
            int(np.all([h for key, h in hits.items() if key in main], axis=0).sum()), n
        ),
        "all": wilson(int(np.all(list(hits.values()), axis=0).sum()), n),
        "quantiles": {
            metric: {
                **{f"p{q}": float(np.quantile(frame[metric], q / 100)) for q in (10, 50, 90)},
                "mean": float(frame[metric].mean()),
            }
            for metric in ("signed_yuan", "registered", "funds_yuan", "inspections")
        },
        "limits": {key: wilson(k, n) for key, k in limits.items()},
        "fan_yuan": fan_of(frame, months),
        "spend_yuan_mean": {
            "travel": [9000.0 + 500 * (m % 4) for m in range(months)],
            "hospitality": [3200.0 + 100 * i] * months,
            "per_diem": [4300.0] * months,
            "leave_fares": [2600.0 * (m % 3 == 2) * 2 for m in range(months)],
            "rent": [0.0] * months,
        },
        "funnel_mean": {
            "openings": 210.0 - 20 * i,
            "calls": 172.0 - 20 * i,
            "qualified_leads": 34.5 - 4 * i,
            "visits": 16.2 - 2 * i,
            "signed": 4.4 - 0.6 * i,
            "registered": 3.6 - 0.5 * i,
            "started": 1.7 - 0.2 * i,
        },
        "dry": {**wilson(40 * i, n), "median_date": start if i else None},
    }


def fan_of(frame, months):
    """Quantiles by month of amounts that come in evenly."""
    return {
        name: [
            [float(np.quantile(frame[f"{name}_yuan"], q)) * (m + 1) / months for q in FAN]
            for m in range(months)
        ]
        for name in ("signed", "funds")
    }


def _score(scenario, outcomes):
    grades = scenario.assessment.grades
    readings = {
        reading: {
            str(bureau): _grades(own[f"score_{reading}"], grades)
            for bureau, own in outcomes.groupby("bureau")
        }
        for reading in READINGS
    }
    return {
        "default": READINGS[0],
        "readings": readings,
        "grade_depends_on_reading": [scenario.organisation.bureaus[0].id],
        "grade_changes": {
            bureau.id: wilson(60 if i == 0 else 0, FUTURES)
            for i, bureau in enumerate(scenario.organisation.bureaus)
        },
    }


def _grades(scores, grades):
    found, left = {}, np.ones(len(scores), dtype=bool)
    for grade in grades:
        here = left & (scores.to_numpy() >= grade.at_least)
        found[grade.id] = wilson(int(here.sum()), len(scores))
        left &= ~here
    return {
        "mean": float(scores.mean()),
        **{f"p{q}": float(np.quantile(scores, q / 100)) for q in (10, 50, 90)},
        "items": {},
        "grades": found,
    }

"""What charts and tables are made of: a run's forecast as tidy frames with labels in one language.

Frames keep the scenario's order of bureaus, targets and heads; ``label`` columns are for people,
the others for code. Money is in yuan.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, get_args

import numpy as np
import pandas as pd

from dashboards.format import month as write_month
from dashboards.labels import bureau_labels
from dashboards.odds import Odds
from dashboards.texts import t
from scenarios.model import Scenario
from scenarios.part import Lang
from scenarios.score import readings
from scenarios.targets import Target
from sim.outcome import SPEND_HEADS

Forecast = Mapping[str, Any]
"""The content of ``forecast.json``."""

STAGES: Final = (
    "openings",
    "calls",
    "qualified_leads",
    "visits",
    "signed",
    "registered",
    "started",
)
Amount = Literal["signed_yuan", "funds_yuan"]
AMOUNTS: Final[tuple[Amount, ...]] = get_args(Amount)
LIMITS: Final = ("pipeline", "people", "money", "seats")
_STEPS: Final = 120
"""Points of an exceedance curve."""


@dataclass(frozen=True, slots=True)
class TargetOdds:
    """How likely one bureau meets one target."""

    bureau: str
    target: Target
    minimum: int
    odds: Odds


def target_odds(scenario: Scenario, forecast: Forecast) -> list[TargetOdds]:
    """Return the odds of every target of every bureau, main targets first."""
    targets = sorted(scenario.targets, key=lambda target: not target.main)
    found = []
    for target in targets:
        for bureau in scenario.organisation.bureaus:
            data = forecast["bureaus"][bureau.id]["targets"].get(target.id)
            if data is not None:
                found.append(TargetOdds(bureau.id, target, data["minimum"], Odds.read(data)))
    return found


def odds_frame(scenario: Scenario, forecast: Forecast, lang: Lang) -> pd.DataFrame:
    """Return ``target, bureau, p, low, high, outlook`` with labels, a row a target and bureau."""
    names = bureau_labels(scenario, lang)
    return pd.DataFrame(
        [
            {
                "target": entry.target.label.get(lang),
                "bureau": names[entry.bureau],
                "p": entry.odds.p,
                "low": entry.odds.low,
                "high": entry.odds.high,
                "outlook": t(f"app.outlook.{entry.odds.outlook}", lang),
            }
            for entry in target_odds(scenario, forecast)
        ],
        columns=["target", "bureau", "p", "low", "high", "outlook"],
    )


def joint_odds(scenario: Scenario, forecast: Forecast, lang: Lang) -> list[tuple[str, Odds]]:
    """Return the odds of what several bureaus reach together, with what each means."""
    joint = forecast["joint"]
    n = len(scenario.organisation.bureaus)
    found = [
        (t("app.joint.at_least", lang, k=k, n=n), Odds.read(joint["at_least"][str(k)]))
        for k in range(1, n)
    ]
    found.append((t("app.joint.all", lang, n=n), Odds.read(joint["all_bureaus_main"])))
    for target in scenario.targets:
        if target.main:
            words = t("app.joint.target", lang, target=target.label.get(lang))
            found.append((words, Odds.read(joint["targets"][target.id])))
    return found


def joint_frame(scenario: Scenario, forecast: Forecast, lang: Lang) -> pd.DataFrame:
    """Return ``event, p, low, high, outlook`` with labels."""
    return pd.DataFrame(
        [
            {
                "event": words,
                "p": odds.p,
                "low": odds.low,
                "high": odds.high,
                "outlook": t(f"app.outlook.{odds.outlook}", lang),
            }
            for words, odds in joint_odds(scenario, forecast, lang)
        ]
    )


def exceedance(
    scenario: Scenario,
    outcomes: pd.DataFrame,
    metric: Amount,
    lang: Lang,
) -> pd.DataFrame:
    """Return ``bureau, yuan, share``: the share of futures that reach at least so much.

    The grid runs from 0 past every target to the 98th percentile of the best bureau.
    """
    past = [1.15 * minimum for minimum in minima(scenario, metric)]
    top = max([*past, float(np.quantile(outcomes[metric], 0.98)), 1.0])
    grid = np.linspace(0.0, top, _STEPS + 1)
    names = bureau_labels(scenario, lang)
    frames = []
    for bureau in scenario.organisation.bureaus:
        values = np.sort(outcomes.loc[outcomes["bureau"] == bureau.id, metric].to_numpy())
        share = 1.0 - np.searchsorted(values, grid, side="left") / max(1, len(values))
        frames.append(pd.DataFrame({"bureau": names[bureau.id], "yuan": grid, "share": share}))
    return pd.concat(frames, ignore_index=True)


def minima(scenario: Scenario, metric: str) -> list[int]:
    """Return the targets the bureaus have of a metric, each value once, rising."""
    found = {
        entry.minimum
        for bureau in scenario.organisation.bureaus
        for entry in scenario.targets_of(bureau.id)
        if entry.target.metric == metric
    }
    return sorted(found)


def funnel(scenario: Scenario, forecast: Forecast, lang: Lang) -> pd.DataFrame:
    """Return ``bureau, stage, mean``: mean counts of a year, stage after stage."""
    names = bureau_labels(scenario, lang)
    return pd.DataFrame(
        [
            {
                "bureau": names[bureau.id],
                "stage": t(f"stage.{stage}", lang),
                "mean": forecast["bureaus"][bureau.id]["funnel_mean"][stage],
            }
            for bureau in scenario.organisation.bureaus
            for stage in STAGES
        ]
    )


def spend(
    scenario: Scenario, forecast: Forecast, lang: Lang, bureau: str | None = None
) -> pd.DataFrame:
    """Return ``month, label, head, yuan``: mean spend by month and head.

    Parameters
    ----------
    scenario, forecast, lang
        What to show, in which language.
    bureau
        One bureau; all of them together when None.
    """
    ids = [bureau] if bureau else [b.id for b in scenario.organisation.bureaus]
    tables = [forecast["bureaus"][key]["spend_yuan_mean"] for key in ids]
    years = {scenario.horizon.start.year, scenario.horizon.end.year}
    rows = []
    # A head nobody spends on, such as rent outside the lump sum, would only crowd the chart.
    for head in [h for h in SPEND_HEADS if any(sum(table[h]) for table in tables)]:
        for i, month in enumerate(scenario.days.months):
            first = scenario.days.date_of(month.start)
            label = write_month(first, lang)
            rows.append(
                {
                    "month": month.label,
                    "label": label if len(years) == 1 else f"{label} {first.year}",
                    "head": t(f"head.{head}", lang),
                    "yuan": sum(table[head][i] for table in tables),
                }
            )
    return pd.DataFrame(rows)


def scores(scenario: Scenario, forecast: Forecast, lang: Lang) -> pd.DataFrame:
    """Return ``bureau, reading, mean, p10, p50, p90`` of every score there is."""
    reports = forecast["score"]["readings"]
    names = bureau_labels(scenario, lang)
    return pd.DataFrame(
        [
            {
                "bureau": names[bureau.id],
                "reading": reading_label(key, lang),
                **{name: reports[key][bureau.id][name] for name in ("mean", "p10", "p50", "p90")},
            }
            for bureau in scenario.organisation.bureaus
            for key in reading_order(scenario, forecast)
            if reports[key][bureau.id]["mean"] is not None
        ],
        columns=["bureau", "reading", "mean", "p10", "p50", "p90"],
    )


def reading_order(scenario: Scenario, forecast: Forecast) -> list[str]:
    """Return the readings a forecast was scored by: the default, then as the scenario has them."""
    scored = forecast["score"]["readings"]
    ranked = [forecast["score"]["default"], *readings(scenario.assessment), *sorted(scored)]
    return [key for key in dict.fromkeys(ranked) if key in scored]


def reading_label(reading: str, lang: Lang) -> str:
    """Return the name of a reading; a sheet that can be read one way only has a name as well."""
    return t("app.reading.only", lang) if reading == "as-stated" else t(f"reading.{reading}", lang)


def limits(scenario: Scenario, forecast: Forecast, lang: Lang) -> pd.DataFrame:
    """Return ``bureau, limit, p``: in which share of futures what held a bureau back most."""
    names = bureau_labels(scenario, lang)
    return pd.DataFrame(
        [
            {
                "bureau": names[bureau.id],
                "limit": t(f"limit.{limit}", lang),
                "p": forecast["bureaus"][bureau.id]["limits"][limit]["p"],
            }
            for bureau in scenario.organisation.bureaus
            for limit in LIMITS
        ]
    )


def all_reach_grade(scenario: Scenario, forecast: Forecast) -> Odds:
    """Return the odds that every bureau ends above the lowest grade, under the default reading."""
    grades = scenario.assessment.grades
    passing = grades[-2] if len(grades) > 1 else grades[-1]
    return Odds.read(forecast["joint"]["all_reach"][passing.id])

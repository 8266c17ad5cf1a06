"""The verdict: what came, held against every forecast that was made before.

Probabilities of targets are scored once the year is over. Before that a target may be known to be
reached, never to be missed: scoring the reached ones alone would praise whoever promised much.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final, Literal

import numpy as np
import pandas as pd

from scenarios.actuals import FloatArray
from scenarios.ledger import Ledger
from scenarios.ledger.standing import metrics, standing
from scenarios.model import Scenario
from sim.histogram import rounded
from sim.scoring import (
    LEVELS,
    brier,
    brier_skill,
    calibration_table,
    interval_score,
    log_score,
    mid_pit,
    murphy,
    pinball,
    pit,
    quantile_score,
)
from sim.summary import FAN, YUAN
from sim.tally import ENDS

State = Literal["reached", "missed", "open"]

ALL: Final = "all"
"""Stands for all bureaus together where a bureau's id would stand."""

EVEN: Final = 0.5
"""Base rate that skill is held against: nothing is known of a target."""

_SPREAD: Final = (("p10", 0.1), ("p50", 0.5), ("p90", 0.9))
_FLOWS: Final = {"signed": "signed_yuan", "funds": "funds_gross_yuan"}
_TARGETS: Final = (
    *("as_of", "bureau", "target", "metric", "minimum", "p", "came", "state", "brier", "log"),
)
_AMOUNTS: Final = (
    *("as_of", "bureau", "measure", "month", "levels", "p10", "p50", "p90", "came"),
    *("within_50", "within_80", "within_90", "pit_low", "pit_high", "pit_mid"),
    *("pinball_10", "pinball_50", "pinball_90", "interval_80", "score"),
)


@dataclass(frozen=True, slots=True, eq=False)
class Verdict:
    """What forecasts said and what came.

    Attributes
    ----------
    day
        What happened, and was recorded, up to the end of this day is known.
    over
        Whether the horizon has ended.
    targets
        A row a forecast, bureau and target: ``as_of, bureau, target, metric, minimum, p, came,
        state, brier, log``; the last two are not a number before the year is over.
    ends
        A row a forecast, bureau (:data:`ALL`: together) and measure at the year's end: ``as_of,
        bureau, measure, month`` (empty)``, levels`` (how many quantiles were told)``, p10, p50,
        p90, came, within_50, within_80, within_90`` (None where not told)``, pit_low, pit_high,
        pit_mid, pinball_10, pinball_50, pinball_90, interval_80, score``
        (:func:`sim.scoring.quantile_score`). Money is scored to the three digits that quantiles
        are kept to. Empty before the year is over.
    months
        The same for what had come in by the end of each month that the forecast did not know yet
        and that is over, from the fan; ``funds_gross_yuan`` is gross as the fan is.
    """

    day: date
    over: bool
    targets: pd.DataFrame
    ends: pd.DataFrame
    months: pd.DataFrame

    def calibration(self) -> pd.DataFrame:
        """Return what was said to be so likely and how often it came, a row a date and group.

        ``as_of`` and the columns of :func:`sim.scoring.calibration_table`; empty before the year
        is over.
        """
        if not self.over:
            return pd.DataFrame()
        each = self.targets.assign(reached=self.targets["state"] == "reached")
        tables = [
            calibration_table(own["p"], own["reached"]).assign(as_of=as_of)
            for as_of, own in each.groupby("as_of", sort=True)
        ]
        found = pd.concat(tables, ignore_index=True)
        return found[["as_of", *(name for name in found if name != "as_of")]]

    def by_date(self) -> list[dict[str, Any]]:
        """Return mean scores by as-of date, earliest first: does it get better as the year goes on.

        Probabilities under ``targets``; amounts under ``ends`` and ``months``, by measure, bureaus
        apart from all together. ``months`` counts only months that every forecast told, so that
        dates can be compared.
        """
        dates = sorted({*self.targets["as_of"], *self.months["as_of"]})
        common = self.months.groupby("month")["as_of"].nunique()
        shared = self.months[self.months["month"].isin(common.index[common == len(dates)])]
        return [
            {
                "as_of": as_of,
                "targets": self._odds(self.targets[self.targets["as_of"] == as_of]),
                "ends": _means(self.ends[self.ends["as_of"] == as_of]),
                "months": _means(self.months[self.months["as_of"] == as_of]),
                "months_of_every_forecast": _means(shared[shared["as_of"] == as_of]),
            }
            for as_of in dates
        ]

    def _odds(self, own: pd.DataFrame) -> dict[str, Any]:
        counts = {state: int((own["state"] == state).sum()) for state in ("reached", "missed")}
        found: dict[str, Any] = {"n": len(own), **counts, "open": len(own) - sum(counts.values())}
        found["expected"] = float(own["p"].sum())
        if self.over and len(own):
            came = own["state"] == "reached"
            found |= {
                "log": float(own["log"].mean()),
                "skill": brier_skill(own["p"], came, EVEN),
                **murphy(own["p"], came).to_json(),
            }
        return found

    def to_json(self) -> dict[str, Any]:
        """Return plain data: the tables as lists of rows, and the means by date."""
        return {
            "day": self.day.isoformat(),
            "over": self.over,
            "targets": _rows(self.targets),
            "ends": _rows(self.ends),
            "months": _rows(self.months),
            "calibration": _rows(self.calibration()),
            "by_date": self.by_date(),
        }


def verdict(
    scenario: Scenario,
    ledger: Ledger,
    day: date,
    forecasts: Sequence[Mapping[str, Any]],
) -> Verdict:
    """Hold forecasts against what a ledger knows on a day.

    Parameters
    ----------
    scenario
        The forecasts are of.
    ledger
        As read: not yet cut to a day.
    day
        From the horizon's first day on; may lie after its end.
    forecasts
        Contents of ``forecast.json`` and of stored nowcasts. One without ``as_of`` was made before
        the year. Those that knew this day or a later one are left out: they forecast nothing here.

    Raises
    ------
    ValueError
        When the day lies before the horizon.
    """
    horizon = scenario.horizon
    if day < horizon.start:
        msg = f"day: found {day}; allowed: from {horizon.start} on"
        raise ValueError(msg)
    told = sorted(((known_until(x, scenario), x) for x in forecasts), key=lambda pair: pair[0])
    earlier = [(as_of, x) for as_of, x in told if as_of < day]
    over, came = day >= horizon.end, metrics(ledger, scenario, day)
    by_month = _by_month(scenario, ledger, day)
    targets, ends, months = [], [], []
    for as_of, forecast in earlier:
        targets += list(_targets(scenario, forecast, as_of, came, over))
        ends += list(_ends(scenario, forecast, as_of, came)) if over else []
        months += list(_months(scenario, forecast, as_of, by_month))
    return Verdict(
        day,
        over,
        pd.DataFrame(targets, columns=_TARGETS),
        pd.DataFrame(ends, columns=_AMOUNTS),
        pd.DataFrame(months, columns=_AMOUNTS),
    )


def known_until(forecast: Mapping[str, Any], scenario: Scenario) -> date:
    """Return the last day a forecast knew: the day before the horizon if made before the year."""
    if "as_of" in forecast:
        return date.fromisoformat(forecast["as_of"])
    return scenario.horizon.start - timedelta(days=1)


def _targets(
    scenario: Scenario,
    forecast: Mapping[str, Any],
    as_of: date,
    came: Mapping[str, FloatArray],
    over: bool,
) -> Iterator[dict[str, Any]]:
    # Tails of one future are not independent: the futures alone are sure to be.
    edge = 1 / (2 * forecast["n"] + 2)
    for place, bureau in enumerate(scenario.organisation.bureaus):
        for entry in scenario.targets_of(bureau.id):
            p = forecast["bureaus"][bureau.id]["targets"][entry.target.id]["p"]
            value = float(came[entry.target.metric][place])
            # Yuan are sums of shares of fen: a billion by halves may lack the last bit.
            hit = round(value, 2) >= entry.minimum
            state: State = "reached" if hit else "missed" if over else "open"
            yield {
                "as_of": as_of.isoformat(),
                "bureau": bureau.id,
                "target": entry.target.id,
                "metric": entry.target.metric,
                "minimum": entry.minimum,
                "p": p,
                "came": value,
                "state": state,
                "brier": float(brier(p, hit)) if over else np.nan,
                "log": float(log_score(p, hit, edge)) if over else np.nan,
            }


def _ends(
    scenario: Scenario, forecast: Mapping[str, Any], as_of: date, came: Mapping[str, FloatArray]
) -> Iterator[dict[str, Any]]:
    bureaus = [bureau.id for bureau in scenario.organisation.bureaus]
    whole = forecast.get("distribution")
    for place, bureau in enumerate(bureaus):
        for measure in ENDS:
            if whole is None:
                spread = forecast["bureaus"][bureau]["quantiles"][measure]
                at, told = [q for _, q in _SPREAD], [spread[name] for name, _ in _SPREAD]
            else:
                at, told = whole["at"], whole["bureaus"][bureau][measure]
            yield _amount(as_of, bureau, measure, "", at, told, float(came[measure][place]))
    if whole is None:
        return
    for measure in ENDS:
        total = float(came[measure].sum())
        yield _amount(as_of, ALL, measure, "", whole["at"], whole["all"][measure], total)


def _by_month(scenario: Scenario, ledger: Ledger, day: date) -> dict[str, dict[str, FloatArray]]:
    """Return what had come in by the end of each month that is over, by its last day."""
    known, found = ledger.as_of(day), {}
    for month in scenario.days.months:
        last = scenario.days.date_of(month.stop - 1)
        if last <= day:
            then = standing(known, scenario, day, until=last)
            signed = then.actuals.measured("signed_yuan")
            found[last.isoformat()] = {"signed": signed, "funds": then.gross_yuan}
    return found


def _months(
    scenario: Scenario,
    forecast: Mapping[str, Any],
    as_of: date,
    by_month: Mapping[str, Mapping[str, FloatArray]],
) -> Iterator[dict[str, Any]]:
    fans = {b.id: forecast["bureaus"][b.id] for b in scenario.organisation.bureaus}
    places: dict[str, int | slice] = {bureau: i for i, bureau in enumerate(fans)}
    fans[ALL], places[ALL] = forecast["joint"], slice(None)
    for number, (last, came) in enumerate(by_month.items()):
        if last <= as_of.isoformat():
            continue
        for bureau, report in fans.items():
            for flow, measure in _FLOWS.items():
                # Runs of old have no fan of all bureaus together.
                if "fan_yuan" not in report:
                    continue
                told, value = report["fan_yuan"][flow][number], came[flow][places[bureau]]
                yield _amount(as_of, bureau, measure, last, FAN, told, float(np.sum(value)))


def _amount(
    as_of: date,
    bureau: str,
    measure: str,
    month: str,
    at: Sequence[float],
    told: Sequence[float],
    came: float,
) -> dict[str, Any]:
    by_level = {round(level, 4): value for level, value in zip(at, told, strict=True)}
    # Quantiles are of values rounded to three digits: what came is held to them as one of those.
    seen = _as_told(came) if measure in YUAN else came
    low, high = (float(x) for x in pit(told, at, seen))
    within = {f"within_{round(100 * level)}": _within(by_level, level, seen) for level in LEVELS}
    p10, p50, p90 = (by_level[q] for _, q in _SPREAD)
    return {
        "as_of": as_of.isoformat(),
        "bureau": bureau,
        "measure": measure,
        "month": month,
        "levels": len(at),
        "p10": p10,
        "p50": p50,
        "p90": p90,
        "came": came,
        **within,
        "pit_low": low,
        "pit_high": high,
        "pit_mid": float(mid_pit(low, high)),
        **{f"pinball_{round(100 * q)}": float(pinball(by_level[q], q, seen)) for _, q in _SPREAD},
        "interval_80": float(interval_score(p10, p90, 0.8, seen)),
        "score": float(quantile_score(told, at, seen)),
    }


def _as_told(yuan: float) -> float:
    return float(rounded(np.array([round(100 * yuan)], np.int64))[0]) / 100


def _within(by_level: Mapping[float, float], level: float, came: float) -> bool | None:
    ends = round((1 - level) / 2, 4), round((1 + level) / 2, 4)
    if any(end not in by_level for end in ends):
        return None
    return by_level[ends[0]] <= came <= by_level[ends[1]]


def _means(own: pd.DataFrame) -> dict[str, Any]:
    """Return mean scores by measure, of bureaus, bureaus apart from all together."""
    found: dict[str, Any] = {}
    for (measure, together), some in own.groupby(["measure", own["bureau"] == ALL], sort=False):
        found.setdefault(str(measure), {})[ALL if together else "bureaus"] = {
            "n": len(some),
            "levels": int(some["levels"].iloc[0]),
            "score": float(some["score"].mean()),
            "error": float((some["p50"] - some["came"]).abs().mean()),
            "interval_80": float(some["interval_80"].mean()),
            "width_80": float((some["p90"] - some["p10"]).mean()),
            **{name: _count(some[name]) for name in ("within_50", "within_80", "within_90")},
            "pit_mid": float(some["pit_mid"].mean()),
        }
    return found


def _count(within: pd.Series) -> int | None:
    return None if within.isna().any() else int(within.sum())


def _rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a table; what is not a number is None."""
    names = [str(name) for name in table.columns]
    columns = [[None if pd.isna(x) else x for x in table[name].tolist()] for name in names]
    return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]

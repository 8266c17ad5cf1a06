"""The five risks that matter most, each with the lever that helps most where it is known."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from dashboards import checks, figures
from dashboards.odds import Odds
from dashboards.runs import Run
from sim.outcome import BINDING

Kind = Literal["target", "money", "limit", "grade"]

MOST: Final = 5
LEAST: Final = 0.05
"""What is less likely than this is no risk worth a leader's minute."""


@dataclass(frozen=True, slots=True)
class Lever:
    """An assumption that moves a probability, and by how much from its low to its high end.

    Attributes
    ----------
    gain, low, high
        Change of the odds, with its interval at 95 %.
    ends
        Values of the assumption at its two ends, in its unit.
    how
        ``p10-p90`` or ``scaled``.
    """

    assumption: str
    how: str
    gain: float
    low: float
    high: float
    ends: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Risk:
    """Something that may go wrong in one bureau.

    Attributes
    ----------
    kind
        ``target``: it is missed; ``money``: it runs short within the year; ``limit``: it costs the
        bureau more than anything else; ``grade``: the bureau ends in the lowest grade.
    bureau
        The bureau it is likeliest in.
    subject
        The target's id, or which limit.
    odds
        Of its going wrong.
    when
        ISO date: for money the day by which it is short in one year of ten, for a limit the last
        day of the month in which it is likeliest to bind; None where drivers are not stored.
    lever
        None where no stored driver knows one.
    """

    kind: Kind
    bureau: str
    subject: str
    odds: Odds
    when: str | None = None
    lever: Lever | None = None


def risks(run: Run, drivers: Mapping[str, Any] | None) -> list[Risk]:
    """Return the largest risks, the likeliest first; of each only the bureau it is worst in.

    Parameters
    ----------
    run
        One with a forecast.
    drivers
        The content of ``drivers.json``, or None.
    """
    worst: dict[tuple[Kind, str], Risk] = {}
    for risk in _all(run, drivers):
        key = (risk.kind, risk.subject)
        if key not in worst or risk.odds.p > worst[key].odds.p:
            worst[key] = risk
    found = [risk for risk in worst.values() if risk.odds.p >= LEAST]
    return sorted(found, key=lambda risk: -risk.odds.p)[:MOST]


def short_of_presence(run: Run, bureau: str | None = None) -> list[str]:
    """Return the persons whose days at post fall short in some period: a fact, not a chance."""
    mine = {p.id for b, p in run.scenario.persons if bureau in (None, b.id)}
    found = checks.presence(checks.checks(run.audit))
    short = {check.subject for check in found if check.verdict == "violated"}
    return sorted(short & mine)


def _all(run: Run, drivers: Mapping[str, Any] | None) -> Iterator[Risk]:
    forecast = run.forecast
    known = drivers["bureaus"] if drivers else {}
    for entry in figures.target_odds(run.scenario, forecast):
        if entry.target.main:
            own = known.get(entry.bureau, {}).get("targets", {}).get(entry.target.id)
            lever = lever_of(own, drivers, entry.bureau)
            yield Risk("target", entry.bureau, entry.target.id, entry.odds.against, None, lever)
    score = forecast["score"]
    lowest = run.scenario.assessment.grades[-1]
    for bureau in run.scenario.organisation.bureaus:
        report, own = forecast["bureaus"][bureau.id], known.get(bureau.id)
        short = own["shortage"]["p10_date"] if own else None
        yield Risk("money", bureau.id, "money", Odds.read(report["dry"]), short)
        for limit in figures.LIMITS:
            when = _worst_month(own, limit) if own else None
            yield Risk("limit", bureau.id, limit, Odds.read(report["limits"][limit]), when)
        graded = score["readings"][score["default"]][bureau.id]["grades"]
        if len(run.scenario.assessment.grades) > 1 and lowest.id in graded:
            yield Risk("grade", bureau.id, lowest.id, Odds.read(graded[lowest.id]))


def lever_of(
    chance: Mapping[str, Any] | None, drivers: Mapping[str, Any] | None, bureau: str
) -> Lever | None:
    """Return the clear lever that moves a probability most; None where there is none."""
    if chance is None or drivers is None:
        return None
    bar = next((bar for bar in chance["levers"] if not bar["unclear"]), None)
    if bar is None:
        return None
    swing, (low, high) = bar["swing"], drivers["ends"][bar["assumption"]][bureau]
    return Lever(
        bar["assumption"], bar["how"], swing["mean"], swing["low"], swing["high"], (low, high)
    )


def _worst_month(own: Mapping[str, Any], limit: str) -> str | None:
    """Return the last day of the month a limit is likeliest to bind in; the pipeline has none."""
    if limit not in BINDING:
        return None
    months = own["limits"]
    found = max(months, key=lambda month: month["bound"][limit]["p"])
    return str(found["until"]) if found["bound"][limit]["p"] else None

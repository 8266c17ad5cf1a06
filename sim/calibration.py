"""Calibration: what the records of a year made of a scenario's assumptions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Literal

import numpy as np
from scipy.special import ndtr

from scenarios.assumptions import Assumption
from scenarios.model import Scenario
from scenarios.part import Text
from sim.assumptions import quantiles
from sim.closing import Closing
from sim.posterior import SCORES, WEIGHTS, Floats, Prior

Basis = Literal["calls", "leads", "visits", "contracts", "instalments", "none"]
"""What an assumption was learned from; ``none``: prior only."""

BASES: dict[Basis, Text] = {
    "calls": Text(zh="走访记录", en="calls"),
    "leads": Text(zh="线索记录", en="leads"),
    "visits": Text(zh="来访记录", en="site visits"),
    "contracts": Text(zh="签约记录", en="contracts"),
    "instalments": Text(zh="到位资金记录", en="instalments"),
    "none": Text(zh="仅先验", en="prior only"),
}

_CELLS = 2000


@dataclass(frozen=True, slots=True)
class Spread:
    """A distribution in three numbers, in the assumption's unit."""

    mean: float
    p10: float
    p90: float


def spread_at(values: Floats) -> Spread:
    """Return the spread of values at the nodes of their own distribution, rising."""
    p10, p90 = np.interp([0.1, 0.9], ndtr(SCORES), values).tolist()
    return Spread(float(values @ WEIGHTS), p10, p90)


def spread_of(distribution: Prior) -> Spread:
    """Return mean, P10 and P90 of a distribution."""
    u = (np.arange(_CELLS) + 0.5) / _CELLS
    p10, p90 = quantiles(distribution, np.array([0.1, 0.9])).tolist()
    return Spread(float(quantiles(distribution, u).mean()), p10, p90)


@dataclass(frozen=True, slots=True)
class Finding:
    """What was learned of one assumption for one bureau.

    Attributes
    ----------
    assumption, bureau
        Their ids.
    prior, posterior
        Before and after; equal where nothing was learned. Where a factor went into a share, both
        are of their product.
    n
        How many records of the bureau (of all bureaus, where they share it) it was learned from.
    basis
        What kind of records.
    note
        What the reader must know about it; None mostly.
    """

    assumption: str
    bureau: str
    prior: Spread
    posterior: Spread
    n: int
    basis: Basis
    note: Text | None = None

    @property
    def learned(self) -> bool:
        """Whether records said anything about it."""
        return self.basis != "none"

    def to_json(self) -> dict[str, Any]:
        """Return plain data."""
        note = None if self.note is None else self.note.model_dump()
        return {**asdict(self), "learned_from": BASES[self.basis].model_dump(), "note": note}


@dataclass(frozen=True, slots=True, eq=False)
class Calibration:
    """A scenario that has learned from a ledger.

    Attributes
    ----------
    scenario
        The same scenario with what was learned; assumptions without records are the same bits.
    as_of
        The day up to which records count.
    findings
        For every assumption and bureau, in the scenario's order.
    closing
        When leads that will not visit are recorded lost, all bureaus together.
    closing_visited
        The same of visited leads that will not sign, by days since the visit.
    log_odds_heavy
        How much likelier the contracts are under a heavy tail (log); None without contracts.
    """

    scenario: Scenario
    as_of: date
    findings: tuple[Finding, ...]
    closing: Closing
    closing_visited: Closing
    log_odds_heavy: float | None

    def to_json(self) -> dict[str, Any]:
        """Return plain data."""
        return {
            "scenario": self.scenario.id,
            "hash": self.scenario.content_hash,
            "as_of": self.as_of.isoformat(),
            "findings": [finding.to_json() for finding in self.findings],
            "closing": asdict(self.closing),
            "closing_visited": asdict(self.closing_visited),
            "log_odds_heavy": self.log_odds_heavy,
        }


@dataclass(frozen=True, slots=True)
class Learned:
    """A new distribution of an assumption for one bureau, and how it came about."""

    distribution: Prior
    n: int
    basis: Basis
    note: Text | None = None
    before: Spread | None = None
    """What was believed before, where that is more than the assumption's own distribution."""


def with_learned(
    scenario: Scenario, learned: Mapping[tuple[str, str], Learned], as_of: date
) -> Scenario:
    """Return a scenario with other distributions, their source saying so."""
    items = tuple(_item(item, learned, as_of) for item in scenario.assumptions.items)
    assumptions = scenario.assumptions.model_copy(update={"items": items})
    return scenario.model_copy(update={"assumptions": assumptions})


def _item(item: Assumption, learned: Mapping[tuple[str, str], Learned], day: date) -> Assumption:
    own = {bureau: found for (name, bureau), found in learned.items() if name == item.id}
    if not own:
        return item
    shared = item.scope == "shared"
    # Bureaus that learned together hold the same object: their records count once.
    each = {id(x): x.n for x in own.values()}.values()
    n = max(each) if shared else sum(each)
    notes = {x.note.zh: x.note for x in own.values() if x.note is not None}
    source = (
        f"{item.source}; 截至 {day} 按 {n} 条记录校准 (calibrated on {n} records up to {day})"
        + "".join(f"; {note.zh} ({note.en})" for note in notes.values())
    )
    if shared:
        one = next(iter(own.values())).distribution
        return item.model_copy(update={"distribution": one, "by_bureau": {}, "source": source})
    by_bureau = {**item.by_bureau, **{bureau: x.distribution for bureau, x in own.items()}}
    return item.model_copy(update={"by_bureau": by_bureau, "source": source})


def findings_of(
    scenario: Scenario, bureaus: Iterable[str], learned: Mapping[tuple[str, str], Learned]
) -> tuple[Finding, ...]:
    """Return a finding for every assumption and bureau."""
    found = []
    for item in scenario.assumptions.items:
        for bureau in bureaus:
            prior = spread_of(item.of(bureau))
            new = learned.get((item.id, bureau))
            if new is None:
                found.append(Finding(item.id, bureau, prior, prior, 0, "none"))
            else:
                after = spread_of(new.distribution)
                found.append(
                    Finding(item.id, bureau, new.before or prior, after, new.n, new.basis, new.note)
                )
    return tuple(found)

"""The revision: why a later forecast of the same year expects more or less than an earlier one.

What is expected changes for four reasons, told one after the other so that they add up:

luck
    what came in since, less what the earlier forecast expected to have come by then;
facts
    what is now open, or lost, against what it expected to be: with the parameters it held;

Parameters
----------
    what was learned from the records since;
plan
    what another plan makes of the rest of the year.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any, Final, Literal

import numpy as np

from planner.plan import Plan
from scenarios.ledger import Ledger
from scenarios.model import Scenario
from sim.nowcast import Nowcast, nowcast

StepName = Literal["luck", "facts", "parameters", "plan"]

MEASURES: Final[Mapping[str, str]] = {"signed_yuan": "signed", "funds_gross_yuan": "funds"}
"""What is explained, and its fan: contracts signed; funds in place of the year's own contracts."""

_WIDE: Final = 1.96
"""Standard errors either side of a mean."""


@dataclass(frozen=True, slots=True)
class Step:
    """One reason.

    Attributes
    ----------
    name
        Which.
    yuan
        By how much it changes what is expected at the year's end.
    low_yuan, high_yuan
        95 % interval of simulation error, wide: the futures' common worlds are not counted on.
    """

    name: StepName
    yuan: float
    low_yuan: float
    high_yuan: float


@dataclass(frozen=True, slots=True)
class Change:
    """How one expectation changed: ``before`` and the steps add up to ``after``."""

    before_yuan: float
    after_yuan: float
    steps: tuple[Step, ...]

    def to_json(self) -> dict[str, Any]:
        """Return plain data."""
        return {
            "before": self.before_yuan,
            "after": self.after_yuan,
            "steps": [
                {"step": x.name, "yuan": x.yuan, "interval": [x.low_yuan, x.high_yuan]}
                for x in self.steps
            ],
        }


@dataclass(frozen=True, slots=True)
class Revision:
    """Why a nowcast differs from an earlier forecast.

    Attributes
    ----------
    since
        The last day the earlier one knew; the day before the horizon for a forecast of the year.
    together
        By measure, of all bureaus.
    bureaus
        By bureau and measure.
    """

    since: date
    together: Mapping[str, Change]
    bureaus: Mapping[str, Mapping[str, Change]]

    def to_json(self) -> dict[str, Any]:
        """Return the content of a stored nowcast's ``revision``."""
        return {
            "since": self.since.isoformat(),
            "all": {name: change.to_json() for name, change in self.together.items()},
            "bureaus": {
                bureau: {name: change.to_json() for name, change in own.items()}
                for bureau, own in self.bureaus.items()
            },
        }


def revision(
    earlier: Mapping[str, Any],
    since: date,
    scenario: Scenario,
    plan_before: Plan,
    ledger: Ledger,
    later: Nowcast,
    *,
    workers: int = 1,
) -> Revision:
    """Explain a nowcast by an earlier forecast.

    Parameters
    ----------
    earlier
        A stored nowcast, or ``forecast.json`` of the year.
    since
        Its day; the day before the horizon for a forecast of the year.
    scenario, plan_before
        What it was made for and under.
    ledger
        As read.
    later
        The nowcast, of a later day; its seed and futures are used.
    workers
        Threads.

    Raises
    ------
    ValueError
        When the later one is not later, or the earlier one holds no means to compare.
    """
    if since >= later.as_of:
        msg = f"since {since}: found not before {later.as_of}; allowed: an earlier forecast"
        raise ValueError(msg)
    if "fan_mean_yuan" not in earlier["joint"]:
        msg = "earlier: found a forecast without means by month; make it again"
        raise ValueError(msg)
    made = later.forecast
    again = partial(
        nowcast,
        scenario,
        plan_before,
        ledger,
        later.as_of,
        n=made.n,
        seed=made.seed,
        tails=made.tally.tails,
        workers=workers,
    )
    held = again(learn=bool(earlier.get("calibrated")), learn_until=since)
    same = plan_before.content_hash == later.plan.content_hash
    learned = later if same else again(learn=later.calibration is not None)
    chain = _Chain(earlier, since, held, learned, later)
    bureaus = [bureau.id for bureau in scenario.organisation.bureaus]
    return Revision(
        since,
        {name: chain.change(flow) for name, flow in MEASURES.items()},
        {b: {name: chain.change(flow, b) for name, flow in MEASURES.items()} for b in bureaus},
    )


@dataclass(frozen=True, slots=True)
class _Mean:
    """An expectation and its standard error."""

    yuan: float
    error: float


@dataclass(frozen=True, slots=True, eq=False)
class _Chain:
    """The forecasts between the earlier one and the later, each of which changes one thing."""

    earlier: Mapping[str, Any]
    since: date
    held: Nowcast
    learned: Nowcast
    replanned: Nowcast

    def change(self, flow: str, bureau: str | None = None) -> Change:
        """Return why the end of a flow is expected elsewhere, of a bureau or all together."""
        by_then, before = self._earlier(flow, bureau)
        held, learned, after = (
            _end(one, flow, bureau) for one in (self.held, self.learned, self.replanned)
        )
        luck = self._came(flow, bureau) - by_then.yuan
        return Change(
            before.yuan,
            after.yuan,
            (
                _step("luck", luck, by_then),
                _step("facts", held.yuan - before.yuan - luck, held, before, by_then),
                _step("parameters", learned.yuan - held.yuan, held, learned),
                _step("plan", after.yuan - learned.yuan, learned, after),
            ),
        )

    def _came(self, flow: str, bureau: str | None) -> float:
        """Return what has come in by the later day."""
        by_bureau = dict(zip(self._bureaus, self.replanned.states, strict=True))
        names = self._bureaus if bureau is None else [bureau]
        return float(sum(sum(getattr(by_bureau[b], f"{flow}_month_fen")) for b in names)) / 100

    @property
    def _bureaus(self) -> list[str]:
        return [bureau.id for bureau in self.held.scenario.organisation.bureaus]

    def _earlier(self, flow: str, bureau: str | None) -> tuple[_Mean, _Mean]:
        """Return what the earlier one expected by the later day, and by the end of the year.

        Between the ends of months it is taken to come in evenly.
        """
        where = self.earlier["joint"] if bureau is None else self.earlier["bureaus"][bureau]
        calendar = self.held.scenario.days
        known = calendar.day_of(self.since) + 1
        ends = [month.stop for month in calendar.months if month.stop > known]
        told = where["fan_mean_yuan"][flow][-len(ends) :]
        names = self._bureaus if bureau is None else [bureau]
        came = self.earlier.get("came_yuan", {}).get(flow, {})
        begin = sum(came.get(name, 0.0) for name in names)
        days = [known, *ends]
        at = calendar.day_of(self.held.as_of) + 1
        mean = np.interp(at, days, [begin, *(mean for mean, _ in told)])
        error = np.interp(at, days, [0.0, *(error for _, error in told)])
        return _Mean(float(mean), float(error)), _Mean(*told[-1])


def _end(one: Nowcast, flow: str, bureau: str | None) -> _Mean:
    last = str(len(one.scenario.days.months) - 1)
    key = (f"{flow}_month_fen", last) if bureau is None else (f"{flow}_month_fen", bureau, last)
    found = one.forecast.tally.values[key]
    return _Mean(found.mean / 100, found.standard_error / 100)


def _step(name: StepName, yuan: float, *of: _Mean) -> Step:
    """Return a step; where both its ends are the same forecast it has no error."""
    error = 0.0 if yuan == 0 else float(np.sqrt(sum(one.error**2 for one in of)))
    return Step(name, yuan, yuan - _WIDE * error, yuan + _WIDE * error)

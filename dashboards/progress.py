"""Where bureaus stand in a year under way: reached, asked, and expected at its start by a day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from dashboards.fan import QUANTILES
from dashboards.figures import Forecast
from scenarios.ledger import Ledger
from scenarios.ledger.standing import standing
from scenarios.model import Scenario
from scenarios.targets import Target

Floats = NDArray[np.float64]
Verdict = Literal["ahead", "level", "low", "behind"]
Flow = Literal["signed", "funds"]

FLOWS: Final[tuple[Flow, ...]] = ("signed", "funds")
"""What the forecast follows month by month: contracts, and funds on the gross basis."""

_OF_FLOWS: Final = ("leads", "shares", "contracts", "instalments")
"""Tables that flows are counted from."""

_FOLLOWED: Final[Mapping[str, tuple[Flow, str]]] = {
    "signed_yuan": ("signed", "signed_yuan"),
    "funds_yuan": ("funds", "funds_gross_yuan"),
}
"""The flow that stands for a metric of a target, and what it counts."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What the forecast at the start of the year expected by a day.

    Attributes
    ----------
    low, mid, high
        P10, median and P90.
    """

    low: float
    mid: float
    high: float

    def judged(self, reached: float) -> Verdict:
        """Say where a figure lies: below P10, below the median, up to P90, or above."""
        if reached < self.low:
            return "behind"
        if reached < self.mid:
            return "low"
        return "ahead" if reached > self.high else "level"


@dataclass(frozen=True, slots=True)
class Reached:
    """How far a bureau is with a target.

    Attributes
    ----------
    bureau, target, minimum
        Who is to reach how much of what.
    value
        What was recorded.
    flow
        What the expectation is of: on the basis the forecast follows; None where it has none.
    expected
        What was expected by the day; None where it is not known.
    """

    bureau: str
    target: Target
    minimum: int
    value: float
    flow: float | None = None
    expected: Expected | None = None

    @property
    def share(self) -> float:
        """How much of the target is reached."""
        return self.value / self.minimum if self.minimum else 1.0

    @property
    def met(self) -> bool:
        """Whether it is reached."""
        return self.value >= self.minimum

    @property
    def verdict(self) -> Verdict | None:
        """Where it lies against what was expected; None where so early nothing can be told."""
        if self.expected is None or self.flow is None or self.flow == self.expected.mid == 0:
            return None
        return self.expected.judged(self.flow)


@dataclass(frozen=True, slots=True)
class Course:
    """How amounts grew up to a day, as is known at its end.

    Attributes
    ----------
    days
        Days gone at each point: 0, the ends of the months before the day, the end of the day.
    yuan
        By flow: what had come in by then, shape (points, bureaus).
    """

    days: tuple[int, ...]
    yuan: dict[Flow, Floats]


def gone(scenario: Scenario, day: date) -> int:
    """Return how many days of the horizon are over at the end of a day."""
    return min(max(scenario.days.day_of(day) + 1, 0), scenario.days.n_days)


def reached(
    scenario: Scenario,
    counted: Mapping[str, Floats],
    forecast: Forecast | None,
    day: date,
) -> list[Reached]:
    """Return how far every bureau is with every target, main ones first.

    Parameters
    ----------
    scenario
        Gives targets and bureaus.
    counted
        What was recorded, by metric (:func:`scenarios.ledger.standing.metrics`).
    forecast
        That of the start of the year; None where there is none.
    day
        The day the standing is of.
    """
    targets = sorted(scenario.targets, key=lambda target: not target.main)
    minima = {
        (bureau.id, entry.target.id): entry.minimum
        for bureau in scenario.organisation.bureaus
        for entry in scenario.targets_of(bureau.id)
    }
    found = []
    for target in targets:
        values = counted[target.metric]
        for place, bureau in enumerate(scenario.organisation.bureaus):
            if (bureau.id, target.id) not in minima:
                continue
            one = Reached(
                bureau.id,
                target,
                minima[bureau.id, target.id],
                float(values[place]),
            )
            found.append(_with_expected(one, place, scenario, counted, forecast, day))
    return found


def _with_expected(
    one: Reached,
    place: int,
    scenario: Scenario,
    counted: Mapping[str, Floats],
    forecast: Forecast | None,
    day: date,
) -> Reached:
    """Hold a figure against the forecast; the fan of funds is gross, whatever the target asks."""
    if one.target.metric not in _FOLLOWED:
        return one
    flow, metric = _FOLLOWED[one.target.metric]
    known = expected(scenario, forecast, flow, one.bureau, day)
    return replace(one, flow=float(counted[metric][place]), expected=known)


def expected(
    scenario: Scenario, forecast: Forecast | None, flow: Flow, bureau: str | None, day: date
) -> Expected | None:
    """Return what a forecast expected by a day: between ends of months on a straight line.

    Parameters
    ----------
    bureau
        One bureau; all of them together where None.
    """
    report = _report(forecast, bureau)
    if "fan_yuan" not in report:
        return None
    ends = [0, *(month.stop for month in scenario.days.months)]
    rows = np.array([[0.0] * len(QUANTILES), *report["fan_yuan"][flow]])
    at = [float(np.interp(gone(scenario, day), ends, column)) for column in rows.T]
    low, _, mid, _, high = at
    return Expected(low, mid, high)


def _report(forecast: Forecast | None, bureau: str | None) -> Forecast:
    if forecast is None:
        return {}
    found: Forecast = forecast["bureaus"][bureau] if bureau else forecast["joint"]
    return found


def spend_expected(
    scenario: Scenario, forecast: Forecast | None, bureau: str, day: date
) -> float | None:
    """Return the mean spend that a forecast expected by a day; None where there is none."""
    if forecast is None:
        return None
    by_month = np.sum(list(forecast["bureaus"][bureau]["spend_yuan_mean"].values()), axis=0)
    ends = [0, *(month.stop for month in scenario.days.months)]
    return float(np.interp(gone(scenario, day), ends, [0.0, *np.cumsum(by_month)]))


def course(ledger: Ledger, scenario: Scenario, day: date) -> Course:
    """Return how contracts and funds grew, as is known at the end of a day.

    A row counts from the day it speaks of, whenever it was written.

    Parameters
    ----------
    ledger
        As read: not yet cut to the day.
    """
    last = gone(scenario, day)
    ends = (0, *(month.stop for month in scenario.days.months if month.stop < last), last)
    start = scenario.horizon.start
    # Nothing else says anything of amounts, and the others are long.
    known = ledger.as_of(day)
    tables = {name: x if name in _OF_FLOWS else x[:0] for name, x in known.tables.items()}
    own = replace(known, tables=tables)
    at = [standing(own, scenario, day, until=start + timedelta(days=end - 1)) for end in ends]
    signed = np.array([one.actuals.measured("signed_yuan") for one in at])
    funds = np.array([one.gross_yuan for one in at])
    return Course(ends, {"signed": signed, "funds": funds})

"""What the half-month brief rests on: run, ledger, nowcast and January's forecast, read once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from typing import Any, Final

from dashboards.labels import rows_of
from dashboards.odds import Odds
from dashboards.runs import Run
from scenarios.ledger import Ledger
from scenarios.ledger.pipeline import OpenLead, open_leads
from scenarios.ledger.standing import Standing, standing
from scenarios.ledger.statements import Clearing, Gate, Overdue, clearings, gates, overdue
from scenarios.targets import BureauTarget

SOON_DAYS: Final = 15
"""The coming half month."""

VISIT_DAYS: Final = 30
"""How far ahead groups are announced."""

FAN_AT: Final = (0, 2, 4)
"""Places of P10, P50 and P90 in a fan."""

LED: Final[dict[str, tuple[str, str | None]]] = {
    "inspections_principal": ("visits", "principal"),
    "inspections_deputy": ("visits", "deputy"),
    "events_led": ("duties", None),
}
"""Metrics that count what one kind of leader took part in: the table, and the leaders' tier."""


@dataclass(frozen=True)
class Progress:
    """A target of a bureau.

    Attributes
    ----------
    goal
        The target as it stands for the bureau.
    reached
        By the day of the brief.
    odds
        That it is reached by the year's end.
    end
        P10, P50 and P90 of where the year may end; None where the forecast keeps none.
    january
        The same as the forecast of January said it; None where that has none.
    """

    goal: BureauTarget
    reached: float
    odds: Odds
    end: tuple[float, float, float] | None
    january: tuple[float, float, float] | None

    @property
    def gap(self) -> float | None:
        """By how much the middle future falls short; 0 where it does not."""
        return None if self.end is None else max(0.0, self.goal.minimum - self.end[1])


@dataclass(frozen=True)
class Facts:
    """Everything the brief says, from one ledger on one day.

    Attributes
    ----------
    run
        The plan, and the forecast of January where it has one.
    ledger
        As read.
    as_of
        The day: records up to its end are known.
    told
        The nowcast of the day (``RUN/nowcasts``).
    before
        The newest one stored for an earlier day; None where there is none.
    """

    run: Run
    ledger: Ledger
    as_of: date
    told: Mapping[str, Any]
    before: Mapping[str, Any] | None = None

    @cached_property
    def bureaus(self) -> tuple[str, ...]:
        """Ids in the scenario's order."""
        return tuple(bureau.id for bureau in self.run.scenario.organisation.bureaus)

    @cached_property
    def known(self) -> Ledger:
        """The ledger as it stood at the end of the day."""
        return self.ledger.as_of(self.as_of)

    @cached_property
    def last(self) -> date:
        """Last day of the coming half month, within the horizon."""
        return min(self.as_of + timedelta(days=SOON_DAYS), self.run.scenario.horizon.end)

    @cached_property
    def stands(self) -> Standing:
        """Where the bureaus stand."""
        return standing(self.known, self.run.scenario, self.as_of)

    @cached_property
    def leads(self) -> tuple[OpenLead, ...]:
        """Leads under way."""
        return open_leads(self.known, self.run.scenario, self.as_of)

    @cached_property
    def late(self) -> tuple[Overdue, ...]:
        """Requests and duties that are overdue; those that all bureaus share have no bureau."""
        return overdue(self.known, self.as_of)

    @cached_property
    def cleared(self) -> tuple[Clearing, ...]:
        """Expenses by bureau and head, since the start of the horizon."""
        start = self.run.scenario.horizon.start
        return clearings(self.known, self.run.scenario, self.as_of, start)

    @cached_property
    def gates(self) -> Mapping[str, Gate]:
        """Clearings by bureau, those of the plan among them."""
        planned = self.run.table("obligations")
        own = rows_of(planned[planned["kind"] == "clearing"])
        days = [(row["bureau"], date.fromisoformat(row["date"])) for row in own]
        found = gates(self.known, self.run.scenario, self.as_of, days)
        return {gate.bureau: gate for gate in found}

    @cached_property
    def progress(self) -> Mapping[str, tuple[Progress, ...]]:
        """Targets by bureau, main ones first."""
        return {bureau: self._progress(bureau, i) for i, bureau in enumerate(self.bureaus)}

    @cached_property
    def unused(self) -> tuple[int, int]:
        """Remarks on rows known by then, and how many of those rows do not count."""
        own = self.known.remarks
        return len(own), len({(x.table, x.entry) for x in own if not x.used})

    def by_now(self, flow: str, bureau: str | None) -> tuple[float, float, float] | None:
        """Return P10, P50 and P90 of what the forecast of January expected to have come by now.

        Between the ends of months they are taken to grow evenly.

        Parameters
        ----------
        flow
            ``signed`` or ``funds``: gross, of the year's own contracts.
        bureau
            Its id; None for all together.
        """
        if not self.run.has_forecast:
            return None
        forecast = self.run.forecast
        where = forecast["joint"] if bureau is None else forecast["bureaus"][bureau]
        if "fan_yuan" not in where:
            return None
        days = self.run.scenario.days
        at = days.day_of(self.as_of) + 1
        place = next(i for i, month in enumerate(days.months) if at <= month.stop)
        month = days.months[place]
        fan = where["fan_yuan"][flow]
        end, start = fan[place], fan[place - 1] if place else [0.0] * len(fan[0])
        part = (at - month.start) / month.n_days
        low, middle, high = (start[i] + part * (end[i] - start[i]) for i in FAN_AT)
        return low, middle, high

    def _progress(self, bureau: str, place: int) -> tuple[Progress, ...]:
        scenario, told = self.run.scenario, self.told["bureaus"][bureau]
        january = self.run.forecast["bureaus"][bureau] if self.run.has_forecast else None
        found = [
            Progress(
                goal,
                float(self._reached(goal.target.metric)[place]),
                Odds.read(told["targets"][goal.target.id]),
                _spread(told, goal.target.metric),
                None if january is None else _spread(january, goal.target.metric),
            )
            for goal in scenario.targets_of(bureau)
        ]
        return tuple(sorted(found, key=lambda x: not x.goal.target.main))

    def _reached(self, metric: str) -> Any:
        if metric not in LED:
            return self.stands.actuals.measured(metric)
        return self._led[metric]

    @cached_property
    def _led(self) -> Mapping[str, Any]:
        """Count what leaders took part in, as the standing counts, on the rows of those leaders."""
        tiers = {x.id: x.tier for x in self.run.scenario.organisation.leaders}
        known, found = self.known, {}
        for metric, (name, tier) in LED.items():
            rows = known.tables[name]
            own = rows["leader"].map(tiers)
            some = rows[own.notna() if tier is None else own == tier]
            cut = replace(known, tables={**known.tables, name: some})
            counted = standing(cut, self.run.scenario, self.as_of).actuals
            found[metric] = counted.measured("events" if name == "duties" else "inspections")
        return found


def _spread(report: Mapping[str, Any], metric: str) -> tuple[float, float, float] | None:
    own = report["quantiles"].get(metric)
    return None if own is None else (own["p10"], own["p50"], own["p90"])

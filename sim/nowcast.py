"""The nowcast: the forecast of a year under way, from what a ledger knows of it on a day.

What happened is fact; what is open goes on from the age it has; what was learned from the records
is held true. The futures are those of the forecast: same kernel, same seed, same world.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any, Final

import numpy as np
import pandas as pd

from planner.plan import Plan
from scenarios.ledger import Ledger
from scenarios.ledger.standing import Standing, standing
from scenarios.model import Scenario
from sim.calibrate import POOLING, calibrate
from sim.calibration import Calibration
from sim.closing import UNRECORDED
from sim.forecast import TAILS, Forecast, forecast
from sim.outcome import COLUMNS, FLOWS, SPEND_HEADS
from sim.packing import MODES
from sim.side import carried_over
from sim.state import State
from sim.taking_up import taken_up

FUTURES: Final = 10_000
"""Futures of a nowcast, by default."""


@dataclass(frozen=True, eq=False)
class Nowcast:
    """What a year under way may come to.

    Attributes
    ----------
    scenario, plan
        As they were before anything was learned.
    as_of
        Records up to the end of this day are known.
    rows, ledger_hash
        Of the ledger as it stood then (:func:`content_hash`).
    reached
        Where each bureau stands.
    states
        The same as the simulation takes it up.
    calibration
        What was learned; None where the assumptions were held as they are.
    forecast
        Of what is left of the year, added to what happened.
    """

    scenario: Scenario
    plan: Plan
    as_of: date
    rows: int
    ledger_hash: str
    reached: Standing
    states: tuple[State, ...]
    calibration: Calibration | None
    forecast: Forecast

    def to_json(self) -> dict[str, Any]:
        """Return a stored nowcast: the content of ``forecast.json``, and the year so far."""
        bureaus = [bureau.id for bureau in self.scenario.organisation.bureaus]
        return {
            **self._not_below_what_came(self.forecast.to_json()),
            "scenario_hash": self.scenario.content_hash,
            "plan_hash": self.plan.content_hash,
            "learned_hash": self.forecast.scenario.content_hash,
            "as_of": self.as_of.isoformat(),
            "ledger": {"rows": self.rows, "hash": self.ledger_hash},
            "calibrated": self.calibration is not None,
            "standing": {b: self._standing(i, b) for i, b in enumerate(bureaus)},
            "came_yuan": {
                flow.removesuffix("_month_fen"): {
                    b: sum(getattr(state, flow)) / 100
                    for b, state in zip(bureaus, self.states, strict=True)
                }
                for flow in FLOWS
            },
            "open": {b: _open(state) for b, state in zip(bureaus, self.states, strict=True)},
        }

    def _not_below_what_came(self, report: dict[str, Any]) -> dict[str, Any]:
        """Return a report in which no amount ends below what came: quantiles keep three digits."""
        facts = [dict(zip(COLUMNS, state.facts, strict=True)) for state in self.states]
        fixed = self.scenario.rules.funds.basis == "fixed-asset"
        amounts = {
            "signed_yuan": "signed_fen",
            "funds_yuan": "funds_fixed_fen" if fixed else "funds_gross_fen",
            "funds_gross_yuan": "funds_gross_fen",
        }
        came = {metric: [own[fact] / 100 for own in facts] for metric, fact in amounts.items()}
        spread = report["distribution"]
        for place, (bureau, own) in enumerate(report["bureaus"].items()):
            for metric, least in came.items():
                quantiles = own["quantiles"][metric]
                told = {name: _at_least(x, least[place]) for name, x in quantiles.items()}
                own["quantiles"][metric] = told
                whole = spread["bureaus"][bureau]
                whole[metric] = _at_least(whole[metric], least[place])
        for metric, least in came.items():
            spread["all"][metric] = _at_least(spread["all"][metric], sum(least))
        return report

    def _standing(self, place: int, bureau: str) -> dict[str, Any]:
        reached, facts = self.reached, dict(zip(COLUMNS, self.states[place].facts, strict=True))
        spend = {
            head: round(float(reached.spent_yuan[i, place]), 2)
            for i, head in enumerate(reached.heads)
        }
        lump = self.scenario.budget.lump_sum_yuan[bureau]
        inside = sum(yuan for head, yuan in spend.items() if head in SPEND_HEADS)
        measured = {
            name: float(reached.actuals.measured(name)[place])
            for name in ("signed_yuan", "registered", "inspections", "events", "liaison_items")
        }
        return {
            **measured,
            "funds_yuan": float(reached.actuals.measured("funds_yuan")[place]),
            "funds_gross_yuan": float(reached.gross_yuan[place]),
            "calls": facts["calls"],
            "qualified_leads": facts["qualified_leads"],
            "visits": sum(facts[f"visits_{mode}"] for mode in MODES),
            "signed": facts["signed"],
            "started": facts["started"],
            "spend_yuan": spend,
            "balance_yuan": round(lump - inside, 2),
        }


def nowcast(
    scenario: Scenario,
    plan: Plan,
    ledger: Ledger,
    as_of: date,
    *,
    n: int = FUTURES,
    seed: int,
    tails: int = TAILS,
    learn: bool = True,
    learn_until: date | None = None,
    pooling: float = POOLING,
    workers: int = 1,
    progress: Callable[[int, int], None] | None = None,
    stop: Callable[[], bool] | None = None,
) -> Nowcast:
    """Forecast the rest of a year from a day on.

    Parameters
    ----------
    scenario, plan
        What the year goes on under; the plan must have been made for the scenario.
    ledger
        As read: not yet cut to a day.
    as_of
        The day, within the horizon and before its last.
    n, seed, tails, workers, progress, stop
        As for :func:`sim.forecast.forecast`.
    learn
        Whether assumptions learn from the ledger first; False: they are held as they are, and
        nothing is known of how leads that came to nothing are closed.
    learn_until
        Records after this day teach nothing (they are facts all the same); None: all do.
    pooling
        As for :func:`sim.calibrate.calibrate`.

    Raises
    ------
    ValueError
        When the day lies outside, or the plan belongs to another scenario.
    """
    known = ledger.as_of(as_of)
    learned, closing, closing_visited, found = scenario, UNRECORDED, UNRECORDED, None
    if learn:
        taught = known if learn_until is None else ledger.as_of(min(as_of, learn_until))
        found = calibrate(taught, scenario, plan, taught.cut or as_of, pooling=pooling)
        learned, closing, closing_visited = found.scenario, found.closing, found.closing_visited
    carried = carried_over(plan, learned)
    states = taken_up(
        learned, carried, known, as_of, closing=closing, closing_visited=closing_visited
    )
    return Nowcast(
        scenario,
        plan,
        as_of,
        known.n_rows,
        content_hash(known),
        standing(known, scenario, as_of),
        states,
        found,
        forecast(
            learned,
            carried,
            n=n,
            seed=seed,
            tails=tails,
            keep_outcomes=False,
            states=states,
            workers=workers,
            progress=progress,
            stop=stop,
        ),
    )


def content_hash(ledger: Ledger) -> str:
    """SHA-256 of what a ledger says, whatever the order of its rows."""
    found = sha256()
    for name in sorted(ledger.tables):
        rows = pd.util.hash_pandas_object(ledger.tables[name], index=False).to_numpy()
        found.update(name.encode() + np.sort(rows).astype("<u8").tobytes())
    return found.hexdigest()


def _at_least(told: Any, least: float) -> Any:
    """Return an amount, or each of a list, raised to the least it can be."""
    return [_at_least(x, least) for x in told] if isinstance(told, list) else max(told, least)


def _open(state: State) -> dict[str, int]:
    """Return how much is under way by stage."""
    registered = sum(contract.registered >= 0 for contract in state.open_contracts)
    return {
        "leads": sum(lead.known for lead in state.open_leads),
        "visited": len(state.open_visits),
        "signed": len(state.open_contracts) - registered,
        "registered": registered,
    }

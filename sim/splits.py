"""Splits: what a plan comes to when its money is split otherwise, in the same futures.

A bureau's year depends on its own money alone: what one bureau does at one budget is simulated
once and kept, so that another split costs only the bureaus whose money moved. What is found is
what a forecast of the plan with that split holds.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from threading import Lock

from planner.plan import Plan
from scenarios.model import Scenario
from sim.case import tranches_of
from sim.measures import Measure, measures
from sim.packing import pack
from sim.results import Results
from sim.samples import Job, Samples, prepared, sample_bureau, side_by_side
from sim.tally import Key

KEPT = 48
"""Budgets of single bureaus that are kept, about 3 MB each with 1,000 futures of 32 tails."""


class Splits:
    """The splits of one plan's money; threads may share one.

    Parameters
    ----------
    scenario, plan
        The plan must have been made for the scenario.
    seed, n, tails
        Futures, as of :func:`sim.forecast.forecast`.

    Raises
    ------
    ValueError
        When the plan belongs to another scenario, or seed, n or tails lie outside their range.
    """

    def __init__(self, scenario: Scenario, plan: Plan, *, seed: int, n: int, tails: int) -> None:
        if n < 2:
            msg = f"n: found {n}; allowed: at least 2 futures"
            raise ValueError(msg)
        self.scenario, self.plan, self.n = scenario, plan, n
        self.job = Job(scenario, plan, seed, tails=tails, own=True)
        self._cases, _ = prepared(scenario, plan)
        self._kept: OrderedDict[tuple[int, int], Samples] = OrderedDict()
        self._lock = Lock()

    @property
    def bureaus(self) -> tuple[str, ...]:
        """Ids of the bureaus, in the scenario's order."""
        return tuple(bureau.id for bureau in self.scenario.organisation.bureaus)

    @property
    def present(self) -> tuple[int, ...]:
        """What each bureau has under the plan, in yuan."""
        return tuple(self.plan.budget_of(bureau) for bureau in self.bureaus)

    def results(self, split: Sequence[int]) -> Results:
        """Return what a split comes to.

        Parameters
        ----------
        split
            Budget of each bureau in yuan, in the scenario's order.

        Raises
        ------
        OverflowError
            When assumptions are beyond what a simulation can hold.
        """
        with self._lock:
            own = [self._bureau(place, yuan) for place, yuan in enumerate(split)]
        budgets = tuple(sorted(zip(self.bureaus, split, strict=True)))
        plan = replace(self.plan, budget_yuan=budgets)
        return Results(self.scenario, plan, side_by_side(own))

    def measures(self, split: Sequence[int]) -> Mapping[Key, Measure]:
        """Return every measure of a split, as a comparison takes them."""
        return dict(measures(self.results(split)))

    def _bureau(self, place: int, yuan: int) -> Samples:
        key = (place, yuan)
        if key not in self._kept:
            periods, shares = len(self.scenario.periods), self.scenario.budget.release.shares
            case = replace(self._cases[place], tranche_fen=tranches_of(100 * yuan, shares, periods))
            deck = pack(case, self.scenario.assumptions)
            self._kept[key] = sample_bureau(self.job, case, deck, 0, self.n)
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        self._kept.move_to_end(key)
        return self._kept[key]

"""The proposal: an allocation of the money with its other cases and its flips, and its files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

from sim.allocation import Allocation, NeverBinding
from sim.difference import Difference
from sim.flips import Flip, case_flip
from sim.grid import Split

SURE: Final = 0.9
"""Share of the years in which a budget that never binds is to turn nothing away."""

COLUMNS: Final = (
    "bureau",
    "present_yuan",
    "proposed_yuan",
    "marginal_value_per_10000_yuan",
    "low",
    "high",
    "never_binding_90_yuan",
    "aim",
    "seed",
    "n",
)
"""Columns of ``allocation.csv``."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """An answer to how the money should be split, and what it rests on.

    Attributes
    ----------
    cases
        The allocation asked about, then those of other scenarios of the same bureaus.
    losses
        For each case, what its own best split has over the answer and over every case's best, in
        fresh futures; empty where there is one case, or somebody stopped.
    flips
        What the answer loses under other readings and responses; None where nobody asked.
    complete
        False where somebody stopped: what is here is as precise as the futures that were done.
    """

    cases: tuple[Allocation, ...]
    losses: tuple[tuple[Difference, ...], ...]
    flips: tuple[Flip, ...] | None
    complete: bool

    @property
    def found(self) -> Allocation:
        """The allocation asked about."""
        return self.cases[0]

    @property
    def all_flips(self) -> tuple[Flip, ...]:
        """What the answer loses under anything else, the other cases among it."""
        others = zip(self.cases[1:], self.losses[1:], strict=False)
        return (*(self.flips or ()), *(case_flip(case, row[0]) for case, row in others))

    def to_json(self) -> dict[str, Any]:
        """Return the content of ``allocation.json``."""
        found = self.found
        starving = gained_by_starving(found)
        return {
            **found.to_json(),
            "answer": {"moves": moves(found), "split_yuan": list(answer_of(found))},
            "complete": self.complete,
            "gained_by_starving": None if starving is None else starving.to_json(found.margins),
            "cases": [
                {
                    **case.to_json(),
                    "loss_of_best_of": [
                        {"scenario": other.scenario.id, **loss.to_json(case.margins)}
                        for other, loss in zip(self.cases, row[1:], strict=True)
                    ],
                }
                for case, row in zip(self.cases, self.losses, strict=False)
            ],
            "flips": None if self.flips is None else [x.to_json() for x in self.all_flips],
        }

    def tables(self) -> dict[str, pd.DataFrame]:
        """Return the tables by file name without ending."""
        found = self.found
        frontier = pd.DataFrame(self._totals(), columns=self._totals_columns())
        return {
            "allocation": pd.DataFrame(self._budgets(), columns=list(COLUMNS)),
            "curves": pd.DataFrame(list(found.curves())),
            "frontier": frontier,
        }

    def _budgets(self) -> Iterator[tuple[object, ...]]:
        found = self.found
        marginals = {
            own.bureau: own.per_step for own in found.marginals(found.present or found.best)
        }
        rest = (aim_id(found), found.search.seed, found.fresh.n)
        for place, bureau in enumerate(found.grid.bureaus):
            worth = marginals.get(bureau)
            values = (None,) * 3 if worth is None else (worth.mean, worth.low, worth.high)
            never = never_binding(found, bureau).yuan
            now = found.grid.present_yuan[place]
            yield (bureau, now, found.best[place], *values, never, *rest)

    def _totals_columns(self) -> list[str]:
        split = [f"{bureau}_yuan" for bureau in self.found.grid.bureaus]
        return ["total_yuan", *split, "value", "low", "high", "aim", "seed", "n"]

    def _totals(self) -> list[tuple[object, ...]]:
        found = self.found
        rest = (aim_id(found), found.search.seed, found.fresh.n)
        return [
            (x.total_yuan, *x.split, x.value.mean, x.value.low, x.value.high, *rest)
            for x in found.frontier
        ]


def moves(found: Allocation) -> bool:
    """Return whether money should move: the best split is better than today's, materially."""
    if found.present is None:
        return True
    gain = found.difference(found.present, found.best)
    return gain.verdict(found.margins) == "different" and gain.low > 0


def answer_of(found: Allocation) -> Split:
    """Return the split to take: the best one found, or today's where it is not known to beat it."""
    return found.best if found.present is None or moves(found) else found.present


def gained_by_starving(found: Allocation) -> Difference | None:
    """Return what the best split has over the best that starves no bureau; None where it is one."""
    return None if found.floored is None else found.difference(found.floored, found.best)


def never_binding(found: Allocation, bureau: str) -> NeverBinding:
    """Return the budget from which money turns nothing away in :data:`SURE` of the years."""
    return next(own for own in found.never_binding(bureau) if own.share == SURE)


def aim_id(found: Allocation) -> str:
    """Return the aim as the command takes it."""
    aim = found.search.aim
    if aim.name == "at-least":
        return f"at-least-{aim.k}"
    return aim.name if aim.reading is None else f"{aim.name}:{aim.reading}"

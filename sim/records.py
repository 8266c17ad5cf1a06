"""Records: the histories of a bureau's leads, sorted into what each assumption is learned from.

Only what began within the horizon counts: of leads under way before it, those that had come to
nothing were never written down.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from scenarios.assumptions import Assumptions
from sim.case import NEVER, Case
from sim.posterior import Floats
from sim.waiting import Rows, Stage, registering, signing, starting, visiting

RESULT_DAYS: Final = 3
"""So many days after a call its result is known: no trip is longer."""

SCREENED_OUT: Final = "screened-out"
"""A lead lost for this reason had signed."""


@dataclass(frozen=True, slots=True, eq=False)
class Records:
    """One bureau's records up to a day.

    Attributes
    ----------
    calls
        Calls made.
    settled, qualified
        Calls whose result is known, and how many of them became a lead.
    leads, visited, contracts, landed
        Stages: leads that visit or not, visited leads that sign or not, contracts that are
        registered or not, registered contracts that start or not.
    amounts_yuan
        Sizes of contracts.
    realised
        Share of each lead's funds that is fixed-asset investment.
    """

    calls: int
    settled: int
    qualified: int
    leads: Stage
    visited: Stage
    contracts: Stage
    landed: Stage
    amounts_yuan: Floats
    realised: Floats


def records_of(
    leads: pd.DataFrame,
    calls: pd.DataFrame,
    case: Case,
    assumptions: Assumptions,
    day: int,
) -> Records:
    """Return a bureau's records.

    Parameters
    ----------
    leads, calls
        As :func:`sim.histories.histories` and :func:`sim.histories.calls_made` return them.
    case
        The bureau under its plan.
    assumptions
        Where patience and lead units' delays come from.
    day
        The day at whose end the records stand.
    """
    own = leads[leads["bureau"] == case.bureau]
    made = calls.loc[calls["bureau"] == case.bureau, "day"].to_numpy(dtype=np.int64)
    made = made[(made >= 0) & (made <= day)]
    settled = made[made <= day - RESULT_DAYS]
    begun = own[own["called"] >= 0]
    called = begun["called"]
    answered = begun[called.isin(settled) & (called <= day - RESULT_DAYS)]
    paid = own[own["gross_fen"] > 0]
    signed = own[(own["signed"] >= 0) & (own["signed"] < NEVER)]
    return Records(
        calls=len(made),
        settled=len(settled),
        qualified=min(len(answered), len(settled)),
        leads=_visits(begun, case, assumptions, day),
        visited=_contracts(own, case, day),
        contracts=_registrations(signed, case, day),
        landed=_starts(signed, case, day),
        amounts_yuan=np.sort(signed.loc[signed["amount_fen"] > 0, "amount_fen"].to_numpy() / 100),
        realised=np.sort((paid["fixed_fen"] / paid["gross_fen"]).to_numpy(dtype=np.float64)),
    )


def _columns(rows: pd.DataFrame) -> Rows:
    """Return columns by content, so that the order of records cannot change a sum's last bit."""
    by = ["called", "reported", "visited", "signed", "registered", "started", "lost", "mode"]
    ordered = rows.sort_values(by, kind="stable")
    days = {name: ordered[name].to_numpy(dtype=np.int64) for name in by[:-1]}
    return {**days, "mode": ordered["mode"].to_numpy(dtype=object)}


def _visits(rows: pd.DataFrame, case: Case, assumptions: Assumptions, day: int) -> Stage:
    came = rows["visited"] < NEVER
    return visiting(_columns(rows[came]), _columns(rows[~came]), case, assumptions, day)


def _contracts(rows: pd.DataFrame, case: Case, day: int) -> Stage:
    rows = rows[(rows["visited"] >= 0) & (rows["visited"] < NEVER)]
    done = (rows["signed"] < NEVER) | (rows["reason"] == SCREENED_OUT)
    return signing(_columns(rows[done]), _columns(rows[~done]), case, day)


def _registrations(rows: pd.DataFrame, case: Case, day: int) -> Stage:
    done = rows["registered"] < NEVER
    return registering(_columns(rows[done]), _columns(rows[~done]), case, day)


def _starts(rows: pd.DataFrame, case: Case, day: int) -> Stage:
    rows = rows[rows["registered"] < NEVER]
    done = rows["started"] < NEVER
    return starting(_columns(rows[done]), _columns(rows[~done]), case, day)

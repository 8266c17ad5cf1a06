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
from sim.cohort import Cohort
from sim.posterior import Floats
from sim.waiting import registering, signing, starting, visiting

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
        Cohorts: leads that visit or not, visited leads that sign or not, contracts that are
        registered or not, registered contracts that start or not.
    amounts_yuan
        Sizes of contracts.
    realised
        Share of each lead's funds that is fixed-asset investment.
    """

    calls: int
    settled: int
    qualified: int
    leads: Cohort
    visited: Cohort
    contracts: Cohort
    landed: Cohort
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
        Where delays come from.
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
        visited=_contracts(own, case, assumptions, day),
        contracts=_registrations(signed, case, assumptions, day),
        landed=_starts(signed, case, assumptions, day),
        amounts_yuan=np.sort(signed.loc[signed["amount_fen"] > 0, "amount_fen"].to_numpy() / 100),
        realised=np.sort((paid["fixed_fen"] / paid["gross_fen"]).to_numpy(dtype=np.float64)),
    )


def _cohort(
    rows: pd.DataFrame, happened: pd.Series, since: str, day: int, ever: Floats, by_now: Floats
) -> Cohort:
    """Return a cohort; ``ever`` and ``by_now`` belong to the rows that did not go on, in order."""
    others = rows[~happened]
    closed = others["lost"].to_numpy(dtype=np.int64)
    lost = closed < NEVER
    age = np.where(lost, closed, day) - others[since].to_numpy(dtype=np.int64)
    return Cohort(int(happened.sum()), ever, by_now, np.maximum(age, 0).astype(np.float64), lost)


def _days(rows: pd.DataFrame, column: str) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return rows[column].to_numpy(dtype=np.int64)


def _sorted(rows: pd.DataFrame) -> pd.DataFrame:
    """Sort by content, so that the order of records cannot change the last bit of a sum."""
    return rows.sort_values(
        ["called", "reported", "visited", "signed", "registered", "started", "lost"],
        kind="stable",
    )


def _visits(rows: pd.DataFrame, case: Case, assumptions: Assumptions, day: int) -> Cohort:
    rows = _sorted(rows)
    came = rows["visited"] < NEVER
    open_ = rows[~came]
    odds = visiting(case, assumptions, _days(open_, "called"), _days(open_, "reported"), day)
    return _cohort(rows, came, "reported", day, *odds)


def _contracts(rows: pd.DataFrame, case: Case, assumptions: Assumptions, day: int) -> Cohort:
    rows = _sorted(rows[(rows["visited"] >= 0) & (rows["visited"] < NEVER)])
    signed = (rows["signed"] < NEVER) | (rows["reason"] == SCREENED_OUT)
    open_ = rows[~signed]
    modes = [str(mode) for mode in open_["mode"]]
    called, visited = _days(open_, "called"), _days(open_, "visited")
    odds = signing(case, assumptions, called, visited, modes, day)
    return _cohort(rows, signed, "visited", day, *odds)


def _registrations(rows: pd.DataFrame, case: Case, assumptions: Assumptions, day: int) -> Cohort:
    rows = _sorted(rows)
    done = rows["registered"] < NEVER
    open_ = rows[~done]
    odds = registering(case, assumptions, _days(open_, "signed"), day)
    return _cohort(rows, done, "signed", day, np.ones(len(open_)), odds)


def _starts(rows: pd.DataFrame, case: Case, assumptions: Assumptions, day: int) -> Cohort:
    rows = _sorted(rows[rows["registered"] < NEVER])
    done = rows["started"] < NEVER
    open_ = rows[~done]
    signed, registered = _days(open_, "signed"), _days(open_, "registered")
    odds = starting(case, assumptions, signed, registered, day)
    return _cohort(rows, done, "signed", day, np.ones(len(open_)), odds)

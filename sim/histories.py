"""Histories: what a ledger knows of every lead and call, in days of the horizon.

A company counts once, as the lead that was first reported; what was recorded under a later report
of the same company is that lead's.
"""

from __future__ import annotations

from datetime import date
from typing import Final, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scenarios.ledger.ledger import Ledger
from scenarios.ledger.remarks import first_reports, plain_names
from scenarios.ledger.standing import PREFECTURE_OR_ABOVE
from scenarios.model import Scenario
from sim.case import NEVER

_MODES: Final = {"group": "group", "single": "unit", "leader-trip": "unit"}
"""Mode of reception of a visit that no leader received."""


def histories(ledger: Ledger, scenario: Scenario, as_of: date) -> pd.DataFrame:
    """Return a row for each lead that counts, as known at the end of a day.

    Parameters
    ----------
    ledger
        As read: not yet cut to a day.
    scenario
        Gives the horizon and the leaders' tiers.
    as_of
        The day.

    Returns
    -------
    pandas.DataFrame
        ``lead``, ``bureau`` (that reported it first); days from the horizon's first, before it
        negative, ``NEVER`` for what has not happened: ``called``, ``reported``, ``visited`` (last
        day of the first visit), ``signed`` (first contract), ``registered``, ``started``,
        ``lost``; ``mode`` of reception; ``amount_fen`` of all contracts; ``at_event``: signed at
        an event of prefecture level or above; ``gross_fen``, ``fixed_fen`` of all instalments;
        ``reason`` of the loss.
    """
    tables = ledger.as_of(as_of).tables
    counts = first_reports(tables["leads"]).groupby(level=0).first()
    leads = tables["leads"].drop_duplicates("lead")
    leads = leads[leads["lead"].isin(counts)].sort_values(["date", "lead"], kind="stable")

    def own(name: str) -> pd.DataFrame:
        rows = tables[name]
        rows = rows.assign(lead=counts.reindex(rows["lead"].to_numpy()).to_numpy())
        return rows.dropna(subset=["lead"]).sort_values(["date", "entry"], kind="stable")

    visits, contracts = own("visits"), own("contracts")
    contracts = contracts[contracts["kind"] == "contract"]
    at_event = contracts[contracts["event_level"].isin(PREFECTURE_OR_ABOVE)]
    paid, lost = own("instalments"), own("losses")
    days = _Days(scenario)
    ids = leads["lead"].to_numpy()
    reported = days.of(leads["date"])
    return pd.DataFrame(
        {
            "lead": ids,
            "bureau": leads["bureau"].to_numpy(),
            "called": _called(leads, tables["calls"], scenario, days, reported),
            "reported": reported,
            "visited": days.first(visits, ids),
            "mode": _modes(visits, scenario).reindex(ids).fillna("").to_numpy(),
            "signed": days.first(contracts, ids),
            "amount_fen": _sums(contracts, "amount_fen", ids),
            "at_event": np.isin(ids, at_event["lead"].to_numpy()),
            "registered": days.first(own("registrations"), ids),
            "started": days.first(own("starts"), ids),
            "gross_fen": _sums(paid, "gross_fen", ids),
            "fixed_fen": _sums(paid, "fixed_fen", ids),
            "lost": days.first(lost, ids),
            "reason": lost.groupby("lead")["reason"].first().reindex(ids).fillna("").to_numpy(),
        }
    )


class Lead(NamedTuple):
    """One row of :func:`histories`."""

    lead: str
    bureau: str
    called: int
    reported: int
    visited: int
    mode: str
    signed: int
    amount_fen: int
    at_event: bool
    registered: int
    started: int
    gross_fen: int
    fixed_fen: int
    lost: int
    reason: str


def each_lead(rows: pd.DataFrame) -> list[Lead]:
    """Return rows of :func:`histories` one by one."""
    columns = (rows[name].tolist() for name in Lead._fields)
    return [Lead(*row) for row in zip(*columns, strict=True)]


def calls_made(ledger: Ledger, scenario: Scenario, as_of: date) -> pd.DataFrame:
    """Return the calls known at the end of a day: ``bureau``, ``company`` (plain), ``day``."""
    calls = ledger.as_of(as_of).tables["calls"]
    return _plain_calls(calls, scenario, _Days(scenario)).sort_values(
        ["day", "bureau", "company"], kind="stable", ignore_index=True
    )


class _Days:
    """Turns dates into days of the horizon."""

    def __init__(self, scenario: Scenario) -> None:
        self.first_day = np.datetime64(scenario.horizon.start, "D")

    def of(self, dates: pd.Series) -> NDArray[np.int64]:
        """Return days of the horizon; no date may be missing."""
        days = dates.to_numpy(dtype="datetime64[D]") - self.first_day
        return np.asarray(days.astype(np.int64))

    def first(self, rows: pd.DataFrame, leads: NDArray[np.object_]) -> NDArray[np.int64]:
        """Return the first day of each lead in some rows, or ``NEVER``."""
        found = pd.Series(self.of(rows["date"]), rows["lead"].to_numpy()).groupby(level=0).min()
        return found.reindex(leads, fill_value=NEVER).to_numpy(dtype=np.int64)


def _sums(rows: pd.DataFrame, column: str, leads: NDArray[np.object_]) -> NDArray[np.int64]:
    total = rows.groupby("lead")[column].sum()
    return total.reindex(leads, fill_value=0).to_numpy(dtype=np.int64)


def _modes(visits: pd.DataFrame, scenario: Scenario) -> pd.Series:
    """Return by lead who received its first visit: the tier of the leader, or the mode."""
    tiers = {leader.id: leader.tier for leader in scenario.organisation.leaders}
    first = visits.drop_duplicates("lead").set_index("lead")
    return first["leader"].map(tiers).fillna(first["mode"].map(_MODES))


def _plain_calls(calls: pd.DataFrame, scenario: Scenario, days: _Days) -> pd.DataFrame:
    bureau = {person.id: bureau.id for bureau, person in scenario.persons}
    return pd.DataFrame(
        {
            "bureau": calls["person"].map(bureau).to_numpy(dtype=object),
            "company": plain_names(calls["company"]).to_numpy(dtype=object),
            "day": days.of(calls["date"]),
        }
    )


def _called(
    leads: pd.DataFrame,
    calls: pd.DataFrame,
    scenario: Scenario,
    days: _Days,
    reported: NDArray[np.int64],
) -> NDArray[np.int64]:
    """Return the day of the last call on a lead's company until it was reported.

    Where none is recorded, the day it was reported.
    """
    made = _plain_calls(calls, scenario, days)
    own = pd.DataFrame(
        {
            "at": np.arange(len(leads)),
            "bureau": leads["bureau"].to_numpy(dtype=object),
            "company": plain_names(leads["company"]).to_numpy(dtype=object),
            "reported": reported,
        }
    )
    both = own.merge(made, on=["bureau", "company"])
    last = both[both["day"] <= both["reported"]].groupby("at")["day"].max()
    found = last.reindex(own["at"]).to_numpy(dtype=np.float64)
    return np.asarray(np.where(np.isnan(found), reported, found).astype(np.int64))

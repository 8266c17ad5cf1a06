"""Where each bureau stands as of a day: what was recorded, counted as the assessment counts it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
import pandas as pd

from scenarios.actuals import Actuals, FloatArray
from scenarios.ledger.ledger import Ledger
from scenarios.ledger.remarks import first_reports
from scenarios.model import Scenario

PREFECTURE_OR_ABOVE: Final = ("prefecture", "province", "national")
"""Levels of events whose projects the start rate counts (七㈠3)."""

REPORTS: Final = ("report", "work-log", "ledger-check")
"""Duties that are late reports when they are late or missing (七㈠4⑴)."""

AT_POST: Final = ("post",)


@dataclass(frozen=True, slots=True, eq=False)
class Standing:
    """What the bureaus have reached from the start of the horizon to a day, both included.

    Attributes
    ----------
    as_of
        The day.
    actuals
        As the assessment counts it; arrays over the scenario's bureaus.
    gross_yuan, fixed_yuan
        Funds in place on both bases.
    spent_yuan
        Expenses by head, in the order of :attr:`heads`; shape (heads, bureaus).
    heads
        Heads of expense that occur.
    """

    as_of: date
    actuals: Actuals
    gross_yuan: FloatArray
    fixed_yuan: FloatArray
    spent_yuan: FloatArray
    heads: tuple[str, ...]


def standing(
    ledger: Ledger, scenario: Scenario, as_of: date, *, until: date | None = None
) -> Standing:
    """Count what a ledger said at the end of a day.

    A project counts once, with its contracts, for the bureau that first reported the company, or
    for several by their shares. Only what happened within the horizon counts.

    Parameters
    ----------
    ledger
        As read: not yet cut to a day.
    scenario
        Gives the bureaus, the horizon and the basis of funds.
    as_of
        The day.
    until
        Only what happened up to this day counts, as it was known at the end of ``as_of``; None:
        all that was known.
    """
    tables = ledger.as_of(as_of).tables
    count = _Counter(scenario, tables["leads"], tables["shares"], until or as_of)
    contracts = count.within(tables["contracts"])
    contracts = contracts[contracts["kind"] == "contract"]
    at_event = contracts[contracts["event_level"].isin(PREFECTURE_OR_ABOVE)]
    starts = count.within(tables["starts"])
    led = tables["visits"][tables["visits"]["leader"] != ""]
    instalments = count.within(tables["instalments"])
    gross, fixed = (
        count.by_lead(instalments, instalments[f"{name}_fen"] / 100) for name in ("gross", "fixed")
    )
    duties = tables["duties"]
    held = duties[(duties["kind"] == "event") & duties["done"].notna()]
    expenses = count.within(tables["expenses"])
    heads = tuple(sorted(set(expenses["head"])))
    deductions = count.within(tables["deductions"])
    actuals = Actuals(
        signed_yuan=count.by_lead(contracts, contracts["amount_fen"] / 100),
        registered=count.by_lead(_once(count.within(tables["registrations"]))),
        funds_yuan=fixed if scenario.rules.funds.basis == "fixed-asset" else gross,
        inspections=count.by_lead(count.within(led)),
        events=count.by_bureau(count.within(held, "done")),
        liaison_items=count.by_bureau(count.within(tables["liaison"])),
        event_signed=count.by_lead(_once(at_event)),
        event_started=count.by_lead(_once(starts[starts["lead"].isin(at_event["lead"])])),
        reports_late=count.by_bureau(_late(duties, count)),
        deductions_points=count.by_bureau(deductions, deductions["points"]),
        presence_days=count.by_person(count.within(tables["presence"])),
    )
    spent = [
        count.by_bureau(own, own["amount_fen"] / 100)
        for head in heads
        for own in [expenses[expenses["head"] == head]]
    ]
    n = len(scenario.organisation.bureaus)
    return Standing(as_of, actuals, gross, fixed, np.reshape(spent, (len(heads), n)), heads)


def metrics(ledger: Ledger, scenario: Scenario, as_of: date) -> dict[str, FloatArray]:
    """Return what targets and forecasts speak of, by name, arrays over the scenario's bureaus.

    Every metric of a target (:data:`scenarios.targets.Metric`), and beside them
    ``funds_gross_yuan`` and ``started``; counted as in :func:`standing`.
    """
    tables = ledger.as_of(as_of).tables
    count = _Counter(scenario, tables["leads"], tables["shares"], as_of)
    visits, duties = count.within(tables["visits"]), tables["duties"]
    held = count.within(duties[(duties["kind"] == "event") & duties["done"].notna()], "done")
    tiers = {leader.id: leader.tier for leader in scenario.organisation.leaders}
    reached = standing(ledger, scenario, as_of)
    counted = ("signed_yuan", "registered", "funds_yuan", "inspections", "events", "liaison_items")
    return {
        **{name: reached.actuals.measured(name) for name in counted},
        **{
            f"inspections_{tier}": count.by_lead(visits[visits["leader"].map(tiers) == tier])
            for tier in ("principal", "deputy")
        },
        "events_led": count.by_bureau(held[held["leader"] != ""]),
        "funds_gross_yuan": reached.gross_yuan,
        "started": count.by_lead(_once(count.within(tables["starts"]))),
    }


def _once(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the first row of each project: it counts once, whatever happens again."""
    return rows.sort_values(["date", "entry"], kind="stable").drop_duplicates("lead")


def _late(duties: pd.DataFrame, count: _Counter) -> pd.DataFrame:
    """Return the reports that were late, or are due and not done."""
    own = count.within(duties[duties["kind"].isin(REPORTS)], "due")
    return own[~(own["done"].to_numpy() <= own["due"].to_numpy())]


class _Counter:
    """Adds rows up by bureau, each project for the bureaus that have a share in it."""

    def __init__(
        self, scenario: Scenario, leads: pd.DataFrame, shares: pd.DataFrame, as_of: date
    ) -> None:
        self.first = pd.Timestamp(scenario.horizon.start)
        self.last = pd.Timestamp(min(as_of, scenario.horizon.end))
        self.bureaus = [bureau.id for bureau in scenario.organisation.bureaus]
        self.person = {person.id: bureau.id for bureau, person in scenario.persons}
        counts = first_reports(leads)
        self.project = counts.groupby(level=0).first()
        own = leads.drop_duplicates("lead").set_index("lead")["bureau"]
        whole = pd.DataFrame({"lead": own.index, "bureau": own.to_numpy(), "share": 1.0})
        shared = shares[["lead", "bureau", "share"]]
        self.credit = pd.concat([whole[~whole["lead"].isin(shared["lead"])], shared])

    def within(self, rows: pd.DataFrame, day: str = "date") -> pd.DataFrame:
        """Return the rows whose day lies between the horizon's start and the as-of date."""
        return rows[(rows[day] >= self.first) & (rows[day] <= self.last)]

    def by_lead(self, rows: pd.DataFrame, amount: pd.Series | None = None) -> FloatArray:
        """Add up rows that speak of leads, or count them, by share."""
        worth = np.ones(len(rows)) if amount is None else amount.to_numpy(dtype=np.float64)
        project = self.project.reindex(rows["lead"].to_numpy()).to_numpy()
        parts = pd.DataFrame({"lead": project, "worth": worth}).merge(self.credit, on="lead")
        return self._sum(parts["bureau"], parts["worth"] * parts["share"])

    def by_bureau(self, rows: pd.DataFrame, amount: pd.Series | None = None) -> FloatArray:
        """Add up rows that speak of bureaus, or count them."""
        worth = pd.Series(1.0, rows.index) if amount is None else amount
        return self._sum(rows["bureau"], worth)

    def by_person(self, rows: pd.DataFrame) -> FloatArray:
        """Count the days that persons were at post."""
        own = rows[rows["status"].isin(AT_POST)]
        return self._sum(own["person"].map(self.person), pd.Series(1.0, own.index))

    def _sum(self, bureau: pd.Series, worth: pd.Series) -> FloatArray:
        total = worth.groupby(bureau.to_numpy()).sum().reindex(self.bureaus, fill_value=0.0)
        return total.to_numpy(dtype=np.float64)

"""The pipeline: leads that are under way, by stage and age, and what a chain brought in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal, get_args

import pandas as pd

from scenarios.ledger.ledger import Ledger
from scenarios.ledger.remarks import first_reports
from scenarios.ledger.weekly import STALE_DAYS
from scenarios.model import Scenario

Stage = Literal["lead", "visited", "signed", "registered"]
"""How far a lead under way has come; one that started is no longer under way."""

STAGES: Final[tuple[Stage, ...]] = get_args(Stage)


@dataclass(frozen=True, slots=True, order=True)
class OpenLead:
    """A lead under way.

    Attributes
    ----------
    since
        Day on which it reached its stage.
    lead, company, bureau, chain
        Which; the bureau is the one that first reported the company.
    stage
        How far it has come.
    moved
        Day on which something last happened to it.
    stale
        Whether it is not signed and nothing happened for long (our reading: 60 days).
    """

    since: date
    lead: str
    company: str
    bureau: str
    chain: str
    stage: Stage
    moved: date
    stale: bool


@dataclass(frozen=True, slots=True)
class ChainCount:
    """What an industry chain brought in within a span.

    Attributes
    ----------
    reported, visited, signed
        Leads first reported, that visited, that signed a contract.
    signed_fen
        Sum of those contracts.
    lost
        Leads recorded as lost.
    """

    reported: int
    visited: int
    signed: int
    signed_fen: int
    lost: int


def open_leads(ledger: Ledger, scenario: Scenario, as_of: date) -> tuple[OpenLead, ...]:
    """Return the leads under way at the end of a day, longest in their stage first.

    Of several reports of one company the first counts, and what was recorded of the others counts
    for it. What was signed before the horizon is the business of an earlier year and left out.

    Parameters
    ----------
    ledger
        As read: not yet cut to a day.
    scenario
        Gives the horizon.
    as_of
        The day.
    """
    tables = ledger.as_of(as_of).tables
    leads = tables["leads"]
    project = first_reports(leads).groupby(level=0).first()
    own = leads.drop_duplicates("lead").set_index("lead")
    own = own[own.index == project.reindex(own.index)]
    reached = {
        "lead": own["date"],
        "visited": _first(tables["visits"], project, as_of),
        "signed": _first(_contracts(tables), project, as_of),
        "registered": _first(tables["registrations"], project, as_of),
    }
    last = (_last(tables[name], project, as_of) for name in ("visits", "contracts"))
    moved = pd.concat([*reached.values(), *last]).groupby(level=0).max()
    closed = set(_first(tables["losses"], project, as_of).index)
    closed |= set(_first(tables["starts"], project, as_of).index)
    signed = reached["signed"]
    closed |= set(signed[signed < pd.Timestamp(scenario.horizon.start)].index)
    found = []
    for lead in own.index:
        if lead in closed:
            continue
        stage = next(x for x in reversed(STAGES) if lead in reached[x].index)
        move = moved[lead].date()
        stale = stage in ("lead", "visited") and (as_of - move).days > STALE_DAYS
        row = own.loc[lead]
        since = reached[stage][lead].date()
        found.append(
            OpenLead(since, lead, row["company"], row["bureau"], row["chain"], stage, move, stale)
        )
    return tuple(sorted(found))


def by_chain(ledger: Ledger, first: date, as_of: date) -> Mapping[str, ChainCount]:
    """Return what each chain that occurs brought in from a day to another, both included."""
    tables = ledger.as_of(as_of).tables
    leads = tables["leads"]
    project = first_reports(leads).groupby(level=0).first()
    own = leads.drop_duplicates("lead").set_index("lead")
    counted = own[own.index == project.reindex(own.index)]
    contracts = _contracts(tables)

    def within(days: pd.Series) -> pd.Series:
        return days[(days >= pd.Timestamp(first)) & (days <= pd.Timestamp(as_of))]

    events = {
        "reported": within(counted["date"]),
        "visited": within(_first(tables["visits"], project, as_of)),
        "signed": within(_first(contracts, project, as_of)),
        "lost": within(_first(tables["losses"], project, as_of)),
    }
    found = {name: own["chain"].reindex(days.index) for name, days in events.items()}
    paid = contracts[contracts["date"].isin(within(contracts["date"]))]
    chain = paid["lead"].map(project).map(own["chain"])
    return {
        name: ChainCount(
            reported=int((found["reported"] == name).sum()),
            visited=int((found["visited"] == name).sum()),
            signed=int((found["signed"] == name).sum()),
            signed_fen=int(paid["amount_fen"][chain == name].sum()),
            lost=int((found["lost"] == name).sum()),
        )
        for name in sorted(set(own["chain"]))
    }


def _contracts(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    rows = tables["contracts"]
    return rows[rows["kind"] == "contract"]


def _first(rows: pd.DataFrame, project: pd.Series, as_of: date) -> pd.Series:
    """Return the first day of each project in a table."""
    known = rows[rows["date"] <= pd.Timestamp(as_of)]
    return known.groupby(known["lead"].map(project))["date"].min()


def _last(rows: pd.DataFrame, project: pd.Series, as_of: date) -> pd.Series:
    known = rows[rows["date"] <= pd.Timestamp(as_of)]
    return known.groupby(known["lead"].map(project))["date"].max()

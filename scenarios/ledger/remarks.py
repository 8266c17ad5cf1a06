"""What is odd about rows that can be read: duplicates, second reports, days out of order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scenarios.faults import say
from scenarios.ledger.entries import among, current, roots
from scenarios.ledger.tables import CORRECTS, ENTRY, RECORDED, TABLES
from scenarios.part import Lang, Text

BACK_DATED_DAYS: Final = 31
"""A row recorded more than so many days after what it speaks of is back-dated."""

_STAGES: Final = ("registrations", "starts", "instalments")

_OF_LEADS: Final = tuple(
    table.name
    for table in TABLES.values()
    if any(column.kind == "lead" for column in table.columns)
)
"""Tables whose rows speak of a lead by its id."""

RemarkKind = Literal[
    "duplicate",
    "second-report",
    "back-dated",
    "shares",
    "before-report",
    "before-visit",
    "before-contract",
    "before-registration",
    "after-loss",
    "put-right",
    "corrected-twice",
    "renamed",
    "no-lead",
]


@dataclass(frozen=True, slots=True)
class Remark:
    """Something odd about a row that can be read: listed, never dropped silently.

    Attributes
    ----------
    table, entry
        Which row.
    kind
        What is odd.
    used
        Whether the row counts nevertheless.
    said
        What is odd, in words, and what to do.
    """

    table: str
    entry: str
    kind: RemarkKind
    used: bool
    said: Text

    @property
    def place(self) -> tuple[str, str, str, str]:
        """Where it stands among others: by table, entry, kind and words."""
        return self.table, self.entry, self.kind, self.said.zh

    def text(self, lang: Lang) -> str:
        """Return the remark as one line."""
        return f"{self.table} {self.entry}: {self.said.get(lang)}"


def remarks(tables: Mapping[str, pd.DataFrame]) -> tuple[Remark, ...]:
    """Return everything odd, sorted; the same whatever the order of the rows."""
    following = tuple(_renamed_rows(tables))
    tables = renamed(tables)
    now = {name: current(table) for name, table in tables.items()}
    orphans = tuple(_without_lead(now))
    duplicates = tuple(_duplicates(tables))
    # What does not count is neither added up nor put in order.
    for name in _OF_LEADS:
        out = {x.entry for x in (*orphans, *duplicates) if x.table == name}
        if out:
            now[name] = now[name][~among(now[name][ENTRY], out)]
    found = [
        *following,
        *orphans,
        *duplicates,
        *_corrected_twice(tables),
        *_second_reports(now["leads"]),
        *_back_dated(tables),
        *_shares(now["shares"]),
        *_out_of_order(now),
    ]
    return tuple(sorted(set(found), key=lambda remark: remark.place))


def renamed(tables: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Return tables whose rows call each lead by the id it has now, where its id was corrected."""
    names = _new_names(tables["leads"])
    if not names:
        return dict(tables)
    return {
        name: table.assign(lead=table["lead"].replace(names)) if name in _OF_LEADS else table
        for name, table in tables.items()
    }


def first_reports(leads: pd.DataFrame) -> pd.Series:
    """Return the lead that counts for each lead: of one company's, the one first reported.

    Returns
    -------
    pandas.Series
        Lead id by lead id.
    """
    ordered = leads.sort_values(["date", RECORDED, "lead"], kind="stable")
    first = ordered.groupby(plain_names(ordered["company"]))["lead"].transform("first")
    return pd.Series(first.to_numpy(), index=ordered["lead"].to_numpy())


def plain_names(company: pd.Series) -> pd.Series:
    """Return a company's name without what people write differently."""
    return company.str.replace(r"[\s·・()（）]", "", regex=True).str.casefold()


def _new_names(leads: pd.DataFrame) -> dict[str, str]:
    """Return the ids that were corrected, and what each became.

    An id that a lead still has, or that became two, says nothing of which lead is meant.
    """
    if not (leads[CORRECTS] != "").any():
        return {}
    held = current(leads)
    root = pd.Series(roots(leads), leads.index)
    new = pd.Series(held["lead"].to_numpy(), root[held.index].to_numpy())
    pairs = pd.DataFrame({"old": leads["lead"], "new": root.map(new)}).dropna().drop_duplicates()
    pairs = pairs[~among(pairs["old"], held["lead"].tolist())]
    pairs = pairs[~pairs["old"].duplicated(keep=False)]
    return dict(zip(pairs["old"], pairs["new"], strict=True))


def _renamed_rows(tables: Mapping[str, pd.DataFrame]) -> Iterator[Remark]:
    names = _new_names(tables["leads"])
    for name in _OF_LEADS if names else ():
        held = current(tables[name])
        own = held[among(held["lead"], names)]
        for entry, lead in zip(own[ENTRY], own["lead"], strict=True):
            said = say(
                f"线索 {lead} 的编号已更正为 {names[lead]}，本行按 {names[lead]} 计",
                f"the id of lead {lead} was corrected to {names[lead]}, for which the row counts",
            )
            yield Remark(name, entry, "renamed", used=True, said=said)


def _without_lead(now: Mapping[str, pd.DataFrame]) -> Iterator[Remark]:
    leads = frozenset(now["leads"]["lead"].tolist())
    for name in _OF_LEADS:
        own = now[name][~among(now[name]["lead"], leads)]
        for entry, lead in zip(own[ENTRY], own["lead"], strict=True):
            said = say(
                f"线索 {lead} 已作废或尚未登记，本行不计；请登记该线索，或更正、作废本行",
                f"lead {lead} was taken back or is not recorded yet, so that the row does not "
                "count; record the lead, or correct or take back the row",
            )
            yield Remark(name, entry, "no-lead", used=False, said=said)


def _corrected_twice(tables: Mapping[str, pd.DataFrame]) -> Iterator[Remark]:
    for name, table in tables.items():
        if table.empty:
            continue
        own = table[table[CORRECTS] != ""].sort_values([RECORDED, ENTRY], kind="stable")
        again = own[own[CORRECTS].duplicated()]
        for entry, of in zip(again[ENTRY], again[CORRECTS], strict=True):
            said = say(
                f"条目 {of} 此前已有更正；以最后登记的为准，请更正最近的一条",
                f"entry {of} was corrected before; the last record holds; correct the latest one",
            )
            yield Remark(name, entry, "corrected-twice", used=True, said=said)


def _duplicates(tables: Mapping[str, pd.DataFrame]) -> Iterator[Remark]:
    """Yield rows that repeat another: of two, the one whose first record came later."""
    for table in TABLES.values():
        every = tables[table.name]
        once = [name.replace("_yuan", "_fen") for name in table.once]
        if every.empty or not every.duplicated(once).any():
            continue
        ground = every.iloc[roots(every)]
        # What puts the first of two right stands before the second, though it was recorded later.
        begun = every.assign(_since=ground[RECORDED].to_numpy(), _from=ground[ENTRY].to_numpy())
        ordered = current(begun).sort_values(["_since", "_from", RECORDED, ENTRY], kind="stable")
        again = ordered[ordered.duplicated(once)]
        if again.empty:
            continue
        first = ordered.groupby(once, dropna=False)[ENTRY].transform("first")
        for entry, of in zip(again[ENTRY], first[again.index], strict=True):
            said = say(
                f"与条目 {of} 重复，不计；确属两件事的请更正其中之一",
                f"repeats entry {of} and does not count; if they are two things, correct one",
            )
            yield Remark(table.name, entry, "duplicate", used=False, said=said)


def _second_reports(leads: pd.DataFrame) -> Iterator[Remark]:
    if leads.empty:
        return
    counts = first_reports(leads)
    own = leads["lead"].map(counts.groupby(level=0).first())
    later = leads[own != leads["lead"]]
    for entry, first in zip(later[ENTRY], own[later.index], strict=True):
        said = say(
            f"同一企业已作为线索 {first} 首报，归首报局；两局合作的请登记分成",
            f"the company was first reported as lead {first}, whose bureau it counts for; record "
            "shares where bureaus worked together",
        )
        yield Remark("leads", entry, "second-report", used=True, said=said)


def _back_dated(tables: Mapping[str, pd.DataFrame]) -> Iterator[Remark]:
    for table in TABLES.values():
        own = tables[table.name]
        if table.happened is None or own.empty:
            continue
        # A correction is recorded late by its nature.
        first = own[own[CORRECTS] == ""]
        late = (first[RECORDED] - first[table.happened]).dt.days
        for entry, n in zip(
            first[ENTRY][late > BACK_DATED_DAYS], late[late > BACK_DATED_DAYS], strict=True
        ):
            said = say(f"事后 {n} 天才登记", f"recorded {n} days after it happened")
            yield Remark(table.name, entry, "back-dated", used=True, said=said)


def _shares(shares: pd.DataFrame) -> Iterator[Remark]:
    if shares.empty:
        return
    total = shares.groupby("lead")["share"].transform("sum")
    wrong = shares[(total - 1).abs() > 1e-6]
    for entry, lead, found in zip(wrong[ENTRY], wrong["lead"], total[wrong.index], strict=True):
        said = say(
            f"线索 {lead} 的分成合计 {found:g}，应为 1；改正前全部归首报局",
            f"the shares of lead {lead} add up to {found:g} and not to 1; until they do, all of it "
            "counts for the bureau that reported first",
        )
        yield Remark("shares", entry, "shares", used=False, said=said)


def _out_of_order(now: Mapping[str, pd.DataFrame]) -> Iterator[Remark]:
    contracts = now["contracts"]
    contracts = contracts[contracts["kind"] == "contract"]
    reported = _reported(now["leads"])
    visited = now["visits"].groupby("lead")["date"].min()
    signed = contracts.groupby("lead")["date"].min()
    registered = now["registrations"].groupby("lead")["date"].min()
    lost = now["losses"].groupby("lead")["date"].max()
    for name in ("visits", "losses"):
        yield from _early(name, now[name], reported, "before-report", _BEFORE_REPORT)
    yield from _early("contracts", contracts, visited, "before-visit", _BEFORE_VISIT)
    for name in _STAGES:
        yield from _early(name, now[name], signed, "before-contract", _BEFORE_CONTRACT)
    starts = now["starts"]
    yield from _early("starts", starts, registered, "before-registration", _BEFORE_REGISTRATION)
    for name in ("visits", "contracts", *_STAGES):
        own = now[name]
        if own.empty or lost.empty:
            continue
        after = own[own["date"].to_numpy() > _at(own, lost)]
        for entry in after[ENTRY]:
            said = say(
                "线索已登记终止；请撤回终止或更正日期",
                "the lead was recorded as lost before; take that back or correct the day",
            )
            yield Remark(name, entry, "after-loss", used=True, said=said)


_BEFORE_REPORT: Final = say(
    "早于该企业首报；请更正日期",
    "before its company was first reported; correct one of the days",
)
_BEFORE_VISIT: Final = say(
    "签约早于来访，或没有来访记录；请补登来访或更正日期",
    "signed before the company visited, or no visit is recorded; record or correct it",
)
_BEFORE_CONTRACT: Final = say(
    "早于签约，或没有签约记录；请补登签约或更正日期",
    "before the contract, or none is recorded; record or correct it",
)
_BEFORE_REGISTRATION: Final = say(
    "早于注册，或没有注册记录；请补登注册或更正日期",
    "before the registration, or none is recorded; record or correct it",
)


def _reported(leads: pd.DataFrame) -> pd.Series:
    """Return the day on which each lead's company was first reported, by lead."""
    if leads.empty:
        return pd.Series(dtype="datetime64[s]")
    first = leads.groupby(plain_names(leads["company"]))["date"].transform("min")
    return pd.Series(first.to_numpy(), leads["lead"].to_numpy()).groupby(level=0).min()


def _early(
    name: str, rows: pd.DataFrame, since: pd.Series, kind: RemarkKind, said: Text
) -> Iterator[Remark]:
    if rows.empty:
        return
    start = _at(rows, since)
    for entry in rows[ENTRY][~(rows["date"].to_numpy() >= start)]:
        yield Remark(name, entry, kind, used=True, said=said)


def _at(rows: pd.DataFrame, by_lead: pd.Series) -> NDArray[np.datetime64]:
    """Return a day of each row's lead; not a time where the lead has none."""
    return by_lead.reindex(rows["lead"].to_numpy()).to_numpy(dtype="datetime64[s]")

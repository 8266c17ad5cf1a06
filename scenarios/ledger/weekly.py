"""The weekly check: what is missing, overdue or stale in a ledger, and whose per-diem waits.

It is what the ledger check on Sunday asks for (五㈡): the log against the ledger, requests against
their thirty days (七㈠4⑷), leads nobody has touched, and the clearings that open the next per-diem
(六㈢).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final, Literal

import numpy as np
import pandas as pd

from scenarios.faults import say
from scenarios.ledger.ledger import Ledger
from scenarios.ledger.tables import TABLES
from scenarios.model import Scenario
from scenarios.part import Lang, Text

ANSWER_DAYS: Final = 30
"""An investor's reasonable request is answered within so many days (七㈠4⑷)."""

STALE_DAYS: Final = 60
"""An open lead that nothing happened to for so many days is stale (our reading)."""

AHEAD_DAYS: Final = 14
"""Clearings and answers that fall due within so many days are announced."""

_EPOCH: Final = date(1970, 1, 1).toordinal()

ItemKind = Literal[
    "missing-days",
    "call-away",
    "request-overdue",
    "request-due",
    "lead-stale",
    "duty-overdue",
    "per-diem-waits",
    "clearing-due",
]


@dataclass(frozen=True, slots=True)
class Item:
    """Something to do.

    Attributes
    ----------
    kind
        What it is.
    subject
        The person, bureau or lead it concerns, by id.
    day
        Since when, or until when.
    said
        In words, without the subject.
    """

    kind: ItemKind
    subject: str
    day: date
    said: Text

    def text(self, lang: Lang, labels: Mapping[str, str]) -> str:
        """Return the item as one line, its subject by name where it has one."""
        stop = "：" if lang == "zh" else ": "
        return f"{labels.get(self.subject, self.subject)}{stop}{self.said.get(lang)}"


def weekly_check(ledger: Ledger, scenario: Scenario, as_of: date) -> tuple[Item, ...]:
    """Return everything to do at the end of a day, sorted by kind, subject and day.

    Parameters
    ----------
    ledger
        As read: not yet cut to a day.
    scenario
        Gives persons, postings, the horizon and the gate of the per-diem.
    as_of
        The day.
    """
    tables = ledger.as_of(as_of).tables
    found = {
        *_missing_days(tables["presence"], scenario, as_of),
        *_calls_away(tables["calls"], tables["presence"]),
        *_requests(tables["requests"], as_of),
        *_stale(tables, as_of),
        *_duties(tables["duties"], scenario, as_of),
    }
    return tuple(sorted(found, key=lambda item: (item.kind, item.subject, item.day, item.said.zh)))


def _rows(table: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """Yield the rows by column name, days as dates and None where there is none."""
    for row in table.to_dict("records"):
        yield {
            str(name): None if value is pd.NaT else value.date() if _is_day(value) else value
            for name, value in row.items()
        }


def _is_day(value: object) -> bool:
    return isinstance(value, pd.Timestamp)


def _missing_days(presence: pd.DataFrame, scenario: Scenario, as_of: date) -> Iterator[Item]:
    """Yield each stretch of days of a posting for which nothing was logged."""
    ordinals = presence["date"].to_numpy().astype("datetime64[D]").astype(np.int64) + _EPOCH
    logged: dict[str, set[int]] = {
        str(person): set(days)
        for person, days in pd.Series(ordinals).groupby(presence["person"].to_numpy())
    }
    for _, person in scenario.persons:
        first = max(scenario.horizon.start, person.posted_from or scenario.horizon.start)
        last = min(as_of, scenario.horizon.end, person.posted_to or scenario.horizon.end)
        own = logged.get(person.id, set())
        gaps = [
            date.fromordinal(day)
            for day in range(first.toordinal(), last.toordinal() + 1)
            if day not in own
        ]
        for start, end in _stretches(gaps):
            n = (end - start).days + 1
            said = say(
                f"{start} 至 {end} 共 {n} 天没有在岗记录，请补登",
                f"no presence recorded from {start} to {end} ({n} days); record it",
            )
            yield Item("missing-days", person.id, start, said)


def _stretches(days: list[date]) -> Iterator[tuple[date, date]]:
    """Yield first and last day of each run of days that follow each other."""
    start = 0
    for i in range(1, len(days) + 1):
        if i == len(days) or (days[i] - days[i - 1]).days > 1:
            yield days[start], days[i - 1]
            start = i


def _calls_away(calls: pd.DataFrame, presence: pd.DataFrame) -> Iterator[Item]:
    """Yield calls on days on which the person was not at post."""
    statuses = TABLES["presence"].column("status").words
    joined = calls.merge(presence[["person", "date", "status"]], on=["person", "date"])
    for row in _rows(joined[joined["status"] != "post"]):
        status = statuses[row["status"]]
        said = say(
            f"{row['date']} 登记了走访 {row['company']}，当日在岗记录为“{status.zh}”；请核对",
            f"a call on {row['company']} on {row['date']}, logged as {status.en}; check",
        )
        yield Item("call-away", row["person"], row["date"], said)


def _requests(requests: pd.DataFrame, as_of: date) -> Iterator[Item]:
    for row in _rows(requests[requests["answered"].isna()]):
        due = row["date"] + timedelta(days=ANSWER_DAYS)
        if due < as_of:
            n = (as_of - due).days
            said = say(
                f"{row['company']} 的诉求逾期 {n} 天未答复（{due} 到期）",
                f"the request of {row['company']} is {n} days overdue (due {due})",
            )
            yield Item("request-overdue", row["bureau"], due, said)
        elif (due - as_of).days <= AHEAD_DAYS:
            said = say(
                f"{row['company']} 的诉求须在 {due} 前答复",
                f"the request of {row['company']} is to be answered by {due}",
            )
            yield Item("request-due", row["bureau"], due, said)


def _stale(tables: Mapping[str, pd.DataFrame], as_of: date) -> Iterator[Item]:
    """Yield open leads, not signed and not lost, that nothing happened to for long."""
    contracts = tables["contracts"]
    signed = contracts[contracts["kind"] == "contract"]["lead"]
    closed = set(signed) | set(tables["losses"]["lead"])
    moves = pd.concat([tables[name][["lead", "date"]] for name in ("leads", "visits", "contracts")])
    last = moves.groupby("lead")["date"].max()
    stale = last[last < pd.Timestamp(as_of - timedelta(days=STALE_DAYS))]
    for row in _rows(stale[~stale.index.isin(closed)].reset_index()):
        lead, day = row["lead"], row["date"]
        idle = (as_of - day).days
        said = say(
            f"自 {day} 起 {idle} 天没有进展；请跟进，或登记终止",
            f"nothing happened for {idle} days since {day}; follow up or close it",
        )
        yield Item("lead-stale", lead, day, said)


def _duties(duties: pd.DataFrame, scenario: Scenario, as_of: date) -> Iterator[Item]:
    kinds = TABLES["duties"].column("kind").words
    gated = scenario.budget.gate.policy != "none"
    for row in _rows(duties[duties["done"].isna()]):
        due, subject = row["due"], row["bureau"] or row["kind"]
        if row["kind"] == "clearing" and due >= as_of and (due - as_of).days <= AHEAD_DAYS:
            said = say(f"{due} 前报账", f"expenses are to be cleared by {due}")
            yield Item("clearing-due", subject, due, said)
        elif due < as_of and row["kind"] == "clearing" and gated:
            said = say(
                f"{due} 应报未报，报账前补助停发",
                f"expenses due on {due} are not cleared; the per-diem waits until they are",
            )
            yield Item("per-diem-waits", subject, due, said)
        elif due < as_of:
            kind = kinds[row["kind"]]
            said = say(f"{due} 的{kind.zh}没有办结记录", f"{kind.en} of {due} is not done")
            yield Item("duty-overdue", subject, due, said)

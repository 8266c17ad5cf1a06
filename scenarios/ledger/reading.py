"""Reading a ledger: every row typed, every wrong row listed with its cure, nothing dropped."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scenarios.faults import Fault, did_you_mean, same, say
from scenarios.ledger.cells import read_cells
from scenarios.ledger.entries import places_of
from scenarios.ledger.forms import opened
from scenarios.ledger.ledger import Ledger
from scenarios.ledger.remarks import Remark, remarks
from scenarios.ledger.tables import CORRECTS, ENTRY, HEAD, RECORDED, TABLES, VOID, Column, Table
from scenarios.ledger.texts import ROW, Mask, Texts, nothing, short
from scenarios.model import Scenario
from scenarios.part import Text

MOST_FAULTS: Final = 1000
"""Rows listed for one fault of one column; the others are counted."""

_MOST_REMEDIES: Final = 50
_MOST_CHOICES: Final = 300


def read_ledger(path: Path, scenario: Scenario, *, today: date) -> Ledger:
    """Read every table of a ledger.

    Parameters
    ----------
    path
        A folder with ``<table>.csv`` for the tables that have rows, a workbook ``.xlsx`` with a
        sheet a table, or an ``.sqlite`` file. Where nothing lies, nothing was recorded.
    scenario
        Whose persons, bureaus, leaders and chains the rows speak of.
    today
        The last day on which a row can have been recorded.

    Returns
    -------
    Ledger
        The rows that can be read; the faults of those that cannot; what is odd. The same rows give
        the same tables, faults and remarks in every form, but for what faults call the table.
    """
    known = known_ids(scenario)
    tables: dict[str, pd.DataFrame] = {}
    put_right: list[Remark] = []
    with opened(path) as source:
        faults = [*source.faults, *source.strays()]
        unreadable = list(source.faults)
        for table in TABLES.values():
            texts = source.texts(table)
            frame, wrong, mended = typed(texts, table, known, today)
            faults += [*texts.faults, *wrong]
            unreadable += () if texts.readable else texts.faults
            put_right += mended
            tables[table.name] = frame
            if table.name == "leads":
                known["lead"] = frozenset(frame["lead"])
        note = source.note()
    odd = sorted({*put_right, *remarks(tables)}, key=lambda remark: remark.place)
    return Ledger(tables, tuple(faults), tuple(odd), tuple(unreadable), note=note)


def known_ids(scenario: Scenario) -> dict[str, frozenset[str]]:
    """Return the ids that rows may speak of, by kind of column; leads are not among them."""
    home = scenario.organisation
    return {
        "person": frozenset(person.id for _, person in scenario.persons),
        "bureau": frozenset(bureau.id for bureau in home.bureaus),
        "leader": frozenset(leader.id for leader in home.leaders),
        "chain": frozenset(chain.id for chain in home.chains),
    }


def typed(
    texts: Texts, table: Table, known: Mapping[str, frozenset[str]], today: date
) -> tuple[pd.DataFrame, list[Fault], list[Remark]]:
    """Judge the rows of a table.

    Parameters
    ----------
    texts
        The rows.
    table
        What they are to hold.
    known
        The ids that exist, by kind of column.
    today
        The last day on which a row can have been recorded.

    Returns
    -------
    tuple
        The rows that hold what they must; the faults of the others; the rows that put one of these
        right, of which nothing is left to mend.
    """
    if texts.frame.empty:
        return _without_rows(table.name).copy(), [], []
    frame, cells = _read(texts, table, known)
    bent = texts.frame[ROW].isin(texts.bent).to_numpy()
    # What is no row of the table has no cells to judge.
    found = [(mask & ~bent, name, allowed) for mask, name, allowed in cells]
    wrong = bent
    for mask, _, _ in found:
        wrong = wrong | mask
    for mask, name, allowed in _across(frame, table, today):
        found.append((mask & ~wrong, name, allowed))
        wrong = wrong | mask
    mended = _mended(frame, wrong)
    choices = {x.name: _choices(x, known) for x in (*HEAD, *table.columns)}
    faults = [
        *(texts.bent[number] for number in texts.frame[ROW][bent & (mended < 0)]),
        *(
            fault
            for mask, name, allowed in found
            for fault in _listed(texts, mask & (mended < 0), name, allowed, choices.get(name, ()))
        ),
    ]
    odd = [
        Remark(
            table.name,
            frame[ENTRY].iloc[mended[row]],
            "put-right",
            used=True,
            said=say(
                f"更正了无法读取的第 {number} 行",
                f"puts right row {number}, which could not be read",
            ),
        )
        for row in np.flatnonzero(mended >= 0)
        for number in [texts.frame[ROW].iloc[row]]
    ]
    return frame[~wrong].reset_index(drop=True), faults, odd


def _read(
    texts: Texts, table: Table, known: Mapping[str, frozenset[str]]
) -> tuple[pd.DataFrame, list[tuple[Mask, str, Text]]]:
    """Return a table's values, and which cells are none: rows, column, what is allowed."""
    columns = (*HEAD, *table.columns)
    cells = [read_cells(texts.frame[column.name], column, known) for column in columns]
    frame = pd.DataFrame(
        {
            f"{column.name.removesuffix('_yuan')}_fen"
            if column.kind == "yuan"
            else column.name: read.read
            for column, read in zip(columns, cells, strict=True)
        }
    )
    found = [
        (read.wrong, column.name, read.allowed) for column, read in zip(columns, cells, strict=True)
    ]
    return frame, found


@cache
def _without_rows(name: str) -> pd.DataFrame:
    table = TABLES[name]
    return _read(nothing(name, table), table, {})[0]


def _mended(frame: pd.DataFrame, wrong: Mask) -> NDArray[np.int64]:
    """Return for each row that is wrong the place of a right one that corrects it; else -1.

    Where rows that are wrong stand between two that are right, the later is made to correct the
    earlier: what was put right twice still counts once.
    """
    by = np.full(len(frame), -1)
    if not wrong.any() or not (frame[CORRECTS] != "").any():
        return by
    of = places_of(frame[CORRECTS], frame[ENTRY])
    of = np.where(of < np.arange(len(frame)), of, -1)
    menders = np.flatnonzero(~wrong & (of >= 0))
    menders = menders[wrong[of[menders]]]
    for row in menders:
        above = of[row]
        while above >= 0 and wrong[above]:
            by[above], above = row, of[above]
        if above >= 0:
            frame.loc[row, CORRECTS] = frame[ENTRY].iloc[above]
    return by


def _choices(column: Column, known: Mapping[str, frozenset[str]]) -> tuple[str, ...]:
    """Return what a cell can be meant to say, where that is a list to look through."""
    choices = tuple(column.words) or tuple(sorted(known.get(column.kind, ())))
    return choices if len(choices) <= _MOST_CHOICES else ()


def _across(frame: pd.DataFrame, table: Table, today: date) -> Iterator[tuple[Mask, str, Text]]:
    """Yield what cells can be wrong in only together with others: rows, column, what is allowed."""
    recorded = frame[RECORDED]
    last = pd.Timestamp(today)
    yield (
        (recorded > last).to_numpy(),
        RECORDED,
        say(f"不晚于 {today} 的登记日", f"a day of record up to {today}"),
    )
    yield (
        frame[ENTRY].duplicated().to_numpy(),
        ENTRY,
        say("未用过的条目号", "an entry number that was not used before"),
    )
    yield from _across_entries(frame, last)
    for column in table.columns:
        if column.past or column.name == table.happened:
            yield (
                (frame[column.name] > recorded).to_numpy(),
                column.name,
                say("不晚于登记日的日期", "a day up to the day of record"),
            )
    for early, later in (("start", "end"), ("date", "answered"), ("date", "cleared")):
        if {early, later} <= set(frame):
            yield (
                (frame[later] < frame[early]).to_numpy(),
                later,
                _from_on(table.column(early).title),
            )
    if {"gross_fen", "fixed_fen"} <= set(frame):
        yield (
            (frame["fixed_fen"] > frame["gross_fen"]).to_numpy(),
            "fixed_yuan",
            _up_to(table.column("gross_yuan").title),
        )


def _from_on(title: Text) -> Text:
    return say(f"不早于“{title.zh}”的日期", f"a day from '{title.en}' on")


def _up_to(title: Text) -> Text:
    return say(f"不超过“{title.zh}”", f"an amount up to '{title.en}'")


def _across_entries(frame: pd.DataFrame, today: pd.Timestamp) -> Iterator[tuple[Mask, str, Text]]:
    """Yield which rows cannot correct what they say they do."""
    given = (frame[CORRECTS] != "").to_numpy()
    yield (
        (frame[VOID] == "yes").to_numpy() & ~given,
        CORRECTS,
        say("所作废的条目号", "the number of the entry that is taken back"),
    )
    if not given.any():
        return
    places = np.arange(len(frame))
    at = places_of(frame[CORRECTS], frame[ENTRY])
    yield (
        given & ~((at >= 0) & (at < places)),
        CORRECTS,
        say("本表在前的一个条目号", "the number of an entry that stands before it in this table"),
    )
    # A day of record that is wrong itself binds nobody, or it could never be put right.
    since = frame[RECORDED].where(frame[RECORDED] <= today)
    yield (
        given & (frame[RECORDED].to_numpy() < since.to_numpy()[at]),
        RECORDED,
        say("不早于所更正条目的登记日", "a day of record from that of the entry it corrects on"),
    )


def _listed(
    texts: Texts, wrong: Mask, column: str, allowed: Text, choices: tuple[str, ...]
) -> Iterator[Fault]:
    rows = np.flatnonzero(wrong)
    shown = texts.frame.iloc[rows[:MOST_FAULTS]]
    remedies: dict[str, Text | None] = {}
    for row, cell in zip(shown[ROW], shown[column], strict=True):
        if choices and cell and cell not in remedies and len(remedies) < _MOST_REMEDIES:
            remedies[cell] = did_you_mean(cell[:60], choices)
        found = same(f"'{short(cell)}'") if cell else say("空格", "nothing")
        yield Fault(texts.at(row, column), found, allowed, remedies.get(cell))
    if len(rows) > MOST_FAULTS:
        more = len(rows) - MOST_FAULTS
        found = say(f"另有 {more:,} 行同样的错误", f"{more:,} more rows with the same fault")
        row = texts.frame[ROW].iloc[rows[MOST_FAULTS]]
        yield Fault(texts.at(row, column), found, allowed)

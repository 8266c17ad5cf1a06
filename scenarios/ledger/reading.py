"""Reading a ledger: every row typed, every wrong row listed with its cure, nothing dropped."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from scenarios.faults import Fault, same, say
from scenarios.ledger.cells import Mask, read_cells
from scenarios.ledger.files import ROW, file_of, read_texts
from scenarios.ledger.ledger import Ledger
from scenarios.ledger.remarks import remarks
from scenarios.ledger.tables import CORRECTS, ENTRY, HEAD, RECORDED, TABLES, Table
from scenarios.model import Scenario
from scenarios.part import Text

MOST_FAULTS: Final = 1000
"""Rows listed for one fault of one column; the others are counted."""


def read_ledger(folder: Path, scenario: Scenario, *, today: date) -> Ledger:
    """Read every table of a ledger.

    Parameters
    ----------
    folder
        Holds ``<table>.csv`` for the tables that have rows.
    scenario
        Whose persons, bureaus, leaders and chains the rows speak of.
    today
        The last day on which a row can have been recorded.

    Returns
    -------
    Ledger
        The rows that can be read; the faults of those that cannot; what is odd.
    """
    known = _known(scenario)
    faults: list[Fault] = []
    tables: dict[str, pd.DataFrame] = {}
    for table in TABLES.values():
        texts, own = read_texts(file_of(folder, table), table)
        faults += own
        frame, wrong = _typed(texts, table, known, today)
        faults += wrong
        tables[table.name] = frame
        if table.name == "leads":
            known["lead"] = frozenset(frame["lead"])
    return Ledger(tables, tuple(faults), remarks(tables))


def _known(scenario: Scenario) -> dict[str, frozenset[str]]:
    home = scenario.organisation
    return {
        "person": frozenset(person.id for _, person in scenario.persons),
        "bureau": frozenset(bureau.id for bureau in home.bureaus),
        "leader": frozenset(leader.id for leader in home.leaders),
        "chain": frozenset(chain.id for chain in home.chains),
    }


def _typed(
    texts: pd.DataFrame, table: Table, known: Mapping[str, frozenset[str]], today: date
) -> tuple[pd.DataFrame, list[Fault]]:
    """Return the rows of a table that hold what they must, and the faults of the others."""
    label = f"{table.name}.csv"
    faults: list[Fault] = []
    wrong = np.zeros(len(texts), dtype=bool)
    columns: dict[str, pd.Series] = {}
    for column in (*HEAD, *table.columns):
        cells = read_cells(texts[column.name], column, known)
        faults += _listed(
            texts,
            cells.wrong,
            f"{label} row {{row}} column {column.name}",
            column.name,
            cells.allowed,
        )
        wrong |= cells.wrong
        money = column.kind == "yuan"
        columns[f"{column.name.removesuffix('_yuan')}_fen" if money else column.name] = cells.read
    frame = pd.DataFrame(columns)
    for mask, name, allowed in _across(frame, table, today):
        fresh = mask & ~wrong
        faults += _listed(texts, fresh, f"{label} row {{row}} column {name}", name, allowed)
        wrong |= fresh
    return frame[~wrong].reset_index(drop=True), faults


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
    # A correction names an entry that stands before it.
    places = np.arange(len(frame), dtype=np.float64)
    first = pd.Series(places, index=frame[ENTRY].to_numpy()).groupby(level=0).first()
    at = first.reindex(frame[CORRECTS].to_numpy()).to_numpy()
    given = (frame[CORRECTS] != "").to_numpy()
    yield (
        given & ~(at < places),
        CORRECTS,
        say("本表在前的一个条目号", "the number of an entry that stands before it in this table"),
    )
    if table.happened is not None:
        yield (
            (frame[table.happened] > recorded).to_numpy(),
            table.happened,
            say("不晚于登记日的日期", "a day up to the day of record"),
        )
    for early, later in (("start", "end"), ("date", "answered"), ("date", "cleared")):
        if {early, later} <= set(frame):
            yield (
                (frame[later] < frame[early]).to_numpy(),
                later,
                say(f"不早于 {early} 的日期", f"a day from {early} on"),
            )
    if {"gross_fen", "fixed_fen"} <= set(frame):
        yield (
            (frame["fixed_fen"] > frame["gross_fen"]).to_numpy(),
            "fixed_yuan",
            say("不超过 gross_yuan 的金额", "an amount up to gross_yuan"),
        )


def _listed(
    texts: pd.DataFrame, wrong: Mask, where: str, column: str, allowed: Text
) -> Iterator[Fault]:
    rows = np.flatnonzero(wrong)
    shown = texts.iloc[rows[:MOST_FAULTS]]
    for row, cell in zip(shown[ROW], shown[column], strict=True):
        text = cell if len(cell) <= 60 else f"{cell[:60]}…"
        found = same(f"'{text}'") if cell else say("空格", "nothing")
        yield Fault(where.format(row=row), found, allowed)
    if len(rows) > MOST_FAULTS:
        more = len(rows) - MOST_FAULTS
        found = say(f"另有 {more:,} 行同样的错误", f"{more:,} more rows with the same fault")
        yield Fault(where.format(row=texts[ROW].iloc[rows[MOST_FAULTS]]), found, allowed)

"""Adding rows to a ledger of any form: judged before anything is written, all of them or none."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import pandas as pd

from scenarios.faults import Fault, ScenarioError, did_you_mean, listed, same
from scenarios.ledger import database, files
from scenarios.ledger.forms import Source, cells_of, form_of, make, opened
from scenarios.ledger.reading import known_ids, typed
from scenarios.ledger.replacing import WAIT_S, turn
from scenarios.ledger.tables import CORRECTS, ENTRY, TABLES, Table
from scenarios.ledger.texts import ROW, Texts
from scenarios.model import Scenario

_EXISTING = "0"
"""Stands for the row's number of rows that are there already: the new ones count from 1."""


def append(
    path: Path,
    table: str,
    rows: Sequence[Mapping[str, str]],
    scenario: Scenario,
    *,
    today: date,
    wait_s: float = WAIT_S,
) -> tuple[str, ...]:
    """Add rows to a table of a ledger: all of them, or none.

    Whoever adds rows through this function takes turns, in any number of processes of one machine:
    no row is lost and no entry number used twice. Who reads meanwhile sees all of the rows or none.
    When it returns the rows are on the disk. A spreadsheet knows nothing of turns: what it saves
    over a folder or workbook replaces what was added since it opened it. A workbook that one has
    open is refused; a folder cannot show it.

    Parameters
    ----------
    path
        The ledger; made in the form its name says where nothing is.
    table
        Name of the table.
    rows
        Cells by head: the day of record, what is corrected or taken back, and the table's own
        columns. A head that is missing leaves its cell empty. Entry numbers are made.
    scenario
        Whose persons, bureaus, leaders and chains the rows speak of.
    today
        The last day on which a row can have been recorded.
    wait_s
        How long to wait for one's turn, in seconds.

    Returns
    -------
    tuple of str
        The rows' entry numbers.

    Raises
    ------
    ScenarioError
        With every fault of every row, which count from 1; or when the ledger cannot be written.
        Nothing was written then.
    """
    to = files.expect_table(table)
    faults = list(_head_faults(rows, to))
    if faults:
        raise ScenarioError(faults)
    if not rows:
        return ()
    if not path.exists():
        _make_once(path)
    if form_of(path) == "database":
        with database.adding(path, wait_s) as held:
            cells = _judged(database.Database(path, held), to, rows, scenario, today)
            database.add(held, to, cells)
    else:
        with turn(path, wait_s), opened(path) as source:
            cells = _judged(source, to, rows, scenario, today)
            if form_of(path) == "workbook":
                from scenarios.ledger import sheets

                sheets.add(path, to, cells)
            else:
                files.append(path, to, [dict(zip(to.names, row, strict=True)) for row in cells])
    return tuple(row[0] for row in cells)


def _make_once(path: Path) -> None:
    try:
        make(path, {})
    except FileExistsError:
        # Another was quicker.
        return


def _judged(
    source: Source,
    table: Table,
    rows: Sequence[Mapping[str, str]],
    scenario: Scenario,
    today: date,
) -> list[list[str]]:
    """Return the rows' cells with their entry numbers.

    Raises
    ------
    ScenarioError
        When a row is wrong, or what is there cannot be read.
    """
    texts = source.texts(table)
    if source.faults or not texts.readable:
        raise ScenarioError((*source.faults, *texts.faults))
    known = known_ids(scenario)
    if any(column.kind == "lead" for column in table.columns):
        leads = TABLES["leads"]
        known["lead"] = frozenset(typed(source.texts(leads), leads, known, today)[0]["lead"])
    last = _last_number(texts.frame[ENTRY], table)
    cells = [
        {name: row.get(name, "").strip() for name in table.names}
        | {ENTRY: f"{table.name}-{last + n:05d}", ROW: str(n)}
        for n, row in enumerate(rows, start=1)
    ]
    fresh = pd.DataFrame(cells, columns=[ROW, *table.names], dtype="str")
    corrected = texts.frame[texts.frame[ENTRY].isin(set(fresh[CORRECTS]) - {""})].copy()
    corrected[ROW] = _EXISTING
    both = Texts(table.name, pd.concat([corrected, fresh], ignore_index=True), {})
    old = f"{both.at(_EXISTING)} "
    judged = typed(both, table, known, today)[1]
    faults = [fault for fault in judged if not fault.where.startswith(old)]
    if faults:
        raise ScenarioError(faults)
    return cells_of(fresh, table)


def _last_number(entries: pd.Series, table: Table) -> int:
    """Return the highest number among the entries that were numbered here; 0 for none."""
    own = entries.str.extract(rf"^{re.escape(table.name)}-([0-9]{{1,15}})$", expand=False)
    return int(pd.to_numeric(own.dropna()).max()) if own.notna().any() else 0


def _head_faults(rows: Sequence[Mapping[str, str]], table: Table) -> list[Fault]:
    names = [name for name in table.names if name != ENTRY]
    return [
        Fault(f"{table.name} row {n}", same(f"'{head}'"), listed(names), did_you_mean(head, names))
        for n, row in enumerate(rows, start=1)
        for head in sorted(set(row) - set(names))
    ]

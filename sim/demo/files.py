"""A demo ledger on the disk, in any form: as people would have kept it, marked as made up."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd

from scenarios.ledger import TABLES, Ledger, Table
from scenarios.ledger.forms import make
from scenarios.ledger.tables import HEAD, RECORDED
from sim.demo.rows import MILLI


def rows_of(ledger: Ledger, until: date) -> dict[str, list[dict[str, str]]]:
    """Return the cells of every row recorded up to a day, as a file holds them, by table."""
    return {name: _cells(ledger.tables[name], table, until) for name, table in TABLES.items()}


def write(path: Path, ledger: Ledger, until: date) -> int:
    """Write every row recorded up to a day, whole or not at all; return how many rows.

    Parameters
    ----------
    path
        Where, in the form its name says; nothing may lie there but an empty folder.
    ledger
        What to write.
    until
        The last day of record.

    Raises
    ------
    FileExistsError
        When something lies there.
    ScenarioError
        When it cannot be written.
    """
    if path.is_dir() and not any(path.iterdir()):
        path.rmdir()
    tables = {
        name: [[row[head] for head in TABLES[name].names] for row in rows]
        for name, rows in rows_of(ledger, until).items()
    }
    return make(path, tables, note=ledger.note)


def _cells(frame: pd.DataFrame, table: Table, until: date) -> list[dict[str, str]]:
    own = frame[frame[RECORDED] <= pd.Timestamp(until)]
    texts: dict[str, list[str]] = {}
    for column in (*HEAD, *table.columns):
        match column.kind:
            case "date":
                texts[column.name] = own[column.name].dt.strftime("%Y-%m-%d").fillna("").tolist()
            case "yuan":
                fen = own[column.name.removesuffix("_yuan") + "_fen"]
                texts[column.name] = [f"{one // 100}.{one % 100:02d}" for one in fen.tolist()]
            case "points" | "share":
                milli = [round(one * MILLI) for one in own[column.name].tolist()]
                texts[column.name] = [f"{one // MILLI}.{one % MILLI:03d}" for one in milli]
            case _:
                texts[column.name] = own[column.name].tolist()
    return [dict(zip(texts, row, strict=True)) for row in zip(*texts.values(), strict=True)]

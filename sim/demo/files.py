"""The files of a demo ledger: as people would have kept them, marked as made up."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Final

import pandas as pd

from scenarios.ledger import TABLES, Ledger, Table
from scenarios.ledger.files import NOTE, append
from scenarios.ledger.tables import HEAD, RECORDED
from sim.demo.rows import MILLI

_SAYS: Final = """\
合成数据。本文件夹中的台账由模拟器生成，企业、日期与金额均为虚构，不得当作真实记录使用。

SYNTHETIC DATA. The simulator made this ledger up: its companies, days and amounts are invented.
Do not take it for a record of anything that happened.
"""


def rows_of(ledger: Ledger, until: date) -> dict[str, list[dict[str, str]]]:
    """Return the cells of every row recorded up to a day, as a file holds them, by table."""
    return {name: _cells(ledger.tables[name], table, until) for name, table in TABLES.items()}


def write(folder: Path, ledger: Ledger, until: date) -> int:
    """Write a folder with every row recorded up to a day; return how many rows.

    Parameters
    ----------
    folder
        Must not exist, or be empty.
    ledger
        What to write.
    until
        The last day of record.

    Raises
    ------
    FileExistsError
        When something lies in the folder.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise FileExistsError(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / NOTE).write_text(_SAYS, encoding="utf-8")
    return sum(append(folder, TABLES[name], rows) for name, rows in rows_of(ledger, until).items())


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

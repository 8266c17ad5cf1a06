"""The three forms of a ledger: a folder of CSVs, a workbook, an SQLite file; one meaning."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Literal, Protocol

import pandas as pd

from scenarios.faults import Fault, ScenarioError, say
from scenarios.ledger import database, files
from scenarios.ledger.replacing import replaced, turn, unwritable
from scenarios.ledger.tables import TABLES, Table
from scenarios.ledger.texts import LONGEST, MOST_ROWS, ROW, Texts, nothing, short, too_many, unfit
from scenarios.part import Lang

Form = Literal["folder", "workbook", "database"]

_SUFFIXES: Final[Mapping[str, Form]] = {".xlsx": "workbook", ".sqlite": "database"}
_LEDGER = say(
    "文件夹、.xlsx 工作簿或 .sqlite 文件", "a folder, a workbook .xlsx or an .sqlite file"
)


class Source(Protocol):
    """A ledger that is read.

    Attributes
    ----------
    faults
        What is wrong with it as a whole; there are no rows then.
    """

    faults: tuple[Fault, ...]

    def strays(self) -> Iterator[Fault]:
        """Yield the files, sheets or tables that hold rows of no known table."""

    def note(self) -> str:
        """Return what the ledger says it is; empty where it says nothing."""

    def texts(self, table: Table) -> Texts:
        """Return a table's cells."""

    def close(self) -> None:
        """Let go of it."""


class Folder:
    """A ledger in a folder of CSVs.

    Parameters
    ----------
    path
        The folder, or what stands in its place; nothing there holds no rows.

    Attributes
    ----------
    faults
        What stands there instead.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self.faults: tuple[Fault, ...] = ()
        if (path.exists() or path.is_symlink()) and not path.is_dir():
            self.faults = (Fault(path.name, say("别的文件", "another file"), _LEDGER),)

    def strays(self) -> Iterator[Fault]:
        """Yield the CSV files that are no table."""
        return files.strays(self._path)

    def note(self) -> str:
        """Return what the folder says it is."""
        note = self._path / files.NOTE
        return note.read_text(encoding="utf-8", errors="replace") if note.is_file() else ""

    def texts(self, table: Table) -> Texts:
        """Return a table's cells."""
        path = files.file_of(self._path, table)
        return nothing(path.name, table) if self.faults else files.read_texts(path, table)

    def close(self) -> None:
        """Do nothing: no file is held."""


def form_of(path: Path) -> Form:
    """Return the form of a ledger: of what lies there, or by the name of one to be made."""
    return "folder" if path.is_dir() else _SUFFIXES.get(path.suffix.lower(), "folder")


def is_ledger(path: Path) -> bool:
    """Whether something that may be a ledger lies there."""
    return path.is_dir() or (path.is_file() and path.suffix.lower() in _SUFFIXES)


@contextmanager
def opened(path: Path) -> Iterator[Source]:
    """Open a ledger of any form; what is wrong with it is in its faults."""
    form = form_of(path) if path.exists() else "folder"
    source: Source
    match form:
        case "folder":
            source = Folder(path)
        case "workbook":
            # Its libraries take a while to load, and few commands need them.
            from scenarios.ledger.sheets import Workbook

            source = Workbook(path)
        case "database":
            source = database.Database(path)
    try:
        yield source
    finally:
        source.close()


def make(
    path: Path,
    tables: Mapping[str, Sequence[Sequence[str]]],
    *,
    note: str = "",
    lang: Lang = "zh",
) -> int:
    """Make a ledger in the form its name says, whole or not at all; return how many rows.

    Parameters
    ----------
    path
        Where; nothing may be there.
    tables
        Rows by table, each a text a column.
    note
        What the ledger says it is; empty for nothing.
    lang
        Language of a workbook's sheets and heads.

    Raises
    ------
    FileExistsError
        When something is there.
    ScenarioError
        When it cannot be written.
    """
    with turn(path):
        if path.exists() or path.is_symlink():
            raise FileExistsError(path)
        try:
            match form_of(path):
                case "folder":
                    return _make_folder(path, tables, note)
                case "workbook":
                    from scenarios.ledger import sheets

                    with replaced(path) as draft:
                        return sheets.make(draft, tables, note, lang)
                case "database":
                    with replaced(path) as draft:
                        draft.unlink(missing_ok=True)
                        return database.make(draft, tables, note)
        except (OSError, sqlite3.Error) as error:
            raise unwritable(str(path), error) from None


def convert(source: Path, target: Path, *, lang: Lang = "zh") -> int:
    """Write a ledger in another form, every row as it was written, wrong ones too.

    Parameters
    ----------
    source
        The ledger; left as it is.
    target
        What to make; its form is by its name.
    lang
        Language of a workbook's sheets and heads.

    Returns
    -------
    int
        How many rows.

    Raises
    ------
    FileExistsError
        When something lies at the target.
    ScenarioError
        When rows would be lost: what is no row of a table, or does not fit. Nothing is made then.
    """
    if target.exists() or target.is_symlink():
        raise FileExistsError(target)
    with opened(source) as held:
        faults = [*held.faults, *held.strays()]
        found = {table.name: held.texts(table) for table in TABLES.values()}
        note = held.note()
    for texts in found.values():
        faults += [*texts.faults, *texts.bent.values(), *_unfit(texts)]
        if form_of(target) == "workbook" and len(texts.frame) > MOST_ROWS:
            faults.append(too_many(texts.label, len(texts.frame)))
    if faults:
        raise ScenarioError(faults)
    tables = {name: cells_of(texts.frame, TABLES[name]) for name, texts in found.items()}
    return make(target, tables, note=note, lang=lang)


def cells_of(frame: pd.DataFrame, table: Table) -> list[list[str]]:
    """Return rows as lists of cells in the table's order of columns."""
    columns = [frame[name].tolist() for name in table.names]
    return [list(cells) for cells in zip(*columns, strict=True)]


def _unfit(texts: Texts) -> Iterator[Fault]:
    """Yield the cells that cannot stand in every form."""
    allowed = say(
        f"一行文字（至多 {LONGEST:,} 个字符）",
        f"a text on one line (at most {LONGEST:,} characters)",
    )
    for name in texts.frame.columns:
        wrong = texts.frame[unfit(texts.frame[name])]
        for row, cell in zip(wrong[ROW], wrong[name], strict=True):
            shown = repr(short(cell))
            yield Fault(texts.at(row, str(name)), say(shown, shown), allowed)


def _make_folder(path: Path, tables: Mapping[str, Sequence[Sequence[str]]], note: str) -> int:
    draft = path.with_name(f".{path.name}.new")
    try:
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(parents=True)
        rows = sum(
            files.append(
                draft,
                table,
                (dict(zip(table.names, cells, strict=True)) for cells in tables.get(name, ())),
            )
            for name, table in TABLES.items()
        )
        if note:
            (draft / files.NOTE).write_text(note, encoding="utf-8")
        draft.rename(path)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    return rows

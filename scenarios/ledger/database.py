"""The SQLite form of a ledger: one table a ledger table, all texts, held to be only added to."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

import pandas as pd

from scenarios.faults import Fault, ScenarioError, say
from scenarios.ledger.replacing import WAIT_S, busy, is_busy, unwritable
from scenarios.ledger.tables import TABLES, Table
from scenarios.ledger.texts import (
    LONGEST,
    ROW,
    Texts,
    header_faults,
    in_columns,
    nothing,
    stray,
)

VERSION: Final = 1
"""Version of the schema, in the file's ``user_version``."""

APPLICATION: Final = 0x6275_6C67
"""What the file is, in its ``application_id``."""

NOTE: Final = "readme"
"""The table that says what the file is; no part of the ledger."""

_CHUNK: Final = 50_000
_LONGEST_BYTES: Final = 32 * LONGEST
FAILURES: Final = (sqlite3.Error, UnicodeDecodeError, OverflowError)
"""How a damaged file fails: even the words that say so may be damaged."""

_LEDGER = say("本程序的 SQLite 台账", "a SQLite ledger of this program")
_BACKUP = say("取用备份", "take a backup")


class Database:
    """A ledger in an SQLite file, read in one transaction: a whole state, whoever writes.

    Parameters
    ----------
    path
        The file.
    held
        The transaction to read it in, where one is open.

    Attributes
    ----------
    faults
        What is wrong with the file as a whole; there are no rows then.
    """

    def __init__(self, path: Path, held: sqlite3.Connection | None = None) -> None:
        self._path = path
        self.faults: tuple[Fault, ...] = ()
        self._held = held
        self._names: list[str] = []
        try:
            if self._held is None:
                self._held = _looked_into(path)
            self.faults = tuple(_identity_faults(self._held, path.name))
            found = self._held.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            self._names = [str(name) for (name,) in found]
        except FAILURES as error:
            self.faults = (_damaged(path.name, error),)

    def close(self) -> None:
        """Let go of the file."""
        if self._held is not None:
            self._held.close()

    def strays(self) -> Iterator[Fault]:
        """Yield the tables that are no table of a ledger."""
        for name in [] if self.faults else sorted(self._names):
            if name not in TABLES and name != NOTE and not name.startswith("sqlite_"):
                yield stray(self._path.name, name)

    def note(self) -> str:
        """Return what the file says it is."""
        if self._held is None or self.faults or NOTE not in self._names:
            return ""
        try:
            lines = self._held.execute(f"SELECT text FROM {NOTE} ORDER BY rowid").fetchall()
        except FAILURES:
            return ""
        return "".join(f"{line}\n" for (line,) in lines)

    def texts(self, table: Table) -> Texts:
        """Return a table's cells."""
        if self._held is None or self.faults:
            return nothing(table.name, table)
        if table.name not in self._names:
            found = say("没有这张表", "no such table")
            return nothing(table.name, table, [Fault(table.name, found, _LEDGER, _BACKUP)])
        try:
            return _texts(self._held, table)
        except FAILURES as error:
            return nothing(table.name, table, [_damaged(table.name, error)])


def make(path: Path, tables: Mapping[str, Iterable[Sequence[str]]], note: str = "") -> int:
    """Make a file with rows; return how many.

    Parameters
    ----------
    path
        Where; nothing may be there.
    tables
        Rows by table, each a text a column.
    note
        What the file says it is.

    Raises
    ------
    sqlite3.Error
        When it cannot be written.
    """
    rows = 0
    with closing(sqlite3.connect(path, isolation_level=None)) as made:
        # A draft that fails is thrown away: it needs no journal, whose files would stay behind.
        made.execute("PRAGMA journal_mode = OFF")
        made.execute("BEGIN")
        made.execute(f"PRAGMA application_id = {APPLICATION}")
        made.execute(f"PRAGMA user_version = {VERSION}")
        for table in TABLES.values():
            for line in _schema(table):
                made.execute(line)
            rows += _inserted(made, table, tables.get(table.name, ()), 1)
        if note:
            made.execute(f"CREATE TABLE {NOTE} (text TEXT NOT NULL)")
            lines = [(line,) for line in note.splitlines()]
            made.executemany(f"INSERT INTO {NOTE} VALUES (?)", lines)
        made.execute("COMMIT")
        made.execute("PRAGMA journal_mode = WAL")
    return rows


@contextmanager
def adding(path: Path, wait_s: float = WAIT_S) -> Iterator[sqlite3.Connection]:
    """Open a file to add rows: all that the block adds is there at its end, or nothing of it.

    Raises
    ------
    ScenarioError
        When it cannot be written, or another wrote all the while.
    """
    try:
        with closing(_opened(path, "rw", wait_s)) as held:
            held.execute("PRAGMA synchronous = FULL")
            held.execute("BEGIN IMMEDIATE")
            faults = tuple(_identity_faults(held, path.name))
            if faults:
                raise ScenarioError(faults)
            yield held
            held.execute("COMMIT")
    except FAILURES as error:
        raise (busy if is_busy(error) else unwritable)(str(path), error) from None


def add(held: sqlite3.Connection, table: Table, rows: Iterable[Sequence[str]]) -> int:
    """Add rows within :func:`adding`; return how many."""
    last = held.execute(f"SELECT max({ROW}) FROM {table.name}").fetchone()[0]
    return _inserted(held, table, rows, last or 1)


def _inserted(
    held: sqlite3.Connection, table: Table, rows: Iterable[Sequence[str]], last: int
) -> int:
    places = ", ".join("?" for _ in (ROW, *table.names))
    numbered = ((number, *cells) for number, cells in enumerate(rows, start=last + 1))
    into = f"INSERT INTO {table.name} ({_columns(table)}) VALUES ({places})"
    return max(0, held.executemany(into, numbered).rowcount)


def _columns(table: Table) -> str:
    return ", ".join(f'"{name}"' for name in (ROW, *table.names))


def _schema(table: Table) -> Iterator[str]:
    """Yield what makes a table, and what keeps its rows as they were written."""
    columns = "".join(
        f""", "{name}" TEXT NOT NULL DEFAULT '' CHECK (typeof("{name}") = 'text')"""
        for name in table.names
    )
    yield f"CREATE TABLE {table.name} ({ROW} INTEGER PRIMARY KEY{columns})"
    never = "SELECT RAISE(ABORT, 'rows are only added, never changed')"
    for change in ("UPDATE", "DELETE"):
        yield (
            f"CREATE TRIGGER {table.name}_no_{change.lower()} BEFORE {change} ON {table.name} "
            f"BEGIN {never}; END"
        )
    # Else INSERT OR REPLACE would put a row in the place of another.
    yield (
        f"CREATE TRIGGER {table.name}_no_replace BEFORE INSERT ON {table.name} "
        f"WHEN EXISTS (SELECT 1 FROM {table.name} WHERE {ROW} = NEW.{ROW}) BEGIN {never}; END"
    )


def _looked_into(path: Path) -> sqlite3.Connection:
    """Open a file to read it, be it and its folder protected."""
    for mode in ("rw", "ro"):
        try:
            held = _opened(path, mode)
            held.execute("PRAGMA query_only = ON")
            held.execute("BEGIN")
            held.execute("SELECT 1 FROM sqlite_master").fetchone()
            return held
        except sqlite3.OperationalError as error:
            if is_busy(error):
                raise
    # Nobody can write there, so that it does not change while it is read.
    held = _opened(path, "ro&immutable=1")
    held.execute("BEGIN")
    return held


def _opened(path: Path, mode: str, wait_s: float = WAIT_S) -> sqlite3.Connection:
    # By its name alone a file that is not there would be made.
    where = f"{path.resolve().as_uri()}?mode={mode}"
    held = sqlite3.connect(where, uri=True, timeout=wait_s, isolation_level=None)
    # A file that someone made to do harm has no views that run, and no cells without end.
    held.execute("PRAGMA trusted_schema = OFF")
    held.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LONGEST_BYTES)
    held.text_factory = _decoded
    return held


def _decoded(raw: bytes) -> str:
    return raw.decode(errors="replace")


def _identity_faults(held: sqlite3.Connection, label: str) -> Iterator[Fault]:
    is_ledger = held.execute("PRAGMA application_id").fetchone()[0] == APPLICATION
    version = held.execute("PRAGMA user_version").fetchone()[0]
    if not is_ledger:
        yield Fault(label, say("别的数据库", "another database"), _LEDGER)
    elif version != VERSION:
        found = say(f"版本 {version} 的台账", f"a ledger of version {version}")
        allowed = say(f"版本 {VERSION}", f"version {VERSION}")
        yield Fault(label, found, allowed, say("更新本程序", "update this program"))


def _texts(held: sqlite3.Connection, table: Table) -> Texts:
    columns = held.execute(f"PRAGMA table_xinfo({table.name})").fetchall()
    # Columns that are worked out may never end.
    plain = [str(c[1]) for c in columns if not c[-1] and c[1] != ROW]
    wrong = list(header_faults(plain, table, table.name))
    if wrong or ROW not in [column[1] for column in columns]:
        return nothing(table.name, table, wrong or [_damaged(table.name, ValueError(ROW))])
    heads = [ROW, *table.names]
    rows = held.execute(f"SELECT {_columns(table)} FROM {table.name} ORDER BY {ROW}")
    parts = []
    while chunk := rows.fetchmany(_CHUNK):
        parts.append(pd.DataFrame(chunk, columns=heads).fillna("").astype("str"))
    if not parts:
        return nothing(table.name, table)
    return in_columns(pd.concat(parts, ignore_index=True), table.names, table, table.name, ())


def _damaged(label: str, error: Exception) -> Fault:
    name = getattr(error, "sqlite_errorname", type(error).__name__)
    found = say(f"无法读取的数据库（{name}）", f"a database that cannot be read ({name})")
    return Fault(label, found, _LEDGER, _BACKUP)

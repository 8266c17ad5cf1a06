"""The index beside the runs: what the folders hold, the jobs and the publications, in one file.

The run folders stay the truth about runs: the index only remembers what was read in them. It is
opened for each use and never kept, so that threads and processes share it by the file alone.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from dashboards.runs import RunError, first_line

NAME: Final = "index.sqlite"
"""Name of the file in the folder of the runs."""

BUSY_S: Final = 15.0
"""How long to wait, in seconds, while another process writes."""

MIGRATIONS: Final = (
    """
    CREATE TABLE runs (
        id TEXT PRIMARY KEY, scenario TEXT NOT NULL, title_zh TEXT NOT NULL,
        title_en TEXT NOT NULL, created TEXT NOT NULL, complete INTEGER NOT NULL,
        has_forecast INTEGER NOT NULL, scenario_hash TEXT NOT NULL, inputs_hash TEXT NOT NULL,
        plan_hash TEXT NOT NULL, written_ns INTEGER NOT NULL, bytes INTEGER NOT NULL
    );
    CREATE TABLE jobs (
        n INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, argv TEXT NOT NULL,
        folder TEXT NOT NULL, title_zh TEXT NOT NULL, title_en TEXT NOT NULL, scenario TEXT,
        state TEXT NOT NULL, step TEXT, done INTEGER NOT NULL DEFAULT 0,
        total INTEGER NOT NULL DEFAULT 0, gap REAL, result TEXT, message_zh TEXT, message_en TEXT,
        created TEXT NOT NULL, started TEXT, heard TEXT, ended TEXT, asked_by TEXT, pid INTEGER,
        stops INTEGER NOT NULL DEFAULT 0
    );
    CREATE INDEX jobs_by_state ON jobs (state)
    """,
    """
    CREATE TABLE publications (
        scenario TEXT NOT NULL, version INTEGER NOT NULL, run TEXT NOT NULL,
        plan_hash TEXT NOT NULL, published_at TEXT NOT NULL, published_by TEXT,
        note TEXT NOT NULL, PRIMARY KEY (scenario, version)
    );
    CREATE INDEX publications_by_run ON publications (run)
    """,
)
"""What leads from each version of the schema to the next; the newest is their number."""

NEWEST: Final = len(MIGRATIONS)

_UNREADABLE: Final = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


@contextmanager
def reading(root: Path) -> Iterator[sqlite3.Connection]:
    """Open the index of a folder of runs to look something up.

    An index that is missing is made; a damaged one is set aside and made anew.

    Raises
    ------
    RunError
        When it cannot be opened, is of a later version, or turns out to be damaged (it is set
        aside then, and the next look finds a new one).
    """
    with _in_words(root), closing(_open(root)) as database:
        yield database


@contextmanager
def writing(root: Path) -> Iterator[sqlite3.Connection]:
    """Open the index to change it: all that the block writes, or nothing of it.

    Raises
    ------
    RunError
        As :func:`reading`, or when other processes kept it busy.
    """
    with reading(root) as database:
        database.execute("BEGIN IMMEDIATE")
        try:
            yield database
        except BaseException:
            database.rollback()
            raise
        database.commit()


def set_aside(root: Path) -> tuple[Path, ...]:
    """Return the damaged files that were set aside, oldest first, until somebody deletes them."""
    return tuple(sorted(root.glob(f"{NAME}.damaged-*[0-9]")))


def now() -> str:
    """Return the time as the index writes it: UTC, sortable."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def _open(root: Path) -> sqlite3.Connection:
    """Return a connection to an index of the newest version."""
    file = root / NAME
    before = _identity(file)
    try:
        return _connect(file)
    except sqlite3.DatabaseError as error:
        if not _damaged(error):
            raise
        _put_aside(file, before)
        return _connect(file)


def _connect(file: Path) -> sqlite3.Connection:
    # Transactions are begun by hand: sqlite3 would begin them later than they are meant to.
    database = sqlite3.connect(file, timeout=BUSY_S, isolation_level=None)
    try:
        database.row_factory = sqlite3.Row
        found = _version(database)
        if found > NEWEST:
            raise RunError("index.newer", file=file, found=found, allowed=NEWEST)
        if found < NEWEST:
            database.execute("PRAGMA journal_mode = WAL")
            _migrate(database)
    except BaseException:
        database.close()
        raise
    return database


def _migrate(database: sqlite3.Connection) -> None:
    """Bring the schema to the newest version; another process may be doing the same."""
    database.execute("BEGIN IMMEDIATE")
    try:
        for step in MIGRATIONS[_version(database) :]:
            for statement in step.split(";"):
                database.execute(statement)
        database.execute(f"PRAGMA user_version = {NEWEST}")
    except BaseException:
        database.rollback()
        raise
    database.commit()


def _version(database: sqlite3.Connection) -> int:
    return int(database.execute("PRAGMA user_version").fetchone()[0])


@contextmanager
def _in_words(root: Path) -> Iterator[None]:
    """Turn what goes wrong with the file into words."""
    file = root / NAME
    before = _identity(file)
    try:
        yield
    except sqlite3.DatabaseError as error:
        problem = first_line(error)
        if _damaged(error):
            _put_aside(file, before)
            raise RunError("index.damaged", file=file, problem=problem) from error
        if isinstance(error, sqlite3.OperationalError):
            raise RunError("index.unusable", file=file, problem=problem) from error
        raise


def _damaged(error: sqlite3.DatabaseError) -> bool:
    # The lower byte names the kind of error, the upper ones what exactly it was.
    return (getattr(error, "sqlite_errorcode", 0) & 0xFF) in _UNREADABLE


def _identity(file: Path) -> tuple[int, int] | None:
    try:
        status = file.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _put_aside(file: Path, found: tuple[int, int] | None) -> None:
    """Rename a damaged file, unless another process has just done so."""
    if found is None or _identity(file) != found:
        return
    when = datetime.now(UTC).strftime("%Y%m%d-%H%M%S-%f")
    try:
        # The log first: left behind, it would be taken for the new file's.
        for ending in ("-wal", "-shm", ""):
            part = file.with_name(file.name + ending)
            if part.exists():
                part.replace(file.with_name(f"{file.name}.damaged-{when}{ending}"))
    except OSError as error:
        raise RunError("index.unusable", file=file, problem=first_line(error)) from error

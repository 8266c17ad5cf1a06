"""The lock that lets one runner work on a folder of runs; it goes with its process."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

JOBS: Final = ".jobs"
"""Folder beside the runs that holds the logs of the jobs and the lock."""


@contextmanager
def held(root: Path, *, wait_s: float = 0.0) -> Iterator[bool]:
    """Hold the lock while the block runs; yield whether it could be had.

    Parameters
    ----------
    root
        The folder of the runs.
    wait_s
        How long to wait for another process to give it up, in seconds.
    """
    folder = root / JOBS
    folder.mkdir(parents=True, exist_ok=True)
    # An empty database does for a lock: its file is locked alike on every system.
    connection = sqlite3.connect(folder / "runner.lock", timeout=wait_s, isolation_level=None)
    with closing(connection):
        yield _taken(connection)


def _taken(connection: sqlite3.Connection) -> bool:
    try:
        connection.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
            raise
        return False
    return True

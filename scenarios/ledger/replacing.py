"""Replacing a file of a ledger whole, and taking turns at it."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Final

from scenarios.faults import Fault, ScenarioError, say

WAIT_S: Final = 30.0
"""How long to wait, in seconds, for another writer."""


@contextmanager
def replaced(path: Path) -> Iterator[Path]:
    """Yield a draft to write, which takes the file's place once it is on the disk.

    Whoever reads meanwhile, and whoever looks after a crash, finds the file as it was or as it is
    to be. A draft that a crash left behind is written over the next time.

    Raises
    ------
    OSError
        When that cannot be done; the file is then as it was.
    """
    file = path.resolve()
    draft = file.with_name(f".{file.name}.new")
    try:
        yield draft
        if file.exists():
            shutil.copymode(file, draft)
        with draft.open("rb+") as stream:
            os.fsync(stream.fileno())
        draft.replace(file)
    except BaseException:
        with suppress(OSError):
            draft.unlink(missing_ok=True)
        raise
    # A folder can be opened, and its own entry made lasting, on POSIX alone.
    with suppress(OSError):
        handle = os.open(file.parent, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


@contextmanager
def turn(path: Path, wait_s: float = WAIT_S) -> Iterator[None]:
    """Hold a ledger's turn to be written; others that ask for it wait.

    The turn is a lock on a file beside the ledger, which the system lets go of when its holder
    dies: nothing is left to clean up. SQLite locks it, as it is the same on every system.

    Parameters
    ----------
    path
        The ledger.
    wait_s
        How long to wait for it, in seconds.

    Raises
    ------
    ScenarioError
        When another had it all that time, or no file can be made there.
    """
    lock = path.resolve().with_name(f".{path.name}.lock")
    try:
        lock.parent.mkdir(parents=True, exist_ok=True)
        held = sqlite3.connect(lock, timeout=wait_s, isolation_level=None)
    except (OSError, sqlite3.Error) as error:
        raise unwritable(str(path), error) from None
    with closing(held):
        try:
            held.execute("BEGIN EXCLUSIVE")
        except sqlite3.Error as error:
            raise (busy if is_busy(error) else unwritable)(str(path), error) from None
        yield


def is_busy(error: sqlite3.Error) -> bool:
    """Whether a database could not be had because another has it."""
    code = getattr(error, "sqlite_errorcode", None)
    return code is not None and code & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


def busy(label: str, _: Exception) -> ScenarioError:
    """Return the error of a ledger that another writes."""
    found = say("正被他人写入的台账", "a ledger that another is writing")
    remedy = say("稍后重试", "try again in a while")
    allowed = say("轮到自己时写入", "one writer at a time")
    return ScenarioError([Fault(label, found, allowed, remedy)])


def unwritable(label: str, error: Exception) -> ScenarioError:
    """Return the error of a ledger that cannot be written."""
    why = getattr(error, "strerror", None) or str(error) or type(error).__name__
    found = say(f"无法写入的台账（{why}）", f"a ledger that cannot be written ({why})")
    allowed = say("可写的文件", "a file that can be written")
    remedy = say(
        "关闭打开它的程序，检查权限和磁盘空间",
        "close what has it open; check rights and free space",
    )
    return ScenarioError([Fault(label, found, allowed, remedy)])

"""Where a command reports when it runs as a job: ``BUREAU_JOB`` names the job's folder.

Without it everything here does nothing: a command at a terminal shows its bars alone.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from time import monotonic
from typing import Final

from dashboards.texts import LANGS
from scenarios.part import Lang

JOB: Final = "BUREAU_JOB"
"""Environment variable: the folder of the job that the process runs as."""

EVERY_S: Final = 0.5
"""Least time between two reports of the same step, in seconds."""


class Sink:
    """The reports of one job.

    Parameters
    ----------
    folder
        The job's folder, ``<runs>/.jobs/<id>``.
    """

    def __init__(self, folder: Path) -> None:
        self._root, self._id = folder.parent.parent, folder.name
        self._step = ""
        self._next_s = 0.0

    def tell(self, step: str, done: int, total: int, gap: float | None = None) -> None:
        """Report how far a step is; often asked, it writes now and then."""
        at = monotonic()
        if step == self._step and at < self._next_s and done < total:
            return
        self._step, self._next_s = step, at + EVERY_S
        # The forecast knows of no gap; that of the plan it is of still holds.
        self._write("step = ?, done = ?, total = ?, gap = COALESCE(?, gap)", step, done, total, gap)

    def wrote(self, folder: Path) -> None:
        """Report a folder that was written."""
        self._write("result = ?", str(folder.resolve()))

    def failed(self, words: Mapping[Lang, str]) -> None:
        """Report why the command cannot go on."""
        self._write("message_zh = ?, message_en = ?", *(words[lang] for lang in LANGS))

    def _write(self, what: str, *values: object) -> None:
        from dashboards import index
        from dashboards.runs import RunError

        try:
            with index.writing(self._root) as database:
                database.execute(
                    f"UPDATE jobs SET {what}, heard = ? WHERE id = ? AND state = 'running'",
                    (*values, index.now(), self._id),
                )
        except RunError as error:
            # The work matters more than word of it: the log says what the index could not.
            print(error, file=sys.stderr)


def current() -> Sink | None:
    """Return where this process reports, or None where it is no job."""
    folder = os.environ.get(JOB)
    return Sink(Path(folder)) if folder else None


def attend() -> None:
    """Make the process of a job stop, keeping what it has, once its runner is gone."""
    if not os.environ.get(JOB):
        return
    if sys.platform == "win32":
        # What a runner can send there is a break, not an interrupt.
        signal.signal(signal.SIGBREAK, lambda *_: signal.raise_signal(signal.SIGINT))
    threading.Thread(target=_outlive, args=(_interrupt,), daemon=True).start()


def _outlive(then: Callable[[], None]) -> None:
    """Wait for the end of standard input, which the runner holds open as long as it lives."""
    # Past Python's own buffer, whose lock would be held at the interpreter's end.
    while os.read(0, 1024):
        continue
    then()


def _interrupt() -> None:
    if sys.platform == "win32":
        import _thread

        _thread.interrupt_main()
    else:
        os.kill(os.getpid(), signal.SIGINT)

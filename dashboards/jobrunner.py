"""The runner: works off the queue of one folder of runs, one job at a time, and then ends.

``python -m dashboards.jobrunner ROOT`` is started by :func:`dashboards.jobs.start_runner`. Whoever
finds the lock taken leaves the queue to who holds it.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from dashboards import index, jobs
from dashboards.commands.failing import Exit
from dashboards.joblock import held
from dashboards.jobsink import JOB
from dashboards.runs import RunError, first_line
from dashboards.texts import LANGS, t
from scenarios.part import Lang

BUREAU: Final = (sys.executable, "-m", "dashboards")
"""The program whose command lines jobs are."""

LOOK_S: Final = 0.25
"""How often a job is looked after, in seconds."""

TAKE_OVER_S: Final = 5.0
"""How long a new runner waits for the lock: the one before may just be ending."""

NICE: Final = 5
"""By how much jobs stand back behind the pages when both want the processor."""

_BOX: Final = " |│╭╮╰╯─"
"""Signs of the boxes that the command line draws around faults of usage."""

_REFUSED: Final = (Exit.USAGE, Exit.INFEASIBLE, Exit.BAD_DATA)


@dataclass(frozen=True, slots=True)
class Claim:
    """A job whose turn it is: its id, its command line, and the folder its paths start from."""

    id: str
    argv: tuple[str, ...]
    folder: str


def main() -> None:
    """Serve the folder of runs that the command line names."""
    # Started where interrupts are ignored, the jobs would ignore them too.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if sys.platform != "win32":
        # Whoever looks at a page comes first; no result depends on how long a job takes.
        os.nice(NICE)
    serve(Path(sys.argv[1]))


def serve(root: Path, program: Sequence[str] = BUREAU) -> None:
    """Run what waits, one job after the other, until nothing does.

    Parameters
    ----------
    root
        The folder of the runs.
    program
        What the command lines are given to.
    """
    with held(root, wait_s=TAKE_OVER_S) as mine:
        if not mine:
            return
        # Nobody else holds the lock, so whatever runs was left by a runner that is gone.
        jobs.mark_lost(root)
        while (claim := _claim(root)) is not None:
            _run(root, claim, program)


def _claim(root: Path) -> Claim | None:
    """Mark the job that waits longest as running, and return it; None where none waits."""
    with index.writing(root) as database:
        row = database.execute(
            "SELECT id, argv, folder FROM jobs WHERE state = 'queued' ORDER BY n LIMIT 1"
        ).fetchone()
        if row is None:
            return None
        at = index.now()
        database.execute(
            "UPDATE jobs SET state = 'running', started = ?, heard = ? WHERE id = ?",
            (at, at, row["id"]),
        )
    return Claim(row["id"], tuple(json.loads(row["argv"])), row["folder"])


def _run(root: Path, claim: Claim, program: Sequence[str]) -> None:
    """Run one job to its end, and write down how it ended."""
    folder = jobs.folder_of(root, claim.id)
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / jobs.LOG).open("wb") as log:
        try:
            child = _start(root, claim, program, log)
        except OSError as error:
            _end(root, claim.id, "failed", _both("job.no-start", problem=first_line(error)))
            return
        with child:
            _update(root, claim.id, "pid = ?", child.pid)
            stops = _attend(root, claim.id, child)
    if child.returncode < 0:
        # Its workers may not have noticed.
        _kill(child)
    _conclude(root, claim.id, child.returncode, stops)


def _start(
    root: Path, claim: Claim, program: Sequence[str], log: IO[bytes]
) -> subprocess.Popen[bytes]:
    """Start a job's command; its standard input stays open as long as this process lives."""
    return subprocess.Popen(
        [*program, *claim.argv],
        cwd=claim.folder,
        env={
            **os.environ,
            "BUREAU_RUNS": str(root),
            JOB: str(jobs.folder_of(root, claim.id)),
            "PYTHONUNBUFFERED": "1",
            "PYTHONUTF8": "1",
        },
        stdin=subprocess.PIPE,
        stdout=log,
        stderr=log,
        **jobs.own_session(),
    )


def _attend(root: Path, job_id: str, child: subprocess.Popen[bytes]) -> int:
    """Wait for a command to end, and pass on the wish to stop; return how often it was wished."""
    heard = 0
    while True:
        with suppress(subprocess.TimeoutExpired):
            child.wait(LOOK_S)
            return heard
        stops = _stops(root, job_id, heard)
        if stops > heard:
            if stops > 1:
                _kill(child)
            else:
                _interrupt(child)
        heard = stops


def _stops(root: Path, job_id: str, before: int) -> int:
    """Return how often somebody asked the job to stop."""
    try:
        with index.reading(root) as database:
            row = database.execute("SELECT stops FROM jobs WHERE id = ?", (job_id,)).fetchone()
    except RunError as error:
        # The work goes on whatever becomes of the index; the next look may find it again.
        print(error, file=sys.stderr)
        return before
    return int(row["stops"]) if row else before


def _interrupt(child: subprocess.Popen[bytes]) -> None:
    if sys.platform == "win32":
        child.send_signal(signal.CTRL_BREAK_EVENT)
    else:
        child.send_signal(signal.SIGINT)


def _kill(child: subprocess.Popen[bytes]) -> None:
    """End a command and the workers it started."""
    if sys.platform == "win32":
        child.kill()
        return
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signal.SIGKILL)


def _conclude(root: Path, job_id: str, code: int, stops: int) -> None:
    """Write down how a command ended: by its exit code, and by what it said itself."""
    with index.reading(root) as database:
        row = database.execute(
            "SELECT result, message_zh FROM jobs WHERE id = ?", (job_id,)
        ).fetchone()
    wrote, spoke = bool(row and row["result"]), bool(row and row["message_zh"])
    if code == Exit.DONE:
        _end(root, job_id, "done")
    elif code == Exit.CHECK_FAILED and wrote:
        _end(root, job_id, "done", _both("job.violated"))
    elif code == Exit.INTERRUPTED or (stops and code not in _REFUSED):
        _end(root, job_id, "stopped", _both("job.kept" if wrote else "job.nothing-kept"))
    elif spoke:
        _end(root, job_id, "failed")
    elif code < 0:
        _end(root, job_id, "failed", _both("job.killed", signal=-code))
    else:
        last = _last_words(jobs.log_tail(root, job_id))
        _end(root, job_id, "failed", _both("job.exit", code=code, last=last))


def _last_words(log: str) -> str:
    """Return the last line of a log that says something, without the box it may stand in."""
    lines = (line.strip(_BOX) for line in reversed(log.splitlines()))
    return next(filter(None, lines), "?")


def _end(
    root: Path, job_id: str, state: jobs.State, message: Mapping[Lang, str] | None = None
) -> None:
    if message is not None:
        words = [message[lang] for lang in LANGS]
        _update(root, job_id, "message_zh = ?, message_en = ?", *words)
    _update(root, job_id, "state = ?, ended = ?, pid = NULL", state, index.now())


def _update(root: Path, job_id: str, what: str, *values: object) -> None:
    with index.writing(root) as database:
        database.execute(f"UPDATE jobs SET {what} WHERE id = ?", (*values, job_id))


def _both(key: str, **values: object) -> dict[Lang, str]:
    return {lang: t(key, lang, **values) for lang in LANGS}


if __name__ == "__main__":
    main()

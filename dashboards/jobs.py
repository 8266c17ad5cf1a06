"""Jobs: command lines of ``bureau`` that wait, run one at a time and leave word of how it went.

A job outlives the page and the server that asked for it: a runner of its own
(:mod:`dashboards.jobrunner`) starts its command in a process, and everything that is known of it
stands in the index. Looking at the jobs also sees to them: one whose runner is gone is marked lost,
and where jobs wait and nobody runs them, a runner is started.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from time import time
from typing import Any, Final, Literal
from uuid import uuid4

from dashboards import index
from dashboards.joblock import JOBS, held
from dashboards.runs import RunError
from dashboards.texts import LANGS, t
from scenarios.part import Lang

State = Literal["queued", "running", "done", "failed", "stopped", "lost"]

OPEN: Final[tuple[State, ...]] = ("queued", "running")
"""States of jobs that are not over."""

AGAIN_S: Final = 5.0
"""How long a runner may take to start, in seconds, before looks at the queue start another."""

LOG: Final = "log.txt"
"""What the command printed, in the job's folder."""


@dataclass(frozen=True, slots=True)
class Job:
    """A command line that waits, runs or has ended.

    Attributes
    ----------
    id
        What stands in addresses.
    argv
        The command line after ``bureau``.
    title
        What it does, by language.
    scenario
        Id of the scenario it is about; None where it is about none.
    state
        ``queued``, ``running``, ``done``, ``failed``, ``stopped`` (by a person: what there was is
        kept) or ``lost`` (its runner is gone, and nobody knows how it ended).
    step
        The step it is in, as ``step.<step>`` of the catalogue; None before the first.
    done, total
        How much of the step is done; 0 of 0 where it does not say.
    gap
        How far its plan may still be from the best, as a share of the bound, when it last said so;
        None where it does not plan.
    result
        Folder it wrote; None where it wrote none.
    message
        Why it ended as it did, by language; None where there is nothing to say.
    created, started, ended
        When it was asked for, begun and over, UTC.
    heard
        When it last reported, UTC.
    by
        Who asked for it; None where nobody says who is there.
    pid
        Its process while it runs.
    stops
        How often somebody asked it to stop.
    """

    id: str
    argv: tuple[str, ...]
    title: Mapping[Lang, str]
    scenario: str | None
    state: State
    step: str | None
    done: int
    total: int
    gap: float | None
    result: Path | None
    message: Mapping[Lang, str] | None
    created: datetime
    started: datetime | None
    ended: datetime | None
    heard: datetime | None
    by: str | None
    pid: int | None
    stops: int

    @property
    def is_open(self) -> bool:
        """Whether it waits or runs."""
        return self.state in OPEN


def submit(
    root: Path,
    argv: Sequence[str],
    *,
    title: Mapping[Lang, str],
    scenario: str | None = None,
    by: str | None = None,
) -> str:
    """Queue a command line and see that it is run.

    Parameters
    ----------
    root
        The folder of the runs.
    argv
        The command line after ``bureau``. Paths in it are relative to the current folder.
    title
        What the job does, in both languages.
    scenario
        Id of the scenario it is about.
    by
        Who asks.

    Returns
    -------
    str
        The job's id. While the same command line waits or runs, no second one is queued and its id
        is returned.

    Raises
    ------
    RunError
        When the index cannot be used.
    """
    root.mkdir(parents=True, exist_ok=True)
    words = json.dumps([str(word) for word in argv], ensure_ascii=False)
    with index.writing(root) as database:
        same = database.execute(
            "SELECT id FROM jobs WHERE argv = ? AND state IN (?, ?)", (words, *OPEN)
        ).fetchone()
        job_id = str(same["id"]) if same else uuid4().hex[:12]
        if not same:
            database.execute(
                "INSERT INTO jobs (id, argv, folder, title_zh, title_en, scenario, state, created,"
                " asked_by) VALUES (?, ?, ?, ?, ?, ?, 'queued', ?, ?)",
                (
                    job_id,
                    words,
                    str(Path.cwd()),
                    *(title[lang] for lang in LANGS),
                    scenario,
                    index.now(),
                    by,
                ),
            )
    if not same:
        _begin(root)
    return job_id


def get(root: Path, job_id: str) -> Job | None:
    """Return a job, or None where there is none of that id."""
    return next(iter(_found(root, "WHERE id = ?", (job_id,))), None)


def list_jobs(root: Path) -> tuple[Job, ...]:
    """Return all jobs, the newest first."""
    return _found(root, "ORDER BY n DESC")


def stop(root: Path, job_id: str) -> None:
    """Ask a job to stop and keep the best so far; asked a second time, end it at once.

    One that still waits is taken out of the queue. One that is over stays as it is.
    """
    with index.writing(root) as database:
        database.execute(
            "UPDATE jobs SET stops = stops + 1 WHERE id = ? AND state = 'running'", (job_id,)
        )
        database.execute(
            "UPDATE jobs SET state = 'stopped', ended = ?, message_zh = ?, message_en = ?"
            " WHERE id = ? AND state = 'queued'",
            (index.now(), *(t("job.never-begun", lang) for lang in LANGS), job_id),
        )


def delete(root: Path, job_id: str) -> None:
    """Forget a job and its log; what it wrote stays.

    Raises
    ------
    RunError
        When it is not over.
    """
    with index.writing(root) as database:
        row = database.execute("SELECT state FROM jobs WHERE id = ?", (job_id,)).fetchone()
        if row is None:
            return
        if row["state"] in OPEN:
            raise RunError("job.open", usage=True)
        database.execute("DELETE FROM jobs WHERE id = ?", (job_id,))
    shutil.rmtree(folder_of(root, job_id), ignore_errors=True)


def log_tail(root: Path, job_id: str, lines: int = 30) -> str:
    """Return the last lines of what a job printed; empty where it printed nothing."""
    file = folder_of(root, job_id) / LOG
    if not file.is_file():
        return ""
    text = file.read_bytes()[-64_000:].decode("utf-8", errors="replace")
    return "\n".join(text.splitlines()[-lines:])


def folder_of(root: Path, job_id: str) -> Path:
    """Return the folder that holds a job's log."""
    return root / JOBS / job_id


def start_runner(root: Path) -> None:
    """Start a runner that outlives this process; where one is at work, it ends by itself."""
    folder = root / JOBS
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "runner.txt").open("ab") as log:
        runner = subprocess.Popen(
            [sys.executable, "-m", "dashboards.jobrunner", str(root.resolve())],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            **own_session(),
        )
    # Somebody has to take note of its end, or the system keeps it in its table.
    threading.Thread(target=runner.wait, daemon=True).start()


def own_session() -> dict[str, Any]:
    """Return what makes a process independent of the terminal and the signals of this one."""
    if sys.platform == "win32":
        flags = subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW
        return {"creationflags": flags}
    return {"start_new_session": True}


def mark_lost(root: Path) -> None:
    """Mark what runs as lost; only for who holds the runner's lock."""
    with index.writing(root) as database:
        database.execute(
            "UPDATE jobs SET state = 'lost', ended = ?, pid = NULL, message_zh = ?, message_en = ?"
            " WHERE state = 'running'",
            (index.now(), *(t("job.lost", lang) for lang in LANGS)),
        )


def _found(root: Path, condition: str, values: Iterable[object] = ()) -> tuple[Job, ...]:
    if not root.is_dir():
        return ()
    _settle(root)
    with index.reading(root) as database:
        rows = database.execute(f"SELECT * FROM jobs {condition}", tuple(values)).fetchall()
    return tuple(_job(row) for row in rows)


def _settle(root: Path) -> None:
    """Mark jobs as lost whose runner is gone, and see to it that waiting ones go on."""
    with index.reading(root) as database:
        rows = database.execute("SELECT DISTINCT state FROM jobs WHERE state IN (?, ?)", OPEN)
        states = {row["state"] for row in rows}
    if not states:
        return
    with held(root) as idle:
        if idle and "running" in states:
            mark_lost(root)
    if idle and "queued" in states and _due(root):
        _begin(root)


def _begin(root: Path) -> None:
    mark = _mark(root)
    mark.parent.mkdir(exist_ok=True)
    mark.touch()
    start_runner(root)


def _due(root: Path) -> bool:
    """Whether another runner may be started: one that was started just now needs its time."""
    mark = _mark(root)
    return not mark.exists() or time() - mark.stat().st_mtime > AGAIN_S


def _mark(root: Path) -> Path:
    """Return the file that was touched when a runner was last started."""
    return root / JOBS / "started"


def _job(row: sqlite3.Row) -> Job:
    message = row["message_zh"]
    return Job(
        id=row["id"],
        argv=tuple(json.loads(row["argv"])),
        title={"zh": row["title_zh"], "en": row["title_en"]},
        scenario=row["scenario"],
        state=row["state"],
        step=row["step"],
        done=row["done"],
        total=row["total"],
        gap=row["gap"],
        result=Path(row["result"]) if row["result"] else None,
        message={"zh": message, "en": row["message_en"]} if message else None,
        created=datetime.fromisoformat(row["created"]),
        started=_time(row["started"]),
        ended=_time(row["ended"]),
        heard=_time(row["heard"]),
        by=row["asked_by"],
        pid=row["pid"],
        stops=row["stops"],
    )


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None

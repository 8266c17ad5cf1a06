"""The list of runs: what the folders hold, as the index remembers it; hundreds are quick."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from dashboards import index, publications
from dashboards.runs import Run, RunError, first_line, read_run, run_folders
from scenarios.part import Text


@dataclass(frozen=True, slots=True)
class Listed:
    """What lists say of a run; :func:`dashboards.runs.read_run` opens it.

    Attributes
    ----------
    folder
        Where it lies.
    scenario_id, title, scenario_hash
        The scenario it was made for.
    inputs_hash, plan_hash
        What decided its content, and what was decided.
    created
        When it was written, UTC.
    complete
        False where it was stopped and holds the best so far.
    has_forecast
        Whether it was forecast, and not planned only.
    written_ns
        When ``run.json`` was last written, in nanoseconds: another time, another run.
    bytes
        Size of its files.
    """

    folder: Path
    scenario_id: str
    title: Text
    scenario_hash: str
    inputs_hash: str
    plan_hash: str
    created: datetime
    complete: bool
    has_forecast: bool
    written_ns: int
    bytes: int

    @property
    def id(self) -> str:
        """The folder's name: what stands in addresses."""
        return self.folder.name


@dataclass(frozen=True, slots=True)
class Listing:
    """The runs of a folder, newest first, and what was wrong with the others, or with the index."""

    runs: tuple[Listed, ...]
    problems: tuple[RunError, ...]


def listing(root: Path) -> Listing:
    """List the runs of a folder.

    Only what is new or was written again since the last look is read. Where the index cannot be
    used every folder is read instead, and the list says so among its problems.
    """
    if not root.is_dir():
        return Listing((), ())
    try:
        known, problems = _by_index(root)
    except RunError as error:
        if error.key == "index.damaged":
            # It was set aside just now: the second look finds a new one.
            known, problems = _by_index(root)
        else:
            known, problems = _read(root, run_folders(root))
            problems.append(error)
    problems += [RunError("index.set-aside", file=file) for file in index.set_aside(root)]
    runs = sorted(known.values(), key=lambda run: run.id)
    runs.sort(key=lambda run: run.created, reverse=True)
    return Listing(tuple(runs), tuple(problems))


def delete_run(root: Path, run_id: str) -> None:
    """Delete a run folder.

    Raises
    ------
    RunError
        When there is no such run, or it is or was published.
    """
    if run_id not in run_folders(root):
        raise RunError("run.no-folder", usage=True, folder=root / run_id)
    if run_id in publications.published_runs(root):
        raise RunError("run.published", usage=True, run=run_id)
    folder = root / run_id
    going = root / f".{run_id}.{os.getpid()}.old"
    try:
        # Out of sight first: nobody meets half a run.
        folder.replace(going)
        shutil.rmtree(going)
    except OSError as error:
        problem = first_line(error)
        raise RunError("run.undeletable", usage=True, folder=folder, problem=problem) from error


def _by_index(root: Path) -> tuple[dict[str, Listed], list[RunError]]:
    """Return the runs by id, the index brought up to date on the way."""
    written = run_folders(root)
    with index.reading(root) as database:
        rows = database.execute("SELECT * FROM runs").fetchall()
    known = {row["id"]: _listed(root, row) for row in rows}
    fresh = {
        name: at
        for name, at in written.items()
        if name not in known or known[name].written_ns != at
    }
    gone = known.keys() - written.keys()
    found, problems = _read(root, fresh)
    unreadable = fresh.keys() - found.keys()
    forgotten = sorted(gone | (unreadable & known.keys()))
    if found or forgotten:
        _remember(root, found, forgotten)
    kept = {name: run for name, run in known.items() if name in written and name not in fresh}
    return {**kept, **found}, problems


def _read(root: Path, written: Mapping[str, int]) -> tuple[dict[str, Listed], list[RunError]]:
    """Read the heads of runs from their folders."""
    runs: dict[str, Listed] = {}
    problems: list[RunError] = []
    for name, at in sorted(written.items()):
        try:
            runs[name] = _of(read_run(root / name), at)
        except RunError as error:
            problems.append(error)
    return runs, problems


def _of(run: Run, written_ns: int) -> Listed:
    head = run.head
    return Listed(
        folder=run.folder,
        scenario_id=head.scenario_id,
        title=head.title,
        scenario_hash=head.scenario_hash,
        inputs_hash=head.inputs_hash,
        plan_hash=head.plan_hash,
        created=head.created,
        complete=head.complete,
        has_forecast=run.has_forecast,
        written_ns=written_ns,
        bytes=sum(file.stat().st_size for file in run.folder.iterdir() if file.is_file()),
    )


def _remember(root: Path, found: Mapping[str, Listed], forgotten: list[str]) -> None:
    with index.writing(root) as database:
        database.executemany("DELETE FROM runs WHERE id = ?", [(name,) for name in forgotten])
        database.executemany(
            "INSERT OR REPLACE INTO runs VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (
                    name,
                    run.scenario_id,
                    run.title.zh,
                    run.title.en,
                    run.created.isoformat(),
                    run.complete,
                    run.has_forecast,
                    run.scenario_hash,
                    run.inputs_hash,
                    run.plan_hash,
                    run.written_ns,
                    run.bytes,
                )
                for name, run in found.items()
            ],
        )


def _listed(root: Path, row: sqlite3.Row) -> Listed:
    return Listed(
        folder=root / row["id"],
        scenario_id=row["scenario"],
        title=Text(zh=row["title_zh"], en=row["title_en"]),
        scenario_hash=row["scenario_hash"],
        inputs_hash=row["inputs_hash"],
        plan_hash=row["plan_hash"],
        created=datetime.fromisoformat(row["created"]),
        complete=bool(row["complete"]),
        has_forecast=bool(row["has_forecast"]),
        written_ns=row["written_ns"],
        bytes=row["bytes"],
    )

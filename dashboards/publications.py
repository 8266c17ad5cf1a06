"""Publications: which plan of a scenario holds, version by version, and who said so.

They stand in the index, and whole in a file beside it, from which an index made anew takes them.
"""

from __future__ import annotations

import json
import os
import sqlite3
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from dashboards import index
from dashboards.runs import PLAN_TABLES, Run, RunError, first_line
from planner.audit import audit, violations

COPY: Final = "publications.json"
"""The file beside the index that holds every publication once more."""


@dataclass(frozen=True, slots=True)
class Publication:
    """A plan that holds for a scenario until the next one is published.

    Attributes
    ----------
    scenario
        The scenario's id.
    version
        1 for the first publication of the scenario, and so on without gaps.
    run
        Id of the run whose plan it is.
    plan_hash
        Content hash of the plan.
    published_at
        When, UTC.
    by
        Who published it; None where nobody says who is there.
    note
        What was said about it; may be empty.
    """

    scenario: str
    version: int
    run: str
    plan_hash: str
    published_at: datetime
    by: str | None
    note: str


def publish(root: Path, run: Run, *, by: str | None, note: str) -> Publication:
    """Publish the plan of a run as the next version of its scenario.

    The tables are audited anew as they lie. The same run with the same note as the version that
    holds is not published again, and that version is returned.

    Raises
    ------
    RunError
        When the run does not lie in the folder of runs, its plan was altered after it was written,
        or a hard rule is violated.
    """
    _check(root, run)
    _restore(root)
    with index.writing(root) as database:
        latest = _latest(database, run.head.scenario_id)
        if latest and (latest.run, latest.plan_hash, latest.note) == (
            run.id,
            run.head.plan_hash,
            note,
        ):
            return latest
        made = Publication(
            scenario=run.head.scenario_id,
            version=latest.version + 1 if latest else 1,
            run=run.id,
            plan_hash=run.head.plan_hash,
            published_at=datetime.fromisoformat(index.now()),
            by=by,
            note=note,
        )
        _insert(database, made)
        # While the index is held: two who publish at once write the file one after the other.
        _write_copy(root, _all(database))
    return made


def published(root: Path, scenario_id: str) -> Publication | None:
    """Return the version that holds for a scenario, or None where none was published."""
    return next(iter(history(root, scenario_id)), None)


def history(root: Path, scenario_id: str) -> tuple[Publication, ...]:
    """Return the publications of a scenario, the newest first."""
    if not root.is_dir():
        return ()
    _restore(root)
    with index.reading(root) as database:
        return tuple(x for x in reversed(_all(database)) if x.scenario == scenario_id)


def published_runs(root: Path) -> frozenset[str]:
    """Return the ids of all runs that are or were published."""
    if not root.is_dir():
        return frozenset()
    _restore(root)
    with index.reading(root) as database:
        return frozenset(x.run for x in _all(database))


def _check(root: Path, run: Run) -> None:
    """Refuse a run whose plan nobody should rely on."""
    if run.folder.resolve().parent != root.resolve():
        raise RunError("publish.elsewhere", usage=True, run=run.folder, root=root)
    plan = {f"{name}.csv" for name in PLAN_TABLES} | {"plan.json", "scenario.json"}
    edited = [file for file in run.edited() if file in plan]
    if edited:
        raise RunError("publish.edited", usage=True, run=run.id, files=", ".join(edited))
    broken = violations(audit(run.scenario, run.tables()))
    if broken:
        rules = ", ".join(sorted({finding.rule for finding in broken}))
        raise RunError("publish.violated", usage=True, run=run.id, n=len(broken), rules=rules)


def _restore(root: Path) -> None:
    """Take publications from the file beside the index where the index was made anew."""
    file = root / COPY
    if not file.is_file():
        return
    with index.reading(root) as database:
        if _any(database):
            return
    with index.writing(root) as database:
        if _any(database):
            return
        for one in _read_copy(file):
            _insert(database, one)


def _any(database: sqlite3.Connection) -> bool:
    return database.execute("SELECT 1 FROM publications LIMIT 1").fetchone() is not None


def _latest(database: sqlite3.Connection, scenario_id: str) -> Publication | None:
    own = [one for one in _all(database) if one.scenario == scenario_id]
    return own[-1] if own else None


def _all(database: sqlite3.Connection) -> list[Publication]:
    """Return every publication, by scenario and version."""
    rows = database.execute("SELECT * FROM publications ORDER BY scenario, version").fetchall()
    return [
        Publication(
            row["scenario"],
            row["version"],
            row["run"],
            row["plan_hash"],
            datetime.fromisoformat(row["published_at"]),
            row["published_by"],
            row["note"],
        )
        for row in rows
    ]


def _insert(database: sqlite3.Connection, one: Publication) -> None:
    database.execute(
        "INSERT INTO publications VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            one.scenario,
            one.version,
            one.run,
            one.plan_hash,
            one.published_at.isoformat(timespec="milliseconds"),
            one.by,
            one.note,
        ),
    )


def _write_copy(root: Path, found: list[Publication]) -> None:
    file = root / COPY
    building = root / f".{COPY}.{os.getpid()}.new"
    content = [{**asdict(one), "published_at": one.published_at.isoformat()} for one in found]
    try:
        text = json.dumps(content, ensure_ascii=False, indent=2, sort_keys=True)
        building.write_bytes(text.encode() + b"\n")
        building.replace(file)
    except OSError as error:
        raise RunError(
            "run.unwritable", usage=True, folder=file, problem=first_line(error)
        ) from error


def _read_copy(file: Path) -> list[Publication]:
    try:
        return [
            Publication(**{**one, "published_at": datetime.fromisoformat(one["published_at"])})
            for one in json.loads(file.read_bytes())
        ]
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise RunError("publish.copy", file=file, problem=first_line(error)) from error

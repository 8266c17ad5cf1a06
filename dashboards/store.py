"""Writing a run folder: built beside its place, moved in whole, never over anything else."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from dashboards.jobsink import current
from dashboards.nowcasts import NOWCASTS
from dashboards.runs import FORMAT, Inputs, Run, RunError, first_line, read_run, runs_root, sha256
from planner.audit import Finding, audit_table
from planner.plan import Plan, tables, to_json
from scenarios.model import Scenario

if TYPE_CHECKING:
    from sim.drivers import Drivers
    from sim.forecast import Forecast
    from sim.stress import Stress

COMPARISON: Final = "compare.json"
"""File name of a comparison."""

_PACKAGES: Final = (
    "bureau-planner",
    "numba",
    "numpy",
    "ortools",
    "pandas",
    "pyarrow",
    "pydantic",
    "scipy",
    "simpy",
)


@dataclass(frozen=True, slots=True)
class Meta:
    """How a run came about.

    Attributes
    ----------
    inputs
        What decided its content.
    seconds
        Wall time of each step.
    workers
        Processes that simulated; they change no byte of any table.
    complete
        False where it was stopped and holds the best so far.
    plan_from
        The run whose plan was taken instead of solving again; as with the times, no table says so.
    lost
        What was done without the cluster that was to do the work; None where it did it.
    """

    inputs: Inputs
    seconds: Mapping[str, float]
    workers: int = 1
    complete: bool = True
    plan_from: str | None = None
    lost: str | None = None


def default_folder(scenario: Scenario, inputs: Inputs) -> Path:
    """Return where a run goes unless told otherwise: ``runs/<scenario>-<hash8>``."""
    return runs_root() / f"{scenario.id}-{inputs.hash(scenario)[:8]}"


def check_free(folder: Path, *, force: bool = False) -> None:
    """Refuse a folder that a run must not be written to.

    Parameters
    ----------
    folder
        Where the run is to go.
    force
        Allow a folder that holds a run, which will be replaced; nothing else ever is, nor is a
        run with nowcasts: what was said before it came cannot be said again.

    Raises
    ------
    RunError
        When something stands there already.
    """
    if not folder.exists() and not folder.is_symlink():
        return
    if not force:
        raise RunError("run.exists", usage=True, folder=folder)
    if folder.is_symlink() or not (folder / "run.json").is_file():
        raise RunError("run.not-a-run", usage=True, folder=folder)
    n = sum(1 for _ in (folder / NOWCASTS).glob("*.json"))
    if n:
        raise RunError("run.has-nowcasts", usage=True, folder=folder, n=n)


def write_run(
    folder: Path,
    scenario: Scenario,
    plan: Plan,
    findings: Iterable[Finding],
    forecast: Forecast | None,
    meta: Meta,
    *,
    force: bool = False,
    extra: Mapping[str, pd.DataFrame] | None = None,
    documents: Mapping[str, Mapping[str, Any]] | None = None,
) -> Run:
    """Write a run folder, whole or not at all.

    Everything is built in a folder beside the target and moved into place. The same arguments
    give the same bytes in every file but ``run.json``, where only ``timings`` differ.

    Parameters
    ----------
    folder
        Where it goes; its parents are made.
    scenario, plan, findings
        What was given, decided and audited.
    forecast
        What may happen; None where the plan was not forecast.
    meta
        How the run came about.
    force
        Replace a run that stands there already.
    extra
        Further tables, by file name without ending.
    documents
        Further JSON files, by file name without ending.

    Raises
    ------
    RunError
        When the folder is taken or cannot be written.
    """
    check_free(folder, force=force)
    with built(folder) as building:
        _fill(building, scenario, plan, findings, forecast, extra or {})
        for name, content in (documents or {}).items():
            _write_json(building / f"{name}.json", content)
        _write_json(building / "run.json", _head(building, scenario, plan, meta))
    return read_run(folder)


def report_written(folder: Path) -> None:
    """Tell the job that this process runs as, if it does, which folder was written."""
    job = current()
    if job is not None:
        job.wrote(folder)


@contextmanager
def built(folder: Path) -> Iterator[Path]:
    """Give a folder to build in beside a place, and move it there once it is whole.

    Raises
    ------
    RunError
        When it cannot be written; nothing is left behind then.
    """
    building = folder.with_name(f".{folder.name}.{os.getpid()}.new")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        building.mkdir()
        yield building
        _move(building, folder)
        report_written(folder)
    except OSError as error:
        raise RunError(
            "run.unwritable", usage=True, folder=folder, problem=first_line(error)
        ) from error
    finally:
        shutil.rmtree(building, ignore_errors=True)


def write_drivers(folder: Path, found: Drivers) -> None:
    """Write what drives a plan's probabilities into a new folder, whole or not at all.

    Raises
    ------
    RunError
        When something stands there, or it cannot be written.
    """
    check_new(folder)
    with built(folder) as building:
        _write_json(building / "drivers.json", found.to_json())
        for name, replay in found.replays.items():
            text = replay.events.to_csv(index=False, lineterminator="\n")
            (building / f"replay_{name}.csv").write_bytes(text.encode())


def write_stress(folder: Path, found: Stress) -> None:
    """Write what would have to be true into a new folder, whole or not at all.

    Raises
    ------
    RunError
        When something stands there, or it cannot be written.
    """
    check_new(folder)
    with built(folder) as building:
        _write_json(building / "stress.json", found.to_json())


def write_allocation(
    folder: Path, content: Mapping[str, Any], tables: Mapping[str, pd.DataFrame], frontier_svg: str
) -> None:
    """Write how the money should be split into a new folder, whole or not at all.

    Raises
    ------
    RunError
        When something stands there, or it cannot be written.
    """
    check_new(folder)
    with built(folder) as building:
        _write_json(building / "allocation.json", content)
        for name, table in tables.items():
            text = table.to_csv(index=False, lineterminator="\n")
            (building / f"{name}.csv").write_bytes(text.encode())
        (building / "frontier.svg").write_bytes(frontier_svg.encode())


def check_new(folder: Path) -> None:
    """Refuse a folder that exists: results that are no run are never replaced.

    Raises
    ------
    RunError
        When something stands there already.
    """
    if folder.exists() or folder.is_symlink():
        raise RunError("drivers.exists", usage=True, folder=folder)


def check_comparison_free(folder: Path, *, force: bool = False) -> None:
    """Refuse a folder that a comparison must not, or cannot, be written to.

    Raises
    ------
    RunError
        When one stands there and it is not to be replaced, or what stands there is no folder.
    """
    if folder.exists() and not folder.is_dir():
        raise RunError("compare.no-folder", usage=True, folder=folder)
    if not force and (folder / COMPARISON).exists():
        raise RunError("compare.exists", usage=True, file=folder / COMPARISON)


def write_comparison(folder: Path, content: Mapping[str, Any], *, force: bool = False) -> Path:
    """Write ``compare.json`` into a folder, whole or not at all; return the file.

    Parameters
    ----------
    folder
        Where it goes; made where it does not exist.
    content
        What :meth:`sim.comparison.Comparison.to_json` returns; the same content gives the same
        bytes.
    force
        Replace a comparison that stands there already; everything else in the folder stays.

    Raises
    ------
    RunError
        When a comparison stands there, or the folder cannot be written.
    """
    check_comparison_free(folder, force=force)
    building = folder / f".{COMPARISON}.{os.getpid()}.new"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _write_json(building, content)
        building.replace(folder / COMPARISON)
        report_written(folder)
    except OSError as error:
        with suppress(OSError):
            building.unlink(missing_ok=True)
        raise RunError(
            "run.unwritable", usage=True, folder=folder, problem=first_line(error)
        ) from error
    return folder / COMPARISON


def versions() -> dict[str, str]:
    """Return the versions a run depends on, Python first."""
    return {"python": platform.python_version(), **{name: version(name) for name in _PACKAGES}}


def planning_code() -> str:
    """Return the hash of the code a plan depends on: a version alone tells no two states apart."""
    digest = hashlib.sha256()
    for package in ("planner", "scenarios"):
        root = files(package)
        for name, text in sorted(_sources(root)):
            digest.update(f"{package}/{name}\n{text}\n".encode())
    return digest.hexdigest()


def _sources(folder: Traversable, before: str = "") -> Iterator[tuple[str, str]]:
    """Yield name and text of what is executed or looked up; scenarios have hashes of their own."""
    for entry in folder.iterdir():
        if entry.is_dir() and entry.name != "data":
            yield from _sources(entry, f"{before}{entry.name}/")
        elif entry.name.endswith((".py", ".yaml")):
            yield f"{before}{entry.name}", entry.read_text(encoding="utf-8")


def _fill(
    folder: Path,
    scenario: Scenario,
    plan: Plan,
    findings: Iterable[Finding],
    forecast: Forecast | None,
    extra: Mapping[str, pd.DataFrame],
) -> None:
    (folder / "scenario.json").write_bytes(scenario.model_dump_json(indent=2).encode() + b"\n")
    _write_json(folder / "plan.json", to_json(plan))
    for name, frame in {
        **tables(scenario, plan),
        "audit": audit_table(tuple(findings)),
        **extra,
    }.items():
        text = frame.to_csv(index=False, lineterminator="\n")
        (folder / f"{name}.csv").write_bytes(text.encode())
    if forecast is not None:
        _write_json(folder / "forecast.json", forecast.to_json())
        outcomes = forecast.outcomes
        if outcomes is not None:
            _write_parquet(folder / "outcomes.parquet", outcomes)


def _write_parquet(path: Path, frame: pd.DataFrame) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    # The schema's notes name library versions: without them the bytes depend on the data alone.
    table = pa.Table.from_pandas(frame, preserve_index=False).replace_schema_metadata(None)
    pq.write_table(table, path, compression="zstd")


def _write_json(path: Path, data: Mapping[str, Any]) -> None:
    text = json.dumps(data, sort_keys=True, ensure_ascii=False, indent=2, allow_nan=False)
    path.write_bytes(text.encode() + b"\n")


def _head(folder: Path, scenario: Scenario, plan: Plan, meta: Meta) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "scenario": {
            "id": scenario.id,
            "title": scenario.title.model_dump(),
            "hash": scenario.content_hash,
        },
        "inputs": asdict(meta.inputs),
        "inputs_hash": meta.inputs.hash(scenario),
        "plan_hash": plan.content_hash,
        "complete": meta.complete,
        "solver": [asdict(level) for level in plan.levels],
        "versions": versions(),
        "planning_code": planning_code(),
        "files": {path.name: sha256(path.read_bytes()) for path in sorted(folder.iterdir())},
        "timings": {
            "created": datetime.now(UTC).isoformat(timespec="seconds"),
            "seconds": {name: round(value, 3) for name, value in meta.seconds.items()},
            "workers": meta.workers,
            "plan_from": meta.plan_from,
            "lost": meta.lost,
        },
    }


def _move(building: Path, folder: Path) -> None:
    """Put the built folder into place; the one it replaces goes last, and comes back on failure."""
    if not folder.exists():
        building.replace(folder)
        return
    old = folder.with_name(f".{folder.name}.{os.getpid()}.old")
    folder.replace(old)
    try:
        building.replace(folder)
    except OSError:
        old.replace(folder)
        raise
    shutil.rmtree(old)

"""The run folder as people and pages read it: piece by piece, and refused in words."""

from __future__ import annotations

import hashlib
import io
import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pandas as pd
from pydantic import ValidationError

from dashboards.texts import t
from planner.changes import Change, read_changes
from planner.plan import COLUMNS as PLAN_COLUMNS
from planner.plan import JOINT, Level, Plan, from_json
from scenarios.model import Scenario
from scenarios.part import Lang, Text

if TYPE_CHECKING:
    from sim.samples import Engine

FORMAT: Final = 1
"""Version of the folder's layout; a reader refuses any other."""

COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    **PLAN_COLUMNS,
    "audit": ("rule", "clause", "subject", "period", "required", "actual", "verdict"),
}
"""Columns of every table, by file name without ending."""

PLAN_TABLES: Final = tuple(PLAN_COLUMNS)
"""The tables an audit recomputes the rules from."""


DRAFTS: Final = "drafts"
"""The folder beside the runs that holds what planners edit."""

SCENARIOS: Final = "scenarios"
"""Folder beside the runs that holds scenarios of one's own."""

LEDGERS: Final = "ledgers"
"""Folder beside the runs that holds the ledgers of the app."""

ALLOCATIONS: Final = "allocations"
COMPARISONS: Final = "comparisons"
"""Folders beside the runs that hold what pages have had worked out."""

BESIDE: Final = frozenset(
    {SCENARIOS, DRAFTS, LEDGERS, ALLOCATIONS, COMPARISONS, "drivers", "stress"}
)
"""Folders that stand beside the runs and hold none."""

OTHER_RESULTS: Final = ("allocation.json", "compare.json", "drivers.json", "stress.json")
"""What lies in folders that commands write and that are no runs."""


class RunError(Exception):
    """A run that cannot be made, read or written; says so in either language.

    Parameters
    ----------
    key
        Key of the text in the catalogue.
    usage
        Whether the caller chose wrongly (a taken folder), and no data are at fault.
    **values
        What fills its places.
    """

    def __init__(self, key: str, *, usage: bool = False, **values: object) -> None:
        self.key = key
        self.usage = usage
        self.values = values
        super().__init__(t(key, "en", **values))

    def text(self, lang: Lang) -> str:
        """Return what is wrong, in one language."""
        return t(self.key, lang, **self.values)


@dataclass(frozen=True, slots=True)
class Inputs:
    """What, beside the scenario, decides the content of a run.

    Attributes
    ----------
    seed
        Root of all random numbers of the forecast; None for a plan without one.
    futures
        Number of futures asked for, with ``precision`` the most there may be; 0 for a plan without
        a forecast.
    time_limit_s
        The solver's time limit in seconds; None where a stored plan was forecast.
    plan_hash
        The stored plan that was forecast; None where the run made its own.
    fast
        Whether the time limit was wall time: the same inputs may then give another plan.
    engine, tails
        What simulated, and how often what follows the site visits was drawn for each future; None
        for a plan without a forecast.
    precision
        Half-width that every probability of a target is to be known to; None where the number of
        futures is fixed.
    outcomes
        Whether the outcome of every future is kept; None for a plan without a forecast.
    """

    seed: int | None
    futures: int
    time_limit_s: float | None = None
    plan_hash: str | None = None
    fast: bool = False
    engine: Engine | None = None
    tails: int | None = None
    precision: float | None = None
    outcomes: bool | None = None

    def hash(self, scenario: Scenario) -> str:
        """SHA-256 over the scenario's content and these inputs."""
        content = {"scenario": scenario.content_hash, **asdict(self)}
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Head:
    """What ``run.json`` says of a run.

    Attributes
    ----------
    scenario_id, title, scenario_hash
        The scenario it was made for.
    inputs, inputs_hash
        What decided its content.
    plan_hash
        Content hash of the plan.
    complete
        False where it was stopped and holds the best so far.
    levels
        The solver's aims: value, bound, proven.
    versions
        Version by package, Python included.
    files
        SHA-256 by file name.
    created
        When it was written, UTC.
    workers
        Processes that simulated.
    seconds
        Wall time of each step.
    planning_code
        Hash of the code that made the plan; None in a run that does not say.
    plan_from
        The run whose plan was taken instead of solving again; None where it was solved.
    lost
        ``finish`` where this machine did what a missing cluster was to do, ``stop`` where the work
        stopped without it; else None.
    """

    scenario_id: str
    title: Text
    scenario_hash: str
    inputs: Inputs
    inputs_hash: str
    plan_hash: str
    complete: bool
    levels: tuple[Level, ...]
    versions: Mapping[str, str]
    files: Mapping[str, str]
    created: datetime
    workers: int
    seconds: Mapping[str, float]
    planning_code: str | None = None
    plan_from: str | None = None
    lost: str | None = None


@dataclass(frozen=True)
class Run:
    """A run folder; its parts are read when they are asked for.

    Every part raises :class:`RunError` when it is missing, damaged, or of another run.
    """

    folder: Path
    head: Head

    @property
    def id(self) -> str:
        """The folder's name: what stands in addresses."""
        return self.folder.name

    @property
    def has_forecast(self) -> bool:
        """Whether the run was forecast, and not planned only."""
        return "forecast.json" in self.head.files

    @property
    def has_outcomes(self) -> bool:
        """Whether the outcome of every future was kept."""
        return "outcomes.parquet" in self.head.files

    @property
    def has_trips(self) -> bool:
        """Whether leaders may travel in the run's scenario, so that trips have a table."""
        return "trips.csv" in self.head.files

    @property
    def has_changes(self) -> bool:
        """Whether the plan was made from another one, so that what changed has a table."""
        return "changes.csv" in self.head.files

    @cached_property
    def changes(self) -> tuple[Change, ...]:
        """What differs from the plan that this one was made from, as it was stored."""
        self._expect("changes.csv", sha256(self._bytes("changes.csv")))
        try:
            return read_changes(self.scenario, self._csv("changes.csv"))
        except (KeyError, ValueError) as error:
            raise self._damaged("changes.csv", error) from error

    @cached_property
    def scenario(self) -> Scenario:
        """The scenario as resolved when the run was made."""
        try:
            scenario = Scenario.model_validate_json(self._bytes("scenario.json"))
        except ValidationError as error:
            raise self._damaged("scenario.json", error) from error
        self._expect("scenario.json", scenario.content_hash, self.head.scenario_hash)
        return scenario

    @cached_property
    def plan(self) -> Plan:
        """The plan."""
        try:
            plan = from_json(self._json("plan.json"))
            content_hash = plan.content_hash
        except (KeyError, TypeError, ValueError) as error:
            raise self._damaged("plan.json", error) from error
        self._expect("plan.json", content_hash, self.head.plan_hash)
        self._expect("plan.json", plan.scenario_hash, self.head.scenario_hash)
        return plan

    @cached_property
    def forecast(self) -> dict[str, Any]:
        """The forecast as plain data."""
        self._expect("forecast.json", sha256(self._forecast("forecast.json")))
        return self._json("forecast.json")

    @cached_property
    def outcomes(self) -> pd.DataFrame:
        """One row per future and bureau."""
        if self.has_forecast and not self.has_outcomes:
            raise RunError("run.no-outcomes", run=self.id)
        content = self._forecast("outcomes.parquet")
        self._expect("outcomes.parquet", sha256(content))
        return pd.read_parquet(io.BytesIO(content))

    @cached_property
    def audit(self) -> pd.DataFrame:
        """The audit that was stored with the plan."""
        self._expect("audit.csv", sha256(self._bytes("audit.csv")))
        return self.table("audit")

    def table(self, name: str) -> pd.DataFrame:
        """Read one table of ``COLUMNS`` as it lies in the folder, edited by hand or not.

        Texts throughout, empty where nothing is given; ``seats`` is a whole number.
        """
        file = f"{name}.csv"
        frame = self._csv(file)
        columns = COLUMNS[name]
        if name == "visits" and JOINT in frame:
            columns = (*columns, JOINT)
        if tuple(frame.columns) != columns:
            raise RunError(
                "run.columns",
                file=file,
                found=", ".join(map(str, frame.columns)),
                allowed=", ".join(columns),
            )
        if "seats" in frame:
            try:
                frame["seats"] = frame["seats"].astype(int)
            except ValueError as error:
                raise self._damaged(file, error) from error
        return frame

    def tables(self) -> dict[str, pd.DataFrame]:
        """Read every table of the plan that is there, as texts: the audit judges what they say."""
        return {
            name: self._csv(f"{name}.csv")
            for name in PLAN_TABLES
            if (self.folder / f"{name}.csv").is_file()
        }

    def edited(self) -> tuple[str, ...]:
        """Return the files that are no longer what was written, missing ones included."""
        return tuple(
            file
            for file, expected in sorted(self.head.files.items())
            if not (path := self.folder / file).is_file() or sha256(path.read_bytes()) != expected
        )

    def _csv(self, file: str) -> pd.DataFrame:
        try:
            return pd.read_csv(self._path(file), dtype=str, keep_default_na=False)
        except (ValueError, OSError) as error:
            raise self._damaged(file, error) from error

    def _path(self, file: str) -> Path:
        path = self.folder / file
        if not path.is_file():
            raise RunError("run.missing-file", folder=self.folder, file=file)
        return path

    def _bytes(self, file: str) -> bytes:
        try:
            return self._path(file).read_bytes()
        except OSError as error:
            raise self._damaged(file, error) from error

    def _json(self, file: str) -> dict[str, Any]:
        return _read_json(self._path(file))

    def _forecast(self, file: str) -> bytes:
        if not self.has_forecast:
            raise RunError("run.no-forecast", run=self.id)
        return self._bytes(file)

    def _expect(self, file: str, found: str, expected: str | None = None) -> None:
        if found != (expected or self.head.files[file]):
            raise RunError("run.altered", folder=self.folder, file=file)

    def _damaged(self, file: str, error: Exception) -> RunError:
        return RunError("run.damaged", file=self.folder / file, problem=first_line(error))


@dataclass(frozen=True, slots=True)
class RunList:
    """The runs of a folder, newest first, and what was wrong with the others."""

    runs: tuple[Run, ...]
    problems: tuple[RunError, ...]


def runs_root() -> Path:
    """Return the folder that holds the runs: ``BUREAU_RUNS``, or ``runs`` where one stands."""
    return Path(os.environ.get("BUREAU_RUNS") or "runs")


def read_run(folder: Path) -> Run:
    """Open a run folder; only ``run.json`` is read.

    Raises
    ------
    RunError
        When it is no run folder, or one of another format.
    """
    if not folder.is_dir():
        raise RunError("run.no-folder", usage=True, folder=folder)
    if not (folder / "run.json").is_file():
        raise RunError("run.no-head", folder=folder)
    data = _read_json(folder / "run.json")
    if data.get("format") != FORMAT:
        raise RunError(
            "run.format", folder=folder, found=repr(data.get("format")), allowed=str(FORMAT)
        )
    try:
        return Run(folder, _parse_head(data))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise RunError(
            "run.damaged", file=folder / "run.json", problem=first_line(error)
        ) from error


def find_run(name: str, root: Path | None = None) -> Run:
    """Open a run by its folder, or by its name under the root.

    Raises
    ------
    RunError
        When there is no such run.
    """
    named = (root or runs_root()) / name
    return read_run(named if named.is_dir() and not Path(name).is_dir() else Path(name))


def run_folders(root: Path) -> dict[str, int]:
    """Return the folders under a root that should be runs, by name, with when each was written.

    Not those that are hidden, stand beside the runs or hold other results; one that holds nothing
    known is taken for a run that is broken. The time is that of ``run.json`` in nanoseconds, 0
    where there is none.
    """
    if not root.is_dir():
        return {}
    found = {}
    for entry in os.scandir(root):
        if entry.name.startswith(".") or entry.name in BESIDE or not entry.is_dir():
            continue
        written_ns = _written_ns(entry.path)
        if written_ns or not any((root / entry.name / file).is_file() for file in OTHER_RESULTS):
            found[entry.name] = written_ns
    return dict(sorted(found.items()))


def _written_ns(folder: str) -> int:
    try:
        return Path(f"{folder}/run.json").stat().st_mtime_ns
    except OSError:
        return 0


def list_runs(root: Path) -> RunList:
    """Open every run in a folder; one that cannot be read is listed as a problem."""
    runs: list[Run] = []
    problems: list[RunError] = []
    for name in run_folders(root):
        try:
            runs.append(read_run(root / name))
        except RunError as error:
            problems.append(error)
    runs.sort(key=lambda run: run.head.created, reverse=True)
    return RunList(tuple(runs), tuple(problems))


def _parse_head(data: Mapping[str, Any]) -> Head:
    scenario, timings = data["scenario"], data["timings"]
    return Head(
        scenario_id=scenario["id"],
        title=Text(**scenario["title"]),
        scenario_hash=scenario["hash"],
        inputs=Inputs(**data["inputs"]),
        inputs_hash=data["inputs_hash"],
        plan_hash=data["plan_hash"],
        complete=data["complete"],
        levels=tuple(Level(**level) for level in data["solver"]),
        versions=dict(data["versions"]),
        files=dict(data["files"]),
        created=datetime.fromisoformat(timings["created"]),
        workers=timings["workers"],
        seconds=dict(timings["seconds"]),
        planning_code=data.get("planning_code"),
        plan_from=timings.get("plan_from"),
        lost=timings.get("lost"),
    )


def _read_json(path: Path) -> dict[str, Any]:
    try:
        data = json.loads(path.read_bytes())
    except (ValueError, OSError) as error:
        raise RunError("run.damaged", file=path, problem=first_line(error)) from error
    if not isinstance(data, dict):
        raise RunError("run.damaged", file=path, problem=f"{type(data).__name__}, not an object")
    return data


def sha256(content: bytes) -> str:
    """Return the SHA-256 of a file's content in hex."""
    return hashlib.sha256(content).hexdigest()


def first_line(error: Exception) -> str:
    """Return what an error says, without what it adds."""
    return (str(error) or type(error).__name__).splitlines()[0]

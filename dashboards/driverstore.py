"""What jobs have found out about a run's odds, beside the runs: drivers, and what it takes.

``<runs>/drivers/<run>`` and ``<runs>/stress/<run>`` hold what ``bureau drivers`` and
``bureau stress`` write.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pandas as pd

from dashboards.runs import Run, first_line

FOLDER: Final = "drivers"
STRESS: Final = "stress"
"""Folders beside the runs; each run that was asked about has one in them."""

BUDGET: Final = "budget"
COLUMNS: Final = ("day", "date", "kind", "bureau", "who", "detail")
"""Names that the simulation gives (:mod:`sim.stress`, :mod:`sim.replay`): a page that only reads
does not load it."""

Key = tuple[str, ...]
"""Which probability (:data:`sim.tally.Key`)."""

FUTURES: Final = 2000
"""Futures a job simulates."""


class StaleDrivers(Exception):
    """Stored drivers that are damaged, or belong to another plan or scenario."""


@dataclass(frozen=True)
class Stored:
    """The drivers of a run as they were stored.

    Attributes
    ----------
    folder
        Where they lie.
    data
        The content of ``drivers.json``.
    """

    folder: Path
    data: Mapping[str, Any]

    def chance(self, key: Key) -> Mapping[str, Any]:
        """Return what drives a probability."""
        match key:
            case ("target", bureau, target):
                found = self.data["bureaus"][bureau]["targets"][target]
            case ("all_main", bureau):
                found = self.data["bureaus"][bureau]["all_main"]
            case ("at_least", k):
                found = self.data["joint"]["at_least"][k]
            case (_, target):
                found = self.data["joint"]["targets"][target]
        return dict(found)

    def replay(self, name: str) -> pd.DataFrame:
        """Read the events of one year again, by the name of its quantile.

        Raises
        ------
        StaleDrivers
            When the table is missing or no table of events.
        """
        file = self.folder / f"replay_{name}.csv"
        try:
            events = pd.read_csv(file, dtype=str, keep_default_na=False)
            events["day"] = events["day"].astype(int)
        except (OSError, ValueError, KeyError) as error:
            raise StaleDrivers(f"{file.name}: {first_line(error)}") from error
        if tuple(events.columns) != COLUMNS:
            raise StaleDrivers(file.name)
        return events

    @property
    def replays(self) -> tuple[str, ...]:
        """Names of the years that were lived through again, the bad one first."""
        return tuple(sorted(self.data["replays"]))


def folder_of(root: Path, run: Run) -> Path:
    """Return where a run's drivers are, or go."""
    return root / FOLDER / run.id


def argv(root: Path, run: Run) -> tuple[str, ...]:
    """Return the command that finds and stores a run's drivers, without ``bureau`` before it."""
    seed = str(run.forecast["seed"])
    place = str(folder_of(root, run))
    return ("drivers", str(run.folder), "-n", str(FUTURES), "--seed", seed, "--out", place)


def stored(root: Path, run: Run) -> Stored | None:
    """Read a run's drivers; None where there are none.

    Raises
    ------
    StaleDrivers
        When they cannot be read, or belong to another plan or scenario.
    """
    folder = folder_of(root, run)
    data = _read(folder / "drivers.json", run)
    return None if data is None else Stored(folder, data)


def stress_argv(root: Path, run: Run) -> tuple[str, ...]:
    """Return the command that finds and stores what it takes, without ``bureau`` before it."""
    seed = str(run.forecast["seed"])
    return ("stress", str(run.folder), "--seed", seed, "--out", str(root / STRESS / run.id))


def stored_stress(root: Path, run: Run) -> Mapping[str, Any] | None:
    """Read what it takes for a run's odds to reach a goal; None where nobody has asked.

    Raises
    ------
    StaleDrivers
        When it cannot be read, or belongs to another plan or scenario.
    """
    return _read(root / STRESS / run.id / "stress.json", run)


def _read(file: Path, run: Run) -> Mapping[str, Any] | None:
    if not file.is_file():
        return None
    try:
        data = json.loads(file.read_bytes())
        told = data["scenario_hash"], data["plan_hash"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StaleDrivers(f"{file.name}: {first_line(error)}") from error
    if told != (run.head.scenario_hash, run.head.plan_hash):
        raise StaleDrivers(file.name)
    return dict(data)

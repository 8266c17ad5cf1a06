"""What drives a run's odds, where a job has stored it: ``<runs>/drivers/<run>``."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pandas as pd

from dashboards.runs import Run, first_line
from sim.replay import COLUMNS, QUANTILES

FOLDER: Final = "drivers"
"""Folder beside the runs; each run that was asked about has one in it."""

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
        return tuple(name for name in QUANTILES if name in self.data["replays"])


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
    file = folder / "drivers.json"
    if not file.is_file():
        return None
    try:
        data = json.loads(file.read_bytes())
        told = data["scenario_hash"], data["plan_hash"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StaleDrivers(f"{file.name}: {first_line(error)}") from error
    if told != (run.head.scenario_hash, run.head.plan_hash):
        raise StaleDrivers(file.name)
    return Stored(folder, data)

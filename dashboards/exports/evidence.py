"""What else a brief may rest on: drivers, an allocation or a comparison of the same plan."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from dashboards.runs import Run, RunError, first_line

Data = Mapping[str, Any]

_FILES: Final = {
    "drivers": "drivers.json",
    "allocation": "allocation.json",
    "compared": "compare.json",
}


@dataclass(frozen=True, slots=True)
class Evidence:
    """Stored results about a run's plan; None where none was given.

    Attributes
    ----------
    drivers
        Content of ``drivers.json``: what the odds hang on.
    allocation
        Content of ``allocation.json``: how the money should be split.
    measures
        Of ``compare.json``: every measure of the earlier run against this one, in the same futures.
    compared
        Seed, number of futures and confidence of that comparison.
    """

    drivers: Data | None = None
    allocation: Data | None = None
    measures: Data | None = None
    compared: Data | None = None


NONE: Final = Evidence()


def evidence(
    run: Run,
    before: Run | None = None,
    *,
    drivers: Path | None = None,
    allocation: Path | None = None,
    compared: Path | None = None,
) -> Evidence:
    """Read results about a run's plan from the folders they were written to.

    Parameters
    ----------
    run, before
        The run, and the earlier one it is held against.
    drivers, allocation, compared
        Folders that ``bureau drivers``, ``allocate`` and ``compare`` wrote with ``--out``.

    Raises
    ------
    RunError
        When a folder holds no such result, or one about another scenario or plan.
    """
    held, about = None, None
    if compared is not None:
        held = _read(compared, "compared")
        about = _against(held, run, before, compared)
    return Evidence(
        None if drivers is None else _of_plan(drivers, "drivers", run),
        None if allocation is None else _of_plan(allocation, "allocation", run),
        about,
        held,
    )


def allocation_of(run: Run, folder: Path) -> Data:
    """Read an allocation of the money for a run's plan.

    Raises
    ------
    RunError
        When the folder holds none, or one for another scenario or plan.
    """
    return _of_plan(folder, "allocation", run)


def _of_plan(folder: Path, kind: str, run: Run) -> Data:
    data = _read(folder, kind)
    found = (data.get("scenario_hash"), data.get("plan_hash"))
    if found != (run.head.scenario_hash, run.head.plan_hash):
        raise RunError("paper.other-plan", usage=True, file=folder / _FILES[kind], run=run.id)
    return data


def _read(folder: Path, kind: str) -> Data:
    file = folder / _FILES[kind]
    if not file.is_file():
        raise RunError("paper.no-evidence", usage=True, folder=folder, file=file.name)
    try:
        data = json.loads(file.read_bytes())
    except (ValueError, OSError) as error:
        raise RunError("paper.damaged", file=file, problem=first_line(error)) from error
    if not isinstance(data, dict):
        problem = f"{type(data).__name__}, not an object"
        raise RunError("paper.damaged", file=file, problem=problem)
    return data


def _against(data: Data, run: Run, before: Run | None, folder: Path) -> Data:
    """Return the measures of a run against the earlier one, which must be the first side."""
    file = folder / _FILES["compared"]
    if before is None:
        raise RunError("paper.compared-alone", usage=True)
    sides = [(side["scenario_hash"], side["plan_hash"]) for side in data["sides"]]
    now, then = ((one.head.scenario_hash, one.head.plan_hash) for one in (run, before))
    if sides[0] != then or now not in sides[1:]:
        raise RunError("paper.compared-others", usage=True, file=file, run=run.id, before=before.id)
    found: Data = data["against"][sides.index(now, 1) - 1]["measures"]
    return found

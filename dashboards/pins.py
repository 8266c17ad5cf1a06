"""Pins: the run that is recommended for each scenario, kept beside the runs."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Final

from dashboards.runs import RunError, first_line

FILE: Final = "pins.json"


def pinned(root: Path) -> dict[str, str]:
    """Return the id of the recommended run by scenario.

    Raises
    ------
    RunError
        When the file cannot be read.
    """
    file = root / FILE
    if not file.is_file():
        return {}
    try:
        data = json.loads(file.read_bytes())
        return {str(key): str(value) for key, value in data.items()}
    except (OSError, ValueError, AttributeError) as error:
        raise RunError("run.damaged", file=file, problem=first_line(error)) from error


def pin(root: Path, scenario_id: str, run_id: str | None) -> None:
    """Recommend a run of a scenario instead of any other; None recommends none.

    Raises
    ------
    RunError
        When the file cannot be read or written.
    """
    found = pinned(root)
    found.pop(scenario_id, None)
    if run_id is not None:
        found[scenario_id] = run_id
    file = root / FILE
    building = root / f".{FILE}.{os.getpid()}.new"
    try:
        text = json.dumps(found, sort_keys=True, ensure_ascii=False, indent=2)
        building.write_text(f"{text}\n", "utf-8", newline="\n")
        building.replace(file)
    except OSError as error:
        building.unlink(missing_ok=True)
        problem = first_line(error)
        raise RunError("run.unwritable", usage=True, folder=file, problem=problem) from error

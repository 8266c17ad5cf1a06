"""Drafts: deductions a planner has entered and wants to find again; no run knows of them."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from dashboards.runs import DRAFTS, RunError, first_line
from scenarios.model import Scenario
from sim.deductions import Deductions


def file_of(root: Path, scenario_id: str) -> Path:
    """Return where the draft of a scenario lies, below the runs' folder."""
    return root / DRAFTS / f"{scenario_id}.deductions.json"


def read(root: Path, scenario: Scenario) -> Deductions:
    """Return the draft of a scenario; none entered where there is none.

    What is of bureaus or items that the scenario does not have is left out.

    Raises
    ------
    RunError
        When the file cannot be read.
    """
    file = file_of(root, scenario.id)
    if not file.is_file():
        return Deductions()
    try:
        data: dict[str, Any] = json.loads(file.read_bytes())
        bureaus = [bureau.id for bureau in scenario.organisation.bureaus]
        items = [item.id for item in scenario.assessment.items]
        return Deductions(
            {key: int(value) for key, value in data["late"].items() if key in bureaus},
            {
                (item, bureau): float(value)
                for item, own in data["points"].items()
                for bureau, value in own.items()
                if item in items and bureau in bureaus
            },
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise RunError("run.damaged", file=file, problem=first_line(error)) from error


def write(root: Path, scenario: Scenario, deductions: Deductions) -> Path:
    """Write the draft of a scenario over the one before, whole or not at all.

    Raises
    ------
    RunError
        When it cannot be written.
    """
    file = file_of(root, scenario.id)
    items = [item.id for item in scenario.assessment.items]
    content = {
        "scenario": scenario.id,
        "late": {key: value for key, value in sorted(deductions.late.items()) if value},
        "points": {item: _of_item(deductions, item) for item in items},
    }
    building = file.with_name(f".{file.name}.{os.getpid()}.new")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps(content, sort_keys=True, ensure_ascii=False, indent=2)
        building.write_text(f"{text}\n", "utf-8", newline="\n")
        building.replace(file)
    except OSError as error:
        building.unlink(missing_ok=True)
        problem = first_line(error)
        raise RunError("run.unwritable", usage=True, folder=file, problem=problem) from error
    return file


def _of_item(deductions: Deductions, item: str) -> dict[str, float]:
    own: Sequence[tuple[str, float]] = [
        (bureau, value) for (key, bureau), value in deductions.points.items() if key == item
    ]
    return {bureau: value for bureau, value in sorted(own) if value}

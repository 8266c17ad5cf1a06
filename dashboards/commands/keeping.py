"""An answer kept in a file, for a page that asked by way of a job."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dashboards.runs import RunError, first_line


def keep(file: Path, facts: Mapping[str, Any]) -> None:
    """Write an answer as JSON, whole or not at all.

    Raises
    ------
    RunError
        When it cannot be written.
    """
    building = file.with_name(f".{file.name}.new")
    try:
        text = json.dumps(facts, ensure_ascii=False, indent=1)
        building.write_text(text + "\n", encoding="utf-8")
        building.replace(file)
    except OSError as error:
        problem = first_line(error)
        raise RunError("run.unwritable", usage=True, folder=file, problem=problem) from error

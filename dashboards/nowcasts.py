"""The nowcasts stored in a run's folder, by the day they are of."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

from dashboards.runs import RunError, first_line

NOWCASTS: Final = "nowcasts"


def stored(run: Path) -> dict[str, dict[str, Any]]:
    """Return the stored nowcasts of a run by as-of date, the earliest first.

    Raises
    ------
    RunError
        When one cannot be read.
    """
    found = {}
    for file in sorted((run / NOWCASTS).glob("*.json")):
        try:
            found[file.stem] = json.loads(file.read_bytes())
        except (ValueError, OSError) as error:
            raise RunError("run.damaged", file=file, problem=first_line(error)) from error
    return found

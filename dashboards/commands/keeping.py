"""Files that commands write where they are told to: whole or not at all."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from dashboards.runs import RunError, first_line


def expect_free(file: Path, *, force: bool) -> None:
    """Refuse a file that stands there already, unless it may be replaced.

    Raises
    ------
    RunError
        When it stands there, or is a folder, which is never replaced.
    """
    if file.is_dir() or (file.exists() and not force):
        raise RunError("file.taken", usage=True, file=file)


def put(file: Path, content: bytes) -> None:
    """Write a file, whole or not at all.

    Raises
    ------
    RunError
        When it cannot be written.
    """
    building = file.with_name(f".{file.name}.new")
    try:
        building.write_bytes(content)
        building.replace(file)
    except OSError as error:
        with suppress(OSError):
            building.unlink(missing_ok=True)
        problem = error.strerror or first_line(error)
        raise RunError("file.unwritable", usage=True, file=file, problem=problem) from error


def keep(file: Path, facts: Mapping[str, Any]) -> None:
    """Write an answer as JSON, for a page that asked by way of a job; see :func:`put`."""
    put(file, f"{json.dumps(facts, ensure_ascii=False, indent=1)}\n".encode())

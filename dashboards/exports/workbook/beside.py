"""Results that lie beside a run and go into its workbook: an allocation, what drives the odds."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pandas as pd

from dashboards.runs import Run, RunError, first_line

_BUDGETS: Final = (
    "bureau",
    "present_yuan",
    "proposed_yuan",
    "marginal_value_per_10000_yuan",
    "low",
    "high",
    "never_binding_90_yuan",
)
"""Columns of ``allocation.csv`` that are shown."""


@dataclass(frozen=True, slots=True)
class Allotment:
    """A stored answer to how the money should be split.

    Attributes
    ----------
    content
        The content of ``allocation.json``.
    budgets, frontier
        The tables of ``allocation.csv`` and ``frontier.csv``.
    """

    content: Mapping[str, Any]
    budgets: pd.DataFrame
    frontier: pd.DataFrame


def read_allotment(folder: Path, run: Run) -> Allotment:
    """Read the folder of ``bureau allocate`` that belongs to a run's scenario.

    Raises
    ------
    RunError
        When it is none, damaged, or of another scenario.
    """
    content = _content(folder / "allocation.json")
    _same(folder, content, "scenario_hash", run.head.scenario_hash)
    try:
        budgets, frontier = (
            pd.read_csv(folder / f"{name}.csv") for name in ("allocation", "frontier")
        )
    except (OSError, ValueError) as error:
        raise RunError("run.damaged", file=folder, problem=first_line(error)) from error
    _holds(folder / "allocation.json", content, ("answer", "aim", "bureaus", "judged", "seed"))
    totals = [f"{bureau}_yuan" for bureau in content["bureaus"]]
    _columns(folder / "allocation.csv", budgets, _BUDGETS)
    _columns(folder / "frontier.csv", frontier, ("total_yuan", *totals, "value", "low", "high"))
    return Allotment(content, budgets, frontier)


def read_drivers(folder: Path, run: Run) -> Mapping[str, Any]:
    """Read the folder of ``bureau drivers`` that belongs to a run's plan.

    Raises
    ------
    RunError
        When it is none, damaged, or of another scenario or plan.
    """
    content = _content(folder / "drivers.json")
    _same(folder, content, "scenario_hash", run.head.scenario_hash)
    _same(folder, content, "plan_hash", run.head.plan_hash)
    _holds(folder / "drivers.json", content, ("bureaus", "seed", "tornado"))
    return content


def _content(file: Path) -> dict[str, Any]:
    if not file.is_file():
        raise RunError("workbook.beside.missing", usage=True, folder=file.parent, file=file.name)
    try:
        found = json.loads(file.read_bytes())
    except (OSError, ValueError) as error:
        raise RunError("run.damaged", file=file, problem=first_line(error)) from error
    if not isinstance(found, dict):
        raise RunError("run.damaged", file=file, problem=type(found).__name__)
    return found


def _holds(file: Path, content: Mapping[str, Any], keys: Sequence[str]) -> None:
    missing = [key for key in keys if key not in content]
    if missing:
        raise RunError("run.damaged", file=file, problem=f"no '{missing[0]}'")


def _columns(file: Path, table: pd.DataFrame, allowed: Sequence[str]) -> None:
    found = list(map(str, table.columns))
    if not set(allowed) <= set(found):
        words = ", ".join(found), ", ".join(allowed)
        raise RunError("run.columns", file=file, found=words[0], allowed=words[1])


def _same(folder: Path, content: Mapping[str, Any], key: str, expected: str) -> None:
    found = str(content.get(key))
    if found != expected:
        short = {"found": found[:12], "allowed": expected[:12]}
        raise RunError(f"workbook.beside.{key}", usage=True, folder=folder, **short)

"""Ledgers as commands and pages open them: by path, refused in words where there is none."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from dashboards.runs import RunError
from scenarios.faults import ScenarioError

if TYPE_CHECKING:
    from scenarios.ledger import Ledger
    from scenarios.model import Scenario


def expect_ledger(path: Path) -> None:
    """Refuse what is no ledger.

    Raises
    ------
    RunError
        When nothing lies there, or something else.
    """
    from scenarios.ledger import is_ledger

    if not is_ledger(path):
        there = path.exists() or path.is_symlink()
        raise RunError("ledger.other" if there else "ledger.none", usage=True, folder=path)


def open_ledger(path: Path, scenario: Scenario, day: date) -> Ledger:
    """Read a ledger with the ids of a scenario; days after today, or after ``day``, are faults.

    Rows that are wrong are left out and told in its faults.

    Raises
    ------
    RunError
        When there is none.
    ScenarioError
        When it, or a table of it, cannot be read at all: what is counted would be wrong.
    """
    from scenarios.ledger import read_ledger

    expect_ledger(path)
    found = read_ledger(path, scenario, today=max(day, date.today()))
    if found.unreadable:
        raise ScenarioError(found.unreadable)
    return found

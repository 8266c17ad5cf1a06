"""Ledgers as commands and pages open them: by path, refused in words where there is none."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from dashboards.runs import RunError

if TYPE_CHECKING:
    from scenarios.ledger import Ledger
    from scenarios.model import Scenario


def open_ledger(path: Path, scenario: Scenario, day: date) -> Ledger:
    """Read a ledger with the ids of a scenario; days after today, or after ``day``, are faults.

    Raises
    ------
    RunError
        When there is none.
    """
    from scenarios.ledger import is_ledger, read_ledger

    if not is_ledger(path):
        raise RunError("ledger.none", usage=True, folder=path)
    return read_ledger(path, scenario, today=max(day, date.today()))

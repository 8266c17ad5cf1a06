"""The ledgers beside the runs: which there are, and what each says up to a day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

import pandas as pd
import streamlit as st

from dashboards.progress import Course, Floats, course
from dashboards.runs import LEDGERS
from scenarios.faults import ScenarioError
from scenarios.ledger import Ledger, read_ledger
from scenarios.ledger.standing import Standing, metrics, standing
from scenarios.ledger.tables import RECORDED
from scenarios.ledger.weekly import Item, weekly_check
from scenarios.model import Scenario

FILES: Final = (".xlsx", ".sqlite")
"""Endings of ledgers that are one file; others are folders of CSV files."""

DEMO: Final = "-demo"
"""What the name of a made-up ledger ends in, so that the true one keeps the scenario's name."""


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """What a ledger says at the end of a day.

    Attributes
    ----------
    ledger
        As read: not yet cut to the day.
    known
        The same, cut to the day.
    standing
        Where each bureau stands.
    counted
        What targets speak of, by metric.
    items
        The weekly check.
    course
        How amounts and spend came to where they stand.
    """

    ledger: Ledger
    known: Ledger
    standing: Standing
    counted: Mapping[str, Floats]
    items: tuple[Item, ...]
    course: Course


def names(root: Path) -> tuple[str, ...]:
    """Return the ledgers there are, by file name: folders, workbooks and databases."""
    folder = root / LEDGERS
    if not folder.is_dir():
        return ()
    return tuple(
        sorted(
            entry.name
            for entry in folder.iterdir()
            if not entry.name.startswith((".", "~"))
            and (entry.is_dir() or entry.suffix.lower() in FILES)
        )
    )


def default(found: tuple[str, ...], scenario: str) -> str | None:
    """Return the ledger of a scenario by name; else its made-up one; None where it has neither."""
    wanted = [f"{stem}{ending}" for stem in (scenario, scenario + DEMO) for ending in ("", *FILES)]
    return next((name for name in wanted if name in found), None)


def is_invented(path: Path, ledger: Ledger) -> bool:
    """Whether a ledger says, by its note or its name, that it is made up."""
    return ledger.synthetic or path.name.removesuffix(path.suffix).endswith(DEMO)


def stamp(path: Path) -> tuple[int, ...]:
    """Return what changes when a ledger is written to: times in ns, and sizes in bytes."""
    files = [path] if path.is_file() else sorted(x for x in path.iterdir() if x.is_file())
    stats = [file.stat() for file in files]
    return (*(one.st_mtime_ns for one in stats), *(one.st_size for one in stats))


def last_day(ledger: Ledger, scenario: Scenario) -> date | None:
    """Return the last day on which something was recorded, held to the horizon.

    None where nothing was recorded before its end.
    """
    days = [table[RECORDED].max() for table in ledger.tables.values() if len(table)]
    if not days:
        return None
    last = max(pd.Timestamp(day) for day in days).date()
    horizon = scenario.horizon
    return min(max(last, horizon.start), horizon.end)


def read(path: Path, scenario: Scenario) -> Ledger:
    """Read a ledger, once for all who look while nobody writes to it.

    Raises
    ------
    ScenarioError
        When it is no ledger that can be opened.
    """
    return _read(str(path), stamp(path), scenario.content_hash, date.today(), scenario)


def look(path: Path, scenario: Scenario, day: date) -> Look:
    """Return what a ledger says at the end of a day, worked out once.

    Raises
    ------
    ScenarioError
        When it, or a table of it, cannot be read at all: what is counted would be wrong.
    """
    return _look(str(path), stamp(path), scenario.content_hash, date.today(), day, scenario)


def content_hash_at(path: Path, scenario: Scenario, day: date) -> str:
    """Return the hash that a nowcast of a day would name the ledger by."""
    return _hash(str(path), stamp(path), scenario.content_hash, date.today(), day, scenario)


@st.cache_data(max_entries=64, show_spinner=False)
def _hash(
    path: str,
    stamped: tuple[int, ...],
    scenario_hash: str,
    today: date,
    day: date,
    _scenario: Scenario,
) -> str:
    from sim.nowcast import content_hash

    return content_hash(_read(path, stamped, scenario_hash, today, _scenario).as_of(day))


@st.cache_resource(max_entries=8, show_spinner=False)
def _read(
    path: str, stamped: tuple[int, ...], scenario_hash: str, today: date, _scenario: Scenario
) -> Ledger:
    del stamped, scenario_hash
    return read_ledger(Path(path), _scenario, today=today)


@st.cache_resource(max_entries=32, show_spinner=False)
def _look(
    path: str,
    stamped: tuple[int, ...],
    scenario_hash: str,
    today: date,
    day: date,
    _scenario: Scenario,
) -> Look:
    ledger = _read(path, stamped, scenario_hash, today, _scenario)
    if ledger.unreadable:
        raise ScenarioError(ledger.unreadable)
    known = ledger.as_of(day)
    return Look(
        ledger,
        known,
        standing(known, _scenario, day),
        metrics(known, _scenario, day),
        weekly_check(known, _scenario, day),
        course(known, _scenario, day),
    )

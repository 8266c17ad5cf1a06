"""What people upload: one workbook, or tables as CSV laid into a scenario."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath

from dashboards.texts import t
from scenarios.faults import Fault, ScenarioError, say
from scenarios.model import Scenario
from scenarios.part import Lang
from scenarios.workbook.layout import SHEETS
from scenarios.workbook.read import CsvTable, read_csv_table, read_workbook, with_tables


@dataclass(frozen=True, slots=True)
class Proposal:
    """What an upload or an edit would make of a scenario.

    Attributes
    ----------
    scenario
        The scenario; None where there are faults.
    faults
        Everything that is wrong; empty where there is a scenario.
    tables
        The tables that came as CSV, with the encoding each was read in, by file name.
    """

    scenario: Scenario | None
    faults: tuple[Fault, ...] = ()
    tables: tuple[tuple[str, CsvTable], ...] = ()


def read_uploads(files: Sequence[tuple[str, bytes]], base: Scenario) -> Proposal:
    """Read uploaded files: a workbook makes a whole scenario, tables are laid into it or the base.

    Parameters
    ----------
    files
        Name and bytes of each.
    base
        The scenario that tables are laid into where no workbook is among the files.
    """
    books = [file for file in files if PurePath(file[0]).suffix.lower() != ".csv"]
    if len(books) > 1:
        names = ", ".join(name for name, _ in books)
        found = say(f"{len(books)} 个工作簿", f"{len(books)} workbooks")
        fault = Fault(names, found, say("一次一个工作簿", "one workbook at a time"))
        return Proposal(None, (fault,))
    faults: list[Fault] = []
    tables: list[tuple[str, CsvTable]] = []
    for name, raw in files:
        if (name, raw) in books:
            continue
        try:
            tables.append((name, read_csv_table(raw, name)))
        except ScenarioError as error:
            faults += error.faults
    scenario: Scenario | None = base
    try:
        for name, raw in books:
            scenario = read_workbook(raw, name)
        if scenario is not None and tables and not faults:
            grids = {table.sheet: table.grid for _, table in tables}
            scenario = with_tables(scenario, grids, ", ".join(name for name, _ in tables))
    except ScenarioError as error:
        faults += error.faults
    return Proposal(None if faults else scenario, tuple(faults), tuple(tables))


def encodings(proposal: Proposal, lang: Lang) -> list[str]:
    """Return a line for each table that came as CSV: which one it is, and its encoding."""
    return [
        t(
            "app.data.csv",
            lang,
            file=name,
            sheet=SHEETS[table.sheet].title.get(lang),
            encoding=table.encoding,
        )
        for name, table in proposal.tables
    ]

"""What people upload: one workbook, or tables as CSV laid into a scenario."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath

from dashboards.texts import t
from scenarios.faults import Fault, ScenarioError
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
    passed_over
        Names of files that a later one of the same kind took the place of.
    """

    scenario: Scenario | None
    faults: tuple[Fault, ...] = ()
    tables: tuple[tuple[str, CsvTable], ...] = ()
    passed_over: tuple[str, ...] = ()


def read_uploads(files: Sequence[tuple[str, bytes]], base: Scenario) -> Proposal:
    """Read uploaded files: a workbook makes a whole scenario, tables are laid into it or the base.

    Parameters
    ----------
    files
        Name and bytes of each, in the order of upload: of several workbooks, or several tables of
        one sheet, the last counts, as it is the mended one.
    base
        The scenario that tables are laid into where no workbook is among the files.
    """
    books = [file for file in files if not _is_csv(file[0])]
    passed_over = [name for name, _ in books[:-1]]
    faults: list[Fault] = []
    tables: dict[str, tuple[str, CsvTable]] = {}
    for name, raw in files:
        if not _is_csv(name):
            continue
        try:
            table = read_csv_table(raw, name)
        except ScenarioError as error:
            faults += error.faults
            continue
        if table.sheet in tables:
            passed_over.append(tables.pop(table.sheet)[0])
        tables[table.sheet] = (name, table)
    scenario = base
    try:
        for name, raw in books[-1:]:
            scenario = read_workbook(raw, name)
        if tables and not faults:
            grids = {sheet: table.grid for sheet, (_, table) in tables.items()}
            scenario = with_tables(scenario, grids, ", ".join(name for name, _ in tables.values()))
    except ScenarioError as error:
        faults += error.faults
    return Proposal(
        None if faults else scenario, tuple(faults), tuple(tables.values()), tuple(passed_over)
    )


def _is_csv(name: str) -> bool:
    return PurePath(name).suffix.lower() == ".csv"


def remarks(proposal: Proposal, lang: Lang) -> list[str]:
    """Return what is to be said of the files: which were passed over, how tables were read."""
    over = t("app.list", lang).join(proposal.passed_over)
    said = [t("app.data.passed-over", lang, files=over)] if over else []
    return said + [
        t(
            "app.data.csv",
            lang,
            file=name,
            sheet=SHEETS[table.sheet].title.get(lang),
            encoding=table.encoding,
        )
        for name, table in proposal.tables
    ]

"""Loading a scenario: find it, read it, lay it over what it extends, fill in tables and holidays.

Every fault of every file is gathered before any is reported.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from scenarios.check import check
from scenarios.faults import Fault, ScenarioError, did_you_mean, listed, say
from scenarios.holidays import with_holidays
from scenarios.joining import with_leader_days, with_persons
from scenarios.library import SCENARIO_FILE, partials, shipped, shipped_file
from scenarios.merge import extend
from scenarios.model import Scenario
from scenarios.reading import Reading, is_file, quoted
from scenarios.tables import COMPANIES, LEADER_DAYS, PERSONS, TABLES, Table, read_table
from scenarios.wording import shown_value
from scenarios.yamldoc import read_yaml

_WORKBOOKS = (".xlsx", ".xlsm", ".xls")
"""Endings of what is read as a workbook; the reader says why it takes only the first."""


def load_scenario(source: str | Path) -> Scenario:
    """Load a scenario.

    Parameters
    ----------
    source
        A shipped name such as ``"bole-2023"``; a folder that holds ``scenario.yaml`` and the CSV
        tables it names; a YAML file; or a workbook (``.xlsx``). A shipped name wins over a folder
        of the same name: write ``./bole-2023`` for the folder.

    Returns
    -------
    Scenario
        The scenario, complete and free of contradictions.

    Raises
    ------
    ScenarioError
        With every fault that was found: file with line, row or key, what was found, what is
        allowed, what to do.
    """
    path = _find(source)
    if path.suffix.lower() in _WORKBOOKS:
        # Loaded only where there is a workbook to read: most loads never need it.
        from scenarios.workbook.read import read_workbook

        return read_workbook(path)
    return check(with_holidays(_resolved(path, path.name, ())))


def _find(source: str | Path) -> Path:
    if isinstance(source, str):
        file = shipped_file(source) if source in shipped() else None
        if file is not None:
            return file
    path = Path(source)
    for place in (path, path / SCENARIO_FILE):
        if is_file(place):
            return place
    text = str(source)
    where = text if text.isprintable() and len(text) <= 200 else quoted(text)
    raise ScenarioError([_unknown_scenario(where, text, shipped())])


def _unknown_scenario(where: str, name: str, known: tuple[str, ...]) -> Fault:
    names = listed(known)
    return Fault(
        where,
        say(f"不存在的场景 {quoted(name)}", f"no scenario {quoted(name)}"),
        say(
            f"含 {SCENARIO_FILE} 的文件夹、一个 YAML 文件、一个工作簿（.xlsx），"
            f"或下列之一：{names.zh}",
            f"a folder with {SCENARIO_FILE}, a YAML file, a workbook (.xlsx), or one of {names.en}",
        ),
        did_you_mean(name, known),
    )


def _resolved(path: Path, label: str, above: tuple[Path, ...]) -> Reading:
    """Read a YAML file with its tables, laid over what it extends."""
    reading = read_yaml(path, label)
    if reading.data is None:
        return reading
    reading, tables = _tables(reading, path, label)
    if "extends" in reading.data:
        base = _base(reading, path, (*above, path.resolve()))
        own = {key: value for key, value in reading.data.items() if key != "extends"}
        if base.data is None:
            return Reading(None, faults=(*base.faults, *reading.faults))
        reading = extend(base, replace(reading, data=own))
    if PERSONS.key in tables:
        reading = with_persons(reading, tables[PERSONS.key])
    if LEADER_DAYS.key in tables:
        reading = with_leader_days(reading, tables[LEADER_DAYS.key])
    return reading


def _base(reading: Reading, path: Path, above: tuple[Path, ...]) -> Reading:
    name = reading.data["extends"]
    where = reading.where(("extends",))
    if not isinstance(name, str) or not name:
        allowed = say("自带场景名或 YAML 文件路径", "a shipped name or the path of a YAML file")
        fault = Fault(where, say("无名称", "no name"), allowed)
        return Reading(None, faults=(fault,))
    file = shipped_file(name)
    if file is None:
        places = (path.parent / name, path.parent / name / SCENARIO_FILE)
        file = next((place for place in places if is_file(place)), None)
        if file is None:
            known = (*partials(), *shipped())
            return Reading(None, faults=(_unknown_scenario(where, name, known),))
    if file.resolve() in above:
        names = [f"{x.parent.name}/{x.name}" for x in (*above, file.resolve())]
        fault = Fault(
            where,
            say(f"循环：{' → '.join(names)}", f"a circle: {' extends '.join(names)}"),
            say("有尽头的继承链", "a chain with an end"),
            say("删去其中一个 'extends'", "remove one 'extends'"),
        )
        return Reading(None, faults=(fault,))
    return _resolved(file, f"{file.parent.name}/{file.name}", above)


def _tables(reading: Reading, path: Path, label: str) -> tuple[Reading, dict[str, Reading]]:
    """Read the tables a document names; companies go into it, the others are handed back."""
    data = dict(reading.data)
    places = dict(reading.places)
    faults = list(reading.faults)
    others: dict[str, Reading] = {}
    for table in TABLES:
        value = data.get(table.key)
        if table.key not in data or (table is COMPANIES and isinstance(value, list)):
            continue
        if table is PERSONS and isinstance(value, list):
            at = {keys: place for keys, place in places.items() if keys[:1] == (table.key,)}
            found = Reading(value, at)
        else:
            found = _table(value, table, reading.where((table.key,)), path, label)
        faults += found.faults
        del data[table.key]
        if table is COMPANIES:
            data[table.key] = found.data
            places.update(found.places)
        else:
            others[table.key] = found
    return Reading(data, places, tuple(faults)), others


def _table(value: Any, table: Table, where: str, path: Path, label: str) -> Reading:
    if not isinstance(value, str) or Path(value).name != value or not value.endswith(".csv"):
        allowed = say(
            f"与 {path.name} 同一文件夹的 CSV 文件名，如 {table.key}.csv",
            f"the name of a CSV file beside {path.name}, such as {table.key}.csv",
        )
        return Reading([], faults=(Fault(where, shown_value(value), allowed),))
    if not is_file(path.parent / value):
        missing = Fault(
            where,
            say(f"不存在的文件 {quoted(value)}", f"no file {quoted(value)}"),
            say(f"与 {path.name} 同一文件夹的 CSV 文件", f"a CSV file beside {path.name}"),
            say("把文件放到该处，或改正文件名", "put the file there or correct the name"),
        )
        return Reading([], faults=(missing,))
    return read_table(path.parent / value, label.removesuffix(path.name) + value, table)

"""Scenarios as pages know them: those that ship, and one's own beside the runs."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from dashboards.runs import SCENARIOS
from scenarios.faults import Fault, ScenarioError, same, say
from scenarios.files import write_file
from scenarios.library import SCENARIO_FILE, shipped
from scenarios.load import load_scenario
from scenarios.model import Scenario
from scenarios.part import Text
from scenarios.reading import is_file, quoted
from scenarios.template import make_folder, name_faults
from scenarios.writing import fill_folder, nearest

_DEVICES: Final = frozenset(
    ("con", "prn", "aux", "nul", *(f"{x}{i}" for x in ("com", "lpt") for i in range(1, 10)))
)
"""Names that no file may have on Windows."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A scenario in the list.

    Attributes
    ----------
    id
        What stands in addresses: the shipped name, or the folder's.
    title
        Its title; None where it cannot be read.
    own
        Whether it is one of one's own, and not shipped.
    """

    id: str
    title: Text | None
    own: bool


def list_scenarios(root: Path) -> tuple[Entry, ...]:
    """Return the scenarios that ship, then one's own, each by name.

    One of one's own that cannot be read is listed without a title: :func:`load` says why.
    """
    return (*_shipped(), *_own(root))


def load(root: Path, name: str) -> Scenario:
    """Return a scenario by id: a shipped one, or one's own.

    Raises
    ------
    ScenarioError
        When there is none of that id, or it cannot be read: every fault.
    """
    return load_scenario(source_of(root, name))


def stamp(root: Path, name: str) -> int:
    """Return when a scenario of one's own was last written, in ns; 0 for a shipped one."""
    folder = root / SCENARIOS / name
    if name in shipped() or name_faults(name) or not folder.is_dir():
        return 0
    return max((file.stat().st_mtime_ns for file in folder.iterdir()), default=0)


def source_of(root: Path, name: str) -> str:
    """Return what a command line calls a scenario: a shipped name, or the path of its folder."""
    if name in shipped() or name_faults(name):
        return name
    folder = root / SCENARIOS / name
    return str(folder.resolve()) if is_file(folder / SCENARIO_FILE) else name


def save(root: Path, scenario: Scenario, *, replace: bool = False) -> Path:
    """Write a scenario as one's own, whole or not at all, as short as it can be said.

    Parameters
    ----------
    root
        The folder of the runs.
    scenario
        What is saved, under its id.
    replace
        Whether one's own scenario of that id may be replaced; a shipped one never is.

    Returns
    -------
    Path
        Its folder.

    Raises
    ------
    ScenarioError
        When the id ships, is taken or is no safe name, or it cannot be written.
    """
    folder = root / SCENARIOS / scenario.id
    taken = is_file(folder / SCENARIO_FILE)
    faults = list(_name_faults(scenario.id, taken=taken and not replace))
    if faults:
        raise ScenarioError(faults)
    base = nearest(scenario)
    if not taken:
        make_folder(folder, lambda draft: fill_folder(draft, scenario, base))
        return folder
    with tempfile.TemporaryDirectory() as scratch:
        fill_folder(Path(scratch), scenario, base)
        content = (Path(scratch) / SCENARIO_FILE).read_bytes()
    write_file(folder / SCENARIO_FILE, content, force=True)
    return folder


def free_name(root: Path, name: str) -> str:
    """Return an id like a name that no scenario has yet."""
    taken = {entry.id for entry in list_scenarios(root)}
    number = 2
    found = name
    while found in taken:
        found = f"{name[:40].rstrip('-')}-{number}"
        number += 1
    return found


@cache
def _shipped() -> tuple[Entry, ...]:
    """Return what ships; it does not change while the program runs."""
    return tuple(Entry(name, load_scenario(name).title, own=False) for name in shipped())


def _own(root: Path) -> Iterator[Entry]:
    place = root / SCENARIOS
    for folder in sorted(place.iterdir()) if place.is_dir() else []:
        if folder.name.startswith(".") or not folder.is_dir() or folder.name in shipped():
            continue
        try:
            title = load_scenario(folder).title
        except ScenarioError:
            title = None
        yield Entry(folder.name, title, own=True)


def _name_faults(name: str, *, taken: bool) -> Iterator[Fault]:
    yield from name_faults(name)
    if name in _DEVICES:
        found = say(f"系统保留名 {quoted(name)}", f"the reserved name {quoted(name)}")
        yield Fault("name", found, say("别的名称", "another name"))
    elif name in shipped():
        found = say(
            f"自带场景的编号 {quoted(name)}", f"the id of a shipped scenario, {quoted(name)}"
        )
        remedy = say("换一个编号；自带场景不会被覆盖", "choose another id; what ships stays")
        yield Fault("name", found, say("尚未使用的编号", "an id not used yet"), remedy)
    elif taken:
        remedy = say(
            "换一个编号，或选择覆盖", "choose another id, or say that it is to be replaced"
        )
        yield Fault("name", same(quoted(name)), say("尚未使用的编号", "an id not used yet"), remedy)

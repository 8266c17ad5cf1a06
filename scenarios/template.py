"""A new scenario folder to start from: the copy of a shipped one under another name."""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from scenarios.faults import Fault, ScenarioError, did_you_mean, one_of, same, say
from scenarios.library import SCENARIO_FILE, shipped, shipped_file
from scenarios.part import Identifier
from scenarios.reading import quoted
from scenarios.schema import json_schema

SCHEMA_FILE = "scenario.schema.json"
_ID_LINE = re.compile(r"^id: .*$", re.MULTILINE)


def new_scenario(name: str, folder: Path, base: str = "minimal") -> Path:
    """Write a new scenario folder as a copy of a shipped scenario, with a schema for editors.

    The copy keeps the base's comments and tables and goes by the new name; what the base extends
    it extends too. Nothing is ever overwritten, and either the whole folder appears or nothing.

    Parameters
    ----------
    name
        The id of the new scenario.
    folder
        The folder to make; its parent is made where it is missing.
    base
        The shipped scenario to copy.

    Returns
    -------
    Path
        The new folder.

    Raises
    ------
    ScenarioError
        When the name is no id, the base does not ship, the folder exists or cannot be written.
    """
    faults = name_faults(name)
    file = shipped_file(base) if base in shipped() else None
    if file is None:
        near = did_you_mean(base, shipped())
        faults.append(Fault("base", same(quoted(base)), one_of(shipped()), near))
    faults += place_faults(folder)
    if faults or file is None:
        raise ScenarioError(faults)
    source = file.parent
    make_folder(folder, lambda draft: _fill(name, draft, source))
    return folder


def name_faults(name: str) -> list[Fault]:
    """Return what is wrong with a new scenario's id."""
    try:
        TypeAdapter(Identifier).validate_python(name)
    except ValidationError:
        allowed = say(
            "由小写字母、数字和连字符组成的短名，如 my-city",
            "a short name of small letters, digits and hyphens such as my-city",
        )
        return [Fault("name", same(quoted(name)), allowed)]
    return []


def place_faults(folder: Path) -> list[Fault]:
    """Return what is wrong with where a new scenario is to go."""
    if not folder.exists() and not folder.is_symlink():
        return []
    found = say("已存在的文件或文件夹", "something that exists")
    allowed = say("尚不存在、待新建的文件夹", "a folder to be made")
    remedy = say("换一个名称；不覆盖任何内容", "choose another name; nothing is overwritten")
    return [Fault(str(folder), found, allowed, remedy)]


def make_folder(folder: Path, fill: Callable[[Path], None]) -> None:
    """Make a folder beside its place and move it there once it is filled.

    Raises
    ------
    ScenarioError
        When it cannot be written; nothing is left behind then.
    """
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{folder.name}-", dir=folder.parent) as scratch:
            draft = Path(scratch) / folder.name
            draft.mkdir()
            fill(draft)
            draft.rename(folder)
    except OSError as error:
        found = say(
            f"无法写入的文件夹（{error.strerror}）",
            f"a folder that cannot be written ({error.strerror})",
        )
        allowed = say("可以新建文件的位置", "a place where files may be made")
        fault = Fault(str(folder), found, allowed)
        raise ScenarioError([fault]) from None


def _fill(name: str, draft: Path, base: Path) -> None:
    for path in sorted(base.glob("*.csv")):
        shutil.copyfile(path, draft / path.name)
    text = _ID_LINE.sub(f"id: {name}", (base / SCENARIO_FILE).read_text("utf-8"), count=1)
    text = f"# yaml-language-server: $schema={SCHEMA_FILE}\n{text}"
    (draft / SCENARIO_FILE).write_text(text, "utf-8", newline="\n")
    schema = json.dumps(json_schema(), ensure_ascii=False, indent=1)
    (draft / SCHEMA_FILE).write_text(f"{schema}\n", "utf-8", newline="\n")

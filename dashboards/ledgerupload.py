"""A ledger that comes from outside: checked, then laid beside the runs whole or not at all."""

from __future__ import annotations

import io
import os
import shutil
import zipfile
from datetime import date
from pathlib import Path, PurePosixPath
from typing import Final

from dashboards.ledgerstore import FILES
from dashboards.runs import LEDGERS
from scenarios.faults import Fault, ScenarioError, listed, same, say
from scenarios.ledger import TABLES, read_ledger
from scenarios.ledger.files import NOTE
from scenarios.model import Scenario

LARGEST: Final = 300_000_000
"""Bytes that the tables of an uploaded archive may have together."""

ENDINGS: Final = (".zip", *FILES)
"""Endings of what can be uploaded."""


def keep(root: Path, name: str, file: str, content: bytes, scenario: Scenario) -> Path:
    """Lay an uploaded ledger beside the runs.

    Parameters
    ----------
    root
        The folder of the runs.
    name
        What the ledger is to be called, without ending.
    file
        What the uploaded file is called: a ZIP file of CSV files, a workbook or a database.
    content
        Its bytes.
    scenario
        Whose persons and bureaus its rows speak of.

    Returns
    -------
    Path
        Where it lies.

    Raises
    ------
    ScenarioError
        When it is no ledger, a table or all of its rows cannot be read, or there is one of that
        name. Nothing is kept then.
    """
    ending = PurePosixPath(file).suffix.lower()
    if ending not in ENDINGS:
        raise ScenarioError([Fault(file, same(ending or file), listed(ENDINGS))])
    target = root / LEDGERS / (name if ending == ".zip" else name + ending)
    if target.exists():
        raise _taken(target)
    scratch = target.with_name(f".{os.getpid()}.{target.name}")
    # Faults call a file as those do who uploaded it.
    building = scratch / PurePosixPath(file).name
    try:
        scratch.mkdir(parents=True, exist_ok=True)
        if ending == ".zip":
            _unpack(file, content, building)
        else:
            building.write_bytes(content)
        found = read_ledger(building, scenario, today=date.today())
        if found.unreadable or (found.faults and not found.n_rows):
            raise ScenarioError(found.unreadable or found.faults)
        building.rename(target)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return target


def _taken(target: Path) -> ScenarioError:
    return ScenarioError(
        [
            Fault(
                target.name,
                say("已有同名台账", "a ledger of that name"),
                say("尚未用过的名字", "a name that is not taken"),
                say(
                    "台账只增不改：在原处登记，或先移走旧的",
                    "a ledger is only added to: record there, or move the old one away first",
                ),
            )
        ]
    )


def _unpack(file: str, content: bytes, folder: Path) -> None:
    """Write the tables of an archive into a folder, whatever folders they lie in there."""
    folder.mkdir()
    allowed = listed(f"{name}.csv" for name in TABLES)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            found = {
                PurePosixPath(entry.filename).name: entry
                for entry in archive.infolist()
                if _is_part(entry.filename)
            }
            if not set(found) - {NOTE}:
                nothing = say("没有台账的表", "no table of a ledger")
                raise ScenarioError([Fault(file, nothing, allowed)])
            size = sum(entry.file_size for entry in found.values())
            if size > LARGEST:
                limit = say(f"最多 {LARGEST:,} 字节", f"at most {LARGEST:,} bytes")
                raise ScenarioError([Fault(file, same(f"{size:,}"), limit)])
            for name, entry in sorted(found.items()):
                # The head says how large an entry is; only so much of it is unpacked.
                with archive.open(entry) as source:
                    (folder / name).write_bytes(source.read(entry.file_size))
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
        broken = say(f"打不开的压缩包（{error}）", f"an archive that cannot be opened ({error})")
        raise ScenarioError(
            [Fault(file, broken, say("ZIP 压缩包，内含 CSV", "a ZIP file of CSV files"))]
        ) from error


def _is_part(path: str) -> bool:
    """Whether an entry of an archive is a table, or the note that says what the ledger is."""
    inside = PurePosixPath(path)
    is_table = inside.suffix == ".csv" and inside.stem in TABLES
    return (is_table or inside.name == NOTE) and inside.parts[0] != "__MACOSX"

"""Writing one file, whole or not at all."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from scenarios.faults import Fault, ScenarioError, say


def write_file(file: Path, content: bytes, *, force: bool = False) -> None:
    """Write a file under a temporary name and move it into place.

    Parameters
    ----------
    file
        Where it goes; its folder is made where it is missing.
    content
        The bytes.
    force
        Replace a file that stands there.

    Raises
    ------
    ScenarioError
        When something stands there, or it cannot be written; nothing is left behind then.
    """
    if file.is_dir() or (file.exists() and not force):
        found = say("已存在的文件或文件夹", "something that exists")
        allowed = say("尚不存在的文件", "a file to be made")
        remedy = say(
            "换一个名称，或加 --force 覆盖文件",
            "choose another name, or replace a file with --force",
        )
        raise ScenarioError([Fault(str(file), found, allowed, remedy)])
    draft = file.with_name(f".{file.name}.{os.getpid()}.new")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        draft.write_bytes(content)
        draft.replace(file)
    except OSError as error:
        with suppress(OSError):
            draft.unlink(missing_ok=True)
        found = say(
            f"无法写入的文件（{error.strerror}）",
            f"a file that cannot be written ({error.strerror})",
        )
        allowed = say("可以新建文件的位置", "a place where files may be made")
        raise ScenarioError([Fault(str(file), found, allowed)]) from None

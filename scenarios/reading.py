"""What was read from files: plain data, where each piece of it stands, and the faults met."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from scenarios.faults import Fault, ScenarioError, say
from scenarios.part import Text

KeyPath = tuple[str, ...]
"""Keys from the top down; an item of a list goes by its id, or its number where it has none."""

MAX_BYTES = 2 * 1024 * 1024
_EXCEL = b"PK\x03\x04"
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a file, in words: ``scenario.yaml line 12``.

    Attributes
    ----------
    text
        File with line, or with row and column.
    complete
        Whether the text alone tells which value is meant (a cell does, a line of YAML does not).
    """

    text: str
    complete: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """Plain data as read, with the place of each key path and all faults met on the way.

    Attributes
    ----------
    data
        Mappings, lists and scalars; None where nothing could be read at all.
    """

    data: Any
    places: Mapping[KeyPath, Place] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()

    def where(self, keys: KeyPath) -> str:
        """Return the file, place and key path of a value, for a fault."""
        for length in range(len(keys), -1, -1):
            place = self.places.get(keys[:length])
            if place is not None and place.complete:
                return place.text
            if place is not None:
                text = shown(self.data, keys)
                return f"{place.text}, {text}" if text else place.text
        return shown(self.data, keys)


def name_of(item: Any, number: int) -> str:
    """Return how an item of a list is called: its id, or its number where it has none."""
    key = item.get("id") if isinstance(item, Mapping) else None
    return key if isinstance(key, str) and key else str(number)


def quoted(text: str) -> str:
    """Return a text in quotes: short, on one line, without control characters."""
    return repr(text if len(text) <= 60 else f"{text[:57]}...")


def is_file(path: Path) -> bool:
    """Whether a path is a file; False for what can be no path at all."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def keys_of(data: Any, parts: Iterable[str | int]) -> KeyPath:
    """Follow parts (keys, numbers, ids, tags of a union) through data and return the key path.

    A part that names the ``kind`` of a mapping, as validation reports it, is left out.
    """
    keys: list[str] = []
    node = data
    for part in parts:
        if isinstance(node, list) and isinstance(part, int) and part < len(node):
            keys.append(name_of(node[part], part))
            node = node[part]
        elif isinstance(node, Mapping) and part not in node and node.get("kind") == part:
            continue
        else:
            keys.append(str(part))
            node = _child(node, str(part))
    return tuple(keys)


def shown(data: Any, keys: KeyPath) -> str:
    """Return a key path as people read it: ``organisation.bureaus[beijing].persons[0].role``."""
    text = ""
    node = data
    for key in keys:
        child = _child(node, key)
        name = key if key.isprintable() and len(key) <= 60 else quoted(key)
        if isinstance(node, list) and (child is not None or key.isdecimal()):
            text += f"[{name}]"
        else:
            text += f".{name}" if text else name
        node = child
    return text


def _child(node: Any, key: str) -> Any:
    if isinstance(node, Mapping):
        return node.get(key)
    if isinstance(node, list):
        # Thousands of rows may be at fault, each is looked for: by its id first, which is quick.
        for item in node:
            if isinstance(item, dict) and item.get("id") == key:
                return item
        number = int(key) if key.isdecimal() and len(key) < 9 else len(node)
        found = node[number] if number < len(node) else None
        return found if number < len(node) and name_of(found, number) == key else None
    return None


def read_text(path: Path, label: str) -> str:
    """Return the text of a UTF-8 file, with or without a byte-order mark.

    Parameters
    ----------
    path
        The file.
    label
        What the file is called in a fault.

    Raises
    ------
    ScenarioError
        When the file cannot be read, is too large, is empty or is not UTF-8; the fault names the
        encoding that it seems to have.
    """
    raw = _read_bytes(path, label)
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise _refused(
            f"{label} line {line}",
            _encoding_guess(raw),
            say("UTF-8 文本", "UTF-8 text"),
            _advice(raw),
        ) from None
    if not text.strip():
        raise _refused(
            label,
            say("空文件", "an empty file"),
            say("有内容的文件", "a file with content"),
            say("填写内容或删去该文件", "fill it or remove it"),
        )
    return text


def _read_bytes(path: Path, label: str) -> bytes:
    if not is_file(path):
        raise _refused(
            label,
            say("没有此名的文件", "no file of this name"),
            say("存在的文件", "a file that exists"),
            say("请核对文件名", "check the name"),
        )
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except OSError as error:
        found = say(
            f"无法读取的文件（{error.strerror}）", f"a file that cannot be read ({error.strerror})"
        )
        raise _refused(label, found, say("可读的文件", "a file")) from None
    if len(raw) > MAX_BYTES:
        found = say("超过 2 MiB 的文件", "a file of more than 2 MiB")
        raise _refused(label, found, say("不超过 2 MiB", "at most 2 MiB"))
    return raw


def _encoding_guess(raw: bytes) -> Text:
    if raw.startswith(_EXCEL):
        return say("Excel 工作簿或 zip 压缩包", "an Excel workbook or a zip archive")
    if raw.startswith(_UTF_16):
        return say("疑似 UTF-16 编码的文本", "text that looks like UTF-16")
    try:
        raw.decode("gb18030")
    except UnicodeDecodeError:
        return say("不是 UTF-8 的字节", "bytes that are not UTF-8")
    return say("疑似 GBK 编码的文本", "text that looks like GBK")


def _advice(raw: bytes) -> Text:
    if raw.startswith(_EXCEL):
        return say(
            "在 Excel 中选“另存为”，类型选“CSV UTF-8”",
            "in Excel choose Save as, type 'CSV UTF-8'",
        )
    return say(
        "另存为 UTF-8 编码（在 Excel 中：“另存为”，类型选“CSV UTF-8”）",
        "save it as UTF-8 (in Excel: Save as, type 'CSV UTF-8')",
    )


def _refused(where: str, found: Text, allowed: Text, remedy: Text | None = None) -> ScenarioError:
    return ScenarioError([Fault(where, found, allowed, remedy)])

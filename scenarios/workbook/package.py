"""The file of a workbook before anything in it is believed: what it is, how large, what it carries.

A workbook is a zip of XML. What unpacks without end, runs code or names outside entities is refused
before a parser sees it.
"""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass
from posixpath import join, normpath
from typing import Final
from xml.etree import ElementTree

from scenarios.faults import Fault, ScenarioError, say
from scenarios.part import Text

MAX_BYTES: Final = 10 * 1024 * 1024
MAX_UNPACKED_BYTES: Final = 64 * 1024 * 1024

_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0"
_MERGE = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*?ref="([A-Z]+\d+(?::[A-Z]+\d+)?)"')
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s/>]")
_REL = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_WORKBOOK = say("Excel 工作簿（.xlsx）", "an Excel workbook (.xlsx)")
_SAVE_AS = say(
    "在 Excel 或 WPS 中选“另存为”，类型选“Excel 工作簿（.xlsx）”",
    "in Excel choose Save as, type 'Excel workbook (.xlsx)'",
)


@dataclass(frozen=True, slots=True)
class Limits:
    """What a workbook may weigh: bytes of the file, bytes unpacked, and parts."""

    packed_bytes: int = MAX_BYTES
    unpacked_bytes: int = MAX_UNPACKED_BYTES
    parts: int = 1_000


_SCENARIO: Final = Limits()


class Package:
    """A workbook's file, looked through.

    Parameters
    ----------
    raw
        The bytes.
    label
        What the file is called in faults.
    limits
        What it may weigh.

    Attributes
    ----------
    parts
        Names of the file's parts.
    formulas
        Whether any sheet holds a formula.
    merged
        Ranges of merged cells by sheet name.

    Raises
    ------
    ScenarioError
        When it is no workbook, too large, damaged, or carries macros.
    """

    def __init__(self, raw: bytes, label: str, limits: Limits = _SCENARIO) -> None:
        self._label = label
        self._limits = limits
        self._refuse_what_is_none(raw)
        try:
            with zipfile.ZipFile(io.BytesIO(raw)) as archive:
                self._look_through(archive)
        except ScenarioError:
            raise
        # A damaged archive fails in as many ways as there are bytes in it.
        except Exception as error:
            raise unreadable(label, error) from None

    def _refuse_what_is_none(self, raw: bytes) -> None:
        if not raw:
            raise self._refused(say("空文件", "an empty file"), _WORKBOOK)
        most = self._limits.packed_bytes // 2**20
        if len(raw) > self._limits.packed_bytes:
            found = say(f"超过 {most} MiB 的文件", f"a file of more than {most} MiB")
            raise self._refused(found, say(f"不超过 {most} MiB", f"at most {most} MiB"))
        if raw.startswith(_OLE):
            found = say(
                "旧格式（.xls）或加密的工作簿", "a workbook of the old kind (.xls), or encrypted"
            )
            raise self._refused(found, _WORKBOOK, _SAVE_AS)
        if not raw.startswith(_ZIP):
            raise self._refused(say("不是工作簿的文件", "no workbook"), _WORKBOOK, _SAVE_AS)

    def _look_through(self, archive: zipfile.ZipFile) -> None:
        parts = archive.infolist()
        names = {part.filename for part in parts}
        self.parts = tuple(sorted(names))
        unpacked = sum(part.file_size for part in parts)
        if len(parts) > self._limits.parts or unpacked > self._limits.unpacked_bytes:
            found = say("解压后过大的文件", "a file that unpacks to too much")
            most = self._limits.unpacked_bytes // 2**20
            allowed = say(f"解压后不超过 {most} MiB", f"at most {most} MiB when unpacked")
            raise self._refused(found, allowed)
        types = archive.read("[Content_Types].xml") if "[Content_Types].xml" in names else b""
        if b"macroEnabled" in types or any("vbaProject" in name for name in names):
            found = say("含宏的工作簿", "a workbook with macros")
            raise self._refused(found, say("不含宏的工作簿", "a workbook without macros"), _SAVE_AS)
        if "xl/workbook.xml" not in names:
            raise self._refused(say("不是工作簿的文件", "no workbook"), _WORKBOOK, _SAVE_AS)
        self.formulas = False
        found_merged: dict[str, tuple[str, ...]] = {}
        for part in parts:
            if not part.filename.endswith((".xml", ".rels", ".vml")):
                continue
            content = archive.read(part)
            if b"<!DOCTYPE" in content or b"<!ENTITY" in content or content[:2] in _UTF_16:
                found = say("含实体声明的文件", "a file that declares entities")
                raise self._refused(found, _WORKBOOK, _SAVE_AS)
            if part.filename.startswith("xl/worksheets/"):
                self.formulas = self.formulas or _FORMULA.search(content) is not None
                found_merged[part.filename] = tuple(
                    ref.decode("ascii") for ref in _MERGE.findall(content)
                )
        files = _sheet_files(archive)
        for name, file in files.items():
            # A parser would leave the sheet out without a word.
            if file not in names:
                found = say(f"缺少工作表 '{name}' 的内容", f"nothing where the sheet '{name}' was")
                raise self._refused(found, _WORKBOOK, _SAVE_AS)
        self.merged = {name: found_merged.get(file, ()) for name, file in files.items()}

    def _refused(self, found: Text, allowed: Text, remedy: Text | None = None) -> ScenarioError:
        return ScenarioError([Fault(self._label, found, allowed, remedy)])


_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


def unreadable(label: str, error: Exception) -> ScenarioError:
    """Return the error of a workbook whose file is damaged."""
    name = type(error).__name__
    found = say(f"损坏的工作簿（{name}）", f"a damaged workbook ({name})")
    return ScenarioError([Fault(label, found, _WORKBOOK, _SAVE_AS)])


def _sheet_files(archive: zipfile.ZipFile) -> dict[str, str]:
    """Return the file of each sheet by the sheet's name."""
    rels = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    targets = {rel.get("Id"): str(rel.get("Target", "")) for rel in rels}
    book = ElementTree.fromstring(archive.read("xl/workbook.xml"))
    files = {}
    for sheet in book.iter():
        if sheet.tag.endswith("}sheet"):
            target = targets.get(sheet.get(_REL), "")
            files[str(sheet.get("name"))] = normpath(join("/xl", target)).removeprefix("/")
    return files

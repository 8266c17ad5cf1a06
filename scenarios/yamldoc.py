"""YAML as plain data: no tags, no aliases, each key once, and a line for every key.

Scalars follow the YAML 1.2 core rules, so that ``no`` stays a word and ``007`` is not octal; dates
stay text and are read where a date is expected.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from scenarios.faults import Fault, ScenarioError, say
from scenarios.part import Text
from scenarios.reading import KeyPath, Place, Reading, name_of, quoted, read_text

MAX_NODES = 100_000
MAX_DEPTH = 32

_NULL = re.compile(r"~|null|Null|NULL|")
_BOOL = re.compile(r"(true|True|TRUE)|false|False|FALSE")
_INT = re.compile(r"[-+]?(0|[1-9][0-9]{0,17})")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+\.[0-9]*)([eE][-+]?[0-9]+)?|[-+]?[0-9]+[eE][-+]?[0-9]+")
_NOT_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")

_SYNTAX = (
    (
        "mapping values are not allowed",
        say("一行中有第二个 ':'", "a second ':' in one line"),
        say("给文字加上引号", "put the text into quotes"),
    ),
    (
        "another document",
        say("第二份文档", "a second document"),
        say("删去 '---' 行及其后的内容", "remove the line '---' and what follows it"),
    ),
    (
        "\\t",
        say("制表符", "a tab"),
        say("用空格缩进，不用制表符", "indent with spaces, never with tabs"),
    ),
)
"""What a part of the parser's message stands for: what was found, and what to do."""


def read_yaml(path: Path, label: str) -> Reading:
    """Read a YAML file whose top level is a mapping.

    Parameters
    ----------
    path
        The file, UTF-8.
    label
        What the file is called in faults and places.

    Returns
    -------
    Reading
        Data, the line of each key, and the faults; ``data`` is None where the file is no YAML
        mapping at all.
    """
    try:
        return parse_yaml(read_text(path, label), label)
    except ScenarioError as error:
        return Reading(None, faults=error.faults)


def parse_yaml(text: str, label: str) -> Reading:
    """Parse YAML text whose top level is a mapping: see :func:`read_yaml`."""
    try:
        loader = _PlainLoader(text)
        root = loader.get_single_node()
    except yaml.YAMLError as error:
        return Reading(None, faults=(_syntax_fault(error, text, label),))
    except _OverBudgetError as error:
        return Reading(None, faults=(Fault(label, error.found, error.allowed),))
    faults = list(_refused_nodes(loader, label))
    if not isinstance(root, yaml.MappingNode):
        empty = say("无内容", "no content")
        found = empty if root is None else say("顶层不是映射", "no mapping at the top level")
        allowed = say("映射：如 'id: my-city' 的各行", "a mapping: lines such as 'id: my-city'")
        faults.append(Fault(label, found, allowed))
        return Reading(None, faults=tuple(faults))
    builder = _Builder(label)
    data = builder.build(root, ())
    # What stood behind a tag or an alias is unknown, so the rest must not be judged by it.
    return Reading(None if faults else data, builder.places, (*faults, *builder.faults))


def shipped_yaml(text: str) -> Any:
    """Read YAML that is part of the program, and so needs no faults with places."""
    # The parser in C reads the same, ten times faster; not every installation has it.
    return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))


class _OverBudgetError(Exception):
    def __init__(self, found: Text, allowed: Text) -> None:
        self.found, self.allowed = found, allowed
        super().__init__(found.en)


class _PlainLoader(yaml.SafeLoader):
    """Composes nodes only; notes tags and aliases, and stops at what would eat the machine."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.aliases: list[tuple[int, str]] = []
        self.tags: list[tuple[int, str]] = []
        self._nodes = 0
        self._depth = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        event: Any = self.peek_event()  # type: ignore[no-untyped-call]
        self._nodes += 1
        if self._nodes > MAX_NODES:
            raise _OverBudgetError(
                say(f"超过 {MAX_NODES} 个值", f"more than {MAX_NODES} values"),
                say(f"最多 {MAX_NODES} 个值", f"at most {MAX_NODES} values"),
            )
        if self._depth > MAX_DEPTH:
            raise _OverBudgetError(
                say(f"超过 {MAX_DEPTH} 层嵌套", f"more than {MAX_DEPTH} levels of nesting"),
                say(f"最多 {MAX_DEPTH} 层", f"at most {MAX_DEPTH} levels"),
            )
        is_alias = isinstance(event, yaml.AliasEvent)
        if is_alias:
            # An alias is never expanded: ten lines of them can stand for a billion values.
            self.get_event()  # type: ignore[no-untyped-call]
            self.aliases.append((_line(event), event.anchor))
            return yaml.ScalarNode("tag:yaml.org,2002:null", "", event.start_mark, event.end_mark)
        if event.tag is not None:
            self.tags.append((_line(event), event.tag.replace("tag:yaml.org,2002:", "!!")))
        self._depth += 1
        node = super().compose_node(parent, index)
        self._depth -= 1
        return node


def _refused_nodes(loader: _PlainLoader, label: str) -> Iterator[Fault]:
    for line, tag in loader.tags:
        yield Fault(
            f"{label} line {line}",
            say(f"标签 {quoted(tag)}", f"the tag {quoted(tag)}"),
            say(
                "普通的值；标签可能使程序运行代码",
                "plain values; a tag could make a program run code",
            ),
            say("删去标签", "remove the tag"),
        )
    if loader.aliases:
        line, anchor = loader.aliases[0]
        rest = len(loader.aliases) - 1
        more = say(f"（另有 {rest} 个）", f" (and {rest} more)") if rest else say("", "")
        name = quoted(f"*{anchor}")
        yield Fault(
            f"{label} line {line}",
            say(f"别名 {name}{more.zh}", f"the alias {name}{more.en}"),
            say(
                "不用别名；几行别名就能胀满内存",
                "no aliases; a few lines of them can swell to fill the memory",
            ),
            say("把值直接写出", "write the value out"),
        )


class _Builder:
    """Turns nodes into plain data, noting the line of each key path and all faults."""

    def __init__(self, label: str) -> None:
        self._label = label
        self.places: dict[KeyPath, Place] = {(): Place(label)}
        self.faults: list[Fault] = []

    def build(self, node: yaml.Node, at: KeyPath) -> Any:
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, at)
        if isinstance(node, yaml.SequenceNode):
            return self._sequence(node, at)
        plain = isinstance(node, yaml.ScalarNode) and node.style is None
        return _plain_value(node.value) if plain else node.value

    def _mapping(self, node: yaml.MappingNode, at: KeyPath) -> dict[str, Any]:
        data: dict[str, Any] = {}
        lines: dict[str, int] = {}
        for key_node, value_node in node.value:
            line = _line(key_node)
            if not isinstance(key_node, yaml.ScalarNode):
                found = say("以列表或映射为键", "a list or mapping as a key")
                self._fault(line, found, say("以一个词为键", "a word as a key"))
                continue
            key = key_node.value
            if key in lines:
                found = say(
                    f"键 {quoted(key)} 重复（首次在第 {lines[key]} 行）",
                    f"the key {quoted(key)} twice (first in line {lines[key]})",
                )
                once = say("每个键只出现一次", "each key once")
                self._fault(line, found, once, say("删去其中一个", "remove one of them"))
                continue
            lines[key] = line
            self.places[*at, key] = Place(f"{self._label} line {line}")
            data[key] = self.build(value_node, (*at, key))
        return data

    def _sequence(self, node: yaml.SequenceNode, at: KeyPath) -> list[Any]:
        items: list[Any] = []
        lines: dict[str, int] = {}
        for number, item_node in enumerate(node.value):
            line = _line(item_node)
            name = _name_of_node(item_node, number)
            if name in lines:
                found = say(
                    f"编号 {quoted(name)} 重复（首次在第 {lines[name]} 行）",
                    f"the id {quoted(name)} twice (first in line {lines[name]})",
                )
                once = say("一个列表中每个编号只出现一次", "each id once in a list")
                self._fault(line, found, once, say("给其中一个改名", "rename one of them"))
                continue
            lines[name] = line
            self.places[*at, name] = Place(f"{self._label} line {line}")
            items.append(self.build(item_node, (*at, name)))
        return items

    def _fault(self, line: int, found: Text, allowed: Text, remedy: Text | None = None) -> None:
        self.faults.append(Fault(f"{self._label} line {line}", found, allowed, remedy))


def _name_of_node(node: yaml.Node, number: int) -> str:
    if isinstance(node, yaml.MappingNode):
        for key_node, value_node in node.value:
            if key_node.value == "id" and isinstance(value_node, yaml.ScalarNode):
                return name_of({"id": value_node.value}, number)
    return str(number)


def _plain_value(text: str) -> Any:
    if _NULL.fullmatch(text):
        return None
    boolean = _BOOL.fullmatch(text)
    if boolean:
        return boolean[1] is not None
    if _INT.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text):
        return float(text)
    return float(text.replace(".", "", 1)) if _NOT_FINITE.fullmatch(text) else text


def _line(item: Any) -> int:
    """Return the line of a node or an event, counted from 1."""
    return int(item.start_mark.line) + 1


def _syntax_fault(error: yaml.YAMLError, text: str, label: str) -> Fault:
    allowed = say(
        "YAML：'键: 值' 各行，用空格缩进", "YAML: 'key: value' lines, indented with spaces"
    )
    if isinstance(error, yaml.reader.ReaderError):
        line = text.count("\n", 0, error.position) + 1
        sign = f"U+{ord(text[error.position]):04X}"
        return Fault(
            f"{label} line {line}",
            say(f"控制字符 {sign}", f"the control character {sign}"),
            say("不含控制字符的文本", "text without control characters"),
            say("删去", "remove it"),
        )
    where, problem = label, "broken YAML"
    if isinstance(error, yaml.MarkedYAMLError):
        mark = error.problem_mark or error.context_mark
        if mark is not None:
            where = f"{label} line {mark.line + 1} column {mark.column + 1}"
        problem = error.problem or error.context or problem
    for part, found, remedy in _SYNTAX:
        if part in problem:
            return Fault(where, found, allowed, remedy)
    words = problem.removeprefix("but ").removeprefix("found ")
    return Fault(where, say(f"不合语法的 YAML（解析器：{words}）", words), allowed)

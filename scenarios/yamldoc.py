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

from scenarios.faults import Fault, ScenarioError
from scenarios.reading import KeyPath, Place, Reading, name_of, quoted, read_text

MAX_NODES = 100_000
MAX_DEPTH = 32

_NULL = re.compile(r"~|null|Null|NULL|")
_BOOL = re.compile(r"(true|True|TRUE)|false|False|FALSE")
_INT = re.compile(r"[-+]?(0|[1-9][0-9]{0,17})")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+\.[0-9]*)([eE][-+]?[0-9]+)?|[-+]?[0-9]+[eE][-+]?[0-9]+")
_NOT_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")

_SYNTAX = (
    ("mapping values are not allowed", "a second ':' in one line", "put the text into quotes"),
    ("another document", "a second document", "remove the line '---' and what follows it"),
    ("\\t", "a tab", "indent with spaces, never with tabs"),
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
        found = "no content" if root is None else "no mapping at the top level"
        faults.append(Fault(label, found, "a mapping: lines such as 'id: my-city'"))
        return Reading(None, faults=tuple(faults))
    builder = _Builder(label)
    data = builder.build(root, ())
    # What stood behind a tag or an alias is unknown, so the rest must not be judged by it.
    return Reading(None if faults else data, builder.places, (*faults, *builder.faults))


class _OverBudgetError(Exception):
    def __init__(self, found: str, allowed: str) -> None:
        self.found, self.allowed = found, allowed
        super().__init__(found)


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
            raise _OverBudgetError(f"more than {MAX_NODES} values", f"at most {MAX_NODES} values")
        if self._depth > MAX_DEPTH:
            raise _OverBudgetError(
                f"more than {MAX_DEPTH} levels of nesting", f"at most {MAX_DEPTH} levels"
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
            f"the tag {quoted(tag)}",
            "plain values; a tag could make a program run code",
            "remove the tag",
        )
    if loader.aliases:
        line, anchor = loader.aliases[0]
        more = f" (and {len(loader.aliases) - 1} more)" if len(loader.aliases) > 1 else ""
        yield Fault(
            f"{label} line {line}",
            f"the alias {quoted(f'*{anchor}')}{more}",
            "no aliases; a few lines of them can swell to fill the memory",
            "write the value out",
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
                self._fault(line, "a list or mapping as a key", "a word as a key")
                continue
            key = key_node.value
            if key in lines:
                found = f"the key {quoted(key)} twice (first in line {lines[key]})"
                self._fault(line, found, "each key once", "remove one of them")
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
                found = f"the id {quoted(name)} twice (first in line {lines[name]})"
                self._fault(line, found, "each id once in a list", "rename one of them")
                continue
            lines[name] = line
            self.places[*at, name] = Place(f"{self._label} line {line}")
            items.append(self.build(item_node, (*at, name)))
        return items

    def _fault(self, line: int, found: str, allowed: str, remedy: str = "") -> None:
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
    allowed = "YAML: 'key: value' lines, indented with spaces"
    if isinstance(error, yaml.reader.ReaderError):
        line = text.count("\n", 0, error.position) + 1
        found = f"the control character U+{ord(text[error.position]):04X}"
        return Fault(f"{label} line {line}", found, "text without control characters", "remove it")
    where, problem = label, "broken YAML"
    if isinstance(error, yaml.MarkedYAMLError):
        mark = error.problem_mark or error.context_mark
        if mark is not None:
            where = f"{label} line {mark.line + 1} column {mark.column + 1}"
        problem = error.problem or error.context or problem
    for part, *words in _SYNTAX:
        if part in problem:
            return Fault(where, words[0], allowed, words[1])
    return Fault(where, problem.removeprefix("but ").removeprefix("found "), allowed)

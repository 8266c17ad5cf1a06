"""The JSON schema of ``scenario.yaml``, for completion and checks while it is typed."""

from __future__ import annotations

import copy
from typing import Any

from scenarios.model import Scenario
from scenarios.tables import TABLES

Schema = dict[str, Any]

_TITLES = {
    "extends": ("引用的场景", "scenario that this one extends: a shipped name or a path"),
    "companies": ("企业", "companies"),
    "persons": ("派驻人员(另列)", "posted persons, listed apart from their bureaus"),
    "leader_days": ("领导不可接待日", "blocked days of leaders"),
}


def json_schema() -> Schema:
    """Return the JSON schema of a scenario file.

    It is the model's own, with titles in both languages (``x-title``), units (``x-unit``) and
    clauses (``x-clause``), and with what only a file can say: ``extends``, and the names of CSV
    tables. A file that extends another may leave anything out.

    Returns
    -------
    dict
        Draft 2020-12, ready for :func:`json.dumps`.
    """
    whole = Scenario.model_json_schema()
    definitions: Schema = whole.pop("$defs")
    definitions["Scenario"] = whole
    _accept_tables(definitions)
    partial = {f"Partial{name}": _loose(part) for name, part in definitions.items()}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "场景 scenario",
        "type": "object",
        "if": {"required": ["extends"]},
        "then": {"$ref": "#/$defs/PartialScenario"},
        "else": {"$ref": "#/$defs/Scenario"},
        "$defs": {**definitions, **partial},
    }


def _accept_tables(definitions: Schema) -> None:
    """Add the keys of a file that the model does not have, once tables and bases are read."""
    posted = copy.deepcopy(definitions["Person"])
    posted["properties"]["bureau"] = definitions["Company"]["properties"]["bureau"]
    posted["required"].append("bureau")
    definitions["PostedPerson"] = posted
    # A bureau may get its persons from the list or table apart.
    definitions["Bureau"]["required"].remove("persons")
    properties = definitions["Scenario"]["properties"]
    properties["extends"] = {"type": "string", "minLength": 1, **_titled("extends")}
    rows = {"companies": "Company", "persons": "PostedPerson"}
    for table in TABLES:
        choices: list[Schema] = [{"type": "string", "pattern": r"^[^/\\]+\.csv$"}]
        if table.key in rows:
            item = {"$ref": f"#/$defs/{rows[table.key]}"}
            choices.insert(0, {"type": "array", "items": item})
        properties[table.key] = {"anyOf": choices, **_titled(table.key)}


def _titled(key: str) -> Schema:
    zh, en = _TITLES[key]
    return {"title": f"{zh} {en}", "x-title": {"zh": zh, "en": en}}


def _loose(part: Any) -> Any:
    """Return a copy of a schema that asks for nothing but ids and refers to loose parts only."""
    if isinstance(part, list):
        return [_loose(x) for x in part]
    if not isinstance(part, dict):
        return part
    loose = {}
    for key, value in part.items():
        if key == "required" and isinstance(value, list):
            loose[key] = [name for name in value if name == "id"]
        elif key == "$ref":
            loose[key] = value.replace("#/$defs/", "#/$defs/Partial")
        elif key == "oneOf":
            # Without its other keys a piece of a distribution may fit several kinds.
            loose["anyOf"] = _loose(value)
        elif key != "discriminator":
            loose[key] = _loose(value)
    return loose

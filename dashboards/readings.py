"""How an ambiguous clause is read: every named policy of a scenario, and what else it could be."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from scenarios.model import Scenario
from scenarios.part import Text

_PARTS: Final = ("rules", "budget")
"""Parts of a scenario that hold named policies."""


@dataclass(frozen=True, slots=True)
class Policy:
    """A clause that can be read in several ways, and the reading that holds.

    Attributes
    ----------
    path
        Where it stands in the scenario, such as ``rules.presence.policy``.
    title
        What is read, in both languages.
    clause
        Chapter and item of the plan document, or the number of the ambiguity.
    value
        The reading that holds.
    allowed
        Every reading there is, the default first where it has one.
    """

    path: str
    title: Text
    clause: str
    value: str
    allowed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Setting:
    """A number that a rule goes by: what it is, its value and its unit."""

    path: str
    title: Text
    value: object
    unit: str | None


def policies(scenario: Scenario) -> tuple[Policy, ...]:
    """Return every policy of a scenario that a clause stands behind, in its order."""
    return tuple(
        policy for name in _PARTS for policy in _policies(getattr(scenario, name), (name,))
    )


def setting(scenario: Scenario, path: str) -> Setting | None:
    """Return what stands at a dotted path; None where the scenario has no such single field.

    Parameters
    ----------
    scenario
        The scenario.
    path
        A path of :attr:`planner.rulebook.RuleEntry.numbers`; one with ``[]`` names many fields.
    """
    part: Any = scenario
    *parents, name = path.split(".")
    for parent in parents:
        part = getattr(part, parent, None)
    if not isinstance(part, BaseModel) or name not in type(part).model_fields:
        return None
    field = type(part).model_fields[name]
    unit = _note(field, "x-unit")
    return Setting(path, _title(field, name), getattr(part, name), str(unit) if unit else None)


def _policies(part: BaseModel, path: tuple[str, ...]) -> Iterator[Policy]:
    for name, field in type(part).model_fields.items():
        value, clause = getattr(part, name), _note(field, "x-clause")
        options = get_args(field.annotation) if get_origin(field.annotation) is Literal else ()
        if isinstance(value, BaseModel):
            yield from _policies(value, (*path, name))
        elif clause and len(options) > 1 and isinstance(value, str):
            yield Policy(".".join((*path, name)), _title(field, name), str(clause), value, options)


def _title(field: FieldInfo, name: str) -> Text:
    title = _note(field, "x-title")
    return Text(**title) if isinstance(title, dict) else Text(zh=name, en=name)


def _note(field: FieldInfo, key: str) -> Any:
    extra = field.json_schema_extra
    return extra.get(key) if isinstance(extra, dict) else None

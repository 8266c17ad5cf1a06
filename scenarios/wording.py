"""Validation errors in plain words: what was found, what is allowed, what to do."""

from __future__ import annotations

import difflib
import math
import re
import types
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, TypeGuard, Union, get_args, get_origin

from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from scenarios.faults import Fault
from scenarios.model import Scenario
from scenarios.part import Part
from scenarios.reading import Reading, keys_of, quoted
from scenarios.tables import TABLES

Loc = tuple[int | str, ...]

_CONTRADICTION = re.compile(
    r"(?:(?P<path>[^\s:]+): )?found (?P<found>.*?); allowed: (?P<allowed>.*?)(?:; (?P<remedy>.*))?"
)
_PATTERNS = {
    r"^\d\d-\d\d$": "a month and day such as 03-15, in quotes",
}
_IDENTIFIER = "a short name of small letters, digits and hyphens such as beijing-chief"
_DAY = "a day such as 2024-07-01"
_WHOLE = "a whole number"
_NUMBER = "a number"
_LIST = "a list: lines that begin with '- '"
_MAPPING = "a mapping: lines of 'key: value'"
_TEXT = "a text"
_QUOTES = "put it into quotes"
_ALLOWED = {
    "finite_number": "a number, not NaN and not infinite",
    "int_parsing": _WHOLE,
    "int_parsing_size": _WHOLE + " of at most 18 digits",
    "int_type": _WHOLE,
    "int_from_float": _WHOLE,
    "float_parsing": _NUMBER,
    "float_type": _NUMBER,
    "bool_parsing": "true or false",
    "bool_type": "true or false",
    "string_type": _TEXT,
    "string_unicode": _TEXT,
    "string_too_short": "a text that is not empty",
    "date_type": _DAY,
    "date_parsing": _DAY,
    "date_from_datetime_parsing": _DAY,
    "date_from_datetime_inexact": _DAY,
    "tuple_type": _LIST,
    "dict_type": _MAPPING,
    "model_type": _MAPPING,
    "model_attributes_type": _MAPPING,
}
_BOUNDS = {
    "greater_than_equal": ("ge", "{} or more"),
    "greater_than": ("gt", "more than {}"),
    "less_than_equal": ("le", "{} or less"),
    "less_than": ("lt", "less than {}"),
    "too_short": ("min_length", "at least {} in the list"),
    "too_long": ("max_length", "at most {} in the list"),
    "string_too_long": ("max_length", "at most {} characters"),
}


@dataclass(frozen=True, slots=True)
class Step:
    """A field on the way to a value.

    Attributes
    ----------
    depth
        Number of parts of the location up to and with this field.
    owner
        The part of a scenario that has the field.
    field
        The field itself: title, unit, default.
    """

    depth: int
    owner: type[Part]
    field: FieldInfo


def fields_along(loc: Loc) -> list[Step]:
    """Return the scenario's fields that a validation error's location passes, outermost first."""
    return _walk(loc)[0]


def faults_of(error: ErrorDetails, reading: Reading) -> Iterator[Fault]:
    """Put one validation error into words.

    Parameters
    ----------
    error
        An error of :meth:`pydantic.ValidationError.errors`.
    reading
        The data that were validated, which know where each value stands.

    Yields
    ------
    Fault
        One fault; for a message of several contradictions, one for each line.
    """
    loc = error["loc"]
    if error["type"] == "value_error":
        for line in str(error["ctx"]["error"]).splitlines():
            yield _contradiction(line, error["input"], loc, reading)
        return
    keys = keys_of(reading.data, loc[:-1] if loc and loc[-1] == "[key]" else loc)
    where = reading.where(keys)
    found = "nothing" if error["type"] == "missing" else shown_value(error["input"])
    yield _worded(error, where, found)


def shown_value(value: Any) -> str:
    """Return a value as a fault shows it: short, on one line, without control characters."""
    if value is None:
        return "nothing (empty)"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "infinity"
    if isinstance(value, Mapping):
        names = ", ".join(sorted(str(key) for key in value))
        return f"a mapping with {quoted(names)[1:-1]}" if names else "an empty mapping"
    if isinstance(value, list | tuple):
        return f"a list of {len(value)}"
    return quoted(value) if isinstance(value, str) else str(value)[:60]


def _worded(error: ErrorDetails, where: str, found: str) -> Fault:
    kind, context = error["type"], error.get("ctx", {})
    steps = fields_along(error["loc"])
    if kind == "missing":
        title = steps[-1].field.title if steps else None
        allowed = f"a value for {title}" if title else "a value"
        return Fault(where, found, allowed, "add it")
    if kind == "extra_forbidden":
        return _unknown_key(error, where)
    if kind == "literal_error":
        return Fault(where, found, f"one of {context['expected']}", _near(error, context))
    if kind in ("union_tag_invalid", "union_tag_not_found"):
        return _unknown_kind(error, where)
    if kind == "string_pattern_mismatch":
        return Fault(where, found, _PATTERNS.get(context["pattern"], _IDENTIFIER))
    if kind in _BOUNDS:
        name, words = _BOUNDS[kind]
        unit = _unit(steps) if kind.startswith(("greater", "less")) else ""
        return Fault(where, found, words.format(context[name]) + unit)
    bare = kind == "string_type" and isinstance(error["input"], bool | int | float)
    return Fault(where, found, _ALLOWED.get(kind, error["msg"]), _QUOTES if bare else "")


def _unknown_key(error: ErrorDetails, where: str) -> Fault:
    key = str(error["loc"][-1])
    owner = _walk(error["loc"][:-1])[1]
    known = list(owner.model_fields) if _is_part(owner) else []
    if owner is Scenario:
        known = [*dict.fromkeys(("extends", *known, *(table.key for table in TABLES)))]
    near = difflib.get_close_matches(key, known, n=1)
    remedy = f"did you mean '{near[0]}'?" if near else "remove it"
    return Fault(where, f"the unknown key {quoted(key)}", f"the keys {', '.join(known)}", remedy)


def _unknown_kind(error: ErrorDetails, where: str) -> Fault:
    found = "no 'kind'"
    if error["type"] == "union_tag_invalid":
        found = f"the kind {quoted(error['ctx']['tag'])}"
        return Fault(where, found, f"one of {error['ctx']['expected_tags']}")
    members = _members(_walk(error["loc"])[1])
    return Fault(where, found, f"one of {', '.join(map(repr, members))}", "add 'kind: ...'")


def _near(error: ErrorDetails, context: Mapping[str, Any]) -> str:
    known = re.findall(r"'([^']*)'", context["expected"])
    near = difflib.get_close_matches(str(error["input"]), known, n=1)
    return f"did you mean '{near[0]}'?" if near else ""


def _unit(steps: list[Step]) -> str:
    extra = steps[-1].field.json_schema_extra if steps else None
    unit = extra.get("x-unit") if isinstance(extra, dict) else None
    return f" ({unit})" if unit else ""


def _contradiction(line: str, found: Any, loc: Loc, reading: Reading) -> Fault:
    match = _CONTRADICTION.fullmatch(line)
    if match is None:
        return Fault(reading.where(keys_of(reading.data, loc)), shown_value(found), line)
    named = match["path"].split(".") if match["path"] else []
    where = reading.where(keys_of(reading.data, (*loc, *named)))
    return Fault(where, match["found"], match["allowed"], match["remedy"] or "")


def _walk(loc: Loc) -> tuple[list[Step], Any]:
    """Return the fields that a location passes, and the type that stands at its end."""
    steps: list[Step] = []
    here: Any = Scenario
    for depth, part in enumerate(loc, start=1):
        here = _bare(here)
        origin = get_origin(here)
        if _is_part(here):
            if part not in here.model_fields:
                return steps, None
            found = here.model_fields[str(part)]
            steps.append(Step(depth, here, found))
            here = found.annotation
        elif origin is tuple:
            here = get_args(here)[0]
        elif origin is dict:
            here = get_args(here)[1]
        else:
            here = _members(here).get(str(part))
    return steps, _bare(here)


def _is_part(kind: Any) -> TypeGuard[type[Part]]:
    return isinstance(kind, type) and issubclass(kind, Part)


def _bare(kind: Any) -> Any:
    """Strip ``Annotated`` and ``| None``."""
    while True:
        if get_origin(kind) is Annotated:
            kind = get_args(kind)[0]
            continue
        rest = [x for x in get_args(kind) if x is not type(None)]
        if get_origin(kind) in (Union, types.UnionType) and len(rest) == 1:
            kind = rest[0]
            continue
        return kind


def _members(union: Any) -> dict[str, Any]:
    """Return the members of a union by their ``kind``."""
    if get_origin(union) not in (Union, types.UnionType):
        return {}
    return {
        str(get_args(member.model_fields["kind"].annotation)[0]): member
        for member in get_args(union)
        if _is_part(member) and "kind" in member.model_fields
    }

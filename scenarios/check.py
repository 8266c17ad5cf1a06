"""Checking resolved data: a scenario, or every fault that keeps it from being one."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Mapping
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from scenarios.faults import ScenarioError
from scenarios.model import Scenario
from scenarios.reading import Reading
from scenarios.wording import faults_of, fields_along

Keys = tuple[int | str, ...]

_LEANED_ON = {("organisation", "provinces"), ("calendar", "years")}
"""Lists with a default that other parts refer to: without them there would be false faults."""

_STAND_INS: Mapping[str, Callable[[Mapping[str, Any]], Any]] = {
    "greater_than_equal": lambda context: context["ge"],
    "less_than_equal": lambda context: context["le"],
    "greater_than": lambda context: context["gt"] + 1,
    "less_than": lambda context: context["lt"] - 1,
    "finite_number": lambda _: 1,
    "literal_error": lambda context: re.findall(r"'([^']*)'", context["expected"])[0],
}


def check(reading: Reading) -> Scenario:
    """Make a scenario of resolved data.

    Contradictions between parts show only once each part can be read. So that all faults come at
    once, a faulty value that nothing leans on is reported and set aside, and the rest is looked
    at again; whatever is built in that way is thrown away.

    Parameters
    ----------
    reading
        Resolved data, with the faults met while reading them.

    Returns
    -------
    Scenario
        The scenario, when there is no fault at all.

    Raises
    ------
    ScenarioError
        With the faults of the reading, of every field, and between the parts.
    """
    faults = list(reading.faults)
    data = reading.data
    while data is not None:
        try:
            scenario = Scenario.model_validate(data)
        except ValidationError as error:
            details = error.errors(include_url=False)
            at = Reading(data, reading.places)
            faults += [fault for detail in details for fault in faults_of(detail, at)]
            data = _without(data, details)
        else:
            if not faults:
                return scenario
            break
    raise ScenarioError(dict.fromkeys(faults))


def _without(data: Any, details: list[ErrorDetails]) -> Any:
    """Return the data with every faulty value set aside, or None where one cannot be."""
    data = copy.deepcopy(data)
    doomed: set[Keys] = set()
    for detail in details:
        spot = _removable(data, detail)
        if spot is not None:
            doomed.add(spot)
        elif detail["type"] in _STAND_INS:
            keys = _data_keys(data, detail["loc"])
            _at(data, keys[:-1])[keys[-1]] = _STAND_INS[detail["type"]](detail.get("ctx", {}))
        else:
            return None
    # Later items of a list first, so that the numbers of the earlier ones still hold.
    for keys in sorted(doomed, key=_order, reverse=True):
        if not any(keys[:length] in doomed for length in range(1, len(keys))):
            del _at(data, keys[:-1])[keys[-1]]
    return data


def _removable(data: Any, detail: ErrorDetails) -> Keys | None:
    """Return the keys of what may be left out so that a faulty value goes, or None."""
    loc = detail["loc"]
    keys = _data_keys(data, loc)
    if detail["type"] == "extra_forbidden":
        return keys
    if keys[:1] == ("companies",) and len(keys) > 1:
        return keys[:2]
    for step in reversed(fields_along(loc)):
        if tuple(loc[: step.depth]) in _LEANED_ON:
            return None
        if not step.field.is_required():
            return _data_keys(data, loc[: step.depth])
    return None


def _data_keys(data: Any, loc: Keys) -> Keys:
    """Return a location without the tags of unions and the mark of a faulty key."""
    keys: list[int | str] = []
    node = data
    for part in loc:
        tag = isinstance(node, Mapping) and part not in node and node.get("kind") == part
        if tag or part == "[key]":
            continue
        keys.append(part)
        if isinstance(node, Mapping):
            node = node.get(part)
        else:
            node = node[part] if isinstance(node, list) and isinstance(part, int) else None
    return tuple(keys)


def _at(data: Any, keys: Keys) -> Any:
    for key in keys:
        data = data[key]
    return data


def _order(keys: Keys) -> tuple[tuple[int, int, str], ...]:
    return tuple((0, key, "") if isinstance(key, int) else (1, 0, key) for key in keys)

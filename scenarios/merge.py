"""Laying one reading over another, as ``extends`` does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scenarios.reading import KeyPath, Place, Reading, name_of


def extend(base: Reading, over: Reading) -> Reading:
    """Lay a reading over the one it extends.

    Mappings merge key by key. Lists whose items all have an ``id`` merge by id: a known id merges
    into its item, a new one is appended. Everything else is replaced: other lists, an empty list,
    and a mapping that names another ``kind`` than the one it meets (a distribution, a rule).

    Parameters
    ----------
    base, over
        The reading that is extended, and the one that has the last word.

    Returns
    -------
    Reading
        The merged data with the place of each piece, and the faults of both.
    """
    replaced: list[KeyPath] = []
    data = _merged(base.data, over.data, (), replaced)
    gone = set(replaced)
    places: dict[KeyPath, Place] = {
        keys: place
        for keys, place in base.places.items()
        if not any(keys[:length] in gone for length in range(1, len(keys)))
    }
    return Reading(data, {**places, **over.places}, (*base.faults, *over.faults))


def _merged(base: Any, over: Any, at: KeyPath, replaced: list[KeyPath]) -> Any:
    if isinstance(base, Mapping) and isinstance(over, Mapping) and _same_kind(base, over):
        merged = dict(base)
        for key, value in over.items():
            known = key in base
            merged[key] = _merged(base[key], value, (*at, key), replaced) if known else value
        return merged
    if _by_id(base) and _by_id(over):
        items = {item["id"]: item for item in base}
        for item in over:
            key = item["id"]
            known = key in items
            items[key] = _merged(items[key], item, (*at, key), replaced) if known else item
        return list(items.values())
    replaced.append(at)
    return over


def _same_kind(base: Mapping[str, Any], over: Mapping[str, Any]) -> bool:
    return "kind" not in over or over["kind"] == base.get("kind")


def _by_id(value: Any) -> bool:
    return (
        isinstance(value, list)
        and bool(value)
        and all(isinstance(x, Mapping) and name_of(x, 0) == x.get("id") for x in value)
    )

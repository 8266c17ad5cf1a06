"""A scenario written down as YAML: whole, or only what differs from the one it extends."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from scenarios.faults import ScenarioError
from scenarios.library import SCENARIO_FILE, shipped
from scenarios.load import load_scenario
from scenarios.model import Scenario
from scenarios.template import make_folder, name_faults, place_faults


def scenario_yaml(scenario: Scenario, base: Scenario | None = None) -> str:
    """Return a scenario as the text of ``scenario.yaml``.

    Parameters
    ----------
    scenario
        What is written.
    base
        A shipped scenario: only what differs from it is written, under ``extends``. Where that
        cannot be said (an entry of a list is gone, or stands elsewhere), or without a base, all is.
    """
    content = scenario.model_dump(mode="json", exclude_none=True)
    if base is not None:
        found = _over(base.model_dump(mode="json"), scenario.model_dump(mode="json"))
        if found is not None:
            content = {"id": scenario.id, "extends": base.id, **found}
    return yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=1000)


def fill_folder(draft: Path, scenario: Scenario, base: Scenario | None = None) -> None:
    """Write a scenario into a folder that nobody reads yet, as short as it can be said.

    What was written is read back: where it is not the same scenario, all of it is written.
    """
    file = draft / SCENARIO_FILE
    file.write_text(scenario_yaml(scenario, base), "utf-8", newline="\n")
    if base is None:
        return
    try:
        same = load_scenario(file).content_hash == scenario.content_hash
    except ScenarioError:
        same = False
    if not same:
        file.write_text(scenario_yaml(scenario), "utf-8", newline="\n")


def write_folder(folder: Path, scenario: Scenario, name: str) -> None:
    """Write a scenario as a new folder, under another id.

    Raises
    ------
    ScenarioError
        When the name is no id, something stands there, or it cannot be written.
    """
    faults = name_faults(name) + place_faults(folder)
    if faults:
        raise ScenarioError(faults)
    renamed = scenario.model_copy(update={"id": name})
    make_folder(folder, lambda draft: fill_folder(draft, renamed, nearest(renamed)))


def nearest(scenario: Scenario) -> Scenario | None:
    """Return the shipped scenario over which least must be written; None where none helps."""
    found = {name: load_scenario(name) for name in shipped()}
    texts = {name: len(scenario_yaml(scenario, base)) for name, base in found.items()}
    best = min(texts, key=lambda name: (texts[name], name), default=None)
    whole = len(scenario_yaml(scenario))
    return found[best] if best is not None and texts[best] < whole else None


def _over(base: Any, new: Any) -> dict[str, Any] | None:
    """Return what laid over a mapping gives another one, or None where nothing does."""
    if base.keys() - new.keys() or new.get("kind") != base.get("kind"):
        return dict(new) if new.get("kind") != base.get("kind") else None
    found: dict[str, Any] = {}
    for key, value in new.items():
        if key in base and base[key] == value:
            continue
        if key not in base:
            found[key] = value
        elif isinstance(value, Mapping) and isinstance(base[key], Mapping):
            inner = _over(base[key], value)
            if inner is None:
                return None
            found[key] = inner
        elif _by_id(value) and _by_id(base[key]):
            items = _items_over(base[key], value)
            if items is None:
                return None
            found[key] = items
        else:
            found[key] = value
    return found


def _items_over(base: list[Any], new: list[Any]) -> list[Any] | None:
    """Return the changed and the added items of a list; None where some are gone or moved."""
    if [item["id"] for item in new[: len(base)]] != [item["id"] for item in base]:
        return None
    found: list[Any] = []
    for old, item in zip(base, new, strict=False):
        if old != item:
            inner = _over(old, item)
            if inner is None:
                return None
            found.append({"id": item["id"], **inner})
    return found + new[len(base) :]


def _by_id(value: Any) -> bool:
    return (
        isinstance(value, list)
        and bool(value)
        and all(isinstance(item, Mapping) and "id" in item for item in value)
    )

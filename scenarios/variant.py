"""A variant of a scenario: a new folder that extends it and says only what is otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import yaml

from scenarios.faults import ScenarioError
from scenarios.library import SCENARIO_FILE, shipped
from scenarios.load import load_scenario
from scenarios.model import Scenario
from scenarios.part import Text
from scenarios.template import make_folder, name_faults, place_faults

BASE_FILE: Final = "base.json"
"""What a variant of a scenario that does not ship extends: all of it, beside the variant."""


def check_variant(folder: Path) -> None:
    """Refuse a folder that a variant cannot be written to.

    Raises
    ------
    ScenarioError
        When its name is no id for a scenario, or something stands there.
    """
    faults = name_faults(folder.name) + place_faults(folder)
    if faults:
        raise ScenarioError(faults)


def write_split(
    folder: Path, scenario: Scenario, lump_sum_yuan: Mapping[str, int], title: Text
) -> Path:
    """Write a scenario with other lump sums as a new folder; its id is the folder's name.

    A variant of a shipped scenario extends it by name. That of any other holds the scenario it
    extends in :data:`BASE_FILE`, so that the folder can go anywhere. Either the whole folder
    appears or nothing.

    Parameters
    ----------
    folder
        The folder to make.
    scenario
        What is extended.
    lump_sum_yuan
        The new amount of each bureau.
    title
        Of the variant.

    Raises
    ------
    ScenarioError
        When the folder's name is no id, it exists or cannot be written.
    """
    check_variant(folder)
    own = scenario.id in shipped() and (
        load_scenario(scenario.id).content_hash == scenario.content_hash
    )
    content = {
        "id": folder.name,
        "extends": scenario.id if own else BASE_FILE,
        "title": title.model_dump(),
        "budget": {"lump_sum_yuan": dict(lump_sum_yuan)},
    }
    text = yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=1000)

    def fill(draft: Path) -> None:
        if not own:
            base = scenario.model_dump_json(indent=1)
            (draft / BASE_FILE).write_text(f"{base}\n", "utf-8", newline="\n")
        (draft / SCENARIO_FILE).write_text(text, "utf-8", newline="\n")

    make_folder(folder, fill)
    return folder

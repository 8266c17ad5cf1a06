"""A variant says only what is otherwise, and loads as what it says."""

from __future__ import annotations

import pytest
import yaml

from scenarios.faults import ScenarioError, say
from scenarios.load import load_scenario
from scenarios.variant import BASE_FILE, check_variant, write_split

TITLE = say("另一种分法：甲", "another split: a")


@pytest.fixture
def minimal():
    return load_scenario("minimal")


def _changed(scenario):
    return {"id", "title", "budget"}, {
        name
        for name in type(scenario).model_fields
        if getattr(scenario, name) != getattr(load_scenario("minimal"), name)
    }


def test_a_variant_of_a_shipped_scenario_extends_it_by_name(tmp_path, minimal):
    folder = write_split(
        tmp_path / "new" / "other", minimal, {"east": 90000, "south": 90000}, TITLE
    )
    content = yaml.safe_load((folder / "scenario.yaml").read_text(encoding="utf-8"))
    assert content["extends"] == "minimal"
    assert [path.name for path in folder.iterdir()] == ["scenario.yaml"]
    found = load_scenario(folder)
    assert found.id == "other"
    assert found.title == TITLE
    assert found.budget.lump_sum_yuan == {"east": 90000, "south": 90000}
    allowed, changed = _changed(found)
    assert changed == allowed


def test_a_variant_of_another_scenario_carries_what_it_extends(tmp_path, minimal):
    own = minimal.model_copy(update={"id": "mine"})
    folder = write_split(tmp_path / "other", own, {"east": 100000, "south": 80000}, TITLE)
    moved = folder.rename(tmp_path / "moved")
    assert sorted(path.name for path in moved.iterdir()) == [BASE_FILE, "scenario.yaml"]
    found = load_scenario(moved)
    assert found.budget.lump_sum_yuan == {"east": 100000, "south": 80000}
    allowed, changed = _changed(found)
    assert changed == allowed


def test_a_shipped_id_on_other_content_is_not_taken_for_what_ships(tmp_path, minimal):
    own = minimal.model_copy(update={"title": say("别的", "else")})
    folder = write_split(tmp_path / "other", own, {"east": 1, "south": 2}, TITLE)
    assert (folder / BASE_FILE).is_file()


def test_what_stands_there_is_never_overwritten(tmp_path, minimal):
    (tmp_path / "kept").write_text("kept")
    for call in (
        lambda: check_variant(tmp_path / "kept"),
        lambda: write_split(tmp_path / "kept", minimal, {}, TITLE),
    ):
        with pytest.raises(ScenarioError, match="exists"):
            call()
    assert (tmp_path / "kept").read_text() == "kept"


def test_a_folder_whose_name_is_no_id_is_refused(tmp_path):
    with pytest.raises(ScenarioError, match="small letters"):
        check_variant(tmp_path / "New Split")


def test_a_file_in_the_way_of_its_parent_is_told(tmp_path, minimal):
    (tmp_path / "file").write_text("")
    with pytest.raises(ScenarioError, match="cannot be written"):
        write_split(tmp_path / "file" / "other", minimal, {"east": 1, "south": 2}, TITLE)

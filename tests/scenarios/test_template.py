"""A new scenario folder."""

from __future__ import annotations

import json

import pytest

from scenarios.faults import ScenarioError
from scenarios.library import shipped
from scenarios.load import load_scenario
from scenarios.template import new_scenario


@pytest.mark.parametrize("base", shipped())
def test_a_new_scenario_is_its_base_under_another_name(base, tmp_path):
    folder = new_scenario("my-city", tmp_path / "made" / "my-city", base=base)
    copy, original = load_scenario(folder), load_scenario(base)
    assert copy.id == "my-city"
    assert copy.model_copy(update={"id": base}).content_hash == original.content_hash


def test_it_comes_with_the_schema_that_its_first_line_names(tmp_path):
    folder = new_scenario("my-city", tmp_path / "my-city")
    first = (folder / "scenario.yaml").read_text("utf-8").splitlines()[0]
    name = first.removeprefix("# yaml-language-server: $schema=")
    assert json.loads((folder / name).read_text("utf-8"))["title"] == "场景 scenario"
    assert "学习用" in (folder / "scenario.yaml").read_text("utf-8")


@pytest.mark.parametrize("make", ["mkdir", "touch"])
def test_nothing_is_ever_overwritten(make, tmp_path):
    getattr(tmp_path / "x", make)()
    with pytest.raises(ScenarioError, match="something that exists"):
        new_scenario("my-city", tmp_path / "x")
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["x"]


def test_every_wrong_argument_is_told_at_once(tmp_path):
    (tmp_path / "x").mkdir()
    with pytest.raises(ScenarioError) as caught:
        new_scenario("My City", tmp_path / "x", base="minmal")
    name, base, folder = map(str, caught.value.faults)
    assert name.startswith("name: found 'My City'; allowed: a short name of small letters")
    assert base.endswith("did you mean 'minimal'?")
    assert "nothing is overwritten" in folder


def test_a_place_that_cannot_be_written_is_told_and_nothing_is_left(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(ScenarioError, match="cannot be written"):
        new_scenario("my-city", tmp_path / "file" / "my-city")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file"]


def test_a_copy_that_breaks_off_leaves_nothing(tmp_path, monkeypatch):
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("scenarios.template.shutil.copyfile", full)
    with pytest.raises(ScenarioError, match="No space left on device"):
        new_scenario("my-city", tmp_path / "my-city", base="bole-2023")
    assert list(tmp_path.iterdir()) == []

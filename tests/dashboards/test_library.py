"""One's own scenarios lie beside the runs, whole or not at all, never over a shipped one."""

from __future__ import annotations

import pytest
import yaml

from dashboards import library
from dashboards.runs import list_runs
from scenarios.faults import ScenarioError, say
from scenarios.library import shipped
from scenarios.load import load_scenario


def named(scenario, name, **update):
    return scenario.model_copy(update={"id": name, **update})


def test_a_saved_scenario_is_listed_and_loads_as_it_was(tmp_path, minimal):
    own = named(minimal, "my-city", title=say("我的城市", "My city"))
    folder = library.save(tmp_path, own)
    assert folder == tmp_path / "scenarios" / "my-city"
    entries = library.list_scenarios(tmp_path)
    assert [entry.id for entry in entries] == [*shipped(), "my-city"]
    assert (entries[-1].title, entries[-1].own) == (own.title, True)
    assert library.load(tmp_path, "my-city").content_hash == own.content_hash
    assert load_scenario(library.source_of(tmp_path, "my-city")).content_hash == own.content_hash


def test_only_what_differs_from_the_shipped_one_is_written(tmp_path, bole):
    budget = bole.budget.model_copy(update={"per_diem_yuan": 90})
    folder = library.save(tmp_path, named(bole, "richer", budget=budget))
    content = yaml.safe_load((folder / "scenario.yaml").read_text("utf-8"))
    assert content == {"id": "richer", "extends": "bole-2023", "budget": {"per_diem_yuan": 90}}


def test_what_no_overlay_can_say_is_written_whole(tmp_path, minimal):
    fewer = named(minimal, "fewer", companies=minimal.companies[1:])
    folder = library.save(tmp_path, fewer)
    assert "extends" not in yaml.safe_load((folder / "scenario.yaml").read_text("utf-8"))
    assert library.load(tmp_path, "fewer").content_hash == fewer.content_hash


@pytest.mark.parametrize("name", [*shipped(), "con", "com1"])
def test_a_shipped_or_reserved_name_is_never_taken(tmp_path, minimal, name):
    for replace in (False, True):
        with pytest.raises(ScenarioError):
            library.save(tmp_path, named(minimal, name), replace=replace)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["../x", "a/b", "..", "", "A", "a b", "x" * 60, ".hidden"])
def test_a_name_that_is_no_id_is_refused(tmp_path, minimal, name):
    with pytest.raises(ScenarioError):
        library.save(tmp_path, named(minimal, name))
    with pytest.raises(ScenarioError):
        library.load(tmp_path, name)
    assert list(tmp_path.iterdir()) == []


def test_an_own_scenario_is_replaced_only_where_that_is_said(tmp_path, minimal):
    library.save(tmp_path, named(minimal, "mine"))
    other = named(minimal, "mine", title=say("二", "Two"))
    with pytest.raises(ScenarioError):
        library.save(tmp_path, other)
    assert library.load(tmp_path, "mine").title == minimal.title
    folder = library.save(tmp_path, other, replace=True)
    assert library.load(tmp_path, "mine").title == other.title
    assert [path.name for path in folder.iterdir()] == ["scenario.yaml"]
    assert library.free_name(tmp_path, "mine") == "mine-2"


def test_nothing_is_left_of_a_write_that_failed(tmp_path, minimal, monkeypatch):
    def fail(draft, scenario, base):
        (draft / "half.yaml").write_text("x", "utf-8")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(library, "fill_folder", fail)
    with pytest.raises(ScenarioError):
        library.save(tmp_path, named(minimal, "mine"))
    assert list((tmp_path / "scenarios").iterdir()) == []


def test_a_broken_own_scenario_is_listed_without_a_title(tmp_path):
    folder = tmp_path / "scenarios" / "broken"
    folder.mkdir(parents=True)
    (folder / "scenario.yaml").write_text("id: broken\n", "utf-8")
    entry = library.list_scenarios(tmp_path)[-1]
    assert (entry.id, entry.title) == ("broken", None)
    with pytest.raises(ScenarioError):
        library.load(tmp_path, "broken")


def test_own_scenarios_are_no_runs(tmp_path, minimal):
    library.save(tmp_path, named(minimal, "mine"))
    found = list_runs(tmp_path)
    assert (found.runs, found.problems) == ((), ())

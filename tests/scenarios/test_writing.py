"""A scenario is written as short as it can be said, and reads back as itself."""

from __future__ import annotations

import pytest
import yaml

from scenarios.faults import ScenarioError
from scenarios.library import shipped
from scenarios.load import load_scenario
from scenarios.writing import nearest, scenario_yaml, write_folder


@pytest.mark.parametrize("name", shipped())
def test_a_scenario_written_whole_reads_back_equal(name, tmp_path):
    scenario = load_scenario(name)
    file = tmp_path / "scenario.yaml"
    file.write_text(scenario_yaml(scenario), "utf-8")
    assert load_scenario(file).content_hash == scenario.content_hash


@pytest.mark.parametrize("name", shipped())
def test_the_nearest_scenario_of_a_shipped_one_is_itself(name):
    base = nearest(load_scenario(name))
    assert base is not None
    assert base.id == name


def _changed(scenario):
    """Changes of every kind: a value, a dropped mapping, a new and a removed row, another kind."""
    yield {"note": None}
    yield {"companies": scenario.companies[:-1]}
    yield {"companies": scenario.companies[::-1]}
    first = scenario.companies[0].model_copy(update={"id": "new-one"})
    yield {"companies": (*scenario.companies, first)}
    yield {"companies": ()}
    items = list(scenario.assumptions.items)
    fixed = items[0].model_validate(
        {**items[0].model_dump(), "distribution": {"kind": "fixed", "value": 1.5}}
    )
    yield {"assumptions": scenario.assumptions.model_copy(update={"items": (fixed, *items[1:])})}
    leave = scenario.rules.leave.model_copy(update={"min_days_between": 9})
    yield {"rules": scenario.rules.model_copy(update={"leave": leave})}
    yield {"budget": scenario.budget.model_copy(update={"rent_yuan_per_month": {}})}


@pytest.mark.parametrize("number", range(8))
@pytest.mark.parametrize("name", ["bole-2023", "minimal"])
def test_a_folder_reads_back_as_what_was_written_whatever_was_changed(name, number, tmp_path):
    scenario = load_scenario(name)
    update = list(_changed(scenario))[number]
    changed = scenario.model_copy(update={"id": "changed", **update})
    write_folder(tmp_path / "changed", changed, "changed")
    assert load_scenario(tmp_path / "changed").content_hash == changed.content_hash


def test_a_folder_says_only_what_differs(tmp_path):
    scenario = load_scenario("bole-2023")
    leader = scenario.organisation.leaders[0].model_copy(update={"groups_per_month": 7})
    organisation = scenario.organisation.model_copy(
        update={"leaders": (leader, *scenario.organisation.leaders[1:])}
    )
    write_folder(
        tmp_path / "x", scenario.model_copy(update={"organisation": organisation}), "busier"
    )
    assert yaml.safe_load((tmp_path / "x" / "scenario.yaml").read_text("utf-8")) == {
        "id": "busier",
        "extends": "bole-2023",
        "organisation": {"leaders": [{"id": leader.id, "groups_per_month": 7}]},
    }


def test_nothing_is_written_under_a_name_that_is_no_id_or_over_what_stands_there(tmp_path):
    scenario = load_scenario("minimal")
    (tmp_path / "taken").mkdir()
    for folder, name in ((tmp_path / "new", "No Id"), (tmp_path / "taken", "fine")):
        with pytest.raises(ScenarioError):
            write_folder(folder, scenario, name)
    assert [path.name for path in tmp_path.iterdir()] == ["taken"]


def test_a_short_form_that_would_say_something_else_is_never_kept(tmp_path, monkeypatch):
    companies = load_scenario("minimal").companies[1:]
    scenario = load_scenario("minimal").model_copy(update={"companies": companies})
    monkeypatch.setattr("scenarios.writing._over", lambda base, new: {})
    write_folder(tmp_path / "x", scenario, "other")
    assert load_scenario(tmp_path / "x").companies == companies

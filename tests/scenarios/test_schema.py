"""The JSON schema that editors read."""

from __future__ import annotations

import json

import jsonschema
import pytest

from scenarios.library import shipped, shipped_file
from scenarios.load import load_scenario
from scenarios.schema import json_schema
from scenarios.yamldoc import read_yaml
from tests.scenarios.broken import write_broken


@pytest.fixture(scope="module")
def schema() -> jsonschema.Draft202012Validator:
    written = json.loads(json.dumps(json_schema()))
    jsonschema.Draft202012Validator.check_schema(written)
    return jsonschema.Draft202012Validator(written)


@pytest.mark.parametrize("name", [*shipped(), "priors"])
def test_it_accepts_every_shipped_file(name, schema):
    data = read_yaml(shipped_file(name), name).data
    # A partial file is extended, and extends nothing: it is judged as the overlay that it is.
    assert list(schema.iter_errors({"extends": "priors", "id": "x", **data})) == []


def test_it_accepts_a_resolved_scenario_and_misses_what_is_not_there(schema):
    whole = load_scenario("minimal").model_dump(mode="json")
    assert list(schema.iter_errors(whole)) == []
    del whole["budget"]
    assert [error.message for error in schema.iter_errors(whole)] == [
        "'budget' is a required property"
    ]


@pytest.mark.parametrize("kind", ["unknown-key", "negative-money"])
def test_it_refuses_what_an_editor_can_see(kind, schema, tmp_path):
    path = write_broken(kind, tmp_path / "x") / "scenario.yaml"
    assert len(list(schema.iter_errors(read_yaml(path, "x").data))) == 1


def test_it_accepts_names_of_tables_beside_the_file_only(schema):
    for key in ("companies", "persons", "leader_days"):
        assert schema.is_valid({"extends": "minimal", "id": "x", key: f"{key}.csv"})
        assert not schema.is_valid({"extends": "minimal", "id": "x", key: f"../{key}.csv"})
        assert not schema.is_valid({"extends": "minimal", "id": "x", key: f"{key}.xlsx"})


def test_a_person_listed_apart_names_a_bureau(schema):
    person = {"id": "a", "title": {"zh": "一", "en": "a"}, "role": "staff"}
    whole = load_scenario("minimal").model_dump(mode="json")
    assert schema.is_valid({**whole, "persons": [{**person, "bureau": "east"}]})
    assert not schema.is_valid({**whole, "persons": [person]})


def test_a_bureau_may_leave_its_persons_to_the_list_apart(schema):
    whole = load_scenario("minimal").model_dump(mode="json")
    del whole["organisation"]["bureaus"][0]["persons"]
    assert schema.is_valid(whole)


def test_fields_carry_titles_in_both_languages_units_and_clauses():
    days = json_schema()["$defs"]["PresenceRule"]["properties"]["days_per_month"]
    assert days["x-title"] == {"zh": "每月在岗天数", "en": "days at post a month"}
    assert (days["x-unit"], days["x-clause"]) == ("days", "五㈠")
    for name, definition in json_schema()["$defs"].items():
        for key, field in definition.get("properties", {}).items():
            refers = {"kind", "zh", "en", "start", "end"}
            plain = name.removeprefix("Partial") in ("Fixed", "LogNormal", "Beta", "Triangular")
            plain = plain or name.removeprefix("Partial") in ("Discrete", "TierStep")
            assert plain or key in refers or "x-title" in field, (name, key)

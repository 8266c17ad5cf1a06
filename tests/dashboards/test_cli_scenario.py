from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from dashboards.cli import app
from scenarios.library import shipped
from scenarios.load import load_scenario
from tests.dashboards.test_texts import CJK
from tests.scenarios.books import edited, put
from tests.scenarios.broken import KINDS, write_broken


def bureau(*args):
    return CliRunner().invoke(app, [str(arg) for arg in args])


def test_help_speaks_both_languages_for_every_command():
    assert bureau("--help").exit_code == 0
    for command in ("run", "plan", "audit", "forecast", "dashboard", "doctor", "scenario"):
        said = bureau(command, "--help").stdout
        assert CJK.search(said)
        assert " / " in said


def test_an_unknown_option_is_a_usage_error():
    assert bureau("run", "minimal", "--colour").exit_code == 2
    assert bureau("run", "minimal", "--futures", "0").exit_code == 2
    assert bureau("run", "minimal", "--lang", "fr").exit_code == 2


def test_the_list_names_every_shipped_scenario_in_either_language():
    for lang in ("zh", "en"):
        said = bureau("scenario", "list", "--lang", lang).stdout
        assert [name for name in shipped() if name not in said] == []
        assert load_scenario("minimal").title.get(lang) in said
    found = json.loads(bureau("scenario", "list", "--json").stdout)
    assert [row["id"] for row in found["scenarios"]] == list(shipped())


def test_a_sound_scenario_is_called_sound_with_its_content_hash():
    result = bureau("scenario", "validate", "minimal", "--json")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["hash"] == load_scenario("minimal").content_hash


def test_a_new_scenario_validates_and_is_never_written_over(tmp_path):
    folder = tmp_path / "my-city"
    assert bureau("scenario", "new", "my-city", "--folder", folder).exit_code == 0
    assert bureau("scenario", "validate", folder).exit_code == 0
    before = {path: path.read_bytes() for path in folder.iterdir()}
    again = bureau("scenario", "new", "my-city", "--folder", folder, "--lang", "en")
    assert again.exit_code == 4
    assert "something that exists" in again.stderr
    assert {path: path.read_bytes() for path in folder.iterdir()} == before


def test_the_schema_is_json_with_titles_in_both_languages():
    schema = json.loads(bureau("scenario", "schema").stdout)
    assert schema["$defs"]["Scenario"]["properties"]["horizon"]["x-title"] == {
        "zh": "计划期",
        "en": "horizon",
    }


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("command", [["scenario", "validate"], ["run"]])
def test_bad_data_is_refused_in_words_and_nothing_is_written(kind, command, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    folder = write_broken(kind, tmp_path / "broken")
    before = sorted(tmp_path.rglob("*"))
    result = bureau(*command, folder, "--lang", "en")
    assert result.exit_code == 4
    assert result.stdout == ""
    assert "Traceback" not in result.stderr
    assert "found" in result.stderr
    assert "allowed" in result.stderr
    assert sorted(tmp_path.rglob("*")) == before


def test_all_faults_come_at_once_in_words_and_as_json(tmp_path):
    folder = write_broken("several", tmp_path)
    result = bureau("run", folder, "--json", "--lang", "zh")
    assert result.exit_code == 4
    error = json.loads(result.stdout)["error"]
    assert error["exit"] == 4
    assert len(error["faults"]) == 5
    assert "5 处错误" in result.stderr
    assert all(fault["where"] in result.stderr for fault in error["faults"])


@pytest.mark.parametrize(
    ("lang", "told"),
    [
        ("zh", "nope：现为 不存在的场景 'nope'；应为 含 scenario.yaml 的文件夹"),
        ("en", "nope: found no scenario 'nope'; allowed: a folder with scenario.yaml"),
    ],
)
def test_a_fault_is_told_in_the_language_asked_for(lang, told):
    result = bureau("scenario", "validate", "nope", "--json", "--lang", lang)
    assert result.exit_code == 4
    assert told in result.stderr
    (fault,) = json.loads(result.stdout)["error"]["faults"]
    assert fault["found"] in told
    assert fault["allowed"].startswith(told.rpartition("应为 " if lang == "zh" else "allowed: ")[2])


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_workbook_is_written_validated_and_made_a_folder(lang, tmp_path):
    file = tmp_path / "deep" / "city.xlsx"
    written = bureau("scenario", "workbook", "minimal", "--out", file, "--lang", lang)
    assert written.exit_code == 0
    assert file.name in written.stdout.replace("\n", "")
    found = json.loads(bureau("scenario", "validate", file, "--json").stdout)
    assert found["hash"] == load_scenario("minimal").content_hash
    folder = tmp_path / "my-city"
    assert bureau("scenario", "new", "my-city", "--from", file, "--folder", folder).exit_code == 0
    renamed = load_scenario("minimal").model_copy(update={"id": "my-city"})
    assert load_scenario(folder).content_hash == renamed.content_hash


def test_a_workbook_is_written_over_only_with_force(tmp_path):
    file = tmp_path / "city.xlsx"
    file.write_bytes(b"mine")
    refused = bureau("scenario", "workbook", "minimal", "--out", file, "--lang", "en")
    assert refused.exit_code == 4
    assert "--force" in refused.stderr
    assert file.read_bytes() == b"mine"
    assert bureau("scenario", "workbook", "minimal", "--out", file, "--force").exit_code == 0
    assert load_scenario(file) == load_scenario("minimal")
    assert [path.name for path in tmp_path.iterdir()] == ["city.xlsx"]


@pytest.mark.parametrize("command", [["scenario", "validate"], ["run"], ["plan"], ["forecast"]])
def test_every_command_reads_a_workbook_and_names_its_faults(command, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "bad.xlsx"
    file.write_bytes(edited(put("Companies", 3, "bureau", "eats"), lang="en"))
    result = bureau(*command, file, "--lang", "zh")
    assert result.exit_code == 4
    assert "Companies 第 3 行 D 列：现为 'eats'" in result.stderr
    assert "是否想写 'east'" in result.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["bad.xlsx"]

from __future__ import annotations

import json
import shutil

import openpyxl
import pytest
from typer.testing import CliRunner

from dashboards.cli import app
from dashboards.texts import t


@pytest.fixture
def bureau(monkeypatch, run_store, tmp_path):
    """Run the command line in an empty folder beside the stored runs."""
    monkeypatch.setenv("BUREAU_RUNS", str(run_store))
    monkeypatch.chdir(tmp_path)
    return lambda *args: CliRunner().invoke(app, ["export", "xlsx", *map(str, args)])


def test_the_workbook_lands_in_the_current_folder_named_after_run_and_language(bureau, tmp_path):
    result = bureau("planned", "--lang", "en")
    assert result.exit_code == 0, result.output
    file = tmp_path / "planned-en.xlsx"
    assert file.name in result.stdout
    assert t("workbook.year.tab", "en") in openpyxl.load_workbook(file).sheetnames
    assert [path.name for path in tmp_path.iterdir()] == [file.name]


def test_a_file_that_stands_there_is_replaced_only_when_told_to(bureau, tmp_path):
    file = tmp_path / "mine.xlsx"
    file.write_bytes(b"mine")
    refused = bureau("planned", "--out", file)
    assert refused.exit_code == 2
    assert file.read_bytes() == b"mine"
    assert "--force" in refused.stderr
    assert bureau("planned", "--out", file, "--force").exit_code == 0
    assert file.read_bytes() != b"mine"


def test_a_place_that_cannot_be_written_is_said_in_words(bureau, tmp_path):
    result = bureau("planned", "--out", tmp_path / "nowhere" / "a.xlsx")
    assert result.exit_code == 2
    assert "a.xlsx" in result.stderr
    assert "Traceback" not in result.output


def test_a_run_that_is_not_there_is_a_usage_fault(bureau):
    assert bureau("no-such-run").exit_code == 2


def test_a_table_edited_into_nonsense_is_bad_data(bureau, run_store, tmp_path):
    shutil.copytree(run_store / "planned", tmp_path / "edited")
    table = tmp_path / "edited" / "leaves.csv"
    table.write_text(table.read_text(encoding="utf-8").replace("east-chief", "x"), encoding="utf-8")
    result = bureau(tmp_path / "edited")
    assert result.exit_code == 4
    assert "leaves.csv" in result.stderr
    assert not list(tmp_path.glob("*.xlsx"))


def test_results_of_another_scenario_are_refused_before_anything_is_written(bureau, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    for name in ("allocation", "drivers"):
        (other / f"{name}.json").write_text(json.dumps({"scenario_hash": "0" * 64}), "utf-8")
        result = bureau("planned", f"--{name}", other)
        assert result.exit_code == 2
        assert "0" * 12 in result.stderr
    assert not list(tmp_path.glob("*.xlsx"))

"""``bureau explain`` as people call it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from dashboards.cli import app

FOLDER = Path(__file__).parents[2] / "benchmarks" / "instances" / "infeasible"


def _call(*words: str):
    return CliRunner().invoke(app, ["explain", *words])


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("zh", ["同样的冲突共 32 处", "放弃 32 项", "轮休所在月除外", "已证明最省", "五㈠"]),
        ("en", ["There are 32 conflicts like it", "give up 32", "proven cheapest", "五㈠"]),
    ],
)
def test_the_literal_policy_is_explained_once_with_counts_and_the_way_out(lang, words):
    shown = _call(str(FOLDER / "literal-monthly.json"), "--lang", lang)
    assert shown.exit_code == 3
    for word in words:
        assert word in shown.stdout
    assert len(shown.stdout.splitlines()) < 30


def test_what_is_said_can_be_had_as_data():
    shown = _call(str(FOLDER / "colliding-pins.json"), "--json")
    assert shown.exit_code == 3
    said = json.loads(shown.stdout)
    assert said["feasible"] is False
    rules = {demand["rule"] for demand in said["conflicts"][0]["demands"]}
    assert rules == {"leave-pin", "coverage"}


def test_an_answer_is_kept_as_it_is_printed_and_that_is_no_failure(tmp_path):
    scenario = str(FOLDER / "colliding-pins.json")
    file = tmp_path / "answer.json"
    shown = _call(scenario, "--json", "--answer", str(file))
    assert shown.exit_code == 0, shown.stderr
    assert json.loads(file.read_text(encoding="utf-8")) == json.loads(shown.stdout)
    assert [x.name for x in tmp_path.iterdir()] == ["answer.json"]


def test_an_answer_that_cannot_be_kept_is_refused_in_words(tmp_path):
    file = tmp_path / "nowhere" / "answer.json"
    shown = _call(str(FOLDER / "colliding-pins.json"), "--answer", str(file), "--lang", "en")
    assert shown.exit_code == 2
    assert "cannot be written" in shown.stderr


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_city_with_a_rotation_shows_its_room(lang):
    shown = _call("bole-2023", "--lang", lang)
    assert shown.exit_code == 0
    assert "2023-Q1" in shown.stdout
    room = json.loads(_call("bole-2023", "--json").stdout)
    assert room["feasible"]
    # A common year's first quarter has 90 days, of which 78 are owed and 12 are leave.
    assert {x["slack_days"] for x in room["slack"] if x["period"] == "2023-Q1"} == {0}
    assert {x["leaves"] for x in room["seats"]} == {8}


def test_a_scenario_that_is_not_there_is_refused_in_words():
    shown = _call("no-such-city")
    assert shown.exit_code == 4
    assert "no-such-city" in shown.stderr

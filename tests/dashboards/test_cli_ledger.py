from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from dashboards.cli import app
from scenarios.ledger import TABLES
from scenarios.ledger.files import append


def bureau(*argv):
    return CliRunner().invoke(app, ["ledger", *map(str, argv)])


@pytest.fixture
def folder(tmp_path):
    made = bureau("new", tmp_path / "ledger")
    assert made.exit_code == 0
    return tmp_path / "ledger"


def test_a_new_ledger_has_a_file_with_its_head_for_every_table(folder):
    assert {path.name for path in folder.iterdir()} == {f"{name}.csv" for name in TABLES}
    for name, table in TABLES.items():
        assert (folder / f"{name}.csv").read_text() == ",".join(table.names) + "\n"


def test_a_ledger_is_never_made_over_something(folder):
    again = bureau("new", folder)
    assert again.exit_code == 2
    assert "已存在" in again.stderr


@pytest.mark.parametrize(("lang", "words"), [("zh", "读入 1 行"), ("en", "1 rows read")])
def test_a_check_says_what_was_read_and_where_the_bureaus_stand(folder, minimal, lang, words):
    one = minimal.organisation.bureaus[0]
    row = {
        "entry": "p1",
        "recorded": "2024-07-02",
        "person": one.persons[0].id,
        "date": "2024-07-01",
        "status": "post",
    }
    append(folder, TABLES["presence"], [row])
    told = bureau("check", folder, "minimal", "--as-of", "2024-07-02", "--lang", lang)
    assert told.exit_code == 0
    assert words in told.stdout
    assert one.name.get(lang) in told.stdout


def test_faults_end_in_exit_1_and_are_all_in_the_json(folder):
    rows = [{"entry": "c1", "recorded": "soon", "person": "nobody", "company": "A"}]
    append(folder, TABLES["calls"], rows)
    told = bureau("check", folder, "minimal", "--as-of", "2024-07-02", "--json")
    assert told.exit_code == 1
    found = json.loads(told.stdout)
    assert [fault["where"] for fault in found["faults"]] == [
        f"calls.csv row 2 column {name}" for name in ("recorded", "person", "date")
    ]
    assert found["standing"]["signed_yuan"] == [0.0, 0.0]


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (["nowhere", "minimal"], "nowhere"),
        (["{folder}", "minimal", "--as-of", "tomorrow"], "tomorrow"),
    ],
)
def test_a_wrong_call_is_told_in_words(folder, argv, words):
    told = bureau("check", *(x.format(folder=folder) for x in argv))
    assert told.exit_code == 2
    assert words in told.stderr
    assert "Traceback" not in told.output

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
from typer.testing import CliRunner

from dashboards.cli import app
from scenarios.ledger import TABLES
from scenarios.ledger import append as add_rows
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


@pytest.mark.parametrize("name", ["new.xlsx", "new.sqlite", "copy"])
def test_a_ledger_is_made_filled_converted_and_checked_in_every_form(tmp_path, minimal, name):
    person = minimal.organisation.bureaus[0].persons[0].id
    row = {"recorded": "2024-07-02", "person": person, "date": "2024-07-01", "status": "post"}
    assert bureau("new", tmp_path / name).exit_code == 0
    add_rows(tmp_path / name, "presence", [row], minimal, today=date(2024, 7, 2))
    for source, target in ((name, "a.sqlite"), ("a.sqlite", "b.xlsx"), ("b.xlsx", "c")):
        told = bureau("convert", tmp_path / source, tmp_path / target, "--lang", "en")
        assert told.exit_code == 0, told.output
        assert "1 rows" in told.stdout
    facts = [
        json.loads(bureau("check", tmp_path / x, "minimal", "--json").stdout)
        for x in (name, "a.sqlite", "b.xlsx", "c")
    ]
    assert facts[0]["rows"]["presence"] == 1
    assert facts[1:] == facts[:1] * 3


@pytest.mark.parametrize(
    ("argv", "code", "words"),
    [
        (["nowhere", "{there}/x.xlsx"], 2, "nowhere"),
        (["{there}/ledger", "{there}/ledger"], 2, "已存在"),
        (["{there}/ledger", "{there}/full.sqlite"], 2, "已存在"),
        (["{there}/broken.xlsx", "{there}/x"], 4, "broken.xlsx"),
        (["{there}/broken.sqlite", "{there}/x"], 4, "broken.sqlite"),
    ],
)
def test_a_ledger_that_cannot_be_converted_is_told_in_words_and_nothing_is_made(
    folder, tmp_path, argv, code, words
):
    for name in ("full.sqlite", "broken.xlsx", "broken.sqlite"):
        (tmp_path / name).write_bytes(b"no ledger at all" * 99)
    before = sorted(x.name for x in tmp_path.iterdir())
    told = bureau("convert", *(x.format(there=tmp_path) for x in argv))
    assert told.exit_code == code, told.output
    assert words in told.stderr
    assert "Traceback" not in told.output
    assert sorted(x.name for x in tmp_path.iterdir()) == before
    assert (tmp_path / "full.sqlite").read_bytes() == b"no ledger at all" * 99


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


@pytest.mark.parametrize(("lang", "words"), [("zh", "合成"), ("en", "SYNTHETIC")])
def test_a_demo_is_written_up_to_a_day_says_it_is_made_up_and_checks(
    tmp_path, run_store, minimal, lang, words
):
    folder, until = tmp_path / "demo", minimal.horizon.start + timedelta(days=60)
    argv = ("demo", folder, run_store / "planned", "--until", until, "--lang", lang)
    made = bureau(*argv, "--seed", "4")
    assert made.exit_code == 0, made.output
    assert words in made.stdout
    assert "合成数据" in (folder / "README.txt").read_text(encoding="utf-8")
    told = bureau("check", folder, "minimal", "--as-of", until, "--json")
    assert told.exit_code == 0
    rows = json.loads(told.stdout)["rows"]
    assert min(rows["presence"], rows["calls"], rows["leads"], rows["expenses"]) > 0
    recorded = [
        line.split(",")[1]
        for path in folder.glob("*.csv")
        for line in path.read_text().splitlines()[1:]
    ]
    assert max(recorded) <= until.isoformat()
    again = bureau("demo", folder, run_store / "planned")
    assert again.exit_code == 2
    assert "不是空文件夹" in again.stderr


def test_a_demo_is_of_the_whole_year_and_of_its_seed(tmp_path, run_store, minimal):
    def calls(name, *options):
        assert bureau("demo", tmp_path / name, run_store / "planned", *options).exit_code == 0
        return (tmp_path / name / "calls.csv").read_bytes()

    assert calls("a") == calls("b", "--seed", "2023", "--until", minimal.horizon.end)
    assert calls("c", "--seed", "1") != calls("a2")


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (["no-such-run"], "no-such-run"),
        (["{run}", "--until", "soon"], "soon"),
        (["{run}", "--until", "1999-01-01"], "1999-01-01"),
        (["{run}", "--seed", "-1"], "--seed"),
    ],
)
def test_a_demo_that_cannot_be_made_is_refused_in_words_and_leaves_nothing(
    tmp_path, run_store, argv, words
):
    folder = tmp_path / "demo"
    told = bureau("demo", folder, *(x.format(run=run_store / "planned") for x in argv))
    assert told.exit_code in (2, 4)
    assert words in told.stderr
    assert "Traceback" not in told.output
    assert not folder.exists()


def test_a_demo_where_a_file_lies_is_refused(tmp_path, run_store):
    (tmp_path / "file").write_text("x")
    for place, code in ((tmp_path / "file", 2), (tmp_path / "file" / "below", 4)):
        told = bureau("demo", place, run_store / "planned", "--lang", "en")
        assert told.exit_code == code, told.output
        assert str(place) in told.stderr.replace("\n", "")


def test_a_check_of_a_ledger_without_one_of_its_tables_does_not_say_where_bureaus_stand(folder):
    (folder / "contracts.csv").write_text("x\n")
    told = bureau("check", folder, "minimal", "--as-of", "2024-07-02", "--lang", "en")
    assert told.exit_code == 1
    assert "contracts.csv" in told.stdout
    assert "cannot be told" in told.stdout
    assert "Where the bureaus stand" not in told.stdout
    found = json.loads(bureau("check", folder, "minimal", "--json").stdout)
    assert (found["standing"], found["items"]) == (None, [])
    assert found["faults"][0]["remedy"]["zh"]


@pytest.mark.parametrize(("lang", "words"), [("zh", "不是台账"), ("en", "is no ledger")])
def test_another_file_is_not_said_to_be_missing(tmp_path, lang, words):
    (tmp_path / "calls.csv").write_text("x")
    for argv in (
        ("check", tmp_path / "calls.csv", "minimal"),
        ("convert", tmp_path / "calls.csv", tmp_path / "x.sqlite"),
    ):
        told = bureau(*argv, "--lang", lang)
        assert told.exit_code == 2
        assert words in told.stderr


@pytest.mark.parametrize("name", ["demo.xlsx", "demo.sqlite"])
def test_a_demo_is_made_in_the_form_its_name_says(tmp_path, run_store, minimal, name):
    made = bureau("demo", tmp_path / name, run_store / "planned", "--seed", "4")
    assert made.exit_code == 0, made.output
    assert bureau("demo", tmp_path / "folder", run_store / "planned", "--seed", "4").exit_code == 0
    one, two = (
        json.loads(bureau("check", tmp_path / x, "minimal", "--json").stdout)
        for x in (name, "folder")
    )
    assert (tmp_path / name).is_file()
    assert one == two

"""``bureau calibrate``: what the records made of a run's assumptions."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from typer.testing import CliRunner

from dashboards.cli import app
from dashboards.commands.failing import Exit
from scenarios.ledger import TABLES
from scenarios.ledger.files import append
from scenarios.load import load_scenario


@pytest.fixture(scope="module")
def run(run_store):
    return run_store / "planned"


@pytest.fixture
def ledger(tmp_path, minimal):
    folder, bureau = tmp_path / "ledger", minimal.organisation.bureaus[0]
    for table in TABLES.values():
        append(folder, table, [])
    rows = []
    for k in range(20):
        day = str(minimal.horizon.start + timedelta(days=k))
        own = {"entry": f"e{k}", "recorded": day, "date": day}
        rows.append(own | {"person": bureau.persons[0].id, "company": f"c{k}"})
    table = TABLES["calls"]
    append(folder, table, [dict.fromkeys(table.names, "") | row for row in rows])
    return folder


def calibrate(*argv):
    return CliRunner().invoke(app, ["calibrate", *map(str, argv)])


def day(minimal, n):
    return minimal.horizon.start + timedelta(days=n)


def test_before_and_after_are_printed_with_the_number_of_records(run, ledger, minimal):
    found = calibrate(run, ledger, "--as-of", day(minimal, 40), "--lang", "en")
    assert found.exit_code == 0, found.output
    assert "n = 20, from calls" in found.output
    assert "→" in found.output
    assert "Prior only (" in found.output


def test_the_json_holds_every_assumption(run, ledger, minimal):
    found = calibrate(run, ledger, "--as-of", day(minimal, 40), "--json")
    said = json.loads(found.stdout)
    assert {x["assumption"] for x in said["findings"]} == {x.id for x in minimal.assumptions.items}
    learned = {x["assumption"]: x["n"] for x in said["findings"] if x["basis"] != "none"}
    assert learned == {"calls-per-month": 20, "call-to-lead": 20}


@pytest.mark.parametrize("name", ["learned.yaml", "learned"])
def test_the_scenario_that_learned_can_be_loaded(run, ledger, minimal, tmp_path, name):
    target = tmp_path / name
    argv = (run, ledger, "--as-of", day(minimal, 40), "--out", target)
    said = json.loads(calibrate(*argv, "--json").stdout)
    assert load_scenario(target).content_hash == said["hash"] != minimal.content_hash
    again = calibrate(*argv)
    assert again.exit_code == Exit.BAD_DATA
    assert "Traceback" not in again.output


def test_without_records_it_says_prior_only(run, ledger, minimal, tmp_path):
    table = TABLES["calls"]
    empty = tmp_path / "empty"
    append(empty, table, [])
    found = calibrate(run, empty, "--as-of", day(minimal, 40))
    assert found.exit_code == 0
    assert "全部假设仅为先验" in found.output


@pytest.mark.parametrize("text", ["soon", "1999-01-01"])
def test_a_day_outside_the_horizon_is_refused(run, ledger, text):
    assert calibrate(run, ledger, "--as-of", text).exit_code == Exit.USAGE


def test_a_ledger_that_is_not_there_is_named(run, tmp_path, minimal):
    found = calibrate(run, tmp_path / "none", "--as-of", day(minimal, 40))
    assert found.exit_code == Exit.USAGE
    assert "bureau ledger new" in found.output


def test_rows_that_cannot_be_read_are_named_and_the_others_count(run, ledger, minimal):
    table, when = TABLES["calls"], str(day(minimal, 3))
    own = {"entry": "x", "recorded": when, "date": when, "person": "nobody", "company": "c"}
    append(ledger, table, [dict.fromkeys(table.names, "") | own])
    found = calibrate(run, ledger, "--as-of", day(minimal, 40), "--lang", "en")
    assert found.exit_code == 0
    assert "faults (1), whose rows do not count" in " ".join(found.output.split())
    assert "n = 20" in found.output

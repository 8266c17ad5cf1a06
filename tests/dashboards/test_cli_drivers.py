"""``bureau drivers`` as people call it."""

from __future__ import annotations

import json

import pandas as pd
import pytest
from typer.testing import CliRunner

from dashboards.cli import app
from dashboards.commands.drivers import SHOWN
from dashboards.runs import Inputs
from dashboards.store import Meta, write_run
from planner.audit import audit
from planner.plan import tables
from sim.replay import COLUMNS
from tests.dashboards.sample import plan_of

FEW = ("-n", "200", "--workers", "1")


def _call(*words: str):
    return CliRunner().invoke(app, ["drivers", *words])


@pytest.fixture
def run(run_store):
    return str(run_store / "planned")


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("zh", ("杠杆", "未达", "台账", "经费", "率先制约", "回放：P10", "未必是原因", "种子 1")),
        (
            "en",
            (
                "levers",
                "misses",
                "record",
                "money",
                "bind first",
                "Replays: P10",
                "cause",
                "seed 1",
            ),
        ),
    ],
)
def test_a_plan_without_a_forecast_gets_one_screen_in_either_language(run, minimal, lang, words):
    shown = _call(run, *FEW, "--lang", lang)
    assert shown.exit_code == 0, shown.stderr
    for word in words:
        assert word in shown.stdout
    for bureau in minimal.organisation.bureaus:
        assert bureau.city.get(lang) in shown.stdout
    assert len(shown.stdout.splitlines()) <= 40


def test_json_holds_what_the_screen_says_and_more(run):
    content = json.loads(_call(run, *FEW, "--json").stdout)
    assert content["run"] == run
    assert content["tornado"]["n"] == content["cohorts"]["draws"] == 200
    (chance, *_) = [x["all_main"] for x in content["bureaus"].values()]
    assert len(chance["levers"]) > SHOWN


def test_the_screen_shows_the_biggest_clear_levers_of_the_file(run, minimal, tmp_path):
    folder = tmp_path / "drivers"
    shown = _call(run, *FEW, "--lang", "en", "--out", str(folder))
    assert shown.exit_code == 0, shown.stderr
    content = json.loads((folder / "drivers.json").read_text(encoding="utf-8"))
    labels = {x.id: x.label.en for x in minimal.assumptions.items}
    for bureau in content["bureaus"].values():
        clear = [x for x in bureau["all_main"]["levers"] if not x["unclear"]][:SHOWN]
        for bar in clear:
            said = f"{labels[bar['assumption']]}{'*' if bar['how'] == 'scaled' else ''} "
            assert said + f"{100 * bar['swing']['mean']:+.1f}" in shown.stdout


def test_the_folder_holds_the_file_and_the_replays_and_nothing_half_done(run, tmp_path):
    folder = tmp_path / "new" / "drivers"
    assert _call(run, *FEW, "--out", str(folder), "--by", "score").exit_code == 0
    names = ["drivers.json", "replay_p10.csv", "replay_p50.csv", "replay_p90.csv"]
    assert sorted(path.name for path in folder.iterdir()) == names
    assert [path.name for path in folder.parent.iterdir()] == ["drivers"]
    content = json.loads((folder / "drivers.json").read_text(encoding="utf-8"))
    assert content["replays"]["p10"]["by"] == "score"
    assert content["replays"]["p10"]["value"] <= content["replays"]["p90"]["value"]
    for name in names[1:]:
        table = pd.read_csv(folder / name)
        assert tuple(table.columns) == COLUMNS
        assert len(table) > 50


def test_the_same_seed_writes_the_same_bytes_whatever_the_workers(run, tmp_path):
    for name, workers in (("one", "1"), ("two", "2")):
        assert (
            _call(run, "-n", "200", "--workers", workers, "--out", str(tmp_path / name)).exit_code
            == 0
        )
    for path in (tmp_path / "one").iterdir():
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes()


def test_a_target_narrows_the_screen_to_its_odds(run, minimal):
    target = minimal.targets[0]
    shown = _call(run, *FEW, "--target", target.id, "--lang", "en")
    assert shown.exit_code == 0
    assert f"{target.label.en}, every bureau" in shown.stdout
    assert "all main targets" not in shown.stdout


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_an_unknown_target_is_refused_with_those_there_are(run, minimal, lang):
    shown = _call(run, "--target", "moon", "--lang", lang)
    assert shown.exit_code == 2
    assert "moon" in shown.stderr
    assert minimal.targets[0].id in shown.stderr


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_folder_that_exists_is_refused_before_any_work(run, tmp_path, lang):
    (tmp_path / "kept.txt").write_text("kept")
    shown = _call(run, "--out", str(tmp_path), "--lang", lang)
    assert shown.exit_code == 2
    assert "--out" in shown.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["kept.txt"]


@pytest.mark.parametrize("wrong", [("-n", "199"), ("-n", "20001"), ("--seed", "-1")])
def test_numbers_out_of_range_are_refused(run, wrong):
    assert _call(run, *wrong).exit_code == 2


def test_no_such_run_is_refused_in_words(tmp_path):
    shown = _call(str(tmp_path / "none"), "--lang", "en")
    assert shown.exit_code == 2
    assert "There is no folder" in shown.stderr


def test_assumptions_beyond_the_kernel_are_told_and_not_traced(run, monkeypatch):
    def beyond(*_args, **_kwargs):
        raise OverflowError("trip-fare-yuan scaled by a quarter reaches 30000000")

    monkeypatch.setattr("sim.drivers.drivers", beyond)
    shown = _call(run, "--lang", "en")
    assert shown.exit_code == 4
    assert "trip-fare-yuan scaled" in shown.stderr


def test_stopped_it_says_so_and_writes_nothing(run, tmp_path, monkeypatch):
    monkeypatch.setattr("sim.drivers.drivers", lambda *_args, **_kwargs: None)
    folder = tmp_path / "drivers"
    shown = _call(run, "--out", str(folder), "--lang", "en")
    assert shown.exit_code == 130
    assert not folder.exists()


def test_odds_too_small_to_explain_are_said_to_be_and_the_next_larger_explained(bole, tmp_path):
    plan = plan_of(bole)
    findings = audit(bole, tables(bole, plan))
    meta = Meta(Inputs(seed=None, futures=0, time_limit_s=1.0), {})
    write_run(tmp_path / "bole", bole, plan, findings, None, meta)
    shown = _call(str(tmp_path / "bole"), *FEW, "--lang", "en")
    assert shown.exit_code == 0, shown.stderr
    lines = shown.stdout.splitlines()
    at = next(i for i, line in enumerate(lines) if "too rare to explain" in line)
    assert lines[at].startswith("All 4 bureaus together: < ")
    k = lines[at].removesuffix(".").split()[-1]
    assert lines[at + 1].startswith(f"All main targets, at least {k} of 4 bureaus: ")
    assert "levers" in lines[at + 2]

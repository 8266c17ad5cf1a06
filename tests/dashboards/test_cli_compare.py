"""Claims about ``bureau compare``: what it takes, what it says, what it refuses."""

from __future__ import annotations

import json
import signal

import pytest
from typer.testing import CliRunner

import planner.solve
import sim.samples
from dashboards.cli import app
from dashboards.commands.failing import Exit
from scenarios.load import load_scenario
from tests.scenarios.broken import write_scenario

QUICK = ["-n", 40, "--workers", 1, "--time-limit", 1]

RICHER = """
budget: {lump_sum_yuan: {east: 200000}}
assumptions:
  items:
    - id: visit-to-contract
      distribution: {kind: beta, a: 6, b: 6}
      source: test
      trust: E
"""

RANKED = """
targets:
  - {id: money, label: {zh: 资金, en: Funds}, metric: funds_yuan, minimum: 1000000}
assessment:
  items:
    - id: signed
      label: {zh: 资金, en: Funds}
      weight: 100
      metric: funds_yuan
      rule: {kind: rank-first-full-else-share, target: money}
"""


def bureau(*args):
    return CliRunner().invoke(app, [str(arg) for arg in args])


@pytest.fixture(scope="module")
def richer(tmp_path_factory):
    return write_scenario(tmp_path_factory.mktemp("given") / "richer", RICHER)


@pytest.fixture(scope="module")
def content(richer):
    done = bureau("compare", "minimal", richer, *QUICK, "--json")
    assert done.exit_code == 0, done.stderr
    return json.loads(done.stdout)


def test_every_difference_carries_interval_verdict_and_counts(content):
    [against] = content["against"]
    assert len(against["measures"]) > 60
    for found in against["measures"].values():
        assert found["low"] <= found["difference"] <= found["high"]
        assert found["verdict"] in ("different", "no-material-difference", "undecided")
        assert found["b_lower"] + found["b_higher"] <= found["n"] * found["tails"]
        assert found["n"] == 40
    gain = against["measures"]["signed_yuan"]
    assert gain["difference"] == pytest.approx(gain["b"] - gain["a"])
    assert gain["difference"] > 0


def test_the_waterfall_adds_up_to_the_difference(content):
    [against] = content["against"]
    fall = against["waterfall"]
    assert [change["parts"] for change in fall["changes"]] == [
        ["assumption:visit-to-contract"],
        ["budget"],
    ]
    for key, orders in fall["measures"].items():
        whole = against["measures"][key]["difference"]
        for steps in orders.values():
            assert sum(step["difference"] for step in steps) == pytest.approx(whole, abs=1e-6)
        assert len({sum(step["sum"] for step in steps) for steps in orders.values()}) == 1


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("en", ["B against A in the same 40 futures", "From A to B", "budget", "Together", "±2 "]),
        ("zh", ["相同的 40 个未来中 B 与 A 相比", "从 A 到 B", "经费", "合计", "±2 "]),
    ],
)
def test_the_screen_says_it_in_both_languages(richer, lang, words):
    done = bureau("compare", "minimal", richer, *QUICK, "--lang", lang)
    assert done.exit_code == 0, done.stderr
    said = " ".join(done.stdout.split())
    for word in words:
        assert word in said
    assert max(map(len, done.stdout.splitlines())) <= 100


def test_all_shows_every_figure(richer):
    few = bureau("compare", "minimal", richer, *QUICK, "--lang", "en").stdout
    every = bureau("compare", "minimal", richer, *QUICK, "--lang", "en", "--all").stdout
    assert "--all, or --json" in few
    assert "--all, or --json" not in every
    assert "Money runs dry" in every
    assert "Money runs dry" not in few


def test_every_bureau_whose_grade_depends_on_the_reading_is_named(tmp_path):
    ranked = write_scenario(tmp_path / "ranked", RANKED)
    args = ["compare", "minimal", ranked, *QUICK, "--lang", "en"]
    plain, read = json.loads(bureau(*args, "--json").stdout)["sides"]
    assert (plain["readings"], plain["grade_depends_on_reading"]) == ([], [])
    assert read["grade_depends_on_reading"] == ["east", "south"]
    said = " ".join(bureau(*args).stdout.split())
    assert "Reading of the score under A: 'as stated'" in said
    line = said.partition("Grade depends on the reading of the score under B ")[2]
    assert line.startswith("('A share of all funds in place'; also 'C completion against the best;")
    names = line.partition(": ")[2].partition("Odds in percent")[0]
    cities = [b.city.en for b in load_scenario("minimal").organisation.bureaus]
    assert [city for city in cities if city in names] == cities


def test_runs_are_compared_by_their_own_plans(run_store, content):
    done = bureau("compare", run_store / "good", run_store / "planned", *QUICK, "--json")
    said = json.loads(done.stdout)
    assert said["against"][0]["same"]
    assert {found["difference"] for found in said["against"][0]["measures"].values()} == {0}
    mixed = json.loads(bureau("compare", run_store / "good", "minimal", *QUICK, "--json").stdout)
    assert [change["parts"] for change in mixed["against"][0]["waterfall"]["changes"]] == [["plan"]]
    assert mixed["sides"][1]["plan_hash"] == content["sides"][0]["plan_hash"]


def test_scenarios_take_a_stored_plan_where_it_can_serve_them(run_store, tmp_path, richer):
    assumed = RICHER.partition("assumptions:")[2]
    other = write_scenario(tmp_path / "assumed", f"assumptions:{assumed}")
    plan = ["--plan", run_store / "good", *QUICK, "--lang", "en"]
    said = json.loads(bureau("compare", run_store / "good", other, *plan, "--json").stdout)
    parts = [change["parts"] for change in said["against"][0]["waterfall"]["changes"]]
    assert parts == [["assumption:visit-to-contract"]]
    refused = bureau("compare", "minimal", richer, *plan)
    assert refused.exit_code == Exit.USAGE
    assert "cannot serve it" in refused.stderr


def test_a_calendar_that_breaks_rules_is_said_and_ends_so(run_store):
    done = bureau("compare", run_store / "good", run_store / "good", *QUICK, "--lang", "en")
    assert done.exit_code == Exit.CHECK_FAILED
    assert "calendar breaks" in done.stdout
    assert "the difference is exactly 0" in done.stdout


def test_out_writes_the_comparison_whole_and_never_over_another(tmp_path, richer, content):
    out = tmp_path / "deep" / "out"
    args = ["compare", "minimal", richer, *QUICK, "--out", out, "--lang", "en"]
    assert bureau(*args, "--workers", 2).exit_code == 0
    assert [path.name for path in out.iterdir()] == ["compare.json"]
    written = (out / "compare.json").read_bytes()
    assert json.loads(written) == content
    refused = bureau(*args)
    assert refused.exit_code == Exit.USAGE
    assert "exists and is not overwritten" in refused.stderr
    (out / "mine.txt").write_text("mine")
    assert bureau(*args, "--force").exit_code == 0
    assert (out / "compare.json").read_bytes() == written
    assert (out / "mine.txt").read_text() == "mine"
    for place, words in (
        (out / "mine.txt", "is no folder"),
        (out / "mine.txt" / "in", "cannot be"),
    ):
        blocked = bureau(*args[:-4], "--out", place, "--lang", "en")
        assert blocked.exit_code == Exit.USAGE
        assert words in blocked.stderr


@pytest.mark.parametrize(
    ("sides", "words"),
    [
        (["minimal"], "Found 1 to compare; give 2 to 8"),
        (["minimal"] * 9, "Found 9 to compare"),
        (["minimal", "nowhere"], "'nowhere' is no shipped scenario (bole-2023"),
        (["minimal", "bole-2023"], "B has the bureaus beijing, shenzhen"),
    ],
)
def test_what_cannot_be_compared_is_refused_in_words(sides, words):
    done = bureau("compare", *sides, *QUICK, "--lang", "en")
    assert done.exit_code == Exit.USAGE
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    zh = bureau("compare", *sides, *QUICK, "--json")
    assert zh.exit_code == Exit.USAGE
    assert json.loads(zh.stdout)["error"]["exit"] == 2


def test_a_damaged_run_is_refused_as_bad_data(broken_store):
    done = bureau("compare", "minimal", broken_store / "broken", *QUICK, "--lang", "en")
    assert done.exit_code == Exit.BAD_DATA
    assert "scenario.json cannot be read" in done.stderr


def test_three_sides_are_each_held_against_the_first(richer):
    done = bureau("compare", "minimal", richer, "minimal", *QUICK, "--lang", "en")
    assert done.exit_code == 0
    assert "B against A" in done.stdout
    assert "C is the same scenario and plan as A" in done.stdout
    assert "97.5 %" in done.stdout


def test_margins_are_asked_for(content, richer):
    wide = ["--delta-probability", 100, "--delta-score", 100, "--delta-yuan", 1e12]
    said = json.loads(bureau("compare", "minimal", richer, *QUICK, *wide, "--json").stdout)
    assert said["margins"] == {"probability": 1, "score": 100, "yuan": 1e12, "count": 0.1}
    verdicts = {
        found["verdict"]
        for found in said["against"][0]["measures"].values()
        if found["kind"] == "score"
    }
    assert verdicts == {"no-material-difference"}


def pressing_ctrl_c(call):
    """Return a function that presses Ctrl-C at its first call, and then does what it did."""

    first = iter([True])

    def pressed(*args, **more):
        if next(first, False):
            signal.raise_signal(signal.SIGINT)
        return call(*args, **more)

    return pressed


def test_ctrl_c_in_the_planning_compares_nothing(monkeypatch, tmp_path):
    monkeypatch.setattr("planner.solve.Given", pressing_ctrl_c(planner.solve.Given))
    done = bureau("compare", "minimal", "minimal", *QUICK, "--out", tmp_path / "o", "--lang", "en")
    assert done.exit_code == Exit.INTERRUPTED
    assert "Nothing was written" in done.stderr
    assert not (tmp_path / "o").exists()


def test_ctrl_c_in_the_comparison_keeps_the_futures_that_are_done(monkeypatch, tmp_path, richer):
    monkeypatch.setattr("sim.comparison.sample", pressing_ctrl_c(sim.samples.sample))
    monkeypatch.setattr("sim.comparison.CHUNK", 20)
    args = ["compare", "minimal", richer, *QUICK, "--out", tmp_path / "o", "--lang", "en"]
    done = bureau(*args)
    assert done.exit_code == Exit.INTERRUPTED
    assert "Stopped half-way: 20 of 40 futures" in done.stdout
    assert json.loads((tmp_path / "o" / "compare.json").read_bytes())["stopped_early"]

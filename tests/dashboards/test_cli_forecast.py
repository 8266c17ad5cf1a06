"""``bureau forecast`` and ``bureau run``: what can be asked of the engine, and what is refused."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from dashboards.cli import app
from dashboards.commands import simulation
from dashboards.runs import RunError, read_run
from dashboards.texts import t
from sim.forecast import TAILS
from sim.stopping import CAP
from tests.dashboards.test_app import opened, said

LANGS = pytest.mark.parametrize("lang", ["zh", "en"])


def bureau(*args):
    return CliRunner().invoke(app, [str(arg) for arg in args])


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A run of the smallest scenario."""
    out = tmp_path_factory.mktemp("forecast") / "minimal"
    result = bureau("run", "minimal", "-n", 20, "--workers", 1, "--out", out)
    assert result.exit_code == 0, result.stderr
    return out


@pytest.fixture
def again(folder, tmp_path):
    """Forecast the plan of that run once more, with other options."""

    def run(*options, name="again", lang="en"):
        out = tmp_path / name
        where = ("--plan", folder, "--workers", 1, "--out", out, "--lang", lang)
        result = bureau("forecast", "minimal", *where, *options)
        assert result.exit_code == 0, result.stderr
        return result, read_run(out)

    return run


def test_the_simpy_model_and_the_kernel_give_the_same_figures(again):
    _, law = again("-n", 6, "--engine", "simpy", name="law")
    _, twin = again("-n", 6, "--tails", 1, name="twin")
    assert law.forecast == {**twin.forecast, "engine": "simpy"}
    assert law.outcomes.equals(twin.outcomes)
    assert (law.head.inputs.engine, twin.head.inputs.engine) == ("simpy", "kernel")


def test_tails_are_as_asked_for_and_32_otherwise(again, folder):
    _, few = again("-n", 6, "--tails", 3)
    assert few.forecast["tails"] == few.head.inputs.tails == 3
    assert read_run(folder).forecast["tails"] == TAILS == 32


def test_a_precision_is_met_with_as_many_futures_as_it_takes_and_the_screen_says_so(again):
    result, run = again("--precision", 0.1)
    stopping = run.forecast["stopping"]
    assert stopping["rule"] == "absolute-precision"
    assert stopping["met"]
    assert stopping["widest"] <= stopping["half_width"] == 0.1
    assert stopping["cap"] == CAP > run.forecast["n"]
    n = f"{run.forecast['n']:,}"
    assert f"Precision asked for ±10 points: met with {n} futures" in result.stdout


@LANGS
def test_a_precision_out_of_reach_ends_at_n_and_the_screen_says_how_far_it_came(again, lang):
    result, run = again("--precision", 0.0001, "-n", 300, lang=lang)
    stopping = run.forecast["stopping"]
    assert run.forecast["n"] == stopping["cap"] == 300
    assert not stopping["met"]
    assert not stopping["stopped_early"]
    reached = {"en": "not met with 300 futures", "zh": "300 个未来后仍未达到"}[lang]
    assert "±0.01" in result.stdout
    assert reached in result.stdout
    assert run.head.complete


def test_the_futures_of_a_precision_are_those_of_a_number(again):
    _, sought = again("--precision", 0.1, name="sought")
    _, fixed = again("-n", sought.forecast["n"], name="fixed")
    assert sought.forecast["bureaus"] == fixed.forecast["bureaus"]
    assert sought.head.inputs_hash != fixed.head.inputs_hash


@LANGS
def test_without_outcomes_pages_say_what_cannot_be_drawn_and_draw_the_rest(
    again, lang, monkeypatch
):
    _, run = again("-n", 20, "--no-keep-outcomes", name="bare")
    assert not (run.folder / "outcomes.parquet").exists()
    with pytest.raises(RunError, match="--keep-outcomes"):
        _ = run.outcomes
    _, whole = again("-n", 20, name="whole")
    assert whole.forecast == run.forecast
    monkeypatch.setenv("BUREAU_RUNS", str(run.folder.parent))
    notice = t("app.forecast.curves.none", lang)
    for page in ("cockpit", "forecast"):
        pages = {name: opened(page, lang, run=name) for name in ("bare", "whole")}
        assert not any(at.exception for at in pages.values())
        assert (notice in said(pages["bare"])) == (page == "forecast")
        assert notice not in said(pages["whole"])
        charts = {name: len(at.get("vega_lite_chart")) for name, at in pages.items()}
        assert charts["whole"] - charts["bare"] == (2 if page == "forecast" else 0)


def test_outcomes_are_kept_by_default_up_to_so_many_futures(again, monkeypatch):
    assert simulation.MOST_KEPT == 20_000
    monkeypatch.setattr(simulation, "MOST_KEPT", 10)
    assert again("-n", 10, name="few")[1].has_outcomes
    assert not again("-n", 11, name="many")[1].has_outcomes
    assert again("-n", 11, "--keep-outcomes", name="asked")[1].has_outcomes
    assert not again("--precision", 0.2, name="sought")[1].has_outcomes


@pytest.mark.parametrize("command", ["run", "forecast"])
@pytest.mark.parametrize(
    "wrong",
    [
        "-n 0",
        "-n 1000001",
        "--seed one",
        "--seed -1",
        "--seed 1.5",
        "--precision 0",
        "--precision -0.1",
        "--precision 0.5",
        "--precision nan",
        "--precision narrow",
        "--tails 0",
        "--tails 1001",
        "--engine simpy --tails 2",
        "--engine fortran",
    ],
)
def test_what_cannot_be_simulated_is_refused_before_anything_is_done(
    command, wrong, tmp_path, monkeypatch
):
    monkeypatch.setattr("planner.solve.make_plan", None)
    result = bureau(command, "minimal", *wrong.split(), "--out", tmp_path / "out", "--lang", "en")
    assert result.exit_code == 2
    assert wrong.split()[-2] in result.stderr
    assert list(tmp_path.iterdir()) == []


@LANGS
@pytest.mark.parametrize("wrong", ["--precision 0.7", "--engine simpy --tails 2"])
def test_a_refusal_says_what_is_allowed(wrong, lang, tmp_path):
    options = (*wrong.split(), "--out", tmp_path / "out", "--lang", lang, "--json")
    result = bureau("run", "minimal", *options)
    assert result.exit_code == 2
    error = json.loads(result.stdout)["error"]
    assert error["exit"] == 2
    assert ("allowed" if lang == "en" else "应") in error["message"]


def test_the_help_names_the_defaults_there_are():
    text = " ".join(bureau("forecast", "--help").stdout.replace("│", " ").split())
    for default in (simulation.FUTURES, CAP, TAILS, simulation.MOST_KEPT):
        assert str(default) in text

"""``bureau scores`` and the calibration plot: what was said against what came, in words."""

from __future__ import annotations

import json
import re
import shutil
from datetime import timedelta

import pytest
from typer.testing import CliRunner

from dashboards.calibrationplot import calibration_chart, calibration_frame
from dashboards.cli import app
from dashboards.commands.failing import Exit
from dashboards.nowcasts import store
from dashboards.runs import Inputs, find_run
from dashboards.store import Meta, write_run
from planner.audit import audit
from planner.plan import tables
from sim.demo import Noise, ledger_of
from sim.demo.files import write
from sim.forecast import forecast
from sim.hidden import hidden_year
from sim.nowcast import nowcast
from tests.dashboards.sample import plan_of

CJK = re.compile(r"[\u4e00-\u9fff]")
ROWS = [
    {"as_of": "2023-01-31", "low_edge": 0.0, "high_edge": 0.1, "n": 9, "said": 0.05}
    | {"reached": 0, "share": 0.0, "low": 0.0, "high": 0.3},
    {"as_of": "2023-01-31", "low_edge": 0.9, "high_edge": 1.0, "n": 20, "said": 0.95}
    | {"reached": 16, "share": 0.8, "low": 0.58, "high": 0.92},
    {"as_of": "2023-02-28", "low_edge": 0.1, "high_edge": 0.3, "n": 1, "said": 0.2}
    | {"reached": 1, "share": 1.0, "low": 0.14, "high": 1.0},
]


@pytest.fixture(scope="module")
def ledger(tmp_path_factory, minimal):
    hidden = hidden_year(minimal, plan_of(minimal), seed=3)
    folder = tmp_path_factory.mktemp("ledger")
    made = ledger_of(minimal, plan_of(minimal), hidden, Noise())
    write(folder, made, minimal.horizon.end)
    return folder, made


@pytest.fixture(scope="module")
def run(tmp_path_factory, run_store, minimal, ledger):
    """A run with the forecast of the sampler's own engine and two nowcasts."""
    folder = tmp_path_factory.mktemp("runs") / "scored"
    shutil.copytree(run_store / "planned", folder)
    given, plan = find_run(folder), plan_of(minimal)
    for days in (20, 45):
        day = minimal.horizon.start + timedelta(days=days)
        store(given, nowcast(minimal, plan, ledger[1], day, n=100, seed=1, tails=2).to_json())
    return folder


def scores(*argv):
    return CliRunner().invoke(app, ["scores", *map(str, argv)])


def said(found):
    return " ".join(found.output.replace("\N{NO-BREAK SPACE}", " ").split())


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_it_says_first_how_many_targets_were_reached_and_then_the_figures(
    run, ledger, minimal, lang
):
    found = scores(run, ledger[0], "--as-of", minimal.horizon.end, "--lang", lang)
    assert found.exit_code == 0, found.output
    text = said(found)
    first = "说有" if lang == "zh" else "targets said to be"
    assert 0 < text.index(first) < text.index("Brier")
    assert ("一年说明不了多少" if lang == "zh" else "One year says little") in text
    assert lang == "zh" or not CJK.search(text)


def test_the_words_and_the_json_agree(run, ledger, minimal):
    argv = (run, ledger[0], "--as-of", minimal.horizon.end)
    data = json.loads(scores(*argv, "--json").stdout)
    text = said(scores(*argv, "--lang", "en"))
    assert data["over"]
    assert len(data["by_date"]) == 2
    for told in data["by_date"]:
        odds = told["targets"]
        line = f"all in all {odds['reached']} of {odds['n']} targets were reached"
        assert f"{line}; the forecast expected {odds['expected']:.1f}" in text
        assert f"Brier {odds['brier']:.3f}" in text
    for row in data["calibration"]:
        assert f"likely: {row['reached']} of {row['n']} reached" in text


def test_in_a_year_under_way_months_are_held_against_the_fan_and_no_target_is_scored(
    run, ledger, minimal
):
    day = minimal.horizon.start + timedelta(days=35)
    text = said(scores(run, ledger[0], "--as-of", day, "--lang", "en"))
    assert "the year is not over: 1 forecasts" in text
    assert "month by month" in text
    assert "Brier" not in text
    assert "Probabilities are scored once the year is over" in text


def test_a_ledger_that_may_be_behind_is_named(run, ledger, minimal, tmp_path):
    early = minimal.horizon.start + timedelta(days=20)
    write(tmp_path / "early", ledger[1], early)
    text = said(scores(run, tmp_path / "early", "--as-of", minimal.horizon.end, "--lang", "en"))
    assert "if the ledger is behind, what came is shown too small" in text
    whole = said(scores(run, ledger[0], "--as-of", minimal.horizon.end, "--lang", "en"))
    assert "if the ledger is behind" not in whole


def test_files_of_three_quantiles_and_of_99_are_not_compared(run, ledger, minimal, tmp_path):
    mixed = tmp_path / "mixed"
    shutil.copytree(run, mixed)
    path = sorted((mixed / "nowcasts").iterdir())[0]
    old = json.loads(path.read_bytes())
    del old["distribution"]
    path.write_text(json.dumps(old))
    argv = ("--as-of", minimal.horizon.end, "--lang", "en")
    assert "cannot be compared between dates" in said(scores(mixed, ledger[0], *argv))
    assert "cannot be compared between dates" not in said(scores(run, ledger[0], *argv))


def test_a_run_without_earlier_forecasts_is_refused_in_words(run_store, ledger, minimal):
    found = scores(run_store / "planned", ledger[0], "--as-of", minimal.horizon.end)
    assert found.exit_code == Exit.USAGE
    assert "Traceback" not in found.output
    assert "bureau nowcast" in found.output


@pytest.mark.parametrize("text", ["soon", "1999-01-01"])
def test_a_day_before_the_year_is_refused(run, ledger, text):
    assert scores(run, ledger[0], "--as-of", text).exit_code == Exit.USAGE


def test_the_forecast_before_the_year_is_held_against_it_too(minimal, ledger, tmp_path):
    plan, folder = plan_of(minimal), tmp_path / "forecast"
    told = forecast(minimal, plan, n=100, seed=1, tails=2)
    findings = audit(minimal, tables(minimal, plan))
    inputs = Inputs(seed=1, futures=100, time_limit_s=1.0)
    write_run(folder, minimal, plan, findings, told, Meta(inputs, {}))
    found = scores(folder, ledger[0], "--as-of", minimal.horizon.end, "--lang", "en")
    assert "Forecast made before the year" in said(found)
    assert "1 forecasts" in said(found)


# The plot ----------------------------------------------------------------------------------------


def test_the_frame_holds_the_groups_of_one_forecast_by_name():
    frame = calibration_frame(ROWS, "2023-01-31", "zh")
    assert frame["group"].tolist() == ["0%–10%", "90%–100%"]
    assert frame["words"].tolist() == ["0/9", "16/20"]
    assert frame["expected"].tolist() == pytest.approx([0.45, 19])
    assert calibration_frame(ROWS, "2022-12-31", "zh").empty


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_chart_draws_points_intervals_counts_and_the_diagonal(lang):
    spec = calibration_chart(calibration_frame(ROWS, "2023-01-31", lang), lang).to_dict()
    marks = [layer["mark"]["type"] for layer in spec["layer"]]
    assert marks == ["line", "rule", "point", "text", "text"]
    words = json.dumps(spec, ensure_ascii=False)
    assert bool(CJK.search(words)) == (lang == "zh")
    assert '"16/20"' in words
    assert '"url"' not in words


def test_a_chart_without_groups_is_the_diagonal_alone():
    spec = calibration_chart(calibration_frame([], "2023-01-31", "en"), "en").to_dict()
    assert [layer["mark"]["type"] for layer in spec["layer"]] == ["line", "rule", "point"]

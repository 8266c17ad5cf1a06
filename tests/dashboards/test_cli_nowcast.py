"""``bureau nowcast``: where a year under way may end, stored with the run."""

from __future__ import annotations

import json
import shutil
from datetime import date, timedelta

import pytest
from typer.testing import CliRunner

from dashboards.cli import app
from dashboards.commands.failing import Exit
from dashboards.labels import bureau_labels
from dashboards.nowcasts import NOWCASTS, earlier, latest, stored
from dashboards.runs import RunError, read_run

QUICK = ("-n", 40)


def bureau(*argv):
    return CliRunner().invoke(app, [*map(str, argv)])


@pytest.fixture(scope="module")
def ledger(run_store, tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo") / "ledger"
    made = bureau("ledger", "demo", folder, run_store / "good")
    assert made.exit_code == 0, made.output
    return folder


@pytest.fixture(scope="module")
def forecast_run(run_store, tmp_path_factory):
    folder = tmp_path_factory.mktemp("year") / "year"
    argv = ("forecast", "minimal", "--plan", run_store / "good", *QUICK, "--out", folder)
    made = bureau(*argv)
    assert (folder / "forecast.json").is_file(), made.output
    return folder


@pytest.fixture
def run(forecast_run, tmp_path):
    return shutil.copytree(forecast_run, tmp_path / "good")


@pytest.fixture(scope="module")
def days(minimal):
    start, n = minimal.horizon.start, minimal.days.n_days
    return [start + timedelta(days=round(n * share)) for share in (0.3, 0.6)]


def nowcast(run, ledger, day, *argv):
    return bureau("nowcast", run, ledger, "--as-of", day, *QUICK, *argv)


@pytest.mark.parametrize(("lang", "word"), [("zh", "年中推演"), ("en", "Nowcast as of")])
def test_it_says_where_each_bureau_stands_and_may_end(run, ledger, days, minimal, lang, word):
    said = nowcast(run, ledger, days[0], "--lang", lang)
    assert said.exit_code == 0, said.output
    assert word in said.stdout
    names = bureau_labels(minimal, lang)
    for one in minimal.organisation.bureaus:
        assert names[one.id] in said.stdout
        for target in minimal.targets_of(one.id):
            assert target.target.label.get(lang) in said.stdout


def test_it_is_stored_by_its_day_and_the_next_one_is_explained_by_it(run, ledger, days):
    for day in days:
        assert nowcast(run, ledger, day).exit_code == 0
    found = stored(run)
    assert list(found) == [str(day) for day in days]
    assert found[str(days[0])]["as_of"] == str(days[0])
    assert found[str(days[1])]["revision"]["since"] == str(days[0])
    assert latest(run, days[1] - timedelta(days=1)) == found[str(days[0])]
    assert latest(run, days[0] - timedelta(days=1)) is None


def test_the_first_is_explained_by_the_forecast_of_the_year(run, ledger, days, minimal):
    told = json.loads(nowcast(run, ledger, days[0], "--json").stdout)
    assert told["revision"]["since"] == str(minimal.horizon.start - timedelta(days=1))
    change = told["revision"]["all"]["signed_yuan"]
    year = read_run(run).forecast["joint"]["fan_mean_yuan"]["signed"][-1][0]
    assert change["before"] == year
    assert change["before"] + sum(x["yuan"] for x in change["steps"]) == pytest.approx(
        change["after"]
    )


def test_what_was_made_before_is_not_made_again(run, ledger, days, monkeypatch):
    first = json.loads(nowcast(run, ledger, days[0], "--json").stdout)

    def fail(*args, **kwargs):
        raise AssertionError

    monkeypatch.setattr("sim.nowcast.nowcast", fail)
    again = nowcast(run, ledger, days[0], "--json")
    assert again.exit_code == 0, again.output
    assert json.loads(again.stdout) == first
    other = nowcast(run, ledger, days[0], "--seed", 9)
    assert isinstance(other.exception, AssertionError)


def test_the_same_command_gives_the_same_bytes(run, ledger, days):
    nowcast(run, ledger, days[0])
    path = run / NOWCASTS / f"{days[0]}.json"
    first = path.read_bytes()
    path.unlink()
    nowcast(run, ledger, days[0], "--workers", 2)
    assert path.read_bytes() == first


def test_prior_holds_the_assumptions_as_they_are(run, ledger, days):
    told = json.loads(nowcast(run, ledger, days[0], "--prior", "--no-explain", "--json").stdout)
    assert told["calibrated"] is False
    assert told["learned_hash"] == told["scenario_hash"]
    assert "revision" not in told


def test_another_run_can_explain_it(run, ledger, days, tmp_path):
    nowcast(run, ledger, days[0])
    again = shutil.copytree(run, tmp_path / "again")
    shutil.rmtree(again / NOWCASTS)
    told = json.loads(nowcast(again, ledger, days[1], "--since-run", run, "--json").stdout)
    assert told["revision"]["since"] == str(days[0])


@pytest.mark.parametrize("n", [-1, 0], ids=["before", "last-day"])
def test_a_day_that_leaves_nothing_is_refused_in_words(run, ledger, minimal, n):
    ends = {-1: minimal.horizon.start, 0: minimal.horizon.end}
    day = ends[n] + timedelta(days=n)
    said = nowcast(run, ledger, day, "--lang", "en")
    assert said.exit_code == Exit.USAGE
    assert str(day) in said.stderr
    assert "Traceback" not in said.output
    assert not (run / NOWCASTS).exists()


def test_no_ledger_and_no_date_are_refused_in_words(run, ledger, tmp_path):
    for argv in ((run, tmp_path / "none", date(2024, 7, 20)), (run, ledger, "soon")):
        said = nowcast(*argv)
        assert said.exit_code == Exit.USAGE
        assert "Traceback" not in said.output


def test_a_run_without_means_by_month_explains_nothing(run_store, ledger, days, tmp_path):
    planned = shutil.copytree(run_store / "planned", tmp_path / "planned")
    assert earlier(read_run(planned), days[0]) is None
    told = json.loads(nowcast(planned, ledger, days[0], "--json").stdout)
    assert "revision" not in told
    said = nowcast(planned, ledger, days[1], "--since-run", run_store / "planned")
    assert said.exit_code == Exit.USAGE


def test_a_damaged_file_is_named(run, ledger, days):
    nowcast(run, ledger, days[0])
    path = run / NOWCASTS / f"{days[0]}.json"
    path.write_text("{")
    with pytest.raises(RunError, match=path.name):
        stored(run)
    said = nowcast(run, ledger, days[1])
    assert said.exit_code == Exit.BAD_DATA
    assert "Traceback" not in said.output


@pytest.mark.parametrize("harm", ["all", "table"])
@pytest.mark.parametrize("command", ["nowcast", "brief", "calibrate", "scores"])
def test_a_ledger_that_cannot_be_read_is_told_and_nothing_is_made_of_it(
    run, ledger, days, tmp_path, command, harm
):
    nowcast(run, ledger, days[0])
    before = {path: path.read_bytes() for path in run.rglob("*") if path.is_file()}
    bad = tmp_path / "bad.sqlite"
    if harm == "all":
        bad.write_bytes(b"")
    else:
        bad = shutil.copytree(ledger, tmp_path / "bad")
        (bad / "contracts.csv").write_text("x\n")
    out = tmp_path / "out.docx"
    argv = {
        "nowcast": ("nowcast", run, bad, "--as-of", days[1]),
        "brief": ("brief", run, "--ledger", bad, "--as-of", days[1], "--out", out),
        "calibrate": ("calibrate", run, bad, "--as-of", days[1]),
        "scores": ("scores", run, bad, "--as-of", days[1]),
    }
    said = bureau(*argv[command])
    assert said.exit_code == Exit.BAD_DATA, said.output
    assert ("bad.sqlite" if harm == "all" else "contracts.csv") in said.stderr
    assert "Traceback" not in said.output
    assert {path: path.read_bytes() for path in run.rglob("*") if path.is_file()} == before
    assert not out.exists()

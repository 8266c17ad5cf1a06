from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

import planner.solve
import scenarios.load
import sim.samples
from dashboards.cli import app
from dashboards.runs import COLUMNS, read_run
from scenarios.library import shipped_file
from scenarios.load import load_scenario
from tests.scenarios.broken import write_scenario

FUTURES = 30


def bureau(*args):
    return CliRunner().invoke(app, [str(arg) for arg in args])


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A run of the smallest scenario, made by the command itself in one process."""
    out = tmp_path_factory.mktemp("cli") / "minimal"
    result = bureau("run", "minimal", "-n", FUTURES, "--workers", 1, "--out", out)
    assert result.exit_code == 0, result.stderr
    return out


@pytest.fixture
def literal(tmp_path):
    """The real plan under the reading of presence that nothing can keep."""
    base = shipped_file("bole-2023").parent.name
    text = f"extends: {base}\nid: literal\nrules: {{presence: {{policy: monthly-literal}}}}\n"
    (tmp_path / "literal").mkdir()
    (tmp_path / "literal" / "scenario.yaml").write_text(text, "utf-8")
    return tmp_path / "literal"


def test_two_workers_write_the_same_bytes_as_one(folder, tmp_path):
    out = tmp_path / "two"
    done = bureau("run", "minimal", "-n", FUTURES, "--workers", 2, "--out", out, "--json")
    assert done.exit_code == 0, done.stderr
    names = {path.name for path in out.iterdir()}
    assert names == {path.name for path in folder.iterdir()}
    assert names >= {f"{name}.csv" for name in set(COLUMNS) - {"trips"}} | {
        "forecast.json",
        "outcomes.parquet",
    }
    differ = {name for name in names if (out / name).read_bytes() != (folder / name).read_bytes()}
    assert differ == {"run.json"}
    heads = [json.loads((run / "run.json").read_text()) for run in (folder, out)]
    assert [head.pop("timings")["workers"] for head in heads] == [1, 2]
    assert heads[0] == heads[1]
    said = json.loads(done.stdout)
    assert said["run"] == str(out)
    assert said["audit"]["violated"] == 0 < said["audit"]["checked"]
    assert said["forecast"] == read_run(out).forecast


def test_another_seed_gives_another_forecast_of_the_same_plan(folder, tmp_path):
    out = tmp_path / "seed"
    done = bureau("run", "minimal", "-n", 5, "--seed", 2, "--workers", 1, "--out", out)
    assert done.exit_code == 0, done.stderr
    assert read_run(out).plan == read_run(folder).plan
    one, other = (read_run(run).outcomes.query("future < 5") for run in (folder, out))
    assert not one.equals(other)


def test_an_existing_folder_is_refused_before_any_work(folder):
    before = {path: path.read_bytes() for path in folder.iterdir()}
    result = bureau("run", "minimal", "--out", folder, "--lang", "en")
    assert result.exit_code == 2
    assert "exists and is not overwritten" in result.stderr
    assert {path: path.read_bytes() for path in folder.iterdir()} == before


def test_without_out_a_run_goes_under_runs_by_scenario_and_hash(tmp_path, monkeypatch):
    monkeypatch.delenv("BUREAU_RUNS", raising=False)
    monkeypatch.chdir(tmp_path)
    assert bureau("plan", "minimal", "--json").exit_code == 0
    [made] = (tmp_path / "runs").iterdir()
    run = read_run(made)
    assert made.name == f"minimal-{run.head.inputs_hash[:8]}"
    assert not run.has_forecast
    assert run.head.inputs.seed is None
    assert bureau("plan", "minimal").exit_code == 2
    assert bureau("plan", "minimal", "--force").exit_code == 0
    assert [path.name for path in (tmp_path / "runs").iterdir()] == [made.name]


def test_a_stored_plan_can_be_forecast_again(folder, tmp_path):
    out = tmp_path / "again"
    args = ["forecast", "minimal", "--plan", folder, "--workers", 1, "--out", out]
    assert bureau(*args, "-n", FUTURES).exit_code == 0
    assert (out / "forecast.json").read_bytes() == (folder / "forecast.json").read_bytes()
    assert read_run(out).head.inputs.plan_hash == read_run(folder).head.plan_hash


def test_a_plan_of_another_scenario_is_not_forecast(folder, tmp_path):
    other = write_scenario(tmp_path / "other", "budget: {per_diem_yuan: 81}\n")
    out = tmp_path / "out"
    result = bureau("forecast", other, "--plan", folder, "--out", out, "--lang", "en")
    assert result.exit_code == 2
    assert "belongs to another scenario" in result.stderr
    assert not out.exists()


@pytest.mark.parametrize("command", ["run", "plan"])
def test_the_literal_monthly_policy_is_refused_with_the_arithmetic(command, literal, tmp_path):
    out = tmp_path / "out"
    result = bureau(command, literal, "--out", out, "--lang", "en", "--json")
    assert result.exit_code == 3
    assert not out.exists()
    for figure in ("26", "12", "31", "5", "10"):
        assert figure in result.stderr
    error = json.loads(result.stdout)["error"]
    assert error["exit"] == 3
    assert all(line["zh"] and line["en"] for line in error["explanation"])
    assert "26" in bureau(command, literal, "--out", out).stderr


def test_a_stored_run_is_audited_again_as_it_lies(folder, tmp_path):
    same = bureau("audit", folder, "--json")
    assert same.exit_code == 0
    said = json.loads(same.stdout)
    assert (said["violated"], said["edited"]) == (0, [])
    assert said["n"] == len(said["findings"]) == len(read_run(folder).audit)
    edited = shutil.copytree(folder, tmp_path / "edited")
    path = edited / "leaves.csv"
    rows = path.read_text().splitlines(keepends=True)
    path.write_text("".join(rows[:-1]))
    result = bureau("audit", edited, "--lang", "en")
    assert result.exit_code == 1
    assert "leaves.csv" in result.stdout
    assert "violated" in result.stdout


def test_an_audit_of_what_is_no_run_says_so(tmp_path):
    assert bureau("audit", tmp_path / "nowhere", "--lang", "en").exit_code == 2
    result = bureau("audit", tmp_path, "--lang", "en")
    assert result.exit_code == 4
    assert "no run folder" in result.stderr


def test_the_doctor_tries_the_main_job_and_names_every_check():
    result = bureau("doctor", "--json")
    assert result.exit_code == 0, result.stdout
    found = {check["id"]: check for check in json.loads(result.stdout)["checks"]}
    assert list(found) == ["python", "packages", "browser", "font", "scenarios", "trial", "twins"]
    assert load_scenario("minimal").id in found["scenarios"]["said"]["en"]
    assert "0 violated" in found["trial"]["said"]["en"]


def test_a_check_that_fails_fails_the_doctor(monkeypatch):
    monkeypatch.setattr("scenarios.library.shipped", lambda: ("no-such-scenario",))
    result = bureau("doctor", "--lang", "en")
    assert result.exit_code == 1
    assert "no-such-scenario" in result.stdout


def test_engines_that_differ_fail_the_doctor(monkeypatch):
    def wrong(job, first, count):
        samples = sim.samples._by_simpy(job, first, count)
        samples.spend_fen[-1, -1, -1, -1] += 1
        return samples

    monkeypatch.setattr("sim.samples._by_kernel", wrong)
    result = bureau("doctor", "--lang", "en")
    assert result.exit_code == 1
    assert "the SimPy model differ" in result.stdout


def test_the_command_starts_without_loading_a_solver_a_table_or_a_page():
    heavy = ("numba", "numpy", "ortools", "pandas", "scipy", "simpy", "streamlit")
    code = f"import dashboards.cli, sys; print([m for m in {heavy} if m in sys.modules])"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"


def raising_ctrl_c(call, at):
    """Return a function that presses Ctrl-C at its n-th call and then does what it did."""
    calls = iter(range(1, 1_000_000))

    def pressed(*args, **more):
        if next(calls) == at:
            signal.raise_signal(signal.SIGINT)
        return call(*args, **more)

    return pressed


def test_ctrl_c_in_the_forecast_keeps_the_futures_that_are_done(tmp_path, monkeypatch):
    monkeypatch.setattr("sim.forecast.sample", raising_ctrl_c(sim.samples.sample, at=2))
    out = tmp_path / "stopped"
    args = ["run", "minimal", "-n", 2500, "--workers", 1, "--out", out, "--lang", "en"]
    result = bureau(*args)
    assert result.exit_code == 130
    assert "Ctrl-C heard" in result.stderr
    assert "Stopped half-way" in result.stdout
    run = read_run(out)
    assert not run.head.complete
    assert run.head.inputs.futures == 2500 > run.forecast["n"] > 0


def test_ctrl_c_in_the_planning_keeps_the_best_plan_so_far(tmp_path, monkeypatch):
    monkeypatch.setattr("planner.solve.Given", raising_ctrl_c(planner.solve.Given, at=1))
    out = tmp_path / "stopped"
    result = bureau("run", "minimal", "--workers", 1, "--out", out, "--lang", "en")
    assert result.exit_code == 130
    run = read_run(out)
    assert not run.has_forecast
    assert not run.head.complete
    assert len(run.plan.leaves) == 4
    assert set(run.audit["verdict"]) <= {"ok", "note"}


@pytest.fixture
def hearing_interrupts():
    """Python hears Ctrl-C, whatever an earlier test of this process left behind."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("hearing_interrupts")
def test_ctrl_c_before_anything_is_found_leaves_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr("scenarios.load.check", raising_ctrl_c(scenarios.load.check, at=1))
    result = bureau("run", "minimal", "--out", tmp_path / "out", "--lang", "en")
    assert result.exit_code == 130
    assert "Nothing was written" in result.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.long
@pytest.mark.skipif(sys.platform == "win32", reason="signals are sent the POSIX way")
@pytest.mark.parametrize(
    "on", [(), pytest.param(("--cluster", "local"), marks=pytest.mark.long)], ids=["", "cluster"]
)
def test_ctrl_c_in_a_terminal_reaches_no_worker(on, tmp_path):
    out = tmp_path / "stopped"
    options = ["-n", "1000000", "--workers", "2", "--out", str(out), "--lang", "en", *on]
    work = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "from dashboards.cli import main; main()",
            "run",
            "minimal",
            *options,
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        cwd=Path(__file__).parents[2],
    )
    try:
        with pytest.raises(subprocess.TimeoutExpired):
            work.wait(timeout=10)
        os.killpg(work.pid, signal.SIGINT)
        said, noise = work.communicate(timeout=60)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(work.pid, signal.SIGKILL)
    assert work.returncode == 130
    assert "Traceback" not in noise
    assert "Stopped half-way" in said
    assert 0 < read_run(out).forecast["n"] < 1_000_000


def test_the_package_runs_as_a_module_where_no_script_is_on_the_path():
    command = [sys.executable, "-m", "dashboards", "scenario", "list"]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=True)
    assert "bole-2023" in done.stdout

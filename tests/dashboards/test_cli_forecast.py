"""``bureau forecast`` and ``bureau run``: what can be asked of the engine, and what is refused."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from dataclasses import replace

import pytest
from typer.testing import CliRunner

from dashboards.cli import app
from dashboards.commands import simulation
from dashboards.runs import RunError, read_run
from dashboards.store import Meta, planning_code, write_run
from dashboards.texts import t
from planner.audit import audit, violations
from planner.plan import tables, to_json
from sim.forecast import TAILS
from sim.stopping import CAP
from tests.dashboards.test_app import opened, said
from tests.scenarios.broken import write_scenario

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
        pages = {name: opened(page, lang, run=name, part="amounts") for name in ("bare", "whole")}
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


@pytest.fixture
def store(folder, tmp_path, monkeypatch):
    """A run store that holds that run, as ``first``; planning anew is an error."""
    root = tmp_path / "store"
    shutil.copytree(folder, root / "first")
    monkeypatch.setenv("BUREAU_RUNS", str(root))
    monkeypatch.setattr("planner.solve.make_plan", _solved)
    return root


class SolvedError(Exception):
    pass


def _solved(*args, **more):
    raise SolvedError


def solves(*options):
    """Whether ``bureau forecast`` solves, and does not take a stored plan."""
    result = bureau("forecast", "minimal", "-n", 5, "--workers", 1, "--force", *options)
    assert isinstance(result.exception, SolvedError) or result.exit_code == 0, result.stderr
    return isinstance(result.exception, SolvedError)


@LANGS
def test_a_plan_that_solving_would_give_again_is_taken_from_the_store_and_said_so(
    store, lang, tmp_path
):
    out = tmp_path / "out"
    options = ("-n", 20, "--seed", 1, "--workers", 1, "--out", out, "--lang", lang)
    result = bureau("forecast", "minimal", *options)
    assert result.exit_code == 0, result.stderr
    assert t("screen.reused", lang, run="first") in result.stdout.replace("\n", "")
    assert "plan" not in read_run(out).head.seconds
    assert read_run(out).head.plan_from == "first"
    data = json.loads(bureau("forecast", "minimal", *options, "--force", "--json").stdout)
    assert data["plan"]["reused_from"] == "first"


def test_a_run_on_a_plan_taken_from_the_store_is_the_run_that_solves(folder, store, tmp_path):
    out = tmp_path / "out"
    assert bureau("forecast", "minimal", "-n", 20, "--workers", 1, "--out", out).exit_code == 0
    names = {path.name for path in folder.iterdir()}
    assert {path.name for path in out.iterdir()} == names
    for name in names - {"run.json"}:
        assert (out / name).read_bytes() == (folder / name).read_bytes()
    heads = [json.loads((run / "run.json").read_text("utf-8")) for run in (out, folder)]
    assert [head.pop("timings")["plan_from"] for head in heads] == ["first", None]
    assert heads[0] == heads[1]


def test_it_is_solved_anew_where_asked(store):
    assert not solves()
    assert solves("--no-reuse")


def test_it_is_solved_anew_with_another_effort_or_scenario(store, tmp_path):
    assert solves("--time-limit", 29)
    other = write_scenario(tmp_path / "other", "budget: {per_diem_yuan: 81}\n")
    result = bureau("forecast", other, "-n", 5, "--workers", 1)
    assert isinstance(result.exception, SolvedError)


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("versions", "ortools"), "9.0.1"),
        (("versions", "bureau-planner"), "0.0.1"),
        (("planning_code",), "0" * 64),
        (("complete",), False),
        (("inputs", "fast"), True),
        (("inputs", "plan_hash"), "0" * 64),
        (("plan_hash",), "0" * 64),
    ],
    ids=str,
)
def test_a_plan_that_solving_might_not_give_again_is_not_taken(store, place, value):
    path = store / "first" / "run.json"
    head = json.loads(path.read_text("utf-8"))
    node = head
    for key in place[:-1]:
        node = node[key]
    assert node[place[-1]] != value
    node[place[-1]] = value
    path.write_text(json.dumps(head), "utf-8")
    assert solves()


def test_a_run_of_before_is_not_taken_and_does_not_disturb(store):
    path = store / "first" / "run.json"
    head = json.loads(path.read_text("utf-8"))
    del head["planning_code"], head["timings"]["plan_from"]
    for key in ("engine", "tails", "precision", "outcomes"):
        del head["inputs"][key]
    path.write_text(json.dumps(head), "utf-8")
    assert read_run(store / "first").forecast["n"] == 20
    assert solves()


def test_a_stored_plan_that_breaks_a_rule_is_not_taken(store):
    """One whose file, head and hashes agree: the audit alone can tell."""
    run = read_run(store / "first")
    plan = replace(run.plan, leaves=run.plan.leaves[1:])
    findings = audit(run.scenario, tables(run.scenario, plan))
    assert violations(findings)
    shutil.rmtree(store / "first")
    write_run(store / "first", run.scenario, plan, findings, None, Meta(run.head.inputs, {}))
    assert solves()


def test_a_stored_plan_that_was_altered_is_not_taken(store):
    path = store / "first" / "plan.json"
    data = json.loads(path.read_text("utf-8"))
    data["levels"] = []
    path.write_text(json.dumps(data), "utf-8")
    assert solves()


def test_code_that_plans_otherwise_has_another_hash(tmp_path, monkeypatch):
    for package in ("planner", "scenarios"):
        (tmp_path / package / "audit").mkdir(parents=True)
        (tmp_path / package / "data").mkdir()
        (tmp_path / package / "solve.py").write_text("a = 1\n")
        (tmp_path / package / "audit" / "check.py").write_text("b = 1\n")
    monkeypatch.setattr("dashboards.store.files", lambda package: tmp_path / package)
    before = planning_code()
    (tmp_path / "scenarios" / "data" / "city.yaml").write_text("id: city\n")
    assert planning_code() == before
    (tmp_path / "planner" / "audit" / "check.py").write_text("b = 2\n")
    assert planning_code() != before


def test_forecasting_loads_no_solver_where_the_plan_is_stored(store, tmp_path):
    """Nor the statistics of SciPy, which take longer to load than the forecast to run."""
    heavy = ("ortools", "scipy.stats", "distributed", "streamlit")
    code = (
        "import sys; from dashboards.cli import app; "
        f"app(['forecast', 'minimal', '-n', '5', '--out', {str(tmp_path / 'out')!r}],"
        " standalone_mode=False);"
        f"print([m for m in {heavy} if m in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.splitlines()[-1] == "[]"


@LANGS
def test_a_plan_for_other_people_and_days_is_not_compared(folder, lang, tmp_path):
    options = ("--plan", folder, "--out", tmp_path / "out", "--lang", lang)
    result = bureau("compare", "bole-2023", "bole-2023-high", *options)
    assert result.exit_code == 2
    assert folder.name in result.stderr
    assert "bole-2023" in result.stderr
    assert list(tmp_path.iterdir()) == []


BAD = {
    "fixed above 1": ("call-to-lead", "{kind: fixed, value: 1.5}", "1.5"),
    "reaching above 1": (
        "call-to-lead",
        "{kind: triangular, low: 0.2, mode: 0.9, high: 1.2}",
        "1.2",
    ),
    "unbounded probability": ("call-to-lead", "{kind: lognormal, median: 0.5, sigma: 0.5}", "inf"),
    "below 0": ("call-to-lead", "{kind: fixed, value: -0.1}", "-0.1"),
    "negative spread": ("calls-per-month", "{kind: lognormal, median: 9, sigma: -0.5}", "-0.5"),
    "negative parameter": ("call-to-lead", "{kind: beta, a: -4, b: 2}", "-4"),
    "negative days": ("visit-delay-days", "{kind: fixed, value: -3}", "-3"),
}


def scenario_with(folder, assumption, distribution):
    text = f"assumptions:\n  items:\n    - {{id: {assumption}, distribution: {distribution}}}\n"
    return write_scenario(folder, text)


@LANGS
@pytest.mark.parametrize("command", ["run", "forecast"])
@pytest.mark.parametrize("fault", BAD)
def test_an_assumption_outside_its_domain_is_refused_with_place_and_value(
    fault, command, lang, tmp_path
):
    assumption, distribution, found = BAD[fault]
    scenario = scenario_with(tmp_path / "bad", assumption, distribution)
    out = tmp_path / "out"
    result = bureau(command, scenario, "--out", out, "--lang", lang, "--json")
    assert result.exit_code == 4
    [said] = json.loads(result.stdout)["error"]["faults"]
    assert assumption in said["where"]
    assert found in said["found"]
    assert said["allowed"]
    assert ("应" in result.stderr) == (lang == "zh")
    assert not out.exists()


@LANGS
@pytest.mark.parametrize("command", ["run", "forecast"])
@pytest.mark.parametrize(
    ("assumption", "distribution"),
    [
        ("calls-per-month", "{kind: fixed, value: 1.0e+9}"),
        ("visit-delay-days", "{kind: lognormal, median: 1.0e+12, sigma: 3}"),
        ("contract-yuan", "{kind: fixed, value: 1.0e+15}"),
    ],
)
def test_an_assumption_beyond_what_can_be_simulated_is_refused_by_name(
    assumption, distribution, command, lang, tmp_path
):
    scenario = scenario_with(tmp_path / "huge", assumption, distribution)
    out = tmp_path / "out"
    result = bureau(command, scenario, "-n", 5, "--workers", 1, "--out", out, "--lang", lang)
    assert result.exit_code == 4
    assert assumption in result.stderr
    assert ("假设超出" if lang == "zh" else "beyond what the simulation can hold") in result.stderr
    assert not out.exists()


@pytest.mark.parametrize(
    "command",
    [
        ("forecast", "minimal", "--plan", "RUN"),
        ("compare", "RUN", "minimal"),
        ("compare", "minimal", "minimal", "--plan", "RUN"),
        ("drivers", "RUN"),
    ],
    ids=" ".join,
)
def test_a_run_whose_plan_is_of_another_scenario_is_refused_in_words(folder, tmp_path, command):
    """One whose file and head agree: they would have been simulated together."""
    run = shutil.copytree(folder, tmp_path / "mixed")
    plan = replace(read_run(folder).plan, scenario_hash="f" * 64)
    (run / "plan.json").write_text(json.dumps(to_json(plan)), "utf-8")
    head = json.loads((run / "run.json").read_text("utf-8"))
    head["plan_hash"] = plan.content_hash
    (run / "run.json").write_text(json.dumps(head), "utf-8")
    asked = (run if word == "RUN" else word for word in command)
    result = bureau(*asked, "--out", tmp_path / "out", "--lang", "en")
    assert result.exit_code == 4
    assert "plan.json" in result.stderr
    assert not (tmp_path / "out").exists()

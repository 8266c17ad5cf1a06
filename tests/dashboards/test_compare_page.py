"""Claims about the comparison page: paired figures, changed blocks only, a run that is pinned."""

from __future__ import annotations

import csv
import io
import re
import shutil
from dataclasses import replace

import pytest
from typer.testing import CliRunner

from dashboards import breakdown, compared, jobs, pins, rosterdiff
from dashboards.cli import app
from dashboards.compared import Table
from dashboards.comparefile import comparison_csv
from dashboards.runs import Inputs, RunError, read_run
from dashboards.store import Meta, write_run
from dashboards.texts import t
from planner.audit import audit
from planner.plan import tables
from sim.comparison import compare
from sim.side import Side, carried_over
from tests.dashboards.drawing import drawn
from tests.dashboards.sample import FUTURES, forecast_of, plan_of
from tests.dashboards.test_app import CJK, LANGS, opened, said

N, TAILS, SEED = 60, 4, 7


def written(folder, scenario, plan, *, with_forecast=True):
    findings = audit(scenario, tables(scenario, plan))
    found = forecast_of(scenario, plan) if with_forecast else None
    inputs = Inputs(seed=SEED, futures=FUTURES if found else 0, time_limit_s=1.0)
    return write_run(folder, scenario, plan, findings, found, Meta(inputs, {}))


def moved(plan, days=2):
    """Return a plan in which the first leave lies some days later."""
    first, *rest = plan.leaves
    later = replace(
        first,
        start=first.start + days,
        end=first.end + days,
        clearing_day=first.clearing_day + days,
    )
    return replace(plan, leaves=(later, *rest))


@pytest.fixture(scope="module")
def poor(minimal):
    """The same city with less money, which calls more companies."""
    budget = minimal.budget.model_copy(update={"lump_sum_yuan": {"east": 30_000, "south": 40_000}})
    return minimal.model_copy(
        update={
            "id": "poor",
            "title": minimal.title.model_copy(update={"zh": "少钱", "en": "Poor"}),
            "budget": budget,
        }
    )


@pytest.fixture(scope="module")
def store(tmp_path_factory, minimal, poor):
    root = tmp_path_factory.mktemp("compared")
    plan = plan_of(minimal)
    written(root / "first", minimal, plan)
    written(root / "later", minimal, moved(plan))
    written(root / "poor", poor, plan_of(poor))
    short = minimal.horizon.model_copy(update={"end": minimal.horizon.end.replace(day=29)})
    title = minimal.title.model_copy(update={"zh": "短期", "en": "Short"})
    other = minimal.model_copy(update={"id": "short", "title": title, "horizon": short})
    written(root / "short", other, carried_over(plan, other), with_forecast=False)
    return root


@pytest.fixture(scope="module")
def sides(minimal, poor):
    return [Side(minimal, plan_of(minimal)), Side(poor, plan_of(poor))]


@pytest.fixture(scope="module")
def found(sides):
    return compare(sides, n=N, seed=SEED, tails=TAILS, steps=False)


def test_without_steps_a_comparison_finds_the_same_differences(sides, found):
    whole = compare(sides, n=N, seed=SEED, tails=TAILS)
    assert whole.others[0].waterfall.changes
    assert found.others[0].waterfall.changes == ()
    assert found.others[0].tally.common == whole.others[0].tally.common
    assert found.grade_changes == whole.grade_changes


def test_a_row_gives_the_paired_difference_of_the_comparison(found):
    table = Table(found, "en")
    own = found.difference(0, "spend_yuan")
    assert own.high < 0
    (row,) = [row for row in table.rows(None) if row[0] == t("app.compare.spend_yuan", "en")]
    assert f"<strong>{table.said(own)}</strong>" in row[2].html
    assert re.search(r"-\d", table.said(own))


def test_what_is_not_clear_is_grey_words_and_no_figure(minimal):
    side = Side(minimal, plan_of(minimal))
    same = compare([side, side], n=N, seed=SEED, tails=TAILS, steps=False)
    for row in Table(same, "en").rows(None):
        assert t("app.budget.unclear", "en") in row[2].html
        assert "<strong>" not in row[2].html
    assert "same scenario and plan" in Table(same, "en").sentence(0, "x")


def test_every_bureau_has_rows_of_its_own(found):
    table = Table(found, "zh")
    for bureau in table.names:
        assert len(table.rows(bureau)) >= 5
        assert ("all_main", bureau) in table.keys(bureau)


def test_what_differs_in_the_inputs_is_said(sides, minimal):
    for lang in LANGS:
        assert compared.inputs(*sides, lang) == [t("compare.part.budget", lang)]
    other = Side(minimal, moved(plan_of(minimal)))
    assert compared.inputs(sides[0], other, "en") == [t("compare.part.plan", "en")]
    assert compared.inputs(sides[0], sides[0], "en") == []


def test_only_blocks_that_differ_are_listed(store):
    first, later = read_run(store / "first"), read_run(store / "later")
    (own,) = rosterdiff.changed(first, later)
    assert own.kind == "leave"
    assert (own.b.start - own.a.start).days == 2
    blocks = len(first.table("leaves")) + len(first.table("visits"))
    assert rosterdiff.unchanged(first, later) == blocks - 1
    assert rosterdiff.changed(first, first) == ()


def test_a_group_with_other_companies_stands_on_either_side_alone(tmp_path, minimal):
    plan = plan_of(minimal)
    visit, *rest = plan.visits
    fewer = replace(plan, visits=(replace(visit, companies=visit.companies[:-1]), *rest))
    a = written(tmp_path / "a", minimal, plan, with_forecast=False)
    b = written(tmp_path / "b", minimal, fewer, with_forecast=False)
    found = rosterdiff.changed(a, b)
    assert [own.kind for own in found] == ["visit", "visit"]
    assert sorted((own.a is None, own.b is None) for own in found) == [(False, True), (True, False)]


def test_curves_of_all_bureaus_are_of_their_sum(store):
    run = read_run(store / "first")
    frame = compared.exceedance({"A": run}, "signed_yuan", None)
    whole = run.outcomes.groupby("future")["signed_yuan"].sum()
    for yuan, share in zip(frame["yuan"][::20], frame["share"][::20], strict=True):
        assert share == pytest.approx((whole >= yuan).mean())
    assert compared.middle(run, "signed_yuan", None)[1] == pytest.approx(whole.median())


def test_the_file_holds_every_figure_with_its_verdict(found):
    content = comparison_csv(found, "en")
    assert content == comparison_csv(found, "en")
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    spend = next(row for row in rows if row[2] == t("app.compare.spend_yuan", "en"))
    own = found.difference(0, "spend_yuan")
    assert float(spend[5]) == pytest.approx(own.difference, rel=1e-5)
    assert spend[8] == t(f"app.compare.verdict.{own.verdict(found.margins)}", "en")


def test_a_pin_is_kept_by_scenario_and_taken_away(tmp_path):
    assert pins.pinned(tmp_path) == {}
    pins.pin(tmp_path, "minimal", "first")
    pins.pin(tmp_path, "poor", "poor")
    pins.pin(tmp_path, "minimal", "later")
    assert pins.pinned(tmp_path) == {"minimal": "later", "poor": "poor"}
    pins.pin(tmp_path, "minimal", None)
    assert pins.pinned(tmp_path) == {"poor": "poor"}
    (tmp_path / pins.FILE).write_text("[", encoding="utf-8")
    with pytest.raises(RunError, match=pins.FILE):
        pins.pinned(tmp_path)


def test_nothing_is_compared_until_a_run_is_chosen(monkeypatch, store):
    monkeypatch.setenv("BUREAU_RUNS", str(store))
    at = opened("compare", "en", run="first")
    assert not at.exception
    words = said(at)
    assert t("app.compare.choose", "en", base="first") in words
    assert t("app.compare.figures.title", "en") not in words
    at.multiselect[0].set_value(["later"]).run()
    assert at.query_params["with"] == "later"


@pytest.mark.parametrize("lang", LANGS)
def test_runs_stand_side_by_side_by_the_address(monkeypatch, store, lang):
    monkeypatch.setenv("BUREAU_RUNS", str(store))
    at = drawn("compare", lang, run="first", **{"with": "poor,later"})
    assert not at.exception
    words = said(at)
    for key in ("figures", "curves", "breakdown", "cost", "roster"):
        assert t(f"app.compare.{key}.title", lang) in words
    assert t("compare.part.budget", lang) in words
    ends = {"a": "A", "b": "C", "n": 1}
    assert t("app.compare.roster.some", lang, same=3 + plan_visits(store), **ends) in words
    assert len(at.get("vega_lite_chart")) == 2
    assert all(len(chart.proto.alt) > 20 for chart in at.get("vega_lite_chart"))
    if lang == "en":
        words = words.replace(t("app.language", "zh"), "")
        assert [line for line in words.splitlines() if CJK.search(line)] == []


def plan_visits(store):
    return len(read_run(store / "first").table("visits"))


def test_another_baseline_changes_places(monkeypatch, store):
    monkeypatch.setenv("BUREAU_RUNS", str(store))
    at = drawn("compare", "en", run="first", **{"with": "poor,later"})
    at.selectbox(key="compare-baseline-first").set_value("poor").run()
    assert at.query_params["run"] == "poor"
    assert at.query_params["with"] == "first,later"
    assert not at.exception


def test_a_run_of_other_days_is_refused_in_words(monkeypatch, store):
    monkeypatch.setenv("BUREAU_RUNS", str(store))
    at = drawn("compare", "en", run="first", **{"with": "short"})
    assert not at.exception
    words = said(at)
    assert "covers other days" in words
    assert t("app.compare.figures.title", "en") not in words


def test_a_planner_pins_a_run_and_others_only_see_it(monkeypatch, store, tmp_path):
    root = tmp_path / "runs"
    shutil.copytree(store, root)
    monkeypatch.setenv("BUREAU_RUNS", str(root))
    at = drawn("compare", "en", run="first", **{"with": "poor"})
    at.button(key="pin-poor").click().run()
    assert pins.pinned(root) == {"poor": "poor"}
    assert t("app.compare.recommended", "en") in said(at)
    monkeypatch.setenv("BUREAU_PLANNERS", "somebody@else")
    at = drawn("compare", "en", run="first", **{"with": "poor"})
    assert t("app.compare.recommended", "en") in said(at)
    assert not [button for button in at.button if str(button.key).startswith("pin-")]


def test_a_stored_comparison_of_the_same_runs_is_taken_apart(monkeypatch, store, tmp_path):
    root = tmp_path / "runs"
    shutil.copytree(store, root)
    monkeypatch.setenv("BUREAU_RUNS", str(root))
    runs = [read_run(root / name) for name in ("first", "poor")]
    folder = breakdown.folder_of(root, runs)
    command = ["compare", *(str(run.folder) for run in runs), "--out", str(folder)]
    CliRunner().invoke(app, [*command, "-n", "20", "--seed", "7"])
    assert breakdown.stored(folder, runs) is not None
    assert breakdown.stored(folder, runs[::-1]) is None
    words = said(drawn("compare", "en", run="first", **{"with": "poor"}))
    assert t("compare.steps", "en", a="A", b="B") in words
    assert t("app.compare.breakdown.none", "en") not in words


def test_the_button_queues_the_command_whose_result_the_page_reads(monkeypatch, store, tmp_path):
    root = tmp_path / "runs"
    shutil.copytree(store, root)
    monkeypatch.setenv("BUREAU_RUNS", str(root))
    monkeypatch.setattr("dashboards.jobs.start_runner", lambda root: None)
    at = drawn("compare", "en", run="first", **{"with": "poor"})
    start = next(b for b in at.button if b.label == t("app.compare.breakdown.start", "en"))
    start.click().run()
    assert not at.exception
    (job,) = jobs.list_jobs(root)
    folder = breakdown.folder_of(root, [read_run(root / name) for name in ("first", "poor")])
    assert job.argv[0] == "compare"
    assert job.argv[1:3] == (str(root / "first"), str(root / "poor"))
    assert job.argv[job.argv.index("--out") + 1] == str(folder)

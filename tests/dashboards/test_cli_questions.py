"""``bureau why``, ``recommend``, ``check-edit`` and ``replan`` as people call them."""

from __future__ import annotations

import json

import pandas as pd
import pytest
from typer.testing import CliRunner

from dashboards.cli import app
from dashboards.commands.replan import _of_history
from dashboards.runs import read_run
from dashboards.texts import t
from planner.audit import Finding
from planner.rulebook import rule_of
from scenarios.load import load_scenario


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs") / "minimal"
    made = _call("plan", "minimal", "--out", str(folder), "--time-limit", "4")
    assert made.exit_code == 0, made.stderr
    return folder


def _call(*words: str):
    return CliRunner().invoke(app, list(words))


def _some_leave(run):
    leave = read_run(run).plan.leaves[0]
    days = read_run(run).scenario.days
    return leave, days.date_of(leave.start).isoformat(), days.date_of(leave.end).isoformat()


@pytest.mark.parametrize(("lang", "words"), [("zh", "其他驻点局照旧"), ("en", "the other bureaus")])
def test_why_tells_the_price_of_giving_up_what_the_plan_has(run, lang, words):
    leave, first, last = _some_leave(run)
    asked = f"{leave.person} home {first}..{last}"
    shown = _call("why", str(run), "--not", asked, "--lang", lang)
    assert shown.exit_code == 0
    assert words in shown.stdout
    assert leave.person in shown.stdout


def test_an_answer_about_a_company_is_kept_in_both_languages_and_is_no_failure(run, tmp_path):
    plan, file = read_run(run).plan, tmp_path / "answer.json"
    left = next(x.company for x in plan.unplaced if x.reason != "screened-out")
    for company in (plan.visits[0].companies[0], left):
        shown = _call("why", str(run), "--company", company, "--lang", "en", "--answer", str(file))
        assert shown.exit_code == 0, shown.stderr
        kept = json.loads(file.read_text(encoding="utf-8"))
        assert "".join(kept["lines"]["en"]).split() == shown.stdout.replace("\n", "").split()
        assert company in kept["lines"]["zh"][0]
    assert [x.name for x in tmp_path.iterdir()] == ["answer.json"]


def test_why_tells_what_forbids_and_ends_as_infeasible(run):
    leave, first, _ = _some_leave(run)
    scenario = read_run(run).scenario
    end = scenario.horizon.end.isoformat()
    shown = _call("why", str(run), "--not", f"{leave.person} home {first}..{end}", "--lang", "en")
    assert shown.exit_code == 3
    assert "cannot" in shown.stdout


@pytest.mark.parametrize(
    "words",
    [
        ["why"],
        ["why", "--not", "x home 2024-07-01..2024-07-02"],
        ["why", "--not", "nonsense"],
        ["why", "--company", "nobody"],
        ["recommend"],
        ["recommend", "--leave", "nobody 2024-Q3"],
        ["recommend", "--leave", "onlyone"],
        ["check-edit"],
        ["check-edit", "--leave", "x y z"],
        ["check-edit", "--visit", "v 2024-07-01"],
        ["check-edit", "--leader", "v l"],
        ["check-edit", "--company", "nobody none"],
    ],
)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_question_that_makes_no_sense_is_refused_in_words(run, words, lang):
    shown = _call(words[0], str(run), *words[1:], "--lang", lang)
    assert shown.exit_code == 2
    assert shown.stderr.strip()
    assert "Traceback" not in shown.stderr


def test_dates_are_recommended_in_order_as_json(run):
    leave, _, _ = _some_leave(run)
    asked = f"{leave.person} {leave.period}"
    shown = _call("recommend", str(run), "--leave", asked, "--count", "3", "--json")
    dates = json.loads(shown.stdout)["dates"]
    assert len({row["date"] for row in dates}) == 3
    assert [row["values"]["served"] for row in dates] == sorted(
        (row["values"]["served"] for row in dates), reverse=True
    )


def test_an_edit_that_breaks_rules_names_them_and_fails(run):
    leave, _, _ = _some_leave(run)
    other = next(x for x in read_run(run).plan.leaves if x.bureau == leave.bureau and x != leave)
    day = read_run(run).scenario.days.date_of(other.start).isoformat()
    shown = _call("check-edit", str(run), "--leave", f"{leave.person} {leave.period} {day}")
    assert shown.exit_code == 1
    assert "违反" in shown.stdout
    kept = _some_leave(run)[1]
    same = _call("check-edit", str(run), "--leave", f"{leave.person} {leave.period} {kept}")
    assert (same.exit_code, same.stdout.strip()) == (0, "这一改动不违反任何规则。")


def test_replanning_after_nothing_stores_a_run_without_changes(run, tmp_path):
    start = read_run(run).scenario.horizon.start.isoformat()
    folder = tmp_path / "again"
    shown = _call("replan", str(run), "minimal", "--today", start, "--out", str(folder))
    assert shown.exit_code == 0, shown.stderr
    assert "无须改动" in shown.stdout
    assert pd.read_csv(folder / "changes.csv").empty
    assert read_run(folder).plan.leaves == read_run(run).plan.leaves


def test_a_day_outside_the_horizon_is_refused_and_nothing_is_written(run, tmp_path):
    folder = tmp_path / "again"
    shown = _call("replan", str(run), "minimal", "--today", "1999-01-01", "--out", str(folder))
    assert shown.exit_code == 2
    assert not folder.exists()


@pytest.mark.parametrize(("lang", "words"), [("zh", "属于另一场景"), ("en", "another scenario")])
def test_a_plan_of_other_bureaus_is_not_planned_again(run, tmp_path, lang, words):
    folder = tmp_path / "again"
    options = ("--today", "2023-05-03", "--out", str(folder), "--lang", lang)
    shown = _call("replan", str(run), "bole-2023", *options)
    assert shown.exit_code == 2
    assert words in shown.stderr
    assert not folder.exists()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_rules_that_the_past_breaks_are_named_with_what_was_asked_and_found(lang):
    given = load_scenario("minimal")
    bureau = given.organisation.bureaus[0]
    finding = Finding("group-size", "V5", bureau.id, "2023-01", "3 to 6", "2", "violated")
    head, line = _of_history(given, [finding], lang)
    assert head == t("replan.history", lang)
    words = (rule_of("group-size").name.get(lang), bureau.name.get(lang), "3 to 6", "2")
    assert all(word in line for word in words)
    assert list(_of_history(given, [], lang)) == []

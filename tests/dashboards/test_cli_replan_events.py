"""``bureau replan --event`` as people call it: events in plain words, reasons, the plan before."""

from __future__ import annotations

import json

import pandas as pd
import pytest
from typer.testing import CliRunner

from dashboards.cli import app
from dashboards.runs import read_run
from planner.plan import from_json
from planner.rulebook import rule_of


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs") / "minimal"
    made = _call("plan", "minimal", "--out", str(folder), "--time-limit", "4")
    assert made.exit_code == 0, made.stderr
    return folder


def _call(*words: str):
    return CliRunner().invoke(app, list(words))


def _illness(run):
    """Tell of somebody who falls ill on the first two days of a published leave."""
    stored = read_run(run)
    leave = max(stored.plan.leaves, key=lambda x: x.start)
    days = stored.scenario.days
    first, second = (days.date_of(leave.start + n).isoformat() for n in (0, 1))
    today = days.date_of(max(0, leave.start - 20)).isoformat()
    return leave, today, f"{leave.person} {first}..{second}"


@pytest.fixture(scope="module")
def again(run, tmp_path_factory):
    leave, today, what = _illness(run)
    folder = tmp_path_factory.mktemp("again") / "ill"
    options = ("--as-of", today, "--event", f"absent {what}", "--lang", "en", "--out", str(folder))
    shown = _call("replan", str(run), *options)
    assert shown.exit_code == 0, shown.stderr
    return leave, today, what, folder, shown


def test_an_event_is_applied_to_the_run_s_own_scenario_and_planned_for(run, again):
    leave, _, _, folder, shown = again
    made = read_run(folder)
    persons = {person.id: person for _, person in made.scenario.persons}
    assert len(persons[leave.person].approved_absences) == 1
    assert made.scenario.content_hash != read_run(run).scenario.content_hash
    assert leave not in made.plan.leaves
    assert "proven" in shown.stdout


def test_each_change_is_told_with_the_event_behind_it_and_all_are_summed_up(again):
    leave, _, what, folder, shown = again
    rows = pd.read_csv(folder / "changes.csv", keep_default_na=False)
    own = rows[rows["subject"] == leave.person]
    assert list(own["kind"]) == ["leave-moved"]
    assert list(own["reason"]) == ["event"]
    assert list(own["reason_of"]) == [f"absent {what}"]
    assert f"because of: absent {what}" in shown.stdout
    assert f"Staying would break: {rule_of('leave-absence').name.en}" in shown.stdout
    assert f"leaves moved {sum(rows['kind'] == 'leave-moved')}," in shown.stdout
    assert [x.subject for x in read_run(folder).changes] == list(rows["subject"])


def test_the_published_plan_and_what_happened_are_kept_beside_the_new_plan(run, again):
    _, today, what, folder, _ = again
    before = from_json(json.loads((folder / "published.json").read_text("utf-8")))
    assert before == read_run(run).plan
    told = json.loads((folder / "events.json").read_text("utf-8"))
    assert told["as_of"] == today
    assert [event["text"] for event in told["events"]] == [f"absent {what}"]
    assert {"published.json", "events.json"} <= set(read_run(folder).head.files)


def test_the_same_event_in_chinese_and_the_old_name_of_the_day_give_the_same_files(
    run, again, tmp_path
):
    _, today, what, folder, _ = again
    other = tmp_path / "zh"
    told = ("--today", today, "--event", f"缺勤 {what}", "--out", str(other))
    shown = _call("replan", str(run), *told)
    assert shown.exit_code == 0, shown.stderr
    assert f"因事件：缺勤 {what}" in shown.stdout
    for name in ("plan.json", "scenario.json", "published.json"):
        assert (other / name).read_bytes() == (folder / name).read_bytes()


def test_the_machine_readable_answer_has_totals_events_and_reasons(run, tmp_path):
    leave, today, what = _illness(run)
    options = ("--as-of", today, "--event", f"absent {what}", "--out", str(tmp_path / "json"))
    said = json.loads(_call("replan", str(run), *options, "--json").stdout)
    assert said["proven"] is True
    assert said["events"] == [f"absent {what}"]
    moved = [row for row in said["changes"] if row["kind"] == "leave-moved"]
    assert said["totals"]["leaves_moved"] == len(moved) >= 1
    assert said["totals"]["person_days"] > 0
    assert {row["reason"] for row in moved if row["subject"] == leave.person} == {"event"}


def test_nothing_that_happened_changes_nothing_and_needs_no_scenario(run, tmp_path):
    start = read_run(run).scenario.horizon.start.isoformat()
    shown = _call("replan", str(run), "--as-of", start, "--out", str(tmp_path / "same"))
    assert shown.exit_code == 0, shown.stderr
    assert "无须改动" in shown.stdout
    assert list(pd.read_csv(tmp_path / "same" / "changes.csv").columns)[-1] == "cost"


@pytest.mark.parametrize(
    ("lang", "heading"), [("zh", "--event 1 person：现为 'nobody'"), ("en", "did you mean")]
)
def test_bad_events_are_all_named_and_leave_nothing_behind(run, tmp_path, lang, heading):
    folder = tmp_path / "bad"
    told = ("--event", "absent nobody 2024-07-03", "--event", "leader-away principl 2024-07-03")
    options = ("--as-of", "2024-07-01", "--out", str(folder), "--lang", lang)
    shown = _call("replan", str(run), *told, *options)
    assert shown.exit_code == 4
    assert heading in shown.stderr
    assert "--event 2 leader" in shown.stderr
    assert "Traceback" not in shown.stderr
    assert list(tmp_path.iterdir()) == []


def test_an_event_no_plan_can_bear_is_explained_and_leaves_nothing_behind(run, tmp_path):
    horizon = read_run(run).scenario.horizon
    person = read_run(run).plan.leaves[0].person
    pins = [f"leave-pinned {person} {horizon.start}", f"leave-pinned {person} {horizon.end}"]
    told = [word for pin in pins for word in ("--event", pin)]
    options = ("--as-of", horizon.start.isoformat(), "--out", str(tmp_path / "none"))
    shown = _call("replan", str(run), *told, *options)
    assert shown.exit_code == 3, shown.stdout + shown.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_new_company_is_placed_or_it_is_said_why_not(run, tmp_path):
    scenario = read_run(run).scenario
    bureau, start = scenario.organisation.bureaus[0], scenario.horizon.start.isoformat()
    first = f"company-new {bureau.id} id=new-one chain={bureau.sectors[0].chain}"
    told = ("--event", f"{first} earliest={start} latest={start}", "--as-of", start)
    shown = _call("replan", str(run), *told, "--out", str(tmp_path / "new"), "--lang", "en")
    assert shown.exit_code == 0, shown.stderr
    left = {x.company for x in read_run(tmp_path / "new").plan.unplaced}
    assert "new-one" in left
    assert "New company new-one (new-one) is in no group: " in shown.stdout

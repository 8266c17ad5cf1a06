"""Drafts: steps that can be taken back, kept whole, refused where they do not fit."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta

import pytest
from typer.testing import CliRunner

from dashboards import draft as drafts
from dashboards.cli import app
from dashboards.draft import Draft, begun
from dashboards.edits import Edits, carried, edited_plan, expect_known, expect_open, pins_of, unmet
from dashboards.runs import RunError, list_runs, read_run


@pytest.fixture
def run(run_store):
    return read_run(run_store / "good")


def _key(run, n=0):
    leave = run.plan.leaves[n]
    return (leave.person, leave.period), run.scenario.days.date_of(leave.start)


def _moved(run, days, n=0, edits=None):
    key, start = _key(run, n)
    edits = edits or Edits()
    return edits.with_leave(run.plan, run.scenario, key, start + timedelta(days=days))


def _all(run):
    """Edits of every kind."""
    visit = run.plan.visits[0]
    start = run.scenario.days.date_of(visit.start)
    edits = _moved(run, 3).with_leave_held(_key(run, 1)[0], True)
    edits = edits.with_visit(run.plan, run.scenario, visit.id, start + timedelta(days=1))
    edits = edits.with_visit_held(visit.id, True)
    return edits.with_day("east-deputy", date(2024, 7, 3), "post")


def test_a_step_is_taken_back_and_taken_again(run):
    once, twice = _moved(run, 2), _moved(run, 9)
    draft = begun(run).then(once).then(twice)
    assert draft.undone().edits == once
    assert draft.undone().undone().edits == Edits()
    assert draft.undone().redone().edits == twice
    assert not draft.can_redo
    assert draft.undone().can_redo
    assert not begun(run).undone().can_undo


def test_a_new_step_forgets_what_was_taken_back(run):
    draft = begun(run).then(_moved(run, 2)).undone().then(_moved(run, 5))
    assert not draft.can_redo
    assert draft.undone().edits == Edits()


def test_what_goes_back_where_it_was_is_no_change(run):
    assert _moved(run, 0, edits=_moved(run, 4)) == Edits()
    visit = run.plan.visits[0]
    start = run.scenario.days.date_of(visit.start)
    away = Edits().with_visit(run.plan, run.scenario, visit.id, start + timedelta(days=1))
    assert away.count == 1
    assert away.with_visit(run.plan, run.scenario, visit.id, start) == Edits()
    assert begun(run).then(Edits()) == begun(run)


def test_a_hold_is_set_and_lifted(run):
    key = _key(run)[0]
    held = Edits().with_leave_held(key, True).with_day("east-chief", date(2024, 7, 3), "leave")
    assert held.count == 2
    free = held.with_leave_held(key, False).with_day("east-chief", date(2024, 7, 3), None)
    assert free == Edits()


def test_only_so_many_steps_are_kept(run):
    draft = begun(run)
    for n in range(drafts.STEPS + 20):
        draft = draft.then(_moved(run, 1 + n % 7))
    assert len(draft.steps) == drafts.STEPS
    assert draft.edits == draft.steps[-1]


def test_a_draft_survives_being_written_and_read(run, tmp_path):
    draft = begun(run).then(_all(run)).then(_moved(run, 8)).undone()
    written = drafts.save(tmp_path, draft)
    assert drafts.load(tmp_path, run) == written
    assert written == replace(draft, revision=1)
    assert drafts.load(tmp_path, run).redone().edits == _moved(run, 8)
    assert [file.name for file in (tmp_path / "drafts").iterdir()] == ["good.json"]


def test_the_same_draft_is_the_same_bytes(run, tmp_path):
    for folder in ("one", "two"):
        drafts.save(tmp_path / folder, begun(run).then(_all(run)))
    files = [drafts.place_of(tmp_path / folder, "good") for folder in ("one", "two")]
    assert files[0].read_bytes() == files[1].read_bytes()


def test_what_somebody_else_wrote_meanwhile_is_not_overwritten(run, tmp_path):
    mine = drafts.load(tmp_path, run)
    drafts.save(tmp_path, drafts.load(tmp_path, run).then(_moved(run, 2)))
    with pytest.raises(RunError) as refused:
        drafts.save(tmp_path, mine.then(_moved(run, 5)))
    assert refused.value.key == "draft.conflict"
    assert drafts.load(tmp_path, run).edits == _moved(run, 2)


def test_a_draft_of_another_plan_is_refused_until_it_is_discarded(run, tmp_path):
    other = Draft("good", "0" * 64, (Edits(),))
    drafts.save(tmp_path, other)
    with pytest.raises(RunError) as refused:
        drafts.load(tmp_path, run)
    assert "000000000000" in refused.value.text("zh")
    drafts.discard(tmp_path, "good")
    assert drafts.load(tmp_path, run) == begun(run)


@pytest.mark.parametrize(
    ("change", "key"),
    [
        (lambda data: data.update(format=9), "draft.format"),
        (lambda data: data.update(at=7), "draft.damaged"),
        (lambda data: data.update(run=3), "draft.damaged"),
        (lambda data: data["steps"][0].update(leaves=[["east-chief", "2024-Q3"]]), "draft.damaged"),
        (lambda data: data["steps"][0].update(days=[["a", "2024-07-01", "x"]]), "draft.damaged"),
        (lambda data: data["steps"][0].update(held_visits=[3]), "draft.damaged"),
        (lambda data: data["steps"][0].update(held_visits=["v99"]), "draft.unknown"),
        (lambda data: data["steps"][0].update(days=[["x", "2024-07-01", "post"]]), "draft.unknown"),
        (
            lambda data: data["steps"][0].update(leaves=[["east-chief", "2024-Q3", "2023-01-01"]]),
            "draft.outside",
        ),
        (
            lambda data: data["steps"][0].update(leaves=[["east-chief", "2024-Q3", "2024-12-28"]]),
            "draft.outside",
        ),
    ],
)
def test_a_file_that_is_no_draft_of_the_plan_is_refused_in_words(run, tmp_path, change, key):
    drafts.save(tmp_path, begun(run))
    file = drafts.place_of(tmp_path, "good")
    data = json.loads(file.read_text(encoding="utf-8"))
    change(data)
    file.write_text(json.dumps(data), encoding="utf-8")
    with pytest.raises(RunError) as refused:
        drafts.load(tmp_path, run)
    assert refused.value.key == key
    assert all(refused.value.text(lang) for lang in ("zh", "en"))


@pytest.mark.parametrize("content", ["", "[]", "{", "null", '{"format": 1}'])
def test_a_damaged_file_is_refused_in_words(run, tmp_path, content):
    file = drafts.place_of(tmp_path, "good")
    file.parent.mkdir()
    file.write_text(content, encoding="utf-8")
    with pytest.raises(RunError) as refused:
        drafts.load(tmp_path, run)
    assert refused.value.key == "draft.damaged"


def test_the_plan_of_a_draft_differs_in_what_was_edited_alone(run):
    edits, plan = _all(run), run.plan
    after = edited_plan(run.scenario, plan, edits)
    assert after.leaves[0].start == plan.leaves[0].start + 3
    assert after.leaves[1:] == plan.leaves[1:]
    assert [x.start for x in after.visits] == [
        x.start + (x.id == plan.visits[0].id) for x in plan.visits
    ]


def test_what_has_begun_is_not_moved_and_nothing_moves_into_the_past(run):
    scenario, plan = run.scenario, run.plan
    start = scenario.days.date_of(plan.leaves[0].start)
    expect_open(scenario, plan, _moved(run, 3), start)
    for edits, first in ((_moved(run, 3), start + timedelta(days=1)), (_moved(run, -2), start)):
        with pytest.raises(RunError) as refused:
            expect_open(scenario, plan, edits, first)
        assert refused.value.key == "draft.begun"
    expect_open(scenario, plan, Edits().with_leave_held(_key(run)[0], True), date.max)


def test_held_days_that_the_draft_does_not_keep_are_told(run):
    scenario, leave = run.scenario, run.plan.leaves[0]
    first = scenario.days.date_of(leave.start)
    before = first - timedelta(days=1)
    edits = Edits().with_day(leave.person, first, "post").with_day(leave.person, before, "leave")
    found = unmet(scenario, run.plan, edits)
    assert found == ((leave.person, before, "leave"), (leave.person, first, "post"))
    kept = Edits().with_day(leave.person, first, "leave").with_day(leave.person, before, "post")
    assert unmet(scenario, run.plan, kept) == ()


def test_what_was_moved_or_is_held_becomes_a_pin(run):
    edits = _all(run)
    pins = pins_of(run.scenario, run.plan, edits)
    first, second = run.plan.leaves[:2]
    assert [(x.person, x.period, x.start) for x in pins.leaves] == [
        (first.person, first.period, first.start + 3),
        (second.person, second.period, second.start),
    ]
    (visit,) = pins.visits
    assert visit.start == run.plan.visits[0].start + 1
    assert [(x.person, x.day, x.status) for x in pins.days] == [("east-deputy", 2, "post")]


def test_what_was_asked_for_stays_held_in_the_plan_that_was_made(run):
    edits, scenario = _all(run), run.scenario
    after = edited_plan(scenario, run.plan, edits)
    renamed = [replace(x, id=f"new-{x.id}") for x in after.visits]
    after = replace(after, visits=tuple(renamed), leaves=after.leaves[:1])
    kept = carried(scenario, run.plan, edits, after)
    assert kept.leaves == {}
    assert kept.visits == {}
    assert kept.held_leaves == {_key(run)[0]}
    assert kept.held_visits == {f"new-{run.plan.visits[0].id}"}
    assert kept.days == edits.days
    expect_known(scenario, after, kept)


def test_the_folder_of_drafts_is_no_damaged_run(run, run_store, tmp_path):
    import shutil

    shutil.copytree(run_store / "good", tmp_path / "good")
    drafts.save(tmp_path, begun(run))
    found = list_runs(tmp_path)
    assert [x.id for x in found.runs] == ["good"]
    assert found.problems == ()


@pytest.fixture(scope="module")
def planned(tmp_path_factory):
    """A run with a plan of the solver's."""
    folder = tmp_path_factory.mktemp("planned") / "minimal"
    made = CliRunner().invoke(app, ["plan", "minimal", "--out", str(folder), "--time-limit", "4"])
    assert made.exit_code == 0, made.stderr
    return folder


def _replan(planned, file, out):
    day = read_run(planned).scenario.horizon.start.isoformat()
    words = ["replan", str(planned), str(planned / "scenario.json"), "--today", day]
    return CliRunner().invoke(app, [*words, "--draft", str(file), "--out", str(out)])


def test_planning_again_with_a_draft_keeps_what_it_moved(planned, tmp_path):
    run = read_run(planned)
    key, start = _key(run)
    shift = 1 if start + timedelta(days=13) <= run.scenario.horizon.end else -1
    drafts.save(tmp_path, begun(run).then(_moved(run, shift)))
    shown = _replan(planned, drafts.place_of(tmp_path, run.id), tmp_path / "again")
    assert shown.exit_code == 0, shown.stderr
    again = read_run(tmp_path / "again")
    moved = next(x for x in again.plan.leaves if (x.person, x.period) == key)
    assert again.scenario.days.date_of(moved.start) == start + timedelta(days=shift)
    assert again.has_changes
    assert "leave-moved" in {change.kind for change in again.changes}
    assert again.scenario.content_hash == run.scenario.content_hash


def test_planning_again_refuses_a_draft_of_another_run_and_writes_nothing(run, planned, tmp_path):
    drafts.save(tmp_path, begun(run).then(_moved(run, 2)))
    shown = _replan(planned, drafts.place_of(tmp_path, "good"), tmp_path / "again")
    assert shown.exit_code == 4
    assert "另一份方案" in shown.stderr
    assert not (tmp_path / "again").exists()

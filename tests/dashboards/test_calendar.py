"""The rotation calendar: what its views say, and what planners can do on its desk."""

from __future__ import annotations

import html
import json
import re
import shutil
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from dashboards import draft as drafts
from dashboards.draft import begun
from dashboards.edits import Edits, edited_plan
from dashboards.labels import without_ids
from dashboards.rota import status_table
from dashboards.rotation import again, literal, moves
from dashboards.rotation.checking import leaves_in, names_of, presence_in, sentence, verdict
from dashboards.rotation.choice import VIEWS
from dashboards.rotation.editor import day_in
from dashboards.rotation.leaves import leaves_of, month_in_words, next_in_words, next_leave
from dashboards.rotation.personyear import person_year
from dashboards.rotation.reasons import Replanned
from dashboards.rotation.strip import Strip
from dashboards.runs import read_run
from dashboards.store import Meta, write_run
from dashboards.texts import t
from planner.audit import Finding, audit
from planner.changes import diff
from planner.moving import MoveLeave, MoveVisit, compared, moved
from planner.plan import tables
from scenarios.calendar import Period
from tests.dashboards.test_app import CJK, opened, said

LANGS = ("zh", "en")


@pytest.fixture
def store(run_store, tmp_path, monkeypatch):
    """Runs of one's own: drafts and publications may be written beside them."""
    shutil.copytree(run_store, tmp_path / "runs")
    monkeypatch.setenv("BUREAU_RUNS", str(tmp_path / "runs"))
    monkeypatch.setattr("dashboards.jobs.start_runner", lambda root: None)
    return tmp_path / "runs"


@pytest.fixture
def run(store):
    return read_run(store / "good")


def key_of(leave):
    return leave.person, leave.period


def shifted(run, n, days):
    leave = run.plan.leaves[n]
    day = run.scenario.days.date_of(leave.start + days)
    return Edits().with_leave(run.plan, run.scenario, key_of(leave), day)


def draft_of(run, edits):
    return drafts.save(run.folder.parent, begun(run).then(edits))


# The views.


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("view", VIEWS)
def test_every_view_opens_without_a_fault_or_a_raw_id(view, lang, run):
    draft_of(run, shifted(run, 0, 3))
    at = opened("calendar", lang, run="good", view=view)
    assert not at.exception
    words = said(at)
    known = {person.id for _, person in run.scenario.persons}
    known |= {company.id for company in run.scenario.companies}
    assert [key for key in known if re.search(rf"(?<![\w-]){key}(?![\w-])", words)] == []
    if lang == "en":
        words = words.replace(t("app.language", "zh"), "")
        words = re.sub(r"[一二三四五六七八]([㈠-㈩]\d*)?", "", words)
        assert [line for line in words.splitlines() if CJK.search(line)] == []


def test_the_view_stands_in_the_address_by_its_id_and_the_first_does_not(run):
    at = opened("calendar", "zh", run="good")
    assert "view" not in at.query_params
    at.segmented_control(key="calendar-view").select("person").run()
    assert at.query_params["view"] == "person"
    assert t("app.calendar.person.title", "zh") in said(at)
    at.segmented_control(key="calendar-view").select("year").run()
    assert "view" not in at.query_params


def test_a_view_that_is_unknown_counts_as_none(run):
    assert t("app.calendar.wall.title", "en") in said(opened("calendar", "en", view="nonsense"))


def test_a_link_names_the_person(run):
    _, person = run.scenario.persons[-1]
    at = opened("calendar", "en", run="good", view="person", who=person.id)
    assert at.selectbox(key="calendar-who").value == person.id


def test_a_persons_year_has_a_cell_for_every_day_with_its_status(run):
    table = run.table("calendar")
    _, person = run.scenario.persons[0]
    shown = person_year(run.scenario, status_table(table), person.id, "en")
    assert shown.count("<table") == len(run.scenario.days.months)
    own = table[table["person"] == person.id]["status"]
    for status in sorted(own.unique()):
        assert len(re.findall(rf'class="b-{status}[" ]', shown)) == int((own == status).sum())
    calendar = run.scenario.days
    off = sum(day is not None for day in calendar.holiday)
    assert shown.count("b-free") == off
    assert shown.count("▼") == sum(calendar.make_up)


def test_the_next_leave_is_told_with_its_groups(run):
    leaves = leaves_of(run, "east-chief")
    first = leaves[0]
    before = first.first - timedelta(days=3)
    assert next_leave(leaves, before) == first
    words = next_in_words(leaves, before, "zh")
    assert "3 天后开始" in words
    assert f"{first.groups[0].companies} 家企业" in words
    inside = next_in_words(leaves, first.first + timedelta(days=1), "en")
    assert f"days left: {(first.last - first.first).days - 1}" in inside
    after = next_in_words(leaves, run.scenario.horizon.end, "en")
    assert after == t("app.calendar.next.none", "en")


def test_a_month_is_told_day_by_day_without_a_gap(run):
    month = run.scenario.days.months[0]
    span = run.scenario.days.date_of(month.start), run.scenario.days.date_of(month.stop - 1)
    lines = month_in_words(run, "east-chief", span, "zh")
    counted = [int(re.search(r"（(\d+) 天）", line)[1]) for line in lines]
    assert sum(counted) == month.n_days


def test_the_days_at_post_stand_beside_those_owed(run):
    words = said(opened("calendar", "en", run="good", view="bureau"))
    found = [x for x in run.audit.itertuples() if x.rule == "presence"]
    own = {p.id for p in run.scenario.organisation.bureaus[0].persons}
    for check in found:
        if check.subject in own:
            assert f"{check.actual} / {check.required}" in words


def test_days_on_which_nobody_is_at_post_are_told(run, store):
    scenario, plan = run.scenario, run.plan
    first, other = (
        plan.leaves[0],
        next(
            x for x in plan.leaves if x.bureau == plan.leaves[0].bureau and x.person != "east-chief"
        ),
    )
    both = moved(scenario, plan, MoveLeave(*key_of(other), first.start))
    findings = audit(scenario, tables(scenario, both))
    write_run(store / "both", scenario, both, findings, None, Meta(run.head.inputs, {}))
    words = said(opened("calendar", "en", run="both", view="bureau"))
    length = scenario.rules.leave.length_days
    assert f"Nobody of this bureau is at post on {length} days" in words
    words = said(opened("calendar", "en", run="good", view="bureau"))
    assert t("app.calendar.bureau.covered", "en") in words


# Moves and what the audit says of them.


def test_a_leave_moves_alone_or_with_its_groups(run):
    leave, visit = run.plan.leaves[0], run.plan.visits[0]
    day = run.scenario.days.date_of(leave.start + 2)
    alone = moves.move_leave(run, Edits(), key_of(leave), day, along=False)
    assert not alone.visits
    along = moves.move_leave(run, Edits(), key_of(leave), day, along=True)
    assert along.visits == {visit.id: run.scenario.days.date_of(visit.start + 2)}
    held = Edits().with_visit_held(visit.id, True)
    assert not moves.move_leave(run, held, key_of(leave), day, along=True).visits


@pytest.mark.parametrize("number", [-1, 10_000, "3", None, 2.5])
def test_a_day_that_no_leave_can_begin_on_is_not_taken_from_the_browser(run, number):
    assert day_in(run.scenario, number) is None
    assert day_in(run.scenario, 5) == run.scenario.days.date_of(5)


def judged_of(run, edits):
    after = edited_plan(run.scenario, run.plan, edits)
    return compared(run.scenario, run.plan, after)


def test_a_broken_rule_is_said_with_who_and_when_and_by_how_much(run):
    leave = run.plan.leaves[0]
    judged = judged_of(run, shifted(run, 0, 12))
    escorts = [x for x in judged.broken if x.rule == "visit-escort"]
    names = names_of(run.scenario, judged.plan, "zh")
    line = sentence(run.scenario, escorts[0], names, "zh")
    assert run.scenario.bureau(leave.bureau).name.zh in line
    assert "考察团" in line
    assert "v01" not in line
    shown = html.unescape(verdict(run.scenario, judged, "en"))
    assert f"newly broken, {len(judged.broken)}" in shown
    kept = verdict(run.scenario, judged_of(run, Edits()), "en")
    assert t("app.calendar.check.kept", "en") in html.unescape(kept)


@pytest.mark.parametrize(
    ("actual", "end"), [("short on 1: 2024-08-01", "1 Aug (P9)"), ("2024-08-01, ...", "more (P9)")]
)
def test_days_are_said_and_whether_there_are_more(run, actual, end):
    finding = Finding("coverage", "P9", "east", "2024-Q3", "1 at post", actual, "violated")
    assert sentence(run.scenario, finding, {}, "en").endswith(end)


def test_a_number_is_said_as_asked_and_found(run):
    presence = next(
        x for x in audit(run.scenario, tables(run.scenario, run.plan)) if x.rule == "presence"
    )
    line = sentence(run.scenario, replace(presence, actual="77", required="78"), {}, "en")
    assert "asked 78, now 77" in line


def test_the_leaves_concerned_are_those_of_the_finding_alone(run):
    edits = shifted(run, 0, 12)
    judged = judged_of(run, edits)
    found = leaves_in(run.scenario, judged.plan, judged.broken)
    assert key_of(run.plan.leaves[0]) in found
    bureaus = {x.bureau for x in run.plan.leaves if key_of(x) in found}
    assert bureaus == {run.plan.leaves[0].bureau}
    assert leaves_in(run.scenario, run.plan, ()) == frozenset()


def test_presence_follows_the_edits(run):
    findings = audit(run.scenario, tables(run.scenario, run.plan))
    counts = presence_in(findings)
    periods = {x.period for x in findings if x.rule == "presence"}
    assert {len(found) for found in counts.values()} == {len(periods)}
    assert counts.keys() == {person.id for _, person in run.scenario.persons}


def test_the_strip_says_where_everything_is_and_was(run):
    leave, visit = run.plan.leaves[0], run.plan.visits[0]
    edits = shifted(run, 0, 12).with_leave_held(key_of(run.plan.leaves[1]), True)
    edits = edits.with_day("east-chief", date(2024, 7, 3), "post")
    judged = judged_of(run, edits)
    strip = Strip(
        scenario=run.scenario,
        before=run.plan,
        plan=judged.plan,
        edits=edits,
        window=Period("whole", 0, run.scenario.days.n_days),
        frozen=run.plan.leaves[1].start + 1,
        presence={},
        broken=frozenset({key_of(leave)}),
        said="",
        turn="1",
    )
    data = strip.data("zh")
    rows = [row for row in data["rows"] if "blocks" in row]
    blocks = {(b["person"], b["period"]): b for row in rows for b in row["blocks"]}
    assert len(blocks) == len(run.plan.leaves)
    block = blocks[key_of(leave)]
    assert (block["start"], block["before"]) == (leave.start + 12, leave.start)
    assert block["broken"]
    assert block["groups"] == []
    assert rows[0]["stray"] == [[visit.start, visit.end - visit.start + 1, len(visit.companies)]]
    assert rows[0]["held"] == [[2, t("app.letter.post", "zh")]]
    other = blocks[key_of(run.plan.leaves[1])]
    assert other["held"]
    assert other["locked"]
    assert json.loads(json.dumps(data)) == data


def test_a_table_is_read_back_as_edits(run):
    rows = moves.leave_rows(run.scenario, run.plan, Edits(), "en")
    leave = run.plan.leaves[1]
    day = run.scenario.days.date_of(leave.start + 1)
    state = {"edited_rows": {1: {"start": day.isoformat(), "held": True}, "0": {"held": False}}}
    edits = moves.with_leave_rows(run, Edits(), rows, state)
    assert edits.leaves == {key_of(leave): day}
    assert edits.held_leaves == {key_of(leave)}
    assert moves.with_leave_rows(run, edits, rows, None) == edits
    groups = moves.group_rows(run.scenario, run.plan, edits, "en")
    visit = run.plan.visits[0]
    later = run.scenario.days.date_of(visit.start + 1)
    state = {"edited_rows": {0: {"start": f"{later}T00:00:00", "held": True}}}
    edits = moves.with_group_rows(run, edits, groups, state)
    assert edits.visits == {visit.id: later}
    assert edits.held_visits == {visit.id}


# The desk.


def desk(lang="zh", **query):
    return opened("calendar", lang, run="good", view="edit", **query)


def test_steps_are_taken_back_and_taken_again_on_the_desk(run, store):
    edits = shifted(run, 0, 3)
    draft_of(run, edits)
    at = desk()
    assert not at.exception
    at.button(key="calendar-undo").click().run()
    assert drafts.load(store, run).edits == Edits()
    assert at.button(key="calendar-undo").disabled
    at.button(key="calendar-redo").click().run()
    assert drafts.load(store, run).edits == edits
    at.button(key="calendar-reset").click().run()
    assert drafts.load(store, run).edits == Edits()
    at.button(key="calendar-undo").click().run()
    assert drafts.load(store, run).edits == edits


def test_a_table_on_the_desk_is_taken_over_when_asked(run, store):
    at = desk("en")
    leave = run.plan.leaves[0]
    day = run.scenario.days.date_of(leave.start + 1).isoformat()
    at.session_state["calendar-leaves-0-en"] = {
        "edited_rows": {0: {"start": day, "held": True}},
        "added_rows": [],
        "deleted_rows": [],
    }
    take = next(x for x in at.button if x.label == t("app.calendar.table.take", "en"))
    take.click().run()
    assert not at.exception
    edits = drafts.load(store, run).edits
    assert edits.leaves == {key_of(leave): date.fromisoformat(day)}
    assert edits.held_leaves == {key_of(leave)}


def test_the_status_of_a_day_is_held_and_let_go(run, store):
    at = desk("en")
    at.selectbox(key="calendar-day-person").select("east-deputy")
    at.date_input(key="calendar-day-date").set_value(date(2024, 8, 5))
    hold = next(x for x in at.button if x.label == t("app.calendar.days.hold", "en"))
    hold.click().run()
    assert drafts.load(store, run).edits.days == {("east-deputy", date(2024, 8, 5)): "post"}
    assert t("app.calendar.days.unmet", "en") not in said(at)
    at.button(key="calendar-free-east-deputy-2024-08-05").click().run()
    assert drafts.load(store, run).edits.days == {}


def test_a_held_day_that_the_draft_breaks_is_pointed_out(run):
    draft_of(run, Edits().with_day("east-deputy", date(2024, 8, 5), "leave"))
    words = said(desk("en"))
    assert t("app.calendar.days.unmet", "en") in words
    assert "Deputy" in words


def test_who_may_not_plan_finds_no_button_and_is_told_why(run, monkeypatch):
    monkeypatch.setenv("BUREAU_PLANNERS", "somebody@example.org")
    at = desk("en")
    assert t("app.calendar.edit.not_allowed", "en") in said(at)
    assert not at.button
    assert t("app.calendar.literal.title", "en", days=26) in [x.label for x in at.expander]


def test_a_newer_plan_of_the_scenario_is_pointed_out(run, store):
    findings = audit(run.scenario, tables(run.scenario, run.plan))
    findings = audit(run.scenario, tables(run.scenario, run.plan))
    write_run(store / "newer", run.scenario, run.plan, findings, None, Meta(run.head.inputs, {}))
    assert "newer" in said(desk("en"))
    assert t("app.calendar.edit.newer", "en", run="newer") in said(desk("en"))


def test_a_draft_of_another_plan_is_said_and_can_be_discarded(run, store):
    drafts.save(store, replace(begun(run), plan_hash="0" * 64))
    at = desk("en")
    assert "begun from another plan" in said(at)
    at.button(key="calendar-discard").click().run()
    assert t("app.calendar.edit.none", "en") in said(at)


def test_an_edit_that_lost_the_race_is_refused_and_said(run, store):
    draft_of(run, shifted(run, 0, 3))
    at = desk("en")
    real = drafts.save

    def raced(root, draft):
        real(root, replace(drafts.load(root, run)))
        return real(root, draft)

    drafts.save = raced
    try:
        at.button(key="calendar-undo").click().run()
    finally:
        drafts.save = real
    assert "Somebody else has just changed the draft" in said(at)
    assert drafts.load(store, run).edits == shifted(run, 0, 3)


def test_a_draft_is_pointed_out_on_the_year(run):
    assert t("app.calendar.drafted", "en", n=1) not in said(opened("calendar", "en", run="good"))
    draft_of(run, shifted(run, 0, 3))
    assert t("app.calendar.drafted", "en", n=1) in said(opened("calendar", "en", run="good"))


# Planning again.


def jobs_asked(monkeypatch):
    asked = []
    monkeypatch.setattr(
        "dashboards.jobs.submit", lambda root, argv, **more: asked.append(argv) or "j1"
    )
    monkeypatch.setattr("dashboards.jobs.get", lambda root, job_id: None)
    return asked


def test_planning_again_asks_for_the_draft_as_it_is_now(run, store, monkeypatch):
    asked = jobs_asked(monkeypatch)
    draft_of(run, shifted(run, 0, 3))
    at = desk("en", asof="2024-07-05")
    at.button(key="calendar-again").click().run()
    ((command, folder, scenario, *options),) = asked
    assert command == "replan"
    assert folder == str(run.folder.resolve())
    assert scenario == str(run.folder.resolve() / "scenario.json")
    given = dict(zip(options[::2], options[1::2], strict=True))
    assert given["--today"] == "2024-07-05"
    assert drafts.read(Path(given["--draft"])).edits == shifted(run, 0, 3)
    assert at.query_params["job"] == "j1"


def test_other_edits_are_another_question(run):
    today = run.scenario.horizon.start
    one, other = (begun(run).then(shifted(run, 0, n)) for n in (3, 4))
    assert again.name_of(run, one, today) == again.name_of(run, one.then(Edits()).undone(), today)
    assert again.name_of(run, one, today) != again.name_of(run, other, today)
    assert again.name_of(run, one, today) != again.name_of(run, one, today + timedelta(days=1))


def test_without_a_change_there_is_nothing_to_plan_again(run):
    assert desk("en").button(key="calendar-again").disabled


def test_a_job_that_failed_is_told_in_words(run, monkeypatch):
    draft_of(run, shifted(run, 0, 3))
    argv = ("replan", str(run.folder.resolve()))
    words = {"zh": "排不出", "en": "There is no way"}
    job = SimpleNamespace(id="j1", argv=argv, is_open=False, result=None, message=words)
    monkeypatch.setattr("dashboards.jobs.get", lambda root, job_id: job if job_id == "j1" else None)
    assert "There is no way" in said(desk("en", job="j1"))
    assert "There is no way" not in said(desk("en"))


def test_reasons_tell_the_hand_from_the_rule(run):
    scenario, plan = run.scenario, run.plan
    first = plan.leaves[0]
    other = next(x for x in plan.leaves if x.bureau == first.bureau and x.person != first.person)
    # The first one's leave goes where the other's was, so that the other's had to go elsewhere.
    after = moved(scenario, plan, MoveLeave(*key_of(other), first.start))
    after = moved(scenario, after, MoveLeave(*key_of(first), other.start))
    visit, shift = plan.visits[0], other.start - first.start
    after = moved(scenario, after, MoveVisit(visit.id, visit.start + shift))
    told = Replanned(scenario, plan, after, frozenset({key_of(first)}))
    found = {x.subject: x for x in diff(scenario, plan, after) if x.kind == "leave-moved"}
    assert told.reason(found[first.person], "en") == t("app.calendar.why.by_hand", "en")
    assert told.reason(found[other.person], "en").startswith("Staying would break: ")
    assert told.groups_moved() == 1
    length = scenario.rules.leave.length_days
    assert 0 < told.person_days() <= 4 * length
    assert Replanned(scenario, plan, plan, frozenset()).person_days() == 0


# Publishing.


def test_a_plan_that_breaks_rules_has_no_button_to_publish(run):
    broken = sum(x.verdict == "violated" for x in run.audit.itertuples())
    at = desk("en")
    assert broken > 0
    assert t("app.calendar.publish.broken", "en", n=broken) in said(at)
    assert "calendar-publish" not in {button.key for button in at.button}


def test_a_version_is_published_and_freezes_the_past(run, store, monkeypatch):
    monkeypatch.setattr("dashboards.rotation.publishing.refusal", lambda view: "")
    monkeypatch.setattr("dashboards.publications._check", lambda root, run: None)
    at = desk("en", asof="2024-08-15")
    at.text_input(key="calendar-publish-note").set_value("for the meeting")
    at.button(key="calendar-publish").click().run()
    assert not at.exception
    words = said(at)
    assert "This plan is version 1, which holds" in words
    assert "for the meeting" in words
    assert "calendar-publish" not in {button.key for button in at.button}
    words = said(opened("calendar", "en", run="planned", view="edit"))
    # Both runs hold the same plan.
    assert "version 1" in words


def test_what_has_begun_under_a_published_plan_is_not_moved_by_a_table_either(
    run, store, monkeypatch
):
    n_days = run.scenario.days.n_days
    monkeypatch.setattr("dashboards.rotation.publishing.frozen", lambda view: n_days)
    at = desk("en")
    assert t("app.calendar.edit.frozen", "en") in said(at)
    day = run.scenario.days.date_of(run.plan.leaves[0].start + 1).isoformat()
    at.session_state["calendar-leaves-0-en"] = {"edited_rows": {0: {"start": day}}}
    next(x for x in at.button if x.label == t("app.calendar.table.take", "en")).click().run()
    assert "a published plan is being followed" in said(at)
    assert drafts.load(store, run).edits == Edits()


# The literal reading.


def test_the_arithmetic_of_the_literal_reading_is_said_with_its_numbers(bole):
    shown = html.unescape(literal.arithmetic(literal.read_literally(bole), "zh"))
    assert "31 天的月份轮休 12 天，只剩 19 天在岗，19 < 26" in shown
    assert not re.search(r"\([a-z-]+\)", shown)


def test_an_explanation_names_the_conflict_the_cheapest_way_and_the_others(bole):
    from dashboards.commands.explain import _facts
    from planner.explain import explain

    scenario = literal.read_literally(bole)
    answer = json.loads(json.dumps(_facts(scenario, explain(scenario))))
    shown = html.unescape(literal.explained(scenario, answer, "zh"))
    assert "最小冲突：下面 4 条不能同时做到" in shown
    assert "这样的冲突共 32 处" in shown
    assert "最省的办法：放宽 32 处（已证明最省）" in shown
    assert "另一办法：放宽 32 处" in shown
    assert "或者只改一项规定" in shown
    assert "beijing-chief" not in shown


def test_the_question_is_a_job_and_its_answer_is_kept(run, store, monkeypatch):
    asked = jobs_asked(monkeypatch)
    at = desk("en")
    at.button(key="calendar-literal").click().run()
    assert not at.exception
    ((command, file, option, answer),) = asked
    assert (command, option) == ("explain", "--answer")
    from typer.testing import CliRunner

    from dashboards.cli import app

    made = CliRunner().invoke(app, ["explain", file, "--answer", answer])
    assert made.exit_code == 0, made.stderr
    words = said(desk("en"))
    feasible = json.loads(Path(answer).read_text(encoding="utf-8"))["feasible"]
    key = "app.calendar.literal.feasible" if feasible else "app.calendar.literal.settings"
    assert t(key, "en") in words


def test_ids_in_brackets_are_left_out_and_other_brackets_stay(run):
    _, person = run.scenario.persons[0]
    text = f"{person.title.en} ({person.id}) (3 days earlier)"
    assert without_ids(text, run.scenario) == f"{person.title.en} (3 days earlier)"


def test_the_desk_loads_no_solver():
    import subprocess
    import sys

    script = (
        "import sys; import dashboards.pages.calendar, dashboards.rotation.editing; "
        "sys.exit(any(name.split('.')[0] == 'ortools' for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0

"""A run with a joint group, as it is stored, read, shown, re-planned and asked about."""

from __future__ import annotations

import io
import json

import pandas as pd
import pytest
from rich.console import Console
from typer.testing import CliRunner

from dashboards.cli import app
from dashboards.commands.answer import facts
from dashboards.runs import Inputs, RunError, read_run
from dashboards.screen import screen
from dashboards.store import Meta, write_run
from dashboards.wallchart import TABLES, wall_chart
from planner.audit import audit, violations
from planner.plan import groups_of, tables
from planner.solve import make_plan
from tests.dashboards.test_app import opened, said
from tests.planner.instances import bureau, company, leader, person, scenario, span

DAYS = span("2023-05-10", "2023-05-12")


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    city = scenario(
        bureaus=[
            bureau(key, [person(f"{key}-p", leave_pins=["2023-05-08"]), person(f"{key}-q")])
            for key in ("north", "south")
        ],
        companies=[
            *(company(f"n{i}", "north", DAYS) for i in range(2)),
            *(company(f"s{i}", "south", DAYS) for i in range(2)),
            company("s-wood", "south", DAYS, chain="wood"),
        ],
        leaders=[leader("vice")],
        chains={"stone": "stone-unit", "wood": "wood-unit"},
        units={"office": 1, "stone-unit": 1, "wood-unit": 1},
        rules={"visits": {"joint_groups": "allowed"}},
    )
    plan = make_plan(city, time_limit_s=2)
    assert [len(group) for group in groups_of(plan.visits)] == [2]
    findings = audit(city, tables(city, plan))
    meta = Meta(Inputs(seed=None, futures=0, time_limit_s=2), {})
    folder = tmp_path_factory.mktemp("joint") / "joint"
    return write_run(folder, city, plan, findings, None, meta)


def _call(*words: str):
    return CliRunner().invoke(app, list(words))


def test_a_joint_group_comes_back_from_the_files_as_it_was_written(stored):
    run = read_run(stored.folder)
    made = tables(run.scenario, run.plan)["visits"]
    assert list(made["joint"]) == ["joint-01", "joint-01"]
    pd.testing.assert_frame_equal(run.table("visits"), made, check_dtype=False)
    assert violations(audit(run.scenario, run.tables())) == violations(
        audit(run.scenario, tables(run.scenario, run.plan))
    )


def test_a_column_of_visits_that_is_none_of_the_plans_is_refused(stored):
    file = stored.folder / "visits.csv"
    kept = file.read_bytes()
    try:
        file.write_bytes(kept.replace(b",joint\n", b",together\n", 1))
        with pytest.raises(RunError):
            read_run(stored.folder).table("visits")
    finally:
        file.write_bytes(kept)


@pytest.mark.parametrize(
    ("lang", "words"),
    [("zh", "north（与south联合组团）"), ("en", "north, one group with south")],
)
def test_the_calendar_page_says_who_is_in_one_group_with_whom(stored, monkeypatch, lang, words):
    monkeypatch.setenv("BUREAU_RUNS", str(stored.folder.parent))
    at = opened("calendar", lang, run="joint")
    assert not at.exception
    assert words in said(at)


def test_a_joint_group_is_counted_once_on_screen_and_wall_chart(stored):
    run = read_run(stored.folder)
    drawn = wall_chart(run.scenario, {name: run.table(name) for name in TABLES}, "en", plan="x")
    assert "1 grouped visits" in drawn
    assert facts(run)["plan"]["visits"] == 1
    console = Console(width=100, record=True, file=io.StringIO())
    console.print(screen(run, "en", 100))
    assert "1 visits receive 4 companies" in console.export_text()


def test_who_asks_for_dates_is_told_that_no_new_joint_groups_were_looked_for(stored):
    shown = _call("recommend", str(stored.folder), "--company", "s-wood", "--lang", "en")
    assert "No date is possible." in shown.stdout
    assert "New joint groups with other bureaus were not looked for" in shown.stdout


def test_a_joint_group_is_moved_by_hand_as_a_whole(stored):
    judged = _call("check-edit", str(stored.folder), "--visit", "north-v01 2023-05-11", "--json")
    broken = {finding["rule"] for finding in json.loads(judged.stdout)["broken"]}
    # It would run into a Saturday, and out of everybody's window; but stay together.
    assert broken >= {"company-window", "visit-open-days"}
    assert "joint-group-together" not in broken

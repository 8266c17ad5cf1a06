from __future__ import annotations

from datetime import date, timedelta

from dashboards.presence import week_lines
from dashboards.runs import read_run


def test_a_week_names_who_is_on_leave_and_who_visits(run_store, minimal_tables):
    run = read_run(run_store / "good")
    visit = minimal_tables["visits"].iloc[0]
    first = date.fromisoformat(visit["start"])
    lines = week_lines(run, first, first, "en")
    assert any(line.startswith("On leave: East bureau, Chief (") for line in lines)
    assert any(line.startswith("Visiting: East bureau, 3 companies (") for line in lines)


def test_a_leave_counts_on_its_first_and_last_day_and_not_a_day_more(run_store, minimal_tables):
    run = read_run(run_store / "good")
    start = date.fromisoformat(minimal_tables["leaves"]["start"].min())
    before = start - timedelta(days=1)
    assert week_lines(run, before, before, "zh") == ["全员在岗，没有来访考察团。"]
    assert week_lines(run, before, start, "zh") != ["全员在岗，没有来访考察团。"]

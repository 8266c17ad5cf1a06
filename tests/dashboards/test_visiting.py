from __future__ import annotations

from collections import Counter
from datetime import date

import pytest

from dashboards import visiting
from dashboards.labels import bureau_labels
from dashboards.runs import read_run
from dashboards.texts import t
from tests.dashboards.test_app import opened, said

LANGS = ("zh", "en")


@pytest.fixture(scope="module")
def run(run_store):
    return read_run(run_store / "good")


@pytest.fixture(scope="module")
def found(run):
    return visiting.groups(run)


def test_groups_come_in_the_order_of_their_days(found):
    assert found
    assert list(found) == sorted(found, key=lambda group: (group.start, group.id))


def test_every_company_has_one_answer_and_it_is_the_plans(run, found):
    askers = visiting.queue(run, found)
    assert Counter(a.company.id for a in askers) == Counter(c.id for c in run.scenario.companies)
    placed = {company for visit in run.plan.visits for company in visit.companies}
    assert {a.company.id for a in askers if a.status == visiting.PLACED} == placed
    left = {x.company: x for x in run.plan.unplaced}
    for asker in askers:
        if asker.group is None:
            answer = left[asker.company.id]
            day = None if answer.day is None else run.scenario.days.date_of(answer.day)
            assert (asker.status, asker.unit, asker.day) == (answer.reason, answer.host_unit, day)
        else:
            assert asker.company.id in asker.group.companies


def test_the_queue_begins_with_the_highest_priority(run, found):
    points = [asker.company.priority for asker in visiting.queue(run, found)]
    assert points == sorted(points, reverse=True)


def test_weeks_begin_on_mondays_and_cover_the_days(minimal):
    first, last = date(2024, 7, 10), date(2024, 8, 4)
    weeks = visiting.weeks_of(minimal, first, last)
    assert weeks == (date(2024, 7, 8), date(2024, 7, 15), date(2024, 7, 22), date(2024, 7, 29))
    start = minimal.horizon.start
    assert visiting.weeks_of(minimal, date(2020, 1, 1), start)[-1] <= start


@pytest.mark.parametrize("lang", LANGS)
def test_the_grid_shows_each_group_in_the_weeks_it_touches(run, found, lang):
    group = found[0]
    name = bureau_labels(run.scenario, lang)[group.bureau]
    words = t("app.visits.grid.seats", lang, n=len(group.companies), seats=group.seats)
    for weeks, shown in (
        (visiting.weeks_of(run.scenario, group.start, group.end), True),
        ((date(2030, 1, 7),), False),
    ):
        grid = visiting.week_grid(run, found[:1], weeks, lang, caption="c")
        assert name in grid
        assert (words in grid) == shown


def test_a_joint_group_is_received_once(found):
    one = found[0]
    from dataclasses import replace

    day = one.leader_day or one.start
    halves = [
        replace(one, id=key, joint="j1", leader="mayor", leader_day=day) for key in ("a", "b")
    ]
    assert visiting.loads(halves) == {("mayor", day.strftime("%Y-%m")): 1}
    apart = [replace(half, joint="") for half in halves]
    assert visiting.loads(apart) == {("mayor", day.strftime("%Y-%m")): 2}


@pytest.mark.parametrize("lang", LANGS)
def test_the_list_can_be_cut_to_one_answer(run_store, run, found, lang, monkeypatch):
    monkeypatch.setenv("BUREAU_RUNS", str(run_store))
    at = opened("visits", lang, run="good")
    askers = visiting.queue(run, found)
    others = [a for a in askers if a.status != visiting.PLACED]
    assert others
    at.selectbox(key="visits-status").select(visiting.PLACED).run()
    (table,) = (
        e.value
        for e in at.html
        if t("app.visits.queue.title", lang) in e.value and "<table" in e.value
    )
    for asker in askers:
        assert (asker.company.name.get(lang) in table) == (asker.status == visiting.PLACED)


def test_the_next_group_is_that_of_the_as_of_date(run_store, run, found, monkeypatch):
    monkeypatch.setenv("BUREAU_RUNS", str(run_store))
    last = found[-1]
    words = said(opened("visits", "en", run="good", asof=last.end.isoformat()))
    assert "Next group: " + visiting.describe(run.scenario, last, "en") in words
    over = run.scenario.horizon.end
    if last.end < over:
        assert t("app.visits.sentence.over", "en") in said(
            opened("visits", "en", run="good", asof=over.isoformat())
        )

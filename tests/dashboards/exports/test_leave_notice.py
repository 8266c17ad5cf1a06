from __future__ import annotations

from datetime import date

import pytest

from dashboards.exports.leave_notice import handover, leave_notice
from dashboards.exports.paper import Heading, Paragraph, Table
from dashboards.runs import RunError
from dashboards.texts import LANGS
from tests.dashboards.exports.conftest import other
from tests.dashboards.exports.papers import BOLE_DAY, DAY


def _tables(paper):
    return [block for block in paper.blocks if isinstance(block, Table)]


def test_every_leave_of_the_plan_stands_in_it_once(bole_run):
    tables = _tables(leave_notice(bole_run, "zh", BOLE_DAY))
    rows = [row for table in tables for row in table.rows]
    assert len(rows) == len(bole_run.plan.leaves)
    length = bole_run.scenario.rules.leave.length_days
    assert {row[2].text for row in rows} == {str(length)}


def test_start_end_and_clearing_are_those_of_the_plan(good):
    leave = good.plan.leaves[0]
    start, end, clearing = (
        good.scenario.days.date_of(day) for day in (leave.start, leave.end, leave.clearing_day)
    )
    (table,) = _tables(leave_notice(good, "en", DAY, bureau=leave.bureau))
    row = table.rows[0]
    assert row[1].text == f"{start.day}–{end.day} {end:%b}" if start.month == end.month else True
    assert row[4].text.startswith(f"{clearing.day} {clearing:%b}")


def test_a_bureau_and_a_period_are_picked(bole_run):
    paper = leave_notice(bole_run, "zh", BOLE_DAY, bureau="wuhan", period="2023-Q2")
    (table,) = _tables(paper)
    assert len(table.rows) == 2
    assert paper.title == ("武汉驻点招商局", "2023-Q2 期轮休通知")


@pytest.mark.parametrize("wrong", [{"bureau": "nowhere"}, {"period": "2031-Q1"}])
def test_what_the_scenario_has_not_is_refused_with_what_it_has(wrong, bole_run):
    with pytest.raises(RunError, match=r"(beijing, shenzhen|2023-Q1, 2023-Q2)"):
        leave_notice(bole_run, "zh", BOLE_DAY, **wrong)


def _days(**runs):
    return {
        (person, date(2024, 7, day).isoformat()): status
        for person, statuses in runs.items()
        for day, status in enumerate(statuses.split(), 1)
    }


def test_who_stays_takes_over_on_the_last_day_together():
    statuses = _days(a="post post travel leave", b="post post post post")
    assert handover(statuses, "a", ["b"], date(2024, 7, 3)) == (date(2024, 7, 2), ["b"])


def test_a_day_the_leaver_is_absent_is_no_day_to_hand_over():
    statuses = _days(a="post absent travel leave", b="post post post post")
    assert handover(statuses, "a", ["b"], date(2024, 7, 3)) == (date(2024, 7, 1), ["b"])


def test_who_comes_back_as_the_other_leaves_takes_nothing_over_in_person():
    statuses = _days(a="post post travel leave", b="post travel post post")
    assert handover(statuses, "a", ["b"], date(2024, 7, 3)) is None


def test_a_bureau_of_one_hands_over_to_nobody():
    assert handover(_days(a="post travel"), "a", [], date(2024, 7, 2)) is None


@pytest.mark.parametrize("lang", LANGS)
def test_groups_of_a_leave_stand_beside_it(lang, good):
    rows = [row for table in _tables(leave_notice(good, lang, DAY)) for row in table.rows]
    escorted = sum(
        any(
            x.start <= v.start and v.end <= x.end and v.escort == x.person for v in good.plan.visits
        )
        for x in good.plan.leaves
    )
    none = "无" if lang == "zh" else "none"
    assert escorted
    assert sum(row[5].text != none for row in rows) == escorted


def test_a_gate_that_the_scenario_has_not_is_not_asked_for(written, minimal, good):
    budget = {**minimal.budget.model_dump(), "gate": {"policy": "none"}}
    free = written(other(minimal, budget=budget))
    texts = [
        [b.text for b in leave_notice(run, "zh", DAY).blocks if isinstance(b, Paragraph | Heading)]
        for run in (good, free)
    ]
    assert [any("核销本期费用" in text for text in own) for own in texts] == [True, False]

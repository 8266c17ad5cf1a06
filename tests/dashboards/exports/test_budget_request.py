from __future__ import annotations

import json

import pytest

from dashboards.exports.budget_request import budget_request
from dashboards.exports.evidence import allocation_of
from dashboards.exports.paper import Paragraph, Table
from dashboards.exports.proposed import Proposed
from dashboards.texts import LANGS
from tests.dashboards.exports.papers import BOLE_DAY, DAY


def allocation(run, split, *, moves=True, **more):
    """What ``bureau allocate`` stores of a run's money, as far as papers read it."""
    return {
        "scenario_hash": run.head.scenario_hash,
        "plan_hash": run.head.plan_hash,
        "aim": {"name": "targets", "k": 0, "reading": None, "kind": "count"},
        "bureaus": [bureau.id for bureau in run.scenario.organisation.bureaus],
        "answer": {"moves": moves, "split_yuan": split},
        "present": {"value": 8.0},
        "against_present": {"kind": "count", "difference": 0.21, "low": 0.15, "high": 0.27},
        "certificate": {
            "gap_bound": 0.0037,
            "present_gap_bound": 0.0226,
            "confidence": 0.95,
            "n": 500,
            "n_splits": 3000,
            "n_compared": 3000,
        },
        "raced": None,
        "seed": 1,
        "searched": {"n": 500},
        "judged": {"n": 2000},
        "grid": {"step_yuan": 5000},
        **more,
    }


def _tables(paper):
    return [block for block in paper.blocks if isinstance(block, Table)]


def _texts(paper):
    return "\n".join(block.text for block in paper.blocks if isinstance(block, Paragraph))


def _rows(table):
    return [[cell.text for cell in row] for row in table.rows]


def test_lump_sums_stand_as_they_are_and_as_proposed(bole_run):
    data = allocation(bole_run, [405000, 455000, 350000, 350000])
    table = _tables(budget_request(bole_run, "zh", BOLE_DAY, allocation=data))[0]
    assert _rows(table) == [
        ["北京", "455,000", "405,000", "-50,000"],
        ["深圳", "455,000", "455,000", "0"],
        ["武汉", "325,000", "350,000", "+25,000"],
        ["杭州", "325,000", "350,000", "+25,000"],
        ["合计", "1,560,000", "1,560,000", "0"],
    ]


def test_a_move_says_from_whom_to_whom_with_its_gain_and_that_it_needs_approval(bole_run):
    data = allocation(bole_run, [405000, 455000, 350000, 350000])
    text = _texts(budget_request(bole_run, "zh", BOLE_DAY, allocation=data))
    assert (
        "调 50,000 元：调出北京 50,000，调入武汉 25,000、杭州 25,000；+0.21 (+0.15 至 +0.27) 项"
        in text
    )
    assert "局间调剂须报批" in text
    assert "3,000 种分法中，没有一种比“最优”多出 0.0037 项以上（95%，500 个搜索未来）" in text


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({}, "none has more than 0.023 targets over it (95 %"),
        ({"present_gap_bound": 0}, "in 500 futures none was measurably better"),
    ],
)
def test_keeping_the_split_says_how_sure_that_is(more, said, bole_run):
    data = allocation(bole_run, [455000, 455000, 325000, 325000], moves=False)
    data["certificate"] |= more
    assert said in Proposed.read(bole_run.scenario, data).answer("en")


def test_a_search_that_found_nothing_above_says_what_it_may_have_missed(bole_run):
    data = allocation(bole_run, [455000, 455000, 325000, 325000], moves=False)
    data["certificate"]["gap_bound"] = 0
    data["raced"] = {"entrants": 9, "futures": 400, "guaranteed": False, "gap": 0.02, "margin": 0.1}
    said = "".join(Proposed.read(bole_run.scenario, data).certificate("zh"))
    assert "167 年不到一次" in said
    assert "0.020 项" in said


def test_without_an_allocation_the_sums_are_the_scenarios_and_it_is_said(good):
    paper = budget_request(good, "zh", DAY)
    table = _tables(paper)[0]
    sums = good.scenario.budget.lump_sum_yuan
    assert _rows(table)[-1] == ["合计", f"{sum(sums.values()):,}"]
    assert "未附分配测算" in _texts(paper)


def test_tranches_add_up_to_the_lump_sum(bole_run):
    table = _tables(budget_request(bole_run, "zh", BOLE_DAY))[1]
    for row, yuan in zip(_rows(table), (455000, 455000, 325000, 325000), strict=True):
        assert sum(int(cell.replace(",", "")) for cell in row[1:]) == yuan


def test_a_single_period_has_no_table_of_tranches(good):
    captions = [table.caption for table in _tables(budget_request(good, "zh", DAY))]
    assert "各期拨付（元）" not in captions


@pytest.mark.parametrize("lang", LANGS)
def test_heads_of_expense_are_those_of_the_forecast(lang, bole_run):
    table = _tables(budget_request(bole_run, lang, BOLE_DAY))[2]
    stored = json.loads((bole_run.folder / "forecast.json").read_bytes())
    spent = stored["bureaus"]["beijing"]["spend_yuan_mean"]
    mine = {row[0]: row[1] for row in _rows(table)}
    travel = {"zh": "差旅费", "en": "Travel"}[lang]
    assert mine[travel] == f"{sum(spent['travel']):,.0f}"
    total = {"zh": "合计", "en": "Total"}[lang]
    assert mine[total] == f"{sum(map(sum, spent.values())):,.0f}"


def test_per_diem_is_the_days_at_post_times_the_rate(good):
    table = next(
        table for table in _tables(budget_request(good, "en", DAY)) if "Person-days" in table.head
    )
    calendar = good.table("calendar")
    rate = good.scenario.budget.per_diem_yuan
    for bureau, row in zip(good.scenario.organisation.bureaus, _rows(table), strict=False):
        own = calendar[(calendar["bureau"] == bureau.id) & (calendar["status"] == "post")]
        assert row[1:] == [f"{len(own):,}", f"{rate:,}", f"{rate * len(own):,}"]


def test_without_a_forecast_nothing_is_said_of_spending(planned):
    paper = budget_request(planned, "en", DAY)
    assert "Expected spend" not in "\n".join(paper.lines())


def test_a_stored_allocation_is_read_from_its_folder(tmp_path, good):
    split = list(good.scenario.budget.lump_sum_yuan.values())
    data = allocation(good, split, moves=False)
    (tmp_path / "allocation.json").write_text(json.dumps(data))
    assert allocation_of(good, tmp_path)["answer"]["split_yuan"] == split

"""The workbook of runs unlike the first: plain, edited, larger, travelling, joint."""

from __future__ import annotations

import json
import shutil

import pandas as pd
import pytest

from dashboards import checks
from dashboards.exports.workbook import grid, workbook
from dashboards.exports.workbook.beside import Allotment, read_allotment, read_drivers
from dashboards.exports.workbook.sheet import FIRST
from dashboards.runs import RunError, read_run
from dashboards.texts import t
from tests.dashboards.exports.reading import opened, sheet, table
from tests.dashboards.exports.workbook.conftest import stored

FORECAST = ("odds", "curves", "points", "funnel", "scores")


def test_a_run_without_a_forecast_has_no_sheets_of_odds_and_says_why(run_store):
    book = opened(workbook(read_run(run_store / "planned"), "zh"))
    for key in FORECAST:
        assert t(f"workbook.{key}.tab", "zh") not in book.sheetnames
    assert t("workbook.year.tab", "zh") in book.sheetnames
    words = [cell.value for row in book.worksheets[0] for cell in row]
    assert t("app.no_forecast", "zh") in words


def test_a_run_without_outcomes_has_quantiles_and_says_why_there_are_no_curves(good, tmp_path):
    shutil.copytree(good.folder, tmp_path / "run")
    head = json.loads((tmp_path / "run" / "run.json").read_text(encoding="utf-8"))
    del head["files"]["outcomes.parquet"]
    (tmp_path / "run" / "run.json").write_text(json.dumps(head), encoding="utf-8")
    (tmp_path / "run" / "outcomes.parquet").unlink()
    book = opened(workbook(read_run(tmp_path / "run"), "en"))
    assert t("workbook.points.tab", "en") not in book.sheetnames
    page = sheet(book, "curves", "en")
    assert len(table(page)) > 0
    words = [cell.value for row in page for cell in row]
    assert t("app.forecast.curves.none", "en") in words


@pytest.fixture
def edited(good, tmp_path):
    """A copy of the good run whose tables can be changed by hand."""
    folder = tmp_path / "edited"
    shutil.copytree(good.folder, folder)

    def change(file, old, new):
        path = folder / file
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        return read_run(folder)

    return change


def test_an_edited_table_is_shown_as_it_is_and_pointed_out(edited, good):
    run = edited(
        "calendar.csv", "2024-07-01,east,east-chief,post", "2024-07-01,east,east-chief,absent"
    )
    book = opened(workbook(run, "zh"))
    cover = [cell.value for row in book.worksheets[0] for cell in row]
    assert t("workbook.edited", "zh", files="calendar.csv") in cover
    assert t("workbook.flag.edited", "zh") in book.worksheets[3].oddHeader.right.text
    page = sheet(book, "statistics")
    before = sheet(opened(workbook(good, "zh")), "statistics")
    own, old = table(page, FIRST + 1)[0], table(before, FIRST + 1)[0]
    assert (own[2], own[6]) == (old[2] - 1, old[6] + 1)
    owed = table(page, FIRST + 1 + len(good.scenario.persons) + 3)
    check = next(x for x in checks.presence(checks.checks(good.audit)) if x.subject == "east-chief")
    assert owed[0][4] == int(check.actual) - 1


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("leaves.csv", "east-chief", "nobody"),
        ("leaves.csv", "2024-0", "2024-9"),
        ("visits.csv", "v01,east", "v01,nowhere"),
        ("calendar.csv", "post", "asleep"),
        ("unplaced.csv", "no-group", "no-reason"),
        ("visit_companies.csv", "v01,", "v77,"),
    ],
)
def test_a_table_edited_into_nonsense_is_refused_in_words(edited, file, old, new):
    run = edited(file, old, new)
    with pytest.raises(RunError) as refused:
        workbook(run, "zh")
    assert file in refused.value.text("zh")
    assert file in refused.value.text("en")


def test_three_persons_a_bureau_over_the_turn_of_a_year(threes_run):
    scenario = threes_run.scenario
    assert len(scenario.persons) == 6
    book = opened(workbook(threes_run, "zh"))
    assert "2024年10月" in book.sheetnames
    assert "2025年3月" in book.sheetnames
    totals = table(sheet(book, "statistics"), FIRST + 1)
    assert len(totals) == 6
    assert {row[-1] for row in totals} == {scenario.days.n_days}
    assert "Mar 2025" in opened(workbook(threes_run, "en")).sheetnames
    assert sheet(book, "attendance").max_row == 1 + 6 * 6
    assert t("workbook.flag.predicted", "zh") in book.worksheets[1].oddHeader.right.text
    assert any("2025" in str(cell.value) for row in book.worksheets[0] for cell in row)


def test_persons_posted_for_a_part_of_the_year_have_blank_days(minimal, tmp_path):
    from datetime import date

    home = minimal.organisation
    first, *rest = home.bureaus
    chief, *others = first.persons
    late = chief.model_copy(update={"posted_from": date(2024, 7, 11)})
    bureau = first.model_copy(update={"persons": (late, *others)})
    organisation = home.model_copy(update={"bureaus": (bureau, *rest)})
    scenario = minimal.model_copy(update={"organisation": organisation})
    book = opened(workbook(stored(tmp_path / "run", scenario, forecast=False), "zh"))
    july = book["7月"]
    days = [july.cell(grid.FIRST_ROW + 1, grid.FIRST_DAY + i).value for i in range(1, 32)]
    assert days[:10] == [None] * 10
    assert days[10] == t("app.letter.post", "zh")


@pytest.mark.parametrize("policy", ["monthly-literal", "monthly-except-leave"])
@pytest.mark.parametrize("travel_counts", [False, True])
def test_days_at_post_are_those_of_the_audit_under_every_policy(
    minimal, tmp_path, policy, travel_counts
):
    rules = minimal.rules.model_validate(
        {"presence": {"policy": policy, "travel_counts": travel_counts}}
    )
    scenario = minimal.model_copy(update={"rules": rules})
    run = stored(tmp_path / "run", scenario, forecast=False)
    page = sheet(opened(workbook(run, "zh")), "statistics")
    owed = table(page, FIRST + 1 + len(scenario.persons) + 3)
    found = {(x.subject, x.period): x for x in checks.presence(checks.checks(run.audit))}
    assert len(owed) == len(found) == 3 * len(scenario.persons)
    ids = {name: key for key, name in _names(scenario).items()}
    for row in owed:
        check = found[ids[row[1]], row[2]]
        assert (str(row[3]), str(row[4])) == (check.required, check.actual)


def _names(scenario):
    from dashboards.labels import person_labels

    return person_labels(scenario, "zh")


def test_travelling_leaders_have_a_sheet_where_they_may_travel(travelled, good):
    run = read_run(travelled / "trips")
    (shown,) = table(sheet(opened(workbook(run, "zh")), "trips"))
    trip = run.table("trips").to_dict("records")[0]
    assert shown[1:3] == (trip["start"], trip["end"])
    assert shown[3] == run.scenario.leader(trip["leader"]).title.zh
    none = sheet(opened(workbook(read_run(travelled / "none"), "zh")), "trips")
    assert none.cell(FIRST + 2, 1).value == t("app.none", "zh")
    assert t("workbook.trips.tab", "zh") not in opened(workbook(good, "zh")).sheetnames


def test_a_joint_group_names_the_other_bureau(minimal, tmp_path):
    from dataclasses import replace

    from tests.dashboards.sample import plan_of

    rules = minimal.rules.model_validate({"visits": {"joint_groups": "allowed"}})
    scenario = minimal.model_copy(update={"rules": rules})
    visits = plan_of(scenario).visits
    joined = tuple(replace(visit, joint="g1") for visit in visits[:2])
    assert len({visit.bureau for visit in joined}) == 2
    plan = replace(plan_of(scenario), visits=(*joined, *visits[2:]))
    run = stored(tmp_path / "run", scenario, plan=plan, forecast=False)
    shown = table(sheet(opened(workbook(run, "zh")), "visits"))
    names = {bureau.id: bureau.name.zh for bureau in scenario.organisation.bureaus}
    for row, visit, other in zip(shown[:2], joined, joined[::-1], strict=True):
        assert names[visit.bureau] in row[1]
        assert names[other.bureau] in row[1]


@pytest.fixture
def allotment(good):
    """An allocation of the good run's scenario by hand."""
    bureaus = [bureau.id for bureau in good.scenario.organisation.bureaus]
    budgets = pd.DataFrame(
        {
            "bureau": bureaus,
            "present_yuan": [300000, 200000],
            "proposed_yuan": [280000, 220000],
            "marginal_value_per_10000_yuan": [0.001, 0.02],
            "low": [0.0, 0.01],
            "high": [0.002, 0.03],
            "never_binding_90_yuan": [250000, float("nan")],
            "aim": "targets",
            "seed": 1,
            "n": 2000,
        }
    )
    frontier = pd.DataFrame(
        {
            "total_yuan": [400000, 500000],
            **{f"{bureau}_yuan": [200000, 250000] for bureau in bureaus},
            "value": [1.5, 1.75],
            "low": [1.4, 1.7],
            "high": [1.6, 1.8],
        }
    )
    content = {
        "scenario_hash": good.head.scenario_hash,
        "bureaus": bureaus,
        "answer": {"moves": True, "split_yuan": [280000, 220000]},
        "aim": {"k": 0, "kind": "count", "name": "targets", "reading": None},
        "judged": {"n": 2000, "tails": 32},
        "seed": 1,
        "complete": True,
    }
    return Allotment(content, budgets, frontier)


def test_an_allocation_is_shown_where_it_is_given(good, allotment, tmp_path):
    for lang in ("zh", "en"):
        page = sheet(opened(workbook(good, lang, allocation=allotment)), "allocation", lang)
        note = page.cell(2, 1).value
        assert t("workbook.allocation.move", lang) in note
        assert t("allocate.aim.targets", lang) in note
        shown = [[page.cell(FIRST + 2 + i, j).value for j in range(2, 9)] for i in range(2)]
        assert shown[0] == [300000, 280000, -20000, 0.001, 0, 0.002, 250000]
        assert shown[1] == [200000, 220000, 20000, 0.02, 0.01, 0.03, None]
        total = [page.cell(FIRST + 4, j).value for j in (2, 3, 4)]
        assert total == [500000, 500000, 0]
    folder = tmp_path / "stored"
    folder.mkdir()
    (folder / "allocation.json").write_text(json.dumps(allotment.content), encoding="utf-8")
    allotment.budgets.to_csv(folder / "allocation.csv", index=False)
    allotment.frontier.to_csv(folder / "frontier.csv", index=False)
    read = read_allotment(folder, good)
    pd.testing.assert_frame_equal(read.budgets, allotment.budgets)
    assert workbook(good, "zh", allocation=read) == workbook(good, "zh", allocation=allotment)


def test_an_allocation_of_another_scenario_is_refused(good, allotment, tmp_path):
    content = {**allotment.content, "scenario_hash": "f" * 64}
    (tmp_path / "allocation.json").write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(RunError) as refused:
        read_allotment(tmp_path, good)
    assert refused.value.usage
    assert "f" * 12 in refused.value.text("zh")
    assert good.head.scenario_hash[:12] in refused.value.text("en")


@pytest.mark.parametrize("found", ["", "{", "[1]"])
def test_a_folder_that_is_no_allocation_is_refused_in_words(good, tmp_path, found):
    if found:
        (tmp_path / "allocation.json").write_text(found, encoding="utf-8")
    with pytest.raises(RunError) as refused:
        read_allotment(tmp_path, good)
    assert "allocation.json" in refused.value.text("zh")


def test_an_allocation_with_other_columns_or_parts_is_refused_in_words(good, allotment, tmp_path):
    file = tmp_path / "allocation.json"
    file.write_text(json.dumps(allotment.content), encoding="utf-8")
    allotment.budgets.drop(columns="low").to_csv(tmp_path / "allocation.csv", index=False)
    allotment.frontier.to_csv(tmp_path / "frontier.csv", index=False)
    with pytest.raises(RunError) as refused:
        read_allotment(tmp_path, good)
    assert "allocation.csv" in refused.value.text("zh")
    file.write_text(json.dumps({"scenario_hash": good.head.scenario_hash}), encoding="utf-8")
    with pytest.raises(RunError) as refused:
        read_allotment(tmp_path, good)
    assert "answer" in refused.value.text("en")


def test_drivers_are_drawn_as_a_tornado(good, tmp_path):
    import io
    import zipfile

    items = [item.id for item in good.scenario.assumptions.items[:3]]
    ends = {"low": 0.0, "high": 0.0}
    levers = [
        {
            "assumption": item,
            "low": {"mean": -0.1 * i, **ends},
            "high": {"mean": 0.2 * i, **ends},
            "swing": {"mean": 0.3 * i, "low": 0.1, "high": 0.4},
        }
        for i, item in enumerate(items, start=1)
    ]
    content = {
        "scenario_hash": good.head.scenario_hash,
        "plan_hash": good.head.plan_hash,
        "seed": 3,
        "tornado": {"n": 1000, "tails": 8},
        "bureaus": {
            bureau.id: {"all_main": {"levers": levers}}
            for bureau in good.scenario.organisation.bureaus
        },
    }
    (tmp_path / "drivers.json").write_text(json.dumps(content), encoding="utf-8")
    made = workbook(good, "zh", drivers=read_drivers(tmp_path, good))
    shown = table(sheet(opened(made), "drivers"))
    labels = [item.label.zh for item in good.scenario.assumptions.items[:3]]
    assert [row[1] for row in shown[:3]] == labels
    assert shown[1][2:7] == pytest.approx((-0.2, 0.4, 0.6, 0.1, 0.4))
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        charts = [archive.read(x).decode() for x in archive.namelist() if "charts/chart" in x]
    assert sum('<c:grouping val="stacked"/>' in chart for chart in charts) == 2
    content["plan_hash"] = "0" * 64
    (tmp_path / "drivers.json").write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(RunError):
        read_drivers(tmp_path, good)

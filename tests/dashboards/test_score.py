"""Claims about the assessment page: parts add up, odds are counted, deductions are what-ifs."""

from __future__ import annotations

import csv
import io
import json
import shutil

import numpy as np
import pytest

from dashboards import deductionfile, scorecharts, scoring
from dashboards.runs import RunError
from dashboards.scorefile import score_csv
from dashboards.texts import t
from sim.deductions import Deductions, sheet_with
from sim.forecast import forecast
from sim.splits import Splits
from tests.dashboards.drawing import drawn
from tests.dashboards.sample import plan_of
from tests.dashboards.test_app import CJK, LANGS, said

N, TAILS, SEED = 40, 6, 7


@pytest.fixture(scope="module", params=["minimal", "bole-2023"])
def scenario(request, minimal, bole):
    return {"minimal": minimal, "bole-2023": bole}[request.param]


@pytest.fixture(scope="module")
def results(scenario):
    splits = Splits(scenario, plan_of(scenario), seed=SEED, n=N, tails=TAILS)
    return splits.results(splits.present)


@pytest.fixture(scope="module")
def report(scenario):
    plan = plan_of(scenario)
    found = forecast(scenario, plan, n=N, seed=SEED, tails=TAILS, keep_outcomes=False)
    return found.to_json()["score"]["readings"]


def test_the_waterfall_adds_up_to_the_mean_score_under_every_reading(results):
    for sheet in results.sheets.values():
        for place, bureau in enumerate(results.bureaus):
            parts = scoring.parts(results, sheet, bureau)
            whole = scoring.total(results, sheet, bureau)
            assert sum(part.points.mean for part in parts) == pytest.approx(whole.mean, abs=1e-9)
            assert whole.mean == pytest.approx(sheet.total[:, :, place].mean())
            frame = scorecharts.waterfall_frame(parts, whole, "en")
            last = frame.iloc[-2]
            assert last["end"] == pytest.approx(frame.iloc[-1]["end"], abs=1e-9)


def test_items_and_grades_are_those_of_the_forecast(results, report):
    for reading, sheet in results.sheets.items():
        for bureau in results.bureaus:
            expected = report[reading][bureau]
            scale = sheet.scale[results.bureaus.index(bureau)]
            for part in scoring.parts(results, sheet, bureau):
                unscaled = part.points.mean / scale
                assert unscaled == pytest.approx(expected["items"][part.item.id], abs=1e-5)
            odds = scoring.grades(results, sheet, bureau)
            assert {key: own.to_json() for key, own in odds.items()} == expected["grades"]


def test_weights_come_from_the_scenario(scenario, results):
    sheet = next(iter(results.sheets.values()))
    for bureau in results.bureaus:
        parts = scoring.parts(results, sheet, bureau)
        full = sum(part.full for part in parts)
        assert full == pytest.approx(max(100.0, sum(i.weight for i in scenario.assessment.items)))


def test_full_marks_of_an_item_move_the_grade_by_what_is_counted(scenario, results):
    sheet = next(iter(results.sheets.values()))
    marks = [grade.at_least for grade in scenario.assessment.grades]
    grade = len(marks) - 2
    gains = []
    for place, bureau in enumerate(results.bureaus):
        found = scoring.movers(results, sheet, bureau, grade)
        assert [m.gain.difference for m in found] == sorted(
            (m.gain.difference for m in found), reverse=True
        )
        for mover in found:
            weight = mover.item.weight * sheet.scale[place]
            own = sheet.points[mover.item.id][:, :, place] * sheet.scale[place]
            raised = sheet.total[:, :, place] + (weight - own)
            assert mover.then.p == pytest.approx((raised >= marks[grade] - 1e-9).mean())
            assert mover.gain.difference == pytest.approx(mover.then.p - mover.now.p)
            gains.append(mover.gain.difference)
    assert max(gains) > 0


def test_the_file_holds_items_totals_and_odds_of_every_reading(scenario, results):
    content = score_csv(scenario, results, SEED, "zh")
    assert content == score_csv(scenario, results, SEED, "zh")
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    items, grades = scenario.assessment.items, scenario.assessment.grades
    each = len(items) + 1 + len(grades)
    assert len(rows) == 2 + len(results.sheets) * len(results.bureaus) * each
    totals = [row for row in rows[:-1] if row[2] == t("app.score.total", "zh")]
    sheet = next(iter(results.sheets.values()))
    assert float(totals[0][4]) == pytest.approx(float(sheet.total[:, :, 0].mean()), abs=1e-4)


def test_a_draft_comes_back_without_what_the_scenario_lacks(minimal, tmp_path):
    item = minimal.assessment.items[0].id
    entered = Deductions({"east": 3}, {(item, "south"): 1.5})
    assert deductionfile.read(tmp_path, minimal) == Deductions()
    file = deductionfile.write(tmp_path, minimal, entered)
    assert deductionfile.read(tmp_path, minimal) == entered
    data = json.loads(file.read_text(encoding="utf-8"))
    data["late"]["nowhere"] = 9
    data["points"]["nothing"] = {"east": 1.0}
    file.write_text(json.dumps(data), encoding="utf-8")
    assert deductionfile.read(tmp_path, minimal) == entered
    assert [path.name for path in file.parent.iterdir()] == [file.name]


def test_a_draft_that_cannot_be_read_is_said_in_words(minimal, tmp_path):
    file = deductionfile.write(tmp_path, minimal, Deductions({"east": 1}))
    file.write_text("{", encoding="utf-8")
    with pytest.raises(RunError, match=file.name):
        deductionfile.read(tmp_path, minimal)


@pytest.mark.parametrize("lang", LANGS)
def test_the_page_shows_a_waterfall_a_bureau_and_all_readings(
    monkeypatch, run_store, minimal, lang
):
    monkeypatch.setenv("BUREAU_RUNS", str(run_store))
    at = drawn("score", lang, run="good")
    assert not at.exception
    words = said(at)
    for key in ("waterfall", "readings", "movers", "deductions"):
        assert t(f"app.score.{key}.title", lang) in words
    assert t("app.score.deductions.none", lang) in words
    charts = at.get("vega_lite_chart")
    assert len(charts) == len(minimal.organisation.bureaus) + 1
    assert all(len(chart.proto.alt) > 20 for chart in charts)
    if lang == "en":
        words = words.replace(t("app.language", "zh"), "")
        assert [line for line in words.splitlines() if CJK.search(line)] == []


def test_deductions_are_worked_out_at_once_marked_as_what_if_and_kept(
    monkeypatch, run_store, tmp_path, minimal
):
    shutil.copytree(run_store / "good", tmp_path / "good")
    monkeypatch.setenv("BUREAU_RUNS", str(tmp_path))
    at = drawn("score", "en", run="good")
    at.number_input[0].set_value(4).run()
    words = said(at)
    assert t("app.score.deductions.what_if", "en") in words
    splits = Splits(minimal, plan_of(minimal), seed=SEED, n=400, tails=1)
    results = splits.results(splits.present)
    after = sheet_with(results, Deductions({"east": 4}))
    assert f"{after.total[:, :, 0].mean():.2f}" in words
    before = next(iter(results.sheets.values()))
    assert np.abs(after.total - before.total).max() > 0
    save = next(b for b in at.button if b.label == t("app.score.deductions.save", "en"))
    save.click().run()
    assert deductionfile.read(tmp_path, minimal) == Deductions({"east": 4})
    again = drawn("score", "en", run="good")
    assert again.number_input[0].value == 4
    clear = next(b for b in again.button if b.label == t("app.score.deductions.clear", "en"))
    clear.click().run()
    assert t("app.score.deductions.none", "en") in said(again)
    assert again.number_input[0].value == 0


def test_who_may_not_plan_can_try_deductions_but_not_keep_them(monkeypatch, run_store):
    monkeypatch.setenv("BUREAU_RUNS", str(run_store))
    monkeypatch.setenv("BUREAU_PLANNERS", "somebody@else")
    at = drawn("score", "en", run="good")
    at.number_input[0].set_value(2).run()
    assert t("app.score.deductions.what_if", "en") in said(at)
    assert t("app.score.deductions.save", "en") not in [button.label for button in at.button]

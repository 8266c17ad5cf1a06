from __future__ import annotations

import json
import re
import shutil
from dataclasses import replace
from datetime import date
from itertools import pairwise
from typing import get_args

import pytest

from dashboards.exports.brief import brief
from dashboards.exports.evidence import Evidence, evidence
from dashboards.exports.paper import Figure, Heading, Paragraph, Table
from dashboards.exports.pdf import pdf
from dashboards.exports.since import moved
from dashboards.format import bare_chance, count
from dashboards.labels import bureau_labels
from dashboards.runs import RunError, read_run
from dashboards.texts import LANGS, t
from planner.changes import ChangeKind
from tests.dashboards.exports.conftest import other
from tests.dashboards.exports.papers import BOLE_DAY, DAY, of_run, pages_of_pdf
from tests.dashboards.sample import plan_of

CJK = re.compile(r"[\u2e80-\u9fff\uff00-\uffef]")


def _sections(paper):
    """Return the blocks of each section by what its heading says, without its number."""
    places = [i for i, block in enumerate(paper.blocks) if isinstance(block, Heading)]
    found = {}
    for start, stop in pairwise([*places, len(paper.blocks)]):
        title = re.sub(r"^(\S+、|\d+\. )", "", paper.blocks[start].text)
        found[title] = paper.blocks[start + 1 : stop]
    return found


def _section(paper, key):
    return _sections(paper)[t(f"paper.brief.{key}", paper.lang)]


def _tables(blocks):
    return [block for block in blocks if isinstance(block, Table)]


def _cells(tables):
    """Return the text of each cell by first column and heading, over all tables."""
    return {
        (row[0].text.partition("\n")[0], head): cell.text
        for table in tables
        for row in table.rows
        for head, cell in zip(table.head[1:], row[1:], strict=True)
    }


def _stored(run):
    """The forecast as it lies in the folder."""
    return json.loads((run.folder / "forecast.json").read_bytes())


def _said(data):
    return bare_chance(data["p"], data["low"], data["high"])


def _text(paper):
    return "\n".join(paper.lines())


def _moved_leave(plan, days):
    first, *rest = plan.leaves
    shifted = replace(
        first,
        start=first.start + days,
        end=first.end + days,
        clearing_day=first.clearing_day + days,
    )
    return first, replace(plan, leaves=(shifted, *rest))


@pytest.mark.parametrize("lang", LANGS)
def test_the_odds_of_every_target_are_those_of_the_run(lang, bole_run):
    cells = _cells(_tables(_section(brief(bole_run, lang, BOLE_DAY), "targets")))
    stored, names = _stored(bole_run), bureau_labels(bole_run.scenario, lang)
    asked = 0
    for bureau, report in stored["bureaus"].items():
        assert cells[t("app.cockpit.all_of_bureau", lang), names[bureau]].startswith(
            _said(report["all_main"])
        )
        for target in bole_run.scenario.targets:
            mine = next(
                text
                for (row, head), text in cells.items()
                if row.startswith(target.label.get(lang)) and head == names[bureau]
            )
            if target.id in report["targets"]:
                assert mine.startswith(_said(report["targets"][target.id]))
                asked += 1
            else:
                assert mine == t("app.not_for", lang)
    assert asked == 30
    city = cells[t("app.cockpit.all_of_bureau", lang), t("paper.city", lang)]
    assert city.startswith(_said(stored["joint"]["all_bureaus_main"]))


def test_a_main_target_bears_its_word_and_the_thresholds_are_said(bole_run):
    blocks = _section(brief(bole_run, "zh", BOLE_DAY), "targets")
    notes = " ".join(block.text for block in blocks if isinstance(block, Paragraph))
    assert "80% 及以上" in notes
    assert "30% 至 80%" in notes
    cells, stored = _cells(_tables(blocks)), _stored(bole_run)
    for bureau, name in bureau_labels(bole_run.scenario, "zh").items():
        p = stored["bureaus"][bureau]["targets"]["signed"]["p"]
        word = "达标可期" if p >= 0.8 else "有风险" if p >= 0.3 else "难达标"
        assert cells["签约金额", name].endswith(word)


def test_the_conclusion_counts_the_main_targets_by_word(bole_run):
    (conclusion,) = _section(brief(bole_run, "zh", BOLE_DAY), "conclusion")
    main = [target.id for target in bole_run.scenario.targets if target.main]
    odds = [
        report["targets"][target]["p"]
        for report in _stored(bole_run)["bureaus"].values()
        for target in main
        if target in report["targets"]
    ]
    out = sum(p < 0.3 for p in odds)
    course = sum(p >= 0.8 for p in odds)
    assert f"共 {len(odds)} 项主要目标" in conclusion.text
    assert f"达标可期 {course} 项" in conclusion.text
    assert f"难达标 {out} 项" in conclusion.text


@pytest.mark.parametrize("lang", LANGS)
def test_every_reading_has_its_score_and_the_odds_of_its_grades(lang, bole_run):
    tables = _tables(_section(brief(bole_run, lang, BOLE_DAY), "scores"))
    readings = _stored(bole_run)["score"]["readings"]
    assert [len(table.rows) for table in tables] == [len(readings)] * len(tables)
    names = bureau_labels(bole_run.scenario, lang)
    said = {head: [] for head in names.values()}
    for (_, head), text in _cells(tables).items():
        said[head].append(text)
    for bureau, name in names.items():
        for own in readings.values():
            report = own[bureau]
            mine = [text for text in said[name] if text.startswith(count(report["mean"], 1))]
            assert any(_said(report["grades"]["excellent"]) in text for text in mine)
            assert any(_said(report["grades"]["qualified"]) in text for text in mine)


@pytest.mark.parametrize("lang", LANGS)
def test_one_grade_has_a_score_and_no_odds(lang, one_grade):
    paper = brief(one_grade, lang, DAY)
    blocks = _section(paper, "scores")
    assert blocks[0].text == t("paper.brief.scores.one", lang)
    assert all("\n" not in text for text in _cells(_tables(blocks)).values())


@pytest.mark.parametrize("lang", LANGS)
def test_eight_bureaus_stand_in_tables_that_fit_the_page(lang, eight):
    paper = brief(eight, lang, BOLE_DAY)
    tables = _tables(paper.blocks)
    assert max(len(table.shares) for table in tables) <= 6
    heads = {head for table in tables for head in table.head}
    assert set(bureau_labels(eight.scenario, lang).values()) <= heads
    assert pages_of_pdf(pdf(paper))


@pytest.mark.parametrize("lang", LANGS)
def test_a_run_without_forecast_says_so_and_shows_no_odds(lang, planned):
    paper = brief(planned, lang, DAY)
    (conclusion,) = _section(paper, "conclusion")
    assert t("paper.brief.no-forecast", lang) in conclusion.text
    assert t("paper.brief.targets", lang) not in _sections(paper)
    assert not [block for block in paper.blocks if isinstance(block, Figure)]


def test_an_edited_run_is_said_first(tmp_path, good):
    shutil.copytree(good.folder, tmp_path / "edited")
    table = tmp_path / "edited" / "leaves.csv"
    table.write_bytes(table.read_bytes() + b"\n")
    paper = brief(read_run(tmp_path / "edited"), "zh", DAY)
    alerts = [b.text for b in paper.blocks if isinstance(b, Paragraph) and b.kind == "alert"]
    assert any("leaves.csv" in text for text in alerts)
    assert paper.blocks.index(Paragraph(alerts[-1], "alert")) < 3


def test_invented_data_and_predicted_days_are_said_first(written, minimal):
    calendar = minimal.calendar.model_dump()
    for closure in calendar["closures"]:
        closure["status"] = "predicted"
    paper = brief(written(other(minimal, calendar=calendar)), "zh", DAY)
    alerts = [b.text for b in paper.blocks if isinstance(b, Paragraph) and b.kind == "alert"]
    assert alerts[0] == minimal.synthetic_note.zh
    assert "全市大会" in alerts[1]


def test_definition_sample_and_hashes_stand_at_the_end(bole_run):
    paper = brief(bole_run, "zh", BOLE_DAY)
    last = "\n".join(b.text for b in paper.blocks if isinstance(b, Paragraph) and b.kind == "note")
    for said in ("400 个推演的未来", "种子 7", "95%", bole_run.head.scenario_hash[:12]):
        assert said in last
    assert bole_run.head.plan_hash[:12] in last
    assert "截至 2023年5月10日" in last


def test_a_day_outside_the_horizon_is_refused(good):
    with pytest.raises(RunError, match="outside the horizon"):
        brief(good, "zh", date(2020, 1, 1))


@pytest.mark.parametrize("lang", LANGS)
def test_the_next_four_weeks_name_who_is_away_and_who_visits(lang, bole_run):
    blocks = next(
        own
        for title, own in _sections(brief(bole_run, lang, BOLE_DAY)).items()
        if title.startswith(t("paper.brief.ahead", lang, days="").rstrip("）)（( "))
    )
    (table,) = _tables(blocks)
    leaves, visits = (row[1].text for row in table.rows)
    first, last = BOLE_DAY.isoformat(), "2023-06-06"
    plan = bole_run.plan
    iso = bole_run.scenario.days.date_of
    touching = [
        leave
        for leave in plan.leaves
        if iso(leave.start).isoformat() <= last and iso(leave.end).isoformat() >= first
    ]
    assert touching
    assert len(re.split("[；;]", leaves)) == len(touching)
    coming = [
        visit
        for visit in plan.visits
        if iso(visit.start).isoformat() <= last and iso(visit.end).isoformat() >= first
    ]
    assert len(re.split("[；;]", visits)) == len(coming)


def test_a_run_without_visits_says_that_nobody_comes(without_visits):
    paper = brief(without_visits, "zh", DAY)
    (table,) = _tables(list(_sections(paper).values())[-1])
    assert table.rows[1][1].text == "无"


def test_a_moved_leave_is_told_with_both_dates(written, minimal):
    plan = plan_of(minimal)
    leave, later = _moved_leave(plan, 2)
    before, now = written(minimal, plan), written(minimal, later)
    (sentence,) = [text for text in moved(now, before, "en") if "leave from" in text]
    was, is_now = (minimal.days.date_of(leave.start + days) for days in (0, 2))
    assert f"{is_now.day} {is_now:%b}" in sentence
    assert f"was from {was.day} {was:%b}" in sentence
    assert sentence in _text(brief(now, "en", DAY, before=before))


def test_companies_of_a_bureau_that_move_together_are_told_once(written, minimal):
    plan = plan_of(minimal)
    visit = max(plan.visits, key=lambda visit: len(visit.companies))
    shifted = replace(visit, start=visit.start + 1, end=visit.end + 1)
    visits = tuple(shifted if x.id == visit.id else x for x in plan.visits)
    before, now = written(minimal, plan), written(minimal, replace(plan, visits=visits))
    found = [text for text in moved(now, before, "zh") if "考察由" in text]
    assert len(found) == 1
    assert f"{len(visit.companies)} 家企业" in found[0]


def test_the_same_calendar_is_said_not_to_have_changed(written, good, minimal):
    text = _text(brief(written(minimal, seed=9), "en", DAY, before=good))
    assert "The calendar has not changed" in text


def test_every_kind_of_change_has_its_words():
    for kind in get_args(ChangeKind):
        facts = dict.fromkeys(("who", "bureau", "n", "before", "after", "day", "to"), "x")
        assert {lang: t(f"paper.change.{kind}", lang, **facts) for lang in LANGS}


def test_a_trip_that_is_new_says_who_goes_where_and_when(travelled):
    now, before = read_run(travelled / "trips"), read_run(travelled / "none")
    trip = now.plan.trips[0]
    (sentence,) = [x for x in moved(now, before, "en") if "new trip" in x]
    assert now.scenario.leader(trip.leader).title.en in sentence
    assert now.scenario.bureau(trip.bureau).name.en in sentence
    day = now.scenario.days.date_of(trip.start)
    assert f"from {day.day} {day:%b}" in sentence


def test_other_people_are_not_compared_leave_by_leave(good, bole_run):
    assert moved(bole_run, good, "zh") is None
    assert "不逐项对照" in _text(brief(bole_run, "zh", BOLE_DAY, before=good))


def test_without_a_comparison_figures_stand_side_by_side_and_nothing_is_said_of_their_difference(
    written, good, minimal
):
    now = written(minimal, seed=9)
    blocks = _section(brief(now, "zh", DAY, before=good), "since")
    (table,) = _tables(blocks)
    then, new = (
        _said(_stored(run)["bureaus"]["east"]["all_main"]).partition(" (")[0] for run in (good, now)
    )
    cells = _cells([table])
    assert cells["全部主要目标", bureau_labels(minimal, "zh")["east"]] == f"{then} → {new}"
    assert all("\n" not in text for text in cells.values())
    assert "种子不同" in blocks[-1].text


def _comparison(before, now, verdict):
    own = {"kind": "probability", "difference": 0.031, "low": 0.01, "high": 0.05}
    sides = [
        {"scenario_hash": run.head.scenario_hash, "plan_hash": run.head.plan_hash}
        for run in (before, now)
    ]
    measures = {"all_main/east": {**own, "verdict": verdict}}
    return {
        "sides": sides,
        "against": [{"measures": measures}],
        "n": 300,
        "seed": 1,
        "confidence": 0.95,
    }


def test_a_comparison_in_the_same_futures_gives_differences_their_interval(
    tmp_path, written, good, minimal
):
    _, later = _moved_leave(plan_of(minimal), 2)
    now = written(minimal, later)
    (tmp_path / "compare.json").write_text(json.dumps(_comparison(good, now, "different")))
    known = evidence(now, good, compared=tmp_path)
    blocks = _section(brief(now, "zh", DAY, before=good, known=known), "since")
    cells = _cells(_tables(blocks))
    assert cells["全部主要目标", bureau_labels(minimal, "zh")["east"]].endswith(
        "+3 (+1 至 +5)\n有差别"
    )
    assert "300 个未来（种子 1）" in blocks[-1].text
    with pytest.raises(RunError, match="first side"):
        evidence(good, now, compared=tmp_path)
    with pytest.raises(RunError, match="--before"):
        evidence(now, None, compared=tmp_path)


def _drivers(run, levers):
    month = {
        "until": "2024-07-31",
        "first": {x: {"p": 0.1, "k": 1} for x in ("pipeline", "people", "money", "seats")},
    }
    peak = {
        "until": "2024-08-31",
        "first": {x: {"p": 0.2, "k": 2} for x in ("pipeline", "people", "money", "seats")},
    }
    own = {"all_main": {"levers": levers}, "limits": [month, peak]}
    return {
        "scenario_hash": run.head.scenario_hash,
        "plan_hash": run.head.plan_hash,
        "bureaus": {b.id: own for b in run.scenario.organisation.bureaus},
    }


def _bar(assumption, mean, *, unclear=False):
    ends = sorted((mean - 0.01, mean + 0.01))
    swing = {"mean": mean, "low": ends[0], "high": ends[1]}
    return {"assumption": assumption, "how": "p10-p90", "swing": swing, "unclear": unclear}


def test_the_strongest_clear_lever_is_named_the_way_that_helps(tmp_path, good):
    levers = [_bar("calls-per-month", 0.2, unclear=True), _bar("call-to-visit", -0.1)]
    (tmp_path / "drivers.json").write_text(json.dumps(_drivers(good, levers)))
    paper = brief(good, "zh", DAY, known=evidence(good, drivers=tmp_path))
    (table,) = _tables(_section(paper, "risks"))
    label = good.scenario.assumptions["call-to-visit"].label.zh
    assert {row[-1].text for row in table.rows} == {f"降低“{label}”：+10.0 (+9.0 至 +11.0)"}
    assert all("最常在 8月率先制约" in row[1].text for row in table.rows)


def test_without_drivers_no_lever_is_named(good):
    blocks = _section(brief(good, "zh", DAY), "risks")
    (table,) = _tables(blocks)
    assert len(table.head) == 3
    assert "不列杠杆" in blocks[0].text


def test_the_main_limit_and_the_money_dry_day_are_those_of_the_run(bole_run):
    (table,) = _tables(_section(brief(bole_run, "en", BOLE_DAY), "risks"))
    reports = _stored(bole_run)["bureaus"]
    for row, bureau in zip(table.rows, bole_run.scenario.organisation.bureaus, strict=True):
        report = reports[bureau.id]
        worst = max(report["limits"], key=lambda key: report["limits"][key]["p"])
        share = f"{100 * report['limits'][worst]['p']:.0f} %"
        assert row[1].text.startswith(f"{t(f'limit.{worst}', 'en')}: {share}")
        if report["dry"]["median_date"]:
            assert row[2].text.endswith("1 Jan")


def test_each_decision_follows_from_a_figure(bole_run):
    blocks = _section(brief(bole_run, "en", BOLE_DAY), "risks")
    said = [b.text for b in blocks if isinstance(b, Paragraph) and b.kind == "body"]
    assert [text.partition(".")[0] for text in said] == list(map(str, range(1, len(said) + 1)))
    dry = {
        name: _stored(bole_run)["bureaus"][bureau]["dry"]["p"]
        for bureau, name in bureau_labels(bole_run.scenario, "en").items()
    }
    (sentence,) = [text for text in said if "runs dry" in text]
    assert {name for name in dry if name in sentence} == {n for n, p in dry.items() if p >= 0.1}
    changed = next(text for text in said if "reading of the score sheet" in text)
    assert "Beijing 15 %" in changed


def test_evidence_of_another_plan_or_none_is_refused(tmp_path, good, bole_run):
    (tmp_path / "drivers.json").write_text(json.dumps(_drivers(bole_run, [])))
    with pytest.raises(RunError, match="was not worked out"):
        evidence(good, drivers=tmp_path)
    with pytest.raises(RunError, match=r"holds no allocation\.json"):
        evidence(good, allocation=tmp_path)
    (tmp_path / "drivers.json").write_text("{")
    with pytest.raises(RunError, match="cannot be read"):
        evidence(good, drivers=tmp_path)


@pytest.mark.parametrize("kind", ["brief", "leave-notice", "itinerary", "budget-request"])
def test_an_english_paper_holds_no_chinese(kind, bole_run):
    lines = list(of_run(bole_run, "en")[kind].lines())
    assert [line for line in lines if CJK.search(line)] == []


@pytest.mark.parametrize("kind", ["brief", "leave-notice", "itinerary", "budget-request"])
def test_a_chinese_paper_holds_no_english_words(kind, bole_run):
    text = "\n".join(of_run(bole_run, "zh")[kind].lines())
    head = bole_run.head
    ids = [head.scenario_hash[:12], head.plan_hash[:12], *(x.id for x in bole_run.plan.visits)]
    for known in sorted([*ids, bole_run.id], key=len, reverse=True):
        text = text.replace(known, "")
    assert re.findall(r"[A-Za-z]{2,}", text) == []


def test_evidence_is_none_unless_given(good):
    assert evidence(good) == Evidence()

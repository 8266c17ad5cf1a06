from __future__ import annotations

import io
import json
import re
from dataclasses import replace

import pytest
from rich.cells import cell_len
from rich.console import Console

from dashboards.format import bare_chance
from dashboards.runs import Inputs, Run, read_run
from dashboards.screen import screen
from dashboards.store import Meta, write_run
from planner.audit import audit
from planner.plan import tables
from scenarios.load import load_scenario
from sim.forecast import forecast
from tests.dashboards.sample import plan_of
from tests.dashboards.test_texts import CJK

LANGS = pytest.mark.parametrize("lang", ["zh", "en"])


def stored(tmp_path_factory, name: str, futures: int) -> Run:
    scenario = load_scenario(name)
    plan = plan_of(scenario)
    findings = audit(scenario, tables(scenario, plan))
    outlook = forecast(scenario, plan, n=futures, seed=1) if futures else None
    meta = Meta(Inputs(1, futures, 5.0), {"plan": 2.0, "forecast": 3.5})
    folder = tmp_path_factory.mktemp("screen") / name
    return write_run(folder, scenario, plan, findings, outlook, meta)


@pytest.fixture(scope="module")
def bole(tmp_path_factory) -> Run:
    return stored(tmp_path_factory, "bole-2023", futures=20)


@pytest.fixture(scope="module")
def planned(tmp_path_factory) -> Run:
    return stored(tmp_path_factory, "minimal", futures=0)


def shown(run: Run, lang: str, *, encoding: str = "utf-8", width: int = 100) -> str:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding=encoding, errors="replace", write_through=True)
    console = Console(file=stream, width=width, highlight=False, markup=False)
    console.print(screen(run, lang, width))
    return raw.getvalue().decode(encoding)


@LANGS
def test_the_real_plan_s_answer_is_one_screen(bole, lang):
    lines = shown(bole, lang).splitlines()
    assert len(lines) <= 45
    assert max(cell_len(line) for line in lines) <= 100


def test_english_is_english_and_chinese_chinese(bole):
    assert CJK.search(shown(bole, "en")) is None
    assert len(CJK.findall(shown(bole, "zh"))) > 200


@LANGS
def test_every_bureau_and_target_stands_with_odds_and_interval(bole, lang):
    text = shown(bole, lang)
    for bureau in bole.scenario.organisation.bureaus:
        assert bureau.city.get(lang) in text
    squeezed = re.sub(r"\s+", "", text)
    for target in bole.scenario.targets:
        assert target.label.get(lang).split()[0] in text
        for bureau in bole.forecast["bureaus"].values():
            if target.id in bureau["targets"]:
                odds = bureau["targets"][target.id]
                figure = bare_chance(odds["p"], odds["low"], odds["high"])
                assert figure.replace(" ", "") in squeezed
    for grade in bole.scenario.assessment.grades:
        assert grade.label.get(lang) in text


def test_columns_stand_under_each_other_although_characters_are_wide(bole):
    lines = shown(bole, "zh").splitlines()
    [head] = [line for line in lines if line.startswith("达标概率")]
    ends = [cell_len(head[: head.index(city) + len(city)]) for city in ("北京", "深圳", "武汉")]
    rows = [line for line in lines if line.startswith(("主要受限于", "考核得分", "经费断档"))]
    assert len(rows) == 3
    for row in rows:
        cells = [cell_len(row[: match.end()]) for match in re.finditer(r"\S(?=\s\s|$)", row)]
        assert set(ends) <= set(cells)


def test_figures_of_many_digits_leave_the_measures_their_names(bole):
    data = json.loads(json.dumps(bole.forecast))
    for bureau in data["bureaus"].values():
        for odds in bureau["targets"].values():
            odds |= {"p": 0.14561, "low": 0.14512, "high": 0.14598}
    precise = Run(bole.folder, bole.head)
    precise.__dict__["forecast"] = data
    lines = shown(precise, "zh").splitlines()
    assert "14.56 (14.51–14.60)" in "".join(lines)
    assert sum(line.startswith("主要目标全部达成 ") for line in lines) > 1
    assert max(cell_len(line) for line in lines) <= 100


@LANGS
def test_it_says_what_is_assumed_and_invented_and_where_it_comes_from(bole, lang):
    text = shown(bole, lang)
    guessed = sum(a.trust == "E" for a in bole.scenario.assumptions.items)
    assert str(guessed) in text
    assert "140" in text
    for origin in (bole.head.scenario_hash[:8], bole.head.plan_hash[:8], bole.folder.name):
        assert origin in text
    star = [target for target in bole.scenario.targets if target.assumed]
    assert text.count("*") == len(star) + 1


@LANGS
def test_a_rule_broken_opens_the_screen(bole, lang):
    count = int((bole.audit["verdict"] == "violated").sum())
    assert count > 0
    conclusion = shown(bole, lang).splitlines()[1]
    assert str(count) in conclusion
    assert conclusion.startswith("日历违反规则" if lang == "zh" else "The calendar breaks rules")


@LANGS
def test_a_plan_without_a_forecast_shows_the_calendar_only(planned, lang):
    text = shown(planned, lang)
    assert "%" not in text
    assert str(len(planned.plan.leaves)) in text
    assert len(text.splitlines()) < 15


@LANGS
def test_leader_trips_are_one_line_and_only_where_leaders_may_travel(planned, travelled, lang):
    words = {
        "zh": "领导外出考察 1 次，考察企业 2 家次",
        "en": "Leader trips: 1, companies inspected on them: 2",
    }
    assert words[lang] in shown(read_run(travelled / "trips"), lang)
    name = {"zh": "外出考察", "en": "Leader trips"}[lang]
    assert name in shown(read_run(travelled / "none"), lang)
    assert name not in shown(planned, lang)


def test_a_stopped_run_says_so(planned):
    stopped = Run(planned.folder, replace(planned.head, complete=False))
    assert "Stopped half-way" in shown(stopped, "en")
    assert "Stopped half-way" not in shown(planned, "en")


@LANGS
def test_a_gbk_console_shows_the_screen_without_boxes_or_crash(bole, lang):
    assert bole.scenario.title.get(lang) in shown(bole, lang, encoding="gbk")


def test_a_narrow_terminal_loses_no_figure(bole):
    wide, narrow = (shown(bole, "zh", width=width) for width in (100, 60))
    assert max(map(cell_len, narrow.splitlines())) <= 60
    figures = re.compile(r"[\d.]+ \([\d.]+–[\d.]+\)")
    assert len(figures.findall(wide)) > 15
    assert sorted(figures.findall(narrow)) == sorted(figures.findall(wide))

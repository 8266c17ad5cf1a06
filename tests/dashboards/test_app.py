from __future__ import annotations

import html
import re
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboards.app import PAGES
from dashboards.glossary import glossary
from dashboards.serve import SCRIPT
from dashboards.texts import t
from scenarios.library import shipped
from scenarios.load import load_scenario
from tests.dashboards.sample import plan_of

CJK = re.compile(r"[\u4e00-\u9fff]")
LANGS = ("zh", "en")


def _page(name: str) -> None:
    from importlib import import_module

    import_module(f"dashboards.pages.{name}").show()


def opened(name, lang="zh", **query):
    """Draw one page without the navigation around it."""
    at = AppTest.from_function(_page, kwargs={"name": name}, default_timeout=30)
    at.query_params["lang"] = lang
    for key, value in query.items():
        at.query_params[key] = value
    return at.run()


def said(at):
    """Everything a page says, tags left out."""
    found = [element.value for kind in ("title", "subheader") for element in at.get(kind)]
    found += [re.sub(r"<style>.*?</style>|<[^>]+>", " ", e.value, flags=re.S) for e in at.html]
    for kind in ("selectbox", "date_input", "segmented_control", "expander", "download_button"):
        for element in at.get(kind):
            found += [element.label, *map(str, getattr(element, "options", None) or [])]
    for chart in at.get("vega_lite_chart"):
        found += [chart.proto.spec, chart.proto.alt]
    return html.unescape("\n".join(found))


@pytest.fixture(params=["none", "good", "planned", "broken"])
def store(request, monkeypatch, tmp_path, run_store, broken_store):
    root = {"none": tmp_path, "broken": broken_store}.get(request.param, run_store)
    monkeypatch.setenv("BUREAU_RUNS", str(root))
    return request.param


@pytest.fixture
def good(monkeypatch, run_store):
    monkeypatch.setenv("BUREAU_RUNS", str(run_store))


FORECAST_PAGES = {"budget", "cockpit", "compare", "forecast", "score"}
"""Pages that say so where a run was planned and not forecast."""

DESKS = {"data", "help", "jobs"}
"""Pages that stand without a run."""


def query_of(store):
    return {"run": store} if store in ("good", "planned") else {}


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_drawn_whatever_the_store_holds(name, lang, store, minimal):
    at = opened(name, lang, **query_of(store))
    assert not at.exception
    assert [title.value for title in at.title] == [t(f"app.{name}.title", lang)]
    words = said(at)
    if name in DESKS:
        return
    if store == "none":
        assert "bureau run bole-2023" in words
    elif store == "broken":
        assert "scenario.json" in words
        assert "Traceback" not in words
    else:
        assert plan_of(minimal).content_hash[:12] in words
    assert (t("app.no_forecast", lang) in words) == (store == "planned" and name in FORECAST_PAGES)


@pytest.mark.parametrize("name", PAGES)
def test_english_pages_hold_no_chinese_but_sources_clauses_and_the_language_switch(
    name, store, minimal
):
    words = said(opened(name, "en", **query_of(store)))
    sources = {year.source for s in map(load_scenario, shipped()) for year in s.calendar.years}
    for source in {item.source for item in minimal.assumptions.items} | sources:
        words = words.replace(source, "")
    words = words.replace(t("app.language", "zh"), "")
    if name == "help":
        for term in sorted(glossary(), key=lambda term: -len(term.zh)):
            words = words.replace(term.zh, "")
    words = re.sub(r"[一二三四五六七八]([㈠-㈩]\d*)?", "", words)
    assert [line for line in words.splitlines() if CJK.search(line)] == []


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("name", PAGES)
def test_no_id_stands_where_a_name_belongs(name, lang, good, minimal):
    words = said(opened(name, lang, run="good"))
    ids = {person.id for _, person in minimal.persons} | {c.id for c in minimal.companies}
    assert [key for key in ids if re.search(rf"(?<![\w-]){key}(?![\w-])", words)] == []


@pytest.mark.parametrize("lang", LANGS)
def test_leader_trips_are_listed_by_name_where_leaders_may_travel(
    lang, travelled, monkeypatch, minimal
):
    monkeypatch.setenv("BUREAU_RUNS", str(travelled))
    at = opened("calendar", lang, run="trips")
    assert t("app.calendar.trips.title", lang) in said(at)
    (table,) = (e.value for e in at.html if t("app.column.host_person", lang) in e.value)
    trips = html.unescape(table)
    bureau, leader = minimal.organisation.bureaus[0], minimal.organisation.leaders[0]
    for name in (bureau.name, leader.title, bureau.persons[0].title):
        assert name.get(lang) in trips
    assert t("app.calendar.trips.none", lang) in said(opened("calendar", lang, run="none"))


@pytest.mark.parametrize("lang", LANGS)
def test_nothing_is_said_of_trips_where_leaders_receive_at_home(lang, good):
    assert t("app.calendar.trips.title", lang) not in said(opened("calendar", lang, run="good"))


@pytest.mark.parametrize("name", [name for name in PAGES if name not in DESKS])
def test_invented_data_are_said_on_every_page(name, good, minimal):
    for lang in LANGS:
        assert minimal.synthetic_note.get(lang) in said(opened(name, lang, run="good"))


def test_the_root_sends_on_to_the_cockpit(good):
    at = AppTest.from_file(SCRIPT, default_timeout=30)
    at.query_params["lang"] = "en"
    at.run()
    assert not at.exception
    assert at.title[0].value == t("app.cockpit.title", "en")


def test_a_language_change_keeps_run_and_date(good):
    at = opened("cockpit", "zh", run="planned", asof="2024-08-05")
    at.segmented_control(key="bar-lang").select("en").run()
    assert at.title[0].value == t("app.cockpit.title", "en")
    assert at.query_params == {
        "lang": "en",
        "scenario": "minimal",
        "run": "planned",
        "asof": "2024-08-05",
    }


def test_the_address_carries_ids_and_no_labels(good):
    at = opened("cockpit", "zh", run="planned")
    at.selectbox(key="bar-run").select("good").run()
    assert at.query_params["run"] == "good"
    assert t("app.no_forecast", "zh") not in said(at)


def test_an_address_that_lost_its_query_gets_it_back(good):
    at = opened("cockpit", "en", run="planned")
    at.query_params.clear()
    at.run()
    assert at.query_params == {"lang": "en", "scenario": "minimal", "run": "planned"}


def test_a_link_to_a_run_that_is_gone_shows_no_other_run(good, minimal):
    at = opened("cockpit", "en", run="lost")
    assert not at.exception
    words = said(at)
    assert "lost" in words
    assert plan_of(minimal).content_hash[:12] not in words


@pytest.mark.parametrize(
    ("asked", "shown"),
    [("2024-08-05", "2024-08-05"), ("2023-01-01", "2024-07-01"), ("nonsense", "2024-07-01")],
)
def test_the_as_of_date_stays_inside_the_horizon(good, asked, shown):
    at = opened("cockpit", "zh", run="good", asof=asked)
    assert at.date_input[0].value.isoformat() == shown


def test_the_as_of_date_moves_the_week(good):
    words = said(opened("cockpit", "en", run="good", asof="2024-08-07"))
    assert "This week (5 Aug–11 Aug)" in words


def test_the_cockpit_counts_its_main_targets_by_word(good, minimal, minimal_forecast):
    words = said(opened("cockpit", "en", run="good"))
    odds = [
        target["p"]
        for report in minimal_forecast.data["bureaus"].values()
        for key, target in report["targets"].items()
        if next(x for x in minimal.targets if x.id == key).main
    ]
    course, risk = sum(p >= 0.8 for p in odds), sum(0.3 <= p < 0.8 for p in odds)
    assert f"{course} are on course, {risk} at risk" in words
    assert "80\N{NO-BREAK SPACE}% or more is on course" in words


def test_the_cockpit_warns_where_the_grade_depends_on_the_reading(good):
    words = said(opened("cockpit", "en", run="good"))
    assert "another reading changes the grade: East bureau 15" in words
    assert "South bureau 0" not in words


def test_a_table_edited_by_hand_is_pointed_out(monkeypatch, tmp_path, run_store):
    import shutil

    shutil.copytree(run_store / "good", tmp_path / "edited")
    table = tmp_path / "edited" / "leaves.csv"
    table.write_text(table.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    monkeypatch.setenv("BUREAU_RUNS", str(tmp_path))
    assert "leaves.csv" in said(opened("calendar", "en"))


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("calendar.csv", "2024-07-01", "2024-07-99"),
        ("visits.csv", "v01,east", "v01,nowhere"),
        ("leaves.csv", "east-chief", "nobody"),
        ("visits.csv", ",6\n", ",six\n"),
    ],
)
def test_a_table_edited_into_nonsense_is_said_in_words(
    monkeypatch, tmp_path, run_store, file, old, new
):
    import shutil

    shutil.copytree(run_store / "good", tmp_path / "edited")
    table = tmp_path / "edited" / file
    text = table.read_text(encoding="utf-8")
    assert old in text
    table.write_text(text.replace(old, new), encoding="utf-8")
    monkeypatch.setenv("BUREAU_RUNS", str(tmp_path))
    at = opened("calendar", "en")
    assert not at.exception
    words = said(at)
    assert "no longer fit the scenario" in words or "cannot be read" in words
    assert file in words


def test_a_stray_folder_does_not_keep_a_good_run_from_the_page(monkeypatch, tmp_path, run_store):
    import shutil

    shutil.copytree(run_store / "good", tmp_path / "good")
    (tmp_path / "stray").mkdir()
    monkeypatch.setenv("BUREAU_RUNS", str(tmp_path))
    at = opened("cockpit", "en")
    assert "good" in at.query_params["run"]
    assert t("app.broken.others", "en", n=1) in [expander.label for expander in at.expander]
    assert "stray" in said(at)


def test_a_rewritten_run_is_read_again(monkeypatch, tmp_path, run_store):
    import os
    import shutil

    monkeypatch.setenv("BUREAU_RUNS", str(tmp_path))
    shutil.copytree(run_store / "planned", tmp_path / "same")
    assert t("app.no_forecast", "en") in said(opened("cockpit", "en", run="same"))
    shutil.rmtree(tmp_path / "same")
    shutil.copytree(run_store / "good", tmp_path / "same")
    os.utime(Path(tmp_path / "same" / "run.json"))
    assert t("app.no_forecast", "en") not in said(opened("cockpit", "en", run="same"))


@pytest.mark.parametrize(
    ("part", "n_charts", "n_tables"), [("odds", 2, 2), ("amounts", 5, 3), ("money", 3, 3)]
)
def test_every_chart_has_words_for_people_who_listen_and_a_table(good, part, n_charts, n_tables):
    at = opened("forecast", "en", run="good", part=part)
    charts = at.get("vega_lite_chart")
    assert len(charts) == n_charts
    assert all(len(chart.proto.alt) > 20 for chart in charts)
    assert len([e for e in at.expander if e.label == t("app.twin", "en")]) == n_tables


def test_pages_load_no_solver():
    import subprocess
    import sys

    script = (
        "import sys; import dashboards.app; "
        "sys.exit(any(name.split('.')[0] == 'ortools' for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


def test_a_scenario_in_the_address_shows_its_newest_run(good):
    at = opened("cockpit", "en", scenario="minimal")
    assert at.query_params["run"] == "good"
    assert at.selectbox(key="bar-scenario").value == "minimal"

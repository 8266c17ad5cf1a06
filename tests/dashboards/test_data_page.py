"""The page of data: what is uploaded or edited is checked, compared, and kept by planners alone."""

from __future__ import annotations

import html
import io
import json

import pandas as pd
import pytest
import yaml

from dashboards import library
from dashboards.dataeditor import frame_of, grid_of
from dashboards.differing import difference_rows, names_of
from dashboards.faulttable import fault_rows
from dashboards.pages import data
from dashboards.texts import t
from dashboards.uploads import read_uploads, remarks
from scenarios.faults import ScenarioError
from scenarios.library import shipped
from scenarios.load import load_scenario
from scenarios.schema import json_schema
from scenarios.workbook.difference import differences
from scenarios.workbook.layout import SETTING_COLUMNS, SHEETS
from scenarios.workbook.read import read_workbook, with_tables
from scenarios.workbook.rows import rows_of
from tests.dashboards.test_app import LANGS, opened, said
from tests.dashboards.test_texts import CJK
from tests.scenarios.books import edited, put, template


@pytest.fixture(autouse=True)
def root(monkeypatch, tmp_path):
    monkeypatch.setenv("BUREAU_RUNS", str(tmp_path))
    monkeypatch.delenv("BUREAU_PLANNERS", raising=False)
    return tmp_path


def page(lang="en", name="minimal"):
    return opened("data", lang, scenario=name)


def uploaded(raw, lang="en", file="book.xlsx", name="minimal"):
    at = page(lang, name)
    return at.file_uploader[0].upload(file, raw).run()


def hers(at, kind, start):
    """The one element of a kind whose key starts so."""
    (found,) = [one for one in getattr(at, kind) if one.key and one.key.startswith(start)]
    return found


CHEAPER = edited(put("Companies", 2, "priority points", 33))


@pytest.mark.parametrize("name", shipped())
@pytest.mark.parametrize("lang", LANGS)
def test_the_page_says_first_what_the_scenario_holds(lang, name):
    at = page(lang, name)
    assert not at.exception
    scenario = load_scenario(name)
    words = said(at)
    assert scenario.title.get(lang) in words
    assert str(len(scenario.companies)) in words
    if lang == "en":
        kinds = ("checkbox", "text_input", "number_input", "text_area", "tab")
        labels = [one.label for kind in kinds for one in at.get(kind)]
        assert len(labels) > 40
        assert [label for label in labels if CJK.search(label)] == []


def test_every_setting_but_the_id_has_an_input_that_holds_its_value(minimal):
    at = page()
    keys = {
        one.key.split("-", 4)[-1]
        for kind in (
            "checkbox",
            "text_input",
            "number_input",
            "text_area",
            "selectbox",
            "date_input",
        )
        for one in at.get(kind)
        if one.key and one.key.startswith("data-set-")
    }
    assert keys == set(SETTING_COLUMNS) - {"id"}
    assert (
        hers(at, "number_input", f"data-set-{minimal.content_hash[:12]}-0-budget.per_diem").value
        == 80
    )


@pytest.mark.parametrize("lang", LANGS)
def test_a_faulty_workbook_is_answered_with_its_faults_in_a_table(lang, root):
    raw = edited(put("Companies", 3, "bureau", "eats"))
    at = uploaded(raw, lang)
    assert not at.exception
    words = said(at)
    assert t("app.data.faults", lang, n=1) in words
    (cells,) = [html.unescape(e.value) for e in at.html if "'eats'" in html.unescape(e.value)]
    for cell in (SHEETS["companies"].title.get(lang), ">3<", ">D<", "'east'"):
        assert cell in cells
    assert [b for b in at.button if b.key == "data-accept-upload"] == []
    assert not (root / "scenarios").exists()


def test_an_accepted_workbook_becomes_an_own_scenario_and_is_shown(root, minimal):
    at = uploaded(CHEAPER)
    assert "priority points" in said(at)
    at.button(key="data-accept-upload").click().run()
    assert not at.exception
    own = library.load(root, "minimal-own")
    assert own.companies[0].priority == 33
    assert (
        own.content_hash
        == read_workbook(CHEAPER).model_copy(update={"id": "minimal-own"}).content_hash
    )
    assert at.query_params["scenario"] == "minimal-own"
    assert t("app.data.saved", "en", name="minimal-own") in said(at)
    assert load_scenario("minimal") == minimal


def test_a_shipped_id_is_refused_in_words_and_nothing_is_written(root):
    at = uploaded(CHEAPER)
    hers(at, "text_input", "data-name-upload").set_value("bole-2023").run()
    at.button(key="data-accept-upload").click().run()
    assert not at.exception
    assert "the id of a shipped scenario" in said(at)
    assert not (root / "scenarios").exists()


def test_who_may_not_plan_checks_and_compares_and_saves_nothing(monkeypatch, root):
    monkeypatch.setenv("BUREAU_PLANNERS", "somebody@else")
    at = uploaded(CHEAPER)
    assert not at.exception
    assert "priority points" in said(at)
    assert t("app.data.look", "en") in said(at)
    assert [b.key for b in at.button if b.key in ("data-accept-upload", "data-start")] == []


def test_a_setting_changed_in_the_form_is_checked_compared_and_saved_alone(root, minimal):
    at = page()
    at_hash = minimal.content_hash[:12]
    at.number_input(key=f"data-set-{at_hash}-0-budget.per_diem_yuan").set_value(95)
    next(b for b in at.button if b.key and "data-form" in b.key).click().run()
    words = said(at)
    assert "allowance per person and day" in words
    at.button(key="data-accept-settings").click().run()
    assert not at.exception
    content = yaml.safe_load(
        (root / "scenarios" / "minimal-own" / "scenario.yaml").read_text("utf-8")
    )
    assert content == {"id": "minimal-own", "extends": "minimal", "budget": {"per_diem_yuan": 95}}


def test_a_setting_out_of_bounds_is_named_by_its_title(minimal):
    at = page()
    at.number_input(
        key=f"data-set-{minimal.content_hash[:12]}-0-rules.visits.length_days"
    ).set_value(99)
    next(b for b in at.button if b.key and "data-form" in b.key).click().run()
    words = said(at)
    assert t("app.data.faults", "en", n=1) in words
    assert "days of a visit" in words
    assert "10 or less" in words


def test_a_table_edited_in_place_is_checked_compared_and_saved(root, minimal):
    at = page()
    key = f"data-editor-{minimal.content_hash[:12]}-companies-0-en"
    at.session_state[key] = {
        "edited_rows": {0: {"priority": 44}},
        "added_rows": [],
        "deleted_rows": [2],
    }
    next(b for b in at.button if b.key and "data-edit" in b.key).click().run()
    assert not at.exception
    words = said(at)
    assert t("app.data.difference.counts", "en", added=0, removed=1, changed=1) in words
    at.button(key="data-accept-tables").click().run()
    own = library.load(root, "minimal-own")
    assert own.companies[0].priority == 44
    assert len(own.companies) == len(minimal.companies) - 1


def test_a_fault_of_an_edited_table_is_named_by_row_and_title(minimal):
    at = page()
    key = f"data-editor-{minimal.content_hash[:12]}-companies-0-en"
    at.session_state[key] = {
        "edited_rows": {1: {"windows": "in May"}},
        "added_rows": [],
        "deleted_rows": [],
    }
    next(b for b in at.button if b.key and "data-edit" in b.key).click().run()
    (cells,) = [html.unescape(e.value) for e in at.html if "'in May'" in html.unescape(e.value)]
    assert ">2<" in cells
    assert "days on which it can come" in cells


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("key", SHEETS)
def test_a_table_that_is_not_touched_comes_back_as_it_was(key, lang, bole):
    frame = frame_of(SHEETS[key], rows_of(bole)[key], lang)
    grid = grid_of(SHEETS[key], frame, lang)
    assert with_tables(bole, {key: grid}, "x") == bole


def test_an_empty_row_of_the_grid_is_no_row(minimal):
    frame = frame_of(SHEETS["leave_wishes"], rows_of(minimal)["leave_wishes"], "en")
    longer = pd.concat([frame, pd.DataFrame([dict.fromkeys(frame)])], ignore_index=True)
    grid = grid_of(SHEETS["leave_wishes"], longer.astype(frame.dtypes), "en")
    assert with_tables(minimal, {"leave_wishes": grid}, "x") == minimal


@pytest.mark.parametrize(
    ("codec", "encoding"), [("utf-8", "UTF-8"), ("utf-8-sig", "UTF-8 BOM"), ("gbk", "GBK")]
)
def test_the_encoding_of_a_csv_table_is_said(codec, encoding):
    raw = "人员编号,起日,止日,权重\neast-chief,2024/8/5,2024年8月9日,3\n".encode(codec)
    at = uploaded(raw, "zh", "轮休意愿.csv")
    assert not at.exception
    assert t(
        "app.data.csv", "zh", file="轮休意愿.csv", sheet="轮休意愿", encoding=encoding
    ) in said(at)


def test_tables_are_laid_into_the_workbook_beside_them_and_the_last_workbook_counts(minimal):
    wishes = b"person,start,end,weight\neast-chief,2024-08-05,2024-08-09,3\n"
    found = read_uploads([("leave_wishes.csv", wishes), ("book.xlsx", CHEAPER)], minimal)
    assert found.scenario is not None
    assert found.scenario.companies[0].priority == 33
    assert [p.id for _, p in found.scenario.persons if p.leave_requests] == ["east-chief"]
    assert len(remarks(found, "en")) == 1
    files = [("a.xlsx", b"no workbook"), ("b.xlsx", CHEAPER), ("leave_wishes.csv", wishes)]
    last = read_uploads([*files, ("leave_wishes.csv", wishes)], minimal)
    assert last.scenario == found.scenario
    assert last.passed_over == ("a.xlsx", "leave_wishes.csv")
    assert "a.xlsx" in remarks(last, "en")[0]


@pytest.mark.parametrize("lang", LANGS)
def test_differences_speak_of_names_and_words_not_of_ids(lang, minimal):
    def change(book):
        put("Companies", 2, "bureau", "south")(book)
        put("Companies", 2, "expected tier of reception", "any")(book)
        put("Leave wishes", 2, "weight", 9)(book)

    new = read_workbook(edited(change))
    rows = difference_rows(differences(minimal, new), names_of(lang, minimal, new), lang)
    words = "\n".join(" ".join(row) for row in rows)
    east, south = (bureau.name.get(lang) for bureau in minimal.organisation.bureaus)
    assert east in words
    assert south in words
    assert not any(x in words for x in ("east-01", "east-deputy"))
    assert bool(CJK.search(words)) == (lang == "zh")


@pytest.mark.parametrize("lang", LANGS)
def test_fault_rows_hold_sheet_row_column_found_allowed_and_advice(lang):
    raw = edited(put("Companies", 4, "expected tier of reception", "principle"))
    with pytest.raises(ScenarioError) as caught:
        read_workbook(raw)
    (row,) = fault_rows(caught.value.faults, lang)
    assert row[:3] == [SHEETS["companies"].title.get(lang), "4", "I"]
    assert row[3] == "'principle'"
    assert "'principal'" in row[4]
    assert "'principal'" in row[5]
    assert bool(CJK.search("".join(row))) == (lang == "zh")


def test_downloads_are_the_workbook_the_yaml_and_the_schema(minimal):
    found = {one.name: one.make() for one in data._downloads(minimal, "en")}
    assert read_workbook(found["template"]) == minimal
    assert found["template"] == template("minimal", "en")
    assert json.loads(found["schema"]) == json_schema()
    assert yaml.safe_load(io.BytesIO(found["scenario-yaml"]))["id"] == "minimal"


@pytest.mark.parametrize("lang", LANGS)
def test_holidays_bear_the_word_for_official_or_predicted(lang, root, minimal):
    assert t("app.data.status.official", lang) in said(page(lang, "bole-2023"))
    years = minimal.calendar.years[0].model_copy(update={"status": "predicted"})
    calendar = minimal.calendar.model_copy(update={"years": (years,)})
    library.save(root, minimal.model_copy(update={"id": "guess", "calendar": calendar}))
    words = said(page(lang, "guess"))
    assert t("app.data.status.predicted", lang) in words
    assert t("app.predicted.year", lang, year=2024) in words


@pytest.mark.parametrize("lang", LANGS)
def test_an_own_scenario_that_is_broken_shows_its_faults(lang, root):
    folder = root / "scenarios" / "broken"
    folder.mkdir(parents=True)
    (folder / "scenario.yaml").write_text("id: broken\nextends: minimal\nrules: 3\n", "utf-8")
    at = page(lang, "broken")
    assert not at.exception
    assert t("app.data.unreadable", lang, name="broken") in said(at)
    assert "rules" in said(at)


def test_starting_a_run_queues_one_job_for_the_scenario(monkeypatch, root):
    asked = []

    def submit(where, argv, *, title, scenario, by):
        asked.append((where, list(argv), title["en"], scenario))
        return "job"

    monkeypatch.setattr(data.jobs, "submit", submit)
    monkeypatch.setattr(data.jobview, "watch", lambda job, lang: asked.append((job, lang)))
    at = page()
    at.button(key="data-start").click().run()
    assert not at.exception
    title = load_scenario("minimal").title.en
    assert asked == [(root, ["run", "minimal"], f"Compute: {title}", "minimal"), ("job", "en")]

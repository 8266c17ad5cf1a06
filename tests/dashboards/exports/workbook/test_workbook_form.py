"""The workbook as a file: pages, hashes, bytes, charts, and nothing but what it says."""

from __future__ import annotations

import io
import json
import re
import shutil
import zipfile

import pytest

from dashboards.exports.workbook import grid, workbook
from dashboards.exports.workbook.book import Book
from dashboards.exports.workbook.sheet import FIRST
from dashboards.runs import read_run
from dashboards.texts import t
from tests.dashboards.exports.reading import opened, sheet

LANGS = ("zh", "en")


@pytest.fixture(scope="module")
def books(contents):
    return {lang: opened(contents[lang]) for lang in LANGS}


@pytest.fixture(scope="module")
def zh(books):
    return books["zh"]


def month_pages(book, run, lang="zh"):
    drawn = Book(run, lang)
    return [(m, book[grid.month_name(drawn, m)]) for m in run.scenario.days.months]


@pytest.mark.parametrize("lang", LANGS)
def test_every_sheet_prints_on_a3_landscape_as_wide_as_the_page(books, lang):
    cover = books[lang].worksheets[0].title
    for page in books[lang]:
        assert page.page_setup.orientation == "landscape", page.title
        assert int(page.page_setup.paperSize) == 8, page.title
        assert page.sheet_properties.pageSetUpPr.fitToPage, page.title
        assert page.page_setup.fitToWidth in (None, 1), page.title
        # Left out means one page, however long: only what is short may be.
        short = (cover, t("workbook.statistics.tab", lang))
        assert (page.page_setup.fitToHeight is None) == (page.title in short), page.title


def test_every_printed_page_bears_level_hash_and_number(zh, good):
    for page in zh:
        header, footer = page.oddHeader, page.oddFooter
        assert t("workbook.level", "zh") in header.right.text, page.title
        assert good.head.plan_hash[:12] in footer.left.text, page.title
        assert good.head.scenario_hash[:12] in footer.left.text, page.title
        assert "&P" in footer.right.text, page.title
        assert "&N" in footer.right.text, page.title


def test_headers_fit_what_excel_allows(contents):
    with zipfile.ZipFile(io.BytesIO(contents["zh"])) as archive:
        for name in archive.namelist():
            if name.startswith("xl/worksheets/sheet"):
                xml = archive.read(name).decode()
                for kind in ("oddHeader", "oddFooter"):
                    (said,) = re.findall(f"<{kind}>(.*?)</{kind}>", xml)
                    assert len(said) <= 255


def test_a_hidden_sheet_says_what_it_was_made_from(zh, good):
    page = zh["_meta"]
    assert page.sheet_state == "hidden"
    meta = {row[0]: row[1] for row in page.iter_rows(min_row=2, values_only=True)}
    assert meta["format"] == 1
    assert meta["plan_hash"] == good.head.plan_hash
    assert meta["scenario_hash"] == good.head.scenario_hash
    assert meta["inputs_hash"] == good.head.inputs_hash
    assert meta["seed"] == good.forecast["seed"]
    assert meta["sha256:calendar.csv"] == good.head.files["calendar.csv"]


def test_the_same_run_gives_the_same_bytes(good, contents):
    again = read_run(good.folder)
    assert workbook(again, "zh") == contents["zh"]
    assert workbook(again, "en") == contents["en"]


def test_the_only_moment_in_the_file_is_the_runs_own(good, tmp_path):
    shutil.copytree(good.folder, tmp_path / "run")
    head = tmp_path / "run" / "run.json"
    content = json.loads(head.read_text(encoding="utf-8"))
    content["timings"]["created"] = "2024-01-02T11:04:05+08:00"
    head.write_text(json.dumps(content), encoding="utf-8")
    made = workbook(read_run(tmp_path / "run"), "zh")
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        core = archive.read("docProps/core.xml").decode()
        moments = set(re.findall(r"\d{4}-\d\d-\d\dT[^<]*", core))
        assert moments == {"2024-01-02T03:04:05Z"}
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_there_is_no_macro_and_nothing_outside_the_file(contents):
    for content in contents.values():
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
            assert not [x for x in names if "vba" in x.lower() or "externalLink" in x]
            for name in names:
                if name.endswith(".rels"):
                    assert b"TargetMode" not in archive.read(name), name


def test_charts_are_native(contents):
    with zipfile.ZipFile(io.BytesIO(contents["zh"])) as archive:
        charts = [archive.read(x).decode() for x in archive.namelist() if "charts/chart" in x]
        assert not [x for x in archive.namelist() if "media/" in x]
    kinds = [kind for x in charts for kind in ("scatterChart", "barChart") if f"<c:{kind}>" in x]
    assert sorted(kinds) == ["barChart"] * 3 + ["scatterChart"] * 2
    assert any("<c:errBars>" in x for x in charts)


def test_lists_to_choose_from_fit_what_excel_allows(zh, good):
    for _, page in month_pages(zh, good):
        (rule,) = page.data_validations.dataValidation
        assert len(rule.formula1) <= 257
        assert len(rule.error) <= 225


def test_too_long_a_list_is_refused():
    from dashboards.exports.workbook.cells import choices

    with pytest.raises(ValueError, match="at most 255"):
        choices(("a" * 128, "b" * 128))


def test_panes_stay_where_a_table_is_longer_than_the_screen(zh, good):
    for _, page in month_pages(zh, good):
        assert page.freeze_panes == "C6"
        assert page.print_title_rows == "$4:$5"
        assert page.print_title_cols == "$A:$B"
    assert sheet(zh, "audit").freeze_panes == f"C{FIRST + 5}"
    assert sheet(zh, "audit").print_title_rows == f"${FIRST + 4}:${FIRST + 4}"

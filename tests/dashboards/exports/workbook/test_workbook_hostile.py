"""A workbook of a scenario whose every text begins like a formula."""

from __future__ import annotations

import pytest

from dashboards.exports.workbook import workbook
from dashboards.exports.workbook.cells import LONGEST_TEXT, harmless
from dashboards.texts import t
from tests.dashboards.exports.reading import csv_sheets, opened

STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


@pytest.fixture(scope="module")
def content(hostile_run):
    return workbook(hostile_run, "zh")


def test_no_user_text_becomes_a_formula(content, hostile_run):
    plain = opened(content, formulas=True)
    evil = 0
    for page in plain:
        for row in page.iter_rows():
            for cell in row:
                if isinstance(cell.value, str) and "calc" in cell.value:
                    assert cell.data_type == "s", (page.title, cell.coordinate)
                    assert not cell.value.startswith(STARTS), (page.title, cell.coordinate)
                    evil += 1
    companies = len(hostile_run.scenario.companies)
    assert evil > 2 * companies


def test_no_text_but_our_own_formulas_begins_like_one(content):
    for page in opened(content):
        for row in page.iter_rows():
            for cell in row:
                if isinstance(cell.value, str) and len(cell.value) > 1:
                    assert not cell.value.startswith(STARTS), (page.title, cell.coordinate)


def test_charts_take_no_name_for_a_formula(content):
    import io
    import re
    import zipfile

    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in archive.namelist():
            if name.startswith("xl/charts/"):
                for reference in re.findall("<c:f>(.*?)</c:f>", archive.read(name).decode()):
                    assert "cmd" not in reference
                    assert "!$" in reference


def test_headers_show_an_ampersand_as_one(content):
    page = opened(content).worksheets[0]
    assert "&cmd" in page.oddHeader.left.text.replace("&&", "&")
    assert "&&cmd" in page.oddHeader.left.text


def test_a_csv_of_a_sheet_is_as_harmless(content, soffice, tmp_path):
    file = tmp_path / "hostile.xlsx"
    file.write_bytes(content)
    rows = csv_sheets(soffice, file, tmp_path / "profile")[t("workbook.companies.tab", "zh")]
    cells = [cell for row in rows for cell in row if "calc" in cell]
    assert cells
    assert not [cell for cell in cells if cell.startswith(STARTS)]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("=1", "'=1"),
        ("+86 10", "'+86 10"),
        ("-", "-"),
        ("-5", "'-5"),
        ("@a", "'@a"),
        ("\ta", "'\ta"),
        ("a=1", "a=1"),
        ("", ""),
    ],
)
def test_what_begins_like_a_formula_gets_an_apostrophe(text, shown):
    assert harmless(text) == shown


def test_a_text_longer_than_a_cell_is_cut_and_says_so():
    cut = harmless("长" * (LONGEST_TEXT + 5))
    assert len(cut) == LONGEST_TEXT
    assert cut.endswith("…")

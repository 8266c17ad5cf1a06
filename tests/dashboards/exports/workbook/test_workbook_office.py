"""The workbook as LibreOffice sees it: the values stored, and what it works out itself."""

from __future__ import annotations

import openpyxl
import pytest

from dashboards.exports.workbook import grid, workbook
from dashboards.exports.workbook.attendance import SHIFTS
from dashboards.exports.workbook.sheet import FIRST
from dashboards.texts import t
from tests.dashboards.exports.reading import converted, csv_sheets, opened


@pytest.fixture(scope="module", params=["zh", "en"])
def made(request, contents, tmp_path_factory):
    folder = tmp_path_factory.mktemp("office")
    file = folder / f"book-{request.param}.xlsx"
    file.write_bytes(contents[request.param])
    return file, request.param


@pytest.fixture(scope="module")
def profile(tmp_path_factory):
    return tmp_path_factory.mktemp("profile")


def test_formulas_worked_out_anew_give_the_stored_values(made, soffice, profile):
    file, _ = made
    # Saved without the stored values, every formula must be worked out by whoever opens it.
    bare = openpyxl.load_workbook(file)
    n = sum(c.data_type == "f" for page in bare for row in page.iter_rows() for c in row)
    assert n > 500
    stripped = file.parent / f"stripped-{file.name}"
    bare.save(stripped)
    assert {
        cell.value
        for row in openpyxl.load_workbook(stripped, data_only=True).worksheets[1].iter_rows()
        for cell in row[grid.FIRST_DAY :]
    } >= {None}
    (again,) = converted(soffice, stripped, "xlsx", profile)
    fresh, stored = openpyxl.load_workbook(again, data_only=True), opened(file.read_bytes())
    compared = 0
    for page in bare:
        for row in page.iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    own = stored[page.title][cell.coordinate].value
                    other = fresh[page.title][cell.coordinate].value
                    where = (page.title, cell.coordinate, cell.value)
                    assert own is not None or other is None, where
                    if isinstance(own, str) or own is None:
                        assert (own or "") == (other or ""), where
                    else:
                        assert other == pytest.approx(own), where
                    compared += 1
    assert compared == n


@pytest.fixture(scope="module")
def preview(made, soffice, profile):
    """What a program that works nothing out shows of every sheet."""
    file, lang = made
    return csv_sheets(soffice, file, profile), lang


def test_a_preview_shows_the_stored_values(preview, good):
    sheets, lang = preview
    first = sheets[t("workbook.statistics.tab", lang)][FIRST + 2]
    counts = good.table("calendar").query("person == 'east-chief'")["status"].value_counts()
    assert first[2:8] == [*(str(counts.get(x, 0)) for x in grid.STATUSES), str(counts.sum())]


def test_the_import_table_saved_as_csv_is_the_rota(preview, good):
    sheets, lang = preview
    head, *rows = sheets[t("workbook.attendance.tab", lang)]
    assert head[4:] == [str(i) for i in range(1, 32)]
    own = {
        (x["person"], x["date"]): str(SHIFTS[x["status"]])
        for x in good.table("calendar").to_dict("records")
    }
    shown = {
        (row[1], f"{row[0][:4]}-{row[0][4:]}-{i + 1:02d}"): value
        for row in rows
        for i, value in enumerate(row[4:])
        if value
    }
    assert shown == own


def test_what_is_printed_is_whole(made, soffice, profile, good):
    from pypdf import PdfReader

    file, lang = made
    (printed,) = converted(soffice, file, "pdf", profile)
    pages = PdfReader(printed).pages
    texts = [page.extract_text() for page in pages]
    for page, words in zip(pages, texts, strict=True):
        assert round(float(page.mediabox.width)), round(float(page.mediabox.height)) == (1191, 842)
        assert "###" not in words
        assert good.head.plan_hash[:12] in words
    titles = [t(f"workbook.{key}.tab", lang) for key in ("cover", "year", "statistics", "odds")]
    for title in titles:
        assert sum(f"· {title}" in words for words in texts) == 1, title


def test_an_edit_of_a_month_reaches_the_year_and_the_statistics(
    contents, soffice, profile, tmp_path, good
):
    book = opened(contents["zh"], formulas=True)
    month = book["7月"]
    cell = month.cell(grid.FIRST_ROW + 1, grid.FIRST_DAY + 1)
    assert cell.value == t("app.letter.post", "zh")
    cell.value = t("app.letter.leave", "zh")
    file = tmp_path / "edited.xlsx"
    book.save(file)
    (again,) = converted(soffice, file, "xlsx", profile)
    fresh = openpyxl.load_workbook(again, data_only=True)
    before = opened(contents["zh"])
    name = t("workbook.statistics.tab", "zh")
    row = FIRST + 3
    assert fresh[name].cell(row, 3).value == before[name].cell(row, 3).value - 1
    assert fresh[name].cell(row, 5).value == before[name].cell(row, 5).value + 1
    year = fresh[t("workbook.year.tab", "zh")]
    assert year.cell(8, grid.FIRST_DAY + 1).value == t("app.letter.leave", "zh")


def test_three_persons_a_bureau_over_the_turn_of_a_year_print_whole(
    threes_run, soffice, profile, tmp_path
):
    from pypdf import PdfReader

    file = tmp_path / "threes.xlsx"
    file.write_bytes(workbook(threes_run, "en"))
    (printed,) = converted(soffice, file, "pdf", profile)
    assert not [page for page in PdfReader(printed).pages if "###" in page.extract_text()]

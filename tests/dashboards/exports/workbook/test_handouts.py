from __future__ import annotations

import io
from datetime import date

import openpyxl
import pytest

from dashboards import handouts
from dashboards.frame import View
from dashboards.runs import read_run
from dashboards.texts import t


@pytest.fixture
def view(run_store):
    return View(read_run(run_store / "planned"), "en", date(2024, 7, 1))


@pytest.mark.parametrize("page", ["calendar", "forecast"])
def test_a_page_hands_out_the_workbook_of_its_run_in_its_language(view, page):
    (own,) = [x for x in handouts.of(page, view) if x.name == "workbook"]
    assert own.file == "planned-en.xlsx"
    assert own.mime == handouts.XLSX
    assert t(f"download.{own.name}", "en")
    book = openpyxl.load_workbook(io.BytesIO(own.make()))
    assert t("workbook.year.tab", "en") in book.sheetnames


def test_a_page_without_files_hands_out_none(view):
    assert handouts.of("help", view) == []

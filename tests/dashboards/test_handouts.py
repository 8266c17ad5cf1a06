from __future__ import annotations

import io
from datetime import date

import docx
import pytest

from dashboards import handouts
from dashboards.exports import typesetting
from dashboards.frame import View
from dashboards.runs import read_run
from dashboards.texts import LANGS
from tests.dashboards.exports.papers import pages_of_pdf

DAY = date(2024, 8, 5)


@pytest.fixture(params=LANGS)
def view(request, run_store):
    return View(read_run(run_store / "good"), request.param, DAY)


@pytest.mark.parametrize(
    ("page", "names"),
    [
        ("cockpit", ["brief-docx", "brief-pdf"]),
        ("calendar", ["leave-notice"]),
        ("visits", ["itinerary"]),
        ("budget", ["budget-request"]),
    ],
)
def test_a_page_hands_out_its_papers_and_each_opens(page, names, view):
    found = {one.name: one for one in handouts.of(page, view)}
    assert set(names) <= set(found)
    for name in names:
        content = found[name].make()
        if found[name].file.endswith(".pdf"):
            assert pages_of_pdf(content)
        else:
            assert docx.Document(io.BytesIO(content)).tables
        assert found[name].file.isascii()


def test_a_brief_is_as_of_the_day_of_the_page(view):
    one = next(x for x in handouts.of("cockpit", view) if x.name == "brief-docx")
    text = "".join(p.text for p in docx.Document(io.BytesIO(one.make())).paragraphs)
    assert {"zh": "截至 2024年8月5日", "en": "As of 5 Aug 2024"}[view.lang] in text


def test_no_pdf_is_offered_where_none_can_be_made(monkeypatch, view):
    monkeypatch.setattr(typesetting, "ready", lambda: False)
    assert "brief-pdf" not in [one.name for one in handouts.of("cockpit", view)]


def test_a_page_without_papers_hands_out_none(view):
    assert handouts.of("help", view) == []

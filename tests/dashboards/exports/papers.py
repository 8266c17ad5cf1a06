"""Every kind of paper of a run, and what is read out of files again."""

from __future__ import annotations

import io
import re
from datetime import date

import docx
import pypdf
from docx.oxml.ns import qn

from dashboards.exports.brief import brief
from dashboards.exports.budget_request import budget_request
from dashboards.exports.itinerary import itinerary
from dashboards.exports.leave_notice import leave_notice

DAY = date(2024, 8, 5)
BOLE_DAY = date(2023, 5, 10)
KINDS = {
    "brief": brief,
    "leave-notice": leave_notice,
    "itinerary": itinerary,
    "budget-request": budget_request,
}


def of_run(run, lang):
    day = BOLE_DAY if BOLE_DAY in run.scenario.horizon else DAY
    return {name: make(run, lang, day) for name, make in KINDS.items()}


def without_blanks(text):
    return re.sub(r"\s+", "", text)


def texts_of_word(content):
    """Yield the texts of a Word file's body in reading order."""
    body = docx.Document(io.BytesIO(content)).element.body
    for paragraph in body.iter(qn("w:p")):
        yield "".join(node.text or "" for node in paragraph.iter(qn("w:t")))


def pages_of_pdf(content):
    return [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages]


def text_of_pdf(content, mark):
    """Return the text of a PDF without what stands over and under every page, and blanks."""
    found = []
    for n, page in enumerate(pages_of_pdf(content), 1):
        text = without_blanks(page)
        assert text.startswith(mark)
        assert text.endswith(f"—{n}—")
        found.append(text.removeprefix(mark).removesuffix(f"—{n}—"))
    return "".join(found)

from __future__ import annotations

import io
import re
import subprocess
from dataclasses import replace
from datetime import UTC

import pypdf
import pytest
from pypdf.generic import ByteStringObject, ContentStream, TextStringObject

from dashboards.exports import typesetting, typography
from dashboards.exports.brief import brief
from dashboards.exports.docx import word
from dashboards.exports.paper import Figure, Paper, Paragraph
from dashboards.exports.pdf import pdf
from dashboards.runs import RunError
from dashboards.texts import LANGS
from tests.dashboards.exports.papers import (
    BOLE_DAY,
    DAY,
    KINDS,
    of_run,
    pages_of_pdf,
    text_of_pdf,
    texts_of_word,
    without_blanks,
)

PRIVATE = "\U000f0000"
"""A character that no font has."""


@pytest.fixture(scope="module", params=[(kind, lang) for kind in KINDS for lang in LANGS])
def paper(request, bole_run):
    kind, lang = request.param
    return of_run(bole_run, lang)[kind]


@pytest.fixture(scope="module")
def content(paper):
    return pdf(paper)


def _plain(paper, *texts):
    blocks = tuple(Paragraph(text) for text in texts)
    return replace(paper, title=("题",), subtitle="", blocks=blocks, dense=False)


def _missing_glyphs(content):
    """Count the glyphs that stand for a missing one: number 0 of every font."""
    count = 0
    for page in pypdf.PdfReader(io.BytesIO(content)).pages:
        stream = ContentStream(page.get_contents(), page.pdf)
        for operands, operator in stream.operations:
            if operator not in (b"Tj", b"TJ"):
                continue
            for part in operands[0] if operator == b"TJ" else operands:
                if isinstance(part, ByteStringObject | TextStringObject):
                    raw = part.original_bytes
                    count += sum(raw[i : i + 2] == b"\0\0" for i in range(0, len(raw), 2))
    return count


def test_it_says_what_the_word_file_says(paper):
    # Texts inside a drawing are texts in one file and a picture in the other.
    bare = tuple(block for block in paper.blocks if not isinstance(block, Figure))
    same = replace(paper, blocks=bare)
    of_word = without_blanks("".join(texts_of_word(word(same))))
    assert text_of_pdf(pdf(same), paper.mark) == of_word


def test_the_drawing_stands_in_it_with_its_words(bole_run):
    paper = brief(bole_run, "zh", BOLE_DAY)
    figure = next(block for block in paper.blocks if isinstance(block, Figure))
    text = without_blanks("".join(pages_of_pdf(pdf(paper))))
    said = without_blanks(re.findall(r"北京 (\S+ \(\S+\))", figure.alt)[0])
    assert said in text


@pytest.mark.parametrize("lang", LANGS)
def test_the_brief_of_a_city_fits_two_pages(lang, bole_run):
    assert len(pages_of_pdf(pdf(brief(bole_run, lang, BOLE_DAY, before=bole_run)))) <= 2


def test_22_lines_of_28_characters_fill_a_page(good):
    paper = _plain(brief(good, "zh", DAY), "甲" * 28 * 60)
    pages = [
        [line for line in page.splitlines() if "甲" in line] for page in pages_of_pdf(pdf(paper))
    ]
    assert {len(line) for page in pages for line in page[1:-1]} == {28}
    assert len(pages[1]) == typography.LINES


def test_no_glyph_is_missing(content):
    assert _missing_glyphs(content) == 0


def test_a_missing_glyph_would_be_seen(good):
    assert _missing_glyphs(pdf(_plain(brief(good, "zh", DAY), f"有{PRIVATE}无"))) == 1


def test_its_fonts_are_in_it_and_one_is_chinese(paper, content, pdffonts, tmp_path):
    file = tmp_path / "paper.pdf"
    file.write_bytes(content)
    listed = subprocess.run([pdffonts, file], check=True, capture_output=True, text=True).stdout
    rows = [line.split() for line in listed.splitlines()[2:]]
    assert rows
    assert {row[-5] for row in rows} == {"yes"}
    own = [name for chain in typography.CHAINS.values() for name in chain]
    known = {re.sub(r"[^a-z]", "", name.lower()) for name in own}
    names = [re.sub(r"[^a-z]", "", row[0].partition("+")[2].lower()) for row in rows]
    if paper.lang == "zh":
        assert any(name.startswith(tuple(known)) for name in names)


def test_the_same_run_gives_the_same_bytes(paper, content):
    assert pdf(paper) == content


def test_the_file_bears_the_time_of_the_run_its_title_and_its_language(paper, content):
    reader = pypdf.PdfReader(io.BytesIO(content))
    assert reader.metadata.creation_date.astimezone(UTC) == paper.created.astimezone(UTC)
    assert reader.metadata.title == " ".join(paper.title)
    assert str(reader.trailer["/Root"]["/Lang"]).startswith(paper.lang)
    assert paper.origin in str(reader.metadata["/Keywords"])


def test_a_machine_without_chinese_fonts_is_told_so(monkeypatch, good):
    monkeypatch.setattr(typesetting, "_families", lambda _: frozenset({"DejaVu Sans"}))
    with pytest.raises(RunError) as caught:
        pdf(brief(good, "zh", DAY))
    assert "没有可用的中文字体" in caught.value.text("zh")
    assert "BUREAU_FONTS" in caught.value.text("en")


def test_the_official_fonts_are_taken_where_they_are(monkeypatch):
    there = frozenset({"FangSong", "SimHei", "KaiTi", "SimSun", "Noto Serif CJK SC"})
    monkeypatch.setattr(typesetting, "_families", lambda _: there)
    found = typesetting.fonts()
    assert (found.of["text"], found.of["heading"]) == ("FangSong", "SimHei")
    assert found.missing == ("title",)


def test_a_machine_without_the_typesetter_is_told_what_to_install(monkeypatch, good):
    monkeypatch.setitem(__import__("sys").modules, "typst", None)
    typesetting._known.cache_clear()
    with pytest.raises(RunError, match=r"bureau-planner\[pdf\]"):
        pdf(brief(good, "zh", DAY))
    assert not typesetting.ready()


def test_long_titles_break_into_lines_of_like_length(good):
    from dashboards.exports.titling import title_of

    title = title_of("某某市驻点招商局组织实施情况" * 4, "目标进展简报", "zh", dense=True)
    *subject, kind = title
    assert kind == "目标进展简报"
    assert len(subject) == 3
    assert max(map(len, subject)) - min(map(len, subject)) <= 1
    paper = replace(brief(good, "zh", DAY), title=title)
    assert isinstance(paper, Paper)
    assert without_blanks("".join(title)) in without_blanks("".join(pages_of_pdf(pdf(paper))))

from __future__ import annotations

import io
import zipfile
from datetime import UTC

import docx
import pytest
from docx.oxml.ns import qn

from dashboards.exports import typesetting, typography
from dashboards.exports.brief import brief
from dashboards.exports.docx import word
from dashboards.exports.paper import Figure
from dashboards.runs import RunError
from dashboards.texts import LANGS
from tests.dashboards.exports import papers
from tests.dashboards.exports.papers import DAY, KINDS, of_run, texts_of_word, without_blanks

_PARTS = ("document", "header1", "header2", "footer1", "footer2", "styles")


@pytest.fixture(scope="module", params=[(kind, lang) for kind in KINDS for lang in LANGS])
def paper(request, bole_run):
    kind, lang = request.param
    return of_run(bole_run, lang)[kind]


@pytest.fixture(scope="module")
def content(paper):
    return word(paper)


def _opened(content):
    return docx.Document(io.BytesIO(content))


def _roots(document):
    section = document.sections[0]
    yield document.element
    for part in (
        section.header,
        section.even_page_header,
        section.footer,
        section.even_page_footer,
    ):
        yield part._element


def test_every_run_names_its_east_asian_font(content):
    runs = [run for root in _roots(_opened(content)) for run in root.iter(qn("w:r"))]
    assert len(runs) > 20
    fonts = [run.find(f"{qn('w:rPr')}/{qn('w:rFonts')}") for run in runs]
    named = {font.get(qn("w:eastAsia")) for font in fonts}
    assert named <= set(typography.NAMED.values())
    assert {"仿宋_GB2312", "黑体", "方正小标宋简体"} <= named


def test_every_style_names_its_east_asian_font_and_no_theme(content):
    fonts = list(_opened(content).styles.element.iter(qn("w:rFonts")))
    assert len(fonts) > 10
    assert {font.get(qn("w:eastAsia")) for font in fonts} <= set(typography.NAMED.values())
    assert [key for font in fonts for key in font.attrib if key.endswith("Theme")] == []


def test_a_machine_without_the_official_fonts_is_told_what_to_take(content):
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        table = file.read("word/fontTable.xml").decode()
    assert '<w:font w:name="仿宋_GB2312"><w:altName w:val="仿宋"/>' in table


def test_the_page_has_the_measures_of_official_papers(content):
    section = _opened(content).sections[0]
    measures = [
        round(length.mm)
        for length in (
            section.page_width,
            section.page_height,
            section.top_margin,
            section.left_margin,
            section.right_margin,
            section.bottom_margin,
        )
    ]
    assert measures == [210, 297, 37, 28, 26, 35]


def test_22_lines_of_28_characters_fill_the_type_area(bole_run):
    document = _opened(word(of_run(bole_run, "zh")["leave-notice"]))
    text = next(p for p in document.paragraphs if p.text.startswith("现将轮休安排"))
    pitch_mm = text.paragraph_format.line_spacing.mm
    assert 22 * pitch_mm <= 225 < 22.1 * pitch_mm
    run = text.runs[0]
    spacing = int(run._r.rPr.find(qn("w:spacing")).get(qn("w:val"))) / 20
    width_mm = 28 * (run.font.size.pt + spacing) / typography.PT_PER_MM
    assert 156 - width_mm == pytest.approx(0, abs=1)
    assert width_mm <= 156


def test_it_says_what_the_paper_says_in_its_order(paper, content):
    said = without_blanks("".join(texts_of_word(content)))
    assert said == without_blanks("".join(paper.lines()))


def test_every_page_bears_mark_and_number(paper, content):
    section = _opened(content).sections[0]
    for header in (section.header, section.even_page_header):
        assert header.paragraphs[0].text == paper.mark
    for footer in (section.footer, section.even_page_footer):
        fields = [x.get(qn("w:instr")) for x in footer._element.iter(qn("w:fldSimple"))]
        assert fields == ["PAGE"]


def test_the_same_run_gives_the_same_bytes(paper, content):
    assert word(paper) == content


def test_the_file_bears_the_time_of_the_run_and_none_of_today(paper, content):
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        dates = {entry.date_time for entry in file.infolist()}
    created = paper.created.astimezone(UTC)
    assert dates == {created.timetuple()[:6]} or dates == {
        (*created.timetuple()[:5], created.second // 2 * 2)
    }
    properties = _opened(content).core_properties
    assert properties.created.replace(tzinfo=UTC) == created.replace(microsecond=0)
    assert properties.modified == properties.created


@pytest.mark.parametrize("lang", LANGS)
def test_the_drawing_says_in_words_what_it_shows(lang, bole_run):
    paper = brief(bole_run, lang, papers.BOLE_DAY)
    figure = next(block for block in paper.blocks if isinstance(block, Figure))
    names = [x.get("descr") for x in _opened(word(paper)).element.iter(qn("wp:docPr"))]
    assert names == [figure.alt]


def test_without_a_typesetter_the_drawing_is_put_into_words(monkeypatch, good):
    def missing():
        raise RunError("paper.no-typesetter", usage=True)

    paper = brief(good, "zh", DAY)
    figure = next(block for block in paper.blocks if isinstance(block, Figure))
    monkeypatch.setattr(typesetting, "_typst", missing)
    content = word(paper)
    assert any(figure.alt in text for text in texts_of_word(content))
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        assert [name for name in file.namelist() if name.startswith("word/media/")] == []


def test_another_office_program_opens_every_paper(bole_run, as_pdf):
    made = [paper for lang in LANGS for paper in of_run(bole_run, lang).values()]
    for paper, content in zip(made, as_pdf([word(paper) for paper in made]), strict=True):
        pages = papers.pages_of_pdf(content)
        text = without_blanks("".join(pages))
        assert without_blanks("".join(paper.title)) in text
        assert without_blanks(paper.blocks[-1].text) in text
        assert all(without_blanks(page).startswith(paper.mark) for page in pages)

"""A paper as a Word file: what secretaries edit; fonts named on every style and every run."""

from __future__ import annotations

import io
import math
import zipfile
from datetime import UTC, datetime
from itertools import zip_longest
from typing import TYPE_CHECKING, Final

import docx
from docx.enum.section import WD_SECTION
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor, Twips

from dashboards import palette
from dashboards.exports import typography
from dashboards.exports.paper import (
    Cell,
    Figure,
    Heading,
    PageBreak,
    Paper,
    Paragraph,
    Table,
    sticks,
)
from dashboards.exports.typesetting import picture
from dashboards.exports.typography import LATIN, NAMED, OTHER_NAMES, WHOLE, Role, Sizes
from dashboards.runs import RunError
from dashboards.texts import t

if TYPE_CHECKING:
    from docx.document import Document
    from docx.oxml.xmlchemy import BaseOxmlElement
    from docx.section import _Footer, _Header
    from docx.styles.style import BaseStyle
    from docx.table import Table as WordTable
    from docx.table import _Cell as WordCell
    from docx.text.paragraph import Paragraph as WordParagraph
    from docx.text.run import Run as WordRun

_TWIPS_PER_PT: Final = 20
_ALIGN: Final = {
    "left": WD_ALIGN_PARAGRAPH.LEFT,
    "center": WD_ALIGN_PARAGRAPH.CENTER,
    "right": WD_ALIGN_PARAGRAPH.RIGHT,
}
_FIRST_YEAR: Final = 1980
"""Of the dates a ZIP archive can hold."""


def word(paper: Paper) -> bytes:
    """Return a paper as a Word file; the same paper gives the same bytes.

    A drawing becomes a picture where the typesetter (extra ``pdf``) is there to draw it, else the
    sentence that says what it shows.
    """
    return _Writer(paper).write()


class _Writer:
    def __init__(self, paper: Paper) -> None:
        self.paper = paper
        self.sizes: Sizes = typography.sizes(paper.lang, dense=paper.dense)
        self.document: Document = docx.Document()
        self.zh = paper.lang == "zh"

    def write(self) -> bytes:
        self._styles()
        self._page()
        self._heads()
        for line in self.paper.title:
            self._centred(line, "title", self.sizes.title, self.sizes.title_line, style="Title")
        self._centred(
            self.paper.subtitle, "subheading", self.sizes.table + 1, self.sizes.text_line
        )
        self._blocks()
        self._properties()
        package = self.document.part.package
        for key in [key for key, rel in package.rels.items() if rel.reltype.endswith("thumbnail")]:
            del package.rels[key]  # the writer's own, of an empty page
        raw = io.BytesIO()
        self.document.save(raw)
        return _dated(raw.getvalue(), self.paper.created)

    def _blocks(self) -> None:
        for block, after in zip_longest(self.paper.blocks, self.paper.blocks[1:]):
            match block:
                case Heading():
                    self._heading(block)
                case Paragraph():
                    shape = self._paragraph(block).paragraph_format
                    shape.keep_with_next = sticks(block, after)
                case Table():
                    self._table(block)
                case Figure():
                    self._figure(block)
                case PageBreak():
                    last = self.document.paragraphs[-1]
                    self._run(last, "", "text", 1).add_break(WD_BREAK.PAGE)

    # What the pages are -------------------------------------------------------------------------

    def _page(self) -> None:
        section = self.document.sections[0]
        section.start_type = WD_SECTION.NEW_PAGE
        section.page_width, section.page_height = (
            Mm(typography.WIDTH_MM),
            Mm(typography.HEIGHT_MM),
        )
        section.top_margin, section.bottom_margin = Mm(typography.TOP_MM), Mm(typography.BOTTOM_MM)
        section.left_margin, section.right_margin = Mm(typography.LEFT_MM), Mm(typography.RIGHT_MM)
        section.header_distance, section.footer_distance = Mm(25), Mm(21)
        for grid in section._sectPr.findall(qn("w:docGrid")):
            section._sectPr.remove(grid)

    def _heads(self) -> None:
        """Write the mark over every page and its number under it, outside as in a book."""
        self.document.settings.odd_and_even_pages_header_footer = True
        section = self.document.sections[0]
        for header in (section.header, section.even_page_header):
            self._mark(header)
        self._number(section.footer, WD_ALIGN_PARAGRAPH.RIGHT)
        self._number(section.even_page_footer, WD_ALIGN_PARAGRAPH.LEFT)

    def _mark(self, header: _Header) -> None:
        header.is_linked_to_previous = False
        paragraph = header.paragraphs[0]
        self._run(paragraph, self.paper.mark, "heading", self.sizes.mark)

    def _number(self, footer: _Footer, side: WD_ALIGN_PARAGRAPH) -> None:
        footer.is_linked_to_previous = False
        paragraph = footer.paragraphs[0]
        paragraph.alignment = side
        margin = Pt(self.sizes.page)
        paragraph.paragraph_format.left_indent = margin
        paragraph.paragraph_format.right_indent = margin
        self._run(paragraph, "— ", "figures", self.sizes.page)
        run = self._run(paragraph, "", "figures", self.sizes.page)
        field = OxmlElement("w:fldSimple")
        field.set(qn("w:instr"), "PAGE")
        run._r.addprevious(field)
        field.append(run._r)
        run.text = "1"
        self._run(paragraph, " —", "figures", self.sizes.page)

    # What is said -------------------------------------------------------------------------------

    def _heading(self, block: Heading) -> None:
        role: Role = "heading" if block.level == 1 else "subheading"
        paragraph = self.document.add_paragraph(style=f"Heading {block.level}")
        shape = paragraph.paragraph_format
        shape.first_line_indent = Pt(2 * self.sizes.text) if self.zh else Pt(0)
        shape.space_before = Pt(0.35 * self.sizes.text if self.paper.dense else 0)
        shape.space_after = Pt(0)
        shape.keep_with_next = True
        self._pitch(paragraph, self.sizes.text_line)
        self._run(paragraph, block.text, role, self.sizes.text, bold=not self.zh)

    def _paragraph(self, block: Paragraph) -> WordParagraph:
        paragraph = self.document.add_paragraph()
        shape = paragraph.paragraph_format
        role: Role = "heading" if block.kind == "alert" else "text"
        size, line = self.sizes.text, self.sizes.text_line
        if block.kind in ("note", "alert"):
            more = 1 if block.kind == "alert" else 0
            size, line = self.sizes.note + more, self.sizes.note_line + more
        if block.kind == "right":
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
            shape.right_indent = Pt(4 * size) if self.zh else Pt(0)
        elif self.zh:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
        if self.zh and block.kind == "body":
            shape.first_line_indent = Pt(2 * size)
        shape.widow_control = True
        self._pitch(paragraph, line)
        self._run(paragraph, block.text, role, size)
        return paragraph

    def _table(self, block: Table) -> None:
        if block.caption:
            caption = self._centred(
                block.caption, "heading", self.sizes.table, self.sizes.table_line, bold=not self.zh
            )
            caption.paragraph_format.keep_with_next = True
            caption.paragraph_format.space_before = Pt(4)
            caption.paragraph_format.space_after = Pt(3)
        rows = ([tuple(Cell(words) for words in block.head)] if block.head else []) + [*block.rows]
        grid = self.document.add_table(len(rows), len(block.shares), style="Table Grid")
        grid.alignment = WD_TABLE_ALIGNMENT.CENTER
        grid.autofit = False
        self._frame(grid)
        total = sum(block.shares)
        widths = [Mm(typography.AREA_WIDTH_MM * share / total) for share in block.shares]
        for column, width in zip(grid.columns, widths, strict=True):
            column.width = width
        for i, (cells, line) in enumerate(zip(rows, grid.rows, strict=True)):
            is_head = bool(block.head) and i == 0
            properties = line._tr.get_or_add_trPr()
            properties.append(OxmlElement("w:cantSplit"))
            if is_head:
                properties.append(OxmlElement("w:tblHeader"))
            for place, (cell, into) in enumerate(zip(cells, line.cells, strict=True)):
                into.width = widths[place]
                side = "center" if is_head else block.align[place]
                self._cell(into, cell, _ALIGN[side], is_head=is_head)
                whole = len(rows) <= WHOLE and i < len(rows) - 1
                if is_head or whole or i == len(rows) - 2:
                    into.paragraphs[0].paragraph_format.keep_with_next = True
        self._gap(3 if self.paper.dense else 8)

    def _cell(
        self, into: WordCell, cell: Cell, side: WD_ALIGN_PARAGRAPH, *, is_head: bool
    ) -> None:
        into.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
        paragraph = into.paragraphs[0]
        paragraph.alignment = side
        # A line is as high as the pitch here, and as its letters where the typesetter sets it.
        edge = Pt(max(0.0, self.sizes.cell - (self.sizes.table_line - self.sizes.table) / 2))
        paragraph.paragraph_format.space_before = edge
        paragraph.paragraph_format.space_after = edge
        self._pitch(paragraph, self.sizes.table_line)
        for name in ("w:autoSpaceDE", "w:autoSpaceDN"):
            _switch_off(paragraph, name)
        tone = palette.OUTLOOK[cell.outlook] if cell.outlook else None
        if is_head or tone:
            _shade(into, "eef1f4" if tone is None else tone.fill.lstrip("#"))
        role: Role = "heading" if is_head else "text"
        bold = cell.bold or (is_head and not self.zh)
        lines = cell.text.split("\n")
        for n, words in enumerate(lines):
            run = self._run(paragraph, words, role, self.sizes.table, bold=bold)
            if tone:
                run.font.color.rgb = RGBColor.from_string(tone.ink.lstrip("#").upper())
            if n < len(lines) - 1:
                run.add_break()

    def _figure(self, block: Figure) -> None:
        try:
            image = picture(block.svg)
        except RunError:
            words = t("paper.figure-in-words", self.paper.lang, words=block.alt)
            self._paragraph(Paragraph(words, "note"))
        else:
            paragraph = self.document.add_paragraph()
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
            paragraph.paragraph_format.keep_with_next = True
            run = self._run(paragraph, "", "text", self.sizes.text)
            shape = run.add_picture(io.BytesIO(image), width=Mm(typography.AREA_WIDTH_MM))
            shape._inline.docPr.set("descr", block.alt)
            for side in ("distT", "distB", "distL", "distR"):
                shape._inline.set(side, "0")  # left out, some readers keep an eighth of an inch
        self._centred(
            block.caption, "heading", self.sizes.note, self.sizes.note_line, bold=not self.zh
        )

    def _centred(
        self,
        words: str,
        role: Role,
        size: float,
        line: float,
        *,
        bold: bool = False,
        style: str | None = None,
    ) -> WordParagraph:
        paragraph = self.document.add_paragraph(style=style)
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        self._pitch(paragraph, line)
        self._run(paragraph, words, role, size, bold=bold or (role == "title" and not self.zh))
        return paragraph

    def _gap(self, height: float) -> None:
        """Keep two tables apart, which Word would join."""
        paragraph = self.document.add_paragraph()
        self._pitch(paragraph, height)
        self._run(paragraph, "", "text", 1)

    # How it looks -------------------------------------------------------------------------------

    def _styles(self) -> None:
        for style in self.document.styles:
            _name_fonts(style, NAMED["text"])
        # The defaults, and what table styles say of single rows, belong to no style by themselves.
        for fonts in self.document.styles.element.iter(qn("w:rFonts")):
            _set_fonts(fonts, NAMED["text"])
        normal = self.document.styles["Normal"]
        normal.font.size = Pt(self.sizes.text)
        normal.font.name = LATIN
        _name_fonts(normal, NAMED["text"])
        normal.paragraph_format.space_after = Pt(0)
        for name, role in (("Title", "title"), ("Heading 1", "heading"), ("Heading 2", "subheading")):
            style = self.document.styles[name]
            size = self.sizes.title if name == "Title" else self.sizes.text
            style.font.size, style.font.bold = Pt(size), not self.zh
            style.font.color.rgb = RGBColor(0, 0, 0)
            style.paragraph_format.space_before = Pt(0)
            style.paragraph_format.space_after = Pt(0)
            _name_fonts(style, NAMED[role])  # type: ignore[index]
            _without_border(style)
        _other_names(self.document)

    def _pitch(self, paragraph: WordParagraph, line: float) -> None:
        shape = paragraph.paragraph_format
        shape.line_spacing_rule = WD_LINE_SPACING.EXACTLY
        shape.line_spacing = Twips(int(line * _TWIPS_PER_PT))
        if shape.space_after is None:
            shape.space_after = Pt(0)

    def _run(
        self, paragraph: WordParagraph, words: str, role: Role, size: float, *, bold: bool = False
    ) -> WordRun:
        run = paragraph.add_run(words)
        run.font.size = Pt(size)
        run.font.bold = bold
        _set_fonts(run._r.get_or_add_rPr().get_or_add_rFonts(), NAMED[role])
        if role in ("text", "heading", "subheading") and size == self.sizes.text:
            _track(run, self.sizes.tracking)
        language = OxmlElement("w:lang")
        language.set(qn("w:val"), "en-US")
        language.set(qn("w:eastAsia"), "zh-CN")
        run._r.rPr.append(language)
        return run

    def _frame(self, grid: WordTable) -> None:
        """Give the cells of a table narrow edges."""
        edge = str(int((2.5 if self.paper.dense else 4) * _TWIPS_PER_PT))
        margins = OxmlElement("w:tblCellMar")
        for side in ("left", "right"):
            element = OxmlElement(f"w:{side}")
            element.set(qn("w:w"), edge)
            element.set(qn("w:type"), "dxa")
            margins.append(element)
        look = grid._tbl.tblPr.find(qn("w:tblLook"))
        look.addprevious(margins)

    def _properties(self) -> None:
        own = self.document.core_properties
        own.title = " ".join(self.paper.title)
        own.author = own.last_modified_by = t("app.name", self.paper.lang)
        own.subject, own.keywords, own.comments = self.paper.name, self.paper.origin, ""
        own.language = "zh-CN" if self.zh else "en"
        own.category, own.revision = self.paper.mark, 1
        own.created = own.modified = self.paper.created.astimezone(UTC).replace(tzinfo=None)


def _name_fonts(style: BaseStyle, east_asian: str) -> None:
    element = style.element
    if style.type is None or not hasattr(element, "get_or_add_rPr"):
        return
    _set_fonts(element.get_or_add_rPr().get_or_add_rFonts(), east_asian)


def _set_fonts(fonts: BaseOxmlElement, east_asian: str) -> None:
    for name in [key for key in fonts.attrib if str(key).endswith("Theme")]:
        del fonts.attrib[name]
    for key, font in (("ascii", LATIN), ("hAnsi", LATIN), ("cs", LATIN), ("eastAsia", east_asian)):
        fonts.set(qn(f"w:{key}"), font)


def _switch_off(paragraph: WordParagraph, name: str) -> None:
    """Switch off the space that Word puts between Chinese characters and others."""
    off = OxmlElement(name)
    off.set(qn("w:val"), "0")
    paragraph._p.get_or_add_pPr().find(qn("w:spacing")).addprevious(off)


def _track(run: WordRun, points: float) -> None:
    """Add space between the characters of a run; Word's grid would do it to every run of a page."""
    spacing = OxmlElement("w:spacing")
    spacing.set(qn("w:val"), str(math.floor(points * _TWIPS_PER_PT)))
    run._r.rPr.find(qn("w:sz")).addprevious(spacing)


def _without_border(style: BaseStyle) -> None:
    shape = style.element.pPr
    if shape is not None:
        for border in shape.findall(qn("w:pBdr")):
            shape.remove(border)


def _shade(cell: WordCell, colour: str) -> None:
    shading = OxmlElement("w:shd")
    shading.set(qn("w:val"), "clear")
    shading.set(qn("w:color"), "auto")
    shading.set(qn("w:fill"), colour)
    cell._tc.get_or_add_tcPr().find(qn("w:vAlign")).addprevious(shading)


def _other_names(document: Document) -> None:
    """Say what stands in for a font that a machine has not, in the table of fonts."""
    table = next(
        part for part in document.part.package.iter_parts() if part.partname == "/word/fontTable.xml"
    )
    fonts = "".join(
        f'<w:font w:name="{name}">'
        + (f'<w:altName w:val="{OTHER_NAMES[name]}"/>' if name in OTHER_NAMES else "")
        + '<w:charset w:val="86"/></w:font>'
        for name in sorted(set(NAMED.values()))
    )
    blob = table.blob.decode("utf-8")
    table._blob = blob.replace("</w:fonts>", f"{fonts}</w:fonts>").encode()


def _dated(content: bytes, created: datetime) -> bytes:
    """Return an archive with one date on all its members: Word's writer takes the clock's."""
    when = created.astimezone(UTC)
    date = (max(_FIRST_YEAR, when.year), *when.timetuple()[1:6])
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            entry = zipfile.ZipInfo(name, date)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o600 << 16
            new.writestr(entry, old.read(name))
    return made.getvalue()

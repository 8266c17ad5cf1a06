"""A paper as a Word file: what secretaries edit; fonts named on every style and every run."""

from __future__ import annotations

import io
from datetime import UTC
from itertools import zip_longest
from typing import TYPE_CHECKING, Final

import docx
from docx.enum.section import WD_SECTION
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK, WD_LINE_SPACING
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor, Twips

from dashboards import palette
from dashboards.exports import ooxml, typography
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
from dashboards.exports.typography import LATIN, NAMED, WHOLE, Role, Sizes
from dashboards.runs import RunError
from dashboards.texts import t

if TYPE_CHECKING:
    from docx.document import Document
    from docx.section import _Footer, _Header
    from docx.table import _Cell as WordCell
    from docx.text.paragraph import Paragraph as WordParagraph
    from docx.text.run import Run as WordRun

_ALIGN: Final = {
    "left": WD_ALIGN_PARAGRAPH.LEFT,
    "center": WD_ALIGN_PARAGRAPH.CENTER,
    "right": WD_ALIGN_PARAGRAPH.RIGHT,
}
_STYLES: Final[dict[str, Role]] = {
    "Title": "title",
    "Heading 1": "heading",
    "Heading 2": "subheading",
}


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
        self._centred(self.paper.subtitle, "subheading", self.sizes.table + 1, self.sizes.text_line)
        self._blocks()
        self._properties()
        package = self.document.part.package
        for key in [key for key, rel in package.rels.items() if rel.reltype.endswith("thumbnail")]:
            del package.rels[key]  # the writer's own, of an empty page
        raw = io.BytesIO()
        self.document.save(raw)
        return ooxml.dated(raw.getvalue(), self.paper.created)

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
        for grid in list(self.document.element.iter(qn("w:docGrid"))):
            grid.getparent().remove(grid)  # lines and letters have their own measures

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
        ooxml.make_page_number(run)
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
        ooxml.narrow(grid, 2.5 if self.paper.dense else 4)
        total = sum(block.shares)
        widths = [Mm(typography.AREA_WIDTH_MM * share / total) for share in block.shares]
        for column, width in zip(grid.columns, widths, strict=True):
            column.width = width
        for i, (cells, line) in enumerate(zip(rows, grid.rows, strict=True)):
            is_head = bool(block.head) and i == 0
            ooxml.keep_whole(line)
            if is_head:
                ooxml.repeat(line)
            for place, (cell, into) in enumerate(zip(cells, line.cells, strict=True)):
                into.width = widths[place]
                side = "center" if is_head else block.align[place]
                self._cell(into, cell, _ALIGN[side], is_head=is_head)
                whole = len(rows) <= WHOLE and i < len(rows) - 1
                if is_head or whole or i == len(rows) - 2:
                    into.paragraphs[0].paragraph_format.keep_with_next = True
        self._gap(3 if self.paper.dense else 8)

    def _cell(self, into: WordCell, cell: Cell, side: WD_ALIGN_PARAGRAPH, *, is_head: bool) -> None:
        into.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
        paragraph = into.paragraphs[0]
        paragraph.alignment = side
        # A line is as high as the pitch here, and as its letters where the typesetter sets it.
        edge = Pt(max(0.0, self.sizes.cell - (self.sizes.table_line - self.sizes.table) / 2))
        paragraph.paragraph_format.space_before = edge
        paragraph.paragraph_format.space_after = edge
        self._pitch(paragraph, self.sizes.table_line)
        ooxml.close_up(paragraph)
        tone = palette.OUTLOOK[cell.outlook] if cell.outlook else None
        if is_head or tone:
            ooxml.shade(into, "eef1f4" if tone is None else tone.fill.lstrip("#"))
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
            ooxml.describe(shape, block.alt)
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
            ooxml.name_fonts_of_style(style, NAMED["text"])
        # The defaults, and what table styles say of single rows, belong to no style by themselves.
        for fonts in self.document.styles.element.iter(qn("w:rFonts")):
            ooxml.set_fonts(fonts, NAMED["text"])
        normal = self.document.styles["Normal"]
        normal.font.size = Pt(self.sizes.text)
        normal.font.name = LATIN
        ooxml.name_fonts_of_style(normal, NAMED["text"])
        normal.paragraph_format.space_after = Pt(0)
        for name, role in _STYLES.items():
            style = self.document.styles[name]
            size = self.sizes.title if name == "Title" else self.sizes.text
            style.font.size, style.font.bold = Pt(size), not self.zh
            style.font.color.rgb = RGBColor(0, 0, 0)
            style.paragraph_format.space_before = Pt(0)
            style.paragraph_format.space_after = Pt(0)
            ooxml.name_fonts_of_style(style, NAMED[role])
            ooxml.without_border(style)
        ooxml.other_names(self.document)

    def _pitch(self, paragraph: WordParagraph, line: float) -> None:
        shape = paragraph.paragraph_format
        shape.line_spacing_rule = WD_LINE_SPACING.EXACTLY
        shape.line_spacing = Twips(int(line * ooxml.TWIPS_PER_PT))
        if shape.space_after is None:
            shape.space_after = Pt(0)

    def _run(
        self, paragraph: WordParagraph, words: str, role: Role, size: float, *, bold: bool = False
    ) -> WordRun:
        run = paragraph.add_run(words)
        run.font.size = Pt(size)
        run.font.bold = bold
        ooxml.name_fonts(run, NAMED[role])
        if role in ("text", "heading", "subheading") and size == self.sizes.text:
            ooxml.track(run, self.sizes.tracking)
        return run

    def _properties(self) -> None:
        own = self.document.core_properties
        own.title = " ".join(self.paper.title)
        own.author = own.last_modified_by = t("app.name", self.paper.lang)
        own.subject, own.keywords, own.comments = self.paper.name, self.paper.origin, ""
        own.language = "zh-CN" if self.zh else "en"
        own.category, own.revision = self.paper.mark, 1
        own.created = own.modified = self.paper.created.astimezone(UTC).replace(tzinfo=None)

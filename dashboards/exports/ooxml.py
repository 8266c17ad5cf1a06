# ruff: noqa: SLF001 - python-docx keeps the elements of its objects behind an underscore.
"""What Word files hold and python-docx has no words for: fonts by script, fields, fixed dates."""

from __future__ import annotations

import io
import math
import zipfile
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from dashboards.exports.typography import LATIN, NAMED, OTHER_NAMES

if TYPE_CHECKING:
    from docx.document import Document
    from docx.oxml.xmlchemy import BaseOxmlElement
    from docx.shape import InlineShape
    from docx.styles.style import BaseStyle
    from docx.table import Table, _Cell, _Row
    from docx.text.paragraph import Paragraph
    from docx.text.run import Run

TWIPS_PER_PT: Final = 20
_FIRST_YEAR: Final = 1980
"""Of the dates a ZIP archive can hold."""


def name_fonts(run: Run, east_asian: str) -> None:
    """Name the fonts of a run, and the languages that choose its glyphs and its spelling."""
    properties = run._r.get_or_add_rPr()
    set_fonts(properties.get_or_add_rFonts(), east_asian)
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), "en-US")
    language.set(qn("w:eastAsia"), "zh-CN")
    properties.append(language)


def name_fonts_of_style(style: BaseStyle, east_asian: str) -> None:
    """Name the fonts of a style, where it has any."""
    element = style.element
    if hasattr(element, "get_or_add_rPr"):
        set_fonts(element.get_or_add_rPr().get_or_add_rFonts(), east_asian)


def set_fonts(fonts: BaseOxmlElement, east_asian: str) -> None:
    """Name the fonts of every script; a theme's would go before them."""
    for name in [key for key in fonts.attrib if str(key).endswith("Theme")]:
        del fonts.attrib[name]
    for key, font in (("ascii", LATIN), ("hAnsi", LATIN), ("cs", LATIN), ("eastAsia", east_asian)):
        fonts.set(qn(f"w:{key}"), font)


def other_names(document: Document) -> None:
    """Say what stands in for a font that a machine has not, in the table of fonts."""
    parts = document.part.package.iter_parts()
    table = next(part for part in parts if part.partname == "/word/fontTable.xml")
    fonts = "".join(
        f'<w:font w:name="{name}">'
        + (f'<w:altName w:val="{OTHER_NAMES[name]}"/>' if name in OTHER_NAMES else "")
        + '<w:charset w:val="86"/></w:font>'
        for name in sorted(set(NAMED.values()))
    )
    blob = table.blob.decode("utf-8")
    table._blob = blob.replace("</w:fonts>", f"{fonts}</w:fonts>").encode()


def track(run: Run, points: float) -> None:
    """Add space between the characters of a run; Word's grid would do it to every run of a page."""
    spacing = OxmlElement("w:spacing")
    spacing.set(qn("w:val"), str(math.floor(points * TWIPS_PER_PT)))
    run._r.get_or_add_rPr().insert_element_before(spacing, "w:sz", "w:lang")


def close_up(paragraph: Paragraph) -> None:
    """Switch off the space that Word puts between Chinese characters and others."""
    for name in ("w:autoSpaceDE", "w:autoSpaceDN"):
        off = OxmlElement(name)
        off.set(qn("w:val"), "0")
        paragraph._p.get_or_add_pPr().insert_element_before(off, "w:spacing", "w:ind", "w:jc")


def make_page_number(run: Run) -> None:
    """Turn a run into the number of the page it stands on."""
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    run._r.addprevious(field)
    field.append(run._r)
    run.text = "1"


def keep_whole(row: _Row) -> None:
    """Keep a row of a table on one page."""
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))


def repeat(row: _Row) -> None:
    """Repeat a row on every page its table runs over."""
    row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))


def narrow(table: Table, edge_pt: float) -> None:
    """Give the cells of a table narrow edges at their sides."""
    margins = OxmlElement("w:tblCellMar")
    for side in ("left", "right"):
        element = OxmlElement(f"w:{side}")
        element.set(qn("w:w"), str(int(edge_pt * TWIPS_PER_PT)))
        element.set(qn("w:type"), "dxa")
        margins.append(element)
    table._tbl.tblPr.insert_element_before(margins, "w:tblLook")


def shade(cell: _Cell, colour: str) -> None:
    """Fill a cell with a colour such as ``eef1f4``."""
    shading = OxmlElement("w:shd")
    shading.set(qn("w:val"), "clear")
    shading.set(qn("w:color"), "auto")
    shading.set(qn("w:fill"), colour)
    cell._tc.get_or_add_tcPr().insert_element_before(shading, "w:vAlign")


def describe(shape: InlineShape, words: str) -> None:
    """Say in words what a picture shows, and keep nothing around it."""
    shape._inline.docPr.set("descr", words)
    for side in ("distT", "distB", "distL", "distR"):
        shape._inline.set(side, "0")  # left out, some readers keep an eighth of an inch


def without_border(style: BaseStyle) -> None:
    """Take the line under its paragraphs from a style."""
    shape = style.element.pPr
    if shape is not None:
        for border in shape.findall(qn("w:pBdr")):
            shape.remove(border)


def dated(content: bytes, created: datetime) -> bytes:
    """Return an archive with one date on all its members: Word's writer takes the clock's."""
    when = created.astimezone(UTC)
    date = (max(_FIRST_YEAR, when.year), when.month, when.day, when.hour, when.minute, when.second)
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            entry = zipfile.ZipInfo(name, date)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o600 << 16
            new.writestr(entry, old.read(name))
    return made.getvalue()

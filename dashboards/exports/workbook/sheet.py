"""One sheet of the workbook: cells by kind of value, tables, and a page that prints whole."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final

from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from dashboards.exports.workbook.cells import Column, Formula, Value, choices, harmless, width_of
from dashboards.exports.workbook.styles import Style

if TYPE_CHECKING:
    from dashboards.exports.workbook.book import Book

_DEFAULT_WIDTH: Final = 8.43

A3: Final = 8
"""Excel's number of the paper."""

FIRST: Final = 3
"""First row under the title and the note."""

_STRETCH: Final = 1.5
"""How much wider than foreseen a column of texts may get before its texts take two lines."""

LINE: Final = 16.5
"""Height of a line in points."""


class Sheet:
    """A worksheet with the book's styles.

    Rows and columns count from 0.

    Parameters
    ----------
    book
        Where it belongs.
    worksheet
        What it writes to.
    key
        Its kind in the catalogue, under ``workbook``.
    across
        Columns that notes span.
    """

    def __init__(self, book: Book, worksheet: Worksheet, key: str, across: int) -> None:
        self.book = book
        self.worksheet = worksheet
        self.key = key
        self.across = across
        self._widths: dict[int, float] = {}

    @property
    def name(self) -> str:
        """What its tab says."""
        return str(self.worksheet.get_name())

    def set_up(
        self, header: str, footer: str, kept: tuple[int, int], repeated: tuple[int, int] | None
    ) -> None:
        """Set paper, margins, header and footer, what stays in sight and what is printed again."""
        page = self.worksheet
        page.set_landscape()
        page.set_paper(A3)
        page.fit_to_pages(1, 0)
        page.set_margins(left=0.4, right=0.4, top=0.7, bottom=0.7)
        page.set_header(header)
        page.set_footer(footer)
        page.hide_gridlines(2)
        rows, columns = kept
        if rows or columns:
            page.freeze_panes(rows, columns)
        if repeated is not None:
            page.repeat_rows(*repeated)
        if columns:
            page.repeat_columns(0, columns - 1)

    def open(self, title: str, note: str) -> None:
        """Write the title and, under it, what the sheet holds; call once widths are known."""
        self.put(0, 0, title, "title")
        self.worksheet.set_row(0, 26)
        self.note(1, note)

    def note(self, row: int, words: str, style: Style = "note") -> None:
        """Write words across the sheet, as many lines high as they need."""
        own = sum(self.width_at(column) for column in range(self.across))
        lines = _lines(words, own)
        self.worksheet.set_row(row, LINE * lines + (0 if style == "note" else 6))
        text, form = harmless(words), self.book.style(style)
        if self.across > 1:
            self.worksheet.merge_range(row, 0, row, self.across - 1, text, form)
        else:
            self.worksheet.write_string(row, 0, text, form)

    def section(self, row: int, words: str) -> None:
        """Write the heading of a part of the sheet."""
        self.put(row, 0, words, "section")

    def one_page(self) -> None:
        """Print the sheet on one page, however small it gets."""
        self.worksheet.fit_to_pages(1, 1)

    def width_at(self, column: int) -> float:
        """Return the width of a column in characters."""
        return self._widths.get(column, _DEFAULT_WIDTH)

    def widths(self, widths: Mapping[int, float]) -> None:
        """Set widths of columns in characters; a column keeps the largest it was given."""
        for column, width in widths.items():
            if width > self._widths.get(column, 0):
                self._widths[column] = width
                self.worksheet.set_column(column, column, width)

    def put(
        self, row: int, column: int, value: Value, style: Style = "text", tone: str | None = None
    ) -> None:
        """Write one cell."""
        self.write(row, column, value, self.book.style(style, tone))

    def write(self, row: int, column: int, value: Value, form: Format) -> None:
        """Write one cell in a format: each kind of value as what it is, a text never as more."""
        page = self.worksheet
        match value:
            case None:
                page.write_blank(row, column, None, form)
            case Formula(expression, known):
                page.write_formula(row, column, expression, form, known)
            case str():
                page.write_string(row, column, harmless(value), form)
            case date():
                moment = datetime(value.year, value.month, value.day)
                page.write_datetime(row, column, moment, form)
            case _:
                page.write_number(row, column, value, form)

    def head(self, row: int, columns: Sequence[Column], first: int = 0) -> None:
        """Write the heads of columns and set their widths."""
        self.widths({first + i: column.width for i, column in enumerate(columns)})
        for i, column in enumerate(columns):
            self.put(row, first + i, column.label, "head")
        self.fit(row, [(column.label, self._widths[first + i]) for i, column in enumerate(columns)])

    def table(
        self,
        row: int,
        columns: Sequence[Column],
        rows: Iterable[Sequence[Value]],
        *,
        filtered: bool = False,
    ) -> int:
        """Write a table and return the row after it; one without rows says so.

        Parameters
        ----------
        row
            Row of its heads.
        columns, rows
            What stands there; a text in a column of numbers is written as a text.
        filtered
            Give its heads buttons to filter by; one table a sheet can.
        """
        own = [tuple(values) for values in rows]
        self.head(row, [_wide_enough(x, (y[i] for y in own)) for i, x in enumerate(columns)])
        after = row + 1
        for values in own:
            for i, (column, value) in enumerate(zip(columns, values, strict=True)):
                number = not isinstance(value, str) or column.style in ("id", "mark", "link")
                self.put(after, i, value, column.style if number else "text")
            self.fit(after, [(x, self._widths[i]) for i, x in enumerate(values)])
            after += 1
        if after == row + 1:
            self.put(after, 0, self.book.t("app.none"))
            return after + 1
        if filtered:
            self.worksheet.autofilter(row, 0, after - 1, len(columns) - 1)
        return after

    def fit(self, row: int, values: Sequence[tuple[Value, float]]) -> None:
        """Make a row as high as its texts need in the widths they have.

        Not every program does so by itself, and none before the file is opened.
        """
        texts = [(x, width) for x, width in values if isinstance(x, str)]
        lines = max((_lines(x, width - 2) for x, width in texts), default=1)
        if lines > 1:
            self.worksheet.set_row(row, LINE * lines)

    def colour(self, cells: tuple[int, int, int, int], words: Mapping[str, str]) -> None:
        """Colour cells by the word in them, now and after an edit: tone by word."""
        for word, tone in words.items():
            self.worksheet.conditional_format(
                *cells,
                {
                    "type": "cell",
                    "criteria": "==",
                    "value": f'"{word}"',
                    "format": self.book.tone(tone),
                },
            )

    def allow(self, cells: tuple[int, int, int, int], words: tuple[str, ...], said: str) -> None:
        """Let cells hold these words alone, and say so to whoever types another."""
        self.worksheet.data_validation(
            *cells,
            {
                "validate": "list",
                "source": choices(words),
                "error_title": self.book.t("workbook.not_allowed"),
                "error_message": said,
            },
        )

    def insert(self, row: int, column: int, chart: Any, size: tuple[int, int]) -> int:
        """Place a chart, its size in pixels, and return the row after it."""
        width, height = size
        chart.set_size({"width": width, "height": height})
        self.worksheet.insert_chart(row, column, chart, {"object_position": 2})
        return row + math.ceil(height / 20) + 1


def _wide_enough(column: Column, values: Iterable[Value]) -> Column:
    """Return a column of texts that is wide enough for most of them, within reason."""
    if column.style != "text":
        return column
    longest = max((width_of(x) + 4 for x in values if isinstance(x, str)), default=0)
    return replace(column, width=min(max(column.width, longest), _STRETCH * column.width))


def _lines(text: str, width: float) -> int:
    """Return how many lines a text takes in so many narrow characters."""
    return sum(math.ceil(max(1, width_of(x)) / max(2, width)) for x in text.split("\n"))

"""The workbook under construction: its run and language, its formats, its sheets in order."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC
from functools import cached_property
from io import BytesIO
from typing import Any, Final

from xlsxwriter import Workbook
from xlsxwriter.format import Format

from dashboards import notices
from dashboards.exports.workbook.sheet import Sheet
from dashboards.exports.workbook.styles import FONT, STYLES, Style, toned
from dashboards.labels import person_labels, rows_of
from dashboards.rota import status_table
from dashboards.runs import Run
from dashboards.texts import t
from scenarios.model import Scenario
from scenarios.part import Lang

_TITLE_LENGTH: Final = 60
"""Characters of a scenario's title that headers and footers, 255 in all, have room for."""


class Book:
    """A workbook of one run in one language.

    Parameters
    ----------
    run
        The run.
    lang
        Language of all words.
    """

    def __init__(self, run: Run, lang: Lang) -> None:
        self.run = run
        self.lang: Lang = lang
        self.sheets: list[Sheet] = []
        self._rows: dict[str, list[dict[str, Any]]] = {}
        self._content = BytesIO()
        self._file = Workbook(
            self._content,
            {
                "in_memory": True,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
                "default_format_properties": {"font_name": FONT, "font_size": 10},
            },
        )
        self._formats: dict[tuple[tuple[str, object], ...], Format] = {}
        title = self.scenario.title.get(lang)
        self._file.set_properties(
            {
                "title": title,
                "subject": self.t("workbook.title"),
                "author": self.t("app.name"),
                "category": self.t("workbook.level"),
                "created": run.head.created.astimezone(UTC).replace(tzinfo=None),
            }
        )

    @property
    def scenario(self) -> Scenario:
        """The run's scenario."""
        return self.run.scenario

    @cached_property
    def persons(self) -> dict[str, str]:
        """What each person is called, in the scenario's order."""
        return person_labels(self.scenario, self.lang)

    @cached_property
    def status(self) -> Mapping[tuple[str, str], str]:
        """Status by person and ISO date, as the run's table has it now."""
        return status_table(self.run.table("calendar"))

    def rows(self, table: str) -> list[dict[str, Any]]:
        """Return the rows of a table of the run; each table is read once."""
        if table not in self._rows:
            self._rows[table] = rows_of(self.run.table(table))
        return self._rows[table]

    def t(self, key: str, **values: object) -> str:
        """Return a text of the catalogue in the book's language."""
        return t(key, self.lang, **values)

    def style(self, style: Style, tone: str | None = None, **more: object) -> Format:
        """Return the format of a style, with a tone and further properties over it."""
        own = {**STYLES[style], **(toned(tone) if tone else {}), **more}
        return self._format({"font_name": FONT, "font_size": 10, **own})

    def tone(self, tone: str) -> Format:
        """Return a tone as a conditional format: it changes the fill and the ink alone."""
        return self._format(toned(tone))

    def sheet(
        self,
        name: str,
        key: str,
        *,
        across: int,
        kept: tuple[int, int] = (0, 0),
        repeated: tuple[int, int] | None = None,
    ) -> Sheet:
        """Add a sheet that opens with its title and what it holds.

        Parameters
        ----------
        name
            What its tab says.
        key
            Its kind in the catalogue: ``workbook.<key>.title`` and ``.note``.
        across
            Columns that its note spans.
        kept
            Rows and columns at the top left that stay on the screen; the columns on every page.
        repeated
            First and last row that are printed on every page: the heads of the one table.
        """
        found = Sheet(self, self._file.add_worksheet(name), key, across)
        found.set_up(self._header(name), self._footer(), kept, repeated)
        self.sheets.append(found)
        return found

    def chart(self, kind: str, subtype: str | None = None) -> Any:
        """Return a new chart; a sheet inserts it."""
        return self._file.add_chart({"type": kind, **({"subtype": subtype} if subtype else {})})

    def finish(self) -> bytes:
        """Close the workbook and return its content."""
        self._file.close()
        return self._content.getvalue()

    def _header(self, name: str) -> str:
        flags = [self.t("workbook.level")]
        if notices.invented(self.scenario, self.lang):
            flags.append(self.t("workbook.flag.invented"))
        if notices.predicted(self.scenario, self.lang):
            flags.append(self.t("workbook.flag.predicted"))
        if self.run.edited():
            flags.append(self.t("workbook.flag.edited"))
        return f"&L{self._title()} · {_plain(name)}&R{_plain(self.t('workbook.dot').join(flags))}"

    def _footer(self) -> str:
        head = self.run.head
        hashes = self.t(
            "workbook.footer", plan=head.plan_hash[:12], scenario=head.scenario_hash[:12]
        )
        return f"&L{_plain(hashes)}&R{self.t('workbook.page', page='&P', pages='&N')}"

    def _title(self) -> str:
        return _plain(self.scenario.title.get(self.lang)[:_TITLE_LENGTH])

    def _format(self, properties: Mapping[str, object]) -> Format:
        key = tuple(sorted(properties.items()))
        if key not in self._formats:
            self._formats[key] = self._file.add_format(dict(properties))
        return self._formats[key]


def _plain(text: str) -> str:
    """Return a text in which a header sees no codes."""
    return text.replace("&", "&&")

"""Faults of data as a table: sheet, row, column, what was found, what is allowed, what to do."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from dashboards import markup
from dashboards.markup import SHORT, Align, Cell
from dashboards.texts import t
from scenarios.faults import Fault
from scenarios.part import Lang
from scenarios.workbook.grid import SETTINGS_KEY, letter, sheet_key
from scenarios.workbook.layout import SETTING_COLUMNS, SETTINGS_TITLE, SHEETS

SHOWN: Final = 200
"""Faults that the table lists; it says how many there are."""

_SPOT = re.compile(
    r"(?P<sheet>.*?) (?:row|line) (?P<row>\d+)(?: column (?P<column>\w+))?(?:, (?P<keys>.*))?"
)
_SETTINGS = tuple(SETTING_COLUMNS.values())


def fault_rows(faults: Sequence[Fault], lang: Lang, *, by_title: bool = False) -> list[list[str]]:
    """Return a row for each fault: sheet, row, column, found, allowed, advice.

    A column goes by its letters, or by its title where the table has no letters.
    """
    return [
        [
            *_spot(fault, lang, by_title),
            fault.found.get(lang),
            fault.allowed.get(lang),
            fault.remedy.get(lang) if fault.remedy else "",
        ]
        for fault in faults
    ]


def fault_table(faults: Sequence[Fault], lang: Lang, *, by_title: bool = False) -> str:
    """Return the faults as HTML under a line that says how many there are."""
    rows: list[Sequence[Cell]] = list(fault_rows(faults[:SHOWN], lang, by_title=by_title))
    keys = ("sheet", "row", "column", "found", "allowed", "advice")
    head = [t(f"app.data.column.{key}", lang) for key in keys]
    said = markup.notice(t("app.data.faults", lang, n=len(faults)), "alert")
    if len(faults) > SHOWN:
        said += markup.paragraph(t("app.data.faults.more", lang, n=SHOWN))
    align: tuple[Align, ...] = (SHORT, SHORT, SHORT, "text", "text", "text")
    caption = t("app.data.faults.caption", lang)
    return said + markup.table(head, rows, caption=caption, align=align, tall=True)


def _spot(fault: Fault, lang: Lang, by_title: bool) -> tuple[str, str, str]:
    """Return sheet, row and column; what belongs to no cell says where in the first."""
    match = _SPOT.fullmatch(fault.where)
    if match is None:
        return fault.place(lang), "", ""
    if match["sheet"] == SETTINGS_KEY:
        # The rows of a form: people know a setting by its title, not by a number.
        setting = _SETTINGS[int(match["row"]) - 2]
        return SETTINGS_TITLE.get(lang), "", setting.title.get(lang)
    key = sheet_key(match["sheet"])
    column = match["column"] or ""
    if key is None or key not in SHEETS:
        place = ", ".join(filter(None, (match["sheet"], match["keys"])))
        return place, match["row"], column
    if by_title and column:
        letters = {letter(i): c.title.get(lang) for i, c in enumerate(SHEETS[key].columns)}
        column = letters.get(column, column)
    return SHEETS[key].title.get(lang), match["row"], column

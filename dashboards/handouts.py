"""What each page hands out: its files by the page's name, made from the run it shows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from dashboards.downloads import Download
from dashboards.frame import View
from dashboards.runs import Run
from scenarios.part import Lang

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def of(page: str, view: View) -> list[Download]:
    """Return the files of a page in the order in which they are offered; none where it has none."""
    return [download for make in _PAGES.get(page, ()) for download in make(view)]


def workbooks(view: View) -> list[Download]:
    """Return the workbook, in the language of the page."""
    run, lang = view.run, view.lang
    return [Download("workbook", f"{run.id}-{lang}.xlsx", XLSX, lambda: _workbook(run, lang))]


def _workbook(run: Run, lang: Lang) -> bytes:
    from dashboards.exports.workbook import workbook

    return workbook(run, lang)


_PAGES: Final[Mapping[str, tuple[Callable[[View], list[Download]], ...]]] = {
    "calendar": (workbooks,),
    "forecast": (workbooks,),
}

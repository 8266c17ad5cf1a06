"""What each page hands out: its files by the page's name, made from the run it shows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Final

from dashboards.downloads import Download
from dashboards.frame import View
from dashboards.runs import Run
from scenarios.part import Lang

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ZIP: Final = "application/zip"
DOCX: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PDF: Final = "application/pdf"


def of(page: str, view: View) -> list[Download]:
    """Return the files of a page in the order in which they are offered; none where it has none."""
    return [download for make in _PAGES.get(page, ()) for download in make(view)]


def workbooks(view: View) -> list[Download]:
    """Return the workbook, in the language of the page."""
    run, lang = view.run, view.lang
    return [Download("workbook", f"{run.id}-{lang}.xlsx", XLSX, lambda: _workbook(run, lang))]


def calendars(view: View) -> list[Download]:
    """Return the calendar files of everybody, each bureau and each person, as one ZIP file."""
    run, lang = view.run, view.lang
    return [Download("calendars", f"{run.id}-{lang}.zip", ZIP, lambda: _calendars(run, lang))]


def _calendars(run: Run, lang: Lang) -> bytes:
    from dashboards.exports.ics import archive
    from dashboards.publications import history

    # A published version updates what was imported of the versions before it.
    own = [x for x in history(run.folder.parent, run.scenario.id) if x.run == run.id]
    return archive(run, lang, sequence=max((x.version for x in own), default=0))


def _workbook(run: Run, lang: Lang) -> bytes:
    from dashboards.exports.workbook import workbook

    return workbook(run, lang)


def briefs(view: View) -> list[Download]:
    """Return the leader's brief as of the page's day; as PDF where this machine can set one."""
    from dashboards.exports.typesetting import ready

    run, lang, day = view.run, view.lang, view.as_of
    file = f"brief-{run.id}-{lang}"
    found = [Download("brief-docx", f"{file}.docx", DOCX, lambda: _brief(run, lang, day))]
    if ready():
        found.append(
            Download("brief-pdf", f"{file}.pdf", PDF, lambda: _brief(run, lang, day, as_pdf=True))
        )
    return found


def leave_notices(view: View) -> list[Download]:
    """Return the notice of all leaves."""
    run, lang, day = view.run, view.lang, view.as_of
    file = f"leave-notice-{run.id}-{lang}.docx"
    return [Download("leave-notice", file, DOCX, lambda: _leave_notice(run, lang, day))]


def itineraries(view: View) -> list[Download]:
    """Return the itineraries of all groups, a page each."""
    run, lang, day = view.run, view.lang, view.as_of
    file = f"itinerary-{run.id}-{lang}.docx"
    return [Download("itinerary", file, DOCX, lambda: _itinerary(run, lang, day))]


def budget_requests(view: View) -> list[Download]:
    """Return the attachment to a budget request, with the lump sums of the scenario."""
    run, lang, day = view.run, view.lang, view.as_of
    file = f"budget-request-{run.id}-{lang}.docx"
    return [Download("budget-request", file, DOCX, lambda: _budget_request(run, lang, day))]


def _brief(run: Run, lang: Lang, day: date, *, as_pdf: bool = False) -> bytes:
    from dashboards.exports.brief import brief
    from dashboards.exports.docx import word
    from dashboards.exports.pdf import pdf

    paper = brief(run, lang, day)
    return pdf(paper) if as_pdf else word(paper)


def _leave_notice(run: Run, lang: Lang, day: date) -> bytes:
    from dashboards.exports.docx import word
    from dashboards.exports.leave_notice import leave_notice

    return word(leave_notice(run, lang, day))


def _itinerary(run: Run, lang: Lang, day: date) -> bytes:
    from dashboards.exports.docx import word
    from dashboards.exports.itinerary import itinerary

    return word(itinerary(run, lang, day))


def _budget_request(run: Run, lang: Lang, day: date) -> bytes:
    from dashboards.exports.budget_request import budget_request
    from dashboards.exports.docx import word

    return word(budget_request(run, lang, day))


_PAGES: Final[Mapping[str, tuple[Callable[[View], list[Download]], ...]]] = {
    "budget": (budget_requests,),
    "calendar": (workbooks, calendars, leave_notices),
    "cockpit": (briefs, workbooks),
    "forecast": (workbooks,),
    "rules": (workbooks,),
    "score": (workbooks,),
    "visits": (itineraries, calendars, workbooks),
}

"""The workbook people take away: a run's rota, visits, audit and forecast as one ``.xlsx``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dashboards.exports.workbook.allocation import add_allocation
from dashboards.exports.workbook.assumptions import add_assumptions
from dashboards.exports.workbook.attendance import add_attendance
from dashboards.exports.workbook.audit import add_audit
from dashboards.exports.workbook.beside import Allotment
from dashboards.exports.workbook.book import Book
from dashboards.exports.workbook.companies import add_companies
from dashboards.exports.workbook.cover import fill_cover, open_cover
from dashboards.exports.workbook.curves import add_curves
from dashboards.exports.workbook.drivers import add_drivers
from dashboards.exports.workbook.funnel import add_funnel
from dashboards.exports.workbook.leaves import add_leaves
from dashboards.exports.workbook.meta import add_meta
from dashboards.exports.workbook.months import add_months
from dashboards.exports.workbook.obligations import add_obligations
from dashboards.exports.workbook.odds import add_odds
from dashboards.exports.workbook.scores import add_scores
from dashboards.exports.workbook.statistics import add_statistics
from dashboards.exports.workbook.trips import add_trips
from dashboards.exports.workbook.unplaced import add_unplaced
from dashboards.exports.workbook.visits import add_visits
from dashboards.exports.workbook.year import add_year
from dashboards.runs import Run, RunError
from scenarios.part import Lang


def workbook(
    run: Run,
    lang: Lang,
    *,
    allocation: Allotment | None = None,
    drivers: Mapping[str, Any] | None = None,
) -> bytes:
    """Make the workbook of a run; the same run gives the same bytes.

    Parameters
    ----------
    run
        The run. One without a forecast has no sheets of odds; tables edited by hand are shown as
        they are now, and the workbook says so.
    lang
        Language of all words.
    allocation, drivers
        How the money should be split, and the content of ``drivers.json``; left out where nobody
        asked.

    Raises
    ------
    RunError
        When a part of the run is missing or damaged, or an edited table no longer fits the
        scenario.
    """
    try:
        return _made(run, lang, allocation, drivers)
    except (KeyError, ValueError, StopIteration) as error:
        edited = run.edited()
        if not edited:
            raise
        problem = str(error) or "?"
        raise RunError("app.edited.broken", files=", ".join(edited), problem=problem) from error


def _made(
    run: Run, lang: Lang, allocation: Allotment | None, drivers: Mapping[str, Any] | None
) -> bytes:
    book = Book(run, lang)
    cover = open_cover(book)
    add_year(book)
    add_months(book)
    add_statistics(book)
    add_leaves(book)
    add_visits(book)
    add_companies(book)
    add_trips(book)
    add_unplaced(book)
    add_obligations(book)
    add_audit(book)
    if run.has_forecast:
        add_odds(book)
        add_curves(book)
        add_funnel(book)
        if drivers is not None:
            add_drivers(book, drivers)
        add_scores(book)
    add_assumptions(book)
    if allocation is not None:
        add_allocation(book, allocation)
    add_attendance(book)
    add_meta(book)
    fill_cover(cover)
    return book.finish()

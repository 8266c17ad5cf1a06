"""Companies: each in one group, or told why not and who receives it instead."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from planner.audit.books import Books
from planner.audit.finding import Finding, breaches, rule
from planner.audit.rows import UnplacedRow

ONCE = rule("company-once")
"""No company comes twice."""

ANSWERED = rule("company-answered")
"""Every company is placed or listed as unplaced, and never both."""

REASON = rule("unplaced-reason")
"""``screened-out`` is said of the companies that failed screening and of no others."""

ALTERNATIVE = rule("unplaced-alternative")
"""An unplaced company is received by its chain's lead unit or the Office, on a day on which visits
may run and the company can come; one that failed screening by nobody (V4)."""

RULES = (ONCE, ANSWERED, REASON, ALTERNATIVE)


def check_placing(books: Books) -> Iterator[Finding]:
    """Check what becomes of every company, bureau by bureau."""
    seats = Counter(company for _, company in books.seats)
    answers = {row.company: row for row in books.unplaced}
    for bureau in books.scenario.organisation.bureaus:
        own = [c.id for c in books.scenario.companies if c.bureau == bureau.id]
        twice = [key for key in own if seats[key] > 1]
        yield ONCE.judge(not twice, bureau.id, books.span, "0 twice", breaches(twice))
        neither = [f"{key} neither" for key in own if not seats[key] and key not in answers]
        both = [f"{key} both" for key in own if seats[key] and key in answers]
        amiss = neither + both
        required = f"{len(own)} placed or unplaced"
        actual = breaches(amiss) if amiss else len(own)
        yield ANSWERED.judge(not amiss, bureau.id, books.span, required, actual)
        rows = [answers[key] for key in own if key in answers]
        wrong = [row.company for row in rows if not _reason_fits(books, row)]
        yield REASON.judge(not wrong, bureau.id, books.span, "0 wrong", breaches(wrong))
        wrong = [row.company for row in rows if not _alternative_fits(books, row)]
        yield ALTERNATIVE.judge(not wrong, bureau.id, books.span, "0 wrong", breaches(wrong))


def _reason_fits(books: Books, row: UnplacedRow) -> bool:
    failed = books.companies[row.company].screening == "failed"
    return (row.reason == "screened-out") == failed


def _alternative_fits(books: Books, row: UnplacedRow) -> bool:
    scenario, company = books.scenario, books.companies[row.company]
    if row.day is None:
        return True
    units = (scenario.chain(company.chain).lead_unit, scenario.organisation.office)
    can_come = any(row.day in scenario.days.days_of(window) for window in company.windows)
    received = row.unit in units and books.receives(row.day)
    return company.screening != "failed" and received and can_come

"""The audit: every rule recomputed from the plan's tables alone.

It shares no code with the solver and does not know the plan's own records either: what it reads
are tables, straight from memory or back from CSV files that somebody may have edited.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import pandas as pd

from planner.audit import (
    attendance,
    cells,
    duties,
    groups,
    leaves,
    meetings,
    placing,
    receptions,
    roster,
    trips,
    wishes,
)
from planner.audit.books import read_books
from planner.audit.finding import Finding, Rule, Verdict, audit_table, violations
from scenarios.model import Scenario

__all__ = ["RULES", "Finding", "Rule", "Verdict", "audit", "audit_table", "violations"]

RULES: Final[tuple[Rule, ...]] = (
    *cells.RULES,
    *roster.RULES,
    *leaves.RULES,
    *attendance.RULES,
    *groups.RULES,
    *receptions.RULES,
    *trips.RULES,
    *placing.RULES,
    *duties.RULES,
    *meetings.RULES,
    *wishes.RULES,
)
"""Every rule that is checked, hard and soft."""


def audit(scenario: Scenario, tables: Mapping[str, pd.DataFrame]) -> tuple[Finding, ...]:
    """Check a plan's tables against every rule of a scenario.

    Parameters
    ----------
    scenario
        What was given.
    tables
        Tables by name: ``calendar``, ``leaves``, ``visits``, ``visit_companies``, ``unplaced``,
        ``obligations``, and ``trips`` where leaders may travel. Dates are ISO texts or dates;
        missing is an empty text, None or NaN.

    Returns
    -------
    tuple of Finding
        One for each rule, subject and period, kept or not. A table that makes no sense gives
        violated findings in words, and the rows that do are checked; nothing is raised.
    """
    books, findings = read_books(scenario, tables)
    return (
        *findings,
        *roster.check_roster(books),
        *leaves.check_leaves(books),
        *attendance.check_presence(books),
        *attendance.check_coverage(books),
        *groups.check_groups(books),
        *receptions.check_receptions(books),
        *trips.check_trips(books),
        *placing.check_placing(books),
        *duties.check_duties(books),
        *meetings.check_meetings(books),
        *wishes.check_wishes(books),
    )

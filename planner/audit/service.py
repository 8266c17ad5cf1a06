"""What a person's service in a period amounts to: days served, and the leave they earn."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Final

from scenarios.calendar import Period
from scenarios.model import Scenario
from scenarios.organisation import Person

LEAVE_EARNED_BY: Final = Fraction(1, 2)
"""Share of a whole period's days that a person must serve (posted, and not absent with approval)
to be owed its leave. The plan document speaks of persons posted throughout only; this is the
reading chosen for postings, horizons and absences that cut a period (P14)."""


def served_days(scenario: Scenario, person: Person) -> frozenset[int]:
    """Return the days on which a person is posted and not absent with approval."""
    return frozenset(scenario.posted_days(person)) - absent_days(scenario, person)


def absent_days(scenario: Scenario, person: Person) -> frozenset[int]:
    """Return the days of a person's approved absences."""
    return frozenset(d for span in person.approved_absences for d in scenario.days.days_of(span))


def whole_length(scenario: Scenario, period: Period, months: int) -> int:
    """Return the days of the calendar period, also where the horizon cuts it.

    Parameters
    ----------
    scenario
        What was given.
    period
        A period of the horizon.
    months
        Calendar months to a period, aligned to the year.
    """
    day = scenario.days.date_of(period.start)
    first = (day.month - 1) // months * months
    years, last = divmod(first + months, 12)
    return (date(day.year + years, last + 1, 1) - date(day.year, first + 1, 1)).days


def owes_leave(scenario: Scenario, person: Person, period: Period) -> bool:
    """Return whether exactly one leave of a person belongs into a period."""
    served = len(served_days(scenario, person).intersection(period.days))
    whole = whole_length(scenario, period, scenario.rules.leave.period_months)
    return served >= LEAVE_EARNED_BY * whole

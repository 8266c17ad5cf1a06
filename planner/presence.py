"""Presence arithmetic: what a person owes in a period, and when a period earns a leave.

The plan document speaks of a person posted throughout. For everyone else (posted in mid-period,
or absent with approval) the quota is reduced pro rata (P14) so that the document's own proportion
stands: a full period of ``full`` days owes ``quota`` days outside the ``off`` days of the leave;
``service`` days owe ``quota x (service - off) / (full - off)``, rounded down.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from scenarios.calendar import Calendar, Period
from scenarios.model import Scenario
from scenarios.organisation import Person

EARNING_SHARE = Fraction(1, 2)
"""Share of a period's days a person must serve to take a leave in it (a reading of P14)."""


@dataclass(frozen=True, slots=True)
class Account:
    """Presence of one person in one period.

    Attributes
    ----------
    full_days
        Days of the whole calendar period, also where the horizon cuts it.
    service_days
        Days posted and not absent with approval.
    off_days
        Days of the leave that are not presence; 0 where no leave is taken.
    quota_days, owed_days
        Days at post owed by someone in service throughout, and by this person.
    """

    full_days: int
    service_days: int
    off_days: int
    quota_days: int
    owed_days: int

    @property
    def slack_days(self) -> int:
        """Days at post beyond those owed; negative where the rule cannot be kept."""
        return self.service_days - self.off_days - self.owed_days


def full_days(calendar: Calendar, period: Period, months: int) -> int:
    """Return the length in days of the calendar period a cut period belongs to."""
    first = calendar.date_of(period.start)
    opening = (first.month - 1) // months * months + 1
    closing = opening + months - 1
    last = date(first.year, closing, monthrange(first.year, closing)[1])
    return (last - date(first.year, opening, 1) + timedelta(days=1)).days


def in_service(scenario: Scenario, person: Person) -> tuple[bool, ...]:
    """Return for each day whether a person is posted and not absent with approval."""
    posted = scenario.posted_days(person)
    absent = {day for span in person.approved_absences for day in scenario.days.days_of(span)}
    return tuple(day in posted and day not in absent for day in range(scenario.days.n_days))


def takes_leave(scenario: Scenario, service: Sequence[bool], period: Period) -> bool:
    """Return whether the service in a period is long enough to earn its leave."""
    full = full_days(scenario.days, period, scenario.rules.leave.period_months)
    return sum(service[period.start : period.stop]) >= EARNING_SHARE * full


def uncounted_days(scenario: Scenario) -> int:
    """Return the days at each end of a leave that count as presence (P5)."""
    travel = scenario.rules.leave.travel_days_each_way
    return travel if scenario.rules.presence.travel_counts else 0


def days_within(start: int, length_days: int, uncounted: int, span: Period) -> int:
    """Return the days that a leave takes of a period or month, those that count left out."""
    off = range(start + uncounted, start + length_days - uncounted)
    return len(range(max(off.start, span.start), min(off.stop, span.stop)))


def is_shared(scenario: Scenario, period: Period, month: Period) -> bool:
    """Return whether a leave of the period before may take days of a month of this one (P8)."""
    leave, is_first = scenario.rules.leave, period == scenario.periods[0]
    return leave.crosses and not is_first and month.start < period.start + leave.length_days - 1


def off_days(scenario: Scenario) -> int:
    """Return how many days of one leave are not presence (P5)."""
    return scenario.rules.leave.length_days - 2 * uncounted_days(scenario)


def account(scenario: Scenario, service: Sequence[bool], period: Period) -> Account:
    """Return the account over one leave period (quarterly policy).

    Parameters
    ----------
    scenario
        What is given.
    service
        For each day of the horizon whether the person serves, as of :func:`in_service`.
    period
        A leave period.
    """
    months = scenario.rules.leave.period_months
    full = full_days(scenario.days, period, months)
    served = sum(service[period.start : period.stop])
    off = off_days(scenario) if takes_leave(scenario, service, period) else 0
    quota = scenario.rules.presence.days_per_month * months
    return Account(full, served, off, quota, _owed(quota, full, served, off))


def month_account(
    scenario: Scenario, service: Sequence[bool], month: Period, off: int = 0
) -> Account:
    """Return the account over one calendar month of which ``off`` days are leave.

    Leave does not reduce what a month owes: that is what the literal reading says.
    """
    full = full_days(scenario.days, month, 1)
    served = sum(service[month.start : month.stop])
    quota = scenario.rules.presence.days_per_month
    return Account(full, served, off, quota, _owed(quota, full, served, 0))


def _owed(quota: int, full: int, service: int, off: int) -> int:
    if full <= off:
        return quota
    return quota * max(0, service - off) // (full - off)

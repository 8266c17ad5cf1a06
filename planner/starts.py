"""Leaves to be placed: for each person and period the first days a leave may have.

Everything one leave must keep by itself is decided here, as data: it lies inside its period (or
only begins there, P8) and the posting, avoids approved absences and blocked days, keeps the
presence policy, and follows the pin where there is one. What couples leaves (coverage, the days
between two leaves of a person, and the days that one takes from the next period) is left to
:mod:`planner.rotation`, :mod:`planner.stretch` and :mod:`planner.crossing`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from planner.plan import Leave
from planner.presence import (
    Account,
    account,
    days_within,
    in_service,
    is_shared,
    month_account,
    takes_leave,
    uncounted_days,
)
from scenarios.calendar import Period
from scenarios.model import Scenario
from scenarios.organisation import Person

Family = Literal[
    "period", "posting", "absence", "no-leave", "presence", "pin", "coverage", "stretch"
]
"""Families of rules a leave must keep."""

LeaveKey = tuple[str, str]
"""A leave's person and period label."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One leave to be placed: whose, in which period, and its allowed first days, rising."""

    bureau: str
    person: str
    period: Period
    starts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """One person in one period, day by day.

    Attributes
    ----------
    posted
        Days of the posting.
    absent, blocked
        Days of approved absence; days on which leave is not possible.
    service
        For each day of the horizon whether the person is posted and not absent.
    pins
        Pinned first days that fall into the period, rising.
    takes_leave
        Whether the service in the period earns its leave.
    account
        Presence in the whole period (quarterly policy), wherever in it the leave lies.
    """

    person: Person
    period: Period
    posted: range
    absent: frozenset[int]
    blocked: frozenset[int]
    service: tuple[bool, ...]
    pins: tuple[int, ...]
    takes_leave: bool
    account: Account


def standing_of(scenario: Scenario, person: Person, period: Period) -> Standing:
    """Return how a person stands in a period."""
    days = scenario.days
    service = in_service(scenario, person)
    pins = sorted({days.day_of(pin) for pin in person.leave_pins})
    return Standing(
        person=person,
        period=period,
        posted=scenario.posted_days(person),
        absent=frozenset(d for span in person.approved_absences for d in days.days_of(span)),
        blocked=frozenset(d for span in person.no_leave for d in days.days_of(span)),
        service=service,
        pins=tuple(day for day in pins if day in period),
        takes_leave=takes_leave(scenario, service, period),
        account=account(scenario, service, period),
    )


def leave_choices(
    scenario: Scenario, *, relaxed: frozenset[Family] = frozenset()
) -> tuple[Choice, ...]:
    """Return every leave to be placed, in the scenario's order; ``starts`` may be empty.

    Parameters
    ----------
    scenario
        What is given.
    relaxed
        Families of rules to leave out, for finding out which of them conflict.
    """
    standings = (
        (bureau.id, standing_of(scenario, person, period))
        for bureau, person in scenario.persons
        for period in scenario.periods
    )
    return tuple(
        Choice(bureau, s.person.id, s.period, allowed_starts(scenario, s, relaxed))
        for bureau, s in standings
        if s.takes_leave
    )


def allowed_starts(
    scenario: Scenario, standing: Standing, relaxed: frozenset[Family] = frozenset()
) -> tuple[int, ...]:
    """Return the first days a leave may have, rising; none where two pins share the period."""
    pins = () if "pin" in relaxed else standing.pins
    if len(pins) > 1:
        return ()
    candidates = pins or range(standing.period.start, standing.period.stop)
    return tuple(s for s in candidates if not refusals(scenario, standing, s) - relaxed)


def refusals(scenario: Scenario, standing: Standing, start: int) -> frozenset[Family]:
    """Return the families of rules a leave with this first day would break by itself."""
    block = range(start, start + scenario.rules.leave.length_days)
    last = scenario.days.n_days if scenario.rules.leave.crosses else standing.period.stop
    if block.start not in standing.period or block.stop > last:
        return frozenset({"period"})
    broken: dict[Family, bool] = {
        "posting": block.start not in standing.posted or block.stop - 1 not in standing.posted,
        "absence": not standing.absent.isdisjoint(block),
        "no-leave": not standing.blocked.isdisjoint(block),
        "presence": not _keeps_presence(scenario, standing, block),
    }
    return frozenset(family for family, is_broken in broken.items() if is_broken)


def leave_from(scenario: Scenario, choice: Choice, start: int) -> Leave:
    """Return the leave that begins on a day, with its clearing day.

    Expenses are cleared on the last working day at home on which the city's offices receive
    anybody (六㈢); a leave that falls on holidays altogether has its last day at home instead.
    """
    rule = scenario.rules.leave
    end = start + rule.length_days - 1
    home = range(start + rule.travel_days_each_way, end - rule.travel_days_each_way + 1)
    open_days = [day for day in home if scenario.days.reception(day)]
    return Leave(
        person=choice.person,
        bureau=choice.bureau,
        period=choice.period.label,
        start=start,
        end=end,
        clearing_day=open_days[-1] if open_days else home[-1],
    )


def beyond(scenario: Scenario, period: Period, start: int) -> int:
    """Return the days that a leave takes after the end of its period (P8)."""
    off, length = uncounted_days(scenario), scenario.rules.leave.length_days
    last = scenario.days.n_days
    return days_within(start, length, off, Period("", period.stop, max(period.stop, last)))


def month_slacks(
    scenario: Scenario, standing: Standing, block: range
) -> tuple[tuple[Period, int, int], ...]:
    """Return each month of the period with its days of this leave and the slack left.

    Days of the leave that count as presence (travel, where it counts) are left out; a slack below
    zero breaks the literal monthly rule. A leave that runs into the next period touches its months
    too.
    """
    uncounted, stop = uncounted_days(scenario), max(standing.period.stop, block.stop)
    return tuple(
        (month, n, month_account(scenario, standing.service, month, n).slack_days)
        for month in scenario.days.months
        if standing.period.start <= month.start < stop
        for n in (days_within(block.start, len(block), uncounted, month),)
    )


def _keeps_presence(scenario: Scenario, standing: Standing, block: range) -> bool:
    match scenario.rules.presence.policy:
        case "quarterly":
            return standing.account.slack_days + beyond(scenario, standing.period, block.start) >= 0
        case "monthly-literal":
            return all(slack >= 0 for _, _, slack in month_slacks(scenario, standing, block))
        case "monthly-except-leave":
            # Months the leave touches are exempt; every other day is spent at post. Those that the
            # leave before may touch are left to the two together.
            touched, period = range(block.start, block.stop), standing.period
            return all(
                slack >= 0
                for month, _, slack in month_slacks(scenario, standing, block)
                if (touched.start >= month.stop or touched.stop <= month.start)
                and month.start in period
                and not is_shared(scenario, period, month)
            )

"""Rotation leaves: one to a person and period, of the right length, in the right place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from itertools import pairwise

from planner.audit.books import Books
from planner.audit.finding import Finding, Rule, breaches, rule
from planner.audit.rows import LeaveRow
from planner.audit.service import absent_days, owes_leave
from scenarios.organisation import Person

OWED = rule("leave-owed")
"""Exactly one leave where the period's service earns one, and none elsewhere (P6, P14)."""

LENGTH = rule("leave-length")
"""So many days, travel included."""

PERIOD = rule("leave-in-period")
"""The leave does not leave its period; where the scenario lets it, it begins there and ends within
the horizon (P8)."""

APART = rule("leave-apart")
"""No two leaves of a person share a day, where leaves may run into the next period (P8)."""

POSTING = rule("leave-in-posting")
"""Nobody is on leave who is not posted."""

PIN = rule("leave-pin")
"""A leave begins on each first day fixed beforehand."""

BLOCKED = rule("leave-blocked-days")
"""No leave on days on which the person cannot take any."""

ABSENCE = rule("leave-absence")
"""Leave and approved absence are not the same days."""

CLEARING = rule("clearing-date")
"""Expenses are cleared on the last day at home on which the home city's offices are open; a leave
that falls on closed days altogether has its last day at home instead."""

STRETCH = rule("leave-stretch")
"""Between the leaves of a person in two periods that follow each other lie so many days, where the
scenario asks for it. Days of approved absence among them count; a period without a leave breaks the
stretch."""

RULES = (OWED, LENGTH, PERIOD, APART, POSTING, PIN, BLOCKED, ABSENCE, CLEARING, STRETCH)


def check_leaves(books: Books) -> Iterator[Finding]:
    """Check every leave by itself and every person's leaves together."""
    for _, person in books.scenario.persons:
        own = [leave for leave in books.leaves if leave.person == person.id]
        yield from _owed(books, person, own)
        yield from _pins(books, person, own)
        yield from _stretch(books, person, own)
        if books.scenario.rules.leave.across_periods == "credit-start":
            yield _all_apart(books, person, own)
        for leave in own:
            yield from _one(books, person, leave)


def _all_apart(books: Books, person: Person, own: list[LeaveRow]) -> Finding:
    taken = Counter(day for leave in own for day in leave.days)
    shared = [books.iso(day) for day in sorted(taken) if taken[day] > 1]
    return APART.judge(not shared, person.id, books.span, "0 days in two", breaches(shared))


def _owed(books: Books, person: Person, own: list[LeaveRow]) -> Iterator[Finding]:
    posted = books.scenario.posted_days(person)
    for period in books.scenario.periods:
        taken = sum(leave.period == period.label for leave in own)
        if taken or any(day in period for day in posted):
            owed = int(owes_leave(books.scenario, person, period))
            yield OWED.judge(taken == owed, person.id, period.label, owed, taken)


def _one(books: Books, person: Person, leave: LeaveRow) -> Iterator[Finding]:
    scenario, label = books.scenario, leave.period
    period = next(p for p in scenario.periods if p.label == label)
    shown = f"{books.iso(leave.start)}/{books.iso(leave.end)}"
    length = scenario.rules.leave.length_days
    yield LENGTH.judge(len(leave.days) == length, leave.person, label, length, len(leave.days))
    crosses = scenario.rules.leave.across_periods == "credit-start"
    bounds = f"{books.iso(period.start)}/{books.iso(period.stop - 1)}"
    if crosses:
        bounds = f"first day in {bounds}, last by {books.iso(scenario.days.n_days - 1)}"
    ends = 0 <= leave.end < scenario.days.n_days if crosses else leave.end in period
    inside = leave.start in period and ends
    yield PERIOD.judge(inside, leave.person, label, bounds, shown)
    posted = scenario.posted_days(person)
    outside = [books.iso(day) for day in leave.days if day not in posted]
    yield POSTING.judge(not outside, leave.person, label, 0, breaches(outside))
    if person.no_leave:
        blocked = {day for span in person.no_leave for day in scenario.days.days_of(span)}
        yield _apart(BLOCKED, books, leave, blocked)
    if person.approved_absences:
        yield _apart(ABSENCE, books, leave, absent_days(scenario, person))
    day = _clearing_day(books, leave)
    if day is not None:
        cleared = books.iso(leave.clearing_day)
        kept = leave.clearing_day == day
        yield CLEARING.judge(kept, leave.person, label, books.iso(day), cleared)


def _apart(rule: Rule, books: Books, leave: LeaveRow, days: Collection[int]) -> Finding:
    shared = [books.iso(day) for day in leave.days if day in days]
    return rule.judge(not shared, leave.person, leave.period, 0, breaches(shared))


def _clearing_day(books: Books, leave: LeaveRow) -> int | None:
    """Return the day expenses are cleared; None where a leave is too short to have one."""
    home = books.home_days(leave)
    open_days = [day for day in home if books.scenario.days.reception(day)]
    return max(open_days or home, default=None)


def _stretch(books: Books, person: Person, own: list[LeaveRow]) -> Iterator[Finding]:
    least = books.scenario.rules.leave.min_days_between
    most = books.scenario.rules.leave.max_days_between
    if least is None and most is None:
        return
    gaps = [
        (books.iso(after.start), after.start - before.end - 1)
        for one, other in pairwise(period.label for period in books.scenario.periods)
        for before in own
        for after in own
        if (before.period, after.period) == (one, other)
    ]
    amiss = [
        f"{days} before {date}"
        for date, days in gaps
        if (least is not None and days < least) or (most is not None and days > most)
    ]
    asked = [f"at least {least}"] if least is not None else []
    asked += [f"at most {most}"] if most is not None else []
    required = f"{' and '.join(asked)} days between two leaves"
    actual = f"amiss {breaches(amiss)} of {len(gaps)}"
    yield STRETCH.judge(not amiss, person.id, books.span, required, actual)


def _pins(books: Books, person: Person, own: list[LeaveRow]) -> Iterator[Finding]:
    scenario = books.scenario
    starts = {leave.start for leave in own}
    for day in sorted({scenario.days.day_of(pin) for pin in person.leave_pins}):
        period = next(p for p in scenario.periods if day in p)
        shown = [books.iso(x.start) for x in own if x.period == period.label]
        actual = ", ".join(shown) or "no leave"
        if owes_leave(scenario, person, period):
            yield PIN.judge(day in starts, person.id, period.label, books.iso(day), actual)
        else:
            # A pin cannot make a leave that the service in its period does not earn.
            yield PIN.remark(person.id, period.label, books.iso(day), f"{actual}, none owed")

"""Meetings and checks that return: one for each half-month, month or week, on the right day."""

from __future__ import annotations

from calendar import monthrange
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from planner.audit.books import Books
from planner.audit.finding import Finding, breaches, rule
from planner.audit.rows import DutyRow
from scenarios.calendar import Calendar
from scenarios.obligations import Meeting

DUE = rule("meeting-due")
"""Every meeting that falls due in the horizon is listed for every bureau.

A day of the month that is no working day moves to the next one; where the home city is closed on
that, it may move on to the next day the offices are open. Without days of the month, any working
day of a whole half-month, month or week will do. A weekly one keeps its weekday: a ledger check
always, a meeting where that is a working day, else on another working day of its week."""

WORKING_DAY = rule("meeting-working-day")
"""Meetings are on working days; ledger checks may be on any day."""

RULES = (DUE, WORKING_DAY)

MEETINGS = ("dispatch-meeting", "chain-meeting")


@dataclass(frozen=True, slots=True)
class Due:
    """One meeting that falls due: its own day, and the days on which it may be held, rising."""

    day: int
    days: tuple[int, ...]


def check_meetings(books: Books) -> Iterator[Finding]:
    """Check every recurring meeting, month by month."""
    scenario = books.scenario
    for meeting in scenario.obligations.meetings:
        rows = [row for row in books.duties if _is_row_of(books, meeting, row)]
        dues = [due for due in dues_of(scenario.days, meeting) if due.days]
        for month in scenario.days.months:
            own = [due for due in dues if due.day in month]
            if own:
                missing = [books.iso(x.day) for x in own if not _held(books, rows, x)]
                actual = f"missing {breaches(missing)}"
                yield DUE.judge(not missing, meeting.id, month.label, len(own), actual)
    for kind in MEETINGS:
        days = sorted({row.day for row in books.duties if row.kind == kind})
        off = [books.iso(day) for day in days if not scenario.days.workday[day]]
        if days:
            yield WORKING_DAY.judge(not off, kind, books.span, "0 on days off", breaches(off))


def _is_row_of(books: Books, meeting: Meeting, row: DutyRow) -> bool:
    """Return whether a row is of a meeting: by kind, and by label where that leaves a choice."""
    alike = [x for x in books.scenario.obligations.meetings if x.kind == meeting.kind]
    labels = (meeting.id, meeting.label.zh, meeting.label.en)
    return row.kind == meeting.kind and (len(alike) == 1 or row.label in labels)


def _held(books: Books, rows: list[DutyRow], due: Due) -> bool:
    attended = {row.bureau for row in rows if row.day in due.days}
    bureaus = {bureau.id for bureau in books.scenario.organisation.bureaus}
    return "" in attended or bureaus <= attended


def dues_of(calendar: Calendar, meeting: Meeting) -> Iterator[Due]:
    """Return the meetings that fall due; one without a day left in the horizon is not owed."""
    if meeting.every == "week":
        yield from _weekly(calendar, meeting)
        return
    for month in calendar.months:
        first = calendar.date_of(month.start)
        length = monthrange(first.year, first.month)[1]
        before = month.start - (first.day - 1)
        halves = ((1, 15), (16, length)) if meeting.every == "half-month" else ((1, length),)
        for opening, closing in halves:
            wanted = sorted({min(n, length) for n in meeting.day_of_month})
            nominal = [before + n - 1 for n in wanted if opening <= n <= closing]
            if nominal:
                for day in nominal:
                    if 0 <= day < calendar.n_days:
                        yield Due(day, _from(calendar, day))
            elif before + opening - 1 >= 0 and before + closing <= calendar.n_days:
                days = range(before + opening - 1, before + closing)
                yield Due(days[0], tuple(day for day in days if calendar.workday[day]))


def _from(calendar: Calendar, nominal: int) -> tuple[int, ...]:
    """Return the working days from a day on, up to the first on which offices are open."""
    days = []
    for day in range(nominal, calendar.n_days):
        if calendar.workday[day]:
            days.append(day)
        if calendar.reception(day):
            break
    return tuple(days)


def _weekly(calendar: Calendar, meeting: Meeting) -> Iterator[Due]:
    any_day = meeting.kind not in MEETINGS
    weeks: dict[int, list[int]] = defaultdict(list)
    offset = calendar.start.weekday()
    for day in range(calendar.n_days):
        weeks[(day + offset) // 7].append(day)
    for week in weeks.values():
        fit = tuple(day for day in week if any_day or calendar.workday[day])
        own = [day for day in week if calendar.date_of(day).isoweekday() == meeting.weekday]
        if own:
            yield Due(own[0], tuple(own) if own[0] in fit else fit)
        elif meeting.weekday is None and len(week) == 7:
            yield Due(week[0], fit)

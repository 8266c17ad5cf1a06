"""The day-by-day calendar: whole, and of one mind with leaves, visits and absences."""

from __future__ import annotations

from collections.abc import Iterator

from planner.audit.books import Books
from planner.audit.finding import Finding, breaches, rule
from planner.audit.service import absent_days

COMPLETE = rule("calendar-complete")
"""One row for each posted person and day, and none outside the posting."""

AGREES = rule("calendar-agrees")
"""Each status is what leaves, visits and approved absences make of the day (P5, P14)."""

RULES = (COMPLETE, AGREES)


def check_roster(books: Books) -> Iterator[Finding]:
    """Check every posted person's calendar against the other tables."""
    expected = _expected(books)
    for _, person in books.scenario.persons:
        posted = books.scenario.posted_days(person)
        listed = {day for who, day in books.status if who == person.id}
        amiss = sorted(listed.symmetric_difference(posted))
        faults = [f"{books.iso(day)} {'missing' if day in posted else 'extra'}" for day in amiss]
        actual = len(listed) if not faults else breaches(faults)
        yield COMPLETE.judge(not faults, person.id, books.span, len(posted), actual)
        differ = [
            f"{books.iso(day)} {books.status[person.id, day]} not {expected[person.id, day]}"
            for day in posted
            if day in listed and books.status[person.id, day] != expected[person.id, day]
        ]
        yield AGREES.judge(not differ, person.id, books.span, 0, breaches(differ))


def _expected(books: Books) -> dict[tuple[str, int], str]:
    """Return the status each day should have; the later rule outranks the earlier."""
    scenario = books.scenario
    status: dict[tuple[str, int], str] = {}
    for _, person in scenario.persons:
        status |= {(person.id, day): "post" for day in scenario.posted_days(person)}
    for leave in books.leaves:
        home = books.home_days(leave)
        status |= {(leave.person, day): "travel" for day in leave.days if day not in home}
        status |= {(leave.person, day): "leave" for day in home}
    for visit in books.visits:
        status |= {(visit.escort, day): "escort" for day in visit.days}
    for _, person in scenario.persons:
        status |= {(person.id, day): "absent" for day in absent_days(scenario, person)}
    return status

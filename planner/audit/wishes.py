"""Soft rules: the end of the period, wishes, the festival, and what the calendar costs."""

from __future__ import annotations

from collections.abc import Iterator

from planner.audit.books import Books
from planner.audit.finding import Finding, rule
from scenarios.organisation import Bureau

LATE = rule("leave-late-in-period")
"""A leave lies in the last days of its period, as the scenario prefers (P15)."""

WISH = rule("leave-wish")
"""A person is at home on the days wished for."""

FESTIVAL = rule("festival-fairness")
"""Who stayed over the last Spring Festival is at home for this one, before those who were at home
then."""

PER_DIEM = rule("per-diem-in-lump-sum")
"""The lump sum pays the allowance for every day at post, and the rent that lies inside it (B4)."""

RULES = (LATE, WISH, FESTIVAL, PER_DIEM)

FESTIVAL_ID = "spring-festival"
"""Id of the holiday that is shared out over the years."""


def check_wishes(books: Books) -> Iterator[Finding]:
    """Check what is preferred but not demanded."""
    yield from _late(books)
    yield from _wishes(books)
    for bureau in books.scenario.organisation.bureaus:
        yield from _festival(books, bureau)
        yield _per_diem(books, bureau)


def _late(books: Books) -> Iterator[Finding]:
    preferred = books.scenario.rules.leave.preferred_last_days
    stops = {period.label: period.stop for period in books.scenario.periods}
    for leave in books.leaves:
        stop = stops[leave.period]
        late = sum(stop - preferred <= day < stop for day in leave.days)
        n_days = len(leave.days)
        required = f"{n_days} days in the last {preferred}"
        yield LATE.judge(late == n_days, leave.person, leave.period, required, late)


def _wishes(books: Books) -> Iterator[Finding]:
    for _, person in books.scenario.persons:
        for wish in person.leave_requests:
            days = books.scenario.days.days_of(wish)
            met = sum(_at_home(books, person.id, day) for day in days)
            period = f"{wish.start}/{wish.end}"
            yield WISH.judge(met == len(days), person.id, period, f"{len(days)} days home", met)


def _at_home(books: Books, person: str, day: int) -> bool:
    return books.status.get((person, day)) in ("leave", "escort")


def _festival(books: Books, bureau: Bureau) -> Iterator[Finding]:
    calendar = books.scenario.days
    years: dict[int, list[int]] = {}
    for day in range(calendar.n_days):
        if calendar.holiday[day] == FESTIVAL_ID:
            years.setdefault(calendar.date_of(day).year, []).append(day)
    for year, days in years.items():
        home = {p.id: sum(_at_home(books, p.id, day) for day in days) for p in bureau.persons}
        stayed = [home[p.id] for p in bureau.persons if not p.home_last_festival]
        others = [home[p.id] for p in bureau.persons if p.home_last_festival]
        fair = not stayed or (max(stayed) > 0 and min(stayed) >= max(others, default=0))
        wanted = " ".join(p.id for p in bureau.persons if not p.home_last_festival) or "nobody"
        actual = ", ".join(f"{person} {n}" for person, n in home.items())
        yield FESTIVAL.judge(fair, bureau.id, str(year), f"first {wanted}", f"days: {actual}")


def _per_diem(books: Books, bureau: Bureau) -> Finding:
    budget = books.scenario.budget
    days = sum(books.post_days[person.id] for person in bureau.persons)
    rent = budget.rent_yuan_per_month.get(bureau.id, 0) * len(books.scenario.days.months)
    needed, given = days * budget.per_diem_yuan + rent, budget.lump_sum_yuan[bureau.id]
    required = f"at most {given} yuan"
    return PER_DIEM.judge(needed <= given, bureau.id, books.span, required, f"{needed} yuan")

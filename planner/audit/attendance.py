"""Presence of each person, and who of a bureau stays."""

from __future__ import annotations

from collections.abc import Iterator

from planner.audit.books import Books
from planner.audit.finding import Finding, breaches, rule
from planner.audit.service import owes_leave, served_days, whole_length
from scenarios.calendar import Period
from scenarios.organisation import Bureau, Person

PRESENCE = rule("presence")
"""Days at post, by the scenario's policy (P1, P5, P14).

Quarterly: ``days_per_month`` for each month of a period, counted over the whole period. A period
that is not served in full owes its share: of the days beside the leave, the same part that a full
period owes, rounded down. Monthly: so many in each month, its share where it is not served in
full; the literal reading makes no allowance for leave, the other exempts the months a leave
touches, in which every day beside the leave is spent at post."""

COVERAGE = rule("coverage")
"""So many of a bureau at post on each working day (or each day, as the scenario says).

Where no more than that are posted, all but one stay; where approved absences leave fewer than
that, all who are left stay."""

REACHABLE = rule("coverage-reachable")
"""Enough persons are posted, and not absent, that coverage is asked for as it stands."""

RULES = (PRESENCE, COVERAGE, REACHABLE)


def check_presence(books: Books) -> Iterator[Finding]:
    """Check the days at post that every person owes in every period."""
    scenario = books.scenario
    for _, person in scenario.persons:
        served = served_days(scenario, person)
        for period in scenario.periods:
            if served.isdisjoint(period.days):
                continue
            if scenario.rules.presence.policy == "quarterly":
                yield _quarterly(books, person, period, served)
            else:
                yield from _monthly(books, person, period, served)


def _quarterly(books: Books, person: Person, period: Period, served: frozenset[int]) -> Finding:
    scenario = books.scenario
    leave, months = scenario.rules.leave, scenario.rules.leave.period_months
    away = 0
    if owes_leave(scenario, person, period):
        travel_counts = scenario.rules.presence.travel_counts
        away = leave.home_days if travel_counts else leave.length_days
    quota = scenario.rules.presence.days_per_month * months
    whole = whole_length(scenario, period, months)
    days = len(served.intersection(period.days))
    owed = quota * max(0, days - away) // (whole - away) if whole > away else quota
    present = _present(books, person, period)
    return PRESENCE.judge(present >= owed, person.id, period.label, owed, present)


def _monthly(
    books: Books, person: Person, period: Period, served: frozenset[int]
) -> Iterator[Finding]:
    scenario = books.scenario
    rule = scenario.rules.presence
    taken = {d for leave in books.leaves if leave.person == person.id for d in leave.days}
    for month in scenario.days.months:
        days = served.intersection(month.days)
        if month.start not in period or not days:
            continue
        owed = rule.days_per_month * len(days) // whole_length(scenario, month, 1)
        present = _present(books, person, month)
        if rule.policy == "monthly-except-leave" and any(day in month for day in taken):
            owed = len(days - taken)
            present = sum(books.at_post(person.id, day) for day in days - taken)
        yield PRESENCE.judge(present >= owed, person.id, month.label, owed, present)


def _present(books: Books, person: Person, period: Period) -> int:
    counts = ("post", "travel") if books.scenario.rules.presence.travel_counts else ("post",)
    return sum(books.status.get((person.id, day)) in counts for day in period.days)


def check_coverage(books: Books) -> Iterator[Finding]:
    """Check that somebody of every bureau stays, period by period."""
    scenario = books.scenario
    wanted = scenario.rules.coverage.min_at_post
    for bureau in scenario.organisation.bureaus:
        asked = _asked(books, bureau)
        for period in scenario.periods:
            days = [day for day in asked if day in period]
            short = [
                books.iso(day)
                for day in days
                if sum(books.at_post(p.id, day) for p in bureau.persons) < asked[day]
            ]
            required = f"{wanted} at post on each of {len(days)} days"
            actual = f"short on {breaches(short)}"
            yield COVERAGE.judge(not short, bureau.id, period.label, required, actual)
            fewer = [books.iso(day) for day in days if asked[day] < wanted]
            actual = f"fewer asked for on {breaches(fewer)}"
            yield REACHABLE.judge(not fewer, bureau.id, period.label, required, actual)


def _asked(books: Books, bureau: Bureau) -> dict[int, int]:
    """Return how many of a bureau must be at post on each day the rule holds."""
    scenario = books.scenario
    rule = scenario.rules.coverage
    posted = [scenario.posted_days(person) for person in bureau.persons]
    served = [served_days(scenario, person) for person in bureau.persons]
    return {
        day: min(
            rule.min_at_post,
            max(0, sum(day in days for days in posted) - 1),
            sum(day in days for days in served),
        )
        for day in range(scenario.days.n_days)
        if rule.days == "all" or scenario.days.workday[day]
    }

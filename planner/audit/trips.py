"""Leader trips: when they run, who travels, who is there to receive, which companies are met."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Final

from planner.audit.books import Books
from planner.audit.finding import Finding, breaches, rule
from planner.audit.receptions import is_blocked
from planner.audit.rows import TripRow
from scenarios.organisation import Leader

LENGTH = rule("trip-length")
"""A trip has its length, travel included."""

OPEN_DAYS = rule("trip-open-days")
"""Trips run on working days, or on any where the scenario says so. Closures of the home city do
not bind who is away from it."""

TIER = rule("trip-leader-tier")
"""The tier is the leader's own."""

FREE = rule("trip-leader-free")
"""The diary leaves every day of a trip free."""

CLASH = rule("trip-leader-clash")
"""Who travels receives no group and is on no other trip on these days, and leads no promotion
event on them or on the day before or after."""

PER_YEAR = rule("trips-a-leader")
"""A leader makes no more trips that begin in a calendar year than stated; none at all where
leaders inspect at home only (V1)."""

HOST = rule("trip-host")
"""The host is of the bureau, and at post on every day of the trip."""

ONE_AT_A_TIME = rule("trip-one-a-bureau")
"""A bureau has one leader with it at a time."""

SIZE = rule("trip-size")
"""A trip takes in at least one company and no more than stated."""

OWN = rule("trip-company-bureau")
"""The companies of a trip are of the bureau it goes to."""

SCREENING = rule("trip-company-screening")
"""No leader travels to a company that failed screening."""

ONCE = rule("trip-company-once")
"""No leader of the tier has inspected a company of a trip before, in a group or on a trip (V1)."""

RULES = (
    LENGTH,
    OPEN_DAYS,
    TIER,
    FREE,
    CLASH,
    PER_YEAR,
    HOST,
    ONE_AT_A_TIME,
    SIZE,
    OWN,
    SCREENING,
    ONCE,
)

_BESIDE_EVENT: Final = 1
"""Days on each side of a promotion event that its leader is on the road."""


def check_trips(books: Books) -> Iterator[Finding]:
    """Check every trip by itself, then those of a leader and those to a bureau together."""
    for trip in books.trips:
        yield from _days(books, trip)
        yield from _leader(books, trip)
        yield _host(books, trip)
        yield from _companies(books, trip)
    if books.trips:
        for leader in books.scenario.organisation.leaders:
            yield from _per_year(books, leader)
        for bureau in books.scenario.organisation.bureaus:
            yield _of_bureau(books, bureau.id)


def _days(books: Books, trip: TripRow) -> Iterator[Finding]:
    rule = books.scenario.rules.leader_trips
    date, n_days = books.iso(trip.start), len(trip.days)
    yield LENGTH.judge(n_days == rule.length_days, trip.trip, date, rule.length_days, n_days)
    off = [books.iso(day) for day in trip.days if not books.scenario.days.workday[day]]
    kept = rule.days == "any" or not off
    required = "any days" if rule.days == "any" else "0 days off"
    yield OPEN_DAYS.judge(kept, trip.trip, date, required, breaches(off))


def _leader(books: Books, trip: TripRow) -> Iterator[Finding]:
    date, leader = books.iso(trip.start), books.leaders[trip.leader]
    yield TIER.judge(trip.tier == leader.tier, trip.trip, date, leader.tier, trip.tier)
    blocked = [books.iso(day) for day in trip.days if is_blocked(books, leader.id, day)]
    required = f"{leader.id} free"
    yield FREE.judge(not blocked, trip.trip, date, required, f"blocked on {breaches(blocked)}")
    busy = sorted(_engaged(books, trip))
    yield CLASH.judge(not busy, trip.trip, date, "0 clashes", breaches(busy))


def _engaged(books: Books, trip: TripRow) -> Iterator[str]:
    """Yield what else a leader does on the days of a trip."""
    for visit in books.visits:
        if visit.leader == trip.leader and visit.leader_day in trip.days:
            yield visit.visit
    for other in books.trips:
        met = other.start <= trip.end and trip.start <= other.end
        if other.leader == trip.leader and met and other.trip != trip.trip:
            yield other.trip
    near = range(trip.start - _BESIDE_EVENT, trip.end + _BESIDE_EVENT + 1)
    for duty in books.duties:
        if duty.kind == "event" and duty.leader == trip.leader and duty.day in near:
            yield duty.label


def _host(books: Books, trip: TripRow) -> Finding:
    away = [books.iso(day) for day in trip.days if not books.at_post(trip.host, day)]
    own = trip.host in {person.id for person in books.scenario.bureau(trip.bureau).persons}
    required = f"of {trip.bureau}, at post"
    actual = f"{trip.host}, not at post on {breaches(away)}"
    return HOST.judge(own and not away, trip.trip, books.iso(trip.start), required, actual)


def _companies(books: Books, trip: TripRow) -> Iterator[Finding]:
    date, n = books.iso(trip.start), len(trip.companies)
    most = books.scenario.rules.leader_trips.companies_max
    yield SIZE.judge(1 <= n <= most, trip.trip, date, f"1 to {most}", n)
    companies = [books.companies[key] for key in trip.companies]
    strangers = [c.id for c in companies if c.bureau != trip.bureau]
    yield OWN.judge(not strangers, trip.trip, date, f"all of {trip.bureau}", breaches(strangers))
    failed = [c.id for c in companies if c.screening == "failed"]
    yield SCREENING.judge(not failed, trip.trip, date, "0 failed", breaches(failed))
    tier = books.leaders[trip.leader].tier
    # Its own inspection is one of those up to its first day.
    days = {key: books.inspections[key, tier] for key in trip.companies}
    again = [key for key, on in days.items() if sum(day <= trip.start for day in on) > 1]
    yield ONCE.judge(not again, trip.trip, date, "0 again", breaches(again))


def _per_year(books: Books, leader: Leader) -> Iterator[Finding]:
    most = books.scenario.rules.leader_trips.trips_per_leader_per_year
    limit = most if books.leaders_travel else 0
    own = [trip for trip in books.trips if trip.leader == leader.id]
    made = Counter(books.scenario.days.date_of(trip.start).year for trip in own)
    for year, n in sorted(made.items()):
        yield PER_YEAR.judge(n <= limit, leader.id, str(year), f"at most {limit}", n)


def _of_bureau(books: Books, bureau: str) -> Finding:
    days = Counter(day for trip in books.trips if trip.bureau == bureau for day in trip.days)
    crowded = [books.iso(day) for day in sorted(days) if days[day] > 1]
    return ONE_AT_A_TIME.judge(
        not crowded, bureau, books.span, "0 days with two", breaches(crowded)
    )

"""Duties with a date: clearings, promotion events, fairs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from planner.audit.books import Books
from planner.audit.finding import Finding, breaches, rule
from planner.audit.receptions import is_blocked
from planner.audit.rows import DutyRow
from planner.audit.service import served_days
from scenarios.organisation import Bureau

CLEARING = rule("clearing-listed")
"""Every leave's clearing stands among the duties, and no other."""

EVENTS = rule("events")
"""Every bureau holds so many promotion events, on days of their own."""

EVENTS_LED = rule("events-led")
"""So many of them with a city leader."""

EVENT_DAY = rule("event-working-day")
"""Events are on working days."""

EVENT_STAFF = rule("event-staff")
"""Somebody of the bureau is at post, and so is everybody the event names."""

EVENT_CHIEF = rule("event-chief")
"""The chief is at post, where the scenario asks for it."""

EVENT_LEADER = rule("event-leader")
"""The leader of an event is not blocked, and groups and events of the day do not exceed the
groups a day the leader takes."""

FAIR = rule("fair-attended")
"""Somebody of every bureau that attends is at post on each day of a fair. Where approved absences
leave nobody, it cannot be asked for and is noted."""

FAIR_LISTED = rule("fair-listed")
"""Every fair stands among the duties of every bureau that attends, on its first day, and whom it
names is at post on each of its days."""

RULES = (
    CLEARING,
    EVENTS,
    EVENTS_LED,
    EVENT_DAY,
    EVENT_STAFF,
    EVENT_CHIEF,
    EVENT_LEADER,
    FAIR,
    FAIR_LISTED,
)


def check_duties(books: Books) -> Iterator[Finding]:
    """Check clearings person by person, events and fairs bureau by bureau."""
    yield from _clearings(books)
    for bureau in books.scenario.organisation.bureaus:
        held = [x for x in books.duties if x.kind == "event" and x.bureau == bureau.id]
        yield from _count(books, bureau, held)
        for event in held:
            yield from _event(books, bureau, event)
    yield from _fairs(books)


def _clearings(books: Books) -> Iterator[Finding]:
    rows = [x for x in books.duties if x.kind == "clearing"]
    for _, person in books.scenario.persons:
        due = Counter(leave.clearing_day for leave in books.leaves if leave.person == person.id)
        listed = Counter(row.day for row in rows if person.id in row.persons)
        amiss = [f"{books.iso(day)} missing" for day in sorted((due - listed).elements())]
        amiss += [f"{books.iso(day)} extra" for day in sorted((listed - due).elements())]
        actual = breaches(amiss) if amiss else listed.total()
        yield CLEARING.judge(not amiss, person.id, books.span, due.total(), actual)
    nobody = [books.iso(row.day) for row in rows if not row.persons]
    if nobody:
        yield CLEARING.judge(False, "nobody", books.span, 0, breaches(nobody))


def _count(books: Books, bureau: Bureau, held: list[DutyRow]) -> Iterator[Finding]:
    """Check the number of events over the horizon; two on one day are one."""
    rule = books.scenario.obligations.events
    n = len({event.day for event in held})
    yield EVENTS.judge(n >= rule.per_bureau, bureau.id, books.span, rule.per_bureau, n)
    led = len({event.day for event in held if event.leader})
    yield EVENTS_LED.judge(
        led >= rule.led_per_bureau, bureau.id, books.span, rule.led_per_bureau, led
    )


def _event(books: Books, bureau: Bureau, event: DutyRow) -> Iterator[Finding]:
    date, working = books.iso(event.day), books.scenario.days.workday[event.day]
    actual = "working day" if working else "day off"
    yield EVENT_DAY.judge(working, bureau.id, date, "working day", actual)
    present = [p.id for p in bureau.persons if books.at_post(p.id, event.day)]
    kept = bool(present) and set(event.persons) <= set(present)
    required = f"at post: {' '.join(event.persons) or 'somebody'}"
    actual = f"at post: {' '.join(present) or 'nobody'}"
    yield EVENT_STAFF.judge(kept, bureau.id, date, required, actual)
    if books.scenario.obligations.events.chief_present:
        chiefs = [p.id for p in bureau.persons if p.role == "chief"]
        if chiefs:
            required = f"at post: {' or '.join(chiefs)}"
            kept = any(chief in present for chief in chiefs)
            yield EVENT_CHIEF.judge(kept, bureau.id, date, required, actual)
        else:
            yield EVENT_CHIEF.remark(bureau.id, date, "the chief at post", "no chief is posted")
    if event.leader:
        yield _event_leader(books, bureau, event)


def _event_leader(books: Books, bureau: Bureau, event: DutyRow) -> Finding:
    day, leader = event.day, event.leader
    groups = sum(v.leader == leader and v.leader_day == day for v in books.visits)
    events = sum(x.kind == "event" and (x.leader, x.day) == (leader, day) for x in books.duties)
    limit = books.leaders[leader].groups_per_day
    blocked = is_blocked(books, leader, day)
    kept = not blocked and groups + events <= limit
    required = f"{leader} free, at most {limit} that day"
    actual = f"{groups + events}{', blocked' if blocked else ''}"
    return EVENT_LEADER.judge(kept, bureau.id, books.iso(day), required, actual)


def _fairs(books: Books) -> Iterator[Finding]:
    scenario = books.scenario
    for fair in scenario.obligations.fairs:
        days = scenario.days.days_of(fair)
        for key in fair.bureaus:
            persons = scenario.bureau(key).persons
            away = [d for d in days if not any(books.at_post(p.id, d) for p in persons)]
            served = {day for person in persons for day in served_days(scenario, person)}
            required = f"{fair.id}: somebody on each of {len(days)} days"
            actual = f"nobody on {breaches([books.iso(day) for day in away])}"
            if away and not any(day in served for day in away):
                yield FAIR.remark(key, str(fair.start), required, f"{actual}, all absent")
            else:
                yield FAIR.judge(not away, key, str(fair.start), required, actual)
            rows = [
                x for x in books.duties if (x.kind, x.bureau, x.label) == ("fair", key, fair.id)
            ]
            named = {person for row in rows for person in row.persons}
            gone = [
                person
                for person in sorted(named)
                if not all(books.at_post(person, day) for day in days)
            ]
            kept = [row.day for row in rows] == [days.start] and not gone
            listed = ", ".join(books.iso(row.day) for row in rows) or "not listed"
            actual = f"{listed}, not at post {breaches(gone)}"
            yield FAIR_LISTED.judge(kept, key, str(fair.start), f"{fair.id} once", actual)

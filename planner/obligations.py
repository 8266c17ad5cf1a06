"""Duties with a date: meetings, ledger checks, clearing, promotion events, fairs.

Meetings move off holidays to the next working day, weekly ones to another of their week; ledger
checks keep their weekday. Promotion
events are spread over the horizon on days when the chief is at post and, where a city leader is
to come, a leader is free the day before, the day itself and the day after.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from planner.plan import Leave, Obligation, Visit
from scenarios.calendar import Calendar
from scenarios.model import Scenario
from scenarios.obligations import Meeting
from scenarios.organisation import Bureau, Person

LEADER_TRAVEL_DAYS = 1
"""Days a leader needs free on each side of a promotion event."""

_DEFAULT_DAYS = {"half-month": (1, 16), "month": (1,), "week": ()}


def obligations(
    scenario: Scenario,
    leaves: Iterable[Leave],
    visits: Iterable[Visit],
    *,
    published: Iterable[Obligation] = (),
    today: int = 0,
) -> tuple[Obligation, ...]:
    """Date every duty around holidays and leaves.

    Parameters
    ----------
    scenario
        Its obligations and calendar.
    leaves, visits
        Who is away when, and which leaders receive on which days.
    published
        Duties as published. A promotion event before today is a fact, though whoever is not there
        any more is not named; one to come stays where it is as long as its host is at post and
        its leader free.
    today
        First day on which an event can be dated anew.

    Returns
    -------
    tuple of Obligation
        Sorted. A promotion event that finds no day is left out: the audit counts what is missing.
    """
    leaves, visits = tuple(leaves), tuple(visits)
    events = {duty.label: duty for duty in published if duty.kind == "event"}
    found = [
        *(
            duty
            for meeting in scenario.obligations.meetings
            for duty in _meetings(scenario, meeting)
        ),
        *(Obligation(x.clearing_day, "clearing", x.bureau, (x.person,), x.period) for x in leaves),
        *_events(scenario, leaves, visits, events, today),
        *_fairs(scenario, leaves),
    ]
    return tuple(
        sorted(found, key=lambda duty: (duty.day, duty.kind, duty.bureau or "", duty.label))
    )


def _meetings(scenario: Scenario, meeting: Meeting) -> Iterator[Obligation]:
    days = scenario.days
    if meeting.every == "week":
        nominal = [
            day
            for day in range(days.n_days)
            if days.date_of(day).isoweekday() == (meeting.weekday or 1)
        ]
    else:
        fixed = meeting.day_of_month or _DEFAULT_DAYS[meeting.every]
        nominal = [
            min(month.start + _offset(days, month.start, number), month.stop - 1)
            for month in days.months
            for number in fixed
            if _offset(days, month.start, number) >= 0
        ]
    if meeting.kind != "ledger-check":
        move = _workday_of_week if meeting.every == "week" else _next_workday
        moved = (move(days, day) for day in nominal)
        nominal = sorted({day for day in moved if day is not None})
    for day in nominal:
        yield Obligation(day, meeting.kind, None, (), meeting.id)


def _offset(days: Calendar, first: int, day_of_month: int) -> int:
    """Return how many days after a month's first planned day its n-th calendar day lies."""
    return day_of_month - days.date_of(first).day


def _next_workday(days: Calendar, day: int) -> int | None:
    return next((d for d in range(day, days.n_days) if days.workday[d]), None)


def _workday_of_week(days: Calendar, day: int) -> int | None:
    """Return the working day of a day's week nearest to it, later ones first; None without any."""
    monday = day - days.date_of(day).weekday()
    week = [d for d in range(max(0, monday), min(monday + 7, days.n_days)) if days.workday[d]]
    return min(week, key=lambda d: (d < day, abs(d - day)), default=None)


def _events(
    scenario: Scenario,
    leaves: Sequence[Leave],
    visits: Sequence[Visit],
    published: Mapping[str, Obligation],
    today: int,
) -> Iterator[Obligation]:
    duty = scenario.obligations.events
    engaged = {
        leader.id: {day for span in leader.blocked for day in scenario.days.days_of(span)}
        | {v.leader_day for v in visits if v.leader == leader.id and v.leader_day is not None}
        for leader in scenario.organisation.leaders
    }
    kept: dict[str, Obligation] = {}
    for bureau in scenario.organisation.bureaus:
        for number in range(duty.per_bureau):
            own = published.get(_label(bureau, number))
            if own is not None and (
                own.day < today or _stands(scenario, bureau, leaves, own, engaged)
            ):
                own = _named(bureau, own, engaged)
                kept[own.label] = own
                if own.leader is not None:
                    engaged[own.leader].add(own.day)
    led_by = Counter(own.leader for own in kept.values() if own.leader is not None)
    for bureau in scenario.organisation.bureaus:
        labels = [_label(bureau, number) for number in range(duty.per_bureau)]
        taken = {kept[label].day for label in labels if label in kept}
        to_date = [label for label in labels if label not in kept]
        short = duty.led_per_bureau - sum(
            kept[label].leader is not None for label in labels if label in kept
        )
        # Later events are the led ones: leaders can be asked in time.
        led_labels = to_date[max(0, len(to_date) - short) :] if short > 0 else []
        for number, label in enumerate(labels):
            if label in kept:
                day, leader = kept[label].day, kept[label].leader
                persons = kept[label].persons
                if day >= today:
                    persons = _at_post(scenario, bureau, leaves, day)
                yield Obligation(day, "event", bureau.id, persons, label, leader)
                continue
            led = label in led_labels
            ideal = scenario.days.n_days * (number + 1) // (duty.per_bureau + 1)
            chosen = _event_day(
                scenario, bureau, leaves, taken, max(ideal, today), today, engaged if led else None
            )
            if chosen is None:
                continue
            day, free = chosen
            leader = min(free, key=lambda x: (led_by[x], x)) if led else None
            if leader is not None:
                led_by[leader] += 1
                engaged[leader].add(day)
            taken.add(day)
            yield Obligation(
                day, "event", bureau.id, _at_post(scenario, bureau, leaves, day), label, leader
            )


def _label(bureau: Bureau, number: int) -> str:
    return f"{bureau.id}-event-{number + 1}"


def _named(bureau: Bureau, own: Obligation, leaders: Container[str | None]) -> Obligation:
    """Return an event that names nobody who is not there any more."""
    persons = {person.id for person in bureau.persons}
    return replace(
        own,
        persons=tuple(person for person in own.persons if person in persons),
        leader=own.leader if own.leader in leaders else None,
    )


def _stands(
    scenario: Scenario,
    bureau: Bureau,
    leaves: Sequence[Leave],
    own: Obligation,
    engaged: Mapping[str, set[int]],
) -> bool:
    """Return whether a published event to come can stay where it is."""
    if not scenario.days.workday[own.day] or own.day in _fair_days(scenario, bureau):
        return False
    if not _host_at_post(scenario, bureau, leaves, own.day):
        return False
    return own.leader is None or (
        own.leader in engaged and not engaged[own.leader].intersection(_around(own.day))
    )


def _around(day: int) -> range:
    return range(day - LEADER_TRAVEL_DAYS, day + LEADER_TRAVEL_DAYS + 1)


def _fair_days(scenario: Scenario, bureau: Bureau) -> set[int]:
    return {
        day
        for fair in scenario.obligations.fairs
        if bureau.id in fair.bureaus
        for day in scenario.days.days_of(fair)
    }


def _event_day(
    scenario: Scenario,
    bureau: Bureau,
    leaves: Sequence[Leave],
    taken: set[int],
    ideal: int,
    today: int,
    engaged: dict[str, set[int]] | None,
) -> tuple[int, list[str]] | None:
    """Return the best day nearest the ideal one, and who of the leaders is free."""
    fairs = _fair_days(scenario, bureau)
    for day in sorted(range(today, scenario.days.n_days), key=lambda d: (abs(d - ideal), d)):
        if not scenario.days.workday[day] or day in fairs or day in taken:
            continue
        if not _host_at_post(scenario, bureau, leaves, day):
            continue
        if engaged is None:
            return day, []
        free = [leader for leader, busy in engaged.items() if not busy.intersection(_around(day))]
        if free:
            return day, free
    return None


def _host_at_post(scenario: Scenario, bureau: Bureau, leaves: Sequence[Leave], day: int) -> bool:
    here = _at_post(scenario, bureau, leaves, day)
    chiefs = [person.id for person in bureau.persons if person.role == "chief"]
    if scenario.obligations.events.chief_present and chiefs:
        return any(chief in here for chief in chiefs)
    return bool(here)


def _fairs(scenario: Scenario, leaves: Sequence[Leave]) -> Iterator[Obligation]:
    for fair in scenario.obligations.fairs:
        span = scenario.days.days_of(fair)
        if not span:
            continue
        for bureau in scenario.organisation.bureaus:
            if bureau.id in fair.bureaus:
                here = [_at_post(scenario, bureau, leaves, day) for day in span]
                # Those who can stay from the first day to the last.
                persons = tuple(p for p in here[0] if all(p in row for row in here))
                yield Obligation(span[0], "fair", bureau.id, persons, fair.id)


def _at_post(
    scenario: Scenario, bureau: Bureau, leaves: Sequence[Leave], day: int
) -> tuple[str, ...]:
    return tuple(
        person.id for person in bureau.persons if _is_at_post(scenario, person, leaves, day)
    )


def _is_at_post(scenario: Scenario, person: Person, leaves: Sequence[Leave], day: int) -> bool:
    return (
        day in scenario.posted_days(person)
        and not any(x.person == person.id and x.start <= day <= x.end for x in leaves)
        and not any(day in scenario.days.days_of(span) for span in person.approved_absences)
    )

"""Why a plan made again differs: which event concerns a bureau, or whose change it follows.

An event concerns a bureau directly where it happens to its people or companies, or to a leader who
was to receive its groups, or closes the city on days on which they were to come. With a proven
least change, what costs something in any other bureau gives room: its own arrangement could have
stood.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from planner.changes import Change
from planner.plan import Plan
from scenarios.events import Event
from scenarios.model import Scenario

Relation = Literal["event", "room", "follows", "unknown"]

_OF_PERSON: Final = ("absent", "replaced", "leave-pinned")
_OF_COMPANY: Final = ("company-cancels", "company-new")


@dataclass(frozen=True, slots=True)
class Cause:
    """Why one thing changed.

    Attributes
    ----------
    relation
        An event concerns the bureau; it gives room; it follows, nobody can cheaply tell how; or
        it is of no bureau that is known and no event concerns any.
    of
        The events as told, or the ids of the bureaus that it gives room to or follows.
    """

    relation: Relation
    of: tuple[str, ...] = ()


def causes(
    scenario: Scenario,
    published: Plan,
    changes: Sequence[Change],
    events: Sequence[Event],
    *,
    today: int,
    proven: bool,
) -> tuple[Cause, ...]:
    """Return why each change came about.

    Parameters
    ----------
    scenario
        As it is after the events.
    published
        The plan that was to hold.
    changes
        What differs from it.
    events
        What happened.
    today
        Groups that came before this day are concerned by nothing.
    proven
        Whether no plan changes less.
    """
    direct = [(event, concerned(scenario, published, event, today)) for event in events]
    where = [_bureau_of(scenario, published, change) for change in changes]
    struck = {bureau for _, bureaus in direct for bureau in bureaus}
    # Bureaus that an event concerns and that could stay as they were make nobody else change.
    moved = sorted(struck.intersection(filter(None, where))) or sorted(struck)
    found = []
    for change, bureau in zip(changes, where, strict=True):
        told = tuple(event.text for event, bureaus in direct if bureau in bureaus)
        if told:
            found.append(Cause("event", told))
        elif not moved:
            found.append(Cause("unknown"))
        else:
            gives_room = bureau is not None and proven and change.cost > 0
            found.append(Cause("room" if gives_room else "follows", tuple(moved)))
    return tuple(found)


def concerned(scenario: Scenario, published: Plan, event: Event, today: int) -> tuple[str, ...]:
    """Return the bureaus that an event concerns directly."""
    if event.kind in _OF_PERSON:
        return tuple(b.id for b, person in scenario.persons if person.id == event.subject)
    if event.kind in _OF_COMPANY:
        return tuple(x.bureau for x in scenario.companies if x.id == event.subject)
    days = {day for span in event.spans for day in scenario.days.days_of(span)}
    coming = [visit for visit in published.visits if visit.start >= today]
    if event.kind == "closure":
        hit = {x.bureau for x in coming if not days.isdisjoint(range(x.start, x.end + 1))}
    else:
        hit = {x.bureau for x in coming if x.leader == event.subject and x.leader_day in days}
        hit |= {
            trip.bureau
            for trip in published.trips
            if trip.leader == event.subject and not days.isdisjoint(trip.days)
        }
    return tuple(sorted(hit))


def _bureau_of(scenario: Scenario, published: Plan, change: Change) -> str | None:
    """Return the bureau that a change is of; None where it is of all, or of one not known."""
    if change.kind.startswith("trip-"):
        return (change.after or change.before).partition(" ")[2]
    bureaus = {
        **{person.id: bureau.id for bureau, person in scenario.persons},
        **{leave.person: leave.bureau for leave in published.leaves},
        **{bureau.id: bureau.id for bureau in scenario.organisation.bureaus},
        **{company.id: company.bureau for company in scenario.companies},
    }
    if change.kind == "duty-moved":
        return next((x.bureau for x in published.obligations if x.label == change.subject), None)
    return bureaus.get(change.subject)

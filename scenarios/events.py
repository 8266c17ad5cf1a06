"""What happens once a plan is published, and the scenario after it.

Somebody falls ill, a leader loses days, a company comes or goes, somebody is replaced, a closure is
announced. :mod:`scenarios.telling` reads events from plain words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, Literal

from scenarios.calendar import Closure
from scenarios.model import Scenario
from scenarios.organisation import Company, Leader, Person
from scenarios.part import DateRange

EventKind = Literal[
    "absent",
    "leader-away",
    "leader-gone",
    "company-cancels",
    "company-new",
    "replaced",
    "closure",
    "leave-pinned",
]

KINDS: Final[Mapping[EventKind, tuple[str, str]]] = {
    "absent": ("缺勤", "PERSON DAYS"),
    "leader-away": ("领导外出", "LEADER DAYS"),
    "leader-gone": ("领导不再接待", "LEADER [FROM]"),
    "company-cancels": ("企业取消", "COMPANY"),
    "company-new": ("新增企业", "BUREAU id=ID chain=CHAIN [key=value ...]"),
    "replaced": ("接任", "PERSON SUCCESSOR DAY [zh=TITLE en=TITLE]"),
    "closure": ("停止接待", "DAYS [HOME-CITY] [id=ID zh=NAME en=NAME]"),
    "leave-pinned": ("轮休定于", "PERSON DAY"),
}
"""Each kind of event: its Chinese word, and what follows the word."""


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened.

    Attributes
    ----------
    text
        As it was told, spaces evened out.
    kind
        What happened.
    subject
        The person, leader or company it happens to; of a closure its id.
    spans
        The days concerned; of a replacement from the first day of the successor on; none where a
        company comes or goes.
    company, successor, closure
        Who or what is new, of the kinds that bring something.
    """

    text: str
    kind: EventKind
    subject: str
    spans: tuple[DateRange, ...] = ()
    company: Company | None = None
    successor: Person | None = None
    closure: Closure | None = None


def apply(scenario: Scenario, event: Event) -> Scenario:
    """Return a scenario as it is after an event that was read from words about it."""
    match event.kind:
        case "absent":
            return _with_person(scenario, event.subject, lambda person: _absent(person, event))
        case "leader-away" | "leader-gone":
            return _with_leader(scenario, event)
        case "company-cancels":
            # As a company that failed screening: it stays known and is called no more.
            companies = (
                x.model_copy(update={"screening": "failed"}) if x.id == event.subject else x
                for x in scenario.companies
            )
            return scenario.model_copy(update={"companies": tuple(companies)})
        case "company-new":
            return _with_company(scenario, event)
        case "replaced":
            return _with_successor(scenario, event)
        case "closure":
            closures = (*scenario.calendar.closures, *([event.closure] if event.closure else ()))
            calendar = scenario.calendar.model_copy(update={"closures": closures})
            return scenario.model_copy(update={"calendar": calendar})
        case "leave-pinned":
            return _with_person(scenario, event.subject, lambda person: _pinned(person, event))


def _absent(person: Person, event: Event) -> tuple[Person, ...]:
    spans = _in_order((*person.approved_absences, *event.spans))
    return (person.model_copy(update={"approved_absences": spans}),)


def _pinned(person: Person, event: Event) -> tuple[Person, ...]:
    pins = sorted({*person.leave_pins, *(span.start for span in event.spans)})
    return (person.model_copy(update={"leave_pins": tuple(pins)}),)


def _with_successor(scenario: Scenario, event: Event) -> Scenario:
    """End a posting the day before the successor's; leaves fixed for later days fall away."""
    first = event.spans[0].start

    def ended(person: Person) -> tuple[Person, ...]:
        pins = tuple(pin for pin in person.leave_pins if pin < first)
        last = first - timedelta(days=1)
        return (person.model_copy(update={"posted_to": last, "leave_pins": pins}),)

    new = (event.successor,) if event.successor is not None else ()
    return _with_person(scenario, event.subject, ended, joined=new)


def _with_person(
    scenario: Scenario,
    person_id: str,
    change: Callable[[Person], tuple[Person, ...]],
    joined: tuple[Person, ...] = (),
) -> Scenario:
    """Change a person, and let others join the bureau after all who are there."""
    bureaus = []
    for bureau in scenario.organisation.bureaus:
        if any(person.id == person_id for person in bureau.persons):
            changed = (
                new
                for person in bureau.persons
                for new in (change(person) if person.id == person_id else (person,))
            )
            bureau = bureau.model_copy(update={"persons": (*changed, *joined)})
        bureaus.append(bureau)
    organisation = scenario.organisation.model_copy(update={"bureaus": tuple(bureaus)})
    return scenario.model_copy(update={"organisation": organisation})


def _with_leader(scenario: Scenario, event: Event) -> Scenario:
    def after(leader: Leader) -> Leader:
        if leader.id != event.subject:
            return leader
        return leader.model_copy(update={"blocked": _in_order((*leader.blocked, *event.spans))})

    leaders = tuple(map(after, scenario.organisation.leaders))
    organisation = scenario.organisation.model_copy(update={"leaders": leaders})
    return scenario.model_copy(update={"organisation": organisation})


def _with_company(scenario: Scenario, event: Event) -> Scenario:
    """Add a company, which may take a seat kept in reserve where groups keep any."""
    new = (event.company,) if event.company is not None else ()
    update: dict[str, Any] = {"companies": (*scenario.companies, *new)}
    visits = scenario.rules.visits
    if visits.reserved_seats:
        newcomers = (*visits.newcomers, *(company.id for company in new))
        visits = visits.model_copy(update={"newcomers": newcomers})
        update["rules"] = scenario.rules.model_copy(update={"visits": visits})
    return scenario.model_copy(update=update)


def _in_order(spans: Iterable[DateRange]) -> tuple[DateRange, ...]:
    return tuple(sorted(spans, key=lambda span: (span.start, span.end)))

"""The agenda of a run: what stands in somebody's calendar, with names that outlive a re-plan."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, time
from functools import cached_property
from typing import Any, Final, Literal

from dashboards.format import day as write_day
from dashboards.labels import bureau_labels, person_labels, rows_of, subject_labels
from dashboards.runs import Run, RunError, first_line
from dashboards.texts import t
from planner.plan import JOINT
from scenarios.model import Scenario
from scenarios.part import DateRange, Lang

Kind = Literal[
    "leave",
    "visit",
    "reception",
    "trip",
    "event",
    "fair",
    "dispatch-meeting",
    "chain-meeting",
    "ledger-check",
    "clearing",
    "holiday",
    "make-up",
    "closure",
]

BUSY: Final[frozenset[Kind]] = frozenset({"visit", "reception", "trip", "event", "fair"})
"""Kinds that take up the day; beside the others there is room."""

WARNED: Final[frozenset[Kind]] = frozenset({"leave", "visit"})
"""Kinds that people are reminded of."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of an agenda.

    Attributes
    ----------
    kind
        What it is.
    uid
        Its name for calendars: ASCII, without anything of a person in it; the same in every run of
        a scenario as long as it is the same thing, whenever it takes place.
    first, last
        First and last day, both included.
    hours
        From and to, Beijing time; None for whole days.
    title, details, place
        What people read; the place is empty where none is given.
    bureaus, persons
        Whom it concerns: these persons, else everybody of these bureaus, else everybody.
    """

    kind: Kind
    uid: str
    first: date
    last: date
    title: str
    details: tuple[str, ...]
    hours: tuple[time, time] | None = None
    place: str = ""
    bureaus: tuple[str, ...] = ()
    persons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose agenda: of one person, of one bureau, or of everybody where neither is given."""

    bureau: str | None = None
    person: str | None = None

    @property
    def id(self) -> str:
        """Id of the person or bureau, or ``all``."""
        return self.person or self.bureau or "all"

    @property
    def name(self) -> str:
        """Short ASCII name, as file names bear it."""
        kind = "person-" if self.person else "bureau-" if self.bureau else ""
        return f"{kind}{self.id}"

    def of(self, entries: Iterable[Entry]) -> tuple[Entry, ...]:
        """Return the entries that concern it."""
        return tuple(entry for entry in entries if self._concerned(entry))

    def title(self, scenario: Scenario, lang: Lang) -> str:
        """Return whose agenda it is, in words."""
        if self.person is not None:
            return person_labels(scenario, lang)[self.person]
        home = scenario.organisation
        named = (bureau.name.get(lang) for bureau in home.bureaus if bureau.id == self.bureau)
        return next(named, t("ics.everybody", lang, home=home.home.get(lang)))

    def _concerned(self, entry: Entry) -> bool:
        if self.person is not None and entry.persons:
            return self.person in entry.persons
        return self.bureau is None or not entry.bureaus or self.bureau in entry.bureaus


def scope_of(scenario: Scenario, name: str, among: Sequence[Scope] | None = None) -> Scope:
    """Return the scope of a person, a bureau, or ``all``.

    Parameters
    ----------
    scenario
        Who there is.
    name
        An id, or ``all``.
    among
        The scopes to choose from; by default all of them.

    Raises
    ------
    RunError
        When it names none of them.
    """
    known = {scope.id: scope for scope in (scopes(scenario) if among is None else among)}
    if name not in known:
        raise RunError("ics.unknown", usage=True, found=name, known=", ".join(known))
    return known[name]


def scopes(scenario: Scenario) -> tuple[Scope, ...]:
    """Return everybody, then each bureau followed by its persons."""
    found = [Scope()]
    for bureau in scenario.organisation.bureaus:
        found += [Scope(bureau.id), *(Scope(bureau.id, person.id) for person in bureau.persons)]
    return tuple(found)


def agenda(run: Run, lang: Lang) -> tuple[Entry, ...]:
    """Return everything a run dates, by day: from its tables, and the days its scenario sets apart.

    Raises
    ------
    RunError
        When a table cannot be read, or was edited into what the scenario does not know.
    """
    writer = _Writer(run, lang)
    try:
        entries = [
            *writer.leaves(),
            *writer.visits(),
            *writer.trips(),
            *writer.obligations(),
            *writer.days(),
        ]
    except (KeyError, ValueError) as error:
        files = ", ".join(run.edited())
        if not files:
            raise
        raise RunError("app.edited.broken", files=files, problem=first_line(error)) from error
    return tuple(sorted(_numbered(entries), key=lambda entry: (entry.first, entry.last, entry.uid)))


def _numbered(entries: Sequence[Entry]) -> Iterator[Entry]:
    """Give entries of one name a number by date: a meeting that returns, a table edited by hand."""
    seen: Counter[str] = Counter()
    for entry in sorted(entries, key=lambda entry: (entry.uid, entry.first, entry.last)):
        number = seen[entry.uid]
        seen[entry.uid] += 1
        yield replace(entry, uid=f"{_hashed(entry.uid, str(number))}@bureau-planner")


def _hashed(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]


class _Writer:
    """Puts the rows of a run's tables into words."""

    def __init__(self, run: Run, lang: Lang) -> None:
        self.run, self.lang, self.scenario = run, lang, run.scenario
        self.labels = subject_labels(run.scenario, lang)
        self.cities = bureau_labels(run.scenario, lang)

    def leaves(self) -> Iterator[Entry]:
        """Yield the rotation leaves."""
        for row in rows_of(self.run.table("leaves")):
            person, clearing = row["person"], date.fromisoformat(row["clearing_date"])
            yield self._entry(
                "leave",
                (person, row["period"]),
                (row["start"], row["end"]),
                {"person": self._label(person)},
                [
                    self._said("leave.period", period=row["period"]),
                    self._said("leave.clearing", day=write_day(clearing, self.lang)),
                ],
                bureaus=(row["bureau"],),
                persons=(person,),
            )

    def visits(self) -> Iterator[Entry]:
        """Yield the grouped visits, and a leader's reception of each that has one."""
        for row in rows_of(self.run.table("visits")):
            companies = self._companies.get(row["visit"], [])
            # Groups are numbered anew by date whenever they move; their companies stay.
            subject = (row["bureau"], min(companies, default=row["visit"]))
            concerned = {"bureaus": (row["bureau"],), "persons": (row["escort"],)}
            names = {
                "bureau": self.cities.get(row["bureau"], row["bureau"]),
                "escort": self._label(row["escort"]),
                "leader": self._label(row["leader"]),
                "n": len(companies),
            }
            details = self._visit_details(row, companies)
            place = self.scenario.organisation.home.get(self.lang)
            days = (row["start"], row["end"])
            yield self._entry("visit", subject, days, names, details, place=place, **concerned)
            if row["leader_day"]:
                day = (row["leader_day"], row["leader_day"])
                yield self._entry(
                    "reception",
                    subject,
                    day,
                    names,
                    details,
                    hours=self._hours,
                    place=place,
                    **concerned,
                )

    def trips(self) -> Iterator[Entry]:
        """Yield the leader trips, where the scenario knows any."""
        for row in rows_of(self.run.table("trips")) if self.run.has_trips else ():
            companies = row["companies"].split()
            names = {
                "leader": self._label(row["leader"]),
                "bureau": self.cities.get(row["bureau"], row["bureau"]),
            }
            details = [
                self._said("trip.host", person=self._label(row["host"])),
                self._said("companies", companies=self._listed(companies)),
            ]
            yield self._entry(
                "trip",
                (row["bureau"], min(companies, default=row["trip"])),
                (row["start"], row["end"]),
                names,
                details,
                bureaus=(row["bureau"],),
                persons=(row["host"],),
            )

    def obligations(self) -> Iterator[Entry]:
        """Yield meetings, ledger checks, clearings, promotion events and fairs."""
        for row in rows_of(self.run.table("obligations")):
            kind: Kind = row["kind"]
            persons = tuple(row["persons"].split())
            names = {
                "label": self._label(row["label"]),
                "bureau": self.cities.get(row["bureau"], row["bureau"]),
                "persons": self._listed(persons),
            }
            details = [self._said("persons", persons=names["persons"])] if persons else []
            if row["leader"]:
                details.append(self._said("event.leader", leader=self._label(row["leader"])))
            if row["label"] in self._online:
                details.append(self._said("online"))
            # Who attends may change; who clears is what a clearing is.
            own = persons if kind == "clearing" else ()
            yield self._entry(
                kind,
                (row["bureau"], row["label"], *own),
                (row["date"], self._end_of(row["label"], row["date"])),
                names,
                details,
                bureaus=(row["bureau"],) if row["bureau"] else (),
                persons=persons,
            )

    def days(self) -> Iterator[Entry]:
        """Yield holidays, make-up working days and local closures that touch the horizon."""
        calendar = self.scenario.calendar
        for year in calendar.years:
            predicted = year.status == "predicted"
            for holiday in year.holidays:
                name = holiday.name.get(self.lang)
                yield from self._set_apart("holiday", holiday.id, holiday, name, predicted)
            for day in year.make_up_days:
                span = DateRange(start=day, end=day)
                yield from self._set_apart("make-up", day.isoformat(), span, "", predicted)
        for closure in calendar.closures:
            name, predicted = closure.name.get(self.lang), closure.status == "predicted"
            yield from self._set_apart("closure", closure.id, closure, name, predicted)

    def _set_apart(
        self, kind: Kind, subject: str, span: DateRange, name: str, predicted: bool
    ) -> Iterator[Entry]:
        horizon = self.scenario.horizon
        if span.end < horizon.start or span.start > horizon.end:
            return
        days = (span.start.isoformat(), span.end.isoformat())
        details = [self._said("predicted")] if predicted else []
        # A festival returns: the year tells which.
        yield self._entry(kind, (str(span.end.year), subject), days, {"name": name}, details)

    def _entry(
        self,
        kind: Kind,
        subject: tuple[str, ...],
        days: tuple[str, str],
        names: Mapping[str, object],
        details: Iterable[str],
        **more: Any,
    ) -> Entry:
        first, last = map(date.fromisoformat, days)
        title = t(f"ics.title.{kind}", self.lang, **names)
        hours = more.get("hours")
        when = (
            self._said("hours", start=f"{hours[0]:%H:%M}", end=f"{hours[1]:%H:%M}")
            if hours
            else self._said("all-day")
        )
        uid = "\n".join((self.scenario.id, kind, *subject))
        return Entry(kind, uid, first, last, title, (*details, when), **more)

    def _visit_details(self, row: Mapping[str, Any], companies: Sequence[str]) -> list[str]:
        lines = [
            self._said("companies", companies=self._listed(companies)),
            self._said("visit.escort", person=self._label(row["escort"])),
            self._said("visit.host", unit=self._label(row["host_unit"])),
        ]
        if row["leader"]:
            day = write_day(date.fromisoformat(row["leader_day"]), self.lang)
            lines.append(self._said("visit.leader", leader=self._label(row["leader"]), day=day))
        if row.get(JOINT):
            lines.append(self._said("visit.joint"))
        return lines

    def _end_of(self, label: str, day: str) -> str:
        """Return the last day of a fair, which the tables date by its first; else the day."""
        fairs = self.scenario.obligations.fairs
        return max([day, *(fair.end.isoformat() for fair in fairs if fair.id == label)])

    def _label(self, key: str) -> str:
        return self.labels.get(key, key)

    def _listed(self, ids: Iterable[str]) -> str:
        return t("app.list", self.lang).join(map(self._label, ids))

    def _said(self, key: str, **values: object) -> str:
        return t(f"ics.{key}", self.lang, **values)

    @cached_property
    def _companies(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for row in rows_of(self.run.table("visit_companies")):
            found.setdefault(row["visit"], []).append(row["company"])
        return found

    @cached_property
    def _online(self) -> frozenset[str]:
        meetings = self.scenario.obligations.meetings
        return frozenset(meeting.id for meeting in meetings if meeting.online)

    @cached_property
    def _hours(self) -> tuple[time, time] | None:
        hours = self.scenario.rules.visits.reception_hours
        if hours is None:
            return None
        start, end = map(time.fromisoformat, hours.split("-"))
        return start, end

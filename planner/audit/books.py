"""The plan's tables as a whole, and what is looked up in them again and again."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from planner.audit.cells import Table
from planner.audit.finding import Finding
from planner.audit.rows import (
    COLUMNS,
    JOINT,
    DutyRow,
    LeaveRow,
    Readers,
    TripRow,
    UnplacedRow,
    VisitRow,
)
from scenarios.model import Scenario
from scenarios.organisation import Company, Leader, Person


@dataclass(frozen=True, slots=True)
class Group:
    """A group as the city receives it: the visit of one bureau, or those of several (V6).

    Attributes
    ----------
    id
        What the rows name it by, or the visit's own id.
    joint
        Whether the rows say that it is of several bureaus.
    visits
        Its rows, in the table's order.
    """

    id: str
    joint: bool
    visits: tuple[VisitRow, ...]


@dataclass(frozen=True)
class Books:
    """Everything the tables say, and look-ups over it.

    Attributes
    ----------
    scenario
        What was given.
    statuses
        Rows of ``calendar``: person, day, status.
    leaves, visits, unplaced, duties, trips
        Rows of their tables.
    seats
        Rows of ``visit_companies``: visit, company.
    """

    scenario: Scenario
    statuses: tuple[tuple[str, int, str], ...]
    leaves: tuple[LeaveRow, ...]
    visits: tuple[VisitRow, ...]
    seats: tuple[tuple[str, str], ...]
    unplaced: tuple[UnplacedRow, ...]
    duties: tuple[DutyRow, ...]
    trips: tuple[TripRow, ...] = ()

    @cached_property
    def status(self) -> dict[tuple[str, int], str]:
        """Status by person and day."""
        return {(person, day): status for person, day, status in self.statuses}

    @cached_property
    def post_days(self) -> Counter[str]:
        """Days at post by person."""
        return Counter(person for person, _, status in self.statuses if status == "post")

    @cached_property
    def persons(self) -> dict[str, Person]:
        """Posted persons by id."""
        return {person.id: person for _, person in self.scenario.persons}

    @cached_property
    def companies(self) -> dict[str, Company]:
        """Companies by id."""
        return {company.id: company for company in self.scenario.companies}

    @cached_property
    def leaders(self) -> dict[str, Leader]:
        """Leaders by id."""
        return {leader.id: leader for leader in self.scenario.organisation.leaders}

    @cached_property
    def visitors(self) -> dict[str, list[Company]]:
        """Companies of each visit."""
        found: dict[str, list[Company]] = {visit.visit: [] for visit in self.visits}
        for visit, company in self.seats:
            found.setdefault(visit, []).append(self.companies[company])
        return found

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """Visits by group, in the table's order."""
        rows: dict[tuple[bool, str], list[VisitRow]] = {}
        for visit in self.visits:
            key = (True, visit.joint) if visit.joint else (False, visit.visit)
            rows.setdefault(key, []).append(visit)
        return tuple(Group(name, joint, tuple(own)) for (joint, name), own in rows.items())

    @cached_property
    def group_of(self) -> dict[str, Group]:
        """The group of each visit."""
        return {visit.visit: group for group in self.groups for visit in group.visits}

    def companies_of(self, group: Group) -> list[Company]:
        """Return the companies of a group, bureau by bureau."""
        return [company for visit in group.visits for company in self.visitors[visit.visit]]

    @property
    def leaders_travel(self) -> bool:
        """Whether the scenario lets leaders travel to inspect companies (V1)."""
        return self.scenario.rules.leader_trips.inspections == "either"

    @cached_property
    def inspections(self) -> Mapping[tuple[str, str], Sequence[int]]:
        """Days on which leaders of each tier inspect each company, at home or on trips (V1).

        What counts is the leader that is named; a trip counts on its first day, and not at all
        where leaders inspect at home only.
        """
        found: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
        for visit in self.visits:
            if visit.leader:
                day = visit.start if visit.leader_day is None else visit.leader_day
                for company in self.visitors[visit.visit]:
                    found[company.id, self.leaders[visit.leader].tier].append(day)
        for trip in self.trips if self.leaders_travel else ():
            for key in trip.companies:
                found[key, self.leaders[trip.leader].tier].append(trip.start)
        return found

    @cached_property
    def span(self) -> str:
        """The horizon as a period label."""
        return f"{self.scenario.horizon.start}/{self.scenario.horizon.end}"

    def iso(self, day: int) -> str:
        """Return a day as a date."""
        return self.scenario.days.date_of(day).isoformat()

    def home_days(self, leave: LeaveRow) -> range:
        """Return the days of a leave spent at home: all but its travel days (P5)."""
        travel = self.scenario.rules.leave.travel_days_each_way
        return range(leave.start + travel, leave.end - travel + 1)

    def receives(self, day: int) -> bool:
        """Return whether visits may run on a day: never on closures (P12)."""
        days = self.scenario.days
        any_day = self.scenario.rules.visits.days == "any"
        return days.closed[day] is None and (any_day or days.workday[day])

    def at_post(self, person: str, day: int) -> bool:
        """Return whether the calendar has a person at post on a day."""
        return self.status.get((person, day)) == "post"


def read_books(
    scenario: Scenario, tables: Mapping[str, object]
) -> tuple[Books, tuple[Finding, ...]]:
    """Read the tables; rows that make no sense are left out, and found wrong.

    Parameters
    ----------
    scenario
        What was given.
    tables
        Tables by name; cells may be texts, numbers, dates or missing.
    """
    travels = scenario.rules.leader_trips.inspections == "either"
    sheet = {
        name: Table.of(scenario, name, (*columns, *_more(scenario, name, tables)), tables)
        for name, columns in COLUMNS.items()
        # A plan without trips has no such table, and one made before there were any.
        if name != "trips" or travels or name in tables
    }
    visits = frozenset(cells["visit"] for cells in sheet["visits"].cells if cells["visit"])
    known = Readers.of(scenario, visits)
    books = Books(
        scenario=scenario,
        statuses=sheet["calendar"].records(known.status, ("date", "person")),
        leaves=sheet["leaves"].records(known.leave, COLUMNS["leaves"]),
        visits=sheet["visits"].records(known.visit, ("visit",)),
        seats=sheet["visit_companies"].records(known.seat, COLUMNS["visit_companies"]),
        unplaced=sheet["unplaced"].records(known.left_out, ("company",)),
        duties=sheet["obligations"].records(known.duty, COLUMNS["obligations"]),
        trips=sheet["trips"].records(known.trip, ("trip",)) if "trips" in sheet else (),
    )
    return books, tuple(finding for table in sheet.values() for finding in table.findings())


def _more(scenario: Scenario, name: str, tables: Mapping[str, object]) -> tuple[str, ...]:
    """Return columns beside those every plan has: who joins whom, where anybody may or does."""
    may_join = scenario.rules.visits.joint_groups == "allowed"
    said = JOINT in getattr(tables.get(name), "columns", ())
    return (JOINT,) if name == "visits" and (may_join or said) else ()

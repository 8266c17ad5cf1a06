"""Rows of the plan's tables, read cell by cell: days as indices, ids known."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from planner.audit.cells import DATES, WORDS, Cells
from scenarios.model import Scenario

COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "calendar": ("date", "bureau", "person", "status"),
    "leaves": ("person", "bureau", "period", "start", "end", "clearing_date"),
    "visits": (
        "visit",
        "bureau",
        "start",
        "end",
        "escort",
        "leader",
        "leader_tier",
        "leader_day",
        "chain",
        "host_unit",
        "seats",
    ),
    "visit_companies": ("visit", "company"),
    "unplaced": ("company", "reason", "alternative"),
    "obligations": ("kind", "date", "bureau", "persons", "label", "leader"),
    "trips": ("trip", "bureau", "leader", "leader_tier", "start", "end", "host", "companies"),
}
"""Columns of every table the audit reads."""

JOINT: Final = "joint"
"""Column of ``visits`` that names the group a row is a bureau's part of (V6)."""

STATUSES: Final = ("post", "travel", "leave", "escort", "absent")
KINDS: Final = ("event", "fair", "dispatch-meeting", "chain-meeting", "ledger-check", "clearing")
OF_ONE_BUREAU: Final = ("event", "fair", "clearing")
REASONS: Final = ("screened-out", "no-window", "no-leader", "no-seat", "no-group")
TIERS: Final = ("principal", "deputy")
_ID: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class LeaveRow:
    """One row of ``leaves``."""

    person: str
    bureau: str
    period: str
    start: int
    end: int
    clearing_day: int

    @property
    def days(self) -> range:
        """Days of the leave, travel included."""
        return range(self.start, self.end + 1)


@dataclass(frozen=True, slots=True)
class VisitRow:
    """One row of ``visits``; texts are empty and the leader's day None where nobody receives.

    ``joint`` is empty where the group is of one bureau.
    """

    visit: str
    bureau: str
    start: int
    end: int
    escort: str
    leader: str
    tier: str
    leader_day: int | None
    chain: str
    host_unit: str
    seats: int
    joint: str = ""

    @property
    def days(self) -> range:
        """Days of the visit."""
        return range(self.start, self.end + 1)


@dataclass(frozen=True, slots=True)
class UnplacedRow:
    """One row of ``unplaced``; unit and day are empty where nobody receives the company."""

    company: str
    reason: str
    unit: str
    day: int | None


@dataclass(frozen=True, slots=True)
class DutyRow:
    """One row of ``obligations``; the bureau is empty where it concerns all."""

    kind: str
    day: int
    bureau: str
    persons: tuple[str, ...]
    label: str
    leader: str


@dataclass(frozen=True, slots=True)
class TripRow:
    """One row of ``trips``."""

    trip: str
    bureau: str
    leader: str
    tier: str
    start: int
    end: int
    host: str
    companies: tuple[str, ...]

    @property
    def days(self) -> range:
        """Days of the trip, travel included."""
        return range(self.start, self.end + 1)


@dataclass(frozen=True)
class Readers:
    """Makes rows of cells, knowing the ids a cell may hold."""

    bureau_of: Mapping[str, str]
    periods: frozenset[str]
    companies: frozenset[str]
    leaders: frozenset[str]
    chains: frozenset[str]
    units: frozenset[str]
    visits: frozenset[str]

    @classmethod
    def of(cls, scenario: Scenario, visits: frozenset[str]) -> Readers:
        """Return the readers for a scenario and the visits its plan names."""
        organisation = scenario.organisation
        return cls(
            bureau_of={person.id: bureau.id for bureau, person in scenario.persons},
            periods=frozenset(period.label for period in scenario.periods),
            companies=frozenset(company.id for company in scenario.companies),
            leaders=frozenset(leader.id for leader in organisation.leaders),
            chains=frozenset(chain.id for chain in organisation.chains),
            units=frozenset(unit.id for unit in organisation.host_units),
            visits=visits,
        )

    @property
    def bureaus(self) -> frozenset[str]:
        """Bureaus somebody is posted to: all of them."""
        return frozenset(self.bureau_of.values())

    def status(self, cells: Cells) -> tuple[str, int, str]:
        """Read a row of ``calendar`` as person, day, status."""
        self._posted(cells)
        return cells.text("person"), cells.day("date"), cells.word("status", STATUSES)

    def leave(self, cells: Cells) -> LeaveRow:
        """Read a row of ``leaves``."""
        self._posted(cells)
        leave = LeaveRow(
            person=cells.text("person"),
            bureau=cells.text("bureau"),
            period=cells.word("period", self.periods),
            start=cells.day("start"),
            end=cells.day("end"),
            clearing_day=cells.day("clearing_date"),
        )
        self._ordered(cells, leave.start, leave.end)
        return leave

    def visit(self, cells: Cells) -> VisitRow:
        """Read a row of ``visits``."""
        visit = VisitRow(
            visit=cells.word("visit", self.visits),
            bureau=cells.word("bureau", self.bureaus),
            start=cells.day("start"),
            end=cells.day("end"),
            escort=cells.word("escort", self.bureau_of),
            leader=cells.optional_word("leader", self.leaders),
            tier=cells.optional_word("leader_tier", TIERS),
            leader_day=cells.optional_day("leader_day"),
            chain=cells.word("chain", self.chains),
            host_unit=cells.word("host_unit", self.units),
            seats=cells.number("seats"),
            joint=cells.texts.get(JOINT, ""),
        )
        if visit.joint and not _ID.fullmatch(visit.joint):
            cells.fault(WORDS, f"{JOINT} '{visit.joint}' is no id")
        self._ordered(cells, visit.start, visit.end)
        return visit

    def seat(self, cells: Cells) -> tuple[str, str]:
        """Read a row of ``visit_companies`` as visit, company."""
        return cells.word("visit", self.visits), cells.word("company", self.companies)

    def left_out(self, cells: Cells) -> UnplacedRow:
        """Read a row of ``unplaced``; an alternative is a unit and a date."""
        unit, _, when = cells.text("alternative").partition(" ")
        if unit and unit not in self.units:
            cells.fault(WORDS, f"alternative: unit '{unit}' is unknown")
        return UnplacedRow(
            company=cells.word("company", self.companies),
            reason=cells.word("reason", REASONS),
            unit=unit,
            day=cells.day_in("alternative", when) if unit else None,
        )

    def duty(self, cells: Cells) -> DutyRow:
        """Read a row of ``obligations``."""
        duty = DutyRow(
            kind=cells.word("kind", KINDS),
            day=cells.day("date"),
            bureau=cells.optional_word("bureau", self.bureaus),
            persons=cells.words("persons", self.bureau_of),
            label=cells.text("label"),
            leader=cells.optional_word("leader", self.leaders),
        )
        if duty.kind in OF_ONE_BUREAU and not duty.bureau:
            cells.fault(WORDS, f"{duty.kind} of no bureau")
        for person in duty.persons:
            if duty.bureau and self.bureau_of.get(person, duty.bureau) != duty.bureau:
                cells.fault(WORDS, f"{person} is not of {duty.bureau}")
        return duty

    def trip(self, cells: Cells) -> TripRow:
        """Read a row of ``trips``."""
        trip = TripRow(
            trip=cells.text("trip"),
            bureau=cells.word("bureau", self.bureaus),
            leader=cells.word("leader", self.leaders),
            tier=cells.word("leader_tier", TIERS),
            start=cells.day("start"),
            end=cells.day("end"),
            host=cells.word("host", self.bureau_of),
            companies=cells.words("companies", self.companies),
        )
        if not _ID.fullmatch(trip.trip):
            cells.fault(WORDS, f"trip '{trip.trip}' is no id")
        self._ordered(cells, trip.start, trip.end)
        return trip

    def _posted(self, cells: Cells) -> None:
        """Expect a person and the bureau that person is posted to."""
        person = cells.word("person", self.bureau_of)
        if cells.text("bureau") != self.bureau_of.get(person, cells.text("bureau")):
            cells.fault(WORDS, f"{person} is not of '{cells.text('bureau')}'")

    def _ordered(self, cells: Cells, start: int, end: int) -> None:
        if end < start:
            cells.fault(DATES, "end before start")

"""The plan: what was decided, as records and as the tables people take away.

Dates are integer days since the horizon's start; tables carry ISO dates. A plan is data alone:
it knows nothing of the solver, and the audit recomputes every rule from its tables.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any, Literal

import pandas as pd

from scenarios.model import Scenario
from scenarios.organisation import Tier

COLUMNS: Mapping[str, tuple[str, ...]] = {
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
"""Columns of the plan's tables, by file name without ending.

``trips`` is there only where the scenario lets leaders travel; ``visits`` ends with the column
:data:`JOINT` only where it lets bureaus bring groups together (V6).
"""

JOINT = "joint"
"""Column of ``visits`` that names the joint group a row is a bureau's part of."""

Status = Literal["post", "travel", "leave", "escort", "absent"]
Kind = Literal["event", "fair", "dispatch-meeting", "chain-meeting", "ledger-check", "clearing"]


@dataclass(frozen=True, slots=True, order=True)
class Leave:
    """One rotation leave of one person: days ``start`` to ``end``, both included."""

    person: str
    bureau: str
    period: str
    start: int
    end: int
    clearing_day: int


@dataclass(frozen=True, slots=True, order=True)
class Visit:
    """One grouped visit of one bureau: days ``start`` to ``end``, both included.

    ``leader`` and ``leader_day`` are None where no leader receives the group; ``seats`` counts
    all seats, taken by ``companies`` or still free. Visits of several bureaus that name the same
    ``joint`` are one group (V6): same days, host unit and reception, and the seats of one group
    between them; None where the group is the bureau's alone.
    """

    id: str
    bureau: str
    start: int
    end: int
    escort: str
    leader: str | None
    leader_tier: Tier | None
    leader_day: int | None
    chain: str
    host_unit: str
    seats: int
    companies: tuple[str, ...]
    joint: str | None = None


@dataclass(frozen=True, slots=True, order=True)
class Unplaced:
    """A company no group has room for, why, and who receives it instead (V4)."""

    company: str
    reason: Literal["screened-out", "no-window", "no-leader", "no-seat", "no-group"]
    host_unit: str | None
    day: int | None


@dataclass(frozen=True, slots=True, order=True)
class Obligation:
    """A duty with a date. ``bureau`` is None where it concerns all; ``leader`` for led events."""

    day: int
    kind: Kind
    bureau: str | None
    persons: tuple[str, ...]
    label: str
    leader: str | None = None


@dataclass(frozen=True, slots=True, order=True)
class Trip:
    """One leader trip to the companies of a bureau: days ``start`` to ``end``, both included.

    ``host`` is the person of the bureau who is at post on every day of it.
    """

    id: str
    bureau: str
    leader: str
    leader_tier: Tier
    start: int
    end: int
    host: str
    companies: tuple[str, ...]

    @property
    def days(self) -> range:
        """Days of the trip, travel included."""
        return range(self.start, self.end + 1)


@dataclass(frozen=True, slots=True)
class Level:
    """One aim of the lexicographic solve: its value, the proven bound, and whether they meet."""

    aim: str
    value: int
    bound: int
    proven: bool


@dataclass(frozen=True)
class Plan:
    """What was decided for a scenario.

    Attributes
    ----------
    scenario_hash
        Content hash of the scenario it was made for.
    leaves, visits, unplaced, obligations
        Sorted records.
    budget_yuan
        Lump sum per bureau that goes with the plan.
    levels
        The aims in order, as the solver left them; empty for a plan made by hand.
    trips
        Leader trips, sorted; none where leaders inspect at home only.
    """

    scenario_hash: str
    leaves: tuple[Leave, ...]
    visits: tuple[Visit, ...]
    unplaced: tuple[Unplaced, ...]
    obligations: tuple[Obligation, ...]
    budget_yuan: tuple[tuple[str, int], ...]
    levels: tuple[Level, ...] = ()
    trips: tuple[Trip, ...] = ()

    @cached_property
    def content_hash(self) -> str:
        """SHA-256 over everything decided (the levels, being commentary, left out)."""
        content = to_json(self)
        del content["levels"]
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()

    def budget_of(self, bureau: str) -> int:
        """Return the lump sum of a bureau in yuan."""
        return dict(self.budget_yuan)[bureau]


def groups_of(visits: Iterable[Visit]) -> tuple[tuple[Visit, ...], ...]:
    """Return visits by group, in their order: those of a joint group together, others alone."""
    groups: list[list[Visit]] = []
    joint: dict[str, list[Visit]] = {}
    for visit in visits:
        if visit.joint is not None and visit.joint in joint:
            joint[visit.joint].append(visit)
            continue
        groups.append([visit])
        if visit.joint is not None:
            joint[visit.joint] = groups[-1]
    return tuple(map(tuple, groups))


def status_of(scenario: Scenario, plan: Plan) -> dict[str, list[Status | None]]:
    """Return each person's status on every day, None where not posted.

    ``escort`` marks home days of a leave on which the person escorts a group; travel days are
    the leave's first and last days (P5); approved absences outrank everything but the posting.
    """
    travel = scenario.rules.leave.travel_days_each_way
    status: dict[str, list[Status | None]] = {}
    for _, person in scenario.persons:
        days: list[Status | None] = [None] * scenario.days.n_days
        for day in scenario.posted_days(person):
            days[day] = "post"
        status[person.id] = days
    for leave in plan.leaves:
        for day in range(leave.start, leave.end + 1):
            at_edge = day < leave.start + travel or day > leave.end - travel
            status[leave.person][day] = "travel" if at_edge else "leave"
    for visit in plan.visits:
        for day in range(visit.start, visit.end + 1):
            status[visit.escort][day] = "escort"
    for _, person in scenario.persons:
        for span in person.approved_absences:
            for day in scenario.days.days_of(span):
                if status[person.id][day] is not None:
                    status[person.id][day] = "absent"
    return status


def calendar_table(scenario: Scenario, plan: Plan) -> pd.DataFrame:
    """Return ``date, bureau, person, status``: one row per posted person and day."""
    status = status_of(scenario, plan)
    rows = [
        (date, bureau.id, person.id, status[person.id][day])
        for day, date in enumerate(_iso(scenario, day) for day in range(scenario.days.n_days))
        for bureau, person in scenario.persons
        if status[person.id][day] is not None
    ]
    return _table("calendar", rows)


def leaves_table(scenario: Scenario, plan: Plan) -> pd.DataFrame:
    """Return ``person, bureau, period, start, end, clearing_date``."""
    rows = [
        (
            leave.person,
            leave.bureau,
            leave.period,
            _iso(scenario, leave.start),
            _iso(scenario, leave.end),
            _iso(scenario, leave.clearing_day),
        )
        for leave in plan.leaves
    ]
    return _table("leaves", rows)


def visits_table(scenario: Scenario, plan: Plan) -> pd.DataFrame:
    """Return one row per grouped visit, leader columns empty where nobody receives it.

    A joint group has a row for each bureau; the column that tells them is there only where the
    scenario allows such groups, or the plan has one.
    """
    rows = [
        (
            v.id,
            v.bureau,
            _iso(scenario, v.start),
            _iso(scenario, v.end),
            v.escort,
            v.leader or "",
            v.leader_tier or "",
            _iso(scenario, v.leader_day) if v.leader_day is not None else "",
            v.chain,
            v.host_unit,
            v.seats,
        )
        for v in plan.visits
    ]
    table = _table("visits", rows)
    may_join = scenario.rules.visits.joint_groups == "allowed"
    if may_join or any(visit.joint for visit in plan.visits):
        table[JOINT] = [visit.joint or "" for visit in plan.visits]
    return table


def visit_companies_table(plan: Plan) -> pd.DataFrame:
    """Return ``visit, company``."""
    rows = [(visit.id, company) for visit in plan.visits for company in visit.companies]
    return _table("visit_companies", rows)


def unplaced_table(scenario: Scenario, plan: Plan) -> pd.DataFrame:
    """Return ``company, reason, alternative``: the unit and date that receive it instead."""
    rows = [
        (
            u.company,
            u.reason,
            f"{u.host_unit} {_iso(scenario, u.day)}" if u.host_unit and u.day is not None else "",
        )
        for u in plan.unplaced
    ]
    return _table("unplaced", rows)


def obligations_table(scenario: Scenario, plan: Plan) -> pd.DataFrame:
    """Return ``kind, date, bureau, persons, label, leader``."""
    rows = [
        (
            o.kind,
            _iso(scenario, o.day),
            o.bureau or "",
            " ".join(o.persons),
            o.label,
            o.leader or "",
        )
        for o in plan.obligations
    ]
    return _table("obligations", rows)


def trips_table(scenario: Scenario, plan: Plan) -> pd.DataFrame:
    """Return one row per leader trip, its companies with spaces between."""
    rows = [
        (
            trip.id,
            trip.bureau,
            trip.leader,
            trip.leader_tier,
            _iso(scenario, trip.start),
            _iso(scenario, trip.end),
            trip.host,
            " ".join(trip.companies),
        )
        for trip in plan.trips
    ]
    return _table("trips", rows)


def tables(scenario: Scenario, plan: Plan) -> dict[str, pd.DataFrame]:
    """Return every table of the plan by file name (without ending)."""
    found = {
        "calendar": calendar_table(scenario, plan),
        "leaves": leaves_table(scenario, plan),
        "visits": visits_table(scenario, plan),
        "visit_companies": visit_companies_table(plan),
        "unplaced": unplaced_table(scenario, plan),
        "obligations": obligations_table(scenario, plan),
    }
    if plan.trips or scenario.rules.leader_trips.inspections == "either":
        found["trips"] = trips_table(scenario, plan)
    return found


def to_json(plan: Plan) -> dict[str, Any]:
    """Return the plan as plain data for ``plan.json``; trips only where there are any.

    The same holds of a visit's joint group.
    """
    content = asdict(plan)
    if not plan.trips:
        del content["trips"]
    for visit in content["visits"]:
        if visit[JOINT] is None:
            del visit[JOINT]
    return content


def from_json(data: dict[str, Any]) -> Plan:
    """Read a plan back from plain data.

    Raises
    ------
    (KeyError, TypeError)
        When the data are not those of a plan.
    """
    return Plan(
        scenario_hash=data["scenario_hash"],
        leaves=tuple(Leave(**row) for row in data["leaves"]),
        visits=tuple(
            Visit(**{**row, "companies": tuple(row["companies"])}) for row in data["visits"]
        ),
        unplaced=tuple(Unplaced(**row) for row in data["unplaced"]),
        obligations=tuple(
            Obligation(**{**row, "persons": tuple(row["persons"])}) for row in data["obligations"]
        ),
        budget_yuan=tuple((bureau, yuan) for bureau, yuan in data["budget_yuan"]),
        levels=tuple(Level(**row) for row in data["levels"]),
        trips=tuple(
            Trip(**{**row, "companies": tuple(row["companies"])}) for row in data.get("trips", ())
        ),
    )


def _table(name: str, rows: Iterable[tuple[object, ...]]) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=list(COLUMNS[name]))


def _iso(scenario: Scenario, day: int) -> str:
    return scenario.days.date_of(day).isoformat()

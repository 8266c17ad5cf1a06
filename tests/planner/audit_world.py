"""A small city and a plan made for it by hand: it keeps every hard rule of the audit.

Days of 2023: 1 April is a Saturday. Slack is a day a person, so that little breaks something.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pandas as pd

from planner.audit import Finding, audit
from planner.plan import Kind, Leave, Obligation, Plan, Trip, Unplaced, Visit, tables
from scenarios.calendar import CalendarData, Closure, HolidayYear
from scenarios.model import Scenario
from scenarios.obligations import EventDuty, Fair, Meeting, Obligations
from tests.planner.instances import (
    HOLIDAYS_2023,
    bureau,
    company,
    leader,
    person,
    scenario,
    span,
    target,
    text,
)

Tables = dict[str, pd.DataFrame]
Edit = Callable[[Tables], None]

TRIPS = {"inspections": "either", "companies_max": 2, "trips_per_leader_per_year": 1}
"""Leaders travel, so that every rule of trips is looked at."""

SPRING = span("2023-04-01", "2023-07-31")


def city() -> Scenario:
    """Two bureaus, a spring and a month: pins, absences, short postings, fairs, meetings."""
    north = bureau(
        "north",
        (
            person("north-chief", "chief", leave_pins=(date(2023, 5, 8),)),
            person("north-deputy", "deputy", no_leave=(span("2023-06-17", "2023-06-18"),)),
            person("north-staff", posted_from=date(2023, 5, 1)),
        ),
    )
    wish = {"start": "2023-06-20", "end": "2023-06-22"}
    south = bureau(
        "south",
        (
            person("south-chief", "chief", approved_absences=(span("2023-06-03", "2023-06-04"),)),
            person("south-deputy", "deputy", leave_requests=(wish,)),
        ),
    )
    wood = {"chain": "wood"}
    companies = (
        company("n1", "north", SPRING, expects="principal"),
        company("n2", "north", SPRING),
        company("n3", "north", span("2023-05-01", "2023-05-15")),
        company("n4", "north", SPRING, screening="failed"),
        company("n5", "north", span("2023-07-03", "2023-07-12")),
        company("s1", "south", SPRING, expects="deputy", **wood),
        company("s2", "south", SPRING, **wood),
        company("s3", "south", SPRING, **wood),
        company("s4", "south", SPRING),
    )
    meetings = (
        Meeting(
            id="dispatch",
            label=text("dispatch"),
            kind="dispatch-meeting",
            every="half-month",
            day_of_month=(10, 25),
        ),
        Meeting(
            id="chain", label=text("chain"), kind="chain-meeting", every="month", day_of_month=(15,)
        ),
        Meeting(id="ledger", label=text("ledger"), kind="ledger-check", every="week", weekday=7),
    )
    expo = Fair(
        id="expo",
        name=text("expo"),
        start=date(2023, 5, 16),
        end=date(2023, 5, 18),
        bureaus=("north",),
    )
    closure = Closure(
        id="local", name=text("local"), start=date(2023, 6, 15), end=date(2023, 6, 15)
    )
    year = HolidayYear(year=2023, status="official", source="t", trust="E", holidays=HOLIDAYS_2023)
    return scenario(
        "2023-04-01",
        "2023-07-31",
        bureaus=(north, south),
        companies=companies,
        leaders=(
            leader(
                "principal",
                "principal",
                groups_per_month=1,
                blocked=(span("2023-05-09"), span("2023-07-12")),
            ),
            leader("vice", groups_per_month=2, blocked=(span("2023-05-24"),)),
        ),
        chains={"stone": "stone-unit", "wood": "wood-unit"},
        units={"office": 1, "stone-unit": 1, "wood-unit": 1},
        groups_in_city=1,
        targets=(target("inspections_principal", 3), target("inspections_deputy", 1)),
        calendar=CalendarData(years=(year,), closures=(closure,)),
        obligations=Obligations(meetings=meetings, events=EventDuty(), fairs=(expo,)),
        rules={
            "leader_trips": TRIPS,
            "leave": {"min_days_between": 30},
            "visits": {"reserved_seats": 3, "newcomers": ("n4", "s4")},
        },
    )


def plan_of(given: Scenario) -> Plan:
    """Return the plan made by hand."""

    def day(word: str) -> int:
        return given.days.day_of(date.fromisoformat(f"2023-{word}"))

    def leave(who: str, start: str, end: str, cleared: str) -> Leave:
        return Leave(who, who.split("-")[0], "2023-Q2", day(start), day(end), day(cleared))

    def duty(kind: Kind, when: str, where: str, who: str, label: str, led: str = "") -> Obligation:
        return Obligation(day(when), kind, where or None, tuple(who.split()), label, led or None)

    leaves = (
        leave("north-chief", "05-08", "05-19", "05-18"),
        # The city is closed on 15 June, the last day at home.
        leave("north-deputy", "06-05", "06-16", "06-14"),
        leave("north-staff", "06-19", "06-30", "06-29"),
        leave("south-chief", "05-22", "06-02", "06-01"),
        leave("south-deputy", "06-19", "06-30", "06-29"),
    )
    visits = (
        Visit(
            id="north-v01",
            bureau="north",
            start=day("05-09"),
            end=day("05-11"),
            escort="north-chief",
            leader="principal",
            leader_tier="principal",
            leader_day=day("05-10"),
            chain="stone",
            host_unit="stone-unit",
            seats=6,
            companies=("n1", "n2", "n3"),
        ),
        Visit(
            id="south-v01",
            bureau="south",
            start=day("05-24"),
            end=day("05-26"),
            escort="south-chief",
            leader="vice",
            leader_tier="deputy",
            leader_day=day("05-25"),
            chain="wood",
            host_unit="wood-unit",
            seats=6,
            companies=("s1", "s2", "s3"),
        ),
    )
    sundays = range(1, given.days.n_days, 7)
    duties = (
        *(Obligation(x.clearing_day, "clearing", x.bureau, (x.person,), x.period) for x in leaves),
        duty("event", "04-12", "north", "north-chief north-deputy", "north-event-1"),
        duty("event", "04-26", "north", "north-chief north-deputy", "north-event-2", "vice"),
        duty("event", "04-13", "south", "south-chief", "south-event-1"),
        duty("event", "04-27", "south", "south-chief", "south-event-2", "principal"),
        duty("fair", "05-16", "north", "north-deputy north-staff", "expo"),
        *(
            duty("dispatch-meeting", when, "", "", "dispatch")
            for when in ["04-10", "04-25", "05-10", "05-25", "06-12", "06-26", "07-10", "07-25"]
        ),
        *(
            duty("chain-meeting", when, "", "", "chain")
            for when in ["04-17", "05-15", "06-16", "07-17"]
        ),
        *(Obligation(sunday, "ledger-check", None, (), "ledger") for sunday in sundays),
    )
    return Plan(
        scenario_hash=given.content_hash,
        leaves=leaves,
        visits=visits,
        unplaced=(
            Unplaced("n4", "screened-out", None, None),
            Unplaced("n5", "no-window", "stone-unit", day("07-03")),
            Unplaced("s4", "no-group", "office", day("05-30")),
        ),
        obligations=tuple(sorted(duties, key=lambda duty: (duty.day, duty.kind, duty.label))),
        budget_yuan=tuple(given.budget.lump_sum_yuan.items()),
        trips=(
            Trip(
                id="south-t01",
                bureau="south",
                leader="principal",
                leader_tier="principal",
                start=day("07-04"),
                end=day("07-06"),
                host="south-chief",
                companies=("s1", "s4"),
            ),
        ),
    )


def good_tables() -> Tables:
    """Return the tables of the plan made by hand."""
    given = city()
    return tables(given, plan_of(given))


def change(table: str, where: dict[str, str], **values: object) -> Edit:
    """Return an edit that overwrites cells of the rows that match."""

    def edit(edited: Tables) -> None:
        frame = edited[table] = edited[table].astype(object)
        rows = _matching(frame, where)
        for column, value in values.items():
            frame.loc[rows, column] = value

    return edit


def drop(table: str, **where: str) -> Edit:
    """Return an edit that removes the rows that match."""

    def edit(edited: Tables) -> None:
        frame = edited[table]
        edited[table] = frame[~_matching(frame, where)]

    return edit


def add(table: str, *values: object) -> Edit:
    """Return an edit that appends a row."""

    def edit(edited: Tables) -> None:
        frame = edited[table]
        row = pd.DataFrame([values], columns=frame.columns[: len(values)])
        edited[table] = pd.concat([frame, row], ignore_index=True).fillna("")

    return edit


def both(*edits: Edit) -> Edit:
    """Return an edit that makes several."""

    def edit(edited: Tables) -> None:
        for one in edits:
            one(edited)

    return edit


def away(who: str, *days: str) -> Edit:
    """Return an edit that marks a person as on leave in the calendar alone."""
    return both(
        *(change("calendar", {"person": who, "date": f"2023-{d}"}, status="leave") for d in days)
    )


def _matching(frame: pd.DataFrame, where: dict[str, str]) -> pd.Series[bool]:
    rows = pd.Series(data=True, index=frame.index)
    for column, value in where.items():
        rows &= frame[column].astype(str) == value
    # An edit that matches nothing would test nothing.
    assert rows.any(), f"no row where {where}"
    return rows


NO_EVENTS = Obligations(events=EventDuty(per_bureau=0, led_per_bureau=0))


def one_leave(
    given: Scenario, starts: dict[str, tuple[str, str]], duties: tuple[Obligation, ...] = ()
) -> Plan:
    """Return a plan of leaves alone: period and first day by person."""
    leaves = []
    for who, (period, start) in starts.items():
        first = given.days.day_of(date.fromisoformat(start))
        last = first + given.rules.leave.length_days - 1
        home = range(first + 1, last)
        cleared = max(day for day in home if given.days.reception(day))
        leaves.append(Leave(who, who.split("-")[0], period, first, last, cleared))
    clearings = (Obligation(x.clearing_day, "clearing", x.bureau, (x.person,), "") for x in leaves)
    return Plan(
        scenario_hash=given.content_hash,
        leaves=tuple(sorted(leaves)),
        visits=(),
        unplaced=tuple(Unplaced(c.id, "no-group", None, None) for c in given.companies),
        obligations=(*clearings, *duties),
        budget_yuan=(),
    )


def small(start: str, end: str, *persons: Any, **more: Any) -> Scenario:
    more.setdefault("obligations", NO_EVENTS)
    return scenario(start, end, bureaus=(bureau("north", persons),), **more)


def findings_of(
    given: Scenario,
    starts: dict[str, tuple[str, str]],
    duties: tuple[Obligation, ...] = (),
) -> tuple[Finding, ...]:
    return audit(given, tables(given, one_leave(given, starts, duties)))


def of_rule(findings: tuple[Finding, ...], rule: str) -> list[tuple[str, str, str, str]]:
    return [(f.period, f.required, f.actual, f.verdict) for f in findings if f.rule == rule]


def with_rules(rules: dict[str, Any], edit: Edit | None = None) -> tuple[Finding, ...]:
    """Return the findings on the good plan under other rules, as its scenario would have them."""
    edited = good_tables()
    if edit:
        edit(edited)
    given = city()
    asked = given.rules.model_validate({"leader_trips": TRIPS, **rules})
    return audit(given.model_copy(update={"rules": asked}), edited)

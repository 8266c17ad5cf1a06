"""Small worlds for simulation tests: everything neutral unless a test says otherwise."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date, timedelta
from typing import Any

from planner.plan import Leave, Obligation, Plan, Visit
from scenarios.assumptions import KNOWN
from scenarios.model import Scenario
from sim.futures import Future, Leads, draw_future

START = date(2023, 7, 1)

NEUTRAL: dict[str, float] = {
    "year-climate": 1,
    "regional-multiplier": 1,
    "group-visit-factor": 1,
    "call-to-lead": 1,
    "call-to-visit": 1,
    "visit-to-contract": 1,
    "contract-to-registered": 1,
    "contract-to-started": 1,
    "funds-realisation": 1,
    "event-held": 1,
    "event-led": 1,
    "queue-patience-days": 1000,
    "booking-patience-days": 1000,
    "trip-days": 1,
    "contract-yuan": 1_000_000,
}
"""What is not named here is 0: no delays, no costs, no deductions, no openings."""

Distribution = dict[str, Any] | float


def _text(name: str) -> dict[str, str]:
    return {"zh": name, "en": name}


def world(
    assumptions: dict[str, Distribution] | None = None,
    *,
    days: int = 92,
    persons: int = 2,
    bureaus: tuple[str, ...] = ("north",),
    lump_sum_yuan: int = 1_000_000,
    per_diem_yuan: int = 0,
    weekends_off: bool = False,
    gate: dict[str, str] | None = None,
    reserve_per_diem: bool = True,
    travel_yuan: tuple[int, int, int] = (0, 0, 0),
    season: dict[str, Any] | None = None,
    funding: dict[str, Any] | None = None,
    rent_yuan: int = 0,
    start: date = START,
) -> Scenario:
    """Build a scenario whose assumptions are neutral but for those given.

    A number stands for a fixed distribution. Every day is a working day unless weekends are off.
    """
    end = start + timedelta(days=days - 1)
    given = assumptions or {}

    def distribution(key: str) -> dict[str, Any]:
        value = given.get(key, NEUTRAL.get(key, 0))
        return value if isinstance(value, dict) else {"kind": "fixed", "value": value}

    every = [start + timedelta(days=i) for i in range(days)]
    meals, local, hotel = travel_yuan
    return Scenario.model_validate(
        {
            "id": "world",
            "title": _text("world"),
            "horizon": {"start": start, "end": end},
            "calendar": {
                "years": [
                    {
                        "year": year,
                        "status": "official",
                        "source": "test",
                        "trust": "A",
                        "holidays": [],
                        "make_up_days": []
                        if weekends_off
                        else [d for d in every if d.year == year and d.weekday() >= 5],
                    }
                    for year in range(start.year, end.year + 1)
                ]
            },
            "organisation": {
                "home": _text("home"),
                "office": "office",
                "provinces": [{"id": "p", "name": _text("p")}],
                "bureaus": [
                    {
                        "id": bureau,
                        "name": _text(bureau),
                        "city": _text(bureau),
                        "lead_leader": _text("leader"),
                        "section_cadre": _text("cadre"),
                        "persons": [
                            {"id": f"{bureau}-{i}", "title": _text("post"), "role": "staff"}
                            for i in range(persons)
                        ],
                        "primary_provinces": ["p"],
                        "sectors": [],
                    }
                    for bureau in bureaus
                ],
                "host_units": [{"id": "office", "name": _text("office")}],
                "chains": [{"id": "c", "name": _text("c"), "lead_unit": "office"}],
            },
            "targets": [
                {
                    "id": "signed",
                    "label": _text("signed"),
                    "metric": "signed_yuan",
                    "minimum": 10_000_000,
                    "main": True,
                },
                {
                    "id": "registered",
                    "label": _text("registered"),
                    "metric": "registered",
                    "minimum": 10,
                    "main": True,
                },
                {
                    "id": "funds",
                    "label": _text("funds"),
                    "metric": "funds_yuan",
                    "minimum": 3_000_000,
                },
            ],
            "assessment": {
                "items": [
                    {
                        "id": "signed",
                        "label": _text("signed"),
                        "weight": 70,
                        "metric": "signed_yuan",
                        "rule": {"kind": "pro-rata-capped", "target": "signed"},
                    },
                    {
                        "id": "funds",
                        "label": _text("funds"),
                        "weight": 30,
                        "metric": "funds_yuan",
                        "rule": {"kind": "rank-first-full-else-share", "target": "funds"},
                    },
                ],
                "grades": [
                    {"id": "qualified", "label": _text("qualified"), "at_least": 80},
                    {"id": "unqualified", "label": _text("unqualified"), "at_least": 0},
                ],
            },
            "budget": {
                "lump_sum_yuan": dict.fromkeys(bureaus, lump_sum_yuan),
                "per_diem_yuan": per_diem_yuan,
                "travel": {
                    "meals_yuan_per_day": meals,
                    "local_transport_yuan_per_day": local,
                    "hotel_yuan_per_night": hotel,
                },
                "gate": gate or {"policy": "none"},
                "reserve_per_diem": reserve_per_diem,
                "rent_yuan_per_month": dict.fromkeys(bureaus, rent_yuan),
            },
            "assumptions": {
                "items": [
                    {
                        "id": key,
                        "label": _text(key),
                        "distribution": distribution(key),
                        "unit": "unit",
                        "source": "test",
                        "trust": "E",
                    }
                    for key in KNOWN
                ],
                "season": season
                or {
                    "signing_weights": [1, 1, 1, 1],
                    "works_start": "01-01",
                    "works_end": "12-31",
                },
                "funding": funding or {},
            },
        }
    )


def plan_for(
    scenario: Scenario,
    leaves: tuple[Leave, ...] = (),
    visits: tuple[Visit, ...] = (),
    obligations: tuple[Obligation, ...] = (),
) -> Plan:
    """Return a plan with just these decisions."""
    return Plan(
        scenario_hash=scenario.content_hash,
        leaves=tuple(sorted(leaves)),
        visits=visits,
        unplaced=(),
        obligations=tuple(sorted(obligations)),
        budget_yuan=tuple(scenario.budget.lump_sum_yuan.items()),
    )


def leave(scenario: Scenario, person: str, start: int, *, clearing_day: int | None = None) -> Leave:
    """Return a 12-day leave of a person of the first bureau."""
    period = next(p for p in scenario.periods if start in p)
    return Leave(
        person,
        scenario.organisation.bureaus[0].id,
        period.label,
        start,
        start + 11,
        start + 10 if clearing_day is None else clearing_day,
    )


def visit(
    scenario: Scenario, start: int, *, tier: str | None = None, seats: int = 6, days: int = 3
) -> Visit:
    """Return a grouped visit to the first bureau's companies."""
    bureau = scenario.organisation.bureaus[0]
    return Visit(
        id=f"v{start}",
        bureau=bureau.id,
        start=start,
        end=start + days - 1,
        escort=bureau.persons[0].id,
        leader=tier and "leader",
        leader_tier=tier,  # type: ignore[arg-type]
        leader_day=start if tier else None,
        chain="c",
        host_unit="office",
        seats=seats,
        companies=(),
    )


def hand_future(
    scenario: Scenario,
    leads: list[dict[str, int]],
    *,
    leaves: dict[int, tuple[int, int]] | None = None,
    late_reports: int = 0,
    deductions_milli: int = 0,
    **parameters: int,
) -> Future:
    """Return a future written by hand: leads as rows, words 0 (certain) unless given."""
    draw = draw_future(scenario, 0, seed=0).bureaus[0]
    columns = {f.name: tuple(row.get(f.name, 0) for row in leads) for f in fields(Leads)}
    slots = tuple((leaves or {}).get(i, (0, 0)) for i in range(len(draw.leaves)))
    own = replace(
        draw,
        parameters=replace(draw.parameters, **parameters),
        leads=Leads(**columns),
        liaison=(),
        late_report_days=(0,) * late_reports,
        deductions=((0, deductions_milli),),
        leaves=slots,
    )
    return Future(0, (own,))

"""Small scenarios made in code, and random cities: what the planner's tests plan for."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from scenarios.assessment import Assessment, Grade
from scenarios.assumptions import KNOWN, Assumption, Assumptions, Fixed
from scenarios.budget import Budget, TravelStandard
from scenarios.calendar import CalendarData, Holiday, HolidayYear, Horizon
from scenarios.model import Scenario
from scenarios.organisation import (
    Bureau,
    Chain,
    Company,
    HostUnit,
    Leader,
    LeaveRequest,
    Organisation,
    Person,
    Province,
)
from scenarios.part import DateRange, Text
from scenarios.rules import Rules
from scenarios.targets import Metric, Target


def text(word: str) -> Text:
    return Text(zh=word, en=word)


def span(start: str, end: str | None = None) -> DateRange:
    return DateRange(start=date.fromisoformat(start), end=date.fromisoformat(end or start))


def holiday(key: str, start: str, end: str) -> Holiday:
    return Holiday(
        id=key, name=text(key), start=date.fromisoformat(start), end=date.fromisoformat(end)
    )


HOLIDAYS_2023 = (
    holiday("spring-festival", "2023-01-21", "2023-01-27"),
    holiday("labour-day", "2023-04-29", "2023-05-03"),
    holiday("national-day", "2023-09-29", "2023-10-06"),
)


def calendar(*years: int) -> CalendarData:
    """Holiday years: those of 2023 as they were (in part), every other year without a holiday."""
    return CalendarData(
        years=tuple(
            HolidayYear(
                year=year,
                status="predicted",
                source="test",
                trust="E",
                holidays=HOLIDAYS_2023 if year == 2023 else (),
            )
            for year in years
        )
    )


def person(key: str, role: str = "staff", **more: Any) -> Person:
    return Person.model_validate({"id": key, "title": text(key), "role": role, **more})


def bureau(key: str, persons: Iterable[Person] | None = None) -> Bureau:
    chosen = persons or (person(f"{key}-chief", "chief"), person(f"{key}-deputy", "deputy"))
    return Bureau(
        id=key,
        name=text(key),
        city=text(key),
        lead_leader=text("leader"),
        section_cadre=text("cadre"),
        persons=tuple(chosen),
        primary_provinces=("east",),
        sectors=(),
    )


def company(key: str, bureau: str, *windows: DateRange, **more: Any) -> Company:
    return Company.model_validate(
        {
            "id": key,
            "name": text(key),
            "bureau": bureau,
            "province": "east",
            "sector": "s",
            "chain": "stone",
            "windows": windows,
            **more,
        }
    )


def leader(key: str, tier: str = "deputy", **more: Any) -> Leader:
    return Leader.model_validate({"id": key, "title": text(key), "tier": tier, **more})


def target(metric: Metric, minimum: int) -> Target:
    return Target(id=metric.replace("_", "-"), label=text(metric), metric=metric, minimum=minimum)


def scenario(
    start: str = "2023-04-01",
    end: str = "2023-06-30",
    *,
    bureaus: Iterable[Bureau] | None = None,
    companies: Iterable[Company] = (),
    leaders: Iterable[Leader] = (),
    chains: Mapping[str, str] | None = None,
    units: Mapping[str, int] | None = None,
    targets: Iterable[Target] = (),
    rules: Mapping[str, Any] | None = None,
    **more: Any,
) -> Scenario:
    """Return a whole scenario about whatever the test names; the rest is the smallest there is.

    ``chains`` maps a chain to its lead unit, ``units`` a host unit to its groups at once.
    """
    chosen = tuple(bureaus or (bureau("north"),))
    units = dict(units or {"office": 1, "stone-unit": 1})
    days = Horizon(start=date.fromisoformat(start), end=date.fromisoformat(end))
    content: dict[str, Any] = {
        "id": "test",
        "title": text("test"),
        "horizon": days,
        "calendar": calendar(*range(days.start.year, days.end.year + 1)),
        "organisation": Organisation(
            home=text("home"),
            office="office",
            groups_in_city=more.pop("groups_in_city", 2),
            provinces=(Province(id="east", name=text("east")),),
            bureaus=chosen,
            leaders=tuple(leaders),
            host_units=tuple(
                HostUnit(id=unit, name=text(unit), groups_at_once=n) for unit, n in units.items()
            ),
            chains=tuple(
                Chain(id=chain, name=text(chain), lead_unit=unit)
                for chain, unit in (chains or {"stone": "stone-unit"}).items()
            ),
        ),
        "rules": Rules.model_validate(rules or {}),
        "targets": tuple(targets),
        "assessment": Assessment(
            items=(), grades=(Grade(id="pass", label=text("pass"), at_least=0),)
        ),
        "budget": Budget(
            lump_sum_yuan={b.id: 100_000 for b in chosen},
            per_diem_yuan=80,
            travel=TravelStandard(
                meals_yuan_per_day=100, local_transport_yuan_per_day=80, hotel_yuan_per_night=350
            ),
        ),
        "assumptions": Assumptions(items=tuple(_assumption(key) for key in sorted(KNOWN))),
        "companies": tuple(companies),
        **more,
    }
    return Scenario.model_validate(content)


def _assumption(key: str) -> Assumption:
    return Assumption(
        id=key,
        label=text(key),
        distribution=Fixed(value=1),
        unit="unit",
        source="test",
        trust="E",
    )


def random_city(
    seed: int,
    *,
    n_bureaus: int = 4,
    n_companies: int = 140,
    start: str = "2023-01-01",
    end: str = "2023-12-31",
    window_days: tuple[int, int] = (14, 40),
    blocked_share: float = 0.3,
) -> Scenario:
    """Return an invented city of the real one's size, with narrow windows and sparse diaries."""
    rng = random.Random(seed)
    first, last = date.fromisoformat(start), date.fromisoformat(end)
    n_days = (last - first).days + 1
    units = {"office": 1, **{f"unit-{i}": 1 for i in range(5)}}
    chains = {f"chain-{i}": f"unit-{i % 5}" for i in range(9)}
    bureaus = []
    for i in range(n_bureaus):
        wish = first + timedelta(days=rng.randrange(n_days - 10))
        request = LeaveRequest(start=wish, end=wish + timedelta(days=6), weight=2)
        bureaus.append(
            bureau(
                f"b{i}",
                (
                    person(f"b{i}-chief", "chief", leave_requests=(request,)),
                    person(f"b{i}-deputy", "deputy", home_last_festival=bool(i % 2)),
                ),
            )
        )

    def window() -> DateRange:
        length = rng.randint(*window_days)
        begin = first + timedelta(days=rng.randrange(max(1, n_days - length)))
        return DateRange(start=begin, end=begin + timedelta(days=length - 1))

    def diary() -> tuple[DateRange, ...]:
        runs = int(n_days * blocked_share / 5)
        starts = sorted(rng.randrange(n_days) for _ in range(runs))
        return tuple(
            DateRange(start=first + timedelta(days=d), end=first + timedelta(days=d + 4))
            for d in starts
        )

    leaders = [
        leader(
            f"leader-{i}",
            "principal" if i < 2 else "deputy",
            groups_per_month=2 if i < 2 else 3,
            blocked=diary(),
        )
        for i in range(7)
    ]
    companies = [
        company(
            f"c{i:04d}",
            f"b{i % n_bureaus}",
            *(window() for _ in range(rng.randint(2, 3))),
            chain=f"chain-{(2 * (i % n_bureaus) + rng.randrange(4)) % 9}",
            expects=rng.choices(("principal", "deputy", "any"), (1, 2, 4))[0],
            priority=rng.choice((5, 10, 20, 30, 50)),
            screening=rng.choices(("passed", "pending", "failed"), (17, 2, 1))[0],
        )
        for i in range(n_companies)
    ]
    return scenario(
        start,
        end,
        bureaus=bureaus,
        companies=companies,
        leaders=leaders,
        chains=chains,
        units=units,
        targets=(target("inspections_principal", 10), target("inspections_deputy", 20)),
    )

"""Capacity that groups take: leaders' days, host units' days, the city's days."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from planner.plan import Visit, groups_of
from scenarios.model import Scenario


@dataclass(frozen=True, slots=True)
class Taken:
    """Groups already laid on leaders, host units and the city, by day."""

    leader_days: Counter[tuple[str, int]] = field(default_factory=Counter)
    unit_days: Counter[tuple[str, int]] = field(default_factory=Counter)
    city_days: Counter[int] = field(default_factory=Counter)


def taken_by(visits: Iterable[Visit]) -> Taken:
    """Return the capacity some visits take; those of a joint group take it once (V6)."""
    taken = Taken()
    for visit, *_ in groups_of(visits):
        for day in range(visit.start, visit.end + 1):
            taken.unit_days[visit.host_unit, day] += 1
            taken.city_days[day] += 1
        if visit.leader is not None and visit.leader_day is not None:
            taken.leader_days[visit.leader, visit.leader_day] += 1
    return taken


def fits(scenario: Scenario, visits: Iterable[Visit]) -> bool:
    """Return whether some visits stay within what leaders, host units and the city can take."""
    taken, organisation = taken_by(visits), scenario.organisation
    months: Counter[tuple[str, int]] = Counter()
    month_of = [
        number for number, month in enumerate(scenario.days.months) for _ in range(month.n_days)
    ]
    for (leader, day), n in taken.leader_days.items():
        months[leader, month_of[day]] += n
    per_day = {leader.id: leader.groups_per_day for leader in organisation.leaders}
    per_month = {leader.id: leader.groups_per_month for leader in organisation.leaders}
    at_once = {unit.id: unit.groups_at_once for unit in organisation.host_units}
    return (
        all(n <= per_day[leader] for (leader, _), n in taken.leader_days.items())
        and all(n <= per_month[leader] for (leader, _), n in months.items())
        and all(n <= at_once[unit] for (unit, _), n in taken.unit_days.items())
        and all(n <= organisation.groups_in_city for n in taken.city_days.values())
    )

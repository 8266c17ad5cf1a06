"""Capacity that groups take: leaders' days, host units' days, the city's days."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from planner.plan import Visit


@dataclass(frozen=True, slots=True)
class Taken:
    """Groups already laid on leaders, host units and the city, by day."""

    leader_days: Counter[tuple[str, int]] = field(default_factory=Counter)
    unit_days: Counter[tuple[str, int]] = field(default_factory=Counter)
    city_days: Counter[int] = field(default_factory=Counter)


def taken_by(visits: Iterable[Visit]) -> Taken:
    """Return the capacity some visits take."""
    taken = Taken()
    for visit in visits:
        for day in range(visit.start, visit.end + 1):
            taken.unit_days[visit.host_unit, day] += 1
            taken.city_days[day] += 1
        if visit.leader is not None and visit.leader_day is not None:
            taken.leader_days[visit.leader, visit.leader_day] += 1
    return taken

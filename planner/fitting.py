"""Fitting a draft into what others leave: the same groups, received by whoever has a day left."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from planner.capacity import Taken
from planner.draft import Draft
from planner.given import Given
from planner.plan import Visit, groups_of


def fitted(given: Given, own: Draft, taken: Taken) -> Draft | None:
    """Return a draft of some bureaus, its leaders replaced where theirs are taken.

    Parameters
    ----------
    given
        The scenario, worked out.
    own
        Leaves and visits of some bureaus, fit by themselves.
    taken
        What groups of other bureaus take.

    Returns
    -------
    Draft or None
        None where a group finds no room in the city or at its host unit, or no leader of its tier.
    """
    organisation = given.scenario.organisation
    at_once = {unit.id: unit.groups_at_once for unit in organisation.host_units}
    for visit in own.visits:
        for day in range(visit.start, visit.end + 1):
            if taken.city_days[day] >= organisation.groups_in_city:
                return None
            if taken.unit_days[visit.host_unit, day] >= at_once[visit.host_unit]:
                return None
    return _received(given, own, taken)


def _received(given: Given, own: Draft, taken: Taken) -> Draft | None:
    days, months = Counter(taken.leader_days), Counter[tuple[str, int]]()
    for (leader, day), n in days.items():
        months[leader, given.month_of[day]] += n
    visits: list[Visit] = []
    for group in groups_of(own.visits):
        if group[0].leader is None:
            visits.extend(group)
            continue
        found = _reception(given, group[0], days, months)
        if found is None:
            return None
        leader, day = found
        days[leader, day] += 1
        months[leader, given.month_of[day]] += 1
        visits.extend(replace(visit, leader=leader, leader_day=day) for visit in group)
    return Draft(own.leaves, tuple(sorted(visits, key=lambda v: (v.bureau, v.start))))


def _reception(
    given: Given,
    visit: Visit,
    days: Counter[tuple[str, int]],
    months: Counter[tuple[str, int]],
) -> tuple[str, int] | None:
    """Return a leader of the same tier and a day: as they are, else the one with most room."""
    leaders = {x.id: x for x in given.scenario.organisation.leaders if x.tier == visit.leader_tier}
    options = [
        (leader != visit.leader, day != visit.leader_day, -room, leader, day)
        for leader, month, free in (
            (at.leader, at.month, at.days) for at in given.receptions_at[visit.start]
        )
        if leader in leaders
        and (room := leaders[leader].groups_per_month - months[leader, month]) > 0
        for day in free
        if days[leader, day] < leaders[leader].groups_per_day
    ]
    return min(options)[3:] if options else None

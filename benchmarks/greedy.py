"""A rule-of-thumb roster, as a planner with a spreadsheet makes it: the reference to beat.

Periods in order of date, persons in turn: a leave goes within three weeks of its place in the
rotation, to the day whose best group weighs most, on which the rules and cover allow it. There it
takes the groups that weigh most: of all its days, all host units that have room and all kinds of
reception, the six most important companies that can come, received by the first leader who is
free. Nothing is ever reconsidered.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from planner.capacity import Taken, taken_by
from planner.coverage import may_be_away
from planner.draft import Draft
from planner.given import Given
from planner.obligations import obligations
from planner.plan import Leave, Plan, Visit
from planner.receptions import Caller, Reception, seated, visit_starts
from planner.rotation import key_of
from planner.starts import Choice, LeaveKey, leave_choices, leave_from
from planner.stretch import Stretch, stretches
from planner.unplaced import unplaced
from planner.visits import groups_per_leave
from scenarios.model import Scenario

REACH_DAYS = 21
"""How far a leave may go from its place in the rotation for the sake of a group: three weeks."""


def greedy(scenario: Scenario) -> Plan | None:
    """Return a plan by rule of thumb; None where its leaves do not fit."""
    given = Given(scenario, leave_choices(scenario))
    limits = {bureau: may_be_away(scenario, bureau) for bureau in given.bureaus}
    stretch_to = {x.leaves[1]: x for x in stretches(scenario, given.choice)}
    begins: dict[LeaveKey, int] = {}
    turn: Counter[tuple[str, str]] = Counter()
    leaves: list[Leave] = []
    visits: list[Visit] = []
    for choice in sorted(given.choices, key=lambda choice: choice.period.start):
        place = turn[choice.bureau, choice.period.label]
        turn[choice.bureau, choice.period.label] += 1
        n_persons = len(scenario.bureau(choice.bureau).persons)
        ideal = choice.period.start + place * choice.period.n_days // n_persons
        asked = stretch_to.get(key_of(choice))
        before = None if asked is None else (asked, begins[asked.leaves[0]])
        leave = _leave_near(given, choice, ideal, limits[choice.bureau], leaves, visits, before)
        if leave is None:
            return None
        leaves.append(leave)
        begins[key_of(choice)] = leave.start
        for _ in range(groups_per_leave(scenario)):
            offered = list(_groups(given, leave, visits))
            if offered:
                visits.append(max(offered, key=lambda item: (item[0], -item[1].start))[1])
    draft = Draft(tuple(sorted(leaves)), tuple(visits)).numbered()
    return Plan(
        scenario_hash=scenario.content_hash,
        leaves=draft.leaves,
        visits=draft.visits,
        unplaced=unplaced(given, draft),
        obligations=obligations(scenario, draft.leaves, draft.visits),
        budget_yuan=tuple(sorted(scenario.budget.lump_sum_yuan.items())),
    )


def _leave_near(
    given: Given,
    choice: Choice,
    ideal: int,
    limits: Sequence[int | None],
    leaves: Sequence[Leave],
    visits: list[Visit],
    before: tuple[Stretch, int] | None,
) -> Leave | None:
    """Return the leave near its turn whose best group weighs most; the nearest where none does."""
    away = Counter(
        day
        for leave in leaves
        if leave.bureau == choice.bureau
        for day in range(leave.start, leave.end + 1)
    )
    length = given.scenario.rules.leave.length_days
    legal = [
        start
        for start in sorted(choice.starts, key=lambda start: (abs(start - ideal), start))
        if (before is None or before[0].allows(before[1], start))
        and all(
            limit is None or away[day] < limit
            for day in range(start, start + length)
            for limit in (limits[day],)
        )
    ]
    near = [start for start in legal if abs(start - ideal) <= REACH_DAYS] or legal[:1]
    offered = [leave_from(given.scenario, choice, start) for start in near]
    # The first of equals is the nearest.
    return max(offered, key=lambda leave: _worth(given, leave, visits), default=None)


def _worth(given: Given, leave: Leave, visits: list[Visit]) -> int:
    return max((weight for weight, _ in _groups(given, leave, visits)), default=0)


def _groups(given: Given, leave: Leave, visits: list[Visit]) -> Iterator[tuple[int, Visit]]:
    """Yield the best group of each day that the leave can still take, with its weight."""
    scenario = given.scenario
    travel, length = scenario.rules.leave.travel_days_each_way, scenario.rules.visits.length_days
    taken = taken_by(visits)
    placed = {company for visit in visits for company in visit.companies}
    busy = {d for v in visits if v.bureau == leave.bureau for d in range(v.start, v.end + 1)}
    for start in visit_starts(scenario):
        days = range(start, start + length)
        if start < leave.start + travel or days[-1] > leave.end - travel or busy & set(days):
            continue
        if any(taken.city_days[d] >= scenario.organisation.groups_in_city for d in days):
            continue
        can = [
            x
            for x in given.of_bureau[leave.bureau]
            if x.company not in placed and start in given.points[x.company]
        ]
        units = sorted({x.unit for x in can})
        offered = [x for unit in units for x in _of_unit(given, unit, can, days, taken)]
        if offered:
            weight, unit, members, leader, day = max(offered, key=lambda group: group[:2])
            group = Visit(
                id="",
                bureau=leave.bureau,
                start=start,
                end=days[-1],
                escort=leave.person,
                leader=leader or None,
                leader_tier=scenario.leader(leader).tier if leader else None,
                leader_day=day if leader else None,
                chain=_chain(given, members),
                host_unit=unit,
                seats=scenario.rules.visits.group_max,
                companies=tuple(sorted(members)),
            )
            yield weight, group


def _of_unit(
    given: Given, unit: str, can: list[Caller], days: range, taken: Taken
) -> Iterator[tuple[int, str, list[str], str, int]]:
    """Yield the best group of one host unit for each kind of reception."""
    scenario, rule = given.scenario, given.scenario.rules.visits
    limit = scenario.host_unit(unit).groups_at_once
    if any(taken.unit_days[unit, day] >= limit for day in days):
        return
    receptions: tuple[Reception, ...] = ("principal", "deputy", "none")
    for reception in receptions:
        leader, day = _leader(given, reception, days, taken)
        if reception != "none" and not leader:
            continue
        own = [x for x in can if x.unit == unit and reception in x.suits]
        own.sort(key=lambda x: (-given.points[x.company][days[0]], x.company))
        members = [x.company for x in seated(rule, own)]
        if len(members) >= rule.group_min:
            yield sum(given.points[c][days[0]] for c in members), unit, members, leader, day


def _leader(given: Given, reception: Reception, days: range, taken: Taken) -> tuple[str, int]:
    """Return the first leader of a tier who is free on a day of a visit."""
    months: Counter[tuple[str, int]] = Counter()
    for (leader_id, day), n in taken.leader_days.items():
        months[leader_id, given.month_of[day]] += n
    for leader in given.scenario.organisation.leaders:
        for day in days:
            if (
                leader.tier == reception
                and day in given.leader_days[leader.id]
                and taken.leader_days[leader.id, day] < leader.groups_per_day
                and months[leader.id, given.month_of[day]] < leader.groups_per_month
            ):
                return leader.id, day
    return "", 0


def _chain(given: Given, members: list[str]) -> str:
    counts = Counter(given.caller[company].chain for company in members)
    return min(counts, key=lambda chain: (-counts[chain], chain))

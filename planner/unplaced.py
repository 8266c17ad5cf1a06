"""Companies no group has room for: why, and which unit receives them instead (V4)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from planner.capacity import Taken, taken_by
from planner.draft import Draft
from planner.given import Given
from planner.plan import Unplaced, Visit, groups_of
from planner.receptions import Caller, visit_starts
from scenarios.model import Scenario
from scenarios.organisation import Leader
from scenarios.rules import VisitRule


def unplaced(given: Given, draft: Draft) -> tuple[Unplaced, ...]:
    """Return every company outside the groups of a draft, sorted.

    The reason is the first that holds: screening failed; no window meets a leave of the bureau; no
    leader it expects has a free day then; groups it could join are full; or no such group runs.
    Where joint groups are allowed it could join those of other bureaus too, in a leave of its own.
    A company that screening let through is offered the lead unit of its chain and the first day in
    its windows from which that unit has room for a visit.
    """
    placed = {company for visit in draft.visits for company in visit.companies}
    taken = taken_by(draft.visits)
    starts = visit_starts(given.scenario)
    found = []
    for company in given.scenario.companies:
        if company.id in placed:
            continue
        caller = given.caller.get(company.id)
        if caller is None:
            found.append(Unplaced(company.id, "screened-out", None, None))
        else:
            reason = _reason(given, draft, caller, taken)
            day = _first_day(given.scenario, caller, taken, starts)
            found.append(Unplaced(company.id, reason, caller.unit, day))
    return tuple(sorted(found))


def _reason(
    given: Given, draft: Draft, caller: Caller, taken: Taken
) -> Literal["no-window", "no-leader", "no-seat", "no-group"]:
    rules = given.scenario.rules
    starts = [
        start for start, _ in caller.points if _in_leave(given.scenario, draft, caller, start)
    ]
    if not starts:
        return "no-window"
    own_only = rules.visits.joint_groups == "none"
    led = [
        visits
        for visits in groups_of(draft.visits)
        if (visits[0].leader_tier or "none") in caller.suits
        and (not own_only or visits[0].bureau == caller.bureau)
    ]
    if "none" not in caller.suits:
        leaders = [x for x in given.scenario.organisation.leaders if x.tier in caller.suits]
        met = any(visits[0].start in starts for visits in led)
        if not met and not any(_is_free(given, x, s, taken) for s in starts for x in leaders):
            return "no-leader"
    joinable = [
        visits
        for visits in led
        if visits[0].start in starts and _same_unit(given.scenario, visits[0], caller)
    ]
    if any(_is_full(rules.visits, visits, caller) for visits in joinable):
        return "no-seat"
    return "no-group"


def _is_full(rule: VisitRule, visits: Iterable[Visit], caller: Caller) -> bool:
    """Return whether a group has no seat for a company: reserved ones are for newcomers alone."""
    companies = [company for visit in visits for company in visit.companies]
    n_known = sum(company not in rule.newcomers for company in companies)
    none_open = not caller.is_newcomer and n_known >= rule.open_seats
    return none_open or len(companies) >= rule.group_max


def _in_leave(scenario: Scenario, draft: Draft, caller: Caller, start: int) -> bool:
    travel = scenario.rules.leave.travel_days_each_way
    end = start + scenario.rules.visits.length_days - 1
    return any(
        leave.bureau == caller.bureau
        and leave.start + travel <= start
        and end <= leave.end - travel
        for leave in draft.leaves
    )


def _is_free(given: Given, leader: Leader, start: int, taken: Taken) -> bool:
    """Return whether a leader could receive one more group on a day of a visit."""
    in_month = [0] * len(given.scenario.days.months)
    for (leader_id, day), n in taken.leader_days.items():
        if leader_id == leader.id:
            in_month[given.month_of[day]] += n
    return any(
        day in given.leader_days[leader.id]
        and taken.leader_days[leader.id, day] < leader.groups_per_day
        and in_month[given.month_of[day]] < leader.groups_per_month
        for day in _visit_days(given.scenario, start)
    )


def _same_unit(scenario: Scenario, visit: Visit, caller: Caller) -> bool:
    return not scenario.rules.visits.same_host_unit or visit.host_unit == caller.unit


def _first_day(
    scenario: Scenario, caller: Caller, taken: Taken, starts: Iterable[int]
) -> int | None:
    limit = scenario.host_unit(caller.unit).groups_at_once
    can_come = {start for start, _ in caller.points}
    for start in starts:
        days = _visit_days(scenario, start)
        # By itself, without the staff, a company is received on office days whatever the policy.
        free = all(taken.unit_days[caller.unit, day] < limit for day in days)
        if start in can_come and free and scenario.days.reception(start):
            return start
    return None


def _visit_days(scenario: Scenario, start: int) -> range:
    return range(start, start + scenario.rules.visits.length_days)

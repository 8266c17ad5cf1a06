"""What is given for grouped visits, as data: when each company can come, and what it is worth."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from scenarios.model import Scenario
from scenarios.organisation import Company, Leader
from scenarios.rules import VisitRule
from scenarios.targets import BureauTarget

Reception = Literal["principal", "deputy", "none"]
"""Tier of the leader who receives a group; ``none``: the host unit alone."""

GroupKey = tuple[str, int, str, Reception]
"""A visit of a bureau: its id, first day, host unit (empty where units may mix), reception."""

PROGRESS_POINTS = 10
"""Worth of one counted leader inspection, until its target is met: an ordinary company's points."""

_SUITS: dict[str, tuple[Reception, ...]] = {
    "principal": ("principal",),
    "deputy": ("principal", "deputy"),
    "any": ("principal", "deputy", "none"),
}
COUNTS: dict[str, tuple[Reception, ...]] = {
    "inspections_principal": ("principal",),
    "inspections_deputy": ("deputy",),
    "inspections": ("principal", "deputy"),
}
"""Receptions that count towards each leader target; a company counts once for each metric."""


@dataclass(frozen=True, slots=True)
class Caller:
    """A company that may be placed.

    Attributes
    ----------
    company, bureau, chain, unit
        Ids; ``unit`` is the lead unit of the company's chain.
    suits
        Receptions that meet what the company expects.
    points
        Rising first days of a visit the company can take, each with the points it serves.
    is_newcomer
        Whether it may take a reserved seat.
    """

    company: str
    bureau: str
    chain: str
    unit: str
    suits: tuple[Reception, ...]
    points: tuple[tuple[int, int], ...]
    is_newcomer: bool = False


def visit_starts(scenario: Scenario) -> tuple[int, ...]:
    """Return every first day of a visit all of whose days receive visitors, rising."""
    calendar, rule = scenario.days, scenario.rules.visits
    if rule.days == "working":
        open_days = [calendar.reception(day) for day in range(calendar.n_days)]
    else:
        open_days = [closure is None for closure in calendar.closed]
    last = calendar.n_days - rule.length_days
    return tuple(s for s in range(last + 1) if all(open_days[s : s + rule.length_days]))


def company_starts(
    scenario: Scenario, company: Company, starts: tuple[int, ...]
) -> tuple[int, ...]:
    """Return those of some first days on which the company can come for the whole visit."""
    free = {day for window in company.windows for day in scenario.days.days_of(window)}
    length = scenario.rules.visits.length_days
    return tuple(s for s in starts if all(day in free for day in range(s, s + length)))


def callers(scenario: Scenario) -> tuple[Caller, ...]:
    """Return every company screening lets through, with its visit days (possibly none)."""
    starts = visit_starts(scenario)
    newcomers = frozenset(scenario.rules.visits.newcomers)
    return tuple(
        Caller(
            company=company.id,
            bureau=company.bureau,
            chain=company.chain,
            unit=scenario.chain(company.chain).lead_unit,
            suits=_SUITS[company.expects],
            points=tuple(
                (s, points(scenario, company, s)) for s in company_starts(scenario, company, starts)
            ),
            is_newcomer=company.id in newcomers,
        )
        for company in scenario.companies
        if company.screening != "failed"
    )


def seated(rule: VisitRule, wanting: Iterable[Caller]) -> list[Caller]:
    """Return those of some companies that one group has seats for, in their order.

    Newcomers alone take reserved seats. Where those worth most come first, those returned are worth
    most that a group can take.
    """
    chosen: list[Caller] = []
    n_known = 0
    for caller in wanting:
        if len(chosen) == rule.group_max:
            break
        if caller.is_newcomer or n_known < rule.open_seats:
            chosen.append(caller)
            n_known += not caller.is_newcomer
    return chosen


def points(scenario: Scenario, company: Company, start: int) -> int:
    """Return the priority points a visit serves: less in winter (V9), but never less than one."""
    rule = scenario.rules.visits
    winter = scenario.days.date_of(start).month in rule.winter_months
    return max(1, company.priority - rule.winter_penalty) if winter else company.priority


def leader_days(scenario: Scenario, leader: Leader) -> frozenset[int]:
    """Return the days on which a leader can receive a group."""
    blocked = {day for span in leader.blocked for day in scenario.days.days_of(span)}
    return frozenset(day for day in range(scenario.days.n_days) if day not in blocked)


def leader_targets(scenario: Scenario, bureau: str) -> tuple[BureauTarget, ...]:
    """Return the targets of a bureau that leader-led groups count towards."""
    return tuple(t for t in scenario.targets_of(bureau) if t.target.metric in COUNTS)

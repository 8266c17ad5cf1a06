"""Edits of dates by hand, and what the audit says of them: nothing here knows the solver.

Pages judge what people drag with this; :mod:`planner.edit` adds the edits whose consequences the
planner's own records tell (which company is left without a group, and why).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from planner.audit import Finding, audit
from planner.plan import Plan, Visit, tables
from planner.starts import Choice, leave_from
from scenarios.model import Scenario


@dataclass(frozen=True, slots=True)
class MoveLeave:
    """Let a person's leave of a period begin on another day."""

    person: str
    period: str
    start: int


@dataclass(frozen=True, slots=True)
class MoveVisit:
    """Let a group come on another first day; the leader receives it as many days later.

    A joint group moves as a whole, whichever of its visits is named.
    """

    visit: str
    start: int


@dataclass(frozen=True, slots=True)
class Receive:
    """Let a leader, or nobody, receive a group on a day, all visits of a joint group."""

    visit: str
    leader: str | None
    day: int | None


DateEdit = MoveLeave | MoveVisit | Receive


@dataclass(frozen=True, slots=True)
class Judged:
    """A plan edited by hand, and what the audit says of the edit.

    Attributes
    ----------
    plan
        The edited plan; its duties other than clearings are as before.
    broken, mended
        Hard rules that the edit breaks, and those it mends.
    noted
        Wishes that it misses and that were kept before.
    findings
        All that the audit says of the edited plan.
    """

    plan: Plan
    broken: tuple[Finding, ...]
    mended: tuple[Finding, ...]
    noted: tuple[Finding, ...]
    findings: tuple[Finding, ...]


def compared(
    scenario: Scenario, plan: Plan, edited: Plan, before: Iterable[Finding] | None = None
) -> Judged:
    """Return what the audit says of an edited plan beside what it says of the plan.

    Parameters
    ----------
    scenario, plan, edited
        The plan as it was and as it was made by hand.
    before
        What the audit says of the plan, where it is known; else it is audited too.
    """
    were = audit(scenario, tables(scenario, plan)) if before is None else tuple(before)
    are = audit(scenario, tables(scenario, edited))
    had, has = frozenset(map(_what, were)), frozenset(map(_what, are))
    return Judged(
        plan=edited,
        broken=_fresh(are, "violated", had),
        mended=_fresh(were, "violated", has),
        noted=_fresh(are, "note", had),
        findings=are,
    )


def moved(scenario: Scenario, plan: Plan, edit: DateEdit) -> Plan:
    """Return a plan with one edit, and nothing else arranged.

    Raises
    ------
    KeyError
        When the plan has no such leave or visit.
    """
    match edit:
        case MoveLeave(person, period, start):
            return _with_leave(scenario, plan, person, period, start)
        case MoveVisit(visit, start):
            shift = start - visit_of(plan, visit).start
            return with_visits(plan, [_shifted(x, shift) for x in _group(plan, visit)])
        case Receive(visit, leader, day):
            tier = None if leader is None else _tier(scenario, leader)
            received = [
                replace(x, leader=leader, leader_tier=tier, leader_day=day)
                for x in _group(plan, visit)
            ]
            return with_visits(plan, received)


def _what(finding: Finding) -> tuple[str, str, str, str]:
    return finding.rule, finding.subject, finding.period, finding.verdict


def _fresh(
    findings: Iterable[Finding], verdict: str, known: frozenset[tuple[str, str, str, str]]
) -> tuple[Finding, ...]:
    """Return the findings of a verdict that were not known before."""
    return tuple(x for x in findings if x.verdict == verdict and _what(x) not in known)


def _with_leave(scenario: Scenario, plan: Plan, person: str, period: str, start: int) -> Plan:
    """Return a plan with one leave moved, and its clearing with it."""
    before = next((x for x in plan.leaves if (x.person, x.period) == (person, period)), None)
    if before is None:
        msg = f"{person} has no leave in {period}"
        raise KeyError(msg)
    within = next(p for p in scenario.periods if p.label == period)
    moved = leave_from(scenario, Choice(before.bureau, person, within, (start,)), start)
    leaves = (moved, *(leave for leave in plan.leaves if leave is not before))
    duties = (
        replace(duty, day=moved.clearing_day)
        if (duty.kind, duty.persons, duty.label) == ("clearing", (person,), period)
        else duty
        for duty in plan.obligations
    )
    ordered = sorted(duties, key=lambda duty: (duty.day, duty.kind, duty.bureau or "", duty.label))
    return replace(plan, leaves=tuple(sorted(leaves)), obligations=tuple(ordered), levels=())


def with_visits(plan: Plan, changed: Iterable[Visit]) -> Plan:
    """Return a plan with some visits changed."""
    by_id = {visit.id: visit for visit in (*plan.visits, *changed)}
    return replace(plan, visits=tuple(sorted(by_id.values())), levels=())


def _shifted(visit: Visit, shift: int) -> Visit:
    day = None if visit.leader_day is None else visit.leader_day + shift
    return replace(visit, start=visit.start + shift, end=visit.end + shift, leader_day=day)


def _group(plan: Plan, visit: str) -> list[Visit]:
    """Return a visit and all that are one group with it."""
    named = visit_of(plan, visit)
    return [x for x in plan.visits if x is named or (x.joint and x.joint == named.joint)]


def visit_of(plan: Plan, visit: str) -> Visit:
    """Return a visit of a plan.

    Raises
    ------
    KeyError
        When the plan has none of that id.
    """
    found = next((group for group in plan.visits if group.id == visit), None)
    if found is None:
        msg = f"there is no visit {visit}"
        raise KeyError(msg)
    return found


def _tier(scenario: Scenario, leader: str) -> Literal["principal", "deputy"]:
    found = next((x for x in scenario.organisation.leaders if x.id == leader), None)
    if found is None:
        msg = f"there is no leader {leader}"
        raise KeyError(msg)
    return found.tier

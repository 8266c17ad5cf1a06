"""Edits by hand: applied as they are and judged by the audit, without a solve."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from planner.audit import Finding, audit
from planner.draft import Draft
from planner.given import Given
from planner.joint import seats_of
from planner.plan import Plan, Visit, groups_of, tables
from planner.rotation import leave_from
from planner.starts import Choice
from planner.unplaced import unplaced
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
class MoveCompany:
    """Let a company join another group, or none."""

    company: str
    visit: str | None


@dataclass(frozen=True, slots=True)
class Receive:
    """Let a leader, or nobody, receive a group on a day, all visits of a joint group."""

    visit: str
    leader: str | None
    day: int | None


Edit = MoveLeave | MoveVisit | MoveCompany | Receive


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
    """

    plan: Plan
    broken: tuple[Finding, ...]
    mended: tuple[Finding, ...]
    noted: tuple[Finding, ...]


def judge(
    scenario: Scenario, plan: Plan, edit: Edit, before: Iterable[Finding] | None = None
) -> Judged:
    """Apply an edit and audit the plan.

    Parameters
    ----------
    scenario, plan
        What is edited.
    edit
        One change.
    before
        What the audit says of the plan, where it is known; else it is audited too.

    Raises
    ------
    KeyError
        When the plan has no such leave, visit or company.
    """
    edited = applied(scenario, plan, edit)
    were = audit(scenario, tables(scenario, plan)) if before is None else tuple(before)
    are = audit(scenario, tables(scenario, edited))
    had, has = frozenset(map(_what, were)), frozenset(map(_what, are))

    return Judged(
        plan=edited,
        broken=_fresh(are, "violated", had),
        mended=_fresh(were, "violated", has),
        noted=_fresh(are, "note", had),
    )


def applied(scenario: Scenario, plan: Plan, edit: Edit) -> Plan:
    """Return a plan with one edit, and nothing else arranged.

    Raises
    ------
    KeyError
        When the plan has no such leave, visit or company.
    """
    match edit:
        case MoveLeave(person, period, start):
            return _with_leave(scenario, plan, person, period, start)
        case MoveVisit(visit, start):
            shift = start - _visit(plan, visit).start
            return _with_visits(plan, [_shifted(x, shift) for x in _group(plan, visit)])
        case Receive(visit, leader, day):
            tier = None if leader is None else _tier(scenario, leader)
            received = [
                replace(x, leader=leader, leader_tier=tier, leader_day=day)
                for x in _group(plan, visit)
            ]
            return _with_visits(plan, received)
        case MoveCompany(company, visit):
            return _with_company(scenario, plan, company, visit)


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


def _with_company(scenario: Scenario, plan: Plan, company: str, visit: str | None) -> Plan:
    """Return a plan with one company in another group, or answered in another way."""
    if company not in {known.id for known in scenario.companies}:
        msg = f"there is no company {company}"
        raise KeyError(msg)
    joined = None if visit is None else _visit(plan, visit)
    changed = []
    for group in plan.visits:
        members = tuple(c for c in group.companies if c != company)
        if joined is not None and group.id == joined.id:
            members = tuple(sorted((*members, company)))
        if members != group.companies:
            changed.append(replace(group, companies=members))
    edited = _reseated(scenario, _with_visits(plan, changed))
    others = [x for x in plan.unplaced if x.company != company]
    if visit is not None:
        return replace(edited, unplaced=tuple(others))
    alone = tuple(known for known in scenario.companies if known.id == company)
    given = Given(scenario.model_copy(update={"companies": alone}), ())
    own = unplaced(given, Draft(edited.leaves, edited.visits))
    return replace(edited, unplaced=tuple(sorted((*others, *own))))


def _with_visits(plan: Plan, changed: Iterable[Visit]) -> Plan:
    by_id = {visit.id: visit for visit in (*plan.visits, *changed)}
    return replace(plan, visits=tuple(sorted(by_id.values())), levels=())


def _reseated(scenario: Scenario, plan: Plan) -> Plan:
    """Return a plan in which the seats of each joint group are dealt out again to its bureaus."""
    changed = []
    for group in groups_of(plan.visits):
        seats = seats_of(scenario.rules.visits, [len(visit.companies) for visit in group])
        if group[0].joint is not None:
            changed += [replace(x, seats=n) for x, n in zip(group, seats, strict=True)]
    return _with_visits(plan, changed)


def _shifted(visit: Visit, shift: int) -> Visit:
    day = None if visit.leader_day is None else visit.leader_day + shift
    return replace(visit, start=visit.start + shift, end=visit.end + shift, leader_day=day)


def _group(plan: Plan, visit: str) -> list[Visit]:
    """Return a visit and all that are one group with it."""
    named = _visit(plan, visit)
    return [x for x in plan.visits if x is named or (x.joint and x.joint == named.joint)]


def _visit(plan: Plan, visit: str) -> Visit:
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

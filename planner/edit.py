"""Edits by hand: applied as they are and judged by the audit, without a solve."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from planner.audit import Finding
from planner.draft import Draft
from planner.given import Given
from planner.joint import seats_of
from planner.moving import DateEdit, Judged, compared, moved, visit_of, with_visits
from planner.plan import Plan, groups_of
from planner.unplaced import unplaced
from scenarios.model import Scenario


@dataclass(frozen=True, slots=True)
class MoveCompany:
    """Let a company join another group, or none."""

    company: str
    visit: str | None


Edit = DateEdit | MoveCompany


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
    return compared(scenario, plan, applied(scenario, plan, edit), before)


def applied(scenario: Scenario, plan: Plan, edit: Edit) -> Plan:
    """Return a plan with one edit, and nothing else arranged.

    Raises
    ------
    KeyError
        When the plan has no such leave, visit or company.
    """
    if isinstance(edit, MoveCompany):
        return _with_company(scenario, plan, edit.company, edit.visit)
    return moved(scenario, plan, edit)


def _with_company(scenario: Scenario, plan: Plan, company: str, visit: str | None) -> Plan:
    """Return a plan with one company in another group, or answered in another way."""
    if company not in {known.id for known in scenario.companies}:
        msg = f"there is no company {company}"
        raise KeyError(msg)
    joined = None if visit is None else visit_of(plan, visit)
    changed = []
    for group in plan.visits:
        members = tuple(c for c in group.companies if c != company)
        if joined is not None and group.id == joined.id:
            members = tuple(sorted((*members, company)))
        if members != group.companies:
            changed.append(replace(group, companies=members))
    edited = _reseated(scenario, with_visits(plan, changed))
    others = [x for x in plan.unplaced if x.company != company]
    if visit is not None:
        return replace(edited, unplaced=tuple(others))
    alone = tuple(known for known in scenario.companies if known.id == company)
    given = Given(scenario.model_copy(update={"companies": alone}), ())
    own = unplaced(given, Draft(edited.leaves, edited.visits))
    return replace(edited, unplaced=tuple(sorted((*others, *own))))


def _reseated(scenario: Scenario, plan: Plan) -> Plan:
    """Return a plan in which the seats of each joint group are dealt out again to its bureaus."""
    changed = []
    for group in groups_of(plan.visits):
        seats = seats_of(scenario.rules.visits, [len(visit.companies) for visit in group])
        if group[0].joint is not None:
            changed += [replace(x, seats=n) for x, n in zip(group, seats, strict=True)]
    return with_visits(plan, changed)

"""The cost of changing a published plan, as an expression over the variables of a part."""

from __future__ import annotations

from ortools.sat.python.cp_model import LinearExprT

from planner.changes import COSTS, ChangeCosts
from planner.draft import Draft
from planner.part import Part


def change_cost(part: Part, own: Draft, today: int, costs: ChangeCosts = COSTS) -> LinearExprT:
    """Return what changes of a part cost, over its variables.

    It is what :func:`planner.changes.diff` counts of a solution read back.

    Parameters
    ----------
    part
        A model of some bureaus.
    own
        Their leaves and visits as published.
    today
        The day from which nearness counts.
    costs
        What changes cost.
    """
    terms: list[LinearExprT] = []
    starts = {(leave.person, leave.period): leave.start for leave in own.leaves}
    for leave, literals in part.rotation.literals.items():
        if leave in starts:
            weight = costs.leave_moved * costs.factor(starts[leave] - today)
            terms += [weight * x for start, x in literals.items() if start != starts[leave]]
    visit_of = {company: visit for visit in own.visits for company in visit.companies}
    factors = {company: costs.factor(v.start - today) for company, v in visit_of.items()}
    for company, factor in factors.items():
        if company in part.given.caller:
            terms.append(costs.company_dropped * factor)
    for (company, start, _), literal in part.groups.placed.items():
        if company in visit_of:
            moved = start != visit_of[company].start
            saved = costs.company_dropped - (costs.company_moved if moved else 0)
            terms.append(-saved * factors[company] * literal)
    leaders = {(visit.bureau, visit.start): visit.leader for visit in own.visits}
    for (bureau, start, leader, _), literal in part.groups.received.items():
        if (bureau, start) in leaders and leaders[bureau, start] != leader:
            terms.append(costs.reception_changed * costs.factor(start - today) * literal)
    for (bureau, start, _, reception), literal in part.groups.opened.items():
        if reception == "none" and leaders.get((bureau, start)) is not None:
            terms.append(costs.reception_changed * costs.factor(start - today) * literal)
    return sum(terms)

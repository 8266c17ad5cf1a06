"""Rules that the past breaks: told apart from those that a plan breaks, as nothing can mend them.

When a plan is made again, what began before today stays as it was, and the rules of today may find
fault with it: a group that lost a company since, a leader whose diary was filled in late.
"""

from __future__ import annotations

from collections.abc import Iterable

from planner.audit import Finding, violations
from planner.plan import Plan
from scenarios.model import Scenario

_COUNTED = ("events", "events-led")
"""Rules of how many events a bureau holds in all."""


def broken_before(
    scenario: Scenario, plan: Plan, findings: Iterable[Finding], today: int
) -> tuple[Finding, ...]:
    """Return the violations that concern the past alone.

    Parameters
    ----------
    scenario, plan
        What was audited.
    findings
        What the audit says of the plan.
    today
        The past ends before this day: a visit or trip that began earlier is of it, a leave that
        began earlier, an earlier day, a month or period that ended earlier, and the number of
        events of a bureau that has no event to come.
    """
    days = scenario.days
    starts = {visit.id: visit.start for visit in plan.visits}
    starts.update({trip.id: trip.start for trip in plan.trips})
    began = {key for key, start in starts.items() if start < today}
    leaves = {(leave.person, leave.period) for leave in plan.leaves if leave.start < today}
    to_come = {x.bureau for x in plan.obligations if x.kind == "event" and x.day >= today}
    spans = (*scenario.periods, *days.months)
    over = {span.label for span in spans if span.stop <= today}
    over |= {days.date_of(day).isoformat() for day in range(min(today, days.n_days))}
    return tuple(
        finding
        for finding in violations(findings)
        if finding.subject in began
        or (finding.subject, finding.period) in leaves
        or (finding.period in over and finding.subject not in starts)
        or (finding.rule in _COUNTED and finding.subject not in to_come and today > 0)
    )

"""How much differs between two plans, summed up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace

from planner.changes import Change
from planner.plan import Plan, status_of
from scenarios.model import Scenario


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums of what differs.

    Attributes
    ----------
    person_days
        Days of persons on which at post, on leave, travelling and escorting differ.
    leaves_moved, leaves_added, leaves_dropped
        Leaves that begin on another day, are new or are no more.
    groups_moved
        Groups that no longer come on their day; of a joint group each bureau's counts.
    companies_moved, companies_added, companies_dropped
        Companies that come on another day, come newly or come no more.
    """

    person_days: int
    leaves_moved: int
    leaves_added: int
    leaves_dropped: int
    groups_moved: int
    companies_moved: int
    companies_added: int
    companies_dropped: int


def totals(scenario: Scenario, before: Plan, after: Plan, changes: Iterable[Change]) -> Totals:
    """Sum up what differs between two plans.

    Parameters
    ----------
    scenario
        As it is now; days of persons it does not have do not count.
    before, after
        The plan as published and as it is now.
    changes
        What differs, as :func:`planner.changes.diff` lists it.
    """
    n = Counter(change.kind for change in changes)
    return Totals(
        person_days=person_days(scenario, before, after),
        leaves_moved=n["leave-moved"],
        leaves_added=n["leave-added"],
        leaves_dropped=n["leave-dropped"],
        groups_moved=groups_moved(before, after),
        companies_moved=n["company-moved"],
        companies_added=n["company-placed"],
        companies_dropped=n["company-dropped"],
    )


def person_days(scenario: Scenario, before: Plan, after: Plan) -> int:
    """Return on how many days of their postings the status of persons differs, summed up."""
    persons = {person.id for _, person in scenario.persons}
    old, new = (status_of(scenario, _of_those(persons, plan)) for plan in (before, after))
    # A leave that was to come after a posting that ended since is no day of that person's any more.
    return sum(
        old[person.id][day] != new[person.id][day]
        for _, person in scenario.persons
        for day in scenario.posted_days(person)
    )


def groups_moved(before: Plan, after: Plan) -> int:
    """Return how many groups of the plan before no longer come on their day."""
    coming = {(visit.bureau, visit.start) for visit in after.visits}
    return sum((visit.bureau, visit.start) not in coming for visit in before.visits)


def _of_those(persons: set[str], plan: Plan) -> Plan:
    leaves = tuple(leave for leave in plan.leaves if leave.person in persons)
    visits = tuple(visit for visit in plan.visits if visit.escort in persons)
    return replace(plan, leaves=leaves, visits=visits)

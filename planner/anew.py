"""One bureau solved anew under a condition, the others as they stand: what questions share.

Bureaus that have a joint group with it are solved with it (V6): their leaves stay, their groups may
change. All aims but the tie-break are blended into one objective whose weights keep their order: a
point of a higher aim outweighs everything the lower ones can differ by in one bureau.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from ortools.sat.python.cp_model import LinearExprT

from planner.aims import AIMS, MAXIMISED, Aim, value
from planner.capacity import taken_by
from planner.change_cost import change_cost
from planner.changes import COSTS
from planner.cpsat import Task, never, run
from planner.diary import holding
from planner.draft import Draft
from planner.given import Given
from planner.part import Part, part_of
from planner.plan import Plan
from planner.rotation import fixed_to, within
from planner.visits import groups_per_leave
from scenarios.model import Scenario

BLENDED: tuple[Aim, ...] = AIMS[:-1]
"""Aims that decide between alternatives, most important first."""

EFFORT_S = 3.0
"""Effort for one alternative and bureau, in seconds of one core; most take a tenth of it."""


@dataclass(frozen=True, slots=True)
class Anew:
    """A bureau solved anew.

    Attributes
    ----------
    draft
        Leaves and visits of everybody, the bureau's own new.
    values
        Each aim over all bureaus.
    proven
        Whether the bureau has nothing better under the condition, the others as they stand. New
        joint groups with bureaus that it has none with are not looked for.
    gains
        By how much each aim is more than before.
    """

    draft: Draft
    values: Mapping[Aim, int]
    gains: Mapping[Aim, int]
    proven: bool

    def plan_after(self, scenario: Scenario, before: Plan) -> Plan:
        """Return a plan with these leaves and visits, numbered; all else is as before.

        Of the leader trips those stay that these leaves and visits leave room for.
        """
        draft = self.draft.numbered()
        after = replace(before, leaves=draft.leaves, visits=draft.visits, levels=())
        return replace(after, trips=tuple(holding(scenario, after, before.trips)))


@dataclass(frozen=True, slots=True)
class Bench:
    """The model of one bureau, and of those it has joint groups with, ready for alternatives."""

    given: Given
    draft: Draft
    part: Part

    @classmethod
    def of(cls, given: Given, draft: Draft, bureau: str) -> Bench:
        """Return the model of a bureau on what the others leave."""
        bureaus = draft.closed((bureau,))
        beside = taken_by(visit for visit in draft.visits if visit.bureau not in bureaus)
        mates = tuple(leave for leave in draft.of(bureaus).leaves if leave.bureau != bureau)
        part = part_of(given, fixed_to(within(given.choices, bureaus), mates), beside)
        own = draft.of(bureaus)
        part.aim("served", own)
        part.objective(_blend(part, change_cost(part, own, 0), _most_change(own)), maximise=True)
        return cls(given, draft, part)

    def best(self, *, stop: Callable[[], bool] = never) -> Anew | None:
        """Return the best under the conditions added so far; None where there is nothing."""
        answer = run(Task(self.part.model, EFFORT_S * len(self.part.bureaus)), stop=stop)
        if not answer.found:
            return None
        draft = self.draft.replaced(self.part.draft_of(answer))
        now, before = values_of(self.given, draft), values_of(self.given, self.draft)
        gains = {aim: now[aim] - before[aim] for aim in BLENDED}
        return Anew(draft, now, gains, answer.status == "optimal")


def draft_from(plan: Plan) -> Draft:
    """Return the leaves and visits of a plan."""
    return Draft(plan.leaves, plan.visits)


def values_of(given: Given, draft: Draft) -> dict[Aim, int]:
    """Return every aim that decides between alternatives."""
    return {aim: value(aim, given, draft) for aim in BLENDED}


def _most_change(own: Draft) -> int:
    """Return more than any change of a bureau's leaves and visits can cost."""
    n_companies = sum(len(visit.companies) for visit in own.visits)
    dearest = COSTS.soon_factor * (
        n_companies * COSTS.company_dropped
        + len(own.leaves) * COSTS.leave_moved
        + len(own.visits) * COSTS.reception_changed
    )
    return dearest + 1


def _blend(part: Part, change: LinearExprT, most_change: int) -> LinearExprT:
    """Return the aims as one, each point outweighing all that the lower aims can differ by.

    Of plans that are equal in every aim the one that changes least is best.
    """
    wishes = [part.given.wishes[leave].values() for leave in part.rotation.literals]
    spread = {
        "groups": groups_per_leave(part.given.scenario) * len(part.rotation.literals),
        "wishes": sum(max(points) - min(points) for points in wishes if points),
    }
    weight, terms = most_change, [-change]
    for aim in reversed(BLENDED):
        terms.append((weight if aim in MAXIMISED else -weight) * part.expression(aim))
        weight *= 1 + spread.get(aim, 0)
    return sum(terms)

"""A part of the plan to be solved again: some bureaus' leaves and groups, on what others leave.

One builder serves a single bureau, all groups of the city with leaves fixed, and whatever
neighbourhood lies between; its aims are bettered one after the other, each held while the next
is bettered.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from zlib import crc32

from ortools.sat.python.cp_model import CpModel, LinearExprT

from planner.aims import AIMS, MAXIMISED, Aim, better, expression, limit, value
from planner.capacity import Taken
from planner.cpsat import Answer, Task
from planner.draft import Draft, draft_of, hint_draft
from planner.given import Given
from planner.joint import Alone
from planner.offers import Order
from planner.plan import Level, Visit
from planner.rotation import Rotation, add_rotation
from planner.starts import Choice
from planner.visits import Groups, add_groups


@dataclass(frozen=True, slots=True)
class Part:
    """A model of some bureaus' leaves and groups on the capacity that others leave."""

    given: Given
    bureaus: tuple[str, ...]
    model: CpModel
    rotation: Rotation
    groups: Groups
    alone: Alone | None = None

    def expression(self, aim: Aim) -> LinearExprT:
        """Return an aim over the variables of the part."""
        return expression(aim, self.given, self.rotation, self.groups)

    def aim(self, aim: Aim, own: Draft) -> None:
        """Set the objective, and hint every variable at a draft of the part."""
        self.objective(self.expression(aim), maximise=aim in MAXIMISED)
        self.hint(own)

    def objective(self, expression: LinearExprT, *, maximise: bool) -> None:
        """Set any linear objective."""
        if maximise:
            self.model.maximize(expression)
        else:
            self.model.minimize(expression)

    def hint(self, own: Draft) -> None:
        """Hint every variable at a draft of the part, and forget earlier hints."""
        self.model.proto.clear_solution_hint()
        hint_draft(self.model, self.given, self.rotation, self.groups, own)

    def hold(self, aim: Aim, at: int) -> None:
        """Demand that an aim be no worse than a value from now on."""
        held = self.expression(aim)
        self.model.add(held >= at if aim in MAXIMISED else held <= at)

    def fix_groups(self, bureaus: Collection[str], own: Draft) -> None:
        """Keep the visits of some bureaus, and who comes in them, as a draft has them."""
        at = {(v.bureau, v.start, v.leader_tier or "none"): v for v in own.visits}
        placed = {(c, v.start, v.leader_tier or "none") for v in own.visits for c in v.companies}
        for (bureau, start, unit, reception), literal in self.groups.opened.items():
            if bureau in bureaus:
                visit = at.get((bureau, start, reception))
                takes_place = visit is not None and unit in ("", visit.host_unit)
                self.model.add(literal == int(takes_place))
        for key, literal in self.groups.placed.items():
            if self.given.caller[key[0]].bureau in bureaus:
                self.model.add(literal == int(key in placed))

    def pin_groups(self, visits: Iterable[Visit]) -> None:
        """Demand that groups of the part's bureaus come as they are: day, companies, reception.

        Where the rules offer no such group the part has no solution.
        """
        for visit in visits:
            if visit.bureau not in self.bureaus:
                continue
            tier = visit.leader_tier or "none"
            for company in visit.companies:
                if company in self.given.caller:
                    literal = self.groups.placed.get((company, visit.start, tier))
                    # An empty choice cannot be met.
                    self.model.add_bool_or([] if literal is None else [literal])
            if visit.leader is not None and visit.joint is None:
                received = [
                    literal
                    for (bureau, start, leader, _), literal in self.groups.received.items()
                    if (bureau, start, leader) == (visit.bureau, visit.start, visit.leader)
                ]
                self.model.add_bool_or(received)

    def draft_of(self, answer: Answer) -> Draft:
        """Return the leaves and visits of a solution."""
        return draft_of(self.given, answer, self.rotation, self.groups)


def part_of(
    given: Given,
    choices: Sequence[Choice],
    taken: Taken,
    order: Order | None = None,
    alone: Alone | None = None,
) -> Part:
    """Return the model of the bureaus whose leaves are given.

    Parameters
    ----------
    given
        The scenario, worked out.
    choices
        All leaves of the bureaus concerned; narrowed to one first day, a leave is fixed.
    taken
        What groups of other bureaus that are still to come take of leaders, host units and the
        city.
    order
        Which leaders are preferred (:func:`planner.visits.add_groups`); None keeps them all.
    alone
        Relaxes the model of one bureau to what joint groups could do for it.
    """
    model = CpModel()
    rotation = add_rotation(model, given.scenario, choices)
    groups = add_groups(model, given, rotation, taken, order, alone)
    bureaus = tuple(dict.fromkeys(choice.bureau for choice in choices))
    return Part(given, bureaus, model, rotation, groups, alone)


def order_of(
    given: Given, bureaus: Sequence[str], start: Draft, prices: Mapping[tuple[str, str, int], int]
) -> Order:
    """Return the order of leaders for some bureaus: by prices, those of a draft kept.

    Among equals each bureau has leaders of its own to begin with.
    """
    kept = {(v.bureau, v.start): v.leader for v in start.visits if v.leader is not None}
    leaders = [leader.id for leader in given.scenario.organisation.leaders]
    first = crc32(" ".join(bureaus).encode()) % max(1, len(leaders))
    turn = {leader: place for place, leader in enumerate((*leaders[first:], *leaders[:first]))}
    return Order(prices, kept, turn)


def better_in_turn(
    part: Part,
    own: Draft,
    solve: Callable[[Task], Answer],
    *,
    aims: Sequence[Aim] = AIMS,
    effort_s: Sequence[float],
) -> tuple[Draft, tuple[Level, ...]]:
    """Better the aims of a part one after the other, each held at its value for the next.

    Parameters
    ----------
    part
        The model; demands that hold the aims are added to it.
    own
        A draft of the part that satisfies the model, or an empty one where none is known.
    solve
        Solves one model.
    aims
        Some of :data:`planner.aims.AIMS`, in their order.
    effort_s
        Effort for the solve of each aim; what one leaves over is added to the next.

    Returns
    -------
    tuple
        The best draft, which is ``own`` where nothing better was found, and a level for each aim;
        its bound holds for the part with the aims above at their values.
    """
    levels = []
    left_s = 0.0
    for aim, each_s in zip(aims, effort_s, strict=True):
        part.aim(aim, own)
        answer = solve(Task(part.model, left_s + each_s))
        left_s = max(0.0, left_s + each_s - answer.work_s)
        if answer.found:
            after = part.draft_of(answer)
            if not own.leaves or better(
                aim, value(aim, part.given, after), value(aim, part.given, own)
            ):
                own = after
        reached = value(aim, part.given, own)
        bound = answer.bound
        if bound is None:
            bound = sum(limit(aim, part.given, bureau) for bureau in part.bureaus)
        levels.append(Level(aim, reached, bound, reached == bound))
        part.hold(aim, reached)
    return own, tuple(levels)

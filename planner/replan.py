"""Planning again after something happened: least change first, then as much value as that allows.

What began before today is history and stays. Among all plans that the changed scenario allows, the
one is sought that changes least of what was published (:class:`planner.changes.ChangeCosts`): that
is an objective with a proof, where a hint would only be a start. At that cost the aims are bettered
in their order; and a few more points show what value more change would buy.

Change costs add up over bureaus. A bureau by itself, with nobody in its way, cannot change less
than it does alone, so that the sum of these minima bounds the whole; bureaus whose minimum is zero
stay as published, the others are planned together on what those leave. Where that does not reach
the bound, all bureaus are planned together.

Where bureaus may bring groups together (V6) those that have a joint group to come are one bureau in
this, and the bound is that of each bureau with whatever joint groups could do for it. A joint group
that has begun ties nobody: it is a fact.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from ortools.sat.python.cp_model import LinearExprT

from planner.aims import AIMS, value
from planner.capacity import Taken, fits, taken_by
from planner.carrying import uncarried, uncarried_by
from planner.change_cost import change_cost
from planner.changes import COSTS, Change, ChangeCosts, diff
from planner.conflicts import certificate
from planner.cpsat import Answer, Task, run
from planner.diary import bound_by, holding
from planner.draft import Draft
from planner.feasible import first_leaves
from planner.given import Given
from planner.infeasible import Explanation, InfeasibleError
from planner.joint import Alone, companies_beside, seats_of
from planner.obligations import obligations
from planner.part import Part, better_in_turn, part_of
from planner.pins import NO_PINS, Pins
from planner.plan import Plan, Trip, Visit, groups_of
from planner.receptions import leader_days
from planner.rotation import key_of, within
from planner.starts import Choice, LeaveKey, leave_choices
from planner.trips import leader_trips
from planner.unplaced import unplaced
from scenarios.model import Scenario
from scenarios.part import Text

BUDGETS = (10, 30, 100, 300)
"""Costs beyond the least at which the frontier is looked at."""


@dataclass(frozen=True, slots=True)
class Point:
    """What the first aim reaches when changes may cost so much."""

    cost: int
    value: int
    bound: int


@dataclass(frozen=True, slots=True)
class Replan:
    """A plan made again.

    Attributes
    ----------
    plan
        The plan with the least change, and at that the best aims found.
    changes
        What differs from the published plan.
    cost, bound
        What the changes cost, and the least that any plan's could.
    frontier
        Value against change, rising.
    """

    plan: Plan
    changes: tuple[Change, ...]
    cost: int
    bound: int
    frontier: tuple[Point, ...]

    @property
    def proven(self) -> bool:
        """Whether no plan changes less."""
        return self.cost <= self.bound


@dataclass(frozen=True)
class _Event:
    """What is to be planned again: the scenario as it is now, what was published, and when."""

    given: Given
    published: Draft
    today: int
    costs: ChangeCosts
    effort_s: float
    stop: Callable[[], bool]
    pins: Pins = NO_PINS

    def part(
        self, bureaus: Sequence[str], taken: Taken, alone: Alone | None = None
    ) -> tuple[Part, LinearExprT]:
        """Return the model of some bureaus, history fixed, and what their changes cost."""
        part = part_of(self.given, within(self.given.choices, bureaus), taken, alone=alone)
        for bare in part.groups.bare.values():
            part.model.add(bare == 0)
        part.pin_groups(v for v in self.pins.visits if v.start >= self.today)
        own = self.published.of(bureaus)
        part.hint(own)
        return part, change_cost(part, self.to_come(own), self.today, self.costs)

    def to_come(self, draft: Draft) -> Draft:
        """Return a draft without the visits that began before today."""
        return Draft(draft.leaves, tuple(v for v in draft.visits if v.start >= self.today))

    def keep_apart(self, part: Part) -> None:
        """Let no visits of a part be one group that were none as published."""
        together = {
            (visit.start, visit.bureau, mate.bureau)
            for group in groups_of(self.published.visits)
            for visit in group
            for mate in group
        }
        joins = part.groups.joint.joins if part.groups.joint is not None else {}
        for ((bureau, start, _, _), head), literal in joins.items():
            if head != bureau and (start, bureau, head) not in together:
                part.model.add(literal == 0)

    def beside(self, bureaus: Collection[str], draft: Draft) -> Taken:
        """Return what visits to come of all other bureaus take."""
        others = (v for v in self.to_come(draft).visits if v.bureau not in bureaus)
        return taken_by(others)

    def closed(self, bureaus: Sequence[str], draft: Draft) -> tuple[str, ...]:
        """Return some bureaus, and those that a joint group to come ties to them."""
        return self.to_come(draft).closed(bureaus)

    def clusters(self, draft: Draft) -> list[tuple[str, ...]]:
        """Return the bureaus, those with a joint group to come together."""
        return list(dict.fromkeys(self.closed((b,), draft) for b in self.given.bureaus))

    def solve(self, task: Task) -> Answer:
        """Solve one model."""
        return run(task, stop=self.stop)


def replan(
    scenario: Scenario,
    published: Plan,
    today: int,
    *,
    costs: ChangeCosts = COSTS,
    effort_s: float = 4.0,
    with_frontier: bool = True,
    stop: Callable[[], bool] = lambda: False,
    pins: Pins = NO_PINS,
) -> Replan:
    """Plan a changed scenario with the least change of a published plan.

    Parameters
    ----------
    scenario
        What is given now; its pins are kept.
    published
        The plan as people know it.
    today
        Leaves, visits and trips that began before this day stay as they were.
    costs
        What changes cost.
    effort_s
        Effort for each solve, in seconds of one core.
    with_frontier
        False leaves out the points beyond the least change, which take most of the time.
    stop
        Asked every now and then; once it says True, the best so far is returned.
    pins
        What a planner holds or wants beside the scenario's pins; what has begun outranks them.

    Raises
    ------
    InfeasibleError
        When the rules leave no rotation with the history as it was, or with the pins.
    """
    explanation = certificate(scenario)
    if explanation is not None:
        raise InfeasibleError(explanation)
    draft = _as_published(scenario, published, today)
    travelling = scenario.rules.leader_trips.inspections == "either"
    trips = published.trips if travelling else ()
    begun = tuple(trip for trip in trips if trip.start < today)
    event = _event(
        scenario, draft, today, begun, costs=costs, effort_s=effort_s, stop=stop, pins=pins
    )
    after, bound = _least_change(event)
    plan = _whole(event, scenario, after := _bettered(event, after), published)
    lost = _lost(scenario, trips, plan)
    if lost and not stop():
        # Whose leave or group moved at no need is bound by the trips to come as well.
        again = _with_trips_kept(scenario, event, (*begun, *lost), cost=_cost(event, after))
        if again is not None:
            kept = _whole(again[0], scenario, again[1], published)
            if len(_lost(scenario, trips, kept)) < len(lost):
                (event, after), plan = again, kept
    changes = diff(scenario, published, plan, today=today, costs=costs)
    cost = _cost(event, after)
    served = value("served", event.given, after)
    dearer = _dearer(event, after, cost) if with_frontier else ()
    return Replan(plan, changes, cost, bound, (Point(cost, served, served), *dearer))


def _event(
    scenario: Scenario,
    draft: Draft,
    today: int,
    bound_to: Iterable[Trip],
    *,
    costs: ChangeCosts,
    effort_s: float,
    stop: Callable[[], bool],
    pins: Pins,
) -> _Event:
    """Return what is to be planned again, leaders and hosts bound to some trips.

    Who is on a trip is bound by it as by a diary or a day without leave.

    Raises
    ------
    InfeasibleError
        When the rules leave no rotation with the history as it was, or a leave that must carry a
        group none.
    """
    trips = tuple(bound_to)
    bound_now = bound_by(scenario, trips) if trips else scenario

    def after_history(owed: Iterable[Choice]) -> tuple[Choice, ...]:
        return pins.narrowed(bound_now, _with_history(owed, draft, today))

    owed = leave_choices(bound_now)
    refused = pins.refused(bound_now, _with_history(owed, draft, today))
    if refused is not None:
        raise InfeasibleError(refused)
    choices = after_history(owed)
    first_leaves(bound_now, choices, after_history)
    facts = tuple(visit for visit in draft.visits if visit.start < today)
    given = Given(bound_now, choices, excused=_excused(draft, today), facts=facts, today=today)
    explanation = uncarried(given)
    if explanation is not None:
        raise InfeasibleError(explanation)
    return _Event(given, draft, today, costs, effort_s, stop, pins)


def _whole(event: _Event, scenario: Scenario, after: Draft, published: Plan) -> Plan:
    """Return the plan of a draft, with duties and, where leaders travel, with trips."""
    plan = replace(_plan(event, after, published), scenario_hash=scenario.content_hash)
    if scenario.rules.leader_trips.inspections == "received":
        return plan
    return _with_trips(scenario, plan, published, event.today, event.stop)


def _lost(scenario: Scenario, trips: Iterable[Trip], plan: Plan) -> tuple[Trip, ...]:
    """Return trips that a plan has not, though their leaders are still free for them."""
    free = {x.id: leader_days(scenario, x) for x in scenario.organisation.leaders}
    held = {(trip.leader, trip.bureau, trip.start) for trip in plan.trips}
    persons = {person.id for _, person in scenario.persons}
    return tuple(
        trip
        for trip in trips
        if (trip.leader, trip.bureau, trip.start) not in held
        and trip.host in persons
        and free.get(trip.leader, frozenset()).issuperset(trip.days)
    )


def _with_trips_kept(
    scenario: Scenario, event: _Event, trips: Sequence[Trip], *, cost: int
) -> tuple[_Event, Draft] | None:
    """Return a draft round some trips that costs no more; None where there is none."""
    try:
        bound = _event(
            scenario,
            event.published,
            event.today,
            trips,
            costs=event.costs,
            effort_s=event.effort_s,
            stop=event.stop,
            pins=event.pins,
        )
        after, _ = _least_change(bound)
    except InfeasibleError:
        return None
    return None if _cost(bound, after) > cost else (bound, _bettered(bound, after))


def _cost(event: _Event, after: Draft) -> int:
    return sum(_cost_of(event, after, bureau) for bureau in event.given.bureaus)


def _as_published(scenario: Scenario, published: Plan, today: int) -> Draft:
    """Return the published leaves and visits of those who are still there, and may still come.

    A visit that began before today is a fact, however few of its companies are left; a leader who
    is not there any more is not named in it.
    """
    persons = {person.id: bureau.id for bureau, person in scenario.persons}
    companies = {company.id for company in scenario.companies if company.screening != "failed"}
    leaders = {leader.id for leader in scenario.organisation.leaders}
    leaves = tuple(leave for leave in published.leaves if leave.person in persons)
    visits = []
    for visit in published.visits:
        kept = replace(visit, companies=tuple(c for c in visit.companies if c in companies))
        if visit.start < today and visit.leader not in leaders:
            kept = replace(kept, leader=None, leader_tier=None, leader_day=None)
        is_known = visit.bureau in persons.values()
        if visit.start < today:
            is_known = is_known and visit.escort in persons and bool(kept.companies)
        if is_known:
            visits.append(kept)
    coming = _still_joint(scenario, visits)
    return Draft(leaves, tuple(sorted(coming, key=lambda v: (v.bureau, v.start))))


def _still_joint(scenario: Scenario, visits: Iterable[Visit]) -> Iterator[Visit]:
    """Yield visits without the parts of joint groups in which nobody comes any more."""
    for group in groups_of(visits):
        if group[0].joint is None:
            yield from group
            continue
        coming = [visit for visit in group if visit.companies]
        if not coming:
            continue
        seats = seats_of(scenario.rules.visits, [len(visit.companies) for visit in coming])
        joint = group[0].joint if len(coming) > 1 else None
        for visit, n in zip(coming, seats, strict=True):
            yield replace(visit, seats=n, joint=joint)


def _with_history(choices: Iterable[Choice], draft: Draft, today: int) -> tuple[Choice, ...]:
    """Fix leaves that have begun, and let no other begin before today."""
    begun = {(x.person, x.period): x.start for x in draft.leaves if x.start < today}
    return tuple(
        replace(c, starts=(begun[key_of(c)],))
        if key_of(c) in begun
        else replace(c, starts=tuple(start for start in c.starts if start >= today))
        for c in choices
    )


def _excused(draft: Draft, today: int) -> frozenset[LeaveKey]:
    """Return leaves that have begun and carry no group to come: none can be asked of them."""
    escorting = {
        (visit.escort, leave.period)
        for visit in draft.visits
        for leave in draft.leaves
        if visit.start >= today
        and visit.escort == leave.person
        and leave.start <= visit.start <= leave.end
    }
    begun = {(leave.person, leave.period) for leave in draft.leaves if leave.start < today}
    return frozenset(begun - escorting)


def _cost_of(event: _Event, after: Draft, bureau: str) -> int:
    """Return what the changes of a bureau cost, counted without the solver."""
    before, now = event.published.of((bureau,)), after.of((bureau,))
    plans = [Plan("", draft.leaves, draft.visits, (), (), ()) for draft in (before, now)]
    found = diff(event.given.scenario, *plans, today=event.today, costs=event.costs)
    return sum(change.cost for change in found)


def _least_change(event: _Event) -> tuple[Draft, int]:
    """Return a draft of least change, and the least that any could cost."""
    least: dict[str, int] = {}
    alone: dict[str, Draft] = {}
    clusters = event.clusters(event.published)
    for bureaus in clusters:
        try:
            found, bound = _cheapest(event, bureaus, Taken())
        except InfeasibleError:
            if not (event.given.may_join and event.given.must_carry):
                raise
            # A leave that these bureaus have no group for may carry one with others.
            continue
        alone.update({bureau: found.of((bureau,)) for bureau in bureaus})
        least[bureaus[0]] = bound
    if event.given.may_join:
        least = {bureau: _least_alone(event, bureau) for bureau in event.given.bureaus}
    moving = tuple(
        bureau
        for bureaus in clusters
        if any(
            b not in alone or least.get(b, 0) > 0 or not _stands(event, alone[b]) for b in bureaus
        )
        for bureau in bureaus
    )
    bound = sum(least.values())
    staying = tuple(b for b in event.given.bureaus if b not in moving)
    kept = Draft()
    for bureau in staying:
        kept = kept.replaced(alone[bureau])
    after = Draft()
    if fits(event.given.scenario, (*event.given.facts, *event.to_come(kept).visits)):
        after = kept.replaced(_beside_those_who_stay(event, moving, kept))
    is_whole = len(after.bureaus) == len(event.given.bureaus)
    if is_whole and _cost(event, after) <= bound:
        return after, bound
    try:
        together, joint = _cheapest(event, event.given.bureaus, Taken())
    except InfeasibleError:
        if not (event.given.may_join and is_whole):
            raise
        # The model of all joint groups is large: what was found before it stands.
        return after, bound
    if event.given.may_join and is_whole and _cost(event, after) <= _cost(event, together):
        together = after
    return together, max(bound, joint)


def _least_alone(event: _Event, bureau: str) -> int:
    """Return the least that the changes of a bureau cost, whoever could join its groups."""
    part, cost = event.part((bureau,), Taken(), companies_beside(event.given, bureau))
    part.objective(cost, maximise=False)
    return max(0, event.solve(Task(part.model, event.effort_s)).bound or 0)


def _beside_those_who_stay(event: _Event, moving: Sequence[str], kept: Draft) -> Draft:
    """Return what moving bureaus do beside the others; an empty draft where they find no way."""
    if not moving:
        return Draft()
    try:
        return _cheapest(event, moving, event.beside(moving, kept))[0]
    except InfeasibleError:
        return Draft()


def _stands(event: _Event, own: Draft) -> bool:
    """Return whether leaves and visits of a bureau are just as published."""
    published = event.published.of(own.bureaus)
    return own.leaves == published.leaves and [_what(v) for v in own.visits] == [
        _what(v) for v in published.visits
    ]


def _what(visit: Visit) -> tuple[int, str | None, tuple[str, ...]]:
    return visit.start, visit.leader, visit.companies


def _cheapest(event: _Event, bureaus: Sequence[str], taken: Taken) -> tuple[Draft, int]:
    """Return leaves and groups of some bureaus that change least, and a bound on that cost."""
    part, cost = event.part(bureaus, taken)
    part.objective(cost, maximise=False)
    answer = event.solve(Task(part.model, event.effort_s))
    if answer.status == "unknown" and part.groups.joint is not None:
        # The model of all joint groups is large: begin with those that were published.
        part, answer = _from_published_groups(event, part, taken)
    if not answer.found:
        raise InfeasibleError(_no_way(event, bureaus))
    return _on_published_days(event, part.draft_of(answer), taken), max(0, answer.bound or 0)


def _from_published_groups(event: _Event, part: Part, taken: Taken) -> tuple[Part, Answer]:
    """Solve a part from the best without new joint groups, which stands where nothing is found."""
    narrow, cost = event.part(part.bureaus, taken)
    event.keep_apart(narrow)
    narrow.objective(cost, maximise=False)
    first = event.solve(Task(narrow.model, event.effort_s))
    if first.found:
        part.hint(narrow.draft_of(first))
    answer = event.solve(Task(part.model, event.effort_s))
    # What is least without new joint groups bounds nothing.
    return (part, answer) if answer.found else (narrow, replace(first, bound=None))


def _bettered(event: _Event, after: Draft) -> Draft:
    """Better the aims, bureau by bureau, at the cost of change reached.

    A bureau that stands as published is offered newcomers in free seats, and is else left alone.
    """
    for bureaus in event.clusters(after):
        stands = all(_stands(event, after.of((bureau,))) for bureau in bureaus)
        aims = AIMS[:1] if stands else AIMS
        beside = event.beside(bureaus, after)
        part, cost = event.part(bureaus, beside)
        part.model.add(cost <= sum(_cost_of(event, after, bureau) for bureau in bureaus))
        own, _ = better_in_turn(
            part,
            after.of(bureaus),
            event.solve,
            aims=aims,
            effort_s=[event.effort_s / len(aims)] * len(aims),
        )
        after = after.replaced(_on_published_days(event, own, beside))
    return after


def _dearer(event: _Event, after: Draft, cost: int) -> tuple[Point, ...]:
    """Return what the bureaus that change could serve at higher costs, the others as they are."""
    served = value("served", event.given, after)
    changed = [b for b in event.given.bureaus if _cost_of(event, after, b)]
    moving = event.closed(changed, after)
    if not moving:
        return ()
    others = served - value("served", event.given, after.of(moving))
    part, expression = event.part(moving, event.beside(moving, after))
    own = after.of(moving)
    held = sum(_cost_of(event, after, b) for b in moving)
    dearer: list[Point] = []
    # From the largest budget down: each is a tighter demand on the same model.
    for budget in sorted(BUDGETS, reverse=True):
        part.model.add(expression <= held + budget)
        part.aim("served", own)
        answer = event.solve(Task(part.model, event.effort_s))
        if answer.found and answer.bound is not None:
            best = part.draft_of(answer)
            reached = value("served", event.given, best) + others
            spent = cost - held + sum(_cost_of(event, best, b) for b in moving)
            dearer.append(Point(spent, reached, answer.bound + others))
    return _rising(cost, served, reversed(dearer))


def _rising(cost: int, served: int, points: Iterable[Point]) -> tuple[Point, ...]:
    """Return the points that cost more than all before them, and serve more."""
    kept: list[Point] = []
    for point in sorted(points, key=lambda point: (point.cost, -point.value)):
        if point.cost > cost and point.value > served:
            cost, served = point.cost, point.value
            kept.append(point)
    return tuple(kept)


def _on_published_days(event: _Event, own: Draft, taken: Taken) -> Draft:
    """Give leaders their published day back where another of the month stands for it.

    A model of one bureau offers the first free day of each month only, any being as good.
    """
    days = {(v.bureau, v.start, v.leader): v.leader_day for v in event.published.visits}
    per_day = {x.id: x.groups_per_day for x in event.given.scenario.organisation.leaders}
    month_of = event.given.month_of
    busy = taken.joined((*event.given.facts, *event.to_come(own).visits)).leader_days
    visits: list[Visit] = []
    for group in groups_of(own.visits):
        visit = group[0]
        published = {days.get((x.bureau, x.start, x.leader)) for x in group}
        day = published.pop() if len(published) == 1 else None
        if (
            visit.start >= event.today
            and day is not None
            and visit.leader is not None
            and visit.leader_day is not None
            and month_of[day] == month_of[visit.leader_day]
            and day in event.given.leader_days[visit.leader]
            and busy[visit.leader, day] < per_day[visit.leader]
        ):
            busy[visit.leader, day] += 1
            busy[visit.leader, visit.leader_day] -= 1
            group = tuple(replace(x, leader_day=day) for x in group)
        visits.extend(group)
    return Draft(own.leaves, tuple(sorted(visits, key=lambda v: (v.bureau, v.start))))


def _plan(event: _Event, after: Draft, published: Plan) -> Plan:
    draft, scenario = after.numbered(), event.given.scenario
    return Plan(
        scenario_hash=scenario.content_hash,
        leaves=draft.leaves,
        visits=draft.visits,
        unplaced=unplaced(event.given, draft),
        obligations=obligations(
            scenario,
            draft.leaves,
            draft.visits,
            published=published.obligations,
            today=event.today,
        ),
        budget_yuan=tuple(sorted(scenario.budget.lump_sum_yuan.items())),
    )


def _with_trips(
    scenario: Scenario, plan: Plan, published: Plan, today: int, stop: Callable[[], bool]
) -> Plan:
    """Return a plan with the published trips that can stay, and new ones for what is short."""
    kept = holding(scenario, plan, published.trips, today)
    trips, _ = leader_trips(scenario, plan, kept=kept, today=today, stop=stop)
    return replace(plan, trips=trips)


def _no_way(event: _Event, bureaus: Sequence[str]) -> Explanation:
    names = [event.given.scenario.bureau(bureau).name for bureau in bureaus]
    day = event.given.scenario.days.date_of(event.today).isoformat()
    line = Text(
        zh=(
            f"{'、'.join(x.zh for x in names)}：{day} 之前已开始的轮休和考察照旧，"
            "在现场景的规则下排不出方案。请检查新增的缺勤、不可轮休日或已定起始日。"
        ),
        en=(
            f"{', '.join(x.en for x in names)}: with leaves and visits that began before {day} as "
            "they were, the scenario's rules leave no plan. Check absences, days without leave and "
            "pins that were added."
        ),
    )
    alone = uncarried_by(event.given, bureaus)
    return Explanation.joined((Explanation((line,), ("leave-owed",)), *([alone] if alone else ())))

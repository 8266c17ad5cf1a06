"""Leader trips: what groups leave short of the leader targets, leaders may travel for (V1).

Leaves, groups and duties stand when trips are chosen, so that no aim above them can suffer. One
small model holds all bureaus, exactly: a literal for each leader, bureau and first day, and counts
of companies in place of companies, as those that the same tiers have inspected are alike.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from ortools.sat.python.cp_model import CpModel, IntVar, LinearExprT

from planner.cpsat import Answer, Task, never, run
from planner.diary import Diary
from planner.plan import Level, Plan, Trip
from planner.receptions import COUNTS, leader_targets
from scenarios.model import Scenario
from scenarios.organisation import Company, Tier
from scenarios.targets import BureauTarget

EFFORT_S: Final = 5.0
"""Effort for each of the aims of trips, in seconds of one core; a city takes far less."""

_SETS: Final[tuple[tuple[Tier, ...], ...]] = (
    ("principal",),
    ("deputy",),
    ("principal", "deputy"),
)
"""Tiers that may inspect one company."""

Way = tuple[str, str, int]
"""Leader, bureau and first day of a trip."""

Kind = tuple[str, tuple[Tier, ...]]
"""Companies that are alike for trips: a bureau's, and which tiers have inspected them."""


def leader_trips(
    scenario: Scenario,
    plan: Plan,
    *,
    kept: Iterable[Trip] = (),
    today: int = 0,
    stop: Callable[[], bool] = never,
) -> tuple[tuple[Trip, ...], Level]:
    """Choose trips for what a plan leaves short of the leader targets.

    Most inspections that count come first, then fewest trips, then the earliest days.

    Parameters
    ----------
    scenario
        What is given; its policy is ``either``.
    plan
        Leaves, groups and duties that stand; its own trips are not looked at.
    kept
        Trips that stand too (:func:`planner.diary.holding`).
    today
        No other trip begins before this day.
    stop
        Asked every now and then; once it says True, the best trips so far are returned.

    Returns
    -------
    tuple
        All trips, numbered, and the level ``inspections``: those that count towards the targets,
        in groups and on trips; its bound holds with everything that stands.
    """
    diary = Diary(scenario, plan)
    for trip in kept:
        diary.enter(trip)
    desk = _desk(diary, [start for start in diary.starts() if start >= today])
    answer, bound = _solve(desk, stop)
    made = () if answer is None else tuple(_made(desk, answer))
    reached = desk.reached + (0 if answer is None else answer.value(sum(desk.progress.values())))
    most = desk.reached + (desk.short if bound is None else bound)
    level = Level("inspections", reached, most, reached == most)
    return _numbered((*diary.trips, *made)), level


@dataclass(frozen=True)
class _Desk:
    """The model, what may be chosen in it, and what counts already.

    Attributes
    ----------
    kinds
        Companies that may be inspected by kind, the most wanted first.
    travels
        A literal for each trip that may be made.
    inspects
        How many companies of a kind some tiers inspect.
    progress
        Inspections that count, by bureau and target.
    """

    diary: Diary
    model: CpModel
    kinds: Mapping[Kind, Sequence[Company]]
    travels: dict[Way, IntVar] = field(default_factory=dict)
    inspects: dict[tuple[Kind, tuple[Tier, ...]], IntVar] = field(default_factory=dict)
    progress: dict[tuple[str, str], IntVar] = field(default_factory=dict)

    @property
    def targets(self) -> Iterator[BureauTarget]:
        """Yield the leader targets of every bureau."""
        for bureau in self.diary.scenario.organisation.bureaus:
            yield from leader_targets(self.diary.scenario, bureau.id)

    def met(self, target: BureauTarget) -> int:
        """Return how many inspections count towards a target as things stand."""
        counts = COUNTS[target.target.metric]
        met = sum(
            any(tier in counts for tier in self.diary.inspected[company.id])
            for company in self.diary.scenario.companies
            if company.bureau == target.bureau
        )
        return min(target.minimum, met)

    @property
    def reached(self) -> int:
        """How many inspections count without the model."""
        return sum(map(self.met, self.targets))

    @property
    def short(self) -> int:
        """How many are missing."""
        return sum(target.minimum - self.met(target) for target in self.targets)


def _desk(diary: Diary, starts: Sequence[int]) -> _Desk:
    """Return the model of all trips that may help, from some first days."""
    desk = _Desk(diary, CpModel(), _kinds(diary))
    for bureau in diary.scenario.organisation.bureaus:
        targets = leader_targets(diary.scenario, bureau.id)
        missing = [t for t in targets if desk.met(t) < t.minimum]
        counts = {tier for t in missing for tier in COUNTS[t.target.metric]}
        trips: dict[Tier, list[IntVar]] = {tier: [] for tier in _SETS[-1]}
        for leader in diary.scenario.organisation.leaders:
            if leader.tier in counts:
                for start in diary.ways(leader.id, bureau.id, starts):
                    name = f"{leader.id} {bureau.id} {start}"
                    literal = desk.model.new_bool_var(name)
                    desk.travels[leader.id, bureau.id, start] = literal
                    trips[leader.tier].append(literal)
        _add_companies(desk, bureau.id, trips)
        for target in missing:
            _add_progress(desk, target)
    _add_diaries(desk)
    return desk


def _kinds(diary: Diary) -> Mapping[Kind, Sequence[Company]]:
    """Return the companies that may be inspected by kind, the most wanted first."""
    kinds: defaultdict[Kind, list[Company]] = defaultdict(list)
    for company in sorted(diary.scenario.companies, key=lambda c: (-c.priority, c.id)):
        if company.screening != "failed":
            had = tuple(tier for tier in _SETS[-1] if tier in diary.inspected[company.id])
            kinds[company.bureau, had].append(company)
    return kinds


def _add_companies(desk: _Desk, bureau: str, trips: Mapping[Tier, Sequence[IntVar]]) -> None:
    """Add whom the trips to a bureau take in: each company once a tier, so many a trip."""
    model, most = desk.model, desk.diary.scenario.rules.leader_trips.companies_max
    by_tier: dict[Tier, list[IntVar]] = {tier: [] for tier in trips}
    for kind, companies in desk.kinds.items():
        if kind[0] != bureau:
            continue
        fresh = [tiers for tiers in _SETS if not set(tiers) & set(kind[1])]
        for tiers in fresh:
            name = f"{bureau} {' '.join(kind[1])} by {' '.join(tiers)}"
            number = model.new_int_var(0, len(companies), name)
            desk.inspects[kind, tiers] = number
            for tier in tiers:
                by_tier[tier].append(number)
        model.add(sum(desk.inspects[kind, tiers] for tiers in fresh) <= len(companies))
    for tier, numbers in by_tier.items():
        model.add(sum(numbers) <= most * sum(trips[tier]))
        model.add(sum(numbers) >= sum(trips[tier]))


def _add_progress(desk: _Desk, target: BureauTarget) -> None:
    """Add what the inspections of a bureau add to a target, up to its minimum."""
    counts = COUNTS[target.target.metric]
    missing = target.minimum - desk.met(target)
    name = f"{target.bureau} {target.target.id}"
    progress = desk.model.new_int_var(0, missing, name)
    desk.progress[target.bureau, target.target.id] = progress
    # A company whom one of these tiers has inspected before counts already.
    added = [
        number
        for ((bureau, had), tiers), number in desk.inspects.items()
        if bureau == target.bureau
        and any(tier in counts for tier in tiers)
        and not any(tier in counts for tier in had)
    ]
    desk.model.add(progress <= sum(added))


def _add_diaries(desk: _Desk) -> None:
    """Let nobody travel twice at a time nor too often, and no bureau have two leaders with it."""
    diary = desk.diary
    at_once: defaultdict[tuple[str, int], list[IntVar]] = defaultdict(list)
    in_year: defaultdict[tuple[str, int], list[IntVar]] = defaultdict(list)
    for (leader, bureau, start), literal in desk.travels.items():
        in_year[leader, diary.year(start)].append(literal)
        for day in diary.days(start):
            at_once[f"leader {leader}", day].append(literal)
            at_once[f"bureau {bureau}", day].append(literal)
    for literals in at_once.values():
        desk.model.add_at_most_one(literals)
    limit = diary.scenario.rules.leader_trips.trips_per_leader_per_year
    for made, literals in in_year.items():
        desk.model.add(sum(literals) <= limit - diary.made[made])


def _solve(desk: _Desk, stop: Callable[[], bool]) -> tuple[Answer | None, int | None]:
    """Better the aims in turn; return the last solution, and the bound of the first aim."""
    if not desk.travels or not desk.short:
        return None, 0
    model, counted = desk.model, sum(desk.progress.values())
    trips = sum(desk.travels.values())
    # No company more than counts, and none by two tiers where two companies would do (V2).
    companies = sum(len(tiers) ** 2 * x for (_, tiers), x in desk.inspects.items())
    last = sum(start * x for (_, _, start), x in desk.travels.items()) + companies
    best, bound = None, None
    for aim, maximised in ((counted, True), (trips, False), (last, False)):
        if maximised:
            model.maximize(aim)
        else:
            model.minimize(aim)
        answer = run(Task(model, EFFORT_S), stop=stop)
        if not answer.found:
            break
        best = answer
        bound = answer.bound if maximised else bound
        _hold(desk, aim, answer, maximised=maximised)
    return best, bound


def _hold(desk: _Desk, aim: LinearExprT, answer: Answer, *, maximised: bool) -> None:
    """Hold an aim at its value from now on, and begin the next solve where this one ended."""
    held = answer.value(aim)
    desk.model.add(aim >= held if maximised else aim <= held)
    desk.model.proto.clear_solution_hint()
    for variable in (
        *desk.travels.values(),
        *desk.inspects.values(),
        *desk.progress.values(),
    ):
        desk.model.add_hint(variable, answer.value(variable))


def _made(desk: _Desk, answer: Answer) -> Iterator[Trip]:
    """Yield the trips of a solution, companies dealt out evenly among those of one tier."""
    diary, companies = desk.diary, _taken_in(desk, answer)
    ways: defaultdict[tuple[str, Tier], list[Way]] = defaultdict(list)
    for way, literal in desk.travels.items():
        if answer.value(literal):
            ways[way[1], diary.scenario.leader(way[0]).tier].append(way)
    for (bureau, tier), own in ways.items():
        hands = companies[bureau, tier]
        for place, (leader, _, start) in enumerate(sorted(own, key=lambda way: way[2])):
            days = diary.days(start)
            host = diary.host(bureau, days)
            assert host is not None
            taken = tuple(sorted(hands[place :: len(own)]))
            yield Trip("", bureau, leader, tier, start, days[-1], host, taken)


def _taken_in(desk: _Desk, answer: Answer) -> defaultdict[tuple[str, Tier], list[str]]:
    """Return the companies of a solution by bureau and tier, the most wanted of each kind."""
    found: defaultdict[tuple[str, Tier], list[str]] = defaultdict(list)
    for kind, companies in desk.kinds.items():
        left = iter(companies)
        for tiers in _SETS:
            n = answer.value(desk.inspects[kind, tiers]) if (kind, tiers) in desk.inspects else 0
            for company in (next(left) for _ in range(n)):
                for tier in tiers:
                    found[kind[0], tier].append(company.id)
    return found


def _numbered(trips: Iterable[Trip]) -> tuple[Trip, ...]:
    """Return trips with ids that count a bureau's by date."""
    seen: Counter[str] = Counter()
    found = []
    for trip in sorted(trips, key=lambda x: (x.bureau, x.start, x.leader)):
        seen[trip.bureau] += 1
        found.append(replace(trip, id=f"{trip.bureau}-t{seen[trip.bureau]:02d}"))
    return tuple(sorted(found))

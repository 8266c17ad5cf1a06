"""The search for a good plan: bureaus alone, all groups together, then bureaus in pairs.

Bureaus share nothing but leaders, host units and the city's room. Each bureau alone, with all of
these to itself, is solved to proof within a second or two; the sum of those optima bounds the
whole. Its leaves are then kept while all groups of the city are placed together, and pairs of
bureaus that fell short of their own bound are solved again, leaves and groups, on what the others
leave. Each step starts from the draft before it and is taken only where it is better, so that the
value never falls.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from time import perf_counter
from typing import Literal

from ortools.sat.python.cp_model import CpModel, LinearExprT

from planner.aims import AIMS, MAXIMISED, Aim, better, expression, limit, value
from planner.capacity import Taken, taken_by
from planner.cpsat import Answer, Task, run_all
from planner.draft import Draft, draft_of, hint_draft
from planner.given import Given
from planner.plan import Level
from planner.rotation import Rotation, add_rotation, fixed_to, within
from planner.visits import Groups, add_groups

Stage = Literal["rotation", "alone", "together", "pairs", "refine"]

STAGES: tuple[Stage, ...] = ("rotation", "alone", "together", "pairs", "refine")
"""In the order in which they run."""

_SPENT_BY: dict[Stage, float] = {"alone": 0.35, "together": 0.45, "pairs": 0.75, "refine": 1.0}
"""Share of the whole effort that may be spent when a stage ends; what is left over flows on."""

_STEP_SHARE = 0.1
"""Share of the whole effort that a single solve may take at most."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the search is.

    Attributes
    ----------
    stage, done, total
        The stage, and how many of its steps are done.
    value, bound
        First aim of the best draft so far, and what it can never exceed.
    seconds
        Wall time since the search began.
    """

    stage: Stage
    done: int
    total: int
    value: int
    bound: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Part:
    """A model of some bureaus' leaves and groups on the capacity that others leave."""

    bureaus: tuple[str, ...]
    model: CpModel
    rotation: Rotation
    groups: Groups


@dataclass
class Search:
    """A search under way: what is given, the best draft, the bounds, and the effort spent."""

    given: Given
    effort_s: float
    workers: int
    tell: Callable[[Progress], None]
    stop: Callable[[], bool]
    draft: Draft
    bounds: dict[str, int] = field(default_factory=dict)
    spent_s: float = 0.0
    began: float = field(default_factory=perf_counter)

    def __post_init__(self) -> None:
        self.bounds = {bureau: limit("served", self.given, bureau) for bureau in self.given.bureaus}
        self._report("rotation", 1, 1)

    @property
    def bound(self) -> int:
        """What the first aim can never exceed."""
        return sum(self.bounds.values())

    def run(self) -> tuple[Level, ...]:
        """Search through all stages; the draft holds the result, the levels say how good it is."""
        self._alone()
        self._together()
        self._pairs()
        lower = self._refine()
        served = value("served", self.given, self.draft)
        return (Level("served", served, self.bound, served == self.bound), *lower)

    def _alone(self) -> None:
        """Solve each bureau with all capacity to itself: its leaves, and the bounds."""
        bureaus = self.given.bureaus
        each_s = min(self._left_s("alone") / len(bureaus), self.effort_s * _STEP_SHARE)
        parts = [self._part((bureau,), Taken()) for bureau in bureaus]
        for part in parts:
            self._aim(part, "served", self.draft.of(part.bureaus))
        answers = self._solve_all([Task(part.model, each_s) for part in parts])
        for part, answer in zip(parts, answers, strict=True):
            (bureau,) = part.bureaus
            if answer.bound is not None:
                self.bounds[bureau] = min(self.bounds[bureau], answer.bound)
            if answer.found:
                # Groups of bureaus that know nothing of each other clash; only leaves are kept.
                alone = draft_of(self.given, answer, part.rotation, part.groups)
                self.draft = self.draft.replaced(Draft(alone.leaves))
        self._report("alone", 1, 1)

    def _together(self) -> None:
        """Place all groups of the city in the leaves found so far."""
        part = self._part(self.given.bureaus, Taken(), leaves_of=self.draft)
        self._improve(part, min(self._left_s("together"), self.effort_s * _STEP_SHARE))
        self._report("together", 1, 1)

    def _pairs(self) -> None:
        """Solve pairs of bureaus again, round after round, while a round still gains."""
        tried: dict[tuple[str, ...], Draft] = {}
        gained = True
        while gained and self._left_s("pairs") > 0 and not self.stop():
            gained = False
            pairs = self._short_pairs()
            for done, pair in enumerate(pairs, start=1):
                left_s = min(self._left_s("pairs"), self.effort_s * _STEP_SHARE)
                if left_s <= 0 or self.stop():
                    break
                if tried.get(pair) != self.draft:
                    part = self._part(pair, self._taken_beside(pair))
                    gained = self._improve(part, left_s) or gained
                    tried[pair] = self.draft
                self._report("pairs", done, len(pairs))

    def _short_pairs(self) -> list[tuple[str, ...]]:
        """Return pairs of bureaus (a lone bureau: itself) short of their bound, worst first."""
        short = {
            bureau: self.bounds[bureau] - value("served", self.given, self.draft.of((bureau,)))
            for bureau in self.given.bureaus
        }
        size = min(2, len(short))
        pairs = [pair for pair in combinations(short, size) if any(short[b] for b in pair)]
        return sorted(pairs, key=lambda pair: -sum(short[bureau] for bureau in pair))

    def _refine(self) -> tuple[Level, ...]:
        """Better the lower aims bureau by bureau, each aim held while the next is bettered."""
        found = dict.fromkeys(AIMS[1:], 0)
        bounds = dict(found)
        proven = dict.fromkeys(AIMS[1:], True)
        bureaus = self.given.bureaus
        for done, bureau in enumerate(bureaus, start=1):
            part = self._part((bureau,), self._taken_beside((bureau,)))
            for step, aim in enumerate(AIMS[1:]):
                steps_left = (len(bureaus) - done + 1) * len(found) - step
                level = self._better(part, aim, self._left_s("refine") / steps_left)
                found[aim] += level.value
                bounds[aim] += level.bound
                proven[aim] = proven[aim] and level.proven
            self._report("refine", done, len(bureaus))
        return tuple(Level(aim, found[aim], bounds[aim], proven[aim]) for aim in AIMS[1:])

    def _better(self, part: Part, aim: Aim, effort_s: float) -> Level:
        """Better one lower aim of one bureau, the aims above it held at what they are."""
        own = self.draft.of(part.bureaus)
        above = AIMS[AIMS.index(aim) - 1]
        held, at = self._expression(above, part), value(above, self.given, own)
        part.model.add(held >= at if above in MAXIMISED else held <= at)
        self._aim(part, aim, own)
        answer = self._solve(Task(part.model, effort_s))
        reached = value(aim, self.given, own)
        if answer.found:
            after = draft_of(self.given, answer, part.rotation, part.groups)
            if better(aim, value(aim, self.given, after), reached):
                self.draft = self.draft.replaced(after)
                reached = value(aim, self.given, after)
        (bureau,) = part.bureaus
        bound = limit(aim, self.given, bureau) if answer.bound is None else answer.bound
        return Level(aim, reached, bound, reached == bound)

    def _improve(self, part: Part, effort_s: float) -> bool:
        """Better the first aim of a part; return whether the draft changed."""
        own = self.draft.of(part.bureaus)
        self._aim(part, "served", own)
        answer = self._solve(Task(part.model, effort_s))
        if not answer.found:
            return False
        after = draft_of(self.given, answer, part.rotation, part.groups)
        gained = value("served", self.given, after) > value("served", self.given, own)
        if gained:
            self.draft = self.draft.replaced(after)
        return gained

    def _part(
        self, bureaus: tuple[str, ...], taken: Taken, *, leaves_of: Draft | None = None
    ) -> Part:
        choices = within(self.given.choices, bureaus)
        if leaves_of is not None:
            choices = fixed_to(choices, leaves_of.leaves)
        model = CpModel()
        rotation = add_rotation(model, self.given.scenario, choices)
        return Part(bureaus, model, rotation, add_groups(model, self.given, rotation, taken))

    def _aim(self, part: Part, aim: Aim, own: Draft) -> None:
        """Set the objective of a part, and hint it at the draft as it stands."""
        objective = self._expression(aim, part)
        if aim in MAXIMISED:
            part.model.maximize(objective)
        else:
            part.model.minimize(objective)
        part.model.proto.clear_solution_hint()
        hint_draft(part.model, self.given, part.rotation, part.groups, own)

    def _expression(self, aim: Aim, part: Part) -> LinearExprT:
        return expression(aim, self.given, part.rotation, part.groups)

    def _taken_beside(self, bureaus: tuple[str, ...]) -> Taken:
        return taken_by(visit for visit in self.draft.visits if visit.bureau not in bureaus)

    def _left_s(self, stage: Stage) -> float:
        return max(0.0, self.effort_s * _SPENT_BY[stage] - self.spent_s)

    def _solve(self, task: Task) -> Answer:
        return self._solve_all([task])[0]

    def _solve_all(self, tasks: Sequence[Task]) -> Sequence[Answer]:
        answers = run_all(tasks, workers=self.workers, stop=self.stop)
        self.spent_s += sum(answer.work_s for answer in answers)
        return answers

    def _report(self, stage: Stage, done: int, total: int) -> None:
        served = value("served", self.given, self.draft)
        seconds = perf_counter() - self.began
        self.tell(Progress(stage, done, total, served, self.bound, seconds))

"""The search for a good plan: prices on what bureaus share, then neighbourhoods.

Bureaus share nothing but leaders, host units and the city's room. Priced (:mod:`planner.prices`),
these leave bureaus that are solved to proof one by one, which bounds the whole and shows what each
bureau would do. Bureau by bureau, paying the prices, a plan is then built on what is left; and
bureaus that fall short are solved again together with those in their way, while that gains. Each
step starts from the draft before it and is taken only where it is better, so that the value never
falls. Last, the lower aims are bettered bureau by bureau.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from time import perf_counter
from typing import Literal, TypeVar

from ortools.sat.python.cp_model import CpModel

from planner.aims import AIMS, limit, value
from planner.capacity import Taken, fits, taken_by
from planner.cpsat import Answer, Task, run_all
from planner.draft import Draft
from planner.given import Given
from planner.moves import FEW, Longing, Move, moves
from planner.part import Part, better_in_turn, part_of
from planner.plan import Level
from planner.prices import SCALE, Market, Prices, Shared, capacities, paid, priced, use_of
from planner.promise import promises
from planner.rotation import add_rotation, fixed_to, leaves_of, within

Item = TypeVar("Item")

Stage = Literal["rotation", "first", "prices", "build", "better", "refine"]

STAGES: tuple[Stage, ...] = ("rotation", "first", "prices", "build", "better", "refine")
"""In the order in which they run."""

_SPENT_BY: dict[Stage, float] = {
    "first": 0.1,
    "prices": 0.35,
    "build": 0.5,
    "better": 0.75,
    "refine": 1.0,
}
"""Share of the whole effort that may be spent when a stage ends; what is left over flows on."""

_STEP_SHARE = 0.1
"""Share of the whole effort that a single solve may take at most."""

_FIRST_S = 0.5
"""Effort for the groups of one bureau in the first plan, which is there to be seen soon."""

_KEPT = 64
"""So many bureaus have their models kept between prices; more are built anew, to save memory."""

_LARGEST = 4
"""Bureaus whose leaves and groups are solved together at most."""


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


@dataclass
class Search:
    """A search under way: what is given, the best draft, the prices, and the effort spent."""

    given: Given
    effort_s: float
    workers: int
    tell: Callable[[Progress], None]
    stop: Callable[[], bool]
    draft: Draft
    market: Market = field(init=False)
    wanted: dict[str, Draft] = field(default_factory=dict)
    reached: dict[str, int] = field(default_factory=dict)
    spent_s: float = 0.0
    began: float = field(default_factory=perf_counter)

    def __post_init__(self) -> None:
        self.market = Market(capacities(self.given))
        self._report("rotation", 1, 1)

    @property
    def bound(self) -> int:
        """What the first aim can never exceed."""
        if self.market.best is None:
            return sum(limit("served", self.given, bureau) for bureau in self.given.bureaus)
        return self.market.best // SCALE

    @property
    def served(self) -> int:
        """The first aim of the best draft so far."""
        return value("served", self.given, self.draft)

    def run(self) -> tuple[Level, ...]:
        """Search through all stages; the draft holds the result, the levels say how good it is."""
        self._first()
        self._price()
        self._build()
        self._better()
        lower = self._refine()
        return (Level("served", self.served, self.bound, self._is_best()), *lower)

    def _is_best(self) -> bool:
        return self.served >= self.bound

    def _first(self) -> None:
        """Place groups in a promising rotation, bureau after bureau: a plan to be seen soon."""
        bureaus = self.given.bureaus
        for done, bureau in enumerate(bureaus, start=1):
            self._rotate(bureau)
            part = self._part((bureau,), self._beside((bureau,)), keeps_leaves=True)
            self._improve(part, min(_FIRST_S, self._share("first", len(bureaus) - done + 1)))
            self._report("first", done, len(bureaus))

    def _rotate(self, bureau: str) -> None:
        """Give a bureau the leaves that promise most, whatever else is to come."""
        model, promised = CpModel(), promises(self.given, bureau)
        rotation = add_rotation(model, self.given.scenario, within(self.given.choices, [bureau]))
        model.maximize(
            sum(
                promised[start] * literal
                for literals in rotation.literals.values()
                for start, literal in literals.items()
            )
        )
        answer = self._solve(Task(model, _FIRST_S))
        if answer.found:
            leaves = leaves_of(self.given.scenario, answer, rotation)
            self.draft = self.draft.replaced(Draft(leaves))

    def _price(self) -> None:
        """Plan every bureau by itself at the prices, and settle prices, while effort lasts."""
        parts: dict[str, Part] = {}
        step = 0
        cost_s = 0.0
        while not self.stop() and not self._is_best() and cost_s <= self._left_s("prices"):
            before_s = self.spent_s
            prices = dict(self.market.prices)
            found, reached = self._alone(prices, parts)
            use: Counter[Shared] = Counter()
            for own in found.values():
                use.update(use_of(self.given, own.visits))
            best = self.market.best
            bound = self.market.settle(sum(reached.values()), use)
            if best is None or bound < best:
                self.wanted, self.reached = found, reached
            self._take(_joined(found.values()))
            step += 1
            cost_s = self.spent_s - before_s
            self._report("prices", step, step)
            if not self.market.prices or prices == self.market.prices:
                break

    def _alone(
        self, prices: Prices, parts: dict[str, Part]
    ) -> tuple[dict[str, Draft], dict[str, int]]:
        """Plan each bureau with all capacity, at the prices; return drafts and proven bounds."""
        bureaus = self.given.bureaus
        each_s = min(self._share("prices", len(bureaus)), self.effort_s * _STEP_SHARE)
        found: dict[str, Draft] = {}
        reached: dict[str, int] = {}
        for some in _chunks(bureaus, _KEPT):
            own = [parts.get(b) or self._part((b,), Taken()) for b in some]
            if len(bureaus) <= _KEPT:
                parts.update(zip(some, own, strict=True))
            for bureau, part in zip(some, own, strict=True):
                part.objective(priced(part, prices), maximise=True)
                part.hint(self.wanted.get(bureau) or self.draft.of((bureau,)))
            answers = self._solve_all([Task(part.model, each_s) for part in own])
            for bureau, part, answer in zip(some, own, answers, strict=True):
                kept = self.wanted.get(bureau) or self.draft.of((bureau,))
                found[bureau] = part.draft_of(answer) if answer.found else kept
                most = SCALE * limit("served", self.given, bureau)
                reached[bureau] = most if answer.bound is None else min(most, answer.bound)
        return found, reached

    def _build(self) -> None:
        """Build a plan from nothing, each bureau paying the prices and taking what is left."""
        if self._is_best() or not self.wanted:
            return
        bureaus = sorted(self.given.bureaus, key=lambda b: (-self._priced(b, self.wanted[b]), b))
        built = Draft()
        for done, bureau in enumerate(bureaus, start=1):
            left = self._share("build", len(bureaus) - done + 1)
            part = self._part((bureau,), taken_by(built.visits))
            part.objective(priced(part, self.market.best_prices), maximise=True)
            part.hint(self.wanted[bureau])
            answer = self._solve(Task(part.model, min(left, self.effort_s * _STEP_SHARE)))
            if not answer.found:
                # Effort is out (or somebody stopped the search): the draft before it stands.
                return
            built = built.replaced(part.draft_of(answer))
            self._report("build", done, len(bureaus))
        self._take(built)

    def _better(self) -> None:
        """Solve bureaus again that fall short, alone, then with those in their way."""
        self._try_all([Move((bureau,)) for bureau in self.given.bureaus])
        if len(self.given.bureaus) <= FEW:
            self._try_all([Move(tuple(sorted(self.given.bureaus)), keeps_leaves=True)])
        tried: dict[Move, Draft] = {}
        size = min(2, len(self.given.bureaus))
        while size <= min(_LARGEST, len(self.given.bureaus)) and self._may_go_on():
            planned = moves(self.given, self.draft, self.market.capacity, self._longing(), size)
            fresh = [m for m in planned if tried.get(m) != self._around(m)]
            gained = self._try_all(fresh, tried)
            size = min(2, len(self.given.bureaus)) if gained else size + 1

    def _around(self, move: Move) -> Draft:
        """Return what a move depends on: in a small city everything, else its own bureaus."""
        return self.draft if len(self.given.bureaus) <= FEW else self.draft.of(move.bureaus)

    def _try_all(self, planned: Sequence[Move], tried: dict[Move, Draft] | None = None) -> bool:
        """Try moves in turn, several at a time where they are many; return whether one gained."""
        gained = False
        at_once = max(1, len(self.given.bureaus) // 8)
        for done, some in enumerate(_chunks(planned, min(at_once, 8)), start=1):
            if not self._may_go_on():
                break
            gained = self._try(some) or gained
            if tried is not None:
                tried.update({move: self._around(move) for move in some})
            self._report("better", done, len(planned))
        return gained

    def _try(self, some: Sequence[Move]) -> bool:
        """Solve moves side by side and take, in order, those that gain and still fit."""
        each_s = min(self._left_s("better") / len(some), self.effort_s * _STEP_SHARE)
        parts = []
        for move in some:
            part = self._part(
                move.bureaus, self._beside(move.bureaus), keeps_leaves=move.keeps_leaves
            )
            part.aim("served", self.draft.of(move.bureaus))
            parts.append(part)
        answers = self._solve_all([Task(part.model, each_s) for part in parts])
        gained = False
        for part, answer in zip(parts, answers, strict=True):
            if answer.found:
                gained = self._take(self.draft.replaced(part.draft_of(answer))) or gained
        return gained

    def _refine(self) -> tuple[Level, ...]:
        """Better the lower aims bureau by bureau, each aim held while the next is bettered."""
        lower = AIMS[1:]
        totals = [(0, 0, True)] * len(lower)
        bureaus = self.given.bureaus
        for done, bureau in enumerate(bureaus, start=1):
            own = self.draft.of((bureau,))
            each_s = self._share("refine", len(bureaus) - done + 1) / len(lower)
            part = self._part((bureau,), self._beside((bureau,)))
            part.hold("served", value("served", self.given, own))
            after, levels = better_in_turn(
                part, own, self._solve, aims=lower, effort_s=[each_s] * len(lower)
            )
            self.draft = self.draft.replaced(after)
            totals = [
                (at + level.value, bound + level.bound, proven and level.proven)
                for (at, bound, proven), level in zip(totals, levels, strict=True)
            ]
            self._report("refine", done, len(bureaus))
        return tuple(Level(aim, *total) for aim, total in zip(lower, totals, strict=True))

    def _improve(self, part: Part, effort_s: float) -> bool:
        """Better the first aim of a part; return whether the draft changed."""
        part.aim("served", self.draft.of(part.bureaus))
        answer = self._solve(Task(part.model, effort_s))
        return answer.found and self._take(self.draft.replaced(part.draft_of(answer)))

    def _take(self, other: Draft) -> bool:
        """Take a draft that is better than the one so far and fits; return whether it was."""
        is_better = value("served", self.given, other) > self.served
        if is_better and fits(self.given.scenario, other.visits):
            self.draft = other
            return True
        return False

    def _longing(self) -> Longing:
        """Compare each bureau with what it would reach at the best prices."""
        short = {
            bureau: reached - self._priced(bureau, self.draft.of((bureau,)))
            for bureau, reached in self.reached.items()
        }
        return Longing(self.wanted, short)

    def _priced(self, bureau: str, own: Draft) -> int:
        """Return what a bureau reaches, the best prices paid, in parts of a point."""
        spent = paid(use_of(self.given, own.visits), self.market.best_prices)
        return SCALE * value("served", self.given, own) - spent

    def _part(self, bureaus: tuple[str, ...], taken: Taken, *, keeps_leaves: bool = False) -> Part:
        choices = within(self.given.choices, bureaus)
        if keeps_leaves:
            choices = fixed_to(choices, self.draft.leaves)
        return part_of(self.given, choices, taken)

    def _beside(self, bureaus: tuple[str, ...]) -> Taken:
        """Return what all other bureaus take."""
        return taken_by(visit for visit in self.draft.visits if visit.bureau not in bureaus)

    def _may_go_on(self) -> bool:
        return not self._is_best() and self._left_s("better") > 0 and not self.stop()

    def _left_s(self, stage: Stage) -> float:
        return max(0.0, self.effort_s * _SPENT_BY[stage] - self.spent_s)

    def _share(self, stage: Stage, n: int) -> float:
        """Return the effort that each of ``n`` steps may take of what a stage has left."""
        return self._left_s(stage) / max(1, n)

    def _solve(self, task: Task) -> Answer:
        return self._solve_all([task])[0]

    def _solve_all(self, tasks: Sequence[Task]) -> Sequence[Answer]:
        answers = run_all(tasks, workers=self.workers, stop=self.stop)
        self.spent_s += sum(answer.work_s for answer in answers)
        return answers

    def _report(self, stage: Stage, done: int, total: int) -> None:
        seconds = perf_counter() - self.began
        self.tell(Progress(stage, done, total, self.served, self.bound, seconds))


def _joined(drafts: Iterable[Draft]) -> Draft:
    """Return drafts of different bureaus as one."""
    every = tuple(drafts)
    return Draft(
        tuple(sorted(leave for draft in every for leave in draft.leaves)),
        tuple(
            sorted((v for draft in every for v in draft.visits), key=lambda v: (v.bureau, v.start))
        ),
    )


def _chunks(items: Sequence[Item], size: int) -> Iterator[Sequence[Item]]:
    for first in range(0, len(items), size):
        yield items[first : first + size]

"""The search for a good plan: prices on what bureaus share, then neighbourhoods.

Bureaus share nothing but leaders, host units and the city's room. Priced (:mod:`planner.prices`),
these leave bureaus that are solved to proof one by one, which bounds the whole and shows what each
bureau would do. Bureau by bureau, paying the prices, a plan is then built on what is left; and
bureaus that fall short are solved again together with those in their way, while that gains. Each
step starts from the draft before it and is taken only where it is better, so that the value never
falls. Last, the lower aims are bettered bureau by bureau.

Where bureaus may bring groups together (V6), two things more: the prices that guide the plan prove
nothing any more, so that others are settled with bureaus relaxed to what joint groups could do for
them (:class:`planner.joint.Alone`); and bureaus that have a joint group are planned again together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from itertools import combinations
from time import perf_counter
from typing import Literal, TypeVar

from ortools.sat.python.cp_model import CpModel

from planner.aims import AIMS, limit, value
from planner.capacity import Taken, fits, taken_by
from planner.cpsat import Answer, Mode, Task, run, run_all
from planner.draft import Draft
from planner.fitting import fitted
from planner.given import Given
from planner.jobs import AT_ONCE, Done, Job, do_all
from planner.joint import Alone, companies_beside
from planner.moves import FEW, Longing, Move, moves, partners
from planner.part import Part, better_in_turn, order_of, part_of
from planner.plan import Level
from planner.prices import (
    SCALE,
    Market,
    Prices,
    Shared,
    capacities,
    paid,
    paid_by_shares,
    shares_of,
    use_of,
)
from planner.promise import promises
from planner.rotation import Rotation, add_rotation, fixed_to, leaves_of, within
from planner.starts import Choice

Item = TypeVar("Item")

Stage = Literal["rotation", "first", "prices", "build", "bound", "better", "gather", "refine"]

STAGES: tuple[Stage, ...] = (
    "rotation",
    "first",
    "prices",
    "build",
    "bound",
    "better",
    "gather",
    "refine",
)
"""In the order in which they run; ``bound`` and ``gather`` only where groups may be joint."""

_SPENT_BY: dict[Stage, float] = {
    "first": 0.1,
    "prices": 0.35,
    "build": 0.5,
    "better": 0.75,
    "refine": 1.0,
}
"""Share of the whole effort that may be spent when a stage ends; what is left over flows on."""

_TIMED: dict[Stage, float] = {**_SPENT_BY, "prices": 0.2, "build": 0.3}
"""The same where time is short: a good plan soon, prices settled further only once there is one."""

_JOINT: dict[Stage, float] = {
    "first": 0.1,
    "prices": 0.2,
    "build": 0.3,
    "bound": 0.45,
    "better": 0.65,
    "gather": 0.7,
    "refine": 1.0,
}
"""The same, timed or not, where groups may be joint."""

_LEAST_AIM = 1.0
"""Parts of a point: where steps aim no further below the bound, it is left as it is."""

_IN_TURN = 0.7
"""Share of the effort for the lower aims that bureaus with joint groups get one at a time."""

_STEP_SHARE = 0.1
"""Share of the whole effort that a single solve may take at most."""

_FIRST_S = 0.5
"""Effort for the groups of one bureau in the first plan, which is there to be seen soon."""

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

    @property
    def gap(self) -> float | None:
        """How far the best draft may be from the best there is, as a share of the bound.

        None where there is no bound above zero to take a share of.
        """
        return (self.bound - self.value) / self.bound if self.bound > 0 else None


@dataclass
class Pricing:
    """Prices being settled, and what bureaus do at the best of them, planned by themselves.

    Attributes
    ----------
    market
        The prices.
    alone
        By bureau, what it may rely on where others may join its groups; empty where none may.
    wanted, reached
        What each bureau would do, and what it would reach so.
    parts
        Models kept from one step to the next.
    """

    market: Market
    alone: dict[str, Alone] = field(default_factory=dict)
    wanted: dict[str, Draft] = field(default_factory=dict)
    reached: dict[str, int] = field(default_factory=dict)
    parts: dict[tuple[str, ...], Part] = field(default_factory=dict)


@dataclass
class Search:
    """A search under way: what is given, the best draft, the prices, and the effort spent.

    ``pricing`` guides the plan; ``bounding`` proves what no plan exceeds: the same, unless groups
    may be joint.
    """

    given: Given
    effort_s: float
    workers: int
    tell: Callable[[Progress], None]
    stop: Callable[[], bool]
    draft: Draft
    executor: Executor | None = None
    mode: Mode = "counted"
    pricing: Pricing = field(init=False)
    bounding: Pricing = field(init=False)
    most: int = field(init=False)
    work_s: float = 0.0
    began: float = field(default_factory=perf_counter)

    def __post_init__(self) -> None:
        self.pricing = self.bounding = Pricing(Market(capacities(self.given)))
        if self._may_join:
            alone = {bureau: companies_beside(self.given, bureau) for bureau in self.given.bureaus}
            self.bounding = Pricing(Market(capacities(self.given)), alone)
        self.most = sum(limit("served", self.given, bureau) for bureau in self.given.bureaus)
        self._report("rotation", 1, 1)

    @property
    def bound(self) -> int:
        """What the first aim can never exceed."""
        best = self.bounding.market.best
        return self.most if best is None else best // SCALE

    @property
    def served(self) -> int:
        """The first aim of the best draft so far."""
        return value("served", self.given, self.draft)

    @property
    def spent_s(self) -> float:
        """Effort spent: work done, or where the search is timed what has passed since it began."""
        return perf_counter() - self.began if self.mode == "timed" else self.work_s

    def run(self) -> tuple[Level, ...]:
        """Search through all stages; the draft holds the result, the levels say how good it is."""
        self._first()
        self._price("prices", self.pricing)
        self._build()
        if self._may_join:
            self.bounding.market.start_at(self.pricing.market.best_prices)
            self._price("bound", self.bounding)
        self._better()
        self._close()
        if self._may_join:
            self._gather()
        lower = self._refine()
        return (Level("served", self.served, self.bound, self._is_best()), *lower)

    @property
    def _may_join(self) -> bool:
        """Whether bureaus may bring groups together (V6)."""
        return self.given.may_join and len(self.given.bureaus) > 1

    def _is_best(self) -> bool:
        return self.served >= self.bound

    def _first(self) -> None:
        """Place groups in a promising rotation, some bureaus at a time: a plan to be seen soon."""
        bureaus = self.given.bureaus
        done = 0
        for some in _chunks(bureaus, self._at_once):
            self._rotate(some)
            each_s = min(_FIRST_S, self._share("first", len(bureaus) - done))
            self._try([Move((bureau,), keeps_leaves=True) for bureau in some], each_s)
            done += len(some)
            self._report("first", done, len(bureaus))

    def _rotate(self, bureaus: Sequence[str]) -> None:
        """Give bureaus the leaves that promise most, whatever else is to come."""
        models = [self._promising(bureau) for bureau in bureaus]
        tasks = [Task(model, _FIRST_S, self.mode) for model, _ in models]
        answers = run_all(tasks, workers=self.workers, stop=self.stop)
        for (_, rotation), answer in zip(models, answers, strict=True):
            self.work_s += answer.work_s
            if answer.found:
                leaves = leaves_of(self.given.scenario, answer, rotation)
                self.draft = self.draft.replaced(Draft(leaves))

    def _promising(self, bureau: str) -> tuple[CpModel, Rotation]:
        model, promised = CpModel(), promises(self.given, bureau)
        rotation = add_rotation(model, self.given.scenario, within(self.given.choices, [bureau]))
        model.maximize(
            sum(
                promised[start] * literal
                for literals in rotation.literals.values()
                for start, literal in literals.items()
            )
        )
        return model, rotation

    def _price(self, stage: Stage, pricing: Pricing) -> bool:
        """Settle prices, bureaus planned by themselves, while effort lasts; return any gain."""
        market = pricing.market
        gained, step, cost_s = False, 0, 0.0
        while not self._is_best() and not self.stop() and cost_s <= self._left_s(stage):
            before_s, bound, served = self.spent_s, self.bound, self.served
            prices = dict(market.prices)
            found, reached = self._alone(prices, stage, pricing)
            best = market.best
            least = market.settle(sum(reached.values()), self._use_of(found, pricing))
            if best is None or least < best:
                pricing.wanted, pricing.reached = found, reached
            if not pricing.alone:
                self._take(_joined(found.values()))
            gained = gained or self.bound < bound or self.served > served
            cost_s, step = self.spent_s - before_s, step + 1
            self._report(stage, step, step)
            # Relaxed bureaus may circle for ever round the least bound, at next to no effort.
            if prices == market.prices or (pricing.alone and market.aim < _LEAST_AIM):
                break
        return gained

    def _use_of(self, found: Mapping[str, Draft], pricing: Pricing) -> dict[Shared, float]:
        """Return what bureaus take together of what they share, in whole groups or in shares."""
        use: dict[Shared, float] = {}
        for bureau, own in found.items():
            taken = self._taken(bureau, own, pricing)
            for shared, n in taken.items():
                use[shared] = use.get(shared, 0) + n
        return use

    def _taken(self, bureau: str, own: Draft, pricing: Pricing) -> Mapping[Shared, float]:
        if pricing.alone:
            return shares_of(self.given, own.visits, pricing.alone[bureau])
        return use_of(self.given, own.visits)

    def _alone(
        self, prices: Prices, stage: Stage, pricing: Pricing
    ) -> tuple[dict[str, Draft], dict[str, int]]:
        """Plan each bureau with all capacity, at the prices; return drafts and proven bounds."""
        bureaus = self.given.bureaus
        each_s = min(self._share(stage, self._rounds(len(bureaus))), self._step_s)
        starts = [pricing.wanted.get(b) or self.draft.of((b,)) for b in bureaus]
        few = len(bureaus) <= AT_ONCE
        jobs = [
            Job(
                within(self.given.choices, [bureau]),
                Taken(),
                prices,
                start,
                each_s,
                self.mode,
                any_prices=few,
                alone=pricing.alone.get(bureau),
            )
            for bureau, start in zip(bureaus, starts, strict=True)
        ]
        found: dict[str, Draft] = {}
        reached: dict[str, int] = {}
        done = self._do_all(jobs, pricing.parts)
        for bureau, start, answer in zip(bureaus, starts, done, strict=True):
            found[bureau] = answer.draft or start
            most = SCALE * limit("served", self.given, bureau)
            reached[bureau] = most if answer.bound is None else min(most, answer.bound)
        return found, reached

    def _build(self) -> None:
        """Build a plan from nothing, each bureau paying the prices and taking what is left.

        A bureau has what it would do at these prices, where that still fits; it is planned again
        only where others were faster.
        """
        if self._is_best() or not self.pricing.wanted:
            return
        wanted = self.pricing.wanted
        bureaus = sorted(self.given.bureaus, key=lambda b: (-self._priced(b, wanted[b]), b))
        built, clashing = Draft(), []
        for bureau in bureaus:
            own = fitted(self.given, wanted[bureau], taken_by(built.visits))
            if own is None:
                clashing.append(bureau)
            else:
                built = built.replaced(own)
        self._report("build", len(bureaus) - len(clashing), len(bureaus))
        for some in _chunks(clashing, self._at_once):
            each_s = min(self._share("build", len(bureaus) - len(built.bureaus)), self._step_s)
            after = self._joined_by(some, built, each_s)
            if after is None:
                # Effort is out (or somebody stopped the search): the draft before it stands.
                return
            built = after
            self._report("build", len(built.bureaus), len(bureaus))
        self._take(built)

    def _joined_by(self, some: Sequence[str], built: Draft, each_s: float) -> Draft | None:
        """Return a draft joined by some bureaus: side by side, in turn where they clash."""
        jobs = [self._priced_job(bureau, built, each_s) for bureau in some]
        for bureau, answer in zip(some, self._do_all(jobs), strict=True):
            own = answer.draft and fitted(self.given, answer.draft, taken_by(built.visits))
            if own is None:
                (again,) = self._do_all([self._priced_job(bureau, built, each_s)])
                own = again.draft
            if own is None:
                return None
            built = built.replaced(own)
        return built

    def _priced_job(self, bureau: str, built: Draft, each_s: float) -> Job:
        choices = within(self.given.choices, [bureau])
        prices, start = self.pricing.market.best_prices, self.pricing.wanted[bureau]
        return Job(choices, taken_by(built.visits), prices, start, each_s, self.mode)

    def _close(self) -> None:
        """Settle prices further and try again with them, while either gains."""
        while self._may_go_on() and self._price("better", self.bounding):
            self._better()

    def _better(self) -> None:
        """Solve bureaus again that fall short, alone, then with those in their way."""
        self._try_all([Move((bureau,)) for bureau in self.given.bureaus])
        if len(self.given.bureaus) <= FEW:
            self._try_all([Move(tuple(sorted(self.given.bureaus)), keeps_leaves=True)])
        elif self._may_join:
            pairs = partners(self.given, self.draft)
            self._try_all([Move(pair, keeps_leaves=True) for pair in pairs])
        tried: dict[Move, Draft] = {}
        size = min(2, len(self.given.bureaus))
        while size <= min(_LARGEST, len(self.given.bureaus)) and self._may_go_on():
            planned = moves(
                self.given, self.draft, self.bounding.market.capacity, self._longing(), size
            )
            fresh = [m for m in planned if tried.get(m) != self._around(m)]
            gained = self._try_all(fresh, tried)
            size = min(2, len(self.given.bureaus)) if gained else size + 1

    def _around(self, move: Move) -> Draft:
        """Return what a move depends on: in a small city everything, else its own bureaus."""
        return self.draft if len(self.given.bureaus) <= FEW else self.draft.of(move.bureaus)

    def _try_all(self, planned: Sequence[Move], tried: dict[Move, Draft] | None = None) -> bool:
        """Try moves in turn, several at a time where they are many; return whether one gained."""
        gained = False
        for done, some in enumerate(_chunks(planned, self._at_once), start=1):
            if not self._may_go_on():
                break
            each_s = min(self._share("better", self._rounds(len(some))), self._step_s)
            gained = self._try(some, each_s) or gained
            if tried is not None:
                tried.update({move: self._around(move) for move in some})
            self._report("better", min(done * self._at_once, len(planned)), len(planned))
        return gained

    def _try(self, some: Sequence[Move], each_s: float) -> bool:
        """Solve moves side by side and take, in order, those that gain and still fit."""
        gained = False
        planned = [(move, whole) for move in some if self._is_small(whole := self._whole(move))]
        done = self._do_all([self._job(whole, each_s) for _, whole in planned])
        for (asked, move), answer in zip(planned, done, strict=True):
            # A move before may have joined one of these bureaus with another.
            if answer.draft is not None and self._whole(asked) == move:
                # Where others were faster with a leader, another of the tier may do.
                own = fitted(self.given, answer.draft, self._beside(move.bureaus))
                gained = (own is not None and self._take(self.draft.replaced(own))) or gained
        return gained

    def _whole(self, move: Move) -> Move:
        """Return a move with the bureaus that have a joint group with its own."""
        bureaus = self.draft.closed(move.bureaus)
        return replace(move, bureaus=bureaus, mates=tuple(sorted({*bureaus} - {*move.bureaus})))

    def _is_small(self, move: Move) -> bool:
        """Whether a move is of few enough bureaus, joint groups counted in."""
        return len(move.bureaus) <= _LARGEST or len(self.given.bureaus) <= FEW

    def _job(self, move: Move, effort_s: float) -> Job:
        choices = within(self.given.choices, move.bureaus)
        if move.keeps_leaves:
            choices = fixed_to(choices, self.draft.leaves)
        elif move.mates:
            choices = fixed_to(choices, self.draft.of(move.mates).leaves)
        beside = self._beside(move.bureaus)
        return Job(choices, beside, None, self.draft.of(move.bureaus), effort_s, self.mode)

    def _gather(self) -> None:
        """Let bureaus come together in fewer groups, leaves and what is served kept."""
        few = len(self.given.bureaus) <= FEW
        pairs = (
            tuple(combinations(sorted(self.given.bureaus), 2))
            if few
            else partners(self.given, self.draft)
        )
        tried: dict[tuple[str, ...], Draft] = {}
        for done, pair in enumerate(pairs, start=1):
            bureaus = tuple(sorted(self.draft.closed(pair)))
            is_known = tried.get(bureaus) == self.draft
            if self.stop() or len(bureaus) > _LARGEST or is_known:
                continue
            own = self.draft.of(bureaus)
            choices = fixed_to(within(self.given.choices, bureaus), own.leaves)
            part = self._part(choices, bureaus, own)
            each_s = min(self._share("gather", len(pairs) - done + 1), self._step_s)
            after, _ = better_in_turn(part, own, self._solve, aims=["groups"], effort_s=[each_s])
            self.draft = self.draft.replaced(after)
            tried[bureaus] = self.draft
            self._report("gather", done, len(pairs))

    def _refine(self) -> tuple[Level, ...]:
        """Better the lower aims bureau by bureau, each aim held while the next is bettered.

        Bureaus that have joint groups are taken together.
        """
        lower = AIMS[1:]
        totals = [(0, 0, True)] * len(lower)
        every = list(dict.fromkeys(self.draft.closed((b,)) for b in self.given.bureaus))
        for done, bureaus in enumerate(every, start=1):
            if len(bureaus) > 1:
                share_s = self._share("refine", len(every) - done + 1)
                self._refine_in_turn(bureaus, share_s * _IN_TURN)
            own = self.draft.of(bureaus)
            each_s = self._share("refine", len(every) - done + 1) / len(lower)
            part = self._part(within(self.given.choices, bureaus), bureaus, own)
            after, levels = better_in_turn(
                part, own, self._solve, aims=lower, effort_s=[each_s] * len(lower)
            )
            self.draft = self.draft.replaced(after)
            totals = [
                (at + level.value, bound + level.bound, proven and level.proven)
                for (at, bound, proven), level in zip(totals, levels, strict=True)
            ]
            self._report("refine", done, len(every))
        return tuple(Level(aim, *total) for aim, total in zip(lower, totals, strict=True))

    def _refine_in_turn(self, bureaus: tuple[str, ...], effort_s: float) -> None:
        """Better the lower aims of bureaus that have joint groups, one at a time.

        The others keep leaves and visits. All at once are a large model, in which little is found,
        though it alone proves anything.
        """
        lower = AIMS[1:]
        each_s = effort_s / len(bureaus) / len(lower)
        for bureau in bureaus:
            own = self.draft.of(bureaus)
            mates = [leave for leave in own.leaves if leave.bureau != bureau]
            choices = fixed_to(within(self.given.choices, bureaus), mates)
            part = self._part(choices, bureaus, own)
            part.fix_groups([other for other in bureaus if other != bureau], own)
            after, _ = better_in_turn(
                part, own, self._solve, aims=lower, effort_s=[each_s] * len(lower)
            )
            self.draft = self.draft.replaced(after)

    def _part(self, choices: Sequence[Choice], bureaus: tuple[str, ...], own: Draft) -> Part:
        """Return the model of some bureaus in which they serve no less than now."""
        order = order_of(self.given, bureaus, own, {})
        part = part_of(self.given, choices, self._beside(bureaus), order)
        part.hold("served", value("served", self.given, own))
        return part

    def _take(self, other: Draft) -> bool:
        """Take a draft that is better than the one so far and fits; return whether it was."""
        is_better = value("served", self.given, other) > self.served
        if is_better and fits(self.given.scenario, other.visits):
            self.draft = other
            return True
        return False

    def _longing(self) -> Longing:
        """Compare each bureau with what it would reach at the best prices."""
        pricing = self.bounding
        short = {
            bureau: reached - self._at_prices(bureau, self.draft.of((bureau,)))
            for bureau, reached in pricing.reached.items()
        }
        return Longing(pricing.wanted, short)

    def _at_prices(self, bureau: str, own: Draft) -> int:
        """Return what a bureau reaches at the prices that bound the plan."""
        if not self.bounding.alone:
            return self._priced(bureau, own)
        spent = self._taken(bureau, own, self.bounding)
        prices = self.bounding.market.best_prices
        return SCALE * value("served", self.given, own) - paid_by_shares(spent, prices)

    def _priced(self, bureau: str, own: Draft) -> int:
        """Return what a bureau reaches, the best prices paid, in parts of a point."""
        spent = paid(use_of(self.given, own.visits), self.pricing.market.best_prices)
        return SCALE * value("served", self.given, own) - spent

    def _beside(self, bureaus: tuple[str, ...]) -> Taken:
        """Return what all other bureaus take."""
        return taken_by(visit for visit in self.draft.visits if visit.bureau not in bureaus)

    def _may_go_on(self) -> bool:
        return not self._is_best() and self._left_s("better") > 0 and not self.stop()

    def _left_s(self, stage: Stage) -> float:
        plain = _TIMED if self.mode == "timed" else _SPENT_BY
        share = (_JOINT if self._may_join else plain)[stage]
        return max(0.0, self.effort_s * share - self.spent_s)

    def _share(self, stage: Stage, n: int) -> float:
        """Return the effort that each of ``n`` steps may take of what a stage has left."""
        return self._left_s(stage) / max(1, n)

    def _rounds(self, n: int) -> int:
        """Return how many steps' effort ``n`` side by side take: by the clock they overlap."""
        return n if self.mode == "counted" else -(-n // self.workers)

    @property
    def _at_once(self) -> int:
        """Steps tried side by side that may clash: few, as a clash costs a step."""
        return max(1, min(8, len(self.given.bureaus) // 8))

    @property
    def _step_s(self) -> float:
        return self.effort_s * _STEP_SHARE

    def _do_all(
        self, jobs: Sequence[Job], parts: dict[tuple[str, ...], Part] | None = None
    ) -> tuple[Done, ...]:
        done = do_all(
            self.given,
            jobs,
            workers=self.workers,
            stop=self.stop,
            executor=self.executor,
            parts=parts,
        )
        self.work_s += sum(answer.work_s for answer in done)
        return done

    def _solve(self, task: Task) -> Answer:
        answer = run(replace(task, mode=self.mode), stop=self.stop)
        self.work_s += answer.work_s
        return answer

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

"""The grid: which budgets each bureau may get, and what they must add up to.

Every budget is so many steps from what the bureau has today, so that today's split is on the grid
whatever the step. A split gives out the whole total: it is fixed, and what is left over is a
decision of its own (the frontier shows what a smaller total would do).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import comb

from planner.plan import Plan
from scenarios.faults import Fault, ScenarioError, did_you_mean, one_of, same, say
from scenarios.model import Scenario
from scenarios.part import Text
from sim.case import build_cases

STEP_YUAN = 5_000
"""Step of the grid, by default."""

SHOWN = 6
"""Of more bureaus than this the amounts are not written out one by one."""

Split = tuple[int, ...]
"""Budget of each bureau in yuan, in the scenario's order."""


@dataclass(frozen=True, slots=True)
class Grid:
    """Budgets a split is made of.

    Attributes
    ----------
    bureaus
        Ids, in the scenario's order.
    present_yuan
        What each has now.
    step_yuan
        Between two budgets of a bureau.
    total_yuan
        What a split adds up to.
    first_yuan
        The smallest budget of each.
    n_levels
        Number of budgets of each; 1: it is fixed.
    """

    bureaus: tuple[str, ...]
    present_yuan: Split
    step_yuan: int
    total_yuan: int
    first_yuan: Split
    n_levels: tuple[int, ...]

    def levels_yuan(self, place: int) -> range:
        """Return the budgets a bureau may get, rising."""
        first, step = self.first_yuan[place], self.step_yuan
        return range(first, first + step * self.n_levels[place], step)

    @property
    def levels(self) -> tuple[tuple[int, ...], ...]:
        """The budgets of every bureau."""
        return tuple(tuple(self.levels_yuan(place)) for place in range(len(self.bureaus)))

    @property
    def slack_steps(self) -> int:
        """How many steps there are to give out above the smallest budgets."""
        return (self.total_yuan - sum(self.first_yuan)) // self.step_yuan

    def split_at(self, levels: Iterable[int]) -> Split:
        """Return the split of a level each."""
        return tuple(
            first + self.step_yuan * int(level)
            for first, level in zip(self.first_yuan, levels, strict=True)
        )

    def levels_of(self, split: Sequence[int]) -> tuple[int, ...] | None:
        """Return the level of each budget; None where one of them is not on the grid."""
        levels = []
        for place, yuan in enumerate(split):
            own = self.levels_yuan(place)
            if yuan not in own:
                return None
            levels.append(own.index(yuan))
        return tuple(levels)

    def moved_yuan(self, place: int) -> list[int]:
        """Return by how much each budget of a bureau differs from what it has now."""
        return [abs(yuan - self.present_yuan[place]) for yuan in self.levels_yuan(place)]

    @property
    def n_splits(self) -> int:
        """How many splits there are, counted exactly."""
        if len(set(self.n_levels)) == 1 and self.n_levels[0] > self.slack_steps:
            return comb(self.slack_steps + len(self.bureaus) - 1, len(self.bureaus) - 1)
        ways = [1] + [0] * self.slack_steps
        for levels in self.n_levels:
            upto = [0]
            for count in ways:
                upto.append(upto[-1] + count)
            ways = [upto[t + 1] - upto[max(0, t - levels + 1)] for t in range(len(ways))]
        return ways[self.slack_steps]


@dataclass(frozen=True, slots=True)
class Bounds:
    """What may be given to whom; what a bureau is not named in is as by default.

    Attributes
    ----------
    floors_yuan
        At least; by default what the plan owes in per-diem and rent, whatever is done
        (:func:`standing_yuan`), or today's budget where that is less.
    caps_yuan
        At most; by default whatever the others leave.
    fixed_yuan
        Exactly.
    """

    floors_yuan: Mapping[str, int]
    caps_yuan: Mapping[str, int]
    fixed_yuan: Mapping[str, int]


NO_BOUNDS = Bounds({}, {}, {})


def standing_yuan(scenario: Scenario, plan: Plan) -> dict[str, int]:
    """Return what each bureau owes whatever it does: per-diem for the days at post, and rent."""
    return {
        case.bureau: -(
            -(
                sum(case.per_diem_left_fen[start] for start in case.period_starts)
                + case.rent_fen * case.n_months
            )
            // 100
        )
        for case in build_cases(scenario, plan)
    }


def build_grid(
    scenario: Scenario,
    plan: Plan,
    *,
    step_yuan: int = STEP_YUAN,
    total_yuan: int | None = None,
    bounds: Bounds = NO_BOUNDS,
    most_yuan: int | None = None,
) -> Grid:
    """Lay the grid.

    Parameters
    ----------
    scenario, plan
        The plan holds what each bureau has now.
    step_yuan
        Between two budgets of a bureau.
    total_yuan
        What to give out; by default what is given out now.
    bounds
        Floors, caps and fixed amounts.
    most_yuan
        Lay the grid as high as a total of so much would ask for, to see what more would buy.

    Raises
    ------
    ScenarioError
        With every fault of what is given (unknown bureaus, amounts below 0); where there is none,
        with every contradiction: amounts that exclude each other, a total that floors or fixed
        amounts leave nothing of or that caps cannot use up, a step that does not divide.
    """
    bureaus = tuple(bureau.id for bureau in scenario.organisation.bureaus)
    present = tuple(plan.budget_of(bureau) for bureau in bureaus)
    total = sum(present) if total_yuan is None else total_yuan
    faults = [*_unknown(bureaus, bounds), *_signs(step_yuan, total, bounds)]
    if faults:
        raise ScenarioError(faults)
    standing = standing_yuan(scenario, plan)
    first, last = [], []
    for bureau, has in zip(bureaus, present, strict=True):
        fixed = bounds.fixed_yuan.get(bureau)
        floor = bounds.floors_yuan.get(bureau, min(standing[bureau], has))
        cap = bounds.caps_yuan.get(bureau, max(total, most_yuan or 0))
        if fixed is not None:
            faults += _outside(bureau, fixed, bounds)
            first.append(fixed)
            last.append(fixed)
            continue
        # On the grid that today's budget is on: up to the floor, down to the cap.
        first.append(has + -(-(floor - has) // step_yuan) * step_yuan)
        last.append(has + (cap - has) // step_yuan * step_yuan)
        if last[-1] < first[-1]:
            faults.append(_no_level(bureau, floor, cap, step_yuan))
    faults += _total(total, step_yuan, first, last, bounds)
    if faults:
        raise ScenarioError(faults)
    reach = max(total, most_yuan or 0) - sum(first)
    return Grid(
        bureaus,
        present,
        step_yuan,
        total,
        tuple(first),
        tuple(
            (min(high, low + reach) - low) // step_yuan + 1
            for low, high in zip(first, last, strict=True)
        ),
    )


def _unknown(bureaus: Sequence[str], bounds: Bounds) -> list[Fault]:
    given = {
        "--floor": bounds.floors_yuan,
        "--cap": bounds.caps_yuan,
        "--fixed": bounds.fixed_yuan,
    }
    return [
        Fault(
            option,
            same(name),
            one_of(bureaus, "驻外局", "the bureaus "),
            did_you_mean(name, bureaus),
        )
        for option, amounts in given.items()
        for name in amounts
        if name not in bureaus
    ]


def _signs(step_yuan: int, total_yuan: int, bounds: Bounds) -> list[Fault]:
    faults = []
    if step_yuan < 1:
        faults.append(_amount("--step", step_yuan, "1 元以上", "1 yuan or more"))
    if total_yuan < 1:
        faults.append(_amount("--total", total_yuan, "1 元以上", "1 yuan or more"))
    for option, amounts in (
        ("--floor", bounds.floors_yuan),
        ("--cap", bounds.caps_yuan),
        ("--fixed", bounds.fixed_yuan),
    ):
        faults += [
            _amount(f"{option} {bureau}", yuan, "0 元以上", "0 yuan or more")
            for bureau, yuan in amounts.items()
            if yuan < 0
        ]
    return faults


def _amount(where: str, yuan: int, zh: str, en: str) -> Fault:
    return Fault(where, say(f"{yuan:,} 元", f"{yuan:,} yuan"), say(zh, en))


def _outside(bureau: str, fixed: int, bounds: Bounds) -> list[Fault]:
    floor, cap = bounds.floors_yuan.get(bureau, 0), bounds.caps_yuan.get(bureau, fixed)
    if floor <= fixed <= cap:
        return []
    limit = floor if fixed < floor else cap
    return [
        Fault(
            f"--fixed {bureau}",
            say(f"{fixed:,} 元", f"{fixed:,} yuan"),
            say(
                f"不低于下限、不高于上限（{limit:,} 元）",
                f"within its own floor and cap ({limit:,} yuan)",
            ),
        )
    ]


def _no_level(bureau: str, floor: int, cap: int, step: int) -> Fault:
    return Fault(
        f"--floor {bureau}",
        say(
            f"下限 {floor:,} 元、上限 {cap:,} 元，步长 {step:,} 元",
            f"a floor of {floor:,} yuan, a cap of {cap:,} yuan, in steps of {step:,} yuan",
        ),
        say("两者之间至少有一个档位", "at least one budget between them"),
        say(
            "降低下限、提高上限或缩小步长", "lower the floor, raise the cap or take a smaller step"
        ),
    )


def _total(
    total: int, step: int, first: Sequence[int], last: Sequence[int], bounds: Bounds
) -> list[Fault]:
    """Check that the total can be given out, in the arithmetic that shows why not."""
    left = total - sum(first)
    if left < 0:
        return [_beyond(total, first, bounds)]
    near = total - left % step
    faults = []
    if near < total:
        faults.append(
            Fault(
                "--step",
                say(
                    f"总额 {total:,} 元减去各局最低 {sum(first):,} 元，余 {left:,} 元，"
                    f"不是步长 {step:,} 元的整数倍",
                    f"{total:,} yuan less the smallest budgets of {sum(first):,} yuan leaves "
                    f"{left:,} yuan, no whole number of steps of {step:,} yuan",
                ),
                say("能整除的步长或总额", "a step or a total that divides"),
                say(
                    f"总额改为 {near:,} 元，或换步长",
                    f"make the total {near:,} yuan, or take another step",
                ),
            )
        )
    # What only a step that does not divide leaves over is no matter of caps.
    if sum(last) < near:
        faults.append(_below(total, last, bounds))
    return faults


def _below(total: int, last: Sequence[int], bounds: Bounds) -> Fault:
    return Fault(
        "--cap" if bounds.caps_yuan else "--fixed",
        say(
            f"各局最高（含固定数与步长取整）合计 {_added(last)} 元，少于总额 {total:,} 元",
            f"largest budgets (fixed amounts in, caps rounded down to a step) that add up to "
            f"{_added(last)} yuan, below the total of {total:,} yuan",
        ),
        say(f"不少于总额 {total:,} 元", f"no less than the total of {total:,} yuan"),
        say("提高上限或固定数，或减少总额", "raise caps or fixed amounts, or lower the total"),
    )


def _added(amounts: Sequence[int]) -> str:
    """Write a sum, with its parts where they can be taken in."""
    if len(amounts) > SHOWN:
        return f"{sum(amounts):,}"
    return f"{' + '.join(f'{yuan:,}' for yuan in amounts)} = {sum(amounts):,}"


def _beyond(total: int, first: Sequence[int], bounds: Bounds) -> Fault:
    fixed = sum(bounds.fixed_yuan.values())
    remedy: Text = say(
        "降低下限或固定数，或增加总额", "lower floors or fixed amounts, or raise the total"
    )
    return Fault(
        "--fixed" if fixed > total else "--floor",
        say(
            f"各局最低（含固定数与步长取整）合计 {_added(first)} 元，超过总额 {total:,} 元",
            f"smallest budgets (fixed amounts in, floors rounded up to a step) that add up to "
            f"{_added(first)} yuan, above the total of {total:,} yuan",
        ),
        say(f"不超过总额 {total:,} 元", f"no more than the total of {total:,} yuan"),
        remedy,
    )

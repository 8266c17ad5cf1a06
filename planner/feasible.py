"""A first rotation that keeps every rule, or which families of rules leave none."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import combinations

from ortools.sat.python.cp_model import CpModel

from planner.conflicts import family_names, family_rules
from planner.cpsat import Answer, Task, run
from planner.infeasible import Explanation, InfeasibleError
from planner.plan import Leave
from planner.rotation import Rotation, add_rotation, during, leaves_of, within
from planner.starts import Choice, Family, leave_choices
from planner.stretch import in_words
from scenarios.calendar import Period
from scenarios.model import Scenario
from scenarios.part import Text
from scenarios.rules import LeaveRule

EFFORT_S = 10.0
"""Effort for one bureau and period; a rotation by itself takes a few thousandths of it."""

RELAXABLE: tuple[Family, ...] = ("pin", "no-leave", "absence", "presence", "coverage")
"""Families that are left out in turn to find out which of them conflict."""

Narrowing = Callable[[Iterable[Choice]], tuple[Choice, ...]]
"""Leaves with only the first days that something else than the rules leaves them."""


def first_leaves(
    scenario: Scenario, choices: Iterable[Choice], narrowed: Narrowing = tuple
) -> tuple[Leave, ...]:
    """Return leaves that keep every rule of the rotation, good or not.

    Leaves of different bureaus have nothing to do with each other, nor have those of different
    periods unless days between leaves are asked for or leaves may run into the next period, so
    that each bureau and period is decided, and explained, by itself. Where there is either, a
    bureau whose periods find leaves one by one is decided once more for all of them together.

    Parameters
    ----------
    scenario
        What is given.
    choices
        The leaves to be placed.
    narrowed
        What ``choices`` are narrowed by beside the rules (history), for finding out which rules
        conflict with it.

    Raises
    ------
    InfeasibleError
        When the rules leave no rotation; names the bureau, the period and the families of rules.
    """
    every = tuple(choices)
    leaves: list[Leave] = []
    conflicts: list[Explanation] = []
    for bureau in scenario.organisation.bureaus:
        own = within(every, [bureau.id])
        found, stuck = _by_period(scenario, bureau.id, own, narrowed)
        if scenario.rules.leave.couples_periods and not stuck:
            found, stuck = _over_all(scenario, bureau.id, own, narrowed)
        leaves.extend(found)
        conflicts.extend(stuck)
    if conflicts:
        raise InfeasibleError(Explanation.joined(conflicts))
    return tuple(sorted(leaves))


def _by_period(
    scenario: Scenario, bureau: str, own: tuple[Choice, ...], narrowed: Narrowing
) -> tuple[list[Leave], list[Explanation]]:
    """Return leaves of a bureau, each period by itself, and what stands in the way of any."""
    leaves: list[Leave] = []
    stuck: list[Explanation] = []
    for period in scenario.periods:
        rotation, answer = _rotate(scenario, during(own, period))
        if answer.found:
            leaves.extend(leaves_of(scenario, answer, rotation))
        elif answer.status == "infeasible":
            stuck.append(_blame(scenario, bureau, period, narrowed))
        else:
            stuck.append(_gave_up(scenario, bureau, period.label))
    return leaves, stuck


def _over_all(
    scenario: Scenario, bureau: str, own: tuple[Choice, ...], narrowed: Narrowing
) -> tuple[list[Leave], list[Explanation]]:
    """Return leaves of a bureau over all periods together, and what stands in their way."""
    rotation, answer = _rotate(scenario, own)
    if answer.found:
        return list(leaves_of(scenario, answer, rotation)), []
    if answer.status == "infeasible":
        return [], [_blame_neighbours(scenario, bureau, narrowed)]
    return [], [_gave_up(scenario, bureau, _whole(scenario))]


def _whole(scenario: Scenario) -> str:
    return f"{scenario.periods[0].label}/{scenario.periods[-1].label}"


def _rotate(
    scenario: Scenario, choices: tuple[Choice, ...], relaxed: frozenset[Family] = frozenset()
) -> tuple[Rotation, Answer]:
    model = CpModel()
    rotation = add_rotation(model, scenario, choices, relaxed=relaxed)
    return rotation, run(Task(model, EFFORT_S))


def _blame_neighbours(scenario: Scenario, bureau: str, narrowed: Narrowing) -> Explanation:
    """Name the families any one of which would let leaves of neighbouring periods fit together.

    Each period finds its leaves by itself, so that days asked for between two leaves are among
    them.
    """
    rule = scenario.rules.leave
    families: tuple[Family, ...] = (*RELAXABLE, *(("stretch",) if rule.asks_stretch else ()))
    helpful = [
        family
        for family in families
        if _fits(scenario, bureau, None, frozenset({family}), narrowed)
    ]
    options = [family_names([family]) for family in helpful]
    name, when = scenario.bureau(bureau).name, _whole(scenario)
    asked = _of_neighbours(rule)
    zh = f"放宽以下任一项即可：{'；'.join(names.zh for names in options)}。"
    en = f" Giving way in any one of these would do: {'; '.join(names.en for names in options)}."
    line = Text(
        zh=(
            f"{name.zh} 各期的轮休各自可行，但 {when} {asked.zh}，合在一起无解。"
            f"{zh if options else ''}"
        ),
        en=(
            f"{name.en}: the leaves of each period find room, but not with {asked.en} over {when}."
            f"{en if options else ''}"
        ),
    )
    return Explanation((line,), family_rules(helpful) or ("leave-owed",))


def _of_neighbours(rule: LeaveRule) -> Text:
    """Say what leaves of neighbouring periods must keep together."""
    if rule.asks_stretch:
        asked = in_words(rule.min_days_between, rule.max_days_between)
        return Text(
            zh=f"相邻两次轮休之间须相隔{asked.zh}",
            en=f"{asked.en} between two leaves of a person",
        )
    return Text(
        zh="跨期的轮休不与下一期的轮休重叠，且各期在岗天数照算",
        en="leaves that run into the next period apart from its own, and the days at post owed",
    )


def _blame(scenario: Scenario, bureau: str, period: Period, narrowed: Narrowing) -> Explanation:
    """Name the smallest set of families without which the leaves would fit together."""
    for size in range(1, len(RELAXABLE) + 1):
        helpful = [
            families
            for families in combinations(RELAXABLE, size)
            if _fits(scenario, bureau, period, frozenset(families), narrowed)
        ]
        if helpful:
            return _together(scenario, bureau, period, helpful)
    return _of_history(scenario, bureau, period)


def _fits(
    scenario: Scenario,
    bureau: str,
    period: Period | None,
    relaxed: frozenset[Family],
    narrowed: Narrowing,
) -> bool:
    """Whether a bureau's leaves fit without some families; in one period, or in all together."""
    own = within(narrowed(leave_choices(scenario, relaxed=relaxed)), [bureau])
    choices = own if period is None else during(own, period)
    return _rotate(scenario, choices, relaxed)[1].found


def _together(
    scenario: Scenario, bureau: str, period: Period, helpful: list[tuple[Family, ...]]
) -> Explanation:
    options = [family_names(families) for families in helpful]
    n = scenario.rules.coverage.min_at_post
    name, when = scenario.bureau(bureau).name, period.label
    rules = sorted({rule for families in helpful for rule in family_rules(families)})
    zh = ";".join(names.zh for names in options)
    en = "; ".join(names.en for names in options)
    line = Text(
        zh=(
            f"{name.zh} 在 {when} 的轮休各自可行，但合在一起无解（留守至少 {n} 人）。"
            f"放宽以下任一项即可：{zh}。"
        ),
        en=(
            f"{name.en}: the leaves of {when} each find room, but not together (at least {n} must "
            f"stay). Giving way in any one of these would do: {en}."
        ),
    )
    return Explanation((line,), tuple(rules))


def _of_history(scenario: Scenario, bureau: str, period: Period) -> Explanation:
    """Say that no family helps: what a leave keeps by itself was found to leave it some day."""
    name, when = scenario.bureau(bureau).name, period.label
    line = Text(
        zh=f"{name.zh} 在 {when} 已开始的轮休照旧，余下的日子排不下其他轮休，放宽规则也不行。",
        en=(
            f"{name.en}: with leaves that have begun as they were, the days left of {when} have no "
            "room for the others, whichever rule gives way."
        ),
    )
    return Explanation((line,), ("leave-owed",))


def _gave_up(scenario: Scenario, bureau: str, when: str) -> Explanation:
    name = scenario.bureau(bureau).name
    line = Text(
        zh=f"{name.zh} 在 {when} 未能在限定计算量内找到轮休安排，也未证明不存在。",
        en=(
            f"{name.en}: no rotation for {when} was found within the effort allowed, nor "
            "was it proven that there is none."
        ),
    )
    return Explanation((line,), ("leave-owed",))

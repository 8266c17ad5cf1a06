"""A first rotation that keeps every rule, or which families of rules leave none."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations

from ortools.sat.python.cp_model import CpModel

from planner.conflicts import family_names, family_rules
from planner.cpsat import Answer, Task, run
from planner.infeasible import Explanation, InfeasibleError
from planner.plan import Leave
from planner.rotation import Rotation, add_rotation, during, leaves_of, within
from planner.starts import Choice, Family, leave_choices
from scenarios.calendar import Period
from scenarios.model import Scenario
from scenarios.part import Text

EFFORT_S = 10.0
"""Effort for one bureau and period; a rotation by itself takes a few thousandths of it."""

RELAXABLE: tuple[Family, ...] = ("pin", "no-leave", "absence", "presence", "coverage")
"""Families that are left out in turn to find out which of them conflict."""


def first_leaves(scenario: Scenario, choices: Iterable[Choice]) -> tuple[Leave, ...]:
    """Return leaves that keep every rule of the rotation, good or not.

    Leaves of different bureaus or periods have nothing to do with each other, so that each bureau
    and period is decided, and explained, by itself.

    Raises
    ------
    InfeasibleError
        When the rules leave no rotation; names the bureau, the period and the families of rules.
    """
    every = tuple(choices)
    leaves: list[Leave] = []
    conflicts: list[Explanation] = []
    for bureau in scenario.organisation.bureaus:
        for period in scenario.periods:
            rotation, answer = _rotate(scenario, during(within(every, [bureau.id]), period))
            if answer.found:
                leaves.extend(leaves_of(scenario, answer, rotation))
            elif answer.status == "infeasible":
                conflicts.append(_blame(scenario, bureau.id, period))
            else:
                conflicts.append(_gave_up(scenario, bureau.id, period))
    if conflicts:
        raise InfeasibleError(Explanation.joined(conflicts))
    return tuple(sorted(leaves))


def _rotate(
    scenario: Scenario, choices: tuple[Choice, ...], *, coverage: bool = True
) -> tuple[Rotation, Answer]:
    model = CpModel()
    rotation = add_rotation(model, scenario, choices, coverage=coverage)
    return rotation, run(Task(model, EFFORT_S))


def _blame(scenario: Scenario, bureau: str, period: Period) -> Explanation:
    """Name the smallest set of families without which the leaves would fit together."""
    for size in range(1, len(RELAXABLE) + 1):
        helpful = [
            families
            for families in combinations(RELAXABLE, size)
            if _fits(scenario, bureau, period, frozenset(families))
        ]
        if helpful:
            break
    else:
        helpful = [RELAXABLE]
    return _together(scenario, bureau, period, helpful)


def _fits(scenario: Scenario, bureau: str, period: Period, relaxed: frozenset[Family]) -> bool:
    choices = during(within(leave_choices(scenario, relaxed=relaxed), [bureau]), period)
    _, answer = _rotate(scenario, choices, coverage="coverage" not in relaxed)
    return answer.found


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


def _gave_up(scenario: Scenario, bureau: str, period: Period) -> Explanation:
    name = scenario.bureau(bureau).name
    line = Text(
        zh=f"{name.zh} 在 {period.label} 未能在限定计算量内找到轮休安排，也未证明不存在。",
        en=(
            f"{name.en}: no rotation for {period.label} was found within the effort allowed, nor "
            "was it proven that there is none."
        ),
    )
    return Explanation((line,), ("leave-owed",))

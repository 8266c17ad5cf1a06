"""Settings: numbers and policies of the rules which, changed alone, would leave a rotation."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from planner.demands import Demand, Problem, problem_of, problems
from planner.together import check_of
from scenarios.model import Scenario
from scenarios.part import Text

Part = str
"""A part of the rules: ``presence``, ``leave`` or ``coverage``."""


@dataclass(frozen=True, slots=True)
class Setting:
    """A number or policy which, changed alone, leaves a rotation in every bureau and period.

    Attributes
    ----------
    path
        Where it stands in the scenario.
    now, instead
        What it is, and what would do.
    """

    path: str
    now: str
    instead: str
    text: Text


POLICIES: dict[str, Text] = {
    "quarterly": Text(zh="在岗天数按季计", en="days at post counted by the quarter"),
    "monthly-except-leave": Text(
        zh="在岗天数按月计，轮休所在月除外",
        en="days at post counted by the month, except the months of the leave",
    ),
}
"""Presence policies that may do where another does not, in the order in which they are tried."""

NUMBERS: tuple[tuple[Part, str, Text], ...] = (
    ("presence", "days_per_month", Text(zh="每月在岗 {} 天", en="{} days a month at post")),
    ("leave", "length_days", Text(zh="每次轮休 {} 天", en="leaves of {} days")),
    ("coverage", "min_at_post", Text(zh="至少留守 {} 人", en="at least {} at post")),
)
"""Numbers that may do where a larger one does not."""


def settings_for(scenario: Scenario, stuck: Iterable[Problem]) -> tuple[Setting, ...]:
    """Return each policy that would do, and each number at the largest value that would do.

    Parameters
    ----------
    scenario
        What is given.
    stuck
        Where there is no rotation: what fails there needs no look elsewhere.
    """
    places = [(problem.bureau, problem.period) for problem in stuck]

    def does(part: Part, name: str, value: object) -> bool:
        changed = _with(scenario, part, name, value)
        return all(
            _possible(problem_of(changed, bureau, period)) for bureau, period in places
        ) and is_feasible(changed)

    return (*_policies(scenario, does), *_numbers(scenario, does))


def is_feasible(scenario: Scenario) -> bool:
    """Return whether every bureau has a rotation in every period."""
    return all(_possible(problem) for problem in problems(scenario))


def _possible(problem: Problem) -> bool:
    demands: tuple[Demand, ...] = problem.demands
    return check_of(problem)(demands) == "yes"


def _policies(scenario: Scenario, does: Callable[[Part, str, object], bool]) -> list[Setting]:
    now = scenario.rules.presence.policy
    return [
        Setting("rules.presence.policy", now, policy, text)
        for policy, text in POLICIES.items()
        if policy != now and does("presence", "policy", policy)
    ]


def _numbers(scenario: Scenario, does: Callable[[Part, str, object], bool]) -> list[Setting]:
    least = {"length_days": 2 * scenario.rules.leave.travel_days_each_way + 1}
    found: list[Setting] = []
    for part, name, text in NUMBERS:
        now: int = getattr(getattr(scenario.rules, part), name)
        # One by one, not by halves: a shorter leave need not do where a longer one does.
        values = range(now - 1, least.get(name, 0) - 1, -1)
        most = next((value for value in values if does(part, name, value)), None)
        if most is not None:
            words = Text(
                zh=f"{text.zh.format(most)}（现为 {now}）", en=f"{text.en.format(most)} (now {now})"
            )
            found.append(Setting(f"rules.{part}.{name}", str(now), str(most), words))
    return found


def _with(scenario: Scenario, part: Part, name: str, value: object) -> Scenario:
    rules = scenario.rules
    changed = getattr(rules, part).model_copy(update={name: value})
    return scenario.model_copy(update={"rules": rules.model_copy(update={part: changed})})

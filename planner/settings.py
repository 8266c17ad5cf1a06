"""Settings: numbers and policies of the rules which, changed alone, would leave a rotation."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial

from planner.carrying import uncarried
from planner.demands import Problem, problem_of, problems
from planner.given import Given
from planner.starts import leave_choices
from planner.together import check_of
from planner.year import Case, year_of, years
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

LEAST, MOST = "min_days_between", "max_days_between"
STRETCHES: dict[str, Text] = {
    LEAST: Text(zh="同一人两次轮休之间至少 {} 天", en="at least {} days between two leaves"),
    MOST: Text(zh="同一人两次轮休之间至多 {} 天", en="at most {} days between two leaves"),
}
"""Days between leaves, where they are asked for: fewer at least, or more at most, may do."""


def settings_for(scenario: Scenario, stuck: Iterable[Case]) -> tuple[Setting, ...]:
    """Return each policy that would do, and each number at the largest value that would do.

    Parameters
    ----------
    scenario
        What is given.
    stuck
        Where there is no rotation: what fails there needs no look elsewhere.
    """
    places = tuple(stuck)

    def does(part: Part, name: str, value: object) -> bool:
        changed = _with(scenario, part, name, value)
        here = all(_possible(_again(changed, case)) for case in places)
        return here and _elsewhere(changed, places)

    return (
        *_policies(scenario, does),
        *_numbers(scenario, does),
        *_stretches(scenario, does),
    )


def carrying_settings(scenario: Scenario) -> tuple[Setting, ...]:
    """Return what would do where leaves cannot all carry groups: wishing for it, smaller groups.

    Smaller groups would do by counting; whether all find room at once only planning tells.
    """
    rule = scenario.rules.visits
    wished = Setting(
        "rules.visits.in_each_leave",
        rule.in_each_leave,
        "wished",
        Text(zh="每次轮休最好带团，不强求", en="a group in each leave wished for, not required"),
    )
    choices = leave_choices(scenario)
    for least in range(rule.group_min - 1, 0, -1):
        changed = _with(scenario, "visits", "group_min", least)
        if uncarried(Given(changed, choices)) is None:
            words = Text(
                zh=f"每团至少 {least} 家企业（现为 {rule.group_min}，据计数）",
                en=f"groups of at least {least} companies (now {rule.group_min}; by counting)",
            )
            path = "rules.visits.group_min"
            return wished, Setting(path, str(rule.group_min), str(least), words)
    return (wished,)


def is_feasible(scenario: Scenario) -> bool:
    """Return whether every bureau has a rotation in every period, and over the year."""
    return _elsewhere(scenario, ())


def _elsewhere(scenario: Scenario, places: Iterable[Case]) -> bool:
    """Return whether there is a rotation everywhere but in places already looked at.

    A year has one only where each of its periods has.
    """
    known = {(case.bureau, case.period) for case in places}
    by_year = scenario.rules.leave.couples_periods
    cases: Iterator[Case] = years(scenario) if by_year else problems(scenario)
    return all(_possible(case) for case in cases if (case.bureau, case.period) not in known)


def _possible(case: Case) -> bool:
    return check_of(case)(case.demands) == "yes"


def _again(scenario: Scenario, case: Case) -> Case:
    """Return the same bureau and period, or year, in another scenario."""
    if isinstance(case, Problem):
        return problem_of(scenario, case.bureau, case.period)
    return year_of(scenario, case.bureau)


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


def _stretches(scenario: Scenario, does: Callable[[Part, str, object], bool]) -> list[Setting]:
    """Return the most days at least, and the fewest at most, that would do."""
    rule = scenario.rules.leave
    found: list[Setting] = []
    for name, now, end in (
        (LEAST, rule.min_days_between, -1),
        (MOST, rule.max_days_between, scenario.days.n_days),
    ):
        if now is None:
            continue
        step = 1 if now < end else -1
        values = range(now + step, end, step)
        # By halves: what asks for less does wherever what asks for more does.
        at = bisect_left(values, True, key=partial(does, "leave", name))
        if at < len(values):
            enough, text = values[at], STRETCHES[name]
            words = Text(
                zh=f"{text.zh.format(enough)}（现为 {now}）",
                en=f"{text.en.format(enough)} (now {now})",
            )
            found.append(Setting(f"rules.leave.{name}", str(now), str(enough), words))
    return found


def _with(scenario: Scenario, part: Part, name: str, value: object) -> Scenario:
    rules = scenario.rules
    changed = getattr(rules, part).model_copy(update={name: value})
    return scenario.model_copy(update={"rules": rules.model_copy(update={part: changed})})

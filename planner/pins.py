"""What a planner holds while the rest is planned again: leaves, groups, and the status of days."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from planner.infeasible import Explanation
from planner.plan import Visit
from planner.starts import Choice, refusals, standing_of
from scenarios.model import Scenario
from scenarios.part import Text

DayStatus = Literal["post", "leave"]
"""Whether a person is not on leave on a day, or is: travel days belong to the leave."""


@dataclass(frozen=True, slots=True, order=True)
class LeavePin:
    """A person's leave of a period begins on a day."""

    person: str
    period: str
    start: int


@dataclass(frozen=True, slots=True, order=True)
class DayPin:
    """A person is at post on a day, or on leave: on that of the period the day lies in."""

    person: str
    day: int
    status: DayStatus


@dataclass(frozen=True, slots=True)
class Pins:
    """What must hold of the plan that is sought.

    Attributes
    ----------
    leaves, days
        First days of leaves, and the status of single days.
    visits
        Groups that come on the day, with the companies and for the leader, that they have here;
        of a joint group (V6) the companies and the tier of the leader. The escort is free.
    """

    leaves: tuple[LeavePin, ...] = ()
    visits: tuple[Visit, ...] = ()
    days: tuple[DayPin, ...] = ()

    def narrowed(self, scenario: Scenario, choices: Iterable[Choice]) -> tuple[Choice, ...]:
        """Return leaves with only the first days that the pins allow."""
        wanted = {(pin.person, pin.period): pin.start for pin in self.leaves}
        days: dict[str, list[DayPin]] = {}
        for pin in self.days:
            days.setdefault(pin.person, []).append(pin)
        length = scenario.rules.leave.length_days
        return tuple(
            replace(
                choice,
                starts=tuple(
                    start
                    for start in choice.starts
                    if start == wanted.get((choice.person, choice.period.label), start)
                    and all(
                        _allows(pin, choice, range(start, start + length))
                        for pin in days.get(choice.person, ())
                    )
                ),
            )
            for choice in choices
        )

    def refused(self, scenario: Scenario, choices: Iterable[Choice]) -> Explanation | None:
        """Return which pins leave one of some leaves no first day by itself; None where none does.

        Parameters
        ----------
        scenario
            Whose rules hold.
        choices
            Leaves with the first days that rules and history allow them.
        """
        every = tuple(choices)
        lines = tuple(
            self._line(scenario, before)
            for before, after in zip(every, self.narrowed(scenario, every), strict=True)
            if before.starts and not after.starts
        )
        return Explanation(lines, ("leave-pin",)) if lines else None

    def _line(self, scenario: Scenario, choice: Choice) -> Text:
        """Say that a leave cannot be as it is pinned, and which rules it would break by itself."""
        person = next(p for _, p in scenario.persons if p.id == choice.person)
        key = (choice.person, choice.period.label)
        pin = next((x for x in self.leaves if (x.person, x.period) == key), None)
        who = f"{person.title.zh}({person.id})", f"{person.title.en} ({person.id})"
        if pin is None or pin.start in choice.starts:
            return Text(
                zh=(
                    f"{who[0]}：{choice.period.label} 的轮休没有一个首日合乎已锁定的日子。"
                    "请解除其中一项。"
                ),
                en=(
                    f"{who[1]}: no first day of the leave in {choice.period.label} agrees with the "
                    "days that are pinned. Unpin one of them."
                ),
            )
        standing = standing_of(scenario, person, choice.period)
        broken = sorted(refusals(scenario, standing, pin.start))
        why = _joined([_WORDS[family] for family in broken] or [_PAST])
        day = scenario.days.date_of(pin.start).isoformat()
        return Text(
            zh=(
                f"{who[0]}：{choice.period.label} 的轮休不能锁定在 {day}：{why.zh}。"
                "请改日期或解除锁定。"
            ),
            en=(
                f"{who[1]}: the leave in {choice.period.label} cannot be pinned to {day}: "
                f"{why.en}. Choose another day or unpin it."
            ),
        )


NO_PINS = Pins()
"""Nothing is held."""

_WORDS: dict[str, Text] = {
    "period": Text(zh="超出本周期", en="it leaves its period"),
    "posting": Text(zh="不在派驻期内", en="it leaves the posting"),
    "absence": Text(zh="与批准的缺勤重叠", en="it meets an approved absence"),
    "no-leave": Text(zh="与不可轮休日重叠", en="it meets days without leave"),
    "presence": Text(zh="在岗天数不足", en="it leaves too few days at post"),
}

_PAST = Text(
    zh="与已开始的安排或场景中的已定起始日不符",
    en="what has begun, or a pin of the scenario, stands against it",
)


def _joined(words: list[Text]) -> Text:
    return Text(zh="、".join(x.zh for x in words), en=", ".join(x.en for x in words))


def _allows(pin: DayPin, choice: Choice, block: range) -> bool:
    """Whether a leave with these days keeps the status a day is pinned to."""
    if pin.status == "post":
        return pin.day not in block
    return pin.day not in choice.period or pin.day in block

"""Stretches: the days between two leaves of one person, where the scenario limits them.

They are the only thing that couples leaves of different periods. The difference of two first days
is a single row a bound; tighter forms were measured and did no better (``docs/planner.md``).
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ortools.sat.python.cp_model import CpModel, IntVar, LiteralT

from planner.starts import LeaveKey
from scenarios.model import Scenario
from scenarios.part import Text

Days = tuple[int | None, ...]
"""First days of a leave, rising; None stands for no leave and comes first."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Days asked for between two leaves of one person, in periods that follow each other.

    Every day between the last of one leave and the first of the next counts, one of approved
    absence too. A period in which no leave is owed, as most of it is absence, breaks the stretch.

    Attributes
    ----------
    leaves
        The earlier and the later leave.
    length_days
        Days of the earlier leave.
    at_least, at_most
        Days between; None where that is not asked.
    """

    leaves: tuple[LeaveKey, LeaveKey]
    length_days: int
    at_least: int | None
    at_most: int | None

    def allows(self, one: int, other: int) -> bool:
        """Return whether the leaves may begin on two days."""
        days = other - one - self.length_days
        is_too_soon = self.at_least is not None and days < self.at_least
        is_too_late = self.at_most is not None and days > self.at_most
        return not (is_too_soon or is_too_late)

    def after(self, ones: Days, others: Days) -> Days:
        """Return those first days of the later leave that some first day of the earlier allows.

        None stands for no leave, to which nothing is too near or too far; the days are rising.
        """
        least = None if self.at_most is None else -self.length_days - self.at_most
        most = None if self.at_least is None else -self.length_days - self.at_least
        return _in_reach(others, ones, least, most)

    def before(self, ones: Days, others: Days) -> Days:
        """Return those first days of the earlier leave that some first day of the later allows."""
        least = None if self.at_least is None else self.length_days + self.at_least
        most = None if self.at_most is None else self.length_days + self.at_most
        return _in_reach(ones, others, least, most)


def _in_reach(days: Days, others: Days, least: int | None, most: int | None) -> Days:
    """Return those days from which some other day lies between ``least`` and ``most`` days on."""
    if None in others:
        return days
    rising = [day for day in others if day is not None]
    return tuple(
        day
        for day in days
        if day is None
        or (0 if least is None else bisect_left(rising, day + least))
        < (len(rising) if most is None else bisect_right(rising, day + most))
    )


def stretches(
    scenario: Scenario, leaves: Iterable[LeaveKey], *, asked: bool = True
) -> tuple[Stretch, ...]:
    """Return what is asked of the days between some leaves; nothing by default.

    Leaves that may run into the next period must at least not share days; that alone is returned
    where what the scenario asks for is not to be ``asked``.
    """
    rule = scenario.rules.leave
    least, most = (rule.min_days_between, rule.max_days_between) if asked else (None, None)
    if rule.crosses:
        least = least or 0
    if least is None and most is None:
        return ()
    owed = dict.fromkeys(leaves)
    after = dict(pairwise(period.label for period in scenario.periods))
    pairs = [((who, label), (who, after[label])) for who, label in owed if label in after]
    return tuple(Stretch(pair, rule.length_days, least, most) for pair in pairs if pair[1] in owed)


def add_stretch(
    model: CpModel,
    stretch: Stretch,
    one: Mapping[int, IntVar],
    other: Mapping[int, IntVar],
    only_if: Sequence[LiteralT] = (),
) -> None:
    """Add the days asked for between two leaves to a model.

    Parameters
    ----------
    model
        The model to add to.
    stretch
        What is asked.
    one, other
        For the earlier and the later leave a literal for each first day; one of each is true.
    only_if
        Literals all of which must be true for the stretch to be asked.
    """
    begins = sum(day * literal for day, literal in other.items())
    days = begins - sum(day * literal for day, literal in one.items()) - stretch.length_days
    if stretch.at_least is not None:
        model.add(days >= stretch.at_least).only_enforce_if(*only_if)
    if stretch.at_most is not None:
        model.add(days <= stretch.at_most).only_enforce_if(*only_if)


def in_words(at_least: int | None, at_most: int | None) -> Text:
    """Return the days asked for between two leaves in words; one of the two must be asked for."""
    asked = [
        Text(zh=f"{zh} {days} 天", en=f"{en} {days}")
        for zh, en, days in (("至少", "at least", at_least), ("至多", "at most", at_most))
        if days is not None
    ]
    return Text(
        zh="、".join(bound.zh for bound in asked),
        en=f"{' and '.join(bound.en for bound in asked)} days",
    )

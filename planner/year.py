"""A bureau's leaves over the whole horizon, where the days between two leaves are limited.

Such a demand couples the periods of a bureau, which else are problems by themselves
(:mod:`planner.demands`). Asked the same questions, a year answers as a single period does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from planner.demands import Demand, Problem, name_of, problem_of
from planner.presence import in_service, takes_leave
from planner.stretch import Stretch, in_words, stretches
from scenarios.model import Scenario
from scenarios.part import Text


@dataclass(frozen=True, slots=True)
class Year:
    """All demands on the leaves of one bureau over the horizon.

    Attributes
    ----------
    period
        Labels of the first and the last period, as ``first/last``.
    parts
        The problem of each period.
    stretches
        For each demand for days between two leaves, what it asks.
    """

    bureau: str
    period: str
    parts: tuple[Problem, ...]
    stretches: Mapping[Demand, Stretch]

    @property
    def demands(self) -> tuple[Demand, ...]:
        """Every demand, each once: days without leave may lie in two periods."""
        own = (demand for part in self.parts for demand in part.demands)
        return tuple(dict.fromkeys((*own, *self.stretches)))


Case = Problem | Year
"""Leaves that are to be kept together."""


def years(scenario: Scenario) -> Iterator[Year]:
    """Yield the year of every bureau, in the scenario's order; none where no stretch is asked."""
    if scenario.rules.leave.asks_stretch:
        for bureau in scenario.organisation.bureaus:
            yield year_of(scenario, bureau.id)


def year_of(scenario: Scenario, bureau_id: str) -> Year:
    """Return the year of one bureau.

    Raises
    ------
    KeyError
        When the scenario has no such bureau.
    """
    bureau, labels = scenario.bureau(bureau_id), [period.label for period in scenario.periods]
    names = {person.id: name_of(person) for person in bureau.persons}
    owed = [
        (person.id, period.label)
        for person in bureau.persons
        for period in scenario.periods
        if takes_leave(scenario, in_service(scenario, person), period)
    ]
    return Year(
        bureau=bureau_id,
        period=f"{labels[0]}/{labels[-1]}",
        parts=tuple(problem_of(scenario, bureau_id, label) for label in labels),
        stretches={
            _demand(names[stretch.leaves[0][0]], stretch): stretch
            for stretch in stretches(scenario, owed)
        },
    )


def _demand(who: Text, stretch: Stretch) -> Demand:
    (person, one), (_, other) = stretch.leaves
    days = in_words(stretch.at_least, stretch.at_most)
    words = Text(
        zh=f"{who.zh}在 {one} 与 {other} 的两次轮休之间{days.zh}",
        en=f"{who.en} has {days.en} between the leaves of {one} and {other}",
    )
    return Demand("leave-stretch", person, f"{one}/{other}", words)

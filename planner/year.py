"""A bureau's leaves over the whole horizon, where those of different periods concern each other.

Days asked for between two leaves, and leaves that run into the next period, couple the periods of a
bureau, which else are problems by themselves (:mod:`planner.demands`). Asked the same questions, a
year answers as a single period does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from planner.crossing import Claim, claims
from planner.demands import Demand, Problem, days_at_post, name_of, problem_of
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
    claims
        For each demand for days at post of which two leaves may take, what they leave.
    """

    bureau: str
    period: str
    parts: tuple[Problem, ...]
    stretches: Mapping[Demand, Stretch]
    claims: Mapping[Demand, Claim]

    @property
    def demands(self) -> tuple[Demand, ...]:
        """Every demand, each once: days without leave may lie in two periods."""
        own = (demand for part in self.parts for demand in part.demands)
        return tuple(dict.fromkeys((*own, *self.stretches, *self.claims)))


Case = Problem | Year
"""Leaves that are to be kept together."""


def years(scenario: Scenario) -> Iterator[Year]:
    """Yield the year of every bureau, in order; none where its periods have nothing in common."""
    if scenario.rules.leave.couples_periods:
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
    parts = tuple(problem_of(scenario, bureau_id, label) for label in labels)
    starts = {
        (person, part.period): [day for day in part.options[person] if day is not None]
        for part in parts
        for person in part.options
    }
    return Year(
        bureau=bureau_id,
        period=f"{labels[0]}/{labels[-1]}",
        parts=parts,
        stretches={
            **{_apart(names[x.leaves[0][0]], x): x for x in stretches(scenario, owed, asked=False)},
            **{
                _demand(names[x.leaves[0][0]], x): x
                for x in (stretches(scenario, owed) if scenario.rules.leave.asks_stretch else ())
            },
        },
        claims={
            days_at_post(claim.person, names[claim.person], claim.label, claim.owed_days): claim
            for claim in claims(scenario, starts)
        },
    )


def _apart(who: Text, stretch: Stretch) -> Demand:
    (person, one), (_, other) = stretch.leaves
    words = Text(
        zh=f"{who.zh}在 {one} 与 {other} 的两次轮休不重叠",
        en=f"the leaves of {who.en} of {one} and {other} share no day",
    )
    return Demand("leave-apart", person, f"{one}/{other}", words)


def _demand(who: Text, stretch: Stretch) -> Demand:
    (person, one), (_, other) = stretch.leaves
    days = in_words(stretch.at_least, stretch.at_most)
    words = Text(
        zh=f"{who.zh}在 {one} 与 {other} 的两次轮休之间{days.zh}",
        en=f"{who.en} has {days.en} between the leaves of {one} and {other}",
    )
    return Demand("leave-stretch", person, f"{one}/{other}", words)

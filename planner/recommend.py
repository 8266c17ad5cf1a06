"""The best dates for one leave or one company, with what each does to every aim."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ortools.sat.python.cp_model import IntVar

from planner.anew import Anew, Bench, draft_from
from planner.cpsat import never
from planner.draft import Draft
from planner.given import Given
from planner.plan import Plan
from planner.starts import leave_choices
from scenarios.model import Scenario

DATES = 5
"""Dates recommended unless told otherwise."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One first day of a leave or visit, the rest of the bureau's plan arranged around it."""

    start: int
    anew: Anew


def leave_dates(
    scenario: Scenario,
    plan: Plan,
    person: str,
    period: str,
    *,
    n: int = DATES,
    stop: Callable[[], bool] = never,
) -> tuple[Suggestion, ...]:
    """Return the best first days of a person's leave in a period, best first.

    Raises
    ------
    KeyError
        When the person takes no leave in that period.
    """
    given = Given(scenario, leave_choices(scenario))
    bench = Bench.of(given, draft_from(plan), given.choice[person, period].bureau)
    literals = bench.part.rotation.literals[person, period]

    def start_in(draft: Draft) -> int:
        return next(x.start for x in draft.leaves if (x.person, x.period) == (person, period))

    by_start = {start: [literal] for start, literal in literals.items()}
    return _in_turn(bench, by_start, start_in, n, stop)


def visit_dates(
    scenario: Scenario,
    plan: Plan,
    company: str,
    *,
    n: int = DATES,
    stop: Callable[[], bool] = never,
) -> tuple[Suggestion, ...]:
    """Return the best first days for a company to visit, best first; none where it cannot.

    Raises
    ------
    KeyError
        When there is no such company, or screening keeps it out.
    """
    given = Given(scenario, leave_choices(scenario))
    bench = Bench.of(given, draft_from(plan), given.caller[company].bureau)
    by_start: dict[int, list[IntVar]] = {}
    for (other, start, _), literal in bench.part.groups.placed.items():
        if other == company:
            by_start.setdefault(start, []).append(literal)
    bench.part.model.add(sum(x for literals in by_start.values() for x in literals) == 1)

    def start_in(draft: Draft) -> int:
        return next(visit.start for visit in draft.visits if company in visit.companies)

    return _in_turn(bench, by_start, start_in, n, stop)


def _in_turn(
    bench: Bench,
    by_start: Mapping[int, list[IntVar]],
    start_in: Callable[[Draft], int],
    n: int,
    stop: Callable[[], bool],
) -> tuple[Suggestion, ...]:
    """Solve for the best date, rule it out, and so on."""
    found: list[Suggestion] = []
    while len(found) < min(n, len(by_start)) and not stop():
        anew = bench.best(stop=stop)
        if anew is None:
            break
        start = start_in(anew.draft)
        found.append(Suggestion(start, anew))
        bench.part.model.add(sum(by_start[start]) == 0)
    return tuple(found)

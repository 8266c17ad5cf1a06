"""Why there is no rotation, and what gives way most cheaply.

Each bureau and period is explained by itself (:mod:`planner.demands`); where days between two
leaves of a person are asked for, each bureau's year too (:mod:`planner.year`). A *conflict* is a
smallest set of demands that cannot be kept together: it is what is left when every demand that is
not needed has been dropped, and it is proven smallest by keeping it without each of its members. A
*repair* is a cheapest set of demands to drop, proven so by the solver; further repairs give way in
other rules. *Settings* are numbers and policies of the scenario that, changed alone, would do.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from planner.carrying import uncarried, uncarried_by
from planner.clashes import Conflict, conflicts_of
from planner.demands import problems
from planner.given import Given
from planner.infeasible import Explanation
from planner.repairs import Repair, repairs_of
from planner.settings import Setting, carrying_settings, settings_for
from planner.starts import leave_choices
from planner.together import check_of
from planner.year import Case, years
from scenarios.model import Scenario


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """Everything that stands in the way of a rotation, and ways out.

    Attributes
    ----------
    undecided
        Bureaus and periods, or years, for which neither a rotation was found nor a conflict proven.
    groups
        Where there is a rotation, but each leave must carry a group: which leaves cannot, and why.
    """

    conflicts: tuple[Conflict, ...]
    repairs: tuple[Repair, ...]
    settings: tuple[Setting, ...]
    undecided: tuple[tuple[str, str], ...] = ()
    groups: Explanation | None = None

    @property
    def kinds(self) -> tuple[tuple[Conflict, ...], ...]:
        """Conflicts, those alike together, in the order of the first of each kind."""
        kinds: dict[tuple[tuple[str, ...], bool], list[Conflict]] = {}
        for conflict in self.conflicts:
            kinds.setdefault((conflict.shape, conflict.minimal), []).append(conflict)
        return tuple(tuple(alike) for alike in kinds.values())

    @property
    def cheapest(self) -> tuple[Repair, ...]:
        """The cheapest repair of each bureau and period, or year: together, of the whole."""
        first: dict[tuple[str, str], Repair] = {}
        for repair in self.repairs:
            first.setdefault((repair.bureau, repair.period), repair)
        return tuple(first.values())

    @property
    def ways(self) -> tuple[tuple[Repair, ...], ...]:
        """Further repairs, those that give way in the same rules together."""
        cheapest = set(self.cheapest)
        ways: dict[tuple[str, ...], list[Repair]] = {}
        for repair in self.repairs:
            if repair not in cheapest:
                ways.setdefault(repair.rules, []).append(repair)
        return tuple(tuple(alike) for alike in ways.values())


def explain(scenario: Scenario) -> Diagnosis | None:
    """Return what stands in the way of a rotation, or None where there is one.

    Where each leave must carry a group, what keeps a bureau's leaves from that is returned too,
    bureau by bureau; what bureaus take from each other is known only from planning them.
    """
    stuck, undecided = _judged(problems(scenario))
    stuck_years, undecided_years = _judged(years(scenario))
    if not (stuck or undecided or stuck_years or undecided_years):
        return _of_groups(scenario)
    conflicts = [conflict for problem in stuck for conflict in conflicts_of(problem)]
    for year in stuck_years:
        known = {
            d for conflict in conflicts if conflict.bureau == year.bureau for d in conflict.demands
        }
        conflicts += conflicts_of(year, apart_from=known)
    # What lets each period have its leaves need not let the year have them.
    whole = {year.bureau for year in stuck_years}
    to_repair = (*(problem for problem in stuck if problem.bureau not in whole), *stuck_years)
    unsure = (*undecided, *undecided_years)
    return Diagnosis(
        conflicts=tuple(conflicts),
        repairs=tuple(repair for case in to_repair for repair in repairs_of(case)),
        settings=settings_for(scenario, (*stuck, *stuck_years, *unsure)),
        undecided=tuple((case.bureau, case.period) for case in unsure),
    )


def _of_groups(scenario: Scenario) -> Diagnosis | None:
    """Return why leaves cannot carry groups, or None where each bureau's can or need not."""
    given = Given(scenario, leave_choices(scenario))
    groups = uncarried(given) or uncarried_by(given, given.bureaus)
    if groups is None:
        return None
    return Diagnosis((), (), carrying_settings(scenario), groups=groups)


def _judged(cases: Iterable[Case]) -> tuple[list[Case], list[Case]]:
    """Return the cases whose demands cannot be kept together, and those nothing is known of."""
    answers = [(case, check_of(case)(case.demands)) for case in cases]
    return (
        [case for case, truth in answers if truth == "no"],
        [case for case, truth in answers if truth == "unknown"],
    )

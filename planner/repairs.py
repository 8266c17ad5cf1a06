"""Repairs: cheapest sets of demands to give up so that the rest can be kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ortools.sat.python.cp_model import CpModel, IntVar, LinearExpr

from planner.cpsat import Task, run
from planner.crossing import taken_by
from planner.demands import Demand, Option
from planner.starts import LeaveKey
from planner.together import EFFORT_S, add_options, ask_stretch, away_on
from planner.year import Case

REPAIRS = 3
"""Repairs named at most, a bureau and period."""


@dataclass(frozen=True, slots=True)
class Concession:
    """A demand given up, and by how many days it is missed (0 where days are not its measure)."""

    demand: Demand
    short_days: int


@dataclass(frozen=True, slots=True)
class Repair:
    """Demands to give up so that the leaves of a bureau fit into a period, or into the year.

    Attributes
    ----------
    cost
        Weights of the demands given up, summed.
    proven
        Whether no cheaper set does, given the rules that the repairs before it give way in.
    leaves
        First days of the leaves that then fit, by person, of a year by period too; None for no
        leave.
    """

    bureau: str
    period: str
    given_up: tuple[Concession, ...]
    cost: int
    proven: bool
    leaves: tuple[tuple[str, Option], ...]

    @property
    def rules(self) -> tuple[str, ...]:
        """Ids of the rules that give way, sorted."""
        return tuple(sorted({concession.demand.rule for concession in self.given_up}))


def repairs_of(case: Case) -> tuple[Repair, ...]:
    """Return the cheapest repair, then the cheapest that give way in other rules.

    None is returned where the demands that nobody can give way in conflict by themselves.
    """
    found: list[Repair] = []
    while len(found) < REPAIRS:
        repair = _repair(case, [other.rules for other in found])
        if repair is None:
            break
        found.append(repair)
        if not repair.given_up:
            break
    return tuple(found)


def _repair(case: Case, before: Iterable[tuple[str, ...]]) -> Repair | None:
    """Return the cheapest repair that spares one rule of each repair before it.

    Of the cheapest ones that which misses days at post by the fewest.
    """
    model = CpModel()
    dropped = {d: model.new_bool_var("") for d in case.demands if d.negotiable}
    options = {
        (person, part.period): own for part in case.parts for person, own in part.options.items()
    }
    chosen = add_options(model, options)
    away = away_on(chosen, case.parts[0].length_days)
    short: list[LinearExpr] = []
    most_short = 0
    for part in case.parts:
        for demand, refused in part.refused.items():
            is_measured = demand not in case.claims
            most_short += max(refused.values()) if is_measured else 0
            for option, days in refused.items():
                literal = chosen[demand.subject, part.period][option]
                if demand not in dropped:
                    model.add(literal == 0)
                    continue
                model.add_implication(literal, dropped[demand])
                if is_measured:
                    short.append(days * literal)
        for demand, limits in part.limits.items():
            for day, limit in limits.items():
                kept = model.add(sum(away.get(day, ())) <= limit)
                if demand in dropped:
                    kept.only_enforce_if(~dropped[demand])
    for demand, stretch in case.stretches.items():
        kept_if = [~dropped[demand]] if demand in dropped else []
        ask_stretch(model, stretch, chosen, kept_if)
    for demand, claim in case.claims.items():
        most = max(0, sum(max(days.values()) for days in claim.taken.values()) - claim.most)
        missed = model.new_int_var(0, most, "")
        model.add(sum(taken_by(claim, chosen)) - missed <= claim.most)
        model.add(missed == 0).only_enforce_if(~dropped[demand])
        short.append(missed)
        most_short += most
    for rules in before:
        model.add_bool_or(_spared(model, dropped, rules))
    cost = sum(demand.weight * literal for demand, literal in dropped.items())
    model.minimize((1 + most_short) * cost + sum(short))
    answer = run(Task(model, EFFORT_S))
    if not answer.found:
        return None
    leaves = {
        leave: next(option for option, literal in own.items() if answer.value(literal))
        for leave, own in chosen.items()
    }
    given_up = tuple(
        Concession(demand, _short_days(case, demand, leaves))
        for demand in sorted(dropped)
        if answer.value(dropped[demand])
    )
    return Repair(
        bureau=case.bureau,
        period=case.period,
        given_up=given_up,
        cost=sum(concession.demand.weight for concession in given_up),
        proven=answer.status == "optimal",
        leaves=tuple((person, option) for (person, _), option in leaves.items()),
    )


def _short_days(case: Case, demand: Demand, leaves: Mapping[LeaveKey, Option]) -> int:
    """Return by how many days some leaves miss a demand for days at post."""
    if demand in case.claims:
        claim = case.claims[demand]
        days = sum(
            taken[start]
            for leave, taken in claim.taken.items()
            if (start := leaves[leave]) is not None and start in taken
        )
        return max(0, days - claim.most)
    return sum(
        part.refused[demand].get(leaves[demand.subject, part.period], 0)
        for part in case.parts
        if demand in part.refused
    )


def _spared(model: CpModel, dropped: dict[Demand, IntVar], rules: tuple[str, ...]) -> list[IntVar]:
    """Add a literal for each rule of which no demand is given up."""
    spared = []
    for rule in rules:
        kept = model.new_bool_var("")
        for demand, literal in dropped.items():
            if demand.rule == rule:
                model.add_implication(kept, ~literal)
        spared.append(kept)
    return spared

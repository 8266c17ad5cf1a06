"""Changes: what leads from one side to another, and every side that lies between the two."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from pydantic import ValidationError

from scenarios.assumptions import Assumption, Assumptions
from scenarios.model import Scenario
from sim.side import Side, carried_over

_PLAN_FIELDS: Final = ("horizon", "calendar", "organisation", "obligations", "companies")
"""Fields of a scenario that stay with the plan made under them."""

_DECIDED: Final = ("leaves", "visits", "unplaced", "obligations")
"""Fields of a plan that do; its budget can change alone."""

_ASSUMED: Final = ("season", "funding", "mode_factor")
"""Fields of the assumptions beside the items."""


@dataclass(frozen=True, slots=True)
class Change:
    """What changes in one step.

    Attributes
    ----------
    parts
        ``assumption:<id>``, ``assumptions:season``, ``assumptions:funding``,
        ``assumptions:mode_factor``, ``rules`` (targets, score sheet, basis of the funds),
        ``budget`` (scenario's and plan's), ``plan`` (calendar, people, rules of the calendar and
        the plan itself). Several where they cannot change one without another.
    fields
        Paths of what differs, such as ``budget.lump_sum_yuan`` or ``plan.leaves``.
    """

    parts: tuple[str, ...]
    fields: tuple[str, ...]


def changes(a: Side, b: Side, *, grouped: bool = False) -> tuple[Change, ...]:
    """Return the changes from A to B, in the order in which they are made.

    Only what differs counts; titles and notes do not. Changes that leave a contradiction when one
    is made without the next, in this order or in reverse, are made together.

    Parameters
    ----------
    a, b
        From, to.
    grouped
        Make all changes of assumptions in one step.
    """
    found = [change for change in _candidates(a, b) if change.fields]
    if grouped:
        assumed = [change for change in found if change.parts[0].startswith("assumption")]
        rest = [change for change in found if change not in assumed]
        found = [_together(assumed), *rest] if assumed else rest
    while len(found) > 1 and (at := _contradiction(a, b, found)) is not None:
        found[at : at + 2] = [_together(found[at : at + 2])]
    return tuple(found)


def sides_between(a: Side, b: Side, some: Iterable[Change]) -> tuple[Side, ...]:
    """Return A, every side on the way, and B, as changes are made one after another."""
    done: set[str] = set()
    steps = list(some)
    way = [a]
    for change in steps[:-1]:
        done |= set(change.parts)
        way.append(mixed(a, b, done))
    return (*way, b)


def mixed(a: Side, b: Side, parts: Iterable[str]) -> Side:
    """Return a side with some parts of B, and all else of A."""
    taken = frozenset(parts)

    def of(part: str) -> Side:
        return b if part in taken else a

    calendar, rules, budget = of("plan"), of("rules"), of("budget")
    scenario = a.scenario.model_copy(
        update={
            **{name: getattr(calendar.scenario, name) for name in _PLAN_FIELDS},
            "rules": calendar.scenario.rules.model_copy(
                update={"funds": rules.scenario.rules.funds}
            ),
            "targets": rules.scenario.targets,
            "assessment": rules.scenario.assessment,
            "budget": budget.scenario.budget,
            "assumptions": _assumptions(a.scenario.assumptions, b.scenario.assumptions, taken),
        }
    )
    decided = replace(calendar.plan, budget_yuan=budget.plan.budget_yuan)
    return Side(scenario, carried_over(decided, scenario))


def _assumptions(a: Assumptions, b: Assumptions, taken: frozenset[str]) -> Assumptions:
    items = tuple(b[item.id] if f"assumption:{item.id}" in taken else item for item in a.items)
    beside = {name: getattr(b if f"assumptions:{name}" in taken else a, name) for name in _ASSUMED}
    return a.model_copy(update={"items": items, **beside})


def _candidates(a: Side, b: Side) -> Iterator[Change]:
    """Yield every part with the paths in which it differs, none where it does not."""
    own, others = a.scenario, b.scenario
    for item in own.assumptions.items:
        path = f"assumptions.items.{item.id}"
        differs = _drawn(item) != _drawn(others.assumptions[item.id])
        yield Change((f"assumption:{item.id}",), (path,) if differs else ())
    for name in _ASSUMED:
        yield Change(
            (f"assumptions:{name}",),
            tuple(_paths("assumptions", own.assumptions, others.assumptions, (name,))),
        )
    yield Change(
        ("rules",),
        (
            *_paths("", own, others, ("targets",)),
            *_paths("", own, others, ("assessment",)),
            *_paths("rules", own.rules, others.rules, ("funds",)),
        ),
    )
    yield Change(
        ("budget",),
        (
            *_paths("budget", own.budget, others.budget, sorted(type(own.budget).model_fields)),
            *_paths("plan", a.plan, b.plan, ("budget_yuan",)),
        ),
    )
    calendar_rules = sorted(set(type(own.rules).model_fields) - {"funds"})
    yield Change(
        ("plan",),
        (
            *_paths("", own, others, _PLAN_FIELDS),
            *_paths("rules", own.rules, others.rules, calendar_rules),
            *_paths("plan", a.plan, b.plan, _DECIDED),
        ),
    )


def _drawn(item: Assumption) -> tuple[object, ...]:
    """Return what the simulation reads of an assumption, without label, source and trust."""
    return item.distribution, item.by_bureau, item.scope


def _paths(prefix: str, a: object, b: object, names: Iterable[str]) -> Iterator[str]:
    for name in names:
        if getattr(a, name) != getattr(b, name):
            yield f"{prefix}.{name}" if prefix else name


def _together(some: list[Change]) -> Change:
    return Change(
        tuple(part for change in some for part in change.parts),
        tuple(field for change in some for field in change.fields),
    )


def _contradiction(a: Side, b: Side, found: list[Change]) -> int | None:
    """Return the place of the first change that cannot be made without its neighbour, or None."""
    for at in range(len(found) - 1):
        ahead = {part for change in found[: at + 1] for part in change.parts}
        behind = {part for change in found[at + 1 :] for part in change.parts}
        if not (_sound(a, b, ahead) and _sound(a, b, behind)):
            return at
    return None


def _sound(a: Side, b: Side, parts: set[str]) -> bool:
    scenario = mixed(a, b, parts).scenario
    try:
        Scenario.model_validate({name: getattr(scenario, name) for name in Scenario.model_fields})
    except ValidationError:
        return False
    return True

"""Joint groups: visits of several bureaus that come as one group (V6), as a CP-SAT model part.

Each bureau keeps a visit of its own, with its companies and its escort. A visit heads a group, by
itself or joined by others; or it joins the visit of a bureau before it that begins on the same day,
at the same host unit, with the same kind of reception. What a group takes of leaders, host unit and
city is its head's to take; its size counts all who are in it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ortools.sat.python.cp_model import CpModel, IntVar, LinearExprT

from planner.given import Given
from planner.plan import Visit, groups_of
from planner.receptions import GroupKey, Reception
from scenarios.rules import VisitRule

Cell = tuple[int, str, Reception]
"""What visits of one group share: first day, host unit, reception."""

Led = tuple[str, int, str, int]
"""Bureau, first day of the visit, leader, day of reception."""


@dataclass(frozen=True, slots=True)
class Row:
    """A visit a bureau may have: whether it takes place, and who would come in it.

    ``known`` are those of ``placed`` that are no newcomers.
    """

    opened: IntVar
    placed: Sequence[IntVar]
    known: Sequence[IntVar]


@dataclass(frozen=True, slots=True)
class Joint:
    """The literals that make visits groups.

    Attributes
    ----------
    joins
        The visit with this key is in the group headed by this bureau's: its own, where it heads.
    brings
        Companies the visit brings into the group of another; and those that are no newcomers.
    led
        A leader receives the group that the visit of this bureau heads.
    follows
        A leader receives the visit of this bureau in the group of another.
    """

    joins: dict[tuple[GroupKey, str], IntVar] = field(default_factory=dict)
    brings: dict[tuple[GroupKey, str, bool], IntVar] = field(default_factory=dict)
    led: dict[Led, IntVar] = field(default_factory=dict)
    follows: dict[Led, IntVar] = field(default_factory=dict)

    def head(self, key: GroupKey) -> IntVar:
        """Return the literal that a visit heads its group."""
        return self.joins[key, key[0]]

    @property
    def count(self) -> LinearExprT:
        """Number of groups."""
        return sum(literal for (key, head), literal in self.joins.items() if head == key[0])


@dataclass(frozen=True)
class Alone:
    """A bureau planned by itself, where others may join its groups: what it can rely on at most.

    Attributes
    ----------
    others
        Companies of other bureaus that could be in a group, by what its visits share.
    """

    others: Mapping[Cell, int]

    def least(self, rule: VisitRule, cell: Cell) -> int:
        """Return the companies that the bureau's own visit must have at least."""
        return max(1, rule.group_min - self.others.get(cell, 0))

    def joinable(self, cell: Cell) -> bool:
        """Return whether anybody could join the bureau's visit."""
        return cell in self.others


def companies_beside(given: Given, bureau: str) -> Alone:
    """Return what a bureau can rely on: companies of the others, by first day, unit, reception."""
    others: defaultdict[Cell, int] = defaultdict(int)
    for caller in given.callers:
        if caller.bureau != bureau:
            for start, _ in caller.points:
                for reception in caller.suits:
                    others[start, caller.unit, reception] += 1
    return Alone(dict(others))


def add_joint(
    model: CpModel, rule: VisitRule, rows: Mapping[GroupKey, Row], led: Mapping[Led, IntVar]
) -> Joint:
    """Let visits join each other in groups of the size the rules allow.

    Parameters
    ----------
    model
        The model to add to.
    rule
        Sizes and reserved seats.
    rows
        Visits that bureaus may have.
    led
        Literals for leaders who receive a group headed by a bureau's visit.
    """
    joint = Joint(led=dict(led))
    cells: defaultdict[Cell, list[GroupKey]] = defaultdict(list)
    for key in sorted(rows):
        cells[key[1:]].append(key)
    for keys in cells.values():
        for place, key in enumerate(keys):
            _add_joins(model, joint, rule, key, keys[:place], rows[key])
        for key in keys:
            _add_sizes(model, joint, rule, key, keys, rows[key])
    return joint


def _add_joins(
    model: CpModel,
    joint: Joint,
    rule: VisitRule,
    key: GroupKey,
    before: Sequence[GroupKey],
    row: Row,
) -> None:
    """Let a visit that takes place head a group, or join one that a bureau before it heads."""
    ways = [model.new_bool_var("")]
    joint.joins[key, key[0]] = ways[0]
    for head in before:
        join = model.new_bool_var("")
        ways.append(join)
        joint.joins[key, head[0]] = join
        model.add_implication(join, joint.head(head))
        brought = model.new_int_var(0, rule.group_max - 1, "")
        joint.brings[key, head[0], False] = brought
        model.add(brought >= join)
        model.add(brought <= (rule.group_max - 1) * join)
        if rule.reserved_seats:
            known = model.new_int_var(0, rule.open_seats, "")
            joint.brings[key, head[0], True] = known
            model.add(known <= rule.open_seats * join)
    model.add(sum(ways) == row.opened)


def _add_sizes(
    model: CpModel,
    joint: Joint,
    rule: VisitRule,
    key: GroupKey,
    keys: Sequence[GroupKey],
    row: Row,
) -> None:
    """Keep the group that a visit heads within its size, whoever brings the companies."""
    head = joint.head(key)
    for known in (False, True) if rule.reserved_seats else (False,):
        brought = [joint.brings.get((key, other[0], known)) for other in keys]
        own = sum(row.known if known else row.placed) - sum(x for x in brought if x is not None)
        joined = [joint.brings.get((other, key[0], known)) for other in keys]
        size = own + sum(x for x in joined if x is not None)
        most = rule.open_seats if known else rule.group_max
        # What a visit does not bring to another's group it has in its own, if it heads one.
        model.add(own <= most * head)
        model.add(size <= most * head)
        if known:
            model.add(own >= 0)
        else:
            model.add(own >= head)
            model.add(size >= rule.group_min * head)


def add_following(
    model: CpModel,
    joint: Joint,
    opened: Mapping[GroupKey, IntVar],
    received: Mapping[Led, IntVar],
    tier_of: Mapping[str, Reception],
) -> None:
    """Let the leader who receives a group receive all visits in it, on the same day."""
    joining: defaultdict[tuple[str, int, Reception], dict[str, list[IntVar]]] = defaultdict(dict)
    heading: defaultdict[tuple[str, int, Reception], list[IntVar]] = defaultdict(list)
    for key in opened:
        heading[key[0], key[1], key[3]].append(joint.head(key))
    for (key, head), literal in joint.joins.items():
        if head != key[0]:
            joining[key[0], key[1], key[3]].setdefault(head, []).append(literal)
    leading: defaultdict[tuple[str, int, Reception], list[IntVar]] = defaultdict(list)
    for (bureau, start, leader, day), literal in received.items():
        cell = bureau, start, tier_of[leader]
        led = joint.led[bureau, start, leader, day]
        leading[cell].append(led)
        follows = model.new_bool_var("")
        joint.follows[bureau, start, leader, day] = follows
        model.add(led + follows == literal)
        for head, joins in joining[cell].items():
            others = joint.led.get((head, start, leader, day))
            model.add(follows <= (0 if others is None else others) + 1 - sum(joins))
    for cell, receiving in leading.items():
        model.add(sum(receiving) == sum(heading[cell]))


def hint_joint(
    model: CpModel,
    joint: Joint,
    visits: Sequence[Visit],
    newcomers: frozenset[str],
    received: frozenset[Led],
) -> None:
    """Hint at the groups that some visits make, and at who receives them.

    Parameters
    ----------
    model
        The model.
    joint
        Its literals.
    visits
        The visits, whose bureaus are all in the model.
    newcomers
        Companies that may take a reserved seat.
    received
        What is hinted of leaders and days for each visit.
    """
    heads: dict[tuple[str, int], str] = {}
    for group in groups_of(visits):
        head = min(visit.bureau for visit in group)
        heads.update({(visit.bureau, visit.start): head for visit in group})
    at = {(v.bureau, v.start, v.host_unit, v.leader_tier or "none"): v for v in visits}
    for (key, head), literal in joint.joins.items():
        model.add_hint(literal, key in at and heads[key[0], key[1]] == head)
    for (key, head, known), brought in joint.brings.items():
        joins = key in at and heads[key[0], key[1]] == head
        members = at[key].companies if joins else ()
        model.add_hint(brought, sum(not known or company not in newcomers for company in members))
    for led, literal in joint.led.items():
        model.add_hint(literal, led in received and heads.get(led[:2]) == led[0])
    for led, literal in joint.follows.items():
        model.add_hint(literal, led in received and heads.get(led[:2]) != led[0])


def seats_of(rule: VisitRule, companies: Sequence[int]) -> tuple[int, ...]:
    """Return how the seats of a group are shared between its visits: their own, then in turn.

    Parameters
    ----------
    rule
        How many seats a group has.
    companies
        Companies of each visit.
    """
    of_each, spare = divmod(max(0, rule.group_max - sum(companies)), len(companies))
    return tuple(n + of_each + (place < spare) for place, n in enumerate(companies))

"""Two rosters held against each other: only the blocks that differ."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from dashboards.labels import rows_of
from dashboards.runs import Run

Kind = Literal["leave", "visit"]


@dataclass(frozen=True, slots=True, order=True)
class Block:
    """A leave or a group's visit.

    Attributes
    ----------
    start, end
        Its days.
    who
        The person on leave, or the one who escorts.
    companies
        Companies of the group, sorted; none for a leave.
    """

    start: date
    end: date
    who: str
    companies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Changed:
    """A block that is otherwise in the second roster; None where one side has none.

    Attributes
    ----------
    kind
        Leave or visit.
    bureau
        Whose.
    a, b
        The block on either side.
    """

    kind: Kind
    bureau: str
    a: Block | None
    b: Block | None


def changed(a: Run, b: Run) -> tuple[Changed, ...]:
    """Return what differs between the calendars of two runs, leaves first, by bureau and day.

    A leave is known by person and period, a group by its bureau and its companies: one with the
    same companies on other days has moved, else it stands on one side alone.
    """
    return (
        *_differing("leave", _leaves(a), _leaves(b)),
        *_differing("visit", _visits(a), _visits(b)),
    )


def unchanged(a: Run, b: Run) -> int:
    """Return how many blocks are the same on both sides."""
    return sum(
        own == others.get(key)
        for mine, others in ((_leaves(a), _leaves(b)), (_visits(a), _visits(b)))
        for key, own in mine.items()
    )


def _differing(
    kind: Kind, a: dict[tuple[str, ...], Block], b: dict[tuple[str, ...], Block]
) -> Iterator[Changed]:
    keys = sorted({*a, *b}, key=lambda key: (key[0], min(x for x in (a.get(key), b.get(key)) if x)))
    for key in keys:
        if a.get(key) != b.get(key):
            yield Changed(kind, key[0], a.get(key), b.get(key))


def _leaves(run: Run) -> dict[tuple[str, ...], Block]:
    return {
        (row["bureau"], row["person"], row["period"]): Block(
            date.fromisoformat(row["start"]), date.fromisoformat(row["end"]), row["person"]
        )
        for row in rows_of(run.table("leaves"))
    }


def _visits(run: Run) -> dict[tuple[str, ...], Block]:
    joined: dict[str, list[str]] = {}
    for row in rows_of(run.table("visit_companies")):
        joined.setdefault(row["visit"], []).append(row["company"])
    found = {}
    for row in rows_of(run.table("visits")):
        companies = tuple(sorted(joined.get(row["visit"], ())))
        days = (date.fromisoformat(row["start"]), date.fromisoformat(row["end"]))
        found[row["bureau"], *companies] = Block(*days, row["escort"], companies)
    return found

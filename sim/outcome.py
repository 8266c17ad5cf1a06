"""The outcome: what happened in one future, in integers (fen, days, counts, milli-points)."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from scenarios.budget import Head

SPEND_HEADS: tuple[Head, ...] = ("travel", "hospitality", "per_diem", "leave_fares", "rent")
"""Heads of expense inside the lump sum, in the order of :attr:`BureauOutcome.spend_fen`."""

LIMITS: tuple[Literal["money", "people", "seats", "pipeline"], ...] = (
    "money",
    "people",
    "seats",
    "pipeline",
)
"""What can hold a bureau back."""

BINDING: tuple[Literal["money", "people", "seats", "pipeline"], ...] = LIMITS[:3]
"""Those that bind on a day of their own, in the order of :attr:`BureauOutcome.bound_day`."""


@dataclass(frozen=True, slots=True)
class BureauOutcome:
    """One bureau's year in one future.

    Attributes
    ----------
    openings, calls, qualified_leads
        Openings for a call that arose while somebody was at post; calls made; calls that became
        qualified leads.
    lost_people, lost_money, waiting
        Openings that lapsed because nobody, or no money, was free; openings still waiting at the
        end. ``openings = calls + lost_people + lost_money + waiting``.
    visits_principal, visits_deputy, visits_group, visits_unit, lost_seats
        Site visits received by a principal leader, by a deputy leader, in a group without a
        leader, by a lead unit outside the leaves; visits lost for want of a seat.
    signed, signed_fen, registered, started
        Contracts of the year.
    event_signed, event_started
        Contracts signed at events of prefecture level or above, and those of them started.
    funds_gross_fen, funds_fixed_fen
        Funds in place, gross and as fixed-asset investment, carry-over included.
    screened_out
        Contracts refused by the three-high screening.
    events, events_led, liaison_items
        Promotion events held, with a city leader; ministry-liaison items.
    reports_late, deductions_milli
        Late or missed reports; other daily-work deductions in thousandths of a point.
    signed_month_fen, funds_month_fen
        Contracts signed and funds come in (gross, without what is carried over) by month.
    spend_fen
        Spend by head (rows of ``SPEND_HEADS``) and month of the horizon.
    released_fen, balance_fen, arrears_fen
        Lump sum paid out, left in hand and owed to persons at the end.
    dry_day
        First day on which money turned an opening away or left somebody unpaid, or -1.
    bound_day
        For each of ``BINDING`` and each month the first day on which it bound, or -1: money as for
        ``dry_day``; people where an opening lapsed because nobody was free; seats where a visit
        was lost for want of one.
    """

    openings: int
    calls: int
    qualified_leads: int
    lost_people: int
    lost_money: int
    waiting: int
    visits_principal: int
    visits_deputy: int
    visits_group: int
    visits_unit: int
    lost_seats: int
    signed: int
    signed_fen: int
    registered: int
    started: int
    event_signed: int
    event_started: int
    funds_gross_fen: int
    funds_fixed_fen: int
    screened_out: int
    events: int
    events_led: int
    liaison_items: int
    reports_late: int
    deductions_milli: int
    signed_month_fen: tuple[int, ...]
    funds_month_fen: tuple[int, ...]
    spend_fen: tuple[tuple[int, ...], ...]
    released_fen: int
    balance_fen: int
    arrears_fen: int
    dry_day: int
    bound_day: tuple[tuple[int, ...], ...]

    @property
    def inspections(self) -> int:
        """Projects a city leader inspected (each counted once, V2)."""
        return self.visits_principal + self.visits_deputy


@dataclass(frozen=True, slots=True)
class Outcome:
    """What happened to all bureaus in one future, in the scenario's order of bureaus."""

    future: int
    bureaus: tuple[BureauOutcome, ...]


FLOWS: tuple[str, ...] = ("signed_month_fen", "funds_month_fen")
"""Fields of a bureau's outcome by month, in order."""

COLUMNS: tuple[str, ...] = tuple(
    f.name for f in fields(BureauOutcome) if f.name not in ("spend_fen", "bound_day", *FLOWS)
)
"""The scalar fields of a bureau's outcome, in order."""

TAIL_COLUMNS: tuple[str, ...] = (
    "signed",
    "signed_fen",
    "registered",
    "started",
    "event_signed",
    "event_started",
    "funds_gross_fen",
    "funds_fixed_fen",
    "screened_out",
)
"""Fields of an outcome that follow from the site visits: what a tail draws anew, in order."""


def limits_of(values: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return what held bureaus back most: where the most openings or visits were lost.

    Pipeline where fewer than one in twenty openings was lost to anything else. A visit lost for
    want of a seat weighs as many openings as one visit takes (calls per visit agreed).

    Parameters
    ----------
    values
        Outcomes, shape (..., len(COLUMNS)).

    Returns
    -------
    ndarray of int64, shape (...)
        Index into :data:`LIMITS`.
    """

    def of(name: str) -> NDArray[np.int64]:
        return values[..., COLUMNS.index(name)]

    visits = sum(of(f"visits_{mode}") for mode in ("principal", "deputy", "group", "unit"))
    agreed = visits + of("lost_seats")
    weight = np.where(agreed > 0, of("calls") // np.maximum(agreed, 1), 0)
    lost = np.stack([of("lost_money"), of("lost_people"), of("lost_seats") * weight], axis=-1)
    few = lost.max(axis=-1) * 20 < np.maximum(1, of("openings"))
    return np.where(few, LIMITS.index("pipeline"), lost.argmax(axis=-1))

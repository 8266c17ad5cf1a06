"""The purse: one bureau's lump sum, its tranches, what is owed, and the clearing gate (六)."""

from __future__ import annotations

from dataclasses import dataclass, field

from scenarios.budget import Head
from sim.case import Case, LeaveSlot
from sim.outcome import SPEND_HEADS
from sim.state import State


@dataclass(slots=True)
class Purse:
    """Money in hand and money owed, in fen; nothing is ever spent that is not there (B6).

    Attributes
    ----------
    leave_draws
        The future's (clearing lag in days, return fare in fen) by leave slot.
    dry_day
        First day on which money was short, or -1.
    short_day
        The same of each month.
    """

    case: Case
    leave_draws: tuple[tuple[int, int], ...]
    balance_fen: int = 0
    released_fen: int = 0
    dry_day: int = -1
    short_day: list[int] = field(init=False)
    spend_fen: dict[Head, list[int]] = field(init=False)
    owed_fen: dict[Head, int] = field(init=False)
    per_diem_owed_fen: list[int] = field(init=False)
    gate_day: list[list[int]] = field(init=False)

    def __post_init__(self) -> None:
        persons = range(len(self.case.present))
        self.short_day = [-1] * self.case.n_months
        self.spend_fen = {head: [0] * self.case.n_months for head in SPEND_HEADS}
        self.owed_fen = {"leave_fares": 0, "rent": 0}
        self.per_diem_owed_fen = [0 for _ in persons]
        periods = range(len(self.case.period_starts))
        self.gate_day = [[self._gate(period, person) for person in persons] for period in periods]

    def take_up(self, state: State) -> None:
        """Put the money as it stands in the place of what was simulated so far.

        What was spent beyond what was released is nobody's debt here.
        """
        self.released_fen = sum(
            fen
            for period, fen in enumerate(self.case.tranche_fen)
            if self.opens(period) < state.day
        )
        spent = sum(map(sum, state.spend_fen))
        self.balance_fen = max(0, self.released_fen - spent)
        for head, by_month in zip(SPEND_HEADS, state.spend_fen, strict=True):
            self.spend_fen[head] = list(by_month)
        self.owed_fen = {"leave_fares": 0, "rent": state.owed_rent_fen}
        self.per_diem_owed_fen = list(state.owed_per_diem_fen)
        self.dry_day = -1
        self.short_day = [-1] * self.case.n_months

    def opens(self, period: int) -> int:
        """Return the day on which a period's tranche is released."""
        if self.case.gate_blocks_tranche:
            return max(self.gate_day[period])
        return self.case.period_starts[period]

    def release(self, day: int) -> None:
        """Take in tranches: on the period's first day, or once the last period is cleared."""
        for period in range(len(self.case.period_starts)):
            if day == self.opens(period):
                self.balance_fen += self.case.tranche_fen[period]
                self.released_fen += self.case.tranche_fen[period]

    def fall_due(self, day: int, out_until: list[int]) -> None:
        """Note what the day makes payable: rent, leave fares, per-diem of those in the city.

        Parameters
        ----------
        day
            Today.
        out_until
            For each person, the last day of the trip they are on: trips pay their own
            allowances, so no per-diem is due for them (B4).
        """
        if day in self.case.month_starts:
            self.owed_fen["rent"] += self.case.rent_fen
        for leave in self.case.leaves:
            if leave.start == day:
                self.owed_fen["leave_fares"] += self._draw(leave)[1]
        for person, present in enumerate(self.case.present):
            if present[day] and out_until[person] < day:
                self.per_diem_owed_fen[person] += self.case.per_diem_fen

    def pay(self, day: int) -> None:
        """Pay what is owed as far as the money goes; per-diem only where the gate is open."""
        for head in sorted(self.owed_fen):
            self.owed_fen[head] -= self.spend(head, day, self.owed_fen[head])
        gates = self.gate_day[self.case.period_of[day]]
        for person, owed in enumerate(self.per_diem_owed_fen):
            if day >= gates[person]:
                self.per_diem_owed_fen[person] -= self.spend("per_diem", day, owed)

    def affords(self, day: int, cost_fen: int) -> bool:
        """Whether a call may be paid: what is owed, and the period's per-diem, stay untouched."""
        reserve = self.arrears_fen
        if self.case.reserve_per_diem:
            reserve += self.case.per_diem_left_fen[day]
        return self.balance_fen >= cost_fen + reserve

    def spend(self, head: Head, day: int, fen: int) -> int:
        """Book an expense as far as the balance allows; return what was paid."""
        paid = min(fen, self.balance_fen)
        self.balance_fen -= paid
        self.spend_fen[head][self.case.month_of[day]] += paid
        if paid < fen:
            self.run_short(day)
        return paid

    def run_short(self, day: int) -> None:
        """Remember the first day on which money was short, of all and of the month."""
        if self.dry_day < 0:
            self.dry_day = day
        month = self.case.month_of[day]
        if self.short_day[month] < 0:
            self.short_day[month] = day

    @property
    def arrears_fen(self) -> int:
        """What is owed and not yet paid."""
        return sum(self.per_diem_owed_fen) + sum(self.owed_fen.values())

    def _gate(self, period: int, person: int) -> int:
        """Return the day from which a person's per-diem of a period may be paid (六㈢; P16)."""
        start = self.case.period_starts[period]
        if self.case.gate == "none":
            return start
        cleared = [
            self._cleared(i, leave)
            for i, leave in enumerate(self.case.leaves)
            if leave.period == period - 1
            and (self.case.gate == "per-bureau" or leave.person == person)
        ]
        return max([start, *cleared])

    def _cleared(self, i: int, leave: LeaveSlot) -> int:
        """Return the day on which a leave's expenses are cleared; an overdue one is next."""
        drawn = leave.clearing_day + self._draw(leave)[0]
        if self.case.state is None:
            return drawn
        known = self.case.state.cleared[i]
        return known if known >= 0 else max(drawn, self.case.state.day)

    def _draw(self, leave: LeaveSlot) -> tuple[int, int]:
        return self.leave_draws[leave.period * len(self.case.present) + leave.person]

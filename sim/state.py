"""The state: where one bureau's year stands on a day, as integers a simulation can go on from.

Nothing is decided here but what a ledger's open items can still become: an open lead of some age
may yet agree to come, a company that visited may yet sign. The chances are those of the model's
own mechanism, given that nothing has happened so far (:mod:`sim.underway` says how they are used).
"""

from __future__ import annotations

from dataclasses import dataclass, field

TRIPLES = 1024
"""Triples of delay and patience that an open lead is tried with."""

CELLS = 4096
"""Cells of a quantile table."""

OPEN_ONE = 1 << 16
"""Certainty that a lead which leads nowhere is still open."""


@dataclass(frozen=True, slots=True)
class OpenLead:
    """A lead, or a call whose result is not known yet, that has not visited.

    Attributes
    ----------
    word
        Its counter word.
    called, back
        Day of the call, and day on which its result was or will be known.
    known
        Whether it is a qualified lead; False: a call whose result is still to come.
    never
        Number of triples, of ``TRIPLES``, with which an agreed company could not be received.
    triples
        (visit delay, patience, lead unit's delay) of those that leave the visit still to come.
    still_open
        Chance, in parts of ``OPEN_ONE``, that a lead of this age which leads nowhere is still
        open.
    """

    word: int
    called: int
    back: int
    known: bool
    never: int
    triples: tuple[tuple[int, int, int], ...]
    still_open: int


@dataclass(frozen=True, slots=True)
class OpenVisit:
    """A company that visited and has not signed.

    Attributes
    ----------
    word
        Its counter word.
    weight_upto
        For each day of the horizon the weight of signing from the state's day up to it: cells of
        the delay's table times the season in thousandths.
    weight_open
        The same from the state's day on, beyond the horizon too.
    weight
        The same of all days, those past included.
    still_open
        As for an open lead.
    """

    word: int
    weight_upto: tuple[int, ...]
    weight_open: int
    weight: int
    still_open: int


@dataclass(frozen=True, slots=True)
class OpenContract:
    """A contract that has not started.

    Attributes
    ----------
    word
        Its counter word.
    signed
        Day of signing.
    registered
        Day of registration, or -1.
    amount_fen, at_event
        As signed.
    past_cells
        Cells of the delay (to registration, or once registered to the start of works) that have
        passed without it.
    """

    word: int
    signed: int
    registered: int
    amount_fen: int
    at_event: bool
    past_cells: int


@dataclass(frozen=True, slots=True)
class State:
    """One bureau's year on the morning of a day.

    Attributes
    ----------
    day
        First day to be simulated, from 1.
    facts
        What has happened, by column of an outcome (:data:`sim.outcome.COLUMNS`); those of the
        money in hand are not used.
    presence_days
        Days at post so far, added over persons.
    spend_fen, signed_month_fen, funds_month_fen
        By head and month; by month.
    carried_fen
        Funds in place so far of contracts signed before the horizon.
    due_fen
        Funds to come by month of projects that have started.
    owed_per_diem_fen, owed_rent_fen
        Owed and not paid, by person; rent.
    cleared
        For each leave of the case, day on which its expenses were cleared, or -1.
    registration_days, start_days
        Tables of the delays to registration and to the start of works.
    open_leads, open_visits, open_contracts
        What is under way.
    digest
        Identifies the state.
    """

    day: int
    facts: tuple[int, ...]
    presence_days: int
    spend_fen: tuple[tuple[int, ...], ...]
    signed_month_fen: tuple[int, ...]
    funds_month_fen: tuple[int, ...]
    carried_fen: int
    due_fen: tuple[int, ...]
    owed_per_diem_fen: tuple[int, ...]
    owed_rent_fen: int
    cleared: tuple[int, ...]
    registration_days: tuple[int, ...] = field(repr=False)
    start_days: tuple[int, ...] = field(repr=False)
    open_leads: tuple[OpenLead, ...] = field(repr=False)
    open_visits: tuple[OpenVisit, ...] = field(repr=False)
    open_contracts: tuple[OpenContract, ...] = field(repr=False)
    digest: str

    @property
    def words(self) -> tuple[int, ...]:
        """Counter words of everything under way: leads, visits, contracts."""
        parts = (self.open_leads, self.open_visits, self.open_contracts)
        return tuple(one.word for part in parts for one in part)


# Chances, in integers both twins share ----------------------------------------------------------


def agrees(lead: OpenLead, word: int, qualified: int, visit: int) -> bool:
    """Whether an open lead will yet visit, given that it is open (thresholds in parts of 2**32)."""
    if not lead.known:
        return word < visit
    share = (visit << 30) // max(qualified, 1)
    coming = share * len(lead.triples)
    nowhere = share * lead.never + ((1 << 30) - share) * TRIPLES
    return _below(word, coming, coming + (nowhere * lead.still_open >> 16), 11)


def signs(visit: OpenVisit, word: int, contract: int) -> bool:
    """Whether a company that visited will yet sign within the horizon, given it is open."""
    odds = contract >> 2
    nowhere = max(0, ((1 << 30) * CELLS * 1000) - odds * visit.weight)
    open_weight = odds * visit.weight_open + (nowhere >> 16) * visit.still_open
    return _below(word, odds * visit.weight_upto[-1], open_weight, 24)


def signing_day(visit: OpenVisit, word: int) -> int:
    """Return the day of that signing."""
    target = word * visit.weight_upto[-1] >> 32
    return next(day for day, upto in enumerate(visit.weight_upto) if upto > target)


def goes_on(share: int, past_cells: int, word: int) -> bool:
    """Whether something of probability ``share`` (parts of 2**30) will yet come.

    ``past_cells`` of its delay have passed without it.
    """
    coming = share * (CELLS - past_cells)
    return _below(word, coming, (CELLS << 30) - share * past_cells, 12)


def cell(past_cells: int, word: int) -> int:
    """Return a cell of a delay's table beyond those that have passed."""
    return past_cells + (word * (CELLS - past_cells) >> 32)


def _below(word: int, part: int, whole: int, bits: int) -> bool:
    """Whether a 32-bit word falls below part/whole, in 64-bit integers."""
    return word * (whole >> bits) < (part >> bits) << 32

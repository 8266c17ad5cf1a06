"""Packing: one bureau's case and assumptions as integer arrays, as the kernel reads them.

Nothing is decided here: every number comes from :mod:`sim.case` and :mod:`sim.assumptions`. What
would not fit the kernel's 64-bit integers raises; it is never truncated.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from scenarios.assumptions import KNOWN, Assumptions, Domain
from sim.assumptions import ONE, UNITS, exponential_table, table_of
from sim.case import NEVER, Case
from sim.outcome import COLUMNS, SPEND_HEADS
from sim.state import State

Ints = NDArray[np.int64]

ONCE: tuple[str, ...] = tuple(name for name in KNOWN if KNOWN[name].drawn == "once")
"""Assumptions drawn once a future, in the order of :attr:`Packed.once`."""

EACH: tuple[str, ...] = tuple(
    name for name in KNOWN if KNOWN[name].drawn == "each" and name != "contract-yuan"
)
"""Assumptions drawn for each opening, leave or deduction, in the order of :attr:`Packed.each`."""

MODES: tuple[str, ...] = ("principal", "deputy", "group", "unit")
"""Modes of reception, in the order of :attr:`Packed.mode_per_mille`."""

GATES: tuple[str, ...] = ("none", "per-bureau", "per-person")
"""Clearing gates, in the order of their codes."""

LARGEST_FEN = 1 << 46
"""No contract or sum of money is larger (700 billion yuan), so that sums and shares of it fit."""

LARGEST_EACH = 1 << 31
"""No other draw is larger in its unit (21 million yuan, in fen): its table has 32-bit integers."""

LARGEST_FACTOR = 1 << 28
"""No factor is larger (4,096 times)."""

_LARGEST: dict[Domain, int] = {"yuan": LARGEST_FEN, "factor": LARGEST_FACTOR, "rate": 1 << 46}

SHARED = 0
"""Counter word of what all bureaus share."""


class Packed(NamedTuple):
    """One bureau under one plan, in arrays; days count from the horizon's first.

    Attributes
    ----------
    bureau_word
        Counter word of the bureau.
    numbers
        Scalars, by the constants of :class:`Number`.
    present, run_left
        Shape (persons, days): at post; days in a row still at post, this one included.
    at_post, workday, period_of, month_of, month_start, per_diem_left_fen, season_per_mille,
    works_day
        Shape (days,).
    period_starts, tranche_fen
        Shape (periods,).
    windows
        Shape (groups, 4): first day, last day, seats, mode.
    leaves
        Shape (leaves, 4): person, period, first day, clearing day; rising by first day.
    event_led
        For each promotion event whether a leader is planned.
    mode_per_mille
        Shape (4,), by :data:`MODES`.
    once, once_word
        Quantile tables by :data:`ONCE`, shape (n, 4096), and the counter words of their draws,
        shape (n, 2): assumption, bureau.
    each
        Quantile tables by :data:`EACH`, shape (n, 4096).
    event_day
        Day of each promotion event.
    facts
        What has happened when the year is taken up, shape (columns of an outcome,); zeros where
        it begins on the first day.
    fact_spend, fact_flow
        Shape (heads, months) and (2, months): spend; signed, and funds with those that are due.
    fact_owed
        Per-diem owed to each person, then rent; shape (persons + 1,).
    cleared
        For each leave the day it was cleared, or -1; shape (leaves,).
    open_leads
        Shape (n, 8): word, called, back, known, never, first of its triples, their number, still
        open (:class:`sim.state.OpenLead`).
    triples
        Shape (n, 3).
    open_visits, weights
        Shape (n, 4): word, open weight, weight, still open (:class:`sim.state.OpenVisit`); shape
        (n, days).
    open_contracts
        Shape (n, 6): word, signed, registered, amount, signed at an event, past cells
        (:class:`sim.state.OpenContract`).
    contract_fen, exponential
        Tables of the size of a contract and of the unit exponential, shape (65536,).
    """

    bureau_word: int
    numbers: Ints
    present: Ints
    run_left: Ints
    at_post: Ints
    workday: Ints
    period_of: Ints
    month_of: Ints
    month_start: Ints
    per_diem_left_fen: Ints
    season_per_mille: Ints
    works_day: Ints
    period_starts: Ints
    tranche_fen: Ints
    windows: Ints
    leaves: Ints
    event_led: Ints
    event_day: Ints
    facts: Ints
    fact_spend: Ints
    fact_flow: Ints
    fact_owed: Ints
    cleared: Ints
    open_leads: Ints
    triples: Ints
    open_visits: Ints
    weights: Ints
    open_contracts: Ints
    mode_per_mille: Ints
    once: Ints
    once_word: Ints
    each: Ints
    contract_fen: Ints
    exponential: Ints


NUMBERS: tuple[str, ...] = (
    "n_days",
    "n_months",
    "posted",
    "per_diem_fen",
    "away_day_fen",
    "away_night_fen",
    "rent_fen",
    "gate",
    "gate_blocks_tranche",
    "reserve_per_diem",
    "at_start_percent",
    "instalments",
    "interval_days",
    "most_season_per_mille",
    "first_day",
    "due_fen",
    "carried_fen",
)
"""Names of :attr:`Packed.numbers`, in order."""


def pack(case: Case, assumptions: Assumptions) -> Packed:
    """Pack one bureau.

    Raises
    ------
    OverflowError
        When an amount of money or a factor is larger than the kernel's integers allow.
    """
    once = np.stack([table_of(assumptions, name, case.bureau) for name in ONCE])
    each = np.stack([table_of(assumptions, name, case.bureau) for name in EACH])
    contract = table_of(assumptions, "contract-yuan", case.bureau)
    _check(assumptions, case, once, each, contract)
    bureau_word = crc32(case.bureau.encode())
    derived = {
        "gate": GATES.index(case.gate),
        "most_season_per_mille": max(case.season_per_mille),
        "first_day": case.state.day if case.state else 0,
        "due_fen": sum(case.state.due_fen) if case.state else 0,
        "carried_fen": case.state.carried_fen if case.state else 0,
    }
    return Packed(
        bureau_word=bureau_word,
        numbers=_ints([derived[n] if n in derived else int(getattr(case, n)) for n in NUMBERS]),
        present=_ints(case.present),
        run_left=_ints(case.run_left),
        at_post=_ints(case.at_post),
        workday=_ints(case.workday),
        period_of=_ints(case.period_of),
        month_of=_ints(case.month_of),
        month_start=_ints([day in set(case.month_starts) for day in range(case.n_days)]),
        per_diem_left_fen=_ints(case.per_diem_left_fen),
        season_per_mille=_ints(case.season_per_mille),
        works_day=_ints([min(day, NEVER) for day in case.works_day]),
        period_starts=_ints(case.period_starts),
        tranche_fen=_ints(case.tranche_fen),
        windows=_table([(w.start, w.end, w.seats, MODES.index(w.tier)) for w in case.windows]),
        leaves=_table([(x.person, x.period, x.start, x.clearing_day) for x in case.leaves]),
        event_led=_ints([led for _, led in case.event_days]),
        event_day=_ints([day for day, _ in case.event_days]),
        **_state(case),
        mode_per_mille=_ints([case.mode_per_mille[mode] for mode in MODES]),
        once=_ints(once),
        once_word=_table(
            [
                (
                    crc32(name.encode()),
                    SHARED if assumptions[name].scope == "shared" else bureau_word,
                )
                for name in ONCE
            ],
            columns=2,
        ),
        each=each.astype(np.int32),
        contract_fen=_ints(contract),
        exponential=exponential_table().astype(np.int32),
    )


def _state(case: Case) -> dict[str, Ints]:
    """Return where the year stands; nothing where it begins on the first day."""
    state = case.state
    if state is None:
        months, persons = case.n_months, len(case.present)
        return {
            "facts": np.zeros(len(COLUMNS), np.int64),
            "fact_spend": np.zeros((len(SPEND_HEADS), months), np.int64),
            "fact_flow": np.zeros((2, months), np.int64),
            "fact_owed": np.zeros(persons + 1, np.int64),
            "cleared": np.full(len(case.leaves), -1, np.int64),
            "open_leads": np.empty((0, 8), np.int64),
            "triples": np.empty((0, 3), np.int64),
            "open_visits": np.empty((0, 4), np.int64),
            "weights": np.empty((0, case.n_days), np.int64),
            "open_contracts": np.empty((0, 6), np.int64),
        }
    funds = np.add(state.funds_month_fen, state.due_fen)
    return {
        "facts": _ints(state.facts),
        "fact_spend": _ints(state.spend_fen),
        "fact_flow": _ints([state.signed_month_fen, funds]),
        "fact_owed": _ints([*state.owed_per_diem_fen, state.owed_rent_fen]),
        "cleared": _ints(state.cleared),
        **_under_way(state, case.n_days),
    }


def _under_way(state: State, n_days: int) -> dict[str, Ints]:
    leads, first = [], 0
    for x in state.open_leads:
        n = len(x.triples)
        leads.append((x.word, x.called, x.back, x.known, x.never, first, n, x.still_open))
        first += n
    return {
        "open_leads": _table(leads, columns=8),
        "triples": _table([triple for x in state.open_leads for triple in x.triples], columns=3),
        "open_visits": _table(
            [(x.word, x.weight_open, x.weight, x.still_open) for x in state.open_visits]
        ),
        "weights": _table([x.weight_upto for x in state.open_visits], columns=n_days),
        "open_contracts": _table(
            [
                (x.word, x.signed, x.registered, x.amount_fen, x.at_event, x.past_cells)
                for x in state.open_contracts
            ],
            columns=6,
        ),
    }


def limit_of(assumption: str) -> int:
    """Return what an assumption's table must stay below, in the integer unit of its domain."""
    return LARGEST_EACH if assumption in EACH else _LARGEST.get(KNOWN[assumption].domain, ONE + 1)


def _check(assumptions: Assumptions, case: Case, once: Ints, each: Ints, contract: Ints) -> None:
    """Refuse what could overflow: amounts, and factors that others are multiplied with."""
    tables = {**dict(zip(ONCE, once, strict=True)), **dict(zip(EACH, each, strict=True))}
    tables["contract-yuan"] = contract
    for name, values in tables.items():
        reaches, domain, limit = int(np.abs(values).max()), KNOWN[name].domain, limit_of(name)
        if reaches >= limit:
            unit = UNITS[domain]
            msg = (
                f"{name} reaches {reaches // unit} for {case.bureau}; allowed: below "
                f"{limit // unit}; narrow the distribution"
            )
            raise OverflowError(msg)
    money = (*case.tranche_fen, case.per_diem_fen, case.rent_fen, case.away_day_fen)
    if max(money) >= LARGEST_FEN:
        msg = f"{case.bureau}: an amount reaches {max(money) // 100} yuan; allowed: below "
        msg += f"{LARGEST_FEN // 100}"
        raise OverflowError(msg)


def _ints(values: object) -> Ints:
    return np.array(values, dtype=np.int64, order="C")


def _table(rows: Sequence[tuple[int, ...]], columns: int = 4) -> Ints:
    return _ints(rows).reshape(len(rows), columns)

"""Taking up a year: from a ledger, a plan and a day to the state a simulation goes on from."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256
from zlib import crc32

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planner.plan import Plan
from scenarios.assumptions import Assumptions
from scenarios.ledger.ledger import Ledger
from scenarios.ledger.remarks import first_reports
from scenarios.ledger.standing import Standing, standing
from scenarios.model import Scenario
from sim.assumptions import table_of
from sim.case import NEVER, PER_MILLE, Case, build_cases
from sim.closing import UNRECORDED, Closing
from sim.histories import Lead, calls_made, each_lead, histories
from sim.model import NOTICE_DAYS
from sim.outcome import COLUMNS, SPEND_HEADS
from sim.packing import MODES
from sim.state import CELLS, OPEN_ONE, TRIPLES, OpenContract, OpenLead, OpenVisit, State

Ints = NDArray[np.int64]

_LATTICE = (1, 275, 275 * 275 % TRIPLES)
"""Generator of the lattice of triples; 275 is odd, so that each column is a permutation."""

_HEAVIEST_PER_MILLE = 4 * PER_MILLE
"""No day weighs more on signing, so that chances fit 64-bit integers."""


def taken_up(
    scenario: Scenario,
    plan: Plan,
    ledger: Ledger,
    as_of: date,
    *,
    closing: Closing = UNRECORDED,
    closing_visited: Closing | None = None,
) -> tuple[State, ...]:
    """Return the state of every bureau on the morning after a day, in the scenario's order.

    A project counts whole for the bureau that first reported the company: shares are settled at
    the year's end.

    Parameters
    ----------
    scenario, plan
        What the year goes on under; the plan must have been made for the scenario.
    ledger
        As read: not yet cut to a day.
    as_of
        The day, within the horizon and not its last.
    closing, closing_visited
        How leads that will not visit, and visited ones that will not sign, are recorded as lost;
        None: the same law for both.

    Raises
    ------
    ValueError
        When the day lies outside the horizon, or nothing of it is left.
    """
    day = (as_of - scenario.horizon.start).days + 1
    n_days = scenario.days.n_days
    if not 1 <= day < n_days:
        last = scenario.days.date_of(n_days - 2)
        msg = f"as-of {as_of}: found outside; allowed: {scenario.horizon.start} to {last}"
        raise ValueError(msg)
    known = ledger.as_of(as_of)
    book = _Book(
        scenario,
        day,
        known,
        standing(known, scenario, as_of),
        histories(known, scenario, as_of),
        calls_made(known, scenario, as_of),
        closing,
        closing_visited or closing,
    )
    return tuple(
        _state(book, case, place) for place, case in enumerate(build_cases(scenario, plan))
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Book:
    """What the ledger says, cut to the day."""

    scenario: Scenario
    day: int
    ledger: Ledger
    reached: Standing
    leads: pd.DataFrame
    calls: pd.DataFrame
    closing: Closing
    closing_visited: Closing

    def days(self, dates: pd.Series) -> Ints:
        """Return days of the horizon."""
        first = np.datetime64(self.scenario.horizon.start, "D")
        return np.asarray((dates.to_numpy(dtype="datetime64[D]") - first).astype(np.int64))

    def table(self, assumption: str, bureau: str) -> Ints:
        """Return the quantile table of an assumption."""
        return np.asarray(table_of(self.assumptions, assumption, bureau), np.int64)

    @property
    def assumptions(self) -> Assumptions:
        """What is held true."""
        return self.scenario.assumptions

    def still_open(self, law: Closing, since: int) -> int:
        """Return the chance that what leads nowhere since a day is open, in ``OPEN_ONE``."""
        closed = float(law.closed(np.array([self.day - 1 - since]))[0])
        return round(OPEN_ONE * (1 - closed))


def _state(book: _Book, case: Case, place: int) -> State:
    own = book.leads[book.leads["bureau"] == case.bureau]
    signed_here = own[(own["signed"] >= 0) & (own["signed"] < NEVER)]
    funds = _funds(book, case)
    spend = _spend(book, case)
    contracts = [x for x in each_lead(signed_here) if x.lost == NEVER]
    state = State(
        day=book.day,
        facts=_facts(book, case, place, own, signed_here, funds),
        presence_days=int(book.reached.actuals.measured("presence_days")[place]),
        spend_fen=tuple(map(tuple, spend.tolist())),
        signed_month_fen=_by_month(case, signed_here["signed"], signed_here["amount_fen"]),
        funds_month_fen=_by_month(case, funds["day"], funds["gross_fen"]),
        carried_fen=int(funds["gross_fen"][~funds["lead"].isin(signed_here["lead"])].sum()),
        due_fen=_due(book, case, contracts),
        owed_per_diem_fen=_owed_per_diem(book, case),
        owed_rent_fen=max(
            0,
            case.rent_fen * sum(start < book.day for start in case.month_starts)
            - int(spend[SPEND_HEADS.index("rent")].sum()),
        ),
        cleared=_cleared(book, case),
        registration_days=tuple(book.table("registration-delay-days", case.bureau).tolist()),
        start_days=tuple(book.table("start-delay-days", case.bureau).tolist()),
        open_leads=(*_open_leads(book, case, own), *_open_calls(book, case)),
        open_visits=_open_visits(book, case, own),
        open_contracts=tuple(
            _open_contract(book, case, x) for x in contracts if x.started == NEVER
        ),
        digest="",
    )
    return replace(state, digest=_digest(state))


def _digest(state: State) -> str:
    content = [(name, getattr(state, name)) for name in State.__slots__]
    return sha256(repr(content).encode()).hexdigest()


# Facts -------------------------------------------------------------------------------------------


def _facts(
    book: _Book,
    case: Case,
    place: int,
    own: pd.DataFrame,
    signed: pd.DataFrame,
    funds: pd.DataFrame,
) -> tuple[int, ...]:
    """Return what has happened, by column of an outcome; what a ledger does not tell is 0."""
    calls = book.calls[(book.calls["bureau"] == case.bureau) & (book.calls["day"] >= 0)]
    visited = own[(own["visited"] >= 0) & (own["visited"] < NEVER)]
    registered = signed["registered"] < NEVER
    started = signed["started"] < NEVER

    def reached(name: str) -> float:
        return float(book.reached.actuals.measured(name)[place])

    facts = {
        "calls": len(calls),
        "qualified_leads": int((own["reported"] >= 0).sum()),
        **{f"visits_{mode}": int((visited["mode"] == mode).sum()) for mode in MODES},
        "signed": len(signed),
        "signed_fen": int(signed["amount_fen"].sum()),
        "registered": int(registered.sum()),
        "started": int(started.sum()),
        "event_signed": int(signed["at_event"].sum()),
        "event_started": int((signed["at_event"] & started).sum()),
        "funds_gross_fen": int(funds["gross_fen"].sum()),
        "funds_fixed_fen": int(funds["fixed_fen"].sum()),
        "screened_out": int(
            ((own["reason"] == "screened-out") & (own["lost"] >= 0) & (own["lost"] < NEVER)).sum()
        ),
        "events": round(reached("events")),
        "liaison_items": round(reached("liaison_items")),
        "reports_late": round(reached("reports_late")),
        "deductions_milli": round(1000 * reached("deductions_points")),
        "events_led": _events_led(book, case),
    }
    return tuple(facts.get(column, 0) for column in COLUMNS)


def _events_led(book: _Book, case: Case) -> int:
    duties = book.ledger.tables["duties"]
    held = duties[(duties["kind"] == "event") & (duties["bureau"] == case.bureau)]
    return int((held["done"].notna() & (held["leader"] != "")).sum())


def _funds(book: _Book, case: Case) -> pd.DataFrame:
    """Return the instalments of the bureau within the horizon, their leads as first reported."""
    rows = book.ledger.tables["instalments"]
    counts = first_reports(book.ledger.tables["leads"]).groupby(level=0).first()
    lead = counts.reindex(rows["lead"].to_numpy()).to_numpy()
    own = rows.assign(lead=lead, day=book.days(rows["date"]))
    bureaus = book.leads.set_index("lead")["bureau"]
    here = bureaus.reindex(lead).to_numpy() == case.bureau
    inside: pd.DataFrame = own[here & (own["day"] >= 0).to_numpy()]
    return inside


def _spend(book: _Book, case: Case) -> Ints:
    rows = book.ledger.tables["expenses"]
    rows = rows[(rows["bureau"] == case.bureau) & rows["head"].isin(SPEND_HEADS)]
    days = book.days(rows["date"])
    inside = days >= 0
    spend = np.zeros((len(SPEND_HEADS), case.n_months), np.int64)
    heads = np.array([SPEND_HEADS.index(head) for head in rows["head"][inside]], np.int64)
    months = np.array(case.month_of, np.int64)[days[inside]]
    np.add.at(spend, (heads, months), rows["amount_fen"].to_numpy(np.int64)[inside])
    return spend


def _by_month(case: Case, days: pd.Series, fen: pd.Series) -> tuple[int, ...]:
    months = np.zeros(case.n_months, np.int64)
    np.add.at(months, np.array(case.month_of, np.int64)[days.to_numpy(np.int64)], fen.to_numpy())
    return tuple(months.tolist())


def _due(book: _Book, case: Case, contracts: list[Lead]) -> tuple[int, ...]:
    """Return what is still to come of projects that started, evenly on the steps that are left."""
    due = [0] * case.n_months
    for x in contracts:
        if x.started == NEVER:
            continue
        steps = [x.started + (i + 1) * case.interval_days for i in range(case.instalments)]
        left = [day for day in steps if day >= book.day]
        rest = max(0, x.amount_fen - x.gross_fen)
        for i, day in enumerate(left):
            if day < case.n_days:
                due[case.month_of[day]] += rest * (i + 1) // len(left) - rest * i // len(left)
    return tuple(due)


def _cleared(book: _Book, case: Case) -> tuple[int, ...]:
    """Return the day on which each leave's expenses were cleared, or -1."""
    duties = book.ledger.tables["duties"]
    own = duties[(duties["kind"] == "clearing") & (duties["bureau"] == case.bureau)]
    own = own[own["done"].notna()]
    done = dict(zip(book.days(own["due"]).tolist(), book.days(own["done"]).tolist(), strict=True))
    return tuple(done.get(leave.clearing_day, -1) for leave in case.leaves)


def _owed_per_diem(book: _Book, case: Case) -> tuple[int, ...]:
    """Return the per-diem that waits for clearing: the period's days at post, less what was paid.

    Trips pay their own allowances and stand in no log, so that it is an upper bound.
    """
    period = case.period_of[book.day]
    first = case.period_starts[period]
    waiting = [
        any(
            leave.period == period - 1 and cleared < 0
            for leave, cleared in zip(case.leaves, _cleared(book, case), strict=True)
            if case.gate == "per-bureau" or leave.person == person
        )
        and case.gate != "none"
        for person in range(len(case.present))
    ]
    rows = book.ledger.tables["presence"]
    persons = next(b for b in book.scenario.organisation.bureaus if b.id == case.bureau).persons
    days = book.days(rows["date"])
    own = rows[(rows["status"] == "post").to_numpy() & (days >= first)]
    count = own["person"].value_counts()
    paid = book.ledger.tables["expenses"]
    paid = paid[(paid["head"] == "per_diem") & (paid["bureau"] == case.bureau)]
    paid_fen = int(paid["amount_fen"][book.days(paid["date"]) >= first].sum())
    owed = [
        case.per_diem_fen * int(count.get(person.id, 0)) * wait
        for person, wait in zip(persons, waiting, strict=True)
    ]
    for i, fen in enumerate(owed):
        less = min(fen, paid_fen)
        owed[i], paid_fen = fen - less, paid_fen - less
    return tuple(owed)


# What is under way ------------------------------------------------------------------------------


def triples_of(delay: Ints, patience: Ints, unit_delay: Ints) -> Ints:
    """Return delays and patience to try a company with, shape (``TRIPLES``, 3): a lattice."""
    places = np.arange(TRIPLES)
    cells = [(places * g % TRIPLES) * (CELLS // TRIPLES) + CELLS // TRIPLES // 2 for g in _LATTICE]
    return np.stack([t[c] for t, c in zip((delay, patience, unit_delay), cells, strict=True)], 1)


def last_days(triples: Ints, case: Case, called: int, back: int, room: list[bool]) -> Ints:
    """Return the last day of the visit of an agreed company by triple, ``NEVER`` where it is lost.

    Parameters
    ----------
    triples
        Of :func:`triples_of`.
    case
        Its groups.
    called, back
        Day of the call, and day on which it agreed.
    room
        For each group whether there was a seat.
    """
    ready = called + triples[:, 0]
    latest = ready + triples[:, 1]
    last = np.where(triples[:, 2] <= triples[:, 1], np.maximum(ready, back) + triples[:, 2], NEVER)
    earliest = np.maximum(ready, back + NOTICE_DAYS)
    for window, has_room in zip(reversed(case.windows), reversed(room), strict=True):
        if has_room:
            joins = (earliest <= window.start) & (window.start <= latest)
            last = np.where(joins, window.end, last)
    # Before the horizon nobody books: the visit is on the day the company is ready.
    return np.asarray(np.where(ready < 0, ready, last) if called < 0 else last)


def rooms(case: Case, own: pd.DataFrame, day: int) -> list[bool]:
    """Return for each group whether a seat was free: past ones by who came, others until taken."""
    in_groups = own[own["mode"].isin(["principal", "deputy", "group"])]
    came = in_groups["visited"].value_counts()
    return [
        window.end >= day or int(came.get(window.end, 0)) < window.seats for window in case.windows
    ]


def _open_leads(book: _Book, case: Case, own: pd.DataFrame) -> tuple[OpenLead, ...]:
    tables = (
        book.table(name, case.bureau)
        for name in ("visit-delay-days", "booking-patience-days", "unit-delay-days")
    )
    triples, room = triples_of(*tables), rooms(case, own, book.day)
    waiting = own[(own["visited"] == NEVER) & (own["lost"] == NEVER) & (own["signed"] == NEVER)]
    found = []
    for x in each_lead(waiting):
        back = 0 if x.called < 0 else max(x.called + 1, x.reported)
        last = last_days(triples, case, x.called, back, room)
        coming = triples[(last >= book.day) & (last < NEVER)]
        found.append(
            OpenLead(
                word=crc32(x.lead.encode()),
                called=x.called,
                back=back,
                known=True,
                never=int((last == NEVER).sum()),
                triples=tuple(map(tuple, coming.tolist())),
                still_open=book.still_open(book.closing, x.called),
            )
        )
    return tuple(found)


def _open_calls(book: _Book, case: Case) -> tuple[OpenLead, ...]:
    """Return the calls of the last day: their results are not known yet."""
    tables = (
        book.table(name, case.bureau)
        for name in ("visit-delay-days", "booking-patience-days", "unit-delay-days")
    )
    triples = tuple(map(tuple, triples_of(*tables).tolist()))
    day = book.day - 1
    calls = book.calls[(book.calls["bureau"] == case.bureau) & (book.calls["day"] == day)]
    return tuple(
        OpenLead(
            word=crc32(f"{day}/{company}".encode()),
            called=day,
            back=book.day,
            known=False,
            never=0,
            triples=triples,
            still_open=OPEN_ONE,
        )
        for company in calls["company"]
    )


def _open_visits(book: _Book, case: Case, own: pd.DataFrame) -> tuple[OpenVisit, ...]:
    delays = book.table("contract-delay-days", case.bureau)
    visited = own[(own["visited"] < NEVER) & (own["lost"] == NEVER) & (own["signed"] == NEVER)]
    found = []
    for x in each_lead(visited):
        weights, past, beyond = signing_weights(delays, case, x.called, x.visited, x.mode)
        past += int(weights[: book.day].sum())
        weights[: book.day] = 0
        found.append(
            OpenVisit(
                word=crc32(x.lead.encode()),
                weight_upto=tuple(np.cumsum(weights).tolist()),
                weight_open=int(weights.sum()) + beyond,
                weight=int(weights.sum()) + beyond + past,
                still_open=book.still_open(book.closing_visited, x.visited),
            )
        )
    return tuple(found)


def signing_weights(
    delays: Ints, case: Case, called: int, visited: int, mode: str
) -> tuple[Ints, int, int]:
    """Return how much each day weighs for the signing of a company that visited.

    Parameters
    ----------
    delays
        Table of the delay from call to contract.
    case
        Its seasons and modes.
    called, visited, mode
        Of the company.

    Returns
    -------
    tuple
        Cells of the table times the season in thousandths, by day of the horizon, shape (days,);
        the same before the horizon; the same beyond it, in a season of 1,000.
    """
    factor = case.mode_per_mille[mode]
    signing = np.maximum(visited + 1, called + delays)
    inside = (signing >= 0) & (signing < case.n_days)
    cells = np.bincount(signing[inside], minlength=case.n_days)
    season = np.array(case.season_per_mille, np.int64) * factor // PER_MILLE
    usual = min(factor, _HEAVIEST_PER_MILLE)
    before, beyond = int((signing < 0).sum()), int((signing >= case.n_days).sum())
    return cells * np.minimum(season, _HEAVIEST_PER_MILLE), before * usual, beyond * usual


def _open_contract(book: _Book, case: Case, x: Lead) -> OpenContract:
    registered = -1 if x.registered == NEVER else int(x.registered)
    if registered < 0:
        delays = x.signed + book.table("registration-delay-days", case.bureau)
    else:
        ready = np.maximum(registered, x.signed + book.table("start-delay-days", case.bureau))
        works = np.array([*case.works_day, NEVER], np.int64)
        delays = works[np.clip(ready, 0, case.n_days)]
    return OpenContract(
        word=crc32(x.lead.encode()),
        signed=int(x.signed),
        registered=registered,
        amount_fen=int(x.amount_fen),
        at_event=bool(x.at_event),
        past_cells=int((delays < book.day).sum()),
    )

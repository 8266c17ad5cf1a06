"""The model: one bureau's year as a discrete-event simulation in SimPy.

Read it as the law. Time is an integer key ``(day, phase, lead)``: phases order what happens on
one day, the lead's index orders what happens in one phase, so no two events ever tie and nothing
depends on the order in which they were scheduled. A day's phases:

0 RELEASE  the period's tranche
2 RETURN   a trip ended yesterday: lead qualified? visit agreed? booked into a group?
3 VISIT    the company is in the home city
4 SIGN, 5 REGISTER, 6 START, 7 INSTALMENT
8 ARRIVAL  an opening for a call arises, if somebody is at post to hear of it
9 CONTACT  it joins the queue
10 DISPATCH free persons and money meet the queue, first come first served; who cannot be served
           is passed over, not waited for
11 PAY     what the day made payable is paid as far as the money goes
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, field
from enum import IntEnum

import simpy

from scenarios.budget import Head
from sim.assumptions import ONE
from sim.case import NEVER, PER_MILLE, Case
from sim.futures import BureauFuture, Future, Tail, UnderWay
from sim.outcome import COLUMNS, SPEND_HEADS, BureauOutcome, Outcome
from sim.purse import Purse
from sim.state import (
    OpenContract,
    OpenLead,
    OpenVisit,
    State,
    agrees,
    cell,
    goes_on,
    signing_day,
    signs,
)

Log = list[tuple[int, str, str, int, str]]
"""Events as (day, kind, bureau, lead or person or -1, detail)."""

Steps = Generator[simpy.Event, object, None]
PHASES = 16
LEADS = 1 << 20
_TAKEN_UP: dict[str, str] = {
    "call": "calls",
    "qualified": "qualified_leads",
    **{name: name for name in ("signed", "registered", "started", "screened_out")},
    **{f"visit_{mode}": f"visits_{mode}" for mode in ("principal", "deputy", "group", "unit")},
    **{name: name for name in ("event_signed", "event_started")},
}
"""What is counted, and the column that says how often it has happened when a year is taken up."""

NOTICE_DAYS = 3
"""A company joins a group no sooner than so many days after it agreed to come."""


class Phase(IntEnum):
    """What happens on one day, in this order."""

    RELEASE = 0
    RETURN = 2
    VISIT = 3
    SIGN = 4
    REGISTER = 5
    START = 6
    INSTALMENT = 7
    ARRIVAL = 8
    CONTACT = 9
    DISPATCH = 10
    PAY = 11


def simulate(cases: tuple[Case, ...], future: Future, *, log: Log | None = None) -> Outcome:
    """Simulate one future of all bureaus: a pure function of its arguments.

    Parameters
    ----------
    cases
        One for each bureau (:func:`sim.case.build_cases`).
    future
        Drawn for the same bureaus in the same order.
    log
        If given, receives every event.

    Returns
    -------
    Outcome
    """
    return Outcome(
        future.index,
        tuple(
            _Year(case, world, log).run() for case, world in zip(cases, future.bureaus, strict=True)
        ),
    )


@dataclass(slots=True)
class _Call:
    """An opening in the queue: what it takes, until when, and what last stood in its way."""

    lead: int
    deadline: int
    days: int
    cost_fen: int
    head: Head
    made: simpy.Event
    obstacle: str = "people"


@dataclass(slots=True)
class _Year:
    """The state of one bureau's year."""

    case: Case
    world: BureauFuture
    log: Log | None
    env: simpy.Environment = field(default_factory=simpy.Environment)
    queue: list[_Call] = field(default_factory=list)
    count: dict[str, int] = field(default_factory=dict)
    funds_fen: int = 0
    signed_fen: int = 0
    signed_month_fen: list[int] = field(init=False)
    funds_month_fen: list[int] = field(init=False)
    purse: Purse = field(init=False)
    booked_fen: dict[str, int] = field(default_factory=dict)
    bound_day: dict[str, list[int]] = field(init=False)
    busy_until: list[int] = field(init=False)
    out_until: list[int] = field(init=False)
    seats: list[int] = field(init=False)

    def __post_init__(self) -> None:
        self.purse = Purse(self.case, self.world.leaves)
        self.signed_month_fen = [0] * self.case.n_months
        self.funds_month_fen = [0] * self.case.n_months
        self.bound_day = {limit: [-1] * self.case.n_months for limit in ("people", "seats")}
        self.busy_until = [-1 for _ in self.case.present]
        self.out_until = [-1 for _ in self.case.present]
        self.seats = [window.seats for window in self.case.windows]

    def run(self) -> BureauOutcome:
        """Run the year from its first day to the end of its last."""
        self.env.process(self.clock())
        for lead in self.leads():
            self.env.process(self.opening(lead))
        # SimPy stops before events at ``until``: the last day's last phase still happens.
        self.env.run(until=_key(self.case.n_days, 0, 0))
        return self.outcome()

    # Time -------------------------------------------------------------------------------------

    def at(self, day: int, phase: Phase, lead: int = 0) -> simpy.Event:
        """Return the event of a moment, never earlier than now."""
        return self.env.timeout(max(0, _key(day, phase, lead) - int(self.env.now)))

    @property
    def today(self) -> int:
        """The current day."""
        return int(self.env.now) // (PHASES * LEADS)

    def tally(self, kind: str, who: int = -1, detail: str = "") -> None:
        """Count what happened, and log it."""
        self.count[kind] = self.count.get(kind, 0) + 1
        if self.log is not None:
            self.log.append((self.today, kind, self.case.bureau, who, detail))

    def clock(self) -> Steps:
        """Go through the days: release, dispatch on working days, pay."""
        for day in range(self.case.n_days):
            yield self.at(day, Phase.RELEASE)
            if self.case.state is not None and day == self.case.state.day:
                self.take_up(self.case.state)
            self.purse.release(day)
            if self.case.workday[day]:
                yield self.at(day, Phase.DISPATCH)
                self.dispatch(day)
            yield self.at(day, Phase.PAY)
            self.purse.fall_due(day, self.out_until)
            self.purse.pay(day)
            if self.log is not None:
                self.account(day)

    def booked(self) -> dict[str, int]:
        """Return what came in, and what went out by head, so far."""
        upto: dict[str, int] = {head: sum(self.purse.spend_fen[head]) for head in SPEND_HEADS}
        return {"": self.purse.released_fen, **upto}

    def account(self, day: int) -> None:
        """Log the day's money: what came in, what went out by head, the first shortage."""
        upto = self.booked()
        for head, fen in upto.items():
            moved = fen - self.booked_fen.get(head, 0)
            if moved:
                self.tally("spent" if head else "released", detail=f"{head} {moved}".strip())
        self.booked_fen = upto
        if self.purse.dry_day == day:
            self.tally("short")

    # Calls ------------------------------------------------------------------------------------

    def leads(self) -> list[int]:
        """Return the leads that matter: thinned by presence, or under way from before."""
        leads, parameters = self.world.leads, self.world.parameters
        kept = []
        for lead, day in enumerate(leads.arrival_day):
            word = leads.thinning_word[lead]
            if day >= 0:
                if word * self.case.posted < self.case.at_post[day] * ONE:
                    kept.append(lead)
            elif word < parameters.opening_pipeline:
                called_before = day + leads.contact_delay_days[lead] < 0
                # Those called before a year that is taken up stand in its state.
                agreed = leads.agreement_word[lead] < parameters.visit and not self.case.state
                if not called_before or agreed:
                    kept.append(lead)
        return kept

    def opening(self, lead: int) -> Steps:
        """Follow one opening from its arrival to whatever becomes of it."""
        leads, parameters = self.world.leads, self.world.parameters
        arrival = leads.arrival_day[lead]
        contact = arrival + leads.contact_delay_days[lead]
        called = contact
        if contact >= 0:
            yield self.at(max(0, arrival), Phase.ARRIVAL, lead)
            self.tally("opening", lead)
            yield self.at(contact, Phase.CONTACT, lead)
            call = self.enqueue(lead, contact)
            made = yield call.made
            if not made or self.is_past():
                return
            called = self.today
            yield self.at(called + call.days, Phase.RETURN, lead)
            if leads.agreement_word[lead] < parameters.qualified:
                self.tally("qualified", lead)
        if leads.agreement_word[lead] < parameters.visit:
            yield from self.site_visit(lead, called)

    def enqueue(self, lead: int, contact: int) -> _Call:
        """Put an opening into the queue with its needs: inside the city a day and a meal."""
        leads = self.world.leads
        away = leads.away_word[lead] < self.world.parameters.away
        days = max(1, leads.trip_days[lead]) if away else 1
        cost = leads.hospitality_fen[lead]
        if away:
            cost = leads.fare_fen[lead] + days * self.case.away_day_fen
            cost += (days - 1) * self.case.away_night_fen
        call = _Call(
            lead=lead,
            deadline=contact + leads.patience_days[lead],
            days=days,
            cost_fen=cost,
            head="travel" if away else "hospitality",
            made=self.env.event(),
        )
        self.queue.append(call)
        self.tally("queued", lead)
        return call

    def dispatch(self, day: int) -> None:
        """Serve the queue: first come, first served; who cannot be served is passed over."""
        waiting = []
        for call in self.queue:
            if day > call.deadline:
                self.tally(f"lost_{call.obstacle}", call.lead)
                if call.obstacle == "people":
                    self.bind("people")
                call.made.succeed(False)
                continue
            person = self.free_person(day, call.days)
            if person is None:
                call.obstacle = "people"
                waiting.append(call)
            elif not self.purse.affords(day, call.cost_fen):
                call.obstacle = "money"
                self.purse.run_short(day)
                waiting.append(call)
            else:
                self.busy_until[person] = day + call.days - 1
                if call.head == "travel":
                    self.out_until[person] = day + call.days - 1
                self.purse.spend(call.head, day, call.cost_fen)
                self.tally("call", call.lead, call.head)
                call.made.succeed(True)
        self.queue = waiting

    def bind(self, limit: str) -> None:
        """Remember the month's first day on which people or seats bound; money is the purse's."""
        days, month = self.bound_day[limit], self.case.month_of[self.today]
        if days[month] < 0:
            days[month] = self.today

    def is_past(self) -> bool:
        """Whether today lies before the day on which the year is taken up."""
        return self.case.state is not None and self.today < self.case.state.day

    def free_person(self, day: int, days: int) -> int | None:
        """Return the first person who is free and stays at post long enough."""
        for person, left in enumerate(self.case.run_left):
            if self.busy_until[person] < day and left[day] >= days:
                return person
        return None

    # From the site visit on; what follows it feeds back on nothing ------------------------------

    def site_visit(self, lead: int, called: int) -> Steps:
        """Bring an agreed company to the home city, in a group or received by a lead unit."""
        leads = self.world.leads
        ready = called + leads.visit_delay_days[lead]
        patience = leads.booking_patience_days[lead]
        if ready < 0:
            # The visit lies before the horizon: only what follows from it may still happen.
            yield from self.contract(lead, called, ready, "unit")
            return
        delay = leads.unit_delay_days[lead]
        yield from self.received(lead, called, self.today, (ready, patience, delay))

    def received(self, lead: int, called: int, back: int, drawn: tuple[int, int, int]) -> Steps:
        """Book a visit and follow it.

        Parameters
        ----------
        lead, called
            Which opening, and the day of its call.
        back
            Day on which the company agreed.
        drawn
            Day from which it is ready, patience and a lead unit's delay in days.
        """
        ready, patience, delay = drawn
        window = self.book(max(ready, back + NOTICE_DAYS), ready + patience)
        if window is not None:
            mode, day, last = window
        else:
            if delay > patience:
                self.tally("lost_seats", lead)
                self.bind("seats")
                return
            mode, day = "unit", max(max(ready, back) + delay, self.today)
            last = day
        yield self.at(day, Phase.VISIT, lead)
        self.tally(f"visit_{mode}", lead)
        yield from self.contract(lead, called, last, mode)

    def book(self, earliest: int, latest: int) -> tuple[str, int, int] | None:
        """Take a seat in the first group in time: its tier, first and last day."""
        for i, window in enumerate(self.case.windows):
            if earliest <= window.start <= latest and self.seats[i] > 0:
                self.seats[i] -= 1
                return window.tier, window.start, window.end
        return None

    def contract(self, lead: int, called: int, visited: int, mode: str) -> Steps:
        """Sign, register, start, and bring funds in, as far as the horizon goes."""
        tail, parameters, case = self.tail(lead), self.world.parameters, self.case
        signing = max(visited + 1, called + tail.contract_delay_days)
        if not 0 <= signing < case.n_days:
            return
        odds = parameters.contract * case.season_per_mille[signing] // PER_MILLE
        if tail.contract_word < odds * case.mode_per_mille[mode] // PER_MILLE:
            yield from self.sign(lead, signing, tail)

    def tail(self, lead: int) -> Tail:
        """Return what follows the site visit of an opening, or of something under way."""
        n_leads = len(self.world.leads)
        return self.world.leads.tail(lead) if lead < n_leads else self.under_way(lead).tail

    def sign(self, lead: int, signing: int, tail: Tail) -> Steps:
        """Sign on a day, and follow the contract."""
        parameters = self.world.parameters
        yield self.at(signing, Phase.SIGN, lead)
        if tail.screening_word < parameters.three_high:
            self.tally("screened_out", lead)
            return
        amount = tail.amount_fen
        at_event = tail.event_word < parameters.prefecture_event
        self.signed_fen += amount
        self.signed_month_fen[self.case.month_of[signing]] += amount
        self.tally("signed", lead, str(amount))
        if at_event:
            self.tally("event_signed", lead)
        if tail.landing_word >= parameters.registered:
            return
        registered = signing + tail.registration_delay_days
        yield self.at(registered, Phase.REGISTER, lead)
        self.tally("registered", lead)
        if tail.landing_word < parameters.started:
            ready = max(registered, signing + tail.start_delay_days)
            yield from self.start(lead, ready, amount, at_event=at_event)

    def start(self, lead: int, ready: int, amount: int, *, at_event: bool) -> Steps:
        """Start works once the season allows it, and bring funds in."""
        case = self.case
        start = case.works_day[ready] if ready < case.n_days else NEVER
        yield self.at(start, Phase.START, lead)
        self.tally("started", lead)
        if at_event:
            self.tally("event_started", lead)
        at_start = amount * case.at_start_percent // 100
        self.funds(lead, at_start)
        for i in range(case.instalments):
            yield self.at(start + (i + 1) * case.interval_days, Phase.INSTALMENT, lead)
            rest = amount - at_start
            self.funds(lead, rest * (i + 1) // case.instalments - rest * i // case.instalments)

    def funds(self, lead: int, fen: int) -> None:
        """Count money that came in."""
        self.funds_fen += fen
        self.funds_month_fen[self.case.month_of[self.today]] += fen
        self.tally("funds", lead, str(fen))

    # A year that is taken up --------------------------------------------------------------------

    def take_up(self, state: State) -> None:
        """Put what is known in the place of what was simulated so far.

        Who waits for a call is not known, so that the queue stays: it is a draw of its law.
        """
        facts = dict(zip(COLUMNS, state.facts, strict=True))
        before = self.count
        served = sum(before.get(kind, 0) for kind in ("call", "lost_people", "lost_money"))
        self.count = {kind: facts[column] for kind, column in _TAKEN_UP.items()}
        for kind in ("opening", "queued"):
            self.count[kind] = facts["calls"] + before.get(kind, 0) - served
        self.signed_fen = facts["signed_fen"]
        self.signed_month_fen = list(state.signed_month_fen)
        self.funds_month_fen = list(state.funds_month_fen)
        self.funds_fen = sum(state.due_fen)
        for month, fen in enumerate(state.due_fen):
            self.funds_month_fen[month] += fen
        self.bound_day = {limit: [-1] * self.case.n_months for limit in ("people", "seats")}
        self.busy_until = [-1 for _ in self.case.present]
        self.out_until = [-1 for _ in self.case.present]
        self.seats = [w.seats if w.end >= state.day else 0 for w in self.case.windows]
        self.purse.take_up(state)
        self.booked_fen = self.booked()
        self.go_on(state)

    def go_on(self, state: State) -> None:
        """Follow everything under way, in its order: leads, visits, contracts."""
        place = len(self.world.leads)
        for lead in state.open_leads:
            self.env.process(self.open_lead(place, lead))
            place += 1
        for visit in state.open_visits:
            self.env.process(self.open_visit(place, visit))
            place += 1
        for contract in state.open_contracts:
            self.env.process(self.open_contract(place, contract, state))
            place += 1

    def under_way(self, place: int) -> UnderWay:
        """Return what was drawn for something under way."""
        return self.world.under_way[place - len(self.world.leads)]

    def open_lead(self, place: int, lead: OpenLead) -> Steps:
        """Follow a lead that has not visited; of a call, hear the result first."""
        parameters, (agreement, how) = self.world.parameters, self.under_way(place).words
        if not lead.known and agreement < parameters.qualified:
            self.tally("qualified", place)
        if agrees(lead, agreement, parameters.qualified, parameters.visit):
            delay, patience, unit_delay = lead.triples[how * len(lead.triples) >> 32]
            drawn = lead.called + delay, patience, unit_delay
            yield from self.received(place, lead.called, lead.back, drawn)

    def open_visit(self, place: int, visit: OpenVisit) -> Steps:
        """Follow a company that visited and has not signed."""
        drawn = self.under_way(place)
        if signs(visit, drawn.tail_words[0], self.world.parameters.contract):
            yield from self.sign(place, signing_day(visit, drawn.tail_words[1]), drawn.tail)

    def open_contract(self, place: int, contract: OpenContract, state: State) -> Steps:
        """Follow a contract that has not started."""
        parameters = self.world.parameters
        landing, registering, starting, marked = self.under_way(place).tail_words[4:]
        past, registered = contract.past_cells, contract.registered
        if registered < 0:
            if not goes_on(parameters.registered >> 2, past, landing):
                return
            registered = contract.signed + state.registration_days[cell(past, registering)]
            yield self.at(registered, Phase.REGISTER, place)
            self.tally("registered", place)
            if (marked >> 1) * (parameters.registered >> 2) >= (parameters.started >> 2) << 31:
                return
            delay = state.start_days[cell(0, starting)]
        else:
            share = (parameters.started << 30) // max(1, parameters.registered)
            if not goes_on(share, past, landing):
                return
            delay = state.start_days[cell(past, starting)]
        ready = max(self.today, registered, contract.signed + delay)
        yield from self.start(place, ready, contract.amount_fen, at_event=contract.at_event)

    # Outcome ----------------------------------------------------------------------------------

    @property
    def first_day(self) -> int:
        """The first day that is simulated and not known."""
        return self.case.state.day if self.case.state else 0

    def duties(self) -> tuple[int, int, int]:
        """Return events held, events with a leader, and liaison items to come: no queue."""
        parameters, first = self.world.parameters, self.first_day
        held = led = 0
        for (day, with_leader), (held_word, led_word) in zip(
            self.case.event_days, self.world.events[: len(self.case.event_days)], strict=True
        ):
            if day >= first and held_word < parameters.event_held:
                held += 1
                led += with_leader and led_word < parameters.event_led
        liaison = sum(
            day >= first and word * self.case.posted < self.case.at_post[day] * ONE
            for day, word in self.world.liaison
        )
        return held, led, liaison

    def outcome(self) -> BureauOutcome:
        """Close the books."""
        events, events_led, liaison = self.duties()
        tallied, first = self.count.get, self.first_day
        state = self.case.state
        facts = dict(zip(COLUMNS, state.facts, strict=True)) if state else dict.fromkeys(COLUMNS, 0)
        not_contacted = tallied("opening", 0) - tallied("queued", 0)
        # Of what is carried over, as much is still to come as has not come yet.
        carried = max(0, self.world.parameters.carry_over_fen - (state.carried_fen if state else 0))
        gross = self.funds_fen + carried
        return BureauOutcome(
            openings=tallied("opening", 0),
            calls=tallied("call", 0),
            qualified_leads=tallied("qualified", 0),
            lost_people=tallied("lost_people", 0),
            lost_money=tallied("lost_money", 0),
            waiting=len(self.queue) + not_contacted,
            visits_principal=tallied("visit_principal", 0),
            visits_deputy=tallied("visit_deputy", 0),
            visits_group=tallied("visit_group", 0),
            visits_unit=tallied("visit_unit", 0),
            lost_seats=tallied("lost_seats", 0),
            signed=tallied("signed", 0),
            signed_fen=self.signed_fen,
            registered=tallied("registered", 0),
            started=tallied("started", 0),
            event_signed=tallied("event_signed", 0),
            event_started=tallied("event_started", 0),
            funds_gross_fen=facts["funds_gross_fen"] + gross,
            funds_fixed_fen=facts["funds_fixed_fen"]
            + (gross * self.world.parameters.realisation >> 16),
            screened_out=tallied("screened_out", 0),
            events=facts["events"] + events,
            events_led=facts["events_led"] + events_led,
            liaison_items=facts["liaison_items"] + liaison,
            reports_late=facts["reports_late"]
            + sum(day >= first for day in self.world.late_report_days),
            deductions_milli=facts["deductions_milli"]
            + sum(milli for day, milli in self.world.deductions if day >= first),
            signed_month_fen=tuple(self.signed_month_fen),
            funds_month_fen=tuple(self.funds_month_fen),
            spend_fen=tuple(tuple(self.purse.spend_fen[head]) for head in SPEND_HEADS),
            released_fen=self.purse.released_fen,
            balance_fen=self.purse.balance_fen,
            arrears_fen=self.purse.arrears_fen,
            dry_day=self.purse.dry_day,
            bound_day=(
                tuple(self.purse.short_day),
                tuple(self.bound_day["people"]),
                tuple(self.bound_day["seats"]),
            ),
        )


def _key(day: int, phase: int, lead: int) -> int:
    return (day * PHASES + phase) * LEADS + lead

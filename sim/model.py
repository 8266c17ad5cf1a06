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
from sim.futures import BureauFuture, Future
from sim.outcome import SPEND_HEADS, BureauOutcome, Outcome
from sim.purse import Purse

Log = list[tuple[int, str, str, int, str]]
"""Events as (day, kind, bureau, lead or person or -1, detail)."""

Steps = Generator[simpy.Event, object, None]
PHASES = 16
LEADS = 1 << 20
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
            self.purse.release(day)
            if self.case.workday[day]:
                yield self.at(day, Phase.DISPATCH)
                self.dispatch(day)
            yield self.at(day, Phase.PAY)
            self.purse.fall_due(day, self.out_until)
            self.purse.pay(day)
            if self.log is not None:
                self.account(day)

    def account(self, day: int) -> None:
        """Log the day's money: what came in, what went out by head, the first shortage."""
        purse = self.purse
        upto: dict[str, int] = {head: sum(purse.spend_fen[head]) for head in SPEND_HEADS}
        upto = {"": purse.released_fen, **upto}
        for head, fen in upto.items():
            moved = fen - self.booked_fen.get(head, 0)
            if moved:
                self.tally("spent" if head else "released", detail=f"{head} {moved}".strip())
        self.booked_fen = upto
        if purse.dry_day == day:
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
                if not called_before or leads.agreement_word[lead] < parameters.visit:
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
            if not made:
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
        window = self.book(max(ready, self.today + NOTICE_DAYS), ready + patience)
        if window is not None:
            mode, day, last = window
        else:
            delay = leads.unit_delay_days[lead]
            if delay > patience:
                self.tally("lost_seats", lead)
                self.bind("seats")
                return
            mode, day, last = "unit", max(ready, self.today) + delay, max(ready, self.today) + delay
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
        leads, parameters, case = self.world.leads, self.world.parameters, self.case
        signing = max(visited + 1, called + leads.contract_delay_days[lead])
        if not 0 <= signing < case.n_days:
            return
        odds = parameters.contract * case.season_per_mille[signing] // PER_MILLE
        if leads.contract_word[lead] >= odds * case.mode_per_mille[mode] // PER_MILLE:
            return
        yield self.at(signing, Phase.SIGN, lead)
        if leads.screening_word[lead] < parameters.three_high:
            self.tally("screened_out", lead)
            return
        amount = leads.amount_fen[lead]
        at_event = leads.event_word[lead] < parameters.prefecture_event
        self.signed_fen += amount
        self.signed_month_fen[case.month_of[signing]] += amount
        self.tally("signed", lead, str(amount))
        if at_event:
            self.tally("event_signed", lead)
        if leads.landing_word[lead] >= parameters.registered:
            return
        registered = signing + leads.registration_delay_days[lead]
        yield self.at(registered, Phase.REGISTER, lead)
        self.tally("registered", lead)
        if leads.landing_word[lead] >= parameters.started:
            return
        ready = max(registered, signing + leads.start_delay_days[lead])
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

    # Outcome ----------------------------------------------------------------------------------

    def duties(self) -> tuple[int, int, int]:
        """Return events held, events with a leader, and liaison items: they need no queue."""
        parameters = self.world.parameters
        held = led = 0
        for (_, with_leader), (held_word, led_word) in zip(
            self.case.event_days, self.world.events[: len(self.case.event_days)], strict=True
        ):
            if held_word < parameters.event_held:
                held += 1
                led += with_leader and led_word < parameters.event_led
        liaison = sum(
            word * self.case.posted < self.case.at_post[day] * ONE
            for day, word in self.world.liaison
        )
        return held, led, liaison

    def outcome(self) -> BureauOutcome:
        """Close the books."""
        events, events_led, liaison = self.duties()
        tallied = self.count.get
        not_contacted = tallied("opening", 0) - tallied("queued", 0)
        carried = self.world.parameters.carry_over_fen
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
            funds_gross_fen=gross,
            funds_fixed_fen=gross * self.world.parameters.realisation >> 16,
            screened_out=tallied("screened_out", 0),
            events=events,
            events_led=events_led,
            liaison_items=liaison,
            reports_late=self.world.late_reports,
            deductions_milli=self.world.deductions_milli,
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

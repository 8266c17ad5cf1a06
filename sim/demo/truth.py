"""The truth: every row a hidden year would have left, each recorded on its own day."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Final

from planner.plan import Plan, status_of
from scenarios.model import Scenario
from scenarios.organisation import Bureau
from sim.assumptions import ONE
from sim.case import Case
from sim.closing import Closing
from sim.courses import Course, courses
from sim.demo.duties import duties_of
from sim.demo.rows import Book, new_book
from sim.futures import BureauFuture, Incident, Purpose
from sim.hidden import HiddenYear

COMPANY: Final = "示例企业"
"""What every invented company's name begins with."""

_CARRIED: Final = {"leads": -365, "visits": -330, "contracts": -300}
"""Days of the one lead whose contract brings in what is carried over from before the horizon."""

_ITEMS: Final = {
    "event-absence": "活动缺席",
    "lead-lost": "线索流失",
    "request-unanswered": "诉求逾期未答复",
}
_ASKED_AFTER, _ANSWERED_WITHIN, _OVERDUE = 20, 25, 31


def truth_of(scenario: Scenario, plan: Plan, hidden: HiddenYear, closing: Closing) -> Book:
    """Return the rows of a year, and of the calls before it, up to the end of the horizon.

    Parameters
    ----------
    scenario, plan
        What the year was lived through with.
    hidden
        The year.
    closing
        How leads that come to nothing are recorded as lost.
    """
    book = new_book()
    _presence(book, scenario, plan)
    for i, bureau in enumerate(scenario.organisation.bureaus):
        writer = _Writer(
            book,
            scenario,
            plan,
            hidden,
            bureau,
            hidden.cases[i],
            hidden.future.bureaus[i],
            hidden.incidents[i],
        )
        made = courses(scenario, writer.case, writer.world, writer.events())
        writer.leads(made)
        writer.losses(made, closing)
        writer.before(made)
        writer.carried()
        writer.stages()
        writer.money()
        writer.requests(made)
        writer.daily_work()
    duties_of(book["duties"], plan, hidden)
    last = scenario.days.n_days
    return {name: rows.kept([day < last for day in rows.recorded]) for name, rows in book.items()}


def _presence(book: Book, scenario: Scenario, plan: Plan) -> None:
    status = status_of(scenario, plan)
    for day in range(scenario.days.n_days):
        for _, person in scenario.persons:
            mark = status[person.id][day]
            if mark is not None:
                book["presence"].add(day, person.id, day, mark)


@dataclass(frozen=True, slots=True)
class _Writer:
    """Writes the rows of one bureau."""

    book: Book
    scenario: Scenario
    plan: Plan
    hidden: HiddenYear
    bureau: Bureau
    case: Case
    world: BureauFuture
    incidents: tuple[Incident, ...]

    def events(self) -> list[tuple[int, str, str, int, str]]:
        """Return the bureau's own part of the log."""
        return [event for event in self.hidden.events if event[2] == self.bureau.id]

    def lead(self, number: int | str) -> str:
        """Return a lead's id: of an opening's number, or of a word."""
        return f"{self.bureau.id}-{number:04d}" if isinstance(number, int) else self.named(number)

    def named(self, word: str) -> str:
        """Return an id that begins with the bureau's."""
        return f"{self.bureau.id}-{word}"

    def chain(self, number: int) -> str:
        """Return the industry chain of a lead: those of the bureau in turn."""
        own = [sector.chain for sector in self.bureau.sectors if sector.chain]
        pool = own or [chain.id for chain in self.scenario.organisation.chains]
        return pool[number % len(pool)]

    def leads(self, made: tuple[Course, ...]) -> None:
        """Write calls, the leads they made, and visits."""
        leaders = [
            visit.leader or ""
            for visit in sorted(self.plan.visits, key=lambda one: (one.start, one.id))
            if visit.bureau == self.bureau.id
        ]
        for one in made:
            lead = self.lead(one.lead)
            company = f"{COMPANY} {lead}"
            person = self.bureau.persons[one.caller].id
            self.book["calls"].add(one.called, person, one.called, company)
            if one.qualified:
                day, chain = one.returned, self.chain(one.lead)
                self.book["leads"].add(day, lead, self.bureau.id, company, chain, day, "call")
            if one.mode:
                mode = "group" if one.window >= 0 else "single"
                leader = leaders[one.window] if one.window >= 0 else ""
                self.book["visits"].add(one.visited, lead, one.visited, mode, leader)

    def losses(self, made: tuple[Course, ...], closing: Closing) -> None:
        """Write leads that were screened out, and those that come to nothing and are given up."""
        rows, screened = self.book["losses"], self.world.parameters.three_high
        words = self.hidden.words(len(self.world.leads), self.bureau.id, Purpose.DEMO).tolist()
        for one in made:
            ever, delay, reason, _ = words[one.lead]
            lead = self.lead(one.lead)
            if one.signs:
                if self.world.leads.screening_word[one.lead] < screened:
                    rows.add(one.signing, lead, one.signing, "screened-out")
            elif one.qualified and closing.recorded(ever):
                since, why = one.called, "no-reply" if reason < ONE // 2 else "declined"
                if one.mode:
                    since, why = one.visited, "declined"
                elif one.agreed:
                    # Agreed, and no seat; what is still on its way at the end is not given up.
                    since, why = one.seatless, "other"
                day = max(one.returned, since + closing.delay(delay))
                rows.add(day, lead, day, why)

    def before(self, made: tuple[Course, ...]) -> None:
        """Write contracts signed before the horizon, and that they were done with by then."""
        leads, parameters = self.world.leads, self.world.parameters
        for one in made:
            passed = leads.screening_word[one.lead] >= parameters.three_high
            if not (one.signs and one.signing < 0 and passed):
                continue
            lead, signed = self.lead(one.lead), one.signing
            self.contract(one.lead, signed, leads.amount_fen[one.lead])
            # The law counts nothing of such a contract: its stages lie before the horizon.
            registered = min(signed + leads.registration_delay_days[one.lead], -1)
            if leads.landing_word[one.lead] < parameters.registered:
                self.book["registrations"].add(registered, lead, registered)
            if leads.landing_word[one.lead] < parameters.started:
                started = min(max(registered, signed + leads.start_delay_days[one.lead]), -1)
                self.book["starts"].add(started, lead, started)

    def contract(self, number: int, day: int, fen: int) -> None:
        """Write a contract."""
        at_event = self.world.leads.event_word[number] < self.world.parameters.prefecture_event
        level = "prefecture" if at_event else "none"
        self.book["contracts"].add(day, self.lead(number), day, "contract", fen, level)

    def carried(self) -> None:
        """Write the contract whose funds are carried over into the horizon, if there is one."""
        fen = self.world.parameters.carry_over_fen
        if not fen:
            return
        lead, day = self.named("carried"), _CARRIED
        company = f"{COMPANY} {lead}"
        report = (lead, self.bureau.id, company, self.chain(0), day["leads"], "call")
        self.book["leads"].add(day["leads"], *report)
        self.book["visits"].add(day["visits"], lead, day["visits"], "single", "")
        signed = (lead, day["contracts"], "contract", fen, "none")
        self.book["contracts"].add(day["contracts"], *signed)

    def stages(self) -> None:
        """Write contracts of the horizon and what followed them."""
        paid: list[tuple[int, str, int]] = []
        if self.world.parameters.carry_over_fen:
            paid.append((0, self.named("carried"), self.world.parameters.carry_over_fen))
        for day, kind, _, number, detail in self.events():
            if kind == "signed":
                self.contract(number, day, int(detail))
            elif kind == "registered":
                self.book["registrations"].add(day, self.lead(number), day)
            elif kind == "started":
                self.book["starts"].add(day, self.lead(number), day)
            elif kind == "funds":
                paid.append((day, self.lead(number), int(detail)))
        gross = fixed = 0
        for day, lead, fen in paid:
            gross += fen
            # Rounded on the sum, as the outcome does: the parts add up to it to the fen.
            upto = gross * self.world.parameters.realisation >> 16
            self.book["instalments"].add(day, lead, day, fen, min(fen, upto - fixed))
            fixed = upto

    def money(self) -> None:
        """Write expenses by day and head."""
        for day, kind, bureau, _, detail in self.events():
            if kind == "spent":
                head, fen = detail.split()
                self.book["expenses"].add(day, bureau, "", head, day, int(fen), None)

    def requests(self, made: tuple[Course, ...]) -> None:
        """Write what companies asked after signing, and what was answered too late."""
        asked: list[tuple[int, str, int]] = []
        for one in made:
            if one.signs and 0 <= one.signing < self.case.n_days:
                day = one.signing + _ASKED_AFTER
                wait = 1 + one.lead % _ANSWERED_WITHIN
                asked.append((day, f"{COMPANY} {self.lead(one.lead)}", day + wait))
        late = [x.day for x in self.incidents if x.kind == "request-unanswered"]
        for n, day in enumerate(late, start=1):
            company = f"{COMPANY} {self.named(f'request-{n}')}"
            asked.append((day - _OVERDUE, company, day + 1))
        rows = self.book["requests"]
        for day, company, answered in asked:
            place = rows.add(day, self.bureau.id, day, company, None)
            rows.add(answered, self.bureau.id, day, company, answered, corrects=place)

    def daily_work(self) -> None:
        """Write points taken off, and liaison items."""
        taken: dict[str, int] = defaultdict(int)
        for day, kind, milli in ((one.day, one.kind, one.milli) for one in self.incidents):
            if kind in _ITEMS:
                taken[kind] += 1
                item = f"{_ITEMS[kind]} {taken[kind]}"
                self.book["deductions"].add(day, self.bureau.id, day, item, milli)
        for n, (day, word) in enumerate(self.world.liaison, start=1):
            if word * self.case.posted < self.case.at_post[day] * ONE:
                self.book["liaison"].add(day, self.bureau.id, day, f"示例事项 {n}")

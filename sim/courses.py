"""Courses: what became of every call of one bureau's year, the calls before it included.

The law's log says what happened within the horizon. Who made a call, which group a company joined
and what went before the horizon follow from the future's words by the law's own rules
(:mod:`sim.model`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from scenarios.model import Scenario
from sim.case import NEVER, PER_MILLE, Case
from sim.futures import BureauFuture
from sim.model import NOTICE_DAYS


@dataclass(frozen=True, slots=True)
class Course:
    """One call and what came of it; days count from the horizon's first, ``NEVER``: not at all.

    Attributes
    ----------
    lead
        The opening's number.
    caller
        Which of the bureau's persons made the call.
    called, returned
        Day of the call, and the day its result was known; a call before the horizon is known
        before it.
    qualified
        Whether it made a qualified lead.
    agreed
        Whether the company agreed to a visit.
    seatless
        Day on which the visit was lost for want of a seat.
    visited, mode
        Last day of the visit, which may lie after the horizon, and who received it.
    window
        Place of the group among the case's windows, or -1.
    signing
        Day on which it would sign.
    signs
        Whether it does.
    """

    lead: int
    caller: int
    called: int
    returned: int
    qualified: bool
    agreed: bool
    seatless: int = NEVER
    visited: int = NEVER
    mode: str = ""
    window: int = -1
    signing: int = NEVER
    signs: bool = False


def courses(
    scenario: Scenario,
    case: Case,
    world: BureauFuture,
    events: Iterable[tuple[int, str, str, int, str]],
) -> tuple[Course, ...]:
    """Return the course of every call of a bureau, in the order in which results were known.

    Parameters
    ----------
    scenario
        Gives the season's weights outside the horizon.
    case, world, events
        What the bureau's year was simulated from, and the log of it.
    """
    calls = _Calls(case, world)
    made = calls.before() + calls.within(events)
    seats = [window.seats for window in case.windows]
    return tuple(_followed(scenario, case, world, call, seats) for call in made)


@dataclass(frozen=True, slots=True)
class _Calls:
    case: Case
    world: BureauFuture

    def before(self) -> list[Course]:
        """Return calls made before the horizon: those of the pipeline."""
        leads, parameters = self.world.leads, self.world.parameters
        found = []
        for lead, arrival in enumerate(leads.arrival_day):
            if arrival >= 0:
                break
            called = arrival + leads.contact_delay_days[lead]
            if called < 0 and leads.thinning_word[lead] < parameters.opening_pipeline:
                returned = min(called + self.days(lead), -1)
                found.append(self.course(lead, 0, called, returned))
        return found

    def within(self, events: Iterable[tuple[int, str, str, int, str]]) -> list[Course]:
        """Return calls of the log, by the person who made them: the first who was free."""
        busy_until = [-1 for _ in self.case.present]
        found = []
        for day, kind, bureau, lead, _ in events:
            if kind == "call" and bureau == self.case.bureau:
                days = self.days(lead)
                person = next(
                    i
                    for i, left in enumerate(self.case.run_left)
                    if busy_until[i] < day and left[day] >= days
                )
                busy_until[person] = day + days - 1
                found.append(self.course(lead, person, day, day + days))
        return sorted(found, key=lambda one: (one.returned, one.lead))

    def days(self, lead: int) -> int:
        """Return how many days a call takes."""
        away = self.world.leads.away_word[lead] < self.world.parameters.away
        return max(1, self.world.leads.trip_days[lead]) if away else 1

    def course(self, lead: int, caller: int, called: int, returned: int) -> Course:
        word, parameters = self.world.leads.agreement_word[lead], self.world.parameters
        return Course(
            lead,
            caller,
            called,
            returned,
            qualified=word < parameters.qualified,
            agreed=word < parameters.visit,
        )


def _followed(
    scenario: Scenario, case: Case, world: BureauFuture, call: Course, seats: list[int]
) -> Course:
    """Return a call with what follows it; takes the seat it needs."""
    leads, lead = world.leads, call.lead
    if not call.agreed or call.returned >= case.n_days:
        return call
    ready = call.called + leads.visit_delay_days[lead]
    window, seatless, mode, visited = -1, NEVER, "unit", ready
    if ready >= 0:
        known = max(call.returned, 0)
        latest = ready + leads.booking_patience_days[lead]
        window = _booked(case, seats, max(ready, known + NOTICE_DAYS), latest)
        visited = max(ready, known) + leads.unit_delay_days[lead]
        if window >= 0:
            mode, visited = case.windows[window].tier, case.windows[window].end
        elif leads.unit_delay_days[lead] > leads.booking_patience_days[lead]:
            seatless, mode, visited = known, "", NEVER
    signing = max(visited + 1, call.called + leads.contract_delay_days[lead])
    return Course(
        lead,
        call.caller,
        call.called,
        call.returned,
        call.qualified,
        call.agreed,
        seatless=seatless,
        visited=visited,
        mode=mode,
        window=window,
        signing=signing,
        signs=mode != "" and _signs(scenario, case, world, lead, signing, mode),
    )


def _booked(case: Case, seats: list[int], earliest: int, latest: int) -> int:
    """Take a seat in the first group in time; return its place, or -1."""
    for i, window in enumerate(case.windows):
        if earliest <= window.start <= latest and seats[i] > 0:
            seats[i] -= 1
            return i
    return -1


def _signs(
    scenario: Scenario, case: Case, world: BureauFuture, lead: int, signing: int, mode: str
) -> bool:
    if 0 <= signing < case.n_days:
        season = case.season_per_mille[signing]
    else:
        # Outside the horizon the quarter's weight holds; holidays there are not known.
        month = (scenario.horizon.start + timedelta(days=signing)).month
        season = round(scenario.assumptions.season.signing_weights[(month - 1) // 3] * PER_MILLE)
    odds = world.parameters.contract * season // PER_MILLE
    return world.leads.contract_word[lead] < odds * case.mode_per_mille[mode] // PER_MILLE

"""Statements for people: days at post, expenses to clear, what is overdue; recorded facts only."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final, Literal

import pandas as pd

from scenarios.calendar import Period
from scenarios.ledger.ledger import Ledger
from scenarios.ledger.weekly import ANSWER_DAYS
from scenarios.model import Scenario
from scenarios.organisation import Person

Verdict = Literal["met", "open", "late", "unrecorded", "short"]
"""Owed days reached; days left may reach them; they cannot; days without a record may; missed."""

_HALF: Final = 2
"""Who serves at least one in so many days of a leave period earns its leave (P14)."""


@dataclass(frozen=True, slots=True)
class Presence:
    """Days of a person in a month or leave period, up to the day of the statement.

    Every day of the posting is one of :attr:`post` to :attr:`unrecorded`.

    Attributes
    ----------
    bureau, person, label
        Whose, and of which month or period.
    post, home, travel, escort
        Recorded as such; an escort is on leave with a group.
    approved, absent
        Recorded as absent, or not recorded, under an approved absence; absent without one.
    unrecorded
        No record, and no approved absence.
    left
        Days of the posting after the day of the statement.
    counted
        Days that count as presence: at post, and travel where the scenario says so.
    rule
        Days that the rule of so many days a month asks for, less the share that was not served.
    owed
        Days that the scenario's policy asks for; None where it asks nothing of such a span.
    """

    bureau: str
    person: str
    label: str
    post: int
    home: int
    travel: int
    escort: int
    approved: int
    absent: int
    unrecorded: int
    left: int
    counted: int
    rule: int
    owed: int | None

    @property
    def days(self) -> int:
        """Days of the posting up to the day of the statement."""
        away = self.home + self.travel + self.escort
        return self.post + away + self.approved + self.absent + self.unrecorded

    def verdict(self, owed: int) -> Verdict:
        """Return how it stands against so many days; days without a record may yet be recorded."""
        missing = owed - self.counted
        if missing <= 0:
            return "met"
        reachable = missing <= self.left + self.unrecorded
        if self.left:
            return "open" if reachable else "late"
        return "unrecorded" if reachable else "short"


@dataclass(frozen=True, slots=True)
class Clearing:
    """Expenses of a bureau under one head.

    Attributes
    ----------
    bureau, head
        Whose, of what.
    spent_fen, cleared_fen
        Spent within the span of the list, and what of that is cleared.
    open_fen
        Not cleared, whenever it was spent within the horizon.
    since
        Day of the first expense that is open; None where none is.
    """

    bureau: str
    head: str
    spent_fen: int
    cleared_fen: int
    open_fen: int
    since: date | None


@dataclass(frozen=True, slots=True)
class Gate:
    """The clearings of a bureau.

    Attributes
    ----------
    bureau
        Whose.
    waits
        Due days of clearings that are not done; with a gate (六㈢) what it blocks waits for them.
    done
        Days on which clearings were done.
    next
        Due days ahead.
    """

    bureau: str
    waits: tuple[date, ...]
    done: tuple[date, ...]
    next: tuple[date, ...]


@dataclass(frozen=True, slots=True, order=True)
class Overdue:
    """A request without answer, or a duty that is not done.

    Attributes
    ----------
    due
        The last day on which it was in time.
    bureau
        Whose; empty where it is nobody's own.
    kind
        ``request``, or the kind of the duty.
    company
        Who asked; empty for a duty.
    days
        Days past the due day.
    """

    due: date
    bureau: str
    kind: str
    company: str
    days: int


def presence(
    ledger: Ledger, scenario: Scenario, as_of: date, spans: Iterable[Period]
) -> tuple[Presence, ...]:
    """Return the statement of every person for each span, person by person.

    Parameters
    ----------
    ledger
        As read: not yet cut to a day.
    scenario
        Gives persons, postings, approved absences and the rule (五㈠; P1, P5, P14).
    as_of
        Records and days after it are left out.
    spans
        Months, or leave periods, of the scenario's calendar.
    """
    tables = ledger.as_of(as_of).tables
    said = {(x["person"], x["date"].date()): x["status"] for x in _rows(tables["presence"])}
    book = _Book(scenario, as_of, said, _approved(tables["absences"]))
    wanted = tuple(spans)
    return tuple(
        book.statement(bureau.id, person, span)
        for bureau, person in scenario.persons
        for span in wanted
        if not set(scenario.posted_days(person)).isdisjoint(span.days)
    )


def clearings(ledger: Ledger, scenario: Scenario, as_of: date, first: date) -> tuple[Clearing, ...]:
    """Return what was spent and cleared, bureau by bureau in the scenario's order.

    An expense is cleared on its own day of clearing; where none is recorded, on the first day on
    which a clearing of its bureau was done that was due on its day or later: a clearing takes all
    that was spent up to the day it is due (六㈢; our reading).

    Parameters
    ----------
    ledger
        As read: not yet cut to a day.
    scenario
        Gives the bureaus and the horizon.
    as_of
        Records and clearings after it are left out.
    first
        First day of the span of the list; it ends with ``as_of``.
    """
    tables = ledger.as_of(as_of).tables
    rows, duties = tables["expenses"], tables["duties"]
    start, end = pd.Timestamp(scenario.horizon.start), pd.Timestamp(as_of)
    rows = rows[(rows["date"] >= start) & (rows["date"] <= end)]
    held = duties[(duties["kind"] == "clearing") & ~_undone(duties, as_of)]
    found = []
    for bureau in scenario.organisation.bureaus:
        own = rows[rows["bureau"] == bureau.id]
        own = own.assign(cleared=_cleared(own, held[held["bureau"] == bureau.id]))
        for head in sorted(set(own["head"])):
            some = own[own["head"] == head]
            inside = some[some["date"] >= pd.Timestamp(first)]
            done = inside[inside["cleared"] <= end]
            left = some[~(some["cleared"] <= end)]
            found.append(
                Clearing(
                    bureau.id,
                    head,
                    int(inside["amount_fen"].sum()),
                    int(done["amount_fen"].sum()),
                    int(left["amount_fen"].sum()),
                    None if left.empty else left["date"].min().date(),
                )
            )
    return tuple(found)


def _cleared(expenses: pd.DataFrame, held: pd.DataFrame) -> pd.Series:
    """Return the day on which each expense was cleared, given the clearings that were done."""
    by_due = held.sort_values("due")
    # Of the clearings due from a day on, the one that was done first.
    first = [*by_due["done"][::-1].cummin()[::-1], pd.NaT]
    place = by_due["due"].searchsorted(expenses["date"])
    with_all = pd.Series([first[i] for i in place], expenses.index, dtype="datetime64[s]")
    return expenses["cleared"].fillna(with_all)


def gates(
    ledger: Ledger,
    scenario: Scenario,
    as_of: date,
    planned: Iterable[tuple[str, date]] = (),
) -> tuple[Gate, ...]:
    """Return the clearings of each bureau that are overdue, and those ahead.

    Parameters
    ----------
    ledger
        As read: not yet cut to a day.
    scenario
        Gives the bureaus.
    as_of
        A clearing due before it and not done is overdue.
    planned
        Bureau and day of clearings that a plan has; they count where they lie ahead.
    """
    duties = ledger.as_of(as_of).tables["duties"]
    own = duties[duties["kind"] == "clearing"]
    days = {(x["bureau"], x["due"].date()) for x in _rows(own[_undone(own, as_of)])}
    done = [
        (x["bureau"], x["due"].date(), x["done"].date()) for x in _rows(own[~_undone(own, as_of)])
    ]
    ahead = {x for x in (*days, *planned) if x[1] >= as_of} - {x[:2] for x in done}
    return tuple(
        Gate(
            bureau.id,
            tuple(sorted(day for of, day in days if of == bureau.id and day < as_of)),
            tuple(sorted(day for of, _, day in done if of == bureau.id)),
            tuple(sorted(day for of, day in ahead if of == bureau.id)),
        )
        for bureau in scenario.organisation.bureaus
    )


def overdue(ledger: Ledger, as_of: date) -> tuple[Overdue, ...]:
    """Return requests past their thirty days (七㈠4⑷) and duties past their day, oldest first."""
    tables = ledger.as_of(as_of).tables
    duties, requests = tables["duties"], tables["requests"]
    found = [
        Overdue(x["due"].date(), x["bureau"], x["kind"], "", 0)
        for x in _rows(duties[_undone(duties, as_of)])
    ]
    unanswered = requests[~(requests["answered"] <= pd.Timestamp(as_of))]
    found += [
        Overdue(day + timedelta(days=ANSWER_DAYS), x["bureau"], "request", x["company"], 0)
        for x in _rows(unanswered)
        for day in [x["date"].date()]
    ]
    late = sorted(x for x in found if x.due < as_of)
    return tuple(Overdue(x.due, x.bureau, x.kind, x.company, (as_of - x.due).days) for x in late)


def _undone(duties: pd.DataFrame, as_of: date) -> pd.Series:
    return ~(duties["done"] <= pd.Timestamp(as_of))


def _rows(table: pd.DataFrame) -> Iterator[dict[str, Any]]:
    yield from ({str(k): v for k, v in row.items()} for row in table.to_dict("records"))


def _approved(absences: pd.DataFrame) -> dict[str, set[date]]:
    """Return the days of approved absences by person."""
    found: dict[str, set[date]] = {}
    for row in _rows(absences[absences["approved"] == "yes"]):
        first, last = row["start"].date(), row["end"].date()
        days = (first + timedelta(days=n) for n in range((last - first).days + 1))
        found.setdefault(row["person"], set()).update(days)
    return found


@dataclass(frozen=True, slots=True)
class _Book:
    """What the records say, day by day."""

    scenario: Scenario
    as_of: date
    said: Mapping[tuple[str, date], str]
    approved: Mapping[str, set[date]]

    def statement(self, bureau: str, person: Person, span: Period) -> Presence:
        scenario, days = self.scenario, self.scenario.days
        posted = set(scenario.posted_days(person))
        absent = {day for own in person.approved_absences for day in days.days_of(own)}
        absent |= {days.day_of(day) for day in self.approved.get(person.id, ())}
        inside = [day for day in span.days if day in posted]
        told = [self._status(person.id, day, absent) for day in inside if self._over(day)]
        n = {status: told.count(status) for status in set(told)}
        travel = n.get("travel", 0)
        counts = n.get("post", 0) + (travel if scenario.rules.presence.travel_counts else 0)
        served = [day for day in inside if day not in absent]
        return Presence(
            bureau,
            person.id,
            span.label,
            n.get("post", 0),
            n.get("leave", 0),
            travel,
            n.get("escort", 0),
            n.get("approved", 0),
            n.get("absent", 0),
            n.get("", 0),
            sum(not self._over(day) for day in inside),
            counts,
            self._rule(span, len(served)),
            self._owed(person.id, span, served),
        )

    def _over(self, day: int) -> bool:
        return self.scenario.days.date_of(day) <= self.as_of

    def _status(self, person: str, day: int, absent: set[int]) -> str:
        status = self.said.get((person, self.scenario.days.date_of(day)), "")
        return "approved" if status in ("", "absent") and day in absent else status

    def _rule(self, span: Period, served: int) -> int:
        """Return the days of the plain rule: so many a month, the share that was served."""
        months = self._months(span)
        whole = sum(self._whole(month) for month in months)
        return self.scenario.rules.presence.days_per_month * len(months) * served // whole

    def _owed(self, person: str, span: Period, served: list[int]) -> int | None:
        """Return the days that the policy asks for of a span of its kind (P1, P14)."""
        rule, leave = self.scenario.rules.presence, self.scenario.rules.leave
        if rule.policy == "quarterly":
            if span not in self.scenario.periods:
                return None
            months = self._aligned(span)
            whole = sum(self._whole(month) for month in months)
            off = leave.length_days - 2 * leave.travel_days_each_way * rule.travel_counts
            off *= _HALF * len(served) >= whole
            quota = rule.days_per_month * leave.period_months
            return quota * max(0, len(served) - off) // (whole - off)
        if span not in self.scenario.days.months:
            return None
        if rule.policy == "monthly-except-leave":
            away = [day for day in served if self._away(person, day)]
            if away:
                return len(served) - len(away)
        return self._rule(span, len(served))

    def _away(self, person: str, day: int) -> bool:
        status = self.said.get((person, self.scenario.days.date_of(day)), "")
        return status in ("leave", "travel", "escort")

    def _months(self, span: Period) -> list[date]:
        """Return the first days of the months that a span touches."""
        days = (self.scenario.days.date_of(day) for day in span.days)
        return sorted({day.replace(day=1) for day in days})

    def _aligned(self, period: Period) -> list[date]:
        """Return the first days of all months of the calendar period that a period is cut from."""
        n, first = self.scenario.rules.leave.period_months, self._months(period)[0]
        opening = (first.month - 1) // n * n + 1
        return [date(first.year, opening + k, 1) for k in range(n)]

    @staticmethod
    def _whole(month: date) -> int:
        return ((month + timedelta(days=32)).replace(day=1) - month).days

"""The scenario: everything that is given for one city and one horizon."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from functools import cached_property
from itertools import groupby
from typing import Any, Self

from pydantic import model_validator

from scenarios.assessment import Assessment
from scenarios.assumptions import KNOWN, Assumptions
from scenarios.budget import Budget
from scenarios.calendar import Calendar, CalendarData, Horizon, Period, build_calendar
from scenarios.obligations import Obligations
from scenarios.organisation import Bureau, Chain, Company, HostUnit, Leader, Organisation, Person
from scenarios.part import DateRange, Identifier, Part, Text, described
from scenarios.rules import Rules
from scenarios.targets import BureauTarget, Target, targets_of


class Scenario(Part):
    """Everything given for one horizon; frozen, and complete when it exists.

    Raises
    ------
    pydantic.ValidationError
        When a field is wrong by itself, or parts contradict each other; the message of a
        contradiction lists every one, a line each.
    """

    id: Identifier = described("场景编号", "scenario id")
    title: Text = described("场景名称", "title")
    note: Text | None = described("说明", "note", default=None)
    synthetic_note: Text | None = described("虚构数据声明", "which data are invented", default=None)
    horizon: Horizon = described("计划期", "horizon")
    calendar: CalendarData = described("日历", "calendar")
    organisation: Organisation = described("组织", "organisation")
    rules: Rules = described("规则", "rules", default=Rules())
    targets: tuple[Target, ...] = described("目标", "targets", clause="四")
    assessment: Assessment = described("考核", "assessment", clause="七")
    budget: Budget = described("经费", "budget", clause="六")
    obligations: Obligations = described("例会与活动", "obligations", default=Obligations())
    assumptions: Assumptions = described("假设", "assumptions")
    companies: tuple[Company, ...] = described("企业", "companies", default=())

    @model_validator(mode="after")
    def _parts_agree(self) -> Scenario:
        contradictions = list(_contradictions(self))
        if contradictions:
            raise ValueError("\n".join(contradictions))
        return self

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """Return a copy with some fields changed; what was worked out is worked out anew."""
        copied = super().model_copy(update=update, deep=deep)
        same_days = not {"calendar", "horizon"} & set(update or ())
        kept = {*type(self).model_fields, *(("days",) if same_days else ())}
        for name in set(copied.__dict__) - kept:
            del copied.__dict__[name]
        return copied

    @cached_property
    def days(self) -> Calendar:
        """The horizon day by day."""
        return build_calendar(self.calendar, self.horizon)

    @cached_property
    def periods(self) -> tuple[Period, ...]:
        """The leave periods (calendar quarters by default)."""
        return self.days.periods(self.rules.leave.period_months)

    @cached_property
    def persons(self) -> tuple[tuple[Bureau, Person], ...]:
        """Every posted person with the bureau, in the scenario's order."""
        return tuple((b, p) for b in self.organisation.bureaus for p in b.persons)

    def bureau(self, bureau_id: str) -> Bureau:
        """Return a bureau by id."""
        return next(b for b in self.organisation.bureaus if b.id == bureau_id)

    def leader(self, leader_id: str) -> Leader:
        """Return a leader by id."""
        return next(x for x in self.organisation.leaders if x.id == leader_id)

    def chain(self, chain_id: str) -> Chain:
        """Return an industry chain by id."""
        return next(c for c in self.organisation.chains if c.id == chain_id)

    def host_unit(self, unit_id: str) -> HostUnit:
        """Return a host unit by id."""
        return next(u for u in self.organisation.host_units if u.id == unit_id)

    def posted_days(self, person: Person) -> range:
        """Return the day indices on which a person is posted."""
        first = self.days.day_of(person.posted_from) if person.posted_from else 0
        last = self.days.day_of(person.posted_to) if person.posted_to else self.days.n_days - 1
        first = max(0, first)
        return range(first, max(first, min(last, self.days.n_days - 1) + 1))

    def targets_of(self, bureau_id: str) -> tuple[BureauTarget, ...]:
        """Return the targets that hold for a bureau."""
        return targets_of(self.targets, bureau_id)

    @cached_property
    def content_hash(self) -> str:
        """SHA-256 of the resolved content: equal scenarios have equal hashes.

        Settings that came later count only where they ask for something
        (:data:`scenarios.rules.LATER`).
        """
        content = self.model_dump(mode="json", exclude={"rules": self.rules.unasked})
        text = json.dumps(content, sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()


def _contradictions(s: Scenario) -> Iterator[str]:
    """Yield every disagreement between parts, as ``path: found ...; allowed: ...; remedy``."""
    yield from _duplicates(s)
    yield from _unknown_references(s)
    yield from _calendar_faults(s)
    yield from _budget_and_assumption_faults(s)


def _duplicates(s: Scenario) -> Iterator[str]:
    org = s.organisation
    tables: dict[str, list[str]] = {
        "organisation.bureaus": [b.id for b in org.bureaus],
        "organisation.bureaus.persons": [p.id for _, p in s.persons],
        "organisation.leaders": [x.id for x in org.leaders],
        "organisation.chains": [c.id for c in org.chains],
        "organisation.host_units": [u.id for u in org.host_units],
        "organisation.provinces": [p.id for p in org.provinces],
        "targets": [t.id for t in s.targets],
        "assessment.items": [i.id for i in s.assessment.items],
        "assumptions.items": [a.id for a in s.assumptions.items],
        "companies": [c.id for c in s.companies],
        "budget.heads": [h.id for h in s.budget.heads],
    }
    for path, ids in tables.items():
        seen: set[str] = set()
        for key in ids:
            if key in seen:
                yield f"{path}: found id '{key}' twice; allowed: each id once; rename one of them"
            seen.add(key)


def _unknown_references(s: Scenario) -> Iterator[str]:
    org = s.organisation
    bureaus = {b.id for b in org.bureaus}
    chains = {c.id for c in org.chains}
    units = {u.id for u in org.host_units}
    provinces = {p.id for p in org.provinces}
    metrics: dict[str, str] = {t.id: t.metric for t in s.targets}

    def unknown(path: str, key: str, known: set[str]) -> Iterator[str]:
        if key not in known:
            have = ", ".join(sorted(known)) or "none"
            yield f"{path}: found '{key}'; allowed: one of {have}"

    yield from unknown("organisation.office", org.office, units)
    for chain in org.chains:
        yield from unknown(f"organisation.chains.{chain.id}.lead_unit", chain.lead_unit, units)
    for bureau in org.bureaus:
        at = f"organisation.bureaus.{bureau.id}"
        for sector in bureau.sectors:
            yield from unknown(f"{at}.sectors.{sector.id}.chain", sector.chain, chains)
        for province in (*bureau.primary_provinces, *bureau.secondary_provinces):
            yield from unknown(f"{at}.provinces", province, provinces)
        sectors = {sector.id for sector in bureau.sectors}
        for cluster in bureau.clusters:
            yield from unknown(f"{at}.clusters.{cluster.id}.province", cluster.province, provinces)
            yield from unknown(f"{at}.clusters.{cluster.id}.sector", cluster.sector, sectors)
    for target in s.targets:
        for key in (*target.minimum_by_bureau, *target.not_for, *target.only_for):
            yield from unknown(f"targets.{target.id}", key, bureaus)
    for item in s.assessment.items:
        for key in item.applies_to:
            yield from unknown(f"assessment.items.{item.id}.applies_to", key, bureaus)
        target_id = getattr(item.rule, "target", None)
        if target_id is None:
            continue
        yield from unknown(f"assessment.items.{item.id}.rule.target", target_id, set(metrics))
        if metrics.get(target_id, item.metric) != item.metric:
            yield (
                f"assessment.items.{item.id}.rule.target: found '{target_id}', a target on "
                f"{metrics[target_id]}; allowed: a target on the item's metric, {item.metric}"
            )
    for company in s.companies:
        yield from unknown(f"companies.{company.id}.bureau", company.bureau, bureaus)
        yield from unknown(f"companies.{company.id}.chain", company.chain, chains)
        yield from unknown(f"companies.{company.id}.province", company.province, provinces)
    companies = {c.id for c in s.companies}
    for key in s.rules.visits.newcomers:
        if key not in companies:
            yield (
                f"rules.visits.newcomers: found '{key}'; allowed: ids of companies; "
                "add the company or remove the id"
            )
    for fair in s.obligations.fairs:
        for key in fair.bureaus:
            yield from unknown(f"obligations.fairs.{fair.id}.bureaus", key, bureaus)
    for table in ("lump_sum_yuan", "rent_yuan_per_month", "travel_by_bureau"):
        for key in getattr(s.budget, table):
            yield from unknown(f"budget.{table}", key, bureaus)
    for assumption in s.assumptions.items:
        for key in assumption.by_bureau:
            yield from unknown(f"assumptions.items.{assumption.id}.by_bureau", key, bureaus)


def _calendar_faults(s: Scenario) -> Iterator[str]:
    try:
        calendar = build_calendar(s.calendar, s.horizon)
    except ValueError as error:
        yield (
            f"calendar: found {error}; allowed: every year of the horizon; "
            "add the year under calendar.years"
        )
        return
    inside = f"{s.horizon.start} to {s.horizon.end}"

    def outside(path: str, span: DateRange) -> Iterator[str]:
        if span.end < s.horizon.start or span.start > s.horizon.end:
            yield f"{path}: found {span.start} to {span.end}; allowed: days within {inside}"

    for bureau, person in s.persons:
        at = f"organisation.bureaus.{bureau.id}.persons.{person.id}"
        for pin in person.leave_pins:
            yield from outside(f"{at}.leave_pins", DateRange(start=pin, end=pin))
        if person.posted_from and person.posted_to and person.posted_to < person.posted_from:
            yield (
                f"{at}: found posted_to {person.posted_to} before posted_from "
                f"{person.posted_from}; allowed: the later day as posted_to"
            )
        for name in ("posted_from", "posted_to"):
            day = getattr(person, name)
            if day is not None and not s.horizon.start <= day <= s.horizon.end:
                yield (
                    f"{at}.{name}: found {day}; allowed: days within {inside}; "
                    "leave it out for the whole horizon"
                )
        for name in ("leave_requests", "approved_absences", "no_leave"):
            for span in getattr(person, name):
                yield from outside(f"{at}.{name}", span)
    for company in s.companies:
        for span in company.windows:
            yield from outside(f"companies.{company.id}.windows", span)
    for fair in s.obligations.fairs:
        yield from outside(f"obligations.fairs.{fair.id}", fair)
    length = s.rules.leave.length_days
    longest = max(calendar.periods(s.rules.leave.period_months), key=lambda period: period.n_days)
    if length > longest.n_days:
        yield (
            f"rules.leave.length_days: found {length} days; allowed: at most the "
            f"{longest.n_days} days of {longest.label}; shorten the leave or lengthen the period"
        )
    if s.rules.visits.length_days > s.rules.leave.home_days:
        yield (
            f"rules.visits.length_days: found {s.rules.visits.length_days}; allowed: at most the "
            f"{s.rules.leave.home_days} days at home of one leave"
        )
    yield from _trip_faults(s, calendar)


def _trip_faults(s: Scenario, calendar: Calendar) -> Iterator[str]:
    trips = s.rules.leader_trips
    if trips.inspections == "received":
        return
    may_run = [trips.days == "any" or workday for workday in calendar.workday]
    longest = max(sum(1 for _ in run) if free else 0 for free, run in groupby(may_run))
    if trips.length_days > longest:
        yield (
            f"rules.leader_trips.length_days: found {trips.length_days} days; allowed: at most the "
            f"{longest} days in a row on which trips may run; shorten the trip or let trips run on "
            "any day"
        )


def _budget_and_assumption_faults(s: Scenario) -> Iterator[str]:
    for bureau in s.organisation.bureaus:
        if bureau.id not in s.budget.lump_sum_yuan:
            yield (
                f"budget.lump_sum_yuan: found no entry for '{bureau.id}'; allowed: one amount for "
                "each bureau; 0 is an amount"
            )
    periods = len(_periods(s))
    shares = s.budget.release.shares
    if s.budget.release.policy == "shares" and periods and len(shares) != periods:
        yield (
            f"budget.release.shares: found {len(shares)} shares; allowed: one for each of the "
            f"{periods} leave periods"
        )
    have = {a.id: a for a in s.assumptions.items}
    for key in KNOWN:
        if key not in have:
            yield (
                f"assumptions.items: found no '{key}'; allowed: every assumption the simulation "
                f"draws on; add it ({KNOWN[key].meaning.en})"
            )
    for key, assumption in have.items():
        if key not in KNOWN:
            yield (
                f"assumptions.items: found '{key}'; allowed: {', '.join(sorted(KNOWN))}; "
                "remove it, nothing reads it"
            )
            continue
        for where, distribution in (
            ("distribution", assumption.distribution),
            *((f"by_bureau.{b}", d) for b, d in assumption.by_bureau.items()),
        ):
            problem = KNOWN[key].refuses(distribution)
            if problem:
                yield f"assumptions.items.{key}.{where}: {problem}"


def _periods(s: Scenario) -> tuple[Period, ...]:
    # None while the calendar itself is at fault: that fault is reported on its own.
    try:
        return build_calendar(s.calendar, s.horizon).periods(s.rules.leave.period_months)
    except ValueError:
        return ()

"""Who receives groups in the home city: host units, the city as a whole, leaders."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Final

from planner.audit.books import Books
from planner.audit.finding import Finding, Rule, breaches, rule
from planner.audit.rows import VisitRow
from scenarios.organisation import Leader

HOST = rule("host-unit")
"""A group is received by the lead unit of its chain, which is the chain of one of its companies;
where the rules say so, that unit leads the chains of all of them. Companies of a joint group are
those of all its bureaus."""

HOST_CAPACITY = rule("host-unit-capacity")
"""A host unit has no more groups at once than it can take."""

CITY_CAPACITY = rule("city-capacity")
"""The city has no more groups at once than it can take."""

LEADER = rule("leader-tier")
"""A leader is named with tier and day or not at all, and the tier is the leader's own."""

LEADER_DAY = rule("leader-day")
"""A leader receives on a day of the visit that the diary leaves free."""

EXPECTS = rule("company-expects")
"""Every company meets a leader of the tier it expects, or above."""

LEADER_DAILY = rule("leader-groups-a-day")
"""A leader receives no more groups a day than stated."""

LEADER_MONTHLY = rule("leader-groups-a-month")
"""A leader receives no more groups a calendar month than stated."""

TARGETS: Final = {
    "inspections": rule("target-inspections"),
    "inspections_principal": rule("target-inspections-principal"),
    "inspections_deputy": rule("target-inspections-deputy"),
}
"""Companies that leaders receive in groups, or inspect on trips where the scenario has them, reach
the bureau's targets by tier (V1: one count for each; V2: the tiers add up)."""

RULES = (
    HOST,
    HOST_CAPACITY,
    CITY_CAPACITY,
    LEADER,
    LEADER_DAY,
    EXPECTS,
    LEADER_DAILY,
    LEADER_MONTHLY,
    *TARGETS.values(),
)

_MEETS: Final = {
    "principal": ("principal",),
    "deputy": ("principal", "deputy"),
    "any": ("principal", "deputy", ""),
}
_COUNTED: Final = {
    "inspections": ("principal", "deputy"),
    "inspections_principal": ("principal",),
    "inspections_deputy": ("deputy",),
}


def check_receptions(books: Books) -> Iterator[Finding]:
    """Check who receives each visit, and that nobody receives too many."""
    for visit in books.visits:
        yield _host(books, visit)
        yield from _led(books, visit)
    yield from _capacities(books)
    for leader in books.scenario.organisation.leaders:
        yield from _leader_load(books, leader)
    yield from _targets(books)


def _host(books: Books, visit: VisitRow) -> Finding:
    scenario, companies = books.scenario, books.companies_of(books.group_of[visit.visit])
    unit = scenario.chain(visit.chain).lead_unit
    units = {scenario.chain(c.chain).lead_unit for c in companies}
    kept = visit.host_unit == unit and visit.chain in {c.chain for c in companies}
    if scenario.rules.visits.same_host_unit:
        kept = kept and units == {unit}
    actual = f"{visit.host_unit} for {visit.chain}, companies of {', '.join(sorted(units)) or '-'}"
    return HOST.judge(kept, visit.visit, books.iso(visit.start), unit, actual)


def _led(books: Books, visit: VisitRow) -> Iterator[Finding]:
    date = books.iso(visit.start)
    tier = books.leaders[visit.leader].tier if visit.leader else ""
    day = books.iso(visit.leader_day) if visit.leader_day is not None else "no day"
    whole = bool(visit.leader) == (visit.leader_day is not None)
    required = f"{visit.leader} as {tier} on a day" if visit.leader else "no tier, no day"
    actual = f"{visit.leader or 'nobody'} as {visit.tier or 'no tier'} on {day}"
    yield LEADER.judge(whole and visit.tier == tier, visit.visit, date, required, actual)
    if visit.leader and visit.leader_day is not None:
        free = not is_blocked(books, visit.leader, visit.leader_day)
        kept = free and visit.leader_day in visit.days
        required = f"a free day of {date}/{books.iso(visit.end)}"
        actual = day if free else f"{day}, blocked"
        yield LEADER_DAY.judge(kept, visit.visit, date, required, actual)
    # What counts is the leader that is named, not the tier the table claims.
    unmet = [c.id for c in books.visitors[visit.visit] if tier not in _MEETS[c.expects]]
    yield EXPECTS.judge(not unmet, visit.visit, date, "0 expect more", breaches(unmet))


def is_blocked(books: Books, leader: str, day: int) -> bool:
    """Return whether a leader's diary blocks a day."""
    days = books.scenario.days
    return any(day in days.days_of(span) for span in books.leaders[leader].blocked)


def _capacities(books: Books) -> Iterator[Finding]:
    organisation = books.scenario.organisation
    # Whatever a joint group's rows say, it is one group for whoever receives it.
    hosted = {
        (number, visit.host_unit, day)
        for number, group in enumerate(books.groups)
        for visit in group.visits
        for day in visit.days
    }
    by_unit = Counter((unit, day) for _, unit, day in hosted)
    for unit in organisation.host_units:
        load = {day: n for (host, day), n in sorted(by_unit.items()) if host == unit.id}
        yield _within(HOST_CAPACITY, books, unit.id, unit.groups_at_once, load)
    by_day = Counter(day for _, day in {(number, day) for number, _, day in hosted})
    load = dict(sorted(by_day.items()))
    yield _within(CITY_CAPACITY, books, "city", organisation.groups_in_city, load)


def _within(rule: Rule, books: Books, subject: str, limit: int, load: dict[int, int]) -> Finding:
    over = [books.iso(day) for day, n in load.items() if n > limit]
    actual = f"at most {max(load.values(), default=0)}"
    if over:
        actual += f", over on {breaches(over)}"
    return rule.judge(not over, subject, books.span, f"at most {limit}", actual)


def _leader_load(books: Books, leader: Leader) -> Iterator[Finding]:
    days = {
        (number, visit.leader_day)
        for number, group in enumerate(books.groups)
        for visit in group.visits
        if visit.leader == leader.id and visit.leader_day is not None
    }
    received = Counter(day for _, day in days)
    load = dict(sorted(received.items()))
    yield _within(LEADER_DAILY, books, leader.id, leader.groups_per_day, load)
    for month in books.scenario.days.months:
        n = sum(groups for day, groups in load.items() if day in month)
        if n:
            limit = leader.groups_per_month
            yield LEADER_MONTHLY.judge(n <= limit, leader.id, month.label, f"at most {limit}", n)


def _targets(books: Books) -> Iterator[Finding]:
    for bureau in books.scenario.organisation.bureaus:
        for target in books.scenario.targets_of(bureau.id):
            metric = target.target.metric
            if metric not in TARGETS:
                continue
            tiers = _COUNTED[metric]
            met = {
                company
                for company, tier in books.inspections
                if tier in tiers and books.companies[company].bureau == bureau.id
            }
            kept = len(met) >= target.minimum
            yield TARGETS[metric].judge(kept, bureau.id, books.span, target.minimum, len(met))

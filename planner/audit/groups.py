"""Grouped visits: when they run, who escorts them, how large they are, who comes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from planner.audit.books import Books, Group
from planner.audit.finding import Finding, breaches, rule
from planner.audit.rows import LeaveRow, VisitRow
from planner.audit.service import absent_days

LENGTH = rule("visit-length")
"""A visit has its length."""

OPEN_DAYS = rule("visit-open-days")
"""Visits run on days on which the home city is not closed (P12): on working days, or on any where
the scenario says so."""

ESCORT = rule("visit-escort")
"""The escort is of the bureau and at home on leave on all days, travel days excepted (V5)."""

ONE_AT_A_TIME = rule("visit-one-a-bureau")
"""A bureau has one group in the city at a time."""

FREE_DAYS = rule("free-days")
"""Escorting leaves so many days of a leave free."""

SIZE = rule("group-size")
"""A group has so many companies."""

SEATS = rule("group-seats")
"""A group has the seats the rules give it, and no more companies than seats."""

RESERVED = rule("reserved-seats")
"""Companies that the scenario does not name as newcomers leave the reserved seats free."""

JOINT_ALLOWED = rule("joint-groups")
"""A group is of one bureau, unless the scenario lets several bring one together (V6)."""

JOINT_BUREAUS = rule("joint-group-bureaus")
"""A joint group is of at least two bureaus, each once, and each with companies in it."""

JOINT_TOGETHER = rule("joint-group-together")
"""The bureaus of a joint group agree on its days, its chain and host unit, and who receives it on
which day."""

OWN = rule("company-bureau")
"""A group's companies are of its bureau."""

SCREENING = rule("company-screening")
"""No company comes that failed screening."""

WINDOW = rule("company-window")
"""Every company can come on all days of its visit."""

CARRIES = rule("leave-with-group")
"""Leaves carry groups: wished for of every leave."""

WINTER = rule("visit-in-winter")
"""Visits better not begin in a winter month."""

RULES = (
    LENGTH,
    OPEN_DAYS,
    ESCORT,
    ONE_AT_A_TIME,
    FREE_DAYS,
    SIZE,
    SEATS,
    RESERVED,
    JOINT_ALLOWED,
    JOINT_BUREAUS,
    JOINT_TOGETHER,
    OWN,
    SCREENING,
    WINDOW,
    CARRIES,
    WINTER,
)


def check_groups(books: Books) -> Iterator[Finding]:
    """Check every visit by itself, then those of a bureau and of a leave together."""
    for visit in books.visits:
        yield from _days(books, visit)
        yield _escort(books, visit)
        yield from _companies(books, visit)
    for group in books.groups:
        yield from _size(books, group)
        if group.joint:
            yield from _joint(books, group)
    for bureau in books.scenario.organisation.bureaus:
        yield from _of_bureau(books, bureau.id)
    for leave in books.leaves:
        yield from _free_days(books, leave)


def _days(books: Books, visit: VisitRow) -> Iterator[Finding]:
    required = books.scenario.rules.visits.length_days
    date, n_days = books.iso(visit.start), len(visit.days)
    yield LENGTH.judge(n_days == required, visit.visit, date, required, n_days)
    shut = [books.iso(day) for day in visit.days if not books.receives(day)]
    yield OPEN_DAYS.judge(not shut, visit.visit, date, "0 closed days", breaches(shut))


def _escort(books: Books, visit: VisitRow) -> Finding:
    home = {
        day
        for leave in books.leaves
        if leave.person == visit.escort
        for day in books.home_days(leave)
    } - absent_days(books.scenario, books.persons[visit.escort])
    missing = [books.iso(day) for day in visit.days if day not in home]
    own = visit.escort in {p.id for p in books.scenario.bureau(visit.bureau).persons}
    actual = f"{visit.escort}, not at home on {breaches(missing)}"
    required = f"of {visit.bureau}, at home on leave"
    return ESCORT.judge(own and not missing, visit.visit, books.iso(visit.start), required, actual)


def _size(books: Books, group: Group) -> Iterator[Finding]:
    rule, date = books.scenario.rules.visits, books.iso(group.visits[0].start)
    companies = books.companies_of(group)
    n, size = len(companies), f"{rule.group_min} to {rule.group_max}"
    yield SIZE.judge(rule.group_min <= n <= rule.group_max, group.id, date, size, n)
    takes = {visit.visit: len(books.visitors[visit.visit]) for visit in group.visits}
    seats = [visit.seats for visit in group.visits]
    fit = all(takes[visit.visit] <= visit.seats for visit in group.visits)
    actual = f"{_sum(seats)} for {_sum(takes.values())}"
    yield SEATS.judge(sum(seats) == rule.group_max and fit, group.id, date, rule.group_max, actual)
    if rule.reserved_seats:
        known = sum(company.id not in rule.newcomers for company in companies)
        most = rule.group_max - rule.reserved_seats
        required = f"at most {most} that are no newcomers"
        yield RESERVED.judge(known <= most, group.id, date, required, known)


def _sum(numbers: Iterable[int]) -> str:
    return " + ".join(map(str, numbers))


def _joint(books: Books, group: Group) -> Iterator[Finding]:
    date, policy = books.iso(group.visits[0].start), books.scenario.rules.visits.joint_groups
    bureaus = [visit.bureau for visit in group.visits]
    found = ", ".join(bureaus)
    yield JOINT_ALLOWED.judge(policy == "allowed", group.id, date, f"policy {policy}", found)
    without = [visit.bureau for visit in group.visits if not books.visitors[visit.visit]]
    each_once = len(set(bureaus)) == len(bureaus) > 1
    actual = f"{found}, without companies {breaches(without)}"
    required = "two bureaus or more, each with companies"
    yield JOINT_BUREAUS.judge(each_once and not without, group.id, date, required, actual)
    first = group.visits[0]
    asked = {
        "days": [visit.days == first.days for visit in group.visits],
        "chain": [visit.chain == first.chain for visit in group.visits],
        "host unit": [visit.host_unit == first.host_unit for visit in group.visits],
        "leader": [
            (visit.leader, visit.tier) == (first.leader, first.tier) for visit in group.visits
        ],
        "leader's day": [visit.leader_day == first.leader_day for visit in group.visits],
    }
    apart = [name for name, same in asked.items() if not all(same)]
    yield JOINT_TOGETHER.judge(not apart, group.id, date, "0 differ", breaches(apart))


def _companies(books: Books, visit: VisitRow) -> Iterator[Finding]:
    scenario, companies = books.scenario, books.visitors[visit.visit]
    date = books.iso(visit.start)
    strangers = [c.id for c in companies if c.bureau != visit.bureau]
    yield OWN.judge(not strangers, visit.visit, date, f"all of {visit.bureau}", breaches(strangers))
    failed = [c.id for c in companies if c.screening == "failed"]
    yield SCREENING.judge(not failed, visit.visit, date, "0 failed", breaches(failed))
    kept_away = [
        c.id
        for c in companies
        if not set(visit.days) <= {d for window in c.windows for d in scenario.days.days_of(window)}
    ]
    yield WINDOW.judge(not kept_away, visit.visit, date, "0 unable to come", breaches(kept_away))


def _of_bureau(books: Books, bureau: str) -> Iterator[Finding]:
    own = [visit for visit in books.visits if visit.bureau == bureau]
    groups = Counter(day for visit in own for day in visit.days)
    crowded = [books.iso(day) for day in sorted(groups) if groups[day] > 1]
    yield ONE_AT_A_TIME.judge(not crowded, bureau, books.span, "0 days with two", breaches(crowded))
    winter = books.scenario.rules.visits.winter_months
    cold = [v.visit for v in own if books.scenario.days.date_of(v.start).month in winter]
    yield WINTER.judge(not cold, bureau, books.span, f"0 of {len(own)}", breaches(cold))
    leaves = [leave for leave in books.leaves if leave.bureau == bureau]
    carrying = sum(bool(_escorted(books, leave)) for leave in leaves)
    yield CARRIES.judge(carrying == len(leaves), bureau, books.span, len(leaves), carrying)


def _free_days(books: Books, leave: LeaveRow) -> Iterator[Finding]:
    escorted = _escorted(books, leave)
    if escorted:
        required = books.scenario.rules.leave.protected_free_days
        free = sum(day not in escorted for day in books.home_days(leave))
        yield FREE_DAYS.judge(free >= required, leave.person, leave.period, required, free)


def _escorted(books: Books, leave: LeaveRow) -> set[int]:
    """Return the days of a leave on which its person escorts a group."""
    own = (visit for visit in books.visits if visit.escort == leave.person)
    return {day for visit in own for day in visit.days if day in leave.days}

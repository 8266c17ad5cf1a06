"""Conflicts that counting can prove, each said in words with its numbers, before any solving."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from planner.coverage import may_be_away
from planner.infeasible import Explanation
from planner.presence import account, full_days, is_shared, month_account, off_days
from planner.starts import Choice, Family, Standing, allowed_starts, refusals, standing_of
from scenarios.calendar import Period
from scenarios.model import Scenario
from scenarios.organisation import Bureau, Person
from scenarios.part import Text

OWED, PRESENCE, PIN, COVERAGE = "leave-owed", "presence", "leave-pin", "coverage"
"""Ids, in the rulebook, of the rules that conflict most; the others stand in :data:`_RULES`."""

_RULES: dict[Family, str] = {
    "period": "leave-in-period",
    "posting": "leave-in-posting",
    "absence": "leave-absence",
    "no-leave": "leave-blocked-days",
    "presence": PRESENCE,
    "pin": PIN,
    "coverage": COVERAGE,
    "stretch": "leave-stretch",
}
_WORDS: dict[Family, Text] = {
    "period": Text(zh="超出轮休周期", en="leaves the period"),
    "posting": Text(zh="不在派驻期内", en="leaves the posting"),
    "absence": Text(zh="与批准的缺勤重叠", en="meets an approved absence"),
    "no-leave": Text(zh="与不可轮休日重叠", en="meets days on which leave is not possible"),
    "presence": Text(zh="在岗天数不足", en="leaves too few days at post"),
    "pin": Text(zh="与已定起始日不符", en="is not the pinned day"),
    "coverage": Text(zh="驻地留守人数不足", en="leaves too few persons at post"),
    "stretch": Text(
        zh="与相邻轮休相隔天数不符", en="is too near to or far from the leave beside it"
    ),
}

_NAMES: dict[Family, Text] = {
    "period": Text(zh="轮休不跨周期", en="leaves inside their period"),
    "posting": Text(zh="派驻期", en="postings"),
    "absence": Text(zh="批准的缺勤", en="approved absences"),
    "no-leave": Text(zh="不可轮休日", en="days on which leave is not possible"),
    "presence": Text(zh="在岗天数", en="days at post"),
    "pin": Text(zh="已定起始日", en="pinned first days"),
    "coverage": Text(zh="驻地留守", en="cover at post"),
    "stretch": Text(zh="两次轮休之间的天数", en="days between two leaves of a person"),
}


NAMED = 3
"""Persons named in a conflict that concerns many alike."""


@dataclass(frozen=True, slots=True)
class Shortage:
    """A period that owes more days at post than service leaves."""

    period: str
    owed_days: int
    service_days: int
    off_days: int


def certificate(scenario: Scenario) -> Explanation | None:
    """Return every conflict that counting can prove, or None where counting finds none.

    None does not prove that a plan exists: leaves that each find room may still not fit together.
    """
    standings = [
        standing_of(scenario, person, period)
        for _, person in scenario.persons
        for period in scenario.periods
    ]
    monthly = _monthly(scenario, standings)
    if monthly is not None:
        return monthly
    short = {x: _shortage(scenario, x) for x in standings if _counts_by_period(scenario, x)}
    found = _shortages({x: shortage for x, shortage in short.items() if shortage is not None})
    found += [x for s in standings if short.get(s) is None for x in _of_one(scenario, s)]
    if not found:
        found = [
            x for bureau in scenario.organisation.bureaus for x in _of_bureau(scenario, bureau)
        ]
    return Explanation.joined(found) if found else None


def family_names(families: Iterable[Family]) -> Text:
    """Return the names of families of rules as a list."""
    names = [_NAMES[family] for family in families]
    return Text(zh="与".join(x.zh for x in names), en=" and ".join(x.en for x in names))


def family_rules(families: Iterable[Family]) -> tuple[str, ...]:
    """Return the ids of the rules that families stand for, sorted."""
    return tuple(sorted(_RULES[family] for family in families))


def _monthly(scenario: Scenario, standings: Iterable[Standing]) -> Explanation | None:
    """Explain that a minimum every month and one long leave never go together."""
    if scenario.rules.presence.policy != "monthly-literal":
        return None
    stuck = [
        standing
        for standing in standings
        if standing.takes_leave
        and not allowed_starts(scenario, standing, frozenset({"pin"}))
        and allowed_starts(scenario, standing, frozenset({"pin", "presence"}))
    ]
    if not stuck:
        return None
    lines = [
        _monthly_headline(scenario, stuck),
        *(
            _monthly_arithmetic(scenario, next(s for s in stuck if s.period == period))
            for period in scenario.periods
            if any(standing.period == period for standing in stuck)
        ),
        Text(
            zh="可改用“按季”或“按月（轮休所在月除外）”口径。",
            en="Choose the policy 'quarterly' or 'monthly-except-leave' instead.",
        ),
    ]
    return Explanation(tuple(lines), (OWED, PRESENCE))


def _months_touched(scenario: Scenario) -> int:
    """Return how many months one leave can touch at most, February having 28 days."""
    return (scenario.rules.leave.length_days + 26) // 28 + 1


def _monthly_headline(scenario: Scenario, stuck: Sequence[Standing]) -> Text:
    length, quota = scenario.rules.leave.length_days, scenario.rules.presence.days_per_month
    off, n, spare = off_days(scenario), _months_touched(scenario), max(0, 31 - quota)
    n_persons = len({standing.person.id for standing in stuck})
    concerns = Text(
        zh=f"涉及 {n_persons} 人、{len(stuck)} 次轮休。",
        en=f"This concerns {n_persons} persons and {len(stuck)} leaves.",
    )
    if n * spare >= off:
        return Text(
            zh=(
                f"以下各期内，每月在岗不少于 {quota} 天与一次 {length} 天轮休不能并存。"
                f"{concerns.zh}"
            ),
            en=(
                f"In the periods below, at least {quota} days at post in every month and one leave "
                f"of {length} days cannot both be kept. {concerns.en}"
            ),
        )
    return Text(
        zh=(
            f"每月在岗不少于 {quota} 天与一次 {length} 天轮休不能并存:31 天的月份至多可离岗 "
            f"{spare} 天，一次轮休至多触及 {n} 个月，合计至多 {n * spare} 天，轮休需离岗 {off} 天。"
            f"{concerns.zh}"
        ),
        en=(
            f"At least {quota} days at post in every month and one leave of {length} days cannot "
            f"both be kept: a month of 31 days can spare at most {spare} days, so the {n} months a "
            f"leave can touch spare at most {n * spare}, and the leave takes {off}. {concerns.en}"
        ),
    )


def _monthly_arithmetic(scenario: Scenario, standing: Standing) -> Text:
    # A leave that may run into the next period touches its first months too.
    months = [
        m
        for m in scenario.days.months
        if m.start in standing.period or _may_run_into(scenario, standing.period, m)
    ]
    slack = [month_account(scenario, standing.service, m).slack_days for m in months]
    spare = [max(0, days) for days in slack]
    each = [f"{m.label}: {days}" for m, days in zip(months, spare, strict=True)]
    n, off = min(_months_touched(scenario), len(months)), off_days(scenario)
    best = max(sum(spare[i : i + n]) for i in range(len(spare) - n + 1))
    label = standing.period.label
    return Text(
        zh=(
            f"{label}：各月可离岗天数 {'、'.join(each)}；"
            f"相邻 {n} 个月至多 {best} 天，需要 {off} 天。"
        ),
        en=(
            f"{label}: days each month can spare {', '.join(each)}; {n} months in a row spare at "
            f"most {best}, the leave takes {off}."
        ),
    )


def _may_run_into(scenario: Scenario, period: Period, month: Period) -> bool:
    after = next((p for p in scenario.periods if p.start == period.stop), None)
    return after is not None and month.start in after and is_shared(scenario, after, month)


def _of_one(scenario: Scenario, standing: Standing) -> Iterator[Explanation]:
    """Yield what stands in the way of one person's leave, or presence, in one period."""
    who, when = _name(standing.person), standing.period.label
    if standing.pins and not standing.takes_leave:
        yield _unearned_pin(scenario, standing)
        return
    if not standing.takes_leave or allowed_starts(scenario, standing):
        return
    if len(standing.pins) > 1:
        days = ", ".join(_iso(scenario, day) for day in standing.pins)
        yield _explain(
            f"{who.zh} 在 {when} 有 {len(standing.pins)} 个已定轮休起始日（{days}），"
            "每期只有一次轮休；请只保留一个。",
            f"{who.en} has {len(standing.pins)} pinned first days of leave in {when} ({days}); "
            "there is one leave a period: keep one.",
            (PIN, OWED),
        )
    elif standing.pins:
        families = sorted(refusals(scenario, standing, standing.pins[0]))
        words = Text(
            zh="、".join(_WORDS[family].zh for family in families),
            en=", ".join(_WORDS[family].en for family in families),
        )
        day = _iso(scenario, standing.pins[0])
        length = scenario.rules.leave.length_days
        yield _explain(
            f"{who.zh} 已定 {day} 起轮休 {length} 天，但{words.zh}；请改日期或取消。",
            f"{who.en} is pinned to a leave of {length} days from {day}, but it {words.en}: "
            "move or remove the pin.",
            (PIN, *family_rules(families)),
        )
    else:
        yield _no_start(scenario, standing)


def _no_start(scenario: Scenario, standing: Standing) -> Explanation:
    """Count, for each family of rules, the first days it takes away."""
    refused = [refusals(scenario, standing, day) for day in _days(standing.period)]
    inside = [families for families in refused if "period" not in families]
    counts: dict[Family, int] = {}
    for families in inside:
        for family in sorted(families):
            counts[family] = counts.get(family, 0) + 1
    zh = "、".join(f"{n} 天{_WORDS[family].zh}" for family, n in sorted(counts.items()))
    en = ", ".join(f"{n} as it {_WORDS[family].en}" for family, n in sorted(counts.items()))
    who, length = _name(standing.person), scenario.rules.leave.length_days
    when = standing.period.label
    return _explain(
        f"{who.zh} 在 {when} 没有可用的轮休起始日：能容下 {length} 天轮休的起始日共 "
        f"{len(inside)} 天，其中 {zh or '无'}。",
        f"{who.en} has no possible first day of leave in {when}: of the "
        f"{len(inside)} days from which {length} days fit, these are refused: {en or 'none'}.",
        (OWED, *family_rules(sorted(counts))),
    )


def _unearned_pin(scenario: Scenario, standing: Standing) -> Explanation:
    days = ", ".join(_iso(scenario, day) for day in standing.pins)
    service = sum(standing.service[standing.period.start : standing.period.stop])
    full = full_days(scenario.days, standing.period, scenario.rules.leave.period_months)
    who, when = _name(standing.person), standing.period.label
    return _explain(
        f"{who.zh} 在 {when} 只在岗派驻 {service} 天（全期 {full} 天），不足一半，本期无轮休，"
        f"但已定 {days}；请取消。",
        f"{who.en} serves {service} of the {full} days of {when}, less than half, and takes no "
        f"leave in it, but is pinned to {days}: remove the pin.",
        (PIN, OWED),
    )


def _counts_by_period(scenario: Scenario, standing: Standing) -> bool:
    """Whether presence can fail whatever the leave: counted by the quarter, or without a leave."""
    if standing.pins and not standing.takes_leave:
        return False
    if scenario.rules.leave.crosses and standing.takes_leave:
        # Days of the leave may lie in the next period.
        return False
    return not standing.takes_leave or scenario.rules.presence.policy == "quarterly"


def _shortage(scenario: Scenario, standing: Standing) -> Shortage | None:
    """Return the first period (or month) that owes more days at post than it has."""
    if scenario.rules.presence.policy == "quarterly":
        accounts = [(standing.period, account(scenario, standing.service, standing.period))]
    else:
        months = [m for m in scenario.days.months if m.start in standing.period]
        accounts = [(m, month_account(scenario, standing.service, m)) for m in months]
    for period, owed in accounts:
        if owed.slack_days < 0:
            return Shortage(period.label, owed.owed_days, owed.service_days, owed.off_days)
    return None


def _shortages(found: dict[Standing, Shortage]) -> list[Explanation]:
    """Say each shortage once, with everybody it concerns."""
    persons: dict[Shortage, list[Person]] = {}
    for standing, shortage in found.items():
        persons.setdefault(shortage, []).append(standing.person)
    return [_short(shortage, who) for shortage, who in persons.items()]


def _short(shortage: Shortage, persons: Sequence[Person]) -> Explanation:
    """Explain a period that owes more days at post than it has."""
    names = [_name(person) for person in persons[:NAMED]]
    zh, en = "、".join(x.zh for x in names), ", ".join(x.en for x in names)
    if len(persons) > NAMED:
        zh, en = f"{zh} 等 {len(persons)} 人", f"{en} and {len(persons) - NAMED} more"
    owe = "owes" if len(persons) == 1 else "each owe"
    off, left = shortage.off_days, shortage.service_days - shortage.off_days
    return _explain(
        f"{zh} 在 {shortage.period} 应在岗 {shortage.owed_days} 天，"
        f"但派驻 {shortage.service_days} 天减去轮休离岗 {off} 天只剩 {left} 天。",
        f"{en} {owe} {shortage.owed_days} days at post in {shortage.period}, but "
        f"{shortage.service_days} days of service less {off} days of leave are {left}.",
        (OWED, PRESENCE),
    )


def _of_bureau(scenario: Scenario, bureau: Bureau) -> Iterator[Explanation]:
    """Yield conflicts of leaves with each other: pins that collide, too many leaves a period."""
    limits = may_be_away(scenario, bureau.id)
    for period in scenario.periods:
        standings = [standing_of(scenario, person, period) for person in bureau.persons]
        choices = [
            Choice(bureau.id, s.person.id, period, allowed_starts(scenario, s))
            for s in standings
            if s.takes_leave
        ]
        clashes = list(_clashing_pins(scenario, bureau, choices, limits))
        yield from clashes
        if not clashes:
            crowded = _crowded(scenario, bureau, period, choices, limits)
            if crowded is not None:
                yield crowded


def _clashing_pins(
    scenario: Scenario,
    bureau: Bureau,
    choices: list[Choice],
    limits: tuple[int | None, ...],
) -> Iterator[Explanation]:
    length = scenario.rules.leave.length_days
    person = {p.id: p for p in bureau.persons}
    settled = [(c, range(c.starts[0], c.starts[0] + length)) for c in choices if len(c.starts) == 1]
    for (one, mine), (other, theirs) in combinations(settled, 2):
        shared = range(max(mine.start, theirs.start), min(mine.stop, theirs.stop))
        days = [day for day in shared if (limit := limits[day]) is not None and limit < 2]
        if days:
            first, second = _name(person[one.person]), _name(person[other.person])
            day, n = _iso(scenario, days[0]), len(days)
            yield _explain(
                f"{bureau.name.zh}：{first.zh} 与 {second.zh} 的轮休只能分别从 "
                f"{_iso(scenario, mine.start)}、{_iso(scenario, theirs.start)} 开始，"
                f"自 {day} 起有 {n} 个须留守日同时离岗，至多 1 人可离岗。",
                f"{bureau.name.en}: the leaves of {first.en} and {second.en} can only begin on "
                f"{_iso(scenario, mine.start)} and {_iso(scenario, theirs.start)}; both would be "
                f"away on {n} days that need cover, from {day}, when at most 1 may be.",
                (PIN, COVERAGE),
            )


def _crowded(
    scenario: Scenario,
    bureau: Bureau,
    period: Period,
    choices: list[Choice],
    limits: tuple[int | None, ...],
) -> Explanation | None:
    """Count covered days: those the leaves take at least, and those there are to take."""
    length = scenario.rules.leave.length_days
    needed = sum(
        min(
            sum(limits[day] is not None for day in range(s, min(s + length, period.stop)))
            for s in choice.starts
        )
        for choice in choices
    )
    offered = sum(limit for limit in limits[period.start : period.stop] if limit is not None)
    if needed <= offered:
        return None
    return _explain(
        f"{bureau.name.zh} 在 {period.label} 有 {len(choices)} 次轮休，至少占用 {needed} 个须留守的"
        f"人日，而留守规则只容 {offered} 个人日离岗。",
        f"{bureau.name.en} has {len(choices)} leaves in {period.label}; they take at least "
        f"{needed} person-days that need cover, and cover leaves only {offered}.",
        (COVERAGE, OWED),
    )


def _explain(zh: str, en: str, rules: Iterable[str]) -> Explanation:
    return Explanation((Text(zh=zh, en=en),), tuple(sorted(set(rules))))


def _name(person: Person) -> Text:
    return Text(zh=f"{person.title.zh}({person.id})", en=f"{person.title.en} ({person.id})")


def _days(period: Period) -> range:
    return range(period.start, period.stop)


def _iso(scenario: Scenario, day: int) -> str:
    return scenario.days.date_of(day).isoformat()

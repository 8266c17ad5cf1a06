"""Demands: what the rules ask of the leaves of one bureau in one period, one by one.

Leaves lie inside their period and only colleagues of one bureau share cover, so that each bureau
and period is a problem by itself; days asked for between two leaves of a person, and leaves that
may run into the next period, couple them (:mod:`planner.year`). A person's leave there is one of
few options (each first day, or no leave at all); every demand on one person is a set of options it
refuses, and every demand on a bureau a limit on how many may be away. Whether some of the demands
can be kept together, which of them cannot, and what gives way most cheaply are then small
questions (:mod:`planner.explain`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from planner.coverage import may_be_away
from planner.crossing import Claim
from planner.presence import account, days_within, is_shared, month_account, uncounted_days
from planner.rulebook import rule_of
from planner.starts import Standing, beyond, standing_of
from planner.stretch import Stretch
from scenarios.calendar import Period
from scenarios.model import Scenario
from scenarios.organisation import Bureau, Person
from scenarios.part import Text

Option = int | None
"""The first day of a leave, or None for no leave."""


@dataclass(frozen=True, slots=True, order=True)
class Demand:
    """One rule asked of one subject at one time.

    Attributes
    ----------
    rule
        Id in the rulebook.
    subject
        The person, or for coverage the bureau.
    when
        Label of a period or month, a date, or first and last day as ``first/last``.
    """

    rule: str
    subject: str
    when: str
    text: Text = field(compare=False)

    @property
    def negotiable(self) -> bool:
        """Whether the Office may decide to give way here."""
        return rule_of(self.rule).negotiable

    @property
    def weight(self) -> int:
        """What giving way costs; only comparisons matter."""
        return rule_of(self.rule).weight

    @property
    def clause(self) -> str:
        """Where the rule stands in the plan document, or the reading that it is."""
        return rule_of(self.rule).clause


@dataclass(frozen=True, slots=True)
class Problem:
    """All demands on the leaves of one bureau in one period.

    Attributes
    ----------
    options
        What each person may do, in the scenario's order of persons.
    refused
        For each demand on one person the options that break it, with the days by which a demand
        for days at post is missed (0 for other demands).
    limits
        For each demand on the bureau, how many may be away on each of its days.
    """

    bureau: str
    period: str
    length_days: int
    options: Mapping[str, tuple[Option, ...]]
    refused: Mapping[Demand, Mapping[Option, int]]
    limits: Mapping[Demand, Mapping[int, int]]

    @property
    def parts(self) -> tuple[Problem, ...]:
        """The problem itself: what a year has one of for each period."""
        return (self,)

    @property
    def stretches(self) -> Mapping[Demand, Stretch]:
        """Nothing: days between leaves are asked of a year."""
        return {}

    @property
    def claims(self) -> Mapping[Demand, Claim]:
        """Nothing: what leaves take of the next period's days is asked of a year."""
        return {}

    @property
    def demands(self) -> tuple[Demand, ...]:
        """Every demand, those on persons first, as the rules name them."""
        return (*self.refused, *self.limits)

    def left(self, kept: Iterable[Demand]) -> dict[str, tuple[Option, ...]]:
        """Return the options that some demands leave each person."""
        refused: dict[str, set[Option]] = {person: set() for person in self.options}
        for demand in kept:
            if demand in self.refused:
                refused[demand.subject].update(self.refused[demand])
        return {
            person: tuple(option for option in every if option not in refused[person])
            for person, every in self.options.items()
        }


def problems(scenario: Scenario) -> Iterator[Problem]:
    """Yield the problem of every bureau and period, in the scenario's order."""
    for bureau in scenario.organisation.bureaus:
        limits = may_be_away(scenario, bureau.id)
        for period in scenario.periods:
            yield _problem(scenario, bureau, period, limits)


def problem_of(scenario: Scenario, bureau_id: str, label: str) -> Problem:
    """Return the problem of one bureau in the period with a label.

    Raises
    ------
    KeyError
        When the scenario has no such period or bureau.
    """
    periods = {period.label: period for period in scenario.periods}
    bureau = scenario.bureau(bureau_id)
    return _problem(scenario, bureau, periods[label], may_be_away(scenario, bureau_id))


def _problem(
    scenario: Scenario, bureau: Bureau, period: Period, may_leave: Sequence[int | None]
) -> Problem:
    length = scenario.rules.leave.length_days
    crosses = scenario.rules.leave.crosses
    last = min(period.stop, scenario.days.n_days - length + 1)
    inside = range(period.start, last if crosses else period.stop - length + 1)
    options: dict[str, tuple[Option, ...]] = {}
    refused: dict[Demand, Mapping[Option, int]] = {}
    for person in bureau.persons:
        standing = standing_of(scenario, person, period)
        # A pin too late for its period is an option only so that it can be said what refuses it.
        starts = sorted({*(inside if standing.takes_leave else ()), *standing.pins})
        options[person.id] = (None, *starts)
        of_person = _of_person(scenario, standing, tuple(starts))
        refused.update((demand, found) for demand, found in of_person if found)
    limits = dict(_cover(scenario, bureau, period, may_leave))
    return Problem(bureau.id, period.label, length, options, refused, limits)


def _of_person(
    scenario: Scenario, standing: Standing, starts: tuple[int, ...]
) -> Iterator[tuple[Demand, dict[Option, int]]]:
    """Yield each demand on one person with the options it refuses."""
    person, period, length = standing.person, standing.period, scenario.rules.leave.length_days
    who, label = name_of(person), period.label
    blocks = {start: range(start, start + length) for start in starts}
    yield _owed(standing, who, length, starts)
    for pin in standing.pins:
        day = scenario.days.date_of(pin).isoformat()
        words = Text(zh=f"{who.zh}的轮休自 {day} 起", en=f"{who.en} leaves on {day}")
        others: list[Option] = [None, *(start for start in starts if start != pin)]
        yield Demand("leave-pin", person.id, day, words), dict.fromkeys(others, 0)
    crosses = scenario.rules.leave.crosses
    end = scenario.days.n_days if crosses else period.stop
    late = [start for start, block in blocks.items() if block.stop > end]
    words = Text(
        zh=f"{who.zh}在 {label} 的轮休{'在计划期内结束' if crosses else '不跨期'}",
        en=f"the leave of {who.en} of {label} ends within the horizon"
        if crosses
        else f"the leave of {who.en} stays in {label}",
    )
    yield Demand("leave-in-period", person.id, label, words), dict.fromkeys(late, 0)
    posted = standing.posted
    outside = [s for s, b in blocks.items() if b.start not in posted or b[-1] not in posted]
    words = Text(zh=f"{who.zh}的轮休在派驻期内", en=f"the leave of {who.en} lies in the posting")
    yield Demand("leave-in-posting", person.id, label, words), dict.fromkeys(outside, 0)
    for rule, spans, zh, en in (
        ("leave-blocked-days", person.no_leave, "不轮休", "is not on leave"),
        ("leave-absence", person.approved_absences, "已批准缺勤", "is absent with approval"),
    ):
        for span in spans:
            days = scenario.days.days_of(span)
            met = [s for s, b in blocks.items() if max(s, days.start) < min(b.stop, days.stop)]
            when = f"{span.start.isoformat()}/{span.end.isoformat()}"
            words = Text(
                zh=f"{who.zh} {span.start} 至 {span.end} {zh}",
                en=f"{who.en} {en} from {span.start} to {span.end}",
            )
            yield Demand(rule, person.id, when, words), dict.fromkeys(met, 0)
    yield from _presence(scenario, standing, blocks)


def _owed(
    standing: Standing, who: Text, length: int, starts: tuple[int, ...]
) -> tuple[Demand, dict[Option, int]]:
    label = standing.period.label
    if standing.takes_leave:
        words = Text(
            zh=f"{who.zh}在 {label} 轮休一次，{length} 天",
            en=f"{who.en} takes one leave of {length} days in {label}",
        )
        return Demand("leave-owed", standing.person.id, label, words), {None: 0}
    words = Text(
        zh=f"{who.zh}在 {label} 服务不足半期，不轮休",
        en=f"{who.en} serves less than half of {label} and takes no leave",
    )
    return Demand("leave-owed", standing.person.id, label, words), dict.fromkeys(starts, 0)


def _presence(
    scenario: Scenario, standing: Standing, blocks: Mapping[int, range]
) -> Iterator[tuple[Demand, dict[Option, int]]]:
    """Yield what the presence policy asks, with the days short of it."""
    rule, person, period = scenario.rules.presence, standing.person, standing.period
    who = name_of(person)
    if rule.policy == "quarterly":
        whole = account(scenario, standing.service, period)
        # The quota counts with the leave taken; without one there are as many days more.
        short: dict[Option, int] = {
            start: -whole.slack_days - beyond(scenario, period, start) for start in blocks
        }
        short[None] = -whole.slack_days - whole.off_days
        yield days_at_post(person.id, who, period.label, whole.owed_days), _above_zero(short)
        return
    uncounted = uncounted_days(scenario)
    for month in scenario.days.months:
        if month.start not in period:
            continue
        bare = month_account(scenario, standing.service, month)
        is_exempt = rule.policy == "monthly-except-leave" and is_shared(scenario, period, month)
        if not bare.service_days or is_exempt:
            continue
        short = {None: -bare.slack_days}
        for start, block in blocks.items():
            in_month = max(block.start, month.start) < min(block.stop, month.stop)
            if in_month and rule.policy == "monthly-except-leave":
                short[start] = 0
                continue
            n_off = days_within(start, len(block), uncounted, month)
            short[start] = n_off - bare.slack_days
        yield days_at_post(person.id, who, month.label, bare.owed_days), _above_zero(short)


def days_at_post(person: str, who: Text, label: str, owed_days: int) -> Demand:
    """Return the demand for so many days at post in a period or month."""
    words = Text(
        zh=f"{who.zh}在 {label} 在岗不少于 {owed_days} 天",
        en=f"{who.en} is at post on at least {owed_days} days of {label}",
    )
    return Demand("presence", person, label, words)


def _above_zero(short: Mapping[Option, int]) -> dict[Option, int]:
    return {option: days for option, days in short.items() if days > 0}


def _cover(
    scenario: Scenario, bureau: Bureau, period: Period, limits: Sequence[int | None]
) -> Iterator[tuple[Demand, dict[int, int]]]:
    """Yield the cover asked for, week by week: a whole period would say too little."""
    weeks: dict[tuple[int, int], dict[int, int]] = {}
    for day in period.days:
        limit = limits[day]
        if limit is not None and limit < len(bureau.persons):
            week = day - scenario.days.date_of(day).weekday()
            weeks.setdefault((week, limit), {})[day] = limit
    name = bureau.name
    for (_, limit), days in weeks.items():
        first, last = (scenario.days.date_of(day) for day in (min(days), max(days)))
        many = Text(
            zh=f"至多 {limit} 人" if limit else "无人", en=f"at most {limit}" if limit else "none"
        )
        words = Text(
            zh=f"{name.zh} {first} 至 {last} 的留守日{many.zh}轮休",
            en=f"{many.en} of {name.en} on leave on days of {first} to {last} that need cover",
        )
        yield Demand("coverage", bureau.id, f"{first}/{last}", words), days


def name_of(person: Person) -> Text:
    """Return a person's title and id."""
    return Text(zh=f"{person.title.zh}({person.id})", en=f"{person.title.en} ({person.id})")

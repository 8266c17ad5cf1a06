"""Contrastive questions: the price of having something otherwise, or what forbids it.

The bureau concerned is solved anew under the condition, with the other bureaus as they stand; the
difference of each aim is the price. Where the plan already has what is asked for, the question is
turned round: it asks for the price of giving that up.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from planner.anew import Anew, Bench, draft_from
from planner.cpsat import never
from planner.given import Given
from planner.plan import Plan
from planner.rotation import key_of
from planner.starts import Family, Standing, leave_choices, refusals, standing_of
from planner.stretch import in_words
from scenarios.model import Scenario
from scenarios.part import Text


@dataclass(frozen=True, slots=True)
class AtHome:
    """A person on leave on all of some days."""

    person: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class AtPost:
    """A person not on leave on any of some days."""

    person: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Visits:
    """A company in a group; on a certain first day, if one is named."""

    company: str
    start: int | None = None


Question = AtHome | AtPost | Visits


@dataclass(frozen=True, slots=True)
class Because:
    """The answer to a question.

    Attributes
    ----------
    turned
        Whether the plan has what was asked for, so that giving it up is priced.
    anew
        The best plan under the condition; None where there is none.
    reasons
        What forbids it, where nothing fits.
    """

    turned: bool
    anew: Anew | None
    reasons: tuple[Text, ...]


def why(
    scenario: Scenario,
    plan: Plan,
    question: Question,
    *,
    stop: Callable[[], bool] = never,
) -> Because:
    """Return the price of having something otherwise, or what forbids it.

    Raises
    ------
    KeyError
        When there is no such person or company, or screening keeps the company out.
    """
    given = Given(scenario, leave_choices(scenario))
    turned = holds(plan, question)
    anew = _anew(given, plan, question, turned=turned, stop=stop)
    if anew is not None:
        return Because(turned, anew, ())
    if not stop() and _stretch_forbids(given, plan, question, turned=turned, stop=stop):
        return Because(turned, None, (_of_stretch(scenario),))
    return Because(turned, None, _reasons(given, question))


def _anew(
    given: Given, plan: Plan, question: Question, *, turned: bool, stop: Callable[[], bool]
) -> Anew | None:
    """Return the best plan under the condition; None where there is none."""
    bench = Bench.of(given, draft_from(plan), _bureau(given, question))
    _demand(bench, question, turned=turned)
    return bench.best(stop=stop)


def _stretch_forbids(
    given: Given, plan: Plan, question: Question, *, turned: bool, stop: Callable[[], bool]
) -> bool:
    """Whether there would be a plan if days between leaves were not asked for."""
    scenario = given.scenario
    if not scenario.rules.leave.asks_stretch:
        return False
    unasked = {"min_days_between": None, "max_days_between": None}
    leave = scenario.rules.leave.model_copy(update=unasked)
    rules = scenario.rules.model_copy(update={"leave": leave})
    freer = Given(scenario.model_copy(update={"rules": rules}), given.choices)
    return _anew(freer, plan, question, turned=turned, stop=stop) is not None


def _of_stretch(scenario: Scenario) -> Text:
    rule = scenario.rules.leave
    days = in_words(rule.min_days_between, rule.max_days_between)
    return Text(
        zh=f"同一人相邻两次轮休之间须相隔{days.zh}；不作此要求就排得下。",
        en=f"It would leave other than {days.en} between two leaves of a person.",
    )


def holds(plan: Plan, question: Question) -> bool:
    """Return whether a plan has what a question asks for."""
    match question:
        case Visits(company, start):
            return any(
                company in visit.companies and start in (None, visit.start) for visit in plan.visits
            )
        case AtHome(person, first, last):
            own = [leave for leave in plan.leaves if leave.person == person]
            return any(leave.start <= first and last <= leave.end for leave in own)
        case AtPost(person, first, last):
            own = [leave for leave in plan.leaves if leave.person == person]
            return all(leave.end < first or last < leave.start for leave in own)


def _bureau(given: Given, question: Question) -> str:
    if isinstance(question, Visits):
        return given.caller[question.company].bureau
    bureaus = {person.id: bureau.id for bureau, person in given.scenario.persons}
    return bureaus[question.person]


def _demand(bench: Bench, question: Question, *, turned: bool) -> None:
    """Add the condition to the model, or where it is turned round its opposite."""
    model, length = bench.part.model, bench.given.scenario.rules.leave.length_days
    if isinstance(question, Visits):
        chosen = [
            literal
            for (company, start, _), literal in bench.part.groups.placed.items()
            if company == question.company and question.start in (None, start)
        ]
        model.add(sum(chosen) == (0 if turned else 1))
        return
    wanted = [
        literal
        for choice in bench.part.rotation.choices
        if choice.person == question.person
        for start, literal in bench.part.rotation.literals[key_of(choice)].items()
        if _meets(question, range(start, start + length))
    ]
    asks_for_one = isinstance(question, AtHome) != turned
    model.add(sum(wanted) >= 1 if asks_for_one else sum(wanted) == 0)


def _meets(question: AtHome | AtPost, block: range) -> bool:
    """Whether a leave covers all days asked for, or for presence any of them."""
    if isinstance(question, AtHome):
        return block.start <= question.first and question.last < block.stop
    return block.start <= question.last and question.first < block.stop


def _reasons(given: Given, question: Question) -> tuple[Text, ...]:
    """Say what forbids it: by itself, or else together with what the others take."""
    if isinstance(question, AtHome):
        found = _of_leave(given.scenario, question)
        if found:
            return found
    if isinstance(question, Visits):
        own = given.caller[question.company]
        if not own.points:
            return (
                Text(
                    zh="该企业能来的日子里没有一次完整的考察日。",
                    en="On the days the company can come there is no room for a whole visit.",
                ),
            )
    refused = Text(
        zh="在其他驻点局安排不变时，本局没有能满足此条件的安排。",
        en="With the other bureaus as they stand, the bureau has no plan that keeps this.",
    )
    may_join = given.scenario.rules.visits.joint_groups == "allowed"
    return (refused, _NOT_JOINED) if may_join else (refused,)


_NOT_JOINED = Text(
    zh="与其他局新组联合团的可能未作搜索；如需考虑，请重新编制方案（bureau plan）。",
    en=(
        "New joint groups with other bureaus were not looked for; make the plan again "
        "(bureau plan) to have them considered."
    ),
)


_WORDS: dict[Family, Text] = {
    "period": Text(zh="会跨出轮休周期", en="would leave its period"),
    "posting": Text(zh="不在派驻期内", en="would leave the posting"),
    "absence": Text(zh="与批准的缺勤重叠", en="would meet an approved absence"),
    "no-leave": Text(zh="与不可轮休日重叠", en="would meet days without leave"),
    "presence": Text(zh="在岗天数不足", en="would leave too few days at post"),
}


def _of_leave(scenario: Scenario, question: AtHome) -> tuple[Text, ...]:
    """Say for each first day that would cover the days asked for what refuses it."""
    length = scenario.rules.leave.length_days
    person = next(p for _, p in scenario.persons if p.id == question.person)
    starts = range(max(0, question.last - length + 1), question.first + 1)
    if not starts:
        n_days = question.last - question.first + 1
        return (
            Text(
                zh=f"一次轮休 {length} 天，盖不住 {n_days} 天。",
                en=f"A leave has {length} days and cannot cover {n_days}.",
            ),
        )
    found = []
    for start in starts:
        standing = _standing(scenario, person.id, start)
        if standing is None:
            continue
        refused = sorted(refusals(scenario, standing, start))
        if not refused:
            return ()
        date = scenario.days.date_of(start).isoformat()
        zh = "、".join(_WORDS[family].zh for family in refused)
        en = ", ".join(_WORDS[family].en for family in refused)
        found.append(Text(zh=f"自 {date} 起：{zh}。", en=f"From {date} it {en}."))
    return tuple(found)


def _standing(scenario: Scenario, person_id: str, day: int) -> Standing | None:
    person = next(p for _, p in scenario.persons if p.id == person_id)
    period = next((p for p in scenario.periods if day in p), None)
    return standing_of(scenario, person, period) if period else None

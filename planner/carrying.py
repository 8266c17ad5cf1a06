"""Groups in leaves where each leave must carry one (V7): which leaves do not, or cannot, and why.

What one leave would need is counted: a run of open days at home, so many companies that can come
together, a leader they would meet. Whether the leaves of a bureau can all carry groups at once is
asked of the solver, with everything the other bureaus would take left to it.

Where bureaus may bring groups together (V6) a joint group will do, and whoever could come in one is
counted too: a leave needs one company of its own bureau, and the others' for the rest of the group.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from planner.capacity import Taken
from planner.cpsat import Task, run
from planner.given import Given
from planner.infeasible import Explanation
from planner.joint import companies_beside
from planner.part import part_of
from planner.plan import Leave
from planner.receptions import Reception, visit_starts
from planner.rotation import key_of, within
from planner.starts import Choice, LeaveKey
from planner.visits import groups_per_leave
from scenarios.model import Scenario
from scenarios.part import Text

RULE = "leave-group"
"""Id in the rulebook."""

EFFORT_S = 5.0
"""Effort to find out how many leaves of one bureau can carry groups by itself."""


@dataclass(frozen=True, slots=True)
class _Room:
    """What the possible days of one leave offer a group.

    Attributes
    ----------
    starts
        First days of a visit that some first day of the leave holds.
    companies
        Companies of the bureau that can come on one of them at all.
    together, received
        Most that could form a group with one of these; and with a leader they would meet.
    """

    starts: tuple[int, ...]
    companies: int
    together: int
    received: int


def uncarried(given: Given) -> Explanation | None:
    """Return every leave that counting shows can carry no group; None where it shows nothing."""
    if not given.must_carry:
        return None
    owing = [choice for choice in given.choices if key_of(choice) not in given.excused]
    if owing and not groups_per_leave(given.scenario):
        return _explained(_no_time(given.scenario))
    lines = [line for choice in owing for line in _of_one(given, choice)]
    for bureau in given.bureaus:
        lines += _of_bureau(given, bureau, sum(choice.bureau == bureau for choice in owing))
    return Explanation(tuple(lines), (RULE,)) if lines else None


def uncarried_by(given: Given, bureaus: Iterable[str]) -> Explanation | None:
    """Return what keeps leaves of some bureaus, each alone in the city, from all carrying groups.

    None where nothing is proven.
    """
    lines: list[Text] = []
    for bureau in bureaus if given.must_carry else ():
        alone = companies_beside(given, bureau) if given.may_join else None
        part = part_of(given, within(given.choices, [bureau]), Taken(), alone=alone)
        carries = part.groups.bare
        if not carries:
            continue
        part.objective(sum(carries.values()), maximise=False)
        answer = run(Task(part.model, EFFORT_S))
        least = answer.bound or 0
        if answer.found and least > 0:
            short = [leave for leave, literal in carries.items() if answer.value(literal)]
            lines.append(_not_together(given, bureau, len(carries), least, short))
    return Explanation(tuple(lines), (RULE,)) if lines else None


def left_bare(given: Given, leaves: Iterable[Leave], *, proven: bool) -> Explanation:
    """Say which leaves of the best plan found carry no group.

    Parameters
    ----------
    given
        The scenario, worked out.
    leaves
        The leaves.
    proven
        Whether no plan has a group in every leave.
    """
    short = tuple(leaves)
    alone = uncarried_by(given, dict.fromkeys(leave.bureau for leave in short))
    head = Text(
        zh=(
            "场景要求每次轮休都带团，"
            + ("已证明做不到" if proven else "在限定计算量内未能做到，也未证明做不到")
            + f"。所得最好方案中有 {len(short)} 次轮休没有团："
        ),
        en=(
            "Every leave must carry a group, which "
            + ("is proven impossible" if proven else "was not found, nor proven impossible")
            + f". In the best plan found {len(short)} leaves carry none:"
        ),
    )
    lines = [_named(given.scenario, leave) for leave in short]
    return Explanation((head, *lines, *(alone.lines if alone else ())), (RULE,))


def _explained(line: Text) -> Explanation:
    return Explanation((line,), (RULE,))


def _no_time(scenario: Scenario) -> Text:
    leave, length = scenario.rules.leave, scenario.rules.visits.length_days
    home, free = leave.home_days, leave.protected_free_days
    return Text(
        zh=(
            f"场景要求每次轮休都带团，但轮休在家 {home} 天，除去保护的 {free} 天，"
            f"容不下一次 {length} 天的考察。"
        ),
        en=(
            f"Every leave must carry a group, but of {home} days at home {free} are protected, and "
            f"what is left has no room for a visit of {length} days."
        ),
    )


def _of_one(given: Given, choice: Choice) -> Iterator[Text]:
    """Yield why one leave can carry no group, wherever in its period it lies."""
    room, least = _room(given, choice), given.scenario.rules.visits.group_min
    days = given.scenario.rules.visits.length_days
    if not room.starts:
        zh = f"在家的日子里没有连续 {days} 天可接待考察团"
        en = f"no {days} days at home in a row on which groups are received"
    elif room.companies < _least_own(given):
        zh = f"全部可能的日子里至多有 {room.companies} 家企业能来，每团至少 {least} 家"
        en = (
            f"on all its possible days at most {room.companies} companies can come, and a group "
            f"takes at least {least}"
        )
    elif room.together < least:
        zh = f"能同时来、可同团的企业至多 {room.together} 家，每团至少 {least} 家"
        en = (
            f"at most {room.together} companies that may share a group can come on the same days, "
            f"and a group takes at least {least}"
        )
    elif room.received < least:
        zh = f"同团企业所期望的领导都没有空，至多 {room.received} 家可获接待，每团至少 {least} 家"
        en = (
            "no leader whom the companies expect is free: at most "
            f"{room.received} could be received together, and a group takes at least {least}"
        )
    else:
        return
    name, when = given.scenario.bureau(choice.bureau).name, choice.period.label
    yield Text(
        zh=f"{name.zh} {choice.person} 在 {when} 的轮休带不了团：{zh}。",
        en=f"{name.en}: the leave of {choice.person} in {when} can carry no group: {en}.",
    )


def _room(given: Given, choice: Choice) -> _Room:
    leave, length = given.scenario.rules.leave, given.scenario.rules.visits.length_days
    offset = leave.travel_days_each_way
    held = {
        start
        for first in choice.starts
        for start in range(first + offset, first + offset + leave.home_days - length + 1)
    }
    starts = tuple(start for start in visit_starts(given.scenario) if start in held)
    same_unit = given.scenario.rules.visits.same_host_unit
    able: set[str] = set()
    # By first day, host unit and reception; None counts whoever could come, received or not.
    coming: Counter[tuple[int, str, Reception | None]] = Counter()
    own: set[tuple[int, str, Reception | None]] = set()
    for caller in given.callers if given.may_join else given.of_bureau[choice.bureau]:
        for start, _ in caller.points:
            if start in held:
                unit = caller.unit if same_unit else ""
                met = (x for x in caller.suits if _is_given(given, start, x))
                cells = [(start, unit, reception) for reception in (None, *met)]
                coming.update(cells)
                if caller.bureau == choice.bureau:
                    able.add(caller.company)
                    own.update(cells)
    together = max((coming[cell] for cell in own if cell[2] is None), default=0)
    received = max((coming[cell] for cell in own if cell[2] is not None), default=0)
    return _Room(starts, len(able), together, received)


def _least_own(given: Given) -> int:
    """Return how many companies of its own bureau the group of a leave needs at least."""
    return 1 if given.may_join else given.scenario.rules.visits.group_min


def _is_given(given: Given, start: int, reception: Reception) -> bool:
    """Whether the host unit alone, or some leader of a tier, can receive a visit."""
    return reception == "none" or any(
        given.scenario.leader(free.leader).tier == reception for free in given.receptions_at[start]
    )


def _of_bureau(given: Given, bureau: str, n_leaves: int) -> Iterator[Text]:
    """Yield that a bureau has too few companies for a group in each of its leaves."""
    least = _least_own(given)
    able = sum(bool(caller.points) for caller in given.of_bureau[bureau])
    if able < n_leaves * least:
        name = given.scenario.bureau(bureau).name
        own_zh, own_en = ("本局企业", " of its own") if given.may_join else ("", "")
        yield Text(
            zh=(
                f"{name.zh}：{n_leaves} 次轮休都要带团，每团至少{own_zh} {least} 家，"
                f"需 {n_leaves * least} 家企业，能来的只有 {able} 家。"
            ),
            en=(
                f"{name.en}: {n_leaves} leaves are each to carry a group of at least {least}"
                f"{own_en}, which takes {n_leaves * least} companies, and {able} can come."
            ),
        )


def _not_together(given: Given, bureau: str, n: int, least: int, short: list[LeaveKey]) -> Text:
    name, joined_zh, joined_en = given.scenario.bureau(bureau).name, "", ""
    if given.may_join:
        joined_zh, joined_en = "，其他局可同团的企业也都来", " and whoever of the others could join"
    shown = ", ".join(f"{person} {period}" for person, period in short)
    return Text(
        zh=(
            f"{name.zh}：即使只有本局用到领导与承接单位{joined_zh}，{n} 次轮休中也至少有 {least} 次"
            f"带不了团（如 {shown}）。"
        ),
        en=(
            f"{name.en}: even with all leaders and host units to itself{joined_en}, at least "
            f"{least} of its {n} leaves can carry no group (such as {shown})."
        ),
    )


def _named(scenario: Scenario, leave: Leave) -> Text:
    name, day = scenario.bureau(leave.bureau).name, scenario.days.date_of(leave.start).isoformat()
    return Text(
        zh=f"{name.zh} {leave.person}，{leave.period}，{day} 起。",
        en=f"{name.en}: {leave.person}, {leave.period}, from {day}.",
    )

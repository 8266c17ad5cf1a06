"""A plan in the making: leaves and visits, read from a solution and handed on as a hint."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from ortools.sat.python.cp_model import CpModel

from planner.cpsat import Answer
from planner.given import Given
from planner.joint import hint_joint, seats_of
from planner.plan import Leave, Visit, groups_of
from planner.receptions import COUNTS, Reception, leader_targets
from planner.rotation import Rotation, key_of, leaves_of
from planner.visits import Groups
from scenarios.model import Scenario


@dataclass(frozen=True, slots=True)
class Draft:
    """Leaves and visits so far, of some bureaus or of all."""

    leaves: tuple[Leave, ...] = ()
    visits: tuple[Visit, ...] = ()

    @property
    def bureaus(self) -> frozenset[str]:
        """Bureaus that have leaves here."""
        return frozenset(leave.bureau for leave in self.leaves)

    def of(self, bureaus: Iterable[str]) -> Draft:
        """Return the part of some bureaus."""
        wanted = frozenset(bureaus)
        return Draft(
            tuple(leave for leave in self.leaves if leave.bureau in wanted),
            tuple(visit for visit in self.visits if visit.bureau in wanted),
        )

    def replaced(self, other: Draft) -> Draft:
        """Return this draft with the bureaus of another in place of its own."""
        theirs = other.bureaus
        leaves = (x for x in self.leaves if x.bureau not in theirs)
        visits = (x for x in self.visits if x.bureau not in theirs)
        return Draft(
            tuple(sorted((*leaves, *other.leaves))),
            tuple(sorted((*visits, *other.visits), key=lambda v: (v.bureau, v.start))),
        )

    def closed(self, bureaus: Sequence[str]) -> tuple[str, ...]:
        """Return some bureaus, and those that have a joint group with them, directly or not."""
        wanted, groups = set(bureaus), [{v.bureau for v in g} for g in groups_of(self.visits)]
        while more := [g for g in groups if not g.isdisjoint(wanted) and not g <= wanted]:
            wanted.update(*more)
        return tuple(bureaus) if wanted == set(bureaus) else tuple(sorted(wanted))

    def numbered(self) -> Draft:
        """Return the draft with visit ids that count a bureau's visits by date.

        Joint groups are counted by date too.
        """
        seen: Counter[str] = Counter()
        ordered = sorted(self.visits, key=lambda v: (v.bureau, v.start))
        heads = [group[0] for group in groups_of(ordered) if group[0].joint is not None]
        number = {
            visit.joint: f"joint-{place:02d}"
            for place, visit in enumerate(sorted(heads, key=lambda v: (v.start, v.bureau)), 1)
        }
        visits = []
        for visit in ordered:
            seen[visit.bureau] += 1
            name = f"{visit.bureau}-v{seen[visit.bureau]:02d}"
            visits.append(replace(visit, id=name, joint=number.get(visit.joint)))
        return Draft(tuple(sorted(self.leaves)), tuple(sorted(visits)))


def draft_of(given: Given, answer: Answer, rotation: Rotation, groups: Groups) -> Draft:
    """Return the leaves and visits of a solution."""
    scenario = given.scenario
    companies: dict[tuple[str, int], list[str]] = defaultdict(list)
    for (company, start, _), literal in groups.placed.items():
        if answer.value(literal):
            companies[given.caller[company].bureau, start].append(company)
    received = {
        (bureau, start): (leader, day)
        for (bureau, start, leader, day), literal in groups.received.items()
        if answer.value(literal)
    }
    bureau_at = {key_of(choice): choice.bureau for choice in rotation.choices}
    escorts = {
        (bureau_at[leave], start): leave[0]
        for (leave, start), literal in groups.escorted.items()
        if answer.value(literal)
    }
    hosts = {
        (bureau, start): chain
        for (bureau, start, chain), literal in groups.hosted.items()
        if answer.value(literal)
    }
    head_of = _heads(answer, groups)
    together: dict[tuple[str, int], list[tuple[str, int]]] = defaultdict(list)
    for group, head in head_of.items():
        together[head, group[1]].append(group)
    visits = []
    for (bureau, start, _, _), literal in groups.opened.items():
        if not answer.value(literal):
            continue
        group = (bureau, start)
        head = head_of.get(group, bureau)
        rows = sorted(together.get((head, start), [group]))
        members = tuple(sorted(companies[group]))
        everybody = [company for row in rows for company in companies[row]]
        chain = hosts.get(group) or commonest_chain(scenario, everybody)
        leader, day = received.get(group, (None, None))
        seats = seats_of(scenario.rules.visits, [len(companies[row]) for row in rows])
        visits.append(
            Visit(
                id="",
                bureau=bureau,
                start=start,
                end=start + scenario.rules.visits.length_days - 1,
                escort=escorts[group],
                leader=leader,
                leader_tier=_tier(scenario, leader),
                leader_day=day,
                chain=chain,
                host_unit=scenario.chain(chain).lead_unit,
                seats=seats[rows.index(group)],
                companies=members,
                joint=f"{head}-{start}" if len(rows) > 1 else None,
            )
        )
    leaves = leaves_of(scenario, answer, rotation)
    return Draft(leaves, tuple(sorted(visits, key=lambda v: (v.bureau, v.start))))


def _heads(answer: Answer, groups: Groups) -> dict[tuple[str, int], str]:
    """Return for each visit that takes place whose visit heads its group, where they may join."""
    if groups.joint is None:
        return {}
    return {
        (key[0], key[1]): head
        for (key, head), literal in groups.joint.joins.items()
        if answer.value(literal)
    }


def commonest_chain(scenario: Scenario, companies: Iterable[str]) -> str:
    """Return the chain most of some companies belong to, the first by id where several do."""
    wanted = frozenset(companies)
    counts = Counter(c.chain for c in scenario.companies if c.id in wanted)
    return min(counts, key=lambda chain: (-counts[chain], chain))


def _tier(scenario: Scenario, leader: str | None) -> Literal["principal", "deputy"] | None:
    return None if leader is None else scenario.leader(leader).tier


def hint_draft(
    model: CpModel, given: Given, rotation: Rotation, groups: Groups, draft: Draft
) -> None:
    """Hint every variable of a model at a draft, so that a solve starts from it."""
    starts = {(leave.person, leave.period): leave.start for leave in draft.leaves}
    for leave, literals in rotation.literals.items():
        for start, literal in literals.items():
            model.add_hint(literal, starts.get(leave) == start)
    visits = {(visit.bureau, visit.start): visit for visit in draft.visits}
    joined: dict[tuple[str, int, Reception], bool] = {
        (company, visit.start, visit.leader_tier or "none"): True
        for visit in draft.visits
        for company in visit.companies
    }
    for key, literal in groups.placed.items():
        model.add_hint(literal, key in joined)
    for (bureau, start, unit, reception), literal in groups.opened.items():
        visit = visits.get((bureau, start))
        same = visit is not None and (visit.leader_tier or "none") == reception
        model.add_hint(literal, visit is not None and same and unit in ("", visit.host_unit))
    for (bureau, start, chain), literal in groups.hosted.items():
        visit = visits.get((bureau, start))
        model.add_hint(literal, visit is not None and visit.chain == chain)
    received = _hint_people(model, given, rotation, groups, visits)
    _hint_groups(model, given, groups, draft, received)
    for bureau in sorted({bureau for bureau, _ in groups.progress}):
        for target in leader_targets(given.scenario, bureau):
            counts = COUNTS[target.target.metric]
            met = sum(r in counts and given.caller[c].bureau == bureau for c, _, r in joined)
            progress = groups.progress[bureau, target.target.id]
            model.add_hint(progress, min(met, target.minimum))


def _hint_people(
    model: CpModel,
    given: Given,
    rotation: Rotation,
    groups: Groups,
    visits: dict[tuple[str, int], Visit],
) -> frozenset[tuple[str, int, str, int]]:
    """Hint escorts and leaders; a leader's day may be one of those that stand for it.

    Return which receptions are hinted.
    """
    bureau_at = {key_of(choice): choice.bureau for choice in rotation.choices}
    homes = {key_of(choice): choice for choice in rotation.choices}
    for (leave, start), literal in groups.escorted.items():
        visit = visits.get((bureau_at[leave], start))
        on_leave = visit is not None and visit.escort == leave[0] and start in homes[leave].period
        model.add_hint(literal, on_leave)
    offered: dict[tuple[str, int, str], list[int]] = defaultdict(list)
    for bureau, start, leader, day in groups.received:
        offered[bureau, start, leader].append(day)
    received = set()
    for (bureau, start, leader, day), literal in groups.received.items():
        visit = visits.get((bureau, start))
        hinted = False
        if visit is not None and visit.leader == leader and visit.leader_day is not None:
            days = offered[bureau, start, leader]
            month = given.month_of[visit.leader_day]
            same_month = [d for d in days if given.month_of[d] == month]
            chosen = visit.leader_day if visit.leader_day in days else same_month[:1]
            hinted = day == chosen or chosen == [day]
        model.add_hint(literal, hinted)
        if hinted:
            received.add((bureau, start, leader, day))
    return frozenset(received)


def _hint_groups(
    model: CpModel,
    given: Given,
    groups: Groups,
    draft: Draft,
    received: frozenset[tuple[str, int, str, int]],
) -> None:
    """Hint which visits are one group, or what each is paid for where only one bureau is known."""
    if groups.joint is not None:
        newcomers = frozenset(given.scenario.rules.visits.newcomers)
        hint_joint(model, groups.joint, draft.visits, newcomers, received)
    companies = {(visit.bureau, visit.start): len(visit.companies) for visit in draft.visits}
    for key, share in groups.shares.items():
        model.add_hint(share, companies[key[:2]] if key in received else 0)

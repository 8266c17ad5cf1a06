"""What differs between two plans, as people read it, and what each change costs.

A change costs by its kind, and more the sooner it comes: who was told first has arranged most.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Literal, get_args

import pandas as pd

from planner.plan import Leave, Plan, Visit
from scenarios.model import Scenario
from scenarios.part import Text

ChangeKind = Literal[
    "leave-moved",
    "leave-added",
    "leave-dropped",
    "company-moved",
    "company-placed",
    "company-dropped",
    "reception-changed",
    "reception-moved",
    "duty-moved",
    "trip-added",
    "trip-changed",
    "trip-dropped",
]


@dataclass(frozen=True, slots=True)
class ChangeCosts:
    """What changes of a published plan cost, in points of which only comparisons matter.

    Assumed by the project (trust grade E): a company that was invited and is put off weighs most,
    one that is asked to come on another day half of that, then a person's leave, then who receives.

    Attributes
    ----------
    company_dropped, company_moved, leave_moved, reception_changed
        Cost of one change of its kind in the far future.
    soon_days, soon_factor
        A change of something less than so many days ahead costs so many times as much.
    near_days, near_factor
        The same, less far ahead.
    """

    company_dropped: int = 20
    company_moved: int = 10
    leave_moved: int = 6
    reception_changed: int = 2
    soon_days: int = 14
    soon_factor: int = 4
    near_days: int = 45
    near_factor: int = 2

    def factor(self, days_ahead: int) -> int:
        """Return how many times as much a change costs that comes so many days ahead."""
        if days_ahead < self.soon_days:
            return self.soon_factor
        return self.near_factor if days_ahead < self.near_days else 1


COSTS = ChangeCosts()
"""What changes cost unless told otherwise."""


@dataclass(frozen=True, slots=True, order=True)
class Change:
    """One difference between two plans.

    Attributes
    ----------
    day
        The earlier of the days concerned.
    before, after
        What it was and is: dates, or ids; empty where there is none.
    shift_days
        Days by which it moved, later being positive; 0 where nothing moved in time.
    cost
        What it costs; 0 for what nobody had been told.
    """

    day: int
    kind: ChangeKind
    subject: str
    before: str
    after: str
    shift_days: int
    cost: int


def diff(
    scenario: Scenario,
    before: Plan,
    after: Plan,
    *,
    today: int = 0,
    costs: ChangeCosts = COSTS,
) -> tuple[Change, ...]:
    """Return what differs between two plans, earliest first.

    Parameters
    ----------
    scenario
        Whose calendar the plans have.
    before, after
        The plan as published and as it is now.
    today
        The day from which nearness counts.
    costs
        What changes cost.
    """
    found = [
        *_leaves(scenario, before, after, today, costs),
        *_companies(scenario, before, after, today, costs),
        *_receptions(scenario, before, after, today, costs),
        *_duties(scenario, before, after),
        *_trips(scenario, before, after),
    ]
    return tuple(sorted(found))


def changes_table(scenario: Scenario, changes: Iterable[Change]) -> pd.DataFrame:
    """Return ``date, kind, subject, before, after, shift_days, cost``: one row a change."""
    columns = ["date", *(field.name for field in fields(Change) if field.name != "day")]
    rows = [
        (_iso(scenario, x.day), x.kind, x.subject, x.before, x.after, x.shift_days, x.cost)
        for x in changes
    ]
    return pd.DataFrame(rows, columns=columns)


def read_changes(scenario: Scenario, table: pd.DataFrame) -> tuple[Change, ...]:
    """Read changes back from the texts of their table.

    Raises
    ------
    (KeyError, ValueError)
        When it is no such table.
    """
    found = []
    for row in table.to_dict("records"):
        day = scenario.days.day_of(date.fromisoformat(row["date"]))
        kind = _kind(row["kind"])
        texts = row["subject"], row["before"], row["after"]
        found.append(Change(day, kind, *texts, int(row["shift_days"]), int(row["cost"])))
    return tuple(found)


def _kind(text: str) -> ChangeKind:
    found: ChangeKind | None = next((x for x in get_args(ChangeKind) if x == text), None)
    if found is None:
        msg = f"found {text!r}; allowed: {', '.join(get_args(ChangeKind))}"
        raise ValueError(msg)
    return found


def in_words(scenario: Scenario, change: Change) -> Text:
    """Return a change as a sentence in both languages."""
    who, was, now = _names(scenario, change.subject), change.before, change.after
    n_days, is_later = abs(change.shift_days), change.shift_days > 0
    late = Text(
        zh=f"{'推后' if is_later else '提前'} {n_days} 天",
        en=f"{n_days} days {'later' if is_later else 'earlier'}",
    )
    match change.kind:
        case "leave-moved":
            zh = f"{who.zh}的轮休由 {was} 改为 {now}（{late.zh}）"
            en = f"{who.en}: leave moves from {was} to {now} ({late.en})"
        case "leave-added":
            zh, en = f"{who.zh}新增轮休，{now} 起", f"{who.en}: new leave from {now}"
        case "leave-dropped":
            zh, en = f"{who.zh}的轮休（原 {was} 起）取消", f"{who.en}: leave from {was} is dropped"
        case "company-moved":
            zh = f"{who.zh}的考察由 {was} 改为 {now}（{late.zh}）"
            en = f"{who.en}: visit moves from {was} to {now} ({late.en})"
        case "company-placed":
            zh, en = f"{who.zh}新安排考察，{now}", f"{who.en}: placed, visits on {now}"
        case "company-dropped":
            zh, en = f"{who.zh}的考察（原 {was}）取消", f"{who.en}: visit of {was} is dropped"
        case "reception-changed":
            nobody = Text(zh="无领导接待", en="nobody")
            old, new = (_names(scenario, x) if x else nobody for x in (was, now))
            zh = f"{who.zh}的接待由{old.zh}改为{new.zh}"
            en = f"{who.en}: received by {new.en} instead of {old.en}"
        case "reception-moved":
            zh = f"{who.zh}：领导接待由 {was} 改为 {now}（{late.zh}），接待领导不变"
            en = f"{who.en}: the same leader receives on {now} instead of {was} ({late.en})"
        case "duty-moved":
            zh = f"{who.zh}由 {was or '无'} 改为 {now or '无'}"
            en = f"{who.en}: {was or 'none'} becomes {now or 'none'}"
        case "trip-added" | "trip-changed" | "trip-dropped":
            return _trip_in_words(scenario, change)
    return Text(zh=zh, en=en)


def _trip_in_words(scenario: Scenario, change: Change) -> Text:
    """Say which leader travels where on which day, and what becomes of that."""
    leader = _names(scenario, change.subject)
    date, _, bureau = (change.after or change.before).partition(" ")
    to = _names(scenario, bureau)
    what = {
        "trip-added": Text(zh="新增", en="is added"),
        "trip-changed": Text(zh="企业名单调整", en="takes in other companies"),
        "trip-dropped": Text(zh="取消", en="is dropped"),
    }[change.kind]
    return Text(
        zh=f"{leader.zh}自 {date} 赴{to.zh}的外出考察：{what.zh}",
        en=f"{leader.en}: trip to {to.en} from {date} {what.en}",
    )


def _leaves(
    scenario: Scenario, before: Plan, after: Plan, today: int, costs: ChangeCosts
) -> Iterator[Change]:
    old, new = (_by_leave(plan.leaves) for plan in (before, after))
    for key in sorted({**old, **new}):
        was, now = old.get(key), new.get(key)
        if was is None and now is not None:
            yield Change(now.start, "leave-added", key[0], "", _iso(scenario, now.start), 0, 0)
        elif now is None and was is not None:
            date = _iso(scenario, was.start)
            yield Change(was.start, "leave-dropped", key[0], date, "", 0, 0)
        elif was is not None and now is not None and was.start != now.start:
            cost = costs.leave_moved * costs.factor(was.start - today)
            dates = _iso(scenario, was.start), _iso(scenario, now.start)
            day, shift = min(was.start, now.start), now.start - was.start
            yield Change(day, "leave-moved", key[0], *dates, shift, cost)


def _companies(
    scenario: Scenario, before: Plan, after: Plan, today: int, costs: ChangeCosts
) -> Iterator[Change]:
    old, new = (_by_company(plan.visits) for plan in (before, after))
    callable_ = {company.id for company in scenario.companies if company.screening != "failed"}
    for company in sorted({**old, **new}):
        was, now = old.get(company), new.get(company)
        if was is None and now is not None:
            date = _iso(scenario, now.start)
            yield Change(now.start, "company-placed", company, "", date, 0, 0)
        elif now is None and was is not None:
            # A company that is gone, or failed screening since, costs nobody's trust.
            cost = costs.company_dropped * costs.factor(was.start - today)
            date = _iso(scenario, was.start)
            dropped = cost if company in callable_ else 0
            yield Change(was.start, "company-dropped", company, date, "", 0, dropped)
        elif was is not None and now is not None and was.start != now.start:
            cost = costs.company_moved * costs.factor(was.start - today)
            dates = _iso(scenario, was.start), _iso(scenario, now.start)
            day, shift = min(was.start, now.start), now.start - was.start
            yield Change(day, "company-moved", company, *dates, shift, cost)


def _receptions(
    scenario: Scenario, before: Plan, after: Plan, today: int, costs: ChangeCosts
) -> Iterator[Change]:
    """Yield groups that keep their days and are received by somebody else, or on another of them.

    Companies come as they were told either way: another day of reception costs nothing.
    """
    old = {(visit.bureau, visit.start): visit for visit in before.visits}
    for visit in after.visits:
        was = old.get((visit.bureau, visit.start))
        if was is not None and was.leader != visit.leader:
            cost = costs.reception_changed * costs.factor(visit.start - today)
            leaders = was.leader or "", visit.leader or ""
            yield Change(visit.start, "reception-changed", visit.bureau, *leaders, 0, cost)
        elif was is not None and was.leader_day is not None and visit.leader_day is not None:
            shift = visit.leader_day - was.leader_day
            if shift:
                dates = _iso(scenario, was.leader_day), _iso(scenario, visit.leader_day)
                yield Change(visit.start, "reception-moved", visit.bureau, *dates, shift, 0)


def _duties(scenario: Scenario, before: Plan, after: Plan) -> Iterator[Change]:
    """Yield promotion events and fairs that move; what follows from leaves is not told twice."""
    old, new = (
        {(x.label, x.bureau or ""): x.day for x in plan.obligations if x.kind in ("event", "fair")}
        for plan in (before, after)
    )
    for label, bureau in sorted({**old, **new}):
        was, now = old.get((label, bureau)), new.get((label, bureau))
        if was != now:
            days = [day for day in (was, now) if day is not None]
            dates = ["" if day is None else _iso(scenario, day) for day in (was, now)]
            shift = now - was if was is not None and now is not None else 0
            yield Change(min(days), "duty-moved", label, dates[0], dates[1], shift, 0)


def _trips(scenario: Scenario, before: Plan, after: Plan) -> Iterator[Change]:
    """Yield trips that come, go or take in others; one is known by who goes where from when."""
    old, new = ({(x.start, x.leader, x.bureau): x for x in p.trips} for p in (before, after))
    for key in sorted({**old, **new}):
        was, now = old.get(key), new.get(key)
        what = f"{_iso(scenario, key[0])} {key[2]}"
        if was is None:
            yield Change(key[0], "trip-added", key[1], "", what, 0, 0)
        elif now is None:
            yield Change(key[0], "trip-dropped", key[1], what, "", 0, 0)
        elif sorted(was.companies) != sorted(now.companies):
            yield Change(key[0], "trip-changed", key[1], what, what, 0, 0)


def _by_leave(leaves: Iterable[Leave]) -> Mapping[tuple[str, str], Leave]:
    return {(leave.person, leave.period): leave for leave in leaves}


def _by_company(visits: Iterable[Visit]) -> Mapping[str, Visit]:
    return {company: visit for visit in visits for company in visit.companies}


def _names(scenario: Scenario, key: str) -> Text:
    """Return the title or name of somebody, with the id; the id alone where it is not known."""
    organisation = scenario.organisation
    names = {
        **{person.id: person.title for _, person in scenario.persons},
        **{leader.id: leader.title for leader in organisation.leaders},
        **{bureau.id: bureau.name for bureau in organisation.bureaus},
        **{company.id: company.name for company in scenario.companies},
    }
    if key not in names:
        return Text(zh=key, en=key)
    return Text(zh=f"{names[key].zh}({key})", en=f"{names[key].en} ({key})")


def _iso(scenario: Scenario, day: int) -> str:
    return scenario.days.date_of(day).isoformat()

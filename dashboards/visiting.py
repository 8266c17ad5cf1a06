"""Who visits when, as the visits page shows it: groups, the queue, and who receives the others."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from html import escape
from typing import Final

from dashboards.format import day as write_day
from dashboards.format import days as write_days
from dashboards.labels import bureau_labels, person_labels, rows_of
from dashboards.markup import scroller
from dashboards.palette import INK, LINE, MUTED, PAPER, STATUS, WASH
from dashboards.runs import Run
from dashboards.texts import t
from planner.plan import JOINT
from scenarios.model import Scenario
from scenarios.organisation import Company
from scenarios.part import DateRange, Lang

PLACED: Final = "placed"
"""Status of a company that has a seat in a group; else the reason why it has none."""


@dataclass(frozen=True, slots=True)
class Group:
    """A group of companies that visits the city.

    Attributes
    ----------
    id, bureau
        The visit, and the bureau whose companies come.
    start, end
        First and last day, both included.
    escort
        The person on leave who goes with them.
    leader, leader_day
        Who receives them and when; None where nobody does.
    chain, host_unit
        The industry chain and the unit that receives them.
    seats
        Seats for companies, reserved ones included.
    companies
        The companies, by id.
    joint
        Name of the joint group it belongs to; empty where it is none.
    """

    id: str
    bureau: str
    start: date
    end: date
    escort: str
    leader: str | None
    leader_day: date | None
    chain: str
    host_unit: str
    seats: int
    companies: tuple[str, ...]
    joint: str

    def touches(self, first: date, last: date) -> bool:
        """Whether a day of the visit lies between two days, both included."""
        return self.start <= last and self.end >= first


@dataclass(frozen=True, slots=True)
class Asker:
    """A company that wants to come, and what the plan answers.

    Attributes
    ----------
    company
        The company.
    status
        :data:`PLACED`, or the reason why no group has room for it.
    group
        The group it comes with; None where it has none.
    unit, day
        The unit that receives it outside the leaves and from which day; None where nobody does.
    """

    company: Company
    status: str
    group: Group | None
    unit: str | None
    day: date | None


def groups(run: Run) -> tuple[Group, ...]:
    """Return the groups of a run in the order in which they come."""
    members: dict[str, list[str]] = defaultdict(list)
    for row in rows_of(run.table("visit_companies")):
        members[row["visit"]].append(row["company"])
    found = [
        Group(
            id=row["visit"],
            bureau=row["bureau"],
            start=date.fromisoformat(row["start"]),
            end=date.fromisoformat(row["end"]),
            escort=row["escort"],
            leader=row["leader"] or None,
            leader_day=date.fromisoformat(row["leader_day"]) if row["leader_day"] else None,
            chain=row["chain"],
            host_unit=row["host_unit"],
            seats=int(row["seats"]),
            companies=tuple(members[row["visit"]]),
            joint=row.get(JOINT, ""),
        )
        for row in rows_of(run.table("visits"))
    ]
    return tuple(sorted(found, key=lambda group: (group.start, group.id)))


def queue(run: Run, found: Iterable[Group]) -> tuple[Asker, ...]:
    """Return every company and what the plan answers it, the highest priority first."""
    by_company = {company: group for group in found for company in group.companies}
    left = {row["company"]: row for row in rows_of(run.table("unplaced"))}
    askers = []
    for company in run.scenario.companies:
        group = by_company.get(company.id)
        row = left.get(company.id, {})
        unit, _, day = str(row.get("alternative", "")).partition(" ")
        askers.append(
            Asker(
                company,
                PLACED if group else str(row["reason"]),
                group,
                unit or None,
                date.fromisoformat(day) if day else None,
            )
        )
    return tuple(sorted(askers, key=lambda asker: (-asker.company.priority, asker.company.id)))


def weeks_of(scenario: Scenario, first: date, last: date) -> tuple[date, ...]:
    """Return the Mondays of the weeks that touch two days of the horizon, both included."""
    first, last = max(first, scenario.horizon.start), min(last, scenario.horizon.end)
    monday = first - timedelta(days=first.weekday())
    return tuple(monday + timedelta(weeks=i) for i in range(((last - monday).days // 7) + 1))


def week_grid(
    run: Run, found: Sequence[Group], weeks: Sequence[date], lang: Lang, *, caption: str
) -> str:
    """Return a table of bureaus and weeks: who is on leave, and which groups visit.

    Parameters
    ----------
    run
        The run whose leaves are shown.
    found
        Its groups.
    weeks
        Mondays, a column each.
    lang
        Language of all words.
    caption
        What the table holds, for people who listen.
    """
    scenario = run.scenario
    leaves = rows_of(run.table("leaves"))
    heads = "".join(f'<th scope="col">{_week(monday, lang)}</th>' for monday in weeks)
    names = bureau_labels(scenario, lang)
    rows = []
    for bureau in scenario.organisation.bureaus:
        cells = []
        for monday in weeks:
            sunday = monday + timedelta(days=6)
            own = [g for g in found if g.bureau == bureau.id and g.touches(monday, sunday)]
            away = [
                leave["person"]
                for leave in leaves
                if leave["bureau"] == bureau.id
                and leave["start"] <= sunday.isoformat()
                and leave["end"] >= monday.isoformat()
            ]
            cells.append(_week_cell(scenario, own, away, lang))
        rows.append(f'<tr><th scope="row">{escape(names[bureau.id])}</th>{"".join(cells)}</tr>')
    corner = escape(t("app.column.bureau", lang))
    return scroller(
        f'<table class="b-weeks"><caption>{escape(caption)}</caption>'
        f'<thead><tr><th scope="col">{corner}</th>{heads}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table>",
        caption,
    )


def _week(monday: date, lang: Lang) -> str:
    """Return a week's first and last day, one below the other: an empty week takes no room."""
    ends = (monday, monday + timedelta(days=6))
    return "–<br>".join(escape(write_day(day, lang, year=False)) for day in ends)


def _week_cell(scenario: Scenario, own: Sequence[Group], away: Sequence[str], lang: Lang) -> str:
    """Return what a bureau does in a week: its groups as cards, else who is on leave."""
    titles = person_labels(scenario, lang)
    parts = []
    for group in own:
        leader = scenario.leader(group.leader).title.get(lang) if group.leader else ""
        lines = [
            t("app.visits.grid.seats", lang, n=len(group.companies), seats=group.seats),
            write_days(group.start, group.end, lang, year=False),
            leader,
        ]
        body = "<br>".join(escape(line) for line in lines if line)
        parts.append(f'<div class="b-group">{body}</div>')
    if away:
        said = t("app.list", lang).join(titles[person] for person in away)
        parts.append(f'<div class="b-away">{escape(t("app.week.leave", lang, what=said))}</div>')
    return f"<td>{''.join(parts)}</td>"


def describe(scenario: Scenario, group: Group, lang: Lang) -> str:
    """Return a group in a few words: bureau, days, and how many companies."""
    return t(
        "app.group",
        lang,
        bureau=scenario.bureau(group.bureau).name.get(lang),
        n=len(group.companies),
        days=write_days(group.start, group.end, lang, year=False),
    )


def windows_in_words(windows: Iterable[DateRange], lang: Lang) -> str:
    """Return the days on which a company can come."""
    said = [write_days(window.start, window.end, lang, year=False) for window in windows]
    return t("app.list", lang).join(said)


def answer_in_words(scenario: Scenario, asker: Asker, lang: Lang) -> str:
    """Return what the plan answers a company: its group, or who receives it and from when."""
    if asker.group is not None:
        return describe(scenario, asker.group, lang)
    if asker.unit is None:
        return t("app.visits.answer.none", lang)
    unit = scenario.host_unit(asker.unit).name.get(lang)
    if asker.day is None:
        return t("app.visits.answer.unit", lang, unit=unit)
    return t("app.visits.answer.from", lang, unit=unit, day=write_day(asker.day, lang, year=False))


def loads(found: Iterable[Group]) -> Mapping[tuple[str, str], int]:
    """Return the groups that each leader receives, by leader and month (``2023-05``)."""
    counts: dict[tuple[str, str], int] = defaultdict(int)
    seen = set()
    for group in found:
        if group.leader is None or group.leader_day is None:
            continue
        # A joint group is received once, whichever of its bureaus it is listed under.
        once = (group.leader, group.leader_day, group.joint or group.id)
        if once not in seen:
            seen.add(once)
            counts[group.leader, group.leader_day.strftime("%Y-%m")] += 1
    return counts


_ESCORT, _LEAVE = STATUS["escort"], STATUS["leave"]

STYLE: Final = f"""<style>
.b-weeks{{border-collapse:collapse;font-size:.85rem;line-height:1.4;color:{INK};width:100%}}
.b-weeks caption{{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}}
.b-weeks th,.b-weeks td{{border:1px solid {LINE};padding:.3rem .4rem;vertical-align:top;
  font-weight:400;text-align:left;white-space:nowrap}}
.b-weeks thead th{{background:{WASH};color:{MUTED};white-space:nowrap}}
.b-weeks tbody th,.b-weeks thead th:first-child{{position:sticky;left:0;background:{PAPER};
  min-width:4.5rem;font-weight:600;white-space:nowrap}}
.b-group{{background:{_ESCORT.fill};color:{_ESCORT.ink};border-radius:4px;padding:.2rem .45rem;
  margin-bottom:.25rem}}
.b-away{{background:{_LEAVE.fill};color:{_LEAVE.ink};border-radius:4px;padding:.1rem .45rem}}
</style>"""
"""The style of the week grid; written once a page."""

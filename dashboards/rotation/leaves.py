"""The leaves and groups of one person in words: what is on, what comes next, what a month holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from dashboards import checks
from dashboards.checks import Check
from dashboards.format import day as write_day
from dashboards.format import days as write_days
from dashboards.labels import rows_of
from dashboards.runs import Run
from dashboards.texts import t
from scenarios.part import Lang


@dataclass(frozen=True, slots=True)
class Group:
    """A group that a person escorts: its days, both included, and how many companies come."""

    id: str
    first: date
    last: date
    companies: int


@dataclass(frozen=True, slots=True)
class Leave:
    """A leave as the pages show it: its days, both included, and the groups in it."""

    person: str
    period: str
    first: date
    last: date
    clearing: date
    groups: tuple[Group, ...]


def leaves_of(run: Run, person: str) -> tuple[Leave, ...]:
    """Return the leaves of a person, in order."""
    groups = groups_of(run, person)
    found = [
        Leave(
            person,
            row["period"],
            first := date.fromisoformat(row["start"]),
            last := date.fromisoformat(row["end"]),
            date.fromisoformat(row["clearing_date"]),
            tuple(group for group in groups if first <= group.first <= last),
        )
        for row in rows_of(run.table("leaves"))
        if row["person"] == person
    ]
    return tuple(sorted(found, key=lambda leave: leave.first))


def groups_of(run: Run, person: str) -> tuple[Group, ...]:
    """Return the groups that a person escorts, in order."""
    sizes = run.table("visit_companies")["visit"].value_counts()
    found = [
        Group(
            row["visit"],
            date.fromisoformat(row["start"]),
            date.fromisoformat(row["end"]),
            int(sizes.get(row["visit"], 0)),
        )
        for row in rows_of(run.table("visits"))
        if row["escort"] == person
    ]
    return tuple(sorted(found, key=lambda group: group.first))


def next_leave(leaves: Sequence[Leave], today: date) -> Leave | None:
    """Return the leave that is on, or else the next one."""
    return next((leave for leave in leaves if leave.last >= today), None)


def next_in_words(leaves: Sequence[Leave], today: date, lang: Lang) -> str:
    """Say which leave comes next, or is on, with its groups and its clearing day."""
    leave = next_leave(leaves, today)
    if leave is None:
        return t("app.calendar.next.none", lang)
    when = write_days(leave.first, leave.last, lang, year=False)
    words = (
        t("app.calendar.next.on", lang, days=when, left=(leave.last - today).days)
        if leave.first <= today
        else t("app.calendar.next.ahead", lang, days=when, n=(leave.first - today).days)
    )
    return f"{words}{_gap(lang)}{groups_in_words(leave, lang)}"


def groups_in_words(leave: Leave, lang: Lang) -> str:
    """Say which groups a leave carries."""
    if not leave.groups:
        return t("app.calendar.next.no_groups", lang)
    said = [
        t(
            "app.calendar.next.group",
            lang,
            days=write_days(group.first, group.last, lang, year=False),
            n=group.companies,
        )
        for group in leave.groups
    ]
    groups = t("app.list", lang).join(said)
    return t("app.calendar.next.groups", lang, n=len(said), groups=groups)


def month_in_words(run: Run, person: str, month: tuple[date, date], lang: Lang) -> tuple[str, ...]:
    """Return what a person does in a month: a line for each run of equal days."""
    calendar = run.table("calendar")
    own = calendar[calendar["person"] == person]
    status = dict(zip(own["date"], own["status"], strict=True))
    first, last = month
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    lines = []
    for what, run_of_days in groupby(days, key=lambda day: status.get(day.isoformat())):
        held = list(run_of_days)
        if what is not None:
            when = (
                write_days(held[0], held[-1], lang, year=False)
                if len(held) > 1
                else write_day(held[0], lang, year=False)
            )
            doing = t(f"status.{what}", lang)
            lines.append(t("app.calendar.list.line", lang, days=when, status=doing, n=len(held)))
    return tuple(lines)


def presence_of(run: Run, person: str) -> tuple[Check, ...]:
    """Return the days at post of a person against those owed, by period."""
    found = checks.presence(checks.checks(run.audit))
    own = [check for check in found if check.subject == person]
    return tuple(sorted(own, key=lambda check: check.period))


def _gap(lang: Lang) -> str:
    return "" if lang == "zh" else " "

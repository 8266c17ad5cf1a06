"""What the audit says of an edited plan, as sentences: which rule, who, when, by how much."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final

from dashboards import markup
from dashboards.checks import PRESENCE, rule_label
from dashboards.format import day as write_day
from dashboards.labels import in_words, subject_labels
from dashboards.spans import period_in_words
from dashboards.texts import t
from planner.audit import Finding
from planner.moving import Judged
from planner.plan import Plan
from scenarios.model import Scenario
from scenarios.part import Lang

SHOWN: Final = 12
"""Sentences of a kind that are written out; of more, the number is said."""

_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}")


def verdict(scenario: Scenario, judged: Judged, lang: Lang) -> str:
    """Return what the audit says of an edited plan, broken rules first."""
    labels = names_of(scenario, judged.plan, lang)
    if not judged.broken:
        parts = [markup.notice(t("app.calendar.check.kept", lang))]
    else:
        words = t("app.calendar.check.broken", lang, n=len(judged.broken))
        parts = [markup.notice(words, "alert"), _listed(scenario, judged.broken, labels, lang)]
    for name, found in (("mended", judged.mended), ("noted", judged.noted)):
        if found:
            title = t(f"app.calendar.check.{name}", lang, n=len(found))
            parts += [markup.paragraph(title), _listed(scenario, found, labels, lang)]
    return "".join(parts)


def sentence(scenario: Scenario, finding: Finding, labels: Mapping[str, str], lang: Lang) -> str:
    """Say which rule a finding is of, whom it concerns, when, and by how much it is missed."""
    who = in_words(finding.subject, labels)
    when = period_in_words(scenario, finding.period, lang)
    values = {"rule": rule_label(finding.rule, lang), "who": who, "when": when}
    if finding.required.isdigit() and re.fullmatch(r"-?\d+", finding.actual):
        kind = "number"
    elif dates := [date.fromisoformat(iso) for iso in dict.fromkeys(_DATE.findall(finding.actual))]:
        kind = "dates"
        written = [write_day(day, lang, year=False) for day in dates]
        # The audit names the first few.
        key = "some" if "..." in finding.actual else "all"
        values["dates"] = t(
            f"app.calendar.check.{key}", lang, days=t("app.list", lang).join(written)
        )
    else:
        kind = "plain"
    values |= {"required": finding.required, "actual": finding.actual, "clause": finding.clause}
    return t(f"app.calendar.check.line.{kind}", lang, **values)


def names_of(scenario: Scenario, plan: Plan, lang: Lang) -> dict[str, str]:
    """Return what everything is called that an audit of a plan may speak of, groups included."""
    names = subject_labels(scenario, lang)
    for visit in plan.visits:
        day = write_day(scenario.days.date_of(visit.start), lang, year=False)
        bureau = scenario.bureau(visit.bureau).name.get(lang)
        names[visit.id] = t("app.calendar.group_name", lang, bureau=bureau, day=day)
    return {**names, "city": t("app.calendar.city", lang)}


def leaves_in(
    scenario: Scenario, plan: Plan, findings: Iterable[Finding]
) -> frozenset[tuple[str, str]]:
    """Return the leaves that findings concern: person and period.

    Those of the person, of a group's escort, or of all in the bureau that a finding is about; in
    the period it names, or where it names days, on those.
    """
    found: set[tuple[str, str]] = set()
    escorts = {visit.id: visit.escort for visit in plan.visits}
    for finding in findings:
        who = escorts.get(finding.subject, finding.subject)
        days = _days_of(scenario, finding)
        for leave in plan.leaves:
            if who == leave.person:
                concerned = leave.period in (finding.period, *_periods_of(scenario, days))
            else:
                block = range(leave.start, leave.end + 1)
                concerned = who == leave.bureau and not days.isdisjoint(block)
            if concerned:
                found.add((leave.person, leave.period))
    return frozenset(found)


def _days_of(scenario: Scenario, finding: Finding) -> frozenset[int]:
    """Return the days that a finding names."""
    named = _DATE.findall(f"{finding.actual} {finding.period}")
    return frozenset(scenario.days.day_of(date.fromisoformat(iso)) for iso in named)


def _periods_of(scenario: Scenario, days: frozenset[int]) -> tuple[str, ...]:
    return tuple(p.label for p in scenario.periods if not days.isdisjoint(p.days))


def presence_in(findings: Iterable[Finding]) -> dict[str, list[tuple[int, int]]]:
    """Return days at post and days owed by person, in the order of the periods."""
    found: dict[str, list[tuple[int, int]]] = {}
    for finding in sorted(findings, key=lambda x: (x.subject, x.period)):
        if finding.rule == PRESENCE:
            counts = int(finding.actual), int(finding.required)
            found.setdefault(finding.subject, []).append(counts)
    return found


def _listed(
    scenario: Scenario, found: tuple[Finding, ...], labels: Mapping[str, str], lang: Lang
) -> str:
    lines = [sentence(scenario, finding, labels, lang) for finding in found[:SHOWN]]
    if len(found) > SHOWN:
        lines.append(t("app.calendar.check.more", lang, n=len(found) - SHOWN))
    return markup.bullets(lines)

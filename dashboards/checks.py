"""The stored audit as the pages show it: what is violated first, and the days at post."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import pandas as pd

from dashboards.labels import rows_of
from dashboards.palette import Outlook
from planner.rulebook import rulebook
from scenarios.part import Lang

ORDER: Final = ("violated", "note", "ok")
"""Verdicts, worst first."""

TONE: Final[dict[str, Outlook]] = {"violated": "out", "note": "risk", "ok": "course"}

PRESENCE: Final = "presence"
"""The rule whose findings count days at post: one a person and period."""


@dataclass(frozen=True, slots=True)
class Check:
    """One finding of the audit: a rule, checked for one subject and period."""

    rule: str
    clause: str
    subject: str
    period: str
    required: str
    actual: str
    verdict: str


@dataclass(frozen=True, slots=True)
class RuleCount:
    """One rule over all its findings."""

    rule: str
    clause: str
    violated: int
    note: int
    ok: int


def checks(audit: pd.DataFrame) -> list[Check]:
    """Return the findings, what is violated first; within a verdict as the audit wrote them."""
    found = [Check(**row) for row in rows_of(audit)]
    return sorted(found, key=lambda check: ORDER.index(check.verdict))


def tally(found: Iterable[Check]) -> Counter[str]:
    """Count the findings by verdict."""
    return Counter(check.verdict for check in found)


def by_rule(found: Iterable[Check]) -> list[RuleCount]:
    """Count the findings of each rule; rules with violations first, then those with notes."""
    groups: dict[str, list[Check]] = {}
    for check in found:
        groups.setdefault(check.rule, []).append(check)
    counts = [
        RuleCount(rule, own[0].clause, *(tally(own)[verdict] for verdict in ORDER))
        for rule, own in groups.items()
    ]
    return sorted(counts, key=lambda count: (-count.violated, -count.note))


def presence(found: Iterable[Check]) -> list[Check]:
    """Return the findings that count days at post."""
    return [check for check in found if check.rule == PRESENCE]


def spare(check: Check) -> int:
    """Return the days at post beyond those owed; negative where days are missing."""
    return int(check.actual) - int(check.required)


def rule_label(rule: str, lang: Lang) -> str:
    """Return what a rule is called; one of a later audit, not in the rulebook, goes by its id."""
    entry = rulebook().get(rule)
    return entry.name.get(lang) if entry else rule

"""A finding: one rule checked for one subject and period."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass, fields
from typing import Final, Literal

import pandas as pd

from planner.rulebook import rule_of

Verdict = Literal["ok", "violated", "note"]

SHOWN: Final = 3
"""How many breaches a finding names before it only counts the others."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule checked for one subject and period.

    Attributes
    ----------
    rule
        Stable id of the rule.
    clause
        Where it comes from: chapter and item of the plan document, or a reading (P9, V5).
    subject, period
        Whom and when it concerns; the period is a quarter, a month, a date, or the horizon as
        ``first/last``.
    required, actual
        What the rule asks for and what the tables hold.
    verdict
        ``violated`` for a hard rule broken, ``note`` for a wish missed or a rule that asks for
        less than it says.
    """

    rule: str
    clause: str
    subject: str
    period: str
    required: str
    actual: str
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule by its stable id; a soft rule missed is noted, a hard one is violated."""

    id: str
    clause: str
    hard: bool = True

    def judge(
        self, kept: bool, subject: str, period: str, required: object, actual: object
    ) -> Finding:
        """Return the finding for one subject and period."""
        broken: Verdict = "violated" if self.hard else "note"
        verdict: Verdict = "ok" if kept else broken
        return Finding(self.id, self.clause, subject, period, str(required), str(actual), verdict)

    def remark(self, subject: str, period: str, required: object, actual: object) -> Finding:
        """Return a note: the rule could not be asked for as it stands."""
        return Finding(self.id, self.clause, subject, period, str(required), str(actual), "note")


def rule(rule_id: str) -> Rule:
    """Return a rule of the rulebook."""
    entry = rule_of(rule_id)
    return Rule(entry.id, entry.clause, entry.hard)


def breaches(found: Sequence[str]) -> str:
    """Return how many breaches there are, and the first few by name."""
    if not found:
        return "0"
    rest = ", ..." if len(found) > SHOWN else ""
    return f"{len(found)}: {', '.join(found[:SHOWN])}{rest}"


def violations(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return the findings of hard rules that are broken."""
    return tuple(finding for finding in findings if finding.verdict == "violated")


def audit_table(findings: Iterable[Finding]) -> pd.DataFrame:
    """Return ``rule, clause, subject, period, required, actual, verdict``: one row a finding."""
    columns = [field.name for field in fields(Finding)]
    return pd.DataFrame([astuple(finding) for finding in findings], columns=columns, dtype=str)

"""Why a plan made again differs where it does: the hand that moved it, or the rule behind it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from dashboards.edits import LeaveKey
from dashboards.rotation.checking import names_of, sentence
from dashboards.texts import t
from planner.audit import Finding, audit
from planner.changes import Change
from planner.moving import MoveLeave, compared, moved
from planner.plan import Plan, tables
from planner.totals import groups_moved, person_days
from scenarios.model import Scenario
from scenarios.part import Lang


@dataclass(frozen=True, slots=True)
class Replanned:
    """A plan, the plan made from it, and what was asked for.

    Attributes
    ----------
    scenario
        What was given.
    before, after
        The two plans.
    by_hand
        Leaves that were moved by hand or held.
    """

    scenario: Scenario
    before: Plan
    after: Plan
    by_hand: frozenset[LeaveKey]

    def person_days(self) -> int:
        """Return on how many days of how many persons the status differs, summed up."""
        return person_days(self.scenario, self.before, self.after)

    def groups_moved(self) -> int:
        """Return how many groups of the plan before no longer come on their day."""
        return groups_moved(self.before, self.after)

    def reason(self, change: Change, lang: Lang) -> str:
        """Say why something changed."""
        match change.kind:
            case "leave-moved":
                return self._of_leave(change, lang)
            case "company-moved" | "company-dropped":
                return self._of_company(change, lang)
            case "leave-added" | "leave-dropped" | "company-placed":
                return t(f"app.calendar.why.{change.kind}", lang)
            case _:
                return t("app.calendar.why.follows", lang)

    def _of_leave(self, change: Change, lang: Lang) -> str:
        """Say by whose hand a leave moved, or which rule it would break where it was."""
        key = next(
            (
                (leave.person, leave.period)
                for leave in self.before.leaves
                if leave.person == change.subject and self._iso(leave.start) == change.before
            ),
            None,
        )
        if key is None or key in self.by_hand:
            return t("app.calendar.why.by_hand", lang)
        return self.rule_behind(change, key[1], lang) or t("app.calendar.why.least", lang)

    def rule_behind(self, change: Change, period: str, lang: Lang) -> str | None:
        """Say which rule a leave that moved would break where it was; None where it is none."""
        start = self.scenario.days.day_of(date.fromisoformat(change.before))
        back = moved(self.scenario, self.after, MoveLeave(change.subject, period, start))
        broken = compared(self.scenario, self.after, back, self._audited()).broken
        # What concerns the person says most; groups and duties in the leave come with it.
        first = min(
            broken,
            key=lambda x: (x.subject != change.subject, x.rule == "visit-escort", x.rule),
            default=None,
        )
        if first is None:
            return None
        names: Mapping[str, str] = names_of(self.scenario, self.after, lang)
        said = sentence(self.scenario, first, names, lang)
        return t("app.calendar.why.otherwise", lang, said=said)

    def _of_company(self, change: Change, lang: Lang) -> str:
        """Say whether the leave that a company's group fell in is gone from its days."""
        was = next((v for v in self.before.visits if change.subject in v.companies), None)
        if was is None:
            return t("app.calendar.why.follows", lang)
        at_home = any(
            leave.bureau == was.bureau and leave.start < was.start and was.end < leave.end
            for leave in self.after.leaves
        )
        return t(f"app.calendar.why.{'regrouped' if at_home else 'no_escort'}", lang)

    def _audited(self) -> tuple[Finding, ...]:
        return audit(self.scenario, tables(self.scenario, self.after))

    def _iso(self, day: int) -> str:
        return self.scenario.days.date_of(day).isoformat()

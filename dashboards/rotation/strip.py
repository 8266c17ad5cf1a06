"""What the strip shows: the leaves and groups of everybody, where they are and were, as data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from dashboards import wallsheet
from dashboards.edits import Edits, LeaveKey
from dashboards.format import day as write_day
from dashboards.format import month as write_month
from dashboards.labels import person_labels
from dashboards.texts import catalogue, t
from planner.plan import Plan
from scenarios.calendar import Period
from scenarios.model import Scenario
from scenarios.part import Lang

_WORDS: Final = ("block", "held", "moved", "broken", "begun", "groups", "no_groups", "put", "span")
"""What the strip says by itself while a block is moved."""


@dataclass(frozen=True, slots=True)
class Strip:
    """What is drawn.

    Attributes
    ----------
    scenario
        What was given.
    before, plan
        The run's plan and the edited one.
    edits
        What was edited and is held.
    window
        The days that are shown.
    frozen
        First day that is still to be planned; leaves that begin before it do not move.
    presence
        Days at post and days owed by person, in the order of the periods.
    broken
        Leaves that a rule which the edits break concerns.
    said
        What is read out after the last edit.
    turn
        Tells what is drawn and how often something was done, so that a refused edit is drawn back.
    """

    scenario: Scenario
    before: Plan
    plan: Plan
    edits: Edits
    window: Period
    frozen: int
    presence: Mapping[str, Sequence[tuple[int, int]]]
    broken: frozenset[LeaveKey]
    said: str
    turn: str

    def data(self, lang: Lang) -> dict[str, Any]:
        """Return all that the browser needs, as plain data."""
        days, window = self.scenario.days, self.window
        return {
            "turn": self.turn,
            "said": self.said,
            "from": window.start,
            "to": window.stop,
            "days": days.n_days,
            "frozen": self.frozen,
            "length": self.scenario.rules.leave.length_days,
            "dates": [write_day(days.date_of(n), lang, year=False) for n in range(days.n_days)],
            "months": [
                {
                    "title": write_month(days.date_of(month.start), lang),
                    "first": month.start,
                    "stop": month.stop,
                }
                for month in days.months
                if month.start < window.stop and month.stop > window.start
            ],
            "marks": [asdict(mark) for mark in wallsheet.lay(self.scenario, lang).marks],
            "rows": list(self._rows(lang)),
            # Templates: the strip fills in who and when while a block is on its way.
            "words": {key: catalogue(lang).texts[f"app.calendar.strip.{key}"] for key in _WORDS},
            "label": t("app.calendar.strip.label", lang),
        }

    def _rows(self, lang: Lang) -> Iterable[dict[str, Any]]:
        names = person_labels(self.scenario, lang)
        for bureau in self.scenario.organisation.bureaus:
            yield {"bureau": bureau.name.get(lang)}
            for person in bureau.persons:
                own = [x for x in self.plan.leaves if x.person == person.id]
                yield {
                    "title": person.title.get(lang),
                    "counts": [list(x) for x in self.presence.get(person.id, ())],
                    "away": [
                        [span.start, span.stop]
                        for absence in person.approved_absences
                        for span in (self.scenario.days.days_of(absence),)
                    ],
                    "held": [
                        [self.scenario.days.day_of(day), t(f"app.letter.{status}", lang)]
                        for (who, day), status in sorted(self.edits.days.items())
                        if who == person.id
                    ],
                    "stray": [
                        [v.start, v.end - v.start + 1, len(v.companies)]
                        for v in self.plan.visits
                        if v.escort == person.id
                        and not any(x.start <= v.start <= x.end for x in own)
                    ],
                    "blocks": [self._block(x.person, x.period, x.start, names) for x in own],
                }

    def _block(
        self, person: str, period: str, start: int, names: Mapping[str, str]
    ) -> dict[str, Any]:
        (before,) = (
            x.start for x in self.before.leaves if (x.person, x.period) == (person, period)
        )
        length = self.scenario.rules.leave.length_days
        held = self.edits.held_visits
        return {
            "person": person,
            "period": period,
            "who": names[person],
            "start": start,
            "before": before,
            "held": (person, period) in self.edits.held_leaves,
            "broken": (person, period) in self.broken,
            "locked": before < self.frozen,
            "groups": [
                {"at": v.start - start, "days": v.end - v.start + 1, "n": len(v.companies)}
                | {"held": v.id in held}
                for v in self.plan.visits
                if v.escort == person and start <= v.start < start + length
            ],
        }

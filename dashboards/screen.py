"""The one-screen answer: what a leader reads when a run is done."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from math import ceil
from typing import Any, Final

from rich.cells import cell_len
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text as Line

from dashboards.checks import checks, presence, spare, tally
from dashboards.format import amount, bare_chance, count, days, percent, seconds, thousands
from dashboards.labels import bureau_labels, person_labels
from dashboards.runs import Run
from dashboards.texts import t
from planner.plan import groups_of
from scenarios.part import Lang
from scenarios.targets import Target

GAP: Final = 2
"""Columns of the terminal between two bureaus."""

LABEL: Final = 16
"""Columns that the names of the measures take at least; longer ones wrap."""

Estimate = Mapping[str, Any]
Row = tuple[str, Sequence[str]]


def screen(run: Run, lang: Lang, width: int) -> Group:
    """Return the answer of a run: one screen for up to four bureaus on 100 columns.

    Parameters
    ----------
    run
        A stored run; without a forecast only the calendar's part is shown.
    lang
        Language of every word and number.
    width
        Columns of the terminal; on few of them the bureaus stand in several tables.

    Raises
    ------
    RunError
        When a part of the run cannot be read.
    """
    parts: list[RenderableType] = [*_heading(run, lang), Line(), *_calendar(run, lang)]
    if run.has_forecast:
        part = ForecastPart.fitting(run, lang, width)
        parts += [Line(), *part.tables(), *part.notes()]
    parts += [Line(), *_origin(run, lang)]
    return Group(*parts)


@dataclass(frozen=True, slots=True)
class ForecastPart:
    """The forecast of a run as tables (measures down, bureaus across) and notes."""

    run: Run
    lang: Lang
    across: int

    @classmethod
    def fitting(cls, run: Run, lang: Lang, width: int) -> ForecastPart:
        """Return the part with as many bureaus across as leave the measures their names."""
        n = len(run.scenario.organisation.bureaus)
        widths = cls(run, lang, n).widths()
        for across in range(n, 1, -1):
            own = [sum(widths[first : first + across]) for first in range(0, n, across)]
            own[-1] += sum(widths[n:])
            if max(own) <= width - LABEL:
                return cls(run, lang, across)
        return cls(run, lang, 1)

    def widths(self) -> list[int]:
        """Return the columns that each bureau takes, then those of all together."""
        ids = [bureau.id for bureau in self.run.scenario.organisation.bureaus]
        names = [bureau_labels(self.run.scenario, self.lang)[bureau] for bureau in ids]
        joint = len(ids) > 1
        head = [*names, t("screen.all-bureaus", self.lang)] if joint else names
        rows = [head, *(cells for _, cells in self._rows(ids, joint=joint))]
        # Scores and the like have no column for all together.
        return [max(map(cell_len, column)) + GAP for column in zip_longest(*rows, fillvalue="")]

    def tables(self) -> Iterator[Table]:
        """Yield a table for every few bureaus; the last one also says how all fare together."""
        ids = [bureau.id for bureau in self.run.scenario.organisation.bureaus]
        for first in range(0, len(ids), self.across):
            stop = first + self.across
            yield self._table(ids[first:stop], joint=stop >= len(ids) > 1)

    def notes(self) -> Iterator[Line]:
        """Yield what the table leaves unsaid: k of n bureaus, readings, assumptions."""
        odds = t("sign.semicolon", self.lang).join(
            t("screen.at-least", self.lang, n=k, odds=_chance(estimate, self.lang))
            for k, estimate in self.run.forecast["joint"]["at_least"].items()
        )
        yield Line(t("screen.main-by-count", self.lang, odds=odds))
        yield from self._precision()
        yield Line(self._reading())
        trusts = [assumption.trust for assumption in self.run.scenario.assumptions.items]
        basis = t("screen.assumptions", self.lang, n=len(trusts), guessed=trusts.count("E"))
        if any(target.assumed for target in self.run.scenario.targets):
            basis += t("screen.assumed-target", self.lang)
        yield Line(basis, "bold")

    def _precision(self) -> Iterator[Line]:
        """Say whether a precision that was asked for is there; nothing where none was."""
        found = self.run.forecast["stopping"]
        if found["rule"] != "absolute-precision":
            return
        yield Line(
            t(
                "screen.precision-met" if found["met"] else "screen.precision-missed",
                self.lang,
                asked=f"{100 * found['half_width']:g}",
                # Rounded up: what is too wide must not be said to be as wide as asked for.
                widest=f"{ceil(round(10_000 * found['widest'], 2)) / 100:g}",
                n=count(self.run.forecast["n"]),
            ),
            "" if found["met"] else "bold",
        )

    def _table(self, ids: Sequence[str], *, joint: bool) -> Table:
        table = Table(box=None, pad_edge=False, show_edge=False, padding=(0, GAP, 0, 0))
        confidence = count(100 * self.run.forecast["confidence"])
        table.add_column(t("screen.odds", self.lang, confidence=confidence))
        names = [bureau_labels(self.run.scenario, self.lang)[bureau] for bureau in ids]
        for name in [*names, t("screen.all-bureaus", self.lang)] if joint else names:
            table.add_column(name, justify="right", no_wrap=True)
        for label, cells in self._rows(ids, joint=joint):
            table.add_row(label, *cells)
        return table

    def _rows(self, ids: Sequence[str], *, joint: bool) -> Iterator[Row]:
        own = [self.run.forecast["bureaus"][bureau] for bureau in ids]
        together = self.run.forecast["joint"]
        for target in self.run.scenario.targets:
            cells = [_bare(bureau["targets"].get(target.id)) for bureau in own]
            whole = [_bare(together["targets"][target.id])] if joint else []
            yield self._target_label(target), [*cells, *whole]
        whole = [_bare(together["all_bureaus_main"])] if joint else []
        main = [_bare(bureau["all_main"]) for bureau in own]
        yield t("screen.all-main", self.lang), [*main, *whole]
        yield from self._score_rows(ids)
        yield t("screen.held-back", self.lang), [self._limit(bureau["limits"]) for bureau in own]
        yield t("screen.spend", self.lang), [self._spend(bureau) for bureau in ids]
        yield t("screen.dry", self.lang), [_bare(bureau["dry"]) for bureau in own]

    def _score_rows(self, ids: Sequence[str]) -> Iterator[Row]:
        score = self.run.forecast["score"]
        own = [score["readings"][score["default"]][bureau] for bureau in ids]
        yield t("screen.score", self.lang), [_score(bureau) for bureau in own]
        above: float | None = None
        for grade in self.run.scenario.assessment.grades:
            label = f"  {grade.label.get(self.lang)} {_band(grade.at_least, above)}"
            above = grade.at_least
            yield label, [_bare(bureau["grades"].get(grade.id)) for bureau in own]

    def _target_label(self, target: Target) -> str:
        minimum = amount(target.metric, target.minimum, self.lang)
        star = "*" if target.assumed else ""
        label = f"{target.label.get(self.lang)} ≥ {minimum}{star}"
        names = bureau_labels(self.run.scenario, self.lang)
        for bureau, own in target.minimum_by_bureau.items():
            label += f"\n  {names[bureau]} ≥ {amount(target.metric, own, self.lang)}"
        return label

    def _limit(self, limits: Mapping[str, Estimate]) -> str:
        # Of equals the first in the order of the file, so that the answer is always the same.
        key = max(limits, key=lambda name: limits[name]["p"])
        return f"{t(f'limit.{key}', self.lang)} {_chance(limits[key], self.lang)}"

    def _spend(self, bureau: str) -> str:
        heads = self.run.forecast["bureaus"][bureau]["spend_yuan_mean"]
        spent = sum(sum(months) for months in heads.values())
        budget = self.run.plan.budget_of(bureau)
        return f"{thousands(spent, self.lang)}/{thousands(budget, self.lang)}"

    def _reading(self) -> str:
        score = self.run.forecast["score"]
        comma = t("sign.comma", self.lang)
        default = t(f"reading.{score['default']}", self.lang)
        others = [key for key in score["readings"] if key != score["default"]]
        if not others:
            return t("screen.reading-only", self.lang, default=default)
        beside = comma.join(t(f"reading.{key}", self.lang) for key in others)
        if not score["grade_depends_on_reading"]:
            return t("screen.reading-same", self.lang, default=default, others=beside)
        names = bureau_labels(self.run.scenario, self.lang)
        changes = comma.join(
            f"{names[bureau]} {_chance(score['grade_changes'][bureau], self.lang)}"
            for bureau in score["grade_depends_on_reading"]
        )
        key = "screen.reading-changes"
        return t(key, self.lang, default=default, others=beside, bureaus=changes)


def _heading(run: Run, lang: Lang) -> Iterator[Line]:
    scenario = run.scenario
    span = days(scenario.horizon.start, scenario.horizon.end, lang)
    yield Line(f"{scenario.title.get(lang)}  [{scenario.id}]  {span}", "bold")
    if not run.head.complete:
        yield Line(t("screen.stopped", lang), "bold")
    if run.head.lost is not None:
        done = count(run.forecast["n"] if run.has_forecast else 0)
        asked = count(run.head.inputs.futures)
        yield Line(t(f"screen.lost-{run.head.lost}", lang, n=done, asked=asked), "bold")
    violated = tally(checks(run.audit))["violated"]
    conclusion = t("screen.broken" if violated else "screen.kept", lang, violated=violated)
    if run.has_forecast:
        joint = run.forecast["joint"]
        every = _chance(joint["all_bureaus_main"], lang)
        one = _chance(joint["at_least"]["1"], lang)
        conclusion += t("screen.joint", lang, all=every, one=one)
    yield Line(conclusion, "bold")


def _calendar(run: Run, lang: Lang) -> Iterator[Line]:
    found, plan = checks(run.audit), run.plan
    counts = tally(found)
    figures = {"n": len(found), "violated": counts["violated"], "noted": counts["note"]}
    yield Line(t("screen.audit", lang, **figures))
    policy = t(f"policy.{run.scenario.rules.presence.policy}", lang)
    tightest = min(presence(found), key=spare, default=None)
    if tightest is not None:
        who = person_labels(run.scenario, lang)[tightest.subject]
        subject = f"{who} {tightest.period}"
        yield Line(
            t("screen.presence", lang, policy=policy, slack=spare(tightest), subject=subject)
        )
    figures = {
        "leaves": len(plan.leaves),
        "visits": len(groups_of(plan.visits)),
        "companies": sum(len(visit.companies) for visit in plan.visits),
        "unplaced": len(plan.unplaced),
    }
    yield Line(t("screen.plan", lang, **figures))
    if run.has_trips:
        inspected = sum(len(trip.companies) for trip in plan.trips)
        yield Line(t("screen.trips", lang, trips=len(plan.trips), companies=inspected))
    if plan.levels:
        proven = sum(level.proven for level in plan.levels)
        yield Line(t("screen.solver", lang, proven=proven, levels=len(plan.levels)))
    if run.head.plan_from is not None:
        yield Line(t("screen.reused", lang, run=run.head.plan_from))
    if run.head.inputs.fast:
        yield Line(t("screen.fast", lang), "bold")


def _origin(run: Run, lang: Lang) -> Iterator[Line]:
    scenario, head = run.scenario, run.head
    invented = sum(company.synthetic for company in scenario.companies)
    if invented or scenario.synthetic_note:
        total = len(scenario.companies)
        yield Line(t("screen.invented", lang, n=invented, total=total), "bold")
    span = range(scenario.horizon.start.year, scenario.horizon.end.year + 1)
    predicted = [
        str(year.year)
        for year in scenario.calendar.years
        if year.status == "predicted" and year.year in span
    ]
    if predicted:
        years = t("sign.comma", lang).join(predicted)
        yield Line(t("screen.predicted", lang, years=years), "bold")
    yield Line(t("screen.files", lang, folder=run.folder), overflow="fold")
    yield Line(
        t(
            "screen.origin",
            lang,
            seed="–" if head.inputs.seed is None else head.inputs.seed,
            n=count(run.forecast["n"] if run.has_forecast else 0),
            scenario=head.scenario_hash[:8],
            plan=head.plan_hash[:8],
            version=head.versions["bureau-planner"],
            elapsed=seconds(sum(head.seconds.values()), lang),
        )
    )


def _chance(estimate: Estimate, lang: Lang) -> str:
    return percent(estimate["p"], estimate["low"], estimate["high"], lang)


def _bare(estimate: Estimate | None) -> str:
    if estimate is None:
        return "–"
    return bare_chance(estimate["p"], estimate["low"], estimate["high"])


def _band(at_least: float, above: float | None) -> str:
    """Write the scores of a grade: ``≥ 90``, ``80–90``, and ``< 80`` for the one from 0 on."""
    if above is None:
        return f"≥ {at_least:g}"
    return f"< {above:g}" if at_least <= 0 else f"{at_least:g}–{above:g}"


def _score(score: Mapping[str, float | None]) -> str:
    if score["mean"] is None:
        return "–"
    return f"{score['mean']:.1f} ({score['p10']:.0f}–{score['p90']:.0f})"

"""The one-screen answer: what a leader reads when a run is done."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text as Line

from dashboards.format import amount, bare_chance, count, days, percent, seconds, thousands
from dashboards.runs import Run
from dashboards.texts import t
from dashboards.verdict import verdict_of
from scenarios.organisation import Bureau
from scenarios.part import Lang
from scenarios.targets import Target

ACROSS: Final = 4
"""Bureaus side by side; more are shown in a second table below."""

Estimate = Mapping[str, Any]
Row = tuple[str, Sequence[str]]


def screen(run: Run, lang: Lang) -> Group:
    """Return the answer of a run: one screen for up to four bureaus.

    Parameters
    ----------
    run
        A stored run; without a forecast only the calendar's part is shown.
    lang
        Language of every word and number.

    Raises
    ------
    RunError
        When a part of the run cannot be read.
    """
    parts: list[RenderableType] = [*_heading(run, lang), Line(), *_verdict(run, lang)]
    if run.has_forecast:
        part = ForecastPart(run, lang)
        parts += [Line(), *part.tables(), *part.notes()]
    parts += [Line(), *_origin(run, lang)]
    return Group(*parts)


@dataclass(frozen=True, slots=True)
class ForecastPart:
    """The forecast of a run as tables (measures down, bureaus across) and notes."""

    run: Run
    lang: Lang

    def tables(self) -> Iterator[Table]:
        """Yield a table for every few bureaus; the last one also says how all fare together."""
        bureaus = self.run.scenario.organisation.bureaus
        for first in range(0, len(bureaus), ACROSS):
            chunk = bureaus[first : first + ACROSS]
            last = first + ACROSS >= len(bureaus)
            yield self._table(chunk, joint=last and len(bureaus) > 1)

    def notes(self) -> Iterator[Line]:
        """Yield what the table leaves unsaid: k of n bureaus, readings, assumptions."""
        forecast, scenario = self.run.forecast, self.run.scenario
        odds = t("sign.semicolon", self.lang).join(
            t("screen.at-least", self.lang, n=k, odds=_chance(estimate, self.lang))
            for k, estimate in forecast["joint"]["at_least"].items()
        )
        yield Line(t("screen.main-by-count", self.lang, odds=odds))
        yield Line(self._reading())
        trusts = [assumption.trust for assumption in scenario.assumptions.items]
        yield Line(
            t("screen.assumptions", self.lang, n=len(trusts), guessed=trusts.count("E")), "bold"
        )

    def _table(self, bureaus: Sequence[Bureau], *, joint: bool) -> Table:
        table = Table(box=None, pad_edge=False, show_edge=False, padding=(0, 2, 0, 0))
        confidence = count(100 * self.run.forecast["confidence"])
        table.add_column(t("screen.odds", self.lang, confidence=confidence), header_style="bold")
        for bureau in bureaus:
            table.add_column(bureau.city.get(self.lang), justify="right", no_wrap=True)
        if joint:
            table.add_column(t("screen.all-bureaus", self.lang), justify="right", no_wrap=True)
        for label, cells in self._rows([bureau.id for bureau in bureaus], joint=joint):
            table.add_row(label, *cells)
        return table

    def _rows(self, ids: Sequence[str], *, joint: bool) -> Iterator[Row]:
        own, together = self.run.forecast["bureaus"], self.run.forecast["joint"]

        def row(label: str, cell: Callable[[str], str], whole: str = "") -> Row:
            return label, [*(cell(bureau) for bureau in ids), *([whole] if joint else [])]

        for target in self.run.scenario.targets:
            estimates = {bureau: own[bureau]["targets"].get(target.id) for bureau in ids}
            yield row(
                self._target_label(target),
                lambda bureau, found=estimates: _bare(found[bureau]),
                _bare(together["targets"][target.id]),
            )
        yield row(
            t("screen.all-main", self.lang),
            lambda bureau: _bare(own[bureau]["all_main"]),
            _bare(together["all_bureaus_main"]),
        )
        yield from self._score_rows(row)
        yield row(t("screen.held-back", self.lang), lambda bureau: self._limit(own[bureau]))
        yield row(t("screen.spend", self.lang), self._spend)
        yield row(t("screen.dry", self.lang), lambda bureau: _bare(own[bureau]["dry"]))

    def _score_rows(self, row: Callable[[str, Callable[[str], str]], Row]) -> Iterator[Row]:
        score = self.run.forecast["score"]
        default = score["readings"][score["default"]]
        yield row(t("screen.score", self.lang), lambda bureau: _score(default[bureau]))
        above: float | None = None
        for grade in self.run.scenario.assessment.grades:
            label = f"  {grade.label.get(self.lang)} {_band(grade.at_least, above)}"
            above = grade.at_least
            yield row(label, lambda bureau, key=grade.id: _bare(default[bureau]["grades"].get(key)))

    def _target_label(self, target: Target) -> str:
        minimum = amount(target.metric, target.minimum, self.lang)
        star = "*" if target.assumed else ""
        label = f"{target.label.get(self.lang)} ≥ {minimum}{star}"
        for bureau, own in target.minimum_by_bureau.items():
            city = self.run.scenario.bureau(bureau).city.get(self.lang)
            label += f"\n  {city} ≥ {amount(target.metric, own, self.lang)}"
        return label

    def _limit(self, own: Mapping[str, Any]) -> str:
        limits: Mapping[str, Estimate] = own["limits"]
        # The first of equals in the order of the file: the answer must not depend on anything else.
        key = max(limits, key=lambda name: limits[name]["p"])
        return f"{t(f'limit.{key}', self.lang)} {_chance(limits[key], self.lang)}"

    def _spend(self, bureau: str) -> str:
        heads = self.run.forecast["bureaus"][bureau]["spend_yuan_mean"]
        spent = sum(sum(months) for months in heads.values())
        budget = self.run.plan.budget_of(bureau)
        return f"{thousands(spent, self.lang)}/{thousands(budget, self.lang)}"

    def _reading(self) -> str:
        score = self.run.forecast["score"]
        default = t(f"reading.{score['default']}", self.lang)
        others = [key for key in score["readings"] if key != score["default"]]
        if not others:
            return t("screen.reading-only", self.lang, default=default)
        beside = t("sign.comma", self.lang).join(t(f"reading.{key}", self.lang) for key in others)
        depends = score["grade_depends_on_reading"]
        if not depends:
            return t("screen.reading-same", self.lang, default=default, others=beside)
        changes = score["grade_changes"]
        named = t("sign.comma", self.lang).join(
            f"{self.run.scenario.bureau(bureau).city.get(self.lang)} "
            f"{_chance(changes[bureau], self.lang)}"
            for bureau in depends
        )
        return t("screen.reading-changes", self.lang, default=default, others=beside, bureaus=named)


def _heading(run: Run, lang: Lang) -> Iterator[Line]:
    scenario = run.scenario
    span = days(scenario.horizon.start, scenario.horizon.end, lang)
    yield Line(f"{scenario.title.get(lang)}  [{scenario.id}]  {span}", "bold")
    if not run.head.complete:
        yield Line(t("screen.stopped", lang), "bold")
    violated = verdict_of(run).violated
    conclusion = t("screen.broken" if violated else "screen.kept", lang, violated=violated)
    if run.has_forecast:
        joint = run.forecast["joint"]
        conclusion += t(
            "screen.joint",
            lang,
            all=_chance(joint["all_bureaus_main"], lang),
            one=_chance(joint["at_least"]["1"], lang),
        )
    yield Line(conclusion, "bold")


def _verdict(run: Run, lang: Lang) -> Iterator[Line]:
    verdict = verdict_of(run)
    style = "bold" if verdict.violated else ""
    yield Line(t("screen.audit", lang, n=verdict.checked, violated=verdict.violated), style)
    yield Line(
        t(
            "screen.presence",
            lang,
            policy=t(f"policy.{run.scenario.rules.presence.policy}", lang),
            slack=verdict.slack_days,
            subject=verdict.tightest,
        )
    )
    plan = run.plan
    received = sum(len(visit.companies) for visit in plan.visits)
    yield Line(
        t(
            "screen.plan",
            lang,
            leaves=len(plan.leaves),
            visits=len(plan.visits),
            companies=received,
            unplaced=len(plan.unplaced),
        )
    )
    if plan.levels:
        proven = sum(level.proven for level in plan.levels)
        yield Line(t("screen.solver", lang, proven=proven, levels=len(plan.levels)))


def _origin(run: Run, lang: Lang) -> Iterator[Line]:
    scenario, head = run.scenario, run.head
    invented = sum(company.synthetic for company in scenario.companies)
    if invented or scenario.synthetic_note:
        yield Line(t("screen.invented", lang, n=invented, total=len(scenario.companies)), "bold")
    guessed = [str(y.year) for y in scenario.calendar.years if y.status == "predicted"]
    if guessed:
        yield Line(t("screen.predicted", lang, years=t("sign.comma", lang).join(guessed)), "bold")
    yield Line(t("screen.files", lang, folder=run.folder), no_wrap=True, overflow="fold")
    yield Line(
        t(
            "screen.origin",
            lang,
            seed=head.inputs.seed,
            n=f"{run.forecast['n']:,}" if run.has_forecast else "0",
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
    low, high = score["p10"], score["p90"]
    return f"{score['mean']:.1f} ({low:.0f}–{high:.0f})"

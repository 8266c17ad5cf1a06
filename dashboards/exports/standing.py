"""Where the year stands, for a paper: targets and scores as tables, bureau by bureau."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from dashboards import figures
from dashboards.exports.paper import Align, Cell, Table
from dashboards.format import amount, bare_chance, count
from dashboards.labels import bureau_labels
from dashboards.odds import AT_RISK, ON_COURSE, Odds, share
from dashboards.palette import OUTLOOK_SIGN
from dashboards.runs import Run
from dashboards.texts import t
from scenarios.model import Scenario
from scenarios.organisation import Bureau
from scenarios.part import Lang
from scenarios.targets import Target

ACROSS: Final = 4
"""Bureaus beside each other: more would not be read on A4."""


def main_tally(run: Run) -> dict[str, int]:
    """Count the main targets of all bureaus by the word for their odds."""
    main = [x for x in figures.target_odds(run.scenario, run.forecast) if x.target.main]
    return {key: sum(x.odds.outlook == key for x in main) for key in OUTLOOK_SIGN}


def targets(run: Run, lang: Lang) -> list[Table]:
    """Return the odds of every target, of the city and of each bureau.

    One table for as many bureaus as stand beside each other, the city in the first.
    """
    bureaus = run.scenario.organisation.bureaus
    return [_targets(run, own, lang, city=i == 0) for i, own in enumerate(parts(bureaus, ACROSS))]


def scores(run: Run, lang: Lang) -> list[Table]:
    """Return the score and the odds of the grades under each reading, bureau by bureau."""
    bureaus = run.scenario.organisation.bureaus
    return [_scores(run, own, lang) for own in parts(bureaus, ACROSS)]


def odds_cell(data: Mapping[str, Any] | None, lang: Lang, *, short: bool = False) -> Cell:
    """Return odds in percent with their range, sign and word; a word where there are none.

    A short one leaves the word to the legend of the signs, and takes one line.
    """
    if data is None:
        return Cell(t("app.not_for", lang))
    odds = Odds.read(data)
    numbers, sign = bare_chance(odds.p, odds.low, odds.high), OUTLOOK_SIGN[odds.outlook]
    if short:
        return Cell(f"{numbers} {sign}", outlook=odds.outlook)
    word = t(f"app.outlook.{odds.outlook}", lang)
    return Cell(f"{numbers}\n{sign} {word}", outlook=odds.outlook)


def legend(lang: Lang) -> str:
    """Say what the signs stand for, and from which probability on."""
    ends = {"course": share(ON_COURSE, lang), "risk": share(AT_RISK, lang)}
    words = (
        t(f"paper.sign.{key}", lang, sign=sign, word=t(f"app.outlook.{key}", lang), **ends)
        for key, sign in OUTLOOK_SIGN.items()
    )
    return t("sign.comma", lang).join(words)


def asked(scenario: Scenario, target: Target, lang: Lang, *, apart: str) -> str:
    """Return a target's name and what it asks, of whom it asks something else too."""
    names = bureau_labels(scenario, lang)
    minima = [amount(target.metric, target.minimum, lang)]
    minima += [
        t("app.target.other", lang, bureau=names[bureau], amount=amount(target.metric, own, lang))
        for bureau, own in target.minimum_by_bureau.items()
    ]
    return f"{target.label.get(lang)}{apart}{t('sign.semicolon', lang).join(minima)}"


def parts(some: Sequence[Any], most: int) -> Iterator[Sequence[Any]]:
    """Yield a sequence in parts of nearly equal length, none longer than ``most``."""
    n = max(1, -(-len(some) // most))
    size, more = divmod(len(some), n)
    start = 0
    for i in range(n):
        end = start + size + (i < more)
        yield some[start:end]
        start = end


def _targets(run: Run, bureaus: Sequence[Bureau], lang: Lang, *, city: bool) -> Table:
    scenario, forecast = run.scenario, run.forecast
    names = bureau_labels(scenario, lang)
    joint, own = forecast["joint"], [forecast["bureaus"][bureau.id] for bureau in bureaus]
    main = [target for target in scenario.targets if target.main]
    rows: list[tuple[Cell, ...]] = []
    if main:
        whole = [joint["all_bureaus_main"]] if city else []
        odds = [odds_cell(x, lang) for x in [*whole, *(x["all_main"] for x in own)]]
        rows.append((Cell(t("app.cockpit.all_of_bureau", lang), bold=True), *odds))
    for target in [*main, *(x for x in scenario.targets if not x.main)]:
        whole = [joint["targets"].get(target.id)] if city else []
        each = [*whole, *(x["targets"].get(target.id) for x in own)]
        odds = [odds_cell(x, lang, short=not target.main) for x in each]
        words = asked(scenario, target, lang, apart="\n" if target.main else " ")
        rows.append((Cell(words), *odds))
    columns = [t("paper.city", lang)] if city else []
    columns += [names[bureau.id] for bureau in bureaus]
    head = (t("app.column.target", lang), *columns)
    return Table(head, tuple(rows), *_shape(len(columns), first=28))


def _scores(run: Run, bureaus: Sequence[Bureau], lang: Lang) -> Table:
    scenario, score = run.scenario, run.forecast["score"]
    names = bureau_labels(scenario, lang)
    several = len(score["readings"]) > 1
    rows = []
    for key in figures.reading_order(scenario, run.forecast):
        label = figures.reading_label(key, lang)
        if several and key == score["default"]:
            label = t("paper.reading.default", lang, reading=label)
        reports = (score["readings"][key][bureau.id] for bureau in bureaus)
        rows.append((Cell(label), *(_score(scenario, report, lang) for report in reports)))
    head = (t("app.column.reading", lang), *(names[bureau.id] for bureau in bureaus))
    return Table(head, tuple(rows), *_shape(len(bureaus), first=14))


def _score(scenario: Scenario, report: Mapping[str, Any], lang: Lang) -> Cell:
    """Return the score with its range, and under it the odds of every grade but the lowest."""
    grades = scenario.assessment.grades
    if report["mean"] is None:
        return Cell(t("app.not_for", lang))
    lines = [
        t(
            "paper.score",
            lang,
            mean=count(report["mean"], 1),
            low=count(report["p10"], 1),
            high=count(report["p90"], 1),
        )
    ]
    lines += [
        t(
            "paper.grade",
            lang,
            grade=grade.label.get(lang),
            chance=bare_chance(odds.p, odds.low, odds.high),
        )
        for grade in grades[:-1]
        for odds in [Odds.read(report["grades"][grade.id])]
    ]
    return Cell("\n".join(lines))


def _shape(columns: int, *, first: int) -> tuple[tuple[int, ...], tuple[Align, ...]]:
    """Return widths and alignment: a first column of names, in percent, and the rest alike."""
    each = round((100 - first) / max(1, columns))
    centre: Align = "center"
    return (first, *([each] * columns)), ("left", *([centre] * columns))

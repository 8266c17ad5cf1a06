"""The leader's brief: one page, at most two, that stands by itself."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final

from dashboards import checks
from dashboards.exports import evidence
from dashboards.exports.ahead import ahead, expect_inside, last_day
from dashboards.exports.evidence import Evidence
from dashboards.exports.paper import Block, Heading, Paper, Paragraph, numbered
from dashboards.exports.provenance import sources, warnings
from dashboards.exports.ranges import ranges
from dashboards.exports.risks import decisions, risks
from dashboards.exports.since import since
from dashboards.exports.standing import legend, main_tally, scores, targets
from dashboards.exports.titling import origin_of, title_of
from dashboards.format import chance
from dashboards.format import day as write_day
from dashboards.format import days as write_days
from dashboards.odds import Odds
from dashboards.runs import Run
from dashboards.texts import t
from scenarios.part import Lang

NAME: Final = "brief"


def brief(
    run: Run,
    lang: Lang,
    as_of: date,
    *,
    before: Run | None = None,
    known: Evidence = evidence.NONE,
) -> Paper:
    """Return the brief on a run.

    Parameters
    ----------
    run
        What it is about.
    lang
        Its language.
    as_of
        A day of the horizon: what comes next is told from it on.
    before
        The run of the last brief, to say what changed since.
    known
        Stored results on the same plan: they name levers, and put money up for decision.

    Raises
    ------
    RunError
        When the day lies outside the horizon, or the run cannot be read.
    """
    expect_inside(run, as_of)
    sections = _sections(run, lang, as_of, before, known)
    blocks: list[Block] = [*warnings(run, lang)]
    for place, (heading, own) in enumerate(sections):
        blocks += [Heading(numbered(place, heading, lang)), *own]
    blocks += sources(run, as_of, lang)
    return Paper(
        NAME,
        lang,
        t("paper.mark", lang),
        title_of(run.scenario.title.get(lang), t("paper.brief.title", lang), lang, dense=True),
        t("paper.brief.subtitle", lang, asof=write_day(as_of, lang), run=run.id),
        tuple(blocks),
        run.head.created,
        origin_of(run),
        dense=True,
    )


def _sections(
    run: Run, lang: Lang, as_of: date, before: Run | None, known: Evidence
) -> Iterator[tuple[str, list[Block]]]:
    yield t("paper.brief.conclusion", lang), [Paragraph(_conclusion(run, lang))]
    if run.has_forecast:
        drawn = ranges(run, lang)
        note = Paragraph(t("paper.brief.targets.note", lang, legend=legend(lang)), "note")
        figure = [drawn] if drawn is not None else []
        yield t("paper.brief.targets", lang), [note, *targets(run, lang), *figure]
        note = Paragraph(_score_note(run, lang), "note")
        yield t("paper.brief.scores", lang), [note, *scores(run, lang)]
    changes: list[Block] = [Paragraph(t("paper.since.first", lang))]
    if before is not None:
        changes = [*since(run, before, known, lang)]
    yield t("paper.brief.since", lang), changes
    own: list[Block] = []
    if run.has_forecast:
        own = [Paragraph(_risk_note(known, lang), "note"), risks(run, known, lang)]
    put_up = decisions(run, known, lang) or [t("paper.decide.nothing", lang)]
    numbers = [t("paper.decide.numbered", lang, n=i, what=x) for i, x in enumerate(put_up, 1)]
    own += [Paragraph(words) for words in numbers]
    yield t("paper.brief.risks" if run.has_forecast else "paper.brief.decisions", lang), own
    span = write_days(as_of, last_day(run, as_of), lang)
    yield t("paper.brief.ahead", lang, days=span), [ahead(run, as_of, lang)]


def _conclusion(run: Run, lang: Lang) -> str:
    """Say in one sentence where the year stands, and in one what the calendar's check found."""
    tally = checks.tally(checks.checks(run.audit))
    counts = {verdict: tally[verdict] for verdict in checks.ORDER}
    audited = t("app.audited", lang, n=tally.total(), **counts)
    if not run.has_forecast:
        return t("paper.brief.no-forecast", lang) + _space(lang) + audited
    words = main_tally(run)
    joint = Odds.read(run.forecast["joint"]["all_bureaus_main"])
    sentence = t(
        "app.cockpit.sentence",
        lang,
        targets=sum(words.values()),
        bureaus=len(run.scenario.organisation.bureaus),
        chance=chance(joint.p, joint.low, joint.high, lang),
        **words,
    )
    return sentence + _space(lang) + audited


def _score_note(run: Run, lang: Lang) -> str:
    grades = run.scenario.assessment.grades
    if len(grades) == 1:
        return t("paper.brief.scores.one", lang)
    marks = t("sign.comma", lang).join(
        t("paper.brief.mark", lang, grade=x.label.get(lang), score=f"{x.at_least:g}")
        for x in grades[:-1]
    )
    return t("paper.brief.scores.note", lang, marks=marks, lowest=grades[-1].label.get(lang))


def _risk_note(known: Evidence, lang: Lang) -> str:
    words = t("paper.brief.risks.note", lang)
    key = "paper.brief.risks.no-drivers" if known.drivers is None else "paper.brief.risks.drivers"
    return words + _space(lang) + t(key, lang)


def _space(lang: Lang) -> str:
    return "" if lang == "zh" else " "

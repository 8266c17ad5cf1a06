"""The brief of the year in progress: what the dispatch meeting of every half month looks at."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Final, Literal

from dashboards.exports.half_bureau import bureau_page
from dashboards.exports.half_change import change
from dashboards.exports.half_facts import Facts
from dashboards.exports.half_money import money_table
from dashboards.exports.half_outlook import ahead, work
from dashboards.exports.half_progress import city, conclusion
from dashboards.exports.half_statements import (
    chains,
    clearing_list,
    month_of,
    month_presence,
    next_rota,
    period_of,
    quarter_presence,
)
from dashboards.exports.paper import Block, Heading, PageBreak, Paper, Paragraph, numbered
from dashboards.exports.provenance import origin, warnings
from dashboards.exports.standing import legend
from dashboards.exports.titling import origin_of, title_of
from dashboards.format import count
from dashboards.format import day as write_day
from dashboards.format import days as write_days
from dashboards.odds import share
from dashboards.texts import t
from scenarios.ledger.weekly import STALE_DAYS
from scenarios.part import Lang

Variant = Literal["half-month", "month", "quarter"]

NAME: Final = "half-month"

ON_A_PAGE: Final = 2
"""Bureaus on a page: half a page each."""


def half_month(facts: Facts, lang: Lang, variant: Variant = "half-month") -> Paper:
    """Return the brief.

    Parameters
    ----------
    facts
        What it rests on.
    lang
        Its language.
    variant
        Every half month; with the chain meeting's table and presence statements of the month; or
        with those of the quarter, the clearing list and the next rota, too.
    """
    run = facts.run
    breaks = {t("halfmonth.section.bureaus", lang)}
    blocks: list[Block] = [*warnings(run, lang), *_about_ledger(facts, lang)]
    for place, (heading, own) in enumerate(_sections(facts, lang, variant)):
        if heading in breaks:
            blocks.append(PageBreak())
        blocks += [Heading(numbered(place, heading, lang)), *own]
    return Paper(
        NAME,
        lang,
        t("paper.mark", lang),
        title_of(
            run.scenario.title.get(lang), t(f"halfmonth.title.{variant}", lang), lang, dense=True
        ),
        t(
            "halfmonth.subtitle",
            lang,
            asof=write_day(facts.as_of, lang),
            next=write_days(facts.as_of + timedelta(days=1), facts.last, lang, year=False),
            rows=count(facts.told["ledger"]["rows"]),
        ),
        tuple(blocks),
        run.head.created,
        origin_of(run),
        dense=True,
    )


def _sections(facts: Facts, lang: Lang, variant: Variant) -> Iterator[tuple[str, list[Block]]]:
    note = Paragraph(t("halfmonth.targets.note", lang, legend=legend(lang)), "note")
    yield (
        t("halfmonth.section.conclusion", lang),
        [*(Paragraph(words) for words in conclusion(facts, lang)), note, *city(facts, lang)],
    )
    unit = t("halfmonth.unit", lang)
    yield (
        t("halfmonth.section.money", lang),
        [Paragraph(t("halfmonth.money.note", lang, unit=unit), "note"), money_table(facts, lang)],
    )
    yield t("halfmonth.section.ahead", lang), [ahead(facts, lang)]
    note = Paragraph(t("halfmonth.work.note", lang, days=STALE_DAYS), "note")
    yield t("halfmonth.section.work", lang), [note, work(facts, lang)]
    notes = (Paragraph(words, "note") for words in _sources(facts, lang))
    yield t("halfmonth.section.change", lang), [*change(facts, lang), *notes]
    note = Paragraph(t("halfmonth.bureaus.note", lang), "note")
    pages: list[Block] = [note]
    for i, bureau in enumerate(facts.bureaus):
        if i and i % ON_A_PAGE == 0:
            pages.append(PageBreak())
        pages += bureau_page(facts, bureau, lang)
    yield t("halfmonth.section.bureaus", lang), pages
    if variant != "half-month":
        yield from _statements(facts, lang, variant)


def _statements(facts: Facts, lang: Lang, variant: Variant) -> Iterator[tuple[str, list[Block]]]:
    label = month_of(facts).label
    yield t("halfmonth.section.chains", lang, label=label), [chains(facts, lang)]
    rule = facts.run.scenario.rules.presence
    policy = t(f"halfmonth.policy.{rule.policy}", lang, n=rule.days_per_month)
    note = Paragraph(t("halfmonth.presence.note", lang, policy=policy), "note")
    if variant == "month":
        yield (
            t("halfmonth.section.presence", lang, label=label),
            [note, month_presence(facts, lang)],
        )
        return
    label = period_of(facts).label
    yield (
        t("halfmonth.section.presence", lang, label=label),
        [note, quarter_presence(facts, lang)],
    )
    unit = t("halfmonth.unit", lang)
    yield (
        t("halfmonth.section.clearing", lang, label=label),
        [
            Paragraph(t("halfmonth.clearing.note", lang, unit=unit), "note"),
            clearing_list(facts, lang),
        ],
    )
    yield t("halfmonth.section.rota", lang), [*next_rota(facts, lang)]


def _about_ledger(facts: Facts, lang: Lang) -> list[Paragraph]:
    """Say whether the ledger is made up, and how many of its rows do not count or are odd."""
    said = []
    if facts.ledger.synthetic:
        said.append(t("halfmonth.synthetic", lang))
    if facts.ledger.faults:
        said.append(t("halfmonth.faults", lang, n=len(facts.ledger.faults)))
    remarks, unused = facts.unused
    if remarks:
        said.append(t("halfmonth.remarks", lang, n=remarks, unused=unused))
    return [Paragraph(words, "alert") for words in said]


def _sources(facts: Facts, lang: Lang) -> Iterator[str]:
    told = facts.told
    yield t("halfmonth.definition", lang)
    sample = t(
        "halfmonth.sample",
        lang,
        n=count(told["n"]),
        tails=count(told.get("tails", 1)),
        seed=told["seed"],
        confidence=share(told["confidence"], lang),
        basis=t("halfmonth.learned" if told["calibrated"] else "halfmonth.prior", lang),
        ledger=told["ledger"]["hash"][:12],
    )
    if facts.run.has_forecast:
        january = facts.run.forecast
        before = t("halfmonth.january", lang, n=count(january["n"]), seed=january["seed"])
    else:
        before = t("halfmonth.no-january", lang)
    yield sample + (" " if lang == "en" else "") + before
    yield origin(facts.run, facts.as_of, lang)

"""The half page of a bureau: its targets, and what else its chief and the Office must know."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

from dashboards.exports.half_facts import Facts
from dashboards.exports.half_money import heads, waiting
from dashboards.exports.half_progress import bureau_targets, other_targets
from dashboards.exports.half_todo import duties, todo, visits
from dashboards.exports.paper import Align, Block, Cell, Heading, Table
from dashboards.exports.spans import span
from dashboards.format import count
from dashboards.labels import bureau_labels, rows_of, subject_labels
from dashboards.texts import t
from scenarios.ledger.pipeline import STAGES, OpenLead
from scenarios.ledger.tables import TABLES
from scenarios.part import Lang

AGES: Final = (30, 60, 90)
"""Ends of the bands in which the ages of leads are told, in days."""

NAMED: Final = 3
"""Leads, requests and duties that are named one by one; of the rest there is the number."""


def bureau_page(facts: Facts, bureau: str, lang: Lang) -> list[Block]:
    """Return the half page of a bureau."""
    rows = tuple(
        (Cell(t(f"halfmonth.row.{key}", lang), bold=True), Cell(words))
        for key, words in _rows(facts, bureau, lang)
    )
    sides: tuple[Align, ...] = ("center", "left")
    return [
        Heading(facts.run.scenario.bureau(bureau).name.get(lang), 2),
        bureau_targets(facts, bureau, lang),
        Table((), rows, (11, 89), sides),
    ]


def _rows(facts: Facts, bureau: str, lang: Lang) -> Iterator[tuple[str, str]]:
    semicolon, none = t("sign.semicolon", lang), t("app.none", lang)
    others = other_targets(facts, bureau, lang)
    if others:
        yield "others", semicolon.join(others)
    money = t("halfmonth.money-row", lang, heads=heads(facts, bureau, lang))
    yield "money", semicolon.join([money, waiting(facts, bureau, lang)])
    groups = [group(facts, row["visit"], lang) for row in visits(facts, bureau)]
    coming = t("halfmonth.groups", lang, groups=semicolon.join(groups) or none)
    yield "place", semicolon.join([*persons(facts, bureau, lang), coming])
    own = [x for x in facts.leads if x.bureau == bureau]
    stale = _stale([x for x in own if x.stale], facts.as_of, lang)
    yield "leads", semicolon.join([*_stages(own, facts.as_of, lang), *stale]) or none
    late = semicolon.join(_late(facts, bureau, lang)) or none
    due = semicolon.join(duties(facts, bureau, lang)) or none
    yield "late", t("halfmonth.late-due", lang, late=late, due=due)
    tasks = todo(facts, bureau, lang)
    numbered = (t("paper.decide.numbered", lang, n=i, what=x) for i, x in enumerate(tasks, 1))
    yield "todo", semicolon.join(numbered) or none


def persons(facts: Facts, bureau: str, lang: Lang) -> list[str]:
    """Say of each person when they are at home in the coming half month, as planned."""
    titles = {x.id: x.title.get(lang) for x in facts.run.scenario.bureau(bureau).persons}
    return [
        t(f"halfmonth.person.{'leave' if days else 'post'}", lang, who=titles[person], days=days)
        for person, days in at_home(facts, bureau, lang)
    ]


def at_home(facts: Facts, bureau: str, lang: Lang) -> Iterator[tuple[str, str]]:
    """Yield each person posted in the coming half month, by id, and the days of their leaves."""
    first, last = facts.as_of + timedelta(days=1), facts.last
    leaves = facts.run.table("leaves")
    for person in facts.run.scenario.bureau(bureau).persons:
        if (person.posted_from or first) > last or (person.posted_to or last) < first:
            continue
        own = leaves[leaves["person"] == person.id]
        inside = own[(own["start"] <= last.isoformat()) & (own["end"] >= first.isoformat())]
        spans = [span(x["start"], x["end"], lang) for x in rows_of(inside.sort_values("start"))]
        yield person.id, t("sign.comma", lang).join(spans)


def group(facts: Facts, visit: str, lang: Lang, *, named: bool = False) -> str:
    """Say when a group visits, with how many companies, and who receives it."""
    row = next(x for x in rows_of(facts.run.table("visits")) if x["visit"] == visit)
    companies = facts.run.table("visit_companies")
    labels = subject_labels(facts.run.scenario, lang)
    said = t(
        "halfmonth.group" if row["leader"] else "halfmonth.group.unled",
        lang,
        days=span(row["start"], row["end"], lang),
        n=int((companies["visit"] == visit).sum()),
        leader=labels.get(row["leader"], ""),
    )
    if not named:
        return said
    return t("halfmonth.of-bureau", lang, bureau=_name(facts, row["bureau"], lang), what=said)


def _name(facts: Facts, bureau: str, lang: Lang) -> str:
    return bureau_labels(facts.run.scenario, lang)[bureau]


def _stages(own: list[OpenLead], as_of: date, lang: Lang) -> Iterator[str]:
    """Say how many leads stand in each stage, and for how long."""
    for stage in STAGES:
        ages = [(as_of - x.since).days for x in own if x.stage == stage]
        if not ages:
            continue
        edges = (-1, *AGES)
        bands = [
            t("halfmonth.age", lang, first=low + 1, last=high, n=n)
            for low, high in zip(edges, AGES, strict=False)
            if (n := sum(low < age <= high for age in ages))
        ]
        if old := sum(age > AGES[-1] for age in ages):
            bands.append(t("halfmonth.age.over", lang, days=AGES[-1], n=old))
        yield t(
            "halfmonth.stage",
            lang,
            stage=t(f"halfmonth.stage.{stage}", lang),
            n=len(ages),
            ages=t("sign.comma", lang).join(bands),
        )


def _stale(own: list[OpenLead], as_of: date, lang: Lang) -> Iterator[str]:
    if not own:
        return
    longest = sorted(own, key=lambda x: (x.moved, x.lead))[:NAMED]
    named = [
        t("halfmonth.stale.one", lang, company=x.company, days=count((as_of - x.moved).days))
        for x in longest
    ]
    yield t("halfmonth.stale", lang, n=len(own), named=t("sign.comma", lang).join(named))


def _late(facts: Facts, bureau: str, lang: Lang) -> Iterator[str]:
    words = TABLES["duties"].column("kind").words
    own = [x for x in facts.late if x.bureau == bureau]
    for x in own[:NAMED]:
        if x.kind == "request":
            yield t("halfmonth.late.request", lang, company=x.company, days=x.days)
        else:
            yield t("halfmonth.late.duty", lang, duty=words[x.kind].get(lang), days=x.days)
    if len(own) > NAMED:
        yield t("halfmonth.late.more", lang, n=len(own) - NAMED)
    place = facts.bureaus.index(bureau)
    reports = int(facts.stands.actuals.measured("reports_late")[place])
    if reports:
        yield t("halfmonth.late.reports", lang, n=reports)

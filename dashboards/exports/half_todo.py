"""What a bureau is to do in the coming half month: from what is overdue to what comes due."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from dashboards.exports.half_facts import VISIT_DAYS, Facts
from dashboards.exports.spans import span
from dashboards.format import day as write_day
from dashboards.labels import rows_of, subject_labels
from dashboards.texts import t
from scenarios.ledger.statements import Overdue
from scenarios.ledger.tables import TABLES
from scenarios.part import Lang


def todo(facts: Facts, bureau: str, lang: Lang) -> list[str]:
    """Return what to do, most pressing first; short sentences without a stop."""
    return list(_todo(facts, bureau, lang))


def _todo(facts: Facts, bureau: str, lang: Lang) -> Iterator[str]:
    late = [x for x in facts.late if x.bureau == bureau]
    requests = [x for x in late if x.kind == "request"]
    if requests:
        yield t("halfmonth.do.requests", lang, n=len(requests), days=requests[0].days)
    gate = facts.gates[bureau]
    blocks = facts.run.scenario.budget.gate
    if gate.waits:
        key = "waits" if blocks.policy == "none" else f"waits.{blocks.blocks}"
        yield t(f"halfmonth.do.{key}", lang, day=_day(gate.waits[0], lang))
    others = [x for x in late if x.kind not in ("request", "clearing")]
    if others:
        yield t("halfmonth.do.duties", lang, n=len(others), kinds=_kinds(others, lang))
    groups = visits(facts, bureau, (facts.last - facts.as_of).days)
    if groups:
        days = t("sign.comma", lang).join(span(x["start"], x["end"], lang) for x in groups)
        yield t("halfmonth.do.groups", lang, n=len(groups), days=days)
    own = [x for x in facts.leads if x.bureau == bureau]
    for stage in ("visited", "signed", "registered", "lead"):
        some = [x for x in own if x.stage == stage]
        if some:
            stale = sum(x.stale for x in some)
            key = f"halfmonth.do.{stage}" + (".stale" if stale else "")
            if stage != "lead" or stale:
                yield t(key, lang, n=len(some), stale=stale)
    soon = [day for day in gate.next if day <= facts.last]
    if soon:
        yield t("halfmonth.do.clearing", lang, day=_day(soon[0], lang))


def visits(facts: Facts, bureau: str | None, days: int = VISIT_DAYS) -> list[dict[str, Any]]:
    """Return the groups that visit in the days after the brief's, earliest first.

    Parameters
    ----------
    facts, bureau
        Of which bureau; of all where None.
    days
        How many days ahead.
    """
    first, last = facts.as_of + timedelta(days=1), facts.as_of + timedelta(days=days)
    frame = facts.run.table("visits")
    inside = frame[(frame["start"] <= last.isoformat()) & (frame["end"] >= first.isoformat())]
    rows = rows_of(inside.sort_values(["start", "end", "visit"], kind="stable"))
    return [row for row in rows if bureau in (None, row["bureau"])]


def duties(facts: Facts, bureau: str | None, lang: Lang) -> list[str]:
    """Say which duties of the plan come due in the coming half month, day by day.

    Parameters
    ----------
    facts, lang
        Of what, in which language.
    bureau
        Its own duties; those that all bureaus share where None.
    """
    labels = subject_labels(facts.run.scenario, lang)
    kinds = TABLES["duties"].column("kind").words
    first, last = facts.as_of + timedelta(days=1), facts.last
    rows = rows_of(facts.run.table("obligations").sort_values(["date", "kind"], kind="stable"))
    done: dict[str, list[str]] = {}
    for row in rows:
        day = date.fromisoformat(row["date"])
        if not first <= day <= last or (row["bureau"] or None) != bureau:
            continue
        word = kinds[row["kind"]].get(lang)
        leader = labels.get(row["leader"], "") if row["leader"] else ""
        named = t("halfmonth.duty.led", lang, duty=word, leader=leader) if leader else word
        done.setdefault(named, []).append(_day(day, lang))
    comma = t("sign.comma", lang)
    return [
        t("halfmonth.duty", lang, duty=word, days=comma.join(days)) for word, days in done.items()
    ]


def _kinds(late: Sequence[Overdue], lang: Lang) -> str:
    words = TABLES["duties"].column("kind").words
    return t("sign.comma", lang).join(dict.fromkeys(words[x.kind].get(lang) for x in late))


def _day(day: date, lang: Lang) -> str:
    return write_day(day, lang, year=False)

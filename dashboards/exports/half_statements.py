"""Statements of the month and the quarter, for papers: presence, chains, clearings, next leaves."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final

from dashboards.exports.half_facts import Facts
from dashboards.exports.half_money import waiting
from dashboards.exports.paper import Align, Cell, Paragraph, Table
from dashboards.exports.spans import dated, span
from dashboards.format import day as write_day
from dashboards.format import money, thousands
from dashboards.labels import bureau_labels, person_labels, rows_of
from dashboards.texts import t
from scenarios.calendar import Period
from scenarios.ledger.pipeline import ChainCount, by_chain
from scenarios.ledger.statements import Presence, clearings, presence
from scenarios.ledger.tables import TABLES
from scenarios.part import Lang

KINDS: Final = ("post", "home", "travel", "escort", "approved", "absent", "unrecorded")

_NOTHING: Final = ChainCount(0, 0, 0, 0, 0)


def month_of(facts: Facts) -> Period:
    """Return the month of the brief's day."""
    at = facts.run.scenario.days.day_of(facts.as_of)
    return next(month for month in facts.run.scenario.days.months if at in month)


def period_of(facts: Facts) -> Period:
    """Return the leave period of the brief's day: a quarter, unless the scenario says else."""
    at = facts.run.scenario.days.day_of(facts.as_of)
    return next(period for period in facts.run.scenario.periods if at in period)


def chains(facts: Facts, lang: Lang) -> Table:
    """Return what the chain meeting looks at: what each chain brought in this month."""
    scenario = facts.run.scenario
    first = scenario.days.date_of(month_of(facts).start)
    found = by_chain(facts.known, first, facts.as_of)
    rows = []
    for chain in scenario.organisation.chains:
        own = found.get(chain.id, _NOTHING)
        open_now = sum(x.chain == chain.id for x in facts.leads)
        signed = t("halfmonth.signed", lang, n=own.signed, sum=money(own.signed_fen / 100, lang))
        rows.append(
            (
                Cell(chain.name.get(lang)),
                Cell(scenario.host_unit(chain.lead_unit).name.get(lang)),
                Cell(str(own.reported)),
                Cell(str(own.visited)),
                Cell(signed if own.signed else "0"),
                Cell(str(own.lost)),
                Cell(str(open_now)),
            )
        )
    keys = ("chain", "unit", "reported", "visited", "signed", "lost", "open-leads")
    head = tuple(t(f"halfmonth.column.{key}", lang) for key in keys)
    centre: Align = "center"
    sides: tuple[Align, ...] = ("left", "left", *((centre,) * 5))
    return Table(head, tuple(rows), (18, 22, 10, 10, 20, 10, 10), sides)


def month_presence(facts: Facts, lang: Lang) -> Table:
    """Return each person's statement of the month, and how they stand in the leave period."""
    scenario = facts.run.scenario
    months = presence(facts.known, scenario, facts.as_of, [month_of(facts)])
    whole = {x.person: x for x in presence(facts.known, scenario, facts.as_of, [period_of(facts)])}
    titles = person_labels(scenario, lang)
    rows = tuple(
        (
            Cell(titles[own.person]),
            *(Cell(str(getattr(own, kind))) for kind in KINDS),
            _against(own, own.rule, lang),
            _policy(own, whole[own.person], lang),
        )
        for own in months
    )
    return _presence_table(rows, ("rule", "policy"), lang)


def quarter_presence(facts: Facts, lang: Lang) -> Table:
    """Return each person's statement of the leave period, with its months."""
    scenario, period = facts.run.scenario, period_of(facts)
    days = scenario.days
    inside = [month for month in days.months if month.start in period]
    by_month = presence(facts.known, scenario, facts.as_of, inside)
    titles = person_labels(scenario, lang)
    rows = []
    for own in presence(facts.known, scenario, facts.as_of, [period]):
        months = [x for x in by_month if x.person == own.person]
        each = "/".join(str(x.counted) for x in months)
        short = [x for x in months if x.owed is not None]
        # A monthly policy is judged by its months; the period has no verdict of its own.
        verdict = _policy(own, own, lang) if own.owed is not None else _months(short, lang)
        rows.append(
            (
                Cell(titles[own.person]),
                *(Cell(str(getattr(own, kind))) for kind in KINDS),
                Cell(each),
                verdict,
            )
        )
    return _presence_table(tuple(rows), ("months", "policy"), lang)


def clearing_list(facts: Facts, lang: Lang) -> Table:
    """Return what was spent and cleared in the leave period, by bureau and head."""
    scenario = facts.run.scenario
    first = scenario.days.date_of(period_of(facts).start)
    names, words = bureau_labels(scenario, lang), TABLES["expenses"].column("head").words
    found = clearings(facts.known, scenario, facts.as_of, first)
    rows = []
    for bureau in facts.bureaus:
        own = [x for x in found if x.bureau == bureau]
        for i, x in enumerate(own):
            rows.append(
                (
                    Cell(names[bureau] if i == 0 else "", bold=True),
                    Cell(words[x.head].get(lang)),
                    Cell(thousands(x.spent_fen / 100, lang)),
                    Cell(thousands(x.cleared_fen / 100, lang)),
                    Cell(thousands(x.open_fen / 100, lang)),
                    Cell("—" if x.since is None else write_day(x.since, lang, year=False)),
                    Cell(waiting(facts, bureau, lang) if i == 0 else ""),
                )
            )
    keys = ("head", "spent-span", "cleared-span", "open-all", "since", "waits")
    head = (
        t("app.column.bureau", lang),
        *(t(f"halfmonth.column.{key}", lang) for key in keys),
    )
    centre: Align = "center"
    return Table(head, tuple(rows), (11, 13, 12, 13, 13, 12, 26), (centre,) * 7)


def next_rota(facts: Facts, lang: Lang) -> list[Paragraph | Table]:
    """Return the leaves of the leave period after the brief's."""
    scenario = facts.run.scenario
    later = [period for period in scenario.periods if period.start >= period_of(facts).stop]
    if not later:
        return [Paragraph(t("halfmonth.rota.none", lang))]
    leaves = facts.run.table("leaves")
    own = leaves[leaves["period"] == later[0].label].sort_values(["start", "person"], kind="stable")
    titles = person_labels(scenario, lang)
    rows = tuple(
        (
            Cell(titles[row["person"]]),
            Cell(span(row["start"], row["end"], lang)),
            Cell(dated(date.fromisoformat(row["clearing_date"]), lang)),
            Cell(t("sign.semicolon", lang).join(_escorts(facts, row, lang))),
        )
        for row in rows_of(own)
    )
    keys = ("person", "leave", "clearing", "groups")
    head = tuple(t(f"halfmonth.column.{key}", lang) for key in keys)
    sides: tuple[Align, ...] = ("left", "center", "center", "left")
    return [
        Table(head, rows, (26, 22, 20, 32), sides, t("halfmonth.rota", lang, label=later[0].label))
    ]


def _escorts(facts: Facts, leave: dict[str, str], lang: Lang) -> Iterator[str]:
    visits = facts.run.table("visits")
    own = visits[
        (visits["escort"] == leave["person"])
        & (visits["start"] >= leave["start"])
        & (visits["end"] <= leave["end"])
    ]
    for row in rows_of(own.sort_values("start")):
        yield span(row["start"], row["end"], lang)


def _presence_table(rows: tuple[tuple[Cell, ...], ...], last: tuple[str, str], lang: Lang) -> Table:
    head = (
        t("halfmonth.column.person", lang),
        *(t(f"halfmonth.presence.{kind}", lang) for kind in KINDS),
        *(t(f"halfmonth.column.{key}", lang) for key in last),
    )
    centre: Align = "center"
    sides: tuple[Align, ...] = ("left", *((centre,) * 9))
    return Table(head, rows, (20, *([7] * 6), 9, 13, 16), sides)


def _against(own: Presence, owed: int, lang: Lang) -> Cell:
    return Cell(t("halfmonth.of", lang, reached=own.counted, asked=owed))


def _policy(month: Presence, period: Presence, lang: Lang) -> Cell:
    """Say how a person stands by the scenario's policy: of the period, or of the month."""
    own = period if period.owed is not None else month
    if own.owed is None:
        return Cell("—")
    verdict = own.verdict(own.owed)
    words = t(f"halfmonth.verdict.{verdict}", lang, n=own.owed - own.counted)
    said = t("halfmonth.of", lang, reached=own.counted, asked=own.owed)
    return Cell(f"{said} {words}", bold=verdict in ("short", "late"))


def _months(own: list[Presence], lang: Lang) -> Cell:
    short = sum(x.verdict(x.owed or 0) in ("short", "late") for x in own)
    key = "halfmonth.verdict.months" if short else "halfmonth.verdict.met"
    return Cell(t(key, lang, n=short), bold=bool(short))

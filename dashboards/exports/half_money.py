"""Money half-way: spent of the lump sum, by head, and what waits for clearing."""

from __future__ import annotations

from datetime import date

from dashboards.exports.half_facts import Facts
from dashboards.exports.paper import Align, Cell, Table
from dashboards.format import day as write_day
from dashboards.format import thousands
from dashboards.labels import bureau_labels
from dashboards.odds import share
from dashboards.texts import t
from scenarios.ledger.tables import TABLES
from scenarios.part import Lang


def money_table(facts: Facts, lang: Lang) -> Table:
    """Return lump sum, spent, open for clearing and the clearings of each bureau."""
    names = bureau_labels(facts.run.scenario, lang)
    rows = []
    for bureau in facts.bureaus:
        lump = facts.run.scenario.budget.lump_sum_yuan[bureau]
        spent = lump - facts.told["standing"][bureau]["balance_yuan"]
        left = [x for x in facts.cleared if x.bureau == bureau and x.open_fen]
        since = min((x.since for x in left if x.since), default=None)
        gate = facts.gates[bureau]
        done = [day for day in gate.done if day <= facts.as_of]
        rows.append(
            (
                Cell(names[bureau], bold=True),
                Cell(thousands(lump, lang)),
                Cell(f"{thousands(spent, lang)} ({share(spent / lump if lump else 0.0, lang)})"),
                Cell(_open(sum(x.open_fen for x in left) / 100, since, lang)),
                Cell(_day(done[-1], lang) if done else t("app.none", lang)),
                Cell(waiting(facts, bureau, lang)),
            )
        )
    keys = ("lump", "spent", "open", "cleared", "waits")
    head = (
        t("app.column.bureau", lang),
        *(t(f"halfmonth.column.{key}", lang) for key in keys),
    )
    centre: Align = "center"
    return Table(head, tuple(rows), (11, 10, 15, 23, 13, 28), (centre,) * 6)


def heads(facts: Facts, bureau: str, lang: Lang) -> str:
    """Say what a bureau spent by head."""
    words = TABLES["expenses"].column("head").words
    spent = facts.told["standing"][bureau]["spend_yuan"]
    said = [
        t("halfmonth.head", lang, head=words[head].get(lang), yuan=thousands(yuan, lang))
        for head, yuan in sorted(spent.items(), key=lambda x: (-x[1], x[0]))
        if yuan
    ]
    return t("sign.semicolon", lang).join(said) or t("app.none", lang)


def waiting(facts: Facts, bureau: str, lang: Lang) -> str:
    """Say which clearing is overdue and what waits for it, else which comes next."""
    gate = facts.gates[bureau]
    if gate.waits:
        blocks = facts.run.scenario.budget.gate
        key = "waits" if blocks.policy == "none" else f"waits.{blocks.blocks}"
        return t(f"halfmonth.gate.{key}", lang, day=_day(gate.waits[0], lang))
    if gate.next:
        return t("halfmonth.gate.next", lang, day=_day(gate.next[0], lang))
    return t("app.none", lang)


def _open(yuan: float, since: date | None, lang: Lang) -> str:
    if since is None:
        return t("app.none", lang)
    return t("halfmonth.open", lang, yuan=thousands(yuan, lang), day=_day(since, lang))


def _day(day: date, lang: Lang) -> str:
    return write_day(day, lang, year=False)

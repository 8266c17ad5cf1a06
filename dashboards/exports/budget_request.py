"""The attachment to a request for money: lump sums, what they are for, and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, Final

from dashboards.exports.evidence import Data
from dashboards.exports.leave_notice import signature
from dashboards.exports.paper import Block, Heading, Paper, Paragraph, Table, numbered, row
from dashboards.exports.proposed import Proposed
from dashboards.exports.provenance import origin, warnings
from dashboards.exports.standing import parts
from dashboards.exports.titling import origin_of, title_of
from dashboards.format import count, percent, signed
from dashboards.labels import bureau_labels
from dashboards.odds import Odds
from dashboards.runs import Run
from dashboards.texts import t
from scenarios.organisation import Bureau
from scenarios.part import Lang

NAME: Final = "budget-request"

_ACROSS: Final = 5
"""Bureaus beside each other, with a column for all of them."""


def budget_request(run: Run, lang: Lang, as_of: date, *, allocation: Data | None = None) -> Paper:
    """Return the attachment on a run's money.

    Parameters
    ----------
    run, lang
        Whose money, in which language.
    as_of
        The day it is dated.
    allocation
        Content of ``allocation.json`` for the run's plan; without it the lump sums are asked for
        as the scenario has them.

    Raises
    ------
    RunError
        When the run cannot be read.
    """
    scenario = run.scenario
    proposed = None if allocation is None else Proposed.read(scenario, allocation)
    blocks: list[Block] = [*warnings(run, lang)]
    for place, (heading, own) in enumerate(_sections(run, proposed, lang)):
        blocks += [Heading(numbered(place, heading, lang)), *own]
    blocks += [*signature(run, as_of, lang), Paragraph(origin(run, as_of, lang), "note")]
    subject = t("paper.leave.subject", lang, home=scenario.organisation.home.get(lang))
    return Paper(
        NAME,
        lang,
        t("paper.mark", lang),
        title_of(subject, t("paper.money.title", lang), lang, dense=False),
        t("paper.from-run", lang, run=run.id),
        tuple(blocks),
        run.head.created,
        origin_of(run),
    )


def _sections(run: Run, proposed: Proposed | None, lang: Lang) -> Iterator[tuple[str, list[Block]]]:
    yield t("paper.money.sums", lang), [_sums(run, proposed, lang), *_releases(run, proposed, lang)]
    if run.has_forecast:
        note = Paragraph(t("paper.money.heads.note", lang), "note")
        yield t("paper.money.heads", lang), [note, *_heads(run, lang)]
    note = Paragraph(t("paper.money.per-diem.note", lang), "note")
    yield t("paper.money.per-diem", lang), [note, _per_diem(run, lang), _standards(run, lang)]
    yield (
        t("paper.money.reason", lang),
        [Paragraph(words) for words in _reasons(proposed, run, lang)],
    )


def _sums(run: Run, proposed: Proposed | None, lang: Lang) -> Table:
    """Return the lump sums, today and as proposed."""
    names = bureau_labels(run.scenario, lang)
    now = _now(run)
    if proposed is None:
        rows = [row(names[bureau], count(yuan)) for bureau, yuan in now.items()]
        rows.append(row(t("app.column.total", lang), count(sum(now.values())), bold=True))
        own = (t("app.column.bureau", lang), t("paper.money.now", lang))
        return Table(own, tuple(rows), (50, 50), ("left", "right"))
    then = proposed.then_yuan
    rows = [
        row(names[bureau], count(yuan), count(then[bureau]), signed(then[bureau] - yuan, 0))
        for bureau, yuan in now.items()
    ]
    whole = sum(now.values()), sum(then.values())
    change = signed(whole[1] - whole[0], 0)
    rows.append(row(t("app.column.total", lang), *map(count, whole), change, bold=True))
    keys = ("now", "then", "change")
    head = (t("app.column.bureau", lang), *(t(f"paper.money.{key}", lang) for key in keys))
    return Table(head, tuple(rows), (25,) * 4, ("left", "right", "right", "right"))


def _releases(run: Run, proposed: Proposed | None, lang: Lang) -> list[Block]:
    """Return what is paid out in each period; nothing where there is one period only."""
    from sim.case import tranches_of

    scenario = run.scenario
    periods = scenario.periods
    if len(periods) == 1:
        return []
    names = bureau_labels(scenario, lang)
    shares = scenario.budget.release.shares
    rows = [
        row(names[bureau], *(count(fen / 100) for fen in tranches_of(100 * yuan, shares, n)))
        for n in [len(periods)]
        for bureau, yuan in (_now(run) if proposed is None else proposed.then_yuan).items()
    ]
    head = (t("app.column.bureau", lang), *(period.label for period in periods))
    widths = (20, *([round(80 / len(periods))] * len(periods)))
    align: Any = ("left", *(["right"] * len(periods)))
    caption = t("paper.money.release", lang)
    return [Table(head, tuple(rows), widths, align, caption)]


def _heads(run: Run, lang: Lang) -> Iterator[Table]:
    """Yield the mean spend of each head, what it comes to, and how likely money runs dry."""
    bureaus = run.scenario.organisation.bureaus
    for own in parts(bureaus, _ACROSS):
        yield _heads_of(run, own, lang)


def _heads_of(run: Run, bureaus: Sequence[Bureau], lang: Lang) -> Table:
    names = bureau_labels(run.scenario, lang)
    reports = [run.forecast["bureaus"][bureau.id] for bureau in bureaus]
    spent = [report["spend_yuan_mean"] for report in reports]
    heads = [key for key in spent[0] if any(sum(table[key]) for table in spent)]
    rows = [
        row(t(f"head.{key}", lang), *(count(sum(table[key])) for table in spent)) for key in heads
    ]
    wholes = [count(sum(sum(table[key]) for key in heads)) for table in spent]
    rows.append(row(t("app.column.total", lang), *wholes, bold=True))
    dry = [Odds.read(report["dry"]) for report in reports]
    rows.append(row(t("app.column.dry", lang), *(percent(x.p, x.low, x.high, lang) for x in dry)))
    head = (t("app.column.head", lang), *(names[bureau.id] for bureau in bureaus))
    each = round(75 / len(bureaus))
    align: Any = ("left", *(["right"] * len(bureaus)))
    return Table(head, tuple(rows), (25, *([each] * len(bureaus))), align)


def _per_diem(run: Run, lang: Lang) -> Table:
    """Return the days at post by the calendar, and what the allowance for them comes to."""
    names = bureau_labels(run.scenario, lang)
    calendar = run.table("calendar")
    at_post = calendar[calendar["status"] == "post"]["bureau"].value_counts()
    rate = run.scenario.budget.per_diem_yuan
    days = {bureau: int(at_post.get(bureau, 0)) for bureau in _now(run)}
    rows = [
        row(names[bureau], count(n), count(rate), count(rate * n)) for bureau, n in days.items()
    ]
    whole = sum(days.values())
    total = t("app.column.total", lang)
    rows.append(row(total, count(whole), count(rate), count(rate * whole), bold=True))
    keys = ("days", "rate", "sum")
    head = (t("app.column.bureau", lang), *(t(f"paper.money.{key}", lang) for key in keys))
    return Table(head, tuple(rows), (25,) * 4, ("left", "right", "right", "right"))


def _standards(run: Run, lang: Lang) -> Table:
    """Return the travel standards of each bureau."""
    names = bureau_labels(run.scenario, lang)
    rows = []
    for bureau in run.scenario.organisation.bureaus:
        own = run.scenario.budget.travel_of(bureau.id)
        yuan = (own.meals_yuan_per_day, own.local_transport_yuan_per_day, own.hotel_yuan_per_night)
        rows.append(row(names[bureau.id], *map(count, yuan), t(f"trust.{own.trust}", lang)))
    keys = ("meals", "transport", "hotel", "trust")
    head = (t("app.column.bureau", lang), *(t(f"paper.money.{key}", lang) for key in keys))
    align: Any = ("left", "right", "right", "right", "left")
    caption = t("paper.money.standards", lang)
    return Table(head, tuple(rows), (16, 19, 19, 19, 27), align, caption)


def _reasons(proposed: Proposed | None, run: Run, lang: Lang) -> list[str]:
    if proposed is None:
        said = [t("paper.money.as-given", lang)]
    else:
        said = [proposed.answer(lang), *proposed.certificate(lang)]
    rule = "fixed" if run.scenario.budget.total_fixed else "open"
    said.append(t(f"paper.money.rule.{rule}", lang))
    return [t("paper.decide.numbered", lang, n=i, what=x) for i, x in enumerate(said, 1)]


def _now(run: Run) -> dict[str, int]:
    sums = run.scenario.budget.lump_sum_yuan
    return {bureau.id: sums.get(bureau.id, 0) for bureau in run.scenario.organisation.bureaus}

"""What holds the bureaus back, which lever helps most, and what should be decided."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Final

from dashboards import checks, figures
from dashboards.exports.evidence import Evidence
from dashboards.exports.paper import Align, Cell, Table
from dashboards.exports.proposed import Proposed
from dashboards.format import chance, difference, percent
from dashboards.format import day as write_day
from dashboards.format import month as write_month
from dashboards.labels import bureau_labels
from dashboards.odds import Odds, share
from dashboards.runs import Run
from dashboards.texts import t
from scenarios.part import Lang

DRY: Final = 0.1
"""From this probability on, money that runs dry is put up for decision."""


def risks(run: Run, known: Evidence, lang: Lang) -> Table:
    """Return for each bureau its main limit, when money runs dry, and the lever that helps most.

    Without drivers there is no column of levers, and no month.
    """
    names = bureau_labels(run.scenario, lang)
    head = [t("app.column.bureau", lang), t("app.column.main_limit", lang), t("paper.dry", lang)]
    shares = [12, 40, 48]
    if known.drivers is not None:
        head.append(t("paper.lever", lang))
        shares = [12, 30, 24, 34]
    rows = []
    for bureau in run.scenario.organisation.bureaus:
        own = known.drivers["bureaus"][bureau.id] if known.drivers is not None else None
        cells = [names[bureau.id], _limit(run, bureau.id, own, lang), _dry(run, bureau.id, lang)]
        if own is not None:
            cells.append(_lever(run, own, lang))
        rows.append(tuple(map(Cell, cells)))
    side: Align = "left"
    align: tuple[Align, ...] = ("center", *([side] * (len(shares) - 1)))
    return Table(tuple(head), tuple(rows), tuple(shares), align)


def decisions(run: Run, known: Evidence, lang: Lang) -> list[str]:
    """Return what is put up for decision, a sentence each; each follows from a stored figure."""
    found = [*_broken(run, lang)]
    if run.has_forecast:
        found += [*_unreachable(run, lang), *_by_limit(run, lang), *_dry_money(run, lang)]
    if known.allocation is not None:
        found.append(Proposed.read(run.scenario, known.allocation).answer(lang))
    if run.has_forecast:
        found += _reading(run, lang)
    return found


def main_limit(run: Run, bureau: str) -> tuple[str, Odds]:
    """Return what holds a bureau back in most futures, and in which share of them."""
    limits = run.forecast["bureaus"][bureau]["limits"]
    worst = max(figures.LIMITS, key=lambda key: limits[key]["p"])
    return worst, Odds.read(limits[worst])


def _limit(run: Run, bureau: str, drivers: Mapping[str, Any] | None, lang: Lang) -> str:
    key, odds = main_limit(run, bureau)
    words = t("paper.limit", lang, limit=t(f"limit.{key}", lang), share=_chance(odds, lang))
    if drivers is None:
        return words
    most = max(drivers["limits"], key=lambda month: month["first"][key]["p"])
    if not most["first"][key]["k"]:
        return words
    month = write_month(date.fromisoformat(most["until"]), lang)
    return words + "\n" + t("paper.limit.month", lang, month=month)


def _dry(run: Run, bureau: str, lang: Lang) -> str:
    dry = run.forecast["bureaus"][bureau]["dry"]
    words = _chance(Odds.read(dry), lang)
    if not dry["median_date"]:
        return words
    day = write_day(date.fromisoformat(dry["median_date"]), lang, year=False)
    return t("paper.dry.day", lang, chance=words, day=day)


def _lever(run: Run, drivers: Mapping[str, Any], lang: Lang) -> str:
    """Say what moves the odds of all main targets most, the way that helps."""
    bar = next((x for x in drivers["all_main"]["levers"] if not x["unclear"]), None)
    if bar is None:
        return t("paper.lever.none", lang)
    swing = {name: 100 * bar["swing"][name] for name in ("mean", "low", "high")}
    up = swing["mean"] >= 0
    ends = (swing["low"], swing["high"]) if up else (-swing["high"], -swing["low"])
    label = run.scenario.assumptions[bar["assumption"]].label.get(lang)
    points = difference(abs(swing["mean"]), *ends, lang)
    return t("paper.lever.up" if up else "paper.lever.down", lang, label=label, points=points)


def _broken(run: Run, lang: Lang) -> Iterator[str]:
    broken = checks.tally(checks.checks(run.audit))["violated"]
    if broken:
        yield t("paper.decide.broken", lang, n=broken)


def _unreachable(run: Run, lang: Lang) -> Iterator[str]:
    """Yield the main targets that are out of reach for every bureau that has them."""
    by_target: dict[str, list[str]] = {}
    for entry in figures.target_odds(run.scenario, run.forecast):
        if entry.target.main:
            by_target.setdefault(entry.target.label.get(lang), []).append(entry.odds.outlook)
    out = [label for label, words in by_target.items() if set(words) == {"out"}]
    if out:
        yield t("paper.decide.out", lang, targets=t("sign.comma", lang).join(out))


def _by_limit(run: Run, lang: Lang) -> Iterator[str]:
    names = bureau_labels(run.scenario, lang)
    held: dict[str, list[tuple[str, Odds]]] = {}
    for bureau in run.scenario.organisation.bureaus:
        key, odds = main_limit(run, bureau.id)
        if odds.k:
            held.setdefault(key, []).append((names[bureau.id], odds))
    for key in figures.LIMITS:
        if key in held:
            bureaus = t("sign.comma", lang).join(name for name, _ in held[key])
            shares = _span([odds for _, odds in held[key]], lang)
            yield t(f"paper.decide.{key}", lang, bureaus=bureaus, share=shares)


def _dry_money(run: Run, lang: Lang) -> Iterator[str]:
    names = bureau_labels(run.scenario, lang)
    dry = [
        f"{names[bureau.id]} {_percent(odds, lang)}"
        for bureau in run.scenario.organisation.bureaus
        for odds in [Odds.read(run.forecast["bureaus"][bureau.id]["dry"])]
        if odds.p >= DRY
    ]
    if dry:
        bureaus = t("sign.comma", lang).join(dry)
        yield t("paper.decide.dry", lang, least=share(DRY, lang), bureaus=bureaus)


def _reading(run: Run, lang: Lang) -> Iterator[str]:
    score = run.forecast["score"]
    names = bureau_labels(run.scenario, lang)
    said = [
        f"{names[bureau]} {_percent(Odds.read(score['grade_changes'][bureau]), lang)}"
        for bureau in score["grade_depends_on_reading"]
    ]
    if said:
        yield t("paper.decide.reading", lang, bureaus=t("sign.comma", lang).join(said))


def _span(odds: Sequence[Odds], lang: Lang) -> str:
    """Write the shares of several bureaus: one, or the least and the most."""
    ranked = sorted(odds, key=lambda x: x.p)
    ends = dict.fromkeys(_percent(x, lang) for x in (ranked[0], ranked[-1]))
    return t("paper.to", lang).join(ends)


def _chance(odds: Odds, lang: Lang) -> str:
    return chance(odds.p, odds.low, odds.high, lang)


def _percent(odds: Odds, lang: Lang) -> str:
    return percent(odds.p, odds.low, odds.high, lang)

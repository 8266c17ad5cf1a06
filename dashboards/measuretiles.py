"""The cockpit's tiles: each measure with its odds, range, target, difference and word."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from dashboards import checks
from dashboards.format import amount, interval, percent, points, signed
from dashboards.format import day as write_day
from dashboards.labels import bureau_labels
from dashboards.markup import Tile
from dashboards.odds import Odds
from dashboards.odds import share as write_share
from dashboards.risks import short_of_presence
from dashboards.runs import Run
from dashboards.standing import MONEY, RANGE, SCORE, Delta, Standing, delta, standings
from dashboards.texts import t
from scenarios.part import Lang

Link = Callable[[str], str]
"""Gives the address that tells more about a measure: ``targets``, ``money``, ``score`` or
``presence``."""


def tiles(run: Run, bureau: str | None, base: Run | None, lang: Lang, link: Link) -> list[Tile]:
    """Return the tiles of the city or one bureau: main targets, presence, money, score.

    Parameters
    ----------
    run
        One with a forecast.
    bureau
        A bureau; None: the city.
    base
        The run to compare with; None: none.
    lang
        Language of all words.
    link
        Where each kind of tile leads.
    """
    before = {one.key: one for one in standings(base, bureau)} if base else {}
    found = []
    for own in standings(run, bureau):
        less = None
        if base is not None and own.key in before:
            same = run.forecast["seed"] == base.forecast["seed"]
            less = delta(own, before[own.key], same_futures=same)
        found.append(_tile(run, own, less, bureau, lang, link))
    # Money and score stand last; days at post, which are known, between them and the targets.
    return [*found[:-2], presence_tile(run, bureau, lang, link), *found[-2:]]


def presence_tile(run: Run, bureau: str | None, lang: Lang, link: Link) -> Tile:
    """Return how many persons keep their days at post in every period: known, not estimated."""
    mine = {p.id for b, p in run.scenario.persons if bureau in (None, b.id)}
    found = [x for x in checks.presence(checks.checks(run.audit)) if x.subject in mine]
    persons, short = {check.subject for check in found}, short_of_presence(run, bureau)
    verdict = "violated" if short else "ok"
    policy = t(f"policy.{run.scenario.rules.presence.policy}", lang)
    return Tile(
        t("app.cockpit.presence", lang),
        t("app.cockpit.presence.value", lang, n=len(persons) - len(short), all=len(persons)),
        checks.TONE[verdict],
        t(f"app.verdict.{verdict}", lang),
        (
            t("app.cockpit.presence.tightest", lang, n=min(map(checks.spare, found), default=0)),
            t("app.cockpit.presence.policy", lang, policy=policy),
        ),
        link("presence"),
    )


def delta_words(less: Delta, lang: Lang) -> str:
    """Say by how many points odds differ from the baseline's, or that it cannot be told."""
    numbers = {key: signed(100 * getattr(less, key), 1) for key in ("mean", "low", "high")}
    return t(f"outlook.delta.{'unclear' if less.unclear else 'clear'}", lang, **numbers)


def _tile(
    run: Run, own: Standing, less: Delta | None, bureau: str | None, lang: Lang, link: Link
) -> Tile:
    odds = own.odds
    lines = [t("app.interval", lang, span=interval(odds.p, odds.low, odds.high, lang))]
    lines += _amount_lines(run, own, bureau, lang)
    if less is not None:
        lines.append(delta_words(less, lang))
    kind = own.key if own.key in (MONEY, SCORE) else "targets"
    return Tile(
        label(run, own, bureau, lang),
        percent(odds.p, odds.low, odds.high, lang),
        odds.outlook,
        t(f"app.outlook.{odds.outlook}", lang),
        tuple(lines),
        link(kind),
    )


def label(run: Run, own: Standing, bureau: str | None, lang: Lang) -> str:
    """Return what a standing is of: the city's, or one bureau's."""
    if own.target is not None:
        kind = "sum" if own.summed else "own" if bureau else "every"
        return t(f"outlook.tile.{kind}", lang, target=own.target.label.get(lang))
    if own.key == MONEY:
        kind = "own" if bureau else "every" if own.summed else "worst"
        return t(f"outlook.tile.money.{kind}", lang, bureau=_driest(run, lang))
    grades = run.scenario.assessment.grades
    mark = grades[-2] if len(grades) > 1 else grades[-1]
    kind = "own" if bureau else "every"
    return t(f"outlook.tile.score.{kind}", lang, grade=mark.label.get(lang))


def _amount_lines(run: Run, own: Standing, bureau: str | None, lang: Lang) -> list[str]:
    lines = []
    if own.spread is not None:
        mid, low, high = (
            _written(own, value, lang)
            for value in (own.spread.mid, own.spread.low, own.spread.high)
        )
        what = "left" if own.key == MONEY else "score" if own.key == SCORE else "amount"
        share = write_share(RANGE, lang)
        lines.append(t(f"outlook.tile.{what}", lang, mid=mid, low=low, high=high, share=share))
    if own.key == MONEY:
        given = run.scenario.budget.lump_sum_yuan
        lump = given[bureau] if bureau else sum(given.values())
        lines.append(t("outlook.tile.lump", lang, amount=amount("lump_yuan", lump, lang)))
        day = run.forecast["bureaus"][bureau]["dry"]["median_date"] if bureau else None
        if day:
            when = write_day(date.fromisoformat(day), lang, year=False)
            lines.append(t("outlook.tile.dry", lang, day=when))
    elif own.minimum is not None:
        lines.append(t("app.target", lang, amount=_written(own, own.minimum, lang)))
    elif own.target is not None:
        metric, minimum = own.target.metric, own.target.minimum
        lines.append(t("outlook.tile.each", lang, amount=amount(metric, minimum, lang)))
    return lines


def _written(own: Standing, value: float, lang: Lang) -> str:
    if own.key == SCORE:
        score = f"{value:g}" if value == own.minimum else points(value)
        return t("outlook.points", lang, score=score)
    return amount(own.target.metric if own.target else "left_yuan", value, lang)


def _driest(run: Run, lang: Lang) -> str:
    """Return the bureau whose money is likeliest to run short."""
    dry = {key: Odds.read(own["dry"]).p for key, own in run.forecast["bureaus"].items()}
    return bureau_labels(run.scenario, lang)[max(dry, key=lambda key: dry[key])]

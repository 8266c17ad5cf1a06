"""The one sentence that says where a year under way stands, whole in either language."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from dashboards.figures import Forecast, target_odds
from dashboards.format import chance
from dashboards.format import day as write_day
from dashboards.labels import bureau_labels
from dashboards.odds import share
from dashboards.progress import Reached, gone
from dashboards.texts import t
from dashboards.weeklist import waiting
from scenarios.ledger.weekly import Item
from scenarios.model import Scenario
from scenarios.part import Lang


def sentence(
    scenario: Scenario,
    found: Sequence[Reached],
    items: Sequence[Item],
    cast: Forecast | None,
    day: date,
    lang: Lang,
) -> str:
    """Say where the year stands, what may come of it, and what the week asks for.

    Parameters
    ----------
    scenario
        What was given.
    found
        How far every bureau is with every target.
    items
        The weekly check.
    cast
        The newest nowcast; where there is none, amounts are held against what was expected.
    day
        The day it is said on.
    lang
        Language of the sentence.
    """
    main = [one for one in found if one.target.main]
    met = {(one.bureau, one.target.id) for one in main if one.met}
    said = t(
        "app.year.sentence.stand",
        lang,
        day=write_day(day, lang),
        gone=share(gone(scenario, day) / scenario.days.n_days, lang),
        targets=len(main),
        met=len(met),
    )
    left = len(main) - len(met)
    if not left:
        ahead = ""
    elif day >= scenario.horizon.end:
        ahead = t("app.year.sentence.over", lang, left=left)
    elif cast is not None:
        ahead = _of_odds(scenario, cast, met, lang)
    else:
        ahead = _of_expected(main, lang)
    return said + ahead + _of_items(items, lang)


def _of_odds(scenario: Scenario, cast: Forecast, met: set[tuple[str, str]], lang: Lang) -> str:
    entries = [
        entry
        for entry in target_odds(scenario, cast)
        if entry.target.main and (entry.bureau, entry.target.id) not in met
    ]
    if not entries:
        return ""
    worst = min(entries, key=lambda entry: entry.odds.p)
    counts = {
        key: sum(entry.odds.outlook == key for entry in entries)
        for key in ("course", "risk", "out")
    }
    pair = t(
        "outlook.pair",
        lang,
        bureau=bureau_labels(scenario, lang)[worst.bureau],
        target=worst.target.label.get(lang),
    )
    return t(
        "app.year.sentence.odds",
        lang,
        **counts,
        worst=pair,
        chance=chance(worst.odds.p, worst.odds.low, worst.odds.high, lang),
    )


def _of_expected(main: Sequence[Reached], lang: Lang) -> str:
    judged = [one.verdict for one in main if one.verdict is not None and not one.met]
    if not judged:
        return ""
    return t(
        "app.year.sentence.expected",
        lang,
        judged=len(judged),
        up=sum(verdict in ("ahead", "level") for verdict in judged),
        low=sum(verdict == "low" for verdict in judged),
        behind=sum(verdict == "behind" for verdict in judged),
    )


def _of_items(items: Sequence[Item], lang: Lang) -> str:
    if not items:
        return t("app.year.sentence.nothing", lang)
    waits = waiting(items)
    key = "app.year.sentence.waits" if waits else "app.year.sentence.todo"
    return t(key, lang, n=len(items), waits=waits)

"""The verdict in words: what a planner understands first, then the figures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from dashboards.format import amount, count, money
from dashboards.labels import bureau_labels
from dashboards.odds import share
from dashboards.texts import t
from scenarios.ledger import Ledger
from scenarios.model import Scenario
from scenarios.part import Lang

if TYPE_CHECKING:
    from sim.verdict import Verdict

STALE_DAYS: Final = 14
"""After so many days without any row a ledger may be behind."""

_ALL: Final = "all"
"""As in :data:`sim.verdict.ALL`."""


def words(found: Verdict, scenario: Scenario, ledger: Ledger, lang: Lang) -> Iterator[str]:
    """Say what was right, forecast by forecast, and what one year cannot tell."""
    dates = found.by_date()
    yield from _heading(found, scenario, ledger, len(dates), lang)
    before = scenario.horizon.start.isoformat()
    for told in dates:
        as_of = told["as_of"]
        early = as_of < before
        yield t("scores.january" if early else "scores.nowcast", lang, as_of=as_of)
        yield from _targets(found, told, lang)
        if found.over:
            yield from _ends(found, scenario, as_of, lang)
        yield from _months(found, told, scenario, lang, each=told is dates[-1] and not found.over)
    yield t("scores.range", lang)
    yield t("scores.figures", lang)
    yield from figures(found, dates, lang)


def measure_label(measure: str, lang: Lang) -> str:
    """Return what a measure is called."""
    gross = measure == "funds_gross_yuan"
    return t("scores.funds_gross" if gross else f"metric.{measure}", lang)


def figures(found: Verdict, dates: Sequence[Mapping[str, Any]], lang: Lang) -> Iterator[str]:
    """Say the scores of each date, and whether they get better."""
    if found.over:
        for told in dates:
            yield t("scores.odds", lang, as_of=told["as_of"], **told["targets"])
    yield from _trends(dates, lang)
    shared = "months_of_every_forecast"
    for measure, own in dates[-1][shared].items():
        yield t(
            "scores.trend-months",
            lang,
            measure=measure_label(measure, lang),
            n=own["bureaus"]["n"],
            steps=_steps(measure, dates, shared, "bureaus", lang),
        )
    yield t("scores.crps", lang)


def _heading(
    found: Verdict, scenario: Scenario, ledger: Ledger, n: int, lang: Lang
) -> Iterator[str]:
    known = ledger.as_of(found.day)
    recorded = [table["recorded"].max() for table in known.tables.values() if len(table)]
    last = max(recorded).date() if recorded else None
    key = "scores.heading.over" if found.over else "scores.heading.open"
    yield t(key, lang, day=found.day, n=n, rows=known.n_rows, last=last or "-")
    upto = min(found.day, scenario.horizon.end)
    idle = (upto - (last or scenario.horizon.start)).days
    if idle > STALE_DAYS:
        yield t("scores.stale", lang, n=idle, day=upto)
    bureaus = scenario.organisation.bureaus
    n_targets = sum(len(scenario.targets_of(bureau.id)) for bureau in bureaus)
    yield t("scores.caution", lang, n=n_targets, bureaus=len(bureaus))


def _targets(found: Verdict, told: Mapping[str, Any], lang: Lang) -> Iterator[str]:
    odds = told["targets"]
    if not found.over:
        yield t("scores.waiting", lang, **odds)
        return
    table = found.calibration()
    for row in table[table["as_of"] == told["as_of"]].to_dict("records"):
        yield t(
            "scores.group",
            lang,
            n=row["n"],
            k=row["reached"],
            low=share(row["low_edge"], lang),
            high=share(row["high_edge"], lang),
            expected=row["said"] * row["n"],
        )
    yield t("scores.certain", lang, n=odds["n"], k=odds["reached"], expected=odds["expected"])


def _ends(found: Verdict, scenario: Scenario, as_of: str, lang: Lang) -> Iterator[str]:
    own = found.ends[found.ends["as_of"] == as_of]
    for measure, rows in own.groupby("measure", sort=False):
        label = measure_label(str(measure), lang)
        bureaus = rows[rows["bureau"] != _ALL]
        if measure == "signed_yuan":
            yield from _each(rows, scenario, "scores.end", {}, lang)
        else:
            k, n = int(bureaus["within_80"].sum()), len(bureaus)
            yield t("scores.end-within", lang, measure=label, k=k, n=n)


def _months(
    found: Verdict, told: Mapping[str, Any], scenario: Scenario, lang: Lang, *, each: bool
) -> Iterator[str]:
    """Say how many month ends lay within the range; of the newest forecast each bureau's last."""
    if not told["months"]:
        yield t("scores.no-months", lang)
    own = found.months[found.months["as_of"] == told["as_of"]]
    for measure, scores in told["months"].items():
        k, n = scores["bureaus"]["within_80"], scores["bureaus"]["n"]
        yield t("scores.months", lang, measure=measure_label(measure, lang), k=k, n=n)
        if each:
            last = own[(own["measure"] == measure) & (own["month"] == own["month"].max())]
            yield from _each(last, scenario, "scores.month", {"month": last["month"].max()}, lang)


def _each(
    rows: pd.DataFrame, scenario: Scenario, key: str, more: Mapping[str, object], lang: Lang
) -> Iterator[str]:
    names = bureau_labels(scenario, lang) | {_ALL: t("scores.all", lang)}
    for row in rows.to_dict("records"):
        said = {x: amount(row["measure"], row[x], lang) for x in ("p10", "p50", "p90", "came")}
        where = "inside" if row["within_80"] else "above" if row["came"] > row["p90"] else "below"
        yield t(
            key,
            lang,
            measure=measure_label(row["measure"], lang),
            name=names[row["bureau"]],
            verdict=t(f"scores.{where}", lang),
            **said,
            **more,
        )


def _trends(dates: Sequence[Mapping[str, Any]], lang: Lang) -> Iterator[str]:
    """Say the scores of the year's end by date, where they are of the same quantiles."""
    levels = {x["bureaus"]["levels"] for told in dates for x in told["ends"].values()}
    if len(levels) > 1:
        yield t("scores.unlike", lang)
        return
    for measure, own in dates[-1]["ends"].items():
        for which in own:
            yield t(
                "scores.trend",
                lang,
                measure=measure_label(measure, lang),
                name=t("scores.all" if which == _ALL else "scores.bureaus", lang),
                steps=_steps(measure, dates, "ends", which, lang),
            )


def _steps(
    measure: str, dates: Sequence[Mapping[str, Any]], what: str, which: str, lang: Lang
) -> str:
    """Write the score of each date, earliest first."""
    yuan = measure.endswith("_yuan")
    scores = ((told["as_of"], told[what][measure][which]["score"]) for told in dates)
    return " → ".join(
        t(
            "scores.step",
            lang,
            as_of=date.fromisoformat(as_of),
            score=money(score, lang) if yuan else count(score, 2),
        )
        for as_of, score in scores
    )

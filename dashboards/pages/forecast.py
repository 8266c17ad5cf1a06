"""The forecast: odds, curves, funnel, spend, scores, limits, and the assumptions behind them."""

from __future__ import annotations

from typing import Final

import altair as alt
import pandas as pd
import streamlit as st

from dashboards import charts, downloads, figures, frame, handouts, markup
from dashboards.distribution import written
from dashboards.format import amount, chance, count, money, percent
from dashboards.format import points as write_points
from dashboards.frame import View, heading
from dashboards.labels import rows_of
from dashboards.markup import NUMBER, Align, Cell
from dashboards.odds import Odds
from dashboards.texts import t

_BUREAU_KEY: Final = "forecast-bureau"
_ALL: Final = ""


def show() -> None:
    """Draw the page."""
    frame.page("forecast", _body)


def _body(view: View) -> None:
    if not view.run.has_forecast:
        st.html(markup.notice(t("app.no_forecast", view.lang), "alert"))
    else:
        _targets(view)
        _joint(view)
        _curves(view)
        _funnel(view)
        _spend(view)
        _scores(view)
        _limits(view)
    _assumptions(view)
    downloads.offer(view, handouts.of("forecast", view))


def _targets(view: View) -> None:
    heading(view, "app.forecast.targets")
    lang, scenario = view.lang, view.scenario
    data = figures.odds_frame(scenario, view.run.forecast, lang)
    _chart(charts.odds_chart(data, lang), _odds_alt(view, data), view)
    rows: list[list[Cell]] = [
        [
            entry.target.label.get(lang),
            scenario.bureau(entry.bureau).name.get(lang),
            amount(entry.target.metric, entry.minimum, lang),
            chance(entry.odds.p, entry.odds.low, entry.odds.high, lang),
            f"{count(entry.odds.k)} / {count(entry.odds.n)}",
            markup.badge(entry.odds.outlook, lang),
        ]
        for entry in figures.target_odds(scenario, view.run.forecast)
    ]
    keys = ("target", "bureau", "minimum", "probability", "hits", "outlook")
    align: tuple[Align, ...] = ("text", "text", NUMBER, NUMBER, NUMBER, "text")
    _twin(view, keys, rows, "app.forecast.targets.title", align)
    st.html(markup.paragraph(frame.thresholds(lang)))


def _odds_alt(view: View, data: pd.DataFrame) -> str:
    ranked = rows_of(data.sort_values("p", kind="stable"))
    worst, best = ranked[0], ranked[-1]
    return t(
        "app.forecast.targets.alt",
        view.lang,
        n=len(data),
        best=f"{best['bureau']} {best['target']} {best['p']:.0%}",
        worst=f"{worst['bureau']} {worst['target']} {worst['p']:.0%}",
    )


def _joint(view: View) -> None:
    heading(view, "app.forecast.joint")
    lang = view.lang
    data = figures.joint_frame(view.scenario, view.run.forecast, lang)
    joint = figures.joint_odds(view.scenario, view.run.forecast, lang)
    said = "; ".join(f"{words} {odds.p:.0%}" for words, odds in joint)
    _chart(charts.joint_chart(data, lang), said, view)
    rows: list[list[Cell]] = [
        [
            words,
            chance(odds.p, odds.low, odds.high, lang),
            f"{count(odds.k)} / {count(odds.n)}",
            markup.badge(odds.outlook, lang),
        ]
        for words, odds in joint
    ]
    align: tuple[Align, ...] = ("text", NUMBER, NUMBER, "text")
    keys = ("event", "probability", "hits", "outlook")
    _twin(view, keys, rows, "app.forecast.joint.title", align)


def _curves(view: View) -> None:
    """Draw the exceedance curves of the amounts that have a target, where outcomes were kept."""
    heading(view, "app.forecast.curves")
    lang, scenario = view.lang, view.scenario
    if view.run.has_outcomes:
        for place, metric in zip(st.columns(2, gap="medium"), figures.AMOUNTS, strict=True):
            with place:
                _curve(view, metric)
    else:
        st.html(markup.notice(t("app.forecast.curves.none", lang)))
    rows: list[list[Cell]] = []
    for metric in figures.AMOUNTS:
        for bureau in scenario.organisation.bureaus:
            spread = view.run.forecast["bureaus"][bureau.id]["quantiles"][metric]
            values = [money(spread[key], lang) for key in ("p10", "p50", "p90", "mean")]
            rows.append([f"{bureau.name.get(lang)} · {t(f'metric.{metric}', lang)}", *values])
    keys = ("bureau", "p10", "p50", "p90", "mean")
    _twin(view, keys, rows, "app.forecast.curves.title", ("text", *[NUMBER] * 4))


def _curve(view: View, metric: figures.Amount) -> None:
    lang, scenario = view.lang, view.scenario
    name = t(f"metric.{metric}", lang)
    data = figures.exceedance(scenario, view.run.outcomes, metric, lang)
    minima = figures.minima(scenario, metric)
    st.subheader(name, anchor=False)
    asked = t("app.list", lang).join(money(value, lang) for value in minima)
    said = t("app.forecast.curves.alt", lang, metric=name, target=asked)
    _chart(charts.exceedance_chart(data, minima, lang), said, view)


def _funnel(view: View) -> None:
    heading(view, "app.forecast.funnel")
    lang, scenario = view.lang, view.scenario
    data = figures.funnel(scenario, view.run.forecast, lang)
    first = scenario.organisation.bureaus[0]
    means = view.run.forecast["bureaus"][first.id]["funnel_mean"]
    said = t(
        "app.forecast.funnel.alt",
        lang,
        bureau=first.name.get(lang),
        calls=count(means["calls"]),
        visits=count(means["visits"], 1),
        signed=count(means["signed"], 1),
    )
    _chart(charts.funnel_chart(data, lang), said, view)
    rows: list[list[Cell]] = []
    for bureau in scenario.organisation.bureaus:
        means = view.run.forecast["bureaus"][bureau.id]["funnel_mean"]
        rows.append([bureau.name.get(lang), *(count(means[stage], 1) for stage in figures.STAGES)])
    head = [t("app.column.bureau", lang), *(t(f"stage.{s}", lang) for s in figures.STAGES)]
    _table(view, head, rows, "app.forecast.funnel.title", ("text", *[NUMBER] * 7))


def _spend(view: View) -> None:
    heading(view, "app.forecast.spend")
    lang, scenario = view.lang, view.scenario
    names = {_ALL: t("app.all_bureaus", lang)}
    names |= {bureau.id: bureau.name.get(lang) for bureau in scenario.organisation.bureaus}
    if st.session_state.get(_BUREAU_KEY) not in names:
        st.session_state[_BUREAU_KEY] = _ALL
    chosen = st.segmented_control(
        t("app.column.bureau", lang),
        list(names),
        format_func=names.__getitem__,
        key=_BUREAU_KEY,
        required=True,
        label_visibility="collapsed",
        wrap=True,
        persist_state="session",
    )
    data = figures.spend(scenario, view.run.forecast, lang, chosen or None)
    total = float(data["yuan"].sum())
    given = scenario.budget.lump_sum_yuan
    lump = given[chosen] if chosen else sum(given.values())
    said = t(
        "app.forecast.spend.alt",
        lang,
        bureau=names[chosen or _ALL],
        total=money(total, lang),
        lump=money(lump, lang),
    )
    st.html(markup.paragraph(said))
    _chart(charts.spend_chart(data, lang), said, view)
    wide = data.pivot_table(index="month", columns="head", values="yuan", sort=False)
    rows: list[list[Cell]] = [
        [str(month), *(money(value, lang) for value in row), money(sum(row), lang)]
        for month, row in zip(wide.index, wide.to_numpy().tolist(), strict=True)
    ]
    head = [t("app.column.month", lang), *map(str, wide.columns), t("app.column.total", lang)]
    _table(view, head, rows, "app.forecast.spend.title", ("text", *[NUMBER] * (len(head) - 1)))


def _scores(view: View) -> None:
    heading(view, "app.forecast.scores")
    lang, scenario = view.lang, view.scenario
    data = figures.scores(scenario, view.run.forecast, lang)
    grades = [
        (grade.label.get(lang), grade.at_least)
        for grade in scenario.assessment.grades
        if grade.at_least > 0
    ]
    means = "; ".join(
        f"{row['bureau']} {row['reading']} {write_points(row['mean'])}" for row in rows_of(data)
    )
    _chart(charts.score_chart(data, grades, lang), means, view)
    rows: list[list[Cell]] = [
        [
            f"{row['bureau']} · {row['reading']}",
            *(write_points(row[key]) for key in ("p10", "p50", "p90", "mean")),
        ]
        for row in rows_of(data)
    ]
    keys = ("bureau", "p10", "p50", "p90", "mean")
    _twin(view, keys, rows, "app.forecast.scores.title", ("text", *[NUMBER] * 4))


def _limits(view: View) -> None:
    heading(view, "app.forecast.limits")
    lang, scenario = view.lang, view.scenario
    data = figures.limits(scenario, view.run.forecast, lang)
    rows: list[list[Cell]] = []
    said = []
    for bureau in scenario.organisation.bureaus:
        shares = view.run.forecast["bureaus"][bureau.id]["limits"]
        odds = [Odds.read(shares[key]) for key in figures.LIMITS]
        rows.append([bureau.name.get(lang), *(chance(o.p, o.low, o.high, lang) for o in odds)])
        worst = max(figures.LIMITS, key=lambda key: shares[key]["p"])
        p = Odds.read(shares[worst])
        said.append(
            f"{bureau.name.get(lang)}: {t(f'limit.{worst}', lang)} "
            f"{percent(p.p, p.low, p.high, lang)}"
        )
    _chart(charts.limits_chart(data, lang), "; ".join(said), view)
    head = [t("app.column.bureau", lang), *(t(f"limit.{key}", lang) for key in figures.LIMITS)]
    _table(view, head, rows, "app.forecast.limits.title", ("text", *[NUMBER] * 4))


def _assumptions(view: View) -> None:
    """List what the forecast stands on: every assumption with unit, source and trust."""
    heading(view, "app.forecast.assumptions")
    lang, scenario = view.lang, view.scenario
    rows: list[list[Cell]] = []
    for item in scenario.assumptions.items:
        rows.append(
            [
                item.label.get(lang),
                written(item.distribution, lang),
                item.unit,
                markup.trust(item.trust, lang),
                item.source,
            ]
        )
        rows += [
            [
                f"{item.label.get(lang)} · {scenario.bureau(bureau).name.get(lang)}",
                written(distribution, lang),
                item.unit,
                markup.trust(item.trust, lang),
                item.source,
            ]
            for bureau, distribution in item.by_bureau.items()
        ]
    keys = ("assumption", "distribution", "unit", "trust", "source")
    head = [t(f"app.column.{key}", lang) for key in keys]
    st.html(markup.table(head, rows, caption=t("app.forecast.assumptions.title", lang), tall=True))


def _chart(chart: alt.LayerChart, said: str, view: View) -> None:
    st.altair_chart(chart, width="stretch", alt=said)


def _twin(
    view: View,
    keys: tuple[str, ...],
    rows: list[list[Cell]],
    caption: str,
    align: tuple[Align, ...],
) -> None:
    _table(view, [t(f"app.column.{key}", view.lang) for key in keys], rows, caption, align)


def _table(
    view: View, head: list[str], rows: list[list[Cell]], caption: str, align: tuple[Align, ...]
) -> None:
    """Put a chart's figures beside it as a table, folded away."""
    with st.expander(t("app.twin", view.lang)):
        st.html(markup.table(head, rows, caption=t(caption, view.lang), align=align, tall=True))

"""Amounts on a page: exceedance curves, the fan by month, the funnel."""

from __future__ import annotations

import streamlit as st

from dashboards import charts, figures, markup
from dashboards.chartbox import chart, table, twin
from dashboards.fan import QUANTILES, asked, fan, fan_chart, has_fan
from dashboards.format import count, money
from dashboards.frame import View, heading
from dashboards.labels import bureau_labels
from dashboards.markup import NUMBER, Cell
from dashboards.texts import t


def curves(view: View, bureau: str | None) -> None:
    """Draw the exceedance curves of the amounts that have a target, where outcomes were kept."""
    heading(view, "app.forecast.curves")
    lang, scenario = view.lang, view.scenario
    if view.run.has_outcomes:
        for place, metric in zip(st.columns(2, gap="medium"), figures.AMOUNTS, strict=True):
            with place:
                _curve(view, metric, bureau)
    else:
        st.html(markup.notice(t("app.forecast.curves.none", lang)))
    rows: list[list[Cell]] = []
    for metric in figures.AMOUNTS:
        for own in scenario.organisation.bureaus:
            if bureau in (None, own.id):
                spread = view.run.forecast["bureaus"][own.id]["quantiles"][metric]
                values = [money(spread[key], lang) for key in ("p10", "p50", "p90", "mean")]
                rows.append([f"{own.name.get(lang)} · {t(f'metric.{metric}', lang)}", *values])
    keys = ("bureau", "p10", "p50", "p90", "mean")
    twin(keys, rows, "app.forecast.curves.title", ("text", *[NUMBER] * 4), lang)


def _curve(view: View, metric: figures.Amount, bureau: str | None) -> None:
    lang, scenario = view.lang, view.scenario
    name = t(f"metric.{metric}", lang)
    data = figures.exceedance(scenario, view.run.outcomes, metric, lang)
    minima = figures.minima(scenario, metric)
    if bureau:
        data = data[data["bureau"] == bureau_labels(scenario, lang)[bureau]]
        own = scenario.targets_of(bureau)
        minima = sorted({entry.minimum for entry in own if entry.target.metric == metric})
    st.subheader(name, anchor=False)
    wanted = t("app.list", lang).join(money(value, lang) for value in minima)
    said = t("app.forecast.curves.alt", lang, metric=name, target=wanted)
    chart(charts.exceedance_chart(data, minima, lang), said)


def by_month(view: View, bureau: str | None) -> None:
    """Draw what has come in by the end of each month, of all bureaus together or of one."""
    heading(view, "outlook.fan")
    lang = view.lang
    if not has_fan(view.run.forecast, bureau):
        key = "old" if bureau else "city"
        st.html(markup.notice(t(f"outlook.fan.{key}", lang)))
        return
    rows: list[list[Cell]] = []
    for place, metric in zip(st.columns(2, gap="medium"), figures.AMOUNTS, strict=True):
        with place:
            rows += _fan(view, metric, bureau)
    head = [t("outlook.column.by", lang), *(key.upper() for key in QUANTILES)]
    table(head, rows, "outlook.fan.title", ("text", *[NUMBER] * len(QUANTILES)), lang)


def _fan(view: View, metric: figures.Amount, bureau: str | None) -> list[list[Cell]]:
    lang, scenario = view.lang, view.scenario
    name = t(f"outlook.fan.{metric}", lang)
    data = fan(scenario, view.run.forecast, metric, lang, bureau)
    target = asked(scenario, metric, bureau)
    st.subheader(name, anchor=False)
    last = data.iloc[-1]
    ends = {key: money(float(last[key]), lang) for key in ("p10", "p50", "p90")}
    said = t("outlook.fan.alt", lang, metric=name, month=last["label"], **ends)
    chart(fan_chart(data, target, lang), said)
    words = t("outlook.fan.target", lang, amount=money(target, lang)) if target else ""
    st.html(markup.paragraph(words or t(f"outlook.fan.no_target.{metric}", lang)))
    return [
        [f"{label} · {name}", *(money(float(value), lang) for value in values)]
        for label, *values in data[["label", *QUANTILES]].itertuples(index=False)
    ]


def funnel(view: View, bureau: str | None) -> None:
    """Draw the mean counts of each stage."""
    heading(view, "app.forecast.funnel")
    lang, scenario = view.lang, view.scenario
    data = figures.funnel(scenario, view.run.forecast, lang)
    shown = [b for b in scenario.organisation.bureaus if bureau in (None, b.id)]
    if bureau:
        data = data[data["bureau"] == bureau_labels(scenario, lang)[bureau]]
    means = view.run.forecast["bureaus"][shown[0].id]["funnel_mean"]
    said = t(
        "app.forecast.funnel.alt",
        lang,
        bureau=shown[0].name.get(lang),
        calls=count(means["calls"]),
        visits=count(means["visits"], 1),
        signed=count(means["signed"], 1),
    )
    chart(charts.funnel_chart(data, lang), said)
    rows: list[list[Cell]] = []
    for own in shown:
        means = view.run.forecast["bureaus"][own.id]["funnel_mean"]
        rows.append([own.name.get(lang), *(count(means[stage], 1) for stage in figures.STAGES)])
    head = [t("app.column.bureau", lang), *(t(f"stage.{s}", lang) for s in figures.STAGES)]
    table(head, rows, "app.forecast.funnel.title", ("text", *[NUMBER] * 7), lang)

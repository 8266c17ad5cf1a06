"""Money, scores and limits on a page."""

from __future__ import annotations

import streamlit as st

from dashboards import charts, figures, markup
from dashboards.chartbox import chart, table, twin
from dashboards.format import chance, money, percent
from dashboards.format import points as write_points
from dashboards.frame import View, heading
from dashboards.labels import bureau_labels, rows_of
from dashboards.markup import NUMBER, Cell
from dashboards.odds import Odds
from dashboards.texts import t


def spend(view: View, bureau: str | None) -> None:
    """Draw the mean spend of each month, of all bureaus together or of one."""
    heading(view, "app.forecast.spend")
    lang, scenario = view.lang, view.scenario
    data = figures.spend(scenario, view.run.forecast, lang, bureau)
    total = float(data["yuan"].sum())
    given = scenario.budget.lump_sum_yuan
    lump = given[bureau] if bureau else sum(given.values())
    name = bureau_labels(scenario, lang)[bureau] if bureau else t("app.all_bureaus", lang)
    said = t(
        "app.forecast.spend.alt",
        lang,
        bureau=name,
        total=money(total, lang),
        lump=money(lump, lang),
    )
    st.html(markup.paragraph(said))
    chart(charts.spend_chart(data, lang), said)
    wide = data.pivot_table(index="month", columns="head", values="yuan", sort=False)
    rows: list[list[Cell]] = [
        [str(month), *(money(value, lang) for value in row), money(sum(row), lang)]
        for month, row in zip(wide.index, wide.to_numpy().tolist(), strict=True)
    ]
    head = [t("app.column.month", lang), *map(str, wide.columns), t("app.column.total", lang)]
    table(head, rows, "app.forecast.spend.title", ("text", *[NUMBER] * (len(head) - 1)), lang)


def scores(view: View, bureau: str | None) -> None:
    """Draw the range of the score under each reading."""
    heading(view, "app.forecast.scores")
    lang, scenario = view.lang, view.scenario
    data = figures.scores(scenario, view.run.forecast, lang)
    if bureau:
        data = data[data["bureau"] == bureau_labels(scenario, lang)[bureau]]
    if data.empty:
        st.html(markup.paragraph(t("app.not_for", lang)))
        return
    grades = [
        (grade.label.get(lang), grade.at_least)
        for grade in scenario.assessment.grades
        if grade.at_least > 0
    ]
    means = "; ".join(
        f"{row['bureau']} {row['reading']} {write_points(row['mean'])}" for row in rows_of(data)
    )
    chart(charts.score_chart(data, grades, lang), means)
    rows: list[list[Cell]] = [
        [
            f"{row['bureau']} · {row['reading']}",
            *(write_points(row[key]) for key in ("p10", "p50", "p90", "mean")),
        ]
        for row in rows_of(data)
    ]
    keys = ("bureau", "p10", "p50", "p90", "mean")
    twin(keys, rows, "app.forecast.scores.title", ("text", *[NUMBER] * 4), lang)


def limits(view: View, bureau: str | None) -> None:
    """Draw what held each bureau back, by the share of futures."""
    heading(view, "app.forecast.limits")
    lang, scenario = view.lang, view.scenario
    data = figures.limits(scenario, view.run.forecast, lang)
    shown = [b for b in scenario.organisation.bureaus if bureau in (None, b.id)]
    if bureau:
        data = data[data["bureau"] == bureau_labels(scenario, lang)[bureau]]
    rows: list[list[Cell]] = []
    said = []
    for own in shown:
        shares = view.run.forecast["bureaus"][own.id]["limits"]
        odds = [Odds.read(shares[key]) for key in figures.LIMITS]
        rows.append([own.name.get(lang), *(chance(o.p, o.low, o.high, lang) for o in odds)])
        worst = max(figures.LIMITS, key=lambda key: shares[key]["p"])
        p = Odds.read(shares[worst])
        said.append(
            f"{own.name.get(lang)}: {t(f'limit.{worst}', lang)} {percent(p.p, p.low, p.high, lang)}"
        )
    chart(charts.limits_chart(data, lang), "; ".join(said))
    head = [t("app.column.bureau", lang), *(t(f"limit.{key}", lang) for key in figures.LIMITS)]
    table(head, rows, "app.forecast.limits.title", ("text", *[NUMBER] * 4), lang)

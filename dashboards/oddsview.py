"""The odds on a page: each target, several together, and one where another is met."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboards import charts, figures, frame, markup
from dashboards.chartbox import chart, twin
from dashboards.conditional import FEW, Given, conditional
from dashboards.format import amount, chance, count
from dashboards.frame import View, heading
from dashboards.labels import bureau_labels, rows_of
from dashboards.markup import NUMBER, Align, Cell, Markup
from dashboards.odds import Odds
from dashboards.standing import SCORE, Standing, standings
from dashboards.texts import t


def main_targets(view: View) -> None:
    """Draw how likely each bureau reaches each main target, and nothing else: for a projector."""
    heading(view, "app.forecast.targets")
    lang = view.lang
    data = figures.odds_frame(view.scenario, view.run.forecast, lang)
    main = [target.label.get(lang) for target in view.scenario.targets if target.main]
    data = data[data["target"].isin(main)]
    chart(charts.odds_chart(data, lang), _odds_alt(view, data))
    st.html(markup.paragraph(frame.thresholds(lang)))


def targets(view: View, bureau: str | None) -> None:
    """Draw how likely each bureau, or one, reaches each of its targets."""
    heading(view, "app.forecast.targets")
    lang, scenario = view.lang, view.scenario
    data = figures.odds_frame(scenario, view.run.forecast, lang)
    if bureau:
        data = data[data["bureau"] == bureau_labels(scenario, lang)[bureau]]
    chart(charts.odds_chart(data, lang), _odds_alt(view, data))
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
        if bureau in (None, entry.bureau)
    ]
    keys = ("target", "bureau", "minimum", "probability", "hits", "outlook")
    align: tuple[Align, ...] = ("text", "text", NUMBER, NUMBER, NUMBER, "text")
    twin(keys, rows, "app.forecast.targets.title", align, lang)
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


def joint(view: View) -> None:
    """Draw how likely several things happen at once."""
    heading(view, "app.forecast.joint")
    lang = view.lang
    data = figures.joint_frame(view.scenario, view.run.forecast, lang)
    found = figures.joint_odds(view.scenario, view.run.forecast, lang)
    said = "; ".join(f"{words} {odds.p:.0%}" for words, odds in found)
    chart(charts.joint_chart(data, lang), said)
    rows: list[list[Cell]] = [
        [
            words,
            chance(odds.p, odds.low, odds.high, lang),
            f"{count(odds.k)} / {count(odds.n)}",
            markup.badge(odds.outlook, lang),
        ]
        for words, odds in found
    ]
    align: tuple[Align, ...] = ("text", NUMBER, NUMBER, "text")
    keys = ("event", "probability", "hits", "outlook")
    twin(keys, rows, "app.forecast.joint.title", align, lang)


def given(view: View, bureau: str | None) -> None:
    """Draw how likely each thing is where another is met, as a table: it is its own twin."""
    heading(view, "outlook.given")
    lang = view.lang
    if not view.run.has_outcomes:
        st.html(markup.notice(t("outlook.given.none", lang)))
        return
    own = standings(view.run, bureau)
    labels = {one.key: _short(view, one) for one in own}
    rows: list[list[Cell]] = [
        [
            t("outlook.given.always", lang),
            count(len(hits)) if (hits := own[0].hits) is not None else "",
            *(_cell(view, one.odds, few=False) for one in own),
        ]
    ]
    found = conditional(own)
    rows += [_row(view, one, labels) for one in found]
    if bureau is None:
        st.html(markup.paragraph(t("outlook.given.city", lang)))
    head = [t("outlook.column.if", lang), t("outlook.column.n", lang), *labels.values()]
    caption = t("outlook.given.title", lang)
    st.html(markup.table(head, rows, caption=caption, align=["text", NUMBER]))
    st.html(markup.paragraph(t("outlook.given.few", lang, n=FEW)))


def _row(view: View, one: Given, labels: dict[str, str]) -> list[Cell]:
    lang = view.lang
    cells = [
        markup.muted(t("outlook.given.never" if not one.n else "outlook.given.itself", lang))
        if odds is None
        else _cell(view, odds, few=one.few)
        for odds in one.odds.values()
    ]
    return [t("outlook.given.if", lang, what=labels[one.key]), count(one.n), *cells]


def _cell(view: View, odds: Odds, *, few: bool) -> Markup:
    if few:
        return markup.muted(
            t(
                "outlook.given.small",
                view.lang,
                chance=chance(odds.p, odds.low, odds.high, view.lang),
            )
        )
    return markup.odds_cell(odds, view.lang)


def _short(view: View, one: Standing) -> str:
    """Return what happens in few words, for the head of a column."""
    lang = view.lang
    if one.target is not None:
        return one.target.label.get(lang)
    grades = view.scenario.assessment.grades
    mark = grades[-2] if len(grades) > 1 else grades[-1]
    kind = "score" if one.key == SCORE else "money"
    return t(f"outlook.given.{kind}", lang, grade=mark.label.get(lang))

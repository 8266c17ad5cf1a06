"""The assessment: the score item by item, its grades, what moves them, and deductions to try."""

from __future__ import annotations

from typing import Final

import pandas as pd
import streamlit as st

from dashboards import (
    access,
    benches,
    charts,
    deductionfile,
    handouts,
    markup,
    scorecharts,
    scoring,
)
from dashboards.downloads import Download, offer
from dashboards.figures import reading_label
from dashboards.format import chance, difference, points
from dashboards.frame import View, heading, still
from dashboards.labels import bureau_labels
from dashboards.markup import NUMBER, Align, Cell, Markup
from dashboards.runs import runs_root
from dashboards.scorefile import score_csv
from dashboards.texts import t
from dashboards.whatif import clear
from scenarios.assessment import EventDeduct, Reading
from scenarios.part import Lang
from scenarios.score import ScoreSheet
from sim.deductions import Deductions, sheet_with
from sim.interval import Estimate, estimate
from sim.results import Results

MOST_LATE: Final = 50
"""Late reports that can be entered for a bureau."""


def draw(view: View) -> None:
    """Draw what is the page's own."""
    if not view.run.has_forecast:
        st.html(markup.notice(t("app.no_forecast", view.lang), "alert"))
        return
    bench = benches.bench(view)
    if bench is None:
        return
    results = bench.splits.results(bench.splits.present)
    reading = next(iter(results.sheets))
    sheet = results.sheets[reading]
    still(view, "score-conclusion", lambda: _conclusion(view, results, sheet))
    scenario, seed, lang = view.scenario, view.run.forecast["seed"], view.lang
    table = Download(
        "score",
        f"score-{view.run.id}.csv",
        "text/csv",
        lambda: score_csv(scenario, results, seed, lang),
    )
    offer(view, [table, *handouts.of("score", view)])
    chosen = _reading(view, results)
    still(view, "score-waterfalls", lambda: _waterfalls(view, results, chosen), chosen)
    still(view, "score-readings", lambda: _readings(view, results))
    still(view, "score-movers", lambda: _movers(view, results, sheet))
    _deductions(view, results, reading)


def _pass(results: Results) -> int:
    """Return the place of the grade above the lowest: what a bureau must not miss."""
    return max(0, len(results.scenario.assessment.grades) - 2)


def _means(results: Results, sheet: ScoreSheet) -> dict[str, float]:
    """Return the mean score of each bureau that has one."""
    found = {bureau: scoring.total(results, sheet, bureau) for bureau in results.bureaus}
    return {bureau: own.mean for bureau, own in found.items() if own is not None}


def _conclusion(view: View, results: Results, sheet: ScoreSheet) -> None:
    """Say where the scores stand, and on which item most is lost."""
    lang, names = view.lang, bureau_labels(view.scenario, view.lang)
    means = _means(results, sheet)
    ranked = sorted(means, key=lambda b: -means[b])
    if not ranked:
        st.html(markup.paragraph(t("app.score.nobody", lang), "lead"))
        return
    lost: dict[str, float] = {}
    full: dict[str, float] = {}
    for bureau in ranked:
        for part in scoring.parts(results, sheet, bureau):
            label = part.item.label.get(lang)
            lost[label] = lost.get(label, 0.0) + part.lost / len(ranked)
            full[label] = full.get(label, 0.0) + part.full / len(ranked)
    worst = max(lost, key=lost.__getitem__)
    grade = _pass(results)
    odds = {b: estimate(scoring.reached(results, sheet, b, grade)) for b in ranked}
    best = max(ranked, key=lambda b: odds[b].p)
    said = t(
        "app.score.sentence",
        lang,
        best=names[ranked[0]],
        high=points(means[ranked[0]]),
        worst=names[ranked[-1]],
        low=points(means[ranked[-1]]),
        grade=view.scenario.assessment.grades[grade].label.get(lang),
        likely=names[best],
        chance=_chance(odds[best], lang),
        item=worst,
        lost=points(lost[worst]),
        full=points(full[worst]),
    )
    st.html(markup.paragraph(said, "lead"))


def _reading(view: View, results: Results) -> str:
    """Return the reading that the waterfalls are drawn under."""
    heading(view, "app.score.waterfall")
    readings = list(results.sheets)
    if len(readings) == 1:
        return readings[0]
    chosen = st.segmented_control(
        t("app.column.reading", view.lang),
        readings,
        format_func=lambda key: reading_label(key, view.lang),
        default=readings[0],
        key=f"score-reading-{view.run.id}",
        required=True,
        label_visibility="collapsed",
        wrap=True,
    )
    return chosen or readings[0]


def _waterfalls(view: View, results: Results, chosen: str) -> None:
    lang, names = view.lang, bureau_labels(view.scenario, view.lang)
    sheet = results.sheets[chosen]
    grades = _marks(view)
    scored = list(_means(results, sheet))
    # Row by row: on a phone what stands beside each other comes in the same order.
    places = [place for _ in scored[::2] for place in st.columns(2, gap="medium")]
    rows: list[list[Cell]] = []
    for i, bureau in enumerate(scored):
        parts = scoring.parts(results, sheet, bureau)
        whole = scoring.total(results, sheet, bureau)
        assert whole is not None
        said = t(
            "app.score.waterfall.alt",
            lang,
            bureau=names[bureau],
            parts=t("app.list", lang).join(
                f"{part.item.label.get(lang)} {points(part.points.mean)}/{part.full:g}"
                for part in parts
            ),
            total=points(whole.mean),
            low=points(whole.p10),
            high=points(whole.p90),
        )
        with places[i]:
            st.subheader(f"{names[bureau]} {points(whole.mean)}", anchor=False)
            data = scorecharts.waterfall_frame(parts, whole, lang)
            chart = scorecharts.waterfall_chart(data, grades, lang)
            st.altair_chart(chart, width="stretch", alt=said)
        rows += [
            [
                f"{names[bureau]} · {part.item.label.get(lang)}",
                f"{part.full:g}",
                *(points(x) for x in (part.points.mean, part.points.p10, part.points.p90)),
                points(part.lost),
            ]
            for part in parts
        ]
        ends = (points(x) for x in (whole.mean, whole.p10, whole.p90))
        rows.append([f"{names[bureau]} · {t('app.score.total', lang)}", "", *ends, ""])
    head = [t(f"app.score.{key}", lang) for key in ("item", "full")]
    head += [t(f"app.column.{key}", lang) for key in ("mean", "p10", "p90")]
    head.append(t("app.score.lost", lang))
    with st.expander(t("app.twin", lang)):
        caption = t("app.score.waterfall.title", lang)
        align: list[Align] = ["text", *[NUMBER] * 5]
        st.html(markup.table(head, rows, caption=caption, align=align, tall=True))


def _marks(view: View) -> list[tuple[str, float]]:
    return [
        (grade.label.get(view.lang), grade.at_least)
        for grade in view.scenario.assessment.grades
        if grade.at_least > 0
    ]


def _readings(view: View, results: Results) -> None:
    """Draw the score and the grades under every reading, side by side."""
    heading(view, "app.score.readings")
    lang, names = view.lang, bureau_labels(view.scenario, view.lang)
    data = pd.DataFrame(
        [
            {
                "bureau": names[bureau],
                "reading": reading_label(key, lang),
                **{p: getattr(own, p) for p in ("p10", "p50", "p90", "mean")},
            }
            for bureau in results.bureaus
            for key, sheet in results.sheets.items()
            if (own := scoring.total(results, sheet, bureau)) is not None
        ]
    )
    if data.empty:
        return
    said = "; ".join(
        f"{row['bureau']} {row['reading']} {points(row['mean'])}" for row in data.to_dict("records")
    )
    st.altair_chart(charts.score_chart(data, _marks(view), lang), width="stretch", alt=said)
    rows: list[list[Cell]] = [
        [
            names[bureau],
            *(_reading_cell(view, results, sheet, bureau) for sheet in results.sheets.values()),
        ]
        for bureau in results.bureaus
    ]
    head = [t("app.column.bureau", lang), *(reading_label(key, lang) for key in results.sheets)]
    st.html(markup.table(head, rows, caption=t("app.score.readings.title", lang)))


def _reading_cell(view: View, results: Results, sheet: ScoreSheet, bureau: str) -> Cell:
    """Return the mean with its range, and the odds of each grade."""
    lang = view.lang
    own = scoring.total(results, sheet, bureau)
    if own is None:
        return t("app.not_for", lang)
    odds = scoring.grades(results, sheet, bureau)
    lines = [
        f"{grade.label.get(lang)} {_chance(odds[grade.id], lang)}"
        for grade in view.scenario.assessment.grades
    ]
    span = f"{points(own.p10)}–{points(own.p90)}"
    below = "<br>".join(f'<span class="b-span">{line}</span>' for line in lines)
    return Markup(
        f'<span class="b-p">{points(own.mean)}</span> <span class="b-span">{span}</span><br>{below}'
    )


def _movers(view: View, results: Results, sheet: ScoreSheet) -> None:
    """Draw what full marks of each item would do to the odds of the grade."""
    heading(view, "app.score.movers")
    lang, names = view.lang, bureau_labels(view.scenario, view.lang)
    grade = _pass(results)
    label = view.scenario.assessment.grades[grade].label.get(lang)
    rows: list[list[Cell]] = []
    for bureau in _means(results, sheet):
        for mover in scoring.movers(results, sheet, bureau, grade):
            gain = mover.gain
            told = t("app.budget.unclear", lang)
            if clear(gain):
                told = difference(100 * gain.difference, 100 * gain.low, 100 * gain.high, lang)
            rows.append(
                [
                    f"{names[bureau]} · {mover.item.label.get(lang)}",
                    points(mover.lost),
                    _chance(mover.now, lang),
                    _chance(mover.then, lang),
                    told,
                ]
            )
    head = [
        t("app.score.item", lang),
        t("app.score.lost", lang),
        t("app.score.movers.now", lang, grade=label),
        t("app.score.movers.then", lang),
        t("app.score.movers.gain", lang),
    ]
    align: list[Align] = ["text", *[NUMBER] * 4]
    st.html(markup.table(head, rows, caption=t("app.score.movers.title", lang), align=align))


@st.fragment
def _deductions(view: View, results: Results, reading: str) -> None:
    """Take deductions by item, and show at once what they do to score and grade."""
    heading(view, "app.score.deductions")
    lang, run, scenario = view.lang, view.run, view.scenario
    kept = f"score-deductions-{run.id}"
    if kept not in st.session_state:
        st.session_state[kept] = deductionfile.read(runs_root(), scenario)
    entered: Deductions = st.session_state[kept]
    names = bureau_labels(scenario, lang)
    bureau = st.segmented_control(
        t("app.column.bureau", lang),
        list(names),
        format_func=names.__getitem__,
        default=next(iter(names)),
        key=f"{kept}-bureau",
        required=True,
        wrap=True,
    )
    entered = _enter(view, entered, bureau, kept)
    st.session_state[kept] = entered
    if entered.none:
        st.html(markup.paragraph(t("app.score.deductions.none", lang)))
    else:
        st.html(markup.notice(t("app.score.deductions.what_if", lang), "alert"))
        _after(view, results, entered, reading)
    with st.container(horizontal=True):
        if access.may_plan():
            if st.button(t("app.score.deductions.save", lang), icon=":material/save:"):
                file = deductionfile.write(runs_root(), scenario, entered)
                st.html(markup.paragraph(t("app.score.deductions.saved", lang, file=file)))
        else:
            st.html(markup.paragraph(t("app.budget.only_planners", lang)))
        st.button(
            t("app.score.deductions.clear", lang),
            icon=":material/undo:",
            disabled=entered.none,
            on_click=_forget,
            args=(kept,),
        )


def _enter(view: View, entered: Deductions, bureau: str, kept: str) -> Deductions:
    """Draw a field for late reports and each item of one bureau; return all deductions."""
    lang, scenario = view.lang, view.scenario
    items = scenario.assessment.items
    late, taken = dict(entered.late), dict(entered.points)
    places = st.columns(len(items) + 1)
    reports = any(isinstance(item.rule, EventDeduct) for item in items)
    if reports:
        late[bureau] = places[0].number_input(
            t("app.score.late", lang),
            0,
            MOST_LATE,
            late.get(bureau, 0),
            key=f"{kept}-{bureau}-late",
        )
    for place, item in zip(places[1:], items, strict=True):
        most = float(item.weight) or 100.0
        taken[item.id, bureau] = place.number_input(
            t("app.score.off", lang, item=item.label.get(lang), full=f"{most:g}"),
            0.0,
            most,
            min(most, taken.get((item.id, bureau), 0.0)),
            step=0.5,
            key=f"{kept}-{bureau}-{item.id}",
        )
    return Deductions(
        {key: value for key, value in late.items() if value},
        {key: value for key, value in taken.items() if value},
    )


def _forget(kept: str) -> None:
    """Take back all deductions, and what the fields show of them."""
    st.session_state[kept] = Deductions()
    for key in [key for key in st.session_state if str(key).startswith(f"{kept}-")]:
        if not str(key).endswith("-bureau"):
            del st.session_state[key]


def _after(view: View, results: Results, entered: Deductions, reading: str) -> None:
    """Draw each bureau's score and grade odds before and after the deductions."""
    lang, names = view.lang, bureau_labels(view.scenario, view.lang)
    grades = view.scenario.assessment.grades
    read: Reading | None = None if reading == "as-stated" else reading  # type: ignore[assignment]
    before, after = results.sheets[reading], sheet_with(results, entered, read)
    rows: list[list[Cell]] = []
    for bureau in _means(results, before):
        own, then = (scoring.total(results, sheet, bureau) for sheet in (before, after))
        assert own is not None
        assert then is not None
        cells: list[Cell] = [names[bureau], points(own.mean), points(then.mean)]
        gain = scoring.score_difference(results, before, after, bureau)
        same = gain.low == gain.high == 0
        cells.append("0" if same else difference(gain.difference, gain.low, gain.high, lang))
        for i in range(len(grades) - 1):
            hits = [scoring.reached(results, sheet, bureau, i) for sheet in (before, after)]
            cells.append(" → ".join(_chance(estimate(own), lang) for own in hits))
        rows.append(cells)
    head = [t("app.column.bureau", lang)]
    head += [t(f"app.score.after.{key}", lang) for key in ("before", "after", "difference")]
    head += [t("app.cockpit.or_better", lang, grade=grade.label.get(lang)) for grade in grades[:-1]]
    align: list[Align] = ["text", *[NUMBER] * (len(head) - 1)]
    caption = t("app.score.deductions.title", lang)
    st.html(markup.table(head, rows, caption=caption, align=align))


def _chance(odds: Estimate, lang: Lang) -> str:
    return chance(odds.p, odds.low, odds.high, lang)

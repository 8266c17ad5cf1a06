"""The budget: sliders bound to the total, and what any split of the money comes to, at once."""

from __future__ import annotations

from typing import Final

import streamlit as st

from dashboards import (
    access,
    background,
    benches,
    curvecharts,
    handouts,
    markup,
    recommendation,
    splitview,
)
from dashboards.downloads import Download, offer
from dashboards.format import difference, money
from dashboards.frame import View, heading
from dashboards.labels import bureau_labels
from dashboards.markup import NUMBER, Align, Cell
from dashboards.odds import share
from dashboards.runs import SCENARIOS, runs_root
from dashboards.sharing import Sharing, sharing_of, with_rule
from dashboards.splitfile import split_csv
from dashboards.splitview import SplitView
from dashboards.texts import t
from dashboards.whatif import TARGETS, Bench, WhatIf, clear, what_if
from scenarios.faults import ScenarioError
from scenarios.part import Lang, Text
from scenarios.variant import write_split
from sim.curves import Curves, response_curves
from sim.grid import Grid, Split, build_grid, standing_yuan
from sim.splits import Splits

CURVE_STEP_YUAN: Final = 10_000
"""Between two budgets of a curve."""

CAP: Final = 2.0
"""A slider reaches up to so many times what the richest bureau has today."""

SURE: Final = 0.9
"""Share of the years in which money that is enough turns nothing away."""


def draw(view: View) -> None:
    """Draw what is the page's own."""
    if not view.run.has_forecast:
        st.html(markup.notice(t("app.no_forecast", view.lang), "alert"))
        return
    run = view.run
    bench = benches.bench(view)
    if bench is not None:
        grid = build_grid(run.scenario, run.plan)
        st.html(splitview.STYLE)
        _bench(view, bench, grid)
    recommendation.draw(view)


def _swept(splits: Splits) -> background.Make[Curves]:
    grid = build_grid(splits.scenario, splits.plan, step_yuan=CURVE_STEP_YUAN)
    return lambda: response_curves(splits.job, grid, splits.n)


@st.fragment
def _bench(view: View, bench: Bench, grid: Grid) -> None:
    """Draw sliders and what the split comes to; it alone is drawn again when a slider moves."""
    run, lang = view.run, view.lang
    words = t("app.budget.curves.warming", lang)
    sentence = st.empty()
    curves = background.waited(("curves", *benches.key_of(run)), _swept(bench.splits), words)
    tiles = st.empty()
    split = _sliders(view, bench.splits, grid, curves)
    tools = st.container(horizontal=True)
    found = what_if(bench, split)
    said = SplitView(run.scenario, found, lang)
    sentence.html(markup.paragraph(said.sentence(), "lead"))
    tiles.html(said.tiles())
    with tools:
        _take(view, found)
    heading(view, "app.budget.odds")
    st.html(said.table())
    if curves is not None:
        _worth(view, curves, split)
        _curves(view, curves, found)
    heading(view, "app.budget.fixed")
    st.html(splitview.fixed_table(run.scenario, run.plan, split, lang))
    st.html(markup.paragraph(_gate(view)))


def _sliders(view: View, splits: Splits, grid: Grid, curves: Curves | None) -> Split:
    """Draw a slider and a field for each bureau; return the split they show."""
    lang, run = view.lang, view.run
    state = recommendation.state_of(run)
    names = list(bureau_labels(view.scenario, lang).values())
    present = splits.present
    if len(st.session_state.get(state, ())) != len(names):
        st.session_state[state] = present
    total, rule = st.columns([4, 1], vertical_alignment="center")
    with rule.popover(t("app.budget.rule", lang), icon=":material/tune:", width="stretch"):
        sharing = _rule(view, grid, names)
    split: Split = st.session_state[state]
    whole = {"total": money(sum(present), lang), "yuan": f"{sum(split):,}"}
    total.html(markup.paragraph(t("app.budget.total", lang, **whole)))
    standing = standing_yuan(view.scenario, run.plan)
    # Row by row: on a phone what stands beside each other comes in the same order.
    beside = [place for _ in names[::2] for place in st.columns(2, gap="large")]
    for place, name in enumerate(names):
        enough = None if curves is None else curves.never_binding_yuan(place, SURE)
        owed, now = standing[grid.bureaus[place]], present[place]
        ends = (sharing.first_yuan[place], sharing.last_yuan[place])
        bar = splitview.Bar(split[place], *ends, owed, now, enough)
        with beside[place]:
            _slider(view, sharing, state, place, name, bar.html(lang))
    if curves is not None:
        st.html(markup.paragraph(t("app.budget.marks", lang)))
    return split


def _slider(view: View, sharing: Sharing, state: str, place: int, name: str, below: str) -> None:
    """Draw one bureau's slider and number; either moves the whole split."""
    lang = view.lang
    split: Split = st.session_state[state]
    keys = [f"{state}-{kind}-{place}" for kind in ("slider", "number")]

    def move(key: str) -> None:
        before: Split = st.session_state[state]
        st.session_state[state] = sharing.moved(before, place, int(st.session_state[key]))

    for key in keys:
        st.session_state[key] = split[place]
    slide, type_in = st.columns([3, 2], gap="small")
    low, high = sharing.first_yuan[place], sharing.last_yuan[place]
    alone = sharing.reach(split, place)
    stuck = alone[0] == alone[1]
    slide.slider(
        t("app.budget.slider", lang, bureau=name),
        low,
        max(high, low + sharing.step_yuan),
        step=sharing.step_yuan,
        format="localized",
        key=keys[0],
        on_change=move,
        args=(keys[0],),
        disabled=stuck,
    )
    slide.html(below)
    type_in.number_input(
        t("app.budget.number", lang),
        low,
        high,
        step=sharing.step_yuan,
        key=keys[1],
        on_change=move,
        args=(keys[1],),
        disabled=stuck,
    )


def _rule(view: View, grid: Grid, names: list[str]) -> Sharing:
    """Ask who gives and takes, who is left alone, and between which bounds."""
    lang, run = view.lang, view.run
    places = list(range(len(names)))
    balance = st.selectbox(
        t("app.budget.balance", lang),
        [-1, *places],
        format_func=lambda place: t("app.budget.balance.all", lang) if place < 0 else names[place],
        key=f"budget-balance-{run.id}",
    )
    held = st.pills(
        t("app.budget.held", lang),
        places,
        format_func=names.__getitem__,
        selection_mode="multi",
        key=f"budget-held-{run.id}",
    )
    st.html(markup.paragraph(t("app.budget.rule.note", lang, step=f"{grid.step_yuan:,}")))
    cap = int(max(CAP * max(grid.present_yuan), *st.session_state[recommendation.state_of(run)]))
    sharing = sharing_of(grid, [cap] * len(names))
    return with_rule(sharing, frozenset(held or ()), None if balance < 0 else balance)


def _take(view: View, found: WhatIf) -> None:
    """Offer to go back, and to keep the split: as a file, and as a scenario of one's own."""
    lang, run = view.lang, view.run
    st.button(
        t("app.budget.reset", lang),
        icon=":material/undo:",
        disabled=found.same,
        on_click=recommendation.put,
        args=(run, found.present),
    )
    rows = _file(view, found)
    offer(
        view,
        [
            Download("split", f"split-{run.id}.csv", "text/csv", lambda: rows),
            *handouts.of("budget", view),
        ],
    )
    if not access.may_plan():
        st.html(markup.paragraph(t("app.budget.only_planners", lang)))
        return
    with (
        st.popover(t("app.budget.save", lang), icon=":material/save:", disabled=found.same),
        st.form(f"budget-save-{run.id}", border=False),
    ):
        name = st.text_input(
            t("app.budget.save.name", lang), f"{view.scenario.id}-split", max_chars=60
        )
        if st.form_submit_button(t("app.budget.save.do", lang)):
            _save(view, found.split, name)


def _save(view: View, split: Split, name: str) -> None:
    """Write the split as a scenario beside the runs, and say so, or why not."""
    lang, scenario = view.lang, view.scenario
    bureaus = [bureau.id for bureau in scenario.organisation.bureaus]
    titles = {
        other: t(
            "allocate.saved-title",
            other,
            title=scenario.title.get(other),
            split=t("sign.comma", other).join(
                f"{city} {yuan:,}"
                for city, yuan in zip(bureau_labels(scenario, other).values(), split, strict=True)
            ),
        )
        for other in ("zh", "en")
    }
    folder = runs_root() / SCENARIOS / name
    try:
        write_split(folder, scenario, dict(zip(bureaus, split, strict=True)), Text(**titles))
    except ScenarioError as error:
        for fault in error.faults:
            st.html(markup.notice(fault.text(lang), "alert"))
        return
    st.html(markup.notice(t("app.budget.saved", lang, folder=folder)))
    st.html(markup.command(f"bureau run {folder}"))


def _file(view: View, found: WhatIf) -> bytes:
    return split_csv(view.scenario, found, view.run.forecast["seed"], view.lang)


def _worth(view: View, curves: Curves, split: Split) -> None:
    """Draw what the next 10,000 yuan are worth to each bureau, and from where on nothing."""
    heading(view, "app.budget.worth")
    lang = view.lang
    rows: list[list[Cell]] = []
    for place, name in enumerate(bureau_labels(view.scenario, lang).values()):
        low, high, gain = curves.worth(split, place, TARGETS)
        per = 10_000 / (high - low)
        worth = "0"
        if not gain.low == gain.high == 0 and gain.sums.differing:
            worth = difference(gain.difference * per, gain.low * per, gain.high * per, lang)
        enough = curves.never_binding_yuan(place, SURE)
        rows.append(
            [
                name,
                money(split[place], lang),
                worth
                if clear(gain) or worth == "0"
                else f"{worth} {t('app.budget.unclear', lang)}",
                t("app.budget.beyond", lang) if enough is None else money(enough, lang),
                _enough(enough, split[place], lang),
            ]
        )
    head = [
        t("app.column.bureau", lang),
        t("app.budget.budget", lang),
        t("app.budget.worth.next", lang),
        t("app.budget.worth.enough", lang, share=share(SURE, lang)),
        t("app.budget.worth.verdict", lang),
    ]
    align: list[Align] = ["text", NUMBER, NUMBER, NUMBER, "text"]
    st.html(markup.table(head, rows, caption=t("app.budget.worth.title", lang), align=align))


def _enough(enough: int | None, yuan: int, lang: Lang) -> Cell:
    """Say whether money still turns work away at a budget."""
    if enough is None or yuan < enough:
        return markup.flag("risk", t("app.budget.worth.binds", lang))
    return markup.flag("course", t("app.budget.worth.free", lang))


def _curves(view: View, curves: Curves, found: WhatIf) -> None:
    """Draw the odds over the budget, for one target at a time."""
    heading(view, "app.budget.curves")
    lang, scenario = view.lang, view.scenario
    names = {curvecharts.MAIN: t("app.budget.all_main", lang)}
    names |= {target.id: target.label.get(lang) for target in scenario.targets if target.main}
    names[curvecharts.ENOUGH] = t("app.budget.enough", lang)
    what = st.segmented_control(
        t("app.budget.curves.what", lang),
        list(names),
        format_func=names.__getitem__,
        default=curvecharts.MAIN,
        key=f"budget-curve-{view.run.id}",
        required=True,
        label_visibility="collapsed",
        wrap=True,
    )
    data = curvecharts.curve_frame(curves, what, lang)
    shown: dict[str, Split] = {t("app.budget.today", lang): found.present}
    if not found.same:
        shown[t("app.budget.asked", lang)] = found.split
    places = curvecharts.place_frame(curves, data, shown, lang)
    ends = t("app.also", lang).join(
        t(
            "app.budget.curves.end",
            lang,
            bureau=name,
            low=f"{own['p'].iloc[0]:.0%}",
            high=f"{own['p'].iloc[-1]:.0%}",
            yuan=money(int(own["yuan"].iloc[-1]), lang),
        )
        for name, own in data.groupby("bureau", sort=False)
    )
    said = t("app.budget.curves.alt", lang, what=names[what], ends=ends)
    st.altair_chart(curvecharts.response_chart(data, places, lang), width="stretch", alt=said)
    rows: list[list[Cell]] = [
        [
            f"{row['bureau']} · {money(row['yuan'], lang)}",
            *(f"{row[key]:.1%}" for key in ("p", "low", "high")),
        ]
        for row in data.iloc[::4].to_dict("records")
    ]
    head = [t(f"app.column.{key}", lang) for key in ("bureau", "probability", "low", "high")]
    with st.expander(t("app.twin", lang)):
        caption = t("app.budget.curves.title", lang)
        align: list[Align] = ["text", NUMBER, NUMBER, NUMBER]
        st.html(markup.table(head, rows, caption=caption, align=align, tall=True))


def _gate(view: View) -> str:
    """Say how money is released, and what an uncleared period holds back."""
    budget = view.scenario.budget
    gate = t(f"app.budget.gate.{budget.gate.policy}", view.lang)
    if budget.gate.policy != "none":
        gate += t(f"app.budget.gate.{budget.gate.blocks}", view.lang)
    return t(f"app.budget.release.{budget.release.policy}", view.lang) + gate

"""The comparison: two to four runs side by side, in the same futures where figures are compared."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any, Final

import streamlit as st

from dashboards import (
    access,
    background,
    benches,
    breakdown,
    charts,
    compared,
    figures,
    frame,
    markup,
    pins,
    rosterdiff,
)
from dashboards.compared import Table
from dashboards.comparefile import comparison_csv
from dashboards.downloads import Download, offer
from dashboards.format import count, money
from dashboards.format import days as write_days
from dashboards.frame import View, heading
from dashboards.labels import bureau_labels, person_labels
from dashboards.markup import NUMBER, SHORT, WIDE, Align, Cell, Markup
from dashboards.runlist import listing
from dashboards.runs import Run, runs_root
from dashboards.texts import t
from scenarios.part import Lang, Text
from sim.comparison import Comparison, NothingCommonError, compare, expect_common, letter
from sim.outcome import SPEND_HEADS
from sim.side import Side

MOST_OTHERS: Final = 3
"""Runs beside the one that is shown."""

_WITH: Final = "with"
_MEMORY: Final = "address-with"
_CHOICE: Final = "compare-with"
_ALL: Final = ""


def draw(view: View) -> None:
    """Draw what is the page's own."""
    others = _choose(view)
    if not view.run.has_forecast:
        st.html(markup.notice(t("app.no_forecast", view.lang), "alert"))
    if not others:
        st.html(markup.paragraph(t("app.compare.choose", view.lang, base=view.run.id), "lead"))
        return
    runs = [view.run, *others]
    found = _found(view, runs) if view.run.has_forecast else None
    if found is not None:
        _conclusion(view, found)
    _sides(view, runs)
    if found is not None:
        _figures(view, found)
        _curves(view, runs)
        breakdown.draw(view, runs)
        _cost(view, runs, found)
    _rosters(view, runs)


def _choose(view: View) -> list[Run]:
    """Ask for the runs to compare with, and which of all is the baseline; the address has both."""
    lang = view.lang
    listed = {run.id: run for run in listing(runs_root()).runs if run.id != view.run.id}
    names = {key: _named(run.title, key, lang) for key, run in listed.items()}
    names[view.run.id] = _named(view.run.head.title, view.run.id, lang)
    asked = st.query_params.get(_WITH, st.session_state.get(_MEMORY, ""))
    wanted = [key for key in dict.fromkeys(asked.split(",")) if key in listed][:MOST_OTHERS]
    st.session_state[_CHOICE] = wanted
    left, right = st.columns([3, 1], vertical_alignment="bottom")
    left.multiselect(
        t("app.compare.with", lang),
        list(listed),
        format_func=names.__getitem__,
        key=_CHOICE,
        max_selections=MOST_OTHERS,
        placeholder=t("app.compare.with.choose", lang),
        on_change=lambda: _remember(st.session_state[_CHOICE]),
    )
    if wanted:
        _remember(wanted)
        right.selectbox(
            t("app.compare.baseline", lang),
            [view.run.id, *wanted],
            format_func=names.__getitem__,
            key=f"compare-baseline-{view.run.id}",
            on_change=lambda: _rebase(view.run.id, wanted),
        )
    found: list[Run] = []
    refused: list[Run] = []
    for key in wanted:
        run = frame.opened(listed[key])
        (found if _fits(view.run, run) else refused).append(run)
    for run in refused:
        words = t("app.compare.other_horizon", lang, run=names[run.id])
        st.html(markup.notice(words, "alert"))
    return found


def _named(title: Text, run_id: str, lang: Lang) -> str:
    return f"{title.get(lang)} · {run_id}"


def _remember(wanted: Sequence[str]) -> None:
    """Write the runs into the address, and into the session for when the address loses them."""
    st.session_state[_MEMORY] = ",".join(wanted)
    if not wanted:
        st.query_params.pop(_WITH, None)
    elif st.query_params.get(_WITH) != ",".join(wanted):
        st.query_params[_WITH] = ",".join(wanted)


def _rebase(shown: str, wanted: Sequence[str]) -> None:
    """Make another run the baseline: it becomes the one that is shown."""
    chosen = st.session_state[f"compare-baseline-{shown}"]
    st.query_params["run"] = chosen
    _remember([shown if key == chosen else key for key in wanted])


def _fits(a: Run, b: Run) -> bool:
    """Whether two runs are of the same days and have a bureau in common."""
    try:
        expect_common([a.scenario, b.scenario])
    except NothingCommonError:
        return False
    return a.scenario.horizon == b.scenario.horizon


def _found(view: View, runs: Sequence[Run]) -> Comparison | None:
    """Return the runs compared in the futures of the first forecast, or None while working."""
    seed, n, tails = benches.futures_of(runs[0])
    hashes = [(run.head.scenario_hash, run.head.plan_hash) for run in runs]
    sides = [Side(run.scenario, run.plan) for run in runs]
    return background.waited(
        ("compare", *hashes, seed, n, tails),
        lambda: compare(sides, n=n, seed=seed, tails=tails, steps=False),
        t("app.compare.warming", view.lang),
    )


def _conclusion(view: View, found: Comparison) -> None:
    table = Table(found, view.lang)
    for i, side in enumerate(found.sides[1:]):
        said = table.sentence(i, side.scenario.title.get(view.lang))
        st.html(markup.paragraph(said, "lead"))


def _sides(view: View, runs: Sequence[Run]) -> None:
    """Name the sides, say what differs in their inputs, and let a planner recommend one."""
    lang, root = view.lang, runs_root()
    pinned = pins.pinned(root)
    first = Side(runs[0].scenario, runs[0].plan)
    rows: list[list[Cell]] = []
    for place, run in enumerate(runs):
        mark = _mark(run, pinned, lang)
        if place:
            told = compared.inputs(first, Side(run.scenario, run.plan), lang)
            differs = t("app.list", lang).join(told) or t("app.compare.same_inputs", lang)
        else:
            differs = t("app.compare.is_baseline", lang)
        budget = money(sum(yuan for _, yuan in run.plan.budget_yuan), lang)
        name = Markup(f"{letter(place)} {escape(run.head.title.get(lang))}{mark}")
        rows.append([name, run.id, budget, differs])
    head = [t(f"app.compare.{key}", lang) for key in ("side", "run", "budget", "differs")]
    align: list[Align] = ["text", SHORT, NUMBER, WIDE]
    st.html(markup.table(head, rows, caption=t("app.compare.sides", lang), align=align))
    if access.may_plan():
        _pin(view, runs, pinned)
    else:
        st.html(markup.paragraph(t("app.compare.only_planners", lang)))


def _mark(run: Run, pinned: dict[str, str], lang: Lang) -> str:
    if pinned.get(run.head.scenario_id) != run.id:
        return ""
    return " " + markup.flag("course", t("app.compare.recommended", lang)).html


def _pin(view: View, runs: Sequence[Run], pinned: dict[str, str]) -> None:
    lang = view.lang
    with st.container(horizontal=True):
        for place, run in enumerate(runs):
            on = pinned.get(run.head.scenario_id) == run.id
            key = "app.compare.unpin" if on else "app.compare.pin"
            st.button(
                t(key, lang, side=letter(place)),
                icon=":material/keep:",
                key=f"pin-{run.id}",
                on_click=pins.pin,
                args=(runs_root(), run.head.scenario_id, None if on else run.id),
            )


def _figures(view: View, found: Comparison) -> None:
    heading(view, "app.compare.figures")
    lang, table = view.lang, Table(found, view.lang)
    names = {_ALL: t("app.all_bureaus", lang), **table.names}
    chosen = _scope(view, names, "compare-figures")
    rows = table.rows(chosen or None)
    head = [t("app.budget.figure", lang), letter(0)]
    head += [
        t("app.compare.against", lang, b=letter(i + 1), a=letter(0))
        for i in range(len(found.others))
    ]
    align: list[Align] = ["text", *[NUMBER] * (len(head) - 1)]
    st.html(markup.table(head, rows, caption=t("app.compare.figures.title", lang), align=align))
    told = {"n": count(found.n), "tails": found.tails, "seed": found.seed}
    words = t("app.compare.origin", lang, **told)
    if len(found.others) > 1:
        confidence = f"{100 * found.confidence:.4g}"
        words += t("app.compare.together", lang, confidence=confidence)
    st.html(markup.paragraph(words))
    content = comparison_csv(found, lang)
    offer(view, [Download("comparison", f"compare-{view.run.id}.csv", "text/csv", lambda: content)])


def _scope(view: View, names: dict[str, str], key: str) -> str:
    """Ask for one bureau, or all together."""
    return st.segmented_control(
        t("app.column.bureau", view.lang),
        list(names),
        format_func=names.__getitem__,
        default=_ALL,
        key=key,
        required=True,
        label_visibility="collapsed",
        wrap=True,
    )


def _curves(view: View, runs: Sequence[Run]) -> None:
    """Draw each run's odds of reaching an amount over each other."""
    heading(view, "app.compare.curves")
    lang = view.lang
    kept = {f"{letter(i)} {run.id}": run for i, run in enumerate(runs) if run.has_outcomes}
    if len(kept) < len(runs):
        st.html(markup.notice(t("app.forecast.curves.none", lang)))
    if not kept:
        return
    common = set.intersection(
        *({bureau.id for bureau in run.scenario.organisation.bureaus} for run in kept.values())
    )
    names = {_ALL: t("app.all_bureaus", lang)}
    names |= {key: x for key, x in bureau_labels(view.scenario, lang).items() if key in common}
    chosen = _scope(view, names, "compare-curves") or None
    rows: list[list[Cell]] = []
    for place, metric in zip(st.columns(2, gap="medium"), figures.AMOUNTS, strict=True):
        data = compared.exceedance(kept, metric, chosen)
        owed = [
            own.minimum
            for own in (view.scenario.targets_of(chosen) if chosen else ())
            if own.target.metric == metric
        ]
        name = t(f"metric.{metric}", lang)
        middles = {key: compared.middle(run, metric, chosen) for key, run in kept.items()}
        said = t(
            "app.compare.curves.alt",
            lang,
            metric=name,
            runs=t("app.also", lang).join(f"{k} {money(x[1], lang)}" for k, x in middles.items()),
        )
        with place:
            st.subheader(name, anchor=False)
            chart = charts.exceedance_chart(data, owed, lang, by="run")
            st.altair_chart(chart, width="stretch", alt=said)
        rows += [
            [f"{key} · {name}", *(money(value, lang) for value in own)]
            for key, own in middles.items()
        ]
    head = [t(f"app.column.{key}", lang) for key in ("run", "p10", "p50", "p90")]
    with st.expander(t("app.twin", lang)):
        align: list[Align] = ["text", NUMBER, NUMBER, NUMBER]
        caption = t("app.compare.curves.title", lang)
        st.html(markup.table(head, rows, caption=caption, align=align))


def _cost(view: View, runs: Sequence[Run], found: Comparison) -> None:
    """Draw the mean spend by head, and the whole with its paired difference."""
    heading(view, "app.compare.cost")
    lang, table = view.lang, Table(found, view.lang)
    forecasts = [run.forecast if run.has_forecast else None for run in runs]
    rows: list[list[Cell]] = []
    for key in SPEND_HEADS:
        spent = [None if own is None else _spent(own, key) for own in forecasts]
        if any(spent):
            cells = [t("app.none", lang) if yuan is None else money(yuan, lang) for yuan in spent]
            rows.append([t(f"head.{key}", lang), *cells])
    if ("spend_yuan",) in table.keys(None):
        rows.append(table.row(("spend_yuan",)))
    head = [t("app.column.head", lang), *(letter(i) for i in range(len(runs)))]
    align: list[Align] = ["text", *[NUMBER] * len(runs)]
    st.html(markup.table(head, rows, caption=t("app.compare.cost.title", lang), align=align))


def _spent(forecast: dict[str, Any], head: str) -> float:
    return sum(sum(own["spend_yuan_mean"][head]) for own in forecast["bureaus"].values())


def _rosters(view: View, runs: Sequence[Run]) -> None:
    """Draw the blocks that differ between the first calendar and each other."""
    heading(view, "app.compare.roster")
    lang = view.lang
    for place, run in enumerate(runs[1:], start=1):
        changed = rosterdiff.changed(runs[0], run)
        same = rosterdiff.unchanged(runs[0], run)
        ends = {"a": letter(0), "b": letter(place)}
        told = {"n": len(changed), "same": same, **ends}
        key = "app.compare.roster.some" if changed else "app.compare.roster.none"
        st.html(markup.paragraph(t(key, lang, **told)))
        if changed:
            st.html(_roster_table(view, runs[0], run, changed, ends))


def _roster_table(
    view: View,
    a: Run,
    b: Run,
    changed: Sequence[rosterdiff.Changed],
    ends: dict[str, str],
) -> str:
    lang = view.lang
    people = person_labels(b.scenario, lang) | person_labels(a.scenario, lang)
    bureaus = bureau_labels(b.scenario, lang) | bureau_labels(a.scenario, lang)

    def said(block: rosterdiff.Block | None) -> str:
        if block is None:
            return t("app.none", lang)
        days = write_days(block.start, block.end, lang, year=False)
        who = people.get(block.who, "")
        if not block.companies:
            return days
        return t("app.compare.roster.group", lang, days=days, who=who, n=len(block.companies))

    rows: list[list[Cell]] = []
    for own in changed:
        block = own.a or own.b
        assert block is not None
        what = t(f"app.compare.roster.{own.kind}", lang)
        who = people.get(block.who, "") if own.kind == "leave" else bureaus.get(own.bureau, "")
        rows.append([f"{what} · {who}", bureaus.get(own.bureau, ""), said(own.a), said(own.b)])
    head = [t("app.compare.roster.block", lang), t("app.column.bureau", lang), ends["a"], ends["b"]]
    align: list[Align] = ["text", SHORT, SHORT, SHORT]
    caption = t("app.compare.roster.title", lang)
    return markup.table(head, rows, caption=caption, align=align, tall=len(rows) > 12)

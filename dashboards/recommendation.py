"""The recommended split on the budget page: what a stored allocation says, or how to get one."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import streamlit as st

from dashboards import access, allocated, curvecharts, markup, starting
from dashboards.allocated import Allocated
from dashboards.format import money
from dashboards.frame import View, heading
from dashboards.markup import NUMBER, Align, Cell
from dashboards.palette import Outlook
from dashboards.runs import Run, runs_root
from dashboards.texts import LANGS, t
from scenarios.part import Lang
from sim.grid import Split, build_grid

AIMS: Final = ("targets", "bureaus", "all", "score")
"""Aims the recommended split can be looked for by, from the page."""

_TONES: Final[Mapping[str, Outlook]] = {"flips": "out", "same": "course", "undecided": "risk"}


def state_of(run: Run) -> str:
    """Return where the session keeps the split that the sliders show."""
    return f"budget-split-{run.id}"


def put(run: Run, split: Split) -> None:
    """Put a split on the sliders."""
    st.session_state[state_of(run)] = split


def draw(view: View) -> None:
    """Draw what a stored allocation says, or offer to work one out."""
    heading(view, "app.budget.recommended")
    lang, root = view.lang, runs_root()
    found = {str(own.folder): own for own in allocated.stored(root, view.run)}
    if found:
        keys = list(found)
        chosen = keys[0]
        if len(keys) > 1:
            chosen = st.selectbox(
                t("app.budget.aim", lang),
                keys,
                format_func=lambda key: found[key].label(lang),
                key=f"budget-stored-{view.run.id}",
            )
        _answer(view, found[chosen])
    else:
        st.html(markup.paragraph(t("app.budget.recommended.none", lang)))
    _look(view, root)


def _answer(view: View, found: Allocated) -> None:
    lang = view.lang
    st.html(markup.paragraph(found.sentence(lang), "lead"))
    st.html(markup.paragraph(t("app.budget.recommended.aim", lang, aim=found.label(lang))))
    st.html(markup.listing(t("app.budget.sure", lang), found.certified(lang)))
    st.button(
        t("app.budget.use", lang),
        icon=":material/input:",
        key=f"budget-use-{found.folder.name}",
        disabled=not _usable(view, found.answer),
        on_click=put,
        args=(view.run, found.answer),
    )
    if found.frontier:
        _frontier(view, found)
    if found.data["flips"] is not None:
        _flips(view, found)


def _usable(view: View, split: Split) -> bool:
    """Whether the sliders can show a split: one of today's total, on their steps."""
    grid = build_grid(view.scenario, view.run.plan)
    return sum(split) == grid.total_yuan and grid.levels_of(split) is not None


def _present(view: View) -> Split:
    bureaus = view.scenario.organisation.bureaus
    return tuple(view.run.plan.budget_of(bureau.id) for bureau in bureaus)


def _frontier(view: View, found: Allocated) -> None:
    lang, points = view.lang, found.frontier
    heading(view, "app.budget.frontier")
    scale = 100 if found.aim.kind == "probability" else 1
    title = t(f"app.budget.axis.{found.aim.kind}", lang)
    chart = curvecharts.frontier_chart(points, sum(_present(view)), title, scale, lang)
    ends = {
        "least": money(points[0]["total_yuan"], lang),
        "low": found.worth(points[0], lang),
        "most": money(points[-1]["total_yuan"], lang),
        "high": found.worth(points[-1], lang),
    }
    st.altair_chart(chart, width="stretch", alt=t("app.budget.frontier.alt", lang, **ends))
    rows: list[list[Cell]] = [
        [
            money(point["total_yuan"], lang),
            found.worth(point, lang),
            found.named(point["split_yuan"], lang),
        ]
        for point in points
    ]
    head = [t(f"app.budget.frontier.{key}", lang) for key in ("total", "value", "split")]
    with st.expander(t("app.twin", lang)):
        caption = t("app.budget.frontier.title", lang)
        align: list[Align] = [NUMBER, NUMBER, "wide"]
        st.html(markup.table(head, rows, caption=caption, align=align, tall=True))


def _flips(view: View, found: Allocated) -> None:
    lang = view.lang
    heading(view, "app.budget.flips")
    rows: list[list[Cell]] = [
        [
            name,
            split,
            loss,
            markup.flag(_TONES[verdict], t(f"allocate.flips.{verdict}", lang)),
        ]
        for name, split, loss, verdict in found.flips(lang)
    ]
    head = [t(f"app.budget.flips.{key}", lang) for key in ("variant", "best", "loss", "verdict")]
    align: list[Align] = ["text", "wide", NUMBER, "short"]
    st.html(markup.table(head, rows, caption=t("app.budget.flips.title", lang), align=align))


def _look(view: View, root: Path) -> None:
    """Offer to look for the best split: a job, since it takes a while."""
    lang, run = view.lang, view.run
    if not access.may_plan():
        st.html(markup.paragraph(t("app.budget.only_planners", lang)))
        return
    aim = st.selectbox(
        t("app.budget.look.aim", lang),
        AIMS,
        format_func=lambda key: t(f"app.budget.aim.{key}", lang),
        key=f"budget-aim-{run.id}",
    )
    folder = allocated.folder_of(root, run, aim)
    if folder.exists():
        st.html(markup.paragraph(t("app.budget.look.there", lang)))
        return
    argv = ["allocate", str(run.folder), "--aim", aim, "--out", str(folder)]
    title: dict[Lang, str] = {
        other: t("app.budget.look.title", other, scenario=view.scenario.title.get(other))
        for other in LANGS
    }
    starting.offer(argv, title, view, label=t("app.budget.look", lang), key=f"allocate-{aim}")

"""The coverage on a page: the tile grid, its key, and its table."""

from __future__ import annotations

import streamlit as st

from dashboards import markup
from dashboards.frame import View, heading
from dashboards.labels import bureau_labels
from dashboards.markup import NUMBER, Align, Cell
from dashboards.provinces import coverage as covered
from dashboards.texts import t
from dashboards.tilegrid import bureaus_of, kind_of, said, tile_grid

_GRID = st.components.v2.component(
    "bureau_tile_grid",
    html='<div class="grid" role="region" tabindex="0"></div>',
    css="""
.grid { overflow-x: auto; background: #fff; }
.grid svg { display: block; width: 100%; min-width: 600px; max-width: 860px; height: auto; }
.grid:focus-visible { outline: 2px solid var(--st-primary-color); outline-offset: 2px; }
""",
    js="""
export default function ({ data, parentElement }) {
  const grid = parentElement.querySelector(".grid")
  if (grid.dataset.drawn === data.key) return
  grid.setAttribute("aria-label", data.label)
  grid.innerHTML = data.svg
  grid.dataset.drawn = data.key
}
""",
)
"""Shows an SVG as it is: texts stay texts, and a narrow screen scrolls it instead of shrinking."""


def coverage(view: View) -> None:
    """Draw which bureaus sit in, and cover, which provinces."""
    lang, scenario = view.lang, view.scenario
    heading(view, "outlook.coverage")
    st.html(markup.paragraph(said(scenario, lang)))
    svg = tile_grid(scenario, lang)
    label = t("outlook.coverage.title", lang)
    key = f"{scenario.content_hash[:12]}-{lang}"
    _GRID(data={"svg": svg, "label": label, "key": key}, key="tile-grid")
    found, names = covered(scenario), bureau_labels(scenario, lang)
    joint = t("app.list", lang)
    if found.strays:
        strays = joint.join(province.name.get(lang) for province in found.strays)
        st.html(markup.paragraph(t("outlook.coverage.strays", lang, names=strays)))
    if found.unseated:
        cities = joint.join(names[key] for key in found.unseated)
        st.html(markup.paragraph(t("outlook.coverage.unseated", lang, names=cities)))
    rows: list[list[Cell]] = [
        [
            cover.unit.name.get(lang),
            kind_of(cover, lang),
            bureaus_of(cover, names, lang),
            str(cover.companies),
        ]
        for cover in found.covers
        if cover.bureaus or cover.companies
    ]
    head = [
        t("outlook.column.province", lang),
        t("outlook.column.cover", lang),
        t("app.column.bureau", lang),
        t("outlook.column.companies", lang),
    ]
    with st.expander(t("app.twin", lang)):
        align: list[Align] = ["text", "text", "text", NUMBER]
        st.html(markup.table(head, rows, caption=label, align=align, tall=True))

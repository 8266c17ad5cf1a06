"""The app: its pages and their addresses. ``bureau dashboard`` starts it; a page never solves."""

from __future__ import annotations

from collections.abc import Callable
from importlib.resources import files
from typing import Final

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from dashboards import access, address
from dashboards.pages import (
    budget,
    calendar,
    cockpit,
    compare,
    data,
    forecast,
    jobs,
    rules,
    score,
    visits,
    year,
)
from dashboards.pages import help as help_page
from dashboards.texts import t

SECTIONS: Final[dict[str, dict[str, tuple[Callable[[], None], str]]]] = {
    "leaders": {
        "cockpit": (cockpit.show, ":material/speed:"),
        "year": (year.show, ":material/timeline:"),
        "compare": (compare.show, ":material/compare_arrows:"),
    },
    "rota": {
        "calendar": (calendar.show, ":material/calendar_month:"),
        "visits": (visits.show, ":material/groups:"),
        "rules": (rules.show, ":material/rule:"),
    },
    "outlook": {
        "forecast": (forecast.show, ":material/query_stats:"),
        "budget": (budget.show, ":material/account_balance_wallet:"),
        "score": (score.show, ":material/grading:"),
    },
    "data": {
        "data": (data.show, ":material/table_edit:"),
        "jobs": (jobs.show, ":material/pending_actions:"),
        "help": (help_page.show, ":material/help:"),
    },
}
"""Address, content and sign of every page, by section; the root sends on to the first one."""

PAGES: Final = {name: page for pages in SECTIONS.values() for name, page in pages.items()}
"""Content and sign of every page, by address."""


def page_of(path: str) -> StreamlitPage:
    """Return a page by its address, titled in the language of the address."""
    show, icon = PAGES[path]
    title = t(f"app.{path}.nav", address.language())
    return st.Page(show, title=title, icon=icon, url_path=path)


def main() -> None:
    """Draw the page the address asks for."""
    lang = address.language()
    st.set_page_config(
        page_title=t("app.name", lang),
        # Its own: a sign of the icon font would be fetched from afar to stand in the browser's tab.
        page_icon=str(files("dashboards").joinpath("icon.svg")),
        layout="wide",
        initial_sidebar_state="collapsed",
    )
    if not access.admitted(lang):
        return
    sections = {
        t(f"app.section.{section}", lang): [page_of(path) for path in pages]
        for section, pages in SECTIONS.items()
    }
    first = next(iter(sections.values()))[0]
    # The default page answers at the root alone, so the root only sends on: every page that can
    # be linked keeps its address.
    home = st.Page(
        lambda: st.switch_page(first, query_params=st.query_params.to_dict()),
        title=t("app.name", lang),
        url_path="home",
        default=True,
        visibility="hidden",
    )
    st.navigation({"": [home], **sections}, position="top").run()
    access.signature(lang)

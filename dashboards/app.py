"""The app: its pages and their addresses. ``bureau dashboard`` starts it; a page never solves."""

from __future__ import annotations

from collections.abc import Callable
from importlib.resources import files
from typing import Final

import streamlit as st

from dashboards import address
from dashboards.pages import budget, calendar, cockpit, compare, forecast, jobs, score
from dashboards.texts import t

SECTIONS: Final[dict[str, dict[str, tuple[Callable[[], None], str]]]] = {
    "leaders": {
        "cockpit": (cockpit.show, ":material/speed:"),
        "compare": (compare.show, ":material/compare_arrows:"),
    },
    "rota": {
        "calendar": (calendar.show, ":material/calendar_month:"),
    },
    "outlook": {
        "forecast": (forecast.show, ":material/query_stats:"),
        "budget": (budget.show, ":material/account_balance_wallet:"),
        "score": (score.show, ":material/grading:"),
    },
    "data": {
        "jobs": (jobs.show, ":material/pending_actions:"),
    },
}
"""Address, content and sign of every page, by section; the root sends on to the first one."""

PAGES: Final = {name: page for pages in SECTIONS.values() for name, page in pages.items()}
"""Content and sign of every page, by address."""


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
    sections = {
        t(f"app.section.{section}", lang): [
            st.Page(show, title=t(f"app.{path}.nav", lang), icon=icon, url_path=path)
            for path, (show, icon) in pages.items()
        ]
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

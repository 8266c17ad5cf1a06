"""The projector: the pages a meeting looks at, one after the other, large and without controls.

``?embed=true&show=cycle`` starts it; the server's own furniture goes with ``embed``.
"""

from __future__ import annotations

import time
from typing import Final

import streamlit as st

from dashboards import address

ORDER: Final = ("cockpit", "calendar", "forecast")
SECONDS: Final = 30
"""How long each page stands."""

_SHOWN: Final = "projector-shown"

STYLE: Final = """<style>
html{font-size:19px}
[data-testid="stHeader"],[data-testid="stToolbar"],[data-testid="stSidebar"],
.b-footer,.stExpander,.stDownloadButton,.stPopover{display:none!important}
[data-testid="stMainBlockContainer"]{padding-top:1rem!important}
</style>"""


def on() -> bool:
    """Whether the address asks for the cycle."""
    return address.get("show") == "cycle"


def after(name: str) -> str:
    """Return the page that follows a page."""
    at = ORDER.index(name) if name in ORDER else -1
    return ORDER[(at + 1) % len(ORDER)]


def turn(name: str) -> None:
    """Go on to the next page once this one has stood long enough."""
    st.html(STYLE)
    st.session_state[_SHOWN] = (name, time.monotonic())
    _wait(name)


@st.fragment(run_every=SECONDS)
def _wait(name: str) -> None:
    """Run with the page, and again each time it has stood its time; only then leave it."""
    shown, since = st.session_state.get(_SHOWN, (name, time.monotonic()))
    if shown == name and time.monotonic() - since >= SECONDS / 2:
        from dashboards.app import page_of

        following = after(name)
        st.switch_page(page_of(following), query_params=st.query_params.to_dict())

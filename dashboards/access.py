"""Who may change something: the planners, where a server in front says who is there.

On its own machine the dashboard has one user, who plans. Served beyond it, a reverse proxy or an
identity provider names the user, and ``BUREAU_PLANNERS`` lists those who may start jobs, pin,
publish and accept data; everybody else looks.
"""

from __future__ import annotations

import os
from typing import Final

import streamlit as st

PLANNERS: Final = "BUREAU_PLANNERS"
"""Environment variable: e-mail addresses or user names, separated by commas."""


def planners() -> frozenset[str] | None:
    """Return who may plan, in lower case; None where everybody may."""
    listed = os.environ.get(PLANNERS)
    if listed is None:
        return None
    return frozenset(name.strip().lower() for name in listed.split(",") if name.strip())


def user() -> str | None:
    """Return what the server in front calls the user, or None where nobody said."""
    for key in ("email", "preferred_username", "user", "name"):
        found = st.user.get(key)
        if isinstance(found, str) and found:
            return found.lower()
    return None


def may_plan() -> bool:
    """Whether the user may start jobs, pin, publish and accept data."""
    allowed = planners()
    return allowed is None or user() in allowed

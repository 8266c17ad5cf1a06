"""Who may change something: the planners, where a server in front says who is there.

On its own machine the dashboard has one user, who plans. Served beyond it, a reverse proxy or an
identity provider names the user, and ``BUREAU_PLANNERS`` lists those who may start jobs, pin,
publish and accept data; everybody else looks.
"""

from __future__ import annotations

import os
from html import escape
from typing import Final

import streamlit as st

from dashboards import markup, peers
from dashboards.texts import t
from scenarios.part import Lang

PLANNERS: Final = "BUREAU_PLANNERS"
"""Environment variable: e-mail addresses or user names, separated by commas."""

USER_KEY: Final = "proxy_user"
"""Under what the server files the name that the reverse proxy gives."""


def planners() -> frozenset[str] | None:
    """Return who may plan, in lower case; None where everybody may."""
    listed = os.environ.get(PLANNERS)
    if listed is None:
        return None
    return frozenset(name.strip().lower() for name in listed.split(",") if name.strip())


def user() -> str | None:
    """Return what the server in front calls the user, in lower case; None where nobody said.

    Only what a user cannot choose counts: the proxy's header where there is a proxy; else the
    e-mail address that the identity provider has not called unverified, or the user's number there
    where it gives none. A display name is anybody's to choose.
    """
    if os.environ.get(peers.HEADER) is not None:
        found = st.user.get(USER_KEY)
    elif st.user.get("is_logged_in"):
        unverified = st.user.get("email_verified") in (False, "false")
        found = None if unverified else st.user.get("email") or st.user.get("sub")
    else:
        found = None
    return found.strip().lower() or None if isinstance(found, str) else None


def may_plan() -> bool:
    """Whether the user may start jobs, pin, publish and accept data."""
    allowed = planners()
    return allowed is None or user() in allowed


def admitted(lang: Lang) -> bool:
    """Whether the page may be shown; where one must log in first, offer that instead."""
    if os.environ.get(peers.HEADER) is not None or st.user.get("is_logged_in") is not False:
        return True
    st.html(markup.STYLE)
    st.html(markup.paragraph(t("app.name", lang)))
    st.title(t("access.login.title", lang), anchor=False)
    st.html(markup.paragraph(t("access.login.lead", lang)))
    if st.button(t("access.login.button", lang), type="primary"):
        st.login()
    return False


def signature(lang: Lang) -> None:
    """Say who is there and what the user may do, where others than one person use the app."""
    if planners() is None and user() is None:
        return
    role = t("access.role.planner" if may_plan() else "access.role.viewer", lang)
    name = user()
    words = t("access.known", lang, user=name, role=role) if name else role
    left, right = st.columns([8, 2], vertical_alignment="center")
    # Never as Markdown: what the user is called comes from outside.
    left.html(f'<p class="b-note b-signature">{escape(words)}</p>')
    if st.user.get("is_logged_in") and right.button(t("access.logout", lang)):
        st.logout()

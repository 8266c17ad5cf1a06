"""What the address line says: language, scenario, runs and as-of date, by stable ids.

The address wins over the session, so that a link means the same to everybody; the session keeps
what the address lost, since the server's navigation drops the query when a page is left.
"""

from __future__ import annotations

from datetime import date
from typing import Final, Literal
from urllib.parse import urlencode

import streamlit as st

from dashboards.texts import LANGS
from scenarios.part import Lang

Key = Literal["lang", "scenario", "run", "asof", "base", "show", "part", "bureau"]

_KEYS: Final[tuple[Key, ...]] = ("lang", "scenario", "run", "asof", "base", "show")


def get(key: Key) -> str | None:
    """Return what the address says, else what the session remembers, else None."""
    if key in st.query_params:
        st.session_state[_memory(key)] = st.query_params[key]
    return st.session_state.get(_memory(key))


def put(key: Key, value: str) -> None:
    """Write a value into the address."""
    if st.query_params.get(key) != value:
        st.query_params[key] = value


def restore() -> None:
    """Write what the session remembers back into an address that lost it, in one message."""
    lost: dict[str, str] = {
        key: value for key in _KEYS if key not in st.query_params and (value := get(key))
    }
    if lost:
        st.query_params.update(lost)


def language() -> Lang:
    """Return the language; Chinese unless the address says otherwise."""
    found = get("lang")
    return next((lang for lang in LANGS if lang == found), LANGS[0])


def as_of() -> date | None:
    """Return the as-of date, or None where none was chosen or it is no date."""
    try:
        return date.fromisoformat(get("asof") or "")
    except ValueError:
        return None


def link(page: str, **more: str) -> str:
    """Return the address of another page about the same, relative to this one."""
    known: dict[str, str] = {key: value for key in _KEYS if (value := get(key))}
    return f"{page}?{urlencode({**known, **more})}"


def _memory(key: Key) -> str:
    return f"address-{key}"

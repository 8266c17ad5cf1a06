"""What is chosen on the calendar page, in the address by stable ids and in the session.

The address wins, so that a link shows the same to everybody; what is not chosen stays out of it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final, Literal

import streamlit as st

Name = Literal["view", "who", "where", "job"]

VIEWS: Final = ("year", "month", "bureau", "person", "list", "edit")
"""Views of the calendar, the first being shown unless another is asked for."""


def chosen(name: Name, allowed: Sequence[str] | None = None) -> str | None:
    """Return what is chosen: as the address says, else as it was; None where nothing is.

    Parameters
    ----------
    name
        Query parameter.
    allowed
        What can be chosen; anything else counts as nothing. None allows every text.
    """
    found = st.query_params.get(name, st.session_state.get(_memory(name)))
    if found is None or (allowed is not None and found not in allowed):
        return None
    st.session_state[_memory(name)] = found
    if st.query_params.get(name) != found:
        st.query_params[name] = found
    return str(found)


def choose(name: Name, value: str | None) -> None:
    """Write a choice into the address; None takes it out."""
    st.session_state[_memory(name)] = value
    if value is None:
        st.query_params.pop(name, None)
    else:
        st.query_params[name] = value


def control(
    name: Name,
    options: Sequence[str],
    label: str,
    format_func: Callable[[str], str],
    **more: Any,
) -> str:
    """Draw a control over some options and return what is chosen, the first of them at first."""
    key = f"calendar-{name}"
    now = chosen(name, options) or options[0]
    st.session_state[key] = now

    def write() -> None:
        found = st.session_state[key]
        choose(name, None if found == options[0] else found)

    st.segmented_control(
        label,
        options,
        format_func=format_func,
        key=key,
        required=True,
        on_change=write,
        wrap=True,
        **more,
    )
    return now


def _memory(name: str) -> str:
    return f"calendar-chosen-{name}"

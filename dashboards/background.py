"""Answers that are worked out in a thread of the server, so that no page waits for them.

An answer is known by a key made of content hashes: whoever asks for the same thing again, in any
session, gets the one that is there or on its way.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooLate
from threading import Lock
from typing import Any, Final, TypeVar

import streamlit as st

from dashboards import markup
from dashboards.runs import RunError

Key = tuple[object, ...]
Answer = TypeVar("Answer")
Make = Callable[[], Answer]
"""Works an answer out; it must use nothing of the page, nor of the session."""

KEPT: Final = 12
"""Answers that are kept."""

PATIENCE_S: Final = 0.4
"""How long a page waits before it says that the answer is on its way."""

_POOL: Final = ThreadPoolExecutor(1, thread_name_prefix="bureau-answer")
_KNOWN: Final[OrderedDict[Key, Future[Any]]] = OrderedDict()
_LOCK: Final = Lock()


def ask(key: Key, make: Make[Answer]) -> Future[Answer]:
    """Return the answer of a key as it is, under way or done; one that failed is asked for anew."""
    with _LOCK:
        found = _KNOWN.get(key)
        if found is None or (found.done() and found.exception() is not None):
            found = _KNOWN[key] = _POOL.submit(make)
        _KNOWN.move_to_end(key)
        while len(_KNOWN) > KEPT:
            _KNOWN.popitem(last=False)[1].cancel()
    return found


def waited(key: Key, make: Make[Answer], words: str) -> Answer | None:
    """Return an answer, or None where it is on its way: the page says so and looks again.

    Parameters
    ----------
    key, make
        Of the answer.
    words
        What to say while it is worked out.

    Raises
    ------
    RunError
        When the run's assumptions are beyond what a simulation can hold.
    """
    coming = ask(key, make)
    try:
        return coming.result(timeout=PATIENCE_S)
    except TooLate:
        _say(coming, words)
        return None
    except OverflowError as error:
        raise RunError("fail.overflow", problem=error) from error


@st.fragment(run_every="1s")
def _say(coming: Future[Any], words: str) -> None:
    """Say that an answer is on its way; once it is there the page is drawn again."""
    if coming.done():
        st.rerun()
    st.html(markup.notice(words))

"""Titles of papers, broken where they read well, and what their files are called."""

from __future__ import annotations

from dashboards.drawing import width_of, wrap
from dashboards.exports import typography
from dashboards.runs import Run
from scenarios.part import Lang


def title_of(subject: str, kind: str, lang: Lang, *, dense: bool) -> tuple[str, ...]:
    """Return the lines of a title: what it is about, then what it is; never one word alone."""
    size = typography.sizes(lang, dense=dense).title
    room = typography.AREA_WIDTH_MM * typography.PT_PER_MM
    return (*balanced(subject, size, room), *balanced(kind, size, room))


def balanced(words: str, size: float, room: float) -> list[str]:
    """Break a text into as few lines as fit, of nearly equal length."""
    n = len(wrap(words, size, room))
    if n == 1:
        return [words]
    # The narrowest that still takes no more lines makes them alike.
    tried = (share / 20 * room for share in range(1, 20))
    widths = [width_of(words, size) / n, *tried]
    fitting = [width for width in sorted(widths) if len(wrap(words, size, width)) == n]
    return wrap(words, size, fitting[0] if fitting else room)


def origin_of(run: Run) -> str:
    """Return what a file's properties say of where it comes from."""
    head = run.head
    return f"{run.id} {head.scenario_hash[:12]} {head.plan_hash[:12]}"


def file_name(name: str, run: Run, lang: Lang, ending: str) -> str:
    """Return what the file of a paper is called: ASCII, so that every system takes it."""
    return f"{name}-{run.id}-{lang}.{ending}"

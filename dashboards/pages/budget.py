"""The budget: sliders bound to the total, and what any split of the money comes to, at once."""

from __future__ import annotations

from dashboards import frame
from dashboards.frame import View


def show() -> None:
    """Draw the page."""
    frame.page("budget", _body)


def _body(view: View) -> None:
    # What simulates is loaded where it is asked for: no other page waits for it.
    from dashboards.budgeting import draw

    draw(view)

"""The assessment: the score item by item, its grades, what moves them, and deductions to try."""

from __future__ import annotations

from dashboards import frame
from dashboards.frame import View


def show() -> None:
    """Draw the page."""
    frame.page("score", _body)


def _body(view: View) -> None:
    # What simulates is loaded where it is asked for: no other page waits for it.
    from dashboards.assessing import draw

    draw(view)

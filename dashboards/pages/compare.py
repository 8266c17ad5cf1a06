"""The comparison: two to four runs side by side, in the same futures where figures are compared."""

from __future__ import annotations

from dashboards import frame
from dashboards.frame import View


def show() -> None:
    """Draw the page."""
    frame.page("compare", _body)


def _body(view: View) -> None:
    # What simulates is loaded where it is asked for: no other page waits for it.
    from dashboards.comparing import draw

    draw(view)

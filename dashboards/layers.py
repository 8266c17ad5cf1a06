"""Layered charts that are written fast enough for a page."""

from __future__ import annotations

from typing import Any

import altair as alt
from altair.utils import schemapi


class Layers(alt.LayerChart):
    """Charts over each other, checked against the schema only where altair checks itself.

    The tests check them; a server that serves people need not do it again for each of them
    (``schemapi.DEBUG_MODE``), which altair by itself does whenever a chart is written.
    """

    def to_dict(self, validate: bool = True, **more: Any) -> dict[str, Any]:
        """Return the chart as plain data; see :meth:`altair.TopLevelMixin.to_dict`."""
        return super().to_dict(validate and schemapi.DEBUG_MODE, **more)

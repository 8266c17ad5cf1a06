"""Publications for tests."""

from __future__ import annotations

from unittest.mock import patch

from dashboards.publications import publish
from dashboards.runs import read_run


def publish_sample(root, run, note=""):
    """Publish a run of the sample, whose plan, being made by hand, breaks rules."""
    with patch("dashboards.publications.violations", return_value=()):
        return publish(root, read_run(root / run), by="zhang", note=note)

"""Drawing a page in a test until what is worked out behind it is there."""

from __future__ import annotations

import time

import pytest

from dashboards.texts import t
from tests.dashboards.test_app import opened, said

WAITING = ("app.bench.warming", "app.budget.curves.warming", "app.compare.warming")


def drawn(name, lang, **query):
    """Draw a page, and again until no notice says that something is on its way."""
    at = opened(name, lang, **query)
    for _ in range(240):
        words = said(at)
        if not any(t(key, lang) in words for key in WAITING):
            return at
        time.sleep(0.25)
        at.run()
    return pytest.fail(f"{name} did not come")

"""What holds for all tests: files of long verification run first."""

from __future__ import annotations

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with files that hold long tests.

    Each worker takes whole files: one that begins with minutes of work when all others are nearly
    through keeps the rest of the machine waiting.
    """
    long = {item.path for item in items if item.get_closest_marker("long")}
    items.sort(key=lambda item: item.path not in long)

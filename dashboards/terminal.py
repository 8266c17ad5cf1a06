"""The terminal: results on stdout, everything else on stderr, and no console that crashes."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Mapping
from typing import Any, Final, TextIO

from rich.console import Console

WIDTH: Final = 100
"""Columns of the screen, and the width assumed where there is no terminal."""


def out() -> Console:
    """Return the console of results."""
    return _console(sys.stdout)


def err() -> Console:
    """Return the console of progress, notes and errors."""
    return _console(sys.stderr)


def print_json(data: Mapping[str, Any]) -> None:
    """Print a result as JSON: ASCII only where the stream knows no Unicode."""
    unicode = (sys.stdout.encoding or "").lower().startswith("utf")
    text = json.dumps(data, ensure_ascii=not unicode, indent=2, allow_nan=False)
    sys.stdout.write(text + "\n")


def _console(stream: TextIO) -> Console:
    # A GBK console lacks some signs: it shows a question mark rather than a traceback.
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(errors="replace")
    console = Console(file=stream, highlight=False, markup=False, emoji=False, soft_wrap=False)
    if not console.is_terminal or console.width > WIDTH:
        console.width = WIDTH
    return console

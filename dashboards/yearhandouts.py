"""What the page of the year hands out: the weekly check."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from dashboards.downloads import Download
from dashboards.frame import View
from dashboards.weeklist import Named, check_csv
from scenarios.ledger.weekly import ItemKind


def of(view: View, ledger: Path, items: Mapping[ItemKind, Sequence[Named]]) -> list[Download]:
    """Return the files of the page, made when they are asked for."""
    scenario, lang = view.scenario, view.lang
    stem = f"{ledger.stem}-{view.as_of.isoformat()}-{lang}"
    return [
        Download(
            "weekly-check",
            f"weekly-check-{stem}.csv",
            "text/csv",
            lambda: check_csv(items, scenario, lang),
        )
    ]

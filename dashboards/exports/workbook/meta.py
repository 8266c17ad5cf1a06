"""The hidden sheet that says, for programs, what the workbook was made from."""

from __future__ import annotations

from typing import Final

from dashboards.exports.workbook.book import Book
from dashboards.exports.workbook.cells import Column, Value

NAME: Final = "_meta"
FORMAT: Final = 1
"""Version of the workbook's layout."""


def add_meta(book: Book) -> None:
    """Add the hidden sheet."""
    head = book.run.head
    forecast = book.run.forecast if book.run.has_forecast else {}
    rows: list[tuple[str, Value]] = [
        ("format", FORMAT),
        ("lang", book.lang),
        ("run", book.run.id),
        ("scenario", head.scenario_id),
        ("scenario_hash", head.scenario_hash),
        ("plan_hash", head.plan_hash),
        ("inputs_hash", head.inputs_hash),
        ("created", head.created.isoformat()),
        ("version", head.versions.get("bureau-planner", "")),
        ("complete", int(head.complete)),
        ("edited", " ".join(book.run.edited())),
        *((key, forecast.get(key)) for key in ("seed", "n", "tails", "engine", "confidence")),
        *((f"sha256:{file}", content) for file, content in sorted(head.files.items())),
    ]
    sheet = book.sheet(NAME, "meta", across=2, kept=(1, 0), repeated=(0, 0))
    sheet.table(0, [Column("key", 30, "id"), Column("value", 80, "id")], rows)
    sheet.worksheet.hide()

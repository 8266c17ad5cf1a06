"""``bureau export``: files of a stored run that people take away, a command a kind."""

from __future__ import annotations

import typer

from dashboards.commands.export_xlsx import xlsx
from dashboards.commands.options import both

app = typer.Typer(no_args_is_help=True, help=both("help.export"))
app.command("xlsx", help=both("help.export.xlsx"))(xlsx)


@app.callback()
def export() -> None:
    """Keep the kind of file a command of its own, however few there are."""

"""``bureau export``: files that people take away, a command for each kind of file."""

from __future__ import annotations

import typer

from dashboards.commands.export_ics import ics
from dashboards.commands.export_paper import docx, pdf
from dashboards.commands.export_xlsx import xlsx
from dashboards.commands.options import both

app = typer.Typer(no_args_is_help=True, help=both("help.export"))
for _kind in (xlsx, ics, docx, pdf):
    app.command(_kind.__name__, help=both(f"help.export.{_kind.__name__}"))(_kind)

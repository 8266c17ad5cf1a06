"""``bureau export``: files of a stored run that people take away, a command a kind."""

from __future__ import annotations

import typer

from dashboards.commands.export_paper import docx, pdf
from dashboards.commands.options import both

app = typer.Typer(no_args_is_help=True, help=both("help.export"))
app.command("docx", help=both("help.export.docx"))(docx)
app.command("pdf", help=both("help.export.pdf"))(pdf)

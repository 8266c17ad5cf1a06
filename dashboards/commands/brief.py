"""``bureau brief``: the leader's brief on a stored run."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from dashboards.commands.options import LangOption, RunArgument, both

AsOfOption = Annotated[
    str | None, typer.Option("--as-of", metavar="DATE", help=both("option.as-of"))
]
BeforeOption = Annotated[
    str | None, typer.Option("--before", metavar="RUN", help=both("option.before"))
]
ComparedOption = Annotated[Path | None, typer.Option("--compared", help=both("option.compared"))]
DriversOption = Annotated[Path | None, typer.Option("--drivers", help=both("option.known-drivers"))]
AllocationOption = Annotated[
    Path | None, typer.Option("--allocation", help=both("option.known-allocation"))
]
PaperOutOption = Annotated[Path | None, typer.Option("--out", help=both("option.paper-out"))]
PaperForceOption = Annotated[bool, typer.Option("--force", help=both("option.paper-force"))]


def brief(
    run: RunArgument,
    as_of: AsOfOption = None,
    before: BeforeOption = None,
    compared: ComparedOption = None,
    drivers: DriversOption = None,
    allocation: AllocationOption = None,
    file_format: Annotated[
        Literal["docx", "pdf"], typer.Option("--format", help=both("option.format"))
    ] = "docx",
    out: PaperOutOption = None,
    force: PaperForceOption = False,
    lang: LangOption = "zh",
) -> None:
    """Write the brief: one page, at most two."""
    from dashboards.commands.failing import failing_in_words
    from dashboards.commands.papers import Wanted, write

    with failing_in_words(lang, as_json=False):
        wanted = Wanted(
            run,
            "brief",
            lang,
            as_of,
            before=before,
            compared=compared,
            drivers=drivers,
            allocation=allocation,
        )
        write(wanted, file_format, out, force=force)

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
        Literal["docx", "pdf"] | None, typer.Option("--format", help=both("option.format"))
    ] = None,
    ledger: Annotated[
        Path | None,
        typer.Option("--ledger", help=both("option.brief-ledger"), show_default=False),
    ] = None,
    variant: Annotated[
        Literal["half-month", "month", "quarter"] | None,
        typer.Option("--variant", help=both("option.brief-variant"), show_default=False),
    ] = None,
    out: PaperOutOption = None,
    force: PaperForceOption = False,
    lang: LangOption = "zh",
) -> None:
    """Write the brief: one page, at most two; with a ledger, the half-month brief."""
    from dashboards.commands.failing import failing_in_words
    from dashboards.commands.half_month import Asked, half_month
    from dashboards.commands.papers import Wanted, write
    from dashboards.runs import RunError

    with failing_in_words(lang, as_json=False):
        if ledger is not None:
            others = {
                "--before": before,
                "--compared": compared,
                "--drivers": drivers,
                "--allocation": allocation,
                "--format": file_format,
            }
            for option, value in others.items():
                if value is not None:
                    raise RunError("halfmonth.not-with-ledger", usage=True, option=option)
            asked = Asked(run, ledger, as_of, variant or "half-month", lang)
            half_month(asked, out, force=force)
            return
        if variant is not None:
            raise RunError("halfmonth.needs-ledger", usage=True, option="--variant")
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
        write(wanted, file_format or "docx", out, force=force)

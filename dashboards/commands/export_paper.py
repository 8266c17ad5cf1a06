"""``bureau export docx`` and ``bureau export pdf``: papers of a stored run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from dashboards.commands.brief import (
    AllocationOption,
    AsOfOption,
    BeforeOption,
    ComparedOption,
    DriversOption,
    PaperForceOption,
    PaperOutOption,
)
from dashboards.commands.options import LangOption, RunArgument, both
from dashboards.commands.papers import Format, Kind, Wanted

if TYPE_CHECKING:
    from pathlib import Path

PaperOption = Annotated[Kind, typer.Option("--paper", help=both("option.paper"))]
BureauOption = Annotated[str | None, typer.Option("--bureau", help=both("option.paper-bureau"))]
VisitOption = Annotated[str | None, typer.Option("--visit", help=both("option.paper-visit"))]
PeriodOption = Annotated[str | None, typer.Option("--period", help=both("option.paper-period"))]


def docx(
    run: RunArgument,
    paper: PaperOption,
    as_of: AsOfOption = None,
    bureau: BureauOption = None,
    visit: VisitOption = None,
    period: PeriodOption = None,
    before: BeforeOption = None,
    compared: ComparedOption = None,
    drivers: DriversOption = None,
    allocation: AllocationOption = None,
    out: PaperOutOption = None,
    force: PaperForceOption = False,
    lang: LangOption = "zh",
) -> None:
    """Write a paper as Word file."""
    wanted = Wanted(
        run, paper, lang, as_of, before, compared, drivers, allocation, bureau, visit, period
    )
    _write(wanted, "docx", out, force)


def pdf(
    run: RunArgument,
    paper: PaperOption,
    as_of: AsOfOption = None,
    bureau: BureauOption = None,
    visit: VisitOption = None,
    period: PeriodOption = None,
    before: BeforeOption = None,
    compared: ComparedOption = None,
    drivers: DriversOption = None,
    allocation: AllocationOption = None,
    out: PaperOutOption = None,
    force: PaperForceOption = False,
    lang: LangOption = "zh",
) -> None:
    """Write a paper as PDF."""
    wanted = Wanted(
        run, paper, lang, as_of, before, compared, drivers, allocation, bureau, visit, period
    )
    _write(wanted, "pdf", out, force)


def _write(wanted: Wanted, made: Format, out: Path | None, force: bool) -> None:
    from dashboards.commands.failing import failing_in_words
    from dashboards.commands.papers import write

    with failing_in_words(wanted.lang, as_json=False):
        write(wanted, made, out, force=force)

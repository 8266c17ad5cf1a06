"""``bureau compare``: two or more scenarios, plans or runs in the same futures."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dashboards.commands.options import (
    JsonOption,
    LangOption,
    SeedOption,
    TimeLimitOption,
    WorkersOption,
    both,
)

if TYPE_CHECKING:
    from dashboards.runs import Run
    from scenarios.model import Scenario

MOST = 8


def compare(
    sides: Annotated[
        list[str],
        typer.Argument(
            metavar="A B [C...]", help=both("option.sides", most=MOST), show_default=False
        ),
    ],
    workers: WorkersOption,
    plan: Annotated[
        str | None,
        typer.Option("--plan", metavar="RUN", help=both("option.compare-plan"), show_default=False),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help=both("option.compare-out"), show_default=False)
    ] = None,
    force: Annotated[bool, typer.Option("--force", help=both("option.compare-force"))] = False,
    futures: Annotated[
        int,
        typer.Option("-n", "--futures", min=2, max=1_000_000, help=both("option.compare-futures")),
    ] = 1000,
    seed: SeedOption = 1,
    time_limit: TimeLimitOption = 30.0,
    grouped: Annotated[bool, typer.Option("--grouped", help=both("option.grouped"))] = False,
    everything: Annotated[bool, typer.Option("--all", help=both("option.all"))] = False,
    delta_probability: Annotated[
        float,
        typer.Option(
            "--delta-probability", min=0.01, max=100, help=both("option.delta-probability")
        ),
    ] = 2.0,
    delta_score: Annotated[
        float, typer.Option("--delta-score", min=0.001, max=100, help=both("option.delta-score"))
    ] = 1.0,
    delta_yuan: Annotated[
        float, typer.Option("--delta-yuan", min=1, help=both("option.delta-yuan"))
    ] = 10_000.0,
    lang: LangOption = "zh",
    as_json: JsonOption = False,
) -> None:
    """Compare in the same futures: the first side is what the others are held against."""
    from dashboards.commands.failing import Exit, failing_in_words
    from dashboards.commands.pool import Pool
    from dashboards.commands.sides import given_by, planned
    from dashboards.commands.work import working
    from dashboards.comparison import comparison_screen
    from dashboards.runs import RunError, find_run
    from dashboards.store import check_comparison_free, write_comparison
    from dashboards.terminal import out as console
    from dashboards.terminal import print_json
    from dashboards.texts import t
    from sim.difference import Margins

    with failing_in_words(lang, as_json):
        if not 2 <= len(sides) <= MOST:
            raise RunError("compare.number", usage=True, found=len(sides), most=MOST)
        given = [given_by(name) for name in sides]
        _expect_common(given)
        stored = find_run(plan) if plan is not None else None
        if out is not None:
            check_comparison_free(out, force=force)
        margins = Margins(delta_probability / 100, delta_score, delta_yuan)
        with working(lang) as work:
            made = planned(given, stored, work, time_limit, Pool(workers), lang)
            lines = [line for _, line in made]
            found = work.compare(
                [side for side, _ in made],
                n=futures,
                seed=seed,
                workers=workers,
                margins=margins,
                grouped=grouped,
            )
        content = found.to_json()
        file = None if out is None else write_comparison(out, content, force=force)
        if as_json:
            print_json(content)
        else:
            own = version("bureau-planner")
            elapsed_s = sum(work.seconds.values())
            console().print(
                comparison_screen(
                    found, lines, lang, everything=everything, version=own, elapsed_s=elapsed_s
                )
            )
            if file is not None:
                console().print(t("compare.file", lang, file=file), soft_wrap=True)
    if found.stopped_early:
        raise typer.Exit(Exit.INTERRUPTED)
    if any(line.violated for line in lines):
        raise typer.Exit(Exit.CHECK_FAILED)


def _expect_common(given: list[Scenario | Run]) -> None:
    from dashboards.runs import Run, RunError
    from sim.comparison import NothingCommonError, expect_common, letter

    try:
        expect_common([one.scenario if isinstance(one, Run) else one for one in given])
    except NothingCommonError as error:
        named = {"found": ", ".join(error.found), "allowed": ", ".join(error.allowed)}
        side = letter(error.place)
        raise RunError("compare.other-bureaus", usage=True, side=side, **named) from error

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
    from dashboards.commands.work import Work
    from dashboards.comparison import SideLine
    from dashboards.runs import Run
    from planner.plan import Plan
    from scenarios.model import Scenario
    from scenarios.part import Lang
    from sim.side import Side

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
        given = [_given(name) for name in sides]
        _expect_common(given)
        stored = find_run(plan) if plan is not None else None
        if out is not None:
            check_comparison_free(out, force=force)
        margins = Margins(delta_probability / 100, delta_score, delta_yuan)
        with working(lang) as work:
            made = _planned(given, stored, work, time_limit, workers, lang)
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


def _given(name: str) -> Scenario | Run:
    """Return the scenario or the run a person named.

    Raises
    ------
    RunError
        When it is neither.
    """
    from dashboards.runs import RunError, find_run, runs_root
    from scenarios.library import SCENARIO_FILE, shipped
    from scenarios.load import load_scenario

    if name in shipped():
        return load_scenario(name)
    path = Path(name)
    if any((place / "run.json").is_file() for place in (path, runs_root() / name)):
        return find_run(name)
    if path.is_file() or (path / SCENARIO_FILE).is_file():
        return load_scenario(name)
    known = {"shipped": ", ".join(shipped()), "runs": runs_root()}
    raise RunError("compare.unknown", usage=True, found=name, **known)


def _expect_common(given: list[Scenario | Run]) -> None:
    from dashboards.runs import Run, RunError
    from sim.comparison import NothingCommonError, expect_common, letter

    try:
        expect_common([one.scenario if isinstance(one, Run) else one for one in given])
    except NothingCommonError as error:
        named = {"found": ", ".join(error.found), "allowed": ", ".join(error.allowed)}
        side = letter(error.place)
        raise RunError("compare.other-bureaus", usage=True, side=side, **named) from error


def _planned(
    given: list[Scenario | Run],
    stored: Run | None,
    work: Work,
    time_limit_s: float,
    workers: int,
    lang: Lang,
) -> list[tuple[Side, SideLine]]:
    """Give every scenario a plan: its run's, that of ``--plan``, or one made now.

    Scenarios that differ in nothing a plan depends on share one, made once.

    Raises
    ------
    RunError
        When the plan of ``--plan`` cannot serve a scenario.
    """
    from dashboards.commands.pool import Pool
    from dashboards.comparison import SideLine
    from dashboards.runs import Run
    from dashboards.texts import t
    from planner.audit import violations
    from sim.comparison import letter
    from sim.side import Side, carried_over, planning_hash

    plans: dict[str, tuple[Plan, str]] = {}
    found = []
    for place, one in enumerate(given):
        if isinstance(one, Run):
            scenario, plan = one.scenario, one.plan
            said = t("compare.plan.run", lang, run=one.id)
        else:
            scenario, key = one, planning_hash(one)
            if stored is not None:
                plan, said = _of_run(stored, scenario, key, lang)
            elif key in plans:
                plan, first = plans[key]
                said = t("compare.plan.same", lang, letter=first)
            else:
                plan = work.plan(
                    scenario, time_limit_s=time_limit_s, pool=Pool(workers), fast=False
                )
                if work.stop():
                    # Of the other sides there is no plan yet: nothing can be compared.
                    raise KeyboardInterrupt
                plans[key] = (plan, letter(place))
                said = t("compare.plan.made", lang, effort=f"{time_limit_s:g}")
            plan = carried_over(plan, scenario)
        broken = len(violations(work.audit(scenario, plan)))
        found.append((Side(scenario, plan), SideLine(said, broken)))
    return found


def _of_run(stored: Run, scenario: Scenario, key: str, lang: Lang) -> tuple[Plan, str]:
    from dashboards.runs import RunError
    from dashboards.texts import t
    from sim.side import planning_hash

    if planning_hash(stored.scenario) != key:
        raise RunError("compare.plan-misfit", usage=True, run=stored.id, scenario=scenario.id)
    return stored.plan, t("compare.plan.run", lang, run=stored.id)

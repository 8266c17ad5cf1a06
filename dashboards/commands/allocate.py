"""``bureau allocate``: how the money should be split, how surely, and what more would buy."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from dashboards.commands.options import (
    ClusterOption,
    JsonOption,
    LangOption,
    SeedOption,
    TimeLimitOption,
    WorkersOption,
    both,
)
from scenarios.part import Lang

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dashboards.commands.pool import Pool
    from dashboards.commands.work import Work
    from dashboards.proposal import Proposal
    from dashboards.runs import Run
    from scenarios.model import Scenario
    from scenarios.part import Text
    from sim.allocation import Allocation, Search
    from sim.difference import Difference
    from sim.flips import Flip
    from sim.grid import Bounds, Grid, Split
    from sim.side import Side

MOST_CASES: Final = 8

MOST_LEVELS: Final = 5_000
"""Budgets of a bureau that can be searched."""

MOST_CELLS: Final = 10_000_000
"""Budgets of a bureau times futures that are held at once."""

REACH: Final = 1.25
"""How high budgets go, as a share of the total: the frontier asks what more would buy."""


def allocate(
    target: Annotated[
        str,
        typer.Argument(metavar="TARGET", help=both("option.allocate-target"), show_default=False),
    ],
    workers: WorkersOption,
    plan: Annotated[
        str | None,
        typer.Option(
            "--plan", metavar="RUN", help=both("option.allocate-plan"), show_default=False
        ),
    ] = None,
    aim: Annotated[
        str,
        typer.Option(
            "--aim",
            metavar="targets|bureaus|all|at-least-K|score|ranked-score[:READING]",
            help=both("option.aim"),
        ),
    ] = "targets",
    step: Annotated[int, typer.Option("--step", metavar="YUAN", help=both("option.step"))] = 5_000,
    total: Annotated[
        int | None,
        typer.Option("--total", metavar="YUAN", help=both("option.total"), show_default=False),
    ] = None,
    floor: Annotated[
        list[str] | None,
        typer.Option(
            "--floor", metavar="[BUREAU=]YUAN", help=both("option.floor"), show_default=False
        ),
    ] = None,
    cap: Annotated[
        list[str] | None,
        typer.Option("--cap", metavar="[BUREAU=]YUAN", help=both("option.cap"), show_default=False),
    ] = None,
    fixed: Annotated[
        list[str] | None,
        typer.Option(
            "--fixed", metavar="[BUREAU=]YUAN", help=both("option.fixed"), show_default=False
        ),
    ] = None,
    scenarios: Annotated[
        list[str] | None,
        typer.Option(
            "--scenarios", metavar="SCENARIO", help=both("option.scenarios"), show_default=False
        ),
    ] = None,
    flips: Annotated[bool, typer.Option("--flips/--no-flips", help=both("option.flips"))] = True,
    futures: Annotated[
        int,
        typer.Option("-n", "--futures", min=2, max=100_000, help=both("option.allocate-futures")),
    ] = 500,
    confirm: Annotated[
        int, typer.Option("--confirm", min=2, max=1_000_000, help=both("option.confirm"))
    ] = 2_000,
    tails: Annotated[
        int, typer.Option("--tails", min=1, max=1_024, help=both("option.allocate-tails"))
    ] = 32,
    seed: SeedOption = 1,
    time_limit: TimeLimitOption = 30.0,
    cluster: ClusterOption = None,
    out: Annotated[
        Path | None, typer.Option("--out", help=both("option.allocate-out"), show_default=False)
    ] = None,
    save_scenario: Annotated[
        Path | None,
        typer.Option(
            "--save-scenario", metavar="PATH", help=both("option.save-scenario"), show_default=False
        ),
    ] = None,
    lang: LangOption = "zh",
    as_json: JsonOption = False,
) -> None:
    """Find the best split of the money, and judge it in futures it was not found in."""
    from dashboards.allocation import allocation_screen
    from dashboards.commands.amounts import amounts
    from dashboards.commands.failing import Exit, failing_in_words
    from dashboards.commands.pool import pool
    from dashboards.commands.sides import given_by, planned
    from dashboards.commands.work import working
    from dashboards.frontier import frontier_svg
    from dashboards.runs import Run, RunError, find_run
    from dashboards.store import check_new, write_allocation
    from dashboards.terminal import out as console
    from dashboards.terminal import print_json
    from dashboards.texts import t
    from scenarios.variant import check_variant, write_split
    from sim.aim import parse_aim
    from sim.allocation import Search
    from sim.grid import Bounds

    with failing_in_words(lang, as_json):
        given = [given_by(target), *(given_by(name) for name in scenarios or ())]
        if plan is not None and isinstance(given[0], Run):
            raise RunError("allocate.two-plans", usage=True, run=given[0].id)
        bureaus = _same_bureaus(given)
        options = {"--floor": floor, "--cap": cap, "--fixed": fixed}
        bounds = Bounds(*(amounts(name, own or (), bureaus) for name, own in options.items()))
        # What is asked is read before a plan is made: that takes long.
        for one in given:
            parse_aim(aim, _scenario(one))
        if out is not None:
            check_new(out)
        if save_scenario is not None:
            check_variant(save_scenario)
        stored = find_run(plan) if plan is not None else None
        with working(lang) as work, pool(workers, cluster) as where:
            made = planned(given, stored, work, time_limit, where, lang, run_serves=True)
            sides, lines = [side for side, _ in made], [line for _, line in made]
            searches = [
                Search(parse_aim(aim, side.scenario), grid, seed, futures, tails, confirm_n=confirm)
                for side, grid in zip(sides, _grids(sides, step, total, bounds), strict=True)
            ]
            for search in searches:
                _expect_searchable(search)
            proposal = _proposal(sides, searches, work, where, flips=flips)
        found, content = proposal.found, proposal.to_json()
        if out is not None:
            write_allocation(out, content, proposal.tables(), frontier_svg(found, lang))
        if save_scenario is not None:
            split = dict(zip(bureaus, found.best, strict=True))
            write_split(save_scenario, found.scenario, split, _title(found.scenario, found.best))
        if as_json:
            print_json(content)
        else:
            own, elapsed_s = version("bureau-planner"), sum(work.seconds.values())
            console().print(
                allocation_screen(proposal, lines, lang, version=own, elapsed_s=elapsed_s)
            )
            for key, folder in (("stored", out), ("saved", save_scenario)):
                if folder is not None:
                    console().print(t(f"allocate.{key}", lang, folder=folder), soft_wrap=True)
    if not proposal.complete:
        raise typer.Exit(Exit.INTERRUPTED)
    if any(line.violated for line in lines):
        raise typer.Exit(Exit.CHECK_FAILED)


def _scenario(one: Scenario | Run) -> Scenario:
    from dashboards.runs import Run

    return one.scenario if isinstance(one, Run) else one


def _same_bureaus(given: Sequence[Scenario | Run]) -> tuple[str, ...]:
    """Return the ids of the bureaus, which all cases must share."""
    from dashboards.runs import RunError

    if len(given) > MOST_CASES:
        raise RunError("allocate.many-cases", usage=True, found=len(given), most=MOST_CASES)
    some = [tuple(x.id for x in _scenario(one).organisation.bureaus) for one in given]
    for one, own in zip(given, some, strict=True):
        if own != some[0]:
            raise RunError(
                "allocate.other-bureaus",
                usage=True,
                scenario=_scenario(one).id,
                base=_scenario(given[0]).id,
                found=", ".join(own),
                allowed=", ".join(some[0]),
            )
    return some[0]


def _grids(sides: Sequence[Side], step: int, total: int | None, bounds: Bounds) -> list[Grid]:
    """Lay a grid for each case; all give out the same total."""
    from sim.grid import build_grid

    head = sides[0]
    whole = sum(map(head.plan.budget_of, head.bureaus)) if total is None else total
    return [
        build_grid(
            side.scenario,
            side.plan,
            step_yuan=step,
            total_yuan=whole,
            bounds=bounds,
            most_yuan=int(REACH * whole),
        )
        for side in sides
    ]


def _expect_searchable(search: Search) -> None:
    """Refuse a grid that cannot be searched in reasonable time and memory.

    Raises
    ------
    ScenarioError
        When it has too many budgets.
    """
    from scenarios.faults import Fault, ScenarioError, say

    grid = search.grid
    remedy = say(
        "加大步长，或以 --floor、--cap 收窄", "take a larger step, or narrow --floor and --cap"
    )
    levels = max(grid.n_levels)
    most = min(MOST_LEVELS, MOST_CELLS // search.n)
    if levels > most:
        found = say(
            f"一个局 {levels:,} 个档位 × {search.n:,} 个未来",
            f"{levels:,} budgets of a bureau in {search.n:,} futures",
        )
        allowed = say(f"不超过 {most:,} 个档位", f"up to {most:,} budgets")
        raise ScenarioError([Fault("--step", found, allowed, remedy)])


def _proposal(
    sides: Sequence[Side], searches: Sequence[Search], work: Work, where: Pool, *, flips: bool
) -> Proposal:
    """Search each case, judge each one's best in the others, and look for flips.

    Once stopped, the case asked about stands on the futures that are done, and nothing follows.
    """
    from dashboards.proposal import Proposal, answer_of
    from sim.allocation import frontier_grids
    from sim.flips import flips as flips_of
    from sim.flips import losses, variants_of

    cases: list[Allocation] = []
    for side, search in zip(sides, searches, strict=True):
        totals = () if cases else frontier_grids(search.grid, search.aim)
        case = work.allocate(side.scenario, side.plan, search, frontier=totals, pool=where)
        if cases and work.stop():
            break
        cases.append(case)
    head, found = sides[0], cases[0]
    answer = answer_of(found)
    lost: tuple[tuple[Difference, ...], ...] = ()
    if len(cases) > 1 and not work.stop():
        splits = [answer, *(case.best for case in cases)]
        lost = work.judged("losses", lambda how: losses(cases, splits, how), where)
    others: tuple[Flip, ...] | None = None
    if flips:
        others = ()
        variants = variants_of(head.scenario, searches[0])
        if variants and not work.stop():
            others = work.judged(
                "flips",
                lambda how: flips_of(head.scenario, head.plan, answer, variants, how),
                where,
            )
    complete = not work.stop() and not found.stopped_early
    return Proposal(tuple(cases), lost, others, complete)


def _title(scenario: Scenario, split: Split) -> Text:
    """Return the title of a scenario with another split, which says so."""
    from dashboards.labels import bureau_labels
    from dashboards.texts import t
    from scenarios.part import Text

    def titled(lang: Lang) -> str:
        names = bureau_labels(scenario, lang).values()
        pairs = (f"{name} {yuan:,}" for name, yuan in zip(names, split, strict=True))
        told = t("sign.comma", lang).join(pairs)
        return t("allocate.saved-title", lang, title=scenario.title.get(lang), split=told)

    return Text(zh=titled("zh"), en=titled("en"))

"""``bureau forecast``: how likely each target is, with a stored plan or a new one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from dashboards.commands.options import (
    ClusterOption,
    EngineOption,
    ForceOption,
    ForecastFuturesOption,
    JsonOption,
    KeepOption,
    LangOption,
    OutOption,
    PrecisionOption,
    ScenarioArgument,
    SeedOption,
    TailsOption,
    TimeLimitOption,
    WorkersOption,
    both,
)

if TYPE_CHECKING:
    from planner.plan import Plan
    from scenarios.model import Scenario


def forecast(
    scenario: ScenarioArgument,
    workers: WorkersOption,
    plan: Annotated[
        str | None,
        typer.Option("--plan", metavar="RUN", help=both("option.plan"), show_default=False),
    ] = None,
    out: OutOption = None,
    force: ForceOption = False,
    futures: ForecastFuturesOption = None,
    seed: SeedOption = 1,
    engine: EngineOption = "kernel",
    tails: TailsOption = None,
    precision: PrecisionOption = None,
    keep_outcomes: KeepOption = None,
    time_limit: TimeLimitOption = 30.0,
    cluster: ClusterOption = None,
    lang: LangOption = "zh",
    as_json: JsonOption = False,
) -> None:
    """Forecast a plan made for the scenario."""
    from dashboards.commands.answer import show
    from dashboards.commands.failing import failing_in_words
    from dashboards.commands.pool import pool
    from dashboards.commands.run import run
    from dashboards.commands.simulation import simulation
    from dashboards.commands.work import working
    from dashboards.store import Meta, check_free, default_folder, write_run
    from scenarios.load import load_scenario

    if plan is None:
        run(
            scenario,
            workers,
            out=out,
            force=force,
            futures=futures,
            seed=seed,
            engine=engine,
            tails=tails,
            precision=precision,
            keep_outcomes=keep_outcomes,
            time_limit=time_limit,
            cluster=cluster,
            lang=lang,
            as_json=as_json,
        )
        return
    with failing_in_words(lang, as_json):
        asked = simulation(
            seed=seed,
            futures=futures,
            engine=engine,
            tails=tails,
            precision=precision,
            keep_outcomes=keep_outcomes,
        )
        given = load_scenario(scenario)
        stored = _stored_plan(plan, given)
        inputs = asked.inputs(plan_hash=stored.content_hash)
        folder = out or default_folder(given, inputs)
        check_free(folder, force=force)
        with working(lang) as work, pool(workers, cluster) as where:
            findings = work.audit(given, stored)
            outlook = work.forecast(given, stored, asked, pool=where)
            stopped = work.stop()
        meta = Meta(inputs, work.seconds, where.n_simulating, complete=not stopped)
        written = write_run(folder, given, stored, findings, outlook, meta, force=force)
        code = show(written, lang, as_json)
    raise typer.Exit(code)


def _stored_plan(name: str, scenario: Scenario) -> Plan:
    from dashboards.runs import RunError, find_run

    found = find_run(name)
    if found.head.scenario_hash != scenario.content_hash:
        raise RunError(
            "run.other-scenario",
            usage=True,
            run=found.id,
            found=f"{found.head.scenario_id} {found.head.scenario_hash[:8]}",
            allowed=f"{scenario.id} {scenario.content_hash[:8]}",
        )
    return found.plan

"""``bureau run``: validate, plan, audit, forecast, write the run, print one screen."""

from __future__ import annotations

import typer

from dashboards.commands.options import (
    ClusterOption,
    EngineOption,
    FastOption,
    ForceOption,
    ForecastFuturesOption,
    JsonOption,
    KeepOption,
    LangOption,
    OnLostOption,
    OutOption,
    PrecisionOption,
    ScenarioArgument,
    SeedOption,
    TailsOption,
    TimeLimitOption,
    WorkersOption,
)


def run(
    scenario: ScenarioArgument,
    workers: WorkersOption,
    out: OutOption = None,
    force: ForceOption = False,
    futures: ForecastFuturesOption = None,
    seed: SeedOption = 1,
    engine: EngineOption = "kernel",
    tails: TailsOption = None,
    precision: PrecisionOption = None,
    keep_outcomes: KeepOption = None,
    time_limit: TimeLimitOption = 30.0,
    fast: FastOption = False,
    cluster: ClusterOption = None,
    on_lost: OnLostOption = "finish",
    lang: LangOption = "zh",
    as_json: JsonOption = False,
) -> None:
    """Do the main job and print what a leader reads."""
    from dashboards.commands.answer import show
    from dashboards.commands.failing import failing_in_words
    from dashboards.commands.pool import pool
    from dashboards.commands.simulation import simulation
    from dashboards.commands.work import working
    from dashboards.store import Meta, check_free, default_folder, write_run
    from scenarios.load import load_scenario

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
        inputs = asked.inputs(time_limit_s=time_limit, fast=fast)
        folder = out or default_folder(given, inputs)
        check_free(folder, force=force)
        with (
            working(lang) as work,
            pool(workers, cluster, on_lost=on_lost, work=work) as where,
        ):
            plan = work.plan(given, time_limit_s=time_limit, pool=where, fast=fast)
            findings = work.audit(given, plan)
            stopped = work.stop()
            forecast = None if stopped else work.forecast(given, plan, asked, pool=where)
            stopped = work.stop()
        meta = Meta(inputs, work.seconds, where.n_simulating, complete=not stopped, lost=where.lost)
        stored = write_run(folder, given, plan, findings, forecast, meta, force=force)
        code = show(stored, lang, as_json)
    raise typer.Exit(code)

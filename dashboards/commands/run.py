"""``bureau run``: validate, plan, audit, forecast, write the run, print one screen."""

from __future__ import annotations

import typer

from dashboards.commands.options import (
    ClusterOption,
    FastOption,
    ForceOption,
    FuturesOption,
    JsonOption,
    LangOption,
    OutOption,
    ScenarioArgument,
    SeedOption,
    TimeLimitOption,
    WorkersOption,
)


def run(
    scenario: ScenarioArgument,
    workers: WorkersOption,
    out: OutOption = None,
    force: ForceOption = False,
    futures: FuturesOption = 1000,
    seed: SeedOption = 1,
    time_limit: TimeLimitOption = 30.0,
    fast: FastOption = False,
    cluster: ClusterOption = None,
    lang: LangOption = "zh",
    as_json: JsonOption = False,
) -> None:
    """Do the main job and print what a leader reads."""
    from dashboards.commands.answer import show
    from dashboards.commands.failing import failing_in_words
    from dashboards.commands.pool import pool
    from dashboards.commands.work import working
    from dashboards.runs import Inputs
    from dashboards.store import Meta, check_free, default_folder, write_run
    from scenarios.load import load_scenario

    with failing_in_words(lang, as_json):
        given = load_scenario(scenario)
        inputs = Inputs(seed, futures, time_limit, fast=fast)
        folder = out or default_folder(given, inputs)
        check_free(folder, force=force)
        with working(lang) as work, pool(workers, cluster) as where:
            plan = work.plan(given, time_limit_s=time_limit, pool=where, fast=fast)
            findings = work.audit(given, plan)
            stopped = work.stop()
            forecast = (
                None if stopped else work.forecast(given, plan, n=futures, seed=seed, pool=where)
            )
            stopped = work.stop()
        meta = Meta(inputs, work.seconds, where.n_simulating, complete=not stopped)
        stored = write_run(folder, given, plan, findings, forecast, meta, force=force)
        code = show(stored, lang, as_json)
    raise typer.Exit(code)

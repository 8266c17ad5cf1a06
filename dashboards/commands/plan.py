"""``bureau plan``: who is at post and at home on which days, and who visits when."""

from __future__ import annotations

import typer

from dashboards.commands.options import (
    ClusterOption,
    FastOption,
    ForceOption,
    JsonOption,
    LangOption,
    OnLostOption,
    OutOption,
    ScenarioArgument,
    TimeLimitOption,
    WorkersOption,
)


def plan(
    scenario: ScenarioArgument,
    workers: WorkersOption,
    out: OutOption = None,
    force: ForceOption = False,
    time_limit: TimeLimitOption = 30.0,
    fast: FastOption = False,
    cluster: ClusterOption = None,
    on_lost: OnLostOption = "finish",
    lang: LangOption = "zh",
    as_json: JsonOption = False,
) -> None:
    """Plan and audit, without a forecast."""
    from dashboards.commands.answer import show
    from dashboards.commands.failing import failing_in_words
    from dashboards.commands.pool import pool
    from dashboards.commands.work import working
    from dashboards.runs import Inputs
    from dashboards.store import Meta, check_free, default_folder, write_run
    from scenarios.load import load_scenario

    with failing_in_words(lang, as_json):
        given = load_scenario(scenario)
        inputs = Inputs(seed=None, futures=0, time_limit_s=time_limit, fast=fast)
        folder = out or default_folder(given, inputs)
        check_free(folder, force=force)
        with (
            working(lang) as work,
            pool(workers, cluster, on_lost=on_lost, work=work) as where,
        ):
            made = work.plan(given, time_limit_s=time_limit, pool=where, fast=fast)
            findings = work.audit(given, made)
            stopped = work.stop()
        meta = Meta(inputs, work.seconds, workers, complete=not stopped, lost=where.lost)
        written = write_run(folder, given, made, findings, None, meta, force=force)
        code = show(written, lang, as_json)
    raise typer.Exit(code)

"""``bureau forecast``: how likely each target is, with a stored plan or a new one."""

from __future__ import annotations

from dataclasses import dataclass
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
    OnLostOption,
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
    from dashboards.commands.pool import Pool
    from dashboards.commands.work import Work
    from dashboards.runs import Inputs
    from planner.audit import Finding
    from planner.plan import Plan
    from scenarios.model import Scenario


def forecast(
    scenario: ScenarioArgument,
    workers: WorkersOption,
    plan: Annotated[
        str | None,
        typer.Option("--plan", metavar="RUN", help=both("option.plan"), show_default=False),
    ] = None,
    reuse: Annotated[
        bool, typer.Option("--reuse/--no-reuse", help=both("option.reuse"), show_default=False)
    ] = True,
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
    on_lost: OnLostOption = "finish",
    lang: LangOption = "zh",
    as_json: JsonOption = False,
) -> None:
    """Forecast a plan made for the scenario."""
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
        stored = None if plan is None else _stored_plan(plan, given)
        inputs = (
            asked.inputs(time_limit_s=time_limit)
            if stored is None
            else asked.inputs(plan_hash=stored.content_hash)
        )
        folder = out or default_folder(given, inputs)
        check_free(folder, force=force)
        with (
            working(lang) as work,
            pool(workers, cluster, on_lost=on_lost, work=work) as where,
        ):
            made = (
                _planned(given, inputs, work, where, reuse=reuse)
                if stored is None
                else Planned(stored, work.audit(given, stored))
            )
            outlook = None if work.stop() else work.forecast(given, made.plan, asked, pool=where)
            stopped = work.stop()
        meta = Meta(
            inputs,
            work.seconds,
            where.n_simulating,
            complete=not stopped,
            plan_from=made.reused_from,
            lost=where.lost,
        )
        written = write_run(folder, given, made.plan, made.findings, outlook, meta, force=force)
        code = show(written, lang, as_json)
    raise typer.Exit(code)


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan with its audit, and the run it was taken from where nobody named one."""

    plan: Plan
    findings: tuple[Finding, ...]
    reused_from: str | None = None


def _planned(scenario: Scenario, asked: Inputs, work: Work, where: Pool, *, reuse: bool) -> Planned:
    """Plan a scenario: by what the run store holds, where that passes the audit, or anew."""
    from dashboards.reuse import reusable
    from planner.audit import violations

    for run in reusable(scenario, asked) if reuse else ():
        findings = work.audit(scenario, run.plan)
        if not violations(findings):
            return Planned(run.plan, findings, run.id)
    made = work.plan(scenario, time_limit_s=asked.time_limit_s or 0, pool=where, fast=False)
    return Planned(made, work.audit(scenario, made))


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

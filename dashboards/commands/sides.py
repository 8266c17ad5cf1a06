"""Sides as people name them: scenarios and stored runs, each with a plan."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dashboards.commands.pool import Pool
    from dashboards.commands.work import Work
    from dashboards.comparison import SideLine
    from dashboards.runs import Run
    from planner.plan import Plan
    from scenarios.model import Scenario
    from scenarios.part import Lang
    from sim.side import Side


def given_by(name: str) -> Scenario | Run:
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


def planned(
    given: Sequence[Scenario | Run],
    stored: Run | None,
    work: Work,
    time_limit_s: float,
    pool: Pool,
    lang: Lang,
    *,
    run_serves: bool = False,
) -> list[tuple[Side, SideLine]]:
    """Give every scenario a plan: its run's, that of ``--plan``, or one made now.

    Scenarios that differ in nothing a plan depends on share one, made once; with ``run_serves``
    the plan of a run is such a one, too.

    Raises
    ------
    RunError
        When the plan of ``--plan`` cannot serve a scenario.
    """
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
            if run_serves:
                plans.setdefault(planning_hash(scenario), (plan, letter(place)))
        else:
            scenario, key = one, planning_hash(one)
            if stored is not None:
                plan, said = _of_run(stored, scenario, key, lang)
            elif key in plans:
                plan, first = plans[key]
                said = t("compare.plan.same", lang, letter=first)
            else:
                plan = work.plan(scenario, time_limit_s=time_limit_s, pool=pool, fast=False)
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

"""Plans the run store holds already: solved again they would come out the same."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from dashboards.runs import Head, Inputs, Run, RunError, list_runs, runs_root, sha256
from dashboards.store import planning_code, versions
from scenarios.model import Scenario

PLANNING: Final = ("bureau-planner", "ortools")
"""Packages whose versions decide what plan comes out; where it was solved decides nothing."""


def reusable(scenario: Scenario, asked: Inputs) -> Iterator[Run]:
    """Yield runs whose plan is the one that solving a scenario would give, newest first.

    They solved the same scenario by the same code and versions with the same counted effort, and
    nobody stopped them. Runs that are damaged, or whose plan was altered, are passed over.

    Parameters
    ----------
    scenario
        What is to be planned.
    asked
        What decides the content of the run that wants a plan.
    """
    ours, code = versions(), planning_code()
    for run in list_runs(runs_root()).runs:
        if (
            run.head.scenario_hash == scenario.content_hash
            and _solved_alike(run.head, asked)
            and run.head.planning_code == code
            and all(run.head.versions.get(name) == ours[name] for name in PLANNING)
            and _readable(run)
        ):
            yield run


def _solved_alike(head: Head, asked: Inputs) -> bool:
    """Whether a run solved with the effort asked for, counted and to its end."""
    own = head.inputs
    return (
        head.complete
        and own.plan_hash is None
        and own.time_limit_s == asked.time_limit_s
        and not own.fast
        and not asked.fast
    )


def _readable(run: Run) -> bool:
    """Whether the plan is what was written, what the solver said of it included."""
    try:
        written = sha256((run.folder / "plan.json").read_bytes())
        return written == run.head.files["plan.json"] and bool(run.plan)
    except (RunError, KeyError, OSError):
        return False

"""The answer of a command that stores a run: one screen, or the same facts as JSON."""

from __future__ import annotations

from typing import Any

from dashboards.runs import Run
from dashboards.screen import screen
from dashboards.terminal import out, print_json
from dashboards.verdict import verdict_of
from scenarios.part import Lang


def show(run: Run, lang: Lang, as_json: bool) -> None:
    """Print a stored run on stdout."""
    if as_json:
        print_json(facts(run))
    else:
        out().print(screen(run, lang))


def facts(run: Run) -> dict[str, Any]:
    """Return what the screen says, as plain data."""
    verdict, head = verdict_of(run), run.head
    return {
        "run": str(run.folder),
        "scenario": {"id": head.scenario_id, "hash": head.scenario_hash},
        "plan": {
            "hash": head.plan_hash,
            "leaves": len(run.plan.leaves),
            "visits": len(run.plan.visits),
            "unplaced": len(run.plan.unplaced),
            "levels": [
                {"aim": x.aim, "value": x.value, "bound": x.bound, "proven": x.proven}
                for x in head.levels
            ],
        },
        "audit": {
            "checked": verdict.checked,
            "violated": verdict.violated,
            "slack_days": verdict.slack_days,
        },
        "complete": head.complete,
        "forecast": run.forecast if run.has_forecast else None,
        "seconds": dict(head.seconds),
    }

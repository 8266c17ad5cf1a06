"""The answer of a command that stores a run: one screen, or the same facts as JSON."""

from __future__ import annotations

from typing import Any

from dashboards.checks import checks, presence, spare, tally
from dashboards.commands.failing import Exit
from dashboards.runs import Run
from dashboards.screen import screen
from dashboards.terminal import out, print_json
from planner.plan import groups_of
from scenarios.part import Lang


def show(run: Run, lang: Lang, as_json: bool) -> Exit:
    """Print a stored run on stdout and return the exit code it stands for."""
    if as_json:
        print_json(facts(run))
    else:
        console = out()
        console.print(screen(run, lang, console.width))
    if not run.head.complete and run.head.lost != "stop":
        return Exit.INTERRUPTED
    return Exit.CHECK_FAILED if tally(checks(run.audit))["violated"] else Exit.DONE


def facts(run: Run) -> dict[str, Any]:
    """Return what the screen says, as plain data."""
    found, head, plan = checks(run.audit), run.head, run.plan
    counts = tally(found)
    return {
        "run": str(run.folder),
        "scenario": {"id": head.scenario_id, "hash": head.scenario_hash},
        "plan": {
            "hash": head.plan_hash,
            "leaves": len(plan.leaves),
            "visits": len(groups_of(plan.visits)),
            "companies": sum(len(visit.companies) for visit in plan.visits),
            "unplaced": len(plan.unplaced),
            "trips": len(plan.trips),
            "reused_from": head.plan_from,
            "levels": [
                {"aim": x.aim, "value": x.value, "bound": x.bound, "proven": x.proven}
                for x in head.levels
            ],
        },
        "audit": {
            "checked": len(found),
            "violated": counts["violated"],
            "noted": counts["note"],
            "slack_days": min(map(spare, presence(found)), default=None),
        },
        "complete": head.complete,
        "lost": head.lost,
        "fast": head.inputs.fast,
        "forecast": run.forecast if run.has_forecast else None,
        "seconds": dict(head.seconds),
    }

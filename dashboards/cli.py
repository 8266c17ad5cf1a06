"""The command line: ``bureau``."""

from __future__ import annotations

import gc
from importlib.metadata import version
from typing import Annotated, Final

import typer

from dashboards.commands import export, feed, ledger, scenario
from dashboards.commands.allocate import allocate
from dashboards.commands.audit import audit
from dashboards.commands.brief import brief
from dashboards.commands.calibrate import calibrate
from dashboards.commands.check_edit import check_edit
from dashboards.commands.compare import compare
from dashboards.commands.dashboard import dashboard
from dashboards.commands.doctor import doctor
from dashboards.commands.drivers import drivers
from dashboards.commands.explain import explain
from dashboards.commands.forecast import forecast
from dashboards.commands.nowcast import nowcast
from dashboards.commands.options import both
from dashboards.commands.plan import plan
from dashboards.commands.publish import publish
from dashboards.commands.recommend import recommend
from dashboards.commands.replan import replan
from dashboards.commands.rules import rules
from dashboards.commands.run import run
from dashboards.commands.scores import scores
from dashboards.commands.stress import stress
from dashboards.commands.why import why
from dashboards.jobsink import attend

COLLECT_AFTER: Final = (50_000, 20, 100)
"""Thresholds of Python's garbage collector, many times its own."""

app = typer.Typer(
    name="bureau",
    help=both("help.bureau"),
    epilog=both("help.exits"),
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
_COMMANDS = (
    run,
    plan,
    audit,
    forecast,
    drivers,
    stress,
    compare,
    allocate,
    explain,
    replan,
    why,
    recommend,
    check_edit,
    publish,
    calibrate,
    nowcast,
    scores,
    rules,
    brief,
    dashboard,
    doctor,
)
for _command in _COMMANDS:
    _name = _command.__name__.replace("_", "-")
    app.command(_name, help=both(f"help.{_name}"))(_command)
app.add_typer(scenario.app, name="scenario")
app.add_typer(ledger.app, name="ledger")
app.add_typer(export.app, name="export")
app.add_typer(feed.app, name="feed")
app.add_typer(export.app, name="export")


@app.callback()
def bureau(
    show_version: Annotated[
        bool, typer.Option("--version", help=both("option.version"), is_eager=True)
    ] = False,
) -> None:
    """Answer ``--version`` before any command."""
    if show_version:
        typer.echo(version("bureau-planner"))
        raise typer.Exit


def main() -> None:
    """Run the command line."""
    # Loading libraries makes half a million objects that stay: looking through them again and again
    # for garbage would take a fifth of the time a short command needs.
    gc.set_threshold(*COLLECT_AFTER)
    attend()
    app()

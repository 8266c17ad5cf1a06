"""``bureau scores``: were a run's forecasts right, and do they get better."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dashboards.commands.options import JsonOption, LangOption, RunArgument, both

if TYPE_CHECKING:
    from datetime import date

    from scenarios.calendar import Horizon


def scores(
    run: RunArgument,
    ledger: Annotated[Path, typer.Argument(metavar="LEDGER", help=both("option.ledger"))],
    as_of: Annotated[
        str | None,
        typer.Option(
            "--as-of", metavar="DATE", help=both("option.scores-as-of"), show_default=False
        ),
    ] = None,
    lang: LangOption = "zh",
    as_json: JsonOption = False,
) -> None:
    """Hold the forecast made before the year and every stored nowcast against what came."""
    from dashboards.commands.failing import failing_in_words
    from dashboards.ledgers import open_ledger
    from dashboards.nowcasts import stored
    from dashboards.runs import RunError, find_run
    from dashboards.terminal import err, out, print_json
    from dashboards.texts import t
    from dashboards.verdictwords import words
    from sim.verdict import verdict

    with failing_in_words(lang, as_json):
        given = find_run(run)
        day = _day(as_of, given.scenario.horizon)
        read = open_ledger(ledger, given.scenario, day)
        if read.faults:
            err().print(t("calibrate.faults", lang, n=len(read.faults), folder=ledger))
        forecasts = list(stored(given.folder).values())
        if given.has_forecast:
            forecasts.append(given.forecast)
        found = verdict(given.scenario, read, day, forecasts)
        if found.targets.empty:
            raise RunError("scores.none", usage=True, run=run, day=day)
        if as_json:
            print_json({**found.to_json(), "faults": len(read.faults)})
            return
        for line in words(found, given.scenario, read, lang):
            out().print(line, soft_wrap=True)


def _day(text: str | None, horizon: Horizon) -> date:
    """Return the day from which to look back: from the year's first day on, its end may be past.

    Raises
    ------
    RunError
        When it is no date, or lies before the year.
    """
    from datetime import date

    from dashboards.runs import RunError

    try:
        day = date.today() if text is None else date.fromisoformat(text)
    except ValueError:
        raise RunError("ask.form", usage=True, found=text, allowed="2023-05-03") from None
    if day < horizon.start:
        raise RunError("scores.before", usage=True, found=day, first=horizon.start)
    return day

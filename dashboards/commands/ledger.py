"""``bureau ledger``: start a ledger of what really happened, check, convert, or make one up."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from dashboards.commands.options import (
    JsonOption,
    LangOption,
    RunArgument,
    ScenarioArgument,
    SeedOption,
    both,
)
from scenarios.part import Lang

if TYPE_CHECKING:
    from datetime import date

    from scenarios.calendar import Horizon
    from scenarios.ledger import Ledger
    from scenarios.ledger.standing import Standing
    from scenarios.ledger.weekly import Item
    from scenarios.model import Scenario

MOST_LINES: Final = 40
"""Lines shown of one kind; ``--json`` has them all."""

app = typer.Typer(no_args_is_help=True, help=both("help.ledger"))


@app.command(help=both("help.ledger.new"))
def new(
    ledger: Annotated[Path, typer.Argument(metavar="LEDGER", help=both("option.ledger"))],
    lang: LangOption = "zh",
) -> None:
    """Make an empty ledger in the form its name says."""
    from dashboards.commands.failing import failing_in_words
    from dashboards.runs import RunError
    from dashboards.terminal import out
    from dashboards.texts import t
    from scenarios.ledger import TABLES
    from scenarios.ledger.forms import make

    with failing_in_words(lang, as_json=False):
        try:
            make(ledger, {}, lang=lang)
        except FileExistsError:
            raise RunError("ledger.exists", usage=True, folder=ledger) from None
        out().print(t("ledger.made", lang, folder=ledger, n=len(TABLES)), soft_wrap=True)


@app.command(help=both("help.ledger.convert"))
def convert(
    source: Annotated[Path, typer.Argument(metavar="FROM", help=both("option.ledger-from"))],
    target: Annotated[Path, typer.Argument(metavar="TO", help=both("option.ledger-to"))],
    lang: LangOption = "zh",
) -> None:
    """Write a ledger in another form, every row as it was written."""
    from dashboards.commands.failing import failing_in_words
    from dashboards.ledgers import expect_ledger
    from dashboards.runs import RunError
    from dashboards.terminal import out
    from dashboards.texts import t
    from scenarios.ledger import forms

    with failing_in_words(lang, as_json=False):
        expect_ledger(source)
        try:
            n = forms.convert(source, target, lang=lang)
        except FileExistsError:
            raise RunError("ledger.exists", usage=True, folder=target) from None
        said = t("ledger.converted", lang, source=source, target=target, rows=n)
        out().print(said, soft_wrap=True)


@app.command(help=both("help.ledger.check"))
def check(
    folder: Annotated[Path, typer.Argument(metavar="LEDGER", help=both("option.ledger"))],
    scenario: ScenarioArgument,
    as_of: Annotated[
        str | None, typer.Option("--as-of", help=both("option.ledger-as-of"), show_default=False)
    ] = None,
    lang: LangOption = "zh",
    as_json: JsonOption = False,
) -> None:
    """List what is wrong, odd or to do in a ledger, and where the bureaus stand."""
    from datetime import date

    from dashboards.commands.failing import Exit, failing_in_words
    from dashboards.ledgers import expect_ledger
    from dashboards.runs import RunError
    from dashboards.terminal import out, print_json
    from scenarios.ledger import read_ledger
    from scenarios.ledger.standing import standing
    from scenarios.ledger.weekly import weekly_check
    from scenarios.load import load_scenario

    with failing_in_words(lang, as_json):
        given = load_scenario(scenario)
        expect_ledger(folder)
        try:
            day = date.today() if as_of is None else date.fromisoformat(as_of)
        except ValueError:
            raise RunError("ask.form", usage=True, found=as_of, allowed="2023-05-03") from None
        ledger = read_ledger(folder, given, today=max(day, date.today()))
        known = ledger.as_of(day)
        # Where a table is missing, what is to do and where one stands would be wrong.
        whole = not ledger.unreadable
        items = weekly_check(known, given, day) if whole else ()
        stands = standing(known, given, day) if whole else None
        if as_json:
            print_json(_facts(ledger, known, items, given) | _standing(stands))
        else:
            for line in _lines(ledger, known, items, stands, given, lang):
                out().print(line, soft_wrap=True)
    if ledger.faults:
        raise typer.Exit(Exit.CHECK_FAILED)


@app.command(help=both("help.ledger.demo"))
def demo(
    folder: Annotated[Path, typer.Argument(metavar="LEDGER", help=both("option.ledger"))],
    run: RunArgument,
    seed: SeedOption = 2023,
    until: Annotated[
        str | None,
        typer.Option(
            "--until", metavar="DATE", help=both("option.ledger-until"), show_default=False
        ),
    ] = None,
    lang: LangOption = "zh",
) -> None:
    """Make up the ledger of a year that the simulator lived through under a run's plan."""
    from dashboards.commands.failing import failing_in_words
    from dashboards.runs import RunError, find_run
    from dashboards.terminal import out
    from dashboards.texts import t
    from sim.demo import Noise, ledger_of
    from sim.demo.files import write
    from sim.hidden import hidden_year

    with failing_in_words(lang, as_json=False):
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise RunError("ledger.not-empty", usage=True, folder=folder)
        given = find_run(run)
        day = _until(until, given.scenario.horizon)
        hidden = hidden_year(given.scenario, given.plan, seed=seed)
        ledger = ledger_of(given.scenario, given.plan, hidden, Noise())
        n = write(folder, ledger, day)
        said = t("ledger.demo", lang, folder=folder, rows=n, until=day, scenario=given.scenario.id)
        out().print(said, soft_wrap=True)


def _until(text: str | None, horizon: Horizon) -> date:
    """Return the last day of record wanted: by default the horizon's last."""
    from datetime import date

    from dashboards.runs import RunError

    if text is None:
        return horizon.end
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise RunError("ask.form", usage=True, found=text, allowed="2023-05-03") from None
    if not horizon.start <= day <= horizon.end:
        raise RunError("ledger.until", usage=True, found=day, first=horizon.start, last=horizon.end)
    return day


def _lines(
    ledger: Ledger,
    known: Ledger,
    items: tuple[Item, ...],
    stands: Standing | None,
    scenario: Scenario,
    lang: Lang,
) -> list[str]:
    """Say what was read, what is wrong, odd and to do, and where the bureaus stand."""
    from dashboards.labels import subject_labels
    from dashboards.texts import t

    labels = subject_labels(scenario, lang)
    said = {
        "faults": [fault.text(lang) for fault in ledger.faults],
        "remarks": [remark.text(lang) for remark in known.remarks],
        "items": [item.text(lang, labels) for item in items],
    }
    counts = {name: len(lines) for name, lines in said.items()}
    found = [t("ledger.read", lang, rows=ledger.n_rows, as_of=known.cut, **counts)]
    for name, lines in said.items():
        if lines:
            found.append(t(f"ledger.{name}", lang, n=len(lines)))
            found += [f"  {line}" for line in lines[:MOST_LINES]]
        if len(lines) > MOST_LINES:
            found.append(t("ledger.more", lang, n=len(lines) - MOST_LINES))
    if stands is None:
        return [*found, t("ledger.stands-not", lang)]
    return found + [t("ledger.stands", lang)] + [f"  {x}" for x in _stands(stands, scenario, lang)]


def _stands(stands: Standing, scenario: Scenario, lang: Lang) -> list[str]:
    """Say where each bureau stands, a line each."""
    from dashboards.format import money
    from dashboards.texts import t

    actuals = stands.actuals
    columns = {
        "signed": actuals.measured("signed_yuan"),
        "funds": actuals.measured("funds_yuan"),
        "spent": stands.spent_yuan.sum(axis=0),
    }
    counts = {
        name: actuals.measured(name)
        for name in ("registered", "inspections", "events", "presence_days", "reports_late")
    }
    return [
        t(
            "ledger.stand",
            lang,
            bureau=bureau.name.get(lang),
            **{name: money(float(values[i]), lang) for name, values in columns.items()},
            **{name: f"{values[i]:g}" for name, values in counts.items()},
        )
        for i, bureau in enumerate(scenario.organisation.bureaus)
    ]


def _facts(
    ledger: Ledger, known: Ledger, items: tuple[Item, ...], scenario: Scenario
) -> dict[str, Any]:
    return {
        "as_of": known.cut and known.cut.isoformat(),
        "rows": {name: len(table) for name, table in ledger.tables.items()},
        "faults": [
            {
                "where": x.where,
                "found": x.found.model_dump(),
                "allowed": x.allowed.model_dump(),
                "remedy": x.remedy and x.remedy.model_dump(),
            }
            for x in ledger.faults
        ],
        "remarks": [
            {
                "table": x.table,
                "entry": x.entry,
                "kind": x.kind,
                "used": x.used,
                "said": x.said.model_dump(),
            }
            for x in known.remarks
        ],
        "items": [
            {
                "kind": x.kind,
                "subject": x.subject,
                "day": x.day.isoformat(),
                "said": x.said.model_dump(),
            }
            for x in items
        ],
        "bureaus": [bureau.id for bureau in scenario.organisation.bureaus],
    }


def _standing(stands: Standing | None) -> dict[str, Any]:
    """Return where the bureaus stand; nothing where that cannot be said."""
    if stands is None:
        return {"standing": None}
    actuals = stands.actuals
    measured = {name: getattr(actuals, name).tolist() for name in type(actuals).__slots__}
    return {
        "standing": measured
        | {
            "gross_yuan": stands.gross_yuan.tolist(),
            "fixed_yuan": stands.fixed_yuan.tolist(),
            "spent_yuan": dict(zip(stands.heads, stands.spent_yuan.tolist(), strict=True)),
        },
    }

"""``bureau scenario``: list what ships, start or check one, write its workbook or the schema."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dashboards.commands.options import JsonOption, LangOption, ScenarioArgument, both
from dashboards.texts import t
from scenarios.part import Lang

if TYPE_CHECKING:
    from scenarios.model import Scenario

app = typer.Typer(no_args_is_help=True, help=both("help.scenario"))


@app.command("list", help=both("help.scenario.list"))
def list_scenarios(lang: LangOption = "zh", as_json: JsonOption = False) -> None:
    """Print the shipped scenarios."""
    from dashboards.commands.failing import failing_in_words
    from dashboards.terminal import out, print_json
    from scenarios.library import shipped
    from scenarios.load import load_scenario

    with failing_in_words(lang, as_json):
        found = [load_scenario(name) for name in shipped()]
        if as_json:
            print_json({"scenarios": [_facts(scenario) for scenario in found]})
            return
        width = max(len(scenario.id) for scenario in found)
        for scenario in found:
            out().print(f"{scenario.id:<{width}}  {_line(scenario, lang)}")


@app.command(help=both("help.scenario.validate"))
def validate(
    scenario: ScenarioArgument, lang: LangOption = "zh", as_json: JsonOption = False
) -> None:
    """Check a scenario: every fault at once, or what it holds."""
    from dashboards.commands.failing import failing_in_words
    from dashboards.terminal import out, print_json
    from scenarios.load import load_scenario

    with failing_in_words(lang, as_json):
        found = load_scenario(scenario)
        if as_json:
            print_json(_facts(found))
            return
        out().print(t("scenario.valid", lang, id=found.id, facts=_line(found, lang)))


@app.command(help=both("help.scenario.new"))
def new(
    name: Annotated[str, typer.Argument(metavar="NAME", help=both("option.new-name"))],
    folder: Annotated[
        Path | None,
        typer.Option("--folder", help=both("option.new-folder"), show_default=False),
    ] = None,
    base: Annotated[str, typer.Option("--base", help=both("option.new-base"))] = "minimal",
    source: Annotated[
        str | None, typer.Option("--from", help=both("option.new-from"), show_default=False)
    ] = None,
    lang: LangOption = "zh",
) -> None:
    """Start a new scenario as a folder beside the current one."""
    from dashboards.commands.failing import failing_in_words
    from dashboards.terminal import out
    from scenarios.load import load_scenario
    from scenarios.template import new_scenario
    from scenarios.writing import write_folder

    with failing_in_words(lang, as_json=False):
        target = folder or Path(name)
        if source is None:
            new_scenario(name, target, base)
        else:
            write_folder(target, load_scenario(source), name)
        out().print(t("scenario.made", lang, folder=target), soft_wrap=True)


@app.command(help=both("help.scenario.workbook"))
def workbook(
    scenario: ScenarioArgument,
    file: Annotated[
        Path | None, typer.Option("--out", help=both("option.workbook-out"), show_default=False)
    ] = None,
    force: Annotated[bool, typer.Option("--force", help=both("option.force-file"))] = False,
    lang: LangOption = "zh",
) -> None:
    """Write a scenario as a workbook that can be filled in and read back."""
    from dashboards.commands.failing import failing_in_words
    from dashboards.terminal import out
    from scenarios.files import write_file
    from scenarios.load import load_scenario
    from scenarios.workbook.layout import SHEETS
    from scenarios.workbook.write import workbook_bytes

    with failing_in_words(lang, as_json=False):
        given = load_scenario(scenario)
        target = file or Path(f"{given.id}.xlsx")
        write_file(target, workbook_bytes(given, lang), force=force)
        # The settings and the read-me stand beside the tables.
        words = t("scenario.workbook", lang, file=target, sheets=len(SHEETS) + 2)
        out().print(words, soft_wrap=True)


@app.command(help=both("help.scenario.schema"))
def schema() -> None:
    """Print the JSON schema for editors."""
    from dashboards.terminal import print_json
    from scenarios.schema import json_schema

    print_json(json_schema())


def _line(scenario: Scenario, lang: Lang) -> str:
    facts = _facts(scenario)
    return t("scenario.facts", lang, **{**facts, "title": scenario.title.get(lang)})


def _facts(scenario: Scenario) -> dict[str, Any]:
    return {
        "id": scenario.id,
        "title": scenario.title.model_dump(),
        "start": scenario.horizon.start.isoformat(),
        "end": scenario.horizon.end.isoformat(),
        "bureaus": len(scenario.organisation.bureaus),
        "persons": len(scenario.persons),
        "companies": len(scenario.companies),
        "targets": len(scenario.targets),
        "hash": scenario.content_hash,
    }

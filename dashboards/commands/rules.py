"""``bureau rules``: every rule of the house, with its clause and what it asks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from dashboards.commands.options import JsonOption, LangOption, both
from scenarios.part import Lang

if TYPE_CHECKING:
    from planner.rulebook import RuleEntry


def rules(
    family: Annotated[
        str | None, typer.Option("--family", help=both("option.family"), show_default=False)
    ] = None,
    lang: LangOption = "zh",
    as_json: JsonOption = False,
) -> None:
    """List the rules, all or those of one family."""
    from dashboards.commands.failing import Exit
    from dashboards.terminal import err, out, print_json
    from dashboards.texts import t
    from planner.rulebook import FAMILIES, rulebook

    if family is not None and family not in FAMILIES:
        allowed = ", ".join(FAMILIES)
        err().print(t("rules.no-family", lang, found=family, allowed=allowed), soft_wrap=True)
        raise typer.Exit(Exit.USAGE)
    chosen = [entry for entry in rulebook().values() if family in (None, entry.family)]
    if as_json:
        print_json({"rules": [entry.model_dump(mode="json") for entry in chosen]})
        return
    console = out()
    for name in FAMILIES:
        own = [entry for entry in chosen if entry.family == name]
        if own:
            console.print(
                t("rules.family", lang, family=t(f"rules.family.{name}", lang), n=len(own))
            )
        for entry in own:
            console.print(_line(entry, lang), soft_wrap=True)


def _line(entry: RuleEntry, lang: Lang) -> str:
    from dashboards.texts import t

    kind = "wish" if not entry.hard else "negotiable" if entry.negotiable else "hard"
    return t(
        "rules.line",
        lang,
        id=entry.id,
        name=entry.name.get(lang),
        clause=entry.clause,
        kind=t(f"rules.kind.{kind}", lang),
        asks=entry.asks.get(lang),
    )
